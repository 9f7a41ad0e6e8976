"""How the advisor learns: prepare, train, release, and learn from corrections."""
