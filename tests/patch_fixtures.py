"""Engines loaded in the test's own process, with and without patches. Rasa is imported by those who ask for one only."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from core.served_model import trained_model
from core.settings import PROJECT_ROOT, Settings, env_name


@pytest.fixture
def unpatched() -> Iterator[None]:
    """Put Rasa's own code back after the test, whatever was put in its place."""
    from rasa.core import processor
    from rasa.core.actions import action
    from rasa.shared.core.events import Event
    from rasa.shared.core.trackers import DialogueStateTracker

    replaced = (
        (action.RemoteAction, "_validate_action_result"),
        (action, "default_actions"),
        (processor, "copy"),
        (processor.MessageProcessor, "_log_slots"),
        (Event, "resolve_by_type"),
        (DialogueStateTracker, "applied_events"),
        (DialogueStateTracker, "copy"),
    )
    rasas = [(owner, name, vars(owner)[name]) for owner, name in replaced]
    yield
    for owner, name, code in rasas:
        setattr(owner, name, code)


@pytest.fixture
def load_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, unpatched: None) -> Callable[..., SimpleNamespace]:
    """Load an engine in this process, with its actions and some settings of its own."""
    from rasa.core.agent import load_agent
    from rasa.core.utils import AvailableEndpoints

    built = Settings()
    model = trained_model(built)
    if model is None:
        pytest.fail("no trained model: run make train", pytrace=False)

    monkeypatch.setattr(logging.getLogger("rasa"), "level", logging.WARNING)
    logging.getLogger("rasa").manager._clear_cache()

    def load(**settings: str) -> SimpleNamespace:
        given = {
            "actions": "in-process",
            "knowledge_db": built.knowledge_db,
            "encoder_dir": built.encoder_dir,
            "rasa_patches": "on",
        }
        for name, value in {**given, "var_dir": tmp_path / str(len(os.listdir(tmp_path))), **settings}.items():
            monkeypatch.setenv(env_name(name), str(value))
        endpoints = AvailableEndpoints.read_endpoints(str(PROJECT_ROOT / "endpoints.yml"))
        agent = asyncio.run(load_agent(model_path=str(model), endpoints=endpoints))
        return SimpleNamespace(ctx=SimpleNamespace(agent=agent))

    return load
