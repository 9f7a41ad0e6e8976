"""What the guide's claims say stands by itself, alone, without its yes or no, and beside another claim."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from actions.replies.base import sentences
from actions.replies.claims.answers import answer_claim, shared_words
from actions.replies.claims.verdicts import without_side, without_verdict
from actions.replies.topics import both
from core.contract.question_forms import FORMS, WHY, YES_NO
from core.settings import Settings
from knowledge.knowledge_base import Knowledge, open_knowledge
from knowledge.models import Claim, Topic

# What may begin a sentence: a capital, a digit, a bold name or a list, or a name that is written small.
BEGINS = re.compile(r"(?:\*\*|But )?(?:[A-Z\d\u201c(]|edX|[a-z]+[A-Z])")
DANGLES = re.compile(
    r"(?!(?-i:IT)\b)(?:Because )?(?:they|them|it(?! (?:depends|varies)\b)|its|their|theirs|these|those|this|that|he|she|so|"
    r"such|others?|there(?! (?:is|are))|here)\b",
    re.I,
)
THE_SAME = 0.9  # part of a sentence's content words that another one holds if the two say the same
LONG = 5  # words from which two sentences may say the same


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return open_knowledge(Settings.from_environment().knowledge_db)


@pytest.fixture(scope="module")
def topics(knowledge) -> dict[str, Topic]:
    return {heading.key: knowledge.topic(heading.key) for heading in knowledge.topics()}


@pytest.fixture(scope="module")
def claims(knowledge, topics) -> list[Claim]:
    return [claim for key in topics for claim in knowledge.claims(key)]


def told(text: str) -> list[str]:
    """Return the sentences of a reply, of each line of a list its own."""
    lines = [line.removeprefix("- ") for line in text.split("\n") if line.strip()]
    return [one for line in lines for one in sentences(line)]


def broken(text: str) -> Iterator[str]:
    """Yield what is wrong with the form of a reply."""
    said = told(text)
    yield from (f"begins small: {one}" for one in said if not BEGINS.match(one))
    for number, one in enumerate(said):
        for other in said[:number]:
            if len(one.split()) >= LONG and shared_words(one, other) >= THE_SAME:
                yield f"said twice: {one} / {other}"


def test_a_claim_refers_to_nothing_outside_of_it(claims) -> None:
    leaning = {}
    for claim in claims:
        for text in {without_verdict(claim), claim.say if claim.form != YES_NO else ""}:
            if DANGLES.match(text):
                leaning[f"{claim.topic}#{claim.number}"] = text
    assert leaning == {}


def test_every_claim_makes_whole_sentences(topics, claims) -> None:
    wrong: dict[str, list[str]] = {}
    for claim in claims:
        texts = {answer_claim(topics[claim.topic], claim, form).text: form for form in FORMS}
        for text, form in texts.items():
            if found := list(broken(text)):
                wrong[f"{claim.topic}#{claim.number} {form}"] = found
    assert wrong == {}


def test_a_reason_is_told_without_because_where_nobody_asks_why(topics, claims) -> None:
    reasons = [claim for claim in claims if claim.form == WHY]
    assert reasons
    for claim in reasons:
        text = answer_claim(topics[claim.topic], claim, "what").text
        assert not text.startswith("Because "), text


def test_two_topics_make_whole_sentences(topics, claims) -> None:
    """Each topic stands beside each other one, by its own text and by its first claim."""
    first_claims = {claim.topic: without_verdict(claim) for claim in reversed(claims)}
    wrong: dict[str, list[str]] = {}
    for first in topics.values():
        for second in topics.values():
            for said in ({}, first_claims):
                text = both(first, second, said).text
                if first != second and (found := [one for one in broken(text) if "small" in one]):
                    wrong[f"{first.key} + {second.key}"] = found
                assert text.count("\n\n") <= 1, text
    assert wrong == {}


@pytest.mark.parametrize(
    ("say", "rest"),
    [
        ("Yes, many do.", "Many do."),
        ("No. It adds to a degree.", "It adds to a degree."),
        ("Yes and no: it varies.", "It varies."),
        ("No \u2013 it adds.", "It adds."),
        ("No one checks it.", "No one checks it."),
        ("Yesterday, it began.", "Yesterday, it began."),
        ("Often, yes: they do.", "Often, yes: they do."),
    ],
)
def test_side_is_taken_off(say, rest) -> None:
    assert without_side(say) == rest
