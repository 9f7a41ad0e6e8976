"""A language model that reads messages: what leaves, what is taken, and that whatever it does costs no answer."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import httpx
import pytest
from ruamel.yaml import YAML

from conversations.models import Message
from conversations.pipeline.by_model.masked_messages import EARLIER_CHARS, Context, masked
from core.contract.queries import EarlierTurn, MaskedMessage, ModelReading, UnsureTurn
from core.settings import Settings, SettingsError
from language_model.endpoint.client import LONGEST_ANSWER
from language_model.model import LanguageModel, build_model
from tests.front.model_endpoint import ModelEndpoint, completion, running_endpoint
from tests.front.processes import RunningFront, StandInEngine, ended_at_last

ATTACKS = YAML(typ="safe").load(Path(__file__).parents[1] / "model_attacks.yml")
KEY = "sk-test-4711-secret"
CLAIM = "challenges/visa#1"
QUESTION: dict[str, Any] = {
    "act": "ask_topic",
    "topic": "challenges/visa",
    "claims": [CLAIM],
    "things": [{"thing": "destination:canada", "left_out": False}],
    "form": "yes_no",
    "attributes": [],
    "unknown": [],
    "answerable": True,
}
GOOD = json.dumps({"questions": [QUESTION], "language": "en"})


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with the endpoint's key."""
    file: Path = tmp_path_factory.mktemp("key") / "model.key"
    file.write_text(f"{KEY}\n")
    return file


@pytest.fixture(scope="module")
def shared_endpoint() -> Iterator[ModelEndpoint]:
    """Run an endpoint for the tests of this file."""
    with running_endpoint(GOOD) as running:
        yield running


@pytest.fixture
def endpoint(shared_endpoint: ModelEndpoint) -> ModelEndpoint:
    """Return the endpoint as it was at first: it answers with a query, and was asked nothing."""
    shared_endpoint.answer, shared_endpoint.behaviour = GOOD, {}
    shared_endpoint.asked.clear()
    shared_endpoint.headers.clear()
    return shared_endpoint


@pytest.fixture(scope="module")
def front(
    engine: StandInEngine, shared_endpoint: ModelEndpoint, key_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningFront]:
    """Start a front with the endpoint and no budget for the tests of this file."""
    settings = using(shared_endpoint, language_model_key_file=key_file, language_model_calls_a_day=0)
    running = RunningFront(tmp_path_factory.mktemp("front"), engine, **settings)
    with ended_at_last([running]):
        yield running.start()


def using(endpoint: ModelEndpoint, **settings: Any) -> dict[str, Any]:
    """Return the settings of a front that uses an endpoint."""
    model = {"url": endpoint.url, "name": "small", "seconds": 0.6}
    return {**{f"language_model_{name}": value for name, value in model.items()}, **settings}


def counted(front: RunningFront, metric: str) -> float:
    """Return what a metric has counted so far."""
    lines = dict(line.rsplit(" ", 1) for line in metrics(front).splitlines() if not line.startswith("#"))
    return float(lines.get(f"advisor_{metric}", 0))


def metrics(front: RunningFront) -> str:
    """Return the metrics of a front."""
    return httpx.get(f"{front.operators_url}/metrics").text


def understood(engine: StandInEngine) -> Any:
    """Return what the front told the engine last of a language model."""
    return engine.ran[-1].get("understood", "nothing")


def calls(result: str) -> str:
    """Return the name of the metric that counts calls with a result."""
    return f'language_model_calls_total{{result="{result}"}}'


def test_its_query_goes_to_the_engine(front, engine, endpoint, sender) -> None:
    figures = ('understood_total{by="model"}', calls("understood"), 'language_model_tokens_total{direction="in"}')
    before = [counted(front, name) for name in figures]
    assert front.ask("unsure what to do in Canada", sender)[0]["text"] == "You said: unsure what to do in Canada"
    assert understood(engine) == json.loads(GOOD)
    assert endpoint.headers[0]["Authorization"] == f"Bearer {KEY}" and endpoint.asked[0]["model"] == "small"
    assert [counted(front, name) - was for name, was in zip(figures, before, strict=True)] == [1, 1, 1200]


def test_it_is_not_asked_of_what_the_engine_understands(front, engine, endpoint, sender) -> None:
    before = counted(front, 'understood_total{by="built-in"}')
    front.ask("a clear question", sender)
    assert endpoint.asked == [] and understood(engine) == "nothing"
    assert counted(front, 'understood_total{by="built-in"}') == before + 1


def test_closed_list_is_of_the_knowledge_base(front, endpoint, sender) -> None:
    front.ask("unsure", sender)
    prompt, schema = endpoint.last_prompt(), json.dumps(endpoint.asked[0]["response_format"])
    for part in ("ask_topic", "challenges/visa", "not-stated/", "destination:canada", CLAIM, "yes_no", "institutions"):
        assert part in prompt and part in schema, part
    assert "no/such#9" not in prompt + schema and '"distress"' not in schema
    assert '"focus": {"destination": ["canada"]}' in prompt


# --- whatever it answers, or does not --------------------------------------------------------------------------------
def _lie(**parts: Any) -> str:
    return json.dumps({"questions": [{**QUESTION, **parts}], "language": "en"})


LIES = {
    "an act that is not there": _lie(act="give_everybody_a_refund"),
    "an act of danger": _lie(act="distress"),
    "an act that calls a person": _lie(act="want_person"),
    "a topic that is not there": _lie(topic="challenges/secret"),
    "a topic that is a sentence": _lie(topic="You can study for free."),
    "a claim of another list": _lie(claims=["types/overview#1"]),
    "a claim without a number": _lie(claims=["challenges/visa"]),
    "four claims": _lie(claims=[CLAIM] * 4),
    "a thing that is not there": _lie(things=[{"thing": "destination:atlantis", "left_out": False}]),
    "a thing with words of its own": _lie(things=[{"thing": "destination:canada", "left_out": False, "say": "hi"}]),
    "a form that is not there": _lie(form="shout"),
    "an attribute that is not there": _lie(attributes=["password"]),
    "an unknown name that nobody said": _lie(unknown=["Atlantis University"]),
    "an unknown name that is a page": _lie(unknown=["unsure" * 20]),
    "an unknown name that is nothing": _lie(unknown=[" "]),
    "whether it can be answered, as a word": _lie(answerable="yes"),
    "a reply beside the query": json.dumps({"questions": [QUESTION], "language": "en", "reply": "It is free."}),
    "a reply in the question": _lie(reply="It is free."),
    "a part left out": json.dumps({"questions": [{"act": "ask_topic"}], "language": "en"}),
    "a language that is not there": json.dumps({"questions": [QUESTION], "language": "klingon"}),
    "no language": json.dumps({"questions": [QUESTION]}),
    "ten questions": json.dumps({"questions": [QUESTION] * 10, "language": "en"}),
    "no question": '{"questions": [], "language": "en"}',
    "a list": f"[{GOOD}]",
    "a number": "42",
    "nothing": "",
    "free text": "Of course! You need no visa for Canada.",
    "free text before the query": f"Here it is: {GOOD}",
    "broken JSON": GOOD[:-7],
    "very deep JSON": "[" * 20000,
    "not a number": GOOD.replace("true", "NaN"),
}


def test_lies_are_refused(front, engine, endpoint, sender) -> None:
    before = counted(front, calls("invalid"))
    for number, (name, lie) in enumerate(LIES.items()):
        endpoint.answer = lie
        assert front.ask(f"unsure {number}", sender)[0]["text"] == f"You said: unsure {number}", name
        assert understood(engine) is None, name
    assert counted(front, calls("invalid")) == before + len(LIES)
    assert "free" not in front.log and "Atlantis" not in front.log and "Traceback" not in front.log


def test_query_that_the_engine_refuses_is_counted(front, endpoint, sender) -> None:
    names = ("language_model_queries_refused_total", 'understood_total{by="built-in"}', calls("understood"))
    before = [counted(front, name) for name in names]
    assert front.ask("unsure, outdated", sender)[0]["text"] == "You said: unsure, outdated"
    assert [counted(front, name) - was for name, was in zip(names, before, strict=True)] == [1, 1, 1]


def test_tokens_of_an_answer_that_was_cut_off_are_counted(front, endpoint, sender) -> None:
    spent = 'language_model_tokens_total{direction="in"}'
    before = counted(front, spent)
    endpoint.behaviour = TROUBLE["was cut off"][0]
    front.ask("unsure", sender)
    assert counted(front, spent) == before + 1200


def test_query_in_a_fence_is_taken(front, engine, endpoint, sender) -> None:
    endpoint.answer = f"```json\n{GOOD}\n```"
    front.ask("unsure", sender)
    assert understood(engine) == json.loads(GOOD)


TROUBLE: dict[str, tuple[dict[str, Any], str]] = {
    "stalls": ({"seconds": 1.5, "body": completion(GOOD)}, "late"),
    "trickles": ({"pieces": tuple(b" " for _ in range(12))}, "late"),
    "streams garbage": (
        {"pieces": (b"data: {]\n\n", b"data: [DONE]\n\n"), "Content_Type": "text/event-stream"},
        "malformed",
    ),
    "breaks off": ({"body": completion(GOOD), "Content_Length": "999999"}, "broken"),
    "speaks no HTTP": ({"raw": b"\x00\xff\x00 hello\r\n\r\n"}, "broken"),
    "sends a huge body": ({"body": b" " * (LONGEST_ANSWER * 40)}, "malformed"),
    "sends a bomb": ({"body": gzip.compress(b" " * 10_000_000), "Content_Encoding": "gzip"}, "malformed"),
    "sends nothing": ({"body": b""}, "malformed"),
    "sends no completion": ({"body": b'{"choices": []}'}, "malformed"),
    "sends no text": ({"body": completion(None)}, "malformed"),
    "was cut off": ({"body": completion(GOOD, finish_reason="length")}, "malformed"),
    "calls a tool": ({"body": completion(GOOD, finish_reason="tool_calls")}, "malformed"),
    "refuses the key": ({"status": 401}, "refused"),
    "refuses the request": ({"status": 400}, "refused"),
    "is asked too often": ({"status": 429, "Retry_After": "30"}, "busy"),
    "fails": ({"status": 500, "body": b"<html>"}, "broken"),
    "is overloaded": ({"status": 503}, "busy"),
}


@pytest.mark.parametrize("name", TROUBLE)
def test_trouble_costs_no_answer(front, engine, endpoint, sender, name) -> None:
    front.ask("unsure, and it goes well", sender)  # failures in a row would have it left alone
    endpoint.behaviour, result = TROUBLE[name]
    before = counted(front, calls(result))
    assert front.ask(f"unsure if it {name}", sender)[0]["text"] == f"You said: unsure if it {name}"
    assert understood(engine) is None
    assert counted(front, calls(result)) == before + 1
    assert len(endpoint.asked) == 2, "asked again"


def test_no_redirect_is_followed(front, engine, endpoint, sender) -> None:
    with running_endpoint(GOOD) as elsewhere:
        front.ask("unsure, and it goes well", sender)
        for status in (302, 307, 308):
            endpoint.behaviour = {"status": status, "Location": f"{elsewhere.url}/chat/completions"}
            front.ask(f"unsure {status}", sender)
            assert understood(engine) is None
        assert elsewhere.asked == [] and len(endpoint.asked) == 4  # the first went well


def test_failed_turn_does_not_ask_it_again(front, endpoint, sender) -> None:
    front.ask("unsure poison", sender)
    assert len(endpoint.asked) == 1


def test_endpoint_that_is_away_costs_no_answer(engine, new_front, endpoint) -> None:
    front = new_front(engine, **using(endpoint, language_model_url="http://127.0.0.1:9/v1"))
    for number in range(7):
        assert front.ask(f"unsure {number}")[0]["text"] == f"You said: unsure {number}"
    assert counted(front, calls("unreachable")) == 5 and counted(front, calls("paused")) == 2


# --- how much, for whom ----------------------------------------------------------------------------------------------
def test_budget_outlasts_a_restart(engine, new_front, endpoint) -> None:
    front = new_front(engine, **using(endpoint, language_model_calls_a_day=2, language_model_when="always"))
    front.ask("unsure one"), front.ask("unsure two")
    assert engine.asked[-2:] == ["unsure two", "unsure two"]
    front.end()
    front.start()
    assert front.ask("unsure three")[0]["text"] == "You said: unsure three"
    assert len(endpoint.asked) == 2 and counted(front, calls("over_budget")) == 1


def test_settings_keep_messages_here(endpoint, tmp_path) -> None:
    def model(**settings: Any) -> LanguageModel | None:
        return build_model(
            Settings(**using(endpoint, **settings)), tmp_path, Settings().knowledge_db, Settings().encoder_dir
        )

    assert model(language_model_when="never") is None
    for sites, when, told in (
        ("", "always", {"shop": "always", "": "always"}),
        ("shop", "unsure", {"shop": "unsure", "blog": "never", "": "never"}),
        ("shop=always, blog", "unsure", {"shop": "always", "blog": "unsure", "": "never"}),
        ("shop = always,*=unsure", "never", {"shop": "always", "blog": "unsure", "": "unsure"}),
        ("shop=never, *", "unsure", {"shop": "never", "blog": "unsure", "": "unsure"}),
    ):
        of_site = model(language_model_sites=sites, language_model_when=when)
        assert of_site and {site: of_site.when(site) for site in told} == told
    assert model(language_model_sites="shop=never") is None
    with pytest.raises(SettingsError, match="SITES says 'often'"):
        model(language_model_sites="shop=often")
    for language, result in ((None, "other_language"), ("de", "other_language"), ("es", "understood")):
        unsure: UnsureTurn = {"understanding": {}, "claims": [CLAIM], "language": language, "state": {}}
        asked = model(language_model_languages="pt, es")
        assert asked and asyncio.run(_read_once(asked, unsure)).result == result


async def _read_once(model: LanguageModel, unsure: UnsureTurn) -> ModelReading:
    try:
        return await model.read(MaskedMessage("unsure"), unsure)
    finally:
        await model.close()


# --- what leaves -----------------------------------------------------------------------------------------------------
def test_personal_data_is_masked(front, endpoint, sender) -> None:
    front.ask("I was born on 12 March 1999, call +44 20 7946 0958", sender)
    front.ask(
        "unsure, I am mira@example.org, my card is 4111 1111 1111 1111 and my IBAN DE89 3704 0044 0532 0130 00", sender
    )
    prompt = endpoint.last_prompt()
    for hidden in ("mira@", "12 March", "7946", "4111", "DE89", "0532"):
        assert hidden not in prompt, hidden
    assert "[e-mail]" in prompt and "[card]" in prompt and "[IBAN]" in prompt and "[phone]" in prompt


def test_personal_data_is_masked_where_an_earlier_message_is_cut() -> None:
    words = "x" * (EARLIER_CHARS - 20) + " I am mira.novak@example.org, call me"
    sent = masked(message_of("unsure"), Context(earlier=(EarlierTurn("visitor", words),)))
    assert "mira" not in sent.earlier[0].words and len(sent.earlier[0].words) == EARLIER_CHARS


def test_danger_said_before_stays_here(front, endpoint, sender) -> None:
    front.ask("distress about the Quokka", sender)
    front.ask("the Wombat is well", sender)
    front.ask("unsure", sender)
    prompt = endpoint.last_prompt()
    assert "Wombat" in prompt and "Quokka" not in prompt and "helpline" not in prompt


def test_no_other_conversation_is_in_it(front, endpoint, sender) -> None:
    front.ask("the word of the first is Quetzal", sender)
    front.ask("unsure of the second's Ocelot", f"{sender}-2")
    front.ask("unsure, and again", sender)
    of_second, of_first = (json.dumps(asked["messages"]) for asked in endpoint.asked)
    assert "Ocelot" in of_second and "Quetzal" not in of_second
    assert "Quetzal" in of_first and "Ocelot" not in of_first


def test_key_and_words_are_in_no_log(front, endpoint, sender) -> None:
    endpoint.behaviour = {"status": 401, "body": f"wrong key {KEY}".encode()}
    front.ask("unsure Xylophone", sender)
    assert KEY not in front.log and "Xylophone" not in front.log
    assert "gave no answer: refused" in front.log
    assert KEY not in metrics(front)


# --- consent ---------------------------------------------------------------------------------------------------------
ELSEWHERE = {"language_model_url": "https://models.example.org/v1", "language_model_name": "large"}


def test_front_refuses_an_endpoint_elsewhere_without_consent(engine, new_front) -> None:
    front = new_front(engine, started=False, **ELSEWHERE)
    front.start(wait=False)
    assert front.process.wait(30) == 1
    lines = [line for line in front.log.splitlines() if line.strip()]
    assert len(lines) == 1 and "ADVISOR_LANGUAGE_MODEL_CONSENT=models.example.org" in lines[0]


def test_consent_is_to_one_host() -> None:
    assert Settings(**ELSEWHERE, language_model_consent="models.example.org").uses_language_model
    for consent in ("yes", "example.org", "models.example.org.evil.test"):
        with pytest.raises(SettingsError, match=r"CONSENT=models\.example\.org"):
            Settings(**ELSEWHERE, language_model_consent=consent)
    assert not Settings(**ELSEWHERE, language_model_when="never").uses_language_model


@pytest.mark.parametrize(
    "url", ["ftp://x/v1", "models", "https://user:pw@x/v1", "https://x/v1?key=1", "http://[::1", "http://x:0/"]
)
def test_address_must_be_one(url) -> None:
    with pytest.raises(SettingsError, match="ADVISOR_LANGUAGE_MODEL_URL"):
        Settings(language_model_url=url, language_model_name="m", language_model_consent="x")


@pytest.mark.parametrize("content", [None, "", "two words", "a\nb"])
def test_key_file_must_hold_a_key(endpoint, tmp_path: Path, content) -> None:
    file = tmp_path / "broken.key"
    if content is not None:
        file.write_text(content)
    with pytest.raises(SettingsError, match="ADVISOR_LANGUAGE_MODEL_KEY_FILE"):
        build_model(
            Settings(**using(endpoint, language_model_key_file=file)),
            tmp_path,
            Settings().knowledge_db,
            Settings().encoder_dir,
        )


@pytest.mark.parametrize("name", ATTACKS["names"])
def test_name_of_the_visitor_is_covered(name) -> None:
    """Cover what looks like a part of the name that a platform gave, in the message and before; the name itself is not sent."""
    text = f"I am {name} and unsure"
    sent = masked(message_of(text), Context(person_name=name, earlier=(EarlierTurn("visitor", text),)))
    parts = {part for part in re.findall(r"\w+", name.casefold()) if len(part) > 2}
    assert parts and not parts & set(re.findall(r"\w+", f"{sent.words} {sent.earlier[0].words}".casefold()))
    assert sent.words.startswith("I am ") and sent.words.endswith(" and unsure")


def message_of(text: str) -> Message:
    """Return a message with this text."""
    return Message(1, "c", "rest", "visitor", text, datetime.now(timezone.utc), "received")
