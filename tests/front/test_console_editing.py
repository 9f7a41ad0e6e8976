"""Staff write what the advisor knows: drafts, their checks as one writes, and two people at once."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

from __future__ import annotations

import io
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import expect

from channels.platform_texts import HELPFUL
from conversations.audit_log import entries as audit_entries
from conversations.editing import draft_comments, entry_drafts, entry_history
from conversations.editing.entry_drafts import EntryDraft
from conversations.review import wrong_answers
from core.settings import PROJECT_ROOT, Settings
from tests.front.console_fixtures import (
    Running,
    browser,
    hire,
    look_over,
    postgres_url,
    running_console,
    said,
    signed_in_page,
    store,
    wrong_on,
)
from tests.front.test_console_browser import SIZES

VISA = "challenges/visa"


@pytest.fixture
def pack(tmp_path) -> Path:
    """Return a copy of the project's own guide, to write into."""
    folder = tmp_path / "guide"
    shutil.copytree(
        PROJECT_ROOT / "knowledge", folder / "knowledge", ignore=shutil.ignore_patterns("*.py", "__pycache__")
    )
    return folder


@pytest.fixture
def console(tmp_path, pack) -> Iterator[Running]:
    real = {"knowledge_db": Settings().knowledge_db, "encoder_dir": Settings().encoder_dir, "guide_dir": pack}
    with running_console(tmp_path, **real) as running:
        hire(running.store)
        yield running


def begun(console: Running, key: str = VISA, **more: str) -> EntryDraft:
    """Begin a draft as an editor and return it."""
    answer = console.send(console.signed_in("editor"), "/staff/drafts/begin", key=key, **more)
    assert answer.status_code == 303, answer.text
    found = console.store.run(entry_drafts.find, int(answer.headers["location"].rsplit("/", 1)[1]))
    assert found
    return found


def form_of(console: Running, draft: EntryDraft, who: str = "editor") -> dict[str, str]:
    """Return the fields that the page of a draft would send."""
    page = console.signed_in(who).get(f"/staff/drafts/{draft.id}").text
    assert f'name="version" value="{draft.version}"' in page
    fields = {"version": str(draft.version)}
    for name, value in (draft.content or {}).items():
        if name == "claims" or name == "items":
            for number, row in enumerate(value):
                for part, each in row.items():
                    fields[f"{name}-{number}-{part}"] = "\n".join(each) if isinstance(each, list) else each
        elif name in ("related", "near_topics", "also"):
            fields |= {f"{name}-{number}": each for number, each in enumerate(value)}
        else:
            fields[name] = "\n".join(value) if isinstance(value, list) else value
    return fields


def saved(console: Running, draft: EntryDraft, who: str = "editor", **fields: str) -> httpx.Response:
    """Save a draft as the page's script does, and return what is told of it."""
    client = console.signed_in(who)
    client.headers["HX-Request"] = "true"
    return console.send(client, f"/staff/drafts/{draft.id}", **{**form_of(console, draft, who), **fields})


def test_form_that_is_sent_back_as_it_is_changes_nothing(console) -> None:
    for key in (VISA, "not-stated/fees", "challenges/overview", "faq/7-experience"):
        told = saved(console, begun(console, key)).json()
        assert told["same"] and not told["problems"] and not told["elsewhere"], key


def test_what_is_wrong_is_told_beside_its_field(console) -> None:
    draft = begun(console)
    assert draft.content
    ask = "\n".join([*draft.content["ask"], "What is the price list", "send me the price list", "how {is} it"])
    told = saved(console, draft, title="A title that is much too long for any button", ask=ask, reviewed="").json()
    by_field = {each["field"]: each["text"] for each in told["problems"]}
    assert set(by_field) == {"title", "ask"}
    assert "30 at most stand on a button" in by_field["title"]
    texts = [each["text"] for each in told["problems"] if each["field"] == "ask"]
    assert any("holds one of [ ] { }" in text for text in texts)
    assert any("send me the price list" in text and "“Fees and prices”" in text for text in texts)


def test_problems_are_told_in_the_readers_language(console) -> None:
    draft = begun(console)
    assert console.send(console.signed_in("editor"), "/staff/account/language", language="de").status_code == 303
    ask = "\n".join([*draft.content["ask"], "send me the price list", "how {is} it"])
    told = saved(console, draft, title="A title that is much too long for any button", ask=ask, reviewed="").json()
    texts = "\n".join(each["text"] for each in told["problems"])
    assert "auf eine Schaltfläche passen höchstens 30" in texts
    assert "Die Frageweise 'how {is} it' enthält eines von [ ] { } \\" in texts
    assert "Lassen Sie sie dort, wo sie am ehesten hingehört. Es steht in “Fees and prices”." in texts
    assert " is " not in texts.replace("{is} it", "").replace("that is much", "")


@pytest.mark.parametrize(
    ("fields", "training"), [({"answer": "It depends."}, False), ({"ask": "is a visa needed"}, True)]
)
def test_whether_a_training_is_needed_is_told(console, fields, training) -> None:
    assert saved(console, begun(console), **fields).json()["training"] is training


def test_removal_that_others_lean_on_is_told(console) -> None:
    draft = begun(console, "not-stated/fees", remove="yes")
    assert draft.content is None
    page = console.signed_in("editor").get(f"/staff/drafts/{draft.id}").text
    assert "To be removed" in page and "names the unknown topic or open subject" in page


def test_two_people_do_not_overwrite_each_other(console) -> None:
    draft = begun(console)
    first = saved(console, draft, answer="What Mira wrote.")
    second = console.send(
        console.signed_in("trainer"), f"/staff/drafts/{draft.id}", **{**first_fields(draft), "answer": "What Bo wrote."}
    )
    assert first.status_code == 200 and second.status_code == 409
    assert "editor has changed this meanwhile" in second.text
    assert "Mira" in second.text and "Bo" in second.text
    now = console.store.run(entry_drafts.find, draft.id)
    assert now.content["answer"] == "What Mira wrote."
    assert f'name="version" value="{now.version}"' in second.text


def first_fields(draft: EntryDraft) -> dict[str, str]:
    """Return what a page that was opened before holds of a draft."""
    return {"version": str(draft.version), "title": str((draft.content or {})["title"])}


def test_two_reasons_of_a_change_are_shown_beside_each_other(console) -> None:
    draft = begun(console)
    editor, trainer = console.signed_in("editor"), console.signed_in("trainer")
    address = f"/staff/drafts/{draft.id}"
    form = form_of(console, draft)
    assert console.send(editor, address, **{**form, "why": "rules of Monday"}).status_code == 303
    told = console.send(trainer, address, **{**form, "why": "rules of Friday"})
    assert told.status_code == 409
    assert "Monday" in told.text and "Friday" in told.text and "Nothing is different" not in told.text


def test_earlier_version_can_be_taken_back(console) -> None:
    draft = begun(console)
    saved(console, draft, answer="Something else.")
    versions = console.store.run(entry_history.of_entry, draft.kind, draft.key, draft.id)
    assert [each.why for each in versions] == ["", "as it began"]
    client = console.signed_in("editor")
    compared = client.get(f"/staff/drafts/{draft.id}/compare?with={versions[-1].id}").text
    assert "<ins>Something else.</ins>" in compared
    console.send(client, f"/staff/drafts/{draft.id}/restore", **{"with": str(versions[-1].id)})
    assert console.store.run(entry_drafts.find, draft.id).content == draft.content


def test_only_the_way_of_asking_that_is_added_is_shown_as_new(console) -> None:
    """The one that stood last before it is as it was."""
    draft = begun(console)
    asked = "\n".join([*(draft.content or {})["ask"], "must i show papers at the border"])
    assert not saved(console, draft, ask=asked).json()["problems"]
    page = console.signed_in("editor").get(f"/staff/drafts/{draft.id}/compare").text.partition('class="diff"')[2]
    assert "<del>" not in page and "<ins>must i show papers at the border\n</ins>" in page


def test_draft_of_what_was_changed_meanwhile_says_so(console, pack) -> None:
    draft = begun(console)
    saved(console, draft, answer="Something else.")
    file = pack / "knowledge/guide/challenges.yml"
    file.write_text(file.read_text().replace("title: Visas and travel", "title: Visas and trips"))
    client = console.signed_in("editor")
    assert "It was changed since this draft began" in client.get(f"/staff/drafts/{draft.id}").text
    console.send(client, f"/staff/drafts/{draft.id}/restore", what="base", **{"with": "live"})
    page = client.get(f"/staff/drafts/{draft.id}").text
    assert "It was changed since this draft began" not in page and "Something else." in page


def test_new_topic_gets_its_key_from_section_and_title(console) -> None:
    client = console.signed_in("editor")
    where = console.send(client, "/staff/drafts/new", kind="topic", title="Health insurance").headers["location"]
    draft = console.store.run(entry_drafts.find, int(where.rsplit("/", 1)[1]))
    told = saved(console, draft, section="").json()
    assert {"section", "answer", "ask"} == {each["field"] for each in told["problems"]}
    draft = console.store.run(entry_drafts.find, draft.id)
    filled = {"section": "challenges", "answer": "Ask the provider.", "ask": "do i need health insurance"}
    assert saved(console, draft, **filled).json()["problems"] == []
    assert console.store.run(entry_drafts.find, draft.id).key == "challenges/health-insurance"


def test_near_ways_of_asking_are_named(console) -> None:
    draft = begun(console)
    ask = "\n".join([*draft.content["ask"], "send me the price lists"])
    page = console.send(console.signed_in("editor"), f"/staff/drafts/{draft.id}/near", ask=ask).text
    assert "send me the price lists" in page and "Fees and prices" in page


def test_viewers_and_advisers_may_not_write(console) -> None:
    draft = begun(console)
    for who in ("viewer", "adviser"):
        assert console.send(console.signed_in(who), f"/staff/drafts/{draft.id}", version="1").status_code == 403
    page = console.signed_in("adviser").get(f"/staff/drafts/{draft.id}").text
    assert '<textarea name="answer"' not in page


def test_editors_may_not_publish(console) -> None:
    draft = begun(console)
    client = console.signed_in("editor")
    assert console.send(client, "/staff/publications", **{"draft-1": str(draft.id)}).status_code == 403


def test_colleagues_comment_and_are_asked(console) -> None:
    draft = begun(console)
    client = console.signed_in("editor")
    console.send(client, f"/staff/drafts/{draft.id}/comments", text="Is this <b>still</b> so?")
    console.send(client, f"/staff/drafts/{draft.id}/assign", to="trainer")
    page = client.get(f"/staff/drafts/{draft.id}").text
    assert "Is this &lt;b&gt;still&lt;/b&gt; so?" in page
    assert "trainer looks at it" in client.get("/staff/drafts").text
    assert console.send(client, f"/staff/drafts/{draft.id}/assign", to="nobody").status_code == 400


def test_dropping_a_draft_is_noted(console) -> None:
    draft = begun(console)
    console.send(console.signed_in("editor"), f"/staff/drafts/{draft.id}/remove")
    assert console.store.run(entry_drafts.find, draft.id) is None
    assert console.store.run(audit_entries, 1)[0].what == f"dropped a draft of {VISA}"


# --- in a browser -----------------------------------------------------------------------------------------------------
def test_page_saves_itself_and_tells_what_is_wrong(browser, console) -> None:
    draft = begun(console)
    with signed_in_page(browser, console, "editor", viewport=SIZES["wide"]) as page:
        page.goto(f"{console.url}/staff/drafts/{draft.id}")
        page.get_by_label("Title").fill("A title that is much too long for any button")
        expect(page.locator("#saved")).to_have_text("Saved just now, 1 to mend")
        expect(page.get_by_text("30 at most stand on a button")).to_be_visible()
        page.get_by_label("Title").fill("Visas")
        expect(page.locator("#saved")).to_have_text("Saved just now")
        expect(page.locator("#checks-told")).to_have_text("All is well.")
        page.get_by_role("button", name="Add an item").click()
        page.get_by_label("Item", exact=True).fill("Embassies")
        expect(page.locator("#saved")).to_have_text("Saved just now")
        page.get_by_role("button", name="Remove this one").first.click()
        page.get_by_role("button", name="Put it back").click()
        expect(page.locator("#saved")).to_have_text("Saved just now")
        assert page.complaints == []
    now = console.store.run(entry_drafts.find, draft.id)
    assert now.title == "Visas" and now.content["items"] == [{"name": "Embassies"}]


def test_what_could_not_be_saved_is_back_after_signing_in_again(browser, console) -> None:
    draft = begun(console)
    with signed_in_page(browser, console, "editor", viewport=SIZES["wide"]) as page:
        page.goto(f"{console.url}/staff/drafts/{draft.id}")
        cookies = page.context.cookies()
        page.context.clear_cookies()
        page.get_by_label("Title").fill("Visas")
        expect(page.locator("#saved")).to_contain_text("you are signed out")
        assert console.store.run(entry_drafts.find, draft.id).title != "Visas"
        page.context.add_cookies(cookies)
        page.on("dialog", lambda dialog: dialog.accept())
        page.reload()
        expect(page.get_by_label("Title")).to_have_value("Visas")
        expect(page.locator("#saved")).to_have_text("Saved just now")
    assert console.store.run(entry_drafts.find, draft.id).title == "Visas"


def test_two_browsers_are_shown_both_versions(browser, console) -> None:
    draft = begun(console)
    address = f"{console.url}/staff/drafts/{draft.id}"
    with (
        signed_in_page(browser, console, "editor", viewport=SIZES["wide"]) as first,
        signed_in_page(browser, console, "trainer", viewport=SIZES["wide"]) as second,
    ):
        first.goto(address)
        second.goto(address)
        first.get_by_label("Title").fill("Visas, first")
        expect(first.locator("#saved")).to_have_text("Saved just now")
        second.get_by_label("Title").fill("Visas, second")
        dialog = second.get_by_role("dialog", name="editor has changed this meanwhile")
        expect(dialog).to_contain_text("first")
        assert wrong_on(second) == []
        assert console.store.run(entry_drafts.find, draft.id).title == "Visas, first"
        dialog.get_by_role("button", name="Save mine instead").click()
        expect(second.get_by_label("Title")).to_have_value("Visas, second")
    assert console.store.run(entry_drafts.find, draft.id).title == "Visas, second"


# --- the guide as a file ----------------------------------------------------------------------------------------------
def brought(console: Running, content: bytes) -> httpx.Response:
    client = console.signed_in("trainer")
    form = {"csrf": console.token(client)}
    return client.post("/staff/guide/bring", data=form, files={"file": ("guide.zip", content)}, headers=console.origin)


def test_changed_copy_of_the_guide_becomes_drafts(console) -> None:
    taken = console.signed_in("editor").get("/staff/guide.zip").content
    assert "otherwise in this file" in brought(console, taken).text
    with zipfile.ZipFile(io.BytesIO(taken)) as archive:
        files = {each: archive.read(each) for each in archive.namelist()}
    name = "knowledge/guide/challenges.yml"
    files[name] = files[name].replace(b"title: Visas and travel", b"title: Visas and trips")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for each, data in files.items():
            archive.writestr(f"from-mira/{each}", data)
    assert brought(console, out.getvalue()).status_code == 303
    [draft] = console.store.run(entry_drafts.list_all)
    assert (draft.key, draft.title, draft.why) == (VISA, "Visas and trips", "Brought in guide.zip")


@pytest.mark.parametrize("content", [b"PK no zip", b""])
def test_what_is_no_copy_is_refused(console, content) -> None:
    assert brought(console, content).status_code == 400
    assert console.store.run(entry_drafts.list_all) == []


# --- what visitors would see ------------------------------------------------------------------------------------------
def previewed(console: Running, draft: EntryDraft, **fields: str) -> str:
    """Return the preview of what the form of a draft holds, without saving it."""
    client = console.signed_in("editor")
    return console.send(
        client, f"/staff/drafts/{draft.id}/preview", **{**form_of(console, draft), "version": "9", **fields}
    ).text


def shown_on(page: str, channel: str) -> str:
    return page.partition(f'class="preview-of is-{channel}"')[2].partition('class="preview-of')[0]


def test_preview_is_what_each_channel_shows(console) -> None:
    draft = begun(console)
    page = previewed(console, draft, answer="It is **not** <b>free</b>. See https://example.org/visa?a=1&b=2")
    web, telegram, slack = (shown_on(page, channel) for channel in ("web", "telegram", "slack"))
    assert all("<strong>not</strong>" in each for each in (web, slack)) and "<b>not</b>" in telegram
    assert all("&lt;b&gt;free&lt;/b&gt;" in each for each in (web, telegram, slack))
    assert all('href="https://example.org/visa?a=1&amp;b=2"' in each for each in (web, telegram, slack))
    assert (draft.content or {})["related"]
    title = next(each for each in re.findall(r"<span class=\"preview-button\">([^<]+)</span>", web))
    assert title in telegram and title in slack
    assert "From the guide: Challenges" in telegram and "of 4,096 characters" in telegram and "of 3,000" in slack
    assert HELPFUL in telegram and HELPFUL in slack
    assert console.store.run(entry_drafts.find, draft.id).version == draft.version


def test_preview_tells_how_many_messages_a_long_answer_takes(console) -> None:
    page = previewed(console, begun(console), answer="\n\n".join(["A long paragraph. " * 60] * 6), more="", asked="")
    assert "Sent as 2 messages." in shown_on(page, "telegram") and "Sent as" not in shown_on(page, "slack")


def test_preview_of_a_short_answer_and_of_an_open_subject(console) -> None:
    page = previewed(console, begun(console), **{"claims-0-say": "Only if you stay long.", "asked": "0"})
    assert "Only if you stay long." in shown_on(page, "web")
    page = previewed(console, begun(console, "not-stated/fees"), say="Nobody has told me.")
    assert "Nobody has told me." in shown_on(page, "slack") and "Talk to a person" in shown_on(page, "telegram")


def test_short_answers_are_folded_but_the_first_and_what_is_wrong(console) -> None:
    draft = begun(console, "faq/7-experience")
    many = len((draft.content or {})["claims"])
    saved(console, draft, **{f"claims-{many - 1}-say": "word " * 60})
    page = console.signed_in("editor").get(f"/staff/drafts/{draft.id}").text
    page = re.sub(r"(?s)<(template|noscript)>.*?</\1>", "", page)
    folds = re.findall(r'<details class="entry-fold" data-entry-row( open)?>', page)
    assert many > 3 and folds == [" open", *[""] * (many - 2), " open"]


def test_wrong_answer_is_for_the_owner_of_its_topic(store) -> None:
    hire(store)
    said(store, "a", "is it 50% [message x/1]")
    entry = wrong_answers.PublishedEntry("topic", VISA, {"title": "Visas", "owner": "editor"}, "f" * 8)
    draft_id = store.run(wrong_answers.report, 1, "Not 50%_\n[message x/1]", entry, "trainer")
    [remark] = store.run(wrong_answers.on_draft, draft_id)
    assert (remark.reason, remark.message_id, remark.by) == ("Not 50%_\n[message x/1]", 1, "trainer")
    assert store.run(entry_drafts.find, draft_id).assigned == "editor"
    store.run(wrong_answers.undo, [1])
    assert store.run(wrong_answers.remarks) == {} and store.run(entry_drafts.list_all) == []
