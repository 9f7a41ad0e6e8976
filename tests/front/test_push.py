"""Browser notifications: a push service on loopback gets what only the browser can read, from whom it says it is."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

from __future__ import annotations

import json
import os
import re
import struct
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwt
from joserfc.jwk import ECKey

from conversations.accounts import presence
from conversations.db import schema
from conversations.handoff import contact_requests, states
from conversations.integrations import push_subscriptions, web_push
from tests.front.console_fixtures import Running, console, hire, running_console, said
from tests.front.test_people import account, waiting
from tests.harness import until


class PushService:
    """A push service on loopback; `got` are the calls, by path, and `status` and `headers` are what it answers."""

    def __init__(self) -> None:
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 201
        self.headers: dict[str, str] = {}
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.got.append((self.path, dict(self.headers), body))
                self.send_response(service.status)
                for header in service.headers.items():
                    self.send_header(*header)
                self.end_headers()

            def log_message(self, *words: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Browser:
    """What a browser has of a subscription, and how it reads a message (RFC 8291, from the side of who gets it)."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint, self.auth = endpoint, os.urandom(16)
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._point = web_push.from_text(web_push.public_text(self._key))

    @property
    def form(self) -> dict[str, str]:
        """Return what the console's script sends of it."""
        keys = {"p256dh": web_push.to_text(self._point), "auth": web_push.to_text(self.auth)}
        return {"endpoint": self.endpoint, **keys}

    def read(self, body: bytes) -> dict[str, Any]:
        salt, (_, length) = body[:16], struct.unpack("!LB", body[16:21])
        theirs, record = body[21 : 21 + length], body[21 + length :]
        shared = self._key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
        material = HKDF(SHA256(), 32, self.auth, b"WebPush: info\0" + self._point + theirs).derive(shared)
        key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(material)
        nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(material)
        text = AESGCM(key).decrypt(nonce, record, None)
        assert text.endswith(b"\x02")
        return json.loads(text[:-1])


@pytest.fixture
def service() -> Iterator[PushService]:
    service = PushService()
    yield service
    service.server.shutdown()


@pytest.fixture
def office(tmp_path, service) -> Iterator[Running]:
    """Serve a console that may reach the push service."""
    with running_console(tmp_path, webhook_hosts="127.0.0.1", alert_from="it@example.org", smtp_host="x") as running:
        hire(running.store)
        yield running


def subscribed(office: Running, service: PushService, role: str, path: str) -> Browser:
    browser = Browser(service.url + path)
    assert office.send(office.signed_in(role), "/staff/account/push", **browser.form).status_code == 303
    return browser


def test_text_is_encrypted_as_the_standard_says() -> None:
    """Take the keys of the example in section 5 of RFC 8291 and get its body."""
    number = int.from_bytes(web_push.from_text("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big")
    browser = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    body = web_push.encrypted(
        b"When I grow up, I want to be a watermelon",
        browser,
        "BTBZMqHH6r4Tts7J_aSIgg",
        web_push.from_text("DGv6ra1nlYgDCS1FRnbzlw"),
        ec.derive_private_key(number, ec.SECP256R1()),
    )
    assert web_push.to_text(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
        "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_browser_is_told_that_somebody_waits(office, service) -> None:
    browser = subscribed(office, service, "adviser", "/push/one")
    one = waiting(office)
    until(lambda: service.got, "the call of the push service")
    [(path, headers, body)] = service.got
    assert path == "/push/one" and headers["Content-Encoding"] == "aes128gcm" and int(headers["TTL"]) > 0
    assert browser.read(body) == {"kind": "waiting", "link": f"/staff/conversations/{one}#end"}
    token, key = re.fullmatch(r"vapid t=([\w.-]+), k=([\w-]+)", headers["Authorization"]).groups()
    assert key == office.signed_in("adviser").get("/staff/account/push/key").json()["key"]
    point = web_push.from_text(key)
    coordinates = {"x": web_push.to_text(point[1:33]), "y": web_push.to_text(point[33:])}
    claims = jwt.decode(
        token, ECKey.import_key({"kty": "EC", "crv": "P-256", **coordinates}), algorithms=["ES256"]
    ).claims
    assert claims["aud"] == service.url and claims["sub"] == "mailto:it@example.org"


def test_contact_is_told_of_and_away_people_are_not(office, service) -> None:
    browser = subscribed(office, service, "trainer", "/push/here")
    subscribed(office, service, "adviser", "/push/away")
    office.store.run(presence.set_away, account(office, "adviser"), True)
    one = said(office.store, "a", "call me")
    office.store.run(contact_requests.add_contact_request, one, "mira@example.net")
    until(lambda: service.got, "the call of the push service")
    [(path, _, body)] = service.got
    assert path == "/push/here" and browser.read(body)["kind"] == "contact"


def test_browser_that_is_gone_is_forgotten(office, service) -> None:
    subscribed(office, service, "adviser", "/push/one")
    service.status = 410
    waiting(office)
    member = account(office, "adviser").id
    until(lambda: not office.store.run(push_subscriptions.of_account, member), "the subscription's end")


@pytest.mark.parametrize("status", [429, 503])
def test_browser_is_told_again_when_its_push_service_was_busy(office, service, status) -> None:
    """Have the service say when to come back: it then gets the same once more, and no oftener."""
    browser = subscribed(office, service, "adviser", "/push/one")
    service.status, service.headers = status, {"Retry-After": "1"}
    one = waiting(office)
    until(lambda: service.got, "the first call")
    service.status, service.headers = 201, {}
    until(lambda: len(service.got) == 2, "the second call")
    first, second = (browser.read(body) for _, _, body in service.got)
    assert first == second == {"kind": "waiting", "link": f"/staff/conversations/{one}#end"}
    assert int(service.got[1][1]["TTL"]) < int(service.got[0][1]["TTL"])
    time.sleep(3)
    assert len(service.got) == 2, "told once it was taken"


def test_browser_that_was_turned_off_meanwhile_is_not_told_again(office, service) -> None:
    subscribed(office, service, "adviser", "/push/one")
    service.status, service.headers = 500, {"Retry-After": "5"}  # a busy machine has time to write the next line down
    waiting(office)
    until(lambda: service.got, "the first call")
    office.store.run(presence.set_away, account(office, "adviser"), True)
    time.sleep(8)
    assert len(service.got) == 1


def test_browser_that_is_refused_for_a_week_is_forgotten(office, service) -> None:
    """Refuse as a service does after the installation's key has changed; a week later the subscription is dropped."""
    subscribed(office, service, "adviser", "/push/one")
    member = account(office, "adviser").id

    def kept() -> list[push_subscriptions.PushSubscription]:
        return office.store.run(push_subscriptions.of_account, member)

    service.status = 403
    waiting(office, "a")
    until(lambda: kept()[0].failing_since, "the refusal to be noted")
    assert len(service.got) == 1, "a refusal is not tried again at once"
    long_ago = schema.now() - push_subscriptions.REFUSED_FOR - timedelta(hours=1)
    with office.store.engine.begin() as connection:
        connection.execute(schema.push_subscription.update().values(failing_since=long_ago))
    service.status = 201
    waiting(office, "b")
    until(lambda: kept()[0].failing_since is None, "the refusals to be over")
    with office.store.engine.begin() as connection:
        connection.execute(schema.push_subscription.update().values(failing_since=long_ago))
    service.status = 403
    waiting(office, "c")
    until(lambda: not kept(), "the subscription's end")


def test_browser_is_turned_off(office, service) -> None:
    subscribed(office, service, "adviser", "/push/one")
    client, other = office.signed_in("adviser"), office.signed_in("trainer")
    number = re.search(r'name="browser" value="(\d+)"', client.get("/staff/account").text)[1]
    office.send(other, "/staff/account/push/remove", browser=number)
    assert office.store.run(push_subscriptions.of_account, account(office, "adviser").id), "not by somebody else"
    office.send(client, "/staff/account/push/remove", browser=number)
    assert not office.store.run(push_subscriptions.of_account, account(office, "adviser").id)


def test_push_service_inside_the_network_is_not_called(tmp_path, service) -> None:
    with running_console(tmp_path) as running:
        hire(running.store)
        subscribed(running, service, "adviser", "/push/one")
        waiting(running)
        done = "SELECT count(*) FROM alert WHERE done_at IS NOT NULL"

        def is_over() -> bool:
            with running.store.engine.connect() as connection:
                return bool(connection.exec_driver_sql(done).scalar())

        until(is_over, "the alert's end")
    assert service.got == []


@pytest.mark.parametrize(
    "changed",
    [
        {"endpoint": "ftp://push.example/x"},
        {"endpoint": "https://push.example/" + "x" * 1000},
        {"p256dh": "AAAA"},
        {"auth": "AAAA"},
        {"auth": "?"},
    ],
)
def test_what_is_no_subscription_is_refused(console, changed) -> None:
    form = {**Browser("https://push.example/x").form, **changed}
    assert console.send(console.signed_in("adviser"), "/staff/account/push", **form).status_code == 400


def test_console_can_be_installed(console) -> None:
    client = console.signed_in("adviser")
    page = client.get("/staff")
    assert '<link rel="manifest" href="/staff/app.webmanifest">' in page.text
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "manifest-src 'self'" in policy and "worker-src 'self'" in policy
    manifest = console.client().get("/staff/app.webmanifest").json()
    assert manifest["start_url"] == "/staff" and manifest["display"] == "standalone"
    for icon in manifest["icons"]:
        picture = client.get(icon["src"])
        width, height = struct.unpack("!II", picture.content[16:24])
        assert picture.headers["content-type"] == "image/png" and f"{width}x{height}" == icon["sizes"]
    worker = client.get("/staff/service-worker.js")
    assert worker.headers["service-worker-allowed"] == "/staff" and "Somebody is waiting" in worker.text
    assert console.client().get("/staff/service-worker.js").status_code == 303, "its words are for staff"
