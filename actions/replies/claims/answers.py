"""Words for answers that are made of claims, and how two texts are compared by their words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from actions.replies.base import (
    ANSWERED,
    VERDICT,
    Reply,
    bullets,
    capital,
    guide,
    listed,
    lower_first,
    paragraphs,
    sentences,
    sources_of,
    topic_buttons,
)
from actions.replies.claims.verdicts import denies, is_limited, verdict_of, without_side, without_verdict
from core.contract.question_forms import (
    EXAMPLE,
    HOW,
    HOW_LONG,
    HOW_MANY,
    HOW_MUCH,
    LIST,
    MOST,
    OR,
    STATEMENT,
    WHAT,
    WHEN,
    WHERE,
    WHICH,
    WHO,
    WHY,
    YES_NO,
)
from knowledge.models import Claim, Topic

SHORT = 60  # words that claims and what is added to them may have together
ADDS_LITTLE = 0.27  # part of a sentence's words that one sentence before has, from which it adds too little
ADDS_NOTHING = 0.45  # the same of all that was said before
TELLS_ALL = 0.75  # part of a claim's words that a list with its introduction has, from which the list is the answer
# Words of a claim, and part of them that a list has, from which the claim tells in a sentence what the list does.
SUMMARY, SUMS_UP = 18, 0.4
MENTIONED = 0.5  # the same for an item of a list
BEARS = 0.4  # part of the words that a sentence shares with a claim near the question from which it bears on it, too
LONGER = 95  # the same where it is not sure that the claims answer the question
SAME_BEGIN = 7  # words with which two sentences begin if they sound like one that is said twice
FEW = 6  # words up to which a topic's first sentence is no more than a verdict
DESCRIBED = (WHAT, LIST, STATEMENT, HOW)  # forms of questions whose answer describes the topic
# The same if the topic is a thing ("offered by", "example") and no list of its own.
DEFINED = (*DESCRIBED, WHY, YES_NO, OR)
NAMED = (WHAT, WHY, STATEMENT)  # forms of questions that the names in a topic's list add to
# Forms whose answer is complete with the names, the place or the number that were asked for.
NAMES_OR_NUMBERS = (WHICH, WHO, WHERE, WHEN, HOW_LONG, HOW_MANY, HOW_MUCH, EXAMPLE, LIST, MOST)
_REFERS = re.compile(
    r"(?:that|this|these|those|they|them|it|its|their|he|she|both|others?|some|such|yet|but|so|still|otherwise|instead|"
    r"which of (?:them|these|those)|"
    r"in that|with (?:fewer|more|that|this|them)|behind this|again|then|there|here|either|for this|of these)\b",
    re.I,
)
_WORD = re.compile(r"[^\W_]+(?:'\w+)?")
_STEM = 6  # letters that words have in common if they count as one: "credential", "credentials"
_OF_BOTH = re.compile(r"both[,:]\s", re.I)
_TURNS = re.compile(r"(?:but|yet|however|still|others?|some)\b", re.I)  # begins what limits or turns what was said
_COMMON = frozenset(
    (
        *("a", "an", "and", "are", "as", "at", "be", "but", "by", "can", "do", "does", "for", "from", "has", "have"),
        *("if", "in", "is", "it", "its", "many", "more", "most", "not", "of", "on", "one", "or", "so", "some"),
        *("such", "than", "that", "the", "their", "them", "there", "these", "they", "this", "to", "which", "who"),
        *("with", "you", "your"),
    )
)


@dataclass(frozen=True)
class Asked:
    """What a question wants of a topic beside the claims that answer it.

    `is_sure` tells that the claims surely answer; if not, there is more room for the topic's own text. If the topic
    `as_a_whole` is what was asked about, all of it follows that was not said. `describes` tells that the question is about
    the topic and nothing more particular, so that its list adds to an answer. `near` are the claims that come near to the
    question: a sentence of the topic that says nothing of the kind has no place in the answer. `is_short` tells that a bare
    yes or no answers, which one more sentence of the topic supports.
    """

    form: str
    is_sure: bool = True
    as_a_whole: bool = False
    describes: bool = True
    near: Sequence[str] = ()
    is_short: bool = False


def answer_claims(topic: Topic, claims: Sequence[Claim], asked: Asked) -> Reply:
    """Answer with claims, the first of them of `topic`, and with what the topic's own text adds to them in short."""
    form, (first, *others) = asked.form, claims
    said = [_as_asked(first, form), *(_beside(first, claim) for claim in others)]
    said += _all_else(topic, said, first, asked) if asked.as_a_whole else _rest(topic, first, said, asked)
    if _is_told_by_list(first, topic, said):
        said = [paragraphs(topic.answer, said[-1]), *said[1 : len(claims)]]  # without sentences of the same text
    elif _is_list(topic, said[-1]) and (
        _is_listed(topic, said[0]) or form != LIST and _sums_up(first, topic, said[-1])
    ):
        said.pop()
    sources = sources_of(*(claim.source for claim in claims))
    told = tuple({"topic": claim.topic, "say": claim.say} for claim in claims)
    brief = paragraphs(*said[: len(claims)], said[-1] if _is_list(topic, said[-1]) else "")
    text, buttons = paragraphs(*said), topic_buttons(topic.related)
    return Reply(text, ANSWERED, topic.key, sources, buttons, claims=told, brief=brief)


def in_brief(reply: Reply) -> Reply:
    """Return a reply that is made of claims without what their topic adds."""
    return replace(reply, text=reply.brief) if reply.brief else reply


def without_said(reply: Reply, before: Reply) -> Reply:
    """Return a reply without the sentences that one before it says in the same words."""
    said = {sentence for part in before.text.split("\n\n") for sentence in sentences(part)}
    parts = (
        part if part.startswith("- ") else " ".join(one for one in sentences(part) if one not in said)
        for part in reply.text.split("\n\n")
    )
    return replace(reply, text=paragraphs(*parts))


def _as_asked(claim: Claim, form: str) -> str:
    """Return what the leading claim says: its yes or no, or its "because", stands where the question asks for that."""
    if _OF_BOTH.match(claim.say):  # which is said of the claim's own two, and those that were asked about may be others
        return capital(_OF_BOTH.sub("", claim.say))
    return claim.say if form == YES_NO or form == WHY == claim.form else without_verdict(claim)


def _rest(topic: Topic, first: Claim, said: Sequence[str], asked: Asked) -> list[str]:
    """Return what a topic's own text adds to what was said: a list that is asked for, else sentences and short lists."""
    form = asked.form
    if LIST in (form, first.form) and (names := _list(topic, " ".join(said))):
        return [names]
    rest: list[str] = []
    if len(said) == 1 and (first.form not in NAMES_OR_NUMBERS or not asked.is_sure):
        rest.append(_added(topic.answer, " ".join(said), first, asked))
    if not asked.describes:
        return rest
    lists = topic.answer.endswith(":")  # "The guide names ten benefits:"
    complete = first.form in NAMES_OR_NUMBERS and first.form != LIST
    told = asked.is_sure and form in (YES_NO, OR) and first.form in (YES_NO, OR)  # a thing's card was not asked for
    describes = form in DESCRIBED and not complete if lists else form in DEFINED and not told
    described = _described(topic, " ".join((*said, *rest))) if describes else ""
    if not described and lists and form in NAMED:
        described = _in_a_sentence(topic, " ".join((*said, *rest)))
    return [*rest, described]


def _all_else(topic: Topic, said: Sequence[str], first: Claim, asked: Asked) -> list[str]:
    """Return all of a topic's answer that adds something to what was said, and its list, which needs no introduction then."""
    added = "" if topic.answer.endswith(":") else _added(topic.answer, " ".join(said), first, asked)
    before = " ".join((*said, added))
    new = [item for item in topic.items if shared_words(item.text or item.name, before) < MENTIONED]
    # A list with gaps looks like all there is, but for what a thing is described by ("offered by", "example").
    lists = topic.answer.endswith(":") or not all(item.text for item in topic.items)
    items = topic.items if lists and 2 * len(new) >= len(topic.items) else new
    return [added, bullets(f"**{item.name}**: {item.text}" if item.text else f"**{item.name}**" for item in items)]


def _is_listed(topic: Topic, said: str) -> bool:
    """Return whether the names in a topic's list were said, and most of what it tells of them, too."""
    told = " ".join(item.text for item in topic.items if item.text)
    return not _list(topic, said) and (not told or shared_words(told, said) >= MENTIONED)


def _is_told_by_list(first: Claim, topic: Topic, said: Sequence[str]) -> bool:
    """Return whether a list that follows a claim says all of it."""
    return _is_list(topic, said[-1]) and shared_words(first.say, " ".join((topic.answer, said[-1]))) >= TELLS_ALL


def _is_list(topic: Topic, text: str) -> bool:
    return text.startswith("- ") and topic.answer.endswith(":")


def _sums_up(first: Claim, topic: Topic, text: str) -> bool:
    """Return whether a claim tells in a sentence what a list that follows tells, too."""
    long = len(first.say.split()) >= SUMMARY
    tells = shared_words(first.say, text) >= SUMS_UP or not _list(topic, first.say)
    return long and _is_list(topic, text) and tells


def _beside(first: Claim, claim: Claim) -> str:
    """Return a claim as it stands after the leading one; the other side of a yes or no begins with "But"."""
    text = without_side(claim.say)
    if claim.topic != first.topic or is_limited(first.say) == is_limited(claim.say):
        return without_verdict(claim)
    verdict = VERDICT.match(text)
    if verdict:
        text = f"{verdict['verdict']}: {lower_first(text[verdict.end() :])}"
    return f"But {lower_first(text)}"


def _in_a_sentence(topic: Topic, said: str) -> str:
    """Return the names in a topic's list after the sentence that introduces it, or "" if most were said."""
    intro = sentences(topic.answer)[-1]
    known = sum(shared_words(item.name, said) > MENTIONED for item in topic.items)
    return f"{intro} {listed(lower_first(item.name) for item in topic.items)}." if known * 2 < len(topic.items) else ""


def _described(topic: Topic, said: str) -> str:
    """Return what a topic's list tells beside what was said ("Offered by: ..."), if it is short; "" if not."""
    told = [item for item in topic.items if item.text]
    if len(told) < len(topic.items) or sum(len(item.text.split()) for item in told) > SHORT:
        return ""
    new = [item for item in told if shared_words(item.text, said) < MENTIONED]
    lists = topic.answer.endswith(":")  # "The guide names ten benefits:", and nine of them look like all there is
    new = told if lists and 2 * len(new) > len(told) else new
    return bullets(f"**{item.name}**: {item.text}" for item in new)


def _list(topic: Topic, said: str) -> str:
    """Return the names in a topic's list, or "" if most of them were said."""
    known = sum(shared_words(item.name, said) > MENTIONED for item in topic.items)
    return bullets(f"**{item.name}**" for item in topic.items) if known * 2 < len(topic.items) else ""


def _added(answer: str, said: str, first: Claim, asked: Asked) -> str:
    """Return the sentences of a topic's answer that add something asked to what was said, as far as there is room for them.

    The other side of an answer is always asked. A very short first sentence is an answer of its own ("Many are, but not all."),
    which would be the second one. What refers to a sentence that is left out is left out, too.
    """
    room, added, follows, left_out = (SHORT if asked.is_sure else LONGER) - len(said.split()), [], False, ""
    verdict = verdict_of(first.say)
    for number, sentence in enumerate(sentences(answer)):
        length = len(sentence.split())
        if length > room:
            break
        repeats = _is_said(sentence, " ".join((said, *added)))
        dangles = bool(_REFERS.match(sentence)) and not follows
        bears = (
            asked.as_a_whole
            or asked.is_short
            and not added
            or _bears(sentence, asked.near)
            or _is_other_side(sentence, verdict)
        )
        if dangles and left_out and bears:  # what it refers to is told with it
            sentence, dangles, left_out = f"{left_out} {sentence}", False, ""
            length = len(sentence.split())
        if repeats or dangles or not bears or sentence.endswith(":") or number == 0 and length <= FEW:
            follows = repeats
            left_out = "" if repeats or dangles else sentence
            continue
        added, room, follows = [*added, sentence], room - length, True
    return " ".join(added)


def _is_said(sentence: str, said: str) -> bool:
    """Return whether a sentence adds hardly anything to what was said: to all of it, or to any sentence of it."""
    if begins_alike(sentence, said):
        return True
    by_one = max(shared_words(sentence, one) for one in sentences(said))
    return by_one >= ADDS_LITTLE or shared_words(sentence, said) >= ADDS_NOTHING


def begins_alike(sentence: str, said: str) -> bool:
    """Return whether a sentence begins as one of those that were said, so that it sounds like that one said again."""
    begin, *others = (_WORD.findall(one.lower())[:SAME_BEGIN] for one in (sentence, *sentences(said)))
    return len(begin) == SAME_BEGIN and begin in others


def _is_other_side(sentence: str, verdict: str) -> bool:
    """Return whether a sentence limits a yes, says what holds in spite of a no, or turns against what was said."""
    return bool(_TURNS.match(sentence)) or verdict == ("yes" if denies(sentence) else "no")


def _bears(sentence: str, near: Sequence[str]) -> bool:
    """Return whether a sentence says what a claim says that comes near to the question."""
    return any(max(shared_words(sentence, say), shared_words(say, sentence)) >= BEARS for say in near)


def shared_words(text: str, other: str) -> float:
    """Return which part of a text's words, without the commonest, another text has, too."""
    words = _content_words(text) - _of_subject(guide().subject)
    return len(words & _content_words(other)) / len(words) if words else 1.0


@cache
def _of_subject(subject: str) -> frozenset[str]:
    """Return the words that name what all is about: that two sentences share them says nothing."""
    return _content_words(subject)


@lru_cache(maxsize=2048)  # a reply compares the same few sentences with one another again and again
def _content_words(text: str) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in _WORD.findall(text.lower()) if word not in _COMMON)
