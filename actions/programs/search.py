"""Finding programs: the wish grows from message to message, and every list is counted and explained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from actions.base import Answer
from actions.context import DialogueState, Names, Understanding
from actions.destinations import destinations_of, field_of
from actions.programs.criteria import FRESH, Change, query
from actions.programs.criteria_text import ORDERS, in_words, states_facts
from actions.programs.relaxation import Widenings
from actions.replies import credentials
from actions.replies import programs as words
from actions.replies.base import lower_first
from actions.topics import OPEN, about_topic
from knowledge.knowledge_base import Knowledge
from knowledge.models import Program, ProgramWish
from knowledge.queries.programs import weeks_in

SUGGESTED_FIELDS = 6
FOLLOW_UPS = ("refine", "more", "affirm")
CLEARLY = 2.0  # times the runner-up's share from which a subject that the guide leaves open counts as what was wished
VERY_CLEARLY, LIKELY = (
    4.0,
    0.3,
)  # the same, and its own share, for a topic of the guide: most of what is wished names none
ORDERED_BY = {"price": "max_price", "start": "start_from", "duration": "max_duration", "hours": "max_hours"}
KEPT = ("field", "industry", "type", "destination", "place")  # what a wish takes along from other talk
# The wishes that a program may leave open: what it must state, under the kind that it is spoken of.
OPEN_WISHES = {
    "modes": ("mode", "mode"),
    "destinations": ("destination", "destination"),
    "max_price": ("max_price", "price"),
    "start_from": ("start", "start"),
    "start_to": ("start", "start"),
    "max_hours": ("max_hours", "hours_per_week"),
    "max_duration": ("max_duration", "duration"),
    "levels": ("level", "level"),
}


def find_programs(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """A new search, or the search so far with what this message changes."""
    change, going_on = Change.of(understanding), state.act == "find_programs"
    named = [key for key in understanding.of("program") if key not in understanding.left_out.get("program", ())]
    if named and not change:
        return _named(knowledge, named[0])
    # "Cheaper than 500 euros", "what programs are there?" after the best country for a field.
    if not going_on and (understanding.intent in FOLLOW_UPS or not understanding.names):
        return search(knowledge, change.made_to({kind: state.names[kind] for kind in KEPT if kind in state.names}), 0)
    if not going_on or _begins_anew(understanding, change):
        return search(knowledge, change.made_to({}), 0)
    if change:
        return search(knowledge, change.made_to(state.names), 0)
    if not state.names:  # "anything" after the question which field
        return show_more(knowledge, state)
    return (
        _not_a_wish(knowledge, understanding, state) if understanding.intent == "refine" else search(knowledge, {}, 0)
    )


def _begins_anew(understanding: Understanding, change: Change) -> bool:
    """Whether a message in a search is another search: no follow-up, and it names what a search begins with."""
    return understanding.intent not in FOLLOW_UPS and not change.adds and any(change.wanted.get(kind) for kind in FRESH)


def _named(knowledge: Knowledge, key: str) -> Answer:
    """One program, called by its name."""
    found = knowledge.program(key)
    reply = credentials.program(found, knowledge.type(found.type.key))
    sources = tuple(source.key for source in reply.sources)
    return Answer(reply, DialogueState("ask_about", reply.topic, {"program": (key,)}, sources).offering("more"))


def shown_page(knowledge: Knowledge, state: DialogueState) -> list[Program]:
    """The programs that were shown last."""
    wish = query(knowledge, state.names)
    matching = _in_order(knowledge.programs(wish), state.names)
    listed = [*matching, *_unsure(knowledge, state.names, wish).programs]
    begun = len(matching) if state.shown > len(matching) else 0  # sure ones and others are listed apart
    start = begun + (max(state.shown - begun, 1) - 1) // words.SHOWN * words.SHOWN
    return listed[start : state.shown]


def _not_a_wish(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    """A follow-up that wishes for nothing we know of: the subject that it names ("what about jobs?"), or what can be
    searched by."""
    meant, other = (*understanding.topics, None, None)[:2]
    ahead = meant and (meant.share / other.share if other and other.share else VERY_CLEARLY)
    is_open = meant and meant.key.startswith(OPEN)
    if is_open and ahead >= CLEARLY and not states_facts(knowledge):
        answer = about_topic(knowledge, meant.key)
        return Answer(answer.reply, replace(state, topic=answer.state.topic).offering("want_person"))
    if meant and not is_open and ahead >= VERY_CLEARLY and meant.share >= LIKELY:
        answer = about_topic(knowledge, meant.key)
        return Answer(answer.reply, replace(state, topic=answer.state.topic).offering("more"))
    reply = words.cannot_filter(in_words(knowledge, state.names), knowledge.stated())
    return Answer(reply, replace(state, shown=0).offering("more"))


def show_more(knowledge: Knowledge, state: DialogueState) -> Answer:
    """The next page of the same search."""
    return _listed(knowledge, state.names, state.shown)


def search(knowledge: Knowledge, names: Names, start: int) -> Answer:
    """One page of the programs that match, from `start`; without any wish a question back."""
    if any(query(knowledge, names).preferences()) or can_order(knowledge, names.get("order", ())):
        return _listed(knowledge, names, start)
    reply = words.what_wish(knowledge.count_programs(), _some_fields(knowledge), knowledge.stated())
    return Answer(reply, DialogueState("find_programs", None, names).offering("more"))


def can_order(knowledge: Knowledge, orders: Sequence[str]) -> bool:
    """Whether the listings state what an order goes by."""
    return bool(orders) and ORDERED_BY.get(orders[0]) in knowledge.stated()


def _some_fields(knowledge: Knowledge) -> list[str]:
    """Fields in which there are programs."""
    every = knowledge.programs()
    return list(dict.fromkeys(lower_first(field.name) for one in every for field in one.fields))[:SUGGESTED_FIELDS]


def _listed(knowledge: Knowledge, names: Names, start: int) -> Answer:
    """A page from `start` on of the programs that match, and after these of what may match."""
    wish, wished = query(knowledge, names), in_words(knowledge, names)
    matching, doubtful = _in_order(knowledge.programs(wish), names), _unsure(knowledge, names, wish)
    sure, total = len(matching), len(matching) + len(doubtful.programs)
    widen = _widenings(knowledge, names, sure, total, start)
    shown = min(start + words.SHOWN, sure if start < sure else total)
    if not total:
        reply = _none(knowledge, names, wished, widen)
    elif start >= total:
        reply = words.no_more(wished, bool(doubtful.programs), Widenings(knowledge, names).best(2))
    elif start < sure:
        notes = () if start else (*_notes(knowledge, names, wish, matching), words.also_unsure(doubtful))
        reply = words.found(matching, wished, start, notes, widen, bool(doubtful.programs))
    else:
        notes = () if sure else _elsewhere(knowledge, names, doubtful)
        reply = words.unsure(doubtful, wished, start - sure, notes, widen, alone=not sure)
    sources = tuple(source.key for source in reply.sources)
    after = DialogueState("find_programs", reply.topic, names, sources, max(shown, start))
    return Answer(reply, after.offering("more" if shown < total else "want_person"))


def _widenings(knowledge: Knowledge, names: Names, sure: int, total: int, start: int) -> list[words.Widening]:
    """What would bring more, where the list is short; where nothing at all is found, something always."""
    if start or sure > words.SHOWN or sure and _is_single(names):
        return []
    found = Widenings(knowledge, names)
    best = (
        found.best(2, same_field=True) if total else found.best(3)
    )  # what may fit is nearer than what is of another field
    return best if best or total else found.fewest_given_up()


def _is_single(names: Names) -> bool:
    return sum(bool(keys) for kind, keys in names.items() if kind != "order" and not kind.startswith("-")) < 2


def _none(knowledge: Knowledge, names: Names, wished: words.Wished, widen: list[words.Widening]) -> words.Reply:
    """Nothing is found: what would be, and what the guide says of the field and the place."""
    field, wanted = field_of(knowledge, names), destinations_of(knowledge, names)
    if widen and not wished.plain:  # what helps is enough beside listings that hold facts
        return words.none_found(wished, (), None, (), widen)
    home = field and (field.destinations or any(homes for _, homes in field.near))
    notes = [] if widen or home or wanted else [words.other_fields(_some_fields(knowledge))]
    return words.none_found(wished, notes, field, wanted, widen)


# --- what is not stated -----------------------------------------------------------------------------------------------
def _unsure(knowledge: Knowledge, names: Names, wish: ProgramWish) -> words.Unsure:
    """The programs that fit as far as they say, and what they leave open."""
    open_to = set(OPEN_WISHES) - ({"destinations"} if _beyond_all(knowledge, names) else set())
    programs = _in_order(knowledge.unsure_programs(wish, open_to), names)
    kinds = dict(OPEN_WISHES[name] for name in wish.preferences() if name in open_to)
    silent = {kind: sum(not _states(one, fact) for one in programs) for kind, fact in kinds.items()}
    foreign = Counter(one.currency for one in programs if wish.currency and one.price and one.currency != wish.currency)
    return words.Unsure(programs, {kind: count for kind, count in silent.items() if count}, foreign)


def _states(one: Program, fact: str) -> bool:
    value = getattr(one, fact)
    return weeks_in(value) is not None if fact == "duration" else value not in (None, "")


def _beyond_all(knowledge: Knowledge, names: Names) -> bool:
    """Whether a place was wished for in which no destination lies: then a program of no stated country doesn't fit."""
    return any(knowledge.place(key).destination is None for key in names.get("place", ()))


def _notes(knowledge: Knowledge, names: Names, wish: ProgramWish, matching: Sequence[Program]) -> list[str]:
    """What one should know about a list: what was left in or taken together because the listings don't say."""
    notes = _finer(knowledge, names)
    for kind in ("destination", "mode"):
        silent = sum(getattr(one, kind) is None for one in matching) if names.get(f"-{kind}") else 0
        if silent:
            notes.append(words.silent_on_exclusion(silent, kind))
    if wish.max_price and not wish.currency:
        notes.append(words.no_currency(wish.max_price))
    currencies = sorted({one.currency for one in matching if one.price})
    if "price" in names.get("order", ()) and len(currencies) > 1:
        notes.append(words.not_compared(currencies))
    return notes


def _finer(knowledge: Knowledge, names: Names) -> list[str]:
    """A country of a destination can't be told from the others there."""
    places = [knowledge.place(key) for key in (*names.get("place", ()), *names.get("-place", ()))]
    by = "the listings" if states_facts(knowledge) else "the guide"
    return [words.no_finer_than(place.name, place.destination.short, by) for place in places if place.destination][:1]


def _elsewhere(knowledge: Knowledge, names: Names, doubtful: words.Unsure) -> list[str]:
    """Where the field is at home, beside programs that state no country."""
    if "destination" not in doubtful.silent:
        return []
    field, wanted = field_of(knowledge, names), destinations_of(knowledge, names)
    return [words.at_home(field, wanted), *_finer(knowledge, names)]


def _in_order(programs: list[Program], names: Names) -> list[Program]:
    """As the wish says, what states nothing last; prices of one currency stand together, that of most programs first."""
    order = next(iter(names.get("order", ())), "")
    if order not in ORDERS:
        return programs
    common = Counter(one.currency for one in programs)

    def place(one: Program) -> tuple:
        value = {
            "price": one.price,
            "start": one.start,
            "duration": weeks_in(one.duration),
            "hours": one.hours_per_week,
        }[order]
        if value is None:
            return (1,)
        return (0, -common[one.currency], one.currency, value) if order == "price" else (0, value)

    return sorted(programs, key=place)


def by_provider(knowledge: Knowledge, key: str) -> list[Program]:
    """The programs of one provider."""
    return list(knowledge.programs(ProgramWish(providers=(key,))))
