"""When work runs: one job at a time for a key, a fair share of slots for each source, and retries."""
