"""What a message names: entities, quantities, dates and ordinals."""
