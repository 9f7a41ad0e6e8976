"""What the words around a name or a phrase tell of the person: whose it is, and how certain."""
