"""The staff console and the operators' API."""
