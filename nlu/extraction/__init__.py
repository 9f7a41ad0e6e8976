"""Find entities in a message: catalogue names, amounts, dates, ordinals."""
