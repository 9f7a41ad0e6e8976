"""JSON documents: which of their objects are the records."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from catalogue.errors import FileUnreadable
from catalogue.importing.rows import Batch, Path, Row
from catalogue.importing.vocabulary import plain, words

DEEPEST = 100  # levels of objects inside each other
LOOKED_AT = 6  # levels at which a list of records may stand


def parse_json(text: str, name: str) -> Any:
    """Return the value of a JSON text, a list for JSON lines; raises FileUnreadable with the line of the trouble."""
    try:
        tree = json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        lines = _json_lines(text) if error.msg.startswith("Extra data") else None
        if lines is None:
            cut = " It seems to be cut off." if text.rstrip()[-1:] not in ("]", "}") else ""
            raise FileUnreadable(f"{name}:{error.lineno}: this is no JSON ({error.msg}).{cut}") from None
        tree = lines
    except (ValueError, RecursionError) as error:
        what = "it goes too deep" if isinstance(error, RecursionError) else str(error)
        raise FileUnreadable(f"{name}: this JSON cannot be read: {what}.") from None
    if _depth(tree) > DEEPEST:
        raise FileUnreadable(f"{name}: this JSON cannot be read: it goes too deep.")
    return tree


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no number of JSON")


def _json_lines(text: str) -> list[Any] | None:
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        return None


def _depth(tree: Any) -> int:
    level, depth = [tree], 0
    while level and depth <= DEEPEST:
        level = [child for each in level for child in _children(each)]
        depth += 1
    return depth


def _children(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [each for each in value.values() if isinstance(each, (dict, list))]
    return [each for each in value if isinstance(each, (dict, list))] if isinstance(value, list) else []


def read_json(tree: Any, name: str, options: dict[str, Any]) -> Batch:
    """Return the records of a JSON document: by the path that the options name, or the first list that can be them."""
    wanted = str(options.get("records", ""))
    top = Row(tree if isinstance(tree, dict) else {".": tree}, name, 1, "record")
    if wanted:
        rows = _by_path(top, wanted)
        if not rows:
            raise FileUnreadable(f"{name}: there are no records at {wanted}. The document begins with: {_keys(tree)}.")
        return Batch(rows, [], f"JSON, records at {wanted}")
    path, found = _records(tree)
    rows = [Row(each, name, number, "record", top) for number, each in enumerate(found, 1) if isinstance(each, dict)]
    if not rows:
        raise FileUnreadable(f"{name}: there is no list of records. Say where it is: `read: {{records: PATH}}`.")
    batch = Batch(rows, [], f"JSON, records at {path}" if path else "JSON")
    batch.refused = [
        (f"{name}, record {number}", "is no object of JSON", "")
        for number, each in enumerate(found, 1)
        if not isinstance(each, dict)
    ]
    return batch


def _by_path(top: Row, wanted: str) -> list[Row]:
    """Return the records at a path; each one's parent is the object that it stands in."""
    holders = [top.below(each) for each in top.tree["."]] if isinstance(top.tree.get("."), list) else [top]
    for part in [] if wanted == "." else wanted.split("."):
        holders = [row.below(each) for row in holders for each in Path(part).values(row)]
    rows = [row for row in holders if "." not in row.tree]
    return [Row(row.tree, row.file, number, "record", row.parent) for number, row in enumerate(rows, 1)]


def _keys(tree: Any) -> str:
    return ", ".join(list(tree)[:10]) if isinstance(tree, dict) else "a list"


def _records(tree: Any) -> tuple[str, list[Any]]:
    """Return the path and the members of the list of records: the shallowest list of objects, of these the longest."""
    level = [("", tree)]
    for _ in range(LOOKED_AT):
        lists = [
            (path, each)
            for path, each in level
            if isinstance(each, list) and any(isinstance(one, dict) for one in each)
        ]
        if lists:
            return max(lists, key=lambda pair: len(pair[1]))
        keyed = [(path, list(_keyed(each))) for path, each in level if isinstance(each, dict) and _is_keyed(each)]
        if keyed:
            return keyed[0]
        named = [
            (path, [each])
            for path, each in level
            if isinstance(each, dict) and _has_name(each) and not _is_wrapper(each)
        ]
        if named:
            return named[0]
        level = [
            (f"{path}.{key}" if path else str(key), value)
            for path, each in level
            if isinstance(each, dict)
            for key, value in each.items()
            if isinstance(value, (dict, list))
        ]
    return "", []


def _is_keyed(tree: dict[str, Any]) -> bool:
    """Return whether an object holds records by their keys: {"A1": {...}, "A2": {...}}."""
    values = list(tree.values())
    alike = len(values) > 1 and all(isinstance(each, dict) and each for each in values)
    return alike and all(_has_name(each) for each in values)


def _keyed(tree: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for key, value in tree.items():
        yield {"@key": key, **value}


def _has_name(tree: dict[str, Any]) -> bool:
    names = {plain(str(word)) for word in words("columns")["name"]}
    return any(plain(key) in names and isinstance(value, str) for key, value in tree.items())


def _is_wrapper(tree: dict[str, Any]) -> bool:
    """Return whether an object with a name is a catalogue rather than a program: it says little else, and holds a list."""
    said = sum(not isinstance(value, (dict, list)) for value in tree.values())
    lists = (value for value in tree.values() if isinstance(value, list))
    return said <= 3 and any(each and all(isinstance(one, dict) and _has_name(one) for one in each) for each in lists)
