"""REST before two guide packs: a request names its guide, or its key is bound to one; nobody reaches the other's people."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

import pytest

from channels.rest.guides import keys_of_packs
from core.settings import Settings, SettingsError
from tests.front.processes import RunningFront, StandInEngine, until
from tests.front.test_rest_staff_words import SECRET, address  # noqa: F401  a fixture

KEY, SCHOOL_KEY, FIRST_KEY = "rest-key-for-tests", "key-of-the-school-alone", "key-of-the-first-alone"
Installation = tuple[StandInEngine, StandInEngine, RunningFront]


@pytest.fixture
def installation(new_engine, new_front, tmp_path) -> Callable[..., Installation]:
    """Return a function that starts the engines of two packs, and a front with settings of its own."""

    def start(channels: str = "callback", **settings: Any) -> Installation:
        first, school = new_engine(), new_engine()
        (tmp_path / "school/knowledge/guide").mkdir(parents=True)
        knowledge = shutil.copy(Settings().knowledge_db, tmp_path / "school.db")
        place = f"guide_dir = school\nengine_port = {school.port}\nknowledge_db = {knowledge}"
        (tmp_path / "packs.ini").write_text(f"[school]\n{place}\nchannels = {channels}\n", encoding="utf-8")
        keys = f"school={SCHOOL_KEY}, first={FIRST_KEY}"
        files = {"packs_file": tmp_path / "packs.ini", "rest_pack_keys": keys}
        return first, school, new_front(first, **{**files, **settings})

    return start


def bearer(key: str) -> dict[str, Any]:
    return {"headers": {"Authorization": f"Bearer {key}"}}


def test_guide_that_is_named_answers(installation) -> None:
    first, school, front = installation()
    front.ask("from the first")
    assert front.ask("from the school", guide="school")[0]["recipient_id"] == "me", "as the client calls them"
    front.ask("and the first again", guide="first")
    assert [each["text"] for each in school.ran] == ["from the school"]
    assert [each["text"] for each in first.ran] == ["from the first", "and the first again"]
    wrong = front.post({"sender": "me", "message": "hello", "guide": "clinic"})
    assert (wrong.status_code, wrong.json()["error"]) == (400, "there is no guide 'clinic'; there are: first, school")
    taken = front.post({"sender": "me@school", "message": "hello"})
    assert taken.status_code == 400 and "name it as `guide`" in taken.json()["error"]


def test_guide_of_the_channel_gives_way_to_one_that_is_named(installation) -> None:
    first, school, front = installation("rest")
    front.ask("the channel's")
    front.ask("the first", guide="first")
    assert [each["text"] for each in school.ran] == ["the channel's"]
    assert [each["text"] for each in first.ran] == ["the first"]
    first.kill()
    until(lambda: front.client.get("/status?guide=first").status_code == 409, "the first engine's end")
    assert front.client.get("/status").status_code == 200, "the channel's pack is well"


def test_key_of_a_guide_opens_that_guide_alone(installation) -> None:
    first, school, front = installation(rest_key=KEY)
    path = "/webhooks/rest/conversations/me/messages"
    said = {"sender": "me", "message": "hello", "message_id": "1"}
    for key in (KEY, SCHOOL_KEY, FIRST_KEY):
        assert front.post(said, **bearer(key)).json()[0]["recipient_id"] == "me"
    assert (len(first.ran), len(school.ran)) == (2, 1), "the same id of the same sender is another message in each"
    other = front.post({**said, "guide": "first"}, **bearer(SCHOOL_KEY))
    assert (other.status_code, other.json()["error"]) == (403, "this key is for the guide 'school' only")
    assert front.post(said, **bearer("none of these keys")).status_code == 401
    assert len(front.client.get(path, **bearer(SCHOOL_KEY)).json()["messages"]) == 2
    assert front.client.get(f"{path}?guide=school", **bearer(KEY)).status_code == 200, "the common key opens all"
    forget = front.client.post("/webhooks/rest/forget", json={"sender": "me"}, **bearer(SCHOOL_KEY))
    assert forget.json() == {"deleted": True}
    assert front.client.get(path, **bearer(SCHOOL_KEY)).status_code == 404
    assert front.client.get(path, **bearer(FIRST_KEY)).status_code == 200, "of the others, nothing is gone"
    school.kill()
    until(lambda: front.client.get("/status", **bearer(SCHOOL_KEY)).status_code == 409, "the school's end")
    assert front.client.get(f"/status?token={FIRST_KEY}").status_code == 200


def test_conversation_from_before_there_were_several_guides_stays_the_first_ones(
    installation, new_engine, new_front
) -> None:
    alone = new_front(new_engine())
    alone.ask("hello", sender="me@school")
    assert alone.ends_by_itself()
    first, school, front = installation(rest_key=KEY)
    said = {"sender": "me", "message": "whose is this?"}
    refused = front.post(said, **bearer(SCHOOL_KEY))
    assert refused.status_code == 400 and "another guide" in refused.json()["error"]
    assert front.client.get("/webhooks/rest/conversations/me/messages", **bearer(SCHOOL_KEY)).status_code == 404
    assert first.ran == school.ran == []


def test_buttons_of_one_guide_are_not_pressed_in_another(installation) -> None:
    first, school, front = installation()
    front.ask("buttons", guide="school")
    payload = '/ask_topic{"topic": "challenges/visa"}'
    refused = front.post({"sender": "me", "payload": payload})
    assert refused.status_code == 400 and "must be one of a button" in refused.json()["error"]
    front.ask(payload=payload, guide="school")
    assert school.ran[-1]["payload"] == payload and first.ran == []


def test_wrong_key_of_a_local_program_is_said(installation) -> None:
    _, _, front = installation()
    assert front.post({"sender": "me", "message": "hello"}).status_code == 200, "this machine's programs need none"
    assert front.post({"sender": "me", "message": "hello"}, **bearer("mistyped")).status_code == 401


def test_callback_address_reads_who_and_which_guide(installation, address) -> None:  # noqa: F811
    _, school, front = installation("telegram", rest_callback_url=address.url, rest_callback_secret=SECRET)
    said = {"sender": "me", "message": "hello", "guide": "school"}
    assert front.client.post("/webhooks/callback/webhook", json=said).text == "success"
    until(lambda: address.calls, "the reply")
    told = address.said[0]
    assert told["recipient_id"] == "me" and told["metadata"]["guide"] == "school" and len(school.ran) == 1


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("clinic=a-key-that-is-long", "'clinic' is no guide pack. There are: first, school"),
        ("a-key-without-a-name", "is NAME=KEY"),
        ("school=short", "needs 16 characters"),
        ("school=a-key-that-is-long, first=a-key-that-is-long", "no two have the same"),
    ],
)
def test_keys_that_cannot_be_used_are_refused(keys, said) -> None:
    with pytest.raises(SettingsError, match=said) as refused:
        keys_of_packs(keys, ("", "school"))
    assert "ADVISOR_REST_PACK_KEYS" in str(refused.value)
