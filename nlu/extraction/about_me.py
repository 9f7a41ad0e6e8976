"""Finds what a message says about the person: origin, level, work, goal, the field, place and format wanted, time and limits.

Every clause is read by itself. One that asks says something about the person only where it says "I have", "I'm" or the like, so
that "do nurses need a degree?" tells about nobody. What the words around a name make of it is told in person/.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from nlu.data_files import read_tables
from nlu.extraction.entity_matcher import Name
from nlu.extraction.person.age_parts import age_of
from nlu.extraction.person.closing import closing
from nlu.extraction.person.name_parts import (
    AVOID,
    FIELD,
    KIN,
    LIVES,
    ORIGIN,
    PLACE,
    STUDIED,
    WITHDRAWN,
    WORK,
    Clause,
    NamedPart,
    named_parts,
)
from nlu.extraction.person.put_right import FOR_WHOM, put_right
from nlu.extraction.person.uncertain_parts import (
    OWN,
    PAST,
    PERSONAL,
    THIRD,
    asks_to_know,
    goes_on_of_others,
    is_demanded,
    is_of_others,
    is_of_talk,
    is_of_third,
    is_only_supposed,
    is_own,
    is_past,
    is_story_of_others,
    is_wish,
    kin_meant,
    stories,
)
from nlu.extraction.requests import requests_in
from nlu.text.bounds import before
from nlu.text.folding import with_article, without_capitals
from nlu.text.pattern_table import PatternTable

CODED = ("level", "situation", "goal", "time", "budget", "limits", "for_whom", "role", "mood")
_TABLES = read_tables("about_me")
_DOES = "|".join(_TABLES["does"])
_CODES = PatternTable(
    {
        (part, code): re.compile(rf"\b(?:{'|'.join(phrases).replace('DOES', _DOES)})(?!\w)", re.I)
        for part in CODED
        for code, phrases in _TABLES[part].items()
    }
)
_OCCUPATION = "|".join(_TABLES["occupation"]["words"])
_ADJECTIVES = "|".join(_TABLES["occupation"]["adjectives"])
_ARTICLE = r"(?:an?|the)\s"
_NOW = r"(?:(?:just|also|only|currently|now|still|actually)\s)?"
_AS_WORK = re.compile(
    rf"(?:\b(?:i'?m|i am|(?<!work )(?<!working )(?<!such )as|used to be|i was|i've been|work(?:ed|ing)? as|job as|"
    rf"employed as|position as)\s{_NOW}(?:working\sas\s)?{_ARTICLE}|^(?:(?:hi|hello|hey|dear)\W+)?(?:an?\s)?|"
    rf"my (?:job|work|profession) is\s(?:{_ARTICLE})?|\b(?:i|we)\swork(?:ed|ing)?\sas\s|"
    rf"\b(?:he|she)(?:'s| is| was| works as| worked as)\s{_NOW}{_ARTICLE})"
    rf"(?:(?:{_ADJECTIVES})\s)*(?P<work>(?:{_OCCUPATION}))\b",
    re.I,
)
_AS_SUFFIX = re.compile(
    rf"\b(?:i'?m|i am|work(?:ed|ing)? as|used to be|i was)\s{_NOW}an?\s"
    r"(?P<work>(?:[a-z]+\s)?[a-z]{2,}(?:er|or|ist|ian|man|woman))\b(?!\s(?:of|at heart|who))",
    re.I,
)
_NOT_WORK = re.compile(rf"\b(?:{'|'.join(_TABLES['occupation']['none'])})$", re.I)
_TO_BECOME = re.compile(r"\bwants? to\b|\bbecome\b", re.I)
_SELF = re.compile(
    r"\b(?:i|i'?m|i'?ve|i'?d|my|mine|myself|we|we're|our|us|for me|suits? me|main|ako|yo|soy)\b"
    r"|\b(?:he|she) (?:wants|prefers|needs|would like|just finished|has finished|likes|loves|can'?t|cannot|only|has|lost|"
    r"says|thinks|is|does ?n[o']?t|hates|studied|studies|works|worked)\b"
    r"|^\W*(?:am (?:an?|from|in)|want|wanna|looking for|thinking(?: of| about)?|"
    r"considering|torn between|need|would like|hoping|prefer|interested in|planning|cannot|can'?t|"
    r"moving|switching|changing|pivoting|transitioning|"
    r"have|got)\b",
    re.I,
)
_TELLS = re.compile(
    r"\b(?:i|we)(?:'?m|'?ve|'re|'d|'ll| am| are| have| had| got| work| can ?no?t| can'?t| do ?n[o']?t| only| live| just|"
    r" finished| did| lost| was| want| need| prefer| would| never| study| come| look| care| must| teach| run| own| wanna)\b"
    r"|\b(?:do|take|study|attend|join|follow) (?:\w+ ){0,3}from\b|\blike me\b|"
    r"\bfor (?:an? )?(?:\w+ )?(?:beginner|newbie|noob|novice)s?\b"
    r"|\bim\b|\bive\b|\bwith my\b|\bas an?\b|\bfor (?:my|our)\b|\b(?:with|have) (?:two|three|\d|small|young) kids\b"
    r"|\bmy (?:son|daughter|brother|sister|wife|husband|staff|team|english|budget|boss|company|employer|kids|children|"
    r"country|internet)\b",
    re.I,
)
_ASKS = re.compile(
    r"^(?:\W|\b(?:and|but|so|also|ok|okay|hi|hello|hey|well|then|now|please|pls|or|thanks|sorry|sir|madam|btw)\b)*"
    r"(?:(?:what|which|who|whom|whose|where|when|why|how|do|does|did|is|are|was|were|can|could|will|would|should|shall|may|"
    r"might|has|any|wat|wich|tell|show|list|compare|give|explain|find|describe|name|kya|kaunsa|wetin)\b"
    r"(?!'t)(?! (?:not|abroad)\b)|(?:is|are|do|does|can|would)n'?t (?:there|it|they|that|this|the|any)\b)",
    re.I,
)
_CLAUSE = re.compile(
    r"\.(?=\s|$)|[?!;\n]+|,|\s[-\u2013]\s|[()]|\b(?:btw|by the way)\b|\b(?:and|but|so|because|bcoz|since|plus|also)\b"
    r"(?=\s(?:i|im|i'm|we|my|then|now|the|is|are|what|which|how|can|could|do|does|would|should|where|will|want|need|have|live|"
    r"work|no|looking|not)\b)",
    re.I,
)
_NEED = re.compile(
    r"\b(?:need|require[sd]?|without|instead of|rather than|versus|vs|than|like|count\w* (?:as|towards?)|replace|equal to)"
    r"\s(?:\w+\s){0,3}$",
    re.I,
)
_TO_DO = re.compile(
    r"\b(?:want|do|get(?:ting)?|study|apply|towards?|for|into|later|plan\w*|like to|consider\w*|thinking (?:of|about))\s"
    r"(?:\w+\s){0,3}$",
    re.I,
)
_DONE = re.compile(r"\b(?:did|done|finished|completed|have|got|hold|with|graduated)\b", re.I)
# A degree that is not wanted or not possible: "I can't picture myself doing a master's", "no time for a bachelor's".
_OUT_OF_REACH = re.compile(
    r"\b(?:can ?not|can'?t|cant|could ?n'?t|wo ?n'?t|would ?n'?t|do ?n'?t|do not|not|no|never|without|instead of|rather than|"
    r"hate)\s(?!sure\b|know\b|only\b|idea\b|just\b)(?:(?!i\b|i'?ve\b|with\b|although\b|though\b|despite\b|but\b)[\w']+\s){0,7}$",
    re.I,
)
_HELD = re.compile(
    r"(?:\b(?:have|'ve|has|had|got|hold(?:ing|s)?|with|did|done|do|finish(?:ed|es)?|complet(?:ed|es)|earned|"
    r"graduat(?:ed?|ion)|left|my|after|passed|only|just|also|studied|studying|i'?m an?|i am an?)"
    r"\s(?!(?:to|about|for|of|at|if|when|no)\b)(?:(?!(?:to|about|for|at|if|when)\b)[\w'.-]+\s){0,4}"
    r"|^\W*)[\w'. -]{1,40}$",
    re.I,
)
_HOLDER = re.compile(r"\s(?:holder|graduate|grad\b|here\b|student|already|behind me|in hand)", re.I)
_DEGREES = ("diploma", "bachelor", "master", "doctorate")
_NO_GOAL = re.compile(
    r"\b(?:not|(?:do|does|did|wo|would|ca|could|is)n'?t|no(?!\s(?:i|we|he|she|it|my)\b)|never|without)\s"
    r"(?:\w+\s){0,3}(?:(?!(?:and|but|so|to|for|want|need|i|we)\b)\w+\s){0,3}$",
    re.I,
)
# "Won't go abroad without his wife" may go.
_UNLESS = re.compile(r"\s(?:without|unless|alone|by (?:my|him|her)self)\b", re.I)
_AIMS = re.compile(r"\b(?:i|we)(?:'?d| want| need| hope| would| plan| wanna| am| have)|\bi'?m\b", re.I)
_NUMBER = r"(?:\d{1,2}|an?|one|two|three|four|five|six|ten)"
_LENGTH = rf"{_NUMBER} (?:hours?|hrs?|weeks?|months?)(?: (?:a|per|each|every) (?:week|day))?"
_SPAN = re.compile(
    r"(?:\b(?:i|we) (?:only |just )?(?:have|got|can give|can spare|can spend|have got)\s"
    r"(?:only |just |about |around |maybe |max )*|\b(?:only|just|within|max(?:imum)?|free for)\s|^)"
    rf"(?P<span>{_LENGTH})\b(?!\s(?:of )?(?:experience|old|ago|long|course))",
    re.I,
)
_TAKEN_BACK = re.compile(r"\s(?:no|not|nope|isn'?t|is not)\b", re.I)  # "promotion no"
_LIVES = re.compile(r"\bin\s(?:the\s)?$", re.I)
FURTHER_STUDY = "further-study"  # code of a goal
SUMMARY = "summary"  # code of a request for one, which may be to be shown to somebody
STRAYS = "strays"  # code of a complaint about what was advised
BRIEF = 6  # words up to which a message may be the answer to a question
FRAGMENT_WORDS = 7  # words up to which a clause without a subject is about the person ("evenings only")
LONGEST_WORK = 3  # words


Code = tuple[str, str, range]  # a part, its code, and where in the text it is said


@dataclass(frozen=True)
class AboutMe:
    """What a message says about the person.

    `parts` are short codes and catalogue keys by part of the profile; those that name a kind are "kind/key". `uses` tells by
    position what a name of the message is to the person. `only` tells that the message asks nothing, `brief` that it is a few
    words that ask nothing, whatever they say. `asks` are codes of what it asks of the advisor ("summary").
    """

    parts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    uses: dict[int, str] = field(default_factory=dict)
    only: bool = False
    brief: bool = False
    asks: tuple[str, ...] = ()


def about_me(text: str, names: Sequence[Name] = ()) -> AboutMe:
    """Return what a message says about the person who writes, or for whom they ask."""
    text = text.replace("\u2019", "'")
    parts: dict[str, dict[str, None]] = {}
    uses: dict[int, str] = {}
    clauses = list(_clauses(text, names))
    codes = [list(_codes(clause)) for clause in clauses]
    named = (code for found in codes for part, code, _ in found if part == FOR_WHOM)
    whom = dict.fromkeys(named) or dict.fromkeys(filter(None, (kin_meant(text),)))
    if whom:
        parts[FOR_WHOM] = whom
    before_it = ""
    for clause, of_clause in zip(clauses, codes, strict=True):
        others = is_of_others(clause.said, whom) or goes_on_of_others(clause.said, before_it, whom)
        _read(clause, of_clause, whom, others, parts, uses)
        before_it = clause.said
    requests = requests_in(text)
    if SUMMARY in requests:
        parts.pop(FOR_WHOM, None)  # "sum it up for my wife" asks for no course for her
    put_right(text, names, parts, uses, requests)
    _lone_places(clauses, parts, uses)
    if LIVES in parts and ORIGIN not in parts:  # where one lives is where one comes from, unless one says so
        parts[ORIGIN] = dict(parts[LIVES])
        if LIVES in parts.get(OWN, {}):
            parts[OWN][ORIGIN] = None
    asks = any(clause.asks for clause in clauses)
    if STRAYS in requests:  # "half of that isn't about data" wants data
        avoided = [code for code in parts.pop(AVOID, {}) if code.startswith("field/")]
        parts.setdefault(FIELD, {}).update(dict.fromkeys(code.removeprefix("field/") for code in avoided))
        parts = {part: codes for part, codes in parts.items() if codes}
    if len(levels := parts.get("level", {})) > 1:  # "I have a degree, a master in law"
        parts["level"] = dict.fromkeys(list(levels)[-1:])
    only = bool(parts) and not asks
    if not asks:
        requests = (*requests, *stories(text, [clause.said for clause in clauses], whom))
    if ends := closing(text, parts, any(one.exact and one.start not in uses for one in names)):
        requests = (*requests, ends)
    brief = not asks and len(text.split()) <= BRIEF
    return AboutMe({part: tuple(codes) for part, codes in parts.items()}, uses, only, brief, requests)


def _read(
    clause: Clause,
    codes: Sequence[Code],
    whom: Collection[str],
    others: bool,
    parts: dict[str, dict[str, None]],
    uses: dict[int, str],
) -> None:
    """Add what a clause says for certain of the person to `parts`, and what its names are to `uses`.

    `others` tells that the clause is about somebody whom the course is not for.
    """
    found = list(named_parts(clause)) if clause.tells else []
    for each in found:
        unsure = others or is_only_supposed(each.part, clause.before(each.start))
        # "My aunt raves about her online course."
        if unsure and each.part in PERSONAL or others and each.part == "mode":
            if not clause.asks:
                uses[each.start] = KIN
            continue
        _note(parts, each)
        _note_own(parts, each.part, clause.before(each.start))
        if each.part == KIN and clause.asks:
            continue
        uses[each.start] = ORIGIN if each.part == LIVES else each.part
    for part, code, inside in codes:
        before_it = clause.text[clause.start : inside.start] if inside else ""
        if part in PERSONAL and (others or is_only_supposed(part, before_it)):
            continue
        parts.setdefault(part, {})[code] = None
        _note_own(parts, part, clause.text[clause.start : inside.stop] if inside else "")
        uses.update({name.start: part for name in clause.names if name.start in inside})
    theirs = is_story_of_others(clause.said, whom)
    if not clause.asks and (others or theirs):
        of_them = [name for name in clause.names if theirs or name.kind == "mode"]
        uses.update({name.start: KIN for name in of_them if name.start not in uses})
    if others:
        return
    work, inside = _work(clause)
    if work and not any(each.part == WORK for each in found):
        parts.setdefault(WORK, {})[work] = None
        _note_own(parts, WORK, clause.said)
        uses.update({name.start: KIN for name in clause.names if name.start in inside and name.start not in uses})
    if clause.tells and (age := age_of(clause)):
        parts.setdefault("age", {})[age] = None
        _note_own(parts, "age", clause.text[: clause.end])  # "I'm too old for it, 57" tells whose age it is before


def _note_own(parts: dict[str, dict[str, None]], part: str, until: str) -> None:
    """Note that a part is told of the writer ("I am a nurse"), for whom the course need not be, and that work is over."""
    if part in PERSONAL and is_own(until):
        parts.setdefault(OWN, {})[part] = None
    elif part == WORK and FOR_WHOM not in parts and is_of_third(until):
        parts.setdefault(OWN, {})[f"{THIRD}{part}"] = None
    if part == WORK and is_past(until):
        parts.setdefault(PAST, {})[part] = None


def of_person(text: str, said: AboutMe) -> set[int]:
    """Return the positions of the names that a message only tells of the person, and doesn't ask about.

    They are where the person comes from, the work of one who wants another field, and names in words of another meaning ("my
    English is weak"). Where one lives may be asked about.
    """
    wants = FIELD in said.uses.values()
    return {
        start
        for start, part in said.uses.items()
        if part in ("limits", KIN, WITHDRAWN)
        or (wants and part in (ORIGIN, WORK, STUDIED, FOR_WHOM))
        or (part == ORIGIN and (said.only or not _LIVES.search(before(text, start))))
    }


def _lone_places(clauses: Sequence[Clause], parts: dict[str, dict[str, None]], uses: dict[int, str]) -> None:
    """Take a place that stands alone beside one's work as where one comes from ("Teacher. Spain. 41.")."""
    if WORK not in parts or ORIGIN in parts or PLACE in parts:
        return
    for clause in clauses:
        alone = clause.said.strip(" \"'")
        for name in clause.names:
            if name.kind == "place" and clause.text[name.start : name.end] == alone and not clause.asks:
                parts[ORIGIN] = {f"place/{name.key}": None}
                uses[name.start] = ORIGIN


def _note(parts: dict[str, dict[str, None]], found: NamedPart) -> None:
    """Add a named part; a corrected name replaces the one before ("from India, sorry, from Nepal")."""
    if found.part in (ORIGIN, LIVES):
        parts.pop(found.part, None)
    for part, code in found.codes:
        parts.setdefault(part, {})[code] = None


def _clauses(text: str, names: Sequence[Name]) -> Iterator[Clause]:
    """Yield the clauses of a message, each with its names and whether it asks or tells about the person."""
    start, told = 0, False
    for match in [*_CLAUSE.finditer(text), None]:
        end = match.start() if match else len(text)
        said = text[start:end]
        if said.strip(" \"'"):
            relative = text[:start].endswith(",") and said.lower().startswith(" who ")  # "my son, who is 18"
            marked = bool(match and "?" in match[0]) and not is_wish(said)
            asks = marked or asks_to_know(said) or bool(_ASKS.match(said.strip())) and not relative
            own = bool(_SELF.search(said))
            fragment = not own and len(said.split()) <= FRAGMENT_WORDS
            tells = bool(_TELLS.search(said)) if asks else (own or told or fragment) and not is_of_talk(said)
            inside = [name for name in names if start <= name.start < end]
            yield Clause(text, start, end, inside, asks, tells, own or told)
            told = told or own and not asks
        start = match.end() if match else end


def _codes(clause: Clause) -> Iterator[Code]:
    """Yield the codes of the tables that a clause says about the person, each with its part and where in the text it is."""
    if not clause.tells:
        return
    said = clause.said.strip()
    start = clause.start + len(clause.said) - len(clause.said.lstrip())
    of_things = {name.kind for name in clause.names} & {"type", "program", "provider", "institution"}
    of_others = not clause.own and (of_things or len(said.split()) > FRAGMENT_WORDS)
    done = {"level", "goal"} if of_others else set()
    for (part, code), pattern in _CODES.likely(said):
        if part in done or not (match := pattern.search(said)) or _unsaid(part, code, said, match, clause):
            continue
        yield part, code, range(start + match.start(), start + match.end())
        if part in ("level", "for_whom", "situation"):
            done.add(part)
    span = _SPAN.search(said)
    if span and (span.start("span") or len(said.split()) <= BRIEF):  # a length alone, or "I have three months"
        yield "time", span["span"].lower(), range(0)


def _unsaid(part: str, code: str, said: str, match: re.Match[str], clause: Clause) -> bool:
    """Return whether the words around a phrase take it back, or make it something else than a fact of the person."""
    words = said[: match.start()]
    if (code in _DEGREES or code == FURTHER_STUDY) and _OUT_OF_REACH.search(words):
        return True
    if part in ("level", "goal") and is_demanded(words, said[match.end() :]):
        return True
    if part == "level":  # "do I need a bachelor's" is a requirement, "I want to do a master's" an aim
        wanted = _NEED.search(words) or _TO_DO.search(words) and not _DONE.search(words)
        return bool(wanted) or code in _DEGREES and not _is_held(said, match)
    if code == "no-travel" and _UNLESS.match(said, match.end()):
        return True
    if part == "goal" and clause.asks and not _AIMS.search(clause.said):
        return True
    if part not in ("goal", "situation", "time", "limits"):
        return False
    return bool(_NO_GOAL.search(words) or part == "goal" and _TAKEN_BACK.match(said, match.end()))


def _is_held(said: str, match: re.Match[str]) -> bool:
    """Return whether the words tell that a degree is held: it stands almost alone, or somebody has, got or finished it."""
    alone = len(said.split()) <= FRAGMENT_WORDS and not _SELF.search(said)
    return alone or bool(_HELD.search(said[: match.end()]) or _HOLDER.match(said, match.end()))


def _work(clause: Clause) -> tuple[str, range]:
    """Return the work that a clause names and the catalogue doesn't, "a bank teller", and where; "" if it names none."""
    if not clause.tells:
        return "", range(0)
    said = clause.said.strip()
    match = _AS_WORK.search(said) or (_AS_SUFFIX.search(said) if clause.own else None)
    if match is None or _NOT_WORK.search(match["work"]) or _TO_BECOME.search(said[: match.start("work")]):
        return "", range(0)
    start = clause.start + len(clause.said) - len(clause.said.lstrip())
    words = " ".join(without_capitals(match["work"]).split()[:LONGEST_WORK])
    inside = range(start + match.start("work"), start + match.end("work"))
    return with_article(words), inside
