"""The console in another language: whole catalogues, no English in German pages, and each reader in theirs."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

from __future__ import annotations

import html
import importlib.util
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from types import ModuleType
from typing import Any

import httpx
import pytest
from babel.messages.catalog import Catalog

from console.translations import dates, languages, numbers
from console.views.learning.program_history import PUT_BACK
from console.web.message_html import covered
from console.web.templates import TEMPLATES_DIR
from conversations.accounts import accounts
from conversations.handoff import contact_emails, contact_requests
from conversations.pii import BIRTH
from core import translations
from core.settings import PROJECT_ROOT, Settings, SettingsError
from demo.generator import ConversationGenerator
from demo.loader import load
from knowledge.knowledge_base import open_knowledge
from own_programs.records import Offering, Price, ProgramRecord
from own_programs.store.edits import NOT_THERE, state_of
from own_programs.store.writer import FILE_NAME, writing
from tests.front.console_fixtures import Running, console, fill, hire, running_console, said

DEMO_MESSAGES = 600
SHORTEST = 12  # letters of a piece of English that is looked for; shorter ones stand in other words by chance
TEXT = re.compile(r"<(script|style|code|pre|textarea)\b.*?</\1>|<[^>]*>", re.DOTALL)
SAME_IN_ALL = {"EUR", "https://crm.example.org/advisor-events"}
TRANS = r"\{% macro post.*?\{% endmacro %\}|\{% trans .*?\{% endtrans %\}|\{% block (shape|head) %\}.*?\{% endblock %\}"
JINJA = r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}"
CODE = r"<(script|style|code|kbd)\b.*?</\1>"
SPOKEN = re.compile(r'\b(?:title|placeholder|aria-label|data-told)="([^"]*)"')
UNLINKED = ("/staff/no-such-page", "/staff/account/second-factor", "/staff/unanswered?order=most")
MOST_OF_A_KIND = 3
# Texts that the guide, a widget, a preview of what visitors read, or what is found in programs says in these words, too.
SAID_BY_DATA = {"Hours a week", "hours a week", "Personal data", "From the guide:", "no review date"}
SAID_BY_DATA |= {"Delete this conversation", "Privacy notice", "That did not work", "Delete my data"}
SAID_BY_DATA |= {BIRTH}  # as covered when stored
KILNS = ProgramRecord(
    "ours",
    "kilns",
    "Kilns",
    subjects=("Pottery",),
    hours=40.0,
    prices=(Price(90.0, "EUR"),),
    offerings=(Offering(date.today() + timedelta(days=40), mode="hybrid", place="Cork"), Offering(date(2020, 1, 6))),
)
WHEELS = replace(KILNS, source_key="wheels", name="Wheels")
SENDER = "advice@example.org"
HOLES = re.compile(r"%\(\w+\)[+]?[sd]|<[^>]*>|%%")


def scripts() -> ModuleType:
    """Return scripts/translations.py as a module."""
    spec = importlib.util.spec_from_file_location("catalogues", PROJECT_ROOT / "scripts" / "translations.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def texts() -> Catalog:
    return scripts().extracted()


def others() -> list[str]:
    return [code for code in languages.languages() if code != translations.ENGLISH]


def unmarked(source: str) -> list[str]:
    """Return the words of a template that stand in it by themselves, so that nobody can translate them."""
    for pattern in (TRANS, JINJA, CODE):
        source = re.sub(pattern, " ", source, flags=re.DOTALL)
    said = [*SPOKEN.findall(source), *re.sub(r"<[^>]*>", "\n", source).split("\n")]
    return [text.strip() for text in said if re.search(r"[A-Za-z]{2}", re.sub(r"&[a-z]+;", "", text))]


def test_every_text_of_a_template_is_marked() -> None:
    found = {path.name: unmarked(path.read_text(encoding="utf-8")) for path in TEMPLATES_DIR.glob("*.html")}
    assert {name: left for name, left in found.items() if set(left) - SAME_IN_ALL} == {}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("<p>Hello {{ name }}</p>", ["Hello"]),
        ('<input placeholder="Your name">', ["Your name"]),
        ("{% trans %}Hello {{ name }}{% endtrans %} <kbd>Enter</kbd> {{ _('x') }} · &nbsp;", []),
    ],
)
def test_unmarked_text_is_noticed(source, words) -> None:
    assert unmarked(source) == words


@pytest.mark.parametrize("language", others())
def test_catalogue_is_whole(texts, language) -> None:
    assert scripts().problems(language, texts) == []


@pytest.mark.parametrize("language", others())
def test_catalogue_is_in_step_with_the_sources(texts, language) -> None:
    """Run scripts/translations if this fails."""
    written = (languages.FOLDER / f"{language}.po").read_bytes()
    assert scripts().updated(language, texts) == written


def test_missing_and_odd_texts_are_noticed(texts, tmp_path, monkeypatch) -> None:
    module = scripts()
    source = (languages.FOLDER / "de.po").read_text(encoding="utf-8")
    source = source.replace('msgstr "Abmelden"', 'msgstr ""').replace('%(reviewer)s"', '%(prüfer)s"')
    source = source.replace('msgstr "Suchen"', 'msgstr "Su<b>chen"')
    source += '\nmsgid "Long gone"\nmsgstr "Lange fort"\n'
    (tmp_path / "de.po").write_text(source, encoding="utf-8")
    monkeypatch.setattr(languages, "FOLDER", tmp_path)
    found = module.problems("de", texts)
    assert "not translated: Sign out" in found and "no longer there: Long gone" in found
    assert "other tags or quotation marks: Search" in found
    assert any("Reviewed by %(reviewer)s" in each for each in found)


def test_settings_offer_every_language() -> None:
    with pytest.raises(SettingsError):
        Settings.from_environment({"ADVISOR_CONSOLE_LANGUAGE": "tlh"})
    for language in languages.languages():
        assert Settings.from_environment({"ADVISOR_CONSOLE_LANGUAGE": language}).console_language == language


# --- each reader in theirs ------------------------------------------------------------------------------------------
def language_of(page: httpx.Response) -> str:
    found = re.search(r'<html lang="([a-z]+)"', page.text)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    ("header", "language", "words"),
    [
        ("", "en", "Sign in"),
        ("de-AT,de;q=0.9,en;q=0.5", "de", "Anmelden"),
        ("fr,de;q=0.3", "de", "Anmelden"),
        ("en,de;q=0.9", "en", "Sign in"),
        ("de;q=0,en", "en", "Sign in"),
        ("de;q=much, ;;, *", "en", "Sign in"),
        ("tlh", "en", "Sign in"),
    ],
)
def test_sign_in_speaks_as_the_browser(console, header, language, words) -> None:
    page = console.client().get("/staff/sign-in", headers={"Accept-Language": header})
    assert language_of(page) == language and f"<h1>{words}</h1>" in page.text


def test_wrong_password_is_said_in_the_browsers_language(console) -> None:
    told = console.client().post(
        "/staff/sign-in", data={"name": "x", "password": "y"}, headers={**console.origin, "Accept-Language": "de"}
    )
    assert "Name oder Passwort ist falsch." in told.text


def test_account_chooses_its_language(console) -> None:
    client, colleague = console.signed_in("viewer"), console.signed_in("trainer")
    client.headers["Accept-Language"] = "de"  # which counts for nothing once it is known who reads
    assert language_of(client.get("/staff")) == "en"
    assert console.send(client, "/staff/account/language", language="de").status_code == 303
    page = client.get("/staff/account")
    assert language_of(page) == "de" and "Ihre Rolle ist <strong>Lesen</strong>" in page.text
    assert language_of(colleague.get("/staff")) == "en"
    refused = client.get("/staff/members")
    assert "Dies verlangt die Rolle Administration" in refused.text and language_of(refused) == "de"
    console.send(client, "/staff/account/language", language="")
    assert language_of(client.get("/staff")) == "en"


def test_unknown_language_is_refused(console) -> None:
    assert console.send(console.signed_in("viewer"), "/staff/account/language", language="tlh").status_code == 400


def test_errors_of_the_store_are_translated(console) -> None:
    client = german(console, "admin")
    refused = console.send(client, "/staff/tags", name="x" * 100)
    assert refused.status_code == 400 and "Ein Schlagwort hat 1 bis 40 Zeichen." in refused.text


def test_scripts_find_their_words_in_the_page(console) -> None:
    page = german(console, "viewer").get("/staff").text
    found = re.search(r'<script type="application/json" id="words-of-scripts">(.*?)</script>', page)
    assert found is not None
    assert json.loads(found[1])["Undo"] == "Rückgängig"
    assert "words-of-scripts" not in console.signed_in("trainer").get("/staff").text


def german(running: Running, name: str) -> httpx.Client:
    """Return a client that this person has signed in with, who reads German."""
    client = running.signed_in(name)
    member = next(each for each in running.store.run(accounts.list_accounts) if each.name == name)
    running.store.run(accounts.set_language, member, "de")
    return client


# --- dates and numbers ----------------------------------------------------------------------------------------------
@pytest.fixture
def in_german() -> Iterator[None]:
    languages.use("de")
    yield
    languages.use("en")


def test_dates_and_numbers_are_german(in_german) -> None:
    at = date(2026, 11, 3)
    assert (dates.day(at), dates.short_day(at)) == ("3. November 2026", "3. Nov. 2026")
    assert dates.long_day(at) == "Dienstag, 3. November 2026" and dates.weekday(0) == "Montag"
    assert (numbers.number(12345), numbers.decimal(2.55, 1), numbers.duration(2100)) == ("12.345", "2,5", "2,1 s")
    assert numbers.count(1, "message") == "1 Nachricht" and numbers.count(2345, "message") == "2.345 Nachrichten"


def test_what_is_covered_is_named_in_german(in_german) -> None:
    assert covered("call 030 1234567, or mira@example.org") == "call [Telefon], or [E-Mail]"


@pytest.mark.parametrize(
    ("since", "english", "german"),
    [
        (timedelta(seconds=5), "just now", "gerade eben"),
        (timedelta(minutes=12), "12 min ago", "vor 12 Min."),
        (timedelta(hours=3), "3 h ago", "vor 3 Std."),
        (timedelta(hours=30), "yesterday", "gestern"),
        (timedelta(days=5), "5 days ago", "vor 5 Tagen"),
    ],
)
def test_time_since_is_told(since, english, german) -> None:
    at = datetime.now(timezone.utc) - since
    assert dates.ago(at) == english
    languages.use("de")
    told = dates.ago(at)
    languages.use("en")
    assert told == german


# --- no English in German pages -------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def full(tmp_path_factory) -> Iterator[Running]:
    """Serve a console that holds something of everything, to an admin who reads German."""
    folder = tmp_path_factory.mktemp("full")
    guide = folder / "guide"
    kept = shutil.ignore_patterns("*.py", "__pycache__")
    shutil.copytree(PROJECT_ROOT / "knowledge", guide / "knowledge", ignore=kept)
    real = {"knowledge_db": Settings().knowledge_db, "guide_dir": guide, "catalogue_dir": folder / "catalogue"}
    real |= {"smtp_host": "127.0.0.1", "smtp_port": 9, "contact_from": SENDER}
    with running_console(folder, **real) as running:
        hire(running.store)
        load(running.store, ConversationGenerator(open_knowledge(Settings().knowledge_db)).conversations(DEMO_MESSAGES))
        running.ids = fill(running.store)
        with writing(folder / "catalogue" / FILE_NAME) as catalogue:
            catalogue.source("ours")
            for each in (KILNS, WHEELS):
                catalogue.put(each)
                catalogue.take_out(each, state_of(each), "ann", "", date.today())
            catalogue.edit(KILNS, NOT_THERE, "ann", PUT_BACK)
        write_something(running)
        yield running


def write_something(running: Running) -> None:
    """Do what leaves something on the pages that are empty at first."""
    admin = running.signed_in("admin")
    for path, form in (
        ("/staff/canned", {"name": "hours", "text": "9 to 5"}),
        ("/staff/drafts/begin", {"key": "challenges/visa"}),
        ("/staff/drafts/new", {"kind": "subject"}),
        ("/staff/drafts/new", {"kind": "topic"}),
        ("/staff/tokens", {"name": "crm", "scope.conversations:read": "yes", "days": "30"}),
        (f"/staff/conversations/{running.ids['visa']}/take", {}),
        (f"/staff/conversations/{running.ids['fees']}/flag", {"on": "yes"}),
        (f"/staff/conversations/{running.ids['fees']}/notes", {"text": "17"}),
    ):
        assert running.send(admin, path, **form).status_code < 400, path
    conversation = running.ids["visa"]
    for left in ("call 030 1234567", "mira@example.net", "joe@example.net"):
        running.store.run(contact_requests.add_contact_request, conversation, left, "", left)
    *_, written_to = running.store.run(contact_requests.open_contact_requests)
    running.store.run(contact_emails.write, written_to, "17", "17", "ann", SENDER)
    [email] = running.store.run(contact_emails.emails_of, [written_to.id])[written_to.id]
    running.store.run(contact_emails.record_failed, email, "the mail server refused the address (550)", True)


def pages(running: Running, client: httpx.Client) -> Iterator[tuple[str, str]]:
    """Yield every page that links lead to, each kind MOST_OF_A_KIND times, with its address."""
    waiting, seen, kinds = ["/staff", *UNLINKED], {"/staff"}, Counter[str]()
    while waiting:
        address = waiting.pop(0)
        answer = client.get(address, follow_redirects=True)
        assert answer.status_code in (200, 404), address
        if "text/html" not in answer.headers["content-type"]:
            continue
        yield address, answer.text
        for link in map(html.unescape, re.findall(r'href="(/staff[^"#]*)', answer.text)):
            kind = re.sub(r"[0-9a-f-]{8,}|\d+|(?<=knowledge/).*|=[^&]*", "*", link.partition("/static/")[0])
            if link not in seen and "/static/" not in link and kinds[kind] < MOST_OF_A_KIND:
                kinds[kind] += 1
                seen.add(link)
                waiting.append(link)


def spoken(page: str) -> str:
    """Return what a page says: its texts, without code and what people wrote in fields, and its titles."""
    said = [*SPOKEN.findall(page), *TEXT.sub("\n", page).split("\n")]
    return html.unescape("\n".join(" ".join(text.split()) for text in said if text.strip()))


def english_of(texts: Any) -> list[str]:
    """Return the pieces of English by which a text that was not translated is known."""
    german = "\n".join(str(text.string) for text in languages.read_catalogue("de") if text.id)
    found = set()
    for text in texts:
        for one in (text.id,) if isinstance(text.id, str) else text.id:
            pieces = [piece.strip() for piece in HOLES.sub("\n", html.unescape(one)).split("\n")]
            found |= {piece for piece in pieces if len(piece) >= SHORTEST and " " in piece and piece not in german}
    return sorted(found - SAID_BY_DATA)


def test_no_german_page_holds_english(full, texts) -> None:
    client, pieces, found = german(full, "admin"), english_of(texts), {}
    shown = 0
    for address, page in pages(full, client):
        assert re.search(r'<html lang="de"', page) or "<html" not in page
        text, shown = spoken(page), shown + 1
        if left := [piece for piece in pieces if piece in text]:
            found[address] = left
    assert found == {} and shown > 60, shown


def test_no_english_page_holds_german(full) -> None:
    client = full.signed_in("trainer")
    pieces = {str(text.string) for text in languages.read_catalogue("de") if text.id and " " in str(text.string)}
    for address, page in pages(full, client):
        text = spoken(page)
        assert [piece for piece in pieces if len(piece) >= SHORTEST and piece in text] == [], address
