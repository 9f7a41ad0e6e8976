"""What other programs of the organisation are told, and what they may ask for."""
