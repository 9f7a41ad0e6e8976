"""How good the advisor is: scoring of phrasings and whole conversations."""
