"""The text of what a question asks, as it is said back: its names, its question word, what it points to."""

from __future__ import annotations

import re
from collections.abc import Callable

_NAME = re.compile(r"\{(\w+)/([\w-]+)\|([^{}]*)\}")  # as nlu/extraction/said_back/questions.py marks the names
_BACK = re.compile(r"\b(?:it|its|they|them|their|that|this|these|those|there)\b", re.I)
_ASKING = re.compile(
    r"(?:(?:by|in|at|for|to|from|with) )?(?:what|which|who|whom|when|where|how(?: much| many| long)?|whether)\b"
)


def marked_names(asked: str) -> list[tuple[str, str, str]]:
    """Return the kind, the key and the typed words of each name that is marked."""
    return _NAME.findall(asked)


def with_names(asked: str, written: Callable[[str, str, str], str]) -> str:
    """Return a question with each marked name as `written` of its kind, key and typed words says."""
    return _NAME.sub(lambda name: written(*name.groups()), asked)


def points_back(asked: str) -> bool:
    """Return whether a question has a word that stands for what was talked of before."""
    return bool(_BACK.search(asked))


def without_question_word(asked: str) -> str:
    """Return a question that is said back without the word that asks."""
    return _ASKING.sub("", asked)


def in_bold(name: str, said: str) -> str:
    """Return a sentence with the first mention of a name in bold, unless it is."""
    return re.sub(rf"(?<!\*)\b{re.escape(name)}\b", f"**{name}**", said, count=1, flags=re.I)
