"""Replaces the Hindi, Pidgin and Tagalog words that people mix into English in Latin letters ("kitna time lagega").

The sentence model knows English only. These words (nlu/data/code_mixed_words.yml) are replaced by English before a message is
read, in training as in use, so that "fees kitni hai" is as near to "how much are the fees" as another English question.
"""

from __future__ import annotations

import re

from nlu.data_files import read_words

ENGLISH_FOR = {word: english for english, words in read_words("code_mixed_words").items() for word in words.split()}
# Words that have no English replacement, but tell that a message is Hindi in Latin letters.
_FUNCTION_WORDS = {"ka", "ki", "ke", "ko", "aap", "hum", "tum", "ye", "yeh", "hu", "hoon"}
_WORD = re.compile(r"[^\W_]+")
_ENOUGH = 2  # words from which a message is code-mixed; in a message of two or three words, one word is enough


def is_code_mixed(text: str) -> bool:
    """Return whether a message is English mixed with these words, or Hindi in Latin letters, and no other language."""
    words = _WORD.findall(text.lower())
    count = sum(word in ENGLISH_FOR or word in _FUNCTION_WORDS for word in words)
    return count >= _ENOUGH or (count == 1 and len(words) <= _ENOUGH + 1)
