"""An optional language model that understands messages and says nothing: off unless ADVISOR_LANGUAGE_MODEL_URL is set."""
