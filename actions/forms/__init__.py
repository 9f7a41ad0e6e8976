"""Says answers in the form in which they are wanted."""
