"""What strangers' connections may cost: a real front on a real socket, and clients that do not behave."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bot.front.connection_guard import Guard, Limits
from bot.front.server import OTHER_FILES, within_files
from core.service_manager import ServiceManager
from tests.front.processes import RunningFront, ended_at_last, until
from tests.harness import PATIENCE


@pytest.fixture(scope="module")
def guarded(engine, tmp_path_factory) -> Iterator[RunningFront]:
    """No proxy is trusted, so that this machine counts as an address like any other."""
    limits = {"trusted_proxies": "192.0.2.1", "connections_per_address": 30, "connections": 60, "streams": 4}
    more = {"messages_per_minute": 0, "web_sessions_per_minute": 0, "messages_per_minute_per_address": 0}
    front = RunningFront(tmp_path_factory.mktemp("guarded"), engine, **limits, **more)
    with ended_at_last([front]):
        yield front.start()


def connected(front: RunningFront, here: str = "127.0.0.1") -> socket.socket:
    return socket.create_connection(("127.0.0.1", front.port), timeout=PATIENCE, source_address=(here, 0))


def answer_to(front: RunningFront, sent: bytes) -> str:
    """Return the first line of the answer, or "" if nothing came."""
    with connected(front) as way:
        with contextlib.suppress(OSError):
            way.sendall(sent)
        with contextlib.suppress(OSError):
            return way.recv(4096).decode().split("\r\n")[0]
    return ""


def head(*lines: str) -> bytes:
    return "\r\n".join(["GET /health HTTP/1.1", "Host: x", *lines, "", ""]).encode()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (head(*[f"X-{number}: 1" for number in range(90)]), "200 OK"),
        (head(*[f"X-{number}: 1" for number in range(200)]), "431 Request Header Fields Too Large"),
        (head("X-Long: " + "x" * 8000), "200 OK"),
        (head("X-Long: " + "x" * 9000), "431 Request Header Fields Too Large"),
        (head(*[f"X-{number}: {'x' * 5000}" for number in range(8)]), "431 Request Header Fields Too Large"),
        (head("X-Endless: ")[:-4] + b"x" * 400_000, "431 Request Header Fields Too Large"),
        (head("X" * 400_000)[:-4], "431 Request Header Fields Too Large"),
        (b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", "414 Request-URI Too Long"),
        (b"GET /health?" + b"x" * 400_000, "431 Request Header Fields Too Large"),
        (b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n" * 2, "200 OK"),
    ],
)
def test_heads_have_limits(guarded, sent, said) -> None:
    assert answer_to(guarded, sent) in (f"HTTP/1.1 {said}", f"HTTP/1.1 {said.replace('Request-URI', 'URI')}")


def test_head_of_many_parts_has_a_limit(guarded) -> None:
    with connected(guarded) as way, contextlib.suppress(OSError):
        way.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n")
        for number in range(4000):
            way.sendall(b"X-%d: xxxxxxxxxx\r\n" % number)
        assert b"431" in way.recv(100)
    assert guarded.client.get("/health").status_code == 200


@pytest.mark.parametrize(
    "endless",
    [b"1;" + b"x" * 1000 + b"\r\na\r\n", b"0\r\nTrailer: " + b"x" * 1000],
)
def test_chunked_body_cannot_go_on(guarded, endless) -> None:
    """Neither by what stands around its chunks, nor by what comes after them."""
    with connected(guarded) as way:
        way.sendall(b"POST /webhooks/rest/webhook HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        with pytest.raises(OSError):
            for _ in range(20_000):
                way.sendall(endless if endless.startswith(b"1") else endless[-1000:])
                time.sleep(0.0002)
    assert guarded.client.get("/health").status_code == 200


def test_half_sent_requests_end(engine, new_front) -> None:
    """Slow loris: heads that never end, a trickle that never stops, connections that say nothing."""
    front = new_front(engine, trusted_proxies="192.0.2.1")
    ways = [connected(front) for _ in range(60)]
    for way in ways[:30]:
        way.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\nX: ")
    ended, began = 0, time.monotonic()
    while ended < len(ways) and time.monotonic() - began < 60:
        for way in [one for one in ways if one.fileno() >= 0]:
            with contextlib.suppress(OSError):
                way.send(b"x") if way in ways[:10] else None
            if _is_over(way):
                way.close()
                ended += 1
        time.sleep(0.5)
    assert ended == len(ways)
    assert front.client.get("/health").status_code == 200


def _is_over(way: socket.socket) -> bool:
    """Tell whether the other side has closed; what it says before that is read."""
    way.setblocking(False)
    try:
        while True:
            if not way.recv(4096):
                return True
    except BlockingIOError:
        return False
    except OSError:
        return True


def test_one_address_has_its_share(guarded) -> None:
    ways = [connected(guarded) for _ in range(30)]
    try:
        refused = answer_to(guarded, head())
        assert refused == "HTTP/1.1 503 Service Unavailable"
        with connected(guarded, "127.0.0.2") as other:
            other.sendall(head())
            assert other.recv(100).startswith(b"HTTP/1.1 200")
    finally:
        for way in ways:
            way.close()
    until(lambda: answer_to(guarded, head()) == "HTTP/1.1 200 OK", "room for the address again")


def test_all_addresses_have_a_limit(guarded) -> None:
    ways = [connected(guarded, f"127.0.0.{10 + number % 10}") for number in range(60)]
    try:
        with connected(guarded, "127.0.0.99") as one:
            one.sendall(head())
            said = one.recv(4096).decode()
            assert said.startswith("HTTP/1.1 503") and "retry-after: 10" in said
    finally:
        for way in ways:
            way.close()
    until(lambda: answer_to(guarded, head()) == "HTTP/1.1 200 OK", "room again")


def test_trusted_proxy_has_all_connections() -> None:
    guard = Guard(Limits(connections=0, per_address=2, trusted="127.0.0.1, 10.0.0.0/8"))
    assert [guard.enter(address) for address in ["10.1.2.3"] * 5 + ["127.0.0.1"] * 5] == [""] * 10
    assert [bool(guard.enter("192.0.2.1")) for _ in range(3)] == [False, False, True]


@pytest.mark.parametrize(("wanted", "files", "most"), [(8000, 65536, 8000), (8000, 1024, 768), (0, 4096, 3840)])
def test_connections_fit_into_open_files(wanted, files, most) -> None:
    assert within_files(Limits(connections=wanted), files).connections == most
    assert files - most >= OTHER_FILES


def test_soft_limit_of_files_is_raised(engine, new_front) -> None:
    """Services are started by systemd with 1,024."""
    front = new_front(engine, started=False)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    lower = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (1024, hard))  # noqa: E731
    with front.log_file.open("ab") as out:
        argv = ["bash", "-c", 'ulimit -Sn 1024; exec "$0" -m bot.front.app', sys.executable]
        front.process = subprocess.Popen(argv, env=front.environment, stdout=out, stderr=out, preexec_fn=lower)
    until(front._up, f"the front's start: {front.log}")
    soft, _ = resource.prlimit(front.process.pid, resource.RLIMIT_NOFILE)
    assert soft == min(hard, 65536)


# --- streams ----------------------------------------------------------------------------------------------------------
def session(front: RunningFront) -> dict[str, str]:
    origin = {"Origin": front.url}
    answer = httpx.post(f"{front.url}/web/demo/session", json={"consent": "2026-11"}, headers=origin)
    return {**origin, "Authorization": f"Bearer {answer.json()['token']}"}


def unread(front: RunningFront, headers: dict[str, str]) -> socket.socket:
    """Open a stream that is never read, with the smallest of buffers."""
    way = socket.socket()
    way.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    way.connect(("127.0.0.1", front.port))
    lines = [f"POST /web/demo/stream HTTP/1.1\r\nHost: 127.0.0.1:{front.port}\r\nContent-Length: 2"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    way.sendall("\r\n".join([*lines, "", "{}"]).encode())
    return way


def test_streams_have_a_limit_in_all(guarded) -> None:
    ways = [unread(guarded, session(guarded)) for _ in range(4)]
    try:
        headers = session(guarded)

        def one_more() -> httpx.Response:
            with httpx.stream("POST", f"{guarded.url}/web/demo/stream", json={}, headers=headers) as answer:
                return answer

        refused = until(lambda: (answer := one_more()).status_code == 503 and answer, "the limit of streams")
        assert refused.headers["retry-after"] == "30"
        assert guarded.client.get("/health").status_code == 200
    finally:
        for way in ways:
            way.close()


def fill(front: RunningFront, conversation: str, count: int, chars: int) -> None:
    with contextlib.closing(sqlite3.connect(front.folder / "conversations.db")) as database:
        columns = [row[1] for row in database.execute("PRAGMA table_info(message)") if row[1] != "id"]
        said = {"conversation_id": conversation, "text": "x" * chars, "external_id": None}
        like = database.execute(f"SELECT {', '.join(columns)} FROM message LIMIT 1").fetchone()
        row = [said.get(name, value) for name, value in zip(columns, like, strict=True)]
        marks = ", ".join("?" * len(columns))
        database.executemany(f"INSERT INTO message ({', '.join(columns)}) VALUES ({marks})", [row] * count)
        database.commit()


def web_conversation(front: RunningFront) -> str:
    with contextlib.closing(sqlite3.connect(front.folder / "conversations.db")) as database:
        last = "SELECT id FROM conversation WHERE channel = 'web' ORDER BY created_at DESC LIMIT 1"
        return database.execute(last).fetchone()[0]


def memory(front: RunningFront) -> float:
    """Of the process, in MB."""
    with open(f"/proc/{front.process.pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) / 1024 for line in file if line.startswith("VmRSS"))


def test_unread_streams_cost_little_memory(engine, new_front) -> None:
    front = new_front(engine, messages_per_minute=0)
    front.ask("hello")
    headers = session(front)
    fill(front, web_conversation(front), 200, 60_000)
    before = memory(front)
    ways = [unread(front, headers) for _ in range(20)]
    time.sleep(4)
    assert memory(front) - before < 60, "20 streams of 12 MB each"
    for way in ways:
        way.close()


def test_stream_gets_all_in_pages(engine, new_front) -> None:
    front = new_front(engine, messages_per_minute=0)
    front.ask("hello")
    headers = session(front)
    fill(front, web_conversation(front), 230, 5_000)
    ids = []
    with httpx.stream("POST", f"{front.url}/web/demo/stream", json={"after": 0}, headers=headers) as answer:
        for line in answer.iter_lines():
            if line.startswith("id: "):
                ids.append(int(line[4:]))
            if line == "event: state":
                break
    assert len(ids) == 230 and ids == sorted(set(ids))


@pytest.mark.parametrize("messages", [0, 150])
def test_reader_that_sleeps_cannot_hold_up_the_stop(engine, new_front, messages) -> None:
    """A phone with an open widget that nobody reads, with more news than its queue holds."""
    front = new_front(engine, messages_per_minute=0, messages_per_minute_per_address=0)
    front.ask("hello")
    headers = session(front)
    fill(front, web_conversation(front), 100, 60_000)
    way = unread(front, headers)
    time.sleep(1)
    for number in range(messages):
        said = {"id": f"m{number}", "text": "hello"}
        httpx.post(f"{front.url}/web/demo/messages", json=said, headers=headers).raise_for_status()
    assert front.end(signal.SIGTERM) == 0
    way.close()


def test_reader_that_reads_is_ended_at_once(engine, new_front) -> None:
    front = new_front(engine)
    with httpx.stream(
        "POST", f"{front.url}/web/demo/stream", json={}, headers=session(front), timeout=PATIENCE
    ) as answer:
        assert next(answer.iter_lines())
        assert front.ends_by_itself()


# --- the service manager ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["file", "abstract"])
def test_front_tells_systemd_how_it_is(engine, new_front, tmp_path, kind) -> None:
    address = str(tmp_path / "notify") if kind == "file" else f"@advisor-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind("\0" + address[1:] if address.startswith("@") else address)
        manager.settimeout(PATIENCE)
        front = new_front(engine, started=False)
        more = {"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "600000"}
        front.run([sys.executable, "-m", "bot.front.app"], {**front.environment, **more})
        assert manager.recv(100) == b"READY=1" and front.client.get("/health").status_code == 200
        assert {manager.recv(100) for _ in range(3)} == {b"WATCHDOG=1"}
        os.kill(front.process.pid, signal.SIGSTOP)
        try:
            status = Path(f"/proc/{front.process.pid}/status")
            until(lambda: "State:\tT" in status.read_text(encoding="ascii"), "the front to stand still")
            manager.setblocking(False)
            with pytest.raises(BlockingIOError):
                while True:  # what it said before; on a busy machine that is a lot
                    manager.recv(100)
            manager.settimeout(1.5)
            with pytest.raises(TimeoutError):
                manager.recv(100)
        finally:
            os.kill(front.process.pid, signal.SIGCONT)
        front.process.terminate()
        manager.settimeout(PATIENCE)
        until(lambda: manager.recv(100) == b"STOPPING=1", "word of the stop")


def test_without_systemd_nothing_is_told(tmp_path) -> None:
    ServiceManager("").tell("READY=1")
    ServiceManager(str(tmp_path / "gone")).tell("READY=1")


# --- who is asked -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", ["/staff/", "/demo/", "/health/?a=b", "/staff/conversations/"])
def test_redirects_trust_no_host(guarded, path) -> None:
    answer = guarded.client.get(path, headers={"Host": "evil.example"})
    assert answer.status_code == 307 and answer.headers["location"] == path.replace("/?", "?").removesuffix("/")


@pytest.mark.parametrize("path", ["//evil.example/", "//evil.example/staff/", "/%2f%2fevil.example/", "/nothing/"])
def test_made_up_address_leads_nowhere(guarded, path) -> None:
    answer = guarded.client.get(f"{guarded.url}{path}")
    assert answer.status_code == 404 and "location" not in answer.headers


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("advisor.example.org", 200),
        ("a.college.example", 200),
        ("127.0.0.1", 200),
        ("localhost:1", 200),
        ("evil.example", 400),
    ],
)
def test_only_allowed_hosts_are_served(engine, new_front, host, status) -> None:
    front = new_front(engine, allowed_hosts="advisor.example.org, *.college.example")
    assert front.client.get("/health", headers={"Host": host}).status_code == status


def test_ready_shows_no_paths(engine, new_front, tmp_path) -> None:
    front = new_front(engine, knowledge_db=tmp_path / "secret-folder" / "none.db")
    answer = front.client.get("/ready")
    assert answer.status_code == 503 and "knowledge" in answer.json()["reason"]
    assert "secret-folder" not in answer.text and "/" not in json.dumps(answer.json()["checks"]["knowledge"])
