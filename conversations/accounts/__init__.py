"""Staff accounts, sessions and second factors."""
