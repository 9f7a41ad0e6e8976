"""Words for answers that are made of the guide's claims."""
