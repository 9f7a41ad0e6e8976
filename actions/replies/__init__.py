"""Put answers into words, one subject a module; pure functions without database."""
