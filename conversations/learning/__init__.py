"""Learn from conversations: corrections, unanswered questions, topic drafts."""
