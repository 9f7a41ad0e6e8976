"""Sentences in other languages: that the advisor speaks English, that a person can help, what to do in danger."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from actions.replies.base import DECLINED, PERSON, Button, Reply, guide, paragraphs

FILE = Path(__file__).with_name("languages.yml")
ENGLISH, DANGER, LOW = "english", "danger", "low"  # what a sentence of the file is for
ONLY_ENGLISH = (  # the subject of the guide goes into the braces
    "I only speak English so far. Write your question about {} in English, as simply as you like, or talk to a person."
)
IN_ENGLISH = "I can only answer in English so far."  # for languages without a sentence


def only_english(language: str | None) -> Reply:
    """Tell that the advisor speaks English, in the person's language if there is a sentence for it, and in English."""
    text = paragraphs(sentence(language, ENGLISH), ONLY_ENGLISH.format(guide().short))
    return Reply(text, DECLINED, buttons=(Button("What can I ask?", "/ask_help"), PERSON))


def in_english(reply: Reply, language: str, is_said: bool) -> Reply:
    """Return a reply with the line that says that it is in English, in the person's language if there is a sentence for it.

    It stands before the reply unless it `is_said` already.
    """
    line = sentence(language, ENGLISH) or IN_ENGLISH
    return replace(reply, text=reply.text if is_said else paragraphs(line, reply.text), in_english=line)


def care(language: str, purpose: str, outcome: str) -> Reply | None:
    """Return the line for somebody in danger or in low spirits, or None if the language has no such sentence."""
    text = sentence(language, purpose)
    return Reply(text, outcome) if text else None


def sentence(language: str | None, purpose: str) -> str:
    """Return the sentence in a language (ISO 639-1) for a purpose, or an empty text without one."""
    return _sentences().get(language or "", {}).get(purpose, "")


@cache
def _sentences() -> dict[str, dict[str, str]]:
    sentences: dict[str, dict[str, str]] = YAML(typ="safe").load(FILE)
    return sentences
