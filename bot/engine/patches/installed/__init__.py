"""Files that scripts/setup copies to where Rasa is installed, since they must be there before anything of ours runs."""
