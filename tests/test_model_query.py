"""A language model's query in the place of the built-in reading: when it is wanted, what it becomes, and what is refused."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from core.settings import Settings
from knowledge.knowledge_base import Knowledge, open_knowledge
from tests.engine_fixtures import Advisor, Reply

VISA = "challenges/visa"
ODD = "que pasa con eso en zedland"  # which the built-in understanding makes nothing of
QUESTION: dict[str, Any] = {
    "act": "ask_topic",
    "topic": VISA,
    "claims": [],
    "things": [],
    "form": "what",
    "attributes": [],
    "unknown": [],
    "answerable": True,
}


def question(**parts: Any) -> dict[str, Any]:
    """Return a question of a query."""
    return {**QUESTION, **parts}


def named(*things: str, left_out: bool = False) -> list[dict[str, Any]]:
    """Return things as a query names them."""
    return [{"thing": thing, "left_out": left_out} for thing in things]


def ask(
    advisor: Advisor, text: str, *questions: dict[str, Any], conversation: str = ""
) -> tuple[Reply, dict[str, Any]]:
    """Have a message answered as a model read it; return the reply and what counts as understood."""
    said = {"text": text, "understood": {"questions": list(questions)}}
    status, turn = advisor.turn(conversation or uuid.uuid4().hex, **said)
    assert status == 200, turn
    return Reply(turn["messages"]), turn["understanding"]


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return open_knowledge(Settings().knowledge_db)


# --- when it is wanted -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "when", "status"),
    [
        ("what is a bootcamp", "unsure", 200),
        ("thanks a lot", "unsure", 200),
        (ODD, "unsure", 202),
        ("how would a wibble gronk", "unsure", 202),
        ("wie lange dauert so ein Kurs im Ausland?", "unsure", 202),
        ("jak długo trwa taki kurs za granicą", "unsure", 202),  # which our own detector does not know
        ("¿qué es un nanodegree y para qué sirve?", "unsure", 202),  # though it is understood by its name
        ("do you speak spanish?", "unsure", 200),
        ("what is a bootcamp", "always", 202),
        (ODD, "never", 200),
        # What may be danger or a way to reach somebody is never put to it.
        ("I want to kill myself", "always", 200),
        ("call me at mira@example.org", "always", 200),
        ("can I talk to a person", "always", 200),
        ("?!", "always", 200),
    ],
)
def test_model_is_wanted(advisor, text, when, status) -> None:
    assert advisor.turn(uuid.uuid4().hex, text=text, model=when)[0] == status


def test_button_is_never_put_to_it(advisor) -> None:
    status, _ = advisor.turn(uuid.uuid4().hex, payload='/ask_topic{"topic": "challenges/visa"}', model="always")
    assert status == 200


def test_unsure_turn_runs_nothing(advisor) -> None:
    one, message = uuid.uuid4().hex, uuid.uuid4().hex
    advisor.turn(one, text="tell me about canada")
    status, unsure = advisor.turn(one, message, text="which universities are there", model="always")
    assert status == 202 and set(unsure) == {"understanding", "claims", "language", "state"}
    assert unsure["state"]["focus"]["destination"] == ["canada"] and unsure["state"]["last"]["intent"] == "ask_about"
    assert all("#" in claim for claim in unsure["claims"])
    status, turn = advisor.turn(one, message, text="which universities are there", understood=None)
    assert status == 200 and "Toronto" in Reply(turn["messages"]).text and "by_model" not in turn["understanding"]
    # Asked again, it has its stored reply, whatever a front would like.
    assert advisor.turn(one, message, text="which universities are there", model="always") == (200, turn)


def test_state_holds_no_words(advisor) -> None:
    one = uuid.uuid4().hex
    advisor.turn(one, text="tell me about the Xylophone certificate in canada")
    _, unsure = advisor.turn(one, text="and there?", model="always")
    assert "xylophone" not in json.dumps(unsure).casefold()


# --- what it becomes -------------------------------------------------------------------------------------------------
def test_chosen_claim_is_said(advisor, knowledge) -> None:
    for claim in knowledge.claims("types/nanodegrees")[1:4]:
        reply, told = ask(
            advisor, ODD, question(topic=claim.topic, claims=[f"{claim.topic}#{claim.number}"], form=claim.form)
        )
        assert claim.say[-40:] in reply.text and reply.outcome == "answered"
        assert (told["by_model"], told["topic"]) == (True, "types/nanodegrees")


def test_topic_without_a_claim_is_answered_whole(advisor, knowledge) -> None:
    reply, _ = ask(advisor, ODD, question())
    assert knowledge.topic(VISA).answer in reply.text


def test_open_subject_is_declined(advisor) -> None:
    reply, _ = ask(advisor, ODD, question(topic="not-stated/fees", answerable=False))
    assert reply.outcome == "declined" and reply.topic == "not-stated/fees"


def test_unknown_name_is_the_visitors_own(advisor) -> None:
    reply, told = ask(advisor, ODD, question(unknown=["zedland"], answerable=False))
    assert "zedland" in reply.text and reply.outcome == "declined" and told["unknown_names"] == ["zedland"]


def test_things_are_compared(advisor) -> None:
    things = named("destination:canada", "destination:australia")
    reply, _ = ask(advisor, ODD, question(act="compare", topic=None, things=things))
    assert "Canada" in reply.text and "Australia" in reply.text


def test_thing_that_is_left_out_is(advisor) -> None:
    one = uuid.uuid4().hex
    things = named("field:data-analytics")
    ask(advisor, ODD, question(act="ask_best_destination", topic=None, things=things), conversation=one)
    excluded = named("destination:australia", left_out=True)
    _, told = ask(advisor, ODD, question(act="refine", topic=None, things=excluded), conversation=one)
    assert {"entity": "destination", "value": "australia", "part": "left_out"} in told["entities"]


def test_wishes_of_the_message_stay(advisor) -> None:
    _, told = ask(advisor, "zed zed under 500 dollars", question(act="find_programs", topic=None))
    assert [each["entity"] for each in told["entities"]] == ["max_price"]


def test_two_questions_have_two_answers(advisor, knowledge) -> None:
    about_visa, about_type = knowledge.claims(VISA)[0], knowledge.claims("types/nanodegrees")[1]
    asked = [
        question(topic=each.topic, claims=[f"{each.topic}#{each.number}"], form=each.form)
        for each in (about_visa, about_type)
    ]
    reply, _ = ask(advisor, ODD, *asked)
    assert about_visa.say[-40:] in reply.text and about_type.say[-40:] in reply.text


def test_conversation_goes_on_about_it(advisor) -> None:
    one = uuid.uuid4().hex
    ask(advisor, ODD, question(act="ask_about", topic=None, things=named("destination:canada")), conversation=one)
    _, turn = advisor.turn(one, text="which universities are there?")
    assert "Toronto" in Reply(turn["messages"]).text


def test_other_language_is_told_once_that_answers_are_english(advisor, knowledge) -> None:
    one, line = uuid.uuid4().hex, "Entschuldigung, ich spreche bisher nur Englisch."
    reply, _ = ask(advisor, "wie lange dauert so ein Kurs im Ausland?", question(), conversation=one)
    assert reply.text.startswith(line) and knowledge.topic(VISA).answer in reply.text
    asked = question(topic="types/nanodegrees")
    reply, _ = ask(advisor, "und was kostet so ein Kurs denn eigentlich?", asked, conversation=one)
    assert line not in reply.text and knowledge.topic("types/nanodegrees").answer in reply.text


@pytest.mark.parametrize(
    ("text", "told", "speaks"),
    [
        ("jak długo trwa taki kurs za granicą", "pl", "pl"),  # which our own detector does not know
        ("kozi hii inachukua muda gani huko", "sw", "sw"),
        ("wie lange dauert so ein Kurs im Ausland?", "de", "de"),
        ("wie lange dauert so ein Kurs im Ausland?", "en", "de"),  # it is no English, whatever a model says
        ("how would a wibble gronk", "pl", None),  # English is English
        ("do I need a visa?", "es", None),
        ("¿qué es un nanodegree y para qué sirve?", "es", "es"),
        (ODD, "es", "es"),
    ],
)
def test_language_is_told(advisor, text, told, speaks) -> None:
    query = {"questions": [question()], "language": told}
    status, turn = advisor.turn(uuid.uuid4().hex, text=text, understood=query)
    assert status == 200 and turn["understanding"].get("speaks") == speaks
    line = turn["messages"][0]["metadata"].get("in_english", "")
    assert bool(line) == bool(speaks) and turn["messages"][0]["text"].startswith(line)


def test_line_is_told_though_it_is_not_said_again(advisor) -> None:
    """Tell the front which line says that an answer is in English, for it may have said a reply in the language before."""
    one = uuid.uuid4().hex
    ask(advisor, "wie lange dauert so ein Kurs im Ausland?", question(), conversation=one)
    query = {"questions": [question(topic="types/nanodegrees")]}
    _, turn = advisor.turn(one, text="und was kostet so ein Kurs denn eigentlich?", understood=query)
    line = turn["messages"][0]["metadata"]["in_english"]
    assert line.startswith("Entschuldigung") and line not in turn["messages"][0]["text"]


# --- what is refused -------------------------------------------------------------------------------------------------
REFUSED = {
    "no questions": {},
    "questions that are none": {"questions": "all"},
    "none at all": {"questions": []},
    "four": {"questions": [QUESTION] * 4},
    "a number": {"questions": [5]},
    "an act that is not there": {"questions": [question(act="grant")]},
    "an act of its own": {"questions": [question(act="distress")]},
    "a topic that is not there": {"questions": [question(topic="challenges/none")]},
    "a claim that is not there": {"questions": [question(claims=[f"{VISA}#999"])]},
    "a claim that is none": {"questions": [question(claims=["' OR 1=1 --"])]},
    "claims that are no list": {"questions": [question(claims=f"{VISA}#1")]},
    "a thing that is not there": {"questions": [question(things=named("destination:atlantis"))]},
    "a thing of no kind": {"questions": [question(things=named("sqlite_master:x"))]},
    "things that are none": {"questions": [question(things=["destination:canada"])]},
    "a form that is not there": {"questions": [question(form="shout")]},
    "an attribute that is not there": {"questions": [question(attributes=["secret"])]},
    "a name that nobody said": {"questions": [question(unknown=["Atlantis"], answerable=False)]},
    "a name of white space": {"questions": [question(unknown=[" "], answerable=False)]},
    "a yes that is a word": {"questions": [question(answerable="yes")]},
    "a part left out": {"questions": [{name: part for name, part in QUESTION.items() if name != "things"}]},
    "a language that is none": {"questions": [QUESTION], "language": "PWNED"},
    "a refused second": {"questions": [QUESTION, question(topic="challenges/none")]},
}


@pytest.mark.parametrize("query", REFUSED.values(), ids=REFUSED)
def test_refused_query_leaves_the_built_in_answer(advisor, query) -> None:
    text = "what is a bootcamp"
    _, own = advisor.turn(uuid.uuid4().hex, text=text)
    status, turn = advisor.turn(uuid.uuid4().hex, text=text, understood=query)
    assert status == 200 and turn["messages"] == own["messages"]
    assert turn["understanding"] == {**own["understanding"], "by_model": False}


@pytest.mark.parametrize("more", [{"model": "often"}, {"model": 5}, {"understood": "x"}, {"understood": [QUESTION]}])
def test_wrong_types_are_said_so(advisor, more) -> None:
    status, answer = advisor.turn(uuid.uuid4().hex, text="hello", **more)
    assert status == 400 and ("model" in answer["error"] or "understood" in answer["error"])
