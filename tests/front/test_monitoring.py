"""Alerts and dashboard: every figure that they use is one that a running front tells, and every alert has its page."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import httpx
import promql_parser
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from core.settings import PROJECT_ROOT

FOLDER = PROJECT_ROOT / "deploy/monitoring"
RUNBOOK = (PROJECT_ROOT / "docs/runbook.md").read_text(encoding="utf-8")
PLACES_OF_PROMTOOL = (PROJECT_ROOT / "var/prometheus/usr/bin/promtool", Path(shutil.which("promtool") or "promtool"))
PROMTOOL = next((path for path in PLACES_OF_PROMTOOL if path.exists()), None)  # see scripts/install-promtool
OF_PROMETHEUS = {"up"}  # which it makes itself, of what it fetches
SUFFIXES = {"counter": ("_total", "_created"), "histogram": ("_bucket", "_sum", "_count", "_created"), "gauge": ("",)}


def _yaml(name: str) -> Any:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


ALERTS = [rule for group in _yaml("alerts.yml")["groups"] for rule in group["rules"]]
DASHBOARD = json.loads((FOLDER / "dashboard.json").read_text(encoding="utf-8"))
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
ASKED = {
    **{rule["alert"]: rule["expr"] for rule in ALERTS},
    **{f"{panel['title']} {target['refId']}": target["expr"] for panel in PANELS for target in panel["targets"]},
    **{rule["name"]["as"]: rule["metricsQuery"] for rule in _yaml("prometheus-adapter.yml")["rules"]["external"]},
}


def _selectors(expression: Any) -> list[Any]:
    """Return all selectors of an expression of PromQL, wherever they stand in it."""
    if isinstance(expression, promql_parser.VectorSelector):
        return [expression]
    inner = ("expr", "lhs", "rhs", "vs", "vector_selector")
    below = [getattr(expression, name) for name in inner if hasattr(expression, name)]
    below += list(getattr(expression, "args", None) or ())
    return [selector for each in below for selector in _selectors(each)]


def _read(text: str) -> list[Any]:
    """Parse an expression; Grafana's own variables stand for times and names."""
    return _selectors(promql_parser.parse(text.replace("$__rate_interval", "5m").replace("$instance", ".*")))


@pytest.fixture(scope="module")
def told(front) -> dict[str, set[str]]:
    """Return the figures that a running front tells, each with the names of its labels."""
    front.ask("hello", "somebody")
    page = httpx.get(f"{front.operators_url}/metrics").text
    names: dict[str, set[str]] = {name: {"job", "instance"} for name in OF_PROMETHEUS}
    for family in text_string_to_metric_families(page):
        labels = {label for sample in family.samples for label in sample.labels} | {"job", "instance"}
        names.update({family.name + suffix: labels for suffix in SUFFIXES[family.type]})
    return names


def test_figures_are_found() -> None:
    """The reader of expressions looks into all that the files use."""
    found = [selector.name for selector in _read("a / (sum by (le) (rate(b[5m])) > 2) or absent(-c == max(d{x='y'}))")]
    assert found == ["a", "b", "c", "d"]
    assert len(ASKED) > 30 and all(map(_read, ASKED.values()))


@pytest.mark.parametrize("name", ASKED)
def test_figure_is_one_that_the_front_tells(name, told) -> None:
    for selector in _read(ASKED[name]):
        assert selector.name in told, f"{selector.name} is not among {sorted(told)}"
        matched = {matcher.name for matcher in selector.matchers.matchers}
        # A figure whose labels have not been seen yet, of a platform say, cannot be held against them.
        if told[selector.name] > {"job", "instance"}:
            assert matched <= told[selector.name]


@pytest.mark.parametrize("rule", ALERTS, ids=lambda rule: rule["alert"])
def test_alert_has_its_page(rule) -> None:
    page, _, anchor = rule["annotations"]["runbook_url"].partition("#")
    assert page == "docs/runbook.md"
    sections = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", RUNBOOK, re.MULTILINE | re.DOTALL))
    by_anchor = {title.lower(): text for title, text in sections.items()}
    assert anchor == rule["alert"].lower() and anchor in by_anchor
    assert {"**Means.**", "**Look.**", "**Do.**"} <= set(re.findall(r"\*\*\w+\.\*\*", by_anchor[anchor]))
    assert rule["labels"]["severity"] in ("page", "ticket") and rule["annotations"]["summary"].endswith(".")


def test_runbook_has_no_page_without_an_alert() -> None:
    assert re.findall(r"^## (Advisor\w+)$", RUNBOOK, re.MULTILINE) == [rule["alert"] for rule in ALERTS]


def test_dashboard_holds_together() -> None:
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(ids) == len(set(ids))
    assert {panel["datasource"]["uid"] for panel in PANELS} == {"${datasource}"}
    assert [variable["name"] for variable in DASHBOARD["templating"]["list"]] == ["datasource", "instance"]
    for one in PANELS:
        place = one["gridPos"]
        assert place["x"] + place["w"] <= 24
        for other in PANELS:
            assert one is other or not _overlap(place, other["gridPos"]), (one["title"], other["title"])


def _overlap(one: dict[str, int], other: dict[str, int]) -> bool:
    return all(one[at] < other[at] + other[size] and other[at] < one[at] + one[size] for at, size in ("xw", "yh"))


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not here (scripts/install-promtool)")
@pytest.mark.parametrize(
    "arguments",
    [("check", "rules", "alerts.yml"), ("check", "config", "prometheus.yml"), ("test", "rules", "alerts-test.yml")],
    ids=" ".join,
)
def test_promtool_agrees(arguments) -> None:
    done = subprocess.run([str(PROMTOOL), *arguments], cwd=FOLDER, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
