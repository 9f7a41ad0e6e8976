"""Finds what a message wants of an offering: a time of day or week, a language of teaching, a level in numbers, credits.

These are asked only of an organisation's own catalogue, which states such things; amounts/ and preferences.py find the rest.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from babel import Locale

from nlu.data_files import read_words
from nlu.extraction.amounts.amount import Amount
from nlu.text.bounds import after, before

MOST_READ = 400  # characters of a message in which attributes are looked for
_SCHEDULES = {
    "evening": r"(?<!\bgood )\bevenings?\b|\bnight[ -]?(?:school|class|classes|course|courses|time)\b|\bat night\b|\bafter (?:work|office hours|hours|6|6 ?pm|5|5 ?pm)\b|\btwilight\b",
    "weekend": r"\bweek-?ends?\b|\bsaturdays?\b|\bsundays?\b|\bsat\b(?= or sun| and sun|\W*$)",
    "self-paced": r"\bself[ -]?paced\b|\b(?:my|your|their|own) (?:own )?(?:pace|speed|time)\b|\bwhenever (?:i|you) (?:like|want)\b|\bon[ -]demand\b|\bany ?time\b(?! (?:of|in)\b)|\basynchronous(?:ly)?\b",
    "daytime": r"\bday[ -]?time\b|\bduring the (?:day|week)\b|\bmornings?\b(?<!good morning)|\bafternoons?\b(?<!good afternoon)|\b(?:on )?weekdays?\b|\boffice hours\b(?<!after office hours)|\bmon(?:day)?s?(?: to |-)fri(?:day)?s?\b",
}
_SCHEDULE_PATTERNS = {value: re.compile(words, re.I) for value, words in _SCHEDULES.items()}
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
    r"\b(?:eqf|nqf|nfq|rqf|fheq|scqf|cqfw|aqf|nzqcf|nzqf)(?: level)? (?P<framework>\d{1,2})\b|\blevel (?P<level>\d{1,2})\b",
    re.I,
)
_CREDITS = re.compile(
    r"\b(?P<number>\d{1,3}(?:\.5)?)[ -]?(?:(?P<unit>ects|cats|ceus?|cpd|cpe)(?: (?:credits?|points?|hours?))?|credits?|credit points?)\b",
    re.I,
)
_OR_MORE = re.compile(
    r"^ ?(?:or (?:more|higher|above|over|up)|and (?:up|above|more|over)|\+|minimum|at least|upwards)", re.I
)
_OR_LESS = re.compile(r"^ ?(?:or (?:less|lower|below|under|fewer)|and (?:below|under)|max(?:imum)?\b|at most)", re.I)
_MORE = re.compile(r"\b(?:at least|min(?:imum)?|more than|over|above|from)\s(?:of )?(?:eqf |level )?$", re.I)
_LESS = re.compile(
    r"\b(?:at most|max(?:imum)?|less than|fewer than|under|below|up to|no more than)\s(?:of )?(?:eqf |level )?$", re.I
)
AT_LEAST, AT_MOST = ">", "<"
_CHEAP = re.compile(
    r"\b(?:cheap|inexpensive|affordable|low[ -](?:cost|price|budget)|budget[ -]friendly|not (?:too |so |very )?(?:expensive|pricey|dear)|"
    r"(?:\bnot|n't) (?:have to |want to |need to )?(?:pay|spend|cost) (?:too |so |very )?much)\b",
    re.I,
)
_BEARING = re.compile(
    r"\b(?:credit[ -]bearing|with (?:ects |cats |university |academic )?credits?|for credit|gives? credits?|carr(?:y|ies) credits?)\b",
    re.I,
)
_OPEN = re.compile(
    r"\b(?:still (?:possible to (?:apply|join|book|enrol|sign up|get in)|running|offered|going|on offer|open|available|be booked|book|apply|join|sign up|enrol|get (?:in|into|a place))|open (?:for|to) (?:application|enrol|registration|booking)\w*|"
    r"not (?:too late|closed|full)|deadline (?:not|hasn'?t) passed|(?:places?|seats?|spaces?|spots?) (?:left|free|available)|apply now|available now|closing soon)\b",
    re.I,
)
_NO_MATTER = (
    r"(?:does(?: no|n'?)t|do(?: no|n'?)t|is(?: no|n'?)t|not) (?:really )?(?:matter|important|an issue|a problem)"
)
_FORGET = r"(?:forget|ignore|drop|remove|clear|never ?mind|regardless of|(?:does|do|did)(?:n'?t| not) (?:have|need) to be|needn'?t be|not necessarily)(?: about)?(?: the| my| that| in the| at the| on the| in| on)?"
_DROPPED = {
    "schedule": r"evenings?|weekends?|self[ -]paced|daytime|schedule|time of (?:day|week)|days?|timing|timetable|times?",
    "mode": r"(?<=\bbe )(?:online|in person|on campus|hybrid)",
    "language": r"languages?(?: of (?:teaching|instruction))?",
    "eqf": r"levels?|eqf",
    "credits": r"credits?|ects",
    "words": r"subjects?|topics?|fields?",
    "place": r"cit(?:y|ies)|towns?|places?(?! (?:left|free|available))|locations?|campus(?:es)?",
}
_ANY_OF = {
    "schedule": r"schedule|time of (?:day|week)|days?|timing|times?",
    "language": r"languages?",
    "eqf": r"levels?",
    "credits": r"credits?",
    "words": r"subjects?|topics?|fields?",
    "place": r"cit(?:y|ies)|towns?|places?(?! (?:left|free|available))|locations?|campus(?:es)?",
}
_DROP_PATTERNS = {
    kind: re.compile(
        rf"\bany (?:{_ANY_OF.get(kind, '(?!)')})\b(?! than)|\b(?:{words}) {_NO_MATTER}|\b{_FORGET} (?:{words})\b", re.I
    )
    for kind, words in _DROPPED.items()
}
_MAY_DROP = re.compile(
    r"\b(?:any|matter|important|issue|problem|forget|ignore|drop|remove|clear|never ?mind|regardless|have to be|need to be|needn'?t|necessarily)\b",
    re.I,
)


def find_offering_criteria(text: str) -> list[Amount]:
    """Return the criteria of a message in order: schedule, language, eqf, level_number, credits, open, and what is dropped."""
    text = text.replace("\u2019", "'")
    found = [*_schedules(text), *_languages(text), *_levels(text), *_credits(text), *_open(text), *_cheap(text)]
    dropped = [*_dropped(text)] if _MAY_DROP.search(text) else []
    spans = [(each.start, each.end) for each in dropped]
    kept = [each for each in found if not any(start <= each.start < end for start, end in spans)]
    return sorted([*kept, *dropped], key=lambda each: each.start)


def _schedules(text: str) -> Iterator[Amount]:
    for value, pattern in _SCHEDULE_PATTERNS.items():
        if match := pattern.search(text):
            yield Amount("schedule", value, *match.span())


def _languages(text: str) -> Iterator[Amount]:
    """Yield the languages in which something is to be taught; a language that is to be learnt is a subject."""
    for match in _language_pattern().finditer(text):
        name = match["language"] or match["taught"]
        yield Amount("language", _language_codes()[name.lower()], *match.span())


def _levels(text: str) -> Iterator[Amount]:
    if match := _EQF.search(text):
        is_eqf = match[0].lower().startswith("eqf")
        value = _bound(text, match) + (match["framework"] or match["level"])
        yield Amount("eqf" if is_eqf else "level_number", value, *match.span())


def _credits(text: str) -> Iterator[Amount]:
    if match := _CREDITS.search(text):
        unit = (match["unit"] or "").upper().replace("CEUS", "CEU")
        yield Amount("credits", f"{_bound(text, match)}{match['number']} {unit}".strip(), *match.span())
    elif match := _BEARING.search(text):
        yield Amount("credits", f"{AT_LEAST}1", *match.span())


def _bound(text: str, match: re.Match[str]) -> str:
    """Return AT_LEAST or AT_MOST if the words around a number make it a bound, else ""."""
    ahead, behind = before(text, match.start()), after(text, match.end())
    if _OR_MORE.match(behind) or _MORE.search(ahead):
        return AT_LEAST
    return AT_MOST if _OR_LESS.match(behind) or _LESS.search(ahead) else ""


def _open(text: str) -> Iterator[Amount]:
    if match := _OPEN.search(text):
        yield Amount("open", "yes", *match.span())


def _cheap(text: str) -> Iterator[Amount]:
    if match := _CHEAP.search(text):
        yield Amount("order", "price", *match.span())


def _dropped(text: str) -> Iterator[Amount]:
    for kind, pattern in _DROP_PATTERNS.items():
        match = pattern.search(text)
        if match and not before(text, match.start()).rstrip().lower().endswith((" have", " got")):
            yield Amount("any", kind, *match.span())


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
        rf"\b(?:in|through)\s(?:the )?(?P<language>{names})\b|\b(?P<taught>{names})[ -](?:taught|medium|speaking)\b",
        re.I,
    )


def offering_attributes_in(text: str) -> tuple[str, ...]:
    """Return what a message asks of a program, as keys of nlu/data/offering_attributes.yml, in order of appearance."""
    plain = text[:MOST_READ].replace("\u2019", "'").lower().rstrip(" ?.!")
    found = {key: match.start() for key, pattern in _attribute_patterns().items() if (match := pattern.search(plain))}
    return tuple(sorted(found, key=lambda key: found[key]))


@cache
def _attribute_patterns() -> dict[str, re.Pattern[str]]:
    return {
        key: re.compile(rf"(?<![\w'-])(?:{'|'.join(words.splitlines())})(?!\w)")
        for key, words in read_words("offering_attributes").items()
    }
