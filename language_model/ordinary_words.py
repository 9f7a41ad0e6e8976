"""Words that name no person: those of a guide, and those of ordinary English."""

from __future__ import annotations

import json
import re
from functools import cache, lru_cache
from pathlib import Path

from knowledge.knowledge_base import Knowledge
from language_model.closed_list import every_thing
from nlu.data_files import read_words

_WORD = re.compile(r"\w+")
TOKENIZER = "tokenizer.json"  # of the sentence model


@lru_cache(maxsize=8)  # a knowledge base is opened anew when its file was replaced
def words_of_guide(knowledge: Knowledge) -> frozenset[str]:
    """Return the words, in small letters, of all claims, titles and names of a guide."""
    named = every_thing(knowledge)
    titles = (*named.topics.values(), *named.open_subjects.values(), *named.things.values())
    claims = (claim.say for topic in named.topics for claim in knowledge.claims(topic))
    return frozenset(word for text in (*titles, *claims) for word in _WORD.findall(text.casefold()))


@cache
def words_of_english(encoder_dir: Path) -> frozenset[str]:
    """Return the sentence model's whole words but for names; none if it is not there."""
    try:
        vocabulary = json.loads((encoder_dir / TOKENIZER).read_text(encoding="utf-8"))["model"]["vocab"]
    except (OSError, ValueError, KeyError, TypeError):
        return frozenset()
    return frozenset(word for word in vocabulary if word.isalpha()) - proper_words()


@cache
def proper_words() -> frozenset[str]:
    """Return the words of its vocabulary that ordinary English lacks: names, and abbreviations."""
    return frozenset(word for words in read_words("proper_words").values() for word in words.split())
