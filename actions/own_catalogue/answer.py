"""Decides what a message asks of the organisation's own catalogue, and answers it; the guide answers everything else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from actions.base import Answer
from actions.context import DialogueState, Understanding
from actions.own_catalogue.criteria import LIMITS, LISTED, WORD, Change, wishes, without
from actions.own_catalogue.programs import (
    ANSWERS,
    about_programs,
    asked_facts,
    best_of,
    choose,
    compare,
    narrowed,
    order_in,
)
from actions.own_catalogue.search import ASK_OWN, FIND_OWN, Checked, search, show_more
from actions.own_names import BY, COUNTRY, PLACE, PROGRAM, PROVIDER, SKILL, SUBJECT, TYPE, OwnName, OwnNames
from actions.own_names import OTHER as OTHER_WISH
from actions.programs.search import find_programs
from actions.replies.base import ANSWERED, DECLINED, Reply, paragraphs
from actions.replies.own_catalogue import lists
from actions.replies.own_catalogue import programs as words
from actions.replies.own_catalogue.facts import told
from actions.unanswered import OPEN, anything_else
from catalogue.search.catalogue import Catalogue
from catalogue.search.wishes import Wishes, WordWish
from core.contract.intents import (
    AFFIRM,
    ANSWERING,
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
from core.contract.question_forms import HOW_MANY, LIST, MOST, STATEMENT, WHAT, WHERE, WHICH, YES_NO
from knowledge.knowledge_base import Knowledge

# How a message refers back (nlu/extraction/references.py).
ONE, MANY, THERE, BOTH, ALL, AND = "one", "many", "there", "both", "all", "and"
OTHER, LAST = "other", "last"
OWN_ACTS = (FIND_OWN, ASK_OWN)
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
UNKNOWN = (NOT_UNDERSTOOD, OUT_OF_SCOPE, NONSENSE, "small_talk")
COMPARES = "compare"  # the attribute of a message that puts things side by side
SEEKING = (FIND_PROGRAMS, ASK_ADVICE, CHOOSE_HELP, ASK_BEST_DESTINATION)
CLEARLY = 0.6  # score from which a program is named in a message that is not understood
CHOICES, ASKED = "choices", "asked"  # in the state: programs of one name, and what was asked of the one that is meant
SURE = 0.5  # score from which a program is named
# Facts that a question asks of the program in focus even if it does not refer to it; of others the guide says more.
OF_A_PROGRAM = frozenset(
    {
        *("price", "start", "deadline", "end", "length", "workload", "level", "credits", "entry", "seats", "contact"),
        *("application", "schedule", "language", "mode", "place", "stacking", "provider", "content", "checked"),
    }
)
# Facts that a list does not show, and that are told of each program that a question about a subject finds.
TOLD_OF_SEVERAL = frozenset(
    {
        *("deadline", "end", "length", "workload", "level", "credits", "entry", "seats", "contact", "application"),
        *("language", "stacking", "recognition", "accreditation"),
    }
)
ABOUT_ALL = {"subjects": "subjects", "places": "places", "providers": "providers", "kinds": "types"}
FEW_NAMED = 4  # programs whose names a phrase may be a part of
FEW_WORDS = 2  # words of a program's name that may be a subject, where programs are looked for
MOST_LISTED = 5
MOST_READ = 50  # programs whose offerers are told


@dataclass(frozen=True)
class Turn:
    """A message, the dialogue state, and what can be asked."""

    catalogue: Catalogue
    knowledge: Knowledge
    understanding: Understanding
    state: DialogueState
    today: date

    @property
    def intent(self) -> str:
        """The message's intent."""
        return self.understanding.intent

    @cached_property
    def own(self) -> OwnNames:
        """What the message asks of the catalogue."""
        return self.understanding.own or OwnNames()

    @cached_property
    def change(self) -> Change:
        """What it changes of a search."""
        return Change.of(self.understanding)

    @property
    def goes_on(self) -> bool:
        """Whether the last answer was from the catalogue."""
        return self.state.act in OWN_ACTS

    @property
    def listed(self) -> tuple[int, ...]:
        """The programs of the list that was shown last, if it was one of the catalogue."""
        shown = self.state.own.get(LISTED, ()) if self.goes_on or self.state.listed.get("own") else ()
        return tuple(int(key) for key in shown)

    @property
    def focus(self) -> tuple[int, ...]:
        """The programs that were spoken of last, else the only one of the list."""
        keys = tuple(int(key) for key in self.state.own.get(PROGRAM, ()))
        return keys or (self.listed if len(self.listed) == 1 else ())

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """The facts of a program that it asks for."""
        return asked_facts(self.knowledge, self.understanding)

    @property
    def refers(self) -> bool:
        """Whether it refers to what was said before."""
        return bool({ONE, MANY, THERE, BOTH, ALL} & set(self.understanding.back))

    @cached_property
    def programs(self) -> list[OwnName]:
        """The programs that it names; a part of a name that is a subject, a type or an offerer is none."""
        others = [each for each in self.own.names if each.kind != PROGRAM and each.exact]
        found = [each for each in self.own.of(PROGRAM) if each.score >= SURE]
        return [each for each in found if each.exact or not any(_overlap(each, other) for other in others)]

    def names(self, *kinds: str) -> bool:
        """Return whether it names something of these kinds."""
        return bool(self.own.of(*kinds))


Step = Callable[[Turn], "Answer | None"]


def answer_from_own(
    catalogue: Catalogue, knowledge: Knowledge, understanding: Understanding, state: DialogueState
) -> Answer | None:
    """Return the answer from the organisation's own catalogue, or None if the message asks nothing of it."""
    turn = Turn(catalogue, knowledge, understanding, state, date.today())
    if turn.intent not in ANSWERED_HERE or understanding.tells and not _seeks_too(turn):
        return None
    return next((answer for step in STEPS if (answer := step(turn))), None)


def _seeks_too(turn: Turn) -> bool:
    """Return whether a message that tells of the person also looks for something that the catalogue has."""
    own = turn.own
    if own.seeks or turn.names(SUBJECT, PROGRAM) or own.looks and own.criteria:
        return True
    clear = any(each.clear for each in own.words)
    return clear and not Checked.of(turn.catalogue, turn.change.wanted, turn.today).subjects


def _more(turn: Turn) -> Answer | None:
    """Go on with the list, or say all of the program that was spoken of."""
    if not turn.goes_on or turn.intent not in (MORE, AFFIRM) or turn.change or turn.own.names or turn.understanding.nth:
        return None
    offered = (turn.state.offer or {}).get("intent")
    if turn.state.act == FIND_OWN and (turn.intent == MORE or offered == MORE):
        return show_more(turn.catalogue, turn.state, turn.today)
    if turn.intent == MORE and len(turn.focus) == 1:
        return _about(turn, turn.focus)
    return None


def _named(turn: Turn) -> Answer | None:
    """Answer about programs that the message names."""
    named = turn.programs or _called(turn)
    if len(named) == 1 and COMPARES in turn.own.attributes:  # one of them was found by its words alone
        named = [*named, *(each for each in _called(turn) if each.ids != named[0].ids)]
    compares = COMPARES in turn.own.attributes and len(named) > 1
    if (
        not named
        or not (compares or turn.facts)
        and turn.intent in SEEKING
        and all(_may_be_subject(each) for each in named)
    ):
        return None
    if turn.intent in UNKNOWN and len(named) < 2 and named[0].score < CLEARLY:
        return None
    ids, question = choose(turn.catalogue, named, turn.change, turn.today)
    if question:
        pending = {CHOICES: tuple(str(key) for each in named for key in each.ids), ASKED: turn.facts}
        return Answer(question, DialogueState(ASK_OWN, own={**turn.state.own, **pending}))
    if len(ids) == 1 and turn.intent == COMPARE and len(turn.focus) == 1 and turn.focus[0] not in ids:
        ids = [*turn.focus, *ids]
    if len(ids) > 1 and (turn.intent == COMPARE or not turn.facts or COMPARES in turn.own.attributes):
        return compare(turn.catalogue, ids, turn.state, turn.today)
    return _about(turn, tuple(ids))


def _called(turn: Turn) -> list[OwnName]:
    """Return the few programs whose names hold the words of a question about a fact, or of a comparison."""
    compares = COMPARES in turn.own.attributes
    phrases = [each.text for each in turn.own.words if each.role in (SUBJECT, OTHER_WISH) and not each.left_out]
    if not phrases or not (compares or turn.facts) or turn.names(SUBJECT, TYPE, PROVIDER) or turn.refers:
        return []
    found: list[OwnName] = []
    for together in [[each] for each in phrases] if compares else [phrases, *([each] for each in phrases)]:
        asked = Wishes(words=tuple(WordWish((each,), "type") for each in together), future_only=False)
        matches = turn.catalogue.search.find(asked, turn.today, FEW_NAMED + 1).matches
        if 0 < len(matches) <= FEW_NAMED and len(" ".join(together).split()) >= FEW_WORDS:
            ids = tuple(match.id for match in matches)
            found.append(OwnName(PROGRAM, " ".join(together), " ".join(together), ids=ids))
            if not compares:
                break
    return found


def _told_apart(turn: Turn) -> Answer | None:
    """Take what tells programs of one name apart as the answer to the question which one is meant."""
    choices = turn.state.own.get(CHOICES, ())
    wanted = turn.change.wanted
    if not choices or turn.programs or turn.names(SUBJECT) or not turn.goes_on:
        return None
    ids = tuple(int(key) for key in choices)
    if turn.understanding.nth in ("1", "2", "3", "4", "5") and int(turn.understanding.nth) <= len(ids):
        meant = (ids[int(turn.understanding.nth) - 1],)
    elif set(wanted) & {PROVIDER, PLACE, COUNTRY, "mode", TYPE}:
        meant = narrowed(turn.catalogue, ids, turn.change, turn.today)
    else:
        return None
    if len(meant) != 1:
        return None
    asked = replace(
        turn.understanding, attributes=(), topics=(), own=OwnNames(attributes=turn.state.own.get(ASKED, ()))
    )
    return about_programs(turn.catalogue, turn.knowledge, asked, meant, turn.state, turn.today)


def _pointed(turn: Turn) -> Answer | None:
    """Answer about programs of the last list that the message points at."""
    listed, back = turn.listed, set(turn.understanding.back)
    if not listed or turn.names(SUBJECT, PROVIDER, TYPE):
        return None
    if turn.understanding.nth:
        key = _nth(turn, turn.understanding.nth)
        if key is None:
            return Answer(lists.too_few(len(listed)), turn.state) if turn.goes_on else None
        return _about(turn, (key,))
    order = order_in(turn.understanding)
    among = turn.focus if len(turn.focus) > 1 else listed
    compared = turn.intent == COMPARE or turn.state.act == ASK_OWN and turn.understanding.form in (WHICH, MOST, WHAT)
    if order and len(among) > 1 and (back & {MANY, BOTH, ALL} or compared):
        return best_of(turn.catalogue, among, order, turn.state, turn.today)
    if turn.intent == COMPARE and not turn.change and len(listed) > 1 and not turn.names(PROGRAM):
        chosen = turn.focus if len(turn.focus) > 1 else listed[: 2 if BOTH in back else 3]
        return compare(turn.catalogue, chosen, turn.state, turn.today)
    return None


def _fact(turn: Turn) -> Answer | None:
    """Answer a question about facts of the program in focus, or of those in the last list."""
    if not turn.goes_on or turn.intent in (FIND_PROGRAMS, MORE, AFFIRM) and not turn.refers:
        return None
    if turn.names(SUBJECT, PROVIDER, TYPE, SKILL):
        return None
    if turn.change.wanted.get(WORD):
        return _about(turn, turn.focus) if len(turn.focus) == 1 and _asks_more(turn) else None
    if turn.change.dropped or turn.change.wanted.get("order") and turn.intent == REFINE:
        return None
    one = turn.focus if len(turn.focus) == 1 else ()
    checks = one and turn.change and (turn.refers or turn.understanding.form == YES_NO)
    asks = [fact for fact in turn.facts if fact in OF_A_PROGRAM or turn.refers]
    if one and (checks or asks or turn.refers and (turn.own.attributes or _asks_more(turn))):
        return _about(turn, one)
    if asks and not turn.change and turn.listed:
        return _about(turn, turn.listed[:MOST_LISTED])
    return None


def _asks_more(turn: Turn) -> bool:
    """Return whether a question is about something that a listing may tell in its description alone ("is there an exam?")."""
    told = {"exam", "teachers", "scholarship", "syllabus"} & set(turn.understanding.attributes)
    return turn.intent in (ASK_TOPIC, ASK_ABOUT) and bool(
        told or turn.understanding.topic == anything_else(turn.knowledge)
    )


def _overview(turn: Turn) -> Answer | None:
    """Tell what there is on the whole."""
    if turn.change or turn.own.names or turn.programs or turn.own.words:
        return _cleared(turn)
    asked = next((ABOUT_ALL[each] for each in turn.own.attributes if each in ABOUT_ALL), "")
    to_us = "ours" in turn.own.attributes
    again = (
        turn.goes_on
        and turn.understanding.form == HOW_MANY
        and "seats" not in turn.facts
        and turn.state.act == FIND_OWN
    )
    if again and not turn.facts:
        return search(turn.catalogue, without(turn.state.own, ()), 0, turn.today)
    counts = turn.understanding.form == HOW_MANY and turn.own.seeks and (to_us or turn.intent == FIND_PROGRAMS)
    looks = turn.intent == FIND_PROGRAMS and not turn.goes_on and not turn.understanding.names
    if not (asked and to_us or counts or looks):
        return _depends(turn)
    return Answer(_all(turn.catalogue, asked), DialogueState(FIND_OWN, own={"shown": ("0",)}).offering(MORE))


def _cleared(turn: Turn) -> Answer | None:
    if "all" in turn.change.dropped and not turn.change.wanted and turn.goes_on:
        return Answer(_all(turn.catalogue, ""), DialogueState(FIND_OWN, own={"shown": ("0",)}).offering(MORE))
    return None


def _all(catalogue: Catalogue, asked: str) -> Reply:
    most = 40 if asked else 8
    facets = {name: catalogue.stated(name)[:most] for name in ("subjects", "places", "providers", "types")}
    return words.overview(catalogue.search.count(), facets, asked)


def _depends(turn: Turn) -> Answer | None:
    """Ask back which program a question about a fact of courses is about ("how much are your courses?")."""
    asks = [fact for fact in turn.facts if fact in OF_A_PROGRAM]
    open_topic = (turn.understanding.topic or "").startswith(OPEN)
    if turn.goes_on or turn.intent != ASK_TOPIC or not asks or not (turn.own.seeks and open_topic):
        return None
    reply = words.depends(asks[0], turn.catalogue.search.count())
    return Answer(reply, DialogueState(FIND_OWN, own={"shown": ("0",)}).offering(MORE))


def _look_for(turn: Turn) -> Answer | None:
    """Search, from the beginning or from what was sought before."""
    if not _is_search(turn):
        return None
    names = turn.change.apply_to(turn.state.own if _continues(turn) else {})
    if turn.programs:  # "any poetry courses?"
        sought = tuple(f"subject:{each.text}={each.text}" for each in turn.programs)
        names = {**names, WORD: (*names.get(WORD, ()), *sought)}
    answer = search(turn.catalogue, names, 0, turn.today, turn.own)
    if answer.reply.outcome == DECLINED:
        return _with_guide(turn, answer)
    return _closer(turn, answer) or answer


def _closer(turn: Turn, found: Answer) -> Answer | None:
    """Return what the message asks of the programs that were found, where these are few: a fact, or a comparison."""
    keys = tuple(int(key) for key in found.state.own.get(LISTED, ()))
    few = len(keys) if len(keys) == int(found.state.own.get("shown", ("0",))[0]) else 0
    if COMPARES in turn.own.attributes and 1 < few <= MOST_LISTED:
        return compare(turn.catalogue, keys, found.state, turn.today)
    wanted = {fact for kind in turn.change.wanted for fact in ANSWERS.get(kind, ())}
    asks = [fact for fact in turn.facts if fact in TOLD_OF_SEVERAL and fact not in wanted]
    if turn.facts == ("provider",) and keys and not turn.change.wanted.get(PROVIDER):
        return _with_offerers(turn, found)
    if turn.understanding.form in (LIST, STATEMENT):
        return None
    if turn.intent in (ASK_TOPIC, ASK_RECOGNITION, ASK_ABOUT) and asks and keys and few:
        records = turn.catalogue.search.compare(keys)
        reply = words.facts_of([told(one, turn.today) for one in records], asks)
        head = found.reply.text.split("\n")[0]
        return Answer(replace(reply, text=paragraphs(head, reply.text)), found.state)
    return None


def _with_offerers(turn: Turn, found: Answer) -> Answer:
    """Say first who offers what was found, as the question asks."""
    wanted = wishes(without(found.state.own, ()), turn.today)
    every = turn.catalogue.search.find(wanted, turn.today, MOST_READ).matches
    names = dict.fromkeys(match.record.provider for match in every if match.record.provider)
    reply = replace(found.reply, text=paragraphs(words.offered_by(tuple(names)), found.reply.text))
    return replace(found, reply=reply)


def _is_search(turn: Turn) -> bool:
    """Return whether a message looks for programs of the catalogue."""
    intent, own, change = turn.intent, turn.own, turn.change
    sought = change or turn.programs or any(each.role in (PLACE, BY) for each in own.words)
    if intent == FIND_PROGRAMS:
        return bool(sought) or turn.goes_on
    if not sought:
        return False
    if turn.goes_on and intent in (REFINE, MORE, *UNKNOWN, CHOOSE_HELP):
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
    if intent == COMPARE:
        return False
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


def _is_open(turn: Turn) -> bool:
    """Return whether the guide has no answer to a question, so that the catalogue may be asked for it."""
    topic = turn.understanding.topic or ""
    return topic == anything_else(turn.knowledge) or topic.startswith(OPEN) and turn.goes_on


def _continues(turn: Turn) -> bool:
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


def _with_guide(turn: Turn, answer: Answer) -> Answer:
    """Add what the guide names where the own catalogue has nothing, and tell the two apart."""
    guides = [kind for kind in ("field", "type", "provider") if turn.understanding.of(kind)]
    if not guides or turn.own.of(SUBJECT, PROGRAM) or not turn.understanding.form:
        return answer
    other = find_programs(turn.knowledge, replace(turn.understanding, intent=FIND_PROGRAMS), DialogueState()).reply
    if other.outcome != ANSWERED:
        return answer
    text = paragraphs(answer.reply.text, "Beyond our own catalogue, the guide to study abroad has this:", other.text)
    reply = replace(
        answer.reply, text=text, outcome=ANSWERED, sources=other.sources, topic=other.topic, cards=other.cards
    )
    return replace(answer, reply=reply)


def _about(turn: Turn, ids: tuple[int, ...]) -> Answer:
    return about_programs(turn.catalogue, turn.knowledge, turn.understanding, ids, turn.state, turn.today)


def _nth(turn: Turn, position: str) -> int | None:
    """Return the listed program at a position, "1" for the first, or None."""
    listed = turn.listed
    if position == OTHER:
        others = [key for key in listed if (key,) != turn.focus]
        return others[-1] if len(listed) == 2 else None
    number = len(listed) if position == LAST else int(position)
    return listed[number - 1] if 0 < number <= len(listed) else None


def _overlap(one: OwnName, other: OwnName) -> bool:
    return one.start < other.start + len(other.text) and other.start < one.start + len(one.text)


def _may_be_subject(name: OwnName) -> bool:
    return len(name.text.split()) <= FEW_WORDS


STEPS: tuple[Step, ...] = (_more, _told_apart, _named, _pointed, _fact, _overview, _look_for)
