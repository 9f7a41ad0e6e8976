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
    capital,
    listed,
    lower_first,
    paragraphs,
    payload,
    sources_of,
)
from knowledge.models import Source, TopicItem

FAREWELL = "Goodbye, and all the best!"
NOTHING_YET = (
    "We have only just begun, so there is nothing to sum up yet. Which field would you like to learn, and would you rather "
    "study online or go to a country?"
)


@dataclass(frozen=True)
class Talked:
    """A thing that was talked about: its title, whether it was left open, and where it is from."""

    title: str
    left_open: bool
    source: Source | None


def summary(
    person: Person,
    plan: str,
    steps: Sequence[TopicItem],
    talked: Sequence[Talked],
    left_open: Sequence[str] = (),
    leaves: bool = False,
) -> Reply:
    """Tell the profile, what was found, what else was talked about, what is open and the next step, a line each.

    It says goodbye to one who `leaves`.
    """
    told = in_sentences(person)
    help_me = (Button("Help me choose", payload("choose_help")), PERSON)
    if not told and not talked and not plan:
        return Reply(paragraphs(NOTHING_YET, FAREWELL if leaves else ""), CLARIFY, buttons=help_me)
    known = ", ".join(dict.fromkeys(_title(one) for one in talked if not one.left_open))
    unknown = ", ".join(dict.fromkeys([*(_title(one) for one in talked if one.left_open), *left_open]))
    lines = (
        f"In short: {told}." if told else "",
        plan,
        f"We {'also ' if told else ''}talked about {known}." if known else "",
        f"Still open, since I don't know it: {unknown}. The provider can tell you." if unknown else "",
        f"Before you choose, check {listed(lower_first(item.name) for item in steps)}." if steps else "",
    )
    return Reply(
        paragraphs("\n".join(filter(None, lines)), FAREWELL if leaves else ""),
        ANSWERED,
        None,
        sources_of(*(one.source for one in talked if one.source)),
        buttons=(Button("What should I do next?", payload("ask_advice")), PERSON) if told else help_me,
    )


def _title(one: Talked) -> str:
    return lower_first(one.title)


def plan_in_brief(plan: str, where: str) -> str:
    """Return the plan with the places for it in one line."""
    return " ".join(filter(None, (capital(plan), where)))
