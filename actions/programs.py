"""Finding programs: the wish grows from message to message, and every list is counted and explained."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from actions.answering import Answer, Answers
from actions.places import destinations_of, field_of
from actions.replies import credentials
from actions.replies import programs as words
from actions.replies.base import listed, lower_first
from actions.said import Frame, Names, Said
from actions.topics import OPEN, about_topic
from actions.widening import Widenings
from actions.wishes import FRESH, Change, day_of, number_of, price_of, query
from knowledge.program_queries import weeks_in
from knowledge.queries import Knowledge
from knowledge.records import Program, ProgramWish

SUGGESTED_FIELDS = 6
LIKELY = 0.15  # share from which a subject that the guide leaves open counts as what was wished
IN_WORDS = {
    "field": "for",
    "industry": "for",
    "destination": "in",
    "place": "in",
    "institution": "at",
    "provider": "by",
    "mode": "",
    "level": "at",
}
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
ORDERS = {
    "price": "cheapest first",
    "start": "soonest first",
    "duration": "shortest first",
    "hours": "fewest hours first",
}
ORDER_SHOWS = {"price": "max_price", "start": "start", "duration": "max_duration", "hours": "max_hours"}


def find_programs(knowledge: Knowledge, said: Said, frame: Frame) -> Answer:
    """A new search, or the search so far with what this message changes."""
    change, going_on = Change.of(said), frame.act == "find_programs"
    if said.of("program") and not change:
        return _named(knowledge, said.of("program")[0])
    if (
        going_on
        and said.intent == "find_programs"
        and not change.adds
        and any(change.wanted.get(kind) for kind in FRESH)
    ):
        going_on = False
    if not going_on:
        return search(knowledge, change.made_to({}), 0)
    if change:
        return search(knowledge, change.made_to(frame.names), 0)
    if said.intent == "refine":
        return _not_a_wish(knowledge, said, frame)
    return show_more(knowledge, Frame()) if not frame.names else search(knowledge, {}, 0)


def _named(knowledge: Knowledge, key: str) -> Answer:
    """One program, called by its name."""
    found = knowledge.program(key)
    reply = credentials.program(found, knowledge.type(found.type.key))
    sources = tuple(source.key for source in reply.sources)
    return Answer(reply, Frame("ask_about", reply.topic, {"program": (key,)}, sources).offering("more"))


def _not_a_wish(knowledge: Knowledge, said: Said, frame: Frame) -> Answer:
    """A follow-up that wishes for nothing we know of: the subject that is left open, or what can be searched by."""
    left_open = next((one for one in said.topics if one.key.startswith(OPEN) and one.share >= LIKELY), None)
    if left_open and not knowledge.stated() - {"destinations"}:
        answer = about_topic(knowledge, left_open.key)
        return Answer(answer.reply, replace(frame, topic=answer.frame.topic).offering("want_person"))
    reply = words.cannot_filter(_spoken(knowledge, frame.names), knowledge.stated())
    return Answer(reply, replace(frame, shown=0).offering("more"))


def show_more(knowledge: Knowledge, frame: Frame) -> Answer:
    """The next page of the same search."""
    return _listed(knowledge, frame.names, frame.shown)


def search(knowledge: Knowledge, names: Names, start: int) -> Answer:
    """One page of the programs that match, from `start`; without any wish a question back."""
    if any(query(knowledge, names).preferences()):
        return _listed(knowledge, names, start)
    every = knowledge.programs(ProgramWish())
    fields = list(dict.fromkeys(lower_first(field.name) for program in every for field in program.fields))
    reply = words.what_wish(len(every), fields[:SUGGESTED_FIELDS], knowledge.stated())
    return Answer(reply, Frame("find_programs", None, names).offering("more"))


def _listed(knowledge: Knowledge, names: Names, start: int) -> Answer:
    wish, wished = query(knowledge, names), _spoken(knowledge, names)
    matching, doubtful = _in_order(knowledge.programs(wish), names), _unsure(knowledge, names, wish)
    programs = matching or doubtful.programs
    widen = _widenings(knowledge, names, len(matching), bool(programs), start)
    if not programs:
        reply = _none(knowledge, names, wished, widen)
    elif start >= len(programs):
        reply = words.no_more(wished, Widenings(knowledge, names).best(2))
    elif matching:
        notes = (*_notes(knowledge, names, wish, matching), words.also_unsure(doubtful, wished.by)) if not start else ()
        reply = words.found(matching, wished, start, notes, widen)
    else:
        reply = words.unsure(doubtful, wished, start, _elsewhere(knowledge, names, doubtful), widen)
    shown = min(start + words.SHOWN, max(len(programs), start))
    sources = tuple(source.key for source in reply.sources)
    after = Frame("find_programs", reply.topic, names, sources, shown)
    return Answer(reply, after.offering("more" if shown < len(programs) else "want_person"))


def _widenings(knowledge: Knowledge, names: Names, matching: int, any_shown: bool, start: int) -> list[words.Widening]:
    """What would bring more, where the list is short; where nothing at all is found, something always."""
    if start or matching > words.SHOWN or matching and _is_single(names):
        return []
    found = Widenings(knowledge, names)
    best = found.best(2 if any_shown else 3)
    return best if best or any_shown else found.fewest_given_up()


def _is_single(names: Names) -> bool:
    return sum(bool(keys) for kind, keys in names.items() if kind != "order") < 2


def _none(knowledge: Knowledge, names: Names, wished: words.Wished, widen: list[words.Widening]) -> words.Reply:
    notes = _finer(knowledge, names)
    told = wished.plain or not widen  # beside listings that hold facts, what helps is enough
    field, wanted = field_of(knowledge, names), destinations_of(knowledge, names)
    return words.none_found(wished, notes, field if told else None, wanted if told else (), widen)


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
    return [words.no_finer_than(place.name, place.destination.short) for place in places if place.destination]


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


# --- the wish in words ------------------------------------------------------------------------------------------------
def _spoken(knowledge: Knowledge, names: Names) -> words.Wished:
    """ "programs" or "bootcamps", and "for data analytics in Canada, online, for up to 500 EUR, leaving out Google"."""
    types = [knowledge.type(key) for key in names.get("type", ())]
    one = listed((lower_first(kind.name) for kind in types), "or") if types else "program"
    several = listed((lower_first(kind.plural) for kind in types), "or") if types else "programs"
    named = [
        f"{word} {_either(knowledge, kind, names[kind])}"
        for kind, word in IN_WORDS.items()
        if names.get(kind) and kind not in ("mode", "level")
    ]
    further = [part for part in (_way(knowledge, names), *_bounds(names), _left_out(knowledge, names)) if part]
    order = next(iter(names.get("order", ())), "")
    if order in ORDERS:
        further.append(ORDERS[order])
    about = "".join([*(f" {part}" for part in named), *(f", {part}" for part in further)])
    stated = bool(knowledge.stated() - {"destinations"})
    return words.Wished(one, several, about, _asked(names), "the listings" if stated else "the guide", plain=not stated)


def _way(knowledge: Knowledge, names: Names) -> str:
    return _either(knowledge, "mode", names["mode"]) if names.get("mode") else ""


def _bounds(names: Names) -> list[str]:
    price, currency = price_of(names)
    hours, duration = number_of(names, "max_hours"), next(iter(names.get("max_duration", ())), "")
    return [
        f"at {listed(names['level'], 'or')} level" if names.get("level") else "",
        words.price_wished(price, currency) if price is not None else "",
        words.start_wished(day_of(names, "start_from"), day_of(names, "start_to")),
        f"with up to {hours:g} hours a week" if hours is not None else "",
        f"taking up to {duration}" if duration else "",
    ]


def _left_out(knowledge: Knowledge, names: Names) -> str:
    out = [_either(knowledge, kind[1:], keys) for kind, keys in names.items() if kind.startswith("-")]
    return f"leaving out {listed(out)}" if out else ""


def _asked(names: Names) -> tuple[str, ...]:
    """What a line of the list need not repeat (a kind of which only one is wished), and the facts that it must show."""
    same = [kind for kind in ("type", "provider", "destination", "mode") if len(names.get(kind, ())) == 1]
    bounds = [kind for kind in ("max_price", "max_hours", "max_duration", "level") if names.get(kind)]
    start = ["start"] if names.get("start_from") or names.get("start_to") else []
    order = [ORDER_SHOWS[key] for key in names.get("order", ()) if key in ORDER_SHOWS]
    return (*same, *bounds, *start, *order)


def _either(knowledge: Knowledge, kind: str, keys: tuple[str, ...]) -> str:
    return listed((_name(knowledge, kind, key) for key in keys), "or")


def _name(knowledge: Knowledge, kind: str, key: str) -> str:
    if not knowledge.has_name(kind, key):
        return knowledge.other_name(kind, key).name
    name = knowledge.name(kind, key).short
    if kind == "type":
        return lower_first(knowledge.type(key).plural)
    return lower_first(name) if kind in ("field", "mode", "industry") else name


def by_provider(knowledge: Knowledge, key: str) -> list[Program]:
    """The programs of one provider."""
    return list(knowledge.programs(ProgramWish(providers=(key,))))


class FindPrograms(Answers):
    """A search for programs."""

    def name(self) -> str:
        return "action_find_programs"

    answer = staticmethod(find_programs)
