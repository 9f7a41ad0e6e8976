"""Finds what looks like a name in a message and stands neither in the catalogue nor in the guide: "Is it accepted by NZQA?".

A topic classifier cannot see such a name, and would answer as if it weren't there. What counts is the shape (an
abbreviation, a product's capitals, a capital inside a sentence), a place in the sentence where only a name can stand
("accepted by ...", "University of ..."), and whether ordinary English has the word. When in doubt it is no name: a
name that is missed costs a general answer, a word that is taken for one makes a fool of the advisor.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from nlu.data_files import read_words
from nlu.text.bounds import after, before

MOST = 3  # names that are told of one message
LONGEST = 40  # letters of a name; more are no name
SHOUTED, TITLED = 0.6, 0.6  # share of the words in capitals, or with a capital first, from which capitals mean nothing
FEW_WORDS = 4  # words up to which a capital first is no sign of a title
SHORTEST = 4  # letters of a word in small letters, or at the start of a sentence, that may be a name
ABBREVIATION = re.compile(r"[A-Z][A-Z0-9]*(?:&[A-Z0-9]+|[A-Z0-9])(?:-[A-Z0-9]+)?")
LONGEST_ABBREVIATION = 7
CAMEL = re.compile(r"[A-Za-z]{0,30}[a-z][A-Z][a-z]\w*|[a-z]{1,2}[A-Z][A-Za-z]+")
# Endings of ordinary words that the vocabulary may lack; names rarely have them.
ORDINARY_END = re.compile(
    r"(?:ing|ings|ed|ment|ments|tion|tions|sion|sions|ology|ologist|ologists|ics|istry|try|ity|ities|ness|ism|ist|ists|ship|ships|"
    r"ance|ence|able|ible|ably|ibly|ous|ive|ives|ly|graphy|grapher|nomy|ancy|ency|wise|less|ful|like|ially|ally|icals?|keeping|"
    r"maker|makers|worker|workers|writer|writers|certs?|ians?|eans?|ese|ish)\Z"
)
SENTENCE_START = re.compile(r"(?:^|[.?!:;\n(\"“])\W{0,20}\Z")
# Before a single capital: a place of living, or a person.
OF_PLACE = re.compile(
    r"\b(?:in|from|to|near|around|across|between|outside|inside|within|live|based|visit|leave)\s+(?:the\s+)?\Z", re.I
)
OF_PERSON = re.compile(
    r"\b(?:i'?\s?a?m|name'?s?(?:\s+is)?|this is|call me|mr|mrs|ms|dr|prof|professor|miss|dear|hi+|hello|hey|hiya|friend|"
    r"brother|sister|son|daughter|wife|husband|cousin|nephew|niece|regards|thanks|thank you|cheers|sir|madam|uncle|aunt(?:ie)?|"
    r"good (?:morning|afternoon|evening))[\s,.!:-]+(?:(?:is|called|named|there)\s+)?\Z",
    re.I,
)
# What a person tells of themselves or of somebody else is not asked about ("I work at ...", "she graduated from ...").
OF_ONESELF = re.compile(
    r"\b(?:i|we|i'?ve|i'?m|she|he|they|who)\s+(?:\w+\s+){0,2}?(?:work(?:ed|ing)?|stud(?:y|ied|ying)|graduated?|did|finished|completed|interned|"
    r"employed|got|left|joined|taught|teach)\b[^.?!,;]*\Z",
    re.I,
)
ANY = re.compile(r"\b(?:an?|any|each|every|another|which|what|some|no|my|your|our|their|his|her|this|that)\s+\Z", re.I)
SIGNED = re.compile(r"\W{0,20}\Z")  # a name that ends the message after a comma is a signature
SCHOOL = r"university|institute|college|academy|polytechnic|politecnico|universit[àéy]|univ"
OF_SCHOOL = re.compile(
    rf"\b(?:{SCHOOL}|school|board|council|ministry|bank) of (?:the )?(?P<name>[^\W\d_][\w'-]+(?: [^\W\d_][\w'-]+)?)",
    re.I,
)
NAMED_SCHOOL = re.compile(rf"\b(?P<name>[^\W\d_][\w'-]{{1,40}}) (?P<school>{SCHOOL})\b", re.I)
ACCEPTING = (
    r"accepts?|recogni[sz]es?|takes?|hires?|values?|approves?|likes?|wants?|honou?rs?|endorses?|respects?|acknowledges?|trusts?|"
    r"employs?|recruits?|sponsors?|regulates?|accredits?|prefers?|counts?"
)
ACCEPTED = (
    r"accepted|recogni[sz]ed|approved|accredited|endorsed|valued|hired|regulated|registered|listed|trusted|respected|validated|"
    r"evaluated|acknowledged|certified|licen[sc]ed|assessed|honou?red"
)
NAME = r"(?P<name>[^\W\d_][\w&-]*(?: [^\W\d_][\w&-]*)?)"
ASKING = r"\b(?:do|does|did|will|would|can|could|if|that|whether)\s+(?:the\s+)?"
# "What is a Joint Study Programme?": the sentence itself is in small letters.
DEFINED = re.compile(
    r"\b[Ww]hat(?:'s| is| are| does) (?:an? |the )?"
    r"(?P<name>[A-Z][\w-]{2,30}(?: (?:of |and |for |the )?[A-Z][\w-]{1,30}){1,3})(?=\W|$)"
)
SLOTS = (
    re.compile(rf"\b(?:{ACCEPTED})\s+(?:by|with|at|through)\s+(?:the\s+)?{NAME}", re.I),
    re.compile(rf"{ASKING}{NAME}\s+(?:(?:even|also|really|actually)\s+)?(?:{ACCEPTING})\b", re.I),
    re.compile(rf"\A(?:the\s+)?{NAME}\s+(?:{ACCEPTING})\b", re.I),
    re.compile(rf"\b(?:jobs?|work|career|position|role|interview)\s+(?:at|with)\s+{NAME}", re.I),
)
TOKEN = re.compile(r"[^\W_]+(?:[&'’.-][^\W_]+)*")
VOWELS = re.compile(r"[aeiouy]", re.I)
LISTED = re.compile(r"\s?[,/]\s?|,?\s(?:or|and|vs\.?|versus)\s")
LISTING = {"or", "and", "vs", "versus"}
JOINERS = {"of", "and", "&", "de", "for"}
Span = tuple[int, int]


@dataclass(frozen=True)
class Token:
    """A word of the message: text[start:end]."""

    text: str
    start: int
    end: int

    @property
    def lower(self) -> str:
        """The word in small letters, without what an apostrophe adds."""
        return re.sub(r"['’]\w{0,2}\Z", "", self.text.lower())


class UnknownNames:
    """Finder of names that nobody has told the advisor about.

    `is_word` tells the words of the sentence model's vocabulary, `own` are the words of the guide and its phrasings, and
    `corrected` returns a word without its typing mistake.
    """

    def __init__(self, is_word: Callable[[str], bool], own: Iterable[str], corrected: Callable[[str], str]) -> None:
        self._is_word, self._own, self._corrected = is_word, frozenset(own), corrected

    def find(
        self, text: str, taken: Iterable[Span], places: Iterable[Span] = (), unanswered: bool = False
    ) -> list[str]:
        """Return the unknown names in the order of the message.

        `taken` are the spans of the catalogue's names, `places` those of them that name a city or a country: the
        university of a known city may be unknown. `unanswered` tells that the message has no answer, so that what it asks to
        be told of by a name of known words is unknown, too.
        """
        covered = sorted(set(taken))
        tokens = [_token(match) for match in TOKEN.finditer(text)]
        found = [
            *self._schools(text, tokens, covered, set(places)),
            *self._in_slots(text, covered),
            *self._products(text, tokens, covered),
            *self._defined(text, covered, unanswered),
        ]
        if not _shouts(tokens):
            found += self._by_shape(text, [token for token in tokens if _free(token, covered)])
        found += self._beside(text, tokens, covered, [span for span, _ in found])
        return _told([pair for pair in found if not OF_ONESELF.search(before(text, pair[0][0]))])

    def _by_shape(self, text: str, tokens: list[Token]) -> Iterator[tuple[Span, str]]:
        """Yield abbreviations, names with capitals inside, and runs of words with a capital first."""
        titled = _is_titled(tokens)
        marked = [(token, self._is_marked(text, token, titled)) for token in tokens]
        position = 0
        for is_name, group in groupby(marked, key=lambda pair: pair[1]):
            run = [token for token, _ in group]
            if is_name:
                for part in _adjacent(text, run, tokens[position + len(run) :]):
                    if not self._is_person_or_place(text, part):
                        yield (part[0].start, part[-1].end), text[part[0].start : part[-1].end]
            position += len(run)

    def _is_marked(self, text: str, token: Token, titled: bool) -> bool:
        """Return whether a word looks like a name by itself."""
        if self._is_abbreviation(token) or CAMEL.fullmatch(token.text) and not self._is_known(token.lower):
            return True
        if titled or not token.text[0].isupper() or token.text.isupper() or self._is_ordinary(token.lower):
            return False
        if SENTENCE_START.search(before(text, token.start)):  # a capital there says nothing
            return len(token.text) >= SHORTEST and not self._is_word(token.lower) and self._is_lone_subject(text, token)
        return True

    def _is_abbreviation(self, token: Token) -> bool:
        if len(token.text) > LONGEST_ABBREVIATION or not ABBREVIATION.fullmatch(token.text):
            return False
        letters = [letter for letter in token.text if letter.isalpha()]
        return len(letters) > 1 and not self._is_known(token.lower) and not self._is_ordinary(token.lower)

    def _is_lone_subject(self, text: str, token: Token) -> bool:
        """Return whether the first word of a sentence is what accepts or is asked about ("Infosys accepts these?")."""
        return bool(
            re.match(rf"\s+(?:{ACCEPTING}|valid|ok|good|certificates?|exams?|jobs?)\b", after(text, token.end), re.I)
        )

    def _is_person_or_place(self, text: str, run: list[Token]) -> bool:
        """Return whether a run of capitals names a person, a place of living, or signs the message."""
        shaped = any(self._is_abbreviation(token) or CAMEL.fullmatch(token.text) for token in run)
        ahead = before(text, run[0].start)
        if OF_PERSON.search(ahead) and not shaped:
            return True
        signs = ahead.rstrip().endswith((",", "-")) and SIGNED.match(text[run[-1].end :])
        return not shaped and len(run) == 1 and bool(OF_PLACE.search(ahead) or signs)

    def _schools(
        self, text: str, tokens: list[Token], taken: list[Span], places: set[Span]
    ) -> Iterator[tuple[Span, str]]:
        """Yield schools and authorities by their form, in capitals or not."""
        for match in OF_SCHOOL.finditer(text):
            start = match.start("name")
            words = self._name_words(match["name"], start, taken, places)
            if words and _outside(match.span(), taken, but=start):
                yield (match.start(), start + len(words)), _as_title(text[match.start() : start + len(words)])
        plain = _shouts(tokens) or _is_titled(tokens)
        for match in NAMED_SCHOOL.finditer(text):
            name, school = match["name"], match["school"]
            capital = name[0].isupper() and not plain
            chosen = (
                capital
                and school[0].isupper()
                and not self._is_known(name.lower())
                and not ANY.search(before(text, match.start()))
            )
            if (chosen or self._is_nameable(name, capital)) and _outside(match.span(), taken):
                yield match.span(), _as_title(match[0])

    def _in_slots(self, text: str, taken: list[Span]) -> Iterator[tuple[Span, str]]:
        """Yield names in places where only somebody's name can stand, in capitals or not."""
        for pattern in SLOTS:
            for match in pattern.finditer(text):
                first = match["name"].split()[0]
                span = (match.start("name"), match.start("name") + len(first))
                if self._is_nameable(first, False) and _outside(span, taken):
                    yield span, self._shown(first)

    def _products(self, text: str, tokens: list[Token], taken: list[Span]) -> Iterator[tuple[Span, str]]:
        """Yield products whose name begins with a catalogue name ("Plus" after a platform)."""
        starts = {start for start, _ in taken}
        for start, end in taken:
            token = next((token for token in tokens if token.start == end + 1), None)
            if token and token.lower in _not_unknown("products") and token.end + 1 not in starts:
                yield (start, token.end), _as_title(text[start : token.end])

    def _defined(self, text: str, taken: list[Span], unanswered: bool) -> Iterator[tuple[Span, str]]:
        """Yield what a message asks to have explained, written as a name, if a word of it is unknown or nothing answers."""
        for match in DEFINED.finditer(text):
            start, end = match.span("name")
            words = [token for token in map(_token, TOKEN.finditer(text, start, end)) if token.lower not in JOINERS]
            free = [token for token in words if _free(token, taken)]
            new = any(not self._is_known(token.lower) for token in free)
            # "European Skills Agenda" begins with a known name and is another one.
            if free == words and (new or unanswered) or new and len(free) > 1:
                yield (start, end), match["name"]

    def _beside(
        self, text: str, tokens: list[Token], taken: list[Span], found: list[Span]
    ) -> Iterator[tuple[Span, str]]:
        """Yield names in small letters that are listed with an unknown one: "telc or DSH"."""
        words = [token for token in tokens if token.lower not in LISTING]
        for token, following in zip(words, words[1:], strict=False):
            if not LISTED.fullmatch(text[token.end : following.start]):
                continue
            for one, other in ((token, following), (following, token)):
                listed = _free(one, [*taken, *found]) and not _free(other, found) and one.text.islower()
                if listed and self._is_nameable(one.lower, False):
                    yield (one.start, one.end), one.text

    def _name_words(self, name: str, start: int, taken: list[Span], places: set[Span]) -> str:
        """Return the words of a name that are one: a place of the catalogue, or no ordinary English."""
        first, _, second = name.partition(" ")
        covering = next((span for span in taken if span[0] <= start < span[1]), None)
        if covering:
            return name[: covering[1] - start] if covering in places else ""
        if not self._is_nameable(first, first[0].isupper()):
            return ""
        return name if second and second[0].isupper() and not _covered(start + len(first) + 1, taken) else first

    def _is_nameable(self, word: str, capital: bool) -> bool:
        """Return whether a word can only be a name; a capital first lets short ones count too."""
        lower = word.lower()
        if self._is_ordinary(lower) or self._is_known(lower) or len(lower) < (2 if capital else SHORTEST):
            return False
        return capital or lower in _proper() or self._corrected(lower) == lower

    def _is_known(self, lower: str) -> bool:
        """Return whether the guide, its phrasings or the list of what is never asked about have the word."""
        singular = lower.removesuffix("s")
        return any(form in self._own or form in _never_asked() for form in (lower, singular))

    def _is_ordinary(self, lower: str) -> bool:
        """Return whether ordinary English, or the guide, has the word."""
        if lower in _proper():
            return lower in self._own or lower in _never_asked()
        if "-" in lower:
            return all(self._is_ordinary(part) for part in lower.split("-"))
        forms = (lower, lower.removesuffix("s"), lower.removesuffix("es"))
        if self._is_known(lower) or any(
            len(form) > 2 and self._is_word(form) and form not in _proper() for form in forms
        ):
            return True
        if len(lower) <= 2 and self._is_word(lower):
            return True
        return bool(ORDINARY_END.search(lower)) or len(lower) > SHORTEST and self._corrected(lower) != lower

    def _shown(self, word: str) -> str:
        """Return a name as it is written: an abbreviation that nobody can pronounce in capitals, others with a capital."""
        if not word.islower():
            return word
        spelt = len(word) <= 5 and word not in _proper() and len(VOWELS.findall(word)) * 3 <= len(word)
        return word.upper() if spelt else word.capitalize()


def _told(found: Iterable[tuple[Span, str]]) -> list[str]:
    """Return the longest names where several overlap, in their order, each once."""
    chosen: list[tuple[Span, str]] = []
    for span, name in sorted(found, key=lambda pair: (pair[0][0] - pair[0][1], pair[0][0])):
        if len(name) <= LONGEST and all(span[1] <= other[0] or other[1] <= span[0] for other, _ in chosen):
            chosen.append((span, name))
    names = {name.lower(): re.sub(r"['’]s\Z", "", name) for _, name in sorted(chosen)}
    return list(names.values())[:MOST]


def _adjacent(text: str, run: list[Token], following: list[Token]) -> Iterator[list[Token]]:
    """Cut a run of marked words where the text between them is more than a space, "of" or "&"."""
    part = run[:1]
    for token in run[1:]:
        between = text[part[-1].end : token.start].strip().lower()
        if between in JOINERS or not between:
            part.append(token)
        else:
            yield part
            part = [token]
    for token in following:  # "Great Learning": an ordinary word with a capital goes on with the name
        if token.start != part[-1].end + 1 or not token.text[0].isupper() or token.text.isupper():
            break
        part.append(token)
    yield part


def _token(match: re.Match[str]) -> Token:
    return Token(match[0], *match.span())


def _free(token: Token, taken: list[Span]) -> bool:
    return not any(start < token.end and token.start < end for start, end in taken)


def _covered(position: int, taken: list[Span]) -> bool:
    return any(start <= position < end for start, end in taken)


def _outside(span: Span, taken: list[Span], but: int | None = None) -> bool:
    """Return whether no catalogue name overlaps a span, but for one that begins at a position ("University of Melbourne")."""
    return not any(start < span[1] and span[0] < end and start != but for start, end in taken)


def _shouts(tokens: list[Token]) -> bool:
    """Return whether a message is written in capitals, which mean nothing then."""
    words = [token.text for token in tokens if len(token.text) > 1]
    return len(words) > 2 and sum(word.isupper() for word in words) >= SHOUTED * len(words)


def _is_titled(tokens: list[Token]) -> bool:
    """Return whether a message is written like a title, with a capital first in most words."""
    words = [token.text for token in tokens if token.text[0].isalpha()]
    return len(words) >= FEW_WORDS and sum(word[0].isupper() for word in words) >= TITLED * len(words)


def _as_title(text: str) -> str:
    """Return a name in small letters with capitals."""
    return (
        text
        if not text.islower()
        else " ".join(w if w in JOINERS or w == "the" else w.capitalize() for w in text.split())
    )


@lru_cache(maxsize=1)
def _proper() -> frozenset[str]:
    return frozenset(word for words in read_words("proper_words").values() for word in words.split())


@lru_cache(maxsize=1)
def _never_asked() -> frozenset[str]:
    return frozenset(word for kind in ("abbreviations", "tools", "people", "calendar") for word in _not_unknown(kind))


@lru_cache(maxsize=8)
def _not_unknown(kind: str) -> frozenset[str]:
    return frozenset(read_words("not_unknown")[kind].split())
