"""The desk itself, over a real database and the small engine: what the channels rely on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from conversations.models import Accepted, Inbound, Message
from conversations.pipeline.engine_client import EngineClient
from conversations.pipeline.message_store import messages_after
from conversations.pipeline.ports import DeliveryError
from conversations.pipeline.service import ConversationService
from conversations.pipeline.system_messages import SystemMessages
from tests.harness import PATIENCE


class SmallPlatform:
    """A sending channel that takes messages, after as many refusals as it is told."""

    name, greeting = "loop", None

    def __init__(self, refusals: list[Exception] | None = None) -> None:
        self.refusals, self.took = list(refusals or []), []

    async def send(self, outgoing, part_taken) -> tuple[str, ...]:
        if self.refusals:
            raise self.refusals.pop(0)
        self.took.append((outgoing.message.text, outgoing.maybe_twice))
        return (f"id{len(self.took)}",)

    async def show_typing(self, conversation) -> None:
        pass


@pytest.fixture
def with_desk(store, engine, monkeypatch) -> Callable[..., Any]:
    """Run a function with a started desk; `channels` are the sending ones. How long a visitor may wait is not its subject."""
    monkeypatch.setattr("conversations.pipeline.service.ACCEPT_SECONDS", PATIENCE)

    def run(use, *channels) -> Any:
        async def main() -> Any:
            service = ConversationService(store, EngineClient(engine.url), SystemMessages(), channels=channels)
            await service.start()
            try:
                return await asyncio.wait_for(use(service), PATIENCE)
            finally:
                await service.stop()
                await service.engine.close()

        return asyncio.run(main())

    return run


async def eventually(happened) -> None:
    while not happened():
        await asyncio.sleep(0.01)


def test_what_nobody_reads_is_not_stored(with_desk, store) -> None:
    async def use(service) -> tuple[Accepted, list[Message]]:
        accepted = await service.receive(Inbound("rest", "long", "@" + "a" * 60_000))
        return accepted, await service.wait_for_replies(accepted)

    accepted, [reply] = with_desk(use)
    stored = store.run(messages_after, accepted.conversation_id)[0].text
    assert len(stored) < SystemMessages().longest + 10 and stored.endswith("a \u2026")
    assert reply.text == SystemMessages().too_long().text


def test_too_fast_is_said_once(with_desk, store) -> None:
    async def use(service) -> str:
        taken = [await service.receive(Inbound("loop", "ann", f"{number}"), too_fast=number > 0) for number in range(6)]
        for accepted in taken:
            await service.wait_for_replies(accepted)
        return taken[0].conversation_id

    conversation = with_desk(use)
    said = [one.text for one in store.run(messages_after, conversation) if one.author != "visitor"]
    assert said == ["You said: 0", SystemMessages().too_fast().text]


def test_conversation_is_answered_in_order(with_desk, store) -> None:
    async def use(service) -> str:
        for number in range(8):
            accepted = await service.receive(Inbound("loop", "ann", f"{number}"))
        await service.wait_for_replies(accepted)
        return accepted.conversation_id

    conversation = with_desk(use)
    said = [one.text for one in store.run(messages_after, conversation) if one.author == "advisor"]
    assert said == [f"You said: {number}" for number in range(8)]


def test_first_messages_at_once_are_one_conversation(with_desk) -> None:
    async def use(service) -> list[Accepted]:
        return await asyncio.gather(*(service.receive(Inbound("loop", "ann", f"{number}")) for number in range(6)))

    assert len({accepted.conversation_id for accepted in with_desk(use)}) == 1


@pytest.mark.parametrize(
    ("refusals", "twice"),
    [
        ([], False),
        ([DeliveryError("429", retry_after=0)], False),
        ([DeliveryError("broken off", ambiguous=True)], True),
        ([ValueError("a defect")], True),
        # The database was away when the channel read from it: that says nothing of the message, however often.
        ([OperationalError("", {}, Exception("away"))] * 4, False),
        # A defect is one of the message's if it comes each time, not if the platform was away before.
        ([DeliveryError("429", retry_after=0)] * 3 + [ValueError("a defect")], True),
    ],
)
def test_refused_reply_goes_out_later(with_desk, monkeypatch, refusals, twice) -> None:
    monkeypatch.setattr("conversations.pipeline.delivery_worker.FIRST_PAUSE", 0.01)
    platform = SmallPlatform(refusals)

    async def use(service) -> None:
        await service.receive(Inbound("loop", "ann", "visa?"))
        await eventually(lambda: platform.took)

    with_desk(use, platform)
    assert platform.took == [("You said: visa?", twice)]


@pytest.mark.parametrize("refusals", [[DeliveryError("blocked", permanent=True)], [ValueError("a defect")] * 3])
def test_hopeless_reply_holds_nothing_up(with_desk, monkeypatch, refusals) -> None:
    monkeypatch.setattr("conversations.pipeline.delivery_worker.FIRST_PAUSE", 0.01)
    platform = SmallPlatform(refusals)

    async def use(service) -> None:
        await service.receive(Inbound("loop", "ann", "1"))
        await service.receive(Inbound("loop", "ann", "2"))
        await eventually(lambda: platform.took)

    with_desk(use, platform)
    assert platform.took == [("You said: 2", False)]


def test_waiting_platform_leaves_room(with_desk, monkeypatch) -> None:
    """Many conversations whose platform says "later" do not keep another platform's waiting."""
    away, well = SmallPlatform([DeliveryError("away", retry_after=20)] * 70), SmallPlatform()
    away.name, well.name = "away", "well"

    async def use(service) -> None:
        for number in range(70):
            await service.receive(Inbound("away", f"{number}", "visa?"))
        await eventually(lambda: not away.refusals)
        await service.receive(Inbound("well", "ann", "visa?"))
        await eventually(lambda: well.took)

    with_desk(use, away, well)
    assert well.took and not away.took


def test_taken_message_is_noted_when_possible(with_desk, store, monkeypatch) -> None:
    """With the database away just after the platform took a reply, it is noted later and not sent again."""
    platform, failures = SmallPlatform(), [OperationalError("", {}, Exception("locked"))]
    write = type(store).write

    async def failing(self, job, *args, **kwargs) -> Any:
        if job.__name__ == "mark_delivered" and failures:
            raise failures.pop()
        return await write(self, job, *args, **kwargs)

    monkeypatch.setattr(type(store), "write", failing)

    async def use(service) -> None:
        await service.receive(Inbound("loop", "ann", "visa?"))
        await eventually(lambda: platform.took and not failures)

    with_desk(use, platform)
    assert platform.took == [("You said: visa?", False)]


def test_messages_of_one_moment_are_all_answered(with_desk) -> None:
    """The lane is woken for all of them before it runs for the first time."""

    async def use(service) -> list[str]:
        taken = [asyncio.create_task(service.receive(Inbound("loop", "bob", f"{number}"))) for number in range(3)]
        await asyncio.sleep(0)
        time.sleep(0.3)  # the loop is held up: all three are written when it goes on
        return [(await service.wait_for_replies(accepted))[0].text for accepted in await asyncio.gather(*taken)]

    assert with_desk(use) == ["You said: 0", "You said: 1", "You said: 2"]
