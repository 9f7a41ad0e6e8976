"""Keeps the criteria of a search: how each message changes them, and the query that they make.

In the dialogue state, criteria are a plain dictionary: kind of name to catalogue keys ("destination"), the same for
what is excluded ("-destination"), and limits as they were understood (max_price "500 EUR", start_from "2027-03-01").
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from actions.context import Names, Understanding
from actions.near_fields import stands_for
from knowledge.knowledge_base import Knowledge
from knowledge.models import ProgramCriteria

KINDS = {
    "field": "fields",
    "destination": "destinations",
    "type": "types",
    "provider": "providers",
    "institution": "institutions",
    "mode": "modes",
    "level": "levels",
}
THROUGH = ("industry", "place")  # kinds that stand for others: an industry for its fields, a place for its destination
BOUNDS = ("max_price", "start_from", "start_to", "max_hours", "max_duration")
# A new value of the kind replaces the values of these other kinds.
REPLACES = {
    "destination": ("place", "institution"),
    "place": ("destination", "institution"),
    "institution": ("destination", "place"),
    "field": ("industry",),
    "industry": ("field",),
}
# The kinds that are dropped when a person says that one no longer matters.
DROPPED = {
    "destination": ("destination", "place", "institution"),
    "field": ("field", "industry"),
    "start": ("start_from", "start_to"),
}
NEW_SEARCH_KINDS = ("field", "industry", "type")  # a message that names one of these starts another search


@dataclass(frozen=True)
class Change:
    """What a message changes: keys that are wanted, excluded, and kinds that no longer matter.

    `adds` tells that the wanted keys come on top of the earlier ones.
    """

    wanted: Names
    unwanted: Names
    dropped: tuple[str, ...] = ()
    adds: bool = False

    def __bool__(self) -> bool:
        return bool(self.wanted or self.unwanted or self.dropped)

    @classmethod
    def of(cls, understanding: Understanding) -> Change:
        """Read the change from a message.

        Names are excluded if the words around them say so; without those words, the classifier tells whether all are.
        """
        names = {kind: understanding.of(kind) for kind in (*KINDS, *THROUGH) if understanding.of(kind)}
        bounds = {kind: understanding.of(kind)[:1] for kind in (*BOUNDS, "order") if understanding.of(kind)}
        unwanted = understanding.left_out or (names if understanding.excludes else {})
        wanted = {kind: left for kind, keys in names.items() if (left := _less(keys, unwanted.get(kind, ())))}
        if wanted.get("field"):
            wanted.pop("industry", None)  # the same word, or a hint at which field is meant
        unwanted = {
            kind: keys for kind, keys in unwanted.items() if kind in KINDS and kind != "level" or kind in THROUGH
        }
        if unwanted.get("field"):
            unwanted.pop("industry", None)
        return cls({**wanted, **bounds}, unwanted, understanding.of("any"), understanding.adds)

    def apply_to(self, names: Names) -> Names:
        """Return the criteria after the change."""
        after = {} if "all" in self.dropped else dict(names)
        for kind in self.dropped:
            for each in DROPPED.get(kind, (kind,)):
                after.pop(each, None)
                after.pop(f"-{each}", None)
        if "destination" in self.unwanted:  # "anywhere but the EU" after Germany
            after.pop("place", None)
        for kind, keys in self.unwanted.items():
            after[kind] = _less(after.get(kind, ()), keys)
            after[f"-{kind}"] = tuple(dict.fromkeys((*after.get(f"-{kind}", ()), *keys)))
        for kind, keys in self.wanted.items():
            self._add_wanted(after, kind, keys)
        return {kind: keys for kind, keys in after.items() if keys}

    def _add_wanted(self, after: Names, kind: str, keys: tuple[str, ...]) -> None:
        """Put the wanted keys of one kind into the criteria."""
        if kind == "max_price":
            keys = (same_currency(keys[0], after.get(kind, ("",))[0]),)
        if kind in BOUNDS or kind == "order":
            self._forget_clashing(after, kind, keys)
            after[kind] = keys
            return
        was_out = set(after.get(f"-{kind}", ())) & set(keys)
        after[f"-{kind}"] = _less(after.get(f"-{kind}", ()), keys)
        if self.adds and was_out and kind not in after:
            return  # "the UK is fine after all" only lifts the exclusion; it does not limit the search to the UK
        if self.adds:
            after[kind] = tuple(dict.fromkeys((*after.get(kind, ()), *keys)))
            return
        for other in REPLACES.get(kind, ()):
            if other not in self.wanted:
                after.pop(other, None)
        after[kind] = keys

    def _forget_clashing(self, after: Names, kind: str, keys: tuple[str, ...]) -> None:
        """Drop a last month that lies before the new first month, or the other way round."""
        other = {"start_from": "start_to", "start_to": "start_from"}.get(kind)
        if other and other in after and other not in self.wanted:
            first, last = (keys, after[other]) if kind == "start_from" else (after[other], keys)
            if first > last:
                after.pop(other)


def query(knowledge: Knowledge, names: Names) -> ProgramCriteria:
    """Return the criteria as the knowledge base takes them; a limit that cannot be read (an old button) is left out."""
    sought = {KINDS[kind]: keys for kind, keys in names.items() if kind in KINDS and keys}
    unwanted = {
        f"exclude_{KINDS[kind[1:]]}": keys for kind, keys in names.items() if kind.startswith("-") and kind[1:] in KINDS
    }
    if fields := _fields_of(knowledge, names.get("industry", ())):
        sought["fields"] = (*sought.get("fields", ()), *fields)
    if fields := _fields_of(knowledge, names.get("-industry", ())):
        unwanted["exclude_fields"] = (*unwanted.get("exclude_fields", ()), *fields)
    if refused := names.get("-field"):  # "not computers" means no cloud, either, unless that is what is wanted
        wide = {one for key in refused for one in stands_for(knowledge, key)} - set(sought.get("fields", ()))
        unwanted["exclude_fields"] = tuple(sorted({*unwanted.get("exclude_fields", ()), *wide}))
    if names.get("place"):
        sought["destinations"] = (*sought.get("destinations", ()), *_homes(knowledge, names["place"]))
    price, currency = price_of(names)
    return ProgramCriteria(
        **sought,
        **unwanted,
        max_price=price,
        currency=currency,
        start_from=day_of(names, "start_from"),
        start_to=day_of(names, "start_to"),
        max_hours=number_of(names, "max_hours"),
        max_duration=next(iter(names.get("max_duration", ())), None),
    )


def price_of(names: Names) -> tuple[float | None, str | None]:
    """Return the price limit "500 EUR" as number and currency; the currency is None if none was named."""
    number, _, currency = next(iter(names.get("max_price", ())), "").partition(" ")
    return _number(number), currency or None


def number_of(names: Names, kind: str) -> float | None:
    """Return a limit as a number, or None if it is not set or cannot be read."""
    return _number(next(iter(names.get(kind, ())), ""))


def day_of(names: Names, kind: str) -> date | None:
    """Return a limit as a date, or None if it is not set or cannot be read."""
    try:
        return date.fromisoformat(next(iter(names.get(kind, ())), ""))
    except ValueError:
        return None


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def same_currency(price: str, before: str) -> str:
    """Return a price limit with the currency that was named before if it is a bare number."""
    currency = before.partition(" ")[2]
    return price if " " in price or not currency or price == "0" else f"{price} {currency}"


def _less(keys: tuple[str, ...], taken: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(key for key in keys if key not in taken)


def _fields_of(knowledge: Knowledge, industries: tuple[str, ...]) -> tuple[str, ...]:
    """Return the fields of industries, or the industries' own keys, which match nothing, if they have none."""
    fields = [field.key for key in industries for field in knowledge.industry_fields(key)]
    return tuple(dict.fromkeys(fields)) or industries


def _homes(knowledge: Knowledge, places: tuple[str, ...]) -> tuple[str, ...]:
    """Return the destinations that places lie in; a place outside of all keeps its own key, which matches nothing."""
    found = [(key, knowledge.place(key).destination) for key in places]
    return tuple(home.key if home else key for key, home in found)
