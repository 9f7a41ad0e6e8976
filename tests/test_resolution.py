"""Messages after others are resolved into queries that stand by themselves, by the reader that is served."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from ruamel.yaml import YAML

from actions.context import DialogueState, Understanding
from actions.dialogue.resolve import resolve
from actions.dialogue.turn import answer_turn
from actions.rasa_actions import ANSWERS
from core.settings import PROJECT_ROOT, Settings
from knowledge.knowledge_base import Knowledge, open_knowledge

TABLE = YAML(typ="safe").load(PROJECT_ROOT / "tests" / "resolutions.yml")
CASES = [(state, *case.rsplit(" -> ", 1)) for state, cases in TABLE["cases"].items() for case in cases]
# Kinds that come along with another: a word may name a field and an industry.
TWINS = {"industry": "field", "field": "industry"}


@cache
def _component() -> Any:
    from bot.engine.nlu_component import UnderstandingComponent
    from training.evaluation.scoring import trained_reader

    return UnderstandingComponent(UnderstandingComponent.get_default_config(), None, None, trained_reader())


@cache
def _knowledge() -> Knowledge:
    return open_knowledge(Settings().knowledge_db)


@cache
def _actions() -> dict[str, str]:
    """Return the action that a rule leads each intent to."""
    rules = YAML(typ="safe").load(PROJECT_ROOT / "data" / "rules.yml")["rules"]
    return {rule["steps"][0]["intent"]: rule["steps"][1]["action"] for rule in rules if "intent" in rule["steps"][0]}


@cache
def understood(text: str) -> Understanding:
    from rasa.shared.nlu.training_data.message import Message

    message = Message({"text": text})
    _component().process([message])
    return Understanding.from_message(message.as_dict())


@cache
def after(*messages: str) -> DialogueState:
    """Return the dialogue state after some messages, as it comes back from its slot."""
    if not messages:
        return DialogueState()
    before, said = after(*messages[:-1]), understood(messages[-1])
    answer = ANSWERS.get(_actions().get(said.intent, "action_continue"))
    if answer is None:  # small talk that the rules answer leaves the state alone
        return before
    state = answer_turn(_knowledge(), said, before, answer).state
    return DialogueState.from_slot(state.as_slot())


def _expected(query: str) -> tuple[str, dict[str, tuple[str, ...]], dict[str, str]]:
    intent, *parts = query.split()
    named = dict(part.split("=") for part in parts)
    more = {name: named.pop(name) for name in ("attribute", "topic") if name in named}
    return intent, {kind: tuple(keys.split(",")) for kind, keys in named.items()}, more


def _names(resolved: Understanding) -> dict[str, tuple[str, ...]]:
    return {**resolved.names, **{f"-{kind}": keys for kind, keys in resolved.left_out.items()}}


@pytest.mark.parametrize(("state", "said", "query"), CASES, ids=[f"{state}: {said}" for state, said, _ in CASES])
def test_message_is_resolved(state, said, query) -> None:
    message = understood(said)
    resolved = resolve(_knowledge(), message, after(*TABLE["states"][state]))
    if query == "as read":
        assert not resolved.follows and (resolved.intent, resolved.names) == (message.intent, message.names)
        return
    intent, names, more = _expected(query)
    found = _names(resolved)
    twins = {f"{sign}{kind}" for sign in ("", "-") for kind, other in TWINS.items() if f"{sign}{other}" in names}
    assert (resolved.intent, {kind: found[kind] for kind in found if kind in names or kind not in twins}) == (
        intent,
        names,
    )
    assert {name: getattr(resolved, name) for name in more} == more


def test_table_is_large() -> None:
    assert len(CASES) >= 200
