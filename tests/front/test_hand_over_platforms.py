"""Hand-over with a visitor on Telegram and on Slack: staff in the console, the platforms' stand-ins on the other side."""

import httpx

# ruff: noqa: F401, F811 (fixtures are imported by name)
import pytest
from starlette.responses import Response

from conversations.accounts import accounts
from conversations.handoff import contact_requests, queue
from conversations.models import Conversation
from tests.front.console_fixtures import Running, hire, postgres_url, store
from tests.front.slack_fixtures import shared_slack, slack, web_api
from tests.front.telegram_fixtures import bot_api, shared_telegram, telegram, wait_for


def console_of(platform) -> Running:
    """Return the same front's console."""
    running = Running(platform.front, platform.url)
    if not running.store.run(accounts.any_account_exists):
        hire(running.store)
    return running


def act(console, role, one, what, **form) -> httpx.Response:
    answer = console.send(console.signed_in(role), f"/staff/conversations/{one}/{what}", **form)
    assert answer.status_code == 303, answer.text
    return answer


def wants_person(asked: dict) -> list[dict]:
    """Return the engine's answer: a hand-off if a person is asked for."""
    said = asked.get("payload") or asked.get("text") or ""
    outcome = "handoff" if "person" in said else "smalltalk"
    return [{"text": f"re: {said}", "metadata": {"outcome": outcome}}]


class OnTelegram:
    def __init__(self, telegram) -> None:
        self.front, self._telegram = telegram, telegram

    def write(self, text) -> None:
        self._telegram.write(text)

    def seen(self) -> str:
        return "\n".join(one["text"] for one in self._telegram.world.by_bot(self._telegram.person))

    def conversation(self) -> Conversation | None:
        return self._telegram.conversation()


class OnSlack:
    def __init__(self, slack) -> None:
        self.front, self._slack = slack, slack

    def write(self, text) -> None:
        self._slack.write(text)

    def seen(self) -> str:
        return "\n".join(self._slack.seen())

    def conversation(self) -> Conversation | None:
        return self._slack.conversation()


@pytest.fixture(params=["telegram", "slack"])
def visitor(request) -> OnTelegram | OnSlack:
    """Somebody on a platform, whose engine knows when a person is wanted."""
    platform = request.getfixturevalue(request.param)
    platform.engine.reply = wants_person
    return (OnTelegram if request.param == "telegram" else OnSlack)(platform)


def sees(visitor, text: str) -> None:
    wait_for(lambda: text in visitor.seen())


def asked_for(visitor) -> str:
    visitor.write("a person please")
    sees(visitor, "I have asked")
    return visitor.conversation().id


def test_person_and_visitor_talk(visitor) -> None:
    one, console = asked_for(visitor), console_of(visitor.front)
    assert one in [each.conversation.id for each in console.store.run(queue.list_queue)]
    assert one in console.signed_in("adviser").get("/staff/waiting").text
    act(console, "adviser", one, "take")
    sees(visitor, "adviser from the advice team has joined")
    act(console, "adviser", one, "reply", text="Good day. *What* is <it> about?")
    sees(visitor, "Good day.")
    asked = len(visitor.front.engine.asked)
    visitor.write("about a visa for canada")
    wait_for(lambda: "about a visa for canada" in console.signed_in("adviser").get(f"/staff/conversations/{one}").text)
    assert len(visitor.front.engine.asked) == asked, "while a person has it, the engine is not asked"


def test_conversation_is_handed_on_given_back_and_reopened(visitor) -> None:
    one, console = asked_for(visitor), console_of(visitor.front)
    act(console, "adviser", one, "take")
    act(console, "adviser", one, "assign", to="trainer")
    sees(visitor, "trainer from the advice team has joined")
    act(console, "trainer", one, "release")
    sees(visitor, "You are talking to the automated advisor again")
    visitor.write("what is a badge")
    sees(visitor, "re: what is a badge")
    act(console, "adviser", one, "take")
    act(console, "adviser", one, "close")
    sees(visitor, "This conversation is closed")
    visitor.write("one more thing")
    sees(visitor, "re: one more thing")
    assert visitor.conversation().state == "bot"


def test_nothing_that_a_visitor_writes_ends_it(visitor) -> None:
    one, console = asked_for(visitor), console_of(visitor.front)
    act(console, "adviser", one, "take")
    for text in ("stop", "/release", "I want the bot back", "/restart"):
        visitor.write(text)
    wait_for(lambda: "/restart" in console.signed_in("adviser").get(f"/staff/conversations/{one}").text)
    assert visitor.conversation().state == "person"


def test_canned_reply_and_note(visitor) -> None:
    """A note stays with staff; what is said goes out."""
    one, console = asked_for(visitor), console_of(visitor.front)
    act(console, "adviser", one, "take")
    act(console, "adviser", one, "notes", text="seems upset, be kind")
    act(console, "adviser", one, "reply", text="We are there from nine to five.")
    sees(visitor, "nine to five")
    assert "be kind" not in visitor.seen()


def test_contact_that_is_left_is_taken_on_and_done(visitor) -> None:
    one, console = asked_for(visitor), console_of(visitor.front)
    console.store.run(contact_requests.add_contact_request, one, "mira@example.org", "Mira")
    contact = next(
        each for each in console.store.run(contact_requests.open_contact_requests) if each.conversation_id == one
    )
    form = {"contact": str(contact.id)}
    assert console.send(console.signed_in("adviser"), "/staff/contacts/state", state="taken", **form).status_code == 303
    second = console.send(console.signed_in("trainer"), "/staff/contacts/state", state="taken", **form)
    assert second.status_code == 409, "two can't take one"
    assert "taken on by adviser" in " ".join(console.signed_in("trainer").get("/staff/contacts").text.split())
    console.send(console.signed_in("adviser"), "/staff/contacts/state", state="done", **form)
    assert contact.id not in [each.id for each in console.store.run(contact_requests.open_contact_requests)]
    assert "done by adviser" in " ".join(console.signed_in("adviser").get("/staff/contacts?state=done").text.split())
    console.send(console.signed_in("adviser"), "/staff/contacts/state", state="open", **form)
    assert console.store.run(contact_requests.find_contact_request, contact.id).state == "open"
    assert console.send(console.signed_in("adviser"), "/staff/contacts/state", state="lost", **form).status_code == 400
