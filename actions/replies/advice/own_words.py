"""Words about the advisor's own last words: in other words, with a plain yes, or how two of them go together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from actions.replies.advice.suggestion import kinds_name
from actions.replies.base import (
    ANSWERED,
    CLARIFY,
    DECLINED,
    PERSON,
    Reply,
    bullets,
    first_sentence,
    listed,
    lower_first,
    paragraphs,
    sentences,
    sources_of,
)
from actions.replies.credentials import Sides
from knowledge.models import CredentialType, Industry, OpenSubject, Topic


def i_mean(reasons: str) -> str:
    """Explain a recommendation by its reasons."""
    return f"I mean it as a place to begin. {reasons}"


def in_other_words(text: str) -> str:
    """Say an answer as a whole where a part of it was not understood."""
    return f"Sorry, that was unclear. In other words: {lower_first(text)}"


def once_more(text: str) -> str:
    """Give an answer once more where it was not understood."""
    return f"Sorry, let me say it again. {text}"


def says_yes(claim: str) -> bool:
    """Return whether a claim begins with a plain yes."""
    return claim.startswith("Yes")


def settled(yes: str, topic: Topic) -> str:
    """Give a plain yes, with the reservation that the topic ends with."""
    last = sentences(topic.answer)[-1]
    return yes if last in yes or last.endswith(":") else f"{yes} {last}"  # no list follows


def cannot_tell(subject: OpenSubject) -> Reply:
    """Say plainly that there is no yes or no, as the guide leaves a subject open."""
    text = f"I can't say yes or no there, and mean just that: {lower_first(subject.say)} {subject.nearest}"
    return Reply(
        paragraphs(text, f"Ask {subject.whom}, or talk to a person here."), ANSWERED, subject.key, buttons=(PERSON,)
    )


def admitted(subject: OpenSubject) -> Reply:
    """Own that something isn't known, with who can tell."""
    text = f"That's right, I don't know that: {lower_first(subject.say)}"
    return Reply(
        paragraphs(text, f"Ask {subject.whom}, or talk to a person here."), DECLINED, subject.key, buttons=(PERSON,)
    )


def taken_in(plan: str) -> str:
    """Say what is advised with all that was told."""
    return f"With all you told me taken in, this is what I advise. {plan}"


KINDS_MEANT = {"field": "field", "destination": "country", "type": "kind of credential", "institution": "institution"}


def what_meant(kinds: Sequence[str]) -> Reply:
    """Ask which thing was meant, by the kinds of things that the last question named."""
    asked = listed([KINDS_MEANT[kind] for kind in kinds], "or")
    question = f"Which {asked} did you mean?" if asked else "What did you mean instead?"
    return Reply(f"Sorry, then I took it the wrong way. {question}", CLARIFY, buttons=(PERSON,))


def of_another_kind(plain: Reply, name: str, other: CredentialType) -> Reply:
    """Say of the thing that was meant that nothing is known of it, before what is known of another kind."""
    lead = f"For **{name}** that isn't said. For {kinds_name(other)} it is:"
    return replace(plain, text=f"{lead} {lower_first(plain.text)}")


def both_hold(sides: Sides, industry: Industry | None, kind: CredentialType | None) -> str:
    """Say how "widely accepted" and "not everywhere" go together: by industry; then for the one that was talked about."""
    text = (
        f"It sounds like one, but both hold, as it depends on the industry: {sides.accept()}, while {sides.prefer()}."
    )
    return paragraphs(text, _of_industry(industry), _of_kind(kind))


def _of_industry(industry: Industry | None) -> str:
    if industry is None:
        return ""
    name = lower_first(industry.name)
    if industry.acceptance == "accepts":
        return f"So in {name} they count; elsewhere they may not."
    areas = (
        f" They are still offered there, for {listed(industry.areas)}." if industry.embraces and industry.areas else ""
    )
    return f"So in {name} such a credential adds to a degree and doesn't take its place.{areas}"


def _of_kind(kind: CredentialType | None) -> str:
    return f"{kind.plural} are another matter: their focus is {kind.focus}." if kind else ""


def side_by_side(answers: Sequence[Reply], plan: str) -> Reply:
    """Put the last two answers side by side with what is advised, so that the person sees what each says."""
    said = [first_sentence(one.text.split("\n")[0]) for one in answers]
    whole = [one for one in dict.fromkeys(said) if one.endswith(".")]  # and no heading of a card
    told = [*whole, *([plan] if plan else [])]
    text = "I see why that sounds odd: these are about different things, and both hold."
    if len(told) < 2:  # nothing to set against each other
        text = "I see why that sounds odd. What I have on it is this:" if told else "I see why that sounds odd."
    return Reply(
        paragraphs(
            text,
            bullets(told),
            "Which of them matters for you? A person can look at it, too.",
        ),
        ANSWERED,
        None,
        sources_of(*(source for one in answers for source in one.sources)),
        (PERSON,),
    )
