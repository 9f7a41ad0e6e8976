"""The front on real sockets over a real database, with a small engine of its own that speaks the turn contract."""
