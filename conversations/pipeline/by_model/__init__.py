"""What a language model does in a turn: it reads the message, and may rephrase the answer; off unless there is one."""
