"""What every room may rely on: settings, child processes, fingerprints, secrets."""
