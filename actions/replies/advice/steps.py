"""Words for the next steps of a person, and for what is known to their conditions."""

from __future__ import annotations

from collections.abc import Sequence

from actions.replies.advice.profile import MODES, Person
from actions.replies.advice.suggestion import MOST_PROGRAMS, MOST_TYPES, Suggestion, kinds_name, places_named
from actions.replies.base import CLARIFY, PERSON, Reply, capital, listed, lower_first, paragraphs
from actions.replies.destinations import in_sentence
from knowledge.models import TopicItem


def steps_text(items: Sequence[TopicItem]) -> str:
    """Return the next steps as a numbered list."""
    rows = [f"{number}. **{item.name}**: {item.text}" for number, item in enumerate(items, 1)]
    return "\n".join(["Your next steps:", *rows]) if rows else ""


def first_step(steps: str) -> str:
    """Return the first of some steps as a sentence by itself, "" if there are none."""
    row = next((line.partition(". ")[2] for line in steps.splitlines() if line.startswith("1. ")), "")
    name, _, text = row.partition("**: ")
    if text:  # an item and no sentence: "**Accreditation**: who recognises it?"
        return f"First, look at {lower_first(name.removeprefix('**'))}: {text}"
    return f"First, {lower_first(row)}" if row else ""


def settle_field(industries: Sequence[str]) -> str:
    """Name the first step of somebody of whom no field is known yet."""
    nearest = listed(industries, "or")
    return f"First, settle on a field, since everything else depends on it. Which comes nearest: {nearest}?"


def own_steps(found: Suggestion, person: Person, unknown: Sequence[str], items: Sequence[TopicItem]) -> str:
    """Return the next steps of this person: what to look at, what to ask there, what to check, how to show it."""
    things = [f"**{program.name}**" for program in found.programs[:MOST_PROGRAMS]]
    things = things or [f"**{kinds_name(kind)}** for {found.types_of}" for kind in found.types[:MOST_TYPES]]
    if not things and found.homes and found.away:
        things = [f"what {places_named(found.homes)} offer in {in_sentence(found.field.field)}"]
    if not things:
        return steps_text(items)
    mode = f" {MODES[person.mode]}" if person.mode in MODES else ""
    rows = [f"Look for {listed(things[:1] if found.programs else things, 'or')}{mode}."]
    rows += [f"Ask the provider {listed(unknown)}."] if unknown else []
    rows += [f"**{item.name}**: {item.text}" for item in (*items[:1], *items[-1:])]
    return "\n".join(["Your next steps:", *(f"{number}. {row}" for number, row in enumerate(rows, 1))])


def condition(noted: str, known: str) -> str:
    """Say what is known to a condition: "On a tight budget: these courses cost less than full-time degrees."."""
    return f"{capital(noted)}: {lower_first(known)}" if noted and known else ""


def one_line(plan: str, step: TopicItem | None) -> str:
    """Return one thing to begin with and the first step, in one line."""
    check = f"Before you pay, check {lower_first(step.name)}: {lower_first(step.text)}" if step else ""
    return " ".join(filter(None, (" ".join(plan.split()), check)))


def one_thing_to_do(plan: str, step: TopicItem | None) -> Reply:
    """Own that the answers were of no use, and name something that can be done."""
    ask = "" if plan else "Name a field or a job, and I tell you what I know for it."
    text = f"Fair point, let me be more practical. {one_line(plan, step)}"
    return Reply(
        paragraphs(text, ask, "A person from our team can go through it with you."), CLARIFY, buttons=(PERSON,)
    )
