"""Hand-off to a person: states, queue, alerts and contact requests."""
