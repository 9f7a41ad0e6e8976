"""JSON-LD: expanded with contexts that lie here, never fetched, then made plain again for the paths of mappings."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any

from pyld import jsonld

from own_programs.errors import FileUnreadable
from own_programs.importing.readers.documents import parse_json
from own_programs.importing.rows import Batch, Row
from own_programs.importing.vocabulary import by_word, vocabularies, words

BASE = "https://this-document.invalid/"  # where relative identities begin while a document is read
UNKNOWN = "urn:unknown:"  # namespace of words that no known context defines
LD_JSON = "application/ld+json"
LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-zA-Z0-9]{2,8})*")


def is_linked(tree: Any) -> bool:
    """Return whether a JSON document is JSON-LD."""
    first = tree[0] if isinstance(tree, list) and tree else tree
    return isinstance(first, dict) and any(key in first for key in ("@context", "@graph", "@type"))


def read_html(text: str, name: str, options: dict[str, Any]) -> Batch:
    """Return the records of the JSON-LD that a saved web page holds."""
    scripts = _Scripts()
    scripts.feed(text)
    scripts.close()
    trees, notes = [], []
    for line, script in scripts.found:
        try:
            tree = parse_json(script, name)
        except FileUnreadable as error:
            notes.append(f"JSON-LD at line {line} was not read: {str(error).partition(': ')[2].rstrip('.')}")
            continue
        trees += tree if isinstance(tree, list) else [tree]
    if not trees:
        raise FileUnreadable(f"{name}: the page holds no JSON-LD that can be read. Ask for its data as JSON or CSV.")
    batch = read_linked(trees, name, options)
    batch.kind, batch.notes = f"{batch.kind} in a web page", [*notes, *batch.notes]
    return batch


class _Scripts(HTMLParser):
    """Collects the JSON-LD of a page with the lines at which it begins."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[int, str]] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the beginning of a script of JSON-LD."""
        self._inside = tag == "script" and (dict(attrs).get("type") or "").split(";")[0].strip().lower() == LD_JSON
        if self._inside:
            self.found.append((self.getpos()[0], ""))

    def handle_endtag(self, tag: str) -> None:
        """Note the end of a script."""
        self._inside = self._inside and tag != "script"

    def handle_data(self, data: str) -> None:
        """Keep the text of a script of JSON-LD."""
        if self._inside:
            line, text = self.found[-1]
            self.found[-1] = (line, text + data)


def read_linked(tree: Any, name: str, options: dict[str, Any]) -> Batch:
    """Return the objects of JSON-LD that a built-in vocabulary takes for programs."""
    asked: list[str] = []
    plain, whole = _plain_tree(tree, name, asked, str(options.get("language", "en")))
    graph: dict[str, Mapping[str, Any]] = {}
    _index(plain, graph)
    vocabulary = _vocabulary(plain)
    tops = [Row(each, name, number, "record", None, graph) for number, each in enumerate(plain, 1)]
    if not vocabulary:
        types = sorted({_local(kind) for each in plain for kind in each.get("@type", [])})
        raise FileUnreadable(f"{name}: none of the types here is one of a program: {', '.join(types)[:200] or 'none'}.")
    rows = _records(tops, vocabulary)
    _tell_parts(rows, vocabularies()[vocabulary].get("parts", {}))
    if not rows:
        raise FileUnreadable(f"{name}: there is no program in this {vocabularies()[vocabulary]['name']}.")
    batch = Batch(rows, [], f"JSON-LD, {vocabularies()[vocabulary]['name']}", vocabulary=vocabulary)
    batch.notes = [
        f"the context {each} is not known; its words are read by their names" for each in dict.fromkeys(asked)
    ]
    return batch


def _plain_tree(tree: Any, name: str, asked: list[str], language: str) -> tuple[list[dict[str, Any]], Any]:
    def load(url: str, _options: Any) -> dict[str, Any]:
        known = next(
            (each for each in words("contexts")["contexts"] if any(part in url for part in each["match"])), None
        )
        if known is None:
            asked.append(url)
        return {"contextUrl": None, "documentUrl": url, "document": {"@context": known["context"] if known else {}}}

    start = {**words("contexts")["base"], "@vocab": UNKNOWN}
    try:
        options = {"documentLoader": load, "expandContext": start, "base": BASE, "processingMode": "json-ld-1.1"}
        expanded = jsonld.expand(tree, options)
    except (jsonld.JsonLdError, RecursionError, ValueError, TypeError, AttributeError, KeyError) as error:
        reason = getattr(error, "code", None) or getattr(error, "type", None) or type(error).__name__
        raise FileUnreadable(f"{name}: this JSON-LD cannot be read ({str(reason)[:200]}).") from None
    plain = [each for each in (_plain(one, language) for one in expanded) if isinstance(each, dict)]
    return plain, expanded


def _local(iri: str) -> str:
    return re.split(r"[/#:]", iri.rstrip("/#"))[-1]


def _plain(value: Any, language: str) -> Any:
    """Return expanded JSON-LD as a tree of short names: values as they are, one language of several."""
    if isinstance(value, list):
        return _one_language(value, language)
    if not isinstance(value, dict):
        return value
    if "@value" in value:
        return value["@value"]
    if "@list" in value or "@set" in value:
        return _plain(value.get("@list", value.get("@set")), language)
    tree: dict[str, Any] = {}
    for key, each in value.items():
        if key == "@type":
            tree[key] = each
        elif key == "@id":
            tree[key] = str(each).removeprefix(BASE)
        elif not key.startswith("@") or key == "@graph":
            tree[key if key == "@graph" else _local(key)] = _plain(each, language)
    return _language_map(tree, language)


def _one_language(values: list[Any], language: str) -> Any:
    tags = [str(each["@language"]) for each in values if isinstance(each, dict) and "@language" in each]
    if len(set(tags)) > 1:
        best = next((tag for tag in tags if tag.split("-")[0] == language), tags[0])
        values = [each for each in values if not isinstance(each, dict) or each.get("@language", best) == best]
    found = [_plain(each, language) for each in values]
    return found[0] if len(found) == 1 else found


def _language_map(tree: dict[str, Any], language: str) -> Any:
    """Return the text of {"en-US": "Art"}, which some contexts make of a text in several languages."""
    known = by_word("languages")
    tags = [key for key in tree if LANGUAGE.fullmatch(key) and key.split("-")[0] in known]
    if not tree or len(tags) != len(tree) or not all(isinstance(each, (str, list)) for each in tree.values()):
        return tree
    return tree[next((tag for tag in tags if tag.split("-")[0] == language), tags[0])]


def _index(tree: Any, graph: dict[str, Mapping[str, Any]]) -> None:
    waiting = [tree]
    while waiting:
        each = waiting.pop()
        if isinstance(each, list):
            waiting += each
        elif isinstance(each, dict):
            if "@id" in each and len(each) > len(graph.get(each["@id"], {"@id": ""})):
                graph[each["@id"]] = each
            waiting += each.values()


def _vocabulary(plain: list[dict[str, Any]]) -> str:
    """Return the built-in vocabulary whose types most objects have; the namespace decides, then the names alone."""
    kinds = [kind for each in _objects(plain) for kind in _types(each)]
    for exact in (True, False):
        counted = {
            name: sum(_is_of(kind, each, exact) for kind in kinds)
            for name, each in vocabularies().items()
            if "types" in each
        }
        best = max(counted, key=lambda name: counted[name])
        if counted[best]:
            return best
    return ""


def _objects(tree: Any) -> Iterator[dict[str, Any]]:
    waiting = [tree]
    while waiting:
        each = waiting.pop()
        if isinstance(each, list):
            waiting += each
        elif isinstance(each, dict):
            yield each
            waiting += each.values()


def _types(tree: Mapping[str, Any]) -> list[str]:
    found = tree.get("@type", [])
    return [str(each) for each in (found if isinstance(found, list) else [found])]


def _is_of(kind: str, vocabulary: Mapping[str, Any], exact: bool) -> bool:
    of_it = any(kind.startswith(space) for space in vocabulary["namespaces"]) or not exact
    return of_it and _local(kind) in vocabulary["types"]


def _records(tops: list[Row], vocabulary: str) -> list[Row]:
    """Return the programs, each once: those on top, and those that are reached by the vocabulary's own ways."""
    table = vocabularies()[vocabulary]
    ways = [*table["reached_by"], "@graph"]
    found: list[Row] = []
    seen: set[int] = set()
    waiting = list(reversed(tops))
    while waiting:
        row = waiting.pop()
        tree = row.tree
        if set(tree) == {"@id"}:
            tree = row.graph.get(str(tree["@id"]), tree)
        if id(tree) in seen:
            continue
        seen.add(id(tree))
        if any(_local(kind) in table["types"] for kind in _types(tree)):
            found.append(Row(tree, row.file, len(found) + 1, "record", row.parent, row.graph))
        below = [each for way in ways for each in _listed(tree.get(way))]
        waiting += reversed([row.below(each) for each in below if isinstance(each, dict)])
    return found


def _tell_parts(rows: list[Row], ways: Mapping[str, str]) -> None:
    """Tell the parts of a program what they are part of, where only the whole names its parts; `ways` are there and back."""
    by_id = {str(row.tree["@id"]): row.tree for row in rows if "@id" in row.tree}
    known = {id(row.tree) for row in rows}
    for row in rows:
        for there, back in ways.items():
            for part in _listed(row.tree.get(there)):
                tree = by_id.get(str(part.get("@id", "")), part) if isinstance(part, dict) else {}
                whole = {"@id": row.tree.get("@id", ""), "name": row.tree.get("name", "")}
                if id(tree) in known and whole["name"] and isinstance(tree, dict):
                    told = _listed(tree.get(back))
                    if not any(isinstance(each, dict) and each.get("@id") == whole["@id"] for each in told):
                        tree[back] = [*told, whole]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
