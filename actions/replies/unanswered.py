"""Words for what cannot be answered: first what isn't known, by its name, then the nearest true thing, then whom to ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from actions.replies.base import (
    DECLINED,
    PERSON,
    Reply,
    first_sentence,
    in_general,
    listed,
    lower_first,
    paragraphs,
    sources_of,
    topic_button,
    topic_buttons,
)
from knowledge.models import Claim, OpenSubject, Topic, TopicLink

PLAIN = "That isn't in what I know."
EXACTLY = "I'm afraid I don't know exactly that."
QUOTABLE = 90  # letters up to which a question is said again
QUOTED = " ,'\u2019-"  # what may stand in it beside letters


@dataclass(frozen=True)
class Why:
    """Why a question was not answered, for staff: unknown names, and the open subject that it is nearer to than to a topic."""

    unknown: tuple[str, ...] = ()
    nearer: str = ""
    than: str = ""
    margin: float = 0.0

    def as_metadata(self) -> dict[str, Any]:
        """Return what is there of it."""
        return {
            "unknown": list(self.unknown),
            "open_subject": self.nearer,
            "topic": self.than,
            "margin": round(self.margin, 2),
        }


def declined(
    names: Sequence[str],
    subject: OpenSubject | None,
    topic: Topic | None,
    claim: Claim | None,
    nearest: Sequence[TopicLink],
    why: Why,
    amid: bool = False,
    left_open: str = "",
    whom: str = "",
) -> Reply:
    """Decline a question; `subject` is what it comes nearest to of what is left open, `nearest` the topics to offer.

    A likely `topic` or else a near `claim` says what is known nearest to the question, in place of the subject's own words,
    which introduce the advisor and are not said again `amid` a conversation. `left_open` is the sentence that says back the
    question, and `whom` one may ask then.
    """
    plain = EXACTLY if topic or claim else subject.say if subject else PLAIN
    first = left_open or (unknown(names) if names else plain)
    general = ""
    if topic:
        general = in_general(topic.answer)
    elif claim:
        general = f"What comes nearest: {lower_first(claim.say)}"
    introduced = subject.nearest if subject and not amid and not whom else ""
    last = f"For this, ask {whom}, or talk to a person here." if whom else "A person here can help you further."
    return Reply(
        paragraphs(first, general or introduced, last),
        DECLINED,
        sources=topic.sources[:1] if topic else sources_of(claim.source) if claim else (),
        buttons=(*(topic_button(link) for link in nearest), PERSON),
        unanswered=why.as_metadata(),
        whom=whom,
    )


def open_subject(
    subject: OpenSubject,
    names: Sequence[str],
    nearest: Sequence[TopicLink],
    why: Why | None = None,
    left_open: str = "",
    bears: bool = True,
) -> Reply:
    """Tell what the guide leaves open, what it says nearest to that, and whom to ask.

    `left_open` says that in the words of the question, in place of the subject's own; what is nearest is said after it only
    if it `bears` on that.
    """
    whom = f"For this, ask {subject.whom}, or talk to a person here."
    first = f"{subject.say} {subject.nearest}"
    if left_open:
        first, names = f"{left_open} {subject.nearest if bears else ''}".strip(), ()
    text = paragraphs(unknown(names) if names else "", first, whom)
    return Reply(
        text,
        DECLINED,
        subject.key,
        (),
        topic_buttons(nearest, person=True),
        unanswered=why.as_metadata() if why else {},
        whom=subject.whom,
    )


def generally(reply: Reply, names: Sequence[str], of_names: bool) -> Reply:
    """Say which names nothing is known of: before a general answer, after one of the other names (`of_names`)."""
    if of_names:
        return replace(reply, text=paragraphs(reply.text, unknown(names)))
    return replace(reply, text=paragraphs(f"{unknown(names)} In general:", reply.text))


def but_for_the_rest(reply: Reply) -> Reply:
    """Say after an answer that the message asked more than that."""
    return replace(
        reply, text=paragraphs(reply.text, "For the rest of your question I have no answer; a person here can help.")
    )


def both_open(reply: Reply, left_open: str) -> Reply:
    """Say of a declined question that its second half has no answer either, in the words of `left_open` if there are any."""
    if not left_open:
        return replace(reply, text=paragraphs(reply.text, "Nor can I answer the other part of your question."))
    _, _, rest = reply.text.partition("\n\n")
    return replace(reply, text=paragraphs(left_open, rest))


def not_of(reply: Reply, names: Sequence[str]) -> Reply:
    """Say after a general answer that it isn't said of these things in particular."""
    if any(said in reply.text for said in ("isn't said", "doesn't say", "isn't stated", "n general")):
        return reply
    last = f"That is said in general, not of {_bold(names)} in particular."
    return replace(reply, text=paragraphs(reply.text, last))


def open_of_one(reply: Reply, names: Sequence[str], left_open: str) -> Reply:
    """Say before a general answer that the question about these things has none, if possible in the words of `left_open`."""
    left_open = left_open or f"The guide doesn't say that of {_bold(names)}."
    return replace(reply, text=paragraphs(left_open, in_general(reply.text)))


def with_open_part(reply: Reply, names: Sequence[str], subject: OpenSubject | None) -> Reply:
    """Say after a word on a thing that isn't in the guide what else of the question it leaves open."""
    first, _, ask = reply.text.partition("\n\n")
    left_open = f"{subject.say} {subject.nearest}" if subject else ""
    return replace(reply, text=paragraphs(first, unknown(names) if names else "", left_open, ask))


def nor_of(reply: Reply, known: str) -> Reply:
    """Say all that is `known` of the things that were asked about, where nothing answers that."""
    if reply.whom:  # what is left open for all is left open for them
        return reply
    first, _, rest = reply.text.partition("\n\n")
    return replace(reply, text=paragraphs(first, known, rest))


def _bold(names: Sequence[str]) -> str:
    return listed((f"**{name}**" for name in names), "or")


def of_the_rest(reply: Reply, left_open: str) -> Reply:
    """Say after an answer which question of the message has none, in the words of `left_open` if there are any."""
    if not left_open:
        return replace(but_for_the_rest(reply), whom="")
    if not reply.whom:
        return replace(reply, text=paragraphs(reply.text, left_open))
    told, _, whom = reply.text.rpartition("\n\n")
    return replace(reply, text=paragraphs(told, left_open, whom))


def no_answer_to(asked: str) -> str:
    """Return the sentence that a question has no answer, or "" if it can't be said back."""
    quoted = _quoted(asked)
    return f"I have no answer to {quoted}." if quoted else ""


def not_told_of(reply: Reply, left_open: str) -> Reply:
    """Say before the first sentence on a thing that what was asked of it isn't known."""
    first = first_sentence(reply.text)
    return replace(reply, text=paragraphs(left_open, first), outcome=DECLINED) if left_open else reply


def _quoted(asked: str) -> str:
    """Return a question in quotation marks, or "" if it is long or holds more than words."""
    words = asked.strip(" ?.!,")
    quotable = words and len(words) <= QUOTABLE and all(one.isalpha() or one in QUOTED for one in words)
    return f"\u201c{words}?\u201d" if quotable else ""


def unknown(names: Sequence[str]) -> str:
    """Return the sentence that nothing is known of these names."""
    return f"I don't have anything on {listed((_with_article(name) for name in names), 'or')}."


def _with_article(name: str) -> str:
    return f"the **{name}**" if " of " in name else f"**{name}**"
