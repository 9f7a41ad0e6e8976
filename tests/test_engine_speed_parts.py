"""The parts that make the engine fast answer as the slow ones do, and step aside where they no longer fit."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import random
import sqlite3
import subprocess
import threading
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from rasa.core import processor as processing
from rasa.core.actions.action import RemoteAction
from rasa.core.agent import load_agent
from rasa.core.channels.channel import UserMessage
from rasa.core.policies import memoization, rule_policy
from rasa.core.policies.memoization import MemoizationPolicy
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.core.tracker_store import FailSafeTrackerStore, InMemoryTrackerStore, TrackerStore
from rasa.core.utils import AvailableEndpoints
from rasa.engine.graph import GraphNode, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    Event,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk.interfaces import ActionExecutionRejection

from actions.base import Answer, AnswerAction
from actions.replies.topics import no_longer_known
from actions.thread_pool import threads
from bot.engine import rasa_integration
from bot.engine.action_client import InProcessActions, InProcessResult
from bot.engine.action_runner import ActionRunner
from bot.engine.errors import TurnFailed
from bot.engine.nlu_component import UnderstandingComponent
from bot.engine.patches import registry
from bot.engine.patches.graph_runner import DirectRunner
from bot.engine.patches.remembered_predictions import RememberedPredictions, last_steps
from bot.engine.patches.threaded_parsing import understand
from bot.engine.state_db import StateChanged, StateDatabase
from bot.engine.tracker_store import KEPT_TURNS, SnapshotStore
from bot.engine.turn import CURRENT_TURN, TurnInProgress, run_turn
from core.served_model import trained_model
from core.services import services
from core.settings import PROJECT_ROOT, Settings, SettingsError, env_name
from nlu.classification.tfidf import Ngrams, itself, letter_grams, letters_of, words_of
from tests.engine_fixtures import free_port

DOMAIN = Domain.from_dict({"intents": ["ask"], "slots": {"frame": {"type": "any", "mappings": [{"type": "custom"}]}}})
ASKED = ["hello", "what is a MicroMasters?", "tell me more", "which unis in canada?", "and in the UK?", "find data programs",
         "online please", "thanks", "yes", "qwrtz pfff", "do I need a visa, and what does it cost?", "no"]  # fmt: skip


# --- the shortcuts ------------------------------------------------------------------------------------------------
@pytest.fixture
def stock():
    """Rasa as it is installed, whatever was put in its place."""
    methods = [
        (RemoteAction, "_validate_action_result"),
        (DialogueStateTracker, "applied_events"),
        (DialogueStateTracker, "copy"),
    ]
    looked_up = Event.resolve_by_type
    kept = [(owner, name, getattr(owner, name)) for owner, name in methods]
    modules = [(module, module.copy) for module in (processing, memoization, rule_policy)]
    yield
    for owner, name, method in kept:
        setattr(owner, name, method)
    Event.resolve_by_type = staticmethod(looked_up)
    for module, copy in modules:
        module.copy = copy


@pytest.fixture
def engine(tmp_path, monkeypatch, stock):
    """Loads an engine in this process, with actions in it as well and some settings of its own."""
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
            "shortcuts": "on",
        }
        for name, value in {**given, "var_dir": tmp_path / str(len(os.listdir(tmp_path))), **settings}.items():
            monkeypatch.setenv(env_name(name), str(value))
        endpoints = AvailableEndpoints.read_endpoints(str(PROJECT_ROOT / "endpoints.yml"))
        agent = asyncio.run(load_agent(model_path=str(model), endpoints=endpoints))
        return SimpleNamespace(ctx=SimpleNamespace(agent=agent))

    return load


def _conversation(app) -> list:
    async def all_turns():
        answers = [await run_turn(app, "somebody", text) for text in ASKED]
        return [(one["messages"], one["actions"], one["slots"]) for one in answers]

    return asyncio.run(all_turns())


def test_answers_are_those_of_rasas_own_way(engine, caplog):
    plain = engine(shortcuts="off")
    slow = _conversation(plain)
    assert isinstance(plain.ctx.agent.processor.graph_runner, DaskGraphRunner)
    quick = engine()
    assert _conversation(quick) == slow
    assert isinstance(quick.ctx.agent.processor.graph_runner, DirectRunner)
    assert "no shortcut" not in caplog.text


def test_another_rasa_is_left_alone_and_answers(engine, monkeypatch, caplog):
    changed = [replace(one, relied_on=((one.relied_on[0][0], "0"),)) for one in registry.PATCHES]
    monkeypatch.setattr(rasa_integration, "SHORTCUTS", changed)
    app = engine()
    assert all(messages for messages, _, _ in _conversation(app))
    assert caplog.text.count("no shortcut for") == len(changed)
    assert isinstance(app.ctx.agent.processor.graph_runner, DaskGraphRunner)
    assert not hasattr(RemoteAction._validate_action_result, registry.REPLACEMENTS)


def test_message_is_understood_as_rasa_does_it(engine):
    processor = engine().ctx.agent.processor

    async def twice(text):
        return await understand(processor, UserMessage(text)), await processor.parse_message(UserMessage(text))

    for text in (*ASKED, "/ask_topic"):
        ours, rasas = asyncio.run(twice(text))
        assert ours["intent"] == rasas["intent"] and ours.get("topic") == rasas.get("topic")


def test_slow_understanding_delays_nobody(engine, monkeypatch):
    app, stock, understanding, released = (
        engine(),
        UnderstandingComponent._understand,
        threading.Event(),
        threading.Event(),
    )

    def read(component, message, text):
        if text == "slow":
            understanding.set()
            assert released.wait(30)
        return stock(component, message, text)

    monkeypatch.setattr(UnderstandingComponent, "_understand", read)

    async def both():
        slow = asyncio.ensure_future(run_turn(app, "somebody", "slow"))
        assert await asyncio.to_thread(understanding.wait, 30)
        reply = await run_turn(app, "another", "hello")
        still_waiting = not slow.done()
        released.set()
        return reply, still_waiting, await slow

    reply, still_waiting, slow = asyncio.run(both())
    assert reply["messages"] and still_waiting and slow["messages"]


def test_parsing_that_waits_is_left_to_rasa(caplog):
    async def parse(message):
        await asyncio.sleep(0)

    processor = SimpleNamespace(parse_message=parse)
    assert asyncio.run(understand(processor, UserMessage("hello"))) is None
    assert "on the event loop" in caplog.text


@pytest.mark.parametrize("shortcut", registry.PATCHES, ids=lambda one: one.name)
def test_installed_rasa_is_the_known_one(shortcut):
    assert [digest for code, digest in shortcut.relied_on if registry.digest(code) != digest] == []


def test_unreadable_source_has_no_digest():
    assert registry.digest(len) == ""


@pytest.mark.parametrize(
    "rule",
    [
        [{"prev_action": {"action_name": "action_listen"}, "user": {"text": "hello"}}],
        [{"user": {"intent": "greet"}}],
        [{}, {"prev_action": {"action_name": "action_listen"}, "user": {"intent": "greet"}}],
    ],
)
def test_other_kinds_of_rules_are_noticed(rule):
    assert not registry._asks_for_intent(rule)


@pytest.mark.parametrize("more", [{"forms": {"f": {"required_slots": []}}},
                                  {"slots": {"s": {"type": "bool", "mappings": [{"type": "custom"}]}}},
                                  {"entities": ["field"]}], ids=str)  # fmt: skip
def test_what_else_may_steer_is_noticed(more):
    assert registry._only_turns_steer(SimpleNamespace(domain=DOMAIN), [])
    assert not registry._only_turns_steer(SimpleNamespace(domain=Domain.from_dict({"intents": ["ask"], **more})), [])


@pytest.mark.parametrize("sure", [True, False])
def test_policy_that_weighs_sureness_is_noticed(sure):
    policy = SimpleNamespace(config={"use_nlu_confidence_as_score": sure})
    assert registry._only_turns_steer(SimpleNamespace(domain=DOMAIN), [policy]) is not sure


HEARD, FLAGGED = UserUttered("hi", {"name": "greet"}), DefinePrevUserUtteredFeaturization(False)
LISTENED, ANSWERED = ActionExecuted("action_listen"), ActionExecuted("action_x")
TURN_TAKEN = [HEARD, FLAGGED, ANSWERED, SlotSet("frame", 1), LISTENED]
HIDDEN_TURN = [
    HEARD,
    FLAGGED,
    ActionExecuted("action_y", hide_rule_turn=True),
    ActionExecuted("action_listen", hide_rule_turn=True),
]


def _in_stories(step: ActionExecuted) -> bool:
    return not step.hide_rule_turn


def test_course_is_the_last_steps():
    short = last_steps([LISTENED, *TURN_TAKEN, HEARD], 3, _in_stories)
    assert short == last_steps([LISTENED, *TURN_TAKEN, *TURN_TAKEN, HEARD], 3, _in_stories)
    assert short != last_steps([LISTENED, *TURN_TAKEN, HEARD, FLAGGED, ANSWERED], 3, _in_stories)
    assert short[-1] == ("action_listen", "greet", True)


def test_hidden_turns_are_no_part_of_stories():
    plain = last_steps([LISTENED, *TURN_TAKEN, HEARD], 3, _in_stories)
    assert last_steps([LISTENED, *TURN_TAKEN, *HIDDEN_TURN, HEARD], 3, _in_stories) == plain
    assert last_steps([LISTENED, *TURN_TAKEN, *HIDDEN_TURN, HEARD], 3, lambda step: True) != plain


@pytest.mark.parametrize(
    "events",
    [
        [LISTENED, HEARD, DefinePrevUserUtteredFeaturization(True), ANSWERED],
        [LISTENED, HEARD, ANSWERED],
        [LISTENED, HEARD, HEARD],
        [LISTENED, ActiveLoop("form")],
        [LISTENED, UserUtteranceReverted()],
        [LISTENED, UserUttered("/restart", {"name": "restart"})],
        [LISTENED, HEARD, FLAGGED, ActionExecuted("action_unlikely_intent")],
        [LISTENED, HEARD, FLAGGED, ActionExecuted(action_text="words of the model's own")],
    ],
    ids=str,
)
def test_other_courses_are_left_to_rasa(events):
    assert last_steps(events, 3, _in_stories) is None


def test_prediction_is_remembered_and_never_spoilt():
    asked = []

    def stock(policy, tracker, domain, **kwargs):
        asked.append(tracker)
        return PolicyPrediction([0.0, 1.0], "stock")

    policy = RememberedPredictions(stock, 3, _in_stories)
    one, other = (DialogueStateTracker.from_events(name, [LISTENED, *TURN_TAKEN, HEARD]) for name in ("one", "other"))
    policy(None, one, DOMAIN).probabilities[1] = 0.0  # as Rasa does with an action that was rejected
    assert policy(None, other, DOMAIN).probabilities == [0.0, 1.0] and len(asked) == 1
    reverted = DialogueStateTracker.from_events("r", [LISTENED, *TURN_TAKEN, HEARD, ActiveLoop("form")])
    assert policy(None, reverted, DOMAIN).probabilities == [0.0, 1.0] and len(asked) == 2


class AlsoAskingRasa:
    """A remembered policy that compares each prediction with what Rasa works out anew."""

    def __init__(self, remembered: RememberedPredictions):
        self.remembered, self.compared = remembered, 0

    def __call__(self, policy, tracker, domain, **kwargs):
        ours = self.remembered(policy, tracker, domain, **kwargs)
        assert vars(ours) == vars(self.remembered.stock(policy, tracker, domain, **kwargs))
        self.compared += 1
        return ours


def _wander(processor, chance: random.Random) -> None:
    """A conversation of any intents in any order, with what else may happen: sessions, rejections, Rasa's own intents."""
    tracker = DialogueStateTracker("me", processor.domain.slots)
    tracker.update(ActionExecuted("action_listen"))
    intents = [
        *processor.domain.intents,
        *["refine", "thank", "greet"] * 20,
        *["find_programs", "ask_about", "compare"] * 5,
    ]
    for number in range(25):
        if chance.random() < 0.04:
            tracker.update_with_events([SessionStarted(), ActionExecuted("action_listen")], processor.domain)
        entities = [{"entity": "field", "value": "education"}] * chance.randrange(2)
        tracker.update(UserUttered("some words", {"name": chance.choice(intents), "confidence": 0.5}, entities))
        for _ in range(4):
            action, prediction = processor.predict_next_with_tracker_if_should(tracker)
            tracker.update_with_events(prediction.events, processor.domain)
            if chance.random() < 0.03:
                tracker.update(ActionExecutionRejected(action.name()))
                continue
            tracker.update(ActionExecuted(action.name(), hide_rule_turn=prediction.hide_rule_turn))
            tracker.update_with_events([BotUttered("an answer"), SlotSet("frame", {"turn": number})], processor.domain)
            if action.name() == "action_listen":
                break


def test_remembered_predictions_are_rasas_own(engine):
    processor = rasa_integration.ready_agent(engine()).processor
    nodes = [node for kind in (RulePolicy, MemoizationPolicy) for node in registry._nodes_of(processor, kind)]
    for node in nodes:
        node._fn = AlsoAskingRasa(node._fn)
    for seed in range(30):
        _wander(processor, random.Random(seed))
    for node in nodes:
        assert 100 < len(node._fn.remembered._known) < node._fn.compared, "nothing was remembered, or all anew"


def test_wrong_reply_of_server_is_still_refused(stock):
    registry._take_reply_check(None)
    action = RemoteAction("action_x", None)
    assert action._validate_action_result({"events": [{"event": "slot", "name": "a", "value": 1}], "responses": []})
    assert action._validate_action_result(InProcessResult(events="not looked at"))
    with pytest.raises(Exception, match="is not of type 'array'"):
        action._validate_action_result({"events": [], "responses": "hello"})


def test_events_keep_their_classes(stock):
    registry._take_event_lookup(None)
    assert [Event.resolve_by_type("slot") for _ in range(2)] == [SlotSet, SlotSet]
    assert Event.resolve_by_type("nothing known", default=UserUttered) is UserUttered
    with pytest.raises(ValueError, match="Unknown event"):
        Event.resolve_by_type("nothing known")


def test_copied_conversation_is_the_one_that_rasa_copies(stock):
    tracker = DialogueStateTracker.from_events("me", _all_kinds_of_events(), DOMAIN.slots)
    tracker.model_id = "a model"
    rasas = tracker.copy()
    registry._take_copy(None)
    ours = tracker.copy()
    assert ours == rasas and _state(ours) == _state(rasas)
    before = _state(tracker)
    for event in (SlotSet("frame", 8), ActionExecuted("action_y"), ActiveLoop(None), BotUttered("and more")):
        ours.update(event)
        rasas.update(event)
    ours.reject_action("action_y")
    assert _state(ours) == _state(rasas)
    assert _state(tracker) == before, "a change of the copy is one of the conversation"


def test_other_kinds_of_conversations_are_copied_by_rasa(stock):
    registry._take_copy(None)
    any_slots = DialogueStateTracker("me", None)
    any_slots.update(ActionExecuted("action_listen"))
    assert any_slots.copy() == any_slots


@pytest.mark.parametrize(("headers", "spared"), [({}, True), ({"origin": "https://a.example"}, False)])
def test_only_requests_of_no_page_are_spared_cors(headers, spared):
    request = SimpleNamespace(headers=headers, ctx=SimpleNamespace())
    rasa_integration.need_no_cors(request)
    assert bool(vars(request.ctx)) is spared


def _all_kinds_of_events() -> list[Event]:
    said = {"text": "hello", "intent": {"name": "ask"}, "entities": []}
    return [
        ActionExecuted("action_session_start"),
        SessionStarted(),
        ActionExecuted("action_listen"),
        UserUttered("hello", said["intent"], [], said),
        ActiveLoop("a_form"),
        ActionExecuted("action_x"),
        SlotSet("frame", {"act": "topic"}),
        BotUttered("hello to you"),
    ]


def _state(tracker: DialogueStateTracker) -> dict:
    """All that a conversation holds."""
    held = {name: value for name, value in vars(tracker).items() if not name.startswith("_advisor")}
    slots = {name: vars(slot) for name, slot in tracker.slots.items()}
    return {**held, "slots": slots, "events": [event.as_dict() for event in tracker.events]} | {
        "active_loop": tracker.active_loop and vars(tracker.active_loop).copy()
    }


def _node(uses, function, **needs):
    return SchemaNode(needs=needs, uses=uses, constructor_name="create", fn=function, config={})


def test_direct_runner_gives_what_dask_gives():
    class Sum:
        def add(self, a, b):
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


# --- actions in this process --------------------------------------------------------------------------------------
released = threading.Event()


async def quick(dispatcher, tracker, domain):
    dispatcher.utter_message(text=tracker.latest_message["text"])
    return [{"event": "slot", "name": "frame", "value": 1}]


def blocked(dispatcher, tracker, domain):
    released.wait(20)


class Hanging(AnswerAction):
    def name(self):
        return "test_hanging"

    def answer(self, knowledge, said, frame):
        released.wait(20)
        return Answer(no_longer_known(), frame)


async def broken(dispatcher, tracker, domain):
    words = "a visitor's words"
    raise KeyError(words)


async def unwilling(dispatcher, tracker, domain):
    raise ActionExecutionRejection("test_unwilling", "not now")


@pytest.fixture
def runner():
    released.clear()
    made = ActionRunner()
    for function in (quick, blocked, broken, unwilling):
        made._executor.register_function(f"test_{function.__name__}", function)
    made._executor.register_action(Hanging)
    yield made
    released.set()


def _call(name: str) -> dict:
    tracker = DialogueStateTracker.from_events(
        "me", [ActionExecuted("action_listen"), UserUttered("hi", {"name": "ask"})]
    )
    return {"next_action": name, "tracker": {**tracker.current_state(), "events": []}}


def _asked(runner, name: str, seconds: float = 5.0) -> tuple[object, list[str]]:
    """(reply or error, recorded failures)"""

    async def ask():
        CURRENT_TURN.set(turn := TurnInProgress("me", None))
        try:
            return await InProcessActions(runner, seconds).request(json=_call(name)), turn.failures
        except Exception as error:
            return error, turn.failures

    return asyncio.run(ask())


def test_action_answers_as_on_the_server(runner):
    reply, failures = _asked(runner, "test_quick")
    assert isinstance(reply, InProcessResult) and failures == []
    assert reply["events"] == [{"event": "slot", "name": "frame", "value": 1}] and reply["responses"][0]["text"] == "hi"


def test_failing_action_is_recorded(runner):
    error, failures = _asked(runner, "test_broken")
    assert isinstance(error, KeyError) and failures == ["test_broken could not be run (KeyError)"]


def test_log_says_where_an_action_failed(runner, caplog):
    _asked(runner, "test_broken")
    assert "in broken" in caplog.text and "a visitor's words" not in caplog.text


def test_slow_action_is_given_up(runner):
    error, failures = _asked(runner, "test_blocked", 0.1)
    assert isinstance(error, RuntimeError) and failures == ["test_blocked took longer than 0.1 s"]


def test_missing_action_is_recorded(runner):
    assert "ActionNotFound" in _asked(runner, "test_nobody")[1][0]


def test_rejection_is_no_failure(runner):
    error, failures = _asked(runner, "test_unwilling")
    assert isinstance(error, ClientResponseError) and error.status == 400 and failures == []
    assert json.loads(error.text) == {"action_name": "test_unwilling", "error": "not now"}


def test_blocked_action_delays_nobody(runner):
    async def both():
        endpoint = InProcessActions(runner, 10.0)
        waiting = asyncio.ensure_future(endpoint.request(json=_call("test_blocked")))
        reply = await endpoint.request(json=_call("test_quick"))
        still_blocked = not waiting.done()
        released.set()
        await waiting
        return reply["responses"], still_blocked

    responses, still_blocked = asyncio.run(both())
    assert responses and still_blocked


def test_hanging_answer_delays_nobody(runner):
    async def both():
        endpoint = InProcessActions(runner, 10.0)
        waiting = [
            asyncio.ensure_future(endpoint.request(json=_call("test_hanging"))) for _ in range(threads.number - 1)
        ]
        reply = await endpoint.request(json=_call("action_help_choose"))
        still_hanging = not any(one.done() for one in waiting)
        released.set()
        await asyncio.gather(*waiting)
        return reply["responses"], still_hanging

    responses, still_hanging = asyncio.run(both())
    assert responses and still_hanging


def test_every_action_of_the_domain_has_code():
    agent = SimpleNamespace(processor=SimpleNamespace(domain=Domain.load(str(PROJECT_ROOT / "domain.yml"))))
    missing = rasa_integration.custom_actions(agent) - ActionRunner().names
    assert missing == set() and len(rasa_integration.custom_actions(agent)) > 10


def test_actions_need_no_server_unless_set():
    assert [one.name for one in services(Settings())] == ["The engine"]
    assert [one.name for one in services(Settings(actions="server"))] == ["The action server", "The engine"]


@pytest.mark.parametrize("name", ["ADVISOR_ACTIONS", "ADVISOR_SHORTCUTS"])
def test_unknown_choice_is_refused(name):
    with pytest.raises(SettingsError, match=f"{name} must be"):
        Settings.from_environment({name: "somewhere"})


# --- the tracker store --------------------------------------------------------------------------------------------
def _store(tmp_path) -> SnapshotStore:
    return SnapshotStore(DOMAIN, db=str(tmp_path / "engine.db"))


async def _take_turn(store: SnapshotStore, number: int) -> DialogueStateTracker:
    tracker = await store.get_or_create_tracker("me")
    if not tracker.applied_events():
        tracker.update_with_events(
            [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")], DOMAIN
        )
    said = {"text": f"turn {number}", "intent": {"name": "ask"}, "entities": [], "nearest": ["left out"]}
    events = [UserUttered(said["text"], said["intent"], [], said), ActionExecuted("action_x"), SlotSet("frame", number)]
    tracker.update_with_events([*events, ActionExecuted("action_listen")], DOMAIN)
    await store.save(tracker)
    return tracker


def _shape(tracker: DialogueStateTracker) -> list[dict]:
    left_out = ("timestamp", "parse_data")  # of which nothing is read later but what the event holds besides
    return [{key: value for key, value in event.as_dict().items() if key not in left_out} for event in tracker.events]


def test_held_tracker_is_what_was_written(tmp_path):
    async def scenario():
        store = _store(tmp_path)
        for number in range(40):
            await _take_turn(store, number)
            read_back = await _store(tmp_path).retrieve("me")
            held = await store.retrieve("me")
            assert _shape(held) == _shape(read_back) and held.get_slot("frame") == number
            store._hold(held, read_back._advisor_version)
            assert sum(isinstance(event, UserUttered) for event in held.events) <= 2 * KEPT_TURNS

    asyncio.run(scenario())


def test_held_tracker_is_not_read_again(tmp_path):
    async def scenario():
        store = _store(tmp_path)
        tracker = await _take_turn(store, 1)
        assert await store.retrieve("me") is tracker
        assert await store.retrieve("me") is not tracker  # it belongs to whom it was given

    asyncio.run(scenario())


def test_other_engines_turn_is_seen(tmp_path):
    async def scenario():
        one, other = _store(tmp_path), _store(tmp_path)
        await _take_turn(one, 1)
        await _take_turn(other, 2)
        assert (await one.retrieve("me")).get_slot("frame") == 2

    asyncio.run(scenario())


def test_overtaken_turn_is_refused(tmp_path):
    async def scenario():
        one, other = _store(tmp_path), _store(tmp_path)
        await _take_turn(one, 1)
        tracker = await one.retrieve("me")
        await _take_turn(other, 2)
        with pytest.raises(StateChanged):
            await one.save(tracker)
        assert (await one.retrieve("me")).get_slot("frame") == 2

    asyncio.run(scenario())


def test_failed_turn_is_not_kept(tmp_path):
    async def scenario():
        store = _store(tmp_path)
        await _take_turn(store, 1)
        CURRENT_TURN.set(turn := TurnInProgress("me", "m-2"))
        turn.failures.append("action_x failed")
        await _take_turn(store, 2)
        assert (await store.retrieve("me")).get_slot("frame") == 1

    asyncio.run(scenario())


def test_new_domain_forgets_held_trackers(tmp_path):
    async def scenario():
        store = _store(tmp_path)
        tracker = await _take_turn(store, 1)
        store.domain = DOMAIN
        assert await store.retrieve("me") is not tracker

    asyncio.run(scenario())


def test_file_outlives_the_engine(tmp_path):
    asyncio.run(StateDatabase(tmp_path / "engine.db").write("me", 0, "[1]", "m-1", '{"messages": []}'))
    reopened = StateDatabase(tmp_path / "engine.db")
    assert asyncio.run(reopened.read("me", 0)) == (1, "[1]")
    assert asyncio.run(reopened.read("me", 1)) == (1, None)
    assert asyncio.run(reopened.reply("me", "m-1")) == '{"messages": []}'
    assert asyncio.run(reopened.keys()) == ["me"]


def test_locked_file_fails_writers_and_no_readers(tmp_path):
    file = StateDatabase(tmp_path / "engine.db")
    asyncio.run(file.write("me", 0, "[1]"))
    with contextlib.closing(sqlite3.connect(file.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")

        async def many():
            writes = [asyncio.ensure_future(file.write(f"w{number}", 0, "[]")) for number in range(20)]
            assert await file.read("me", 0) == (1, "[1]")
            assert not any(write.done() for write in writes)  # the reader waited for none of them
            return await asyncio.gather(*writes, file.check_writable(), file.forget("me"), return_exceptions=True)

        assert {type(one) for one in asyncio.run(many())} == {sqlite3.OperationalError}
        other.execute("ROLLBACK")
    asyncio.run(file.write("me", 1, "[2]"))
    assert asyncio.run(file.read("me", 0)) == (2, "[2]")


def test_only_last_replies_are_kept(tmp_path):
    file = StateDatabase(tmp_path / "engine.db")
    for number in range(30):
        asyncio.run(file.write("me", number, "[]", f"m-{number}", str(number)))
    assert [asyncio.run(file.reply("me", f"m-{number}")) for number in (9, 10, 29)] == [None, "10", "29"]


@pytest.mark.parametrize("given", [{"url": "postgresql://here"}, {"dbb": "engine.db"}], ids=str)
def test_unknown_setting_of_the_store_is_refused(tmp_path, given):
    configured = EndpointConfig.from_dict({"type": "bot.engine.tracker_store.SnapshotStore", **given})
    with pytest.raises(ValueError, match=f"unknown settings of the tracker store: {next(iter(given))}"):
        TrackerStore.create(configured, DOMAIN)


def test_other_tracker_store_is_refused():
    with pytest.raises(TurnFailed, match="endpoints.yml loads InMemoryTrackerStore"):
        rasa_integration.store_of(SimpleNamespace(tracker_store=InMemoryTrackerStore(DOMAIN)))


def test_unreachable_memory_fails_the_turn(tmp_path):
    (tmp_path / "taken").write_text("no folder")
    store = SnapshotStore(DOMAIN, db=str(tmp_path / "taken" / "engine.db"))
    agent = SimpleNamespace(tracker_store=store, processor=SimpleNamespace(_advisor_installed=True))
    with pytest.raises(TurnFailed, match="memory cannot be used") as failed:
        asyncio.run(run_turn(SimpleNamespace(ctx=SimpleNamespace(agent=agent)), "me", "hello", "m-1"))
    assert failed.value.status == 503


def test_rasa_that_hides_errors_is_refused(tmp_path):
    class Hiding(FailSafeTrackerStore):
        def on_tracker_store_error(self, error):
            pass

    rasa_integration._raise_errors_of_the_store(FailSafeTrackerStore(_store(tmp_path)))
    with pytest.raises(TurnFailed, match="hides errors"):
        rasa_integration._raise_errors_of_the_store(Hiding(_store(tmp_path)))


def test_engine_with_another_store_does_not_start(tmp_path):
    file = tmp_path / "endpoints.yml"
    file.write_text("tracker_store: {type: bot.engine.tracker_store.SnapshotStor}\n")
    one = services(Settings(engine_port=free_port()))[0]
    argv = [str(file) if argument.endswith("endpoints.yml") else argument for argument in one.argv]
    ended = subprocess.run(argv, env=dict(one.environment), cwd=one.folder, capture_output=True, text=True, timeout=150)
    assert ended.returncode == 1 and "endpoints.yml loads InMemoryTrackerStore" in ended.stderr


# --- reading ------------------------------------------------------------------------------------------------------
TEXTS = ["What is a visa?", "what is THE fee, the fee", "  tabs\tand\nlines ", "x", "", "été à l'université", "a b a b"]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ((letters_of, letter_grams, 2), {"analyzer": "char_wb", "ngram_range": (2, 4), "min_df": 2}),
        ((words_of, itself, 1), {"ngram_range": (1, 2), "token_pattern": r"(?u)\b\w+\b"}),
    ],
    ids=["letters", "words"],
)
def test_ngrams_weigh_what_sklearn_weighs(ours, theirs):
    from sklearn.feature_extraction.text import TfidfVectorizer

    sklearn = TfidfVectorizer(sublinear_tf=True, dtype=np.float32, **theirs).fit(TEXTS)
    ngrams = Ngrams.seen_in(TEXTS, *ours)
    assert ngrams.vocabulary == sorted(sklearn.vocabulary_)
    for text in [*TEXTS, "a visa for the university", "nothing"]:
        columns, weights = ngrams.weights(text)
        dense = np.zeros(len(ngrams.vocabulary), np.float32)
        dense[columns] = weights
        assert dense == pytest.approx(sklearn.transform([text]).toarray()[0], abs=1e-6)


def test_words_worked_out_weigh_the_same():
    plain, ready = (Ngrams.seen_in(TEXTS, letters_of, letter_grams) for _ in range(2))
    ready.work_out(["visa", "fee"])
    for text in [*TEXTS, "somebody's name"]:
        assert [one.tolist() for one in ready.weights(text)] == [one.tolist() for one in plain.weights(text)]
    assert set(ready._worked_out) == {"visa", "fee"}, "what people write must not be kept"


def test_ngrams_are_counted_by_many_threads_at_once():
    ngrams = Ngrams.seen_in(TEXTS, letters_of, letter_grams)
    expected, found = ngrams.weights(TEXTS[1])[0].tolist(), []
    threads = [threading.Thread(target=lambda: found.append(ngrams.weights(TEXTS[1])[0].tolist())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 8
