"""Finds what a name of the catalogue is to the person who writes: where they come from, what they do, what they want."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nlu.extraction.entity_matcher import Name
from nlu.extraction.person.mode_parts import is_asked_as_wish, is_plain_no, is_refused, is_wished, is_withdrawn
from nlu.extraction.person.place_parts import (
    ARE,
    NOW,
    PLAIN,
    any_of,
    is_denied,
    is_dream,
    is_lived_in,
    is_of_kin,
    is_of_own_firm,
    is_origin_of,
    is_stayed_in,
    is_tied_to,
    is_too_much,
    is_town_of_origin,
    is_where_from,
)
from nlu.extraction.person.uncertain_parts import is_past
from nlu.extraction.person.work_parts import (
    AGENT,
    aim_given_up,
    is_asked_to_do,
    is_for_many,
    is_left,
    is_left_for,
    is_maybe,
    is_needed,
    is_no,
    is_no_background,
    is_quit,
    is_rated,
    is_spoken,
    is_supposed,
    is_wished_work,
    is_worker,
    says_nothing,
    wants_now,
    work_said,
)
from nlu.text.bounds import AROUND

LIVES, ORIGIN, WORK, STUDIED, FIELD, PLACE, MODE, AVOID, WITHDRAWN, KIN = (
    "lives",
    "origin",
    "work",
    "studied",
    "field",
    "place",
    "mode",
    "avoid",
    "withdrawn",  # a wish that is one no more
    "kin",  # where somebody of the family lives, which is no wish
)
PLACES, FIELDS = ("place", "destination"), ("field", "industry")


_WORKS_IN = re.compile(
    r"\b(?:work(?:s|ed|ing)?|uni|university|college|firm|company|business|hotel|shop|school|charity|hospital|clinic|office|plant|factory|bank|farm|"
    r"team)\b(?:(?!\b(?:abroad|overseas|want|like|and|but|to)\b)[^.?!,]){0,50}\s(?:in|from)\s(?:the\s)?$",
    re.I,
)
_FROM = re.compile(r"(?:^|\s)(?:from|in)\s(?:the\s)?$", re.I)
_FROM_FIRST = re.compile(
    r"^\W*(?:(?:hi|hello|no|not|yes|sorry|and|but|i said|i meant?|rather|actually)\W+)*from\s(?:the\s)?$", re.I
)
_WISH = (
    r"(?:wants?|wanna|would (?:(?:really|quite|rather) )?(?:like|love)|'d (?:(?:really|quite|so) )?(?:like|love)|'d rather|"
    r"would rather|"
    r"wish(?:es)?|hop(?:e|es|ing)|plan(?:s|ning)?|"
    r"aim(?:s|ing)?|dream(?:s|ing)?|thinking(?: of| about)?|think of|torn between|consider(?:ing)?|interested|keen on|prefers?|"
    r"look(?:ing)? (?:at|to|into|for|forward)|tr(?:y|ying)(?: to)?|needs?|ready to|going to|mov(?:e|ing)|chang(?:e|ing)|"
    r"pivot(?:ing)?|transition(?:ing)?|shift(?:ing)?|"
    r"switch(?:ing)?|get(?:ting)? in(?:to|2)|go(?:ing)? into|passionate about|loves?|enjoys?|fond of|"
    r"(?:good|decent) (?:at|with)|adores?|something with|"
    r"curious about|into|(?<=\bi )(?:really )?like|"
    r"drawn to|upskill(?:ing)?|career|become|goal is|dream is|likes?(?= working| to)|like working with|"
    r"(?:he|she) likes|decided on|leaning (?:towards?|to)|let'?s (?:say|go with|do))"
)
_OTHER_WISH = re.compile(
    r"\b(?:know|ask|hear|find out|compare|understand (?:if|whether|how|what|why|the|that)|see if|tell|check|wonder\w*)\b",
    re.I,
)
_WANT = any_of(
    rf"\b{_WISH}\b(?P<between>[^.?!;]{{0,60}})$",
    r"(?<!\bi )\b(?:learn|study) (?:more )?(?:\w+\s){0,2}$",  # "I study law" is what one does already
)
_SPEAKER = re.compile(r"\b(?:i|i'?m|i'd|im|my|we|we're|our|us|he|she|they)\b", re.I)
_GO = re.compile(
    r"\b(?:in|to|at|for|into|of|about|towards?|on|like|prefer|love|considering|say|with|choose|visit|is|maybe|probably|"
    r"country|where)\s(?:the\s|go to\s)?$",
    re.I,
)
_ADVERBS = r"(?:(?:have|has|currently|now|also|just|still|mostly|only|been|am|'m|used to|presently)\s)*"
_WORK_BEFORE = any_of(
    rf"{ARE}\s(?:{NOW}\s)?(?:an?|the)\s(?:{PLAIN}){{0,3}}$",
    rf"(?<!work )(?<!working )(?<!worked )\bas an?\s(?:{PLAIN}){{0,2}}$",
    rf"\b(?:i|we)(?:'?ve)?\s{_ADVERBS}(?:work(?:ed|ing)?|teach|run|own|manage|do|did|doing|was|been)\s"
    r"(?:(?:as|in|for|with|at|on)\s)?(?:(?:an?|the|my|own)\s)?(?:(?!want|to\b)[\w'-]+\s){0,2}$",
    r"\bi'?m (?:working|employed|currently working|now working)\s(?:as|in|for|with|at)\s(?:(?:an?|the)\s)?(?:[\w'-]+\s){0,2}$",
    r"\b(?:my|our) (?:job|work|career|profession|background|field|experience|business|shop|day job|current job) "
    r"(?:is|was|has been)\s(?:(?:in|as|about)\s)?(?:an?\s)?$",
    r"\b(?:years?|yrs?|decades?|months|experience|background|worked|working|employed)\s(?:of\s)?(?:(?:experience|work)\s)?"
    r"(?:in|as|with)\s(?:an?\s|the\s)?(?:\w+\s)?$",
    r"^\W*(?:currently |now )?work(?:ing|ed)?\s(?:in|as|for|at|with)\s(?:an?\s)?(?:\w+\s)?$",
    r"\bi be\s(?:an?\s)?$",
    r"\bused to (?:be|work as|work in|do|teach)\s(?:an?\s)?(?:\w+\s)?$",
    r"\bfrom an?\s(?:\w+\s)?$",
    r"\bi was an?\s(?:\w+\s){0,2}$",
    r"\bmy (?:son|daughter|husband|wife|brother|sister) is an?\s(?:\w+\s)?$",
)
_NO_ARTICLE = re.compile(rf"{ARE}\s(?:{NOW}\s)?(?:{PLAIN})?$", re.I)  # "I am ward nurse"
_OR_ALSO = re.compile(r"\W*(?:(?:or|and|maybe|perhaps|possibly|even|also|n)\W+){0,4}", re.I)  # joins two wishes
_OUTSIDE = re.compile(r"\boutside(?: of)?\s(?:the\s)?$", re.I)
_THEIR_WISH = re.compile(  # what others want for one
    r"\b(?:parents?|father|mother|dad|mum|mom|family|uncle|teachers?|everyone|everybody|boss|employer|company|wife|husband|"
    r"brother|sister|friends?|people|they|he|she) (?:\w+ )?"
    r"(?:wants?|wish(?:es)?|tells?|telling|told|says?|said|insists?|expects?|thinks?|(?:rather |like to |love to )?see) "
    r"(?:for |that )?(?:me|i|us|we)\b|^\W*(?:says?|said|thinks?|tells? me|told me) (?:that )?(?:i|we) (?:should|must|need)\b",
    re.I,
)
_STUDIED_BEFORE = re.compile(
    r"\b(?:studied|(?:am|'m|im) (?:now |still |currently )?studying|(?<!can )(?<!could )(?<!should )(?<!do )(?<!would )"
    r"(?<!must )(?<!shall )(?<!may )i study|graduated (?:in|with|from)|majored in|"
    r"degree in|diploma in|bachelors? (?:in|of)|bachelor'?s (?:degree )?(?:in|of)|master'?s? (?:degree )?(?:in|of)|"
    r"\b(?:year|uni|university|college|student|degree)\b[^.?!]{0,40}\sdoing|"
    r"b\.?sc\.?(?: in)?|b\.?com|msc(?: in)?|ba in|student of|(?:finished|completed|did|doing|done) (?:my|a|an|the) [\w']+ in|"
    r"background in|graduate (?:in|of))\s(?:\w+\s){0,2}$",
    re.I,
)
_OTHER_STUDIES = re.compile(  # what a son studies is the field of the course that is wanted for him
    r"\b(?:he|she|they|my (?:\w+ )?(?:son|daughter|child|brother|sister|cousin|nephew|niece|boy|girl))"
    r"\s(?:is |are |'s |has )?(?:now |still |currently |just |also )?(?:stud(?:ies|ying|y|ied)|finished|completed|"
    r"graduated (?:in|from))\s(?:\w+\s){0,2}$"
    r"|\bhas (?:just |now |also )?(?:studied|finished|completed|graduated (?:in|from))\s(?:\w+\s){0,2}$",
    re.I,
)
_OF_JOB = re.compile(r"^\s(?:jobs?|work|shop|business)\b", re.I)  # "an online job" is no online course
_ONE = re.compile(r"\b(?:i'?m|i am|as|was|be) an?\s(?:\w+\s){0,2}$", re.I)
_STUDIED_AFTER = re.compile(r"^\s(?:student|graduate|grad\b|major|fresher|background|degree|studies|diploma)", re.I)
_STUDIED_PARTLY = re.compile(
    r"\b(?:half|part|most|years?|semesters?|did|done|finish(?:ed)?|completed?|i'?ve got|i have|i'?ve)\b", re.I
)
_IS_MINE = re.compile(
    r"^\s(?:is|would be|sounds?) (?:my|what i|the one|good|great|fine|interesting|perfect|nice)", re.I
)
_NOT = re.compile(
    r"\b(?:can ?not|can'?t|cant|couldn'?t|do(?:es)?(?: not|n'?t) (?:really |actually |quite |even )?(?:want|like|enjoy|need)|"
    r"won'?t|not|no|never|hate|avoid|without|"
    r"rather than|instead of|anything but|nothing|isn'?t|leave|leaving|quit|"
    r"(?<!dropped )(?<!drop )(?<!fresh )(?<!graduated )(?<!straight )out of|"
    r"forget|drop|skip)\s(?:(?!but\b)[\w']+\s){0,5}$",
    re.I,
)
# "no wait in person" puts right what was said before, and excludes nothing.
_CORRECTION = re.compile(r"\bno\s(?:wait|actually|sorry|hmm|i mean|i meant|rather|make it|let'?s say)\b\W*", re.I)
_SPOKEN = re.compile(r"^[\s-]speaking\b", re.I)  # "an English speaking country" names no field
_SPEAKS = re.compile(r"^\s(?:says?|said|told|thinks?|wants|advis\w+)\b", re.I)  # "doctor says" is somebody else
_OPENING = re.compile(
    r"\W*(?:(?:hi|hello|hey)\W+)?(?:an?\s)?"
    r"(?:(?:registered|senior|junior|former|ex|trained|qualified|young|school|primary|secondary)[\s-])?",
    re.I,
)


@dataclass(frozen=True)
class Clause:
    """A stretch of a message with the names in it.

    `tells` is whether it may say something about the person, `own` whether it speaks in the first person, or goes on from one
    that did.
    """

    text: str
    start: int
    end: int
    names: Sequence[Name]
    asks: bool
    tells: bool
    own: bool

    @property
    def said(self) -> str:
        """The words of the clause."""
        return self.text[self.start : self.end]

    def before(self, at: int) -> str:
        """Return the words of the clause before a position."""
        return self.text[max(self.start, at - AROUND) : at]

    def after(self, at: int) -> str:
        """Return the words of the clause from a position on."""
        return self.text[at : min(self.end, at + AROUND)]


@dataclass(frozen=True)
class NamedPart:
    """What the name at `start` is to the person, as codes of the profile."""

    start: int
    part: str
    codes: tuple[tuple[str, str], ...]


def named_parts(clause: Clause) -> Iterator[NamedPart]:
    """Yield what each name of a clause is to the person; nothing for a name that is only talked about."""
    by_span: dict[tuple[int, int], list[Name]] = {}
    for name in clause.names:
        if not name.exact and name.kind not in PLACES:
            continue  # "looking" is no misspelt "cooking"; only a place is told well enough by the words around it
        by_span.setdefault((name.start, name.end), []).append(name)
    last: tuple[str, int] = ("", 0)  # part and end of the name before
    taken = 0  # up to here the words belong to the work before ("retail manager")
    for (start, end), names in by_span.items():
        kinds = {name.kind: name.key for name in names}
        if start < taken:
            continue
        if not set(PLACES) & set(kinds) and _is_word_before(clause.text, end, by_span):
            yield NamedPart(start, KIN, ())  # nothing by itself that the message asks about
            continue
        before, after = _CORRECTION.sub("", clause.before(start)), clause.after(end)
        if place := next((f"{kind}/{kinds[kind]}" for kind in PLACES if kind in kinds), ""):
            found = _of_place(clause, place, before, after)
        elif "mode" in kinds:
            found = _of_mode(clause, kinds["mode"], before, after)
        elif any(kind in kinds for kind in FIELDS):
            between = clause.text[last[1] : start]
            joined = last[0] == FIELD and bool(between.strip()) and bool(_OR_ALSO.fullmatch(between))
            found = _of_field(clause, kinds, clause.text[start:end], before, after, joined)
        elif "institution" in kinds and is_town_of_origin(before):  # "a barista in Leeds"
            found = ((KIN, ""),)
        else:
            continue
        last = (found[0][0] if found else "", end)
        if found:
            if found[0][0] == WORK:
                said = found[0][1].removeprefix("in ").removeprefix("an ").removeprefix("a ")
                taken = start + len(said)
            yield NamedPart(start, found[0][0], () if found[0][0] == KIN else found)


def _is_word_before(text: str, end: int, by_span: dict[tuple[int, int], list[Name]]) -> bool:
    """Return whether a name only tells which of those at work of the next name: the first of "theatre nurse"."""
    after = next((names for (start, _), names in by_span.items() if start == end + 1), [])
    return any(name.kind in FIELDS and AGENT.fullmatch(text[name.start : name.end]) for name in after)


def _of_place(clause: Clause, place: str, before: str, after: str) -> tuple[tuple[str, str], ...]:
    outside = place.startswith("place/")
    if not clause.asks and _FROM_FIRST.search(before) and (outside or clause.own):
        return _origin(before, place)
    if is_supposed(before):
        return ()
    if is_left(before) and before.endswith(("from ", "from the ")):  # "move from Kenya to Canada"
        return _origin(before, place)
    if is_where_from(before) or is_origin_of(after) and (clause.own or not clause.asks):
        return _origin(before, place)
    if clause.own and is_of_own_firm(before, after) and not wanted(clause, before):
        return _origin(before, place)
    if not clause.asks and _FROM.search(before) and is_worker(before):  # "nurse from Kenya"
        return _origin(before, place)
    if is_of_kin(before):
        return ((KIN, ""),)
    if is_tied_to(before):
        return ((LIVES, place), ("limits", "no-travel"))
    if not clause.asks and is_too_much(after):
        return ((AVOID, place),)
    if not clause.asks and is_dream(after):
        return ((PLACE, place),)
    if clause.own and not clause.asks and _WORKS_IN.search(before) and not wanted(clause, before):
        return _origin(before, place)
    if wanted(clause, before) and (_GO.search(before) or before.endswith(" ")):
        return ((AVOID, place),) if _NOT.search(before) else ((PLACE, place),)
    if clause.own and not clause.asks and _NOT.search(before):
        return ((AVOID, place),)
    if _OUTSIDE.search(before) and not clause.asks:  # who wants to go "outside India" is there now
        return ((ORIGIN, place),) if outside else ((AVOID, place),)
    return ()


def _origin(before: str, place: str) -> tuple[tuple[str, str], ...]:
    """Return the origin or where one lives, or nothing if it is denied ("not from India")."""
    if is_denied(before):
        return ()
    if is_stayed_in(before) or is_lived_in(before) and is_past(before):
        return ((KIN, ""),)
    return ((LIVES if is_lived_in(before) else ORIGIN, place),)


def _of_mode(clause: Clause, mode: str, before: str, after: str) -> tuple[tuple[str, str], ...]:
    said = f"mode/{mode}"
    if is_withdrawn(before, after):
        return () if clause.asks else ((WITHDRAWN, said),)
    if (
        _NOT.search(before)
        and not is_plain_no(before, clause.text[: clause.start])
        or is_refused(after)
        and not clause.asks
    ):
        return ((AVOID, said),) if clause.own or not clause.asks else ()
    if clause.asks and not is_asked_as_wish(before) or _OF_JOB.match(after):
        return ()
    return ((MODE, mode),) if is_wished(clause.said, before, clause.own) else ()


def _of_field(
    clause: Clause, kinds: dict[str, str], surface: str, before: str, after: str, joined: bool
) -> tuple[tuple[str, str], ...]:
    """Return what a name of a field is; `joined` tells that "or" joins it to a wish."""
    if says_nothing(before):
        return ()
    if _SPOKEN.match(after) or is_spoken(before) or is_rated(before, after) or is_no_background(before, after):
        return ((KIN, ""),)
    field = kinds.get("field", "")
    part, denied = _nearest(clause, before), bool(_NOT.search(before)) and not is_left_for(before)
    agent = _agent(surface, before, after)
    if is_left(before):
        return (*_work(kinds, surface, before, after, agent), ("goal", "new-career"))
    avoided = ((AVOID, f"field/{field}"),) if field else ()
    if avoided and not clause.asks and (aim := aim_given_up(after)) is not None:
        return (*avoided, *aim)
    of_field = ((FIELD, field or f"industry/{kinds['industry']}"),)
    alone = bool(before.strip()) and bool(_OR_ALSO.fullmatch(before))
    maybe = not clause.asks and (alone or is_maybe(before, after) or is_needed(after))
    if not part and (joined or maybe):
        return of_field
    if part == FIELD and (not field and AGENT.search(surface) or is_for_many(before, surface)):
        return ()  # "a promotion to manager"
    studies = bool(_OTHER_STUDIES.search(before))
    if studies and part != FIELD and field and wants_now(clause.text[clause.end :]):
        return ((STUDIED, field),)
    if part == FIELD or studies:
        return _left_out(avoided, before) if denied else of_field
    partly = part == WORK or not part and bool(_STUDIED_PARTLY.search(before))
    if part == STUDIED or partly and _STUDIED_AFTER.match(after):
        return ((STUDIED, field or kinds["industry"]),)
    agent = agent and not _SPEAKS.match(after)
    one = agent and not clause.asks and not surface.lower().endswith("s") and _OPENING.fullmatch(before)
    without_article = agent and not clause.asks and _NO_ARTICLE.search(before)
    if part == WORK or one or without_article:  # "registered nurse, eight years"
        return () if part == WORK and is_denied(before) else _work(kinds, surface, before, after, agent)
    if _IS_MINE.match(after) and not clause.asks:
        return of_field
    is_none = agent and is_no(before)  # who is no nurse may want to become one
    if not clause.own or clause.asks or not denied or is_none:
        return ()
    return _left_out(avoided, before)


def _left_out(avoided: tuple[tuple[str, str], ...], before: str) -> tuple[tuple[str, str], ...]:
    """Return a field that is not wanted, with a new career as the aim if it is work that is given up."""
    return (*avoided, ("goal", "new-career")) if avoided and is_quit(before) else avoided


def _nearest(clause: Clause, before: str) -> str:
    """Return the part that the words nearest before a name of a field give it, or ""."""
    if is_wished_work(before) and wanted(clause, before):
        return FIELD
    matches = {
        WORK: None if clause.asks and is_asked_to_do(before) else _WORK_BEFORE.search(before),
        STUDIED: _STUDIED_BEFORE.search(before),
        FIELD: wanted(clause, before),
    }
    found = {part: match.start() for part, match in matches.items() if match}
    return max(found, key=lambda part: found[part]) if found else ""


def _agent(surface: str, before: str, after: str) -> bool:
    """Return whether a name stands for a person at work ("a nurse", "a marketing manager"), and not for the field."""
    follows = after.split()[0].strip(".,;!?") if after.split() else ""
    return any(map(bool, (AGENT.search(surface), _ONE.search(before), follows and AGENT.fullmatch(follows))))


def _work(kinds: dict[str, str], surface: str, before: str, after: str, agent: bool) -> tuple[tuple[str, str], ...]:
    said = work_said(surface, before, after, agent)
    return ((WORK, said), *((f"work_{kind}", kinds[kind]) for kind in FIELDS if kind in kinds))


def wanted(clause: Clause, before: str) -> re.Match[str] | None:
    """Return the wish that the words before a name express, or None."""
    match = _WANT.search(before)
    if match is None or _THEIR_WISH.search(before) or _OTHER_WISH.search(match.groupdict().get("between") or ""):
        return None
    return match if clause.own or _SPEAKER.search(before) or not clause.asks and len(clause.said.split()) <= 8 else None
