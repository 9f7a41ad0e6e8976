"""Finds what keeps programs from being found, or makes what is said of them wrong. It changes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from core.translations import Names, marked
from core.translations import gettext as _
from own_programs.checking.names import unreachable
from own_programs.records import Offering, Price, ProgramRecord
from own_programs.search.everyday import everyday_names
from own_programs.search.names import NameIndex
from own_programs.store.reader import CatalogueReader
from own_programs.store.sources import Source, all_sources

STALE_DAYS = 180  # after so many, what was checked is to be checked again
WORKLOAD = 1.5  # times that hours and hours a week times weeks may differ by
# Each kind of finding, the worst first, with what staff read.
KINDS = Names(
    {
        "dates": "Dates that contradict each other",
        "prices": "Prices that contradict each other",
        "workload": "Hours that contradict each other",
        "no-subject": "No subject: found by its name only",
        "over": "Every offering is over",
        "no-offering": "No offering",
        "missing": "Facts that are not stated",
        "stale": "Not checked lately",
        "unreachable": "Not found by name",
        "unmapped": "Unmapped columns and values",
        "same-name": "The same name twice",
        "ordinary-name": "Names that are ordinary words",
        "source": "Sources without an owner or a review",
    }
)
# Facts that people ask for, as staff read them.
_ASKED: dict[str, Callable[[ProgramRecord], object]] = {
    marked("price"): lambda program: program.prices or any(one.prices for one in program.offerings),
    marked("level"): lambda program: program.level or program.eqf,
    marked("duration"): lambda program: program.duration or program.weeks,
    marked("workload"): lambda program: program.hours or program.hours_per_week,
    marked("mode"): lambda program: not program.offerings or all(one.mode for one in program.offerings),
    marked("start"): lambda program: (
        not program.offerings or all(one.start or one.start_text for one in program.offerings)
    ),
    marked("language"): lambda program: program.languages or any(one.language for one in program.offerings),
    marked("provider"): lambda program: program.provider,
    marked("description"): lambda program: program.description,
    marked("page"): lambda program: program.url,
}


@dataclass(frozen=True)
class Finding:
    """What is wrong or missing, in words; `kind` is one of KINDS, `key` and `name` are empty if it is about a whole source."""

    kind: str
    source: str
    key: str
    name: str
    text: str


def check(
    reader: CatalogueReader,
    today: date,
    source: str | None = None,
    stale_days: int = STALE_DAYS,
    is_word: Callable[[str], bool] = lambda word: False,
) -> list[Finding]:
    """Return all findings, those of the worst kind first; `is_word` tells whether a word is ordinary English."""
    sources = [each for each in all_sources(reader) if source in (None, each.name)]
    found = [finding for each in sources for finding in _of_source(each, today)]
    names: dict[str, list[ProgramRecord]] = defaultdict(list)
    for program in reader.all_records(source):
        found += _of_program(program, today, stale_days, is_word)
        slim = ProgramRecord(program.source, program.source_key, program.name, provider=program.provider)
        names[" ".join(program.name.casefold().split())].append(slim)
    for group in names.values():
        found += _of_same_name(group)
    with closing(NameIndex(reader.path)) as index:
        known = {(each.source, each.key) for each in found if each.kind == "ordinary-name"}  # which says the same
        found += [
            _finding(program, "unreachable", text)
            for program, text in unreachable(index, names)
            if (program.source, program.source_key) not in known
        ]
    order = list(KINDS)
    return sorted(found, key=lambda finding: order.index(finding.kind))


def check_program(program: ProgramRecord, today: date, stale_days: int = STALE_DAYS) -> list[Finding]:
    """Return what is wrong or missing in one program, other programs and the words of its name left aside."""
    return list(_of_program(program, today, stale_days, lambda word: False))


def counted(findings: Iterable[Finding]) -> dict[str, int]:
    """Return how many findings there are of each kind, kinds without any left out."""
    counts: dict[str, int] = defaultdict(int)
    for finding in findings:
        counts[finding.kind] += 1
    return {kind: counts[kind] for kind in KINDS if counts[kind]}


def _finding(program: ProgramRecord, kind: str, text: str) -> Finding:
    return Finding(kind, program.source, program.source_key, program.name, text)


def _of_source(source: Source, today: date) -> Iterator[Finding]:
    if not source.owner or not source.review_on:
        one = _("no review date") if source.owner else _("no owner")
        text = one if source.owner or source.review_on else _("no owner and no review date")
        yield Finding("source", source.name, "", "", text)
    if source.review_on and source.review_on < today.isoformat():
        text = _("was to be reviewed by %(day)s") % {"day": source.review_on}
        yield Finding("source", source.name, "", "", text)
    yield from (Finding("unmapped", source.name, "", "", line) for line in source.unmapped)


def _of_program(
    program: ProgramRecord, today: date, stale_days: int, is_word: Callable[[str], bool]
) -> Iterator[Finding]:
    finding = partial(_finding, program)
    for number, offering in enumerate(program.offerings, 1):
        for text in _wrong_dates(offering):
            yield finding("dates", _("offering %(number)s: %(text)s") % {"number": number, "text": text})
    for prices in (program.prices, *(offering.prices for offering in program.offerings)):
        yield from (finding("prices", text) for text in _wrong_prices(prices))
    yield from (finding("workload", text) for text in _wrong_workload(program))
    if not program.subjects:
        yield finding("no-subject", _("states no subject"))
    if not program.offerings:
        yield finding("no-offering", _("states no occasion on which it can be taken"))
    elif all(offering.is_over(today) for offering in program.offerings):
        last = max(one.last_day or date.min for one in program.offerings)
        yield finding("over", _("nobody can begin after %(day)s") % {"day": last.isoformat()})
    missing = [_(name) for name, is_stated in _ASKED.items() if not is_stated(program)]
    if missing:
        yield finding("missing", _("doesn't state its %(facts)s") % {"facts": ", ".join(missing)})
    yield from (finding("unmapped", text) for text in _unmapped(program))
    if program.checked_on is None:
        yield finding("stale", _("was never checked against its page"))
    elif program.checked_on < today - timedelta(days=stale_days):
        yield finding("stale", _("last checked %(day)s") % {"day": program.checked_on.isoformat()})
    if program.name.isalpha() and is_word(program.name.lower()):
        text = _("its whole name is one ordinary word, so mentions are easily mistaken")
        yield finding("ordinary-name", text)
    for what, term in everyday_names(program):
        text = _("its %(what)s “%(term)s” is an everyday word, and counts only where the context tells it")
        yield finding("ordinary-name", text % {"what": _(what), "term": term})


def _unmapped(program: ProgramRecord) -> Iterator[str]:
    """Yield what a program states in words that no wish can be held against."""
    if program.duration and program.weeks is None and program.hours is None:
        yield _("its duration, %(duration)s, is no length that is understood") % {"duration": program.duration}
    prices = [*program.prices, *(price for one in program.offerings for price in one.prices)]
    if any(price.amount and not price.currency for price in prices):
        yield _("a price without a currency")
    if any(credit.amount and not credit.unit for credit in program.credits):
        yield _("credits without their system, such as ECTS")


def _wrong_dates(offering: Offering) -> Iterator[str]:
    start, end, deadline = offering.start, offering.end, offering.deadline
    if start and end and end < start:
        days = {"end": end.isoformat(), "start": start.isoformat()}
        yield _("ends %(end)s, before it starts (%(start)s)") % days
    last = end or start
    if deadline and last and deadline > last:
        days = {"deadline": deadline.isoformat(), "last": last.isoformat()}
        after_end = _("its deadline is %(deadline)s, after its end (%(last)s)")
        yield (after_end if end else _("its deadline is %(deadline)s, after its start (%(last)s)")) % days


def _wrong_prices(prices: tuple[Price, ...]) -> Iterator[str]:
    amounts: dict[tuple[str, str], set[float]] = defaultdict(set)
    for price in prices:
        amounts[price.category.casefold(), price.currency].add(price.amount)
        if price.amount < 0:
            yield _("a price below zero (%(price)s)") % {"price": f"{price.amount:g} {price.currency}"}
    for (category, currency), several in amounts.items():
        if len(several) > 1:
            told = _(" and ").join(f"{amount:g}" for amount in sorted(several)) + f" {currency}"
            yield _("%(amounts)s for %(whom)s") % {"amounts": told, "whom": category} if category else told


def _wrong_workload(program: ProgramRecord) -> Iterator[str]:
    hours, weekly, weeks = program.hours, program.hours_per_week, program.weeks
    if hours and weekly and weeks:
        product = weekly * weeks
        if max(product / hours, hours / product) > WORKLOAD:
            told = {"hours": f"{hours:g}", "weekly": f"{weekly:g}", "weeks": f"{weeks:g}"}
            yield _("%(hours)s hours in all, but %(weekly)s a week for %(weeks)s weeks") % told


def _of_same_name(programs: list[ProgramRecord]) -> Iterator[Finding]:
    for program in programs if len(programs) > 1 else ():
        others = [other for other in programs if other is not program]
        twins = [other.key for other in others if other.provider.casefold() == program.provider.casefold()]
        whose = program.provider or _("the same provider")
        elsewhere = ", ".join(dict.fromkeys(other.provider or other.source for other in others))
        text = (
            _("is there twice at %(provider)s: %(keys)s") % {"provider": whose, "keys": ", ".join(twins)}
            if twins
            else _("also at %(providers)s") % {"providers": elsewhere}
        )
        yield _finding(program, "same-name", text)
