"""Reaching a person, leaving details, being helped to choose."""

from __future__ import annotations

from dataclasses import replace

from actions.answering import Answer, Answers
from actions.places import recommend_destination
from actions.replies import people as words
from actions.replies.languages import only_english
from actions.said import Frame, Said
from bot.settings import Settings
from knowledge.queries import Knowledge

CLEAR = 0.5  # share from which a wish for a person, or a yes to one, is clear enough to call staff


def offer_person(knowledge: Knowledge, said: Said, frame: Frame) -> Answer:
    """How to reach a person; where it isn't clear that one is wanted, that is asked first."""
    if said.confidence < CLEAR:
        return Answer(words.ask_whether_person(), frame.offering("want_person"))
    settings = Settings.from_environment()
    return Answer(words.reach_a_person(settings.organisation, settings.advice_contact), frame.offering("want_person"))


def take_contact(knowledge: Knowledge, said: Said, frame: Frame) -> Answer:
    """Contact details were given, though nobody can pass them on yet."""
    settings = Settings.from_environment()
    return Answer(words.contact_details(settings.organisation, settings.advice_contact), replace(frame, offer=None))


def help_choose(knowledge: Knowledge, said: Said, frame: Frame) -> Answer:
    """Where to go for the field that somebody works in or wants; without one, the question that decides most."""
    if said.of("field") or said.of("industry"):  # "I work in marketing"
        return recommend_destination(knowledge, said, Frame())
    return Answer(words.help_choose(), Frame("choose_help"))


class AnswerLanguage(Answers):
    """A message in another language, or a question about languages."""

    def name(self) -> str:
        return "action_answer_language"

    def answer(self, knowledge: Knowledge, said: Said, frame: Frame) -> Answer:
        return Answer(only_english(said.language), frame.offering("want_person"))


class OfferPerson(Answers):
    """A person is wanted."""

    def name(self) -> str:
        return "action_offer_person"

    answer = staticmethod(offer_person)


class TakeContact(Answers):
    """Contact details."""

    def name(self) -> str:
        return "action_take_contact"

    answer = staticmethod(take_contact)


class HelpChoose(Answers):
    """Help in choosing."""

    def name(self) -> str:
        return "action_help_choose"

    answer = staticmethod(help_choose)


class PutAside(Answers):
    """ "No": whatever was offered is off the table."""

    def name(self) -> str:
        return "action_put_aside"

    def answer(self, knowledge: Knowledge, said: Said, frame: Frame) -> Answer:
        return Answer(words.all_right(), replace(frame, offer=None))
