"""The descriptions at /openapi.json: valid, whole, true of the running front, and good enough to make a client of."""

from __future__ import annotations

import functools
import importlib
import itertools
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import ModuleType

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from openapi_spec_validator import validate
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from conversations.db.store import Store, sqlite_url
from conversations.integrations import api_tokens
from tests.front.processes import OPERATORS_KEY, RunningFront, ended_at_last
from tests.harness import PATIENCE

KEY = "rest-key-for-tests"
EXAMPLES = 12  # of each operation
METHODS = ("get", "post", "put", "patch", "delete", "options", "head")
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
UNENDING = ("postWebStream",)  # a stream ends with its page


@pytest.fixture(scope="module")
def whole(engine, tmp_path_factory) -> Iterator[RunningFront]:
    """Everything set up that is described; no rates, since a test is fast."""
    more = {
        "rest_key": KEY,
        "rest_callback_url": "http://127.0.0.1:9/",
        "rest_callback_secret": "s" * 24,
        "socketio_origins": "https://www.example.org",
        "telegram_token": "123456:ABCDEFGHIJKLMNOPQRSTUVWXYZ-abcdefgh",
        "telegram_api_url": "http://127.0.0.1:9",
        "slack_bot_token": "xoxb-1",
        "slack_signing_secret": "0123456789abcdef0123456789abcdef",
        "slack_api_url": "http://127.0.0.1:9/api/",
        **dict.fromkeys(("messages_per_minute", "messages_per_minute_per_address", "web_sessions_per_minute"), 0),
        "web_calls_per_minute": 0,
    }
    running = RunningFront(tmp_path_factory.mktemp("whole"), engine, **more)
    with ended_at_last([running]):
        yield running.start()


@pytest.fixture(scope="module")
def token(whole) -> str:
    """Return a token of the data API that opens everything."""
    with closing(Store(sqlite_url(whole.folder / "conversations.db"))) as store:
        return store.run(api_tokens.add_token, "tests", api_tokens.SCOPES, 1, "ann")


def description(front: RunningFront, kind: str) -> dict:
    url = front.operators_url if kind == "operators" else front.url
    return httpx.get(f"{url}/openapi.json").raise_for_status().json()


def operations(document: dict) -> dict[str, tuple[str, str, dict]]:
    found = [
        (one["operationId"], (path, method, one))
        for path, methods in document["paths"].items()
        for method, one in methods.items()
        if method in METHODS
    ]
    assert len(dict(found)) == len(found), "each operation has an id of its own"
    return dict(found)


@pytest.mark.parametrize("kind", ["public", "operators"])
def test_description_is_valid(whole, kind) -> None:
    document = description(whole, kind)
    validate(document)
    for name, (path, _, one) in operations(document).items():
        assert one["summary"] and one["tags"], name
        declared = {each["name"] for each in one.get("parameters", ()) if each.get("in") == "path"}
        assert declared == {part.split("}")[0] for part in path.split("{")[1:]}, name
        for status, answer in one["responses"].items():
            assert "content" in answer or status == "304" or one["tags"] in (["Platforms"], ["Files"], ["Own data"]), (
                name,
                status,
            )
            assert None not in answer.values(), f"{name} {status}: a comma cut its description"


def test_keys_are_declared_where_asked_for(whole, front) -> None:
    asked = operations(description(whole, "public"))
    assert asked["say"][2]["security"] == [{"restKey": []}, {"restToken": []}]
    assert asked["postWebMessages"][2]["security"] == [{"session": []}] and asked["getHealth"][2]["security"] == []
    assert operations(description(whole, "operators"))["take"][2]["security"] == [{"operatorsKey": []}]
    assert operations(description(front, "public"))["say"][2]["security"] == [], "no key is set there"
    assert asked["listConversations"][2]["security"] == [{"apiToken": []}]


# --- a client made of it ----------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def made(whole, tmp_path_factory) -> Iterator[Callable[[str], tuple[ModuleType, list[str]]]]:
    """(kind) -> the generated package, and the names of its operations."""
    folder = tmp_path_factory.mktemp("made")
    sys.path.insert(0, str(folder))

    @functools.cache
    def make(kind: str) -> tuple[ModuleType, list[str]]:
        file, name = folder / f"{kind}.json", f"made_{kind}"
        url = whole.operators_url if kind == "operators" else whole.url
        file.write_bytes(httpx.get(f"{url}/openapi.json").content)
        argv = [str(Path(sys.executable).with_name("openapi-python-client")), "generate", "--path", str(file)]
        done = subprocess.run(
            [*argv, "--output-path", str(folder / name), "--meta", "none"], cwd=folder, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        modules = sorted((folder / name / "api").rglob("*.py"))
        return importlib.import_module(name), [one.stem for one in modules if one.stem != "__init__"]

    yield make
    sys.path.remove(str(folder))


@pytest.mark.parametrize("kind", ["public", "operators"])
def test_generated_client_has_all_operations(whole, made, kind) -> None:
    _, names = made(kind)
    ids = operations(description(whole, kind))
    assert sorted(one.replace("_", "") for one in names) == sorted(one.lower() for one in ids)


def test_generated_client_is_answered(whole, made, sender) -> None:
    public, _ = made("public")
    operators, _ = made("operators")
    say = importlib.import_module("made_public.api.rest.say")
    messages = importlib.import_module("made_public.api.rest.rest_messages")
    take = importlib.import_module("made_operators.api.operators.take")
    reply = importlib.import_module("made_operators.api.operators.reply")
    models = importlib.import_module("made_operators.models")
    client = public.AuthenticatedClient(base_url=whole.url, token=KEY)
    staff = operators.AuthenticatedClient(base_url=whole.operators_url, token=OPERATORS_KEY)
    saying = importlib.import_module("made_public.models").Saying
    (said,) = say.sync(client=client, body=saying(sender=sender, message="buttons"))
    assert said.text == "You said: buttons" and [one.title for one in said.buttons] == ["Visas", "A person"]
    number = whole.conversation_of(sender)
    assert take.sync(number, client=staff, body=models.ByPerson(person="Mira")).held_by == "Mira"
    reply.sync(number, client=staff, body=models.Replying(person="Mira", text="Hello"))
    page = messages.sync(sender, client=client)
    assert page.messages[-1].text == "Hello" and page.messages[-1].author_name == "Mira" and page.person == "Mira"
    refused = say.sync(client=client, body=saying(sender=sender, payload="/never_sent"))
    assert "in this conversation" in refused.error


def test_generated_client_reads_and_corrects(whole, made, sender, token) -> None:
    public, _ = made("public")
    whole.post({"sender": sender, "message": "buttons"}, headers={"Authorization": f"Bearer {KEY}"}).raise_for_status()
    calls = {
        name: importlib.import_module(f"made_public.api.data.{name}")
        for name in ("list_conversations", "get_conversation", "correct_message", "list_corrections", "get_insights")
    }
    client = public.AuthenticatedClient(base_url=whole.url, token=token)
    number = whole.conversation_of(sender)
    assert number in [one.conversation for one in calls["list_conversations"].sync(client=client).conversations]
    transcript = calls["get_conversation"].sync(number, client=client).transcript
    assert [(one.author, one.text) for one in transcript] == [("visitor", "buttons"), ("advisor", "You said: buttons")]
    meant = importlib.import_module("made_public.models").Correcting(label="small_talk")
    noted = calls["correct_message"].sync(str(transcript[0].message), client=client, body=meant)
    assert noted.intent == "small_talk" and noted.by == "API: tests"
    assert [one.message_id for one in calls["list_corrections"].sync(client=client)] == [transcript[0].message]
    assert len(calls["get_insights"].sync(client=client).days) == 30


# --- true of the running front ----------------------------------------------------------------------------------------
class Known:
    """What there really is, so that calls do more than miss: turned through, as long as it lasts."""

    def __init__(self, front: RunningFront, token: str) -> None:
        self._front, self.token, self._senders = front, token, (f"known-{number}" for number in itertools.count())

    def sender(self) -> str:
        name = next(self._senders)
        headers = {"Authorization": f"Bearer {KEY}"}
        self._front.post({"sender": name, "message": "buttons"}, headers=headers).raise_for_status()
        return name

    def conversation(self) -> str:
        return self._front.conversation_of(self.sender())

    def session(self) -> str:
        asked = {"headers": {"Origin": self._front.url}, "json": {"consent": self.notice}}
        return self._front.client.post("/web/demo/session", **asked).raise_for_status().json()["token"]

    @property
    def origin(self) -> str:
        return self._front.url

    @functools.cached_property
    def notice(self) -> str:
        asked = self._front.client.post("/web/demo/settings", headers={"Origin": self.origin}, json={})
        return asked.json()["consent"]["version"]


def prepare(case, kind: str, known: Known, real: bool) -> None:
    """Credentials always; with `real`, names that there are."""
    name, headers = case.operation.definition.raw["operationId"], case.headers
    path, body = case.path_parameters or {}, case.body
    if kind == "operators":
        headers["Authorization"] = f"Bearer {OPERATORS_KEY}"
    elif case.operation.path.startswith("/api/"):
        headers["Authorization"] = f"Bearer {known.token}"
    elif case.operation.path.startswith("/web/"):
        headers.update({"Origin": known.origin, "Authorization": f"Bearer {known.session()}"})
    else:
        headers["Authorization"] = f"Bearer {KEY}"
    if isinstance(case.query, dict):
        case.query.pop("wait", None)  # each would take its time
    if not real:
        return
    for part, made in (("site", lambda: "demo"), ("conversation", known.conversation), ("sender", known.sender)):
        if part in path:
            path[part] = made()
    if name in ("restForget", "restData") and isinstance(body, dict):
        body["sender"] = known.sender()


@pytest.mark.fuzz
@pytest.mark.parametrize("kind", ["public", "operators"])
def test_front_answers_as_described(whole, kind, token) -> None:
    """schemathesis: every operation, right and wrong input, with credentials; nothing undescribed, no fault of ours."""
    document, known = description(whole, kind), Known(whole, token)
    schema = schemathesis.openapi.from_dict(document)
    url = whole.operators_url if kind == "operators" else whole.url
    met: dict[str, set[int]] = {}
    for result in schema.get_all_operations():
        operation = result.ok()
        name = operation.definition.raw["operationId"]
        if name not in UNENDING:
            met[name] = set()
            _ask(operation, lambda case: prepare(case, kind, known, next(turns) % 2 == 0), url, met[name])
    good = {name for name, statuses in met.items() if any(status < 400 for status in statuses)}
    assert len(good) > 0.6 * len(met), f"most operations do more than refuse: {met}"


turns = itertools.count()


def _ask(operation, prepare_, url: str, met: set[int]) -> None:
    right = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    takes_input = operation.body or operation.query or operation.path_parameters
    cases = right | operation.as_strategy(generation_mode=GenerationMode.NEGATIVE) if takes_input else right

    @settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(case=cases)
    def ask(case) -> None:
        prepare_(case)
        answer = case.call(base_url=url, timeout=PATIENCE)
        met.add(answer.status_code)
        allowed = {503} if operation.tags == ["Platforms"] else set()  # Telegram is not there
        if answer.status_code not in allowed:
            case.validate_response(answer, checks=CHECKS)

    ask()
