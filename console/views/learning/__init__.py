"""Pages to improve answers: unanswered questions, corrections, knowledge, playground."""
