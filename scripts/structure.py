"""Read which module of the project needs which, and draw it into docs/architecture.md: scripts/draw-structure [--check].

A module needs another if it imports it (inside functions too), starts it as a process (`-m module`), or names its file
or folder in a string. tests/test_structure.py holds the result against the arrows that are allowed.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
ROOMS = (
    *("core", "nlu", "knowledge", "own_programs", "actions", "conversations", "channels", "console", "language_model"),
    *("training", "guide_import", "demo", "bot", "bench", "tests"),
)
PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- drawn by scripts/draw-structure -->", "<!-- end of the drawing -->"
STARTED = re.compile(r"(?:^|\s)-m\s+([a-z_]+(?:\.[a-z_]+)+)")
NAMED = re.compile(rf"^(?:{'|'.join(ROOMS)})(?:[./][A-Za-z_]\w*)+(?:\.py|:\w+)?$")


@cache
def modules() -> dict[str, Path]:
    """Return every module of the project by its dotted name, with its path from the project's folder."""
    paths = (path.relative_to(ROOT) for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")))
    return {module_name(path): path for path in paths if "node_modules" not in path.parts}


def module_name(path: Path) -> str:
    """Return the dotted name of a module by its path from the project's folder."""
    return path.with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")


def unit(name: str) -> str:
    """Return the sub-room that a module stands in, or its room if it stands in no sub-room."""
    path = modules()[name]
    return ".".join(path.parts[:-1][:2])


@cache
def resolved(name: str) -> str | None:
    """Return the module that a dotted name leads to (`a.b.Class` to `a.b`), or None if it is no module of the project."""
    while name:
        if name in modules():
            return name
        name = name.rpartition(".")[0]
    return None


def imported(nodes: Collection[ast.AST], package: str) -> set[str]:
    """Return all names that a module imports; `package` is where relative imports start."""
    names = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(part for part in (package if node.level else "", node.module or "") if part)
            names |= {f"{base}.{alias.name}" for alias in node.names}
    return names


def started(nodes: Collection[ast.AST]) -> set[str]:
    """Return the modules that are started as processes: `-m`, then a name, in one string or in neighbouring ones."""
    names = set()
    for node in nodes:
        if isinstance(node, (ast.List, ast.Tuple)):
            values = [each.value if isinstance(each, ast.Constant) else None for each in node.elts]
            names |= {str(name) for flag, name in zip(values, values[1:], strict=False) if flag == "-m"}
        elif isinstance(node, ast.Call):
            values = [each.value if isinstance(each, ast.Constant) else None for each in node.args]
            names |= {str(name) for flag, name in zip(values, values[1:], strict=False) if flag == "-m"}
    for text in _strings(nodes):
        names |= set(STARTED.findall(text))
    return names


def named(nodes: Collection[ast.AST]) -> set[str]:
    """Return the modules and folders of rooms that strings name: `"bot/cli/main.py"`, `ROOT / "tests" / "front"`."""
    texts = {text for text in _strings(nodes) if NAMED.match(text)}
    for node in nodes:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            texts.add("/".join(_path_parts(node)))
    dotted = {text.removesuffix(".py").partition(":")[0].replace("/", ".") for text in texts if text}
    return {name for name in dotted if name.partition(".")[0] in ROOMS}


def _path_parts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
        yield from _path_parts(node.left)
        yield from _path_parts(node.right)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def _strings(nodes: Collection[ast.AST]) -> Iterator[str]:
    """Yield the strings of a module, docstrings aside."""
    docstrings = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


@cache
def needs() -> dict[str, set[str]]:
    """Return for each module the modules of the project that it imports."""
    return {name: _ours(imported_names(name)) - {name} for name in modules()}


@cache
def mentions() -> dict[str, set[str]]:
    """Return for each module the modules or rooms that it starts as processes or whose files it names."""
    return {name: {_known(each) for each in _read(name).started | _read(name).named} - {name, ""} for name in modules()}


def started_modules(name: str) -> set[str]:
    """Return the modules of the project's rooms that a module starts as processes, whether they exist or not."""
    return {each for each in _read(name).started if each.partition(".")[0] in ROOMS}


def imported_names(name: str) -> set[str]:
    """Return every name that a module imports, others' packages included."""
    return _read(name).imported


class Names(NamedTuple):
    """What a module imports, starts and names."""

    imported: set[str]
    started: set[str]
    named: set[str]


@cache
def _read(name: str) -> Names:
    nodes = nodes_of(name)
    return Names(imported(nodes, _package(name)), started(nodes), named(nodes))


def nodes_of(name: str) -> list[ast.AST]:
    """Return all nodes of a module's syntax tree."""
    return list(ast.walk(ast.parse((ROOT / modules()[name]).read_text(encoding="utf-8"))))


def _package(name: str) -> str:
    return ".".join(modules()[name].parts[:-1])


def _ours(names: Iterable[str]) -> set[str]:
    return {module for name in names if (module := resolved(name))}


def _known(name: str) -> str:
    return resolved(name) or (name.partition(".")[0] if name.partition(".")[0] in ROOMS else "")


def room_arrows() -> dict[str, set[str]]:
    """Return for each room the rooms whose modules it imports."""
    arrows: dict[str, set[str]] = {room: set() for room in ROOMS}
    for name, others in needs().items():
        room = name.partition(".")[0]
        arrows[room] |= {other.partition(".")[0] for other in others} - {room}
    return arrows


def unit_arrows() -> dict[str, set[str]]:
    """Return for each sub-room (or room without any) the others whose modules it imports."""
    arrows: dict[str, set[str]] = defaultdict(set)
    for name, others in needs().items():
        arrows[unit(name)] |= {unit(other) for other in others} - {unit(name)}
    return arrows


def drawing() -> str:
    """Return the structure in Markdown: a Mermaid chart of the rooms, then the arrows inside each room."""
    arrows = {room: others for room, others in room_arrows().items() if room != "tests"}
    lines = ["```mermaid", "flowchart TD"]
    lines += [f"    {room} --> {other}" for room in arrows for other in sorted(_direct(room, arrows), key=ROOMS.index)]
    lines += ["```", "", "An arrow that follows from two others is left out. Inside the rooms:", "", "```text"]
    for start, others in sorted(unit_arrows().items(), key=lambda item: _place(item[0])):
        inside = sorted(each for each in others if each.partition(".")[0] == start.partition(".")[0])
        if inside and start.partition(".")[0] != "tests":
            lines.append(f"{start} -> {', '.join(inside)}")
    return "\n".join([*lines, "```"])


def _place(name: str) -> tuple[int, str]:
    return ROOMS.index(name.partition(".")[0]), name


def _direct(room: str, arrows: dict[str, set[str]]) -> set[str]:
    """Return the rooms that a room needs, without those that it reaches through another one of them anyway."""
    reached = {other: _reachable(other, arrows) for other in arrows[room]}
    through = set().union(*(reached[other] - {room, other} for other in reached if room not in reached[other]))
    return arrows[room] - through


def _reachable(room: str, arrows: dict[str, set[str]]) -> set[str]:
    seen: set[str] = set()
    waiting = [room]
    while waiting:
        for other in arrows.get(waiting.pop(), ()):
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return seen


def page_with_drawing(text: str) -> str:
    """Return the page with the drawing between its two markers."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{drawing()}\n\n{END}{after}"


def main() -> int:
    """Draw the structure in docs/architecture.md, or check it with --check; return 1 if it is out of step."""
    text = PAGE.read_text(encoding="utf-8")
    drawn = page_with_drawing(text)
    if "--check" in sys.argv:
        if drawn != text:
            print("docs/architecture.md is out of step with the imports; run scripts/draw-structure", file=sys.stderr)
        return int(drawn != text)
    PAGE.write_text(drawn, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
