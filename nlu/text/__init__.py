"""How a message is written: spelling, negation, mixed languages."""
