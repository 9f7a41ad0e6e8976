"""Every kind of update that Telegram sends, in its documented shape: what becomes of it. The Bot API is a strict stand-in."""

# ruff: noqa: F811  # fixtures are imported, and named as parameters
from __future__ import annotations

import json

import pytest

from demo.stand_ins.telegram.world import chat_of, entities_of, user
from tests.front.telegram_fixtures import (  # noqa: F401  # fixtures
    HEADERS,
    bot_api,
    buttons_of,
    frame,
    numbers,
    shared_telegram,
    telegram,
    titles_of,
    wait_for,
)

GROUP = -100_500
PHOTO = [{"file_id": "p1", "file_unique_id": "u1", "width": 90, "height": 60}]
FILE = {"file_id": "f1", "file_unique_id": "u2"}
MEDIA = {
    "photo": {"photo": PHOTO},
    "sticker": {
        "sticker": {**FILE, "type": "regular", "width": 1, "height": 1, "is_animated": False, "is_video": False}
    },
    "voice": {"voice": {**FILE, "duration": 3}},
    "document": {"document": {**FILE, "file_name": "cv.pdf"}},
    "video": {"video": {**FILE, "width": 1, "height": 1, "duration": 2}},
    "video note": {"video_note": {**FILE, "length": 1, "duration": 2}},
    "audio": {"audio": {**FILE, "duration": 2}},
    "location": {"location": {"latitude": 51.5, "longitude": -0.1}},
    "contact": {"contact": {"phone_number": "+100", "first_name": "Ana"}},
    "dice": {"dice": {"emoji": "\U0001f3b2", "value": 3}},
    "poll": {
        "poll": {
            "id": "1",
            "question": "?",
            "options": [{"persistent_id": "0", "text": "yes", "voter_count": 0}],
            "total_voter_count": 0,
            "is_closed": False,
            "is_anonymous": True,
            "type": "regular",
            "allows_multiple_answers": False,
            "allows_revoting": False,
            "members_only": False,
        }
    },
}
CHANNEL = {"id": -100_900, "type": "channel", "title": "News"}
MEMBER = {"user": user(1), "status": "member"}


def ignored(person: int) -> dict[str, dict]:
    """Return updates of which nothing is made, by design."""
    return {
        "edited photo": {"edited_message": frame(person, photo=PHOTO, edit_date=1764000001)},
        "live location": {"edited_message": frame(person, **MEDIA["location"], edit_date=1764000001)},
        "old edited text": {"edited_message": frame(person, text="visa", edit_date=1764090001)},
        "channel post": {"channel_post": {"message_id": 1, "date": 1, "chat": CHANNEL, "text": "news"}},
        "edited channel post": {
            "edited_channel_post": {"message_id": 1, "date": 1, "edit_date": 2, "chat": CHANNEL, "text": "news"}
        },
        "bot blocked by person": {
            "my_chat_member": {
                "chat": chat_of(person),
                "from": user(person),
                "date": 1,
                "old_chat_member": {"user": user(42), "status": "member"},
                "new_chat_member": {"user": user(42), "status": "kicked", "until_date": 0},
            }
        },
        "member joined": {
            "chat_member": {
                "chat": chat_of(GROUP),
                "from": user(person),
                "date": 1,
                "old_chat_member": {"user": user(1), "status": "left"},
                "new_chat_member": MEMBER,
            }
        },
        "wish to join": {
            "chat_join_request": {"chat": chat_of(GROUP), "from": user(person), "user_chat_id": person, "date": 1}
        },
        "new members": {"message": frame(person, new_chat_members=[user(7)])},
        "pinned message": {"message": frame(person, pinned_message=frame(person, text="x"))},
        "another bot": {"message": {**frame(person, text="hi"), "from": {**user(9), "is_bot": True}}},
        "inline query": {"inline_query": {"id": "1", "from": user(person), "query": "visa", "offset": ""}},
        "chosen inline result": {"chosen_inline_result": {"result_id": "1", "from": user(person), "query": "visa"}},
        "reaction": {
            "message_reaction": {
                "chat": chat_of(person),
                "message_id": 1,
                "user": user(person),
                "date": 1,
                "old_reaction": [],
                "new_reaction": [{"type": "emoji", "emoji": "\U0001f44d"}],
            }
        },
        "poll state": {"poll": MEDIA["poll"]["poll"]},
        "kind of tomorrow": {"thought_message": {"id": "1", "from": user(person)}},
        "message without chat": {"message": {"message_id": 1, "date": 1, "text": "hi"}},
    }


def test_text_is_answered(telegram) -> None:
    telegram.write("what is a micro-credential?")
    assert telegram.answer() == "re: what is a micro-credential?"
    assert telegram.world.refused == []


def test_two_updates_in_a_row(telegram) -> None:
    telegram.write("one")
    telegram.write("two")
    assert [one["text"] for one in telegram.answers(2)] == ["re: one", "re: two"]


def test_first_message_says_it_is_a_machine(telegram) -> None:
    telegram.write("hello")
    telegram.answers(1)
    first = telegram.world.by_bot(telegram.person)[0]
    assert "a machine and not a person" in first["text"]
    assert {"type": "text_link", "url": "https://example.org/privacy"}.items() <= first["entities"][0].items()


def test_greeting_comes_once(telegram) -> None:
    telegram.write("hello")
    telegram.answers(1)
    telegram.write("again")
    telegram.answers(2)
    assert len([one for one in telegram.world.by_bot(telegram.person) if "a machine" in one["text"]]) == 1


@pytest.mark.parametrize(
    ("app", "greeting"), [("de-AT", "eine Maschine und kein Mensch"), ("tlh", "a machine and not a person")]
)
def test_front_speaks_as_the_persons_app_does(telegram, app, greeting, monkeypatch) -> None:
    said = [{"text": "Ask the consulate.", "metadata": {"outcome": "answered"}}]
    monkeypatch.setattr(telegram.engine, "reply", lambda asked: said)
    message = telegram.world.message(telegram.person, telegram.person) | {"text": "visa?"}
    message["from"] |= {"language_code": app}
    assert telegram.call(telegram.world.update(message=telegram.world.keep(message))).status_code == 200
    [answer] = telegram.answers(1)
    assert greeting in telegram.world.by_bot(telegram.person)[0]["text"]
    assert answer["text"] == "Ask the consulate.", "what the advisor says stays as it is"
    assert titles_of(answer) == (["Hilfreich", "Nicht hilfreich"] if app == "de-AT" else ["Helpful", "Not helpful"])


def test_typing_shows_while_thinking(telegram) -> None:
    telegram.engine.seconds = 0.5
    telegram.write("hello")
    telegram.answers(1)
    assert telegram.world.typing[telegram.person] >= 1


def test_same_update_is_answered_once(telegram) -> None:
    update = telegram.write("hello")
    telegram.answers(1)
    assert telegram.call(update).status_code == 200
    telegram.quiet()
    assert len(telegram.answers(1)) == 1


def test_ids_are_noted_with_message(telegram) -> None:
    update = telegram.write("hello")
    message = telegram.told()[0]
    assert message.context["update"] == update["update_id"]
    assert message.context["message"] == update["message"]["message_id"]
    assert message.context["user"] == telegram.person and message.context["language"] == "en"


@pytest.mark.parametrize("kind", MEDIA)
def test_media_is_asked_for_in_words(telegram, kind) -> None:
    telegram.bring(**MEDIA[kind])
    assert "text only, please" in telegram.answer()
    assert telegram.told()[0].text == f"[{next(iter(MEDIA[kind]))}]"


def test_album_is_answered_once(telegram) -> None:
    telegram.bring(photo=PHOTO, media_group_id="777")
    telegram.bring(photo=PHOTO, media_group_id="777")
    telegram.answers(1)
    telegram.quiet()
    assert len(telegram.answers(1)) == 1


@pytest.mark.parametrize("kind", ignored(1))
def test_update_is_let_go_by(telegram, kind) -> None:
    update = {"update_id": next(numbers), **ignored(telegram.person)[kind]}
    assert telegram.call(update).status_code == 200
    assert telegram.conversation() is None


def test_press_of_inline_message_is_answered(telegram) -> None:
    telegram.world.queries["inline-1"] = {}
    query = {
        "id": "inline-1",
        "from": user(telegram.person),
        "chat_instance": "1",
        "inline_message_id": "9",
        "data": "x",
    }
    assert telegram.call({"update_id": next(numbers), "callback_query": query}).status_code == 200
    assert wait_for(lambda: "answer" in telegram.world.queries["inline-1"])


@pytest.mark.parametrize(
    ("body", "status"), [(b"{not json", 400), (b"[1, 2]", 400), (b"", 400), (b"\xff\xfe", 400), (b"{}", 200)], ids=repr
)
def test_odd_bodies_are_no_trouble(telegram, body, status) -> None:
    answer = telegram.call(body)
    assert answer.status_code == status and answer.headers["content-type"] == "application/json"


def test_huge_body_is_refused(telegram) -> None:
    assert telegram.call(b'{"update_id": 1, "x": "' + b"y" * 1_100_000 + b'"}').status_code == 413


@pytest.mark.parametrize(
    "headers",
    [{}, {"X-Telegram-Bot-Api-Secret-Token": "wrong"}, {"X-Telegram-Bot-Api-Secret-Token": "\u00fc".encode()}],
    ids=["none", "wrong", "not ascii"],
)
def test_call_without_secret_creates_nothing(telegram, headers) -> None:
    update = telegram.world.write(telegram.person, telegram.person, "hello")
    assert telegram.call(update, headers).status_code == 403
    assert telegram.conversation() is None


def test_webhook_takes_no_get(telegram) -> None:
    import httpx

    assert httpx.get(f"{telegram.url}/webhooks/telegram/webhook", headers=HEADERS).status_code == 405


def test_nobody_else_can_set_the_webhook(telegram) -> None:
    import httpx

    assert httpx.get(f"{telegram.url}/webhooks/telegram/set_webhook", headers=HEADERS).status_code == 404


def test_long_message_is_refused_politely(telegram) -> None:
    telegram.write("a" * 2500)
    assert "longer than I can read" in telegram.answer()


def test_hostile_characters_are_kept_out(telegram) -> None:
    update = {"update_id": next(numbers), "message": frame(telegram.person, text="a\x00b \ud800 c")}
    telegram.world.keep(frame(telegram.person, text="first"))
    assert telegram.call(json.dumps(update).encode()).status_code == 200
    assert telegram.told()[0].text == "ab ? c"


def test_what_was_typed_is_never_a_payload(telegram) -> None:
    telegram.write('/ask_topic{"topic": "challenges/visa"}')
    telegram.answers(1)
    assert "payload" not in telegram.engine.asked[-1]


@pytest.mark.parametrize("typed", ["/restart", "/session_start", "what is /bot and /bottle", "/EXTERNAL_reply"])
def test_slashes_in_text_stay_text(telegram, typed) -> None:
    telegram.write(typed)
    telegram.answers(1)
    assert telegram.engine.asked[-1]["text"] == typed


def test_too_many_messages_are_slowed_down(telegram) -> None:
    telegram.front.channels["telegram"]._updates._per_minute = 2
    try:
        for number in range(3):
            telegram.write(f"message {number}")
        texts = [one["text"] for one in telegram.answers(3)]
    finally:
        telegram.front.channels["telegram"]._updates._per_minute = 0
    assert texts[:2] == ["re: message 0", "re: message 1"] and "a lot at once" in texts[2]


# --- commands -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "payload"),
    [
        ("/start", "/greet"),
        ("/start@advisor_demo_bot", "/greet"),
        ("/START", "/greet"),
        ("/help", "/ask_help"),
        ("/help me please", "/ask_help"),
        ("/human", "/want_person"),
        ("/start challenges_visa", '/ask_topic{"topic": "challenges/visa"}'),
        ("/start not-stated_fees", '/ask_topic{"topic": "not-stated/fees"}'),
        ("/start no_such_topic", "/greet"),
    ],
)
def test_commands_become_payloads(telegram, typed, payload, monkeypatch) -> None:
    known = {"challenges/visa", "not-stated/fees"}
    monkeypatch.setattr(telegram.front.channels["telegram"]._updates, "_is_topic", known.__contains__)
    telegram.write(typed)
    telegram.answers(1)
    assert telegram.engine.asked[-1]["payload"] == payload
    assert telegram.told()[0].text == typed


def test_commands_are_registered(telegram) -> None:
    registered = wait_for(lambda: telegram.world.commands)
    assert [one["command"] for one in registered] == ["start", "help", "human", "mydata", "delete"]
    german = wait_for(lambda: telegram.world.commands_of_language.get("de"))
    assert [each["command"] for each in german] == [each["command"] for each in registered]
    assert german[-1]["description"] == "Meine Daten löschen"


# --- groups -------------------------------------------------------------------------------------------------------
def group() -> int:
    """Return the number of a group of a test's own."""
    return -next(numbers) - 10**9


def test_group_talk_is_left_alone(telegram) -> None:
    chat = group()
    telegram.write("anybody here?", chat)
    telegram.write("I like @advisor_demo_bot_two", chat)
    telegram.write("/help@other_bot", chat)
    telegram.write("/unknown", chat)
    telegram.bring(chat, photo=PHOTO)
    assert telegram.conversation(f"{telegram.person}/{chat}") is None


def test_mention_in_group_is_answered(telegram) -> None:
    chat = group()
    telegram.write("@Advisor_Demo_Bot which country?", chat)
    assert telegram.answer(chat) == "re: which country?"


def test_mention_after_emoji_is_cut_rightly(telegram) -> None:
    chat = group()
    telegram.write("\U0001f393\U0001f393 ask @advisor_demo_bot: which country?", chat)
    assert telegram.answer(chat) == "re: \U0001f393\U0001f393 ask : which country?"


def test_mention_by_id_is_answered(telegram) -> None:
    chat = group()
    mention = {"type": "text_mention", "offset": 0, "length": 7, "user": {**user(42), "is_bot": True}}
    telegram.bring(chat, text="Advisor which country?", entities=[mention])
    assert telegram.answer(chat) == "re: which country?"


def test_reply_in_group_is_answered(telegram) -> None:
    chat = group()
    telegram.write("@advisor_demo_bot first", chat)
    said = telegram.answers(1, chat)[0]
    telegram.write("and second?", chat, reply_to=said["message_id"])
    assert telegram.answers(2, chat)[1]["text"] == "re: and second?"


@pytest.mark.parametrize("typed", ["/help", "/help@advisor_demo_bot", "/help@ADVISOR_demo_bot"])
def test_command_in_group_is_answered(telegram, typed) -> None:
    chat = group()
    telegram.write(typed, chat)
    assert telegram.answer(chat) == "re: /ask_help"


def test_unknown_command_to_us_is_text(telegram) -> None:
    chat = group()
    telegram.write("/tell@advisor_demo_bot me", chat)
    assert telegram.answer(chat) == "re: /tell me"


def test_caption_that_names_us_is_answered(telegram) -> None:
    chat, caption = group(), "@advisor_demo_bot what is this?"
    telegram.bring(chat, photo=PHOTO, caption=caption, caption_entities=entities_of(caption))
    assert telegram.answer(chat) == "re: what is this?"


def test_people_of_a_group_are_kept_apart(telegram) -> None:
    chat, other = group(), next(numbers)
    telegram.write("@advisor_demo_bot mine", chat)
    telegram.write("@advisor_demo_bot theirs", chat, other)
    telegram.answers(3, chat)  # two answers and the other one's greeting
    mine, theirs = telegram.conversation(f"{telegram.person}/{chat}"), telegram.conversation(f"{other}/{chat}")
    assert mine.id != theirs.id
    assert [one.text for one in telegram.told(f"{other}/{chat}")][0] == "theirs"


def test_answer_in_group_quotes_the_question(telegram) -> None:
    chat = group()
    update = telegram.write("@advisor_demo_bot which country?", chat)
    said = telegram.answers(1, chat)[0]
    assert said["reply_to_message"]["message_id"] == update["message"]["message_id"]


def test_topics_of_a_forum_are_kept_apart(telegram) -> None:
    chat = group()
    telegram.write("@advisor_demo_bot one", chat, thread=7)
    telegram.write("@advisor_demo_bot two", chat, thread=8)
    said = {one["text"]: one["message_thread_id"] for one in telegram.answers(3, chat) if one["text"][:3] == "re:"}
    assert said == {"re: one": 7, "re: two": 8}


def test_chain_of_replies_is_no_topic(telegram) -> None:
    chat = group()
    text = "@advisor_demo_bot hi"
    telegram.bring(chat, text=text, entities=entities_of(text), message_thread_id=99)
    assert "message_thread_id" not in telegram.answers(1, chat)[0]


def test_anonymous_admin_is_the_group(telegram) -> None:
    chat, text = group(), "@advisor_demo_bot hi"
    sender = {"id": chat, "type": "supergroup", "title": "Study abroad"}
    bot = {**user(1087968824), "is_bot": True}
    telegram.bring(chat, text=text, entities=entities_of(text), sender_chat=sender, **{"from": bot})
    assert telegram.answer(chat) == "re: hi"
    assert telegram.conversation(f"{chat}/{chat}")


def test_private_and_group_are_kept_apart(telegram) -> None:
    chat = group()
    telegram.write("my secret plan")
    telegram.write("@advisor_demo_bot hello", chat)
    telegram.answers(1, chat)
    assert "secret" not in json.dumps(telegram.world.said(chat))
    assert telegram.conversation().id != telegram.conversation(f"{telegram.person}/{chat}").id


# --- buttons ------------------------------------------------------------------------------------------------------
def with_buttons(asked: dict) -> list[dict]:
    topic = '/ask_topic{"topic": "' + "challenges/visa-and-travel" * 4 + '"}'
    buttons = [{"title": "Visas", "payload": topic}, {"title": "Fees", "payload": "/more"}]
    if asked.get("payload"):
        return [{"text": f"re: {asked['payload']}", "metadata": {"outcome": "answered"}}]
    return [{"text": "Choose.", "buttons": buttons, "metadata": {"outcome": "answered", "topic": "a/b"}}]


def test_buttons_stand_one_a_row(telegram) -> None:
    telegram.engine.reply = with_buttons
    telegram.write("hello")
    rows = telegram.answers(1)[0]["reply_markup"]["inline_keyboard"]
    assert [[one["text"] for one in row] for row in rows] == [["Visas"], ["Fees"], ["Helpful", "Not helpful"]]
    assert all(len(one["callback_data"].encode()) <= 64 for row in rows for one in row)


def test_press_is_the_payload(telegram) -> None:
    telegram.engine.reply = with_buttons
    telegram.write("hello")
    assert telegram.press(telegram.answers(1)[0], "Fees") == ""
    assert telegram.answers(2)[1]["text"] == "re: /more"
    assert [one.text for one in telegram.told() if one.payload] == ["Fees"]


def test_spent_buttons_are_removed(telegram) -> None:
    telegram.engine.reply = with_buttons
    telegram.write("hello")
    message = telegram.answers(1)[0]
    telegram.press(message, "Visas")
    wait_for(lambda: titles_of(message) == ["Helpful", "Not helpful"])


def test_second_tap_is_one_choice(telegram) -> None:
    telegram.engine.reply = with_buttons
    telegram.write("hello")
    message = dict(telegram.answers(1)[0])
    telegram.press(message, "Fees")
    assert "already" in telegram.press(message, "Fees")
    telegram.answers(2)
    telegram.quiet()
    assert len(telegram.answers(2)) == 2


def test_others_cannot_press(telegram) -> None:
    chat, other = group(), next(numbers)
    telegram.engine.reply = with_buttons
    telegram.write("@advisor_demo_bot hello", chat)
    message = telegram.answers(1, chat)[0]  # before the other is greeted, too
    telegram.write("@advisor_demo_bot me too", chat, other)
    assert "somebody else" in telegram.press(message, "Fees", person=other)
    assert titles_of(message)[:2] == ["Visas", "Fees"]


@pytest.mark.parametrize("data", ["no-such-token-00", "up:1", "up:x", "down:" + "9" * 30, "", "\u0661:1"])
def test_forged_press_does_nothing(telegram, data) -> None:
    telegram.write("hello")
    said = telegram.answers(1)[0]
    update = telegram.world.press(telegram.person, telegram.person, said["message_id"], data)
    before = len(telegram.told())
    assert telegram.call(update).status_code == 200
    assert wait_for(lambda: "answer" in telegram.world.queries[update["callback_query"]["id"]])
    assert len(telegram.told()) == before


def test_press_under_old_message_is_answered(telegram) -> None:
    telegram.engine.reply = with_buttons
    telegram.write("hello")
    data = buttons_of(telegram.answers(1)[0])[1]["callback_data"]
    telegram.world.queries["old"] = {}
    message = {"chat": chat_of(telegram.person), "message_id": 1, "date": 0}
    query = {"id": "old", "from": user(telegram.person), "chat_instance": "1", "message": message, "data": data}
    assert telegram.call({"update_id": next(numbers), "callback_query": query}).status_code == 200
    assert telegram.answers(2)[1]["text"] == "re: /more"
    assert wait_for(lambda: "answer" in telegram.world.queries["old"])
