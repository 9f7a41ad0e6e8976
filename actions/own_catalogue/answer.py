"""Answers what a message asks of the organisation's own catalogue; the guide answers everything else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from actions.base import Answer
from actions.context import DialogueState, Names, Understanding
from actions.own_catalogue.asked_facts import ANSWERS
from actions.own_catalogue.comparison import compare
from actions.own_catalogue.criteria import ASK_OWN, FIND_OWN, LISTED, SHOWN, WORD, wishes, without, word_wish
from actions.own_catalogue.named_programs import named
from actions.own_catalogue.pointed_programs import MOST_LISTED, about, fact, pointed, told_apart
from actions.own_catalogue.search import search, show_more
from actions.own_catalogue.search_request import asks_for_language, is_search, seeks_too
from actions.own_catalogue.summary import overview
from actions.own_catalogue.turn import COMPARES, Turn
from actions.own_names import PROGRAM, PROVIDER, SUBJECT, OwnName
from actions.programs.search import find_programs
from actions.replies.base import ANSWERED, DECLINED, guide, paragraphs
from actions.replies.own_catalogue import programs as words
from actions.replies.own_catalogue.facts import FACT_OF_WISH, told
from core.contract.intents import (
    AFFIRM,
    ANSWERING,
    ASK_ABOUT,
    ASK_ADVICE,
    ASK_RECOGNITION,
    ASK_TOPIC,
    CHOOSE_HELP,
    FIND_PROGRAMS,
    MORE,
    NONSENSE,
    NOT_UNDERSTOOD,
    OUT_OF_SCOPE,
    REFINE,
    SUM_UP,
    WANT_PERSON,
)
from core.contract.question_forms import LIST, STATEMENT, YES_NO
from knowledge.knowledge_base import Knowledge
from own_programs.search.catalogue import Catalogue
from own_programs.search.wishes import Wishes, WordWish

ANSWERED_HERE = (
    *ANSWERING,
    REFINE,
    MORE,
    AFFIRM,
    NOT_UNDERSTOOD,
    OUT_OF_SCOPE,
    NONSENSE,
    CHOOSE_HELP,
    ASK_ADVICE,
    "small_talk",
)
# Facts that a list does not show, and that are told of each program that a question about a subject finds.
TOLD_OF_SEVERAL = frozenset(
    {
        *("deadline", "end", "length", "workload", "level", "credits", "entry", "seats", "contact", "application"),
        *("language", "stacking", "recognition", "accreditation"),
    }
)
MOST_READ = 50  # programs whose offerers are told
ASK_SOURCE = "ask_source"
Step = Callable[[Turn], "Answer | None"]


def answer_from_own(
    catalogue: Catalogue, knowledge: Knowledge, understanding: Understanding, state: DialogueState
) -> Answer | None:
    """Return the answer from the organisation's own catalogue, or None if the message asks nothing of it."""
    turn = Turn(catalogue, knowledge, understanding, state, date.today())
    told_alone = understanding.tells and not (seeks_too(turn) or turn.goes_on and turn.change)
    others = (_asks_for_link, _asks_what_was, _asks_whom, asks_for_language)
    if turn.intent not in ANSWERED_HERE and not any(asks(turn) for asks in others) or told_alone:
        return None
    return next((answer for step in STEPS if (answer := step(turn))), None)


def _asks_for_link(turn: Turn) -> bool:
    """Return whether a question for a source asks for the page of a program that is spoken of."""
    return turn.intent == ASK_SOURCE and turn.goes_on and "link" in turn.own.attributes


def _asks_what_was(turn: Turn) -> bool:
    """Return whether what seems to ask for a summary asks what was on ("what did you have on welding last autumn?")."""
    return turn.intent == SUM_UP and bool(turn.change.wanted.get("start_to")) and turn.change.starts


def _asks_whom(turn: Turn) -> bool:
    """Return whether what seems to ask for a person asks whom to ask about the program that is spoken of."""
    return turn.intent == WANT_PERSON and turn.refers and len(turn.focus) == 1 and "contact" in turn.own.attributes


def _more(turn: Turn) -> Answer | None:
    """Go on with the list, or say all of the program that was spoken of."""
    if turn.goes_on and len(turn.focus) > 1 and "rest" in turn.own.attributes and not turn.change:
        return compare(turn.catalogue, turn.focus, turn.state, turn.today, rest=True)
    if not turn.goes_on or turn.intent not in (MORE, AFFIRM) or turn.change or turn.own.names or turn.nth:
        return None
    offered = (turn.state.offer or {}).get("intent")
    if turn.state.act == FIND_OWN and (turn.intent == MORE or offered == MORE):
        return show_more(turn.catalogue, turn.state, turn.today)
    if len(turn.focus) > 1 and turn.state.act != FIND_OWN and (turn.intent == MORE or offered == MORE):
        return compare(turn.catalogue, turn.focus, turn.state, turn.today, rest=True)
    if turn.intent == MORE and len(turn.focus) == 1:
        return about(turn, turn.focus)
    return None


def _look_for(turn: Turn) -> Answer | None:
    """Search, from the beginning or from what was sought before."""
    if not is_search(turn):
        return None
    alike = turn.seeks_alike or _seeks_better(turn)
    names = turn.change.apply_to(_alike(turn) if alike else _before(turn) if turn.continues else {})
    if turn.programs:  # "any poetry courses?"
        names = _with_programs(turn, names)
    if turn.asks_for_past and turn.change.starts and not turn.change.wanted.get("start_to"):
        names = {**names, "start_to": ((turn.today - timedelta(days=1)).isoformat(),)}
    answer = search(turn.catalogue, names, 0, turn.today, turn.own)
    if (
        len(turn.focus) == 1 and not answer.state.own.get(PROGRAM) and turn.continues and not turn.seeks_alike
    ):  # still spoken of: "compare it with ..."
        own = {**answer.state.own, PROGRAM: tuple(map(str, turn.focus))}
        answer = replace(answer, state=replace(answer.state, own=own))
    loosely = turn.narrows_loosely and not turn.refers
    if (
        loosely and turn.change.starts and not answer.state.own.get(SHOWN) and turn.state.own
    ):  # something else than before
        answer = search(turn.catalogue, turn.change.apply_to({}), 0, turn.today, turn.own)
    if answer.reply.outcome == DECLINED and turn.listed:  # what was found before is still what is spoken of
        answer = replace(answer, state=turn.state)
    if answer.reply.outcome == DECLINED:
        return _with_guide(turn, answer)
    return _closer(turn, answer) or answer


def _with_programs(turn: Turn, names: Names) -> Names:
    """Return criteria with the programs' names that a message holds, as words that are sought."""
    called = {each.text for each in turn.programs}
    joined = [each for each in turn.sought if each.joined]
    if joined or len(called) > 1:  # "gluten-free baking or sourdough"
        return _with_alternatives(turn, names, [each.text for each in joined])
    said = {word_wish(each).label.casefold() for each in names.get(WORD, ())}
    sought: dict[str, dict[str, None]] = {}
    for each in turn.programs:
        if each.text.casefold() not in said:
            sought.setdefault(each.text, {})[_as_stated(turn, each)] = None
    # What is also the name of a subject, or a part of a program's name, is sought as words.
    words = [each for each in names.get(WORD, ()) if not any(_is_in(word_wish(each).label, text) for text in sought)]
    subjects = tuple(each for each in names.get(SUBJECT, ()) if not any(_is_in(each, text) for text in called))
    for text, stated in sought.items():
        label = text if len(stated) > 1 else next(iter(stated))
        words.append(f"subject:{label}={'|'.join(stated)}")
    return {kind: values for kind, values in {**names, SUBJECT: subjects, WORD: tuple(words)}.items() if values}


def _with_alternatives(turn: Turn, names: Names, others: Sequence[str]) -> Names:
    """Return criteria with the programs' names and other words that a message holds as alternatives."""
    stated = {each.text: _as_stated(turn, each) for each in turn.programs}
    phrases = (*stated.values(), *others)
    words = [each for each in names.get(WORD, ()) if not set(word_wish(each).phrases) & {*stated, *phrases}]
    subjects = tuple(each for each in names.get(SUBJECT, ()) if not any(_is_in(each, text) for text in stated))
    words.append(f"subject:{' or '.join(phrases)}={'|'.join(phrases)}")
    return {kind: values for kind, values in {**names, SUBJECT: subjects, WORD: tuple(words)}.items() if values}


def _is_in(label: str, text: str) -> bool:
    return f" {label.casefold()} " in f" {text.casefold()} "


def _as_stated(turn: Turn, name: OwnName) -> str:
    """Return the words of a program's name as they were said, or as listings have them if they were mistyped."""
    return name.text if turn.catalogue.search.holds(name.text) else name.label


def _seeks_better(turn: Turn) -> bool:
    """Return whether a message seeks something that comes before the program that was spoken of ("something lighter")."""
    return turn.state.act == ASK_OWN and len(turn.focus) == 1 and turn.own.looks and {*turn.change.wanted} == {"order"}


def _before(turn: Turn) -> Names:
    """Return the criteria of the last search, or the name of the program that is spoken of if there was none."""
    criteria = without(turn.state.own, ())
    if criteria or len(turn.focus) != 1:
        return turn.state.own
    records = turn.catalogue.search.compare(turn.focus)
    if not records:
        return turn.state.own
    name = records[0].name
    alone = turn.catalogue.search.count(Wishes(words=(WordWish((name,)),), future_only=False)) < 2
    if alone and records[0].subjects:  # "is there a cheaper one like it?"
        return {SUBJECT: records[0].subjects}
    return {WORD: (f"subject:{name}={name}",)}


def _alike(turn: Turn) -> Names:
    """Return the criteria of what is like the programs that are spoken of: their subjects, else what was sought."""
    records = turn.catalogue.search.compare(turn.focus)
    subjects = tuple(dict.fromkeys(subject for record in records for subject in record.subjects))
    if subjects:
        return {SUBJECT: subjects}
    return {kind: turn.state.own[kind] for kind in (SUBJECT, WORD) if turn.state.own.get(kind)}


def _closer(turn: Turn, found: Answer) -> Answer | None:
    """Return what the message asks of the programs that were found, where these are few: a fact, or a comparison."""
    keys = tuple(int(key) for key in found.state.own.get(LISTED, ()))
    few = len(keys) if len(keys) == int(found.state.own.get(SHOWN, ("0",))[0]) else 0
    if COMPARES in turn.own.attributes and 1 < few <= MOST_LISTED:
        return compare(turn.catalogue, keys, found.state, turn.today)
    wanted = {fact for kind in turn.change.wanted for fact in (*ANSWERS.get(kind, ()), FACT_OF_WISH.get(kind, ""))}
    asks = [fact for fact in turn.facts if fact in TOLD_OF_SEVERAL and fact not in wanted]
    if turn.change.wanted.get("leads_to") and "recognition" not in turn.own.attributes:  # "count towards an MBA"
        asks = [fact for fact in asks if fact != "recognition"]
    if turn.facts == ("provider",) and keys and not turn.change.wanted.get(PROVIDER):
        return _with_offerers(turn, found)
    if turn.understanding.form in (LIST, STATEMENT):
        return None
    of_each = turn.intent in (ASK_TOPIC, ASK_RECOGNITION, ASK_ABOUT) or _asks_to_be_told(turn)
    if of_each and asks and few:
        records = turn.catalogue.search.compare(keys)
        reply = words.facts_of([told(one, turn.today) for one in records], asks)
        head = found.reply.text.split("\n")[0]
        rest = turn.catalogue.search.count(wishes(without(found.state.own, ()), turn.today), turn.today) - len(keys)
        return Answer(replace(reply, text=paragraphs(head, reply.text, words.more_of_them(rest))), found.state)
    return None


def _asks_to_be_told(turn: Turn) -> bool:
    """Return whether a search asks for a fact of what it finds ("can you tell me the entry requirements for ...?")."""
    searches = turn.intent == FIND_PROGRAMS and turn.understanding.form == YES_NO and turn.asks_outright
    return searches and "exists" not in turn.understanding.attributes and not turn.change.wanted.get("order")


def _with_offerers(turn: Turn, found: Answer) -> Answer:
    """Say first who offers what was found, as the question asks."""
    wanted = wishes(without(found.state.own, ()), turn.today)
    every = turn.catalogue.search.find(wanted, turn.today, MOST_READ).matches
    names = dict.fromkeys(match.record.provider for match in every if match.record.provider)
    reply = replace(found.reply, text=paragraphs(words.offered_by(tuple(names)), found.reply.text))
    return replace(found, reply=reply)


def _with_guide(turn: Turn, answer: Answer) -> Answer:
    """Add what the guide names where the own catalogue has nothing, and tell the two apart."""
    guides = [kind for kind in ("field", "type", "provider") if turn.understanding.of(kind)]
    if not guides or turn.own.of(SUBJECT, PROGRAM) or not turn.understanding.form:
        return answer
    found = find_programs(turn.knowledge, replace(turn.understanding, intent=FIND_PROGRAMS), DialogueState())
    other = found.reply
    names_any = found.state.shown or other.cards or found.state.names.get("program")
    if other.outcome != ANSWERED or not names_any:
        return answer
    text = paragraphs(answer.reply.text, f"Beyond our own catalogue, {guide().guide} has this:", other.text)
    reply = replace(
        answer.reply, text=text, outcome=ANSWERED, sources=other.sources, topic=other.topic, cards=other.cards
    )
    return replace(answer, reply=reply)


# In order of precedence: the first that has an answer gives it.
STEPS: tuple[Step, ...] = (_more, told_apart, named, pointed, fact, overview, _look_for)
