"""The sources of answers on Telegram and Slack lead to the guide's public pages, where the front shows them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from channels.slack import rendering as slack
from conversations.db.schema import now
from conversations.models import ADVISOR, Message
from demo.stand_ins.slack.__main__ import application as slack_world
from demo.stand_ins.slack.world import World as SlackWorld
from demo.stand_ins.telegram.__main__ import application as telegram_world
from demo.stand_ins.telegram.world import World as TelegramWorld
from tests.front.slack_fixtures import slack_running
from tests.front.telegram_fixtures import numbers, serving, talking_engine, telegram_running

SOURCES = [
    {"section": "Challenges", "key": "challenges"},
    {"section": "Challenges", "key": "challenges"},
    {"section": "Open & odd", "key": "not/stated"},
]
SHOWN = {"public_url": "https://advisor.example.org/", "guide_pages": "on"}
PAGE = "https://advisor.example.org/guide/challenges"


def answer(asked: dict[str, Any]) -> list[dict[str, Any]]:
    facts = {"outcome": "answered", "topic": "challenges/visa", "sources": SOURCES}
    return [{"text": "You may need a visa.", "metadata": facts}]


def test_on_telegram(tmp_path) -> None:
    world = TelegramWorld()
    with serving(telegram_world(world)) as api, talking_engine() as (engine, port):
        engine.reply = answer
        with telegram_running(tmp_path, world, api, engine, port, **SHOWN) as telegram:
            telegram.person = next(numbers)
            telegram.write("visa?")
            [said] = telegram.answers(1)
    assert said["text"].endswith("From the guide: Challenges, Open & odd")
    links = [each["url"] for each in said["entities"] if each["type"] == "text_link"]
    assert [link.partition("#")[0] for link in links] == [PAGE, PAGE.replace("challenges", "not%2Fstated")]


def test_on_slack(tmp_path) -> None:
    world = SlackWorld()
    with serving(slack_world(world)) as api, talking_engine() as (engine, port):
        engine.reply = answer
        with slack_running(tmp_path, world, f"{api}", engine, port, **SHOWN) as front:
            front.person = f"U{next(numbers)}"
            front.write("visa?")
            said = front.answers(1)[-1]
    [named] = [block["elements"][0]["text"] for block in said["blocks"] if block["type"] == "context"]
    assert named.startswith(f"From the guide: <{PAGE}") and "|Challenges>, <" in named and "|Open &amp; odd>" in named


@pytest.mark.parametrize("settings", [{}, {"guide_pages": "on"}, {"public_url": SHOWN["public_url"]}])
def test_nowhere_if_there_are_no_pages_or_nobody_knows_where(tmp_path, settings) -> None:
    world = TelegramWorld()
    with serving(telegram_world(world)) as api, talking_engine() as (engine, port):
        engine.reply = answer
        with telegram_running(tmp_path, world, api, engine, port, **settings) as telegram:
            telegram.person = next(numbers)
            telegram.write("visa?")
            [said] = telegram.answers(1)
    assert "Challenges, Open & odd" in said["text"]
    assert not [each for each in said.get("entities", ()) if each["type"] == "text_link"]


def test_titles_too_long_for_links_are_named_alone() -> None:
    many = tuple({"section": f"Section {each} " + "x" * 40, "key": f"key{each}"} for each in range(30))
    message = Message(7, "c", "slack", ADVISOR, "x", now(), "said", outcome="answered", topic="a/b", sources=many)
    [part] = slack.render(message, "https://advisor.example.org", "law")
    named = [block["elements"][0]["text"] for block in part.blocks if block["type"] == "context"]
    assert "Section 29" in named[0] and "<http" not in named[0]
    [part] = slack.render(replace(message, sources=many[:1]), "https://a.org", "law")
    assert "<https://a.org/guides/law/key0#a/b|Section 0" in str(part.blocks)
