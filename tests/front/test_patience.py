"""How long people wait.

Answers come late instead of apologies, apologies in time if somebody waits, and nobody is kept waiting by others' trouble.
"""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot.ops.supervisor import Patience
from conversations.db import schema
from conversations.errors import TooBusy
from conversations.models import Accepted, Inbound
from conversations.pipeline import inbox, message_store
from conversations.pipeline.engine_client import EngineClient
from conversations.pipeline.scheduling.retry_policy import ABORTED, RetryPolicy, TimeLimits
from conversations.pipeline.service import ConversationService, ServiceRules
from conversations.pipeline.system_messages import SystemMessages
from tests.front.processes import StandInEngine, until
from tests.front.test_desk import SmallPlatform, eventually
from tests.harness import PATIENCE

LONGER = SystemMessages().takes_longer().text
SORRY = SystemMessages().apology().text


@pytest.fixture
def own_engine(new_engine) -> StandInEngine:
    return new_engine()


@pytest.fixture
def with_desk(store, own_engine) -> Callable[..., Any]:
    """Run a function with a desk; `rules` are DeskRules' fields, `seconds` what the engine has."""

    def run(use, *channels, seconds: float = 8.0, **rules) -> Any:
        async def main() -> Any:
            service = ConversationService(
                store,
                EngineClient(own_engine.url, seconds=seconds),
                SystemMessages(),
                None,
                channels,
                ServiceRules(**rules),
            )
            await service.start()
            try:
                return await asyncio.wait_for(use(service), PATIENCE)
            finally:
                await service.stop()
                await service.engine.close()

        return asyncio.run(main())

    return run


def said_in(store, conversation_id: str) -> list[str]:
    return [one.text for one in store.run(message_store.messages_after, conversation_id) if not one.is_inbound]


# --- what no engine answers -------------------------------------------------------------------------------------------
def test_engine_that_hangs_is_outlasted() -> None:
    """The attempts at a message last longer than the supervisor takes to find that an engine hangs and to start another."""
    supervisor, limits = Patience(), TimeLimits()
    found = supervisor.misses * (supervisor.answer_within + supervisor.look_every)
    policy = RetryPolicy(limits)
    pending = policy.start(1, "conversation", is_patient=True)
    lasts = limits.attempt
    while (pause := policy.next_pause(pending, ABORTED)) is not None:
        lasts += pause + limits.attempt
    assert lasts > found + supervisor.waits[0] + 10, "10 s: an engine's start"


# --- where nobody waits for the answer to a request -------------------------------------------------------------------
def test_late_answer_takes_the_apologys_place(with_desk, own_engine) -> None:
    platform = SmallPlatform()

    async def use(service) -> None:
        own_engine.kill()
        for number in range(3):
            await service.receive(Inbound("loop", "ann", f"{number}"))
        await eventually(lambda: platform.took)
        await asyncio.to_thread(own_engine.start)
        await eventually(lambda: len(platform.took) == 4)

    with_desk(use, platform, notice_seconds=0.3)
    assert [text for text, _ in platform.took] == [LONGER, "You said: 0", "You said: 1", "You said: 2"]
    assert [one["text"] for one in own_engine.ran] == ["0", "1", "2"], "each once, in order"


@pytest.mark.parametrize("how", [{"status": 503}, {"seconds": 1.5}])
def test_engine_that_is_not_ready_is_asked_again(with_desk, own_engine, store, how) -> None:
    async def use(service) -> Accepted:
        own_engine.behave(**how)
        accepted = await service.receive(Inbound("web", "ann", "visa?"))
        await eventually(lambda: LONGER in said_in(store, accepted.conversation_id))
        own_engine.behave()
        await eventually(lambda: len(said_in(store, accepted.conversation_id)) == 2)
        return accepted

    accepted = with_desk(use, seconds=0.5, notice_seconds=0.3)
    assert said_in(store, accepted.conversation_id) == [LONGER, "You said: visa?"]
    assert [one.text for one in store.run(message_store.replies_to, accepted.message_id)] == ["You said: visa?"]


def test_patience_ends_with_an_apology(with_desk, own_engine, store) -> None:
    async def use(service) -> None:
        own_engine.behave(status=503)
        accepted = await service.receive(Inbound("web", "ann", "visa?"))
        await eventually(lambda: said_in(store, accepted.conversation_id) == [SORRY])
        (failed,) = store.run(message_store.failed_messages)
        assert failed.state == "failed"

    with_desk(use, patient_seconds=1.5)


def test_one_conversations_wait_is_no_others(with_desk, own_engine, store) -> None:
    async def use(service) -> None:
        stuck = await service.receive(Inbound("web", "ann", "poison, twice"))
        well = await service.receive(Inbound("rest", "bob", "visa?"))
        assert [one.text for one in await service.wait_for_replies(well)] == ["You said: visa?"]
        await eventually(lambda: said_in(store, stuck.conversation_id) == [SORRY])

    with_desk(use)
    assert own_engine.asked.count("poison, twice") == 2


def test_staff_see_and_hurry_a_retry(with_desk, own_engine, store, monkeypatch) -> None:
    monkeypatch.setattr("conversations.pipeline.scheduling.retry_policy.PATIENT_PAUSES", (60.0, 60.0))

    async def use(service) -> None:
        own_engine.kill()
        accepted = await service.receive(Inbound("web", "ann", "visa?"))
        await eventually(lambda: store.run(message_store.failed_messages))
        (retried,) = store.run(message_store.failed_messages)
        assert (retried.id, retried.state) == (accepted.message_id, "received") and "no answer" in retried.failure
        await asyncio.to_thread(own_engine.start)
        assert await service.retry_failed(accepted.message_id)
        await eventually(lambda: said_in(store, accepted.conversation_id) == ["You said: visa?"])
        assert store.run(message_store.failed_messages) == [] and not await service.retry_failed(accepted.message_id)

    with_desk(use)


def test_person_who_takes_it_answers_it(with_desk, own_engine, store) -> None:
    async def use(service) -> None:
        own_engine.kill()
        accepted = await service.receive(Inbound("web", "ann", "visa?"))
        await eventually(lambda: store.run(message_store.failed_messages))
        await service.handoff.take(accepted.conversation_id, "Ada")
        await eventually(lambda: not store.run(message_store.failed_messages))
        assert store.run(message_store.messages_after, accepted.conversation_id)[0].state == "left"
        assert SORRY not in said_in(store, accepted.conversation_id)

    with_desk(use)


def test_deleted_while_it_is_tried_again(with_desk, own_engine, store) -> None:
    async def use(service) -> None:
        own_engine.kill()
        accepted = await service.receive(Inbound("web", "ann", "visa?"))
        await eventually(lambda: store.run(message_store.failed_messages))
        await service.erase(accepted.conversation_id, "visitor")
        await eventually(lambda: not service._turns.is_active(accepted.conversation_id))

    with_desk(use)
    assert store.run(inbox.open_everywhere) == []


def test_kill_while_it_is_tried_again(new_engine, new_front, tmp_path) -> None:
    """A real front with the widget's door, killed while the engine is away; the answer comes after all, once."""
    engine = new_engine()
    front = new_front(engine)
    token = _session(front)
    engine.kill()
    assert _say(front, token, "1").status_code == 202
    until(lambda: front.operate("GET", "failed").json(), "staff's seeing that it is being tried again")
    assert front.operate("GET", "failed").json()[0]["retrying"] is True
    front.kill()
    front.start()
    engine.start()
    assert _say(front, token, "2").status_code == 202
    until(lambda: _answers(front) == ["You said: 1", "You said: 2"], "both answers")
    assert [one["text"] for one in engine.ran] == ["1", "2"]


def _session(front) -> str:
    settings = front.client.post("/web/demo/settings", json={}, headers={"Origin": front.url}).json()
    consent = settings["consent"]["version"]
    answer = front.client.post("/web/demo/session", json={"consent": consent}, headers={"Origin": front.url})
    return answer.json()["token"]


def _say(front, token: str, text: str) -> httpx.Response:
    headers = {"Origin": front.url, "Authorization": f"Bearer {token}"}
    return front.client.post("/web/demo/messages", json={"id": text, "text": text}, headers=headers)


def _answers(front) -> list[str]:
    with closing(sqlite3.connect(front.folder / "conversations.db")) as database:
        return [text for (text,) in database.execute("SELECT text FROM message WHERE author = 'advisor' ORDER BY id")]


# --- where somebody waits ---------------------------------------------------------------------------------------------
def test_clock_set_back_lengthens_no_wait(with_desk, own_engine, monkeypatch) -> None:
    now = schema.now

    async def use(service) -> float:
        own_engine.behave(seconds=30)
        monkeypatch.setattr("conversations.pipeline.inbox.now", lambda: now() + timedelta(hours=1))
        began = time.monotonic()
        (reply,) = await service.wait_for_replies(await service.receive(Inbound("rest", "ann", "visa?")))
        assert reply.outcome == "failed"
        return time.monotonic() - began

    assert with_desk(use, seconds=1.0) < 10


def test_poison_at_once_keeps_nobody_waiting(with_desk, own_engine) -> None:
    async def use(service) -> None:
        async def ask(sender: str, text: str) -> str:
            (reply,) = await service.wait_for_replies(await service.receive(Inbound("rest", sender, text)))
            return reply.outcome

        bad = [asyncio.create_task(ask(f"{number}", f"poison {number}")) for number in range(64)]
        await asyncio.sleep(0.05)
        assert await ask("visitor", "visa?") == "answered"
        assert not all(one.done() for one in bad), "answered before what came first was done with"
        assert set(await asyncio.gather(*bad)) == {"failed"}

    with_desk(use)
    assert max(own_engine.asked.count(f"poison {number}") for number in range(64)) == 2


def test_more_than_can_be_answered_is_not_taken(with_desk, own_engine, store) -> None:
    async def use(service) -> list[str]:
        own_engine.behave(seconds=60)

        async def ask(number: int) -> str:
            try:
                accepted = await service.receive(Inbound("rest", f"{number}", "visa?"), source="10.0.0.1")
            except TooBusy:
                return "not taken"
            try:
                (reply,) = await service.wait_for_replies(accepted)
            except TooBusy:
                return "not yet"
            return reply.outcome

        return await asyncio.gather(*(ask(number) for number in range(400)))

    outcomes = with_desk(use, seconds=2.0)
    assert outcomes.count("not taken") > 50 and "failed" in outcomes
    taken = store.run(lambda connection: connection.execute(schema.message.select()).all())
    written = sum(row.author == "visitor" for row in taken)
    assert written == len(outcomes) - outcomes.count("not taken"), "what is not taken is not there"


def test_too_many_at_once_is_a_503(new_engine, new_front) -> None:
    engine = new_engine()
    front = new_front(engine, engine_seconds=1)
    engine.behave(seconds=30)

    async def ask_all() -> list[httpx.Response]:
        limits = httpx.Limits(max_connections=None)
        async with httpx.AsyncClient(base_url=front.url, timeout=30, trust_env=False, limits=limits) as client:
            return await asyncio.gather(
                *(
                    client.post("/webhooks/rest/webhook", json={"sender": f"{n}", "message": "visa?"})
                    for n in range(300)
                )
            )

    answers = asyncio.run(ask_all())
    busy = [one for one in answers if one.status_code == 503]
    assert all(one.headers["Retry-After"] for one in busy)
    assert any("not taken" in one.json()["error"] for one in busy)
    assert {one.status_code for one in answers} == {200, 503}
    engine.behave()
    until(lambda: front.post({"sender": "after", "message": "visa?"}).status_code == 200, "an answer afterwards")


def test_sigterm_does_not_wait_for_retries(new_engine, new_front) -> None:
    engine = new_engine()
    front = new_front(engine)
    engine.kill()
    assert _say(front, _session(front), "1").status_code == 202
    until(lambda: front.operate("GET", "failed").json(), "the first try")
    began = time.monotonic()
    assert front.end(signal.SIGTERM) == 0, front.log
    assert time.monotonic() - began < 9
