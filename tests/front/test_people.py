"""People who reply: who is there, whom a conversation is given to, and what colleagues are told, in two real sessions."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select, update

from console.web.display_names import initials
from conversations.accounts import accounts, presence
from conversations.data_rights.data_export import stored_data
from conversations.db import schema
from conversations.db.schema import now
from conversations.handoff import states
from conversations.review import annotation
from tests.front.console_fixtures import Running, console, hire, said
from tests.harness import until

ADDRESS = "mira@example.org"


def waiting(console: Running, address: str = "a") -> str:
    """Store a conversation that waits for a person; return its id."""
    one = said(console.store, address, "may I talk to somebody?")
    console.store.run(states.request_person, one)
    return one


def account(console: Running, name: str) -> accounts.Member:
    return next(each for each in console.store.run(accounts.list_accounts) if each.name == name)


def seen(console: Running, name: str, ago: timedelta) -> None:
    """Note that an account was last seen so long ago."""
    with console.store.engine.begin() as connection:
        wanted = schema.staff.c.name == name
        connection.execute(update(schema.staff).where(wanted).values(seen_at=now() - ago))


@contextlib.contextmanager
def live(client: httpx.Client, **query: str) -> Iterator[Iterator[str]]:
    """Open the live stream; yield the names of its events as they come."""
    with client.stream("GET", "/staff/live", params=query) as stream:
        lines = stream.iter_lines()
        yield (line.removeprefix("event: ") for line in lines if line.startswith("event: "))


# --- names and initials -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "letters"),
    [("Mira Kovač", "MK"), ("mira.kovac@example.org", "MK"), ("ann", "A"), ("Ana María de la Cruz", "AC"), ("7", "7")],
)
def test_initials_stand_for_a_person(name, letters) -> None:
    assert initials(name) == letters


def test_data_of_a_person_holds_no_account(console) -> None:
    with console.store.engine.begin() as connection:
        accounts.add(connection, ADDRESS, "adviser", None)
    one = waiting(console)
    console.store.run(states.take, one, ADDRESS)
    console.store.run(annotation.add_note, one, ADDRESS, "was kind")
    [data] = console.store.run(stored_data, [one])
    assert ADDRESS not in str(data)
    assert [each["by"] for each in data["changes_of_who_answers"]] == ["visitor", "a member of staff"]


# --- who is there -----------------------------------------------------------------------------------------------------
def test_open_page_makes_somebody_present(console) -> None:
    watching, coming = console.signed_in("trainer"), console.signed_in("adviser")
    with live(watching) as events:
        assert next(events) == "ready"
        until(lambda: presence.presence_of(account(console, "trainer")) == presence.AVAILABLE, "the watcher is seen")
        assert "adviser" not in watching.get("/staff/colleagues").text
        with live(coming) as others:
            assert next(others) == "ready"
            assert "presence" in events  # also its own arrival
            until(lambda: "adviser: available" in watching.get("/staff/colleagues").text, "the colleague is shown")
    console.send(coming, "/staff/colleagues/status", away="yes")
    assert "adviser: away" in watching.get("/staff/colleagues").text
    seen(console, "adviser", presence.SEEN_FOR + timedelta(seconds=1))
    assert "adviser" not in watching.get("/staff/colleagues").text


def test_page_without_a_stream_keeps_somebody_present(console) -> None:
    console.signed_in("viewer").get("/staff/waiting/count")
    assert presence.presence_of(account(console, "viewer")) == presence.AVAILABLE


def test_away_people_are_not_offered_first(console) -> None:
    one, client = waiting(console), console.signed_in("adviser")
    console.send(client, f"/staff/conversations/{one}/take")
    for name in ("admin", "editor", "trainer"):
        seen(console, name, timedelta())
    console.store.run(presence.set_away, account(console, "admin"), True)
    with console.store.engine.begin() as connection:
        connection.execute(update(schema.staff).where(schema.staff.c.name == "editor").values(seen_at=None))
    page = client.get(f"/staff/conversations/{one}").text
    offered = re.findall(r'<option value="(\w+)">\w+ · ([\w ]+)</option>', page.partition('name="to"')[2])
    assert offered == [("trainer", "available"), ("editor", "not here"), ("admin", "away")]


def test_who_waits_is_assigned_without_being_taken(console) -> None:
    one = waiting(console)
    assert (
        console.send(console.signed_in("adviser"), f"/staff/conversations/{one}/assign", to="trainer").status_code < 400
    )
    assert [change.after for change in console.store.run(states.history, one)] == ["waiting", "person"]
    assert "With you" in console.signed_in("trainer").get("/staff/waiting").text
