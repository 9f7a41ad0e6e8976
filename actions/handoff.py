"""Answers requests for a person, contact details."""

from __future__ import annotations

from dataclasses import replace

from actions.base import Answer
from actions.context import DialogueState, Understanding
from actions.replies import handoff as words
from actions.replies.languages import only_english
from actions.topics import found_topic
from core.settings import Settings
from knowledge.knowledge_base import Knowledge
from knowledge.models import TopicLink

CLEAR = 0.5  # confidence from which a request for a person, or a yes to one, is clear enough to call staff

TOMORROW, ANOTHER_TIME = "tomorrow", "another-time"  # codes of nlu/data/about_me.yml


def offer_person(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Tell how to reach a person; ask first if it is not clear that one is wanted, or not now."""
    if when := next((one for one in (TOMORROW, ANOTHER_TIME) if one in understanding.asks), ""):
        return Answer(words.at_another_time(when == TOMORROW), state.offering("want_person"))
    if understanding.confidence < CLEAR:
        return Answer(words.ask_whether_person(), state.offering("want_person"))
    settings = Settings.from_environment()
    return Answer(words.reach_a_person(settings.organisation, settings.advice_contact), state.offering("want_person"))


def take_contact(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Answer contact details. The reply is shown only on the console's playground: the front stores them and answers itself."""
    settings = Settings.from_environment()
    return Answer(words.contact_details(settings.organisation, settings.advice_contact), replace(state, offer=None))


def answer_language(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Answer a message in another language, or a question about languages."""
    return Answer(only_english(understanding.language), state.offering("want_person"))


def put_aside(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Answer "no": the offer lapses."""
    return Answer(words.acknowledge_no(), replace(state, offer=None))


def take_complaint(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Answer the complaint that an answer missed the question with what else the question may have been about."""
    links = [TopicLink(key, found_topic(knowledge, key).title) for key in state.others]
    return Answer(words.complaint(links), replace(state, others=()).offering("want_person"))
