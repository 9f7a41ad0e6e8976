"""Words for answers that are made of claims, and how two texts are compared by their words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from actions.replies.base import ANSWERED, Reply, bullets, capital, paragraphs, sentences, sources_of, topic_buttons
from core.contract.question_forms import (
    EXAMPLE,
    HOW,
    HOW_LONG,
    HOW_MANY,
    HOW_MUCH,
    LIST,
    MOST,
    STATEMENT,
    WHAT,
    WHEN,
    WHERE,
    WHICH,
    WHO,
    YES_NO,
)
from knowledge.models import Claim, Topic

SHORT = 60  # words that claims and what is added to them may have together
ADDS_LITTLE = 0.3  # part of a sentence's words that was said before, from which the sentence adds too little
MENTIONED = 0.5  # the same for an item of a list
VERDICT = 6  # words up to which a topic's first sentence is no more than a verdict
LONGER = 95  # the same where it is not sure that the claims answer the question
DESCRIBED = (WHAT, LIST, STATEMENT, HOW)  # forms of questions whose answer describes the topic
# Forms whose answer is complete with the names, the place or the number that were asked for.
NAMES_OR_NUMBERS = (WHICH, WHO, WHERE, WHEN, HOW_LONG, HOW_MANY, HOW_MUCH, EXAMPLE, LIST, MOST)
_REFERS = re.compile(
    r"(?:that|this|these|those|they|them|it|its|their|he|she|both|others?|some|such|yet|but|so|still|otherwise|instead|"
    r"in that|with (?:fewer|more|that|this|them)|behind this|again|then|there|here|either|for this|of these)\b",
    re.I,
)
_WORD = re.compile(r"[^\W_]+(?:'\w+)?")
_STEM = 6  # letters that words have in common if they count as one: "credential", "credentials"
_SIDE = re.compile(r"(?P<side>yes|no)(?: and no)?(?:[,.:;!]|\s[\u2013\u2014-])\s+", re.I)
_COMMON = frozenset(
    (
        *(
            "a",
            "an",
            "and",
            "are",
            "as",
            "at",
            "be",
            "but",
            "by",
            "can",
            "do",
            "does",
            "for",
            "from",
            "has",
            "have",
            "if",
        ),
        *(
            "in",
            "is",
            "it",
            "its",
            "many",
            "more",
            "most",
            "not",
            "of",
            "on",
            "one",
            "or",
            "so",
            "some",
            "such",
            "than",
        ),
        *(
            "that",
            "the",
            "their",
            "them",
            "there",
            "these",
            "they",
            "this",
            "to",
            "which",
            "who",
            "with",
            "you",
            "your",
        ),
    )
)


def answer_claims(topic: Topic, claims: Sequence[Claim], form: str, is_sure: bool = True) -> Reply:
    """Answer with claims, the first of them of `topic`, and with what the topic's own text adds to them in short.

    If it is not sure that the claims answer the question, there is more room for the topic's own text.
    """
    first, *others = claims
    said = [first.say if form == YES_NO else without_side(first.say), *(without_side(claim.say) for claim in others)]
    said.append(_list(topic, " ".join(said)) if LIST in (form, first.form) else "")
    if not said[-1] and not others and (first.form not in NAMES_OR_NUMBERS or not is_sure):
        said.append(_added(topic.answer, " ".join(said), SHORT if is_sure else LONGER))
    if form in DESCRIBED and not _list_of(said):
        said.append(_described(topic, " ".join(said)))
    sources = sources_of(*(claim.source for claim in claims))
    told = tuple({"topic": claim.topic, "say": claim.say} for claim in claims)
    return Reply(paragraphs(*said), ANSWERED, topic.key, sources, topic_buttons(topic.related), claims=told)


def _list_of(said: Sequence[str]) -> bool:
    return any(part.startswith("- ") for part in said)


def _described(topic: Topic, said: str) -> str:
    """Return what a topic's list tells beside what was said ("Offered by: ..."), if it is short; "" if not."""
    told = [item for item in topic.items if item.text]
    if len(told) < len(topic.items) or sum(len(item.text.split()) for item in told) > SHORT:
        return ""
    return bullets(f"**{item.name}**: {item.text}" for item in told if shared_words(item.text, said) < MENTIONED)


def _list(topic: Topic, said: str) -> str:
    """Return the names in a topic's list, or "" if most of them were said."""
    known = sum(shared_words(item.name, said) > MENTIONED for item in topic.items)
    return bullets(f"**{item.name}**" for item in topic.items) if known * 2 < len(topic.items) else ""


def _added(answer: str, said: str, most: int) -> str:
    """Return the sentences of a topic's answer that add something to what was said, as far as there is room for them.

    A very short first sentence is an answer of its own ("Many are, but not all."), which would be the second one. What
    refers to a sentence that is left out is left out, too.
    """
    room, added, follows = most - len(said.split()), [], False
    for number, sentence in enumerate(sentences(answer)):
        length = len(sentence.split())
        if length > room:
            break
        repeats = shared_words(sentence, " ".join((said, *added))) >= ADDS_LITTLE
        dangles = _REFERS.match(sentence) and not follows
        if repeats or dangles or sentence.endswith(":") or number == 0 and length <= VERDICT:
            follows = repeats
            continue
        added, room, follows = [*added, sentence], room - length, True
    return " ".join(added)


def side_of(say: str) -> str:
    """Return "yes" or "no" if a claim begins with it, else ""."""
    match = _SIDE.match(say)
    return match["side"].lower() if match else ""


def without_side(say: str) -> str:
    """Return a claim without the "Yes," or "No," that it begins with, for a question that asks neither."""
    match = _SIDE.match(say)
    rest = say[match.end() :] if match else say
    return capital(rest)


def shared_words(text: str, other: str) -> float:
    """Return which part of a text's words, without the commonest, another text has, too."""
    words, known = _words(text), _words(other)
    return len(words & known) / len(words) if words else 1.0


def _words(text: str) -> set[str]:
    return {word[:_STEM] for word in _WORD.findall(text.lower()) if word not in _COMMON}
