"""Tells by the words before a name whether it is a line of work that is left or wished for, or only supposed or asked about."""

from __future__ import annotations

import re

from nlu.text.folding import with_article, without_capitals

# Words for a person at work: "teacher", "accountant", "nurse", and not "after" or "number".
AGENT = re.compile(
    r"(?!(?:after|over|under|other|never|ever|rather|whether|together|better|later|number|offer|either|further|another|german|roman|human)$)"
    r"(?:[^\W\d]{2,30}(?:er|or|ist|ian|tant|dant)|nurse|midwife|cook|chef|man|woman|physio|techie|paralegal|advocate|attorney|pilot)$",
    re.I,
)
_BE_A = r"\b(?:i'?m|i am|as|i was)\s(?:an?|the)\s"
_NO_TITLE = r"(?:just|only|simple|mere|very|former|retired|ex|newly|young|old|busy|single|proud|bored|tired)\b"
_WORKPLACE = re.compile(
    r"(?:cent(?:re|er)|hotel|bank|hospital|restaurant|shop|school|factory|farm|company|clinic|office|kitchen)$", re.I
)
# The words of a title before its last one: "I'm the office" before "manager", "a dental" before "nurse".
_TITLE_WORDS = re.compile(rf"{_BE_A}(?:{_NO_TITLE}\s)?(?P<title>(?:(?!{_NO_TITLE})[a-z][\w-]*\s){{1,2}})$", re.I)
# "if I'm a student in Ontario" supposes something, "can I study in Canada" asks, "an exchange student in Paris" is a guest.
_SUPPOSED = re.compile(
    r"\bif (?:i'?m|i am|i was|i were|we are|we're)\b[^.;!?]*$|"
    r"\b(?:can|could|should|would|may|might|must|shall|do|did|will|if|where|how|when) (?:i|we) (?:also |then |still |even )?"
    r"(?:study|work|live|stay|learn|teach|do|go|get|move|reside|come)\b(?:(?!\b(?:from|as)\b)[^.;!?])*$|"
    r"\b(?:international|foreign|overseas|exchange|visiting) students? (?:here )?(?:in|at) (?:the )?$",
    re.I,
)
_HIRES = re.compile(r"\b(?:employers?|recruiters?|providers?|lecturers?|customers?|lawyers?)\b", re.I)
# The line of work, or the place, that somebody leaves: "pivot from hospitality", "moving out of banking".
_LEAVES = re.compile(
    r"\b(?<!let )(?:switch|chang|mov|pivot|transition|shift|get|jump|cross|go)\w*\s(?:\w+\s){0,3}(?:from|out of|away from)\s"
    r"(?P<left>(?:an?\s|the\s|my\s)?(?:[\w'-]+\s){0,2})$",
    re.I,
)
_LEFT_FOR = re.compile(r"\b(?:out of|away from|leav\w+|quit\w*)\s(?:[\w'-]+\s){1,4}(?:(?:in)?to|for)\s$", re.I)
_INTO = re.compile(r"\b(?:to|into|towards?)\s", re.I)
_TO_WORK = re.compile(  # "I dream of working in marketing" is no work that one has
    r"\b(?:dream\w*|want\w*|hop(?:e|es|ing)|likes?|love|plan\w*|aim\w*|wish\w*|interested|goal)\s(?:is\s)?(?:of|to|in|about|on)\s"
    r"(?:be\s)?work(?:ing)?\s(?:in|as|with|for)\s(?:[\w'-]+\s){0,2}$",
    re.I,
)
_QUITS = re.compile(
    r"\b(?:leav(?:e|ing)|quit(?:ting)?|give up|giving up|retired? from) (?:(?:the|my|this|teaching|working in) )?$",
    re.I,
)
_STAYS = re.compile(  # "no wish to leave nursing", "I don't want to give up teaching"
    r"\b(?:no (?:wish|plans?|intention|desire|need|reason) (?:of|to)|never|not (?:\w+ )?(?:to|going to)|without|"
    r"(?:do ?n[o']?t|do not|wo ?n'?t|will not|would ?n[o']?t|not) (?:want|wish|plan|intend|have|mean|like)(?: to)?|"
    r"can'?t|can ?not|could ?n'?t)\s(?:\w+ )?(?:leav(?:e|ing)|quit(?:ting)?|giv(?:e|ing) up|stop(?:ping)?) "
    r"(?:(?:the|my|this|teaching|working in) )?$",
    re.I,
)
_NEEDS_IT = re.compile(  # "do I need maths for that?" wishes for none
    r"\b(?:do|does|did|will|would|must) (?:i|we|he|she|they|you|one) (?:\w+ )?(?:need|know|have to (?:know|be good at))\s"
    r"(?:(?:any|some|much|good|be good at|to know)\s){0,2}$",
    re.I,
)
_DISLIKED = re.compile(
    r"^\s(?:\w+\s){0,2}?(?:scares?|frightens?|bores?|confuses?|intimidates?|terrifies|terrify|annoys?|(?:do|does)(?: not|n'?t) "
    r"(?:interest|suit|appeal to)|(?:is|are)(?: not|n'?t) (?:for|my))\b\s?(?:me|him|her|us|thing|cup)?\b",
    re.I,
)
_IS_OVER = re.compile(
    r"^\s(?:is|was|it'?s) (?:(?:now|all|really|already) )?(?:over|finish(?:ed)?|done|history|gone|behind (?:me|us))"
    r"(?: (?:for|with) (?:me|us|him|her))?(?=\W|$)(?!\s(?:in|by|within|before|after|when|soon))",
    re.I,
)
_NO_BACKGROUND = re.compile(r"^\s(?:background|experience|knowledge|skills?)\b", re.I)
_NOTHING_IN = re.compile(
    r"\b(?:no|zero|without|never had|lack|little)\s(?:any\s|prior\s|previous\s|real\s)?"
    r"(?:background|experience|knowledge|skills?|training)\s(?:in|of|with|at)\s(?:the\s)?$",
    re.I,
)
_NO_BEFORE = re.compile(r"\b(?:no|zero|without|any)\s(?:\w+\s)?$", re.I)
_TAUGHT_IN = re.compile(  # a language of teaching is no field
    r"\b(?:stud(?:y|ies|ying)|taught|teach|held|given|lectures|classes|lessons)\s?in\s$",
    re.I,
)
_MAYBE = re.compile(r"^\s(?:maybe|perhaps|i think|i guess|i suppose|or so|or something|or sth)\b", re.I)
_MAYBE_BEFORE = re.compile(
    r"^\W{0,3}(?:(?:or|and|so|well|dunno|not sure|no idea)\W{1,3}){0,2}(?:maybe|perhaps|possibly)\s"
    r"(?:(?:something|anything|sth|a course)\s(?:(?:in|with|like|about|around|on)\s)?)?(?:the\s)?$",
    re.I,
)
_WEAK_AT = re.compile(r"\b(?:not|never|n'?t) (?:\w+ ){0,2}(?:good|great|strong|handy) (?:with|at|in) (?:\w+ )?$", re.I)
_RATED = re.compile(r"^\s(?:is|isn'?t|was)\b", re.I)
_RATED_SO = re.compile(
    r"^\s(?:is )?(?:ok|okay|fine|good|no problem|so so|zero|nil|fluent|rusty|average|weak)(?: already| enough)?\W*$",
    re.I,
)
_ARE_NONE = re.compile(
    r"\b(?:i'?m|i am|im|we'?re|we are|(?:he|she)(?:'s| is)|was|be) (?:not|never|no longer|no) (?:an?\s)?(?:\w+\s){0,2}$",
    re.I,
)
_NEEDED = re.compile(
    r"^\s(?:is what )?(?:i|we|he|she|they) (?:really |only |also )?(?:needs?|wants?|lacks?)\b(?! to)", re.I
)
_FOR_MANY = re.compile(r"\bfor (?:(?:our|my|the|all|some|\d{1,5})\s){0,2}$", re.I)
_MANY = re.compile(r"(?:er|or|ist|ian|tant|nurse|cook|chef)s$", re.I)


_SPOKEN = re.compile(  # a language that one speaks is not the one to be learnt
    r"\b(?:i|we|he|she|they|people|everybody|everyone|and|also|only) (?:can |also |only |already )?(?:speaks?|understands?)\s"
    r"(?:(?:an?|some|little|bit|of|good|very|fluent(?:ly)?|basic|no|only|also|english|french|german|spanish|and|but)\s){0,4}$",
    re.I,
)
_CAN_DO = re.compile(
    r"\b(?:can|could|should|shall|may|might|must|would|do|will|if) (?:i|we|he|she)\b(?:(?!\bas\b)[^.;!?])*$", re.I
)

_WANTS_NOW = re.compile(
    r"\b(?:he|she|they) (?:now |really )?(?:wants?|would like|needs?|prefers?|hopes?|is interested)\b", re.I
)


def is_worker(before: str) -> bool:
    """Return whether a fragment such as "nurse from" or "teacher here in" begins with a person."""
    words = before.split()
    return 1 < len(words) <= 6 and not names_hirer(before) and any(AGENT.fullmatch(word) for word in words[:-1])


def says_nothing(before: str) -> bool:
    """Return whether the name after these words is neither wished for nor refused: one is weak at it or stays with it."""
    return is_taught_in(before) or is_weak_at(before) or is_kept(before) or bool(_NEEDS_IT.search(before))


def wants_now(after: str) -> bool:
    """Return whether somebody wants something after what was told of their studies: "she finished law. She wants AI"."""
    return bool(_WANTS_NOW.search(after))


def is_spoken(before: str) -> bool:
    """Return whether the name after these words is a language that somebody speaks."""
    return bool(_SPOKEN.search(before))


def is_asked_to_do(before: str) -> bool:
    """Return whether the name after these words is what somebody asks to do, and not what they do: "can I do design"."""
    return bool(_CAN_DO.search(before))


def is_supposed(before: str) -> bool:
    """Return whether a place is only supposed or asked about, so that nobody comes from there."""
    return bool(_SUPPOSED.search(before))


def names_hirer(before: str) -> bool:
    """Return whether the words name somebody whom nobody is to oneself, such as an employer."""
    return bool(_HIRES.search(before))


def is_left(before: str) -> bool:
    """Return whether the name after these words is what somebody leaves."""
    match = _LEAVES.search(before)
    return bool(match) and not _INTO.search(match["left"] if match else "")


def is_left_for(before: str) -> bool:
    """Return whether the name after these words is what something else is left for."""
    return bool(_LEFT_FOR.search(before))


def is_wished_work(before: str) -> bool:
    """Return whether the name after these words is the work that somebody wishes for."""
    return bool(_TO_WORK.search(before))


def is_weak_at(before: str) -> bool:
    """Return whether the name after these words is what somebody is not good at, which refuses nothing."""
    return bool(_WEAK_AT.search(before))


def is_no_background(before: str, after: str) -> bool:
    """Return whether somebody only says that they bring nothing in a field: "no IT background", "no experience in IT"."""
    return bool(_NO_BACKGROUND.match(after) and _NO_BEFORE.search(before[-40:]) or _NOTHING_IN.search(before[-60:]))


def is_no(before: str) -> bool:
    """Return whether somebody is not what the name after these words says: "I am no nurse"."""
    return bool(_ARE_NONE.search(before))


def is_for_many(before: str, surface: str) -> bool:
    """Return whether a name tells for whom something is, and not what: "training for engineers"."""
    return bool(_FOR_MANY.search(before) and _MANY.search(surface))


def is_quit(before: str) -> bool:
    """Return whether the line of work after these words is given up: "leave nursing"."""
    return bool(_QUITS.search(before))


def is_kept(before: str) -> bool:
    """Return whether the line of work after these words is not to be given up."""
    return bool(_STAYS.search(before))


def aim_given_up(after: str) -> tuple[tuple[str, str], ...] | None:
    """Return the aim of somebody for whom the name before these words is nothing more, None if nothing says so.

    "Pharmacy is over for me" seeks a new career, "maths bores me" has no aim.
    """
    if _IS_OVER.match(after):
        return (("goal", "new-career"),)
    return () if _DISLIKED.match(after) else None


def is_rated(before: str, after: str) -> bool:
    """Return whether somebody says how good they are at the name between the words: "my French is zero", "English ok"."""
    return bool(before.lower().endswith("my ") and _RATED.match(after) or _RATED_SO.match(after))


def is_taught_in(before: str) -> bool:
    """Return whether the name after these words is the language of teaching."""
    return bool(_TAUGHT_IN.search(before))


def is_needed(after: str) -> bool:
    """Return whether the name before these words is what somebody needs: "French they need"."""
    return bool(_NEEDED.match(after))


def is_maybe(before: str, after: str) -> bool:
    """Return whether a name is put forward as a wish: "project management maybe", "maybe something in design"."""
    return bool(_MAYBE.match(after) or _MAYBE_BEFORE.match(before))


def work_said(surface: str, before: str, after: str, agent: bool) -> str:
    """Return the work that a name tells in the words of who tells it: "an office manager", "in a dental practice".

    `agent` tells that the name stands for a person at work, and not for the field.
    """
    words = surface if surface.isupper() else without_capitals(surface)
    follows = after.split()[0].strip(".,;!?").lower() if after.split() else ""
    place = not agent and next((one for one in (follows, words) if _WORKPLACE.search(one)), "")
    if place:
        words = f"a {words}" if place == words else f"a {words} {follows}"
    elif follows and AGENT.fullmatch(follows) and not AGENT.search(surface):
        words = f"{words} {follows}"
    title = _TITLE_WORDS.search(before) if agent else None
    if title and title["title"].islower():  # a capital is that of a name, which is told apart
        words = f"{title['title']}{words}"
    if re.search(r"\bteach(?:ing)?\s$", before, re.I):
        words = f"teaching {words}"
    return with_article(words) if agent else f"in {words}"
