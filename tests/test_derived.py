"""Answers that join what the guide lists: a country for a field, comparisons, recognition by industry."""

from __future__ import annotations

import json
import re

import pytest

from tests.test_listings import DESTINATIONS, FIELDS, TYPES, says

COUNTRIES = re.compile(
    r"\b(Australia|Canada|UK|United Kingdom|New Zealand|EU|European Union|Europe|Germany|US|United States)\b"
)
WINNER = re.compile(r"\b(better|best|winner|wins|superior|ahead of|recommend|prefer(able)?)\b", re.IGNORECASE)
DENIED = re.compile(r"\b(no|not|neither|depends)\b|n't\b", re.IGNORECASE)
ACCEPTING = ["(IT|information technology)\\b", "data science", "digital marketing", "cybersecurity", "widely"]
PREFERRING = ["law", "medicine", "engineering", "formal degrees", "longer certifications"]


def _declares_a_winner(text: str) -> list[str]:
    return [
        sentence
        for sentence in re.split(r"(?<=[.!?:])\s|\n", text)
        if WINNER.search(sentence) and not DENIED.search(sentence)
    ]


SPOKEN = {"United Kingdom": "the UK|United Kingdom", "European Union": "the EU|European Union"}


# --- a country for a field ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(("field", "home"), FIELDS)
def test_field_leads_to_its_destination(advisor, field, home) -> None:
    key, _, institutions, _ = DESTINATIONS[home]
    reply = advisor.ask(payload="/ask_best_destination" + json.dumps({"field": field.lower().replace(" ", "-")}))
    says(reply, SPOKEN.get(home, home), field, "|".join(institutions))
    assert re.search("(without saying|(doesn't|does not) say) which", reply.text), (
        "the guide gives no institution a field"
    )
    assert reply.topic == f"destinations/{key}"
    assert re.search(SPOKEN.get(home, home), reply.text).start() < 60, "the destination is named first"


@pytest.mark.parametrize(
    ("typed", "home"),
    [
        ("I'd like to study agribusiness, which destination would you suggest?", "New Zealand"),
        ("where to go for green energy", "European Union"),
        ("best place for a public health course", "United Kingdom"),
        ("i want to learn project mgmt abroad, which country", "Australia"),
        ("Which country would suit a software developer?", "Canada"),
        ("which country 4 AI", "European Union"),
    ],
)
def test_typed_field_leads_to_its_destination(advisor, typed, home) -> None:
    says(advisor.ask(typed), SPOKEN.get(home, home), "|".join(DESTINATIONS[home][2]))


@pytest.mark.parametrize(
    ("typed", "field", "country"),
    [
        ("Where should I study finance?", "finance", "United Kingdom|UK"),
        ("which country is known for engineering", "engineering", "Germany"),
        ("best place to go for technology", "technology", "United States|US"),
        ("i work in finance, which country gives me exposure", "finance", "United Kingdom|UK"),
    ],
)
def test_field_leads_to_the_country_known_for_it(advisor, typed, field, country) -> None:
    reply = advisor.ask(typed)
    says(reply, field, rf"\b({country})\b")
    assert "benefits" in [source["key"] for source in reply.sources], "the guide says it under benefits"


@pytest.mark.parametrize(
    ("typed", "field", "near", "home"),
    [
        ("which country is good for machine learning", "machine learning", "AI", "EU|European Union"),
        (
            "i am a nurse, where should I go for a nursing course",
            "nursing",
            "healthcare management|public health",
            "Canada|UK",
        ),
        ("Which country should I choose for data science?", "data science", "data analytics", "Australia"),
        (
            "where to go for cloud computing",
            "cloud computing",
            "digital technology|software development",
            "New Zealand|Canada",
        ),
    ],
)
def test_near_field_is_said_to_be_near(advisor, typed, field, near, home) -> None:
    reply = advisor.ask(typed)
    says(reply, f"nearest to .*{field}", near, rf"\b({home})\b")
    assert re.match("nearest to", reply.text, re.IGNORECASE), "that it is only near comes first"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ("which country for photography courses?", "photography"),
        ("best country for fashion design", "fashion"),
        ("where is the best place to learn music production", "music"),
        ("where should I go for dentistry", "dentistry"),
    ],
)
def test_unlisted_field_gets_no_country(advisor, typed, field) -> None:
    reply = advisor.ask(typed)
    assert reply.outcome == "declined"
    assert field in reply.first_sentence.lower() and re.search(r"\bno (destination|country)\b", reply.first_sentence)
    assert COUNTRIES.findall(reply.text) == []
    assert "/want_person" in reply.payloads


def test_no_country_is_best_without_a_field(advisor) -> None:
    typed = advisor.ask("which country is the best one for micro-credentials?")
    pressed = advisor.ask(payload="/ask_best_destination")
    assert "rank" in typed.text and all(name in pressed.text for name in DESTINATIONS)
    assert _declares_a_winner(typed.text) == _declares_a_winner(pressed.text) == []


# --- comparisons --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "sides"),
    [
        ("Canada or Australia, how do they differ?", ["Canada", "Australia"]),
        ("compare the UK with New Zealand", ["United Kingdom", "New Zealand"]),
        ("is it better to study in the EU or in Canada", ["European Union", "Canada"]),
        ("NZ vs UK", ["New Zealand", "United Kingdom"]),
        ("set Australia, Canada and the UK side by side", ["Australia", "Canada", "United Kingdom"]),
        ("is australia better than the uk", ["Australia", "United Kingdom"]),
    ],
)
def test_destinations_stand_side_by_side(advisor, typed, sides) -> None:
    reply = advisor.ask(typed)
    for name in sides:
        _, _, institutions, fields = DESTINATIONS[name]
        says(reply, name, *institutions, *fields)
    assert not any(name in reply.text for name in DESTINATIONS if name not in sides)
    assert _declares_a_winner(reply.text) == []


def test_comparison_goes_on_with_another(advisor) -> None:
    person = advisor.conversation()
    person.say("compare Canada and Australia")
    says(person.say("and New Zealand?"), "Massey University", "agribusiness")


@pytest.mark.parametrize(
    ("typed", "sides"),
    [
        ("nanodegree vs bootcamp", ["nanodegrees", "bootcamps"]),
        ("MicroMasters or nanodegree?", ["MicroMasters", "nanodegrees"]),
        (
            "what is the difference between a digital badge and a professional certificate",
            ["digital badges", "professional certificates"],
        ),
        ("short diplomas versus professional certificates", ["short-term diplomas", "professional certificates"]),
        ("MicroMasters vs industry certifications", ["MicroMasters", "industry-endorsed certifications"]),
        ("how does a language certification differ from a bootcamp", ["language certifications", "bootcamps"]),
        ("CPD units compared with digital badges", ["CPD units", "digital badges"]),
    ],
)
def test_types_stand_side_by_side(advisor, typed, sides) -> None:
    reply = advisor.ask(typed)
    for name in sides:
        _, offered_by, focus, _ = TYPES[name]
        says(reply, *offered_by, *focus[:1])
    assert _declares_a_winner(reply.text) == []


# --- recognition by industry --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "typed",
    [
        "Do IT companies accept micro-credentials?",
        "do data scientists get hired with micro-credentials",
        "are these certificates accepted in digital marketing",
        "are micro-credentials recognised for cybersecurity jobs",
    ],
)
def test_accepting_industry_hears_yes_and_the_other_side(advisor, typed) -> None:
    reply = advisor.ask(typed)
    says(reply, *ACCEPTING, *PREFERRING)
    assert reply.text.lower().startswith("yes")


@pytest.mark.parametrize(
    "typed",
    [
        "are micro-credentials taken seriously in law?",
        "will hospitals accept a micro credential instead of a medical degree",
        "can I become a lawyer with micro-credentials, do law firms accept them",
    ],
)
def test_industry_that_prefers_degrees_hears_so(advisor, typed) -> None:
    reply = advisor.ask(typed)
    says(reply, *PREFERRING)
    assert not reply.text.lower().startswith("yes")


@pytest.mark.parametrize(
    "typed",
    [
        "do engineering firms recognise micro-credentials?",
        "would an engineering employer accept one instead of a degree?",
        "are micro-credentials accepted for mechanical engineers",
    ],
)
def test_engineering_hears_both_sides(advisor, typed) -> None:
    says(advisor.ask(typed), *PREFERRING, "key industries", "smart manufacturing")


@pytest.mark.parametrize(
    ("typed", "industry"),
    [
        ("do banks recognise micro-credentials?", "banking"),
        ("are micro-credentials accepted in hospitality", "hospitality"),
        ("is it recognised in the aviation industry", "aviation"),
        ("are micro-credentials accepted in journalism", "journalism"),
    ],
)
def test_unnamed_industry_is_said_to_be_unnamed(advisor, typed, industry) -> None:
    reply = advisor.ask(typed)
    says(reply, *ACCEPTING, *PREFERRING, "traditional sectors", "remote")
    assert re.search(r"n't say|not say", reply.first_sentence) and industry in reply.first_sentence


def test_traditional_sectors_are_often_unfamiliar(advisor) -> None:
    says(
        advisor.ask("do employers in traditional sectors know micro-credentials?"),
        "traditional sectors",
        "unfamiliar|don't know",
    )


def test_remote_employers_often_accept(advisor) -> None:
    says(advisor.ask("do remote employers accept micro-credentials?"), "remote", "often accept")


@pytest.mark.parametrize(
    ("question", "picked", "others"),
    [
        ("Which paper shows how good my German is?", "TestDaF", "DELF"),
        ("With what do I prove my French to a boss?", "DELF", "TestDaF"),
    ],
)
def test_list_of_programs_tells_which_is_for_the_field(advisor, question, picked, others) -> None:
    told = advisor.ask(question).text
    assert f"it is {picked}." in told
    assert f"it is {others}" not in told
