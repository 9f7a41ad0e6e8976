"""Follow-ups that ask the last question otherwise: its opposite, another thing of it, the sides or a reason of its topic."""
