"""Staff answer people who left an address: stored first, sent through a real mail server, and kept with the request."""

# ruff: noqa: F401, F811 (fixtures are imported by name)
from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select, update

from conversations import audit_log, erasure
from conversations.data_rights import data_export, retention
from conversations.db import schema
from conversations.db.schema import now
from conversations.errors import EditError
from conversations.handoff import alerts, contact_emails, contact_requests
from conversations.handoff.contact_mailer import ContactMailer
from conversations.mail import MailServer
from tests.front.console_fixtures import browser, hire, look_over, running_console, said, signed_in_page, store
from tests.front.processes import free_port, until
from tests.front.test_console_browser import SIZES

SENDER, PATH = "advice@example.org", "/staff/contacts"


class Mailbox:
    """A mail server on loopback; what it was given, and the answer for the next recipients if it refuses them."""

    def __init__(self, **options: Any) -> None:
        self.got: list = []
        self.refuses = ""
        self.server = Controller(self, hostname="127.0.0.1", port=free_port(), **options)
        self.server.start()

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        if self.refuses:
            return self.refuses
        envelope.rcpt_tos.append(address)
        return "250 known"

    async def handle_DATA(self, server, session, envelope) -> str:
        self.got.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policy.default)))
        return "250 taken"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    mailbox = Mailbox()
    yield mailbox
    mailbox.server.stop()


def asked(
    store, contact: str = "sure, write to mira@example.net", address: str = "a"
) -> contact_requests.ContactRequest:
    conversation = said(store, address, "can somebody call me")
    store.run(contact_requests.add_contact_request, conversation, contact, "", contact)
    return store.run(contact_requests.open_contact_requests)[-1]


def write(store, contact, text: str = "Yes, it is.\n\nAnn", subject: str = "Your question") -> None:
    store.run(contact_emails.write, contact, subject, text, "ann", SENDER)


def send(store, port: int) -> None:
    """Send what is due; in a thread, since Playwright has an event loop in this one."""
    mailer = ContactMailer(store, MailServer("127.0.0.1", port, security="none"), SENDER, "Advice, Müller & Co.")
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(mailer.send_due())).result()


def emails(store, contact) -> list[contact_emails.ContactEmail]:
    return store.run(contact_emails.emails_of, [contact.id])[contact.id]


def make_due(connection) -> None:
    waits = schema.contact_email.c.due_at.is_not(None)
    connection.execute(update(schema.contact_email).where(waits).values(due_at=now()))


# --- through the door that staff use ----------------------------------------------------------------------------------
def test_staff_answer_and_it_is_sent(tmp_path, mailbox, browser) -> None:
    settings = {"smtp_host": "127.0.0.1", "smtp_port": mailbox.server.port, "smtp_security": "none"}
    with running_console(tmp_path, contact_from=SENDER, organisation="Advice Office", **settings) as running:
        hire(running.store)
        contact = asked(running.store)
        with signed_in_page(browser, running, "adviser", viewport=SIZES["narrow"]) as page:
            page.goto(running.url + PATH)
            page.get_by_text("Answer by e-mail").click()
            page.get_by_label("E-mail").fill("Yes, it is.\nAsk <b>us</b> again.")
            page.get_by_role("button", name="Send", exact=True).click()
            until(lambda: emails(running.store, contact)[0].sent_at, "the e-mail")
            page.goto(running.url + PATH)
            page.locator("details.email summary").first.click()
            assert "sent" in page.locator("details.email").first.inner_text()
            assert "Ask <b>us</b> again." in page.locator(".email-text").inner_text()
            assert "mira@example.net" not in page.content(), "covered, as before"
            assert page.complaints == []
        ((recipients, message),) = mailbox.got
        assert recipients == ["mira@example.net"] and message["From"] == f"Advice Office <{SENDER}>"
        assert message["Subject"] == "Your question" and message.get_content().startswith("Yes, it is.")
        again = running.store.run(contact_requests.find_contact_request, contact.id)
        assert (again.state, again.by) == ("taken", "adviser")
        noted = {one.what for one in running.store.run(audit_log.entries, 20)}
        assert "wrote an e-mail to a contact" in noted
        adviser = running.signed_in("adviser")
        running.send(adviser, f"{PATH}/email", contact=f"{contact.id}", subject="x", text="y", what="done")
        assert running.store.run(contact_requests.find_contact_request, contact.id).state == "done"


def test_without_an_address_to_write_from_nothing_is_offered(tmp_path) -> None:
    with running_console(tmp_path) as running:
        hire(running.store)
        contact = asked(running.store)
        adviser = running.signed_in("adviser")
        assert "Answer by e-mail" not in adviser.get(PATH).text
        refused = running.send(adviser, f"{PATH}/email", contact=f"{contact.id}", subject="x", text="y")
        assert refused.status_code == 400 and "ADVISOR_CONTACT_FROM" in refused.text
        assert emails(running.store, contact) == []


@pytest.mark.parametrize("size", SIZES)
def test_page_is_for_everybody(tmp_path, browser, size) -> None:
    with running_console(tmp_path, contact_from=SENDER, smtp_host="127.0.0.1", smtp_port=9) as running:
        hire(running.store)
        write(running.store, asked(running.store))
        asked(running.store, "020 7946 0321", "b")
        with signed_in_page(browser, running, "adviser", viewport=SIZES[size]) as page:
            page.goto(running.url + PATH)
            assert page.get_by_text("Answer by e-mail").count() == 0, "one has an e-mail, the other a number"
            look_over(page, running.url + PATH)


# --- sending ----------------------------------------------------------------------------------------------------------
def test_thread_is_kept(store, mailbox) -> None:
    contact = asked(store)
    for text in ("first", "second", "third"):
        write(store, contact, text)
    send(store, mailbox.server.port)
    first, second, third = (message for _, message in mailbox.got)
    assert first["In-Reply-To"] is None and first["Message-ID"].endswith("@example.org>")
    assert second["In-Reply-To"] == first["Message-ID"]
    assert third["References"].split() == [first["Message-ID"], second["Message-ID"]]
    assert first["From"].addresses[0].display_name == "Advice, Müller & Co."
    send(store, mailbox.server.port)
    assert len(mailbox.got) == 3, "each once"


def test_server_that_is_away_is_tried_again_and_then_given_up(store) -> None:
    contact, nobody = asked(store), free_port()
    write(store, contact)
    send(store, nobody)
    (email,) = emails(store, contact)
    assert email.attempts == 1 and "could not be reached" in email.result and not email.is_given_up
    assert now() < email.due_at <= now() + contact_emails.PAUSES[0]
    for _ in contact_emails.PAUSES:
        store.run(make_due)
        send(store, nobody)
    (email,) = emails(store, contact)
    assert email.is_given_up and email.attempts == len(contact_emails.PAUSES) + 1
    assert alerts.UNDELIVERED in {one.kind for one in store.run(alerts.alerts_due)}, "staff are told"
    assert store.run(contact_emails.try_again, email.id) and not store.run(contact_emails.try_again, email.id)
    assert emails(store, contact)[0].due_at is not None


@pytest.mark.parametrize(("answer", "is_final"), [("550 no such person", True), ("450 try later", False)])
def test_refused_address(store, mailbox, answer, is_final) -> None:
    contact = asked(store)
    write(store, contact)
    mailbox.refuses = answer
    send(store, mailbox.server.port)
    (email,) = emails(store, contact)
    assert email.is_given_up == is_final and answer[:3] in email.result


def test_address_in_letters_that_the_server_does_not_know_is_given_up(store) -> None:
    contact, old = asked(store, "jürgen@example.net"), Mailbox(enable_SMTPUTF8=False)
    write(store, contact)
    send(store, old.server.port)
    old.server.stop()
    (email,) = emails(store, contact)
    assert email.is_given_up and "refused the address" in email.result


@pytest.mark.parametrize(
    ("contact", "subject", "text"),
    [
        ("020 7946 0321", "Your question", "Yes."),
        ("mira@example.net", " \n ", "Yes."),
        ("mira@example.net", "s" * 151, "Yes."),
        ("mira@example.net", "Your question", "  "),
        ("mira@example.net", "Your question", "y" * 10_001),
    ],
)
def test_what_cannot_be_sent_is_refused(store, contact, subject, text) -> None:
    one = asked(store, contact)
    with pytest.raises(EditError):
        write(store, one, text, subject)
    assert emails(store, one) == []


def test_no_header_can_be_smuggled_in(store, mailbox) -> None:
    write(store, asked(store), subject="Your question\r\nBcc: everybody@example.org")
    send(store, mailbox.server.port)
    ((recipients, message),) = mailbox.got
    assert recipients == ["mira@example.net"] and message["Bcc"] is None


# --- personal data ----------------------------------------------------------------------------------------------------
def test_emails_are_exported_covered_and_deleted_with_the_rest(store, mailbox) -> None:
    contact = asked(store)
    write(store, contact, "Call me on +44 20 7946 0958.")
    send(store, mailbox.server.port)
    (exported,) = store.run(data_export.stored_data, [contact.conversation_id])
    assert exported["emails_of_staff"][0]["address"] == "mira@example.net"
    write(store, contact, "And again.")
    store.run(contact_emails.record_failed, emails(store, contact)[1], "the mail server refused it (550)", True)
    store.run(contact_requests.set_contact_request_state, contact.id, "done", "ann")
    long_ago = now() - timedelta(days=40)
    store.run(lambda connection: connection.execute(update(schema.conversation).values(last_at=long_ago)))
    (read,) = store.run(retention.next_to_mask, retention.RetentionPeriods(mask=30, delete=0))
    store.run(retention.store_masked, retention.mask_texts(read))
    sent, given_up = emails(store, contact)
    assert sent.address == given_up.address == "", "nobody needs it any more"
    assert "7946" not in sent.text and "[phone]" in sent.text
    store.run(erasure.erase_conversation, contact.conversation_id, "ann")
    assert store.run(lambda connection: connection.execute(select(schema.contact_email)).all()) == []
