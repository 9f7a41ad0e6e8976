"""Writes changed entries into the text of their files: what is not changed stays as it stands, comments and all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

from knowledge.building.catalogue_schema import PROGRAM_FILES, PROGRAMS
from knowledge.building.source_schema import HEAD, EntrySchema, Slot
from knowledge.building.sources import SourceFile
from knowledge.editing.csv_rows import with_rows
from knowledge.editing.entries import LIST_OF, OF_GUIDE, SCHEMAS, Change, Entry, own_key, typed
from knowledge.editing.yaml_writer import STEP, entry_line, entry_lines, field_lines, item_lines
from knowledge.errors import BuildFailed

Place = tuple[str, str]  # kind and key of an entry
FILES_REMEMBERED = 8  # a page that saves itself changes the same file again and again


@dataclass(frozen=True)
class _Span:
    """Lines of a file, counted from 0; `end` is the line after the last."""

    start: int
    end: int


@dataclass(frozen=True)
class _Parsed:
    """A file's lines, the values of its head, the list of its entries, if it has one yet, and the lines of each."""

    lines: tuple[str, ...]
    head: dict[str, str]
    holder: SequenceNode | None
    spans: tuple[_Span, ...]
    places: dict[str, int]  # of entries in the list, by key

    @property
    def entries(self) -> list[Node]:
        """Return the entries of the list."""
        return list(self.holder.value) if self.holder else []


def overlaid(
    files: Iterable[SourceFile], changes: Iterable[Change], live: Mapping[Place, Entry], sources: str
) -> list[SourceFile]:
    """Return the sources with changes in them, in the order of `read_folder`; each file is parsed once.

    `live` are the entries of `files`, `sources` is the name of their folder. Raises BuildFailed if a file is written in a
    way in which single entries cannot be changed.
    """
    by_path = {file.path: file for file in files}
    by_file: dict[str, list[Change]] = {}
    for change in changes:
        entry = live.get((change.kind, change.key))
        if entry is not None or change.content is not None:
            path = entry.file if entry else _file_of_new(change, by_path)
            by_file.setdefault(path, []).append(change)
    for path, own in by_file.items():
        file = by_path.get(path) or SourceFile(f"{sources}/{path}", path, b"")
        try:
            by_path[path] = replace(file, data=_changed(file, own))
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


def _file_of_new(change: Change, files: Mapping[str, SourceFile]) -> str:
    """Return the end of the name of the file that a new entry goes to: programs may stand in a table alone."""
    ours, table = PROGRAM_FILES
    return table if change.kind == PROGRAMS.kind and ours not in files and table in files else change.file


def _changed(file: SourceFile, changes: list[Change]) -> bytes:
    """Return the text of a file with entries of it changed, added or removed."""
    text, kind = file.data.decode("utf-8-sig"), changes[0].kind
    if file.path.endswith(".csv"):
        return with_rows(file.data, {change.key: change.content for change in changes}, SCHEMAS[kind])
    parsed = _parsed(text, kind)
    pieces: list[tuple[_Span, list[str]]] = []
    new: list[Change] = []
    for change in changes:
        number = parsed.places.get(change.key)  # perhaps not accepted yet
        if number is None:
            new.append(change)
            continue
        span = parsed.spans[number]
        lines = [] if change.content is None else _patched(parsed, span, parsed.entries[number], change)
        pieces.append((span, lines))
    lines = list(parsed.lines)
    if new and parsed.spans:
        at = parsed.spans[-1].end
        pieces.append((_Span(at, at), [line for change in new for line in _added(parsed, change)]))
    for span, put in sorted(pieces, key=lambda piece: piece[0].start, reverse=True):
        lines[span.start : span.end] = put
    if not parsed.spans:
        lines = _with_list(lines, parsed, LIST_OF[kind], new)
    elif not new and not any(put for _, put in pieces) and len(pieces) == len(parsed.spans):
        lines = _emptied(lines, LIST_OF[kind])
    return ("\n".join(lines).rstrip("\n") + "\n").encode()


def _with_list(lines: list[str], parsed: _Parsed, holds: str, new: list[Change]) -> list[str]:
    """Return the lines of a file that had no entry yet, with the first ones."""
    if parsed.holder is not None:
        at = parsed.holder.start_mark.line
        lines[at : at + 1] = [f"{holds}:"]
        return [*lines[: at + 1], *_firsts(parsed, new), *lines[at + 1 :]]
    contents = [change.content or {} for change in new if change.kind in OF_GUIDE]
    head = {name: contents[0][name] for name in HEAD if contents and name in contents[0]} if not lines else {}
    own = [line for name, slot in HEAD.items() if name in head for line in field_lines(name, head[name], slot, 0)]
    return [*lines, *own, f"{holds}:", *_firsts(replace(parsed, head=head or parsed.head), new)]


def _firsts(parsed: _Parsed, new: list[Change]) -> list[str]:
    return [line for change in new for line in entry_lines(_own(change, parsed.head), SCHEMAS[change.kind], STEP)]


def _emptied(lines: list[str], holds: str) -> list[str]:
    """Return the lines of a file from whose list all entries are gone."""
    return [f"{holds}: []" if line.rstrip() == f"{holds}:" else line for line in lines]


def _added(parsed: _Parsed, change: Change) -> list[str]:
    """Return the lines of a new entry after the last one, written as that one is."""
    last, first = parsed.entries[-1], parsed.lines[parsed.spans[-1].start]
    indent, content = len(first) - len(first.lstrip()), _own(change, parsed.head)
    if isinstance(last, MappingNode) and last.flow_style:
        return [entry_line(content, SCHEMAS[change.kind], indent)]
    lines = entry_lines(content, SCHEMAS[change.kind], indent)
    return ["", *lines] if _spaced(parsed) else lines


def _own(change: Change, head: Mapping[str, str]) -> dict[str, Any]:
    """Return what stands in the entry itself: of the file's head, only what is otherwise."""
    assert change.content is not None
    return {name: value for name, value in change.content.items() if name not in HEAD or head.get(name) != value}


def _patched(parsed: _Parsed, span: _Span, node: Node, change: Change) -> list[str]:
    """Return the lines of an entry with its changed fields written anew."""
    lines, schema, wanted = list(parsed.lines), SCHEMAS[change.kind], _own(change, parsed.head)
    if not isinstance(node, MappingNode):
        return entry_lines(wanted, schema, node.start_mark.column - STEP)
    now = {key.value: _value(value) for key, value in node.value}
    if node.flow_style:
        first = lines[span.start]
        if all(_same(now.get(name, []), wanted.get(name, []), slot) for name, slot in schema.items()):
            return lines[span.start : span.end]
        order = _order(schema, list(now), wanted)
        kept = {name: wanted.get(name, now.get(name)) for name in order if name in wanted or now.get(name) in ([], "")}
        return [entry_line(kept, schema, len(first) - len(first.lstrip()))]
    indent = node.start_mark.column
    fields = _field_spans(node, span, lines)
    out: list[str] = []
    for name in _order(schema, [*fields], wanted):
        if name in fields and name in wanted and _same(now.get(name), wanted[name], schema[name]):
            out += lines[fields[name].start : fields[name].end]
        elif name in wanted:
            own = next((value for key, value in node.value if key.value == name), None)
            out += _field(lines, fields.get(name), own, name, wanted[name], schema[name], indent)
        elif now.get(name) in ([], "", None) or name not in schema:
            out += lines[fields[name].start : fields[name].end]
    if out and out[0].startswith(" " * indent):
        out[0] = f"{' ' * (indent - STEP)}- {out[0][indent:]}"
    return [line if at == 0 else _undashed(line, indent) for at, line in enumerate(out)]


def _same(now: Any, wanted: Any, slot: Slot) -> bool:
    return bool(now == wanted or isinstance(now, str) and typed(now, slot) == wanted)


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


@lru_cache(FILES_REMEMBERED)
def _parsed(text: str, kind: str) -> _Parsed:
    """Return what must be known of a file to change entries of a kind in it; nobody may change it."""
    lines = text.splitlines()
    root = YAML(typ="safe").compose(text)
    if root is None:
        return _Parsed(tuple(lines), {}, None, (), {})
    if not isinstance(root, MappingNode):
        raise BuildFailed("the file is no mapping, so nothing can be changed in it")
    head = {key.value: value.value for key, value in root.value if key.value in HEAD}
    holder = next((value for key, value in root.value if key.value == LIST_OF[kind]), None)
    if not isinstance(holder, SequenceNode) or holder.flow_style and holder.value:
        raise BuildFailed(
            f"the file has no list '{LIST_OF[kind]}' with an entry a line, so nothing can be changed in it"
        )
    places: dict[str, int] = {}
    for number, node in enumerate(holder.value):
        places.setdefault(_key_of(kind, node), number)
    spans = tuple(_item_spans(holder, lines)) if holder.value else ()
    return _Parsed(tuple(lines), head, holder, spans, places)


def _key_of(kind: str, node: Node) -> str:
    pairs = node.value if isinstance(node, MappingNode) else ()
    return own_key(kind, {key.value: value.value for key, value in pairs if isinstance(value.value, str)})


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


def _spaced(parsed: _Parsed) -> bool:
    """Return whether an empty line stands between the entries of a list."""
    spans, lines = parsed.spans, parsed.lines
    return len(spans) > 1 and any(not line.strip() for line in lines[spans[0].end : spans[1].start])


def _undashed(line: str, indent: int) -> str:
    """Return a line of an entry that is not its first one: the dash of a field that was the first goes."""
    return f"{' ' * indent}{line[indent:]}" if line[:indent].strip() == "-" else line


def _value(node: Node) -> Any:
    """Return what a node of YAML holds, as the content of an entry has it."""
    if isinstance(node, MappingNode):
        return {key.value: _value(value) for key, value in node.value}
    if isinstance(node, SequenceNode):
        return [_value(each) for each in node.value]
    return node.value.strip() if isinstance(node.value, str) else node.value
