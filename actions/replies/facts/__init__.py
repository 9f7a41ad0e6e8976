"""Words of the answers from facts: relations, sets, attributes and fields of the catalogue."""
