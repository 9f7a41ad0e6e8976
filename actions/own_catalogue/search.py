"""Searches the own catalogue: counts, pages, near misses, and wishes that are in no listing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from actions.base import Answer
from actions.context import DialogueState, Names
from actions.own_catalogue.criteria import (
    FIND_OWN,
    LISTED,
    SHOWN,
    WORD,
    kinds_of,
    tells_nothing,
    wishes,
    without,
    word_wish,
)
from actions.own_names import BY, COUNTRY, NOT_SEARCHED, PLACE, SUBJECT, OwnNames
from actions.programs.criteria import day_of, number_of, price_of
from actions.replies.base import Button, payload
from actions.replies.criteria import amount
from actions.replies.own_catalogue import lists as words
from actions.replies.own_catalogue.criteria import (
    Limits,
    criteria_words,
    given_up,
    kind_words,
    language_name,
    near_subjects,
    teaches_no,
)
from own_programs.records import ProgramRecord
from own_programs.search.catalogue import Catalogue
from own_programs.search.everyday import everyday_words
from own_programs.search.find import Facet, Found, NearMiss
from own_programs.search.wishes import Wishes, WordWish

AVERAGE = "average"  # attribute of a message that asks for an average
MOST_PRICED = 60  # programs of which it is told how many state a price of their own for a category
NEAR = 3  # ways of giving something up that are told
SHORTEST_SHARED = 4  # letters of a word by which subjects are close
AWARD_SECONDS = 0.3  # for whether a word that no listing holds is an award that programs lead to
SUBJECTS = 6  # subjects that are named where nothing fits


@dataclass(frozen=True)
class Checked:
    """Criteria of which all words are in some listing, and those that are in none; `lost` are in none that fits the rest."""

    names: Names
    subjects: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()

    @classmethod
    def of(cls, catalogue: Catalogue, names: Names, today: date) -> Checked:
        """Look up every word of the criteria."""
        kept: list[str] = []
        subjects: list[str] = []
        others: list[str] = []
        types: list[str] = []
        for each in names.get(WORD, ()):
            found, missing = _known(catalogue, each)
            kept += found
            into = {"any": others, "type": types}.get(word_wish(each).scope, subjects)
            into.extend(missing)
        if subjects:  # what descriptions alone mention is no substitute for what is sought
            kept = [each for each in kept if not each.startswith("any:") or each in names[WORD]]
        kept, lost = _together(catalogue, {**names, WORD: tuple(dict.fromkeys(kept))}, today)
        left = {**names, WORD: tuple(kept)}
        return cls(
            {kind: values for kind, values in left.items() if values},
            tuple(subjects),
            tuple(others),
            tuple(types),
            tuple(lost),
        )


def _together(catalogue: Catalogue, names: Names, today: date) -> tuple[list[str], list[str]]:
    """Return the words of the criteria without those that may stand anywhere if no program meets these with the others."""
    loose = [each for each in names[WORD] if each.startswith("any:")]
    if not loose or len(names[WORD]) == len(loose) == 1 or catalogue.search.count(wishes(names, today), today):
        return list(names[WORD]), []
    kept = [each for each in names[WORD] if each not in loose]
    if not kept:
        return list(names[WORD]), []
    return kept, [word_wish(each).label for each in loose]


def _known(catalogue: Catalogue, word: str) -> tuple[list[str], list[str]]:
    """Return the part of a sought word that listings hold, in the state's notation, and what none holds."""
    wish, holds = word_wish(word), catalogue.search.holds
    sought = [phrase for phrase in wish.phrases if wish.scope != "any" or _tells_alone(phrase)]
    phrases = [phrase for phrase in sought if holds(phrase, wish.scope)]
    labels = wish.label.split(" or ")
    if phrases:
        missing = [each for each in labels if len(labels) > 1 and not holds(each, wish.scope)]
        label = " or ".join(each for each in labels if each not in missing) or wish.label
        return [_written(wish.scope, label, phrases)], missing
    anywhere = [phrase for phrase in wish.phrases if wish.scope != "any" and _tells_alone(phrase)]
    mentioned = [phrase for phrase in anywhere if holds(phrase, "any")]
    if mentioned:
        return [_written("any", wish.label, mentioned)], []
    parts = wish.label.split() if len(labels) == 1 else []
    if main := _longest_held(catalogue, parts, wish.scope):
        rest = [part for part in wish.label.replace(main, " ", 1).split() if _tells(part)]
        return [_written(wish.scope, main, [main]), *(_written("any", part, [part]) for part in rest)], []
    parts = [part for part in parts if _tells(part)]
    held = [part for part in parts if holds(part, wish.scope)]
    if parts and len(held) == len(parts) and _are_held_together(catalogue, held):
        return [_written(wish.scope, part, [part]) for part in held], []
    return [], labels


def _are_held_together(catalogue: Catalogue, parts: Sequence[str]) -> bool:
    """Return whether a program holds all parts of a phrase in its name and subjects: no "data science" is marine science."""
    words = tuple(WordWish((part,), "title") for part in parts)
    return bool(catalogue.search.count(Wishes(words=words, future_only=False)))


def _tells_alone(phrase: str) -> bool:
    """Return whether a phrase is more than everyday words, which stand in many descriptions ("IT")."""
    return any(word.lower() not in everyday_words().words for word in phrase.split())


def _tells(word: str) -> bool:
    """Return whether a word of a phrase tells something: "for" and "a" don't, "AI" does."""
    return len(word) >= SHORTEST_SHARED or not word.islower()


def _longest_held(catalogue: Catalogue, parts: Sequence[str], scope: str) -> str:
    """Return the longest part of a phrase, of two words at least, that listings hold ("data protection" of "... officer")."""
    for length in range(len(parts) - 1, 1, -1):
        for first in range(len(parts) - length + 1):
            words = parts[first : first + length]
            part = " ".join(words)
            if _tells(words[0]) and _tells(words[-1]) and catalogue.search.holds(part, scope):
                return part
    return ""


def _written(scope: str, label: str, phrases: Sequence[str]) -> str:
    return f"{scope}:{label}={'|'.join(phrases)}"


def search(catalogue: Catalogue, names: Names, start: int, today: date, own: OwnNames | None = None) -> Answer:
    """Return a page of the programs that meet the criteria, or what would have to give.

    `own` is the message, whose places and offerers may be in no listing.
    """
    checked = Checked.of(catalogue, names, today)
    places = [each.text for each in own.words if each.role == PLACE and not each.left_out] if own else []
    offerers = [each.text for each in own.words if each.role == BY and not each.left_out] if own else []
    names, unheld, nearest = _with_nearest(catalogue, checked, own)
    if nearest and not checked.subjects:  # what is near to a further wish takes its place
        checked = replace(checked, others=())
    notes = words.nothing_on(unheld, checked.types, places, offerers)
    notes += [words.closest_subjects([Facet(each, 0) for each in nearest])] if nearest else []
    if places:  # which take the place of those before
        names = {kind: values for kind, values in names.items() if kind not in (PLACE, COUNTRY)}
    wanted = wishes(names, today)
    nothing_left = not [*wanted.names()]
    if nothing_left and checked.others:
        return _instead(
            catalogue, names, wanted, today, words.nothing_on(checked.others, (), places, offerers), "subjects"
        )
    if (
        (unheld and not nearest or checked.types)
        and not (names.get(WORD) or names.get(SUBJECT))
        or (places or offerers)
        and nothing_left
    ):
        facet = "places" if places and not checked.subjects else "subjects"
        return _instead(catalogue, names, wanted, today, notes, facet, checked.subjects)
    notes += [words.not_mentioned(checked.others)] if checked.others else []
    notes += [words.not_mentioned_here(checked.lost)] if checked.lost else []
    ruled_out = [each.text for each in own.words if tells_nothing(each)] if own else []
    names, untold = _without_untold(catalogue, names)
    ruled_out += untold
    notes += [words.not_told([*dict.fromkeys(ruled_out)])] if ruled_out else []
    notes += [words.NO_AVERAGE] if own and AVERAGE in own.attributes else []
    unheard = [each.values[0] for each in own.criteria if each.kind == NOT_SEARCHED] if own else []
    notes += [words.not_searched(unheard)] if unheard else []
    wanted, found = _found(catalogue, wanted, start, today)
    notes += [words.OVER] if found.total and not wanted.future_only else []
    sought = sought_words(names)
    notes += _not_taught_in(catalogue, names)
    notes += _beside(catalogue, names, own, today, found.total)
    notes += _of_prices(catalogue, names, wanted, today, found.total)
    if not found.total:
        return _near(catalogue, names, wanted, today, notes, wanted.future_only)
    others = 0
    if wanted.types and found.total <= words.FEW_FOUND:
        others = catalogue.search.count(wanted.without("types"), today) - found.total
    reply = words.found_page(found, sought, start, today, notes, others)
    shown = start + len(found.matches)
    own_state = {**names, LISTED: tuple(str(match.id) for match in found.matches), SHOWN: (str(shown),)}
    if found.total == 1 or names.get("order") and not start:
        own_state["program"] = own_state[LISTED][:1]
    state = DialogueState(FIND_OWN, choices={"own": own_state[LISTED]}, own=own_state)
    return Answer(reply, state.offering("more" if shown < found.total else "want_person"))


def _found(catalogue: Catalogue, wanted: Wishes, start: int, today: date) -> tuple[Wishes, Found]:
    """Return a page of the programs that meet wishes, and the wishes, which take in what is over where that is meant."""
    if wanted.start_to and wanted.start_to < today:
        wanted = replace(wanted, future_only=False)
    found = catalogue.search.find(wanted, today, words.PAGE_SIZE, start)
    if not found.total and wanted.start_from and wanted.start_from < today and wanted.future_only:
        wanted = replace(wanted, future_only=False)  # "did it run in 2026?"
        found = catalogue.search.find(wanted, today, words.PAGE_SIZE, start)
    return wanted, found if wanted.future_only else replace(found, unstated={}, may_match=())


def _is_award(catalogue: Catalogue, name: str) -> bool:
    """Return whether programs state that they lead to something of this name; what takes too long is left out."""
    wanted = Wishes(leads_to=(name,), future_only=False)
    return bool(catalogue.search.run_within(AWARD_SECONDS, lambda: catalogue.search.count(wanted), 0))


def _with_nearest(
    catalogue: Catalogue, checked: Checked, own: OwnNames | None
) -> tuple[Names, tuple[str, ...], tuple[str, ...]]:
    """Return criteria with what stands in for words that no listing holds, the words that are missing, and what is near.

    If nothing else is sought, awards that programs lead to are sought as such, else what comes nearest to the words.
    """
    names = checked.names
    unheld = checked.subjects or (() if names.get(SUBJECT) or names.get("program") else checked.others)
    missing = [each for label in unheld for each in label.split(" or ")]
    if not missing or names.get(WORD) or names.get(SUBJECT):
        return names, checked.subjects, ()
    if all(_is_award(catalogue, each) for each in missing):  # "do you have an MBA module?"
        return {**names, "leads_to": tuple(f"{each}={each}" for each in missing)}, (), ()
    near = [each for word in (own.words if own else ()) if word.text in missing for each in word.near]
    nearest = tuple(dict.fromkeys(near))
    if nearest:
        names = {**names, WORD: (_written(SUBJECT, " or ".join(nearest), nearest),)}
    return names, unheld if nearest else checked.subjects, nearest


def _not_taught_in(catalogue: Catalogue, names: Names) -> list[str]:
    """Return the sentence on languages in which nothing is taught, and which nothing teaches ("classes in Spanish")."""
    if names.get(SUBJECT) or names.get(WORD):
        return []
    taught = {facet.label for facet in catalogue.stated("languages")}
    missing = [each for each in names.get("language", ()) if each not in taught]
    untold = [each for each in missing if not catalogue.search.holds(language_name(each))]
    return [teaches_no(untold)] if untold else []


def _beside(catalogue: Catalogue, names: Names, own: OwnNames | None, today: date, total: int) -> list[str]:
    """Return the sentence on a subject near to the one word that is sought, if few programs hold it and more are on that."""
    near = [each for word in (own.words if own else ()) if not word.left_out for each in word.beside]
    if not near or len(names.get(WORD, ())) != 1 or names.get(SUBJECT) or total > words.PAGE_SIZE:
        return []
    left = {kind: values for kind, values in names.items() if kind != WORD}
    further = wishes({**left, SUBJECT: tuple(near)}, today)
    both = catalogue.search.count(replace(further, words=wishes(names, today).words), today)
    more = catalogue.search.count(further, today) - both
    return [near_subjects(near, more)] if more > 0 else []


def _of_prices(catalogue: Catalogue, names: Names, wanted: Wishes, today: date, total: int) -> list[str]:
    """Return the sentence on how many of the programs found state a price of their own for the category that is wished."""
    category = next(iter(names.get("category", ())), "")
    if not category or not 0 < total <= MOST_PRICED:
        return []
    every = catalogue.search.find(wanted, today, total).matches
    return [words.own_prices(sum(_has_own_price(each.record, category) for each in every), total, category)]


def _has_own_price(program: ProgramRecord, category: str) -> bool:
    """Return whether a program states a price for a category, be it of one date."""
    prices = [*program.prices, *(price for each in program.offerings for price in each.prices)]
    return any(price.category.casefold() == category.casefold() for price in prices)


def _without_untold(catalogue: Catalogue, names: Names) -> tuple[Names, list[str]]:
    """Return criteria without what is ruled out and no program is about, and that: a description need not tell of an exam."""
    out = names.get(f"-{WORD}", ())
    told = [each for each in out if any(catalogue.search.holds(phrase) for phrase in word_wish(each).phrases)]
    left = {**names, f"-{WORD}": tuple(told)}
    untold = [word_wish(each).label for each in out if each not in told]
    return {kind: values for kind, values in left.items() if values}, untold


def has_more(catalogue: Catalogue, state: DialogueState, today: date) -> bool:
    """Return whether the last answer was a list that showed only a part of what was found."""
    listed = len(state.own.get(LISTED, ()))
    return state.act == FIND_OWN and catalogue.search.count(wishes(without(state.own, ()), today), today) > listed


def sought_words(names: Names) -> words.Sought:
    """Return criteria in words."""
    singular, plural = kind_words(names)
    limits = Limits(
        start=(day_of(names, "start_from"), day_of(names, "start_to")),
        deadline=(day_of(names, "deadline_from"), day_of(names, "deadline_to")),
        price=price_of(names),
        least=number_of(names, "min_price"),
        end=day_of(names, "end_to"),
    )
    return words.Sought(singular, plural, criteria_words(names, limits), names)


def _near(
    catalogue: Catalogue, names: Names, wanted: Wishes, today: date, notes: list[str], to_come: bool = True
) -> Answer:
    """Tell what would have to give for something to fit; what is silent may fit only a time `to_come`."""
    wanted = replace(wanted, future_only=True)
    misses = catalogue.search.near_misses(wanted, today, NEAR)
    found = catalogue.search.find(wanted, today, words.PAGE_SIZE)
    found = found if to_come else replace(found, unstated={}, may_match=())
    price, currency = price_of(names)
    limit = amount(price, currency) if price else "nothing"
    near = [(miss, given_up(miss.dropped, names, limit, miss.count)) for miss in misses]
    buttons = [words.near_button(_drop(miss), condition) for miss, condition in near if _drop(miss)]
    reply = words.none_found(sought_words(names), near, found, today, notes, buttons or [words.NEW_SEARCH])
    shown = found.may_match or (misses[0].matches if misses else ())
    listed_ids = tuple(str(match.id) for match in shown[: words.PAGE_SIZE])
    state = DialogueState(FIND_OWN, choices={"own": listed_ids}, own={**names, LISTED: listed_ids})
    return Answer(reply, state.offering("want_person"))


def _drop(miss: NearMiss) -> dict[str, str]:
    """Return the payload of the button that drops what stands in the way, empty if no button can."""
    kinds = [kind for wish in miss.dropped for kind in kinds_of(wish)]
    if any(wish.startswith(("exclude:",)) or wish == "future_only" for wish in miss.dropped):
        return {}
    return {"own_any": ",".join(dict.fromkeys("words" if kind == WORD else kind for kind in kinds))}


def _closest(subjects: Sequence[Facet], missing: Sequence[str]) -> list[Facet]:
    """Return the subjects that share a word with what is in no listing: "Marine science" for "marine biology"."""
    sought = {word for label in missing for word in label.lower().split() if len(word) >= SHORTEST_SHARED}
    return [each for each in subjects if sought & set(each.label.lower().split())][:2]


def _instead(
    catalogue: Catalogue,
    names: Names,
    wanted: Wishes,
    today: date,
    notes: list[str],
    facet: str,
    missing: Sequence[str] = (),
) -> Answer:
    """Tell that what was sought is in no listing, and what there is instead."""
    remaining = catalogue.search.count(wanted, today)
    limited = bool(list(wanted.names()))
    subjects = _closest(catalogue.stated("subjects"), missing) or catalogue.stated(facet)[:SUBJECTS]
    notes = [*notes, *([words.closest_subjects(subjects)] if _closest(subjects, missing) else [])]
    kind = {"places": "own_place", "subjects": "own_subject"}[facet]
    buttons = [Button(each.label, payload("find_programs", **{kind: each.label})) for each in subjects[:2]]
    if remaining and limited:
        buttons = [Button("Show those", payload("refine", own_go="on")), *buttons]
    reply = words.instead(notes, subjects, remaining if limited else 0, sought_words(names), buttons)
    return Answer(reply, DialogueState(FIND_OWN, own=names or {SHOWN: ("0",)}).offering("more"))


def show_more(catalogue: Catalogue, state: DialogueState, today: date) -> Answer:
    """Return the next page of the last search."""
    shown = int(next(iter(state.own.get(SHOWN, ())), "0"))
    names = without(state.own, ())
    total = catalogue.search.count(wishes(names, today), today)
    if shown and shown >= total:
        reply = words.no_more(total, sought_words(names))
        return Answer(reply, state.offering("want_person"))
    return search(catalogue, names, shown, today)
