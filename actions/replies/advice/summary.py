"""Words for the summary of a conversation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from actions.replies.advice.profile import Person, in_sentences
from actions.replies.base import (
    ANSWERED,
    CLARIFY,
    PERSON,
    Button,
    Reply,
    bullets,
    capital,
    listed,
    lower_first,
    paragraphs,
    payload,
    sources_of,
)
from knowledge.models import FieldAnswer, Source, TopicItem

FAREWELL = "Goodbye, and all the best!"
NOTHING_YET = (
    "We have only just begun, so there is nothing to sum up yet. Which field would you like to learn, and would you rather "
    "study online or go to a country?"
)


@dataclass(frozen=True)
class Talked:
    """A thing that was talked about: its title, one sentence on it, and where that is from."""

    title: str
    sentence: str
    source: Source | None


def summary(
    person: Person,
    plan: str,
    steps: Sequence[TopicItem],
    talked: Sequence[Talked],
    earlier: Sequence[str],
    leaves: bool = False,
) -> Reply:
    """Tell the profile, what was talked about and the plan in a few lines; say goodbye to one who `leaves`."""
    told = in_sentences(person)
    help_me = (Button("Help me choose", payload("choose_help")), PERSON)
    if not told and not talked:
        return Reply(paragraphs(NOTHING_YET, FAREWELL if leaves else ""), CLARIFY, buttons=help_me)
    about = "We talked about:" if not told else "We also talked about:"
    if earlier:
        about = f"{about.removesuffix(':')} {listed(map(lower_first, earlier))}, and then:"
    rows = bullets([f"**{one.title}**: {one.sentence}" for one in talked])
    after = f"Before you choose, look at {listed(lower_first(item.name) for item in steps)}." if steps else ""
    end = FAREWELL if leaves else "Tell me if something isn't right or has changed." if told else ""
    return Reply(
        paragraphs(
            f"In short: {told}." if told else "In short:" if not talked else "",
            paragraphs(about, rows) if talked else "",
            plan,
            after,
            end,
        ),
        ANSWERED,
        None,
        sources_of(*(one.source for one in talked if one.source)),
        buttons=(Button("What should I do next?", payload("ask_advice")), PERSON) if told else help_me,
    )


def of_field(name: str, answer: FieldAnswer) -> str:
    """Tell in a sentence where a field is popular."""
    if answer.destinations:
        return f"{capital(name)} is popular in {listed(one.short for one in answer.destinations)}."
    if answer.programs:
        return f"For {name}, I know of {listed(program.name for program in answer.programs[:2])}."
    return f"No destination lists {name} itself."
