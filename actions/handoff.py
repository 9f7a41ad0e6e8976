"""Reaching a person, leaving details, being helped to choose."""

from __future__ import annotations

from dataclasses import replace

from actions.base import Answer, AnswerAction
from actions.context import DialogueState, Understanding
from actions.destinations import recommend_destination
from actions.replies import handoff as words
from actions.replies.languages import only_english
from core.settings import Settings
from knowledge.knowledge_base import Knowledge

CLEAR = 0.5  # share from which a wish for a person, or a yes to one, is clear enough to call staff


def offer_person(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """How to reach a person; where it isn't clear that one is wanted, that is asked first."""
    if understanding.confidence < CLEAR:
        return Answer(words.ask_whether_person(), state.offering("want_person"))
    settings = Settings.from_environment()
    return Answer(words.reach_a_person(settings.organisation, settings.advice_contact), state.offering("want_person"))


def take_contact(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Contact details were given, though nobody can pass them on yet."""
    settings = Settings.from_environment()
    return Answer(words.contact_details(settings.organisation, settings.advice_contact), replace(state, offer=None))


def help_choose(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """Where to go for the field that somebody works in or wants; without one, the question that decides most."""
    if understanding.of("field") or understanding.of("industry"):  # "I work in marketing"
        return recommend_destination(knowledge, understanding, DialogueState())
    return Answer(words.help_choose(), DialogueState("choose_help"))


class AnswerLanguage(AnswerAction):
    """A message in another language, or a question about languages."""

    def name(self) -> str:
        return "action_answer_language"

    def answer(self, knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
        return Answer(only_english(understanding.language), state.offering("want_person"))


class OfferPerson(AnswerAction):
    """A person is wanted."""

    def name(self) -> str:
        return "action_offer_person"

    answer = staticmethod(offer_person)


class TakeContact(AnswerAction):
    """Contact details."""

    def name(self) -> str:
        return "action_take_contact"

    answer = staticmethod(take_contact)


class HelpChoose(AnswerAction):
    """Help in choosing."""

    def name(self) -> str:
        return "action_help_choose"

    answer = staticmethod(help_choose)


class PutAside(AnswerAction):
    """ "No": whatever was offered is off the table."""

    def name(self) -> str:
        return "action_put_aside"

    def answer(self, knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
        return Answer(words.all_right(), replace(state, offer=None))
