"""Puts the criteria of a search into words."""

from __future__ import annotations

from actions.context import Names
from actions.programs.criteria import day_of, number_of, price_of
from actions.replies.base import listed, lower_first
from actions.replies.criteria import CriteriaText, price_text, start_text
from knowledge.knowledge_base import Knowledge

NAMED_WITH = (
    ("for", ("field",)),
    ("for", ("industry",)),
    ("in", ("destination", "place")),
    ("at", ("institution",)),
    ("by", ("provider",)),
)
ORDERS = {
    "price": "cheapest first",
    "start": "soonest first",
    "duration": "shortest first",
    "hours": "fewest hours first",
}
ORDER_SHOWS = {"price": "max_price", "start": "start", "duration": "max_duration", "hours": "max_hours"}


def describe_criteria(knowledge: Knowledge, names: Names) -> CriteriaText:
    """Return criteria in words: "bootcamps", "for data analytics in Canada, online, for up to 500 EUR, leaving out Google"."""
    types = [knowledge.type(key) for key in names.get("type", ())]
    one = listed((lower_first(kind.name) for kind in types), "or") if types else "program"
    several = listed((lower_first(kind.plural) for kind in types), "or") if types else "programs"
    named = [f"{word} {_either(knowledge, names, *kinds)}" for word, kinds in NAMED_WITH if any(map(names.get, kinds))]
    bounds = [part for part in (_way(knowledge, names), *_bounds(names)) if part]
    if not named:
        named, bounds = bounds[:1], bounds[1:]
    order = [ORDERS[key] for key in names.get("order", ()) if key in ORDERS]
    further = [*bounds, _left_out(knowledge, names), *order]
    about = "".join([*(f" {part}" for part in named), *(f", {part}" for part in further if part)])
    stated = states_facts(knowledge)
    return CriteriaText(one, several, about, _asked(names), "the listings" if stated else "the guide", plain=not stated)


def _way(knowledge: Knowledge, names: Names) -> str:
    return _either(knowledge, names, "mode") if names.get("mode") else ""


def _bounds(names: Names) -> list[str]:
    price, currency = price_of(names)
    hours, duration = number_of(names, "max_hours"), next(iter(names.get("max_duration", ())), "")
    return [
        f"at {listed(names['level'], 'or')} level" if names.get("level") else "",
        price_text(price, currency) if price is not None else "",
        start_text(day_of(names, "start_from"), day_of(names, "start_to")),
        f"with up to {hours:g} hours a week" if hours is not None else "",
        f"taking up to {duration}" if duration else "",
    ]


def _left_out(knowledge: Knowledge, names: Names) -> str:
    out = [_either(knowledge, {kind[1:]: keys}, kind[1:]) for kind, keys in names.items() if kind.startswith("-")]
    return f"leaving out {listed(out)}" if out else ""


def _asked(names: Names) -> tuple[str, ...]:
    """Return the kinds that a list need not repeat, since all its programs share one, and the facts that it must show."""
    same = [kind for kind in ("type", "provider", "destination", "mode") if len(names.get(kind, ())) == 1]
    same += ["destination"] if len(names.get("place", ())) == 1 and "destination" not in names else []
    bounds = [kind for kind in ("max_price", "max_hours", "max_duration") if names.get(kind)]
    bounds += ["level"] if len(names.get("level", ())) > 1 else []
    start = ["start"] if names.get("start_from") or names.get("start_to") else []
    order = [ORDER_SHOWS[key] for key in names.get("order", ()) if key in ORDER_SHOWS]
    return (*same, *bounds, *start, *order)


def _either(knowledge: Knowledge, names: Names, *kinds: str) -> str:
    """Return all names of these kinds, each once."""
    return listed(dict.fromkeys(_name(knowledge, kind, key) for kind in kinds for key in names.get(kind, ())), "or")


def _name(knowledge: Knowledge, kind: str, key: str) -> str:
    if not knowledge.has_name(kind, key):
        return knowledge.other_name(kind, key).name
    name = knowledge.name(kind, key).short
    if kind == "type":
        return lower_first(knowledge.type(key).plural)
    if kind == "place" and (home := knowledge.place(key).destination):
        return home.short  # the listings tell no more of it
    return lower_first(name) if kind in ("field", "mode", "industry") else name


def states_facts(knowledge: Knowledge) -> bool:
    """Return whether the listings state more of a program than its destination; the guide's own do not."""
    return bool(knowledge.stated() - {"destinations"})
