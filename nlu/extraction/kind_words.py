"""Words for the kinds of things in the catalogue ("universities", "country"), from nlu/data/kind_words.yml."""

from __future__ import annotations

from collections.abc import Iterable

from nlu.data_files import read_words

KIND_OF = {word: kind for kind, words in read_words("kind_words").items() for word in words.split()}
ANY_KIND_WORD = "|".join(sorted(KIND_OF, key=len, reverse=True))
ANY_ONE, SEVERAL = "course", "courses"  # what stands for any one thing in the catalogue, and for several
OF_ONE = ("a", "an", "one", "my", "this", "that")  # words before the name of one thing, whatever letter it ends in


def without_things(text: str, places: Iterable[tuple[int, int]]) -> str:
    """Return a text with the word for any course in these places, where it names things: "how good is a bootcamp?"."""
    for start, end in sorted(places, reverse=True):
        before = text[:start].lower().split()[-1:]
        several = text[start:end].lower().endswith("s") and not set(before) & set(OF_ONE)
        text = f"{text[:start]}{SEVERAL if several else ANY_ONE}{text[end:]}"
    return text
