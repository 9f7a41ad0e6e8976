"""Turns words into meaning: encoder, entity extraction, classifier. Imports no other room and no Rasa."""
