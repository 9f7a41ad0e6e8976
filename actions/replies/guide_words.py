"""The words in which replies speak of the guide that is served (guide/pack.yml of its sources).

They are set for as long as an answer is made, as its thread's context; replies ask for them with `guide()`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace

from actions.replies.base import Reply
from knowledge.models import GuideWords

NEUTRAL = GuideWords()
_in_force: ContextVar[GuideWords] = ContextVar("guide words")


def guide() -> GuideWords:
    """Return the words of the guide that is answered from."""
    return _in_force.get(NEUTRAL)


@contextmanager
def in_words_of(words: GuideWords) -> Iterator[None]:
    """Speak in these words until the end of the block."""
    before = _in_force.set(words)
    try:
        yield
    finally:
        _in_force.reset(before)


def in_own_words(reply: Reply) -> Reply:
    """Return a reply that is worded in domain.yml in the guide's own words, if it has any for it."""
    return replace(reply, instead=guide().texts.get(reply.response.removeprefix("utter_"))) if reply.response else reply
