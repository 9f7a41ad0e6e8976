"""Sign-in, accounts, staff and the identity provider."""
