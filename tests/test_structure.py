"""What must agree across files does: imports run downhill, and domain, data, actions and endpoints know each other."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import defaultdict

import pytest
from ruamel.yaml import YAML

from channels.registry import PACKAGES
from core.settings import PROJECT_ROOT, Settings
from tests.structure import structure

# Which rooms or sub-rooms or modules each room may import; `bench` and `tests` may import all.
BELOW = {
    "core": (),
    "nlu": ("core",),
    "knowledge": ("core", "nlu.data_files", "nlu.extraction"),
    "own_programs": ("core", "nlu.data_files"),
    "actions": ("core", "knowledge", "own_programs"),
    "language_model": ("core", "knowledge", "nlu"),
    "conversations": ("core",),
    "channels": ("core", "conversations"),
    "training": ("core", "knowledge", "nlu", "conversations"),
    "guide_import": ("core", "knowledge", "nlu", "own_programs.errors", "own_programs.importing.readers"),
    "console": (
        *("core", "nlu", "knowledge", "own_programs", "conversations", "training", "guide_import"),
        *("channels.http", "channels.markdown", "channels.data_download"),
        *("channels.registry", "channels.signed_tokens"),
        *("actions.replies", "channels.slack.rendering", "channels.telegram.rendering"),  # for the preview of a draft
        *("channels.telegram.message_splitting", "channels.web.serializers"),
        # the sites and opening hours that it manages
        *("channels.web.site_registry", "channels.web.sites", "channels.web.opening_hours"),
    ),
    "bot.ops": ("core", "nlu", "knowledge", "own_programs", "conversations", "training"),
    "bot.engine": ("core", "nlu", "knowledge", "own_programs", "actions", "training"),
    "bot.front": (
        *("core", "knowledge", "own_programs", "conversations", "channels", "console", "language_model", "bot.ops"),
    ),
    "bot.cli": (
        *("core", "nlu", "knowledge", "own_programs", "conversations", "channels", "console", "training"),
        *("guide_import", "bot.front", "bot.engine", "bot.ops"),
    ),
    "demo": ("core", "knowledge", "own_programs", "conversations", "channels", "training", "bot.ops", "bot.cli"),
}
# Inside a room, from the top down: sub-rooms and modules import only what stands further down. "." is every other module
# that stands in the room itself; what shares a line in brackets does not import each other.
INSIDE = {
    "nlu": ("reader", "topic_reading", "message_parts", ("classification", "extraction"), ("encoding", "text"), "."),
    "knowledge": ("editing", ("building", "knowledge_base"), "queries", "."),
    "own_programs": ("editing", ("importing", "exporting", "checking"), "search", ("store", "formats"), "."),
    "actions": (
        "rasa_actions",
        *("dialogue", "forms"),
        "follow_up_router",
        "question_router",
        "comparison",
        "own_catalogue",
        "advice",
        "facts",
        "describe",
        "programs",
        ".",
        "replies",
    ),
    "language_model": (".", "endpoint"),
    "conversations": (
        *("admin", "data_rights", ("analytics", "review"), ("learning", "pipeline", "editing"), "handoff", "accounts"),
        *(("erasure", "audit_log"), "integrations", "db", "sharing", "."),
    ),
    "channels": (tuple(package.partition(".")[2] for package in PACKAGES), "."),
    "console": ("app", "data_api", ("views", "identity"), "web", "translations", "."),
    "training": ("publishing", ("release", "evaluation"), "."),
    "guide_import": ("import_guide", ("readers", "report"), "."),
    "demo": ("__main__", "run", ".", "stand_ins"),
    "bot": ("cli", ("front", "engine"), "ops", "."),
}
# Arrows that are there though they should not be: a line goes when its last import does, and none is added.
STILL_UPHILL: set[str] = set()
# Modules that import each other in a circle, by one of them; likewise.
STILL_CIRCULAR: set[str] = set()
# Who starts or names what stands above: the processes of an advisor, and the commands that run the tests.
STARTS = {
    "bot.cli -> tests",
    "channels.slack -> demo.stand_ins",
    "channels.telegram -> demo.stand_ins",
    "core -> bot.engine",
    "core -> bot.front",
    "training -> bot.cli",
    "training -> bot.engine",
}
RASA = ("bot.engine", "bench.rasa_parser", "training.evaluation.scoring")  # who may import it
RASA_SDK = ("actions", "bot.engine.action_runner")
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


def allowed(name: str, other: str) -> bool:
    """Return whether a module may import another one."""
    room, target = name.partition(".")[0], other.partition(".")[0]
    if room in ("tests", "bench") and target != "tests" or room == "tests":
        return True
    if room == target and room != "bot":
        return _inside(name, other)
    key = structure.unit(name) if room == "bot" else room
    if key == structure.unit(other):
        return True
    below = BELOW.get(key, ())
    return any(f"{other}.".startswith(f"{each}.") for each in below)


def _inside(name: str, other: str) -> bool:
    """Return whether a module may import another one of its room."""
    room = name.partition(".")[0]
    if room not in INSIDE:
        return True
    (start, begin), (end, target) = _layer(room, name), _layer(room, other)
    return begin == target or start < end


def _layer(room: str, name: str) -> tuple[int, str]:
    """Return how far down a module stands in its room, and the entry of INSIDE that it belongs to."""
    own = name.partition(".")[2].partition(".")[0]
    layers = [layer if isinstance(layer, tuple) else (layer,) for layer in INSIDE[room]]
    entry = own if any(own in layer for layer in layers) else "."
    return next((number for number, layer in enumerate(layers) if entry in layer), len(layers)), entry


def uphill() -> dict[str, set[str]]:
    """Return the arrows between rooms or sub-rooms that are not allowed, with the imports that make them."""
    wrong = defaultdict(set)
    for name, others in structure.needs().items():
        for other in others:
            if not allowed(name, other):
                wrong[f"{structure.unit(name)} -> {structure.unit(other)}"].add(f"{name} imports {other}")
    return wrong


def test_imports_run_downhill() -> None:
    assert {arrow: imports for arrow, imports in uphill().items() if arrow not in STILL_UPHILL} == {}


def test_what_is_still_uphill_is_there() -> None:
    assert STILL_UPHILL - set(uphill()) == set(), "take these lines out of STILL_UPHILL"


def test_every_room_is_declared() -> None:
    rooms = {path.parent.name for path in PROJECT_ROOT.glob("*/__init__.py")} - {"tests"}
    assert rooms == set(structure.ROOMS) - {"tests"}
    assert rooms - {"bench", "bot"} == {key for key in BELOW if "." not in key}
    assert {key for key in BELOW if key.startswith("bot.")} == {unit for unit in _units() if unit.startswith("bot.")}
    undeclared = {unit for unit in _units() if _parent(unit) in INSIDE and _layer(*_named(unit))[1] == "."}
    assert undeclared == set(), "say in INSIDE where each sub-room stands"


def _units() -> set[str]:
    return {unit for unit in map(structure.unit, structure.modules()) if "." in unit and not unit.startswith("tests.")}


def _parent(unit: str) -> str:
    return unit.partition(".")[0]


def _named(unit: str) -> tuple[str, str]:
    return _parent(unit), unit


def circles() -> set[frozenset[str]]:
    """Return the groups of modules that need each other, imports inside functions included."""
    reached: dict[str, set[str]] = {}
    for name in structure.modules():
        seen, waiting = set(), [name]
        while waiting:
            for other in structure.needs()[waiting.pop()] - seen:
                seen.add(other)
                waiting.append(other)
        reached[name] = seen
    own = {name: frozenset(other for other in seen if name in reached[other]) for name, seen in reached.items()}
    return {group for group in own.values() if group}


def test_no_modules_import_each_other() -> None:
    found = circles()
    assert [sorted(group) for group in found if not group & STILL_CIRCULAR] == []
    assert {name for name in STILL_CIRCULAR if not any(name in group for group in found)} == set()


def test_processes_and_files_are_named_downhill() -> None:
    """Start `-m module` and name `room/file` only downhill, too, but for STARTS."""
    wrong = set()
    for name, others in structure.mentions().items():
        room = name.partition(".")[0]
        for other in others - {room}:
            target = structure.unit(other) if other in structure.modules() else other
            elsewhere = room == "bot" or target.partition(".")[0] != room
            uphill = other in structure.modules() and "." in other and not allowed(name, other)
            if elsewhere and (uphill or target in ("tests", "bench")):
                wrong.add(f"{structure.unit(name)} -> {target}")
    assert {arrow for arrow in wrong if not arrow.startswith(("tests", "bench"))} == STARTS


def test_started_modules_exist() -> None:
    started = {name: structure.started_modules(name) for name in structure.modules()}
    missing = {name: [each for each in others if each not in structure.modules()] for name, others in started.items()}
    assert {name: others for name, others in missing.items() if others} == {}


def test_rasa_stays_in_its_rooms() -> None:
    """Import rasa only in RASA, rasa_sdk only in RASA_SDK."""
    for package, rooms in {"rasa": RASA, "rasa_sdk": RASA_SDK}.items():
        ours = (name for name in structure.modules() if not name.startswith("tests."))
        importers = {name for name in ours if package in _packages(name)}
        assert {name for name in importers if not f"{name}.".startswith(tuple(f"{room}." for room in rooms))} == set()


@pytest.mark.parametrize("name", [f"core.settings{part}" for part in ("", "_checks", "_language_model", "_traces")])
def test_settings_need_nothing_installed(name) -> None:
    """Before the set-up, any Python reads the settings."""
    assert _packages(name) - set(sys.stdlib_module_names) - {"core"} == set()
    assert {other for other in structure.needs()[name] if not other.startswith("core.settings")} == set()


def _packages(name: str) -> set[str]:
    return {each.partition(".")[0] for each in structure.imported_names(name)}


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("nlu.extraction.entity_matcher", "knowledge.knowledge_base"),
        ("knowledge.building.build", "actions.context"),
        ("actions.topics", "bot.ops.run"),
        ("actions.topics", "nlu.reader"),
        ("actions.replies.base", "actions.context"),
        ("conversations.db.store", "conversations.pipeline.inbox"),
        ("conversations.models", "conversations.db.store"),
        ("channels.telegram.api.client", "channels.slack.api.client"),
        ("console.web.routing", "console.app"),
        ("console.views.home", "channels.web.api"),
        ("core.settings", "knowledge.errors"),
        ("bot.ops.run", "bot.front.app"),
        ("bot.front.app", "bot.engine.turn"),
        ("bot.cli.main", "bench.turns"),
        ("training.train", "console.app"),
        ("bench.turns", "tests.engine_fixtures"),
    ],
)
def test_uphill_import_is_noticed(name, other) -> None:
    assert {name, other} <= set(structure.modules()), "both must exist for the example to mean something"
    assert not allowed(name, other)


@pytest.mark.parametrize(
    ("source", "module"),
    [
        ("def later():\n    import core.settings", "core.settings"),
        ("from core import settings", "core.settings"),
        ("from . import settings", "core.settings"),
        ("run([python, '-m', 'bot.front.app'])", "bot.front.app"),
        ("run(python, '-m', 'bot.front.app')", "bot.front.app"),
        ("run('python -m bot.front.app --help')", "bot.front.app"),
        ("path = ROOT / 'bot' / 'front' / 'app.py'", "bot.front.app"),
        ("path = ROOT / 'bot/front/app.py'", "bot.front.app"),
        ("path = 'bot/front/app.py'", "bot.front.app"),
    ],
)
def test_every_way_of_needing_is_read(source, module) -> None:
    nodes = list(ast.walk(ast.parse(source)))
    names = structure.imported(nodes, "core") | structure.started(nodes) | structure.named(nodes)
    assert module in {structure.resolved(name) for name in names}


def test_structure_page_is_in_step() -> None:
    text = structure.PAGE.read_text(encoding="utf-8")
    assert structure.page_with_drawing(text) == text, "Run: scripts/draw-structure"


def test_importing_actions_does_nothing() -> None:
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
    """Return the intents or actions of all rules and stories."""
    told = [*read("data/rules.yml")["rules"], *read("data/stories.yml")["stories"]]
    return {step[kind] for each in told for step in each["steps"] if kind in step}


def intents_of(action: str) -> set[str]:
    """Return the intents whose rule leads to an action."""
    return {
        each["steps"][0]["intent"]
        for each in read("data/rules.yml")["rules"]
        if "intent" in each["steps"][0] and {"action": action} in each["steps"]
    }


def examples() -> dict[str, int]:
    """How many entries of training examples each intent has."""
    counted = defaultdict(int)
    for path in (PROJECT_ROOT / "data").rglob("*.yml"):
        for entry in YAML(typ="safe").load(path).get("nlu", []):
            counted[entry["intent"]] += 1
    return counted


def test_every_action_is_in_domain() -> None:
    from rasa_sdk.executor import ActionExecutor

    executor = ActionExecutor()
    executor.register_package("actions")
    homes = {name: type(run.__self__).__module__ for name, run in executor.actions.items()}
    ours = {
        name for name, home in homes.items() if home.startswith("actions.")
    }  # other tests have actions of their own
    assert ours == set(DOMAIN["actions"])


def test_every_intent_is_acted_on() -> None:
    assert INTENTS - steps("intent") == set() and steps("intent") - INTENTS == set()


def test_every_intent_has_examples() -> None:
    assert INTENTS - set(examples()) <= WITHOUT_EXAMPLES and set(examples()) - INTENTS == set()


def test_every_intent_has_a_name_for_staff() -> None:
    named = {
        name
        for each in DOMAIN["intents"]
        if isinstance(each, dict)
        for name, of in each.items()
        if of.get("staff_name")
    }
    assert INTENTS - named == set()


def test_every_reply_is_used() -> None:
    from actions.forms.saying import WORDED_AGAIN
    from actions.social import response_to

    known = set(DOMAIN["actions"]) | set(DOMAIN["responses"])
    fixed = {response_to(intent) for intent in intents_of("action_respond")}
    assert known - steps("action") == fixed | {f"{response}_again" for response in WORDED_AGAIN}
    assert steps("action") - known <= {"action_listen"}


def test_every_kind_of_name_is_entity() -> None:
    from actions.context import NAME_KINDS
    from actions.own_names import IN_BUTTONS

    assert set(DOMAIN["entities"]) == {*NAME_KINDS, *IN_BUTTONS, "topic"}


def test_endpoints_load_our_store() -> None:
    from rasa.core.tracker_store import TrackerStore
    from rasa.core.utils import AvailableEndpoints
    from rasa.shared.core.domain import Domain

    from bot.engine.tracker_store import SnapshotStore

    endpoints = AvailableEndpoints.read_endpoints(str(PROJECT_ROOT / "endpoints.yml"))
    assert type(TrackerStore.create(endpoints.tracker_store, Domain.empty())) is SnapshotStore
    assert endpoints.action.url == f"{Settings().actions_url}/webhook"


def test_credentials_load_our_channels() -> None:
    from rasa.core.run import create_http_input_channels

    channels = create_http_input_channels(None, str(PROJECT_ROOT / "credentials.yml"))
    assert {type(each).__module__ for each in channels} == {"bot.engine.http_api"}
    assert {each.name() for each in channels} == {"turns"}
