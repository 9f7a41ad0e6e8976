"""What must agree across files does: imports run downhill, and domain, data, actions and endpoints know each other."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from core.settings import PROJECT_ROOT, Settings

ROOMS = ("language", "knowledge", "actions", "conversations", "channels", "console", "bot")
MODULES = [path.relative_to(PROJECT_ROOT) for room in ROOMS for path in sorted((PROJECT_ROOT / room).rglob("*.py"))]
BELOW = {  # what each room may import of the project beside itself
    "language": (),
    "knowledge": ("language",),
    "actions": ("knowledge", "core.settings"),
    "conversations": (),
    "channels": ("conversations", "core.settings"),
    "console": (
        *(
            "channels.http",
            "channels.markdown",
            "channels.data_download",
            "channels.registry",
            "channels.signed_tokens",
        ),
        *(
            "channels.web.site_registry",
            "channels.web.opening_hours",
            "channels.web.sites",
        ),  # which it manages
        *("conversations", "knowledge", "language", "core.settings"),
    ),
    "bot": ("actions", "channels", "console", "conversations", "knowledge", "language"),
}
WITHOUT_EXAMPLES = {"nlu_fallback", "say_nothing"}  # what the component sets itself
IMPORT_ACTIONS = """
import importlib, pkgutil, sys
import rasa_sdk, rasa_sdk.executor, knowledge.knowledge_base
def noticed(event, arguments):
    place = str(arguments[0]) if arguments else ""
    ours = place.startswith(sys.argv[1]) and "/.venv/" not in place and not place.endswith((".py", ".pyc"))
    if event.startswith(("socket.", "sqlite3.", "subprocess.")) or event == "open" and ours:
        print(event, place)
sys.addaudithook(noticed)
import actions
names = [each.name for each in pkgutil.walk_packages(actions.__path__, "actions.")]
for name in names:
    importlib.import_module(name)
print(len(names), "modules")
"""


def imported(source: str, package: str) -> set[str]:
    """Every module that a source imports, inside functions too; `package` is where relative imports start."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(part for part in (package if node.level else "", node.module or "") if part)
            found |= {f"{base}.{alias.name}" for alias in node.names}
    return found


def uphill(module: Path, source: str) -> set[str]:
    """What a module imports though its room may not."""
    room, stem = module.parts[0], module.with_suffix("").as_posix().replace("/", ".")
    names = imported(source, ".".join(module.parts[:-1]))
    allowed = () if stem == "core.settings" else (room, *BELOW[room])
    ours = {name for name in names if name.split(".")[0] in ROOMS}
    wrong = {name for name in ours if not any(f"{name}.".startswith(f"{each}.") for each in allowed)}
    if module.parts[:2] != ("bot", "engine"):
        wrong |= {name for name in names if name.split(".")[0] == "rasa"}
    if room != "actions":
        wrong |= {name for name in names if name.split(".")[0] == "rasa_sdk"}
    if stem == "core.settings":
        wrong |= {name for name in names if name.split(".")[0] not in sys.stdlib_module_names}
    return wrong


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_imports_run_downhill(module):
    assert uphill(module, (PROJECT_ROOT / module).read_text(encoding="utf-8")) == set()


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("nlu/extraction/entity_matcher.py", "from knowledge.knowledge_base import open_knowledge"),
        ("knowledge/building/build.py", "import core.settings"),
        ("knowledge/building/build.py", "def later():\n    import actions.context"),
        ("actions/topics.py", "from bot.ops.supervisor import Supervisor"),
        ("actions/topics.py", "from nlu.reader import Reader"),
        ("bot/cli/main.py", "import rasa"),
        ("bot/engine/turn.py", "from rasa_sdk import Action"),
        ("core/settings.py", "from knowledge.errors import KnowledgeError"),
        ("core/settings.py", "import numpy"),
    ],
)
def test_uphill_import_is_noticed(module, line):
    assert uphill(Path(module), line)


def test_importing_actions_does_nothing():
    argv = [sys.executable, "-W", "ignore", "-c", IMPORT_ACTIONS, str(PROJECT_ROOT)]
    done = subprocess.run(argv, cwd=PROJECT_ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    *noticed, count = done.stdout.splitlines()
    assert noticed == [] and int(count.split()[0]) > 10


def read(name: str) -> dict:
    return YAML(typ="safe").load(PROJECT_ROOT / name)


DOMAIN = read("domain.yml")
INTENTS = {next(iter(each)) if isinstance(each, dict) else each for each in DOMAIN["intents"]}


def steps(kind: str) -> set[str]:
    """The intents or actions of all rules and stories."""
    told = [*read("data/rules.yml")["rules"], *read("data/stories.yml")["stories"]]
    return {step[kind] for each in told for step in each["steps"] if kind in step}


def examples() -> dict[str, int]:
    """How many entries of training examples each intent has."""
    counted = defaultdict(int)
    for path in (PROJECT_ROOT / "data").rglob("*.yml"):
        for entry in YAML(typ="safe").load(path).get("nlu", []):
            counted[entry["intent"]] += 1
    return counted


def test_every_action_is_in_domain():
    from rasa_sdk.executor import ActionExecutor

    executor = ActionExecutor()
    executor.register_package("actions")
    homes = {name: type(run.__self__).__module__ for name, run in executor.actions.items()}
    ours = {
        name for name, home in homes.items() if home.startswith("actions.")
    }  # other tests have actions of their own
    assert ours == set(DOMAIN["actions"])


def test_every_intent_is_acted_on():
    assert INTENTS - steps("intent") == set() and steps("intent") - INTENTS == set()


def test_every_intent_has_examples():
    assert INTENTS - set(examples()) <= WITHOUT_EXAMPLES and set(examples()) - INTENTS == set()


def test_every_intent_has_a_name_for_staff():
    named = {
        name
        for each in DOMAIN["intents"]
        if isinstance(each, dict)
        for name, of in each.items()
        if of.get("staff_name")
    }
    assert INTENTS - named == set()


def test_every_reply_is_used():
    known = set(DOMAIN["actions"]) | set(DOMAIN["responses"])
    assert known - steps("action") == set()
    assert steps("action") - known <= {"action_listen"}


def test_every_kind_of_name_is_entity():
    from actions.context import NAME_KINDS

    assert set(DOMAIN["entities"]) == {*NAME_KINDS, "topic"}


def test_endpoints_load_our_store():
    from rasa.core.tracker_store import TrackerStore
    from rasa.core.utils import AvailableEndpoints
    from rasa.shared.core.domain import Domain

    from bot.engine.tracker_store import SnapshotStore

    endpoints = AvailableEndpoints.read_endpoints(str(PROJECT_ROOT / "endpoints.yml"))
    assert type(TrackerStore.create(endpoints.tracker_store, Domain.empty())) is SnapshotStore
    assert endpoints.action.url == f"{Settings().actions_url}/webhook"


def test_credentials_load_our_channels():
    from rasa.core.run import create_http_input_channels

    channels = create_http_input_channels(None, str(PROJECT_ROOT / "credentials.yml"))
    assert {type(each).__module__ for each in channels} == {"bot.engine.http_api"}
    assert {each.name() for each in channels} == {"rest", "turns"}
