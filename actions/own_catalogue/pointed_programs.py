"""Answers about programs that a message points at in the last list, or that are in focus."""

from __future__ import annotations

from dataclasses import replace

from actions.base import Answer
from actions.context import Understanding
from actions.own_catalogue import alike_names
from actions.own_catalogue.asked_facts import ANSWERS, BEST
from actions.own_catalogue.comparison import best_of, compare, first_of
from actions.own_catalogue.criteria import ASK_OWN, FIND_OWN, WORD, order_in, wishes, without, word_wish
from actions.own_catalogue.programs import FEW_OF_A_NAME, NARROWING, about_programs, narrowed
from actions.own_catalogue.search import has_more, search
from actions.own_catalogue.turn import ALL, AND, BOTH, COMPARES, MANY, OF_A_PROGRAM, ONE, THE_ONE, Turn
from actions.own_names import COUNTRY, PLACE, PROGRAM, PROVIDER, SKILL, SUBJECT, TYPE, OwnName, OwnNames
from actions.own_names import OTHER as OTHER_WISH
from actions.replies.own_catalogue import lists
from actions.unanswered import anything_else
from core.contract.intents import (
    AFFIRM,
    ASK_ABOUT,
    ASK_TOPIC,
    COMPARE,
    FIND_PROGRAMS,
    MORE,
    REFINE,
)
from core.contract.question_forms import LIST, MOST, OR, STATEMENT, WHAT, WHICH, YES_NO

OTHER, LAST = "other", "last"
CHOICES, ASKED = "choices", "asked"  # in the state: programs of one name, and what was asked of the one that is meant
MOST_LISTED = 5
MEANING = "meaning"  # attribute of "what is stacking?", which the guide answers
THE_KIND = "the_kind"  # attribute of "the badge"
TWO = "two"  # attribute of "the two cheapest"
ONLY = "only"  # attribute of "only online"
DESCRIBING = {TYPE, PROVIDER, PLACE, COUNTRY}  # kinds of names by which "the summer school" is one of a list
# Kinds of criteria by which "the postgraduate one" is one of a list.
TELLING_APART = {*DESCRIBING, "mode", "schedule", "language", "level", "eqf"}


def told_apart(turn: Turn) -> Answer | None:
    """Take what tells programs of one name apart as the answer to the question which one is meant."""
    choices = turn.state.own.get(CHOICES, ())
    wanted = turn.change.wanted
    if not choices or turn.programs or turn.names(SUBJECT) or not turn.goes_on:
        return None
    ids = tuple(int(key) for key in choices)
    if turn.nth in ("1", "2", "3", "4", "5") and int(turn.nth) <= len(ids):
        meant: tuple[int, ...] = (ids[int(turn.nth) - 1],)
    elif {*wanted, *turn.change.unwanted} & set(NARROWING):
        meant = narrowed(turn.catalogue, ids, turn.change, turn.today)
    else:
        return None
    if len(meant) != 1:
        return None
    asked = replace(
        turn.understanding, attributes=(), topics=(), own=OwnNames(attributes=turn.state.own.get(ASKED, ()))
    )
    return about_programs(turn.catalogue, turn.knowledge, asked, meant, turn.state, turn.today)


def pointed(turn: Turn) -> Answer | None:
    """Answer about programs of the last list that the message points at."""
    listed, back = turn.listed, set(turn.understanding.back)
    if turn.seeks_alike:
        return None
    if answer := _by_words(turn) or _known_as(turn):
        return answer
    if key := _described(turn):
        return about(replace(turn, understanding=_without_names(turn)), (key,))
    if (key := _namesake(turn)) is not None:
        return about(replace(turn, understanding=_without_names(turn)), (key,))
    if not listed or turn.names(SUBJECT, PROVIDER, TYPE):
        return None
    if turn.nth:
        key = _nth(turn, turn.nth)
        if key is None and turn.nth == BEST:
            return None
        if key is None:
            return Answer(lists.too_few(len(listed)), turn.state) if turn.goes_on else None
        if _sets_beside(turn) and len(turn.focus) == 1 and key not in turn.focus:
            return compare(turn.catalogue, (*turn.focus, key), turn.state, turn.today)
        return about(turn, (key,))
    order = order_in(turn.change.wanted)
    among = turn.focus if len(turn.focus) > 1 else listed
    if order and len(values(turn)) > 1 and turn.understanding.form in (WHICH, OR, WHAT) and not turn.change.starts:
        among = narrowed(turn.catalogue, listed, turn.change, turn.today)  # "the one in Porto or in Limerick?"
        return best_of(turn.catalogue, among, order, turn.state, turn.today)
    compared = turn.intent == COMPARE or turn.goes_on and turn.understanding.form in (WHICH, MOST, WHAT)
    compared = compared or turn.state.act == ASK_OWN and len(among) <= MOST_LISTED and not turn.change.starts
    if order and TWO in turn.own.attributes and COMPARES in turn.own.attributes:  # "compare the two cheapest"
        first_two = first_of_search(turn, listed, order)
        return compare(turn.catalogue, first_two, turn.state, turn.today)
    if order and BOTH in back and len(among) > 2:
        return Answer(lists.which_two(len(among)), turn.state)
    if order and len(among) > 1 and (back & {MANY, BOTH, ALL} or compared):
        if among == listed and not back & {BOTH} and has_more(turn.catalogue, turn.state, turn.today):
            return search(turn.catalogue, turn.change.apply_to(turn.state.own), 0, turn.today)
        return best_of(turn.catalogue, among, order, turn.state, turn.today)
    if turn.intent == COMPARE and not turn.change and len(listed) > 1 and not turn.names(PROGRAM):
        two = BOTH in back or TWO in turn.own.attributes
        chosen = turn.focus if len(turn.focus) > 1 and not (two and len(turn.focus) > 2) else listed[: 2 if two else 3]
        return compare(turn.catalogue, chosen, turn.state, turn.today)
    return None


def first_of_search(turn: Turn, listed: tuple[int, ...], order: str) -> tuple[int, ...]:
    """Return the first two programs of the last search in an order, or of the list if there was no search."""
    criteria = without(turn.state.own, ()) if turn.state.act == FIND_OWN else {}
    wanted = wishes({**criteria, "order": (order,)}, turn.today)
    wanted = wanted if criteria else replace(wanted, programs=listed)
    return tuple(match.id for match in turn.catalogue.search.find(wanted, turn.today, 2).matches)


def values(turn: Turn) -> list[str]:
    """Return the places and offerers by which a message tells programs of a list apart."""
    return [value for kind in (PLACE, COUNTRY, PROVIDER) for value in turn.change.wanted.get(kind, ())]


def _sets_beside(turn: Turn) -> bool:
    """Return whether a message sets what is spoken of beside another ("compare that with the first one")."""
    compares = turn.intent == COMPARE or COMPARES in turn.own.attributes
    return compares and bool({ONE, AND} & set(turn.understanding.back))


def _described(turn: Turn) -> int | None:
    """Return the only listed program that a question about a fact describes: "when does the summer school start?"."""
    kinds = {kind for kind, values in turn.change.wanted.items() if values}
    the_one = THE_ONE in turn.understanding.back and turn.understanding.form == STATEMENT
    of_one = THE_ONE in turn.understanding.back and bool(turn.facts)  # "how much is the one in Tartu?"
    points = THE_KIND in turn.own.attributes or ONE in turn.understanding.back or the_one or of_one
    asks = bool(turn.facts) or the_one or AND in turn.understanding.back or turn.intent == ASK_ABOUT
    asks = asks or turn.state.act == ASK_OWN and turn.understanding.form == STATEMENT  # "I mean the badge in Cork"
    apart = TELLING_APART if the_one else DESCRIBING
    if not (asks and points and kinds and kinds <= apart and not turn.own.words):
        return None
    if len(turn.listed) < 2 or turn.understanding.form in (WHICH, LIST):
        return None
    meant = narrowed(turn.catalogue, turn.listed, turn.change, turn.today, tuple(TELLING_APART))
    return meant[0] if len(meant) == 1 else None


def _namesake(turn: Turn) -> int | None:
    """Return the program of nearly the name of the one in focus that is elsewhere or another's ("the one in Galway")."""
    wanted = {kind for kind, values in turn.change.wanted.items() if values}
    points = THE_ONE in turn.understanding.back and turn.understanding.form == STATEMENT and not turn.own.words
    if not (points and len(turn.focus) == 1 and wanted and wanted <= DESCRIBING):
        return None
    record = next(iter(turn.catalogue.search.compare(turn.focus)), None)
    name = OwnName(PROGRAM, record.name, record.name, ids=turn.focus) if record else None
    others = alike_names.siblings(turn, name)[1:] if name else ()
    meant = narrowed(turn.catalogue, others, turn.change, turn.today) if others else ()
    fits = len(meant) == 1 and bool(alike_names.among(turn, meant, {k: turn.change.wanted[k] for k in wanted}))
    return meant[0] if fits else None


def _by_words(turn: Turn) -> Answer | None:
    """Answer about the programs of the last search that words tell apart: "the A2 one", "how long is the badge for nurses?"."""
    said = turn.change.wanted.get(WORD, ())
    of_these = MANY in turn.understanding.back and turn.understanding.form == WHICH and turn.state.act == FIND_OWN
    points = of_these or THE_ONE in turn.understanding.back and not turn.own.looks
    if not points or not said or not turn.listed or turn.own.seeks:
        return None
    before = without(turn.state.own, ())
    names = {**turn.change.apply_to(before), **{kind: before[kind] for kind in (SUBJECT, WORD) if before.get(kind)}}
    names[WORD] = tuple(dict.fromkeys((*before.get(WORD, ()), *said)))
    found = turn.catalogue.search.find(wishes(names, turn.today), turn.today, 1)
    if not found.total and of_these:
        return Answer(lists.none_of_these([word_wish(each).label for each in said]), turn.state)
    if not found.total:
        return None
    if found.total > 1 or of_these:
        return search(turn.catalogue, names, 0, turn.today, turn.own)
    meant = replace(turn, understanding=_without_names(turn))
    return about(meant, (found.matches[0].id,))


def _known_as(turn: Turn) -> Answer | None:
    """Answer about the few programs that a question calls by a word of their names: "is the dementia one online?"."""
    points = THE_ONE in turn.understanding.back and not (turn.own.looks or turn.own.seeks or turn.programs)
    said = [each for each in turn.own.words if not each.left_out and each.role in (SUBJECT, OTHER_WISH)]
    asks = bool(turn.facts) or turn.told_in_text or bool(turn.understanding.of("mode"))
    if not points or len(said) != 1 or not asks or turn.names(SUBJECT, PROVIDER, TYPE):
        return None
    meant = alike_names.holding(turn, said[0].text)
    return about(replace(turn, understanding=_without_names(turn)), meant) if 0 < len(meant) <= FEW_OF_A_NAME else None


def _without_names(turn: Turn) -> Understanding:
    """Return the message without the names, and the criteria of a statement, that told which program is meant."""
    if turn.understanding.form == STATEMENT and not turn.facts:
        return replace(turn.understanding, names={}, attributes=(), own=OwnNames())
    return replace(turn.understanding, own=replace(turn.own, names=(), words=()))


def fact(turn: Turn) -> Answer | None:
    """Answer a question about facts of the program in focus, or of those in the last list."""
    if not turn.goes_on or turn.intent in (FIND_PROGRAMS, MORE, AFFIRM) and not turn.refers:
        return None
    if turn.names(SUBJECT, PROVIDER, TYPE, SKILL) or turn.seeks_alike or turn.limits_others or turn.ranks_countries:
        return None
    if MEANING in turn.own.attributes and not turn.refers:
        return None
    if turn.change.wanted.get(WORD):
        return _of_words(turn)
    if turn.change.dropped or turn.change.wanted.get("order") and turn.intent == REFINE:
        return None
    one = turn.focus if len(turn.focus) == 1 else ()
    if one and set(turn.understanding.back) & {MANY, ONE} == {MANY} and 1 < len(turn.listed) <= FEW_OF_A_NAME:
        one = ()  # "do they lead anywhere?"
    of_list = turn.understanding.form == WHICH and MANY in turn.understanding.back and len(turn.listed) > 1
    if of_list and turn.change and not turn.asks_outright:  # "which one has no entry requirements?"
        return None
    if one and turn.told_in_text and not turn.change.starts:
        return about(turn, one)
    if one and "seats" in turn.facts and set(turn.change.wanted) <= {"open"}:  # "any places left?"
        return about(turn, one)
    exists = "exists" in turn.understanding.attributes
    any_of_them = exists and (ONE not in turn.understanding.back or "others" in turn.own.attributes)
    if any_of_them and turn.change:  # "are there any at weekends?" asks for others of the search
        return None
    only = (
        len(turn.listed) == 1
        and turn.change.wanted
        and set(turn.change.wanted) <= set(ANSWERS)
        and not turn.change.adds
        and ONLY not in turn.understanding.attributes  # which narrows the search
    )
    checks = one and turn.change.wanted and (turn.refers or turn.understanding.form == YES_NO or only)
    asks = [fact for fact in turn.facts if fact in OF_A_PROGRAM or turn.refers]
    if one and (checks or asks or turn.refers and (turn.own.attributes or _asks_more(turn))):
        return about(turn, one)
    if set(turn.change.wanted) == {"category"} and not asks:
        asks = ["price"]
    if turn.understanding.form in (YES_NO, WHICH) and turn.refers and checks_several(turn):
        return about(turn, turn.listed)
    if _limits_compared(turn):
        return about(replace(turn, understanding=replace(turn.understanding, form=YES_NO)), turn.listed)
    if (
        asks
        and set(turn.change.wanted) <= {"category"}
        and not (turn.change.unwanted or turn.change.dropped)
        and turn.listed
    ):
        return about(turn, turn.listed[:MOST_LISTED])
    return None


def _of_words(turn: Turn) -> Answer | None:
    """Answer a question about the program in focus, or few that were listed, whose words no fact stands for."""
    if _asks_of_listed(turn):
        of_words = replace(turn.understanding, attributes=())
        return about(replace(turn, understanding=of_words), turn.focus or turn.listed)
    if turn.refers and len(turn.focus) == 1 and turn.asks_for_whom:
        return about(turn, turn.focus)
    looks = turn.own.looks and any(each.clear for each in turn.own.words)  # "do they have anything on horses?"
    return about(turn, turn.focus) if len(turn.focus) == 1 and _asks_more(turn) and not looks else None


def _asks_of_listed(turn: Turn) -> bool:
    """Return whether a question asks of few programs that were listed what only descriptions tell ("is it full time?")."""
    few = 0 < len(turn.focus or turn.listed) <= MOST_LISTED and not turn.own.seeks and not turn.own.names
    of_them = ONE in turn.understanding.back or MANY in turn.understanding.back
    of_one = len(turn.focus) == 1 and not turn.own.looks and ONE in turn.understanding.back  # "is it outdoors?"
    beside = all(each.role == OTHER_WISH and not each.left_out for each in turn.own.words)
    return few and of_them and (beside or of_one) and turn.understanding.form == YES_NO


def _limits_compared(turn: Turn) -> bool:
    """Return whether a message states what the programs that were just put side by side should meet ("only at weekends")."""
    compared = turn.state.act == ASK_OWN and 1 < len(turn.listed) <= FEW_OF_A_NAME and not without(turn.state.own, ())
    limits = set(turn.change.wanted) <= set(ANSWERS) - {"category"} and turn.change.wanted
    return compared and bool(limits) and not (turn.own.seeks or turn.change.dropped or turn.change.adds)


def checks_several(turn: Turn) -> bool:
    """Return whether a question asks of the few programs of the last list whether they meet something."""
    return 1 < len(turn.listed) <= FEW_OF_A_NAME and bool(set(turn.change.wanted) & set(ANSWERS))


def _asks_more(turn: Turn) -> bool:
    """Return whether a question is about something that a listing may tell in its description alone ("is there an exam?")."""
    told = {"exam", "teachers", "scholarship", "syllabus"} & set(turn.understanding.attributes)
    return turn.intent in (ASK_TOPIC, ASK_ABOUT) and bool(
        told or turn.understanding.topic == anything_else(turn.knowledge)
    )


def about(turn: Turn, ids: tuple[int, ...]) -> Answer:
    """Answer what the message asks of these programs."""
    return about_programs(turn.catalogue, turn.knowledge, turn.understanding, ids, turn.state, turn.today)


def _nth(turn: Turn, position: str) -> int | None:
    """Return the listed program at a position, "1" for the first, or None."""
    listed = turn.listed
    if position == BEST:
        order = order_in(turn.change.wanted)
        return first_of(turn.catalogue, listed, order, turn.today) if order and turn.facts and len(listed) > 1 else None
    if position == OTHER:
        others = [key for key in listed if (key,) != turn.focus]
        return others[-1] if len(listed) == 2 else None
    number = len(listed) if position == LAST else int(position)
    return listed[number - 1] if 0 < number <= len(listed) else None
