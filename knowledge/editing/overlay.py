"""Writes changed entries into the text of their files: what is not changed stays as it stands, comments and all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from knowledge.building.source_schema import HEAD, EntrySchema, Slot
from knowledge.building.sources import SourceFile
from knowledge.editing.entries import SCHEMAS, SUBJECT_KIND, Change, Entry
from knowledge.editing.yaml_writer import STEP, entry_lines, field_lines, item_lines
from knowledge.errors import BuildFailed

Place = tuple[str, str]  # kind and key of an entry
LIST_OF = {kind: "subjects" if kind == SUBJECT_KIND else "topics" for kind in SCHEMAS}


@dataclass(frozen=True)
class _Span:
    """Lines of a file, counted from 0; `end` is the line after the last."""

    start: int
    end: int


def overlaid(
    files: Iterable[SourceFile], changes: Iterable[Change], live: Mapping[Place, Entry], sources: str
) -> list[SourceFile]:
    """Return the sources with changes in them, in the order of `read_folder`.

    `live` are the entries of `files`, `sources` is the name of their folder. Raises BuildFailed if a file is written in a
    way in which single entries cannot be changed.
    """
    by_path = {file.path: file for file in files}
    for change in changes:
        entry = live.get((change.kind, change.key))
        path = entry.file if entry else change.file
        if entry is None and change.content is None:
            continue
        file = by_path.get(path) or SourceFile(f"{sources}/{path}", path, b"")
        try:
            by_path[path] = replace(file, data=_changed(file, change, entry))
        except BuildFailed as error:
            raise BuildFailed(f"{file.name}: {error}") from None
    return [by_path[path] for path in sorted(by_path, key=lambda path: (not path.startswith("guide/"), path))]


def require_written(live: Mapping[Place, Entry], changes: Iterable[Change], now: Mapping[Place, Entry]) -> None:
    """Raise BuildFailed unless the entries are now what the changes say, and all others what they were."""
    wanted = {place: entry.content for place, entry in live.items()}
    for change in changes:
        if change.content is None:
            wanted.pop((change.kind, change.key), None)
        else:
            wanted[change.kind, change.key] = change.content
    for place in (*wanted, *now):
        if wanted.get(place) != (now[place].content if place in now else None):
            raise BuildFailed(f"{place[1]}: its file could not be changed without changing something else in it.")


def _changed(file: SourceFile, change: Change, entry: Entry | None) -> bytes:
    """Return the text of a file with one entry of it changed, added or removed."""
    text = file.data.decode("utf-8-sig")
    if not text.strip():
        return _new_file(change).encode()
    lines = text.splitlines()
    head, holder = _parts(text, LIST_OF[change.kind])
    is_there = any(
        _is_key(pair, change.key) for node in holder.value for pair in node.value
    )  # perhaps not accepted yet
    if entry is None and not is_there:
        at, indent = _end_of_list(lines, holder)
        lines[at:at] = ["", *_whole(change, head, indent)] if _spaced(lines, holder) else _whole(change, head, indent)
    else:
        number = _index_of(holder, change.key)
        span = _item_spans(holder, lines)[number]
        if change.content is None:
            lines[span.start : span.end] = []
        else:
            node = holder.value[number]
            lines[span.start : span.end] = _patched(lines, span, node, change, head)
    return ("\n".join(lines).rstrip("\n") + "\n").encode()


def _new_file(change: Change) -> str:
    assert change.content is not None
    head = {name: change.content[name] for name in HEAD if name in change.content}
    lines = [line for name, slot in HEAD.items() if name in head for line in field_lines(name, head[name], slot, 0)]
    return "\n".join([*_dates_plain(lines), f"{LIST_OF[change.kind]}:", *_whole(change, head, STEP)]) + "\n"


def _whole(change: Change, head: Mapping[str, str], indent: int) -> list[str]:
    content = _own(change, head)
    return _dates_plain(entry_lines(content, SCHEMAS[change.kind], indent))


def _own(change: Change, head: Mapping[str, str]) -> dict[str, Any]:
    """Return what stands in the entry itself: of the file's head, only what is otherwise."""
    assert change.content is not None
    return {name: value for name, value in change.content.items() if name not in HEAD or head.get(name) != value}


def _patched(lines: list[str], span: _Span, node: Node, change: Change, head: Mapping[str, str]) -> list[str]:
    """Return the lines of an entry with its changed fields written anew."""
    schema, wanted = SCHEMAS[change.kind], _own(change, head)
    if not isinstance(node, MappingNode) or node.flow_style:
        return _dates_plain(entry_lines(wanted, schema, node.start_mark.column - STEP))
    indent = node.start_mark.column
    fields = _field_spans(node, span, lines)
    now = {key.value: _value(value) for key, value in node.value}
    out: list[str] = []
    for name in _order(schema, [*fields], wanted):
        if name in fields and now.get(name) == wanted.get(name):
            out += lines[fields[name].start : fields[name].end]
        elif name in wanted:
            own = next((value for key, value in node.value if key.value == name), None)
            out += _field(lines, fields.get(name), own, name, wanted[name], schema[name], indent)
        elif now.get(name) in ([], "", None):
            out += lines[fields[name].start : fields[name].end]
    if out and out[0].startswith(" " * indent):
        out[0] = f"{' ' * (indent - STEP)}- {out[0][indent:]}"
    return _dates_plain([line if at == 0 else _undashed(line, indent) for at, line in enumerate(out)])


def _field(
    lines: list[str], span: _Span | None, node: Node | None, name: str, value: Any, slot: Slot, indent: int
) -> list[str]:
    """Return the lines of a field; of a list that is there already, the items that are not changed stay as they stand."""
    is_list = isinstance(node, SequenceNode) and not node.flow_style and isinstance(value, list) and node.value
    if not is_list or span is None or not isinstance(node, SequenceNode):
        return field_lines(name, value, slot, indent)
    spans = _item_spans(node, lines, span.end)
    old = [_value(each) for each in node.value]
    out = lines[span.start : spans[0].start]
    dash = len(lines[spans[0].start]) - len(lines[spans[0].start].lstrip())
    for kept, new in _aligned(old, value):
        out += lines[spans[kept].start : spans[kept].end] if kept is not None else item_lines(new, slot, dash)
    return out


def _aligned(old: list[Any], new: list[Any]) -> Iterator[tuple[int | None, Any]]:
    """Yield each item of `new`, with the place at which it stood among the old ones, if it did."""
    left, right = ([repr(_comparable(each)) for each in side] for side in (old, new))
    for kind, start, _, begin, end in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        for number in range(begin, end):
            yield (start + number - begin if kind == "equal" else None), new[number]


def _comparable(value: Any) -> Any:
    return sorted(value.items()) if isinstance(value, dict) else value


def _order(schema: EntrySchema, present: list[str], wanted: Mapping[str, Any]) -> list[str]:
    """Return the fields in the order in which they stand, a new one before the first that the schema names later."""
    order, names = list(present), list(schema)
    for name in names:
        if name in wanted and name not in order:
            later = [other for other in order if other in names and names.index(other) > names.index(name)]
            order.insert(order.index(later[0]) if later else len(order), name)
    return order


def _parts(text: str, holds: str) -> tuple[dict[str, str], SequenceNode]:
    """Return the values of a file's head, and the list of its entries."""
    root = YAML(typ="safe").compose(text)
    if not isinstance(root, MappingNode):
        raise BuildFailed("the file is no mapping, so nothing can be changed in it")
    head = {key.value: value.value for key, value in root.value if key.value in HEAD}
    for key, value in root.value:
        if key.value == holds and isinstance(value, SequenceNode) and not value.flow_style and value.value:
            return head, value
    raise BuildFailed(f"the file has no list '{holds}' with an entry a line, so nothing can be changed in it")


def _index_of(holder: SequenceNode, key: str) -> int:
    for number, node in enumerate(holder.value):
        if any(_is_key(pair, key) for pair in node.value):
            return number
    raise BuildFailed(f"'{key}' is not where it was")


def _is_key(pair: tuple[Node, Node], key: str) -> bool:
    return bool(pair[0].value == "key" and pair[1].value == key)


def _item_spans(node: SequenceNode, lines: list[str], end: int | None = None) -> list[_Span]:
    """Return the lines of each item of a list; what stands between two, comments and empty lines, belongs to neither."""
    starts = [_dash_line(lines, each) for each in node.value]
    last = node.end_mark.line if node.end_mark.column == 0 or end is None else end
    last = min(last, len(lines)) if end is None else end
    indent = node.start_mark.column
    ends = [*starts[1:], max(last, starts[-1] + 1)]
    return [_Span(start, _trimmed(lines, start, stop, indent)) for start, stop in zip(starts, ends, strict=True)]


def _dash_line(lines: list[str], node: Node) -> int:
    at: int = node.start_mark.line
    while at and not lines[at].lstrip().startswith("-"):
        at -= 1
    return at


def _field_spans(node: MappingNode, span: _Span, lines: list[str]) -> dict[str, _Span]:
    starts = [key.start_mark.line for key, _ in node.value]
    if len(set(starts)) != len(starts):
        raise BuildFailed(f"line {starts[0] + 1}: two fields stand on one line, so neither can be changed alone")
    return {
        key.value: _Span(start, stop)
        for (key, _), start, stop in zip(node.value, starts, [*starts[1:], span.end], strict=True)
    }


def _trimmed(lines: list[str], start: int, stop: int, indent: int) -> int:
    """Return where an item ends: before the empty lines and the comments that stand no deeper than its dash."""
    while stop > start + 1:
        line = lines[stop - 1]
        own = len(line) - len(line.lstrip())
        if line.strip() and not (line.lstrip().startswith("#") and own <= indent):
            break
        stop -= 1
    return stop


def _end_of_list(lines: list[str], holder: SequenceNode) -> tuple[int, int]:
    last = _item_spans(holder, lines)[-1]
    first = lines[last.start]
    return last.end, len(first) - len(first.lstrip())


def _spaced(lines: list[str], holder: SequenceNode) -> bool:
    """Return whether an empty line stands between the entries of a list."""
    spans = _item_spans(holder, lines)
    return len(spans) > 1 and any(not line.strip() for line in lines[spans[0].end : spans[1].start])


def _undashed(line: str, indent: int) -> str:
    """Return a line of an entry that is not its first one: the dash of a field that was the first goes."""
    return f"{' ' * indent}{line[indent:]}" if line[:indent].strip() == "-" else line


def _dates_plain(lines: list[str]) -> list[str]:
    """Return the lines with the day of a review as YAML's date, without quotes."""
    return [line.replace("'", "") if line.lstrip(" -").startswith("reviewed: '") else line for line in lines]


def _value(node: Node) -> Any:
    """Return what a node of YAML holds, as the content of an entry has it."""
    if isinstance(node, MappingNode):
        return {key.value: _value(value) for key, value in node.value}
    if isinstance(node, SequenceNode):
        return [_value(each) for each in node.value]
    return node.value.strip() if isinstance(node.value, str) else node.value
