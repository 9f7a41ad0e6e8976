"""Run and look after an installation: supervisor, doctor, backup, retention."""
