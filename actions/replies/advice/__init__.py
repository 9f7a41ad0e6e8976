"""Words for advice, and for what a person has told."""
