"""How people reach the advisor: each channel turns its platform's messages into Inbound, and replies into its platform's."""
