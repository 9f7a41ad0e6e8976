"""The advisor's words: pure functions from plain records to replies. No database, no Rasa, no clock."""
