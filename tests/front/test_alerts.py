"""Staff are told, by e-mail and by a webhook, once each and until it has worked; nothing of what was said leaves this way."""

from __future__ import annotations

import asyncio
import datetime
import json
import re
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from sqlalchemy import update

from conversations.db import schema
from conversations.db.schema import now
from conversations.handoff import alerts
from conversations.handoff.alert_notifier import AlertMail, AlertNotifier
from conversations.mail import MailServer
from conversations.models import Inbound
from conversations.pipeline import inbox
from tests.front.certificates import self_signed
from tests.front.processes import free_port, until

USER, PASSWORD = "advisor", "mail-password-for-tests"


class Mails:
    """What a mail server was given."""

    def __init__(self) -> None:
        self.got: list = []

    async def handle_DATA(self, server, session, envelope) -> str:
        self.got.append(envelope)
        return "250 taken"


def may_log_in(server, session, envelope, mechanism, data) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (USER.encode(), PASSWORD.encode()))


@pytest.fixture
def mails() -> Iterator[Mails]:
    handler = Mails()
    server = Controller(handler, hostname="127.0.0.1", port=free_port())
    server.start()
    handler.port = server.port
    yield handler
    server.stop()


@pytest.fixture
def hook() -> Iterator[ThreadingHTTPServer]:
    """Serve a webhook of staff's; `hook.status` is what it answers."""

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(server.status)
            self.end_headers()
            if server.status == 200:
                server.got.append(body)

        def log_message(self, *words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    server.status, server.got = 200, []
    server.url = f"http://127.0.0.1:{server.server_port}/staff"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def mail_settings(mails, **more) -> dict:
    return {
        "smtp_host": "127.0.0.1",
        "smtp_port": mails.port,
        "smtp_security": "none",
        "alert_to": "staff@example.org",
        **more,
    }


def test_staff_hear_of_each_kind(engine, new_front, mails, hook, sender) -> None:
    front = new_front(
        engine, **mail_settings(mails, alert_webhook=hook.url, public_url="https://a.example.org", engine_seconds=1)
    )
    front.ask("Secret4711 person", sender)
    front.ask("Secret4711@example.org", sender)
    engine.behave(status=502)
    front.ask("Secret4711", sender)
    engine.behave()
    until(lambda: len(hook.got) == len(mails.got) == 3, "three alerts each way")
    assert {one["kind"] for one in hook.got} == {"waiting", "contact", "failed"}
    assert {one["conversation"] for one in hook.got} == {front.conversation_of(sender)}
    assert all(one["look_at"] == "https://a.example.org" for one in hook.got)
    written = [mail.content.decode() for mail in mails.got]
    assert any("Subject: [Advisor] Somebody is waiting for a person" in mail for mail in written)
    assert {mail.rcpt_tos[0] for mail in mails.got} == {"staff@example.org"}
    assert "Secret4711" not in json.dumps(hook.got) + "".join(written)
    front.ask("a person, please", sender)
    front.ask("hello", sender)
    assert len(hook.got) == len(mails.got) == 3, "the same thing is told once"


def raise_one(store) -> None:
    conversation = store.run(inbox.accept, Inbound("loop", "ann", "visa?")).conversation_id
    store.run(alerts.raise_alert, alerts.UNDELIVERED, conversation)


def test_alert_about_a_platform_names_no_conversation(store, mails, hook) -> None:
    assert store.run(alerts.raise_alert, alerts.SLACK_LIMITED)
    assert not store.run(alerts.raise_alert, alerts.SLACK_LIMITED), "the same thing is told once"
    assert store.run(alerts.raise_alert, alerts.SLACK_REVOKED)
    mail = mail_to(mails.port)
    tell(AlertNotifier(store, mail, hook.url, "https://a.example.org"))
    assert [(one["kind"], one["conversation"]) for one in hook.got] == [("slack_limited", ""), ("slack_revoked", "")]
    body = mails.got[0].content.decode().partition("\r\n\r\n")[2]
    assert re.match(r"Slack drops people's messages: .*\(20\d\d-", body), "no conversation is named"
    assert store.run(alerts.alerts_due) == []


def later(connection) -> None:
    connection.execute(update(schema.alert).values(at=now() - datetime.timedelta(hours=1)))


def tell(notifier: AlertNotifier) -> None:
    asyncio.run(notifier.send_due_alerts())


def mail_to(port: int, **more) -> AlertMail:
    server = MailServer("127.0.0.1", port, **{"security": "none", **more})
    return AlertMail(server, "advisor@example.org", "staff@example.org")


def test_failed_way_is_tried_until_it_works(store, mails, hook) -> None:
    notifier = AlertNotifier(store, mail_to(mails.port), hook.url)
    raise_one(store)
    hook.status = 500
    tell(notifier)
    assert (len(mails.got), len(hook.got)) == (1, 0)
    hook.status = 200
    tell(notifier)
    assert hook.got == [], "not yet: the pause has not passed"
    store.run(later)
    tell(notifier)
    tell(notifier)
    assert (len(mails.got), len(hook.got)) == (1, 1), "each way once"
    assert hook.got[0]["kind"] == "undelivered"


def test_server_that_is_away_is_tried_later(store, hook) -> None:
    notifier = AlertNotifier(store, mail_to(free_port()), hook.url)
    raise_one(store)
    tell(notifier)
    assert len(hook.got) == 1
    store.run(later)
    assert [one.told for one in store.run(alerts.alerts_due)] == [("webhook",)]


def test_many_alerts_are_summed_up(store, hook) -> None:
    for number in range(12):
        conversation = store.run(inbox.accept, Inbound("loop", f"{number}", "visa?")).conversation_id
        store.run(alerts.raise_alert, alerts.FAILED, conversation)
        store.run(alerts.raise_alert, alerts.WAITING, conversation)
    notifier = AlertNotifier(store, None, hook.url, most_a_minute=5)
    tell(notifier)
    tell(notifier)
    *single, summary = hook.got
    assert [one["kind"] for one in single].count("several") == 0 and len(single) == 5
    assert summary["kind"] == "several" and sum(summary["counts"].values()) == 19
    assert "times: somebody is waiting for a person." in summary["text"]
    assert store.run(alerts.alerts_due) == []


def test_summary_comes_once_a_minute(store, hook) -> None:
    notifier = AlertNotifier(store, None, hook.url, most_a_minute=1)
    for number in range(4):
        conversation = store.run(inbox.accept, Inbound("loop", f"{number}", "visa?")).conversation_id
        store.run(alerts.raise_alert, alerts.FAILED, conversation)
        if number:
            tell(notifier)
    assert [one["kind"] for one in hook.got] == ["failed", "failed"], "one told, one after it, then a minute's silence"
    assert len(store.run(alerts.alerts_due)) == 2


def test_without_means_nothing_piles_up(store) -> None:
    raise_one(store)
    tell(AlertNotifier(store))
    store.run(later)
    assert store.run(alerts.alerts_due) == []


def test_mail_goes_encrypted_with_login(store, tmp_path, monkeypatch) -> None:
    certificate = self_signed(tmp_path, "mail.example.org")

    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(*certificate)
    mails = Mails()
    server = Controller(
        mails, hostname="127.0.0.1", port=free_port(), tls_context=tls, auth_required=True, authenticator=may_log_in
    )
    server.start()
    try:
        raise_one(store)
        notifier = AlertNotifier(store, mail_to(server.port, security="starttls", user=USER, password=PASSWORD))
        tell(notifier)
        assert mails.got == [], "a certificate that nobody vouches for is not believed"
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        store.run(later)
        tell(notifier)
        assert len(mails.got) == 1
    finally:
        server.stop()
