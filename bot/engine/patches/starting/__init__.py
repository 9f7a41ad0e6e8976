"""What is put in place before Rasa is imported, in the engine alone."""
