"""Words for the kinds of things in the catalogue ("universities", "country"), from nlu/data/kind_words.yml."""

from __future__ import annotations

import re

from nlu.data_files import read_words

KIND_OF = {word: kind for kind, words in read_words("kind_words").items() for word in words.split()}
ANY_KIND_WORD = "|".join(sorted(KIND_OF, key=len, reverse=True))
_WORD = re.compile(rf"\b(?:{ANY_KIND_WORD})\b", re.I)


def kinds_in(text: str) -> tuple[str, ...]:
    """Return the kinds that a text has words for, each once, in order."""
    return tuple(dict.fromkeys(KIND_OF[word.lower()] for word in _WORD.findall(text)))
