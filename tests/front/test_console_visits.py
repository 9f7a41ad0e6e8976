"""Visits, conversations on one day, and how they went: their counts, and the filters that find them."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

from __future__ import annotations

import pytest

from console.views.inbox.search_operators import read_operators, written
from conversations.analytics import queries, visits
from conversations.analytics.queries import DateRange, Scope
from conversations.handoff import states
from conversations.models import TRY
from conversations.review.filters import Filters
from conversations.review.listing import list_page
from tests.front.console_fixtures import said, store
from tests.front.test_console_insights import count, move, sums, this_day


def visit(store) -> None:
    """Of today: two solved, one of them begun yesterday, one left, one asked back, one with a person, one that thanks."""
    back = said(store, "back", "scholarships", outcome="declined")
    move(store, back, 1)
    said(store, "back", "do I need a visa")
    said(store, "solved", "hmm", outcome="clarify", intent="nlu_fallback")
    said(store, "solved", "do I need a visa")
    said(store, "solved", "thanks", outcome="smalltalk")
    said(store, "left", "do I need a visa", channel="telegram")
    said(store, "left", "scholarships", outcome="declined", channel="telegram")
    said(store, "left", "bye", outcome="smalltalk", channel="telegram")
    said(store, "open", "visa or fees", outcome="clarify", intent="ask_topic")
    said(store, "thanks", "thanks", outcome="smalltalk")
    said(store, "tried", "do I need a visa", channel=TRY)
    with_person = said(store, "person", "do I need a visa")
    store.run(states.request_person, with_person)
    store.run(states.take, with_person, "ann")


def test_visits_are_told_apart_by_how_they_went(store) -> None:
    visit(store)
    count(store)
    found = sums(store)
    assert found.counts[visits.VISIT] == {"solved": 2, "left": 1, "open": 1, "person": 1}
    assert found.of(visits.RETURNED) == 1
    assert sums(store, where=Scope(channel="telegram")).counts[visits.VISIT] == {"left": 1}
    assert sums(store, 2).counts[visits.VISIT]["left"] == 2, "yesterday's was declined"
    people = store.run(queries.by_person, DateRange(this_day(), this_day()), Scope())
    assert people == [queries.PersonFigures("ann", held=1)]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"went": "solved"}, 2),
        ({"went": "left"}, 1),
        ({"went": "back"}, 1),
        ({"taken": "ann"}, 1),
        ({"taken": "bob"}, 0),
    ],
)
def test_conversations_are_found_by_how_they_went(store, filters, found) -> None:
    visit(store)
    assert len(store.run(list_page, Filters(**filters)).lines) == found


def test_ending_is_typed_into_the_search_field() -> None:
    rest, found = read_operators("visa went:solved taken:ann went:nowhere", lambda word: [])
    assert rest == "visa went:nowhere" and found == {"went": "solved", "taken": "ann"}
    assert written(Filters(words="visa", taken="ann", went="left")) == "taken:ann went:left visa"
