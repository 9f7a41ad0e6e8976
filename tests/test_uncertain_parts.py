"""What is only supposed, demanded or said of somebody else is no fact of the person; whose a fact is, is told."""

from __future__ import annotations

import json

import pytest

from core.settings import PROJECT_ROOT
from nlu.extraction.about_me import AboutMe, about_me
from nlu.extraction.entity_matcher import NameMatcher
from nlu.extraction.person.uncertain_parts import is_story_of_others

NAMES = PROJECT_ROOT / "data/generated/names.json"


@pytest.fixture(scope="module")
def matcher() -> NameMatcher:
    return NameMatcher(json.loads(NAMES.read_text(encoding="utf-8"))["names"])


def read(matcher: NameMatcher, text: str) -> AboutMe:
    return about_me(text, matcher.find(text))


SAYS_NOT = {
    "can i study nursing in ireland?": "origin",
    "could we live in Austria after that?": "origin",
    "i can't see myself finishing a bachelor's with two jobs": "level",
    "i do not want to spend years doing a master's": "level",
    "an employer in Austria": "origin",
    "is there help if I'm a student in Toronto?": "origin",
    "he would go in person, not on a screen": "avoid",
    "where could I study marketing?": "studied",
    "recap everything for my wife please": "for_whom",
    "he left school at fourteen": "level",
    "good evening, what is a badge": "time",
    "my uncle lives in Canada and says I should study": "place",
    "can i study in english": "field",
    "my parents want me to do medicine": "field",
    "my wife is in Canada, can I study there": "for_whom",
    "I asked for a promotion to manager": "field",
    "my daughter, she is eighteen, wants design": "limits",
    "I could never do a master's with twins and a night job": "level",
    "a degree isn't an option for me right now": "level",
    "everyone tells me to do an MBA": "goal",
    "my boss has an MBA and thinks these are nonsense": "level",
    'the course says "no degree required"': "level",
    "is a bachelor's needed? I only have time for short things": "level",
    "we have forty nurses. some have no degree": "level",
    "if I were a doctor in Germany, would a badge help me?": "work",
    "suppose I am from Brazil, do I need a visa?": "origin",
    "if my English is bad, can I still enrol?": "limits",
    "people with weak English, can they manage?": "limits",
    "my neighbour studied data science in Australia": "studied",
    "my brother lives in Canada": "origin",
    "I don't have children but my sister has three kids at home": "limits",
    "someone with a diploma in hospitality, could they go?": "level",
    "I am not a nurse, I am a midwife": "avoid",
    "I'm no engineer but I like engineering topics": "work",
    "he isn't bad with computers, but he is no programmer either": "avoid",
    "some already have a master's": "level",
    "he won't go abroad without his wife": "limits",
    "no course ever got me a raise": "goal",
    "an English speaking country is what I need": "field",
    "my employer, a hotel, says I should study marketing": "field",
    "my wife would rather see me go to Germany": "place",
    "I was a clerk in Bogota": "lives",
    "my French is zero": "field",
    "my French is zero, English ok": "field",
    "I dropped out of nursing": "avoid",
    "no, I can stay at home, my sister needs me": "for_whom",
    "I'm not good with technology": "avoid",
    "we need AI training for engineers": "limits",
    "my husband thinks it is a waste of money": "for_whom",
    "my work is in banking": "past",
}


@pytest.mark.parametrize(("text", "part"), SAYS_NOT.items())
def test_what_is_not_said_of_oneself_is_not_found(matcher, text, part) -> None:
    assert part not in read(matcher, text).parts


def test_an_age_of_somebody_else_is_not_taken(matcher) -> None:
    assert read(matcher, "I'm 17 and my brother is 45").parts["age"] == ("17",)


def test_what_the_writer_is_is_told_apart_from_the_learner(matcher) -> None:
    parts = read(matcher, "I'm a nurse from Kenya and my son, who is 18, wants to study AI").parts
    assert set(parts["own"]) == {"work", "origin"} and parts["age"] == ("18",)


def test_where_the_writer_lives_is_not_where_the_learner_is_from(matcher) -> None:
    assert set(read(matcher, "I live in Oslo, it is for my mother").parts["own"]) == {"lives", "origin"}


def test_work_for_which_people_are_trained_is_no_field(matcher) -> None:
    assert read(matcher, "we want AI training for engineers").parts["field"] == ("ai",)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("A neighbour's son paid for a course in Oslo and learned nothing.", True),
        ("My cousin did a nanodegree and hated it.", True),
        ("A friend of mine works for IBM in Canada.", True),
        ("My son did a nanodegree.", False),
        ("My boss paid for my course in Canada and wants me to do another.", False),
        ("My sister wants to study in Canada.", False),
    ],
)
def test_what_others_did_is_no_wish(matcher: NameMatcher, said: str, told: bool) -> None:
    found = about_me(said if "son did" not in said else f"It is for my son. {said}", matcher.find(said))
    assert is_story_of_others(said, ("son",)) is told and not found.parts.get("avoid")


@pytest.mark.parametrize(
    ("said", "avoided"),
    [
        ("Nursing is over for me.", ("field/nursing",)),
        ("I have no wish to leave nursing", ()),
        ("I do not want to give up nursing", ()),
        ("I want to leave nursing", ("field/nursing",)),
        ("she doesn't want nursing", ("field/nursing",)),
        ("screens tire me, so no online", ("mode/online",)),
        ("no online", ()),
    ],
)
def test_what_is_over_is_avoided_and_what_is_kept_is_not(
    matcher: NameMatcher, said: str, avoided: tuple[str, ...]
) -> None:
    assert read(matcher, said).parts.get("avoid", ()) == avoided
