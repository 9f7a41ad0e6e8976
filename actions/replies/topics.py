"""Words for topics of the guide, for open subjects, and for messages that were not understood."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from actions.replies.base import (
    ANSWERED,
    CLARIFY,
    DECLINED,
    MAX_BUTTONS,
    PERSON,
    SMALLTALK,
    Button,
    Reply,
    asked_once,
    bullets,
    capital,
    first_sentence,
    guide,
    listed,
    lower_first,
    paragraphs,
    payload,
    sentences,
    sources_of,
    topic_button,
    topic_buttons,
    topic_text,
    without_opening,
)
from actions.replies.claims.answers import shared_words
from actions.replies.claims.verdicts import without_side
from core.contract.question_forms import WHERE, WHO, YES_NO
from knowledge.models import Claim, OpenSubject, Source, Topic, TopicLink

FEW_ITEMS = 3  # items of a list that one of two answers tells in its sentence
MOST_NAMES = 5  # items of a list whose names one of two answers tells, where it says something without them
SAID = 0.5  # part of a second answer's words that the first one has, from which it is left out
BEST, PRICE, MODE = "best", "price", "mode"  # attributes, and a kind of names
# Words by which an answer speaks of it.
SPEAKS_OF = {
    PRICE: re.compile(r"\b(?:prices?|costs?|fees?|cheap|expensive|afford|free\b|pays?\b|money)", re.I),
    MODE: re.compile(r"\b(?:online|in[- ]person|hybrid)\b", re.I),
    BEST: re.compile(r"\b(?:rank|best\b|better\b|depends\b|winner\b|good for\b)", re.I),
}


def speaks_of(what: str, text: str) -> bool:
    """Return whether an answer speaks of BEST, PRICE or MODE."""
    return bool(SPEAKS_OF[what].search(text))


def answer_topic(topic: Topic, form: str = "") -> Reply:
    """Answer a topic and offer related ones; no answer begins with a verdict on a question of another form."""
    text = topic_text(topic)
    text = text if form in (YES_NO, "") else without_side(without_opening(text))  # a button asks in no form
    return Reply(text, ANSWERED, topic.key, topic.sources, topic_buttons(topic.related))


def both(
    first: Topic | OpenSubject, second: Topic | OpenSubject, claims: Mapping[str, str] = MappingProxyType({})
) -> Reply:
    """Answer two topics in one reply; the outcome is answered if either is.

    `claims` are what is said of a topic instead of all of its text, by the topic's key.
    """
    if isinstance(second, Topic) and any(item.topic and item.topic.key == first.key for item in second.items):
        second = first  # which lists the first one and adds nothing to it
    parts = [_part(one, claims.get(one.key)) for one in (first, second)]
    if second is first or shared_words(parts[1], parts[0]) >= SAID:
        parts, second = parts[:1], first
    known = [one for one in (first, second) if isinstance(one, Topic)]
    sources = sources_of(*(source for topic in known for source in topic.sources))
    links = [link for one in known for link in one.related][:3]
    whom = asked_once([one.whom for one in (first, second) if isinstance(one, OpenSubject)])
    return Reply(
        paragraphs(*parts, f"For what the guide leaves open, ask {whom}, or talk to a person here." if whom else ""),
        ANSWERED if known else DECLINED,
        known[0].key if known else first.key,
        sources,
        topic_buttons(links, person=len(known) < 2),
    )


def joined(first: Reply, second: Topic | OpenSubject) -> Reply:
    """Add the answer of a second topic to a reply; the outcome is answered if either is."""
    sources = (*first.sources, *(second.sources if isinstance(second, Topic) else ()))
    return replace(
        first,
        text=paragraphs(first.text, _part(second)),
        outcome=ANSWERED if isinstance(second, Topic) else first.outcome,
        sources=sources_of(*sources),
    )


def _part(entry: Topic | OpenSubject, claim: str | None = None) -> str:
    """Return what is said of one of two subjects: a sentence or two, without a heading."""
    if claim:
        return claim
    if isinstance(entry, OpenSubject):
        return entry.say
    names = listed(lower_first(item.name) for item in entry.items)
    told = sentences(without_opening(entry.answer))[:2]
    if len(told) > 1 and told[1].endswith(":") and len(entry.items) > MOST_NAMES:
        return told[0]
    first = " ".join(told)
    few = [f"{item.name}: {item.text}" for item in entry.items if item.text] if len(entry.items) <= FEW_ITEMS else []
    if few:
        return f"{first.removesuffix(':')}{'.' if first.endswith(':') else ''} {'; '.join(few)}."
    return f"{first.rstrip('.:')}: {names}." if names and shared_words(names, first) < SAID else first


def more(topic: Topic) -> Reply:
    """Tell what there is beyond the short answer: the explanations of the list, then the further text."""
    explained = bullets(f"**{item.name}**: {item.text}" for item in topic.items if item.text)
    hidden = explained if explained and explained not in topic_text(topic) else ""
    text = paragraphs(hidden, topic.more)
    if not text:
        return Reply(
            f"That is all the guide says about {topic.title.lower()}. I can tell you about something near it, if you like.",
            ANSWERED,
            topic.key,
            topic.sources,
            topic_buttons(topic.related),
        )
    return Reply(text, ANSWERED, topic.key, topic.sources, topic_buttons(topic.related))


def beyond(topic: Topic, more: Reply) -> Reply:
    """Tell what there is beyond an answer that was given just now, or ask what is missing if that was all."""
    if topic.more or topic.items:
        return replace(more, text=paragraphs("Beyond what I have just told you:", more.text))
    return Reply(
        f"What I told you just now is all I know about {lower_first(topic.title)}. What is missing for you? Ask me in other "
        "words, or let a person look at it with you.",
        ANSWERED,
        topic.key,
        topic.sources,
        topic_buttons(topic.related[:2], person=True),
    )


def still_unknown(reply: Reply) -> Reply:
    """Say that there is still no answer to what was declined just now."""
    return replace(
        reply,
        text="I still have no answer to that, sorry, and I would rather not guess. A person can find out for you, or ask me "
        "about something near it.",
        buttons=(*(button for button in reply.buttons if button != PERSON), PERSON)[-MAX_BUTTONS:],
    )


def recalled(reply: Reply) -> Reply:
    """Recall an answer that was given a moment ago to another question, by its first sentence."""
    lines = [line for line in reply.text.split("\n") if line and not line.startswith("- ")]
    first = first_sentence(lines[0]) if lines else ""
    if not first.endswith((".", "!", "?")):  # the heading of a list
        told = next((first_sentence(line) for line in lines if line.endswith((".", "!", "?"))), "")
        first = f"{first.rstrip(':')}: {lower_first(told)}" if told else "that is all I know of it."
    last = "I have nothing more exact on that. Put it another way if I missed your question, or ask a person."
    return replace(reply, text=f"Here I can only repeat what I know: {first} {last}")


def nor_this(reply: Reply) -> Reply:
    """Say that another question has no answer either, where the answer names nothing that was asked."""
    text = "That isn't in what I know either, sorry. A person here can find out, or ask me about something near it."
    return replace(reply, text=text)


def opposite_not_told(form: str) -> Reply:
    """Say that it isn't told for which the last answer doesn't hold: "which ones don't?"."""
    asked = {WHERE: "where that isn't so", WHO: "who doesn't"}.get(form, "which ones those are")
    text = f"The guide doesn't say {asked}. The provider can tell you for the course that you have in mind."
    return Reply(text, DECLINED, buttons=(PERSON,))


def said_before(reply: Reply) -> Reply:
    """Recall an answer that was given just now by its first sentence, and ask what is missing."""
    first = reply.text.removeprefix("- ").split("\n")[0].split(". ")[0].rstrip(".:")
    return replace(
        reply,
        text=paragraphs(
            f"As I said: {first}.", "Is something missing there? Tell me what matters to you, and I'll look again."
        ),
    )


def sources(sources: Sequence[Source], about: str | None) -> Reply:
    """Name the sections that the last answer came from."""
    if not sources:
        return Reply(
            f"I don't guess: my answers come from {guide().guide}. Where it says nothing on a thing, I say that I don't know "
            "it, and add nothing of my own.",
            SMALLTALK,
            about,
        )
    places = bullets(f"**{source.title}**: \u201c{source.heading}\u201d" for source in sources)
    return Reply(
        paragraphs(
            f"That comes from {guide().guide}, from this part of it:",
            places,
            "I add nothing of my own. If it matters for a decision, check it with the provider too.",
        ),
        ANSWERED,
        about,
        tuple(sources),
        (PERSON,),
    )


def stands_in(claim: Claim) -> Reply:
    """Say that a statement stands in the source, with its words and its section."""
    text = f"That stands in {guide().guide}, under \u201c{claim.source.heading}\u201d:"
    return Reply(
        paragraphs(text, claim.say, "I add nothing of my own to it."), ANSWERED, claim.topic, (claim.source,), (PERSON,)
    )


def without_reason(named: Reply) -> Reply:
    """Say that a statement stands in the source without a reason, before the sections that it comes from."""
    return replace(named, text=paragraphs(f"{capital(guide().guide)} states it and gives no reason.", named.text))


def disagreement(sources: Sequence[Source], about: str | None) -> Reply:
    """Answer a disagreement without arguing: name the source and offer a person."""
    section = f", in its section \u201c{sources[0].title}\u201d" if sources else ""
    return Reply(
        f"Fair enough, and thank you for saying so. I only repeat what the guide says{section}; it may not fit your "
        "case, and it can be wrong. What have you seen differently? A person can look at it with you.",
        SMALLTALK,
        about,
        tuple(sources),
        (PERSON,),
    )


def not_understood(guesses: Sequence[TopicLink], again: bool) -> Reply:
    """Offer topics to choose from; `again` is for the second time in a row."""
    if again:
        return Reply(
            "I still don't have an answer to that, and I would rather not guess. Pick one of these subjects, or talk "
            f"to a person. I only know about {guide().subject}.",
            DECLINED,
            buttons=(*(topic_button(link) for link in guesses[:3]), PERSON),
        )
    text = f"I have no answer to that: I only know about {guide().subject}."
    text += (
        " Did you mean one of these? If not, a person can help."
        if guesses
        else " Could you put it another way, or ask a person?"
    )
    return Reply(text, DECLINED, buttons=(*(topic_button(link) for link in guesses[:3]), PERSON))


BACK_AGAIN = "All right, back to what we had before."


def start_afresh() -> Reply:
    """Say that what was talked about counts no more, and ask what comes next."""
    return Reply(
        "All right, we start afresh. What would you like to know?",
        SMALLTALK,
        buttons=(
            Button("What can I ask?", payload("ask_help")),
            Button("Help me choose", payload("choose_help")),
            Button("Which country?", payload("ask_best_destination")),
        ),
    )


def overview(titles: Sequence[str], links: Sequence[TopicLink]) -> Reply:
    """Tell what there is to ask: the titles of the guide's sections, with some topics to begin with."""
    own = guide().texts.get("help")
    first = own.say if own else f"I answer questions on {guide().subject} from a guide."
    return Reply(
        paragraphs(first, bullets(titles), "What would you like to know?"),
        SMALLTALK,
        buttons=topic_buttons(links),
    )


def no_winner() -> Reply:
    """Say why a comparison names no winner."""
    return Reply(
        "Because neither is ranked above the other in what I know: it only tells who offers each and what it is for. Which one "
        "fits depends on what you want it for; tell me, and I can say more.",
        SMALLTALK,
        buttons=(Button("Help me choose", payload("choose_help")), PERSON),
    )


def nothing_shown(is_shorter: bool = False) -> Reply:
    """Ask what "the second one" means when nothing was listed, or fewer were."""
    why = "What I listed last holds no such one." if is_shorter else "I haven't just listed anything."
    return Reply(
        f"Which one do you mean? {why} Name a country, a field, a program or a kind of credential, "
        "and I'll tell you what I know about it.",
        CLARIFY,
        buttons=(Button("What can I ask?", "/ask_help"), PERSON),
    )


def no_longer_known() -> Reply:
    """Tell that a button of an older reply leads to nothing any more."""
    return Reply(
        f"Sorry, that choice isn't available any more. What would you like to know about {guide().short}?",
        CLARIFY,
        buttons=(Button("What can I ask?", "/ask_help"),),
    )
