"""Learning from conversations: corrections, unanswered questions, topic drafts, regression conversations."""
