"""The engine: the only code that imports Rasa."""
