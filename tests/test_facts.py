"""Asks the trained reader about relations, sets and attributes of the catalogue, and compares the first sentence.

The understanding is the engine's own, in this process; what the rules lead to stands behind the decision table.
"""

from __future__ import annotations

import re
from functools import cache

import pytest
from rasa.shared.nlu.training_data.message import Message
from ruamel.yaml import YAML

from actions.base import Answer
from actions.context import DialogueState, Ranked, Understanding
from actions.dialogue.turn import answer_turn
from actions.facts.answer import answer_from_facts
from actions.rasa_actions import ANSWERS
from bot.engine.nlu_component import UnderstandingComponent
from core.settings import PROJECT_ROOT, Settings
from knowledge.knowledge_base import Knowledge, open_knowledge
from tests.program_fixtures import nowhere as nowhere  # a fixture
from training.evaluation.scoring import trained_reader

ROW = "facts of the catalogue"
RULES = YAML(typ="safe").load((PROJECT_ROOT / "data" / "rules.yml").read_text(encoding="utf-8"))["rules"]
ACTION_OF = {rule["steps"][0].get("intent"): rule["steps"][1]["action"] for rule in RULES}
FOLLOW_UP = "action_continue"  # what stories lead to

# Each message with the first sentence of its answer, without the signs of bold print.
ASKED = list(
    YAML(typ="safe").load((PROJECT_ROOT / "tests" / "catalogue_questions.yml").read_text(encoding="utf-8")).items()
)
# What another answer fits: no relation and no set, or one that a topic of the guide knows better.
LEFT_ALONE = [
    "which is the best university",
    "how many countries have a national framework",
    "which skills are in demand",
    "what platforms does the government support",
    "is a bootcamp better than a nanodegree",
    "what is the difference between australia and canada",
    "tell me about canada",
    "which industries accept them",
    "how do i choose a university",
    "courses by google",
    "programs in canada under 500 euros",
    "how many courses can I take at once",
    "can micromasters count as credits towards a masters",
    "which universities accept micro-credentials",
    "I want to learn UX",
]


class Assistant:
    """The reader and the answers, without the engine between them."""

    def __init__(self) -> None:
        self._component = UnderstandingComponent(
            UnderstandingComponent.get_default_config(), None, None, trained_reader()
        )
        self.knowledge = open_knowledge(Settings().knowledge_db)
        self.understand = cache(self._understand)  # most messages are asked by several tests

    def _understand(self, text: str) -> Understanding:
        message = Message(data={"text": text})
        self._component.process([message])
        return Understanding.from_message(message.as_dict())

    def ask(self, text: str, state: DialogueState = DialogueState()) -> Answer:
        understanding = self.understand(text)
        action = ACTION_OF.get(understanding.intent, FOLLOW_UP)
        answer_message = ANSWERS.get(action, ANSWERS["action_not_understood"])
        return answer_turn(self.knowledge, understanding, state, answer_message)


@pytest.fixture(scope="module")
def assistant() -> Assistant:
    return Assistant()


def first_sentence(answer: Answer) -> str:
    return re.split(r"(?<=[.!?])\s|\n\n", answer.reply.text.replace("**", ""), maxsplit=1)[0]


@pytest.mark.parametrize(("text", "sentence"), ASKED)
def test_first_sentence_answers_the_question(assistant, text, sentence) -> None:
    answer = assistant.ask(text)
    assert (first_sentence(answer), answer.reply.decided_by) == (sentence, ROW)


def test_there_are_enough_questions() -> None:
    assert len({text.lower() for text, _ in ASKED}) >= 150


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_other_questions_are_left_to_other_answers(assistant, text) -> None:
    assert assistant.ask(text).reply.decided_by != ROW


@pytest.mark.parametrize(("text", "sentence"), ASKED)
def test_answer_is_short_and_leads_on(assistant, text, sentence) -> None:
    reply = assistant.ask(text).reply
    assert len(sentence.split()) <= 45
    assert reply.buttons and not [button for button in reply.buttons if "{}" in button.payload]
    assert reply.outcome == "declined" or reply.sources, "an answer has a source"


YES = [
    ("is KU Leuven in Belgium", "Belgium"),
    ("does IBM offer cybersecurity", "cybersecurity"),
    ("is New Zealand on your list", "New Zealand"),
]


@pytest.mark.parametrize(("text", "named"), YES)
def test_yes_stands_only_before_what_was_asked(assistant, text, named) -> None:
    sentence = first_sentence(assistant.ask(text))
    assert sentence.startswith("Yes") and named in sentence


def test_no_answer_begins_with_a_yes_to_another_question(assistant) -> None:
    """A "Yes" repeats what was asked and is never followed by that the guide doesn't say."""
    for text, sentence in ASKED:
        if sentence.startswith("Yes"):
            assert "doesn't say" not in sentence, text
            assert assistant.understand(text).form in ("yes_no", "or"), text


def test_list_can_be_chosen_from(assistant) -> None:
    listed = assistant.ask("which universities are there in Canada")
    second = assistant.ask("the second one", listed.state)
    assert "Humber College" in second.reply.text and second.reply.decided_by == "thing pointed at"


def test_list_can_be_narrowed(assistant) -> None:
    listed = assistant.ask("how many universities do you know in total")
    assert first_sentence(assistant.ask("only the ones in New Zealand", listed.state)) == (
        "In New Zealand: University of Auckland and Massey University."
    )


def test_field_stays_talked_about(assistant) -> None:
    asked = assistant.ask("is AI popular in Canada")
    assert asked.state.names == {"field": ("ai",), "destination": ("canada",)}
    assert asked.state.act == "ask_best_destination"


def test_bare_field_after_a_country_stays_in_the_country(assistant) -> None:
    """What there is in a field is told at the start; later a bare field goes on with what was talked about."""
    told = assistant.ask("tell me about Canada")
    assert "Canada" in assistant.ask("leadership", told.state).reply.text


# --- an organisation's own catalogue, which states prices and dates -------------------------------------------------------


def asked_of(knowledge: Knowledge, attributes: str, topic: str = "", **names: str) -> str:
    """Return the text that answers an attribute of named things, or "" if the row has no answer."""
    kept = {kind: (key,) for kind, key in names.items()}
    ranked = (Ranked(topic, 1.0),) if topic else ()
    understanding = Understanding("ask_topic", 1.0, kept, ranked, form="what", attributes=tuple(attributes.split()))
    answer = answer_from_facts(knowledge, understanding, DialogueState())
    return answer.reply.text.replace("**", "") if answer else ""


def test_price_of_a_program_is_told_where_the_listings_state_it(nowhere) -> None:
    assert "300" in asked_of(nowhere, "price", nowhere.role("prices"), program="data-basics")


def test_mode_of_a_program_is_told_where_the_listings_state_it(nowhere) -> None:
    assert "online" in asked_of(nowhere, "mode", nowhere.role("delivery"), program="data-basics")


def test_what_the_listings_leave_open_is_said_by_its_name(nowhere) -> None:
    text = asked_of(nowhere, "seats", program="data-basics")
    assert text.startswith("The guide doesn't say how many seats Data Basics has.")


def test_number_of_programs_counts_the_listings(nowhere) -> None:
    told = asked_of(nowhere, "count programs", type="professional-certificate")
    assert told and not told.startswith("One")
