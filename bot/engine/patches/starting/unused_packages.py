"""Packages that Rasa imports at each start for components that the advisor does not use: databases, platforms, science.

Rasa: imports all channels, stores, brokers and classifiers that it has, and with them boto3, SQLAlchemy, pymongo, aiogram,
Twilio, matplotlib, scikit-learn, SciPy and more, whatever the project's files name.
Ours: modules of these names that hold nothing but stand-ins, which Rasa's modules mention and never use.
Guard: the version of Rasa, and that credentials.yml, endpoints.yml and config.yml name nothing of Rasa's that would need one of
the packages; else all is imported, as Rasa always does. Once the engine answers, a stand-in that is called raises an error.
Gain: docs/bench.md, "The engine's start and memory".
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import ModuleType
from typing import Any

RASA = "3.6.21"
OURS = "bot.engine."
REMEDY = "start it with ADVISOR_RASA_PATCHES=off, and all that Rasa imports is there"
# What of Rasa's own may be named beside ours: it needs none of the packages.
HARMLESS = {"MemoizationPolicy", "AugmentedMemoizationPolicy", "RulePolicy", "in_memory"}
PACKAGES = (  # neither sentry_sdk, which each line of Rasa's log goes through, nor portalocker, which its messages go through
    *("aio_pika", "aiogram", "aiormq", "boto3", "botocore", "confluent_kafka", "engineio", "fbmessenger"),
    *("matplotlib", "PIL", "prompt_toolkit", "pymongo", "questionary", "randomname", "redis", "rocketchat_API"),
    *("scipy", "sklearn", "slack_sdk", "socketio", "sqlalchemy", "twilio", "webexteamssdk"),
)


class _Class(type):
    """Class of the stand-ins: whatever a module does with one while it is imported, it gets a stand-in."""

    used_up = False  # whether the engine answers, so that nothing may call a stand-in any more

    def __call__(cls, *arguments: Any, **more: Any) -> Any:
        if _Class.used_up:
            raise RuntimeError(f"{cls.__module__}.{cls.__name__} was left out when the engine started; {REMEDY}")
        return cls

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return cls

    def __getitem__(cls, item: Any) -> Any:
        return cls

    def __or__(cls, other: Any) -> Any:
        return cls

    __ror__ = __or__


class _StandIns(ModuleType):
    """Module each of whose attributes is a stand-in: a class to derive from, to annotate with, to name after `except`."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = type.__new__(_Class, name, (Exception,), {"__module__": self.__name__})
        setattr(self, name, made)
        return made


class _Finder(MetaPathFinder, Loader):
    """Finder of the packages' modules, before any other."""

    def __init__(self, packages: Iterable[str]) -> None:
        self._packages = frozenset(packages)

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> Any:
        """Return how a module of the packages is loaded, or None for all others."""
        return ModuleSpec(name, self, is_package=True) if name.partition(".")[0] in self._packages else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Return a module of stand-ins."""
        return _StandIns(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Leave the module as it is."""


def leave_out(root: Path, arguments: Sequence[str]) -> bool:
    """Put stand-ins in the packages' place where nothing needs them; return whether that was done.

    `arguments` are those of Rasa's command, `root` is the folder with its files.
    """
    if not _is_known_rasa() or "--remote-storage" in _split(arguments) or not only_ours(root, arguments):
        return False
    sys.meta_path.insert(0, _Finder(PACKAGES))
    return True


def close() -> None:
    """Refuse calls of stand-ins from now on; all that Rasa's modules do with them at their import is done."""
    _Class.used_up = True


def _is_known_rasa() -> bool:
    try:
        return version("rasa") == RASA
    except PackageNotFoundError:
        return False


def only_ours(root: Path, arguments: Sequence[str]) -> bool:
    """Tell whether the project's files name only what is ours or needs none of the packages."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    words = _split(arguments)
    named = dict(zip(words, words[1:], strict=False))
    files = [named.get(f"--{name}", f"{name}.yml") for name in ("credentials", "endpoints")]
    try:
        credentials, endpoints, config = (YAML(typ="safe").load(root / name) or {} for name in (*files, "config.yml"))
        stores = [each["type"] for name, each in endpoints.items() if name != "action_endpoint"]
        components = [each["name"] for each in (*(config["pipeline"] or ()), *(config["policies"] or ()))]
    except (OSError, YAMLError, AttributeError, KeyError, TypeError):
        return False  # Rasa itself says what is wrong with them
    return all(name.startswith(OURS) or name in HARMLESS for name in (*credentials, *stores, *components))


def _split(arguments: Sequence[str]) -> list[str]:
    """Return the arguments of a command with options and their values apart: "--port=1" is "--port", "1"."""
    return [part for argument in arguments for part in argument.split("=", 1)]
