"""Deciding in place: the row changes where it is, the next is chosen, Undo brings it back, and Decided lists everything."""

# ruff: noqa: F401, F811 (fixtures are imported by name)
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from conversations.editing import draft_comments, entry_drafts
from conversations.handoff import contact_requests
from conversations.learning import corrections, decisions, feedback, unanswered
from conversations.pipeline.message_store import messages_after
from conversations.review import annotation, wrong_answers
from tests.front.console_fixtures import Running, browser, fill, look_over, said, signed_in_page
from tests.front.test_console_browser import SIZES
from tests.front.test_console_teaching import VISA, asked, console, kept

UNKNOWN = ("can i bring my dog", "are pets allowed in class", "what about my parrot")


@pytest.fixture
def doubts(console, asked) -> list[int]:
    """Return the numbers of three questions whose answers got a thumb down, the newest first."""
    numbers = []
    for address in ("a", "b", "c"):
        conversation, number = asked(f"is it right for {address}", address)
        reply = console.store.run(messages_after, conversation)[-1].id
        console.store.run(feedback.record_feedback, conversation, reply, feedback.DOWN, f"not for {address}")
        numbers.append(number)
    return numbers[::-1]


@pytest.fixture
def page(browser, console) -> Iterator[Page]:
    with signed_in_page(browser, console, "trainer", viewport=SIZES["wide"]) as opened:
        yield opened
        assert opened.complaints == []


def ask_unknown(console, *texts) -> list[int]:
    """Have questions declined and listed; return their numbers."""
    for text in texts:
        said(console.store, text, text, outcome="declined", intent="ask_topic", topic=VISA)
    while console.store.run(unanswered.scan):
        pass
    return [one.message_id for one in console.store.run(unanswered.list_newest)]


def stays(page) -> None:
    page.evaluate("window.stayed = true")


def chosen(page) -> str:
    return page.locator("[data-row].is-chosen .line-link").inner_text()


# --- in a real browser ----------------------------------------------------------------------------------------------
def test_doubts_are_decided_with_one_key_each(page, console, doubts) -> None:
    page.goto(f"{console.url}/staff/corrections")
    stays(page)
    page.keyboard.press("j")
    page.keyboard.press("1")
    expect(page.locator(".doubt")).to_have_count(2)
    expect(page.locator(".is-decided")).to_contain_text("Corrected to “Compares”")
    expect(page.get_by_role("status")).to_contain_text("Corrected to “Compares”.")
    assert chosen(page) == "is it right for b"
    page.keyboard.press("x")
    expect(page.locator(".doubt")).to_have_count(1)
    page.keyboard.press("r")
    expect(page.locator(".doubt")).to_have_count(0)
    page.keyboard.press("z")
    expect(page.get_by_role("status")).to_have_text("Undone.")
    assert chosen(page) == "is it right for a" and page.evaluate("window.stayed")
    assert [one.message_id for one in console.store.run(corrections.disputed_answers)] == doubts[2:]


def test_undo_is_offered_for_ten_seconds(page, console, doubts) -> None:
    page.clock.install()
    page.goto(f"{console.url}/staff/corrections")
    page.get_by_role("button", name="Dismiss").first.click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.mouse.move(0, 0)
    page.locator(".doubt a").first.focus()
    page.clock.run_for(9_000)
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.clock.run_for(2_000)
    expect(page.get_by_role("button", name="Undo")).to_be_hidden()
    page.get_by_role("button", name="Take back").click()
    expect(page.locator(".is-gone")).to_have_count(1)
    assert len(console.store.run(corrections.disputed_answers)) == 3


def test_chooser_decides_in_place(page, console, doubts) -> None:
    page.goto(f"{console.url}/staff/corrections")
    stays(page)
    page.keyboard.press("j")
    page.keyboard.press("c")
    page.get_by_label("Any topic or intent").fill("no such topic at all")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Choose one from the list")
    expect(page.get_by_label("Any topic or intent")).to_have_value("no such topic at all")
    page.complaints.clear()  # the browser logs each refusal
    page.get_by_label("Any topic or intent").fill("Asks what it can do")
    page.keyboard.press("Enter")
    expect(page.locator(".is-decided")).to_contain_text("Corrected to “Asks what it can do”")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".doubt")).to_have_count(3)
    assert page.evaluate("window.stayed") and kept(console, "correction") == 0


def test_transcript_keeps_its_place_and_what_is_open(page, console, asked) -> None:
    conversation, message = asked("what is that anyhow")
    page.goto(f"{console.url}/staff/conversations/{conversation}?channel=web")
    stays(page)
    page.keyboard.press("j")
    page.locator(f"#m{message} summary").click()
    for _ in range(2):
        page.evaluate("decide.say('')")
        page.keyboard.press("c")
        page.keyboard.press("1")
        expect(page.get_by_role("status")).to_contain_text("Corrected to “Compares”.")
        expect(page.locator(f"#m{message}")).to_contain_text("Corrected: Compares")
        expect(page.locator(f"#m{message}.is-chosen details[open]")).to_have_count(1)
    page.keyboard.press("z")  # the correction before comes back
    expect(page.get_by_role("status")).to_have_text("Undone.")
    assert console.store.run(corrections.find, message).label == "compare"
    assert page.evaluate("window.stayed") and page.url.endswith("?channel=web")


def test_digit_pressed_while_the_chooser_arrives_is_kept(page, console, asked) -> None:
    """A slow line brings the headers of an answer long before its text: the digit is pressed in between."""
    conversation, message = asked("what is that anyhow")
    page.goto(f"{console.url}/staff/conversations/{conversation}")
    page.evaluate(
        """() => {
          const text = Response.prototype.text;
          const arrived = new Promise((here) => { window.arrive = here; });
          window.headed = new Promise((here) => {
            Response.prototype.text = async function () { here(true); await arrived; return text.call(this); };
          });
        }"""
    )
    page.keyboard.press("j")
    page.keyboard.press("c")
    assert page.evaluate("headed")  # waits for it
    page.keyboard.press("1")
    page.evaluate("arrive()")
    expect(page.get_by_role("status")).to_contain_text("Corrected to “Compares”.")
    assert console.store.run(corrections.find, message).label == "compare"


def test_untouched_ways_of_asking_stay(page, console) -> None:
    said(console.store, "x", UNKNOWN[1], outcome="clarify", intent="nlu_fallback")  # a group of its own
    ask_unknown(console, UNKNOWN[0], UNKNOWN[0].upper() + "?")
    page.goto(f"{console.url}/staff/unanswered?order=most")
    stays(page)
    page.locator(".group").first.get_by_label("What it means").fill("Asks what it c")
    page.keyboard.press("Enter")
    expect(page.locator(".is-decided")).to_contain_text("Assigned to “Asks what it can do”")
    expect(page.locator(".group")).to_have_count(1)
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".group")).to_have_count(2)
    assert page.evaluate("window.stayed") and console.store.run(unanswered.count) == 3


def test_mistyped_topic_is_told_where_it_was_typed(page, console) -> None:
    ask_unknown(console, UNKNOWN[0])
    page.goto(f"{console.url}/staff/unanswered")
    field = page.get_by_label("What it means")
    field.fill("complares")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Did you mean “Compares”")
    expect(field).to_be_focused()
    expect(field).to_have_value("complares")
    page.complaints.clear()  # the browser logs each refusal


def test_contact_is_taken_on_in_place(page, console) -> None:
    conversation = said(console.store, "a", "call me")
    console.store.run(contact_requests.add_contact_request, conversation, "mira@example.org", "", "call me")
    [contact] = console.store.run(contact_requests.open_contact_requests)
    page.goto(f"{console.url}/staff/contacts")
    stays(page)
    page.get_by_role("button", name="Assign to me").click()
    expect(page.get_by_text("taken on by trainer")).to_be_visible()
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_text("done by trainer")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("taken on by trainer")).to_be_visible()
    assert page.evaluate("window.stayed")
    assert console.store.run(contact_requests.find_contact_request, contact.id).state == "taken"


def test_marking_in_the_list_can_be_undone(page, console) -> None:
    ids = fill(console.store)
    page.goto(f"{console.url}/staff/conversations")
    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(page.locator(f"#line-{ids['lost']}")).to_contain_text("Reviewed by trainer")
    expect(page.locator(f"#line-{ids['fees']}.is-chosen")).to_have_count(1)
    page.keyboard.press("z")
    expect(page.locator(f"#line-{ids['lost']}")).not_to_contain_text("Reviewed by trainer")
    expect(page.get_by_role("status")).to_have_text("Undone.")
    assert console.store.run(annotation.annotations_of, ids["lost"]).review is None


@pytest.mark.parametrize("size", SIZES)
def test_everybody_can_read_what_is_decided(browser, console, doubts, size) -> None:
    ask_unknown(console, *UNKNOWN)
    console.store.run(corrections.dismiss, doubts[:1], "right", "ann")
    with signed_in_page(browser, console, "trainer", viewport=SIZES[size], bypass_csp=True) as page:
        paths = ("/staff/decided", "/staff/corrections", "/staff/unanswered", "/staff/contacts")
        look_over(page, *(console.url + path for path in paths))


# --- over HTTP ------------------------------------------------------------------------------------------------------
def test_question_answer_and_why_stand_beside_a_doubt(console, doubts) -> None:
    page = console.signed_in("trainer").get("/staff/corrections").text
    assert page.count("It <strong>depends</strong> on the country.") == 3
    assert page.count("action_answer_topic") == 3 and "“not for a”" in page


def test_only_what_is_ticked_is_assigned(console) -> None:
    first, second = ask_unknown(console, *UNKNOWN[:2])
    form = {"what": "assign", "label": "compare", "way-2": str(second)}
    assert console.send(console.signed_in("trainer"), "/staff/unanswered", **form).status_code == 303
    assert [one.message_id for one in console.store.run(unanswered.list_newest)] == [first]


def test_large_group_is_decided_whole(console) -> None:
    numbers = ask_unknown(console, *["is there a pool"] * 520)
    way = ",".join(map(str, numbers))
    console.send(console.signed_in("trainer"), "/staff/unanswered", what="assign", label="compares", **{"way-1": way})
    assert console.store.run(unanswered.count) == 0
    [decision] = console.store.run(decisions.list_newest)
    assert decision.message_ids == tuple(numbers)


def test_what_was_decided_at_once_is_one_decision(console) -> None:
    numbers = ask_unknown(console, *UNKNOWN)
    client = console.signed_in("trainer")
    messages = ",".join(map(str, numbers))
    console.send(client, "/staff/unanswered", what="dismissed", messages=messages)
    [decision] = console.store.run(decisions.list_newest)
    assert (decision.what, decision.by, sorted(decision.message_ids)) == ("dismissed", "trainer", sorted(numbers))
    page = client.get("/staff/decided").text
    assert "Dismissed" in page and "3 questions" in page
    console.send(client, "/staff/decided/undo", messages=messages)
    assert [one.message_id for one in console.store.run(unanswered.list_newest)] == numbers


def test_taken_back_answer_does_not_count_as_unanswered(console, doubts) -> None:
    ask_unknown(console)
    client = console.signed_in("trainer")
    console.send(client, "/staff/corrections/judge", message=str(doubts[0]), what="right")
    console.send(client, "/staff/decided/undo", messages=str(doubts[0]))
    assert console.store.run(unanswered.count) == 0 and len(console.store.run(corrections.disputed_answers)) == 3


def test_older_decisions_are_on_the_next_page(console, doubts) -> None:
    for number in doubts:
        console.store.run(corrections.dismiss, [number], "right", "ann")
    newest = console.store.run(decisions.list_newest, None, 1)
    older = console.store.run(decisions.list_newest, newest[0].at)
    assert [one.message_ids for one in newest + older] == [(number,) for number in reversed(doubts)]


@pytest.mark.parametrize("form", [{"messages": ""}, {"messages": "x"}, {}])
def test_nothing_cannot_be_taken_back(console, form) -> None:
    answer = console.send(console.signed_in("trainer"), "/staff/decided/undo", **form)
    assert answer.status_code == 400 and "Choose at least one question" in answer.text


def test_many_messages_hide_no_older_decision(console) -> None:
    """A decision about several hundred messages counts once, and is shown whole."""
    for _ in range(3):
        corrected, *dismissed = ask_unknown(console, *[f"is there a pool {number}" for number in range(400)])
        console.store.run(corrections.correct, corrected, "", corrections.Meaning(intent="compares"), "ann")
        console.store.run(corrections.dismiss, dismissed, corrections.DISMISSED, "ann")
    listed = console.store.run(decisions.list_newest)
    assert [len(one.message_ids) for one in listed] == [399, 1] * 3
    assert console.store.run(decisions.list_newest, None, 4) == listed[:4]
    assert console.store.run(decisions.list_newest, listed[3].at) == listed[4:]


def test_only_trainers_take_back(console, doubts) -> None:
    console.store.run(corrections.dismiss, doubts[:1], "right", "ann")
    adviser = console.signed_in("adviser")
    assert "Take back" not in adviser.get("/staff/decided").text
    assert console.send(adviser, "/staff/decided/undo", messages=str(doubts[0])).status_code == 403


# --- the answer is wrong ------------------------------------------------------------------------------------------------
def test_wrong_answer_goes_to_a_draft_and_can_be_taken_back(page, console, doubts) -> None:
    page.goto(f"{console.url}/staff/corrections")
    stays(page)
    page.keyboard.press("j")
    page.keyboard.press("w")
    expect(page.get_by_label("What is wrong, and")).to_be_focused()
    expect(page.get_by_label("The topic that")).to_have_value("Visas and travel")
    page.keyboard.type("It names the wrong form.")
    page.get_by_role("dialog").get_by_role("button", name="The answer is wrong").click()
    expect(page.locator(".is-decided")).to_contain_text("Wrong answer, noted on “Visas and travel”")
    expect(page.locator(".doubt")).to_have_count(2)
    [draft] = console.store.run(entry_drafts.list_all)
    assert (draft.key, draft.why) == (VISA, wrong_answers.WHY) and page.evaluate("window.stayed")
    page.goto(f"{console.url}/staff/decided")
    expect(page.locator("[data-row]")).to_contain_text("The answer is wrong")
    page.get_by_role("link", name="The draft").click()
    expect(page.locator("#comments")).to_contain_text("It names the wrong form.")
    page.get_by_role("link", name="The answer that is wrong").click()
    expect(page.locator(f"#m{doubts[0]}.is-chosen")).to_be_visible()
    page.locator(f"#m{doubts[0]} [data-correct]").click()
    page.get_by_role("dialog").get_by_role("link", name="the answer is wrong").click()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("status").filter(has_text="Taken back.")).to_be_visible()
    assert [one.message_id for one in console.store.run(corrections.disputed_answers)] == doubts
    assert console.store.run(entry_drafts.list_all) == []


def test_wrong_answers_of_a_topic_meet_in_one_draft(console, doubts) -> None:
    trainer = console.signed_in("trainer")
    for number in doubts:
        told = console.send(trainer, f"/staff/messages/{number}/wrong", reason=f"Wrong in {number}", topic=VISA)
        assert told.status_code == 303 and told.headers["location"].endswith(f"#m{number}")
    again = console.send(trainer, f"/staff/messages/{doubts[0]}/wrong", reason="Said better", topic="visas AND travel")
    assert again.status_code == 303 and console.store.run(corrections.disputed_answers) == []
    [draft] = console.store.run(entry_drafts.list_all)
    reasons = [f"Wrong in {doubts[1]}", f"Wrong in {doubts[2]}", "Said better"]
    assert [each.reason for each in console.store.run(wrong_answers.on_draft, draft.id)] == reasons
    console.store.run(draft_comments.add, draft.id, "I look at it.", "editor")
    console.send(trainer, "/staff/decided/undo", messages=",".join(map(str, doubts)))
    assert [each.reason for each in console.store.run(wrong_answers.on_draft, draft.id)] == ["I look at it."]
    assert len(console.store.run(corrections.disputed_answers)) == 3


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"reason": " ", "topic": VISA}, "Say what is wrong"),
        ({"reason": "x" * 1501, "topic": VISA}, "Say what is wrong"),
        ({"reason": "Wrong", "topic": ""}, "Choose the topic"),
        ({"reason": "Wrong", "topic": "no such topic"}, "Choose the topic"),
    ],
)
def test_wrong_answer_needs_a_reason_and_a_topic(console, doubts, form, told) -> None:
    refused = console.send(console.signed_in("trainer"), f"/staff/messages/{doubts[0]}/wrong", **form)
    assert refused.status_code == 400 and told in refused.text and kept(console, "judgement") == 0
    assert console.store.run(entry_drafts.list_all) == []


def test_who_may_call_an_answer_wrong(console, doubts) -> None:
    form = {"reason": "Wrong", "topic": VISA}
    assert console.send(console.signed_in("editor"), f"/staff/messages/{doubts[0]}/wrong", **form).status_code == 403
    assert console.signed_in("trainer").get("/staff/messages/999/wrong").status_code == 404
    silent = console.send(
        console.signed_in("trainer"), "/staff/corrections/judge", message=str(doubts[0]), what="wrong"
    )
    assert silent.status_code == 400 and kept(console, "judgement") == 0


def test_first_press_on_a_row_with_a_long_answer_counts(browser, console) -> None:
    """A chosen row unfolds; what the mouse presses may not move away under it."""
    for word in ("rice", "pools"):
        said(
            console.store,
            word,
            f"do you sell {word}",
            "A long answer that says a lot. " * 40,
            outcome="declined",
            intent="out_of_scope",
        )
    while console.store.run(unanswered.scan):
        pass
    with signed_in_page(browser, console, "trainer", viewport={"width": 1280, "height": 800}) as page:
        page.goto(f"{console.url}/staff/unanswered")
        row = page.locator("[data-row]").first
        answer = row.locator(".answer")
        folded = answer.bounding_box()["height"]
        box = row.get_by_role("button", name="Dismiss").bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.mouse.down()
        assert answer.bounding_box()["height"] == folded
        page.mouse.up()
        expect(page.get_by_role("button", name="Undo").first).to_be_visible()
        [decision] = console.store.run(decisions.list_newest)
        assert decision.what == "dismissed"
        page.locator("[data-row]").last.get_by_placeholder("Choose a topic").click()
        expect(page.locator("[data-row].is-chosen")).to_have_count(1)
