"""Several fronts on one PostgreSQL database: they share work, sessions, limits and news, and none does another's work twice."""

from __future__ import annotations

import contextlib
import json
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, make_url, text

from bot.front.jobs import LEASE
from conversations.accounts import accounts, sessions
from conversations.db import schema
from conversations.db.store import MIGRATIONS, Store
from conversations.errors import StoreError
from conversations.models import Inbound, Message, Reply, Turn
from conversations.pipeline import inbox, message_store, outbox
from conversations.pipeline.events import STATE, TOPIC
from conversations.sharing.front_session import CHANNEL, PRESENCE, connect, lease_number
from tests.front.processes import RunningFront, StandInEngine
from tests.harness import until

SITES = "sites:\n  demo:\n    origins: [self]\n    consent: {version: first}\n"
WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted"
HOLDER = (
    "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted"
    " AND ((classid::bigint << 32) | objid::bigint) = :number"
)
CUT = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = :presence"
SILENCE = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"


@pytest.fixture
def opened(postgres_database) -> Iterator[Callable[..., Store]]:
    """Open stores beside the fronts; closed at the end."""
    stores: list[Store] = []

    def make() -> Store:
        store = Store(postgres_database)
        stores.append(store)
        return store

    yield make
    for store in stores:
        store.close()


@pytest.fixture
def looking(opened) -> Callable[..., list]:
    """Return a function that runs SQL beside the fronts."""
    store = opened()

    def run(sql: str, **values) -> list:
        return store.run(lambda connection: connection.execute(text(sql), values).all())

    return run


@pytest.fixture
def engine(new_engine) -> StandInEngine:
    return new_engine()


@pytest.fixture
def fronts(engine, programs, postgres_database, tmp_path) -> Iterator[list[RunningFront]]:
    """Start two fronts on one database, each with a folder of its own, as on two machines."""
    started, sites = [], tmp_path / "sites.yml"
    sites.write_text(SITES, encoding="utf-8")
    settings = {"database_url": postgres_database, "rest_messages_per_minute": 3, "sites_file": sites}
    for name in ("one", "two"):
        front = RunningFront(tmp_path / name, engine, **settings)
        programs.append(front)
        started.append(front.start(wait=False))
    for front in started:
        until(front._up, f"the start of a front; its log: {front.log}")
    yield started


def ask(front: RunningFront, words: str, sender: str, **more) -> httpx.Response:
    return front.post({"sender": sender, "message": words, **more})


# --- work -------------------------------------------------------------------------------------------------------------
def test_conversation_goes_on_at_any_front(fronts, engine, sender) -> None:
    said = [ask(fronts[number % 2], f"{number}", sender).json()[0]["text"] for number in range(3)]
    assert said == ["You said: 0", "You said: 1", "You said: 2"]
    assert len({turn["conversation"] for turn in engine.ran}) == 1


def test_order_holds_across_fronts(fronts, engine, sender) -> None:
    """The second message comes in at another front while the first is being answered, and waits for it."""
    engine.behave(seconds=1.0)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(ask, fronts[0], "first", sender)
        until(lambda: engine.asked == ["first"], "the first one's being asked")
        second = pool.submit(ask, fronts[1], "second", sender)
        assert [each.result().json()[0]["text"] for each in (first, second)] == ["You said: first", "You said: second"]
    assert [turn["text"] for turn in engine.ran] == ["first", "second"]


def test_killed_front_gives_its_work_back(fronts, engine, sender, looking) -> None:
    """Nobody asks again: the other front finds what is open, and answers it."""
    engine.behave(ready=True, status=503)
    with ThreadPoolExecutor(1) as pool:
        broken = pool.submit(ask, fronts[0], "still there?", sender)
        until(lambda: engine.asked, "the engine's being asked")
        fronts[0].kill()
        assert isinstance(broken.exception(), httpx.HTTPError)
    engine.behave()
    states = "SELECT state FROM message WHERE author = 'visitor'"
    until(lambda: looking(states) == [("answered",)], f"an answer; {fronts[1].log}")
    assert [turn["text"] for turn in engine.ran] == ["still there?"]


def test_same_message_at_two_fronts_is_one(fronts, engine, sender) -> None:
    engine.behave(seconds=0.5)
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(ask, front, "once", sender, message_id="m1") for front in fronts]
        assert [each.result().json()[0]["text"] for each in both] == ["You said: once"] * 2
    assert len(engine.ran) == 1


def test_front_goes_on_after_a_cut(fronts, engine, sender, looking) -> None:
    """Its session is ended, as by a restart of the server; it takes another one and works on."""
    assert ask(fronts[0], "before", sender).status_code == 200
    looking(CUT, presence=PRESENCE)
    assert ask(fronts[0], "after", sender).json()[0]["text"] == "You said: after"
    assert [turn["text"] for turn in engine.ran] == ["before", "after"]


def test_database_of_a_running_front_is_not_replaced(fronts, opened) -> None:
    with pytest.raises(StoreError, match="Another front"):
        opened().lock(alone=True)
    for front in fronts:
        assert front.end(signal.SIGTERM) == 0, front.log
    alone = opened()
    alone.lock(alone=True)
    with pytest.raises(StoreError, match="Another front"):
        opened().lock()


def test_front_works_on_while_a_newer_one_migrates(fronts, sender, opened) -> None:
    """Migrations only add what the release before does not know; its fronts go on, and are refused only when they start."""
    assert ask(fronts[0], "before", sender).status_code == 200
    with migrated(opened()):
        assert ask(fronts[0], "during", sender).json()[0]["text"] == "You said: during"
        assert fronts[1].client.get("/ready").json()["checks"]["database"] == "ok"
        with pytest.raises(StoreError, match="9999"):
            opened().upgrade()


@contextlib.contextmanager
def migrated(store: Store) -> Iterator[None]:
    """Have the database as a release to come would have it."""
    newer = (
        "ALTER TABLE message ADD COLUMN later text NOT NULL DEFAULT ''",
        "CREATE TABLE later (id bigint PRIMARY KEY)",
    )
    older = "ALTER TABLE message DROP COLUMN later", "DROP TABLE later"
    version = store.run(lambda connection: connection.execute(text("SELECT version_num FROM alembic_version")).scalar())
    _change(store, *newer, "UPDATE alembic_version SET version_num = '9999'")
    try:
        yield
    finally:
        _change(store, *older, f"UPDATE alembic_version SET version_num = '{version}'")


def _change(store: Store, *lines: str) -> None:
    with store.engine.begin() as connection:
        for line in lines:
            connection.execute(text(line))


def test_background_jobs_move_when_their_front_dies(fronts, looking) -> None:
    present = "SELECT DISTINCT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid = :presence"

    def holder() -> list:
        """Return the session of the front that does the background jobs, if it is that of a front that lives."""
        held = looking(HOLDER, number=lease_number(LEASE))
        return [pid for pid in held if pid in looking(present, presence=PRESENCE)]

    first = until(holder, "a front that does the background jobs")
    fronts[0].kill()
    second = until(holder, "the same front, or the other one")
    fronts[0].start()
    fronts[1].kill()
    third = until(lambda: (now := holder()) and now != second and now, "the other front's doing them")
    assert len(first) == len(second) == len(third) == 1, "one at a time"


# --- what fronts tell each other --------------------------------------------------------------------------------------
def test_answer_is_told_once(fronts, opened, sender) -> None:
    """Each answer changes its conversation's state once; a second word of it would have every open page look again."""
    with closing(connect(opened().engine)) as listening:
        listening.execute(f"LISTEN {CHANNEL}")
        for words in ("one", "two", "three"):
            assert ask(fronts[0], words, sender).status_code == 200
        assert fronts[0].end(signal.SIGTERM) == 0, "with this it has told all"
        told = [json.loads(notice.payload)["items"] for notice in listening.notifies(timeout=1)]
    assert [topic for items in told for topic, *values in items if values[:1] == [STATE]] == [TOPIC] * 3


def test_rate_limit_holds_for_all_fronts(fronts, sender) -> None:
    assert [ask(fronts[0], f"{number}", sender).status_code for number in range(3)] == [200] * 3
    until(lambda: ask(fronts[1], "one more", sender).status_code == 429, "the other front's refusal", 10)


def test_sessions_hold_at_every_front(fronts) -> None:
    token = web(fronts[0], "session", consent="first")["token"]
    web(fronts[1], "messages", token, id="1", text="hello")
    until(lambda: "You said: hello" in words_of(fronts[0], token), "the answer, at the front that began the session")
    assert not (Path(fronts[1].settings["var_dir"]) / "session.key").exists(), "the key is in the database"


@contextlib.contextmanager
def widget(front: RunningFront, token: str) -> Iterator[list[str]]:
    """Open the stream of a widget; yield the texts of the messages that come."""
    came: list[str] = []

    def read(answer: httpx.Response) -> None:
        with contextlib.suppress(httpx.HTTPError, httpx.StreamClosed):
            for line in answer.iter_lines():
                if line.startswith("data: ") and "text" in (data := json.loads(line[6:])):
                    came.append(data["text"])

    headers = {"Origin": front.url, "Authorization": f"Bearer {token}"}
    with httpx.stream("POST", f"{front.url}/web/demo/stream", json={}, headers=headers, timeout=30) as answer:
        threading.Thread(target=read, args=(answer,), daemon=True).start()
        yield came


def test_widget_hears_what_came_in_elsewhere(fronts) -> None:
    token = web(fronts[0], "session", consent="first")["token"]
    web(fronts[1], "messages", token, id="1", text="hello")
    with widget(fronts[0], token) as came:
        until(lambda: "You said: hello" in came, "what was said before")
        web(fronts[1], "messages", token, id="2", text="again")
        until(lambda: "You said: again" in came, "what another front answered")


def test_widget_hears_what_no_notice_told(fronts, looking) -> None:
    """Notices are lost while nobody listens; the front looks into the database when it listens again."""
    token = web(fronts[0], "session", consent="first")["token"]
    web(fronts[0], "messages", token, id="1", text="hello")
    with widget(fronts[0], token) as came:
        until(lambda: "You said: hello" in came, "the first answer")
        looking(SILENCE)
        web(fronts[1], "messages", token, id="2", text="again")
        until(lambda: "You said: again" in came, "what another front answered meanwhile", 15)


def test_colleague_at_another_front_is_there_and_told(fronts, opened, looking, sender) -> None:
    """Two people, each signed in at a front of their own: presence and notifications cross by the database and its notices."""
    store = opened()
    ask(fronts[0], "hello", sender)
    [(one,)] = looking("SELECT id FROM conversation")
    clients = {}
    for name, front in zip(("ann", "ben"), fronts, strict=True):
        store.run(accounts.add, name, "adviser", "correct horse battery staple")
        member = next(each for each in store.run(accounts.list_accounts) if each.name == name)
        cookie = {"advisor_staff": store.run(sessions.open_session, member, "test", "")}
        clients[name] = httpx.Client(base_url=front.url, cookies=cookie, timeout=30)
    with clients["ann"] as ann, clients["ben"] as ben, ben.stream("GET", "/staff/live") as stream:
        events = (line.removeprefix("event: ") for line in stream.iter_lines() if line.startswith("event: "))
        assert next(events) == "ready"
        until(lambda: "ben: available" in ann.get("/staff/colleagues").text, "the colleague of the other front")
        session = store.run(sessions.find_session, ann.cookies["advisor_staff"])
        note = {"csrf": session.csrf, "text": "@ben please look"}
        ann.post(f"/staff/conversations/{one}/notes", data=note, headers={"Origin": fronts[0].url})
        assert "notified" in events
        assert ben.get("/staff/waiting/count").json()["notifications"] == 1


def web(front: RunningFront, call: str, token: str = "", **body) -> dict:
    headers = {"Origin": front.url, **({"Authorization": f"Bearer {token}"} if token else {})}
    answer = httpx.post(f"{front.url}/web/demo/{call}", json=body, headers=headers, timeout=20)
    assert answer.is_success, answer.text
    return answer.json()


def words_of(front: RunningFront, token: str) -> list[str]:
    return [each["text"] for each in web(front, "history", token)["messages"]]


# --- on both databases: what is settled is not settled again ----------------------------------------------------------
def settle_again(how: str, connection, message) -> list[Message]:
    reply = Reply(text="Second")
    message_store.lock_conversation(connection, message)
    return {
        "answered": lambda: message_store.record_turn(connection, message, Turn((reply,)), delivery=True),
        "failed": lambda: message_store.record_failure(connection, message, "late", reply, delivery=True),
        "left": lambda: message_store.record_for_person(connection, message, [reply], delivery=True),
    }[how]()


@pytest.mark.parametrize("how", ["answered", "failed", "left"])
def test_message_is_answered_once(store, how) -> None:
    accepted = store.run(inbox.accept, Inbound("loop", "ann", "visa?"))
    store.run(message_store.record_turn, accepted.message, Turn((Reply(text="First"),)), delivery=True)
    said = store.run(lambda connection: settle_again(how, connection, accepted.message))
    assert [one.text for one in said] == ["First"]
    assert len(store.run(message_store.messages_after, accepted.conversation_id)) == 2
    assert len(store.run(lambda connection: connection.execute(schema.delivery.select()).all())) == 1


def test_delivery_is_begun_by_one(opened, postgres_tables) -> None:
    """Two fronts look at the same delivery at once; the later one finds that it is taken."""
    one, other = opened(), opened()
    accepted = one.run(inbox.accept, Inbound("loop", "ann", "visa?"))
    one.run(message_store.record_turn, accepted.message, Turn((Reply(text="First"),)), delivery=True)
    with ThreadPoolExecutor(1) as pool:
        with one.engine.begin() as first:
            assert outbox.claim_next(first, accepted.conversation_id).attempts == 1
            later = pool.submit(other.run, outbox.claim_next, accepted.conversation_id)
            until(
                lambda: one.run(lambda connection: connection.execute(text(WAITS)).scalar()), "the later one's waiting"
            )
        assert later.result() is None


def test_late_word_about_a_delivery_changes_nothing(store) -> None:
    """A front that was thought dead says that its attempt failed, after another one has begun the next."""
    accepted = store.run(inbox.accept, Inbound("loop", "ann", "visa?"))
    store.run(message_store.record_turn, accepted.message, Turn((Reply(text="First"),)), delivery=True)
    first = store.run(outbox.claim_next, accepted.conversation_id)
    second = store.run(outbox.claim_next, accepted.conversation_id)
    assert second.maybe_twice and second.attempts == 2
    store.run(outbox.schedule_retry, first, "429", False)
    assert not store.run(outbox.mark_failed, first, "blocked")
    store.run(outbox.mark_delivered, second.delivery_id, ("7",))
    store.run(outbox.schedule_retry, second, "late", False)
    delivery = store.run(outbox.delivery_of, first.message.id)
    assert (delivery["state"], delivery["maybe_twice"], delivery["failure"]) == ("delivered", True, "")


BEFORE_COLUMNS = "0009"  # the revision before `conversation` and `staff` gained columns


@pytest.fixture
def older_database(postgres) -> Iterator[str]:
    """Return the URL of a database of its own in which the migration that adds columns to large tables is still to be done."""
    url = make_url(postgres).set(database="older")
    server = create_engine(postgres, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text("CREATE DATABASE older"))
        with closing(Store(url.render_as_string(hide_password=False))) as store:
            store.upgrade()
            with store.engine.begin() as undoing:
                config = Config()
                config.set_main_option("script_location", str(MIGRATIONS))
                config.attributes["connection"] = undoing
                command.downgrade(config, BEFORE_COLUMNS)
        yield url.render_as_string(hide_password=False)
        connection.execute(text("DROP DATABASE older WITH (FORCE)"))
    server.dispose()


def test_migration_does_not_hold_up_fronts(older_database) -> None:
    """Somebody reads for long in what a migration changes; whoever writes waits for neither, and it is done afterwards."""
    with (
        closing(Store(older_database)) as front,
        closing(Store(older_database)) as newer,
        ThreadPoolExecutor(1) as pool,
    ):
        with front.engine.connect() as reading:
            reading.execute(text("SELECT count(*) FROM conversation, staff, message"))
            migrating = pool.submit(newer.upgrade)
            until(
                lambda: front.run(lambda connection: connection.execute(text(WAITS)).scalar()),
                "the migration's waiting",
            )
            front.run(lambda connection: connection.execute(text("UPDATE conversation SET page = ''")))
            assert not migrating.done()
        assert migrating.result() is None
        newer.upgrade()
