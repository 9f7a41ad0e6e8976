"""Tells whether a message looks for programs of the own catalogue, and whether it goes on with the last search."""

from __future__ import annotations

from actions.own_catalogue.criteria import LIMITS
from actions.own_catalogue.search import Checked
from actions.own_catalogue.turn import AND, OF_A_PROGRAM, Turn
from actions.own_names import BY, COUNTRY, PLACE, PROGRAM, PROVIDER, SKILL, SUBJECT, TYPE
from actions.own_names import OTHER as OTHER_WISH
from actions.unanswered import OPEN, anything_else
from core.contract.intents import (
    ASK_ABOUT,
    ASK_ADVICE,
    ASK_BEST_DESTINATION,
    ASK_RECOGNITION,
    ASK_TOPIC,
    CHOOSE_HELP,
    COMPARE,
    FIND_PROGRAMS,
    MORE,
    NONSENSE,
    NOT_UNDERSTOOD,
    OUT_OF_SCOPE,
    REFINE,
)
from core.contract.question_forms import HOW_MANY, LIST, STATEMENT, WHAT, WHERE, WHICH, YES_NO

UNKNOWN = (NOT_UNDERSTOOD, OUT_OF_SCOPE, NONSENSE, "small_talk")


def seeks_too(turn: Turn) -> bool:
    """Return whether a message that tells of the person also looks for something that the catalogue has."""
    own = turn.own
    if own.seeks or turn.names(SUBJECT, PROGRAM) or own.looks and own.criteria:
        return True
    clear = any(each.clear for each in own.words)
    return clear and not Checked.of(turn.catalogue, turn.change.wanted, turn.today).subjects


def is_search(turn: Turn) -> bool:
    """Return whether a message looks for programs of the catalogue."""
    intent, own, change = turn.intent, turn.own, turn.change
    sought = change or turn.programs or any(each.role in (PLACE, BY) for each in own.words)
    if intent == FIND_PROGRAMS:
        return bool(sought) or turn.goes_on
    if not sought:
        return False
    if turn.goes_on and intent in (REFINE, MORE, *UNKNOWN, CHOOSE_HELP):
        return True
    if intent in (ASK_TOPIC, ASK_ABOUT) and (_asks_for_type(turn) or _asks_whether_any(turn)):
        return True
    if intent in (ASK_TOPIC, ASK_ABOUT, ASK_ADVICE, CHOOSE_HELP) and _is_understood(turn):
        return True
    if intent == ASK_TOPIC and _is_open(turn):
        asks_us = (
            "ours" in own.attributes or own.seeks or {"exists", "taught", "listed"} & set(turn.understanding.attributes)
        )
        if (
            change
            and not change.starts
            and turn.goes_on
            and turn.understanding.form in (WHICH, HOW_MANY, YES_NO, LIST, STATEMENT, WHAT)
        ):
            return True
        if (
            asks_us
            and turn.understanding.topic == anything_else(turn.knowledge)
            and (change.starts or turn.names(PROVIDER, PLACE, COUNTRY))
        ):
            return True
    subject, named = turn.names(SUBJECT, SKILL), turn.names(SUBJECT, PROVIDER, PLACE, COUNTRY) or bool(own.criteria)
    listing = any(fact in OF_A_PROGRAM for fact in turn.facts)
    if intent in (ASK_TOPIC, ASK_RECOGNITION):
        wide = subject or own.seeks and named or turn.names(TYPE) and intent == ASK_TOPIC
        return wide and (listing or own.seeks and subject)
    if intent == ASK_BEST_DESTINATION:
        return subject and (turn.understanding.form == WHERE or own.seeks)
    if intent == REFINE:
        return bool(turn.state.own) or named or change.starts or own.seeks
    if intent == ASK_ABOUT:
        has = {"exists", "taught", "listed"} & set(turn.understanding.attributes) or "ours" in own.attributes
        return (
            named
            or turn.names(TYPE)
            and not turn.understanding.of("type")
            or bool(change.starts and (has or own.seeks))
        )
    if intent == COMPARE:  # "compare the nursing courses", not "bologna or auckland?"
        return subject and own.looks and not any(map(turn.understanding.of, ("destination", "institution", "type")))
    return bool(subject or own.seeks and (named or change.starts))


def _is_understood(turn: Turn) -> bool:
    """Return whether the catalogue can use all that a message says, and the guide has no answer to it, or none so close."""
    own, topic = turn.own, turn.understanding.topic or ""
    weak = [each for each in own.words if each.role in (SUBJECT, OTHER_WISH) and not each.clear]
    looks = own.seeks or own.looks or turn.names(SUBJECT, PROVIDER)
    sought = (
        own.criteria or turn.names(SUBJECT, PROVIDER, TYPE, PLACE, COUNTRY) or any(each.clear for each in own.words)
    )
    elsewhere = any(each.role in (PLACE, BY) for each in own.words)
    limited = sought or elsewhere or any(turn.understanding.of(kind) for kind in LIMITS if kind != "order")
    if not looks or not limited or weak and not (own.criteria and turn.understanding.form == STATEMENT):
        return False
    if turn.intent != ASK_TOPIC:
        return bool(
            own.criteria or turn.names(SUBJECT, PROVIDER, PLACE, COUNTRY) or any(each.clear for each in own.words)
        )
    if topic.startswith(OPEN):
        return True
    return bool(own.criteria) and turn.understanding.form in (STATEMENT, LIST, WHICH, WHAT)


def _asks_whether_any(turn: Turn) -> bool:
    """Return whether a question asks whether there are programs on something ("any course on cloud computing?")."""
    clear = any(each.clear for each in turn.own.words)
    return turn.own.seeks and clear and "exists" in turn.understanding.attributes


def _asks_for_type(turn: Turn) -> bool:
    """Return whether a question about a type asks whether there is one here ("do you have a nanodegree course?")."""
    of_type = turn.knowledge.described_by(turn.understanding.topic or "") is not None
    asks_us = turn.own.seeks and "ours" in turn.own.attributes and turn.understanding.form == YES_NO
    return of_type and asks_us and turn.change.starts


def _is_open(turn: Turn) -> bool:
    """Return whether the guide has no answer to a question, so that the catalogue may be asked for it."""
    topic = turn.understanding.topic or ""
    return topic == anything_else(turn.knowledge) or topic.startswith(OPEN) and turn.goes_on


def continues(turn: Turn) -> bool:
    """Return whether a message changes the last search rather than beginning another."""
    if not turn.state.own:
        return False
    back = set(turn.understanding.back)
    if turn.intent == REFINE or AND in back or turn.change.adds or turn.change.dropped:
        return True
    if not turn.goes_on or turn.change.starts or turn.programs:
        return False
    wanted = set(turn.change.wanted)
    return not (wanted & {PLACE, PROVIDER, COUNTRY} and turn.understanding.form in ("what", "which", "list"))
