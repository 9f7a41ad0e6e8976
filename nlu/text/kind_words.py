"""Words for the kinds of things in the catalogue ("universities", "country"), from nlu/data/kind_words.yml."""

from __future__ import annotations

from nlu.data_files import read_words

KIND_OF = {word: kind for kind, words in read_words("kind_words").items() for word in words.split()}
ANY_KIND_WORD = "|".join(sorted(KIND_OF, key=len, reverse=True))
ANY_ONE = ("course", "courses")  # what stands for any one thing in the catalogue, and for several
