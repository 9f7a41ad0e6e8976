"""YAML parsed with line numbers, so that a mistake in a settings file is reported by file and line.

The sources of the knowledge have a reader of their own (knowledge/building/sources.py): it reads CSV as well, and collects
all mistakes. This one stops at the first, since a site that the console stores has no lines, and a form shows one mistake.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml

from conversations.input_parsing import whole_number

T = TypeVar("T")


class SitesError(Exception):
    """A mistake in a sites file: file, line, what to do. For a site that does not come from a file, only what to do."""


@dataclass(frozen=True)
class YamlNode:
    """A node of a YAML file; its methods check what it is and raise SitesError. `file` is empty if it came from none."""

    node: yaml.Node
    file: str

    def wrong(self, what: str) -> SitesError:
        """Return an error about this node."""
        return SitesError(f"{self.file}:{self.node.start_mark.line + 1}: {what}" if self.file else what)

    def entries(self, what: str) -> dict[str, YamlNode]:
        """Return a mapping's values by key, in order."""
        if not isinstance(self.node, yaml.MappingNode):
            raise self.wrong(f"{what} must be a mapping (key: value)")
        entries: dict[str, YamlNode] = {}
        for key, value in self.node.value:
            name = str(key.value)
            if name in entries:
                raise YamlNode(key, self.file).wrong(f"'{name}' stands here twice; keep one")
            entries[name] = YamlNode(value, self.file)
        return entries

    def fields(self, what: str, known: Collection[str], required: Collection[str] = ()) -> dict[str, YamlNode]:
        """Return a mapping's values by key; only `known` keys may occur, and `required` ones must."""
        entries = self.entries(what)
        for name, value in entries.items():
            if name not in known:
                raise value.wrong(f"{what} has no '{name}'; it may have: {', '.join(known)}")
        missing = [name for name in required if name not in entries]
        if missing:
            raise self.wrong(f"{what} needs '{missing[0]}'")
        return entries

    def items(self, what: str) -> list[YamlNode]:
        """Return the nodes of a list."""
        if not isinstance(self.node, yaml.SequenceNode):
            raise self.wrong(f"{what} must be a list")
        return [YamlNode(node, self.file) for node in self.node.value]

    def text(self, what: str, pattern: str = "", example: str = "") -> str:
        """Return a text that is not empty; with a `pattern`, one that matches it as `example` does."""
        value = self.node.value if isinstance(self.node, yaml.ScalarNode) else ""
        value = value.strip() if isinstance(value, str) else ""
        if not value or self.node.tag == "tag:yaml.org,2002:null":
            raise self.wrong(f"{what} must be a text")
        if pattern and not re.fullmatch(pattern, value):
            raise self.wrong(f"{what} must look like {example}, not '{value}'")
        return value

    def number(self, what: str, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`."""
        value = self.text(what)
        number = whole_number(value, high)
        if number is None or number < low:
            raise self.wrong(f"{what} must be a whole number from {low} to {high}, not '{value[:40]}'")
        return number

    def one_of(self, what: str, choices: Collection[str]) -> str:
        """Return a text that is among the choices."""
        value = self.text(what)
        if value not in choices:
            raise self.wrong(f"{what} must be {' or '.join(choices)}, not '{value}'")
        return value

    def checked(self, what: str, make: Callable[[str], T], example: str) -> T:
        """Return what `make` makes of the text; it raises ValueError or KeyError if it cannot."""
        value = self.text(what)
        try:
            return make(value)
        except (ValueError, KeyError):
            raise self.wrong(f"{what} must look like {example}, not '{value}'") from None


def read_yaml(file: Path) -> YamlNode:
    """Return the root of a YAML file. Raises SitesError if it cannot be read or is not YAML."""
    try:
        node = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except OSError as error:
        raise SitesError(f"{file}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise SitesError(f"{file}: is not UTF-8") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SitesError(f"{file}:{line}: is no YAML ({error.problem})") from None
    if node is None:
        raise SitesError(f"{file}:1: is empty")
    return YamlNode(node, str(file))


def as_node(value: Any) -> YamlNode:
    """Return a value as if it had been read from YAML."""
    return YamlNode(yaml.compose(yaml.safe_dump(value, allow_unicode=True), Loader=yaml.SafeLoader), "")


def optional(entries: dict[str, YamlNode], name: str, read: Callable[[YamlNode], Any], otherwise: Any) -> Any:
    """Return what `read` makes of an entry, or `otherwise` if it is absent."""
    return read(entries[name]) if name in entries else otherwise
