"""The name by which visitors meet staff: never an account's address."""

# ruff: noqa: F401, F811 (fixtures are imported by name)
import httpx
import pytest

from conversations.accounts import accounts
from conversations.handoff import states
from conversations.pipeline.message_store import messages_after
from tests.front.console_fixtures import Running, console, hire, said

ADDRESS = "mira@example.org"


@pytest.fixture
def adviser(console) -> httpx.Client:
    """Sign in an adviser whose account is an e-mail address, as an identity provider gives it."""
    with console.store.engine.begin() as connection:
        accounts.add(connection, ADDRESS, "adviser", None)
    return console.signed_in(ADDRESS)


def waiting(console: Running) -> str:
    one = said(console.store, "a", "may I talk to somebody?")
    console.store.run(states.request_person, one)
    return one


def talk(console: Running, client: httpx.Client, one: str) -> list[tuple[str, str]]:
    """Take a conversation, reply and give it back; return what the visitor got: names and words."""
    for what, form in (("take", {}), ("reply", {"text": "Good morning"}), ("release", {})):
        assert console.send(client, f"/staff/conversations/{one}/{what}", **form).status_code < 400
    return [(message.author_name, message.text) for message in console.store.run(messages_after, one)][2:]


def test_address_is_never_shown(console, adviser) -> None:
    got = talk(console, adviser, waiting(console))
    assert not any(ADDRESS in part for each in got for part in each)
    assert got[0][1].startswith("A person from the advice team has joined") and got[1] == ("", "Good morning")
    assert got[2][1] == "You are talking to the automated advisor again."


def test_chosen_name_is_shown(console, adviser) -> None:
    assert console.send(adviser, "/staff/account/name", shown="  Mira   Kovač ").status_code < 400
    one = waiting(console)
    got = talk(console, adviser, one)
    assert got[0][1].startswith("Mira Kovač from the advice team") and got[1] == ("Mira Kovač", "Good morning")
    assert got[2][1].startswith("Mira Kovač has left")
    assert ADDRESS in [change.by for change in console.store.run(states.history, one)]  # colleagues see the account


def test_name_that_was_no_address_needs_nothing(console) -> None:
    assert talk(console, console.signed_in("adviser"), waiting(console))[1] == ("adviser", "Good morning")


def test_holder_sees_under_which_name(console, adviser) -> None:
    one = waiting(console)
    console.send(adviser, f"/staff/conversations/{one}/take")
    panel = adviser.get(f"/staff/conversations/{one}").text
    assert "as a person without a name" in panel and "/staff/account#name" in panel


@pytest.mark.parametrize("shown", ["mira@example.org", "x" * 61, "Mi\u202era"])
def test_odd_name_is_refused(console, adviser, shown) -> None:
    answer = console.send(adviser, "/staff/account/name", shown=shown)
    assert answer.status_code == 400 and "name for visitors" in answer.text
    assert not next(one for one in console.store.run(accounts.list_accounts) if one.name == ADDRESS).display_name


def test_name_stays_what_it_was_while_a_conversation_is_held(console, adviser) -> None:
    one = waiting(console)
    console.send(adviser, "/staff/account/name", shown="Mira")
    console.send(adviser, f"/staff/conversations/{one}/take")
    console.send(adviser, "/staff/account/name", shown="Somebody else")
    console.send(adviser, f"/staff/conversations/{one}/reply", text="It depends")
    assert console.store.run(messages_after, one)[-1].author_name == "Mira"
