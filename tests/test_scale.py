"""docs/scale.md is a sheet: what it computes follows from what it names as measured or assumed."""

from __future__ import annotations

import ast
import math
import operator
import re

import pytest

from core.settings import PROJECT_ROOT

PAGE = (PROJECT_ROOT / "docs/scale.md").read_text(encoding="utf-8")
GIVEN = re.compile(r"^\| [^|]+ \| `(\w+)` \| ([\d,.]+)(?: [^|]*)? \| [^|]+ \|$", re.MULTILINE)
COMPUTED = re.compile(r"^\| [^|]+ \| `(\w+) = ([^`]+)` \| ([\d,.]+)(?: [^|]*)? \|(?: [^|]+ \|)?$", re.MULTILINE)
OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}


def _number(text: str) -> float:
    return float(text.replace(",", ""))


def _value(node: ast.expr, names: dict[str, float]) -> float:
    """Return the value of a formula of names, numbers, the four operations and `ceil`."""
    if isinstance(node, ast.Constant):
        return float(node.value)
    if isinstance(node, ast.Name):
        return names[node.id]
    if isinstance(node, ast.BinOp):
        return OPERATORS[type(node.op)](_value(node.left, names), _value(node.right, names))
    assert isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "ceil", ast.dump(node)
    return math.ceil(_value(node.args[0], names))


def _sheet() -> dict[str, tuple[float, float]]:
    """Return what each formula comes to and what the page says, by the name of the figure."""
    names = {name: _number(value) for name, value in GIVEN.findall(PAGE)}
    found = {}
    for name, formula, said in COMPUTED.findall(PAGE):
        names[name] = _value(ast.parse(formula.strip(), mode="eval").body, names)
        found[name] = (names[name], _number(said))
    return found


SHEET = _sheet()


@pytest.mark.parametrize("name", SHEET)
def test_figure_follows_from_the_others(name) -> None:
    computed, said = SHEET[name]
    assert said == pytest.approx(computed, rel=0.01)


def test_sheet_is_read_whole() -> None:
    """Each formula of the page is among those that are held against it."""
    assert len(SHEET) == len(re.findall(r"\| `\w+ = ", PAGE)) > 15
    assert len(GIVEN.findall(PAGE)) == len(re.findall(r"\| `\w+` \| \d", PAGE)) > 10
