"""The console over HTTP: the list, a transcript, notes, export."""

# ruff: noqa: F401, F811 (fixtures are imported by name)
import csv
import gzip
import io
import json

import httpx
import pytest
from starlette.responses import Response

from console.web.templates import NPM_FILES, OWN_FILES
from conversations import audit_log
from conversations.review import annotation
from conversations.review.export import spreadsheet_safe
from core.settings import Settings
from tests.front.console_fixtures import console, fill, hire, running_console, said, talked

HOSTILE = ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "＝1")


def exported(running, role="trainer", **form) -> httpx.Response:
    client = running.signed_in(role)
    return running.send(client, "/staff/export/file", **form)


def rows_of(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def test_list_shows_text_as_text(talked) -> None:
    page = talked.signed_in("viewer").get("/staff/conversations").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; hello?" in page and "<script>alert" not in page


def test_list_and_search_cover_personal_data(talked) -> None:
    client = talked.signed_in("admin")
    for path in ("/staff/conversations", "/staff/conversations?words=visa", "/staff/conversations?words=mira"):
        page = client.get(path).text
        assert "[e-mail]" in page and "mira@example.org" not in page


def test_menu_shows_what_a_role_may(talked) -> None:
    menus = {name: talked.signed_in(name).get("/staff/conversations").text for name in ("viewer", "trainer", "admin")}
    shown = {name: ("/staff/export" in page, "/staff/audit" in page) for name, page in menus.items()}
    assert shown == {"viewer": (False, False), "trainer": (True, False), "admin": (True, True)}


def test_empty_list_says_what_to_do(console) -> None:
    client = console.signed_in("viewer")
    assert "shows here by itself" in client.get("/staff/conversations").text
    assert "Try fewer words" in client.get("/staff/conversations?words=zzz").text
    assert "Take a filter away" in client.get("/staff/conversations?outcome=failed").text


def test_transcript_says_why(talked) -> None:
    page = talked.signed_in("viewer").get(f"/staff/conversations/{talked.ids['visa']}").text
    for words in ("Asks about a topic", "challenges/visa", "90 %", "Compares", "next/topic", "canada", "action_answer_topic",
                  "12 ms", "From Challenges", "<strong>depends</strong>", "Answered"):  # fmt: skip
        assert words in page, words


def test_failed_turn_says_why(talked) -> None:
    page = talked.signed_in("viewer").get(f"/staff/conversations/{talked.ids['lost']}").text
    assert "No answer: the engine was away" in page


def test_delivery_is_shown(console) -> None:
    from conversations.db.mappers import find_message
    from conversations.pipeline import outbox
    from conversations.review.search import search_messages

    one = said(console.store, "t", "hi", channel="telegram")
    reply = console.store.run(search_messages, "depends").by_conversation[one][0]
    message = console.store.run(find_message, reply.message_id)
    console.store.run(outbox.enqueue, message)
    outgoing = console.store.run(outbox.claim_next, one)
    console.store.run(outbox.mark_failed, outgoing, "the chat is gone")
    page = console.signed_in("viewer").get(f"/staff/conversations/{one}").text
    assert "Not delivered" in page and "the chat is gone" in page


def test_transcript_covers_until_revealed(console) -> None:
    one = fill(console.store)["visa"]
    client = console.signed_in("adviser")
    assert "mira@example.org" not in client.get(f"/staff/conversations/{one}").text
    assert "mira@example.org" in console.send(client, f"/staff/conversations/{one}/reveal").text
    assert "mira@example.org" not in client.get(f"/staff/conversations/{one}/print").text
    line = console.store.run(audit_log.entries, 1)[0]
    assert (line.who, line.what, line.about) == ("adviser", "revealed personal data", one)


def test_long_conversation_comes_in_parts(console) -> None:
    for number in range(105):
        one = said(console.store, "long", f"question number {number} please")
    client = console.signed_in("viewer")
    page = client.get(f"/staff/conversations/{one}").text
    assert "number 104 " in page and "number 3 " not in page
    earlier = page.split("?before=")[1].split('"')[0]
    assert "number 3 " in client.get(f"/staff/conversations/{one}?before={earlier}").text
    assert "number 3 " in client.get(f"/staff/conversations/{one}/print").text


@pytest.mark.parametrize("path", ["x", "0" * 32, "0" * 32 + "/print", "%00", "'"])
def test_unknown_conversation_is_said(talked, path) -> None:
    answer = talked.signed_in("viewer").get(f"/staff/conversations/{path}")
    assert answer.status_code == 404 and "no such conversation" in answer.text


def test_notes_and_marks_are_kept(console) -> None:
    one = fill(console.store)["visa"]
    client, here = console.signed_in("adviser"), f"/staff/conversations/{one}"
    console.send(client, f"{here}/notes", text="<b>Right</b>")
    console.send(client, f"{here}/tags", tag=" Good  one")
    console.send(client, f"{here}/flag", on="yes")
    console.send(client, f"{here}/reviewed", on="yes")
    page = client.get(here).text
    assert "&lt;b&gt;Right&lt;/b&gt;" in page and "good one" in page
    assert "Flagged by adviser" in page and "Reviewed by adviser" in page
    for action, form in (("tags/remove", {"tag": "good one"}), ("flag", {"on": "no"}), ("reviewed", {"on": "no"})):
        console.send(client, f"{here}/{action}", **form)
    noted = console.store.run(annotation.annotations_of, one)
    assert (noted.tags, noted.flag, noted.review, len(noted.notes)) == ((), None, None, 1)


def test_only_own_note_is_removed(console) -> None:
    one = fill(console.store)["visa"]
    console.store.run(annotation.add_note, one, "somebody", "mine")
    note = console.store.run(annotation.annotations_of, one).notes[0]
    client = console.signed_in("admin")
    assert console.send(client, f"/staff/conversations/{one}/notes/remove", note=str(note.id)).status_code == 400
    assert console.store.run(annotation.annotations_of, one).notes


@pytest.mark.parametrize(
    ("action", "form"), [("notes", {"text": "  "}), ("notes", {"text": "x" * 5000}), ("tags", {"tag": "y" * 41})]
)
def test_bad_note_is_refused_in_words(talked, action, form) -> None:
    answer = talked.send(talked.signed_in("adviser"), f"/staff/conversations/{talked.ids['visa']}/{action}", **form)
    assert answer.status_code == 400 and "characters" in answer.text


def test_reviewed_goes_to_the_next(console) -> None:
    ids = fill(console.store)
    client = console.signed_in("adviser")
    answer = console.send(client, f"/staff/conversations/{ids['lost']}/reviewed?intent=ask_topic", next="yes")
    assert answer.headers["location"] == f"/staff/conversations/{ids['fees']}?intent=ask_topic"
    console.send(client, f"/staff/conversations/{ids['fees']}/reviewed?intent=ask_topic", next="yes")
    answer = console.send(client, f"/staff/conversations/{ids['visa']}/reviewed?intent=ask_topic", next="yes")
    assert answer.headers["location"].startswith("/staff/conversations?intent=ask_topic")


def test_deletion_asks_and_is_noted(console) -> None:
    one = fill(console.store)["visa"]
    client, here = console.signed_in("admin"), f"/staff/conversations/{one}"
    assert console.send(client, f"{here}/forget").status_code == 400
    console.send(client, f"{here}/forget", sure="yes")
    assert client.get(here).status_code == 404
    line = console.store.run(audit_log.entries, 1)[0]
    assert (line.who, line.what, line.about) == ("admin", "deleted a conversation", one)


def test_export_has_one_row_each(talked) -> None:
    assert len(rows_of(exported(talked))) == 3
    rows = rows_of(exported(talked, rows="messages", form="csv"))
    assert len(rows) == 6 and rows[1]["author"] == "advisor"


def test_export_heeds_filters(talked) -> None:
    assert [row["opening"] for row in rows_of(exported(talked, outcome="declined"))] == ["what are the fees"]
    assert [row["channel"] for row in rows_of(exported(talked, words="visa"))] == ["telegram"]
    assert rows_of(exported(talked, words="visa", outcome="failed")) == []


def test_json_lines_are_json(talked) -> None:
    answer = exported(talked, rows="messages", form="jsonl", channel="telegram")
    rows = [json.loads(line) for line in answer.text.splitlines()]
    assert [row["author"] for row in rows] == ["visitor", "advisor"] and rows[0]["confidence"] == 0.9


def test_export_covers_unless_admin_asks(talked) -> None:
    assert "mira@example.org" not in exported(talked, rows="messages").text
    assert exported(talked, rows="messages", shown="yes").status_code == 403
    assert "mira@example.org" in exported(talked, "admin", rows="messages", shown="yes").text


def test_export_is_noted_without_the_words(talked) -> None:
    exported(talked, words="mira", channel="telegram")
    line = talked.store.run(audit_log.entries, 1)[0]
    assert line.what == "exported conversations as csv" and line.about == "words=...&channel=telegram"


@pytest.mark.parametrize("text", HOSTILE)
def test_cells_are_never_formulas(text) -> None:
    assert spreadsheet_safe(text) == "'" + text
    assert spreadsheet_safe("fees = 3") == "fees = 3" and spreadsheet_safe(-0.5) == -0.5


SEPARATORS = {";": ";", "tab": "\t", "line": "\n", "bar": "|", "return": "\r"}


@pytest.mark.parametrize("margin", ["", " ", "  ", '"', ' "', "'", "\u00a0"])
@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\uff1d"])
@pytest.mark.parametrize("before", ["", "hello;", "hello\t", "hello\n", "a;b;", "hello|"])
def test_other_separators_begin_no_formula(before, sign, margin) -> None:
    cell = spreadsheet_safe(f'{before}{margin}{sign}HYPERLINK("https://evil.example")')
    for separator in SEPARATORS.values():
        rows = csv.reader(io.StringIO(cell, newline=""), delimiter=separator) if separator not in "\r\n" else [[cell]]
        shown = [one.strip(' "\u00a0') for row in rows for one in row]
        assert not any(one.startswith(("=", "+", "-", "@", "\uff1d")) for one in shown)


ODD_NUMBERS = ["9" * 5000, "\u00b2", "\u0663", "-1", "1e3", "0x1", " ", "x", "9" * 19]
ODD_DAYS = [
    "9999-12-31",
    "0001-01-01",
    "2026-02-30",
    "20261125",
    "2026-W48-3",
    "x",
    "9" * 5000,
    "+2026-01-01",
    "0000-00-00",
]


@pytest.mark.parametrize("day", ODD_DAYS)
@pytest.mark.parametrize("name", ["since", "until"])
def test_day_that_is_none_is_said(talked, name, day) -> None:
    trainer = talked.signed_in("admin")
    for path in (
        "/staff/conversations",
        "/staff/export",
        "/staff/insights?period=own",
        "/staff/insights/table?period=own",
    ):
        answer = trainer.get(path, params={name: day, **({"period": "own"} if "own" in path else {})})
        assert answer.status_code == 400 and "2026-11-25" in answer.text, path
    assert talked.send(trainer, "/staff/export/file", **{name: day}).status_code == 400


@pytest.mark.parametrize("number", ODD_NUMBERS)
def test_number_that_is_none_breaks_nothing(talked, number) -> None:
    admin, one = talked.signed_in("admin"), talked.ids["visa"]
    asked = [
        admin.get("/staff/audit", params={"before": number}),
        admin.get(f"/staff/conversations/{one}", params={"before": number}),
        admin.get("/staff/conversations", params={"confidence": number}),
        admin.get("/staff/conversations", params={"from": number, "words": "visa"}),
        admin.get("/staff/questions", params={"page": number, "from": number}),
        talked.send(admin, "/staff/contacts/show", contact=number),
        talked.send(admin, f"/staff/conversations/{one}/notes/remove", note=number),
        talked.send(admin, "/staff/limits", mask_after_days=number, delete_after_days="90"),
        talked.send(admin, "/staff/sites/new", name="x", greet_after=number, languages="en", consent_version="1"),
    ]
    assert [answer.url.path for answer in asked if answer.status_code >= 500] == []
    assert asked[5].status_code == 404 and {asked[7].status_code, asked[8].status_code} == {400}


def test_export_neutralises_formulas(console) -> None:
    for place, text in enumerate(HOSTILE[:4]):
        said(console.store, str(place), text)
    assert {row["opening"] for row in rows_of(exported(console))} == {"'" + text for text in HOSTILE[:4]}


def test_long_export_is_whole(console, monkeypatch) -> None:
    from conversations.review import export

    monkeypatch.setattr(export, "BATCH", 3)
    made = {said(console.store, str(number), f"number {number}", ago=number) for number in range(10)}
    rows = rows_of(exported(console))
    assert len(rows) == 10 and {row["conversation"] for row in rows} == made
    assert len(rows_of(exported(console, words="number"))) == 10


@pytest.mark.parametrize("form", [{"rows": "secrets"}, {"form": "exe"}])
def test_odd_export_is_refused(talked, form) -> None:
    assert exported(talked, **form).status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        "words=%00",
        "since=2026-99-99",
        "confidence=999999999999999999999",
        "confidence=²",
        "from=x~y",
        "state=%27",
        "before=9999999999999999999",
    ],
)
def test_odd_queries_do_no_harm(talked, query) -> None:
    client = talked.signed_in("admin")
    for path in ("/staff/conversations", "/staff/audit", "/staff/export", f"/staff/conversations/{talked.ids['visa']}"):
        assert client.get(f"{path}?{query}").status_code in (200, 400)


def test_no_page_is_heavy(tmp_path) -> None:
    with running_console(tmp_path, knowledge_db=Settings().knowledge_db) as running:
        hire(running.store)
        _require_light_pages(running)


def _require_light_pages(console) -> None:
    for number in range(60):
        one = said(
            console.store,
            str(number),
            "a long question about many things " * 8,
            "An answer. " * 60,
            intent="ask_topic",
            topic="fees",
        )
    for _ in range(99):
        said(
            console.store,
            str(number),
            "again and again, at some length, the same",
            "An answer. " * 60,
            intent="ask_topic",
            topic="fees",
        )
    client = console.signed_in("admin")
    files = ["/staff/static/" + name for name in (*OWN_FILES, *NPM_FILES)]
    shared = sum(len(gzip.compress(client.get(path).content)) for path in files)
    for path in (
        "/staff/conversations",
        "/staff/conversations?words=answer",
        f"/staff/conversations/{one}",
        "/staff/audit",
        "/staff",
        "/staff/unanswered",
        "/staff/corrections",
        "/staff/knowledge",
        "/staff/knowledge/challenges/visa",
        "/staff/try",
        "/staff/waiting",
        "/staff/contacts",
    ):
        assert shared + len(gzip.compress(client.get(path).content)) < 100_000, path


def test_demo_data_says_what_it_is(tmp_path) -> None:
    from conversations.db.opening import open_store
    from core.settings import Settings
    from demo.loader import load as fill_bulk
    from tests.front.console_fixtures import hire, running_console

    store = open_store(Settings(var_dir=tmp_path))
    fill_bulk(store, [])
    store.close()
    with running_console(tmp_path) as running:
        hire(running.store)
        assert "Demo data." in running.signed_in("viewer").get("/staff/conversations").text


def test_real_data_is_not_called_demo(talked) -> None:
    assert "Demo data." not in talked.signed_in("viewer").get("/staff/conversations").text


def test_demo_data_never_joins_real(console) -> None:
    from conversations.errors import StoreError
    from demo.loader import load as fill_bulk

    fill(console.store)
    with pytest.raises(StoreError, match="real conversations"):
        fill_bulk(console.store, [])
