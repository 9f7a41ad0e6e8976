"""The words of the language in which a request is answered; outside of one they are English, as the sources have them.

Whoever answers a request says by `use` whose words it takes; code that makes words then asks for them by `gettext`, in this
task and in the threads that it starts. The catalogues themselves are read by the room whose pages they are for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from gettext import NullTranslations
from typing import TypeVar

ENGLISH = "en"  # the language of the sources
_Key = TypeVar("_Key")
_SOURCE = NullTranslations()
_words: list[Callable[[str], NullTranslations | None]] = []  # one, once it is provided
_others: list[str] = []
_PLACES = re.compile(r"%\((\w+)\)s")
_current: ContextVar[tuple[str, NullTranslations]] = ContextVar("language", default=(ENGLISH, _SOURCE))


def use(language: str, words: NullTranslations = _SOURCE) -> None:
    """Take these words from now on, in this task and in what it starts; `language` is their code, such as 'de'."""
    _current.set((language, words))


def provide(find: Callable[[str], NullTranslations | None], languages: Iterable[str]) -> None:
    """Take the words of these languages, by their codes, from `find` from now on; a program says so once, when it starts."""
    _words[:], _others[:] = [find], [code for code in languages if code != ENGLISH]


def others() -> list[str]:
    """Return the codes of the languages that can be spoken beside English."""
    return list(_others)


@contextmanager
def spoken(language: str) -> Iterator[None]:
    """Speak a person's language, such as 'de-AT', within the block; English where it has no words."""
    code = language.replace("_", "-").partition("-")[0].lower()
    words = _words[0](code) if _words else None
    before = _current.set((code, words) if words else (ENGLISH, _SOURCE))
    try:
        yield
    finally:
        _current.reset(before)


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


class StoredTexts:
    """Texts that are stored in English, some of them with values in their `%(...)s`, and told in the language in use."""

    def __init__(self, *sources: str) -> None:
        self._sources = [(source, _PLACES.split(source)) for source in sources]

    def __contains__(self, stored: str) -> bool:
        return self.made_of(stored) is not None

    def told(self, stored: str) -> str:
        """Return a stored text in the language in use; as it is, if it is made of none of the sources."""
        if (found := self.made_of(stored)) is None:
            return stored
        source, values = found
        return gettext(source) % values if values else gettext(source)

    def made_of(self, stored: str) -> tuple[str, dict[str, str]] | None:
        """Return the source that a stored text is made of, with its values; None if it is made of none."""
        for source, parts in self._sources:
            values = _values(parts, stored)
            if values is not None:
                return source, values
        return None


def _values(parts: list[str], stored: str) -> dict[str, str] | None:
    """Return the values that a stored text has in its places, or None if it is made of another source.

    `parts` are, by turns, words of the source and the names of its places.
    """
    first, last = parts[0], parts[-1] if len(parts) > 1 else ""
    if not (stored.startswith(first) and stored.endswith(last) and len(stored) >= len(first) + len(last)):
        return None
    rest = stored[len(first) : len(stored) - len(last)]
    names, between = parts[1::2], parts[2:-1:2]
    values: dict[str, str] = {}
    for name, words in zip(names, between, strict=False):
        values[name], found, rest = rest.partition(words)
        if not found:
            return None
    if names:
        return {**values, names[-1]: rest}
    return None if rest else {}
