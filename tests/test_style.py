"""What a machine can see of style: sizes of rooms, files and functions, words of module names and docstrings.

The lists that begin with STILL hold what is over the bounds today. A test fails when a list holds what is mended, so each
can only grow shorter; nothing is added to them.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache

from core.settings import PROJECT_ROOT
from tests.structure import structure

FILES_IN_ROOM, FILE_LINES, FUNCTION_LINES = 12, 400, 60
STILL_CROWDED = {"actions", "bench", "bot/engine", "conversations/pipeline", "core", "tests", "tests/front"}
STILL_LONG_FILES = {
    *("tests/test_conversations.py", "tests/test_language.py", "tests/test_programs.py", "tests/test_setup.py"),
    *("tests/front/test_console_sign_in.py", "tests/front/test_slack_events.py", "tests/front/test_slack_promises.py"),
    *("tests/front/test_slack_sending.py", "tests/front/test_telegram_updates.py"),
    *("tests/front/test_web_channel.py", "tests/front/test_widget.py"),
}
STILL_LONG_FUNCTIONS: set[str] = set()
# Phrases of docstrings that a stranger must read twice, with what to write instead.
BANNED = {
    "none where": "or None if ...",
    "there is none": "None if ...",
    "so many": "name the number",
    "gone back": "rolled back",
    "handed out": "exported, returned",
}
# Words that no docstring of a function begins with: it says what calling it does ("Return ...", "Store ...").
NO_VERB = ("Whether", "What", "Where")
STILL_BANNED = {  # phrase or first word: the rooms that still have it
    "What": {"tests"},
    "Whether": {"actions"},
    "there is none": {"knowledge.queries"},
}


def test_rooms_hold_a_dozen_files() -> None:
    counted = Counter(
        path.parent.as_posix()
        for path in structure.modules().values()
        if path.name not in ("__init__.py", "__main__.py")
    )
    crowded = {room for room, files in counted.items() if files > FILES_IN_ROOM and not room.endswith("/versions")}
    assert crowded == STILL_CROWDED


def test_files_are_short() -> None:
    long = {path.as_posix() for name, path in structure.modules().items() if _lines(name) > FILE_LINES}
    assert long == STILL_LONG_FILES


def _lines(name: str) -> int:
    return (PROJECT_ROOT / structure.modules()[name]).read_text(encoding="utf-8").count("\n")


@cache
def _definitions(name: str) -> list[ast.AST]:
    """Return the functions and classes of a module."""
    kinds = (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return [node for node in structure.nodes_of(name) if isinstance(node, kinds)]


def test_functions_are_short() -> None:
    long = {
        f"{name}.{each.name}"
        for name in structure.modules()
        for each in _definitions(name)
        if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))
        and each.end_lineno - each.lineno >= FUNCTION_LINES
        and ".versions." not in name  # a migration is one honest sequence
    }
    assert long == STILL_LONG_FUNCTIONS


def test_module_names_stand_in_glossary() -> None:
    """Find the last word of every module's name, in singular or plural, in docs/glossary.md."""
    text = (PROJECT_ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").lower()
    words = set(re.findall(r"[a-z]+", re.sub(r"\| [^|]* \|$", "|", text, flags=re.MULTILINE)))  # without "Not"
    last = {
        name: name.rpartition(".")[2].rpartition("_")[2]
        for name, path in structure.modules().items()
        if not path.name.startswith(("__", "test_")) and "versions" not in path.parts
    }
    assert {name for name, word in last.items() if not {word, word.removesuffix("s"), f"{word}s"} & words} == set()


def _banned() -> dict[str, set[str]]:
    """Return the rooms whose docstrings hold what is banned, by phrase or first word."""
    wrong: dict[str, set[str]] = {}
    for name in structure.modules():
        for each in _definitions(name):
            text = " ".join((ast.get_docstring(each) or "").split())
            phrases = [phrase for phrase in BANNED if re.search(rf"\b{phrase}\b", text, re.IGNORECASE)]
            function = isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))
            first = [word for word in NO_VERB if function and re.match(rf"{word}\b", text)]
            for found in (*phrases, *first):
                wrong.setdefault(found, set()).add(structure.unit(name))
    return wrong


def test_docstrings_are_plain_english() -> None:
    found = _banned()
    new = {phrase: rooms - STILL_BANNED.get(phrase, set()) for phrase, rooms in found.items()}
    assert {phrase: rooms for phrase, rooms in new.items() if rooms} == {}
    gone = {phrase: rooms - found.get(phrase, set()) for phrase, rooms in STILL_BANNED.items()}
    assert {phrase: rooms for phrase, rooms in gone.items() if rooms} == {}, "take these out of STILL_BANNED"
