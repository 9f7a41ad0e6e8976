"""Pages to administer: sites, canned replies, time limits, data requests."""
