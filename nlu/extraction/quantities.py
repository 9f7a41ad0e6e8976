"""Finds what a message wishes for in numbers and plain words: a price, hours a week, a length, a level, an order, and what
no longer matters. Each carries a machine-readable value; months and dates are in nlu/extraction/dates.py.

Nothing is guessed: a number without a currency, a unit or a word such as "budget" beside it is no wish, and what somebody
wants at least ("over 500 euros") is none that a search could use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from nlu.extraction.dates import find_dates
from nlu.text.bounds import after, before


@dataclass(frozen=True)
class Amount:
    """text[start:end] wishes `value` of `kind`: max_price "500 EUR" (or "500"), max_hours "5", max_duration "8 weeks",
    level "beginner", order "price", start_from and start_to "2027-03-01", any "destination" (no longer matters)."""

    kind: str
    value: str
    start: int
    end: int


# Words for a currency; where several use a word ("dollars"), it means the largest, and the answer names what it took.
CURRENCIES = {
    "EUR": "€|eur|euros?",
    "GBP": "£|gbp|pounds?|quid|british pounds?|pounds sterling",
    "CAD": r"c\$|ca\$|cad|can(?:adian)? dollars?",
    "AUD": r"a\$|au\$|aud|aus(?:tralian|sie)? dollars?",
    "NZD": r"nz\$|nzd|(?:new zealand|kiwi) dollars?",
    "SGD": r"s\$|sgd|singapore dollars?",
    "USD": r"us ?\$|\$|usd|(?:us |american )?dollars?|bucks",
    "PKR": "pkr|pakistani rupees?",
    "LKR": "lkr|sri lankan rupees?",
    "NPR": "npr|nepali rupees?",
    "INR": r"₹|inr|rs\.?|(?:indian )?rupees?|rupaye|rupay",
    "NGN": "₦|ngn|naira",
    "PHP": "₱|php|(?:philippine|pinoy) pesos?",
    "MXN": "mxn|mexican pesos?",
    "COP": "cop|colombian pesos?",
    "BDT": "৳|bdt|taka",
    "GHS": "ghs|cedis?",
    "KES": "kes|ksh|kenyan shillings?",
    "ZAR": "zar|rand",
    "BRL": r"r\$|brl|reais",
    "CHF": "chf|swiss francs?",
    "SEK": "sek|swedish kron(?:a|or)",
    "PLN": "pln|zloty",
    "JPY": "¥|jpy|yen",
    "CNY": "cny|rmb|yuan",
    "AED": "aed|dirhams?",
    "MYR": "myr|ringgit",
    "": "pesos?",  # of many countries, so of none
}
WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
MULTIPLES = {"k": 1_000, "thousand": 1_000, "grand": 1_000, "lakh": 100_000, "lac": 100_000, "hundred": 100}
# At most a thousand million: nobody wishes for more, and what is longer is no number that a search could use.
NUMBER = (
    r"\d{1,3}(?:[,.']\d{3}){1,3}(?![\d]|[,.']\d{3})(?:[.,]\d\d?(?!\d))?|\d{1,9}(?!\d|[,.']\d{3})(?:[.,]\d\d?(?!\d))?"
    rf"|\b(?:{'|'.join(WORDS)}|an?)\b"
)
TIMES = r"(?:\s?(k|thousand|grand|lakh|lac|hundred)s?\b)?"
SYMBOL = "|".join(f"(?P<{{at}}{code or 'any'}>{words})" for code, words in CURRENCIES.items())
BEFORE, AFTER = SYMBOL.replace("{at}", "b"), SYMBOL.replace("{at}", "a")
RANGE = rf"(?:(?:{NUMBER})\s?(?:-|–|to|and)\s?)?"
MONEY = re.compile(
    rf"(?:(?<!\w)(?:{BEFORE})\s?(?:{RANGE})(?P<n1>{NUMBER}){TIMES}"
    rf"|(?<![\w.,]){RANGE}(?P<n2>{NUMBER}){TIMES}\s?(?:{AFTER})(?!\w))",
    re.I,
)
UNITLESS = (
    r"(?![\w.,]{0,20}\d|\s?%|\s?-?\s?(?:hours?|hrs?|h\b|days?|weeks?|wks?|months?|mths?|years?|yrs?|minutes?|min\b|credits?|ects|"
    r"students?|people|programs?|courses?|options?|words?|times?|am\b|pm\b|/))"
)
BARE = re.compile(
    r"\b(?:budget(?: is| of|:)?|cheaper than|cost(?:s|ing)?|priced?|fees?|pay|spend)\s(?:is |of |at |only |about |around )?"
    r"(?:(?:max|maximum|at most|up to|under|below|less than|not more than|no more than|within) )?"
    rf"(?P<n1>\d[\d,.']{{0,12}}\d|\d){TIMES}{UNITLESS}"
    r"|\b(?:under|below|less than|at most|up to|no more than|not more than|max|maximum)\s"
    rf"(?P<n2>[1-9]\d[\d,.']{{0,11}}\d){TIMES}{UNITLESS}",
    re.I,
)
YEAR = range(2000, 2100)
THOUSANDS = re.compile(r"[,.'](?=\d{3})")
FREE = re.compile(
    r"\bfor free\b|\b(?:is|are|be)\s(?:all )?free\b(?! (?:to|on|at|now|time))(?!\W*\?)"
    r"|\bfree of (?:charge|cost)\b|\b(?:only|completely|totally|fully) free\b|^\W*free\W*$|\bgratis\b|\bmuft\b"
    r"|(?<!feel )(?<!duty )\bfree (?:online |short )?(?:courses?|programs?|programmes?|class(?:es)?|certificat\w+|bootcamps?|"
    r"ones?|options?|badges?|trainings?|nanodegrees?|micromasters)\b",
    re.I,
)
HOURS = re.compile(
    rf"(?<![\w.,]){RANGE}(?P<n>{NUMBER})\s?-?(?:hours?|hrs?|h)\b\s?(?:of (?:study|work|learning) )?"
    r"(?:max(?:imum)? |at most )?(?:(?:a|per|each|every|in a|/)\s?|(?=weekly|daily))(?P<per>week|wk|weekly|day|daily)",
    re.I,
)
LENGTH = re.compile(rf"(?<![\w.,]){RANGE}(?P<n>{NUMBER})\s?-?\s?(?P<unit>day|week|wk|month|mth|year|yr)s?\b", re.I)
IS_LENGTH_BEFORE = re.compile(
    r"\b(?:under|below|less than|fewer than|shorter than|at most|max(?:imum)?|up to|within|no longer than|not longer than|"
    r"no more than|not more than|lasting|lasts?|takes?|taking|duration (?:of|is)|length (?:of|is)|"
    r"(?:finish|complete|done|finished|completed)(?: it)? in)\s(?:about |around |only |just )?$",
    re.I,
)
IS_LENGTH_AFTER = re.compile(
    r"^\s?-?(?:long|or (?:less|shorter|under)|max(?:imum)?\b|at most|tops|(?:\w+ )?(?:courses?|programs?|programmes?|"
    r"certificates?|bootcamps?|diplomas?|class(?:es)?|trainings?)\b)",
    re.I,
)
IS_NO_LENGTH = re.compile(
    r"^\s?(?:ago|old|of (?:work|experience)|experience|work\w*|from now|later|before|after)", re.I
)
RATE = re.compile(r"(?:hours?|hrs?|h|days?)\s?(?:in )?$", re.I)
AT_LEAST = re.compile(
    r"(?<!not )(?<!nothing )(?<!no )(?<!isn't )(?<!never )\b(?:more than|over|above|at least|min(?:imum)?|longer than|"
    r"starting at|salary (?:of|is)|earn(?:ing)?|pay(?:s|ing) me|income (?:of|is)|worth)\s(?:about |around |up to )?$",
    re.I,
)
LEVELS = {
    "beginner": r"\bbeginners?\b|\bintroductory\b|\bintro level\b|\bentry[ -]level (?:course|program|one)",
    "intermediate": r"\bintermediate\b",
    "advanced": r"\badvanced(?: level| courses?| programs?| ones?|$|\b(?= \w+ (?:course|program)))|\bexpert level\b",
    "undergraduate": r"\bundergrad(?:uate)?(?: level)\b|\bbachelor'?s?'? level\b",
    "postgraduate": r"\b(?:post)?graduate level\b|\bpostgrad(?:uate)? level\b|\bmaster'?s?'? level\b",
}
ORDERS = {
    "price": r"\bcheap(?:est|er| ones?)\b(?! than (?:\S+ )?\D?\d)|\blowest (?:price|cost|fee)s?\b|\b(?:least|less) expensive\b",
    "start": r"\bsoonest\b|\bearliest\b|\bstart(?:s|ing)? soon\w*\b|\bnext to start\b",
    "duration": r"\bshort(?:est|er)\b(?! than)|\bquickest\b",
    "hours": r"\b(?:fewest|least|lowest) (?:hours|workload)\b|\bless hours\b(?! than)",
}
PROPERTIES = {
    "max_price": "prices?|costs?|fees?|budget|price limit|money",
    "destination": "country|countries|location|destination|place",
    "mode": "mode|format|mode of study|way of studying|delivery",
    "type": "type|kind|kind of credential|type of credential|credential type",
    "field": "field|subject|area",
    "provider": "provider|platform|company",
    "institution": "institution|university|uni|college|school",
    "start": "start|start date|starting date|dates?|start month|month|intake",
    "max_hours": "hours|workload|hours a week",
    "max_duration": "duration|length",
    "level": "level",
}
NO_MATTER = (
    r"(?:does(?: no|n'?)t|do(?: no|n'?)t|is(?: no|n'?)t|not) (?:really )?(?:matter|important|an issue|a problem)"
)
FORGET = r"(?:forget|ignore|drop|remove|clear|never ?mind|whatever|regardless of|irrespective of)(?: about)?(?: the| my| that)?"
ANY = {
    **{
        kind: rf"\bany (?:{words})\b(?! than)|\b(?:{words}) (?:limit |filter )?{NO_MATTER}|\b{FORGET} (?:{words})\b"
        for kind, words in PROPERTIES.items()
    },
    "all": r"\bstart (?:over|again|afresh)\b|\breset\b|\bnew search\b|\bfrom scratch\b|"
    r"\bclear (?:all|everything|the filters?)\b|\bforget (?:everything|all (?:of )?(?:that|it|my wishes))\b",
}
ANY["destination"] += r"|\banywhere\b(?! (?:but|except|other|apart))"
# A word of which each wish to forget one has at least one; most messages have none, and need not be looked through for all.
FORGETS = re.compile(
    r"\b(?:any|matter|important|issue|problem|forget|ignore|drop|remove|clear|never ?mind|whatever|regardless|irrespective|"
    r"start|reset|new search|from scratch)",
    re.I,
)
_LEVELS, _ORDERS, _ANY = (
    {value: re.compile(words, re.I) for value, words in table.items()} for table in (LEVELS, ORDERS, ANY)
)


def find_amounts(text: str, today: date) -> list[Amount]:
    """All wishes of these kinds, in order of appearance, one of each kind but `any`."""
    text = text.replace("\u2019", "'")
    found = [
        *_prices(text),
        *_hours(text),
        *_lengths(text),
        *(Amount(*each) for each in find_dates(text, today)),
        *_worded("level", _LEVELS, text),
        *_worded("order", _ORDERS, text),
    ]
    once = {each.kind: each for each in reversed(found)}
    forgotten = _worded("any", _ANY, text) if FORGETS.search(text) else ()
    return sorted([*once.values(), *forgotten], key=lambda each: each.start)


def level_in(text: str) -> str:
    """The level that a text names ("Beginner", "for beginners"): a key of LEVELS, or "" for none."""
    named = text.strip().lower()
    return next((key for key, words in _LEVELS.items() if key in named or words.search(text)), "")


def weeks_in(text: str) -> float | None:
    """A length in words ("4 months", "6 to 8 weeks") as weeks, the longest it may take; None where it gives none."""
    each_unit = {"d": 1 / 7, "w": 1.0, "m": 52 / 12, "y": 52.0}
    written = [(_number(found["n"]), each_unit[found["unit"][0].lower()]) for found in LENGTH.finditer(text)]
    lengths = [number * unit for number, unit in written if number is not None]
    return max(lengths, default=None)


def _prices(text: str) -> Iterator[Amount]:
    for found in MONEY.finditer(text):
        number = _number(found["n1"] or found["n2"], found[_times(found)])
        if number is not None and not AT_LEAST.search(before(text, found.start())):
            code = next(name[1:] for name, word in found.groupdict().items() if name[0] in "ab" and word)
            currency = "" if code == "any" else code
            yield Amount("max_price", f"{_plain(number)} {currency}".strip(), *found.span())
    for found in BARE.finditer(text):
        number = _number(found["n1"] or found["n2"], found[_times(found)])
        if number is not None and number not in YEAR:
            yield Amount("max_price", _plain(number), *found.span())
    for found in FREE.finditer(text):
        yield Amount("max_price", "0", *found.span())


def _times(found: re.Match) -> int:
    """The number of the group that holds "k" or "lakh": the one after the number that was found."""
    return found.re.groupindex["n1" if found["n1"] else "n2"] + 1


def _hours(text: str) -> Iterator[Amount]:
    for found in HOURS.finditer(text):
        number = _number(found["n"])
        if number is not None and not AT_LEAST.search(before(text, found.start())):
            days = 7 if found["per"].lower() in ("day", "daily") else 1
            yield Amount("max_hours", _plain(number * days), *found.span())


def _lengths(text: str) -> Iterator[Amount]:
    for found in LENGTH.finditer(text):
        number, words_before, words_after = _number(found["n"]), before(text, found.start()), after(text, found.end())
        said = IS_LENGTH_BEFORE.search(words_before) or IS_LENGTH_AFTER.match(words_after)
        no_wish = IS_NO_LENGTH.match(words_after) or AT_LEAST.search(words_before) or _is_a_rate(words_before)
        if number is not None and said and not no_wish:
            unit = {"d": "day", "w": "week", "m": "month", "y": "year"}[found["unit"][0].lower()]
            yield Amount("max_duration", f"{_plain(number)} {unit}{'' if number == 1 else 's'}", *found.span())


def _is_a_rate(words_before: str) -> bool:
    """Whether the "a week" is that of "5 hours a week"."""
    return bool(RATE.search(words_before))


def _worded(kind: str, patterns: dict[str, re.Pattern], text: str) -> Iterator[Amount]:
    for value, pattern in patterns.items():
        found = pattern.search(text)
        if found:
            yield Amount(kind, value, *found.span())


def _number(text: str, times: str | None = None) -> float | None:
    """The number written: "1,500", "1.500", "1,5", "two", "an"; None where it is none ("1.2.3", "5,,")."""
    written = text.lower()
    if written in WORDS:
        number = float(WORDS.index(written))
    elif written in ("a", "an"):
        number = 1.0
    else:
        try:
            number = float(THOUSANDS.sub("", written).replace(",", ".").rstrip("."))
        except ValueError:
            return None
    return number * MULTIPLES[times.lower()] if times else number


def _plain(number: float) -> str:
    return str(int(number)) if number == int(number) else str(round(number, 2))
