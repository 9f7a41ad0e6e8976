"""Words that come with a picture, after it, or anew: captions, albums and edits on Telegram."""

# ruff: noqa: F811  # fixtures are imported, and named as parameters
from __future__ import annotations

import json

import pytest

from conversations.learning import corrections
from demo.stand_ins.telegram.world import entities_of
from tests.front.telegram_fixtures import (  # noqa: F401  # fixtures
    bot_api,
    frame,
    numbers,
    shared_telegram,
    telegram,
    wait_for,
)
from tests.front.test_hand_over_platforms import act, console_of

FILE = {"file_id": "f1", "file_unique_id": "u1"}
PHOTO = [{**FILE, "width": 90, "height": 60}]
VIDEO = {**FILE, "width": 1, "height": 1, "duration": 2}
CAPTIONED = {
    "photo": {"photo": PHOTO},
    "video": {"video": VIDEO},
    "document": {"document": {**FILE, "file_name": "cv.pdf"}},
    "animation": {"animation": VIDEO, "document": FILE},
    "audio": {"audio": {**FILE, "duration": 2}},
    "voice": {"voice": {**FILE, "duration": 3}},
    "paid_media": {"paid_media": {"star_count": 5, "paid_media": [{"type": "preview"}]}},
    "live_photo": {"live_photo": {"photo": PHOTO, "video": VIDEO}, "photo": PHOTO},
}
QUESTION = "is this certificate recognised in canada?"
SOMEWHERE = "@advisor_demo_bot "


def group() -> int:
    return -next(numbers) - 10**9


def asked(telegram) -> list[str]:
    """Return what the engine was asked in this test's conversation with the person."""
    return [one["text"] for one in telegram.engine.asked if one["conversation"] == telegram.conversation().id]


def album(telegram, *captions: str, number: str, **more) -> None:
    """Send an album of a picture for each caption, which may be empty."""
    for caption in captions:
        about = {"caption": caption, "caption_entities": entities_of(caption)} if caption else {}
        telegram.bring(photo=PHOTO, media_group_id=number, **about, **more)


def edited(telegram, update: dict, text: str, later: int = 10, **more) -> None:
    """Edit the message of an update as the person, and have the webhook take it."""
    message = {**update["message"], "edit_date": update["message"]["date"] + later, **more}
    key = "caption" if "caption" in message else "text"
    message |= {key: text, "caption_entities" if key == "caption" else "entities": entities_of(text)}
    assert telegram.call(telegram.world.update(edited_message=message)).status_code == 200


# --- captions -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", CAPTIONED)
def test_caption_is_answered(telegram, kind) -> None:
    telegram.bring(**CAPTIONED[kind], caption=QUESTION)
    assert telegram.answer() == f"re: {QUESTION}"
    assert telegram.told()[0].text == f"[{kind}] {QUESTION}"


def test_caption_of_unknown_content_is_answered(telegram) -> None:
    telegram.bring(hologram={**FILE}, caption=QUESTION)
    assert telegram.answer() == f"re: {QUESTION}"


def test_caption_is_no_command(telegram) -> None:
    telegram.bring(photo=PHOTO, caption="/delete", caption_entities=entities_of("/delete"))
    assert telegram.answer() == "re: /delete"


def test_caption_in_reply_is_answered(telegram) -> None:
    chat = group()
    telegram.write(f"{SOMEWHERE}first", chat)
    said = telegram.answers(1, chat)[0]
    message = {**telegram.world.message(chat, telegram.person, reply_to=said["message_id"]), "photo": PHOTO}
    telegram.call(telegram.world.update(message=telegram.world.keep({**message, "caption": "and this?"})))
    assert telegram.answers(2, chat)[1]["text"] == "re: and this?"


def test_name_alone_as_caption_asks_for_words(telegram) -> None:
    chat = group()
    telegram.bring(chat, photo=PHOTO, caption=SOMEWHERE, caption_entities=entities_of(SOMEWHERE))
    assert "text only" in telegram.answer(chat)


def test_name_alone_asks_for_help(telegram) -> None:
    chat = group()
    telegram.write(SOMEWHERE.strip(), chat)
    assert telegram.answer(chat) == "re: /ask_help"


def test_staff_read_the_caption(telegram) -> None:
    telegram.write("hello")
    telegram.answers(1)
    console, one = console_of(telegram), telegram.conversation().id
    act(console, "adviser", one, "take")
    telegram.bring(photo=PHOTO, caption=QUESTION)
    wait_for(lambda: f"[photo] {QUESTION}" in console.signed_in("adviser").get(f"/staff/conversations/{one}").text)


def test_caption_is_taught_without_its_note(telegram) -> None:
    telegram.bring(photo=PHOTO, caption=QUESTION)
    telegram.answer()
    asked = telegram.told()[0]
    telegram._read(corrections.correct, asked.id, asked.text, corrections.Meaning("challenges/visa"), "trainer")
    assert telegram._read(corrections.find, asked.id).text == QUESTION


# --- albums -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("place", range(4))
def test_album_is_answered_by_its_caption(telegram, place) -> None:
    album(telegram, *(QUESTION if number == place else "" for number in range(4)), number=f"a{place}")
    assert telegram.answer() == f"re: {QUESTION}"
    telegram.quiet(2.0)
    assert len(telegram.answers(1)) == 1 and asked(telegram) == [QUESTION]
    assert not any("text only" in one.text for one in telegram.told()), "what was not said is not in the transcript"


def test_each_caption_of_an_album_is_answered(telegram) -> None:
    album(telegram, "one?", "", "two?", number="b")
    assert [one["text"] for one in telegram.answers(2)] == ["re: one?", "re: two?"]


def test_album_without_caption_gets_one_word(telegram) -> None:
    album(telegram, "", "", "", number="c")
    assert "text only" in telegram.answer()
    telegram.quiet(2.0)
    assert len(telegram.answers(1)) == 1


def test_late_caption_is_answered_too(telegram) -> None:
    album(telegram, "", number="d")
    assert "text only" in telegram.answer()
    album(telegram, QUESTION, number="d")
    assert telegram.answers(2)[1]["text"] == f"re: {QUESTION}"


def test_album_counts_once_against_haste(telegram) -> None:
    updates = telegram.front.channels["telegram"]._updates
    updates._per_minute = 2
    try:
        album(telegram, *[""] * 9, number="e")
        telegram.answers(1)
        telegram.write("hello")
        assert telegram.answers(2)[1]["text"] == "re: hello"
    finally:
        updates._per_minute = 0


def test_album_in_group_is_answered_by_name(telegram) -> None:
    chat = group()
    album(telegram, "", SOMEWHERE + QUESTION, "", number="f", chat=chat)
    assert telegram.answer(chat) == f"re: {QUESTION}"
    telegram.quiet()
    assert len(telegram.answers(1, chat)) == 1


# --- edits --------------------------------------------------------------------------------------------------------
def test_edited_message_is_answered_anew(telegram) -> None:
    update = telegram.write("visa for germany")
    telegram.answers(1)
    edited(telegram, update, "visa for canada")
    said = telegram.answers(2)[1]
    assert said["text"] == "re: visa for canada"
    assert said["reply_to_message"]["message_id"] == update["message"]["message_id"]


def test_edited_caption_is_answered_anew(telegram) -> None:
    update = telegram.bring(photo=PHOTO, caption="in germany?")
    telegram.answers(1)
    edited(telegram, update, QUESTION)
    assert telegram.answers(2)[1]["text"] == f"re: {QUESTION}"


def test_caption_added_by_edit_is_answered(telegram) -> None:
    update = telegram.bring(photo=PHOTO)
    telegram.answers(1)
    edited(telegram, update, QUESTION, caption="")
    assert telegram.answers(2)[1]["text"] == f"re: {QUESTION}"


def test_edit_without_new_words_is_let_go_by(telegram) -> None:
    update = telegram.write("visa")
    telegram.answers(1)
    edited(telegram, update, "visa", link_preview_options={"is_disabled": True})
    telegram.quiet()
    assert len(telegram.told()) == 3


def test_same_edit_is_answered_once(telegram) -> None:
    update = telegram.write("one")
    telegram.answers(1)
    message = {**update["message"], "text": "two", "edit_date": update["message"]["date"] + 1}
    again = telegram.world.update(edited_message=message)
    assert [telegram.call(again).status_code for _ in range(3)] == [200] * 3
    telegram.answers(2)
    telegram.quiet()
    assert asked(telegram) == ["one", "two"]


def test_edits_wait_behind_what_is_open(telegram) -> None:
    telegram.engine.seconds = 0.3
    first = telegram.write("one")
    telegram.write("two")
    edited(telegram, first, "three")
    edited(telegram, first, "one")
    assert [one["text"] for one in telegram.answers(4)] == ["re: one", "re: two", "re: three", "re: one"]


@pytest.mark.parametrize(("hours", "is_answered"), [(1, True), (47, True), (49, False), (24 * 365, False)])
def test_edit_of_old_message_is_answered_for_two_days(telegram, hours, is_answered) -> None:
    update = telegram.write("one")
    telegram.answers(1)
    edited(telegram, update, "two", later=hours * 3600)
    telegram.quiet()
    assert asked(telegram) == (["one", "two"] if is_answered else ["one"])


@pytest.mark.parametrize(("seconds", "is_answered"), [(30, True), (7200, False)])
def test_unknown_message_is_answered_if_new(telegram, seconds, is_answered) -> None:
    edited(telegram, {"message": frame(telegram.person, text="x")}, "visa", later=seconds)
    telegram.quiet()
    assert bool(telegram.conversation()) == is_answered


def test_edit_in_group_is_let_go_by(telegram) -> None:
    chat = group()
    update = telegram.world.write(chat, telegram.person, "just between us")
    edited(telegram, update, "just between the two of us")
    assert telegram.conversation(f"{telegram.person}/{chat}") is None


def test_name_added_by_edit_is_heard(telegram) -> None:
    chat = group()
    update = telegram.world.write(chat, telegram.person, "which country?")
    edited(telegram, update, f"{SOMEWHERE}which country?")
    assert telegram.answer(chat) == "re: which country?"


def test_edit_that_only_names_us_changes_nothing(telegram) -> None:
    chat = group()
    update = telegram.write(f"{SOMEWHERE}which country?", chat)
    telegram.answers(1, chat)
    edited(telegram, update, "which country? @advisor_demo_bot")
    telegram.quiet()
    assert len(telegram.answers(1, chat)) == 1


def test_edited_into_command_is_command(telegram) -> None:
    update = telegram.write("delete")
    telegram.answers(1)
    edited(telegram, update, "/delete")
    assert "Shall I delete everything" in telegram.answers(2)[1]["text"]


def test_staff_read_the_new_wording(telegram) -> None:
    update = telegram.write("visa for germany")
    telegram.answers(1)
    console, one = console_of(telegram), telegram.conversation().id
    act(console, "adviser", one, "take")
    edited(telegram, update, "visa for chile")
    wait_for(lambda: "visa for chile" in console.signed_in("adviser").get(f"/staff/conversations/{one}").text)
    assert "visa for chile" not in json.dumps(telegram.engine.asked)
