"""Every topic of the guide, every subject it leaves open, and every button, asked of the running advisor."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from core.settings import PROJECT_ROOT

FACTS = YAML(typ="safe").load((Path(__file__).parent / "facts.yml").read_text(encoding="utf-8"))
OPEN = [
    subject["key"]
    for subject in YAML(typ="safe").load((PROJECT_ROOT / "knowledge/guide/not-stated.yml").read_text(encoding="utf-8"))[
        "subjects"
    ]
]
SUMMARIES = re.compile(r".*/(overview|features)\Z")  # their lists hold what other topics say
PERSON = "/want_person"


def _payload(topic: str) -> str:
    return "/ask_topic" + json.dumps({"topic": topic})


def missing_facts(key: str, text: str) -> list[str]:
    facts = [
        fact for fact in FACTS[key]["facts"] if not re.search(fact, text, re.IGNORECASE | re.MULTILINE | re.DOTALL)
    ]
    return facts + [name for name in FACTS[key].get("names", []) if not re.search(rf"(?<!\w){re.escape(name)}", text)]


@pytest.mark.parametrize("key", FACTS)
def test_topic_is_answered_with_its_facts(advisor, key) -> None:
    reply = advisor.ask(payload=_payload(key))
    assert missing_facts(key, reply.text) == [], reply.text
    assert reply.outcome == "answered"
    assert reply.topic and reply.sources
    assert reply.buttons
    # A topic may be served by another that asks the same; the one named must say the same.
    assert advisor.ask(payload=_payload(reply.topic)).text == reply.text


def test_guide_covers_every_key() -> None:
    assert len(FACTS) == 111


def test_facts_tell_topics_apart(advisor) -> None:
    replies = {key: advisor.ask(payload=_payload(key)) for key in FACTS}
    mixed_up = {
        (key, other.topic)
        for key, own in replies.items()
        for other in replies.values()
        if other.topic != own.topic and not SUMMARIES.match(other.topic) and not missing_facts(key, other.text)
    }
    assert mixed_up == set()


@pytest.mark.parametrize("key", OPEN)
def test_open_subject_is_said_to_be_open(advisor, key) -> None:
    reply = advisor.ask(payload=_payload(f"not-stated/{key}"))
    assert (reply.outcome, reply.topic) == ("declined", f"not-stated/{key}")
    assert re.search(r"\b(no|not|nothing|none|never)\b|n't\b", reply.first_sentence), reply.first_sentence
    assert PERSON in reply.payloads
    assert reply.sources == [], "what the guide doesn't say has no section"


def test_knowledge_holds_every_open_subject(advisor) -> None:
    from knowledge.knowledge_base import open_knowledge

    assert {heading.key for heading in open_knowledge(advisor.settings.knowledge_db).open_subjects()} == {
        f"not-stated/{key}" for key in OPEN
    }


def test_every_button_leads_on(advisor) -> None:
    """Pressed where it was offered, since some go on from what was said before."""
    typed = [
        "hello",
        "help me choose",
        "which country is best?",
        "find programs",
        "which programs are there in canada",
        "compare",
        "which type suits me",
        "is it recognised in law",
        "is it recognised in spain",
        "what is edx",
        "is stanford listed",
        "tell me about oxford",
        "best country for nursing",
        "where is that from",
        "that is wrong",
        "xkcdq",
        "who won the match",
    ]
    asked = [*map(_payload, [*FACTS, *(f"not-stated/{key}" for key in OPEN)]), *typed]
    waiting, seen, dead = [], set(), []

    def note(person, reply) -> None:
        waiting.extend((person, button["payload"]) for button in reply.buttons)

    for question in asked:
        person = advisor.conversation()
        note(person, person.press(question) if question.startswith("/") else person.say(question))
    while waiting:
        person, payload = waiting.pop()
        if payload in seen:
            continue
        seen.add(payload)
        reply = person.press(payload)
        if reply.outcome == "failed":
            dead.append(payload)
        note(person, reply)
    assert dead == [] and len(seen) > 100
