"""Keeps the criteria of a search in the own catalogue: how a message changes them, and the wishes that they make.

In the dialogue state, criteria are a plain dictionary as for the guide's programs: kind to values ("place": ("Cork",)), the
same for what is excluded ("-place"). Words that are sought stand under "word", each as `scope:label=phrase|phrase`. Beside
them stand the programs that were listed last ("listed") and those in focus ("program"), by their ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from math import ceil, floor

from actions.context import DialogueState, Names, Understanding
from actions.own_names import (
    ASKS_FOR,
    BY,
    COUNTRY,
    NOT_SEARCHED,
    OTHER,
    PERSON,
    PLACE,
    PROVIDER,
    SKILL,
    SUBJECT,
    TYPE,
    OwnName,
    OwnNames,
    OwnWord,
)
from actions.programs.criteria import day_of, number_of, price_of, same_currency
from core.contract.question_forms import WHAT, WHICH
from knowledge.queries.programs import weeks_in
from own_programs.search.wishes import ORDERS, Excluded, Wishes, WordWish

WORD, LISTED, FOCUS, SHOWN = "word", "listed", "program", "shown"
FIND_OWN, ASK_OWN = "find_own", "ask_own"  # acts of the dialogue state
NO_CRITERIA = (LISTED, FOCUS, SHOWN, "choices", "asked")
PLAIN = {TYPE: "types", PROVIDER: "providers", PLACE: "places", COUNTRY: "countries", "mode": "modes"}
PLAIN |= {SUBJECT: "subjects", "schedule": "schedules", "language": "languages", "level": "levels"}
EXCLUDABLE = (TYPE, PROVIDER, PLACE, COUNTRY, "mode", "schedule", "language")
LIMITS = ("max_price", "start_from", "start_to", "max_hours", "max_duration", "order")
SINGLE = (
    *LIMITS,
    "min_price",
    "min_duration",
    "deadline_from",
    "deadline_to",
    "end_to",
)  # kinds of which a later value takes the place of the one before
OF_WORDS = ("word:", "kind:")  # with which the names of wishes for words begin
UNDER = "under"  # holds the limits that are not to be reached
OWN_ORDERS = {"deadline", "credits"}  # orders that outdo those that the guide reads in a message
MORE_THAN_FREE = "0.01"
SLIGHTLY = 0.01  # by which what is less or more than a bound differs from it, in every unit that is bounded
FREE = "0"
MODE_IN_NAME = "mode_in_name"  # attribute of a message whose words for a mode are but a part of a name
NO_TRAVEL = "no-travel"  # what people say of themselves who can only study from where they are
SURE = 0.5  # score from which a name counts
# A value of the kind takes the place of the values of these others.
REPLACES = {
    WORD: (SUBJECT,),
    SUBJECT: (WORD,),
    PLACE: (COUNTRY, PROVIDER),
    COUNTRY: (PLACE, PROVIDER),
    PROVIDER: (PLACE, COUNTRY),
}
ONLINE = ("online",)  # modes of what has no place: "and online?" after a search in Cork looks elsewhere
# What is dropped when a person says that it no longer matters.
DROPPED = {
    "start": ("start_from", "start_to", "end_to", "open", "deadline_from", "deadline_to"),
    "place": (PLACE, COUNTRY),
    "destination": (PLACE, COUNTRY),
    "institution": (PROVIDER,),
    "field": (WORD, SUBJECT),
    "words": (WORD, SUBJECT),
    "max_price": ("max_price", "min_price", "category"),
    "level": ("level", "eqf"),
    "eqf": ("level", "eqf"),
}
# The kinds of criteria that each wish of the search stands for, where they are not called the same.
OF_WISH = {
    "max_price": ("max_price",),
    "free": ("max_price",),
    "min_price": ("min_price",),
    "deadline_from": ("open", "deadline_from"),
    "deadline_to": ("deadline_to",),
    "max_weeks": ("max_duration",),
    "min_weeks": ("min_duration",),
    "max_hours_per_week": ("max_hours",),
    "eqf_from": ("eqf",),
    "eqf_to": ("eqf",),
    "min_credits": ("credits",),
    "max_credits": ("credits",),
    "programs": (FOCUS,),
    "open_entry": ("entry",),
    **{plural: (kind,) for kind, plural in PLAIN.items()},
}


@dataclass(frozen=True)
class Change:
    """What a message changes of the criteria: what it wants, excludes and drops; `adds` tells that it comes on top.

    `lifts` tells that it drops what was wanted before rather than rules it out ("drop Cork").
    """

    wanted: Names = field(default_factory=dict)
    unwanted: Names = field(default_factory=dict)
    dropped: tuple[str, ...] = ()
    adds: bool = False
    lifts: bool = False

    def __bool__(self) -> bool:
        return bool(self.wanted or self.unwanted or self.dropped)

    @property
    def starts(self) -> bool:
        """Return whether it names what a search starts with: a subject or a type."""
        return bool(self.wanted.get(WORD) or self.wanted.get(SUBJECT) or self.wanted.get(TYPE))

    @classmethod
    def of(cls, understanding: Understanding) -> Change:
        """Read the change from a message."""
        own = understanding.own or OwnNames()
        wanted: dict[str, list[str]] = {}
        unwanted: dict[str, list[str]] = {}
        for name in _sure(own.names):
            if name.kind in (TYPE, PROVIDER, PLACE, COUNTRY) or name.kind == SUBJECT and name.exact and not _joins(own):
                (unwanted if name.left_out else wanted).setdefault(name.kind, []).extend(name.keys or (name.label,))
        for criterion in own.criteria:
            if criterion.kind == "paid":
                wanted["min_price"] = [MORE_THAN_FREE]
            elif criterion.kind not in ("any", ASKS_FOR, NOT_SEARCHED):
                (unwanted if criterion.left_out else wanted).setdefault(criterion.kind, []).extend(criterion.values)
        for scope, label, phrases, out in _sought(own):
            (unwanted if out else wanted).setdefault(WORD, []).append(f"{scope}:{label}={'|'.join(phrases)}")
        modes = understanding.of("mode") or tuple(wanted.get("mode", ()))
        if not (modes or wanted.get(PLACE)) and NO_TRAVEL in understanding.about_me.get("limits", ()):
            modes = ("online",)
        # "On which campus?" wishes for none.
        asks_where = bool({"places", "campuses"} & set(own.attributes)) and understanding.form in (WHICH, WHAT)
        modes = () if asks_where or MODE_IN_NAME in own.attributes else modes
        out_modes = modes if understanding.excludes else understanding.left_out.get("mode", ())
        avoided = understanding.about_me.get("avoid", ())
        out_modes = (*out_modes, *(mode for mode in modes if f"mode/{mode}" in avoided))
        wanted["mode"] = [mode for mode in modes if mode not in out_modes]
        unwanted["mode"] = list(dict.fromkeys(out_modes))
        for kind in LIMITS:
            outdone = kind == "order" and OWN_ORDERS & set(wanted.get(kind, ()))
            if (values := understanding.of(kind)[:1]) and not outdone:
                wanted[kind] = list(dict.fromkeys((*values, *(wanted.get(kind, ()) if kind == "order" else ()))))
        if wanted.get("end_to") and wanted["end_to"] == wanted.get(
            "start_to"
        ):  # "done by June" does not say when it begins
            wanted.pop("start_to", None)
            wanted.pop("start_from", None)
        if wanted.get("min_price") == [MORE_THAN_FREE]:  # "not the free ones"
            wanted.pop("max_price", None)
        for label in unwanted.get(SUBJECT, ()):  # "anything besides first aid"
            unwanted.setdefault(WORD, []).append(f"subject:{label}={label}")
        unwanted = {kind: values for kind, values in unwanted.items() if kind in (*EXCLUDABLE, WORD)}
        dropped = [*understanding.of("any"), *(each.values[0] for each in own.criteria if each.kind == "any")]
        for kind in dropped:  # "it needn't be online" names what it drops
            wanted.pop(kind, None)
        lifts = "drops" in own.attributes
        return cls(_filled(wanted), _filled(unwanted), tuple(dict.fromkeys(dropped)), understanding.adds, lifts)

    def apply_to(self, before: Names) -> Names:
        """Return the criteria after the change; what was listed and in focus is left out."""
        after = {} if "all" in self.dropped else {kind: before[kind] for kind in before if kind not in NO_CRITERIA}
        for kind in self.dropped:
            for each in DROPPED.get(kind, (kind,)):
                after.pop(each, None)
                after.pop(f"-{each}", None)
        for kind, values in self.unwanted.items():
            known = kind == WORD or set(values) <= set(after.get(kind, ()))
            lifted = values if self.lifts and known else ()  # "drop Cork"
            after[kind] = tuple(each for each in after.get(kind, ()) if each not in values)
            values = tuple(each for each in values if each not in lifted)
            after[f"-{kind}"] = tuple(dict.fromkeys((*after.get(f"-{kind}", ()), *values)))
        for kind, values in self.wanted.items():
            self._put(after, kind, values)
        after[UNDER] = tuple(each for each in after.get(UNDER, ()) if after.get(each))  # goes with its limit
        return {kind: values for kind, values in after.items() if values}

    def _put(self, after: Names, kind: str, values: tuple[str, ...]) -> None:
        after[f"-{kind}"] = tuple(each for each in after.get(f"-{kind}", ()) if each not in values)
        if kind == UNDER:
            values = tuple(dict.fromkeys((*after.get(kind, ()), *values)))
        if kind == "max_price":
            values = (same_currency(values[0], after.get(kind, ("",))[0]),)
            if "min_price" not in self.wanted:
                after.pop("min_price", None)
        if kind in ("max_price", "max_duration"):  # a new limit may be reached unless it says otherwise
            after[UNDER] = tuple(
                each for each in after.get(UNDER, ()) if each != kind or each in self.wanted.get(UNDER, ())
            )
        if kind == "min_price" and after.get("max_price") == (FREE,):
            after.pop("max_price")
        if self.adds and kind not in SINGLE:
            values = tuple(dict.fromkeys((*after.get(kind, ()), *values)))
        else:
            for other in REPLACES.get(kind, ()):
                if other not in self.wanted:
                    after.pop(other, None)
        if kind == "mode" and values == ONLINE and PLACE not in self.wanted:
            after.pop(PLACE, None)
        if kind in ("start_from", "start_to"):
            other = "start_to" if kind == "start_from" else "start_from"
            if other not in self.wanted:
                after.pop(other, None)
        after[kind] = values


def wishes(names: Names, today: date) -> Wishes:
    """Return the criteria as the search takes them."""
    plain = {PLAIN[kind]: names[kind] for kind in PLAIN if names.get(kind) and kind != "level"}
    price, currency = price_of(names)
    if price and "max_price" in names.get(UNDER, ()):
        price -= SLIGHTLY
    longest, shortest = (next(iter(names.get(kind, ())), "") for kind in ("max_duration", "min_duration"))
    weeks, least_weeks = weeks_in(longest), weeks_in(shortest)
    if weeks is not None and "max_duration" in names.get(UNDER, ()):
        weeks -= SLIGHTLY
    if least_weeks is not None and shortest.startswith(">"):
        least_weeks += SLIGHTLY
    eqf_from, eqf_to = _bounds(next(iter(names.get("eqf", ())), ""))
    credit_text, _, unit = next(iter(names.get("credits", ())), "").partition(" ")
    credits_from, credits_to = _bounds(credit_text)
    category = next(iter(names.get("category", ())), None)
    least = number_of(names, "min_price")
    excluded = {PLAIN[kind]: names[f"-{kind}"] for kind in EXCLUDABLE if names.get(f"-{kind}")}
    return Wishes(
        words=tuple(word_wish(each) for each in names.get(WORD, ())),
        **plain,  # type: ignore[arg-type]  # all of these are texts
        eqf_from=ceil(eqf_from) if eqf_from is not None else None,
        eqf_to=floor(eqf_to) if eqf_to is not None else None,
        max_price=price or None,
        currency=currency,
        price_category=category,
        min_price=least,
        free=price == 0,
        unpriced=bool(names.get("unpriced")),
        start_from=day_of(names, "start_from"),
        start_to=day_of(names, "start_to"),
        end_to=day_of(names, "end_to"),
        deadline_from=day_of(names, "deadline_from") or (today if names.get("open") else None),
        deadline_to=day_of(names, "deadline_to"),
        recognised_by=tuple(alternatives(names, "recognised_by")),
        leads_to=tuple(alternatives(names, "leads_to")),
        levels=tuple(alternatives(names, "level")),
        entry_without=tuple(alternatives(names, "entry_without")),
        open_entry=bool(names.get("entry")),
        min_weeks=least_weeks,
        max_weeks=weeks,
        max_hours_per_week=number_of(names, "max_hours"),
        min_credits=credits_from,
        max_credits=credits_to,
        credit_unit=unit or None,
        exclude=Excluded(words=tuple(word_wish(each) for each in names.get(f"-{WORD}", ())), **excluded),
        order=order_in(names) or None,
    )


def order_in(names: Names) -> str:
    """Return the order in which criteria want programs, or ""."""
    return next((each for each in names.get("order", ()) if each in ORDERS), "")


def alternatives(names: Names, kind: str) -> Iterator[str]:
    """Yield what a criterion that is kept as `LABEL=name|name` stands for."""
    for each in names.get(kind, ()):
        yield from each.partition("=")[2].split("|")


def word_wish(text: str) -> WordWish:
    """Return what `scope:label=phrase|phrase` stands for."""
    scope, _, rest = text.partition(":")
    label, _, phrases = rest.partition("=")
    return WordWish(tuple(phrases.split("|")), scope, label)


def without(names: Names, dropped: Iterable[str]) -> Names:
    """Return the criteria without those that wishes of these names stand for."""
    left = {kind: values for kind, values in names.items() if kind not in NO_CRITERIA}
    for wish in dropped:
        for kind in kinds_of(wish):
            if wish.startswith(OF_WORDS):
                left[kind] = tuple(each for each in left.get(kind, ()) if word_wish(each).name != wish)
            else:
                left.pop(kind, None)
    return {kind: values for kind, values in left.items() if values}


def narrows_own(before: DialogueState, after: DialogueState) -> bool:
    """Return whether a search in the own catalogue had all the criteria of the one before it, and more."""
    first, second = (without(each.own, ()) for each in (before, after))
    searched = before.act == after.act == FIND_OWN and bool(first) and len(second) > len(first)
    return searched and all(second.get(kind) == values for kind, values in first.items())


def kinds_of(wish: str) -> tuple[str, ...]:
    """Return the kinds of criteria that a wish of the search stands for."""
    if wish.startswith(OF_WORDS):
        return (WORD,)
    if wish.startswith("exclude:"):
        return tuple(f"-{kind}" for kind in kinds_of(wish.removeprefix("exclude:")))
    return OF_WISH.get(wish, (wish,))


def _sure(names: Iterable[OwnName]) -> list[OwnName]:
    return [each for each in names if each.score >= SURE]


def _sought(own: OwnNames) -> list[tuple[str, str, tuple[str, ...], bool]]:
    """Return what is sought by words: scope, label, phrases and whether it is excluded; alternatives in one."""
    found: list[tuple[str, str, tuple[str, ...], bool]] = []
    subjects = {each.start for each in own.names if each.kind == SUBJECT}
    items: list[OwnName | OwnWord] = [
        each
        for each in _sure(own.names)
        if each.kind == SUBJECT and (_joins(own) or not each.exact) or each.kind == SKILL and each.start not in subjects
    ]
    # That a description does not mention an exam does not say that there is none.
    items += [each for each in own.words if each.role not in (PLACE, BY, PERSON) and not tells_nothing(each)]
    named = bool(subjects) or any(isinstance(each, OwnName) for each in items)
    for each in sorted(items, key=lambda one: one.start):
        if isinstance(each, OwnName):
            phrases, scope, joined = (each.text, *each.keys), SUBJECT, each.kind == SUBJECT
        else:
            phrases, scope = (each.text, *each.forms), _scope(each, named)
            joined = each.joined
        phrases = tuple(dict.fromkeys(_plain(one) for one in phrases))
        last = found[-1] if found else None
        if last and joined and last[0] == scope and last[3] == each.left_out:
            found[-1] = (scope, f"{last[1]} or {each.text}", (*last[2], *phrases), each.left_out)
        else:
            found.append((scope, _plain(each.text), phrases, each.left_out))
    return found


def tells_nothing(word: OwnWord) -> bool:
    """Return whether a word that is ruled out cannot be searched for ("with no exam")."""
    return word.left_out and word.role == OTHER


def _joins(own: OwnNames) -> bool:
    """Return whether a message seeks words as an alternative to a subject ("pottery or yoga"), so that both are words."""
    return any(each.joined and each.role == SUBJECT for each in own.words)


def _scope(word: OwnWord, named: bool) -> str:
    """Return where words must stand; beside a subject that the catalogue names, others may stand anywhere."""
    if word.role == TYPE:
        return "type"
    return "any" if word.role == OTHER or named and not (word.clear or word.joined) else "subject"


def _plain(text: str) -> str:
    """Return words without the signs that the state's notation uses."""
    return " ".join(text.replace("=", " ").replace("|", " ").replace(":", " ").split())


def _filled(names: dict[str, list[str]]) -> Names:
    return {kind: tuple(dict.fromkeys(values)) for kind, values in names.items() if values}


def _bounds(text: str) -> tuple[float | None, float | None]:
    """Return the least and the greatest of "7", ">7" (at least), ">>7" (more than), "<7" (at most) or "<<7" (less than)."""
    try:
        number = float(text.lstrip("<>"))
    except ValueError:
        return None, None
    number += SLIGHTLY if text.startswith(">>") else -SLIGHTLY if text.startswith("<<") else 0
    return (None if text.startswith("<") else number), (None if text.startswith(">") else number)
