"""Words to meaning: the sentence encoder, the names in a message, the classifier. Imports no other room and no Rasa."""
