"""What a language model is told: what never changes first, so that servers can keep it, then what differs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from core.contract.queries import ACTS, MaskedMessage, UnsureTurn
from core.contract.question_forms import FORMS
from core.contract.rephrasings import ENGLISH
from language_model.closed_list import ClosedList, attributes

FILE = Path(__file__).with_name("prompt.yml")


def prompt(message: MaskedMessage, choices: ClosedList, unsure: UnsureTurn) -> list[dict[str, str]]:
    """Return the messages of a chat completion: one for what is always the same, one for this message."""
    return [
        {"role": "system", "content": _fixed(choices)},
        {"role": "user", "content": _of_message(message, choices, unsure)},
    ]


def rephrasing_prompt(sentences: Sequence[str], language: str, tone: str, titles: bool = False) -> list[dict[str, str]]:
    """Return the messages that ask for sentences in another tone, or in another language, one for each.

    `titles` tells that some of them are titles of buttons and the like.
    """
    told = _told()
    asked = told["rephrase"] if language == ENGLISH else told["translate"]
    tones = f"TONE {_json(tone or told['tone'])}"
    return _asking("\n\n".join((asked, *_kept(titles), tones, f"LANGUAGE {_json(language)}")), sentences)


def back_prompt(sentences: Sequence[str], language: str, titles: bool = False) -> list[dict[str, str]]:
    """Return the messages that ask for sentences of another language in English; what they are to say is not told."""
    return _asking("\n\n".join((_told()["back"], *_kept(titles), f"LANGUAGE {_json(language)}")), sentences)


def _kept(titles: bool) -> list[str]:
    """Return what must stay of sentences and, only where there are some since small models are easily led astray, of titles."""
    return [_told()["keep"], *([_told()["titles"]] if titles else ())]


def _asking(system: str, sentences: Sequence[str]) -> list[dict[str, str]]:
    return [{"role": "system", "content": system}, {"role": "user", "content": f"SENTENCES {_json(list(sentences))}"}]


def _fixed(choices: ClosedList) -> str:
    told = _told()
    lists: dict[str, Mapping[str, str] | Sequence[str]] = {
        "ACTS": {act: told["acts"][act] for act in ACTS},
        "FORMS": list(FORMS),
        "ATTRIBUTES": list(attributes()),
        "TOPICS": choices.topics,
        "OPEN": choices.open_subjects,
        "THINGS": choices.things,
        "LANGUAGES": choices.languages,
    }
    return "\n\n".join([told["instructions"], *(_listed(name, each) for name, each in lists.items())])


def _of_message(message: MaskedMessage, choices: ClosedList, unsure: UnsureTurn) -> str:
    earlier = [{each.by: each.words} for each in message.earlier]
    return "\n\n".join(
        (
            _listed("CLAIMS", choices.claims),
            f"STATE {_json(unsure['state'])}",
            f"EARLIER {_json(earlier)}",
            f"MESSAGE {_json(message.words)}",
        )
    )


def _listed(name: str, entries: Mapping[str, str] | Sequence[str]) -> str:
    if isinstance(entries, Mapping):
        return "\n".join([name, *(f"{key}: {meaning}" for key, meaning in entries.items())])
    return f"{name} {', '.join(entries)}"


def _json(value: Any) -> str:
    """Return JSON in one line: no word of a visitor can begin a line of its own, or close the text that it stands in."""
    return json.dumps(value, ensure_ascii=False).replace("\u2028", " ").replace("\u2029", " ").replace("\x85", " ")


@cache
def _told() -> dict[str, Any]:
    told: dict[str, Any] = YAML(typ="safe").load(FILE)
    return told
