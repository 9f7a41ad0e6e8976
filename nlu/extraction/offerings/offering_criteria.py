"""Finds what a message wants of an offering: a time of day or week, a language of teaching, a level in numbers, credits.

These are asked only of an organisation's own catalogue, which states such things; amounts/ and preferences.py find the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from babel import Locale

from nlu.data_files import read_words
from nlu.extraction.amounts.amount import Amount
from nlu.extraction.amounts.ordinals import OTHER, POSITIONS
from nlu.text.bounds import after, before

MOST_COVERED = 4  # words of a message that an attribute takes, at most
MOST_READ = 400  # characters of a message in which attributes are looked for
SCHEDULES = ("evening", "weekend", "self-paced", "daytime")  # keys of offering_criteria.yml and of the catalogue
# What is asked in words that may be a subject, too; the words of all others are none.
MAY_BE_SUBJECTS = (
    "content",
    "subjects",
    "places",
    "campuses",
    "meaning",
    "providers",
    "kinds",
    "ours",
    "compare",
    "schedule",
    "level",
    "others",
    "any_of",
    "two",
    "drops",
    "on_offer",
)
# Keys of offering_criteria.yml, and the order of the list that each wants.
ORDERS = (
    *(("cheap", "price"), ("next", "start"), ("dearest", "dearest"), ("longest", "longest")),
    *(("most credits", "credits"), ("least work", "hours"), ("short", "duration")),
)
DROPPED = ("schedule", "mode", "language", "eqf", "credits", "words", "place", "max_price")
_LANGUAGES = (
    "en",
    "fr",
    "de",
    "es",
    "it",
    "pt",
    "nl",
    "ga",
    "cy",
    "gd",
    "pl",
    "sv",
    "da",
    "nb",
    "fi",
    "cs",
    "el",
    "hu",
    "ro",
)
_MORE_LANGUAGES = (
    "bg",
    "hr",
    "sk",
    "sl",
    "et",
    "lv",
    "lt",
    "mt",
    "ca",
    "eu",
    "gl",
    "is",
    "tr",
    "ru",
    "uk",
    "ar",
    "zh",
    "ja",
    "ko",
    "hi",
)
_EQF = re.compile(
    r"\b(?:eqf|nqf|nfq|rqf|fheq|scqf|cqfw|aqf|nzqcf|nzqf)(?: level)? (?P<framework>\d{1,2})\b"
    r"|\b(?:level|lvl) (?P<level>\d{1,2})\b",
    re.I,
)
_CREDITS = re.compile(
    r"\b(?P<number>\d{1,3}(?:\.5)?)[ -]?"
    r"(?:(?P<unit>ects|cats|ceus?|cpd|cpe)(?: (?:credits?|points?|hours?))?|credits?|credit points?)\b",
    re.I,
)
_OR_MORE = re.compile(
    r"^ ?(?:or (?:more|higher|above|over|up)|and (?:up|above|more|over)|\+|minimum|at least|upwards)", re.I
)
_OR_LESS = re.compile(r"^ ?(?:or (?:less|lower|below|under|fewer)|and (?:below|under)|max(?:imum)?\b|at most)", re.I)
_MORE = re.compile(
    r"\b(?:at least|min(?:imum)?|(?P<beyond>(?<!no )(?<!not )(?:more than|over|above))|from)\s(?:of )?(?:eqf |level )?$",
    re.I,
)
_LESS = re.compile(
    r"\b(?:at most|max(?:imum)?|(?P<beyond>(?<!no )(?<!not )(?:less than|fewer than|under|below))|up to|no(?:t)? more than)"
    r"\s(?:of )?(?:eqf |level )?$",
    re.I,
)
_UNDER = re.compile(
    r"\b(?<!no )(?<!not )(?:under|below|(?:less|cheaper|lower|shorter) than)\s(?:about |around )?"
    r"(?:€|£|\$|eur |usd |gbp )?\s?\d",
    re.I,
)
PASSED = "passed"  # value of "open" in a question whether it is too late
AT_LEAST, AT_MOST = ">", "<"  # doubled for more and for less than
_NTH = "|".join(word for word, position in POSITIONS.items() if position != OTHER)
BEST = "best"  # the position of the first by the order that a message names ("the cheaper one")
_BEST = re.compile(
    r"\b(?:cheap|short|quick|earli|soon|dear|long)(?:er|est) (?:one|option|course|program|programme)\b"
    r"|\b(?:most|least|more|less) expensive (?:one|option|course)\b",
    re.I,
)
_POSITION = re.compile(rf"\b(?P<nth>{_NTH}) (?:one|option|course|program|programme)\b(?! (?:to|that)\b)", re.I)
_WHERE = re.compile(r"\b(?:from|at|near|to|go|stay|stuck)\s(?:my |our )?$", re.I)
# What may stand inside the name of a kind, and is another wish: "short online course".
_BETWEEN_WORDS = r" (?:(?:online|evening|weekend|daytime|self-paced|free|intensive) ){0,2}"
_MODE = re.compile(r"online (?=\w)", re.I)
_MONEY = r"(?:€|£|\$)?"
_BETWEEN = re.compile(
    rf"\bbetween {_MONEY}(?P<least>\d{{1,6}})(?: ?(?:€|£|\$|euros?|eur|pounds?|dollars?))? (?:and|to) "
    rf"{_MONEY}\d{{1,6}}\b(?! ?(?:weeks|months|hours))",
    re.I,
)
_NO_MATTER = (
    r"(?:does(?: no|n'?)t|do(?: no|n'?)t|is(?: no|n'?)t|not) (?:really )?(?:matter|important|an issue|a problem)"
)
_ABOUT = r"(?: about)?(?: the| my| that| in the| at the| on the| in| on)?"
_MAY_DROP = re.compile(
    r"\b(?:any|matter|important|issue|problem|forget|ignore|drop(?:ped|ping)?|remove|clear|never ?mind|regardless|without|"
    r"have to be|"
    r"need to be|needn'?t|necessarily|start(?:s|ed)?)\b",
    re.I,
)


def find_offering_criteria(text: str) -> list[Amount]:
    """Return the criteria of a message in order: schedule, language, eqf, level_number, credits, open, and what is dropped."""
    text = text.replace("\u2019", "'")
    found = [
        *_schedules(text),
        *_languages(text),
        *_levels(text),
        *_credits(text),
        *_open(text),
        *_orders(text),
        *_ranges(text),
    ]
    dropped = [*_dropped(text)] if _MAY_DROP.search(text) else []
    spans = [(each.start, each.end) for each in dropped]
    kept = [each for each in found if not any(start <= each.start < end for start, end in spans)]
    return sorted([*kept, *dropped], key=lambda each: each.start)


def find_modes(text: str, start: int, end: int) -> Iterator[Amount]:
    """Yield the mode that the name of a kind at text[start:end] holds: "online" of "online badge"."""
    if match := _MODE.match(text, start, end):
        yield Amount("mode", "online", *match.span())


def _schedules(text: str) -> Iterator[Amount]:
    for value in SCHEDULES:
        if match := _patterns()[value].search(text):
            yield Amount("schedule", value, *match.span())


def _languages(text: str) -> Iterator[Amount]:
    """Yield the languages in which something is to be taught; a language that is to be learnt is a subject."""
    for match in _language_pattern().finditer(text):
        name = match["language"] or match["taught"] or match["bare"] or match["hyphen"]
        yield Amount("language", _language_codes()[name.lower()], *match.span())
        if other := match["other"]:  # "in English or Dutch"
            yield Amount("language", _language_codes()[other.lower()], *match.span("other"))


def _levels(text: str) -> Iterator[Amount]:
    if match := _EQF.search(text):
        is_eqf = match[0].lower().startswith("eqf")
        value = _bound(text, match) + (match["framework"] or match["level"])
        yield Amount("eqf" if is_eqf else "level_number", value, *match.span())


def _credits(text: str) -> Iterator[Amount]:
    if match := _CREDITS.search(text):
        unit = (match["unit"] or "").upper().replace("CEUS", "CEU")
        yield Amount("credits", f"{_bound(text, match)}{match['number']} {unit}".strip(), *match.span())
    elif match := _patterns()["cpd"].search(text):
        yield Amount("credits", f"{AT_LEAST}1 {match[0].split()[0].upper()}", *match.span())
    elif match := _patterns()["credits"].search(text):
        yield Amount("credits", f"{AT_LEAST}1", *match.span())


def _bound(text: str, match: re.Match[str]) -> str:
    """Return AT_LEAST or AT_MOST if the words around a number make it a bound, else ""."""
    ahead, behind = before(text, match.start()), after(text, match.end())
    for sign, near, far in ((AT_MOST, _OR_LESS, _LESS), (AT_LEAST, _OR_MORE, _MORE)):
        bound = far.search(ahead)
        if bound or near.match(behind):
            return sign * (2 if bound and bound["beyond"] else 1)
    return ""


def is_under(text: str, start: int, end: int) -> bool:
    """Return whether a limit at text[start:end] is not to be reached: "under 100 euros", and not "up to 100 euros"."""
    return bool(_UNDER.search(text, max(0, start - len("cheaper than about ")), end))


def _open(text: str) -> Iterator[Amount]:
    for key, value in (("open", "yes"), ("too late", PASSED)):
        if match := _patterns()[key].search(text):
            yield Amount("open", value, *match.span())
            return


def _ranges(text: str) -> Iterator[Amount]:
    if match := _BETWEEN.search(text):
        yield Amount("min_price", match["least"], *match.span())


def _orders(text: str) -> Iterator[Amount]:
    """Yield the orders that a message wants; who asks for the first deadline asks for no other."""
    if match := _patterns()["closes first"].search(text):
        yield Amount("order", "deadline", *match.span())
        return
    for key, order in ORDERS:
        if match := _patterns()[key].search(text):
            yield Amount("order", order, *match.span())


def _dropped(text: str) -> Iterator[Amount]:
    if match := _patterns()["other start"].search(text):
        yield Amount("any", "start", *match.span())
    for kind in DROPPED:
        match = _patterns()[f"drop {kind}"].search(text)
        if match and not before(text, match.start()).rstrip().lower().endswith((" have", " got")):
            yield Amount("any", kind, *match.span())


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    """Return the patterns of offering_criteria.yml by their keys; those of `drop` hold all ways of dropping a kind."""
    words = {key: "|".join(lines.splitlines()) for key, lines in read_words("offering_criteria").items()}
    patterns = {key: rf"(?<![\w'])(?:{each})(?![\w'])" for key, each in words.items()}
    for kind in DROPPED:
        dropped = words[f"drop {kind}"]
        any_of = rf"\bany (?:{words[f'any {kind}']})\b(?! than)|" if f"any {kind}" in words else ""
        ways = rf"\b(?:{dropped}) {_NO_MATTER}|\b(?:{words['forget']}){_ABOUT} (?:{dropped})\b"
        patterns[f"drop {kind}"] = any_of + ways
    return {key: re.compile(pattern, re.I) for key, pattern in patterns.items()}


@cache
def _language_codes() -> dict[str, str]:
    """Return the languages' names in English, and in themselves, with their codes."""
    english = Locale("en").languages
    codes = {english[code].lower(): code for code in (*_LANGUAGES, *_MORE_LANGUAGES) if code in english}
    own = {Locale(code).languages.get(code, "").lower(): code for code in _LANGUAGES[:8]}
    return {
        **{name: code for name, code in own.items() if name},
        **codes,
        "gaelic": "ga",
        "norwegian": "nb",
        "mandarin": "zh",
    }


@cache
def _language_pattern() -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, _language_codes()), key=len, reverse=True))
    return re.compile(
        rf"\b(?:in|through)\s(?:the )?(?P<language>{names})\b(?:(?: or| and|,) (?P<other>{names})\b)?"
        rf"|\b(?P<taught>{names})[ -](?:taught|medium|speaking)\b"
        rf"|\b(?P<hyphen>{names})-language\b"
        rf"|(?<=, )(?P<bare>{names})(?=\W{{0,9}}(?:,|$))",
        re.I,
    )


def labels_in(text: str, labels: Iterable[str]) -> list[tuple[str, int, int]]:
    """Return the labels that a message holds as whole words, in the singular or with an s, with where they stand."""
    plain = text.lower()
    near = (
        label for label in labels if label and all(word in plain for word in label.lower().split())
    )  # patterns are made only for what may be there
    found = (
        (label, re.search(rf"\b{_BETWEEN_WORDS.join(map(re.escape, label.split()))}s?\b", text, re.I)) for label in near
    )
    return [(label, *match.span()) for label, match in found if match]


def categories_in(text: str, labels: Iterable[str]) -> list[tuple[str, int, int]]:
    """Return the categories of prices that other words of a message mean, where it speaks of a price, with their places."""
    if not _patterns()["price words"].search(text[:MOST_READ]):
        return []
    known = ((label, _patterns().get(f"category {label.casefold()}")) for label in labels)
    found = ((label, pattern.search(text[:MOST_READ])) for label, pattern in known if pattern)
    return [(label, *match.span()) for label, match in found if match]


def discounts_in(text: str) -> list[tuple[int, int]]:
    """Return where a message speaks of a lower price for somebody ("do members get a discount?")."""
    return [match.span() for match in _patterns()["discount"].finditer(text[:MOST_READ])]


def names_a_place(text: str, start: int) -> bool:
    """Return whether a word at text[start] is where somebody is rather than what they are: "from home"."""
    return bool(_WHERE.search(before(text, start)))


def position_in(text: str) -> str:
    """Return the position in a list that a message names as a thing ("second one - how much?"), BEST, or ""."""
    match = _POSITION.search(text[:MOST_READ])
    if not match and _BEST.search(text[:MOST_READ]):
        return BEST
    return POSITIONS[match["nth"].lower()] if match else ""


def numbers_in(label: str) -> set[str]:
    """Return the whole numbers in a label, such as a level's "EQF 5", as their digits."""
    return set(re.findall(r"\d+", label))


def offering_attributes_in(text: str) -> tuple[str, ...]:
    """Return what a message asks of a program, as keys of nlu/data/offering_attributes.yml, in order of appearance."""
    return tuple(key for key, _ in _attributes(text))


def attribute_spans(text: str) -> list[tuple[int, int]]:
    """Return where a message asks for what nothing else in it can be: "instalments", "what languages"."""
    found = (span for key, span in _attributes(text) if key not in MAY_BE_SUBJECTS)
    # A longer stretch holds the name of what is asked about: "when does the darkroom course end".
    return [(start, end) for start, end in found if len(text[start:end].split()) <= MOST_COVERED]


def _attributes(text: str) -> list[tuple[str, tuple[int, int]]]:
    plain = text[:MOST_READ].replace("\u2019", "'").lower().rstrip(" ?.!")
    found = [(key, match.span()) for key, pattern in _attribute_patterns().items() if (match := pattern.search(plain))]
    return sorted(found, key=lambda each: each[1][0])


@cache
def _attribute_patterns() -> dict[str, re.Pattern[str]]:
    return {
        key: re.compile(rf"(?<![\w'-])(?:{'|'.join(words.splitlines())})(?!\w)")
        for key, words in read_words("offering_attributes").items()
    }
