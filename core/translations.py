"""The words of the language in which a request is answered; outside of one they are English, as the sources have them.

Whoever answers a request says by `use` whose words it takes; code that makes words then asks for them by `gettext`, in this
task and in the threads that it starts. The catalogues themselves are read by the room whose pages they are for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from gettext import NullTranslations
from typing import TypeVar

ENGLISH = "en"  # the language of the sources
_Key = TypeVar("_Key")
_SOURCE = NullTranslations()
_current: ContextVar[tuple[str, NullTranslations]] = ContextVar("language", default=(ENGLISH, _SOURCE))


def use(language: str, words: NullTranslations = _SOURCE) -> None:
    """Take these words from now on, in this task and in what it starts; `language` is their code, such as 'de'."""
    _current.set((language, words))


def language() -> str:
    """Return the code of the language in use."""
    return _current.get()[0]


def gettext(message: str) -> str:
    """Return a text in the language in use, or as it is where that language has none for it."""
    return _current.get()[1].gettext(message)


def ngettext(singular: str, plural: str, number: int) -> str:
    """Return the one of two texts that goes with a number, in the language in use."""
    return _current.get()[1].ngettext(singular, plural, number)


def marked(message: str) -> str:
    """Return a text as it is: the mark by which it gets into the catalogues, where it is translated later."""
    return message


def marked_plural(singular: str, plural: str) -> tuple[str, str]:
    """Return two texts as they are, marked as those for one and for several."""
    return singular, plural


class Names(Mapping[_Key, str]):
    """Names by key, each in the language in use; the texts that it is made with are those of the sources."""

    def __init__(self, sources: Mapping[_Key, str]) -> None:
        self._sources = dict(sources)

    def __getitem__(self, key: _Key) -> str:
        return gettext(self._sources[key])

    def __iter__(self) -> Iterator[_Key]:
        return iter(self._sources)

    def __len__(self) -> int:
        return len(self._sources)
