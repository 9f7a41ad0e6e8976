"""Finds what a message refers back to: pronouns, "there", "which ones", ordinals in a sentence, "both", "and X?".

What is found is told in a few words (the constants below), since it goes along with the message; what they refer to is
decided with the dialogue state (actions/dialogue/resolve.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from nlu.extraction.amounts.ordinals import POSITIONS, pointed_at
from nlu.extraction.kind_words import ANY_KIND_WORD, KIND_OF
from nlu.text.bounds import one_spaced

ONE = "one"  # "it", "this one", "that course": a single thing
MANY = "many"  # "they", "those": the last list, or the things of a kind
THERE = "there"  # a place
SIMILAR = "similar"  # "the same in New Zealand?", "anything like that in the UK?": what is in focus, elsewhere
HERE = "here"  # where the person lives
HOME = "home"  # where the person comes from
ARE_THERE = "are there"  # "which colleges are there?": a place, or nothing but grammar
BOTH, ALL = "both", "all"
REST = "rest"  # "the other two", "the others"
NOT_THAT = "not that"  # "not that one"
AND = "and"  # "and X?", "what about X", "same for X": the last question about something else
THE_ONE = "the one"  # "the Canadian one", "the one in Munich": a thing that was shown, by what is true of it
MEANT = "meant"  # "I meant X", "no, X", "X instead"
EACH = "each"  # "which country for each?"
WHY = "why"  # nothing but "why?", "how come?"

MAX_LENGTH = 400  # characters of a message in which references are looked for; a longer one tells its own story
_KIND = rf"(?:{ANY_KIND_WORD})"
_ENDS = r"(?=\W*$|\s?[,;.?!)]|\s(?:one|ones)\b)"
_GOES_ON = (
    r"(?=\s(?:is|are|was|be|in|online|there|for|at|from|with|take|takes|last|cost|costs|count|counts|and|or|too|work|works|"
    r"mean|compare|different|help|good|better|worth|recognised|recognized|offer|run|valid|abroad|then|please|pls|too|as|by|of)\b)"
)
# "it" that stands for nothing: "is it possible to stay?".
_EMPTY_IT = (
    r"\b(?:is|was|be|would|will|make|makes|find|does)\s(?:it|that|this)\s(?:be\s)?(?:really\s|even\s|also\s)?"
    r"(?:possible|necessary|hard|difficult|easy|ok|okay|allowed|true|important|required|matter|too late|normal|common|"
    r"better|best|a good (?:idea|time)|safe to|worth (?:doing|getting|it to)|enough to)\b|\bworth it\b|\bthat'?s (?:it|all)\b|"
    r"\b(?:make|keep|change|let|leave|have) (?:it|that|this|them)\b|\bgo for it\b|\bi (?:get|got) it\b"
)
_PATTERNS = {
    ONE: re.compile(
        rf"\b(?:it|its|it'?s)\b|\b(?:this|that)\s(?:one\b|(?!\w+s\b){_KIND}\b)|\b(?:this|that)(?:{_ENDS}|{_GOES_ON})|"
        rf"\bthe same (?:one|{_KIND})\b|\bthe (?:former|latter)\b",
        re.I,
    ),
    MANY: re.compile(
        rf"\b(?:they|them|their|theirs|em)\b|\b(?:these|those)\b|\bwhich (?:ones?|of)\b|\bsuch {_KIND}\b", re.I
    ),
    THERE: re.compile(
        r"(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bwere )(?<!\bhi )(?<!\bhey )(?<!\bhello )(?<!\bout )(?<!\bif )"
        r"\bthere\b(?!'s|'re|\s(?:is|are|r|was|were|will|any|a|an|no|be|must|should|really)\b)|"
        r"\b(?:that|this|the same) (?:country|place|destination|nation)\b|\bsame (?:country|place)\b",
        re.I,
    ),
    SIMILAR: re.compile(
        r"\b(?:something|anything|nothing|sth|one|courses?|programs?) (?:similar|like (?:that|it|this)|for (?:it|that|this))\b|"
        r"\b(?:it|that|this|they) (?:is |are |be )?(?:also )?the same\b|\bthe same (?:is )?(?:in|for|at|true)\b|"
        r"\bsimilar (?:thing|course|one|program)s?\b|"
        r"\b(?:something|anything|nothing) (?:\w+ )?(?:in|at) (?:[\w']+ ){1,3}for (?:it|that|this)\b",
        re.I,
    ),
    HERE: re.compile(r"(?<!down )(?<!i'm )\bhere\b(?=\W*$| in\b)", re.I),
    HOME: re.compile(r"\b(?:in|of|to|by) (?:my|our) (?:own )?(?:home )?country\b|\bback home\b", re.I),
    ARE_THERE: re.compile(r"\b(?:is|are|r) there(?=\W*$| (?:for|in|please|pls|then)\b)", re.I),
    BOTH: re.compile(
        r"\bboth\b(?! (?:sides|ways|worlds|online and))|\b(?:the|those|these|them) two\b|\beach of (?:them|the two)\b",
        re.I,
    ),
    EACH: re.compile(r"\b(?:for|of|in) each(?: one)?(?=\W*$)|\beach(?: one)?(?=\W*$)", re.I),
    ALL: re.compile(
        r"\ball (?:of (?:them|these|those)|three|four|five|the (?:three|four|five))\b|\b(?:them|these|those) all\b",
        re.I,
    ),
    REST: re.compile(r"\bthe (?:other|remaining) (?:two|three|four|ones|2|3|4)\b|\bthe (?:others|rest)\b", re.I),
    NOT_THAT: re.compile(
        r"^\W{0,9}(?:no\W{1,3})?(?:(?:(?:but )?not|anything but|except) (?:that|this|it|those|these|them)|"
        # "forget it" and "never mind that" let the subject drop, and exclude nothing
        r"(?:never ?mind|forget(?: about)?|skip) (?:those|these|them|(?:that|this)(?= \w)))"
        r"(?: (?:ones?|" + ANY_KIND_WORD + r"))?\b[^\w]*$",
        re.I,
    ),
    AND: re.compile(
        r"^\W{0,9}(?:(?:ok(?:ay)?|so|hm{1,3}|well|yes|right|cool|great|thanks|then)\W{1,3}){0,3}"
        r"(?:and|n|aur|y|(?:what|how|wat|wht) (?:about|abt|bout)|same (?:question )?(?:for|with|in|but)|or|but|what if)\b",
        re.I,
    ),
    MEANT: re.compile(
        r"(?:\bi (?:actually |really )?|^\W{0,9})meant?\b|\binstead\b|\brather\b(?! than| not| do| study| learn| stay| be)|"
        r"^\W{0,9}(?:no|nope|nah|sorry|wait|oops)\b(?:[\s,.!]{1,4}(?:no|wait|sorry|actually))?[\s,.!]{1,4}(?=\w)",
        re.I,
    ),
    THE_ONE: re.compile(
        rf"\b(?:the|that|this|those|these|a|an)\s(?!(?:same|other|first|second|third|last|next|right|wrong|best|only|real)\b)"
        rf"(?:[\w'-]+\s){{1,3}}(?:one|1|thing)\b|\b(?:the|that|this) (?:one|{_KIND}) (?:in|from|by|at|with|of|for|about)\b",
        re.I,
    ),
    WHY: re.compile(
        r"^\W{0,9}(?:(?:but|and|so|ok|okay|hm{1,3}|really|i see|right|oh|well|interesting|sorry)\W{1,3}){0,2}"
        r"(?:why(?: (?:so|is (?:that|this|it) so|is (?:that|this|it) the case|"
        r"would that be|is that|is it|that|there|them|those|this|that one|this one|"
        r"though|tho|exactly|not|not so|not then))?|"
        r"how come|how so|y tho|y not|for what reason|what(?:'?s| is| are) the reasons?|says who|(?:the )?reasons?)"
        r"(?:,? if i may ask|,? may i ask|,? please|,? pls)?\W*$",
        re.I,
    ),
}
_EMPTY = re.compile(_EMPTY_IT, re.I)
_OWN = re.compile(
    r"\b(?:that|those|these|this|such)\s(?=i\b|you\b|we\b|is why\b|way\b|said\b|time\b|much\b|many\b)", re.I
)
# A question for things of a kind: "which universities are they?", "colleges?", "any courses there".
_ASKS_KIND = re.compile(
    rf"\b(?:which|what|wat|wich|name|list|any|whose|how many)\s(?:(?:are|is|r|the|of|those|these|other|more|good|best|top|"
    rf"exact|specific|kind of)\s){{0,3}}(?P<word>{_KIND})\b",
    re.I,
)
_BARE_KIND = re.compile(
    rf"^\W{{0,9}}(?:and |the |so |ok |which |what |any |but |what about (?:the )?){{0,3}}(?P<word>{_KIND})"
    r"(?: over)?(?: there)?(?: pl(?:ea)?s?e?)?\W*$",
    re.I,
)
_WHO_OFFERS = re.compile(
    r"\bwho(?:'?s| else| is| are)?\s(?:\w+\s)?(?:offer|offers|offering|run|runs|running|give|gives|giving|provide|provides|"
    r"teach|teaches|issue|issues|sell|sells|make|makes|do|does|has|have)\b|\bwho by\b|\bby whom\b",
    re.I,
)
# An ordinal in a sentence points at a thing only before these: "is the second one online", "the third and who runs it".
_ORDINAL = "|".join(word for word in POSITIONS if word not in ("top", "bottom", "final"))
_POINTED_IN = re.compile(
    rf"\b(?:the|that|your|no|number|option)\s(?P<nth>{_ORDINAL})(?:\s(?:thing|(?P<word>one|{_KIND})))?"
    r"(?:(?<=\sone)\b|(?=\W*$|\s?[,;.?!]|\s(?:is|are|was|and|or|for|in|at|do|does|can|too|but|then|sounds?|seems?|looks?|with|has|have|offers?|takes?|costs?|lasts?|runs?|starts?|"
    r"recogni[sz]ed|accepted|online|better|cheaper|good|worth|any|more|also|really|still|"
    r"teach(?:es)?|of (?:these|those|them|the two)|you (?:said|named|listed|mentioned)|please|pls)\b))",
    re.I,
)
_NO_THING = re.compile(
    r"\bthe (?:first|last|second) (?:time|place|year|semester|step|question|part|week|month)\b|"
    r"\bthe (?:first|last|second) thing\b(?! you (?:said|named|mentioned|suggested|listed|told|wrote))",
    re.I,
)


@dataclass(frozen=True)
class References:
    """What a message refers back to.

    `back` are ways of doing so, `nth` the position of a thing of the last list, `attribute` the kind of things that is asked
    for ("which universities"), `kind` the kind of the thing that is pointed at ("that country"). `short` tells that the message
    is hardly more than the word for what it asks for ("colleges?"), or an ordinal ("the second one").
    """

    back: tuple[str, ...] = ()
    nth: str = ""
    attribute: str = ""
    kind: str = ""
    short: bool = False

    def as_message(self) -> dict[str, Any]:
        """Return what there is as small JSON."""
        found = {
            "back": list(self.back),
            "nth": self.nth,
            "attribute": self.attribute,
            "kind": self.kind,
            "short": self.short,
        }
        return {name: value for name, value in found.items() if value}


def find_references(text: str) -> References:
    """Return what a message refers back to."""
    text = one_spaced(text.replace("\u2019", "'"))
    if len(text) > MAX_LENGTH:
        return References()
    said = _OWN.sub("", _EMPTY.sub(" ", text))
    back = tuple(way for way, pattern in _PATTERNS.items() if pattern.search(said if way in (ONE, MANY) else text))
    pointed = None if _NO_THING.search(text) else _POINTED_IN.search(text)
    alone = pointed_at(text)
    nth = alone or (_position(pointed["nth"]) if pointed else "")
    return References(back, nth, _attribute(text), _kind(text, pointed), bool(_BARE_KIND.match(text) or alone))


def _position(word: str) -> str:
    return POSITIONS[word.lower()]


def _attribute(text: str) -> str:
    """Return the kind of things that the message asks for, or ""."""
    match = _BARE_KIND.match(text) or _ASKS_KIND.search(text)
    if match:
        return KIND_OF[match["word"].lower()]
    return "provider" if _WHO_OFFERS.search(text) else ""


_OF_KIND = re.compile(rf"\b(?:this|that|these|those|the same|both)\s(?P<word>{_KIND})\b", re.I)


def _kind(text: str, pointed: re.Match[str] | None) -> str:
    """Return the kind of the thing that the message points at by a word for it, or ""."""
    word = pointed["word"] if pointed and pointed["word"] else ""
    if not word and (match := _OF_KIND.search(text)):
        word = match["word"]
    return KIND_OF.get(word.lower(), "")
