"""An optional language model that reads messages and may rephrase answers: off unless ADVISOR_LANGUAGE_MODEL_URL is set."""
