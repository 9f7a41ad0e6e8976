"""Texts that are stored in English and told in the reader's language (audit log, webhooks' results), and findings."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from console.translations import languages
from console.translations.findings import in_words
from conversations.audit_log import DONE
from conversations.integrations.webhooks import NOT_REACHED, RESULTS
from core import translations
from core.settings import PROJECT_ROOT
from core.translations import StoredTexts
from own_programs.checking.check import check_program
from own_programs.records import Offering, Price, ProgramRecord

ROOMS = ("conversations", "console", "channels", "bot")
RECORDS = "record_audit"


@pytest.fixture
def german() -> Iterator[None]:
    languages.use("de")
    yield
    translations.use(translations.ENGLISH)


def written(text: ast.expr, module: ast.Module) -> list[str]:
    """Return the texts that an expression may come to, with a word for each value in them."""
    if isinstance(text, ast.Subscript):  # cut to a length
        return written(text.value, module)
    if isinstance(text, ast.IfExp):
        return written(text.body, module) + written(text.orelse, module)
    if isinstance(text, ast.BinOp):  # with or without what is added
        return [first + second for first in written(text.left, module) for second in written(text.right, module)]
    if isinstance(text, ast.JoinedStr):
        return ["".join(part.value if isinstance(part, ast.Constant) else "value" for part in text.values)]
    if isinstance(text, ast.Name):
        return [each for source in sources_of(text.id, module) for each in written(source, module)]
    assert isinstance(text, ast.Constant), ast.unparse(text)
    return [text.value]


def sources_of(name: str, module: ast.Module) -> Iterator[ast.expr]:
    """Yield what a name of a module is set to, or given as the last argument of the function that has it as one."""
    functions = [each for each in ast.walk(module) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
    taking = {each.name for each in functions if each.args.args and each.args.args[-1].arg == name}
    for node in ast.walk(module):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            yield node.value
        elif isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in taking:
            yield node.args[-1]


def recorded() -> Iterator[tuple[str, str]]:
    """Yield every text that the sources record in the audit log, and where."""
    for path in (path for room in ROOMS for path in (PROJECT_ROOT / room).rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        module = ast.parse(source if RECORDS in source else "")
        for call in (node for node in ast.walk(module) if isinstance(node, ast.Call)):
            parts = [call.func, *call.args]
            at = next((at for at, part in enumerate(parts) if ast.unparse(part).endswith(RECORDS)), None)
            if at is not None:  # before it is told who did it, and before that maybe the connection
                text = parts[at + (3 if at == 0 else 2)]
                yield from ((f"{path.name}:{call.lineno}", each) for each in written(text, module))


def test_audit_log_knows_all_that_is_recorded() -> None:
    found = list(recorded())
    assert len(found) > 40
    assert [(place, text) for place, text in found if text not in DONE] == []


def test_audit_log_is_told_in_the_readers_language(german) -> None:
    assert DONE.told("renamed a tag to first to come") == "hat ein Schlagwort in first to come umbenannt"
    assert DONE.told("set mask_after to what the environment says").endswith("die Vorgabe der Umgebung gesetzt")
    assert DONE.told("something of an older version") == "something of an older version"


def test_result_of_a_webhook_is_told_in_the_readers_language(german) -> None:
    assert RESULTS.told("answered 503") == "geantwortet mit 503"
    assert RESULTS.told(NOT_REACHED % {"error": "ConnectError (100%)"}) == "nicht erreichbar (ConnectError (100%))"


@pytest.mark.parametrize("stored", ["", "set x", "renamed a tag", "set %(setting)s", "answered"])
def test_text_that_only_begins_like_one_stays(stored) -> None:
    assert StoredTexts("set %(setting)s to %(value)s", "answered %(status)s").told(stored) == stored


def test_all_that_checks_and_imports_find_is_told_in_the_readers_language(german) -> None:
    """Put values into every text of a finding and find the same text again, with the same values."""
    sources = [
        text.id
        for text in languages.read_catalogue("de")
        if isinstance(text.id, str) and "%(v1)s" in text.id and text.id.count("%(v") < 4
    ]
    assert len(sources) > 80
    for source in sources:
        values = {f"v{number}": f"Wert{number}" for number in range(1, 5)}
        assert in_words(source % values) == translations.gettext(source) % values


def test_finding_without_words_of_its_own_stays(german) -> None:
    assert in_words("something new was found") == "something new was found"
    assert in_words("") == ""


def test_finding_is_told_in_the_readers_language(german) -> None:
    today = date(2026, 11, 30)
    program = ProgramRecord("s", "k", "Kilns", prices=(Price(1.0),))
    program = replace(program, offerings=(Offering(start=today, end=today - timedelta(1)),))
    told = [finding.text for finding in check_program(program, today)]
    assert "Durchführung 1: endet am 2026-11-29, vor dem Beginn (2026-11-30)" in told
    assert {"nennt kein Fach", "ein Preis ohne Währung", "wurde nie mit seiner Seite verglichen"} <= set(told)
