"""Tells whether a message looks for programs of the own catalogue, and whether it goes on with the last search."""

from __future__ import annotations

from collections.abc import Callable

from actions.context import OPEN
from actions.own_catalogue.criteria import FIND_OWN, LIMITS, UNDER, wishes
from actions.own_catalogue.turn import AND, OF_A_PROGRAM, Turn
from actions.own_names import BY, COUNTRY, PLACE, PROGRAM, PROVIDER, SKILL, SUBJECT, TYPE
from actions.own_names import OTHER as OTHER_WISH
from actions.unanswered import anything_else
from core.contract.intents import (
    ASK_ABOUT,
    ASK_ADVICE,
    ASK_BEST_DESTINATION,
    ASK_LANGUAGE,
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
from core.contract.question_forms import HOW_MANY, LIST, MOST, OR, STATEMENT, WHAT, WHERE, WHICH, YES_NO
from own_programs.search.everyday import everyday_words

UNKNOWN = (NOT_UNDERSTOOD, OUT_OF_SCOPE, NONSENSE, "small_talk")
OF_GUIDE = (ASK_TOPIC, ASK_ABOUT, ASK_ADVICE, CHOOSE_HELP, ASK_BEST_DESTINATION)
TAKEN_OVER = (*OF_GUIDE, *UNKNOWN)  # intents of which a sign that programs are meant takes a message over
DEADLINES = ("deadline_from", "deadline_to")
# Criteria of which the guide knows nothing.
OF_LISTINGS = (
    "recognised_by",
    "leads_to",
    "entry",
    "entry_without",
    "deadline_from",
    "deadline_to",
    "credits",
    "eqf",
    "paid",
    "unpriced",
    "min_duration",
)
ASKING_WHICH = (WHICH, WHAT, WHERE, LIST, HOW_MANY, STATEMENT)  # forms of a question that asks which programs there are
LIMITING = (WHICH, HOW_MANY, YES_NO, LIST, STATEMENT, WHAT)  # forms of a question that limits the last search


def seeks_too(turn: Turn) -> bool:
    """Return whether a message that tells of the person also looks for something that the catalogue has."""
    own = turn.own
    limits = bool(turn.criteria) or any(turn.understanding.of(kind) for kind in LIMITS)
    if (
        own.seeks
        or turn.names(SUBJECT, PROGRAM, TYPE)
        or own.looks
        and (limits or turn.names(PLACE, COUNTRY, PROVIDER))
    ):
        return True
    if turn.criteria and turn.names(PLACE, COUNTRY, PROVIDER, SKILL) or _states_limits_alone(turn):
        return True
    asks = turn.intent == FIND_PROGRAMS and any(each.clear for each in turn.sought)  # be it held or not
    return asks or any(each.clear or limits or own.looks or own.bare for each in turn.sought) and turn.words_are_near


def is_search(turn: Turn) -> bool:
    """Return whether a message looks for programs of the catalogue."""
    sought = bool(turn.change or turn.programs or any(each.role in (PLACE, BY) for each in turn.own.words))
    if turn.intent == FIND_PROGRAMS:
        return sought or turn.goes_on
    if turn.seeks_alike and (turn.change or turn.own.looks):
        return True
    if not sought or _is_nobodys(turn) or turn.ranks_countries:
        return False
    return any(told(turn) for told in SIGNS) or BY_INTENT.get(turn.intent, _asks_for_named)(turn)


def _is_nobodys(turn: Turn) -> bool:
    """Return whether a message that is out of scope is about something that no listing holds ("the weather in Galway")."""
    sought = turn.sought
    asks = turn.own.seeks or turn.own.looks or turn.own.bare or "any_of" in turn.own.attributes
    asks = asks or "exists" in turn.understanding.attributes or any(each.clear for each in sought)
    named = turn.names(SUBJECT, SKILL, TYPE) or bool(turn.programs)
    return turn.intent in UNKNOWN and bool(sought) and not (asks or named or turn.words_are_held)


def _narrows_to_kind(turn: Turn) -> bool:
    """Return whether a message says only which kind the last list should be of ("just short courses")."""
    return turn.goes_on and set(turn.change.wanted) == {TYPE} and turn.understanding.form == STATEMENT


def _goes_on(turn: Turn) -> bool:
    """Return whether a message that asks nothing of the guide changes the last search."""
    return turn.goes_on and turn.intent in (REFINE, MORE, *UNKNOWN, CHOOSE_HELP)


def _asks_the_catalogue(turn: Turn) -> bool:
    """Return whether a question that the guide does not answer, or not so closely, can be put to the catalogue."""
    question = turn.intent in (ASK_TOPIC, ASK_ABOUT)
    if question and (_asks_for_type(turn) or _asks_whether_any(turn)):
        return True
    return (question or turn.intent in (ASK_ADVICE, CHOOSE_HELP)) and _is_understood(turn)


def _asks_openly(turn: Turn) -> bool:
    """Return whether a question that the guide has no answer to limits the last search, or asks what there is here."""
    change = turn.change
    if turn.intent != ASK_TOPIC or not _is_open(turn):
        return False
    if change and not change.starts and turn.goes_on and turn.understanding.form in LIMITING:
        return True
    of_nothing = turn.understanding.topic == anything_else(turn.knowledge)
    if (
        of_nothing and turn.sought and turn.words_are_held and turn.names(PLACE, PROVIDER)
    ):  # "is the pottery all in Cork?"
        return True
    return of_nothing and _asks_us(turn) and (change.starts or turn.names(PROVIDER, PLACE, COUNTRY))


def _wants_of_listings(turn: Turn) -> bool:
    """Return whether a message wants what only listings state ("recognised by the Board of Trades"), and asks which do."""
    wanted = {each.kind for each in turn.criteria} & set(OF_LISTINGS)
    asks = turn.own.seeks or turn.own.looks or turn.goes_on and turn.refers or bool(wanted & set(DEADLINES))
    named = next((kind for kind in ("leads_to", "recognised_by") if kind in wanted), "")
    if named and _asks_which(turn) and _is_stated(turn, named):
        return True
    return bool(wanted) and asks and (_asks_which(turn) or turn.names(SUBJECT, PROVIDER, PLACE))


def _is_stated(turn: Turn, kind: str) -> bool:
    """Return whether programs state the award or the body that a message names ("an MBA"), which is not just any degree."""
    wanted = {kind: turn.change.wanted[kind]}
    single = all("|" not in each and each.partition("=")[2] for each in wanted[kind])
    return single and bool(turn.catalogue.search.count(wishes(wanted, turn.today)))


def _ranks(turn: Turn) -> bool:
    """Return whether a message asks which of the programs of a kind or on a subject comes first in an order."""
    of_all = "ours" in turn.own.attributes or turn.own.seeks and "all" in turn.understanding.attributes
    among = turn.names(SUBJECT, SKILL, TYPE) or of_all and not turn.goes_on
    ordered = bool(turn.change.wanted.get("order")) and among
    return ordered and turn.understanding.form in (*LIMITING, MOST) and turn.intent in TAKEN_OVER


def _lists_wishes(turn: Turn) -> bool:
    """Return whether a message asks nothing, and says what is sought beside what limits it ("coding, weekends, in English")."""
    if turn.understanding.form != STATEMENT or turn.intent not in TAKEN_OVER:
        return False
    of_ours = turn.names(SUBJECT, SKILL, TYPE)
    beside = turn.left_open or bool(turn.own.words)  # "welding with a job guarantee"
    what = turn.names(SKILL) or bool(turn.sought) and turn.words_are_held  # "Leuven, accessibility of websites"
    if turn.names(PLACE) and what and not turn.facts:
        return True
    return _states_limits(turn) and (of_ours or turn.words_are_held) or beside and turn.names(SUBJECT, SKILL)


def _states_limits_alone(turn: Turn) -> bool:
    """Return whether a message states nothing but limits, one of them the listings' own ("under 150, online, evenings")."""
    limits = {*turn.change.wanted, *turn.change.unwanted} - {UNDER}
    only = turn.understanding.form == STATEMENT and not (turn.own.words or turn.own.names or turn.facts)
    own = {each.kind for each in turn.criteria} & {"schedule", "language", "credits", "eqf", "category", *OF_LISTINGS}
    return only and bool(own) and len(limits) > 1 and turn.intent in (*TAKEN_OVER, REFINE)


def _begins_anew(turn: Turn) -> bool:
    """Return whether a message after a list only says what else it should be about ("only photography or music")."""
    says_only = turn.understanding.form == STATEMENT and turn.state.act == FIND_OWN and turn.change.starts
    return says_only and turn.intent == COMPARE and (turn.names(SUBJECT, SKILL) or turn.words_are_held)


def _goes_on_to_limit(turn: Turn) -> bool:
    """Return whether a message goes on with a search by a limit that listings state ("what about no experience?")."""
    return (
        turn.state.act == FIND_OWN and AND in turn.understanding.back and bool(turn.criteria) and not turn.asks_outright
    )


def _speaks_of_us(turn: Turn) -> bool:
    """Return whether a message that is not understood is about something of ours ("you had a seaweed thing")."""
    return turn.intent in UNKNOWN and "ours" in turn.own.attributes and turn.words_are_held


def _limits_what_is_held(turn: Turn) -> bool:
    """Return whether a question that the guide leaves open says what is sought, and what limits it ("bees, at weekends")."""
    left_open = turn.left_open and turn.intent == ASK_TOPIC
    teaches = (
        "ours" in turn.own.attributes and "taught" in turn.understanding.attributes
    )  # "do you do Irish at weekends?"
    asks = (turn.understanding.form in ASKING_WHICH or teaches) and _states_limits(turn)
    return left_open and asks and bool(turn.sought) and turn.words_are_held and not turn.goes_on


def _wishes_to_work_with(turn: Turn) -> bool:
    """Return whether a message that is not understood wishes for something that the catalogue has ("to work with wood").

    Words with which people look for programs ("looking for hydrogen stuff") will do, too.
    """
    if turn.intent == NOT_UNDERSTOOD and turn.own.looks and turn.sought and turn.words_are_near:
        return True
    wishes = turn.understanding.form == STATEMENT and any(each.clear for each in turn.sought)
    return turn.intent in UNKNOWN and wishes and turn.words_are_held


def _asks_how_many(turn: Turn) -> bool:
    """Return whether a message asks how many programs of a kind or at a place there are here."""
    of_us = turn.own.looks and "ours" in turn.own.attributes
    sought = turn.names(TYPE, SUBJECT, PLACE, PROVIDER) or bool(turn.change)
    return turn.understanding.form == HOW_MANY and of_us and sought and not turn.facts


def _asks_what_we_have(turn: Turn) -> bool:
    """Return whether a message asks which of a kind we have ("what certificates have you got?"), or what is on somewhere."""
    open_here = turn.intent in UNKNOWN or turn.left_open
    offers = turn.own.looks and "taught" in turn.understanding.attributes and turn.intent in TAKEN_OVER
    if offers and turn.names(PROVIDER) and not (turn.own.words or turn.facts or turn.programs):
        return True  # "what does Northway offer?"
    if open_here and "on_offer" in turn.own.attributes and not turn.own.words:
        return turn.names(PLACE, COUNTRY, PROVIDER)
    of_us = turn.own.seeks and "ours" in turn.own.attributes and "exists" in turn.understanding.attributes
    named = turn.names(TYPE, PLACE, PROVIDER) and not turn.own.words and not turn.facts
    return of_us and bool(named) and turn.understanding.form in (WHICH, WHAT, LIST) and turn.intent in TAKEN_OVER


def _asks_for_any(turn: Turn) -> bool:
    """Return whether a message asks whether there is anything that meets limits ("anything free?")."""
    asks = "any_of" in turn.own.attributes or "exists" in turn.understanding.attributes
    anything = asks and turn.own.looks and turn.understanding.form in (*LIMITING, OR)
    return anything and _states_limits(turn) and turn.intent in TAKEN_OVER and not turn.refers


def _wants_to_learn(turn: Turn) -> bool:
    """Return whether a message wants to learn something that the catalogue has, or that is no question of the guide."""
    own = turn.own
    clear = [each for each in turn.sought if each.clear]
    if not (own.looks or own.seeks) or not clear or turn.intent not in TAKEN_OVER:
        return False
    if not (_asks_which(turn) or _asks_us(turn)):
        return False
    where = turn.names(PLACE, PROVIDER) or turn.change.wanted.get("schedule")
    return _is_open(turn) or any(each.forms for each in clear) or turn.words_are_held or bool(where)


def _names_one_thing(turn: Turn) -> bool:
    """Return whether a message is hardly more than one thing that programs are about ("cnc", "any poetry?")."""
    begins = turn.intent == REFINE and turn.own.bare and not turn.goes_on
    if not (turn.own.bare or "any_of" in turn.own.attributes) or not (begins or turn.intent in TAKEN_OVER):
        return False
    return turn.words_are_held or "any_of" in turn.own.attributes and turn.words_are_near  # "anything for pet owners?"


def _wishes_for_ours(turn: Turn) -> bool:
    """Return whether a message that asks for advice names what listings hold, or come near to ("I'd like to take up chess")."""
    subjects = [each for each in turn.sought if each.role == SUBJECT]
    to_us = "ours" in turn.own.attributes and any(each.clear for each in subjects)  # "how do I become a cook with you?"
    advice = turn.intent in (ASK_ADVICE, CHOOSE_HELP) and not turn.facts
    return advice and (turn.understanding.form == STATEMENT or to_us) and bool(subjects) and turn.words_are_near


def asks_for_language(turn: Turn) -> bool:
    """Return whether what seems to ask which languages are spoken here asks for one that is taught ("do you do Irish?")."""
    return turn.intent == ASK_LANGUAGE and "taught" in turn.understanding.attributes and turn.words_are_held


# What tells that a message looks for programs, whatever its intent asks of the others.
SIGNS: tuple[Callable[[Turn], bool], ...] = (
    *(_goes_on, _narrows_to_kind, _wants_of_listings, _wants_to_learn, _names_one_thing),
    *(_asks_the_catalogue, _asks_openly, _ranks, _lists_wishes, _speaks_of_us, _asks_for_any, _asks_how_many),
    _asks_what_we_have,
    *(_limits_what_is_held, _wishes_to_work_with, _states_limits_alone, _begins_anew, _goes_on_to_limit),
    *(_wishes_for_ours, asks_for_language),
)


def _of_subject(turn: Turn) -> bool:
    """Return whether a question of the guide asks for what a listing states of programs on a subject."""
    subject, seeks = turn.names(SUBJECT, SKILL), turn.own.seeks
    listing = any(fact in OF_A_PROGRAM for fact in turn.facts)
    alone = _is_open_of_kind(turn)
    of_type = turn.intent == ASK_TOPIC and (turn.names(TYPE) and _asks_which(turn) or alone)
    which = _asks_which(turn) or "taught" in turn.understanding.attributes or _states_limits(turn)
    on_offer = (
        "on_offer" in turn.own.attributes or bool(turn.criteria) and not turn.facts
    )  # "can I do SEO in the evenings?"
    sought = subject and (seeks or on_offer) or bool(turn.programs) and turn.own.looks
    return sought and which or listing and (subject or seeks and _names_limits(turn) or of_type)


def _is_open_of_kind(turn: Turn) -> bool:
    """Return whether a question that the guide leaves open is about a kind of ours ("do I get credits for summer schools?")."""
    any_program = everyday_words().programs  # "do such courses give credits?" asks the guide
    ours = [each for each in turn.own.of(TYPE) if not any_program.issuperset(each.text.lower().split())]
    of_us = turn.understanding.form == YES_NO or "ours" in turn.own.attributes
    return bool(ours) and of_us and turn.left_open and not turn.understanding.of("type")


def _asks_where(turn: Turn) -> bool:
    if turn.ranks_countries:
        return False  # "which countries are popular for cybersecurity?"
    stated = turn.understanding.form in (WHERE, STATEMENT, LIST) or _states_limits(turn)
    clear = (turn.own.seeks or turn.own.looks) and any(each.clear for each in turn.own.words)
    return clear or turn.names(SUBJECT, SKILL) and (stated or turn.own.seeks)


def _refines(turn: Turn) -> bool:
    return bool(turn.state.own) or _names_limits(turn) or turn.change.starts or turn.own.seeks


def _asks_about(turn: Turn) -> bool:
    """Return whether a question about a thing is about one of the catalogue's, or asks whether there is such a thing."""
    of_our_type = turn.names(TYPE) and not turn.understanding.of("type")
    elsewhere = any(each.role in (PLACE, BY) for each in turn.own.words) and "ours" in turn.own.attributes
    return _names_limits(turn) or of_our_type or (turn.change.starts or elsewhere) and _asks_us(turn)


def _compares(turn: Turn) -> bool:
    """Return whether programs on a subject are to be compared ("the nursing courses", not "bologna or auckland?")."""
    of_guide = any(map(turn.understanding.of, ("destination", "institution", "type")))
    return turn.names(SUBJECT, SKILL) and turn.own.looks and not of_guide


def _asks_for_named(turn: Turn) -> bool:
    """Return whether a message names a subject, or holds a word for what is sought beside what limits it."""
    if turn.names(SUBJECT, SKILL) or turn.own.seeks and (_names_limits(turn) or turn.change.starts):
        return True
    where_and_when = turn.names(PROVIDER, PLACE, COUNTRY) and _states_limits(turn) and _asks_which(turn)
    of_us = turn.own.looks and "ours" in turn.own.attributes and any(each.clear for each in turn.own.words)
    return where_and_when or of_us


# What tells it for an intent of its own; `_asks_for_named` for all others.
BY_INTENT: dict[str, Callable[[Turn], bool]] = {
    ASK_TOPIC: _of_subject,
    ASK_RECOGNITION: _of_subject,
    ASK_BEST_DESTINATION: _asks_where,
    REFINE: _refines,
    ASK_ABOUT: _asks_about,
    COMPARE: _compares,
}


def _names_limits(turn: Turn) -> bool:
    """Return whether a message names what limits a search: a subject, an offerer, a place or another criterion."""
    return turn.names(SUBJECT, PROVIDER, PLACE, COUNTRY) or bool(turn.criteria)


def _states_limits(turn: Turn) -> bool:
    """Return whether a message states what limits a search, beside names."""
    return bool(turn.criteria) or any(turn.understanding.of(kind) for kind in LIMITS if kind != "order")


def _asks_which(turn: Turn) -> bool:
    """Return whether a message asks which programs there are, or whether there are any; not whether something holds of them."""
    return turn.understanding.form in ASKING_WHICH or "exists" in turn.understanding.attributes


def _asks_us(turn: Turn) -> bool:
    """Return whether a message asks what there is here, or holds a word for what is sought."""
    has = {"exists", "taught", "listed"} & set(turn.understanding.attributes)
    return bool(has) or "ours" in turn.own.attributes or turn.own.seeks


def _is_understood(turn: Turn) -> bool:
    """Return whether the catalogue can use all that a message says, and the guide has no answer to it, or none so close."""
    own, topic = turn.own, turn.understanding.topic or ""
    weak = [each for each in own.words if each.role in (SUBJECT, OTHER_WISH) and not each.clear]
    told, clear = _states_limits(turn), any(each.clear for each in own.words)
    listed = turn.understanding.form in (STATEMENT, WHAT, WHICH, LIST) and told and turn.names(PLACE, COUNTRY)
    looks = own.seeks or own.looks or turn.names(SUBJECT, PROVIDER, TYPE) or listed
    elsewhere = any(each.role in (PLACE, BY) for each in own.words)
    limited = told or clear or elsewhere or turn.names(SUBJECT, PROVIDER, TYPE, PLACE, COUNTRY)
    if not looks or not limited or weak and not (turn.criteria and turn.understanding.form == STATEMENT):
        return False
    if turn.intent != ASK_TOPIC:
        return _names_limits(turn) or clear
    if topic.startswith(OPEN):
        return _asks_which(turn) or bool(turn.criteria)
    return told and _asks_which(turn) and turn.understanding.form != WHERE


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
    return turn.understanding.topic == anything_else(turn.knowledge) or turn.left_open and turn.goes_on
