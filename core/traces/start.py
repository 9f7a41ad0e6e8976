"""Begins and ends the traces of a process, as its settings ask for."""

from __future__ import annotations

from core.settings import Settings
from core.traces import spans


def start_traces(settings: Settings, process: str) -> None:
    """Hand on the spans of this process from now on, if the settings name a collector; `process` is front or engine."""
    if settings.traces_url:
        from core.traces.exporter import OtlpTracer  # some 20 MB, for those alone who want traces

        spans.use(OtlpTracer(settings, process))


def stop_traces(seconds: float = 2.0) -> None:
    """Hand on what is left, within this time, and end the traces of this process."""
    tracer = spans.use(None)
    if tracer:
        tracer.stop(seconds)
