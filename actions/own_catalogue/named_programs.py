"""Answers about programs that a message names, or points at in the last list."""

from __future__ import annotations

from dataclasses import replace

from actions.base import Answer
from actions.context import DialogueState, Understanding
from actions.own_catalogue import alike_names
from actions.own_catalogue.alike_names import FEW_NAMED, meant_by
from actions.own_catalogue.asked_facts import ANSWERS, BEST
from actions.own_catalogue.comparison import best_of, compare, first_of
from actions.own_catalogue.criteria import LISTED, WORD, order_in, wishes, without, word_wish
from actions.own_catalogue.programs import FEW_OF_A_NAME, NARROWING, about_programs, choose, narrowed
from actions.own_catalogue.search import ASK_OWN, FIND_OWN, has_more, search
from actions.own_catalogue.search_request import UNKNOWN
from actions.own_catalogue.turn import ALL, AND, BOTH, COMPARES, MANY, OF_A_PROGRAM, ONE, THE_ONE, Turn
from actions.own_names import COUNTRY, PLACE, PROGRAM, PROVIDER, SKILL, SUBJECT, TYPE, OwnName, OwnNames
from actions.own_names import OTHER as OTHER_WISH
from actions.replies.base import paragraphs
from actions.replies.own_catalogue import lists
from actions.unanswered import anything_else
from core.contract.intents import (
    AFFIRM,
    ASK_ABOUT,
    ASK_ADVICE,
    ASK_BEST_DESTINATION,
    ASK_TOPIC,
    CHOOSE_HELP,
    COMPARE,
    FIND_PROGRAMS,
    MORE,
    REFINE,
)
from core.contract.question_forms import LIST, MOST, OR, STATEMENT, WHAT, WHICH, YES_NO
from own_programs.search.wishes import Wishes, WordWish

OTHER, LAST = "other", "last"
SEEKING = (FIND_PROGRAMS, ASK_ADVICE, CHOOSE_HELP, ASK_BEST_DESTINATION)
CLEARLY = 0.6  # score from which a program is named in a message that is not understood
CHOICES, ASKED = "choices", "asked"  # in the state: programs of one name, and what was asked of the one that is meant
TELLING = 7  # letters of a single word from which it may be a program's name
FEW_WORDS = 2  # words of a program's name that may be a subject, where programs are looked for
MOST_LISTED = 5
DESCRIBING = {TYPE, PROVIDER, PLACE, COUNTRY}  # kinds of names by which "the summer school" is one of a list


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
    ids, question = choose(turn.catalogue, names, turn.change, turn.today, at_once)
    if question:
        pending = {CHOICES: tuple(str(key) for each in names for key in each.ids), ASKED: turn.facts}
        return Answer(question, DialogueState(ASK_OWN, own={**turn.state.own, **pending}))
    if len(ids) == 1 and turn.intent == COMPARE and len(turn.focus) == 1 and turn.focus[0] not in ids:
        ids = [*turn.focus, *ids]
    return _about_several(turn, names, ids, side_by_side) if len(ids) > 1 else about(turn, tuple(ids))


def _asks_for_first(turn: Turn) -> bool:
    """Return whether a question asks which of the programs of one name comes first ("which college has the cheapest?")."""
    form, apart = turn.understanding.form, len(_values(turn)) > 1
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
    asks = asks or len(names) > 1 and order_in(turn.change.wanted)
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
    asks = compares or turn.facts or turn.told_in_text or _checks_one(turn)
    if not (phrases and asks) or turn.names(SUBJECT, TYPE) or turn.refers:
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
    return COMPARES in turn.own.attributes or asks and bool(turn.programs)


def _checks_one(turn: Turn) -> bool:
    """Return whether a question asks whether a program has something, and not whether there is one that has."""
    wanted = set(turn.change.wanted) & set(ANSWERS) - DESCRIBING
    exists = turn.own.seeks or "exists" in turn.understanding.attributes
    return turn.understanding.form == YES_NO and bool(wanted) and not exists


def told_apart(turn: Turn) -> Answer | None:
    """Take what tells programs of one name apart as the answer to the question which one is meant."""
    choices = turn.state.own.get(CHOICES, ())
    wanted = turn.change.wanted
    if not choices or turn.programs or turn.names(SUBJECT) or not turn.goes_on:
        return None
    ids = tuple(int(key) for key in choices)
    if turn.nth in ("1", "2", "3", "4", "5") and int(turn.nth) <= len(ids):
        meant = (ids[int(turn.nth) - 1],)
    elif set(wanted) & set(NARROWING):
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
    if answer := _by_words(turn):
        return answer
    if key := _described(turn):
        return about_programs(turn.catalogue, turn.knowledge, _without_names(turn), (key,), turn.state, turn.today)
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
    if order and len(_values(turn)) > 1 and turn.understanding.form in (WHICH, OR, WHAT) and not turn.change.starts:
        among = narrowed(turn.catalogue, listed, turn.change, turn.today)  # "the one in Porto or in Limerick?"
        return best_of(turn.catalogue, among, order, turn.state, turn.today)
    compared = turn.intent == COMPARE or turn.goes_on and turn.understanding.form in (WHICH, MOST, WHAT)
    compared = compared or turn.state.act == ASK_OWN and len(among) <= MOST_LISTED and not turn.change.starts
    if order and BOTH in back and len(among) > 2:
        return Answer(lists.which_two(len(among)), turn.state)
    if order and len(among) > 1 and (back & {MANY, BOTH, ALL} or compared):
        if among == listed and not back & {BOTH} and has_more(turn.catalogue, turn.state, turn.today):
            return search(turn.catalogue, turn.change.apply_to(turn.state.own), 0, turn.today)
        return best_of(turn.catalogue, among, order, turn.state, turn.today)
    if turn.intent == COMPARE and not turn.change and len(listed) > 1 and not turn.names(PROGRAM):
        chosen = (
            turn.focus if len(turn.focus) > 1 else listed[: 2 if BOTH in back or "two" in turn.own.attributes else 3]
        )
        return compare(turn.catalogue, chosen, turn.state, turn.today)
    return None


def _values(turn: Turn) -> list[str]:
    """Return the places and offerers by which a message tells programs of a list apart."""
    return [value for kind in (PLACE, COUNTRY, PROVIDER) for value in turn.change.wanted.get(kind, ())]


def _sets_beside(turn: Turn) -> bool:
    """Return whether a message sets what is spoken of beside another ("compare that with the first one")."""
    compares = turn.intent == COMPARE or COMPARES in turn.own.attributes
    return compares and bool({ONE, AND} & set(turn.understanding.back))


def _described(turn: Turn) -> int | None:
    """Return the only listed program that a question about a fact describes: "when does the summer school start?"."""
    kinds = {kind for kind, values in turn.change.wanted.items() if values}
    points = turn.names(TYPE) or ONE in turn.understanding.back
    asks = bool(turn.facts) or AND in turn.understanding.back or turn.intent == ASK_ABOUT
    asks = asks or turn.state.act == ASK_OWN and turn.understanding.form == STATEMENT  # "I mean the badge in Cork"
    if not (asks and points and kinds and kinds <= DESCRIBING and not turn.own.words):
        return None
    if len(turn.listed) < 2 or turn.understanding.form in (WHICH, LIST):
        return None
    meant = narrowed(turn.catalogue, turn.listed, turn.change, turn.today)
    return meant[0] if len(meant) == 1 else None


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


def _without_names(turn: Turn) -> Understanding:
    """Return the message without the names that told which program is meant."""
    return replace(turn.understanding, own=replace(turn.own, names=(), words=()))


def fact(turn: Turn) -> Answer | None:
    """Answer a question about facts of the program in focus, or of those in the last list."""
    if not turn.goes_on or turn.intent in (FIND_PROGRAMS, MORE, AFFIRM) and not turn.refers:
        return None
    if turn.names(SUBJECT, PROVIDER, TYPE, SKILL) or turn.seeks_alike:
        return None
    if turn.limits_others:
        return None
    if turn.change.wanted.get(WORD):
        if turn.refers and len(turn.focus) == 1 and turn.asks_for_whom:
            return about(turn, turn.focus)
        looks = turn.own.looks and any(each.clear for each in turn.own.words)  # "do they have anything on horses?"
        return about(turn, turn.focus) if len(turn.focus) == 1 and _asks_more(turn) and not looks else None
    if turn.change.dropped or turn.change.wanted.get("order") and turn.intent == REFINE:
        return None
    one = turn.focus if len(turn.focus) == 1 else ()
    if one and set(turn.understanding.back) & {MANY, ONE} == {MANY} and 1 < len(turn.listed) <= FEW_OF_A_NAME:
        one = ()  # "do they lead anywhere?"
    if one and turn.told_in_text and not turn.change.starts:
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


def _may_be_subject(name: OwnName) -> bool:
    return len(name.text.split()) <= FEW_WORDS or not name.exact
