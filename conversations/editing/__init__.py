"""What staff write for the knowledge: drafts with their versions and comments, and publications of them."""
