"""Tells whether a rephrased sentence says what the plain one says: the same numbers, links, names, weighty words, no more.

Each sentence is held against the one that it stands for. `wrong_rephrasing` is for English against English, and so also for
what was translated back; `wrong_translation` looks at what can be seen of a sentence in another language. Whatever is in
doubt is wrong: the plain answer is always there to be said. What sentence vectors see is in sentence_meaning.py.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from language_model.content_words import Nearness, has_exchanged, unmatched_words
from language_model.ordinary_words import proper_words

FILE = Path(__file__).with_name("weighty_words.yml")
# What is wrong, as it is counted and shown.
NUMBERS, LINKS, NAMES, WORDS, FORM, LEFT_AS_IT_WAS = "numbers", "links", "names", "words", "form", "untranslated"
ORDER, CONTENT = "order", "content"
LONGER_BY, MORE_LETTERS = 1.6, 60  # how much longer than the plain one: times, and letters on top
LABEL_LONGER_BY, LABEL_MORE_LETTERS = 1.6, 12  # the same of titles of buttons and the like
# Groups of weighty words of which each is counted: a second "not" undoes the first, a second "may" is of something else.
COUNTED = ("negation", "possible", "must")
ANY_START = "*"  # in the file of weighty words: what follows ends a word
MARKUP = "*_`[]<>#|~"
FOREIGN_SHARE = 0.5  # share of a sentence's words but names, of three or more, that may be those of the plain one
FEW = 3

_LINK = re.compile(r"(?:https?://|www\.)[^\s<>()\[\]]{1,300}|[\w.+-]{1,64}@[\w-]{1,64}\.[\w.-]{1,64}")
_NUMBER = re.compile(r"\d+(?:[.,:/]\d+)*")
_GROUPED = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_SIGN = re.compile(r"[%$€£¥₹]")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_END = re.compile(r"[.!?…]+(?=\s|$|[\"”»)])|[。！？।॥؟۔]+")
_ASKS = re.compile(r"[?？؟]")
_POSSESSIVE = re.compile(r"['’]s?\Z")

IsWord = Callable[[str], bool]


def wrong_rephrasing(plain: str, said: str, is_word: IsWord) -> str:
    """Return what is wrong with an English sentence in the place of another, or an empty text.

    `is_word` tells whether the sentence model knows a word in small letters.
    """
    if wrong := _wrong_form(plain, said):
        return wrong
    if _amounts(plain) != _amounts(said):
        return NUMBERS
    if _links(plain) != _links(said):
        return LINKS
    if _names(plain, said, is_word) != _names(said, plain, is_word):
        return NAMES
    return "" if _weighty(plain) == _weighty(said) else WORDS


def wrong_content(plain: str, said: str, nearness: Nearness) -> str:
    """Return what is wrong with the words of content of an English sentence, and with their order, or an empty text."""
    if has_exchanged(plain, said):
        return ORDER
    return CONTENT if unmatched_words(plain, said, _is_weighty, nearness) else ""


def wrong_translation(plain: str, said: str) -> str:
    """Return what can be seen to be wrong with a sentence in another language in the place of an English one."""
    if wrong := _wrong_form(plain, said):
        return wrong
    figures, own, in_words = _figures(said), _figures(plain), _figures_in_words(plain)
    if (
        own - figures
        or figures - own - in_words
        or Counter(_SIGN.findall(said)) - Counter(_SIGN.findall(plain)) - in_words
    ):
        return NUMBERS
    if _links(plain) != _links(said):
        return LINKS
    kept = {_folded(word) for word in _WORD.findall(said)}
    if not all(_folded(name) in kept for name in _capitals(plain)):
        return NAMES
    return LEFT_AS_IT_WAS if _is_left(plain, said) else ""


def wrong_label(plain: str, said: str) -> str:
    """Return what can be seen to be wrong with a title in another language, which must stay about as short."""
    fits = len(said) <= len(plain) * LABEL_LONGER_BY + LABEL_MORE_LETTERS
    return wrong_translation(plain, said) if fits else FORM


def _wrong_form(plain: str, said: str) -> str:
    """Return FORM for a sentence that is none, or more than one, or holds what may be more than words."""
    letters = "".join(char for char in said if char.isprintable() or char in "\u200c\u200d")  # joiners of some scripts
    fits = (
        bool(said.strip())
        and letters == said
        and len(said) <= len(plain) * LONGER_BY + MORE_LETTERS
        and Counter(char for char in said if char in MARKUP) == Counter(char for char in plain if char in MARKUP)
        and len(_END.findall(said.strip())) == len(_END.findall(plain.strip()))
        and bool(_ASKS.search(said)) == bool(_ASKS.search(plain))
    )
    return "" if fits else FORM


def _amounts(text: str) -> Counter[str]:
    """Return the numbers of an English sentence, in figures and in words, with signs of money and per cent."""
    return Counter(_NUMBER.findall(_GROUPED.sub("", _without_links(text)))) + _signs(text) + _figures_in_words(text)


def _signs(text: str) -> Counter[str]:
    return Counter(_SIGN.findall(_without_links(text)))


def _figures_in_words(text: str) -> Counter[str]:
    table = _numbers()
    return Counter(table[word.lower()] for word in _number_words().findall(text))


def _figures(text: str) -> Counter[str]:
    """Return the numbers in figures of any script, without what groups their digits: "1.200" is "1,200" elsewhere."""
    western = "".join(str(unicodedata.digit(char)) if char.isdigit() and not char.isascii() else char for char in text)
    return Counter(re.sub(r"\D", "", number) for number in _NUMBER.findall(_without_links(western)))


def _links(text: str) -> Counter[str]:
    return Counter(link.rstrip(".,;:!?") for link in _LINK.findall(text))


def _without_links(text: str) -> str:
    return _LINK.sub(" ", text)


def _names(text: str, other: str, is_word: IsWord) -> set[str]:
    """Return the words of an English sentence that are names, in small letters; what begins it is one unless ordinary.

    What is a name in `other` is one here, however it is written.
    """
    found = set(_capitals(text))
    names = {name.lower() for name in (*found, *_capitals(other))}
    first = next(iter(_WORD.findall(_without_links(text))), "")
    words = [_POSSESSIVE.sub("", word.lower()) for word in _WORD.findall(_without_links(text))]
    others = {_POSSESSIVE.sub("", word.lower()) for word in _WORD.findall(_without_links(other))}
    new = {word for word in words if word not in others and _is_proper(word, is_word, word == first.lower())}
    return {word for word in words if word in names} | new


def _is_proper(word: str, is_word: IsWord, is_first: bool) -> bool:
    """Return whether ordinary English lacks a word; one that begins a sentence counts though no capital tells."""
    return word in proper_words() or is_first and not is_word(word)


def _capitals(text: str) -> list[str]:
    """Return the words with a capital that does not come from beginning a sentence, without "'s"."""
    words = list(_WORD.finditer(_without_links(text)))
    return [
        _POSSESSIVE.sub("", word[0])
        for place, word in enumerate(words)
        if (word[0][0].isupper() and place > 0 or not word[0][1:].islower() and word[0][1:])
        and word[0] != "I"
        and not word[0].startswith(("I'", "I’"))
        and not _after_colon(text, word.start())
    ]


def _after_colon(text: str, at: int) -> bool:
    """Return whether a word begins what is like a sentence: after a colon, an opening bracket or a quotation mark."""
    return text[:at].rstrip().endswith((":", "(", '"', "“"))


def _weighty(text: str) -> Counter[str]:
    """Return the groups of weighty words that an English sentence has, and how often those that deny."""
    lower = text.lower().replace("’", "'")
    found = Counter({name: len(pattern.findall(lower)) for name, pattern in _groups().items()})
    return +Counter({name: number if name in COUNTED else min(number, 1) for name, number in found.items()})


@cache
def _is_weighty(word: str) -> bool:
    """Return whether a word is looked at already, as a weighty one or as a number."""
    return bool(_number_words().fullmatch(word)) or any(group.fullmatch(word) for group in _groups().values())


def _is_left(plain: str, said: str) -> bool:
    """Return whether a sentence was not translated; names are not counted, since they stay."""
    own, names = {word.lower() for word in _WORD.findall(plain)}, {_folded(name) for name in _capitals(plain)}
    words = [word.lower() for word in _WORD.findall(said) if _folded(word) not in names]
    return len(words) >= FEW and sum(word in own for word in words) > FOREIGN_SHARE * len(words)


def _folded(word: str) -> str:
    """Return a word in small letters without accents."""
    apart = unicodedata.normalize("NFKD", word.casefold())
    return "".join(char for char in apart if not unicodedata.combining(char))


@cache
def _told() -> dict[str, dict[str, list[str]]]:
    told: dict[str, dict[str, list[str]]] = YAML(typ="safe").load(FILE)
    return told


@cache
def _groups() -> dict[str, re.Pattern[str]]:
    return {name: _any_of(words) for name, words in _told()["groups"].items()}


@cache
def _numbers() -> dict[str, str]:
    return {word: str(figure) for word, figure in dict(_told()["numbers"]).items()}


@cache
def _number_words() -> re.Pattern[str]:
    return re.compile(_any_of(list(_numbers())).pattern, re.I)


def _any_of(words: list[str]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    whole = "|".join(re.escape(word) for word in longest_first if word[0] != ANY_START)
    ends = "".join(rf"|\w{re.escape(word[1:])}\b" for word in longest_first if word[0] == ANY_START)
    return re.compile(rf"\b(?:{whole})\b{ends}")
