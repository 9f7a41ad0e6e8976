"""Words for doubts that somebody tells: what there is in them, what stands against them, and what speaks for the matter."""

from __future__ import annotations

from collections.abc import Sequence

from actions.replies.base import TELLING, bullets, first_sentence, guide, listed, lower_first, paragraphs, sentences
from actions.replies.credentials import Sides
from knowledge.models import OpenSubject, Topic

MOST_SAID = 3  # sentences of a topic that a doubt is answered with
LOOK = "So ask who issued it and how the skill was assessed, and whether it is recognised."
OTHER_SIDE = ("Yet ", "But ", "Others ", "However")  # how a sentence begins that says the other side of the one before


def weighed(topic: Topic, other_side: str, asked: bool) -> str:
    """Say of a doubt what there is in it, then what stands against it; `asked` if somebody asks whether it is right."""
    lead = "Partly." if asked else "There is something in that, but it isn't the whole of it."
    return paragraphs(f"{lead} {' '.join(_said(topic))}", other_side)


def how_far(sign: Topic, risk: Topic) -> str:
    """Say to one who hires what a credential is a sign of, what may be wrong with it, and what to look at."""
    return f"{first_sentence(sign.answer)} But be careful: {lower_first(first_sentence(risk.answer))} {LOOK}"


def not_all(risk: Topic) -> str:
    """Say to one who hires that not every credential can be trusted, and what to look at."""
    return f"Many do, but not all: {lower_first(' '.join(_said(risk)[:2]))} {LOOK}"


def has_other_side(topic: Topic) -> bool:
    """Return whether what is said of a topic has the other side in it already."""
    return any(one.startswith(OTHER_SIDE) for one in _said(topic))


def be_sure(topic: Topic) -> str:
    """Say what can be done about a doubt whose reasons were just told."""
    return f"I see the doubt, and there is something that you can do about it. {topic.more}"


def where_they_count(sides: Sides) -> str:
    """Say where credentials count and where they don't, against a doubt of all of them."""
    return f"Yet {_both(sides)}." if sides.accepting and sides.preferring else ""


def not_for_everybody(sides: Sides) -> str:
    """Tell both sides to one who is not convinced, and ask what it is that they doubt."""
    return paragraphs(
        f"Fair enough, they don't suit everybody. It depends on the field: {_both(sides)}.",
        "What is it that you doubt: what it costs, how good the courses are, or whether employers accept them?",
    )


def of_advisor(challenges: Topic) -> str:
    """Own that the advisor speaks for one source, and name what that has against the matter, too."""
    names = [lower_first(one.name) for one in challenges.items]
    some = listed(names[:MOST_SAID])
    return (
        f"Fair point: I only know {guide().guide}, which speaks for them and which I repeat. It names {len(names)} challenges "
        f"as well, among them {some}. Ask me for what is against it, and I tell you that as plainly."
    )


def one_case(subject: OpenSubject) -> str:
    """Say that what became of one person promises nothing, with what is known of that."""
    return f"That is one case, and nobody can promise the next one the same. {subject.say} {subject.nearest}"


def in_favour(points: Sequence[str]) -> str:
    """Tell what speaks for it: a sentence if there is one point, else a list."""
    return points[0] if len(points) == 1 else bullets(points)


def _both(sides: Sides) -> str:
    return f"{sides.accept().replace('them', guide().things)}, while {sides.prefer()}"


def _said(topic: Topic) -> list[str]:
    """Return the first sentences of a topic that say something by themselves."""
    said = sentences(topic.answer)
    return [one for at, one in enumerate(said) if at or len(one) >= TELLING][:MOST_SAID]
