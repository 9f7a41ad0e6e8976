"""What the engine and the front agree on fits what Rasa is told."""

from __future__ import annotations

import ast
import sys

import pytest
from ruamel.yaml import YAML

from core.contract import intents
from core.contract.messages import OUTCOMES, RATED_OUTCOMES, REPLY_OUTCOMES
from core.settings import PROJECT_ROOT

NAMED = {name: value for name, value in vars(intents).items() if name.isupper() and isinstance(value, str)}
DOMAIN = YAML(typ="safe").load(PROJECT_ROOT / "domain.yml")


def test_named_intents_are_the_domains() -> None:
    known = {next(iter(each)) if isinstance(each, dict) else each for each in DOMAIN["intents"]}
    assert set(NAMED.values()) - known == set()


def test_intent_has_one_name() -> None:
    assert len(set(NAMED.values())) == len(NAMED)


def test_responses_state_known_outcomes() -> None:
    stated = {one["metadata"]["outcome"] for variants in DOMAIN["responses"].values() for one in variants}
    assert stated <= set(REPLY_OUTCOMES)
    assert set(RATED_OUTCOMES) <= set(OUTCOMES)


@pytest.mark.parametrize("path", sorted((PROJECT_ROOT / "core/contract").glob("*.py")), ids=lambda path: path.stem)
def test_contract_needs_nothing_else(path) -> None:
    tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    modules = {str(node.module) for node in tree if isinstance(node, ast.ImportFrom)}
    outside = {name for name in modules if not name.startswith("core.contract.")}
    assert {name.partition(".")[0] for name in outside} <= set(sys.stdlib_module_names)
