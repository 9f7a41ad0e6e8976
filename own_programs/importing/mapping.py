"""A mapping: which of a source's columns become which fields of a program, and by which conversion."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from own_programs.errors import MappingWrong
from own_programs.importing.rows import Path
from own_programs.importing.vocabulary import vocabularies, words

# Fields of a program and of an offering with the conversion that each has if the mapping names none.
PROGRAM = {
    **{"source_key": "key", "name": "name", "description": "html-to-text", "type": "text", "provider": "text"},
    **{"subjects": "text", "skills": "text", "languages": "language", "level": "level", "eqf": "eqf"},
    **{"credits": "credits", "hours": "hours", "hours_per_week": "hours-per-week", "duration": "duration"},
    **{"weeks": "number", "prerequisites": "html-to-text", "quality_assurance": "text", "recognitions": "recognition"},
    **{"part_of": "text", "leads_to": "text", "prices": "money", "contact": "text", "url": "url", "checked_on": "date"},
}
OFFERING = {
    **{
        "start": "start",
        "start_text": "text",
        "end": "date",
        "deadline": "date",
        "mode": "mode",
        "schedule": "schedule",
    },
    **{"place": "text", "campus": "text", "country": "country", "language": "language", "seats": "whole-number"},
    **{"prices": "money", "url": "url", "source_key": "key"},
}
LISTS = frozenset(["subjects", "skills", "languages", "credits", "recognitions", "part_of", "leads_to", "prices"])
CONVERSIONS = frozenset([*PROGRAM.values(), *OFFERING.values(), "type-name"])
OPTIONS: dict[str, tuple[type, str]] = {
    **dict.fromkeys(("separator", "framework", "decimal", "dates"), (str, "a text in quotes")),
    **dict.fromkeys(("codes", "units", "where"), (dict, "written as {WORD: VALUE}")),
    **{"unix": (bool, "true or false"), "empty": (list, "written as [WORD, WORD]")},
}
SOURCES = frozenset(["currency", "category", "unit", "by", "purpose"])  # options that may come from another column
READ = {
    **{"delimiter": str, "quote": str, "encoding": str, "sheet": str, "header": int, "records": str},
    **{"decimal": str, "dates": str, "url_base": str, "language": str, "currency": str},
}
TOP = ("vocabulary", "read", "only", "program", "offerings", "ignore", "empty")


@dataclass(frozen=True)
class Source:
    """Where a value comes from: paths of which the first that holds something counts, or a constant."""

    paths: tuple[Path, ...] = ()
    constant: Any = None


@dataclass(frozen=True)
class Field:
    """One way to fill a field of a program or an offering.

    `each` leads to parts that are read one by one. `options` are those of OPTIONS; `sources` those of SOURCES.
    `section` is "program" or "offerings".
    """

    section: str
    target: str
    source: Source
    conversion: str
    each: tuple[Path, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """Return what the field is called in messages: "prices, from fee"."""
        paths = " or ".join(path.text for path in self.source.paths)
        start = f"{self.each[0].text}." if self.each else ""
        return f"{self.target}, from {start}{paths}" if paths else self.target


@dataclass(frozen=True)
class Mapping:
    """A whole mapping file; `text` is the file as it stands.

    `offerings_each` leads to the occasions inside a row, `only` says which rows are meant.
    """

    text: str
    vocabulary: str = ""
    read: dict[str, Any] = field(default_factory=dict)
    fields: tuple[Field, ...] = ()
    offerings_each: tuple[Path, ...] = ()
    ignore: tuple[str, ...] = ()
    empty: tuple[str, ...] = ()
    only: dict[str, Any] = field(default_factory=dict)

    def columns(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield what reads columns of a table, with their names, of which one is enough."""
        yield from ((f"`only` {name}", (name,)) for name in self.only)
        for each in self.fields:
            for source in (each.source, *each.sources.values()):
                if source.paths and not each.each:
                    yield each.target, tuple(path.text for path in source.paths)

    def used_paths(self) -> set[str]:
        """Return the texts of all paths that the mapping reads, from the row on."""
        found = set(self.only)
        for each in self.fields:
            starts = [""]
            if each.section == "offerings" and self.offerings_each:
                starts = ["", *(f"{path.text}." for path in self.offerings_each)]
            starts = [f"{start}{path.text}." for start in starts for path in each.each] or starts
            sources = (each.source, *each.sources.values())
            found |= {f"{start}{name}" for start in starts for name in each.options.get("where", ())}
            found |= {f"{start}{path.text}" for start in starts for source in sources for path in source.paths}
        return found


def load_mapping(path: FilePath) -> Mapping:
    """Return a mapping file; raises MappingWrong with file and line."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise MappingWrong(f"{path}: the mapping cannot be read ({error}). It is a text file in UTF-8.") from None
    return parse_mapping(text, str(path))


def parse_mapping(text: str, name: str) -> Mapping:
    """Return a mapping from its text; `name` is what messages call it. Raises MappingWrong with file and line."""
    try:
        tree = YAML(typ="rt").load(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise MappingWrong(f"{name}:{line}: this is no YAML: {error.problem}.") from None
    except (YAMLError, ValueError, RecursionError) as error:
        raise MappingWrong(f"{name}: this is no YAML ({type(error).__name__}).") from None
    if not isinstance(tree, CommentedMap):
        raise MappingWrong(f"{name}: a mapping file has the keys {', '.join(TOP)}. docs/own-programs.md shows one.")
    return _Parser(name).mapping(tree, text)


def with_read(text: str, read: dict[str, Any]) -> str:
    """Return a mapping file with more options under `read`; its comments stay."""
    yaml = YAML(typ="rt")
    yaml.width, yaml.preserve_quotes = 10_000, True
    tree = yaml.load(text)
    if not isinstance(tree.get("read"), CommentedMap):
        tree.insert(0, "read", CommentedMap())
    for key, value in read.items():
        tree["read"][key] = DoubleQuotedScalarString(value) if isinstance(value, str) else value
    written = io.StringIO()
    yaml.dump(tree, written)
    return written.getvalue()


class _Parser:
    """Turns YAML into a mapping and names the line of what is wrong."""

    def __init__(self, name: str) -> None:
        self._name = name

    def mapping(self, tree: CommentedMap, text: str) -> Mapping:
        self._check_keys(tree, TOP, "this file")
        vocabulary = str(tree.get("vocabulary", "") or "")
        base = Mapping(text)
        if vocabulary:
            base = self._built_in(vocabulary, tree)
        fields: list[Field] = []
        each: tuple[Path, ...] = base.offerings_each
        for section, table in (("program", PROGRAM), ("offerings", OFFERING)):
            part = self._map(tree, section)
            self._check_keys(part, (*table, "each") if section == "offerings" else tuple(table), f"`{section}`")
            if part.get("each"):
                each = self._paths(part["each"], part, "each")
            for target, value in part.items():
                if target != "each" and value is not None:
                    fields += self._fields(section, str(target), value, part, table[target])
        stated = {(each_.section, each_.target) for each_ in fields}
        kept = tuple(each_ for each_ in base.fields if (each_.section, each_.target) not in stated)
        read = {**base.read, **self._read(tree)}
        only = {**base.only, **_simple(self._map(tree, "only"))}
        ignore = (*base.ignore, *self._texts(tree, "ignore"))
        empty = (*base.empty, *self._texts(tree, "empty"))
        return Mapping(text, vocabulary, read, (*kept, *fields), each, ignore, empty, only)

    def _built_in(self, vocabulary: str, tree: CommentedMap) -> Mapping:
        if vocabulary not in vocabularies():
            known = ", ".join(vocabularies())
            raise self._wrong(tree, "vocabulary", f"there is no vocabulary {vocabulary}. There are: {known}")
        return built_in(vocabulary)

    def _read(self, tree: CommentedMap) -> dict[str, Any]:
        part = self._map(tree, "read")
        self._check_keys(part, tuple(READ), "`read`")
        for key, value in part.items():
            if not isinstance(value, READ[key]) or isinstance(value, bool):
                raise self._wrong(part, key, f"`{key}` is {'a number' if READ[key] is int else 'a text in quotes'}")
        self._check_choices(part)
        return {str(key): value if READ[key] is int else str(value) for key, value in part.items()}

    def _check_choices(self, part: CommentedMap) -> None:
        for key, choices in {"decimal": (".", ","), "dates": ("day-first", "month-first")}.items():
            if part.get(key) is not None and part[key] not in choices:
                raise self._wrong(part, key, f"`{key}` is {' or '.join(repr(choice) for choice in choices)}")

    def _fields(self, section: str, target: str, value: Any, part: CommentedMap, default: str) -> Iterator[Field]:
        for number, entry in enumerate(value if isinstance(value, list) else [value]):
            holder, key = (value, number) if isinstance(value, list) else (part, target)
            if isinstance(entry, CommentedMap):
                yield self._field(section, target, entry, default)
            elif isinstance(entry, (str, int, float, list)):
                yield Field(section, target, Source(self._paths(entry, holder, key)), default)
            else:
                raise self._wrong(holder, key, f"`{target}` is a column, or `from:` with a column")

    def _field(self, section: str, target: str, entry: CommentedMap, default: str) -> Field:
        known = ("from", "as", "constant", "each", *OPTIONS, *SOURCES)
        self._check_keys(entry, known, f"`{target}`")
        conversion = str(entry.get("as", default))
        if conversion not in CONVERSIONS:
            raise self._wrong(
                entry, "as", f"there is no conversion {conversion}. There are: {', '.join(sorted(CONVERSIONS))}"
            )
        if ("from" in entry) == ("constant" in entry):
            raise self._wrong(entry, None, f"`{target}` needs either `from:` or `constant:`")
        self._check_options(entry)
        framework = entry.get("framework")
        if framework and framework not in words("frameworks")["frameworks"]:
            known_ones = ", ".join(words("frameworks")["frameworks"])
            raise self._wrong(entry, "framework", f"there is no framework {framework}. There are: {known_ones}")
        paths = self._paths(entry["from"], entry, "from") if "from" in entry else ()
        each = self._paths(entry["each"], entry, "each") if "each" in entry else ()
        options = {str(key): _simple(value) for key, value in entry.items() if key in OPTIONS and value is not None}
        sources = {str(key): self._source(entry, key) for key in entry if key in SOURCES}
        return Field(section, target, Source(paths, entry.get("constant")), conversion, each, options, sources)

    def _check_options(self, entry: CommentedMap) -> None:
        self._check_choices(entry)
        for key, (kind, words_) in OPTIONS.items():
            if entry.get(key) is not None and not isinstance(entry[key], kind):
                raise self._wrong(entry, key, f"`{key}` is {words_}")
        numbers = (entry.get("units") or {}).values()
        if not all(isinstance(each, (int, float)) for each in numbers):
            raise self._wrong(entry, "units", "`units` says how many weeks each unit has: {semester: 15}")

    def _source(self, entry: CommentedMap, key: str) -> Source:
        value = entry[key]
        if isinstance(value, CommentedMap):
            self._check_keys(value, ("from",), f"`{key}`")
            return Source(self._paths(value.get("from", ""), entry, key))
        return Source(constant=str(value) if value is not None else "")

    def _paths(self, value: Any, holder: Any, key: Any) -> tuple[Path, ...]:
        texts = value if isinstance(value, list) else [value]
        if not texts or not all(isinstance(text, (str, int, float)) and str(text).strip() for text in texts):
            raise self._wrong(holder, key, "a column's name is missing")
        return tuple(Path(str(text)) for text in texts)

    def _texts(self, tree: CommentedMap, key: str) -> tuple[str, ...]:
        value = tree.get(key) or []
        return tuple(str(each) for each in (value if isinstance(value, list) else [value]))

    def _map(self, tree: CommentedMap, key: str) -> CommentedMap:
        value = tree.get(key)
        if value is None:
            return CommentedMap()
        if not isinstance(value, CommentedMap):
            raise self._wrong(tree, key, f"`{key}` holds lines of the form `name: column`")
        return value

    def _check_keys(self, part: CommentedMap, known: tuple[str, ...], where: str) -> None:
        for key in part:
            if key not in known:
                raise self._wrong(part, key, f"{where} has no {key}. It may have: {', '.join(sorted(known))}")

    def _wrong(self, holder: Any, key: Any, what: str) -> MappingWrong:
        try:
            line = holder.lc.data[key][0] + 1 if key is not None else holder.lc.line + 1
        except (AttributeError, KeyError, TypeError):
            line = 1
        return MappingWrong(f"{self._name}:{line}: {what}.")


def _simple(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): each for key, each in value.items()}
    return [str(each) for each in value] if isinstance(value, list) else value


def built_in(vocabulary: str) -> Mapping:
    """Return a built-in mapping by its name."""
    parts = {key: value for key, value in vocabularies()[vocabulary].items() if key in TOP}
    tree = _commented(parts)
    return replace(_Parser(f"{vocabulary}.yml").mapping(tree, ""), vocabulary=vocabulary)


def _commented(value: Any) -> Any:
    if isinstance(value, dict):
        return CommentedMap({key: _commented(each) for key, each in value.items()})
    return [_commented(each) for each in value] if isinstance(value, list) else value
