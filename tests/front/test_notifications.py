"""What colleagues are told by name: mentions in notes and conversations handed on, behind the bell and by e-mail."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from conversations import audit_log
from conversations.accounts import accounts, notifications, presence
from conversations.accounts.mentions import find_mentions, pieces
from conversations.accounts.notification_mailer import NotificationMailer
from conversations.data_rights.data_export import stored_data
from conversations.db import schema
from conversations.mail import MailServer
from conversations.review import annotation
from tests.front.console_fixtures import Running, browser, console, hire, running_console, said, signed_in_page
from tests.front.test_contact_emails import Mailbox, mailbox
from tests.front.test_people import ADDRESS, account, live, waiting
from tests.front.web_browser import whole_browser

NOTES = "/staff/conversations/{}/notes"


def bell(client: httpx.Client) -> str:
    return client.get("/staff/notifications", headers={"HX-Request": "true"}).text


def unread(client: httpx.Client) -> int:
    return client.get("/staff/waiting/count").json()["notifications"]


def links(page: str) -> list[str]:
    return re.findall(r'href="(/staff/notifications/\d+)"', page)


# --- what is a mention ------------------------------------------------------------------------------------------------
def member(number: int, name: str, shown: str = "") -> accounts.Member:
    return accounts.Member(number, name, "adviser", schema.now(), display_name=shown)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@ann please look", ["ann"]),
        ("please, @ANN, and @Mira Kovač.", ["ann", "mira@example.org"]),
        ("(@mira@example.org) knows", ["mira@example.org"]),
        ("@andrea Weiß, @JOSÉ?", ["andrea@example.org", "j"]),
        ("write to sue@ann.example or @anna", []),
        ("@Same Name", []),
        ("@", []),
    ],
)
def test_mention_is_an_account(text, names) -> None:
    people = [
        member(1, "ann"),
        member(2, ADDRESS, "Mira Kovač"),
        member(3, "x", "Same Name"),
        member(4, "y", "Same Name"),
        member(5, "andrea@example.org", "Andrea Weiß"),
        member(6, "j", "José"),
    ]
    found = find_mentions(text, people)
    assert [each.name for each in found.values()] == names
    shown = pieces(text, list(found))
    assert "".join(words for words, _ in shown) == text
    assert [words[1:] for words, is_mention in shown if is_mention] == list(found)


# --- two sessions -----------------------------------------------------------------------------------------------------
def test_mention_reaches_the_colleague_alone(console) -> None:
    one = waiting(console)
    writing, told, other = (console.signed_in(name) for name in ("adviser", "trainer", "editor"))
    with live(told) as events:
        assert next(events) == "ready"
        console.send(writing, NOTES.format(one), text="@trainer <b>is</b> this right? @adviser")
        assert "notified" in events
    assert [unread(client) for client in (writing, told, other)] == [0, 1, 0]
    assert "<strong>adviser</strong> mentioned you in a note" in bell(told)
    page = writing.get(f"/staff/conversations/{one}").text
    assert '<span class="mention">@trainer</span> &lt;b&gt;is' in page
    [link] = links(bell(told))
    assert other.get(link).status_code == 404
    assert told.get(link).headers["location"] == f"/staff/conversations/{one}#notes"
    assert unread(told) == 0 and len(links(bell(told))) == 1
    noted = [(entry.what, entry.about) for entry in console.store.run(audit_log.entries, 9)]
    assert ("mentioned in a note: trainer", one) in noted


def test_conversation_that_is_handed_on_is_told(console) -> None:
    one, giving, getting = waiting(console), console.signed_in("adviser"), console.signed_in("trainer")
    console.send(giving, f"/staff/conversations/{one}/take")
    console.send(giving, f"/staff/conversations/{one}/assign", to="trainer")
    assert "<strong>adviser</strong> handed you a conversation" in bell(getting)
    assert unread(getting) == 1 and unread(giving) == 0
    getting.get(f"/staff/conversations/{one}")  # opened by another way
    assert unread(getting) == 0
    assert ("handed on to trainer", one) in {
        (each.what, each.about) for each in console.store.run(audit_log.entries, 9)
    }


def test_all_are_read_at_once(console) -> None:
    writing, told = console.signed_in("adviser"), console.signed_in("trainer")
    for address in ("a", "b"):
        console.send(writing, NOTES.format(waiting(console, address)), text="@trainer")
    assert unread(told) == 2
    console.send(told, "/staff/notifications/read")
    assert unread(told) == 0 and len(links(told.get("/staff/notifications").text)) == 2


def test_note_that_is_removed_tells_nobody(console) -> None:
    one, writing, told = waiting(console), console.signed_in("adviser"), console.signed_in("trainer")
    console.send(writing, NOTES.format(one), text="@trainer")
    [note] = console.store.run(annotation.annotations_of, one).notes
    console.send(writing, NOTES.format(one) + "/remove", note=str(note.id))
    assert unread(told) == 0 and links(bell(told)) == []


def test_notification_goes_with_its_conversation(console) -> None:
    one, told = waiting(console), console.signed_in("trainer")
    console.store.run(annotation.add_note, one, "adviser", "@trainer")
    console.send(console.signed_in("admin"), f"/staff/conversations/{one}/forget", sure="yes")
    assert links(bell(told)) == []


def test_mentioned_address_is_not_given_out(console) -> None:
    with console.store.engine.begin() as connection:
        accounts.add(connection, "mira", "adviser", None)
        accounts.set_display_name(connection, "mira", "Mira K")
        accounts.add(connection, ADDRESS, "adviser", None)
    one = waiting(console)
    console.store.run(annotation.add_note, one, "trainer", f"ask @mira or @{ADDRESS} about it")
    [data] = console.store.run(stored_data, [one])
    assert data["notes_of_staff"][0]["text"] == "ask @Mira K or @a member of staff about it"


# --- by e-mail --------------------------------------------------------------------------------------------------------
def test_who_is_not_there_is_told_by_mail(console, mailbox) -> None:
    one, trainer = waiting(console), account(console, "trainer")
    console.store.run(accounts.set_notify_address, trainer, "ana@example.org")
    mailer = NotificationMailer(
        console.store, MailServer("127.0.0.1", mailbox.server.port, security="none"), "a@example.org", console.url
    )

    def send() -> None:
        asyncio.run(mailer.send_due())

    console.store.run(presence.touch, trainer.id)
    console.store.run(annotation.add_note, one, "adviser", "@trainer do not tell anybody")
    send()
    assert mailbox.got == [], "they have the console open"
    console.store.run(presence.set_away, trainer, True)
    mailbox.refuses = "450 later"
    send()
    mailbox.refuses = ""
    with console.store.engine.begin() as connection:
        connection.execute(update(schema.notification).values(mail_attempts=0))  # as if the pause were over
    send()
    send()
    [(recipients, mail)] = mailbox.got
    assert recipients == ["ana@example.org"] and mail["Subject"] == "[Advisor] adviser mentioned you in a note"
    told = console.signed_in("trainer")
    [link] = links(bell(told))
    assert f"{console.url}{link}" in mail.get_content() and "do not tell" not in mail.as_string()


def test_address_is_set_only_where_mail_can_be_sent(tmp_path) -> None:
    with running_console(tmp_path, smtp_host="127.0.0.1", alert_to="team@example.org") as running:
        hire(running.store)
        client = running.signed_in("viewer")
        assert running.send(client, "/staff/account/notify", address="no address").status_code == 400
        assert running.send(client, "/staff/account/notify", address=ADDRESS).status_code == 303
        assert ADDRESS in client.get("/staff/account").text


def test_account_says_nothing_of_mail_that_cannot_be_sent(console) -> None:
    assert "Notifications by e-mail" not in console.signed_in("viewer").get("/staff/account").text


# --- in a browser -----------------------------------------------------------------------------------------------------
def test_mention_by_keyboard_rings_the_bell(console, browser) -> None:
    one = waiting(console)
    with signed_in_page(browser, console, "adviser") as page, signed_in_page(browser, console, "trainer") as theirs:
        theirs.goto(f"{console.url}/staff/waiting")
        expect(theirs.locator("#bell details")).to_have_count(1)
        page.goto(f"{console.url}/staff/conversations/{one}")
        note = page.locator("[data-mentions]")
        note.press_sequentially("Please look, @tr")
        expect(page.locator("#mentioned [role=option]")).to_have_count(1)
        note.press("Enter")
        expect(note).to_have_value("Please look, @trainer ")
        page.get_by_role("button", name="Add the note").click()
        expect(page.locator(".note .mention")).to_have_text("@trainer")
        expect(theirs.locator("#bell .badge")).to_have_text("1")
        theirs.locator("#bell summary").click()
        theirs.get_by_role("link", name="adviser mentioned you in a note").click()
        expect(theirs.locator(".note .mention")).to_be_visible()
        expect(theirs.locator("#bell .badge")).to_have_count(0)
        assert page.complaints == [] and theirs.complaints == []


def test_service_worker_shows_who_is_needed(console, whole_browser) -> None:
    with signed_in_page(whole_browser, console, "adviser") as page:
        page.context.grant_permissions(["notifications"], origin=console.url)
        page.goto(f"{console.url}/staff/account")
        tools, known = page.context.new_cdp_session(page), []
        tools.on("ServiceWorker.workerRegistrationUpdated", lambda told: known.extend(told["registrations"]))
        tools.send("ServiceWorker.enable")
        page.evaluate(
            "async () => { await navigator.serviceWorker.register('/staff/service-worker.js', {scope: '/staff'});"
            " const {active} = await navigator.serviceWorker.ready;"
            " while (active.state !== 'activated') await new Promise((later) => setTimeout(later, 20)); }"
        )
        wanted = {"origin": console.url, "registrationId": known[-1]["registrationId"]}
        told = '{"kind": "contact", "link": "/staff/contacts"}'
        # No wait_for_function: what it calls again and again, the page's policy takes for a text made into a script.
        shown = """async () => {
          const worker = await navigator.serviceWorker.ready;
          for (let times = 0; times < 100; times++) {
            const all = await worker.getNotifications();
            if (all.length) return all.map((one) => one.title);
            await new Promise((later) => setTimeout(later, 100));
          }
          return [];
        }"""
        found: list[str] = []
        for _ in range(3):  # the browser's tools drop a message now and then, where a push service keeps it
            tools.send("ServiceWorker.deliverPushMessage", {**wanted, "data": told})
            if found := page.evaluate(shown):
                break
        assert found == ["Somebody left contact details"] and page.complaints == []
