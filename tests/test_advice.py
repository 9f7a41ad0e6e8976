"""Whole conversations in which people tell of themselves: nothing is asked twice, and advice and summary hold what was told."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pytest

from tests.engine_fixtures import Advisor, Reply

FIELD_ASKED = "Which field are you interested in"  # the question of somebody who has told nothing
STEP = "1. "


@dataclass(frozen=True)
class Turn:
    """A message, what the reply must say (one of several, split by "|"), and what it must not say."""

    text: str
    says: tuple[str, ...] = ()
    never: tuple[str, ...] = field(default=())


def turn(text: str, *says: str, never: tuple[str, ...] = ()) -> Turn:
    return Turn(text, says, never)


CONVERSATIONS: dict[str, list[Turn]] = {
    "nurse, terse": [
        turn("I'm a nurse from Kenya", "As a nurse from Kenya", "clinical skills", "online"),
        turn("I want to stay online", "All right, online", never=(FIELD_ASKED, "Would you rather study online")),
        turn("further study", "stepping stone", never=("What is it for",)),
        turn("how long do they take?", "few weeks"),
        turn("so in my case, what would you take", "nurse from Kenya|clinical skills", never=(FIELD_ASKED,)),
        turn("sum it up for me", "a nurse from Kenya", "further study", "online"),
        turn("no, in person", "in person"),
        turn("sum up once more", "in person", never=("study online",)),
    ],
    "engineer, formal Indian English": [
        turn(
            "Good afternoon. I am a civil engineer in Lahore with four years of experience and I wish to go to Germany.",
            "civil engineer in Pakistan",
            "Germany",
        ),
        turn("Kindly tell whether it will be accepted there", "recogni|accept|Germany"),
        turn("I also have in mind to do my master's one day", "stepping stone|further study"),
        turn("what is your advice then", never=(FIELD_ASKED,)),
        turn("how much do they cost", "no fees|no prices|doesn't"),
        turn("remind me what i said about myself", "civil engineer in Pakistan", "Germany", "further study"),
        turn("not Germany, Canada", "Canada"),
        turn("give me the summary again", "Canada", never=("have Germany in mind",)),
    ],
    "cashier, SMS": [
        turn("hey 31, cashier, hate my job, want smth with computers", "cashier", "technology"),
        turn("only evenings, got 2 kids", "hours|children", never=(FIELD_ASKED,)),
        turn("how long", "weeks"),
        turn("no degree btw", never=("Which field",)),
        turn("wat shud i do now", STEP, never=("Which field",)),
        turn("thx", "welcome"),
        turn("tldr pls", "cashier", "no degree", "evenings", "children"),
    ],
    "Nigerian English": [
        turn("abeg i be nurse for lagos, i wan japa", "nurse", "Nigeria", never=("nur Englisch", "Entschuldigung")),
        turn("which country go good for me", "Canada|nurs|health"),
        turn("online no go work for me, i want to go there", never=("want to study online",)),
        turn("wetin i go do next", STEP, never=(FIELD_ASKED,)),
        turn("how i go take know say the certificate good", "recogni|accredit"),
        turn("wetin you don note about me", "a nurse from Nigeria", "move abroad"),
    ],
    "mother, for her son": [
        turn("Hello! My son just left school in Nairobi and he loves programming.", "programming|software"),
        turn("is there an age limit?", "whether there is an age limit"),
        turn("we cannot send him abroad, too expensive"),
        turn("what would you do in our place", "your son", "bootcamp", never=("Which field",)),
        turn("forget programming, he prefers design", "design", never=("Coding bootcamp in software",)),
        turn("sum up please", "your son", "design", never=("programming and design",)),
    ],
    "mother at home": [
        turn("i used to be a bank clerk in bogota and now i'm at home with my baby", "Which field"),
        turn("i would like to change my career", "new career|another industry|new industry", never=(FIELD_ASKED,)),
        turn("digital marketing", "digital marketing"),
        turn("something online", "online", never=("Which field", "Would you rather study online")),
        turn("language certificates?", "language"),
        turn("ok and what are my next steps", STEP, "digital marketing|marketing"),
        turn("short version please", "a former bank clerk", "digital marketing", "online"),
    ],
    "hotel, for the staff": [
        turn("We run a small hotel in Cebu and want to train our staff in hospitality.", "staff|hospitality"),
        turn("which type is right for them", "diploma"),
        turn("our budget is tight", never=(FIELD_ASKED,)),
        turn("are the certificates recognized", "recogni|accept"),
        turn("give us a plan", STEP, "Cost", never=(FIELD_ASKED,)),
        turn("what did you note about us", "your staff", "money is tight"),
    ],
    "confused": [
        turn("im confused", "field"),
        turn("idk", "nearest|which of these", never=(FIELD_ASKED,)),
        turn("i like working with people", never=(FIELD_ASKED,)),
        turn("healthcare maybe", "healthcare"),
        turn("i live in nepal", never=("Which field",)),
        turn("not online", never=("Which field", "study online,")),
        turn("what now", STEP),
        turn("recap please", "Nepal", "healthcare", "online isn't wanted"),
    ],
    "accountant who cannot travel": [
        turn("i use a wheelchair and i can't travel, accountant from accra", "accounting"),
        turn("I want to learn data analytics", "data analy"),
        turn("promotion", "higher role|promotion"),
        turn("I have a bachelor's degree", never=(FIELD_ASKED, "What is it for")),
        turn("what are my next steps", "Data Analyst Nanodegree|1. ", never=("Would you rather study online",)),
        turn("yes"),
        turn("can you recap", "an accountant from Ghana", "data analytics", "promotion", "can't travel"),
    ],
    "family at home": [
        turn("I cannot leave my family for long, what is possible?", "Which field", never=("in danger",)),
        turn("AI", "can't travel", "nanodegrees", never=("Which field",)),
        turn("I'm from Manila", "Philippines", never=("Which field",)),
        turn("do i need to know coding", "Often you don't|Often not|coding|experience"),
        turn("with what i told you, what fits", "nanodegrees|AI", never=(FIELD_ASKED,)),
        turn("remind me what i told you about me", "the Philippines", "AI", "can't travel", never=("kept so that",)),
    ],
    "lawyer, changing places": [
        turn("i am a lawyer in delhi", "As a lawyer in India", "CPD"),
        turn("can i keep my licence with this", "licence"),
        turn("I would like to study in the uk", "UK"),
        turn("i don't want the uk any more, new zealand", "New Zealand", never=("for the UK",)),
        turn("which one is best for me", never=(FIELD_ASKED, "Which field")),
        turn("go over it once more in brief", "a lawyer in India", "New Zealand", "the UK isn't wanted"),
    ],
    "developer, weak English": [
        turn("what is a nanodegree", "nanodegree"),
        turn("i'm a web developer from brazil", "As a web developer from Brazil", "Canada"),
        turn("is it hard", "hard"),
        turn("my english is weak", never=("IELTS",)),
        turn("what would suit my situation", "software development", never=(FIELD_ASKED, "IELTS")),
        turn("short version please", "a web developer from Brazil", "English hard"),
    ],
    "all at once": [
        turn("marketing, london, bachelor, online", "marketing"),
        turn("no wait, in person", "in person"),
        turn("i want a promotion", "promotion|higher role", never=("Which field",)),
        turn("what now", never=("Which field",)),
        turn("I'm from Ghana by the way", "Ghana"),
        turn("what do you know about me so far", "Ghana", "promotion", "in person", never=("online",)),
    ],
}


def missing(reply: Reply, wanted: Turn) -> list[str]:
    """Return what the reply should say and doesn't, and what it says and shouldn't."""
    text = reply.text.lower()
    lacks = [each for each in wanted.says if not any(way.lower() in text for way in each.split("|"))]
    return lacks + [f"not: {each}" for each in wanted.never if each.lower() in text]


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_a_conversation_keeps_what_was_told(advisor: Advisor, name: str) -> None:
    talk, wrong, said = advisor.conversation(), {}, []
    for number, wanted in enumerate(CONVERSATIONS[name], 1):
        reply = talk.say(wanted.text)
        if lacks := missing(reply, wanted):
            wrong[f"{number}. {wanted.text}"] = (lacks, reply.text)
        if said and reply.text == said[-1]:
            wrong[f"{number}. {wanted.text} (again)"] = (["the same reply"], reply.text)
        said.append(reply.text)
    assert wrong == {}


def test_questions_of_advice_differ(advisor: Advisor) -> None:
    talk = advisor.conversation()
    replies = [talk.say(text).text for text in ("help me choose", "data analytics", "online", "promotion", "bachelor")]
    asked = [question for reply in replies for question in re.findall(r"[^.\n]*\?", reply)[-1:]]
    assert len(asked) == 4 and len(set(asked)) == len(asked)  # nothing is left to ask after the last answer


def test_what_was_told_is_passed_on_to_staff(advisor: Advisor) -> None:
    talk = advisor.conversation()
    talk.say("I'm a nurse from Kenya and I want to study online")
    reply = talk.say("can I talk to a real person please")
    lines = next(message["metadata"]["profile"] for message in reply.messages)
    assert {"label": "Work", "value": "a nurse"} in lines and {"label": "From", "value": "Kenya"} in lines


def test_what_was_told_in_small_talk_is_kept(advisor: Advisor) -> None:
    talk = advisor.conversation()
    talk.say("hello there, I'm a nurse from Kenya, nice to meet you")
    assert "nurse" in talk.say("what do you know about me so far").text


def test_what_was_told_goes_with_the_conversation(advisor: Advisor) -> None:
    talk = advisor.conversation()
    talk.say("I'm a nurse from Kenya")
    advisor.forget(talk.sender)
    assert "nothing to sum up yet" in talk.say("what do you know about me so far").text


@pytest.mark.parametrize(
    "text",
    [
        "I cannot leave my family for long",
        "i can't leave my kids alone at home",
        "please remind me what i told you about myself",
        "i look after my sick mother and have no time",
        "i can't travel at all",
        "my husband does not let the kids be without me in the evening",
    ],
)
def test_what_limits_a_person_is_no_danger(advisor: Advisor, text: str) -> None:
    assert "emergency" not in advisor.ask(text).text


def test_starting_over_forgets_what_was_told(advisor) -> None:
    talk = advisor.conversation()
    talk.say("I'm a nurse from Kenya and I want to study online")
    talk.say("start over please")
    assert "Kenya" not in talk.say("remind me what I told you").text
