"""Tells by the words before the name of a place whether somebody comes from there, lives there or stayed there once."""

from __future__ import annotations

import re


def any_of(*ways: str) -> re.Pattern[str]:
    """Return a pattern that matches one of the ways, in any case."""
    return re.compile("|".join(ways), re.I)


ARE = r"\b(?:i'?m|i am|im|am|we'?re|we are)"
NOW = r"(?:now|currently|originally|actually|still|here|right now|at the moment|just|also|both)"
PLAIN = (
    r"(?!(?:in|from|for|to|at|about|of|who|that|interested|looking|hoping|planning|want\w*|with|on|fan|no|not|never)\b)"
    r"[\w'-]+\s"  # a word before a noun
)
_ORIGIN_BEFORE = any_of(
    rf"{ARE}\s(?:{NOW}\s)*(?:from|in|at|based (?:in|out of)|(?:living|staying|residing|working|studying|located|stuck) in|"
    r"(?:writing|calling)(?: to)?(?: you)? from|a (?:resident|citizen|native|national) of)\s(?:the\s)?$",
    r"\b(?:i|we)\s(?:\w+\s)?(?:live|stay|reside|come|came|hail|grew up|was born|were born|am born|lived)\s(?:\w+\s){0,2}"
    r"(?:in|from)\s(?:the\s)?$",
    r"\b(?:my|our) (?:home|country|home country|home ?town|family|nationality|passport) is\s(?:in\s|from\s)?(?:the\s)?$",
    rf"(?:{ARE}|\bas|(?<!can )(?<!could )(?<!may )\b(?:i|we) work as|\b(?:i|we) was)\san?\s(?:{PLAIN}){{1,4}}"
    r"(?:from|(?:here |based |living )?in|out of)\s(?:the\s)?$",
    r"\b(?:i am|i'm|this is|my name is)\s(?!(?:far|away|not|back|moving|different|fresh|straight|just|one)\b)[^\W\d]{2,20}"
    r"(?:\s[^\W\d]{2,20})?\sfrom\s(?:the\s)?$",
    r"\b(?:do|take|study|attend|join|learn|follow|complete|start)\s(?:(?:it|this|that|them|one|these|all|online|am)\s){0,3}"
    r"from\s(?:the\s)?$",
    rf"{ARE}\s(?:{PLAIN}){{1,2}}from\s(?:the\s)?$",
    rf"{ARE}\s(?:an?\s)?(?:[\w'-]+\s){{1,3}}(?:since|for)\s\d+\s(?:years?|months?|yrs?)\s(?:\w+\s)?in\s$",
    rf"(?:{ARE}|\bbeing)\s(?:{NOW}\s)?$",  # "I'm Nigerian"
    rf"(?:{ARE}|\bas|\bbeing|\bi was)\san?\s(?:{PLAIN}){{0,2}}$",  # "as a Kenyan", "I am a young Indian"
    r"\bi be\s(?:\w+\s){1,2}(?:for|in|from)\s$",
    r"\b(?:i|we) (?:had to )?(?:left|leave|fled|flee|escaped?) (?:from )?(?:the )?$",
    r"\bi (?:am studying|study|teach|am teaching)\s[^.?!,]{1,40}\sin\s$",
    r"^\W*(?:(?:hi|hello|hey|dear \w+|good \w+|greetings|so|and|no|yes|sorry|well|oh|actually)\W+)*(?:am |im )?"
    r"(?:here in|based in|living in|stay in|(?:writing|calling)(?: to you)? from|(?:greetings|hello|hi|hey|originally) from)"
    r"\s(?:the\s)?$",
    r"\b(?:did|finished|completed|studied|worked|graduated)\b[^.?!]{0,40}\s(?:in|from|back in|here in)\s(?:the\s)?$",
)
_ORIGIN_AFTER = re.compile(r"^\s(?:\w+\s)?(?:here\b(?!\?)|passport|citizen(?:ship)?\b|national\b)", re.I)
_OWN = re.compile(
    r"\b(?:at|of|for|with|in|run|own|manage|head|lead|we'?re|we are|our|as)\s(?:an?\s|the\s)?(?:[\w'-]+\s){0,3}$", re.I
)
_FIRM_AFTER = re.compile(
    r"^\s(?:[\w'-]+\s){0,2}(?:company|firm|manufacturer|business|hospital|clinic|bank|hotel|agency|ministry|start-?up|factory|"
    r"chain|ngo|charity|council|municipality)\b",
    re.I,
)
_IN_TOWN = re.compile(r"\b(?:in|from|near|outside)\s$", re.I)
_TOO_MUCH = re.compile(  # "Canada is rather far"
    r"^\s(?:is|are|would be|sounds?|seems?|looks?)\s(?:(?:rather|too|so|very|really|quite|a bit|pretty|just)\s){1,2}"
    r"(?:far|cold|expensive|costly|pricey|hot|remote|dangerous|dear)\b",
    re.I,
)
_PLACE_REFUSED = re.compile(  # "Canada no, too cold"
    r"^\s(?:no(?=\W*$|[.,;!])|is out\b|(?:is ?n[o']?t|is not|not) for (?:me|us|him|her|them)\b|"
    r"is too (?:far|cold|hot|expensive)\b)",
    re.I,
)
_DREAM = re.compile(
    r"^\s(?:would be|is|sounds?)\s(?:(?:a|my|the|so|really|very)\s){0,2}(?:dream|great|nice|good|perfect|ideal|lovely)\b",
    re.I,
)
_LIVING = re.compile(
    r"(?<!born )(?<!raised )(?<!grew up )\b(?:in|at|based out of)\s(?:the\s)?$", re.I
)  # and not "from"
_STAYED = re.compile(  # where one studied or was born is not where one lives
    r"\b(?:did|finished|completed|studied|graduated)\b[^.?!]{0,40}\s(?:in|from|back in)\s(?:the\s)?$", re.I
)
_KIN_IN = re.compile(
    r"\b(?:uncle|aunt(?:ie|y)?|cousin|brother|sister|friend|husband|wife|son|daughter|relatives?|family|boyfriend|girlfriend|"
    r"fianc[e\u00e9]+)s?\s(?:who |that |there )?(?:(?:is|are|lives?|living|stays?|works?|working|based|staying)\s){0,2}"
    r"(?:over |here )?in\s(?:the\s)?$",
    re.I,
)
_TIED_TO = re.compile(  # "I can't leave Ohio"
    r"\b(?:can ?not|can'?t|could ?n(?:o|')t|won'?t|unable to|not able to|never)\s(?:(?:really|just|possibly|easily)\s)?"
    r"(?:leave|get out of|move (?:away )?from|get away from)\s(?:the\s)?$",
    re.I,
)
_DENIED = re.compile(r"\b(?:not|isn'?t|never|no longer)\s(?:\w+\s){0,2}$", re.I)


def is_where_from(before: str) -> bool:
    """Return whether the place after these words is where the writer comes from, lives or stayed."""
    return bool(_ORIGIN_BEFORE.search(before))


def is_origin_of(after: str) -> bool:
    """Return whether the place before these words is where somebody comes from: "a Kenyan citizen"."""
    return bool(_ORIGIN_AFTER.match(after))


def is_of_own_firm(before: str, after: str) -> bool:
    """Return whether a place only tells where the firm of the writer is: "I work at a Norwegian company"."""
    return bool(_OWN.search(before) and _FIRM_AFTER.match(after))


def is_town_of_origin(before: str) -> bool:
    """Return whether the town after these words is where the writer lives, though a university has its name."""
    return is_where_from(before) and bool(_IN_TOWN.search(before))


def is_lived_in(before: str) -> bool:
    """Return whether one is in the place after these words, whether or not one comes from there."""
    return bool(_LIVING.search(before))


def is_stayed_in(before: str) -> bool:
    """Return whether one only studied in the place after these words."""
    return bool(_STAYED.search(before))


def is_of_kin(before: str) -> bool:
    """Return whether somebody of the family is in the place after these words."""
    return bool(_KIN_IN.search(before))


def is_tied_to(before: str) -> bool:
    """Return whether one lives in the place after these words and can't leave it."""
    return bool(_TIED_TO.search(before))


def is_denied(before: str) -> bool:
    """Return whether these words deny what follows them."""
    return bool(_DENIED.search(before))


def is_too_much(after: str) -> bool:
    """Return whether the place before these words is found too far, cold or expensive."""
    return bool(_TOO_MUCH.match(after) or _PLACE_REFUSED.match(after))


def is_dream(after: str) -> bool:
    """Return whether the place before these words is where one would love to be."""
    return bool(_DREAM.match(after))
