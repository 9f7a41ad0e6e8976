"""Finds what visitors tell of persons in running text: names, postal addresses, numbers of documents, accounts on platforms.

Only what leaves the machine is looked at in this way. It goes by the words around a name and by the form of addresses and
numbers, and takes rather too much than too little: a word that is covered costs a model a little of its understanding, and
nobody else reads the covered text. What stands in none of these forms, such as a lone first name, is not found.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

FILE = Path(__file__).with_suffix(".yml")
NAME, ADDRESS, NUMBER, ACCOUNT = "[name]", "[address]", "[number]", "[account]"
SHORTEST_NAME = 3  # letters of a part of a name that is covered wherever it stands
SHORTEST_POSTCODE = 4  # digits
MOST_NAME_WORDS = 4
LONGEST_INTRODUCED = 100  # characters after an introduction that are looked at
LONGEST_WITHOUT_SPACES = 4  # characters of a Chinese or Japanese name
# A number of seven digits or more, or of six beside letters: nothing that is asked about has one.
_NUMBERS = re.compile(r"(?<![\w.,])(?:\d{7,24}|(?=[A-Za-z]{0,6}\d{6})[A-Za-z]{0,6}\d{6,16}[A-Za-z]{0,4})(?!\w)")
_NAMED_NUMBERS = re.compile(
    r"\b(?:student|national|tax|social\s+security|insurance|employee|personal|identity|ssn|nin|pesel|dni|nie|cpf|cnp|bsn|aadhaar"
    r"|matric\w*|matrikel\w*|enrol\w*|registration|application|licen[cs]e|id)\b(?:\s+(?:id|no|nr|number|card|code)){0,2}"
    r"\.?\s*(?:is|was|:|=|\#)?\s*\#?(?!(?:19|20)\d\d\b)(?P<number>[A-Z]{0,5}[-/]?\d[\dA-Z./-]{3,20})",
    re.IGNORECASE,
)
_ACCOUNTS = re.compile(
    r"\b(?:www\.)?(?:linkedin\.com/in|facebook\.com|fb\.com|instagram\.com|twitter\.com|x\.com|t\.me|github\.com|vk\.com)/"
    r"[^\s<>\"]+|(?<![\w.@])@[A-Za-z]\w{2,30}\b",
    re.IGNORECASE,
)
_STATE_CODE = re.compile(r"\b[A-Z]{2} \d{5}(?:-\d{4})?\b")
_WORD = re.compile(r"[^\W\d_](?:[\w'’-]*\w)?")
_CASELESS = re.compile(r"[^\s,.!?;:()，。！？、；।؟،\"]{1,40}")  # a word of a script that has no capitals
_WITHOUT_SPACES = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_CAPITALS = r"(?:[^\W\d_a-zß-öø-ÿ][\w'’-]*)"
_OF_PERSON = re.compile(rf"\b(?i:i\s+am|i['’]?m|this\s+is|it['’]?s)\s+(?P<name>{_CAPITALS}(?:\s+{_CAPITALS}){{1,2}})")
_OF_GREETING = re.compile(
    rf"(?i:\b(?:hi|hello|hey|good\s+(?:morning|day|afternoon|evening)|dear\s+\w+)\b[\s,.!]{{1,4}}(?:there[\s,.!]{{1,4}})?"
    rf"(?:i\s+am|i['’]?m|this\s+is|it['’]?s)\s+)(?P<name>{_CAPITALS})"
)


@dataclass(frozen=True)
class Told:
    """What was told of persons in some texts: words that are covered wherever they stand, in small letters.

    `caseless` are names in a script without capitals, which may stand inside of words.
    """

    names: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    caseless: frozenset[str] = frozenset()


def told_in(texts: Iterable[str], person_name: str = "", ordinary: Container[str] = ()) -> Told:
    """Return what texts tell of persons, among it the parts of a name that is known.

    `ordinary` are words in small letters that name nobody by themselves: "I am Software Engineer" tells no name.
    """
    said = [*texts]
    introduced = [name for text in said for name in _introduced_in(text)]
    certain = [person_name, *introduced, *(name for text in said for name in _told_of(text))]
    likely = (_parts([name]) for text in said for name in _likely_in(text))
    places = [
        each.group() for text in said for pattern in (_addresses(), _STATE_CODE) for each in pattern.finditer(text)
    ]
    parts = re.findall(r"\w+", " ".join(places).casefold())
    return Told(
        _parts(certain).union(*(name for name in likely if any(part not in ordinary for part in name))),
        frozenset(part for part in parts if _is_of_place(part)),
        frozenset(name for name in introduced if _is_caseless(name)),
    )


def cover(text: str, told: Told) -> str:
    """Return a text without addresses, numbers and accounts of persons, and without what was told anywhere."""
    for name in sorted(told.caseless, key=len, reverse=True):
        text = text.replace(name, NAME)
    text = _ACCOUNTS.sub(ACCOUNT, text)
    for pattern in (_addresses(), _STATE_CODE):
        text = pattern.sub(ADDRESS, text)
    text = _NAMED_NUMBERS.sub(_without_number, text)
    text = _NUMBERS.sub(NUMBER, text)
    return re.sub(r"\w+", lambda word: _covered(word[0], told), text) if told != Told() else text


def _covered(word: str, told: Told) -> str:
    folded = word.casefold()
    return NAME if folded in told.names else ADDRESS if folded in told.places else word


def _without_number(found: re.Match[str]) -> str:
    begin = found.start("number") - found.start()
    return f"{found.group()[:begin]}{NUMBER}"


def _introduced_in(text: str) -> Iterator[str]:
    """Yield what a text says to be somebody's name, after an introduction."""
    for found in _introduction().finditer(text):
        after = text[found.end() : found.end() + LONGEST_INTRODUCED].lstrip(" \t:\"“'")
        word = _CASELESS.match(after)
        if word and _is_caseless(word[0]):
            yield word[0][:LONGEST_WITHOUT_SPACES] if _WITHOUT_SPACES.search(word[0]) else word[0]
        else:
            yield " ".join(_introduced(after))


def _introduced(after: str) -> Iterator[str]:
    """Yield the words of a name at the start of a text: with capitals as far as they go, in small letters two at most."""
    end, first = 0, ""
    for number, word in enumerate(_WORD.finditer(after)):
        gap = after[end : word.start()]
        if number == MOST_NAME_WORDS or word[0].casefold() in _words()["no_name"] or gap.strip(" \t“.-"):
            return
        if number and (word[0][0].isupper() != first[0].isupper() or not first[0].isupper() and number > 1):
            return
        first, end = first or word[0], word.end()
        yield word[0]


def _told_of(text: str) -> Iterator[str]:
    """Yield names after a title, or after what somebody is to the visitor."""
    for pattern in _others():
        yield from (found["name"] for found in pattern.finditer(text))


def _likely_in(text: str) -> Iterator[str]:
    """Yield what may be the name of whoever writes, and may be what they are, or what they thank for."""
    for pattern in (_OF_PERSON, _OF_GREETING, _of_farewell()):
        yield from (found["name"] for found in pattern.finditer(text))


def _parts(names: Iterable[str]) -> frozenset[str]:
    """Return the parts of names that are long enough, in small letters."""
    words = (word.casefold() for name in names for word in re.findall(r"\w+", name))
    return frozenset(word for word in words if len(word) >= SHORTEST_NAME and word not in _words()["no_name"])


def _is_of_place(part: str) -> bool:
    """Return whether a part of an address tells where somebody lives, also where it stands alone: "NW1", "28013"."""
    return any(char.isdigit() for char in part) and len(part) >= (
        SHORTEST_POSTCODE if part.isdigit() else SHORTEST_NAME
    )


def _is_caseless(word: str) -> bool:
    return bool(word) and word.lower() == word.upper() and not word.isascii()


@cache
def _introduction() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_any(_words()['introductions'])})", re.IGNORECASE)


@cache
def _others() -> tuple[re.Pattern[str], ...]:
    name = rf"(?P<name>{_CAPITALS}(?:\s+{_CAPITALS}){{0,2}})"
    relation = rf"\b(?i:my|his|her)\s+(?i:{_any(_words()['relations'])}),?\s+{name}"
    return re.compile(rf"\b(?:{_any(_words()['titles'])})\.?\s+{name}"), re.compile(relation)


@cache
def _of_farewell() -> re.Pattern[str]:
    name = rf"(?P<name>{_CAPITALS}(?:\s+{_CAPITALS}){{0,2}})"
    return re.compile(rf"\b(?i:{_any(_words()['farewells'])})[,.!\s-]{{1,4}}{name}\W*\Z")


@cache
def _addresses() -> re.Pattern[str]:
    ends, begins, endings = (_any(_words()[f"street_{part}"]) for part in ("ends", "begins", "endings"))
    between = rf"(?!(?:{_any(_words()['no_street'])})\b)[^\W\d_][\w'’.-]{{0,30}}"
    streets = (
        r"\b(?:live|lives|living|reside|residing|address\s+is|address:)\s+(?:at\s+|in\s+)?\d{1,5}\w?\s[^,.;!?\n]{2,60}",
        rf"\b\d{{1,5}}[a-z]?,?\s+(?:{between}\s+){{1,3}}(?:{ends})\b\.?",
        rf"\b\d{{1,5}}[a-z]?,?\s+(?:{begins})\b\.?(?:\s+[^\W\d_][\w'’-]{{1,30}}){{1,4}}",
        rf"\b(?:{begins})\b\.?(?:\s+[^\W\d_][\w'’.-]{{0,30}}){{1,4}},?\s+\d{{1,5}}[a-z]?\b",
        rf"\b[^\W\d_]{{2,30}}(?:{endings})\s*\d{{1,5}}\s?[a-z]?\b",
    )
    town = r"(?:,?\s+\d{4,6}(?:\s?[a-z]{2}\b)?\s+[^\W\d_]{3,30})?"
    others = (
        r"\b(?:flat|apt|apartment|suite|room)\.?\s+\#?\d{1,5}\w?\b",
        r"\bp\.?\s?o\.?\s?box\s+\d+",
        r"\b[a-z]{1,2}\d[a-z\d]?\ ?\d[a-z]{2}\b",  # postcodes of Britain, and of Canada
        r"\b[a-z]\d[a-z]\ ?\d[a-z]\d\b",
    )
    return re.compile(rf"(?:{'|'.join(streets)}){town}|{'|'.join(others)}", re.IGNORECASE)


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@cache
def _words() -> dict[str, frozenset[str]]:
    told = YAML(typ="safe").load(FILE)
    told["introductions"] = [each for phrases in told["introductions"].values() for each in phrases]
    return {name: frozenset(words) for name, words in told.items()}
