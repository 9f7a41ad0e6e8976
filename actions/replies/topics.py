"""Words for topics of the guide, for subjects that it leaves open, and for messages that nobody understood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from actions.replies.base import (
    ANSWERED,
    CLARIFY,
    DECLINED,
    PERSON,
    SMALLTALK,
    Button,
    Reply,
    bullets,
    listed,
    paragraphs,
    topic_button,
    topic_buttons,
    topic_text,
)
from knowledge.models import OpenSubject, Source, Topic, TopicLink

SCOPE = "micro-credentials and short courses abroad"


def topic(found: Topic) -> Reply:
    """A topic's answer and where to go from it."""
    return Reply(topic_text(found), ANSWERED, found.key, found.sources, topic_buttons(found.related))


def both(first: Topic | OpenSubject, second: Topic | OpenSubject) -> Reply:
    """Two questions in one message: both answers. Answered if either was."""
    parts = [_part(one) for one in (first, second)]
    known = [one for one in (first, second) if isinstance(one, Topic)]
    sources = tuple({source.key: source for one in known for source in one.sources}.values())
    links = [link for one in known for link in one.related][:3]
    whom = listed(dict.fromkeys(one.whom for one in (first, second) if isinstance(one, OpenSubject)), "or")
    return Reply(
        paragraphs(*parts, f"For what the guide leaves open, ask {whom}, or talk to a person here." if whom else ""),
        ANSWERED if known else DECLINED,
        (known or [first])[0].key,
        sources,
        topic_buttons(links, person=len(known) < 2),
    )


def joined(first: Reply, second: Topic | OpenSubject) -> Reply:
    """A reply, then the answer to the second question of the message. Answered if either was."""
    known = isinstance(second, Topic)
    sources = (*first.sources, *(second.sources if known else ()))
    return replace(
        first,
        text=paragraphs(first.text, _part(second)),
        outcome=ANSWERED if known else first.outcome,
        sources=tuple({source.key: source for source in sources}.values()),
    )


def _part(one: Topic | OpenSubject) -> str:
    body = topic_text(one) if isinstance(one, Topic) else f"{one.say} {one.nearest}"
    return f"**{one.title}**: {body}"


def more(found: Topic) -> Reply:
    """What there is beyond the short answer: the list's explanations, then the further text."""
    explained = bullets(f"**{item.name}**: {item.text}" for item in found.items if item.text)
    hidden = explained if explained and explained not in topic_text(found) else ""
    text = paragraphs(hidden, found.more)
    if not text:
        return Reply(
            f"That is all the guide says about {found.title.lower()}. I can tell you about something near it, if you like.",
            ANSWERED,
            found.key,
            found.sources,
            topic_buttons(found.related),
        )
    return Reply(text, ANSWERED, found.key, found.sources, topic_buttons(found.related))


def open_subject(found: OpenSubject) -> Reply:
    """What is not known, said first; then the nearest true thing and whom to ask."""
    text = paragraphs(found.say, found.nearest, f"For this, ask {found.whom}, or talk to a person here.")
    return Reply(text, DECLINED, found.key, (), topic_buttons(found.near_topics[:2], person=True))


def sources(found: Sequence[Source], about: str | None) -> Reply:
    """Where the last answer came from."""
    if not found:
        last = "What I said last was not taken from a source. " if about else ""
        return Reply(
            f"{last}My answers about courses come from one guide to micro-credentials abroad, and I name its section with "
            "each. What it doesn't say, I don't say either.",
            SMALLTALK,
            about,
        )
    places = bullets(f"**{source.title}**: \u201c{source.heading}\u201d" for source in found)
    return Reply(
        paragraphs(
            "That comes from the guide to micro-credentials abroad, from this part of it:",
            places,
            "I add nothing of my own. If it matters for a decision, check it with the provider too.",
        ),
        ANSWERED,
        about,
        tuple(found),
        (PERSON,),
    )


def doubted(found: Sequence[Source], about: str | None) -> Reply:
    """Somebody does not agree: no argument, the source, and a way on."""
    section = f", in its section \u201c{found[0].title}\u201d" if found else ""
    return Reply(
        f"Fair enough, and thank you for saying so. I only repeat what the guide says{section}; it may not fit your "
        "case, and it can be wrong. What have you seen differently? A person can look at it with you.",
        SMALLTALK,
        about,
        tuple(found),
        (PERSON,),
    )


def not_understood(guesses: Sequence[TopicLink], again: bool) -> Reply:
    """Neither the classifier nor the search is sure. The second time in a row brings fixed choices and a person."""
    if again:
        return Reply(
            "I still don't have an answer to that, and I would rather not guess. Pick one of these subjects, or talk "
            f"to a person. I only know about {SCOPE}.",
            DECLINED,
            buttons=(*(topic_button(link) for link in guesses[:3]), PERSON),
        )
    text = f"I don't have an answer to that in what I know, which is {SCOPE}."
    text += (
        " Did you mean one of these? If not, a person can help."
        if guesses
        else " Could you put it another way, or ask a person?"
    )
    return Reply(text, DECLINED, buttons=(*(topic_button(link) for link in guesses[:3]), PERSON))


def nothing_shown() -> Reply:
    """ "The second one" where nothing was listed."""
    return Reply(
        "Which one do you mean? I haven't just listed anything. Name a country, a field, a program or a kind of credential, "
        "and I'll tell you what I know about it.",
        CLARIFY,
        buttons=(Button("What can I ask?", "/ask_help"), PERSON),
    )


def no_longer_known() -> Reply:
    """A choice from an older answer leads nowhere any more."""
    return Reply(
        "Sorry, that choice isn't available any more. What would you like to know about micro-credentials abroad?",
        CLARIFY,
        buttons=(Button("What can I ask?", "/ask_help"),),
    )


def which_name(kinds: str) -> Reply:
    """A question back where a message needs a name and has none."""
    return Reply(
        f"Which {kinds} do you mean? Tell me the name and I will say what the guide has on it.",
        CLARIFY,
        buttons=(Button("What can I ask?", "/ask_help"),),
    )
