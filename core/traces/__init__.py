"""Traces of turns, from the front to the engine, for an OpenTelemetry collector; off unless the settings name one."""
