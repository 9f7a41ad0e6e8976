"""Who somebody is on Telegram when it is odd: anonymous administrators, channels, direct messages of a channel, moved groups.

Their buttons work, and what is stored about them is found, exported and erased, however it came.
"""

# ruff: noqa: F811  # fixtures are imported, and named as parameters
from __future__ import annotations

import json

import pytest

from conversations.data_rights import data_subjects
from demo.stand_ins.telegram.world import chat_of, entities_of, user
from tests.front.telegram_fixtures import (  # noqa: F401  # fixtures
    bot_api,
    buttons_of,
    numbers,
    shared_telegram,
    telegram,
    wait_for,
)
from tests.front.test_console_people import PUBLIC, handed_out, public_telegram  # noqa: F401  # fixture

US = "@advisor_demo_bot"
GROUP_BOT, CHANNEL_BOT = 1087968824, 136817688  # who Telegram says has written in a chat's name


def group() -> int:
    return -next(numbers) - 10**9


def choices(asked: dict) -> list[dict]:
    said = asked.get("payload") or asked.get("text")
    return [
        {"text": f"re: {said}", "buttons": [{"title": "More", "payload": "/more"}], "metadata": {"outcome": "answered"}}
    ]


class Anonymous:
    """Writes in the name of a chat: as its administrator, or as a channel."""

    def __init__(self, telegram, kind: str) -> None:
        self.telegram, self.chat = telegram, group()
        self.name = self.chat if kind == "administrator" else group()
        titles = {"administrator": ("supergroup", "Study abroad"), "channel": ("channel", f"News {self.name}")}
        self.sender = {"id": self.name, "type": titles[kind][0], "title": titles[kind][1]}
        self.bot = {**user(GROUP_BOT if kind == "administrator" else CHANNEL_BOT), "is_bot": True}

    @property
    def address(self) -> str:
        return f"{self.name}/{self.chat}"

    def write(self, text: str) -> None:
        about = {"text": text, "entities": entities_of(text), "sender_chat": self.sender, "from": self.bot}
        self.telegram.bring(self.chat, **about)

    def ask_for_deletion(self) -> dict:
        self.write(f"{US} hello")
        self.telegram.answers(1, self.chat)
        self.write(f"/delete{US}")
        return self.telegram.answers(2, self.chat)[1]


@pytest.fixture(params=["administrator", "channel"])
def anonymous(request, telegram) -> Anonymous:
    telegram.engine.reply = choices
    return Anonymous(telegram, request.param)


# --- written in a chat's name ---------------------------------------------------------------------------------------
def test_choice_offered_to_chat_is_taken(telegram, anonymous) -> None:
    anonymous.write(f"{US} hello")
    said = telegram.answers(1, anonymous.chat)[0]
    assert telegram.press(said, "More", person=next(numbers)) == ""
    assert telegram.answers(2, anonymous.chat)[1]["text"] == "re: /more"


def test_who_speaks_for_chat_is_not_noted(telegram, anonymous) -> None:
    anonymous.write(f"{US} hello")
    telegram.press(telegram.answers(1, anonymous.chat)[0], "More", person=(admin := next(numbers)))
    telegram.answers(2, anonymous.chat)
    assert telegram.conversation(anonymous.address).person_name == anonymous.sender["title"]
    assert not any(one.context.get("user") == admin for one in telegram.told(anonymous.address))


def test_thumb_under_answer_to_chat_counts(telegram, anonymous) -> None:
    from conversations.learning.feedback import feedback_by_message

    anonymous.write(f"{US} hello")
    assert "Thank you" in telegram.press(telegram.answers(1, anonymous.chat)[0], "Helpful", person=next(numbers))
    assert list(telegram._read(feedback_by_message, telegram.conversation(anonymous.address).id).values()) == [1]


@pytest.mark.parametrize(
    ("status", "is_deleted"),
    [("creator", True), ("administrator", True), (None, True), ("member", False), ("left", False)],
)
def test_who_speaks_for_chat_may_delete(telegram, anonymous, status, is_deleted) -> None:
    """None is where Telegram does not tell; the chat itself has asked for it a moment ago."""
    question, presser = anonymous.ask_for_deletion(), next(numbers)
    if status:
        telegram.world.members[anonymous.name, presser] = status
    notice = telegram.press(question, "Delete everything", person=presser)
    assert notice == ("Deleted." if is_deleted else "This choice is not open any more, or was meant for somebody else.")
    assert (telegram.conversation(anonymous.address) is None) == is_deleted


def test_button_of_chat_is_pressed_there_only(telegram, anonymous) -> None:
    anonymous.write(f"{US} hello")
    said = telegram.answers(1, anonymous.chat)[0]
    elsewhere = group()
    telegram.write(f"{US} hi", elsewhere)
    other = telegram.answers(1, elsewhere)[0]
    forged = {**other, "reply_markup": said["reply_markup"]}
    assert "somebody else" in telegram.press(forged, "More")


def test_chat_is_told_how_to_get_its_data(telegram, anonymous) -> None:
    anonymous.write(f"/mydata{US}")
    said = wait_for(lambda: telegram.world.by_bot(anonymous.chat))[0]
    assert "/human" in said["text"]


def test_staff_find_chat_by_name_and_number(telegram, anonymous) -> None:
    anonymous.write(f"{US} hello")
    telegram.answers(1, anonymous.chat)
    wanted = telegram.conversation(anonymous.address).id
    for sought in (str(anonymous.name), anonymous.sender["title"]):
        assert wanted in [one.id for one in telegram._read(data_subjects.find_conversations, sought)]


# --- everywhere that one person wrote -------------------------------------------------------------------------------
def written_everywhere(telegram) -> list[str]:
    """One person's conversations in private, a group, two topics of a forum and a channel's direct messages."""
    place, forum, direct = group(), group(), group()
    telegram.world.direct.add(direct)
    telegram.write("in private")
    telegram.write(f"{US} in a group", place)
    telegram.write(f"{US} in a topic", forum, thread=7)
    telegram.write(f"{US} in another topic", forum, thread=8)
    telegram.write(f"{US} in direct messages", direct)
    telegram.answers(1, direct)
    telegram.answers(1)
    person = telegram.person
    beside = [f"{place}", f"{forum}/7", f"{forum}/8", f"{direct}/dm{person}"]
    return [f"{person}/{person}", *(f"{person}/{one}" for one in beside)]


def test_own_data_holds_all_places(public_telegram) -> None:
    import re

    telegram = public_telegram
    telegram.person = next(numbers)
    addresses = written_everywhere(telegram)
    telegram.write("/mydata")
    said = wait_for(lambda: [one for one in telegram.world.by_bot(telegram.person) if PUBLIC in one["text"]])[0]
    shown = handed_out(re.search(r"https://\S+", said["text"])[0], telegram.url)
    assert len(shown["conversations"]) == len(addresses)
    for words in ("in private", "in a group", "in a topic", "in another topic", "in direct messages"):
        assert words in json.dumps(shown)


def test_deletion_reaches_all_places(telegram) -> None:
    addresses = written_everywhere(telegram)
    telegram.write("/delete")
    question = wait_for(lambda: [one for one in telegram.world.by_bot(telegram.person) if "Shall I" in one["text"]])[0]
    assert all(telegram.conversation(one) for one in addresses)
    telegram.press(question, "Delete everything")
    assert not any(telegram.conversation(one) for one in addresses)


def test_staff_find_all_places_by_number(telegram) -> None:
    addresses = written_everywhere(telegram)
    found = {one.address for one in telegram._read(data_subjects.find_conversations, str(telegram.person))}
    assert set(addresses) <= found


# --- a channel's direct messages --------------------------------------------------------------------------------------
def test_direct_message_is_answered_in_its_topic(telegram) -> None:
    telegram.engine.reply, chat = choices, group()
    telegram.world.direct.add(chat)
    telegram.write(f"{US} which country?", chat)
    said = telegram.answers(1, chat)[0]
    assert said["direct_messages_topic"]["topic_id"] == telegram.person
    telegram.press(said, "More")
    assert telegram.answers(2, chat)[1]["text"] == "re: /more"
    # Of this chat: what the test before wrote in others may still be on its way.
    assert [refused for refused in telegram.world.refused if str(chat) in refused] == []


def test_channel_writes_in_each_topic_apart(telegram) -> None:
    chat, topics = group(), (next(numbers), next(numbers))
    telegram.world.direct.add(chat)
    text, sender = f"{US} hello", {"id": group(), "type": "channel", "title": "News"}
    for topic in topics:
        about = {"sender_chat": sender, "direct_messages_topic": {"topic_id": topic}}
        telegram.bring(chat, text=text, entities=entities_of(text), **about)
    said = telegram.answers(3, chat)
    assert {one["direct_messages_topic"]["topic_id"] for one in said} == set(topics)


# --- old messages ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("place", ["private", "group", "topic", "direct messages"])
def test_press_under_inaccessible_message_counts(telegram, place) -> None:
    telegram.engine.reply = choices
    chat = telegram.person if place == "private" else group()
    if place == "direct messages":
        telegram.world.direct.add(chat)
    telegram.write(f"{US} hello", chat, **({"thread": 7} if place == "topic" else {}))
    said = telegram.answers(1, chat)[0]
    query = f"old-{next(numbers)}"
    telegram.world.queries[query] = {}
    pressed = {
        "id": query,
        "from": user(telegram.person),
        "chat_instance": "1",
        "message": {"chat": chat_of(chat), "message_id": said["message_id"], "date": 0},
        "data": buttons_of(said)[0]["callback_data"],
    }
    assert telegram.call(telegram.world.update(callback_query=pressed)).status_code == 200
    assert telegram.answers(2, chat)[1]["text"] == "re: /more"
    assert telegram.answers(2, chat)[1].get("message_thread_id") == (7 if place == "topic" else None)


# --- groups that moved ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("told_by", ["old chat", "new chat"])
def test_moved_group_keeps_its_conversations(telegram, told_by) -> None:
    telegram.engine.reply, old, new = choices, group(), group()
    telegram.write(f"{US} hello", old)
    said = telegram.answers(1, old)[0]
    before = telegram.conversation(f"{telegram.person}/{old}")
    chat, told = (old, {"migrate_to_chat_id": new}) if told_by == "old chat" else (new, {"migrate_from_chat_id": old})
    telegram.bring(chat, **told)
    telegram.world.moved[old] = new
    telegram.write(f"{US} again", new)
    assert wait_for(lambda: telegram.world.by_bot(new))[0]["text"] == "re: again"
    after = telegram.conversation(f"{telegram.person}/{new}")
    assert after.id == before.id and telegram.conversation(f"{telegram.person}/{old}") is None
    telegram.world.messages[new][said["message_id"]] = said
    telegram.press({**said, "chat": chat_of(new)}, "More")
    wait_for(lambda: "re: /more" in [one["text"] for one in telegram.world.by_bot(new)])


def test_move_is_learnt_by_sending(telegram) -> None:
    old, new = group(), group()
    telegram.write(f"{US} hello", old)
    telegram.answers(1, old)
    telegram.world.moved[old] = new
    telegram.world.keep(telegram.world.message(new, telegram.person))
    conversation = telegram.conversation(f"{telegram.person}/{old}")
    telegram.operate(f"{conversation.id}/take", person="Anna")
    wait_for(lambda: telegram.world.by_bot(new))
    assert wait_for(lambda: telegram.conversation(f"{telegram.person}/{new}")).id == conversation.id


def test_two_halves_of_moved_group_are_deleted(telegram) -> None:
    """Somebody writes in the new chat before we hear of the move."""
    old, new = group(), group()
    telegram.write(f"{US} hello", old)
    telegram.write(f"{US} hello", new)
    telegram.bring(new, migrate_from_chat_id=old)
    telegram.write("/delete")
    question = wait_for(lambda: [one for one in telegram.world.by_bot(telegram.person) if "Shall I" in one["text"]])[0]
    telegram.press(question, "Delete everything")
    assert telegram._read(data_subjects.find_conversations, str(telegram.person)) == []


def test_anonymous_administrator_moves_with_group(telegram) -> None:
    anonymous, new = Anonymous(telegram, "administrator"), group()
    anonymous.write(f"{US} hello")
    telegram.answers(1, anonymous.chat)
    before = telegram.conversation(anonymous.address)
    telegram.bring(anonymous.chat, migrate_to_chat_id=new)
    assert telegram.conversation(f"{new}/{new}").id == before.id


# --- a person in a group ----------------------------------------------------------------------------------------------
def test_group_is_told_how_to_go_on(telegram) -> None:
    chat = group()
    telegram.write(f"{US} hello", chat)
    telegram.answers(1, chat)
    one = telegram.conversation(f"{telegram.person}/{chat}").id
    telegram.operate(f"{one}/take", person="Anna")
    joined = telegram.answers(2, chat)[1]["text"]
    assert "Anna from the advice team has joined" in joined and f"names me ({US})" in joined
    telegram.operate(f"{one}/reply", person="Anna", text="Hello")
    said = telegram.answers(3, chat)[2]
    telegram.write("my question", chat, reply_to=said["message_id"])
    telegram.write("not for us", chat)
    assert [each.text for each in telegram.told(f"{telegram.person}/{chat}")][-1] == "my question"


def test_private_chat_is_not_told_of_names(telegram) -> None:
    telegram.write("hello")
    telegram.answers(1)
    telegram.operate(f"{telegram.conversation().id}/take", person="Anna")
    assert telegram.answers(2)[1]["text"].endswith("answers you from now on.")
