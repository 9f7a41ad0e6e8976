"""Webhooks: another program hears of events, signed, again if it was away, and never reads what somebody wrote."""

from __future__ import annotations

import asyncio
import http.server
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, ClassVar

# ruff: noqa: F401, F811 (fixtures are imported by name)
import pytest
from sqlalchemy import select, update
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from conversations import audit_log, erasure
from conversations.db import schema
from conversations.db.schema import now
from conversations.editing import publications
from conversations.errors import AdminError
from conversations.handoff import contact_requests, states
from conversations.integrations import webhooks
from conversations.integrations.webhook_sender import WebhookSender
from conversations.learning import corrections, feedback
from conversations.learning.corrections import Meaning
from conversations.models import TRY, VISITOR
from tests.front.console_fixtures import (
    console,
    hire,
    running_console,
    said,
    store,
)
from tests.harness import until

SECRET_WORDS = "my name is Mira Novak"


class Receiver:
    """A program on loopback that takes events, or answers `status`."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.status = 204
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/events"

    @property
    def events(self) -> list[dict]:
        """Return the events that came, in order."""
        return [json.loads(body) for _, body in self.got]

    def close(self) -> None:
        """End the program."""
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


def subscribe(store, url: str, *events: str) -> tuple[int, str]:
    """Add a webhook; return its id and its secret."""
    secret = store.run(webhooks.add_webhook, url, events or tuple(webhooks.EVENTS), "ann")
    return store.run(webhooks.list_webhooks)[-1].id, secret


def send(store, *hosts: str) -> None:
    asyncio.run(WebhookSender(store, hosts or ("127.0.0.1",)).send_due())


def make_due(connection) -> None:
    connection.execute(
        update(schema.webhook_delivery).where(schema.webhook_delivery.c.due_at.is_not(None)).values(due_at=now())
    )


# --- through the door that people use ---------------------------------------------------------------------------------
def test_admin_adds_one_and_it_is_told(tmp_path, receiver) -> None:
    with running_console(tmp_path, webhook_hosts="127.0.0.1") as running:
        hire(running.store)
        admin = running.signed_in("admin")
        fields = {f"event.{webhooks.WAITING}": "yes", f"event.{webhooks.CLOSED}": "yes"}
        page = running.send(
            admin, "/staff/webhooks", url=receiver.url, password_again="correct horse battery", **fields
        )
        assert page.status_code == 200 and "shown this once" in page.text
        secret = page.text.partition("whsec_")[2].partition("<")[0]
        assert secret not in admin.get("/staff/webhooks").text
        conversation = said(running.store, "a", SECRET_WORDS)
        running.store.run(states.request_person, conversation)
        until(lambda: receiver.got, "the event")
        headers, body = receiver.got[0]
        assert Webhook(secret).verify(body, headers)["type"] == webhooks.WAITING
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(body.replace(b"waiting", b"closed!"), headers)
        assert json.loads(body)["data"]["conversation"] == conversation and SECRET_WORDS.encode() not in body
        until(lambda: "sent, answered 204" in admin.get("/staff/webhooks").text, "the result on the page")
        noted = [(one.what, one.about) for one in running.store.run(audit_log.entries, 20)]
        assert ("added a webhook", receiver.url) in noted


def test_test_event_resume_and_removal(tmp_path, receiver) -> None:
    with running_console(tmp_path, webhook_hosts="127.0.0.1") as running:
        hire(running.store)
        admin = running.signed_in("admin")
        number, _ = subscribe(running.store, receiver.url)
        assert running.send(admin, "/staff/webhooks/test", webhook=f"{number}").status_code == 303
        until(lambda: receiver.got, "the test event")
        assert receiver.events[0]["type"] == webhooks.TEST and receiver.events[0]["data"] == {}
        running.store.run(webhooks.stop_webhook, number, "It was gone.")
        assert "It was gone." in admin.get("/staff/webhooks").text
        assert running.send(admin, "/staff/webhooks/resume", webhook=f"{number}").status_code == 303
        assert running.send(admin, "/staff/webhooks/resume", webhook=f"{number}").status_code == 404
        assert running.send(admin, "/staff/webhooks/remove", webhook=f"{number}").status_code == 303
        assert running.store.run(webhooks.list_webhooks) == []
        for path in ("test", "resume", "remove"):
            assert running.send(admin, f"/staff/webhooks/{path}", webhook="x").status_code == 404


# --- which events ------------------------------------------------------------------------------------------------------
def test_each_event_is_stored_with_its_cause(store) -> None:
    number, _ = subscribe(store, "https://crm.example.org/")
    conversation = said(store, "a", SECRET_WORDS, topic="challenges/visa")
    reply = store.run(
        lambda connection: connection.execute(select(schema.message.c.id).order_by(schema.message.c.id.desc())).scalar()
    )
    store.run(states.request_person, conversation)
    store.run(states.take, conversation, "ann")
    store.run(states.give_back, conversation, "ann")
    store.run(states.close, conversation, "ann")
    store.run(contact_requests.add_contact_request, conversation, "mira@example.org", "Mira")
    store.run(feedback.record_feedback, conversation, reply, feedback.DOWN, SECRET_WORDS)
    store.run(corrections.correct, reply - 1, "", Meaning(topic="challenges/visa"), "ann")
    listed = store.run(webhooks.recent_deliveries, number)
    assert [one.event for one in reversed(listed)] == [
        *(webhooks.WAITING, webhooks.TAKEN, webhooks.RETURNED, webhooks.CLOSED),
        *(webhooks.CONTACT, webhooks.RATED, webhooks.CORRECTED),
    ]
    assert all(one.payload["data"]["conversation"] == conversation for one in listed)
    everything = json.dumps([dict(one.payload) for one in listed])
    assert not any(word in everything for word in (SECRET_WORDS, "mira@example.org", "Mira"))


def test_nobody_hears_of_a_conversation_after_it_was_erased(store, receiver) -> None:
    number, _ = subscribe(store, receiver.url)
    erased, other = said(store, "a", SECRET_WORDS), said(store, "b", "hello")
    store.run(states.request_person, erased)
    send(store)
    store.run(states.close, erased, "ann")
    store.run(states.request_person, other)
    store.run(erasure.erase_conversation, erased, "ann")
    (last, open_one, sent) = store.run(webhooks.recent_deliveries, number)
    assert last.payload["data"] == {"conversation": erased} and open_one.payload["data"]["conversation"] == other
    assert (sent.event, sent.payload) == (webhooks.WAITING, {})
    send(store)
    types = sorted(one["type"] for one in receiver.events)  # those that are due together arrive in any order
    assert types == sorted([webhooks.WAITING, webhooks.WAITING, webhooks.ERASED])
    assert all(not one.payload for one in store.run(webhooks.recent_deliveries, number))


def test_staff_who_try_the_advisor_cause_none(store) -> None:
    number, _ = subscribe(store, "https://crm.example.org/")
    conversation = said(store, "1-a", "hello", channel=TRY)
    question = store.run(
        lambda connection: connection.execute(
            select(schema.message.c.id).where(schema.message.c.author == VISITOR)
        ).scalar_one()
    )
    store.run(corrections.correct, question, "", Meaning(topic="challenges/visa"), "ann")
    store.run(states.close, conversation, "ann")
    store.run(erasure.erase_conversation, conversation, "ann")
    assert store.run(webhooks.recent_deliveries, number) == []


def test_only_what_was_asked_for_is_stored(store) -> None:
    number, _ = subscribe(store, "https://crm.example.org/", webhooks.CLOSED)
    conversation = said(store, "a", "hello")
    store.run(states.request_person, conversation)
    store.run(states.close, conversation, "ann")
    assert [one.event for one in store.run(webhooks.recent_deliveries, number)] == [webhooks.CLOSED]


def test_no_event_where_nothing_was_changed(store) -> None:
    number, _ = subscribe(store, "https://crm.example.org/")
    conversation = said(store, "a", "hello")
    with pytest.raises(ZeroDivisionError):
        store.run(lambda connection: (states.close(connection, conversation, "ann"), 1 / 0))
    assert store.run(webhooks.recent_deliveries, number) == []


# --- sending -----------------------------------------------------------------------------------------------------------
def test_what_is_not_taken_is_sent_again_with_the_same_id(store, receiver) -> None:
    number, secret = subscribe(store, receiver.url)
    store.run(webhooks.send_test, number)
    receiver.status = 500
    send(store)
    send(store)  # not due again yet
    (delivery,) = store.run(webhooks.recent_deliveries, number)
    assert (delivery.attempts, delivery.result) == (1, "answered 500")
    assert delivery.due_at is not None and now() < delivery.due_at <= now() + webhooks.PAUSES[0]
    store.run(make_due)
    receiver.status = 200
    send(store)
    (delivery,) = store.run(webhooks.recent_deliveries, number)
    assert delivery.sent_at is not None and delivery.due_at is None and delivery.attempts == 2
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1 and len(receiver.got) == 2
    for headers, body in receiver.got:
        Webhook(secret).verify(body, headers)


def test_given_up_after_the_last_pause(store, receiver) -> None:
    number, _ = subscribe(store, receiver.url)
    store.run(webhooks.send_test, number)
    receiver.status = 302  # nobody is led elsewhere
    for _ in range(len(webhooks.PAUSES) + 3):
        send(store)
        store.run(make_due)
    (delivery,) = store.run(webhooks.recent_deliveries, number)
    assert (delivery.attempts, delivery.due_at, delivery.sent_at) == (len(webhooks.PAUSES) + 1, None, None)
    assert len(receiver.got) == delivery.attempts and delivery.payload == {}


def test_address_that_is_gone_stops_it(store, receiver) -> None:
    number, _ = subscribe(store, receiver.url)
    store.run(webhooks.send_test, number)
    receiver.status = 410
    send(store)
    (webhook,) = store.run(webhooks.list_webhooks)
    assert "gone" in webhook.stopped
    store.run(webhooks.record_event, webhooks.PUBLISHED, publication="x")
    assert len(store.run(webhooks.recent_deliveries, number)) == 1, "nothing more is stored for it"


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://127.0.0.1:9/", "only https"),
        ("https://127.0.0.1:9/", "internal network"),
        ("https://localhost:9/", "internal network"),
        ("https://[::1]:9/", "internal network"),
        ("https://169.254.169.254/latest", "internal network"),
        ("https://10.1.2.3/", "internal network"),
        ("https://[::ffff:127.0.0.1]:9/", "internal network"),
    ],
)
def test_network_behind_it_is_not_reached(store, url, told) -> None:
    number, _ = subscribe(store, url)
    store.run(webhooks.send_test, number)
    send(store, "crm.example.org")
    (delivery,) = store.run(webhooks.recent_deliveries, number)
    assert told in delivery.result and delivery.sent_at is None


class LoopWithNames(asyncio.SelectorEventLoop):
    """An event loop whose resolver knows one name, and another place for it after the first time."""

    places: ClassVar[list[str]] = []

    async def getaddrinfo(self, host: Any, port: Any, **options: Any) -> list:
        assert host == "crm.example.org", "only the name is looked up"
        return await super().getaddrinfo(self.places.pop(0), port, **options)


def test_name_is_looked_up_once(store, receiver) -> None:
    """A name that leads elsewhere the second time (DNS rebinding) leads no event there; the request still names the host."""
    subscribe(store, receiver.url.replace("127.0.0.1", "crm.example.org"))
    store.run(webhooks.record_event, webhooks.PUBLISHED, publication="x")
    LoopWithNames.places[:] = "127.0.0.1", "10.1.2.3"
    with asyncio.Runner(loop_factory=LoopWithNames) as runner:
        runner.run(WebhookSender(store, ["crm.example.org"]).send_due())
    assert LoopWithNames.places == ["10.1.2.3"]
    ((headers, _),) = receiver.got
    assert headers["host"] == receiver.url.replace("127.0.0.1", "crm.example.org").split("/")[2]


def test_webhook_that_is_away_holds_up_no_other(store, receiver) -> None:
    away, _ = subscribe(store, "http://127.0.0.1:9/")
    for _ in range(webhooks.AT_ONCE + 5):
        store.run(webhooks.send_test, away)
    there, _ = subscribe(store, receiver.url)
    for _ in range(3):
        store.run(webhooks.send_test, there)
    send(store)
    assert len(receiver.got) == 3, "though all of the other's were due earlier"
    tried = [one for one in store.run(webhooks.recent_deliveries, away, 100) if one.attempts]
    assert len(tried) == 1, "the first is tried, the others wait for it"


def test_nobody_at_the_address(store) -> None:
    number, _ = subscribe(store, "http://127.0.0.1:9/")
    store.run(webhooks.send_test, number)
    send(store)
    (delivery,) = store.run(webhooks.recent_deliveries, number)
    assert delivery.result == "could not be reached (ConnectError)" and delivery.due_at is not None


def test_old_events_go(store) -> None:
    number, _ = subscribe(store, "https://crm.example.org/")
    for _ in range(3):
        store.run(webhooks.send_test, number)
    newest, sent, old = store.run(webhooks.recent_deliveries, number)
    store.run(webhooks.record_sent, sent, "answered 200")
    store.run(webhooks.record_sent, old, "answered 200")
    stopped, _ = subscribe(store, "https://crm.example.org/")
    store.run(webhooks.send_test, stopped)
    store.run(webhooks.stop_webhook, stopped, "It was gone.")
    (never_sent,) = store.run(webhooks.recent_deliveries, stopped)
    long_ago, table = now() - webhooks.KEPT - timedelta(days=1), schema.webhook_delivery
    are_old = table.c.id.in_([old.id, never_sent.id])
    store.run(lambda connection: connection.execute(update(table).where(are_old).values(at=long_ago)))
    asyncio.run(WebhookSender(store).delete_old())
    assert [one.id for one in store.run(webhooks.recent_deliveries, number)] == [newest.id, sent.id]
    assert store.run(webhooks.recent_deliveries, stopped) == []


# --- what is refused ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "url",
    [
        "",
        "crm.example.org",
        "ftp://crm.example.org/",
        "https://",
        "https://[",
        "https://a b/",
        "https://x:0/",
        "javascript:alert(1)",
    ],
)
def test_address_must_be_whole(store, url) -> None:
    with pytest.raises(AdminError, match="whole address"):
        store.run(webhooks.add_webhook, url, [webhooks.CLOSED], "ann")


def test_what_else_is_refused(store) -> None:
    with pytest.raises(AdminError, match="signed instead"):
        store.run(webhooks.add_webhook, "https://ann:secret@crm.example.org/", [webhooks.CLOSED], "ann")
    with pytest.raises(AdminError, match="at least one event"):
        store.run(webhooks.add_webhook, "https://crm.example.org/", ["no.such"], "ann")
    for _ in range(webhooks.MOST_WEBHOOKS):
        subscribe(store, "https://crm.example.org/")
    with pytest.raises(AdminError, match="which is the most"):
        store.run(webhooks.add_webhook, "https://crm.example.org/", [webhooks.CLOSED], "ann")


def test_only_admins_see_them(console) -> None:
    for role in ("viewer", "adviser", "editor", "trainer"):
        client = console.signed_in(role)
        for path in ("/staff/webhooks", "/staff/tokens"):
            assert client.get(path).status_code == 403
            assert console.send(client, path, url="https://crm.example.org/").status_code == 403
    assert console.store.run(webhooks.list_webhooks) == []
