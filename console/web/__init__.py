"""The console's web framework: routing, requests, templates and shared labels."""
