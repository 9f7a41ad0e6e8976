"""Answers about programs that a message names."""

from __future__ import annotations

from dataclasses import replace

from actions.base import Answer
from actions.context import DialogueState
from actions.own_catalogue import alike_names
from actions.own_catalogue.alike_names import FEW_NAMED, meant_by
from actions.own_catalogue.asked_facts import ANSWERS
from actions.own_catalogue.comparison import best_of, compare
from actions.own_catalogue.criteria import ASK_OWN, LISTED, WORD, order_in
from actions.own_catalogue.pointed_programs import ASKED, CHOICES, DESCRIBING, about, values
from actions.own_catalogue.programs import FEW_OF_A_NAME, choose
from actions.own_catalogue.search import search
from actions.own_catalogue.search_request import UNKNOWN
from actions.own_catalogue.turn import AND, COMPARES, Turn
from actions.own_names import OTHER as OTHER_WISH
from actions.own_names import PROGRAM, PROVIDER, SKILL, SUBJECT, TYPE, OwnName
from actions.replies.base import paragraphs
from actions.replies.own_catalogue import lists
from core.contract.intents import (
    ASK_ADVICE,
    ASK_BEST_DESTINATION,
    ASK_TOPIC,
    CHOOSE_HELP,
    COMPARE,
    FIND_PROGRAMS,
)
from core.contract.question_forms import LIST, MOST, OR, STATEMENT, WHAT, WHICH, YES_NO
from own_programs.search.wishes import Wishes, WordWish

SEEKING = (FIND_PROGRAMS, ASK_ADVICE, CHOOSE_HELP, ASK_BEST_DESTINATION)
CLEARLY = 0.6  # score from which a program is named in a message that is not understood
TELLING = 7  # letters of a single word from which it may be a program's name
FEW_WORDS = 2  # words of a program's name that may be a subject, where programs are looked for


def named(turn: Turn) -> Answer | None:
    """Answer about programs that the message names."""
    names = turn.programs or _called(turn)
    side_by_side = (turn.intent == COMPARE or COMPARES in turn.own.attributes) and not _of_prices(turn)
    one_of_them = len({each.text for each in turn.programs}) == 1  # the other was found by its words
    if one_of_them and _is_side_by_side(turn) and not _of_prices(turn):
        names = [*names, *(each for each in _called(turn) if each.ids != names[0].ids)]
    names = meant_by(turn, names, side_by_side)
    if not names or _are_sought(turn, names):
        return None
    if len(names) == 1 and _asks_for_first(turn):
        alike = alike_names.here_and_there(turn, names[0]) or alike_names.siblings(turn, names[0])
        if len(alike) > 1:
            return best_of(turn.catalogue, alike, order_in(turn.change.wanted), turn.state, turn.today)
    if side_by_side and len(names) == 1 and (answer := _compared(turn, names[0])):
        return answer
    checks = turn.understanding.form == YES_NO and bool(set(turn.change.wanted) & set(ANSWERS))
    of_each = turn.facts or turn.asks_for_past or turn.told_in_text or checks
    at_once = FEW_OF_A_NAME if of_each and not side_by_side else 1
    before = turn.state.own if turn.goes_on else {}
    ids, question = choose(turn.catalogue, names, turn.change, turn.today, at_once, before)
    if question:
        keys = tuple(str(key) for each in names for key in each.ids)
        pending = {CHOICES: keys, LISTED: keys, ASKED: turn.facts}  # listed: "which one is cheaper?"
        return Answer(question, DialogueState(ASK_OWN, own={**turn.state.own, **pending}))
    if len(ids) == 1 and turn.intent == COMPARE and len(turn.focus) == 1 and turn.focus[0] not in ids:
        ids = [*turn.focus, *ids]
    if len(ids) > 1:
        return _about_several(turn, names, ids, side_by_side)
    return _with_kind(turn, about(turn, tuple(ids)))


def _with_kind(turn: Turn, answer: Answer) -> Answer:
    """Say first that no program of a name is of the kind that was said ("the diploma in drone photography")."""
    types = turn.change.wanted.get(TYPE, ())
    record = next(iter(turn.catalogue.search.compare(tuple(map(int, answer.state.own.get(PROGRAM, ()))))), None)
    if not (types and record and record.type) or record.type in types:
        return answer
    none = lists.none_of_kind(types, alike_names.plain(turn, record.name))
    return replace(answer, reply=replace(answer.reply, text=paragraphs(none, answer.reply.text)))


def _asks_for_first(turn: Turn) -> bool:
    """Return whether a question asks which of the programs of one name comes first ("which college has the cheapest?")."""
    form, apart = turn.understanding.form, len(values(turn)) > 1
    asks = form in (WHICH, WHAT, MOST) and not turn.refers or apart and form in (YES_NO, OR)
    return bool(order_in(turn.change.wanted)) and asks


def _of_prices(turn: Turn) -> bool:
    """Return whether what is put side by side are prices ("the difference between the home and the international price")."""
    return "price" in turn.facts and bool(turn.change.wanted.get("category"))


def _compared(turn: Turn, name: OwnName) -> Answer | None:
    """Return the comparison of the few programs that one name stands for, or None if there is but one."""
    if len(turn.focus) == 1 and turn.focus[0] not in name.ids and AND in turn.understanding.back:
        return None  # "and compare it with B"
    same, missing = alike_names.side_by_side(turn, name)
    if not 1 < len(same) <= FEW_NAMED:
        return None
    answer = compare(turn.catalogue, same, turn.state, turn.today)
    if not missing:
        return answer
    none = lists.none_of_kind(missing, alike_names.plain(turn, name.text or name.label))
    return replace(answer, reply=replace(answer.reply, text=paragraphs(none, answer.reply.text)))


def _are_sought(turn: Turn, names: list[OwnName]) -> bool:
    """Return whether names that a message holds are rather what it looks for, or too vague to be meant."""
    asks = COMPARES in turn.own.attributes or turn.facts or turn.told_in_text or turn.asks_for_past
    asks = bool(asks) or len(names) > 1 and bool(order_in(turn.change.wanted))
    looks = turn.own.looks or turn.own.seeks or "exists" in turn.understanding.attributes
    if any(each.joined for each in turn.sought) and looks and not _is_side_by_side(turn):
        return turn.understanding.form != WHICH  # "anything on gluten-free baking or sourdough?"
    if AND in turn.understanding.back and turn.state.act == ASK_OWN and not turn.change.starts:
        return False  # "what about the ethics certificate?" after another
    if (
        turn.understanding.form == STATEMENT
        and len(turn.change.wanted) > 1
        and not any(_is_whole(each) for each in names)
    ):
        return True  # "software testing, online, postgraduate level"
    if not asks and _seeks(turn) and all(_may_be_subject(each) for each in names):
        return True
    return turn.intent in UNKNOWN and len(names) < 2 and names[0].score < CLEARLY and not turn.facts


def _is_whole(name: OwnName) -> bool:
    return name.exact and name.text.casefold() == name.label.casefold()


def _about_several(turn: Turn, names: list[OwnName], ids: list[int], side_by_side: bool) -> Answer:
    """Answer about several programs: the first of them, what is asked of each, their list, or a comparison."""
    order, form = order_in(turn.change.wanted), turn.understanding.form
    if order and form in (OR, WHICH, MOST, WHAT, YES_NO):
        return best_of(turn.catalogue, ids, order, turn.state, turn.today)
    checks = form == YES_NO and bool(set(turn.change.wanted) & set(ANSWERS)) and not side_by_side
    if turn.facts or turn.told_in_text or turn.asks_for_past or checks and len(ids) <= FEW_OF_A_NAME:
        return about(turn, tuple(ids))
    one_name = len({each.text for each in names}) == 1 and not side_by_side
    listed = _listed(turn, names[0].text) if one_name else None
    return listed or compare(turn.catalogue, ids, turn.state, turn.today)


def _listed(turn: Turn, text: str) -> Answer | None:
    """Return the list of the programs whose names hold the words with which a message names several of them."""
    found = search(turn.catalogue, {WORD: (f"subject:{text}={text}",)}, 0, turn.today, turn.own)
    return found if found.state.own.get(LISTED) else None


def _seeks(turn: Turn) -> bool:
    """Return whether a message looks for programs ("what can I take about outdoor learning?") rather than asks about one."""
    asks_which = turn.understanding.form in (WHAT, WHICH, LIST) and turn.own.looks
    further = any(each.role in (SUBJECT, OTHER_WISH) and not each.joined for each in turn.own.words)
    exists = turn.own.seeks and "exists" in turn.understanding.attributes and not further
    return turn.intent in SEEKING or turn.intent == ASK_TOPIC and (asks_which or exists)


def _called(turn: Turn) -> list[OwnName]:
    """Return the few programs whose names hold the words of a question about a fact, or of a comparison."""
    compares = _is_side_by_side(turn)
    phrases = [each.text for each in turn.sought]
    phrases += [each.label for each in turn.own.of(SKILL)]
    if "content" in turn.facts and turn.own.looks and any(each.clear for each in turn.own.words):
        return []  # "what can I learn about animals?"
    asks_facts = turn.asks_outright or turn.facts and turn.understanding.form != STATEMENT
    asks = compares or asks_facts or turn.told_in_text or _checks_one(turn)
    subject = turn.names(SUBJECT) and not compares  # of "MIG welding and TIG welding" it is a part of the names
    if not (phrases and asks) or subject or turn.names(TYPE) or turn.refers:
        return []
    if turn.names(PROVIDER) and not _checks_one(turn):
        return []
    found: list[OwnName] = []
    for together in [[each] for each in phrases] if compares else [phrases, *([each] for each in phrases)]:
        asked = Wishes(words=tuple(WordWish((each,), "type") for each in together), future_only=False)
        matches = turn.catalogue.search.find(asked, turn.today, FEW_NAMED + 1).matches
        telling = len(" ".join(together).split()) >= FEW_WORDS or len(together[0]) >= TELLING
        if 0 < len(matches) <= FEW_NAMED and telling:
            ids = tuple(match.id for match in matches)
            found.append(OwnName(PROGRAM, " ".join(together), " ".join(together), ids=ids))
            if not compares:
                break
    return found


def _is_side_by_side(turn: Turn) -> bool:
    """Return whether a message puts programs side by side: it compares them, or asks which of them comes first."""
    asks = turn.understanding.form in (OR, WHICH, YES_NO) and bool(order_in(turn.change.wanted)) and not turn.refers
    return COMPARES in turn.own.attributes or asks and (bool(turn.programs) or len(turn.sought) > 1)


def _checks_one(turn: Turn) -> bool:
    """Return whether a question asks whether a program has something, and not whether there is one that has."""
    wanted = set(turn.change.wanted) & set(ANSWERS) - DESCRIBING
    exists = turn.own.seeks or "exists" in turn.understanding.attributes
    return turn.understanding.form == YES_NO and bool(wanted) and not exists


def _may_be_subject(name: OwnName) -> bool:
    return len(name.text.split()) <= FEW_WORDS or not name.exact
