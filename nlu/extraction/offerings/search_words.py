"""Finds what a search is about when nothing else understood it: "beekeeping" of "any beekeeping classes on Saturdays?".

Only content words count that are no name, no criterion and no word of nlu/data/search_words.yml. Which of them the catalogue
holds is not decided here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from nlu.data_files import read_words
from nlu.extraction.entity_matcher import Name

SUBJECT, TYPE, PLACE, BY, PERSON, OTHER = "subject", "type", "place", "by", "person", "other"
# What a name of the guide is, where the organisation's catalogue does not have it.
ROLES = {
    "field": SUBJECT,
    "industry": SUBJECT,
    "type": TYPE,
    "program": SUBJECT,
    "destination": PLACE,
    "place": PLACE,
    "institution": BY,
    "provider": BY,
}
MOST_READ = 400  # characters of a message that are read; a wish is said in few words
MOST = 4  # phrases of a message
SHORTEST_ROOT = 3  # letters of a word without its ending
SHORTEST_STEM = 5  # letters that words of one stem share
LONGEST = 4  # words of a phrase
_WORD = re.compile(r"[^\W\d_][\w'+#.&-]*[\w+#]|[^\W\d_]")
_SHORTENED = re.compile(r"'(?:s|d|ll|re|ve)$")
_CLAUSE = re.compile(r"[.;,!?]|\b(?:and|but|so|because)\b", re.I)
_JOINED = re.compile(r"^\s*(?:,|and|or|&|/|, and|, or)\s*$", re.I)
SHORTEST_NEIGHBOUR, LONGEST_NEIGHBOUR = 4, 20  # letters of an everyday word that may belong to a name
_AFTER = re.compile(r"[ -]([\w'-]{1,20})")
_BEFORE = re.compile(r"([\w'-]{1,18})[ -]$")
_RULES_OUT = re.compile(r"\b(?:no|not (?:too|so|very|that))\s(?:final |written |formal |big )?$", re.I)
_FOR_A_PERSON = re.compile(r"\b(?:can|could|may|might|would|should)\s(?:an?|my|our)\s(?:[\w-]{1,15}\s){0,2}$", re.I)
# Not at the beginning of a message: "isn't in Cork anything on offer?" asks.
_IS_NOT = re.compile(r"(?<=[\w,]\s)(?:is|are)(?:n't| not)\s(?:(?:in|at|on|held|taught|based|offered)\s){0,2}$", re.I)
_ARTICLES = ("a", "an", "the", "some", "any")
Span = tuple[int, int]


@dataclass(frozen=True)
class SearchWord:
    """A phrase that is sought, at text[start:end] of a message; `name` is the kind and key of it if the guide names it.

    `role` is SUBJECT, TYPE, PLACE ("in Kilkenny"), BY (who offers it), PERSON ("I'm a nurse") or OTHER ("with childcare").
    `joined` tells that it stands beside another sought thing as an alternative ("pottery or beekeeping"), `clear` that the
    words around it make it what a program is about ("learn pottery", "pottery classes").
    """

    text: str
    start: int
    end: int
    role: str
    joined: bool = False
    clear: bool = False
    name: tuple[str, str] | None = None


def find_search_words(text: str, covered: Iterable[Span], named: Iterable[Name] = ()) -> list[SearchWord]:
    """Return the phrases of a message that are sought; `covered` are the spans of the catalogue's names and of criteria.

    `named` are names of the guide, which count as phrases of their own where they are not covered.
    """
    read = text[:MOST_READ].replace("\u2019", "'")
    taken = sorted(covered)
    names = _names_in(read, named, taken)
    spans = sorted([*taken, *((each.start, each.end) for each in names)])
    further = _further_wishes(read, spans)
    spans = sorted([*spans, *((each.start, each.end) for each in further)])
    words = [
        SearchWord(read[start:end], start, end, _role(read, start, end)) for start, end in _phrases(read, spans)[:MOST]
    ]
    found = sorted([*names, *words, *further, *_kinds(read, spans)], key=lambda each: each.start)
    places = [*taken, *((each.start, each.end) for each in found)]
    return [
        replace(
            each,
            joined=_is_joined(read, each.start, each.end, places),
            clear=each.role in (SUBJECT, OTHER) and each not in further and _is_clear(read, each.start, each.end),
        )
        for each in found
    ]


def _names_in(text: str, named_in: Iterable[Name], taken: Sequence[Span]) -> list[SearchWord]:
    """Return the guide's names outside of what is taken; of several at one place the first."""
    found: dict[int, SearchWord] = {}
    for name in named_in:
        free = name.end <= len(text) and all(name.end <= start or end <= name.start for start, end in taken)
        if free and name.exact and name.kind in ROLES:
            start = _without_lead(text, name.start, name.end)
            end = _without_tail(text, start, name.end)
            role, named = ROLES[name.kind], (name.kind, name.key)
            role = PERSON if _role(text, start, end) == PERSON else role
            found.setdefault(start, SearchWord(text[start:end], start, end, role, name=named))
    return list(found.values())


def _kinds(text: str, taken: Sequence[Span]) -> list[SearchWord]:
    """Return the words for kinds of programs that a catalogue may not have ("apprenticeship")."""
    tokens = (token for token in _WORD.finditer(text) if token[0].lower() in _words("other_kinds"))
    free = (token for token in tokens if not any(start < token.end() and token.start() < end for start, end in taken))
    return [SearchWord(token[0], token.start(), token.end(), TYPE) for token in free]


def _further_wishes(text: str, taken: Sequence[Span]) -> list[SearchWord]:
    """Return the wishes for which listings have no place ("part-time"); what tells of the person is none."""
    found = (match.span() for match in _further_pattern().finditer(text))
    free = [(start, end) for start, end in found if not any(first < end and start < last for first, last in taken)]
    return [
        SearchWord(text[start:end], start, end, PERSON if _role(text, start, end) == PERSON else OTHER)
        for start, end in free
    ]


def find_not_searched(text: str) -> list[Span]:
    """Return where a message wishes for what cannot be searched, and so must be said ("at most 20 seats")."""
    return [match.span() for match in _not_searched_pattern().finditer(text[:MOST_READ])]


def _without_lead(text: str, start: int, end: int) -> int:
    """Return where a name begins without words that add nothing: "data" of "in data"."""
    tokens = list(_WORD.finditer(text, start, end))
    return next((token.start() for token in tokens if not _is_filler(token[0])), start)


def _without_tail(text: str, start: int, end: int) -> int:
    """Return where a name ends without words that add nothing: "language" of "language courses"."""
    tokens = list(_WORD.finditer(text, start, end))
    return next((token.end() for token in reversed(tokens) if not _is_filler(token[0])), end)


def _phrases(text: str, taken: Sequence[Span]) -> list[Span]:
    """Return the runs of content words outside of what is taken."""
    found: list[list[re.Match[str]]] = []
    for token in _WORD.finditer(text):
        if (
            _is_filler(token[0])
            or _says_how_much(text, token.start())
            or any(start < token.end() and token.start() < end for start, end in taken)
        ):
            continue
        last = found[-1][-1] if found else None
        if last and not text[last.end() : token.start()].strip(" -") and len(found[-1]) < LONGEST:
            found[-1].append(token)
        else:
            found.append([token])
    return [(tokens[0].start(), tokens[-1].end()) for tokens in found]


def seeks_programs(text: str) -> bool:
    """Return whether a message holds a word for what is sought ("course", "classes")."""
    words = _words("programs")
    return any(token[0].lower() in words for token in _WORD.finditer(text[:MOST_READ]))


def seeks_at_all(text: str) -> bool:
    """Return whether a message holds a word with which people look for programs ("learn", "anything", "courses")."""
    words = _words("programs") | _words("seeking")
    return any(token[0].lower() in words for token in _WORD.finditer(text[:MOST_READ]))


def holds_content(text: str) -> bool:
    """Return whether a text holds a word that may be what is sought."""
    return any(not _is_filler(token[0]) for token in _WORD.finditer(text))


def language_after(text: str, end: int) -> int:
    """Return where a word for a language ends that stands right after a name ("Irish language"), or 0."""
    behind = _AFTER.match(text, end)
    return behind.end() if behind and behind[1].lower() in _words("of_language") else 0


def places_follow() -> frozenset[str]:
    """Return the words after which a place stands ("in")."""
    return _words("of_place")


def means_any_program(name: str) -> bool:
    """Return whether a type's name is what people say of any program."""
    return all(word in _words("any_program") for word in name.lower().split())


def same_in_other_words(text: str, form: str) -> bool:
    """Return whether two forms of a name are the same in letters, initials or stem ("AI", "cyber security", "nurses")."""
    one, other = text.lower(), form.lower()
    if one.replace(" ", "").replace("-", "") == other.replace(" ", "").replace("-", ""):
        return True
    if one == _initials(other) or other == _initials(one):
        return True
    alike = len(one.split()) == len(other.split()) == 1 and len(one) >= SHORTEST_STEM
    return alike and one[:SHORTEST_STEM] == other[:SHORTEST_STEM]


def same_stems(text: str, label: str) -> bool:
    """Return whether words name those who do what a label names: "nurses" and "Nursing", "project manager"."""
    one, other = text.lower().split(), label.lower().split()
    return len(one) == len(other) and all(_stem(word) == _stem(of) for word, of in zip(one, other, strict=True))


def is_shortened(text: str, label: str) -> bool:
    """Return whether words name what a label of several words names, some of them by their beginnings: "vet nurse"."""
    one, other = text.lower().split(), label.lower().split()
    if len(one) != len(other) or len(one) < 2:
        return False
    whole = [_stem(word) == _stem(of) for word, of in zip(one, other, strict=True)]
    begun = [len(word) >= SHORTEST_ROOT and of.startswith(word) for word, of in zip(one, other, strict=True)]
    return any(whole) and all(is_whole or begins for is_whole, begins in zip(whole, begun, strict=True))


def shortened(label: str) -> list[str]:
    """Return a label with its long words as people shorten them: "postgrad certificate"."""
    pairs = (line.split() for line in read_words("search_words")["short_kinds"].splitlines())
    plain = label.lower()
    return [plain.replace(long, short) for long, short in pairs if long in plain.split()]


def _stem(word: str) -> str:
    if word in _words("false_friends"):
        return word
    ending = next((end for end in _endings() if word.endswith(end)), "")
    return word[: -len(ending)] if ending and len(word) - len(ending) >= SHORTEST_ROOT else word


def _initials(text: str) -> str:
    words = text.replace("-", " ").split()
    return "".join(word[0] for word in words) if len(words) > 1 else ""


def is_for_all(level: str) -> bool:
    """Return whether a stated level holds for every learner ("All levels", "Open to all")."""
    return not _words("any_level").isdisjoint(level.lower().split())


def _says_how_much(text: str, start: int) -> bool:
    """Return whether the word before makes a word say how something is: "too early", "so hard"."""
    ahead = _BEFORE.search(text[max(0, start - LONGEST_NEIGHBOUR) : start])
    return ahead is not None and ahead[1].lower() in _words("how_much") and not is_ruled_out(text, start)


def _is_filler(word: str) -> bool:
    lower = _SHORTENED.sub("", word.lower()).rstrip(".")
    says_how = lower.endswith("ly") and len(lower) > 4 and lower not in _words("ly_words")
    return lower in _fillers() or says_how or len(lower) < 2 and lower not in ("c", "r")


def _role(text: str, start: int, end: int) -> str:
    """Return what a phrase is, by the words before it."""
    ahead = [each for each in re.findall(r"[\w']+", text[max(0, start - 40) : start].lower()) if each not in _ARTICLES]
    last = ahead[-1] if ahead else ""
    if _is_person(text, start, ahead):
        return PERSON
    every = all(word[0].isupper() for word in text[start:end].split())  # "Viking history" is no place
    named = every or _is_proper(text[start:end])
    if last in _words("of_place") and (named or last in _words("of_place_alone")):
        return PLACE
    if last in ("my", "our") and set(ahead[-2:-1]) & _words("improving") or ahead[-3:-1] == ["brush", "up"]:
        return SUBJECT
    does = last in _words("of_person_doing") and bool(set(ahead[-2:-1]) & _words("somebody"))
    if last in _words("of_person") or does or _tells_of_person(text[max(0, start - 80) : start]):
        return PERSON
    if ahead[-1:] == ["with"] and set(ahead[-3:-1]) & _words("skilled"):  # "I'm not great with computers"
        return PERSON
    if last == "to" and set(ahead[-5:-1]) & _words("teaching"):  # "teach coding to children"
        return OTHER
    looked_for = last == "for" and set(ahead[-2:-1]) & _words("looked")
    if ahead[-1:] == ["with"] and set(ahead[-2:-1]) & _words("handling"):  # "work with wood"
        return SUBJECT
    if set(ahead[-2:]) & _words("with") or last == "for" and not looked_for:
        return OTHER
    return SUBJECT


def _is_person(text: str, start: int, ahead: Sequence[str]) -> bool:
    """Return whether the words before a phrase make it tell of the person: where they are from, or "could a teacher ..."."""
    told = _tells_of_person(text[max(0, start - 80) : start])
    from_there = ahead[-1:] == ["from"] and (set(ahead[-2:-1]) & _words("coming") or told)
    return bool(from_there) or bool(_FOR_A_PERSON.search(text[max(0, start - 60) : start]))


def is_ruled_out(text: str, start: int) -> bool:
    """Return whether the words before a phrase rule it out as a thing that programs have or are: "no exam", "not too dry"."""
    return bool(_RULES_OUT.search(text[max(0, start - 20) : start]))


def is_not(text: str, start: int) -> bool:
    """Return whether the words before a name deny it of what is sought: "and isn't in Cork"."""
    return bool(_IS_NOT.search(text[max(0, start - 40) : start].replace("\u2019", "'")))


def _tells_of_person(before: str) -> bool:
    """Return whether the words of the clause before a phrase tell of the person and wish nothing: "I lost my job in a ..."."""
    words = re.findall(r"[\w']+", _CLAUSE.split(before)[-1].lower())
    return bool(words) and words[0] in _words("first_person") and _words("wishing").isdisjoint(words)


def stands_beside(text: str, start: int) -> bool:
    """Return whether what stands at a place is to come with a program rather than to be its subject ("with a nursery")."""
    ahead = [each for each in re.findall(r"[\w']+", text[max(0, start - 40) : start].lower()) if each not in _ARTICLES]
    return bool(set(ahead[-2:]) & _words("with"))


def _is_clear(text: str, start: int, end: int) -> bool:
    """Return whether the words right before or after a phrase make it what a program is about."""
    ahead = [each for each in re.findall(r"[\w'-]+", text[max(0, start - 40) : start].lower()) if each not in _ARTICLES]
    if len(ahead) > 1 and ahead[-1] in ("to", "how"):  # "learn to brew", "learn how to brew"
        ahead = [each for each in ahead if each not in ("to", "how")]
    behind = re.match(r"\s*([\w-]+)", text[end : end + 40].lower())
    right_before = {*ahead[-1:], "_".join(ahead[-2:])}
    if behind and behind[1] in _words("programs") or right_before & _words("before_subject"):
        return True
    if ahead[-1:] == ["with"] and ahead[-2:-1] and ahead[-2] in _words("handling"):
        return True
    if ahead[-3:-1] == ["how", "to"] and _words("programs").intersection(ahead):  # "a course on how to keep bees"
        return True
    if ahead[-1:] == ["my"] and set(ahead[-2:-1]) & _words("improving"):
        return True
    if len(ahead) > 1 and ahead[-1] in ("in", "on", "for") and ahead[-2] in _words("there_is"):
        return True
    return ahead[-1:] == ["with"] and bool(set(ahead[-3:-1]) & (_words("programs") | {"anything", "something"}))


def _is_joined(text: str, start: int, end: int, others: Sequence[Span]) -> bool:
    return any(
        _JOINED.match(text[first:last])
        for other in others
        for first, last in ((other[1], start), (end, other[0]))
        if 0 < last - first < 8
    )


def is_slip(word: str) -> bool:
    """Return whether a word is one typing mistake away from a word that is in many messages and never sought: "anithing"."""
    plain = word.lower()
    often = _words("often_mistyped")
    return plain not in often and process.extractOne(plain, often, scorer=OSA.distance, score_cutoff=1) is not None


def neighbours(text: str, start: int, end: int) -> Iterator[Span]:
    """Yield where a phrase stands together with the everyday word after or before it, which may belong to its name."""
    if (behind := _AFTER.match(text, end)) and _may_belong(behind[1]):
        yield start, behind.end()
    ahead = _BEFORE.search(text[max(0, start - LONGEST_NEIGHBOUR) : start])
    if ahead and _may_belong(ahead[1]):
        yield start - len(ahead[0]), end


def _may_belong(word: str) -> bool:
    plain = word.lower()
    return len(plain) >= SHORTEST_NEIGHBOUR and not (plain in _words("programs") or plain in _words("seeking"))


def _is_proper(phrase: str) -> bool:
    return phrase.split()[0].lower() in _proper()


@cache
def _words(group: str) -> frozenset[str]:
    return frozenset(read_words("search_words")[group].split())


@cache
def _not_searched_pattern() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(read_words('search_words')['not_searched'].splitlines())})", re.I)


@cache
def _further_pattern() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(read_words('search_words')['further_wishes'].splitlines())})\b", re.I)


@cache
def _endings() -> tuple[str, ...]:
    """Return the endings of words for people and what they do, the longest first."""
    return tuple(sorted(read_words("search_words")["endings_of_people"].split(), key=len, reverse=True))


@cache
def _fillers() -> frozenset[str]:
    others = (word for words in read_words("attribute_fillers").values() for word in words.split())
    kinds = (word for words in read_words("kind_words").values() for word in words.split())
    short = read_words("short_forms")
    return frozenset({*_words("fillers"), *_words("programs"), *_words("seeking"), *short, *others, *kinds})


@cache
def _proper() -> frozenset[str]:
    return frozenset(word for words in read_words("proper_words").values() for word in words.split())
