"""Daily counts and the figures made from them."""
