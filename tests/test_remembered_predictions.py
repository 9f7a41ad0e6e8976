"""Remembered predictions are those that Rasa works out anew."""

from __future__ import annotations

import random
from types import SimpleNamespace

import pytest
from rasa.core.policies.memoization import MemoizationPolicy
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.policies.rule_policy import RulePolicy
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine import rasa_integration
from bot.engine.patches.graph_runner import nodes_of
from bot.engine.patches.remembered_predictions import RememberedPredictions, last_steps, only_turns_steer
from bot.engine.patches.rule_predictions import _asks_for_intent

DOMAIN = Domain.from_dict({"intents": ["ask"], "slots": {"frame": {"type": "any", "mappings": [{"type": "custom"}]}}})


@pytest.mark.parametrize(
    "rule",
    [
        [{"prev_action": {"action_name": "action_listen"}, "user": {"text": "hello"}}],
        [{"user": {"intent": "greet"}}],
        [{}, {"prev_action": {"action_name": "action_listen"}, "user": {"intent": "greet"}}],
    ],
)
def test_other_kinds_of_rules_are_noticed(rule) -> None:
    assert not _asks_for_intent(rule)


@pytest.mark.parametrize("more", [{"forms": {"f": {"required_slots": []}}},
                                  {"slots": {"s": {"type": "bool", "mappings": [{"type": "custom"}]}}},
                                  {"entities": ["field"]}], ids=str)  # fmt: skip
def test_what_else_may_steer_is_noticed(more) -> None:
    assert only_turns_steer(SimpleNamespace(domain=DOMAIN), [])
    assert not only_turns_steer(SimpleNamespace(domain=Domain.from_dict({"intents": ["ask"], **more})), [])


@pytest.mark.parametrize("sure", [True, False])
def test_policy_that_weighs_sureness_is_noticed(sure) -> None:
    policy = SimpleNamespace(config={"use_nlu_confidence_as_score": sure})
    assert only_turns_steer(SimpleNamespace(domain=DOMAIN), [policy]) is not sure


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


def test_course_is_the_last_steps() -> None:
    short = last_steps([LISTENED, *TURN_TAKEN, HEARD], 3, _in_stories)
    assert short == last_steps([LISTENED, *TURN_TAKEN, *TURN_TAKEN, HEARD], 3, _in_stories)
    assert short != last_steps([LISTENED, *TURN_TAKEN, HEARD, FLAGGED, ANSWERED], 3, _in_stories)
    assert short[-1] == ("action_listen", "greet", True)


def test_hidden_turns_are_no_part_of_stories() -> None:
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
def test_other_courses_are_left_to_rasa(events) -> None:
    assert last_steps(events, 3, _in_stories) is None


def test_prediction_is_remembered_and_never_spoilt() -> None:
    asked = []

    def stock(policy, tracker, domain, **kwargs) -> PolicyPrediction:
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

    def __init__(self, remembered: RememberedPredictions) -> None:
        self.remembered, self.compared = remembered, 0

    def __call__(self, policy, tracker, domain, **kwargs) -> PolicyPrediction:
        ours = self.remembered(policy, tracker, domain, **kwargs)
        assert vars(ours) == vars(self.remembered.stock(policy, tracker, domain, **kwargs))
        self.compared += 1
        return ours


def _wander(processor, chance: random.Random) -> None:
    """Hold a conversation of any intents in any order, with sessions, rejections and Rasa's own intents."""
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


def test_remembered_predictions_are_rasas_own(load_engine) -> None:
    processor = rasa_integration.ready_agent(load_engine()).processor
    nodes = [node for kind in (RulePolicy, MemoizationPolicy) for node in nodes_of(processor, kind)]
    for node in nodes:
        node._fn = AlsoAskingRasa(node._fn)
    for seed in range(30):
        _wander(processor, random.Random(seed))
    for node in nodes:
        assert 100 < len(node._fn.remembered._known) < node._fn.compared, "nothing was remembered, or all anew"
