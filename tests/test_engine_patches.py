"""Patches of Rasa answer as Rasa does, and step aside if the code or the model is not the one they fit."""

from __future__ import annotations

import asyncio
import random
import threading
import warnings
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.core.actions import action
from rasa.core.actions.action import RemoteAction
from rasa.core.channels.channel import UserMessage
from rasa.engine.graph import GraphNode, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.events import (
    ActionExecuted,
    ActionReverted,
    ActiveLoop,
    BotUttered,
    Event,
    FollowupAction,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine import rasa_integration
from bot.engine.action_client import InProcessResult
from bot.engine.nlu_component import UnderstandingComponent
from bot.engine.patches import action_replies
from bot.engine.patches.base import REPLACED
from bot.engine.patches.base import digest as digest_of
from bot.engine.patches.graph_runner import DirectRunner
from bot.engine.patches.registry import PATCHES
from bot.engine.patches.threaded_parsing import understand
from bot.engine.turn import run_turn

ASKED = ["hello", "what is a MicroMasters?", "tell me more", "which unis in canada?", "and in the UK?", "find data programs",
         "online please", "thanks", "yes", "qwrtz pfff", "do I need a visa, and what does it cost?", "no"]  # fmt: skip


def _conversation(app) -> list:
    async def all_turns() -> Any:
        answers = [await run_turn(app, "somebody", text) for text in ASKED]
        return [(one["messages"], one["actions"], one["slots"]) for one in answers]

    return asyncio.run(all_turns())


def test_answers_are_those_of_rasas_own_code(load_engine, caplog) -> None:
    plain = load_engine(rasa_patches="off")
    slow = _conversation(plain)
    assert isinstance(plain.ctx.agent.processor.graph_runner, DaskGraphRunner)
    quick = load_engine()
    assert _conversation(quick) == slow
    assert isinstance(quick.ctx.agent.processor.graph_runner, DirectRunner)
    assert "no patch for" not in caplog.text


def test_another_rasa_is_left_alone_and_answers(load_engine, monkeypatch, caplog) -> None:
    changed = [replace(one, relied_on=((one.relied_on[0][0], "0"),)) for one in PATCHES]
    monkeypatch.setattr(rasa_integration, "PATCHES", changed)
    app = load_engine()
    assert all(messages for messages, _, _ in _conversation(app))
    assert caplog.text.count("no patch for") == len(changed)
    assert isinstance(app.ctx.agent.processor.graph_runner, DaskGraphRunner)
    assert not hasattr(RemoteAction._validate_action_result, REPLACED)


def test_message_is_understood_as_rasa_does_it(load_engine) -> None:
    processor = load_engine().ctx.agent.processor

    async def twice(text) -> Any:
        return await understand(processor, UserMessage(text)), await processor.parse_message(UserMessage(text))

    for text in (*ASKED, "/ask_topic"):
        ours, rasas = asyncio.run(twice(text))
        assert ours["intent"] == rasas["intent"] and ours.get("topic") == rasas.get("topic")


def test_slow_understanding_delays_nobody(load_engine, monkeypatch) -> None:
    app, stock, understanding, released = (
        load_engine(),
        UnderstandingComponent._understand,
        threading.Event(),
        threading.Event(),
    )

    def read(component, message, text) -> Any:
        if text == "slow":
            understanding.set()
            assert released.wait(30)
        return stock(component, message, text)

    monkeypatch.setattr(UnderstandingComponent, "_understand", read)

    async def both() -> Any:
        slow = asyncio.ensure_future(run_turn(app, "somebody", "slow"))
        assert await asyncio.to_thread(understanding.wait, 30)
        reply = await run_turn(app, "another", "hello")
        still_waiting = not slow.done()
        released.set()
        return reply, still_waiting, await slow

    reply, still_waiting, slow = asyncio.run(both())
    assert reply["messages"] and still_waiting and slow["messages"]


def test_parsing_that_waits_is_left_to_rasa(caplog) -> None:
    async def parse(message) -> None:
        await asyncio.sleep(0)

    processor = SimpleNamespace(parse_message=parse)
    assert asyncio.run(understand(processor, UserMessage("hello"))) is None
    assert "on the event loop" in caplog.text


@pytest.mark.parametrize("patch", PATCHES, ids=lambda one: one.name)
def test_installed_rasa_is_the_known_one(patch) -> None:
    assert [digest for code, digest in patch.relied_on if digest_of(code) != digest] == []


def test_unreadable_source_has_no_digest() -> None:
    assert digest_of(len) == ""


def test_wrong_reply_of_server_is_still_refused(unpatched) -> None:
    action_replies.PATCH.apply(None)
    action = RemoteAction("action_x", None)
    assert action._validate_action_result({"events": [{"event": "slot", "name": "a", "value": 1}], "responses": []})
    assert action._validate_action_result(InProcessResult(events="not looked at"))
    with pytest.raises(Exception, match="is not of type 'array'"):
        action._validate_action_result({"events": [], "responses": "hello"})


@pytest.mark.parametrize(("headers", "spared"), [({}, True), ({"origin": "https://a.example"}, False)])
def test_only_requests_of_no_page_are_spared_cors(headers, spared) -> None:
    request = SimpleNamespace(headers=headers, ctx=SimpleNamespace())
    rasa_integration.need_no_cors(request)
    assert bool(vars(request.ctx)) is spared


def _node(uses, function, **needs) -> SchemaNode:
    return SchemaNode(needs=needs, uses=uses, constructor_name="create", fn=function, config={})


def test_direct_runner_gives_what_dask_gives() -> None:
    class Sum:
        def add(self, a, b) -> int:
            return a + b

    schema = GraphSchema({"low": _node(Sum, "add", a="x", b="y"), "high": _node(Sum, "add", a="low", b="x")})
    nodes = {name: _stand_in(name, node) for name, node in schema.nodes.items()}
    dask = DaskGraphRunner.__new__(DaskGraphRunner)
    dask._graph_schema, dask._instantiated_nodes, dask._execution_context = schema, nodes, None
    given = {"x": 2, "y": 3}
    for targets in (["high"], ["low"], ["low", "high"]):
        assert DirectRunner(dask).run(given, targets) == dask.run(given, targets)


def _stand_in(name: str, node: SchemaNode) -> GraphNode:
    made = GraphNode.__new__(GraphNode)
    made.__dict__.update(_node_name=name, _inputs=node.needs, _eager=True, _component=node.uses(), _hooks=[],
                         _component_class=node.uses, _fn_name=node.fn, _fn=getattr(node.uses, node.fn))  # fmt: skip
    return made


@pytest.fixture
def processor(load_engine) -> Any:
    return rasa_integration.ready_agent(load_engine()).processor


def test_events_that_count_are_those_that_rasa_finds(processor) -> None:
    patched = DialogueStateTracker.applied_events
    rasas = getattr(patched, REPLACED)
    chance = random.Random(3)
    quiet = [
        lambda: UserUttered("hello", {"name": "greet"}),
        lambda: ActionExecuted("action_listen"),
        lambda: ActionExecuted("action_answer_topic"),
        lambda: BotUttered("hi"),
        lambda: SlotSet("frame", {}),
        SessionStarted,
        Restarted,
    ]
    loud = [*quiet, ActionReverted, UserUtteranceReverted, lambda: ActiveLoop("action_answer_topic"), FollowupAction]
    for number in range(300):
        tracker = DialogueStateTracker("somebody", [])
        for _ in range(chance.randrange(25)):
            event = chance.choice(quiet if number % 2 else loud)
            tracker.events.append(event("action_listen") if event is FollowupAction else event())
        assert patched(tracker) == rasas(tracker)


@pytest.mark.parametrize(
    ("intent", "entities", "warned"),
    [
        ("greet", [], ""),
        ("greet", [{"entity": "field"}], ""),
        ("what_nobody_means", [], "Parsed an intent 'what_nobody_means'"),
        ("greet", [{"entity": "field"}, {"entity": "planet"}], "Parsed an entity 'planet'"),
        (None, None, ""),
    ],
)
def test_names_that_the_domain_lacks_are_warned_of(processor, intent, entities, warned) -> None:
    check = processor._check_for_unseen_features
    assert not hasattr(check, "__self__")  # ours
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        check({"intent": {"name": intent}, "entities": entities})
    assert [warned] * bool(warned) == [str(one.message)[: len(warned)] for one in caught]


def test_events_are_of_rasas_classes(processor) -> None:
    rasas = getattr(Event.resolve_by_type, REPLACED)
    for name in ("user", "bot", "slot", "action", "session_started", "active_loop", "topic"):
        assert Event.resolve_by_type(name) is Event.resolve_by_type(name) is rasas(name)
    with pytest.raises(ValueError, match="Unknown event name 'planet'"):
        Event.resolve_by_type("planet")


def test_default_actions_are_kept_with_their_endpoint(processor) -> None:
    endpoint = processor.action_endpoint
    names = [one.name() for one in getattr(action.default_actions, REPLACED)(endpoint)]
    for asked in (endpoint, None, endpoint):
        found = action.default_actions(asked)
        assert [one.name() for one in found] == names
        assert all(one._action_endpoint is asked for one in found if hasattr(one, "_action_endpoint"))


def test_copy_of_a_conversation_is_the_one_that_rasa_replays(processor) -> None:
    patched = DialogueStateTracker.copy
    rasas = getattr(patched, REPLACED)
    for played in _trackers(processor):
        ours, theirs = patched(played), rasas(played)
        assert ours.events is not played.events and list(ours.events) == list(theirs.events) == list(played.events)
        states = [{**vars(one), "events": 0, "slots": 0, "assistant_id": 0, "model_id": 0} for one in (ours, theirs)]
        assert {name: _told(value) for name, value in states[0].items()} == {
            name: _told(value) for name, value in states[1].items()
        }
        for name, slot in ours.slots.items():
            assert vars(slot) == vars(theirs.slots[name]) and slot is not played.slots[name]


def _told(value: Any) -> Any:
    """Return a value of a tracker; empty messages made at different times are the same."""
    return {**value.as_dict(), "timestamp": 0} if isinstance(value, (UserUttered, BotUttered)) else value


def _trackers(processor: Any) -> list[DialogueStateTracker]:
    chance, played = random.Random(5), []
    parts = [
        lambda: UserUttered("hello", {"name": "greet", "confidence": 1.0}, [{"entity": "field", "value": "data"}]),
        lambda: ActionExecuted("action_listen"),
        lambda: ActionExecuted("action_answer_topic", "RulePolicy", 1.0),
        lambda: BotUttered("hi"),
        lambda: SlotSet("frame", {"topic": str(chance.random())}),
        SessionStarted,
        Restarted,
        lambda: FollowupAction("action_listen"),
        UserUtteranceReverted,
    ]
    for number in range(200):
        tracker = DialogueStateTracker("somebody", processor.domain.slots)
        for _ in range(chance.randrange(20)):
            tracker.update(chance.choice(parts[: 7 if number % 4 else 9])())
        played.append(tracker)
    return played
