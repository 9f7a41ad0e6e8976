"""Returns the words with which a message's question can be said back, its names marked for what they are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from rapidfuzz.distance import OSA

from nlu.extraction.asked_words import asked_words
from nlu.extraction.entity_matcher import Name
from nlu.extraction.question_form import asking_part
from nlu.extraction.said_back.indirect_questions import indirect
from nlu.text.folding import without_capitals

_CORRECTED = re.compile(r"(?<![\w'-])[a-z]{6,}(?![\w'-])")  # shorter words are near to too many others
_INFLECTED = re.compile(r"(?:s|ed|er|est|ing|ly)\Z")
_BACK = re.compile(r"\b(?:it|they|them|that|this|these)\b", re.I)


def said_back(text: str, names: Iterable[Name], correct: Callable[[str], str]) -> str:
    """Return the question of a text as it stands after "doesn't say", or "" if it can't be said back.

    A name of the catalogue is written as {kind/key|as it was typed}. `correct` returns a word without its typing mistake.
    """
    part = asking_part(text)
    at = text.find(part)
    # "How do I get in?" says nothing by itself; "where is it made?" points to what was said.
    if not part or at < 0 or not (asked_words(part) or _BACK.search(part)):
        return ""

    def corrected(word: re.Match[str]) -> str:
        written = correct(word[0])
        is_form = _INFLECTED.search(word[0]) or written.startswith(word[0][:-1]) or OSA.distance(word[0], written) > 1
        return word[0] if is_form else written  # a form in which nobody has asked yet is no mistake

    inside: dict[int, Name] = {}
    for name in names:  # of several names at one place the longest
        if at <= name.start and name.end <= at + len(part) and name.end > getattr(inside.get(name.start), "end", 0):
            inside[name.start] = name
    parts, last = [], at
    for start in sorted(inside):
        name = inside[start]
        if start < last:
            continue
        parts += [_CORRECTED.sub(corrected, text[last:start])]
        typed = text[start : name.end]
        parts += [f"{{{name.kind}/{name.key}|{without_capitals(typed) if typed.islower() else typed}}}"]
        last = name.end
    parts += [_CORRECTED.sub(corrected, text[last : at + len(part)])]
    return indirect("".join(parts))
