"""Runs Rasa's actions: reads what was understood, answers, and sends the reply and the new dialogue state.

An answer runs in one of a few threads, so that slow queries delay no other conversation. A KnowledgeError is not caught:
the turn fails as a whole and the channel apologises. Only a key that came with the message or from the turn before may be
unknown, since a button may be older than the knowledge base.
"""

from __future__ import annotations

import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.advice.advise import give_advice
from actions.advice.profile import merged
from actions.advice.summary import sum_up
from actions.base import Answer, AnswerFunction
from actions.comparison import compare
from actions.context import DialogueState, Names, Query, Understanding, said_of_person
from actions.credential_types import recommend_or_decline
from actions.describe import describe
from actions.dialogue.intent_answers import give_reasons, start_over, take_back
from actions.dialogue.turn import answer_turn
from actions.follow_up_router import answer_follow_up, not_understood, search_or_describe, tell_more
from actions.guide_overview import or_help, or_overview, usable
from actions.handoff import (
    answer_language,
    offer_person,
    put_aside,
    take_complaint,
    take_contact,
)
from actions.question_router import answer_by_topic, answer_question, or_search, recommend_or_describe
from actions.recognition import recognition_and_second
from actions.replies.base import in_own_words, in_words_of
from actions.replies.topics import no_longer_known
from actions.social import respond
from actions.thread_pool import TwoLanes
from actions.topics import take_disagreement
from actions.unanswered import naming_unknown
from core.settings import Settings
from knowledge.errors import KnowledgeTooSlow, RoleMissing, UnknownKey
from knowledge.knowledge_base import Knowledge, open_knowledge
from own_programs.errors import CatalogueError, CatalogueTooSlow
from own_programs.search.catalogue import Catalogue, open_catalogue
from own_programs.store.writer import FILE_NAME

logger = logging.getLogger(__name__)
lanes = TwoLanes(KnowledgeTooSlow, CatalogueTooSlow)

# The answer that each action of domain.yml gives unless the decision table (dialogue/turn.py) finds one that fits better.
ANSWERS: dict[str, AnswerFunction] = {
    "action_answer_topic": naming_unknown(answer_question),
    "action_describe": naming_unknown(or_search(describe)),
    "action_recommend_destination": naming_unknown(or_search(recommend_or_describe)),
    "action_recommend_type": naming_unknown(recommend_or_decline),
    "action_answer_recognition": naming_unknown(recognition_and_second),
    "action_compare": compare,
    "action_find_programs": search_or_describe,
    "action_continue": answer_follow_up,
    "action_follow_topic": answer_follow_up,
    "action_tell_more": tell_more,
    "action_not_understood": not_understood,
    "action_take_complaint": take_complaint,
    "action_show_source": give_reasons,
    "action_take_disagreement": take_disagreement,
    "action_answer_language": answer_language,
    "action_offer_person": offer_person,
    "action_take_contact": take_contact,
    "action_help_choose": or_overview(give_advice),
    "action_advise": or_overview(give_advice),
    "action_sum_up": sum_up,
    "action_put_aside": put_aside,
    "action_respond": or_help(respond),
    "action_take_back": take_back,
    "action_start_over": start_over,
}


class AnswerAction(Action, ABC):  # type: ignore[misc]  # rasa_sdk has no types
    """Rasa action that gives one answer; subclasses define `name` and `answer`."""

    def __init__(self) -> None:
        settings = Settings.from_environment()  # read once: it takes a tenth of the time of an answer
        self._knowledge_db, self._seconds = settings.knowledge_db, settings.action_timeout_seconds
        self._catalogue = settings.catalogue_dir / FILE_NAME

    @staticmethod
    @abstractmethod
    def answer(
        knowledge: Knowledge, understanding: Understanding, state: DialogueState, catalogue: Catalogue | None
    ) -> Answer:
        """Return the answer to a message in the given dialogue state; `catalogue` is the organisation's own, if it has one."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Answer the tracker's latest message; Rasa calls this."""
        understanding = Understanding.from_message(tracker.latest_message)
        state = _with_what_was_told(DialogueState.from_slot(tracker.get_slot("frame")), tracker.events)
        until = time.monotonic() + self._seconds
        answer = await lanes.run(lambda end: self._answered(understanding, state, end), until)
        for message in answer.reply.as_messages():
            dispatcher.utter_message(**message)
        return [SlotSet("frame", answer.state.as_slot())]

    def _answered(self, understanding: Understanding, state: DialogueState, until: float) -> Answer:
        knowledge, catalogue = open_knowledge(self._knowledge_db), _own(self._catalogue)
        # no thread may outlive the turn that waits for it
        with (
            knowledge.deadline(until),
            catalogue.deadline(until) if catalogue else nullcontext(),
            in_words_of(knowledge.words),
        ):
            answer = usable(knowledge, self._answer(knowledge, understanding, state, catalogue))
            return replace(answer, reply=in_own_words(answer.reply))

    def _answer(
        self, knowledge: Knowledge, understanding: Understanding, state: DialogueState, catalogue: Catalogue | None
    ) -> Answer:
        try:
            return self.answer(knowledge, understanding, state, catalogue)
        except RoleMissing as error:
            logger.warning("answered by its topic alone: %s", error)
            return answer_by_topic(knowledge, understanding, state)
        except UnknownKey as error:
            if error.key not in set(_brought(understanding, state)):
                raise  # a defect: code, roles and knowledge base do not fit each other
            return Answer(no_longer_known(), state)


def _own(path: Path) -> Catalogue | None:
    """Return the organisation's catalogue; without one, or with one that cannot be read, the guide answers alone."""
    try:
        return open_catalogue(path)
    except CatalogueError:  # which the engine's component has logged
        return None


def _with_what_was_told(state: DialogueState, events: list[dict[str, Any]]) -> DialogueState:
    """Return the state with what the person told in turns that no action answered ("hi, I'm a nurse"), since the last one."""
    told: list[Names] = []
    for event in reversed(events):
        if event.get("event") == "slot" and event.get("name") == "frame":
            break
        if event.get("event") == "user":
            told.append(said_of_person(event.get("parse_data") or {}))
    profile = state.profile
    for said in reversed(told[1:]):  # the first is the message that is being answered
        profile = merged(profile, said)
    return replace(state, profile=profile)


def _brought(understanding: Understanding, state: DialogueState) -> Iterator[str]:
    """Yield every key that came with the message or from the dialogue state."""
    kept = (state.names, state.choices, state.focus, state.listed, *(query.names for query in _queries(state)))
    for names in (understanding.names, understanding.left_out, understanding.maybe, *kept):
        for keys in names.values():
            yield from keys
    yield from (query.topic for query in _queries(state) if query.topic)
    for question in understanding.further:
        yield from _brought(question, DialogueState())
    yield from (ranked.key for ranked in (*understanding.topics, *understanding.nearest))
    yield from (
        key for key in (understanding.second, state.topic, *state.sources, *(state.offer or {}).values()) if key
    )


def _queries(state: DialogueState) -> tuple[Query, ...]:
    return (*state.queries, *((state.asked,) if state.asked else ()))


def _action(action_name: str, answer_message: AnswerFunction) -> type[AnswerAction]:
    """Return the action class of one row of ANSWERS; Rasa finds it as a subclass of Action."""

    def name(self: AnswerAction) -> str:
        return action_name

    def answer(
        knowledge: Knowledge, understanding: Understanding, state: DialogueState, catalogue: Catalogue | None
    ) -> Answer:
        return answer_turn(knowledge, understanding, state, answer_message, catalogue)

    return type(action_name, (AnswerAction,), {"name": name, "answer": staticmethod(answer), "__module__": __name__})


ACTIONS = tuple(_action(*row) for row in ANSWERS.items())
