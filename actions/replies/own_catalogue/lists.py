"""Words for lists of the organisation's own programs: what fits, what may fit, and what would have to give."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from actions.replies.base import (
    ANSWERED,
    CLARIFY,
    DECLINED,
    MAX_BUTTONS,
    PERSON,
    Button,
    Card,
    Reply,
    bullets,
    capital,
    listed,
    lower_first,
    paragraphs,
    payload,
)
from actions.replies.own_catalogue.criteria import ORDERS, SCHEDULES, Names
from actions.replies.own_catalogue.facts import (
    FACT_OF_WISH,
    Told,
    card,
    checked_words,
    price_words,
    prices_of,
    told,
    town_words,
    when_words,
    words_of,
)
from own_programs.records import ProgramRecord
from own_programs.search.find import Facet, Found, Match, NearMiss

PAGE_SIZE = 5  # programs in one message
FEW_FOUND = 3  # programs up to which a list tells how many more may fit
MANY_MORE = 9  # programs that may fit, of which a list that found something tells no more
MANY_NEAR = 40  # programs of a near miss, of which a reply shows none
MAY_FIT = 3  # programs that leave a wish open, of which a reply tells where none fits
OVER = "That time is over; this is what was on."
NO_AVERAGE = "I can't work out an average; these are the single programs."
SHOW_MORE = Button("Show more", payload("more"))
NEW_SEARCH = Button("New search", payload("refine", own_any="all"))
# Facts that a list shows only if they were wished for, by the criterion.
TOLD_OF_WISH = {**FACT_OF_WISH, "max_hours": "workload", "credits": "credits"}
TOLD_OF_ORDER = {"deadline": "deadline", "credits": "credits", "hours": "workload"}  # facts by which a list is ordered
LED_BY = {
    "deadline": "apply by ",
    "end": "ends ",
    "recognition": "recognised by ",
}  # what stands before such facts in a list
# What may be left unstated, by the wish's name.
UNSTATED = {
    "modes": "whether it is online or in person",
    "schedules": "the time of day or week",
    "places": "a place",
    "countries": "a country",
    "languages": "the language of teaching",
    "levels": "a level",
    "eqf_from": "an EQF level",
    "eqf_to": "an EQF level",
    "max_price": "a price",
    "free": "a price",
    "start_from": "a date to start",
    "start_to": "a date to start",
    "end_to": "when it ends",
    "deadline_from": "a deadline to apply",
    "deadline_to": "a deadline to apply",
    "min_price": "a price",
    "recognised_by": "who recognises them",
    "leads_to": "what they lead to",
    "entry_without": "what it takes to get in",
    "open_entry": "what it takes to get in",
    "max_weeks": "a length",
    "min_weeks": "a length",
    "max_hours_per_week": "the hours a week",
    "min_credits": "such credits",
    "max_credits": "such credits",
    "types": "what kind it is",
    "providers": "who offers it",
}


@dataclass(frozen=True)
class Sought:
    """What a search sought, in words: "program", "programs", and its criteria " on pottery in Cork"."""

    singular: str
    plural: str
    about: str
    names: Names

    def count(self, number: int) -> str:
        """Return a number of programs in words."""
        return f"{number} {self.singular if number == 1 else self.plural}"

    @property
    def order(self) -> str:
        """How the list is ordered, in words, or ""."""
        return ORDERS.get(next(iter(self.names.get("order", ())), ""), "")


def own_prices(number: int, total: int, category: str) -> str:
    """Return the sentence on how many of some programs state a price of their own for a category."""
    if total == 1:
        return f"It states {'a' if number else 'no'} price of its own for “{category}”."
    of_them = "None" if not number else "All" if number == total else str(number)
    return f"{of_them} of these {total} {'states' if number == 1 else 'state'} a price of their own for “{category}”."


def found_page(
    found: Found, sought: Sought, start: int, today: date, notes: Sequence[str] = (), others: int = 0
) -> Reply:
    """Return a page of the programs that were found; `others` are those that fit but for their kind."""
    last = start + len(found.matches)
    head = f"I know {sought.count(found.total)}{sought.about}"
    if start:
        shown = f"{start + 1} to {last}" if last > start + 1 else last
        head = f"{capital(sought.plural)}{sought.about}, {shown} of {found.total}"
    head += f", {sought.order}:" if sought.order else ":"
    rest = found.total - last
    text = paragraphs(
        " ".join(notes),
        head,
        bullets(line(match, sought.names, today) for match in found.matches),
        f"There {'is' if rest == 1 else 'are'} {rest} more." if rest > 0 else "",
        f"{others} more {'fits' if others == 1 else 'fit'} of another kind." if others else "",
        unstated_words(found.unstated, MANY_MORE) if last <= FEW_FOUND else "",
        checked_words([match.record for match in found.matches]),
    )
    buttons = (*((SHOW_MORE,) if rest > 0 else ()), *next_steps(found, sought))
    return Reply(text, ANSWERED, buttons=(*buttons[: MAX_BUTTONS - 1], PERSON), cards=_cards(found.matches, today))


def next_steps(found: Found, sought: Sought) -> tuple[Button, ...]:
    """Return what can be done with a list: one of few programs, or another order of many."""
    if found.total <= 2:
        return tuple(program_button(match) for match in found.matches)
    buttons = []
    if not sought.names.get("order"):
        buttons.append(Button("Cheapest first", payload("refine", order="price", own_go="on")))
        buttons.append(Button("Soonest first", payload("refine", order="start", own_go="on")))
    return (*buttons, NEW_SEARCH)


def program_button(match: Match, by: str = "") -> Button:
    """Return the button that shows one program; `by` is what tells it from others of its name."""
    title = f"{match.record.name}, {by}" if by else match.record.name
    return Button(title[:60], payload("ask_about", own=str(match.id)))


def line(match: Match, names: Names, today: date) -> str:
    """Return a program's line in a list: what it is, who offers it, and when, where, for how much."""
    program = match.record
    one = told(program, today, match.offerings)
    first = one.offerings[0] if one.offerings else None
    what = ", ".join(part for part in (_kind(program), "" if names.get("provider") else program.provider) if part)
    facts = [
        _start(one, today),
        town_words(first) if first else "",
        SCHEDULES.get(first.schedule, "") if first else "",
        _price(one, next(iter(names.get("category", ())), "")),
        program.duration
        if {"max_duration", "min_duration"} & set(names) or {"duration", "longest"} & set(names.get("order", ()))
        else "",
        _asked_too(one, names),
    ]
    head = f"**{program.name}** ({what})" if what else f"**{program.name}**"
    return f"{head}: {', '.join(fact for fact in facts if fact)}"


def _price(one: Told, category: str) -> str:
    """Return what the first date costs, else what another does, or that no price is stated."""
    if words := price_words(prices_of(replace(one, offerings=one.offerings[:1])), category):
        return words
    others = price_words(prices_of(one), category)
    return f"{others} on another date" if others else "price not stated"


def _kind(program: ProgramRecord) -> str:
    """Return what a program is, "" if its name says so."""
    return "" if program.type.casefold() in program.name.casefold() else lower_first(program.type)


def _asked_too(one: Told, names: Names) -> str:
    """Return what the listing states of a wish that a list does not show."""
    facts = dict.fromkeys(fact for kind, fact in TOLD_OF_WISH.items() if names.get(kind))
    facts |= {each: None for order in names.get("order", ()) if (each := TOLD_OF_ORDER.get(order))}
    return "; ".join(f"{LED_BY.get(fact, '')}{words}" for fact in facts if (words := _in_list(one, fact)))


def _in_list(one: Told, fact: str) -> str:
    """Return what the listing states of a fact, of the end only that of the first date, whose start stands before it."""
    if fact != "end":
        return words_of(one, fact)
    return words_of(replace(one, offerings=one.offerings[:1]), fact).partition(" (start")[0]


def _start(one: Told, today: date) -> str:
    if not one.offerings:
        return ""
    first = one.offerings[0]
    words = when_words(first, today)
    more = len(one.offerings) - 1
    again = f" (and {more} more {'date' if more == 1 else 'dates'})" if more else ""
    return f"{'starts ' if first.start and not words.startswith('past') else ''}{words}{again}" if words else ""


def unstated_words(unstated: dict[str, int], most: int = 1000) -> str:
    """Return how many more may fit and what they leave open, "" if they are more than `most`."""
    counted = [(number, UNSTATED.get(wish, "")) for wish, number in unstated.items() if number]
    parts = [f"{number} {'does' if number == 1 else 'do'} not state {what}" for number, what in counted if what]
    total = sum(number for number, what in counted if what)
    if not parts or total > most:
        return ""
    more = f"{total} more may fit: " if total > 1 else "1 more may fit: "
    if len(parts) == 1:
        parts = [f"{'it does' if total == 1 else 'they do'} not state {next(what for _, what in counted if what)}"]
    return f"{more}{listed(parts)}. What isn't stated I don't count."


def none_found(
    sought: Sought,
    near: Sequence[tuple[NearMiss, str]],
    found: Found,
    today: date,
    notes: Sequence[str],
    buttons: Iterable[Button],
) -> Reply:
    """Tell that nothing fits, and what fits if something gives; `near` pairs each near miss with its condition in words."""
    head = f"No {sought.singular}{sought.about} is listed." if sought.about else "Nothing like that is listed."
    closest = _first_of_each(near)
    parts = [f"{miss.count} {condition}" for miss, condition in near]
    many = bool(near) and near[0][0].count > 1 or len(parts) > 1
    may = found.may_match[:MAY_FIT] if sum(found.unstated.values()) <= MANY_MORE else ()
    text = paragraphs(
        " ".join(filter(None, (*notes, head))),
        unstated_words(found.unstated, MANY_MORE).replace(" more may fit", " may fit", 1),
        bullets(line(match, sought.names, today) for match in may),
        f"There {'are' if many else 'is'} {listed(parts, 'or')}." if parts else "",
        bullets(line(match, sought.names, today) for match in closest[: PAGE_SIZE - len(may)])
        if closest and not may
        else "",
        checked_words([match.record for match in (*may, *closest)]) if may or closest else "",
    )
    outcome = ANSWERED if closest or may else DECLINED
    shown = may or closest
    return Reply(text, outcome, buttons=(*tuple(buttons)[: MAX_BUTTONS - 1], PERSON), cards=_cards(shown, today))


def _first_of_each(near: Sequence[tuple[NearMiss, str]]) -> tuple[Match, ...]:
    """Return the first programs of the near misses, some of each where what they are about would have to give."""
    if not near:
        return ()
    of_words = [miss.matches for miss, _ in near if any(wish.startswith("word:") for wish in miss.dropped)]
    if len(of_words) < 2:
        return near[0][0].matches[:PAGE_SIZE] if near[0][0].count <= MANY_NEAR else ()
    share = max(1, PAGE_SIZE // len(of_words))
    return tuple({match.id: match for matches in of_words for match in matches[:share]}.values())


def near_button(change: dict[str, str], condition: str) -> Button:
    """Return the button that gives up what stands in the way."""
    return Button(capital(condition)[:60], payload("refine", **change))


def nothing_on(
    labels: Sequence[str], types: Sequence[str], places: Sequence[str], offerers: Sequence[str]
) -> list[str]:
    """Return the sentences that say which wishes are in no listing."""
    parts = []
    if labels:
        parts.append(f"I have nothing on {listed(labels, 'or')}.")
    if types:
        parts.append(f"Nothing called {listed(types, 'or')} is listed.")
    if places:
        parts.append(f"Nothing is listed in {listed(places, 'or')}.")
    if offerers:
        parts.append(f"No program of {listed(offerers, 'or')} is listed.")
    return parts


def none_of_these(labels: Sequence[str]) -> Reply:
    """Tell that none of the programs that were listed is about something."""
    text = f"None of these mentions {listed((f'“{label}”' for label in labels), 'or')}."
    return Reply(text, DECLINED, buttons=(NEW_SEARCH, PERSON))


def none_of_kind(types: Sequence[str], name: str) -> str:
    """Return the sentence that no program of a name is of the kinds that were said."""
    return f"No {listed(map(lower_first, types), 'or')} of the name “{name}” is listed."


def closest_subjects(subjects: Sequence[Facet]) -> str:
    """Return the sentence on subjects that are close to one that no listing has."""
    return f"The closest that I have is {listed((each.label for each in subjects), 'or')}."


def not_mentioned(labels: Sequence[str]) -> str:
    """Return the sentence about further wishes that no listing mentions."""
    return (
        f"No listing mentions {listed((f'“{label}”' for label in labels), 'or')}, so I left that out." if labels else ""
    )


def not_mentioned_here(labels: Sequence[str]) -> str:
    """Return the sentence about further wishes that none of the listings mentions that fit otherwise."""
    return f"None that fits mentions {listed((f'“{label}”' for label in labels), 'or')}, so I left that out."


def not_told(labels: Sequence[str]) -> str:
    """Return the sentence about what was ruled out and no listing reliably tells."""
    return f"Listings don't tell reliably about {listed((f'“{label}”' for label in labels), 'or')}, so I left that out."


def not_searched(labels: Sequence[str]) -> str:
    """Return the sentence about wishes that no search can go by."""
    return f"I can't search by {listed((f'“{label}”' for label in labels), 'or')}, so I left that out."


def instead(
    notes: Sequence[str], subjects: Sequence[Facet], remaining: int, sought: Sought, buttons: Sequence[Button]
) -> Reply:
    """Tell that what was sought is in no listing, and what there is instead."""
    has = (
        f"There {'is' if remaining == 1 else 'are'} {sought.count(remaining)}{sought.about} on other subjects."
        if remaining and sought.about
        else ""
    )
    close = closest_subjects(subjects) in notes
    some = (
        f"What there is most of: {listed(each.label for each in subjects)}." if subjects and not (has or close) else ""
    )
    return Reply(
        paragraphs(" ".join(notes), " ".join(filter(None, (has, some)))),
        DECLINED,
        buttons=(*buttons[: MAX_BUTTONS - 1], PERSON),
    )


def which_one(name: str, choices: Sequence[tuple[Match, str]]) -> Reply:
    """Ask which of several programs of one name is meant; each comes with what tells it from the others."""
    text = paragraphs(
        f"There are {len(choices)} programs called {name}. Which one do you mean?"
        if len(choices) < 6 and len({match.record.name for match, _ in choices}) == 1
        else f"{len(choices)} programs have that in their name. Which one do you mean?",
        bullets(
            f"**{match.record.name}**, {by}" if by else f"**{match.record.name}**" for match, by in choices[:PAGE_SIZE]
        ),
    )
    return Reply(text, CLARIFY, buttons=tuple(program_button(match, by) for match, by in choices[:MAX_BUTTONS]))


def _cards(matches: Iterable[Match], today: date) -> tuple[Card, ...]:
    return tuple(card(told(match.record, today, match.offerings)) for match in matches)


def no_more(total: int, sought: Sought) -> Reply:
    """Tell that a list has ended."""
    text = f"That was {'the only one' if total == 1 else f'all {total}'}{sought.about}."
    return Reply(text, ANSWERED, buttons=(NEW_SEARCH, PERSON))


def too_few(count: int) -> Reply:
    """Tell that the last list is shorter than what the message points at."""
    text = "The list has only one program." if count == 1 else f"The list has only {count} programs."
    return Reply(f"{text} Which one do you mean?", CLARIFY, buttons=(NEW_SEARCH, PERSON))


def which_two(count: int) -> Reply:
    """Ask which two of a longer list are meant."""
    return Reply(f"The list has {count} programs. Which two do you mean?", CLARIFY, buttons=(NEW_SEARCH, PERSON))


def counted(counts: Sequence[tuple[str, int]], about: str) -> Reply:
    """Tell how many programs there are of each of several things, the most first."""
    first, second = counts[0], counts[1]
    head = f"Most are {first[0]}:" if first[1] > second[1] else "There are as many of each:"
    lines = [
        f"{capital(label)}: {number} {'program' if number == 1 else 'programs'}{about}" for label, number in counts
    ]
    return Reply(paragraphs(head, bullets(lines)), ANSWERED, buttons=(NEW_SEARCH, PERSON))


def gone() -> Reply:
    """Tell that a program is no longer in the catalogue."""
    return Reply(
        "That program isn't listed any more. Shall I look for something like it?", CLARIFY, buttons=(NEW_SEARCH, PERSON)
    )
