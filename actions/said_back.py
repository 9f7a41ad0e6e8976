"""Says back what a question asks, in its own words, where the guide leaves that open: "The guide doesn't say how ...".

A decline that begins so is about what was asked, however near the subject is that was taken for it.
"""

from __future__ import annotations

from functools import partial

from actions.attribute_topics import own_topics
from actions.context import OPEN, Understanding
from actions.replies import said_back as words
from actions.replies.base import listed
from actions.replies.claims.answers import shared_words
from actions.replies.unanswered import no_answer_to
from knowledge.knowledge_base import Knowledge

OTHER = "other"  # an attribute: something is asked that no attribute stands for
LEFT_OPEN = "The guide doesn't say "
AT_ALL = 0.03  # the least share of an open subject that a question may be about
SPELT_OUT = 3  # letters up to which a name in small letters is rather an abbreviation
BOLD, PLACES = ("institution", "provider", "program"), ("destination", "place")
SMALL = ("the", "of", "and", "for", "at", "in", "de", "new", "san")  # short words of names that are no abbreviations
UNCOVERED = ("institution", "provider")  # kinds whose names may be known as not in the guide


def what_is_open(knowledge: Knowledge, understanding: Understanding) -> str:
    """Return the sentence that the guide doesn't say what was asked, or "" if the question can't be said back by itself."""
    asked = understanding.said_back
    marks = [(kind, key) for kind, key, _ in words.marked_names(asked) if kind in PLACES]
    home = any(key not in understanding.of(kind) for kind, key in marks)  # where one lives is no part of what is asked
    if not asked or home or understanding.follows:  # "whether they take it" is about what was talked of before
        return ""
    return f"{LEFT_OPEN}{words.with_names(asked, partial(_written, knowledge))}."


def decline_of(knowledge: Knowledge, understanding: Understanding) -> str:
    """Return what is open, with a word on the names in it that the guide doesn't have.

    Nothing is said back of a question that only asks for what an open subject is called by ("what do they cost?").
    """
    said = what_is_open(knowledge, understanding)
    own = (own_topics(knowledge, attribute) for attribute in understanding.attributes)
    called = OTHER not in understanding.attributes and any(understanding.topic in topics for topics in own)
    if called and not understanding.unknown and not has_uncovered(knowledge, understanding):
        return ""
    named = [name for name in understanding.unknown if name.lower() in said.lower()]
    for name in named:
        said = words.in_bold(name, said)
    named += [
        typed
        for kind, key, typed in words.marked_names(understanding.said_back)
        if kind in UNCOVERED and not knowledge.has_name(kind, key)
    ]
    if not said or not named:
        return said
    first, *more = dict.fromkeys(named)
    what = listed([first, *more], "and") if said.count("**") > len("**") else "that name"
    return f"{said[:-1]}: {what} {'are' if more else 'is'}n't in it."


def is_asked_about(name: str, understanding: Understanding) -> bool:
    """Return whether a question may be about a name of its message: "I work at X. What is a badge?" is not."""
    asked = understanding.said_back
    named = name.lower() in asked.lower() or any(kind in UNCOVERED for kind, *_ in words.marked_names(asked))
    return not asked or named or words.points_back(asked)


def has_uncovered(knowledge: Knowledge, understanding: Understanding) -> bool:
    """Return whether a question names what the catalogue knows only as not in the guide."""
    return any(not knowledge.has_name(kind, key) for kind in UNCOVERED for key in understanding.of(kind))


def bears_on(nearest: str, said: str) -> bool:
    """Return whether what the guide says nearest to a question has a word of what is said back of that."""
    return shared_words(words.without_question_word(said.removeprefix(LEFT_OPEN)), nearest) > 0


def agreeing(knowledge: Knowledge, understanding: Understanding, least: float | None = 0.0) -> str:
    """Return the likeliest open subject that has a word of what is said back in its name or first sentence.

    If none has one, it is the likeliest of those with a share of at least `least`, and "" with None. "A surcharge on the visa"
    is about visas.
    """
    rest = knowledge.roles().get("anything-else", "")
    likely = [one for one in understanding.topics if one.key.startswith(OPEN) and one.key != rest]
    said = what_is_open(knowledge, understanding)
    for one in likely if said else ():
        subject = knowledge.open_subject(one.key)
        if one.share >= AT_ALL and bears_on(f"{subject.title} {subject.say.removeprefix(LEFT_OPEN)}", said):
            return one.key
    return next((one.key for one in likely if least is not None and one.share >= least), "")


def without_answer_to(understanding: Understanding, said: str) -> str:
    """Return the sentence that a question has no answer: `said`, else the question in quotation marks, or "" if it is long."""
    return said or no_answer_to(understanding.said if understanding.further else understanding.asked)


def _written(knowledge: Knowledge, kind: str, key: str, typed: str) -> str:
    """Return a name as it was typed, with the capitals of the name itself; what one can enrol at stands in bold."""
    if not typed.islower() or kind not in (*BOLD, *PLACES):
        told = typed
    else:
        name = knowledge.name(kind, key).name if knowledge.has_name(kind, key) else ""
        initials = "".join(word[0] for word in name.split() if word[0].isupper())
        capitals = {word.lower(): word for word in (*name.split(), initials) if word != word.capitalize()}
        proper = kind in PLACES or kind != "program" and kind in BOLD
        told = " ".join(capitals.get(word) or _with_capitals(word, proper) for word in typed.split())
    return f"**{told}**" if kind in BOLD else told


def _with_capitals(word: str, proper: bool) -> str:
    if not proper:
        return word
    return word.upper() if len(word) <= SPELT_OUT and word not in SMALL else word.capitalize()
