"""How the advisor is put together: settings, commands, supervision, and what plugs into Rasa (engine/)."""
