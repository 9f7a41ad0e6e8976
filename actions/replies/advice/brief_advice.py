"""Words for advice in brief: whether to do it at all, whether somebody would be hired, and whether another field would do."""

from __future__ import annotations

from collections.abc import Sequence

from actions.replies.advice.profile import Person, subject
from actions.replies.advice.suggestion import ACCEPTS, Suggestion, employers_text, plan_text
from actions.replies.base import (
    ANSWERED,
    CLARIFY,
    PERSON,
    Button,
    Reply,
    bullets,
    first_sentence,
    listed,
    lower_first,
    paragraphs,
    payload,
    without_opening,
)
from actions.replies.destinations import in_sentence
from knowledge.models import OpenSubject, Topic, TopicItem

MOST_RISKS, MOST_CHECKS = 2, 3  # that are named to somebody who worries
NEXT_ONE = Button("Which one would you look at?", payload("ask_advice"))


def verdict(found: Suggestion | None, person: Person, limit: str, doubted: bool = False) -> str:
    """Say whether to do it at all: yes, yes beside a degree, or only for what it shows; then the plan and the limit.

    A question that is `doubted` asks whether it is of no use, so that a yes would say the opposite.
    """
    if found is None:
        return paragraphs("That depends on the field: name one, and I say what I know for it.", limit)
    industry = found.industry
    if industry and industry.acceptance == ACCEPTS:
        lead = f"{'It is of use' if doubted else 'I would'}: {lower_first(employers_text(found))}"
    elif industry and industry.acceptance:
        lead = "In place of a degree it is of little use there; beside one it can be of some." if doubted else ""
        lead = f"{lead or 'As an addition to a degree, yes; in its place, no.'} {employers_text(found)}"
    else:
        whom = subject(person)
        want = "wants" if whom in ("he", "she") else "want"
        told = "it is of use" if doubted else "yes"
        lead = f"If {whom} {want} the skill itself, {told}: it is short, and shows what one can do."
    return paragraphs(lead, plan_text(found, person), limit)


def other_fields(found: Suggestion, industries: Sequence[str], accepting: Sequence[str] = ()) -> Reply:
    """Say that no more is known for a field, where employers accept such credentials, and ask whether an industry would do."""
    name = in_sentence(found.field.field)
    text = f"I have nothing beyond that for {name}. Would one of these do, too: {listed(map(lower_first, industries), 'or')}?"
    widely = (
        f"Employers accept such credentials most widely in {listed(map(lower_first, accepting))}." if accepting else ""
    )
    return Reply(paragraphs(text, widely, "Or a person here can look further with you."), CLARIFY, buttons=(PERSON,))


def hired(of_field: str, general: str, alone: str) -> str:
    """Answer whether somebody would be hired with it: what the field's employers do, what isn't promised, what helps."""
    return paragraphs(f"Nobody can promise you that. {general}".strip(), of_field, alone)


def cannot_tell_enough(amount: str, prices: OpenSubject) -> str:
    """Say that nobody can tell from the guide whether an amount of money is enough, what it says of prices, and whom to ask."""
    text = f"Whether {amount} is enough I can't tell: {lower_first(prices.say)} {prices.nearest}"
    return paragraphs(text, f"Ask {prices.whom} what your course costs with everything, or talk to a person here.")


def against_paying(challenges: Sequence[str]) -> str:
    """Name the challenges that are also those of whoever pays for others; the guide is written for learners."""
    text = "The guide writes for those who learn and lists no risks of an employer. Of its challenges these touch you, too:"
    return paragraphs(text, bullets(challenges))


def helps(goal: Topic, employers: str, beside: Sequence[str]) -> Reply:
    """Say that it can help, with what is said of the goal, what employers of the field think, and what limits it."""
    text = f"It can. {first_sentence(without_opening(goal.answer))}"
    offer = "Shall I tell you which one I'd look at first?"
    said = paragraphs(text, " ".join(filter(None, (employers, *beside))), offer)
    return Reply(said, ANSWERED, goal.key, goal.sources, (NEXT_ONE, PERSON))


def to_a_worry(employers: str, risks: Topic, checks: Sequence[TopicItem]) -> str:
    """Answer a worry: what speaks for it, which risks come first in the guide, and what to look at against them."""
    named = listed(f"{lower_first(item.name)} ({item.text})" for item in risks.items[:MOST_RISKS])
    looked_at = listed(lower_first(item.name) for item in checks[:MOST_CHECKS])
    return paragraphs(
        employers,
        f"The guide's first concerns are {named}." if named else "",
        f"What helps is to check {looked_at} before choosing." if looked_at else "",
    )


def first_challenges(challenges: Sequence[str]) -> str:
    """Name as many challenges as were asked for."""
    return paragraphs("The guide ranks none of its challenges. For you I'd name first:", bullets(challenges))


def sides_listed(in_favour: Sequence[str], against: Sequence[str]) -> str:
    """Set a list of what speaks for it beside one of what speaks against it."""
    return paragraphs(f"**For it:**\n{bullets(in_favour)}", f"**Against it:**\n{bullets(against)}")


def both_sides(in_favour: str, against: str) -> str:
    """Set what speaks for it beside what speaks against it."""
    return paragraphs(f"**For it:** {lower_first(in_favour)}", f"**Against it:** {lower_first(against)}")


def too_expensive(discounts: OpenSubject, costs: Topic) -> str:
    """Take an objection to the price seriously: no price is known, so what makes up the cost, and whom to ask."""
    text = (
        f"I understand. I know no price of a single course, so I can't name a cheaper one: {lower_first(discounts.say)}"
    )
    return paragraphs(
        text, costs.answer, f"Ask {discounts.whom} what it comes to, before you decide; or talk to a person here."
    )
