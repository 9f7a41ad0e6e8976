"""Pages on which staff write what the advisor knows: drafts of entries, and their publication."""
