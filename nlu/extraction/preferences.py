"""Finds what a message asks for in plain words: a level, an order of the list, and what no longer matters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nlu.extraction.amounts.amount import Amount

_LEVELS = {
    "beginner": r"\bbeginners?\b|\bintroductory\b|\bintro level\b|\bentry[ -]level (?:course|program|one)",
    "intermediate": r"\bintermediate\b",
    "advanced": r"\badvanced(?: level| courses?| programs?| ones?|$|\b(?= \w+ (?:course|program)))|\bexpert level\b",
    "undergraduate": r"\bundergrad(?:uate)?(?: level)\b|\bbachelor'?s?'? level\b|\bdegree[ -]level\b",
    "postgraduate": r"\b(?:post)?graduate level\b|\bpostgrad(?:uate)? level\b|\bmaster'?s?'? level\b",
}
_ORDERS = {
    "price": r"\bcheap(?:est|er| ones?)\b(?! than (?:\S+ )?\D?\d)|\blowest (?:price|cost|fee)s?\b|\b(?:least|less) expensive\b",
    "start": r"\bsoonest\b|\bearliest\b|\bstart(?:s|ing)? soon\w*\b|\bnext to start\b"
    r"|\b(?:starts?|begins?|starting) (?:first|earliest)\b|\bfirst to (?:start|begin)\b",
    "duration": r"\b(?:short|quick|fast)(?:est|er)\b(?! than)",
    "hours": r"\b(?:fewest|least|lowest) (?:hours|workload)\b|\bless hours\b(?! than)",
}
_PROPERTIES = {
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
_NO_MATTER = (
    r"(?:does(?: no|n'?)t|do(?: no|n'?)t|is(?: no|n'?)t|not) (?:really )?(?:matter|important|an issue|a problem)"
)
_FORGET = (
    r"(?:forget|ignore|drop|remove|clear|never ?mind|whatever|regardless of|irrespective of)"
    r"(?: about)?(?: the| my| that)?"
)
_ANY = {
    **{
        kind: rf"\bany (?:{words})\b(?! than)|\b(?:{words}) (?:limit |filter )?{_NO_MATTER}|\b{_FORGET} (?:{words})\b"
        for kind, words in _PROPERTIES.items()
    },
    "all": r"\bstart (?:over|again|afresh)\b|\breset\b|\bnew search\b|\bfrom scratch\b|"
    r"\bclear (?:all|everything|the filters?)\b|\bforget (?:everything|all (?:of )?(?:that|it|my wishes))\b",
}
_ANY["destination"] += r"|\b(?<!lead )(?<!leads )(?<!leading )anywhere\b(?! (?:but|except|other|apart))"
# Each pattern of _ANY needs one of these words. Most messages hold none, so the patterns need not be tried.
_MAY_DROP = re.compile(
    r"\b(?:any|matter|important|issue|problem|forget|ignore|drop|remove|clear|never ?mind|whatever|regardless|irrespective|"
    r"start|reset|new search|from scratch)",
    re.I,
)
_LEVEL_PATTERNS, _ORDER_PATTERNS, _ANY_PATTERNS = (
    {value: re.compile(words, re.I) for value, words in table.items()} for table in (_LEVELS, _ORDERS, _ANY)
)


def find_levels(text: str) -> Iterator[Amount]:
    """Yield the levels that a message names, such as level "beginner"."""
    return _find("level", _LEVEL_PATTERNS, text)


def find_orders(text: str) -> Iterator[Amount]:
    """Yield the orders in which a message wants a list, such as order "price" for "the cheapest"."""
    return _find("order", _ORDER_PATTERNS, text)


def find_dropped(text: str) -> Iterator[Amount]:
    """Yield the criteria that no longer matter to a message, such as any "destination", or any "all" to start over."""
    return _find("any", _ANY_PATTERNS, text) if _MAY_DROP.search(text) else iter(())


def level_in(text: str) -> str:
    """Return the level that a text names ("Beginner", "for beginners") as a key of _LEVELS, or "" if it names none."""
    name = text.strip().lower()
    return next((key for key, words in _LEVEL_PATTERNS.items() if key in name or words.search(text)), "")


def _find(kind: str, patterns: dict[str, re.Pattern[str]], text: str) -> Iterator[Amount]:
    for value, pattern in patterns.items():
        match = pattern.search(text)
        if match:
            yield Amount(kind, value, *match.span())
