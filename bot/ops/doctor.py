"""Checks everything that the advisor needs, and says what is missing and what to do about it."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path

from core.contract.turns import READY_PATH
from core.http_client import fetch
from core.pack_registry import packs_of
from core.ports import FRONT_READY_PATH, Whose, require_free_port, whose
from core.processes import PortTaken
from core.served_model import trained_model
from core.settings import Settings, SettingsError, unknown_settings
from training.train import knowledge_is_current, model_is_current

FROM_NPM = ("htmx.min.js", "hx-sse.min.js")  # console/web/templates.py serves them
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


@dataclass(frozen=True)
class Finding:
    """Result of one check; `remedy` is empty if nothing needs doing."""

    subject: str
    state: str
    remedy: str = ""

    @property
    def ok(self) -> bool:
        """Tell whether nothing needs doing."""
        return not self.remedy

    def __str__(self) -> str:
        line = f"{'ok    ' if self.ok else 'BROKEN'} {self.subject}: {self.state}"
        return line if self.ok else f"{line}\n       -> {self.remedy}"


def run_checks(settings: Settings) -> Iterator[Finding]:
    """Yield the finding of each check, in the order in which things depend on each other."""
    for check in CHECKS:
        try:
            yield check(settings)
        except Exception as error:  # a check that breaks is a finding too, and must not hide the ones after it
            subject = check.__name__.replace("_", " ").capitalize()
            yield Finding(subject, f"{type(error).__name__}: {_first_line(error)}", "Run: make setup")


def run_all_checks(settings: Settings) -> Iterator[Finding]:
    """Yield the findings of an installation: all checks, then those of each further guide pack, which name it."""
    yield from run_checks(settings)
    try:
        packs = packs_of(settings)
    except SettingsError as error:
        yield Finding("Guide packs", str(error), "Put the file right that ADVISOR_PACKS_FILE names.")
        return
    for name in filter(None, packs):
        for check in OF_PACK:
            yield _of_pack(name, check(packs[name].settings))


def _of_pack(name: str, finding: Finding) -> Finding:
    """Return a finding on a further pack, whose remedy is for it alone."""
    remedy = finding.remedy.replace("make train", f"./advisor train --pack {name}")
    remedy = remedy.replace("knowledge build", f"knowledge build --pack {name}")
    return replace(finding, subject=f"{finding.subject} of {name}", remedy=remedy)


def python_version(settings: Settings) -> Finding:
    """Check that this is the Python that Rasa needs."""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] == (3, 10):
        return Finding("Python", version)
    return Finding("Python", f"{version}, but Rasa 3.6 needs 3.10", "Run the advisor as ./advisor or through make.")


def packages(settings: Settings) -> Finding:
    """Check the installed packages against the locks."""
    pinned = [pin for name in ("engine.lock", "model.lock") for pin in _pins(settings.root / "requirements" / name)]
    if not pinned:
        return Finding("Packages", "requirements/*.lock is missing or empty", "Restore it: git checkout requirements")
    installed = {name: _installed(name) for name, _ in pinned}
    wrong = [
        f"{name} {installed[name] or 'missing'} instead of {version}"
        for name, version in pinned
        if installed[name] != version
    ]
    if not wrong:
        return Finding("Packages", f"{len(pinned)} installed as locked")
    return Finding("Packages", _some(wrong), "Delete .venv/engine and run: make setup")


def sentence_model(settings: Settings) -> Finding:
    """Check the sentence model's files."""
    from nlu.encoding.model_files import check

    problem = check(settings.encoder_dir)
    if problem:
        return Finding("Sentence model", problem, "Run: make setup")
    return Finding("Sentence model", f"prepared in {settings.encoder_dir}")


def sentence_encoder(settings: Settings) -> Finding:
    """Check that the sentence model really runs."""
    from nlu.encoding.encoder import open_encoder

    try:
        length = open_encoder(settings.encoder_dir).encode(["hello"]).shape[1]
    except Exception as error:  # whatever a broken graph raises: this is the place that reports it
        return Finding(
            "Sentence encoder", f"does not run: {_first_line(error)}", f"Delete {settings.encoder_dir}; run: make setup"
        )
    return Finding("Sentence encoder", f"runs, {length} numbers a sentence")


def knowledge_base(settings: Settings) -> Finding:
    """Check that the knowledge base opens and is up to date."""
    from knowledge.errors import KnowledgeError
    from knowledge.knowledge_base import open_knowledge

    try:
        held = open_knowledge(settings.knowledge_db).stats()
    except KnowledgeError as error:
        return Finding("Knowledge base", _first_line(error), "Run: ./advisor knowledge build")
    if not knowledge_is_current(settings):
        return Finding("Knowledge base", "older than its sources", "Run: ./advisor knowledge build")
    return Finding("Knowledge base", f"up to date, {held['topic']} topics")


def trained(settings: Settings) -> Finding:
    """Check that there is a trained model and it is up to date."""
    model = trained_model(settings)
    if model is None:
        return Finding("Trained model", f"there is none in {settings.models_dir}", "Run: make train")
    if not model_is_current(settings):
        return Finding("Trained model", f"{model.name} is older than what it is trained from", "Run: make train")
    return Finding("Trained model", f"{model.name}, up to date")


def engine(settings: Settings) -> Finding:
    """Check the engine's port."""
    setting = f"engine_port of [{settings.pack}]" if settings.pack else "ADVISOR_ENGINE_PORT"
    place = settings.host, settings.engine_port, setting
    return _own_port(settings, "Engine", *place, settings.engine_url + READY_PATH)


def front(settings: Settings) -> Finding:
    """Check the front's port."""
    place = settings.front_host, settings.front_port, "ADVISOR_FRONT_PORT"
    return _own_port(settings, "Front", *place, settings.front_url + FRONT_READY_PATH)


def front_environment(settings: Settings) -> Finding:
    """Check the front's environment."""
    if (settings.work_dir / ".venv/front/.complete").is_file():
        return Finding("Front's environment", "installed")
    return Finding("Front's environment", "missing or unfinished", "Run: make setup")


def action_server(settings: Settings) -> Finding:
    """Check the action server's port, if there is one."""
    if settings.actions == "in-process":
        return Finding("Action server", "none: actions run in the engine (ADVISOR_ACTIONS)")
    url = f"{settings.actions_url}/health"
    return _port("Action server", "127.0.0.1", settings.actions_port, "ADVISOR_ACTIONS_PORT", url)


def settings_known(settings: Settings) -> Finding:
    """Check that every ADVISOR_* variable is a setting."""
    unknown = unknown_settings()
    if unknown:
        return Finding("Settings", f"nothing reads {', '.join(unknown)}", "Compare with: ./advisor settings")
    return Finding("Settings", "all known")


def website_widget(settings: Settings) -> Finding:
    """Check that the widget is built."""
    if (settings.widget_dist / "widget.js").exists():
        return Finding("Website widget", "built")
    return Finding("Website widget", "not built", _set_up_with_node())


def console_scripts(settings: Settings) -> Finding:
    """Check the console's scripts from npm."""
    missing = [name for name in FROM_NPM if not (settings.web_dir / name).exists()]
    if not missing:
        return Finding("Console's scripts", "installed")
    return Finding("Console's scripts", f"{' and '.join(missing)} missing from {settings.web_dir}", _set_up_with_node())


def language_model(settings: Settings) -> Finding:
    """Tell whether and whither messages go to a language model, and check that nobody else can read its key."""
    subject = "Language model"
    if not settings.uses_language_model:
        return Finding(subject, "none: what visitors write stays here")
    where = f"messages go to {settings.language_model_host}, personal data covered"
    key = settings.language_model_key_file
    if key is None:
        return Finding(subject, where)
    if not key.is_file():
        return Finding(subject, f"{where}; its key is missing", f"Put the endpoint's key into {key}, in one line.")
    if key.stat().st_mode & 0o077:
        return Finding(subject, f"{where}; others on this machine may read its key", f"Run: chmod 600 {key}")
    return Finding(subject, where)


CHECKS: tuple[Callable[[Settings], Finding], ...] = (
    python_version,
    packages,
    settings_known,
    language_model,
    sentence_model,
    sentence_encoder,
    knowledge_base,
    trained,
    engine,
    action_server,
    front_environment,
    website_widget,
    console_scripts,
    front,
)

OF_PACK = (knowledge_base, trained, engine)  # what each further guide pack has of its own


def _set_up_with_node() -> str:
    if shutil.which("npm"):
        return "Run: make setup"
    return "Install Node.js with npm (Debian, Ubuntu: apt-get install nodejs npm), then run: make setup"


def _pins(lock: Path) -> list[tuple[str, str]]:
    return PIN.findall(lock.read_text(encoding="utf-8")) if lock.is_file() else []


def _installed(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _own_port(settings: Settings, subject: str, host: str, port: int, setting: str, url: str) -> Finding:
    """Check a port of the engine or the front, which say whose they are."""
    if whose(settings, url) is not Whose.ANOTHER:
        return _port(subject, host, port, setting, url)
    state = f"port {port} belongs to another advisor, one with another ADVISOR_VAR_DIR than {settings.var_dir}"
    return Finding(subject, state, f"Stop that one, or set {setting} to another port.")


def _port(subject: str, host: str, port: int, setting: str, url: str) -> Finding:
    status, _ = fetch(url)
    if status == 200:
        return Finding(subject, f"answers at {url}")
    try:
        require_free_port(host, port, setting, subject.lower())
    except PortTaken as error:
        answer = f"port {port} is in use, and {url} answers {status}" if status else f"port {port} is in use"
        return Finding(subject, answer, str(error).split("). ", 1)[1])
    return Finding(subject, f"not running; port {port} is free")


def _some(things: list[str]) -> str:
    return "; ".join(things[:5]) + (f"; and {len(things) - 5} more" if len(things) > 5 else "")


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
