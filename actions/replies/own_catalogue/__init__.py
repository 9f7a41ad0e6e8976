"""Words for answers from the organisation's own catalogue."""
