"""Checks the sources across entries: unique keys, references that exist, phrasings that belong to one entry."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import cache

from knowledge.building.catalogue_schema import FILES
from knowledge.building.load import NAME_KINDS, Collection, entry_key
from knowledge.building.source_rows import Row, did_you_mean
from knowledge.building.source_schema import TOPIC_FILE, Slot
from knowledge.building.sources import Findings
from knowledge.building.text_normalisation import name_form, phrasing_form
from knowledge.errors import Problem
from knowledge.models import OPEN_SUBJECTS
from knowledge.required_roles import KINDS, LISTED
from nlu.extraction.lowercase_names import needs_context

ROLES_FILE = "guide/roles.yml"
_MARKUP = re.compile(r"[\[\]{}\\]")
KnownKeys = Callable[[tuple[str, ...]], set[str]]  # returns the keys of entries of these kinds
_SCHEMAS = {schema.kind: schema.entry for schema in (*FILES.values(), TOPIC_FILE)}


def check_all(collection: Collection, findings: Findings) -> None:
    """Add all problems between entries."""
    checks: tuple[Callable[[Collection, Findings], None], ...] = (
        _check_keys,
        _check_topic_keys,
        _check_sections,
        _check_references,
        _check_near_entries,
        _check_phrasings,
        _check_asks_of_claims,
        _check_names,
        _check_fields,
        _check_programs,
        _check_own_texts,
        _check_lists_of_kinds,
        _check_any_topic,
    )
    for check in checks:
        check(collection, findings)


def check_roles(collection: Collection, findings: Findings, needed: Mapping[str, str], file: str) -> None:
    """Add a problem for each role that answers depend on and that `file` does not give."""
    roles = collection.keys("role")
    for role, about in needed.items():
        if role not in roles and (role not in KINDS or collection.of(KINDS[role])):
            remedy = f"Add '- key: {role}' with the topic or open subject that it is ({about})."
            findings.add(file, 1, f"the role '{role}' is missing, and answers lean on it", remedy)


class _FirstUses:
    """Register of first uses, which reports every further use of the same thing."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.first: dict[object, tuple[Row, int]] = {}

    def add(self, what: object, row: Row, line: int, problem: str, remedy: str) -> None:
        """Register a use, or add a problem that names the first one."""
        if what not in self.first:
            self.first[what] = (row, line)
            return
        other, other_line = self.first[what]
        self.findings.add(row.file, line, problem, f"{remedy} It stands first in {other.file}:{other_line}.")


def _check_keys(collection: Collection, findings: Findings) -> None:
    first_uses = _FirstUses(findings)
    for kind, rows in collection.rows.items():
        for row in rows:
            if "key" in row.values and kind != "topic":
                space = row.get("kind", kind)
                problem = f"the {space} key '{row['key']}' is used twice"
                first_uses.add((space, row["key"]), row, row.line_of("key"), problem, "Give one of them another key.")


def _check_topic_keys(collection: Collection, findings: Findings) -> None:
    first_uses = _FirstUses(findings)
    for row in collection.of("topic"):
        if "key" in row.values:
            problem = f"the topic key '{row['key']}' is used twice"
            first_uses.add(row["key"], row, row.line_of("key"), problem, "Give one of them another key.")
    for row in collection.of("topic"):
        for also, line in _listed(row, "also"):
            problem = f"the topic key '{also}' is served twice"
            first_uses.add(also, row, line, problem, "Leave it to one entry.")


def _check_sections(collection: Collection, findings: Findings) -> None:
    sections = collection.keys("section")
    for row in collection.of("section"):
        if row.get("key") == OPEN_SUBJECTS:
            findings.add(
                row.file,
                row.line_of("key"),
                f"'{OPEN_SUBJECTS}' cannot be a section",
                "It is the open subjects' prefix.",
            )
    if "section" in collection.unread:
        return
    for row in collection.of("topic"):
        keys = [(row["key"], row.line_of("key"))] if "key" in row.values else []
        for key, line in keys + list(_listed(row, "also")):
            section = key.split("/")[0]
            if section not in sections:
                remedy = did_you_mean(section, sections) + "Add it to guide/sections.yml, or mend the key."
                findings.add(row.file, line, f"the guide has no section '{section}' (topic key '{key}')", remedy)
            elif key == row.get("key") and not row.file.endswith(f"/{section}.yml"):
                findings.add(
                    row.file, line, f"'{key}' stands in another section's file", f"Move it to guide/{section}.yml."
                )


def _check_references(collection: Collection, findings: Findings) -> None:

    @cache
    def known(kinds: tuple[str, ...]) -> set[str]:
        return {key for kind in kinds for key in collection.keys(kind)}

    for kind, rows in collection.rows.items():
        for row in rows:
            _check_row_references(row, _SCHEMAS[kind], collection, known, findings)
            for name in ("items", "claims"):
                for part in row.list(name):
                    _check_row_references(part, _SCHEMAS[kind][name].rows, collection, known, findings)


def _check_row_references(
    row: Row, schema: dict[str, Slot], collection: Collection, known_of: KnownKeys, findings: Findings
) -> None:
    for name, slot in schema.items():
        if not slot.refers or name not in row.values or collection.unread.intersection(slot.refers):
            continue
        single = slot.takes == "reference"
        listed = [(row[name], row.line_of(name))] if single else list(_listed(row, name))
        known = known_of(slot.refers)
        first_uses = _FirstUses(findings)
        for key, line in listed:
            if key not in known:
                kinds = " or ".join("open subject" if kind == "subject" else kind for kind in slot.refers)
                remedy = did_you_mean(key, known) + f"Use an existing key, or add the {kinds}."
                findings.add(row.file, line, f"'{name}' names the unknown {kinds} '{key}'", remedy)
            first_uses.add(key, row, line, f"'{name}' names '{key}' twice", "Keep one.")


def _check_near_entries(collection: Collection, findings: Findings) -> None:
    """Check that a next step leads to another entry, and that two next steps do not lead to the same."""
    served = {also: row.get("key") for row in collection.of("topic") for also in row.list("also")}
    for row in collection.of("topic") + collection.of("subject") + collection.of("field"):
        own = entry_key(row)
        for name in ("related", "near_topics", "near"):
            reached: dict[str, str] = {}
            for key, line in _listed(row, name):
                target = served.get(key, key)
                if target == own:
                    findings.add(row.file, line, f"'{name}' leads back to the entry itself", f"Remove '{key}'.")
                elif reached.setdefault(target, key) != key:
                    findings.add(
                        row.file, line, f"'{key}' and '{reached[target]}' are one entry", f"Keep one in '{name}'."
                    )


def _check_phrasings(collection: Collection, findings: Findings) -> None:
    first_uses = _FirstUses(findings)
    for row in collection.of("topic") + collection.of("subject"):
        for text, line in _listed(row, "ask"):
            what = phrasing_problem(text)
            if what:
                findings.add(row.file, line, f"the phrasing '{text}' {what[0]}", what[1])
            else:
                problem = f"the phrasing '{text}' is given twice (under {entry_key(row)})"
                first_uses.add(phrasing_form(text), row, line, problem, "Keep it where it belongs most.")


def _check_asks_of_claims(collection: Collection, findings: Findings) -> None:
    """Check that no question is asked of two claims, nor of a claim and of a subject that the guide leaves open."""
    first_uses = _FirstUses(findings)
    left_open = {phrasing_form(text): entry_key(row) for row in collection.of("subject") for text in row.list("ask")}
    for row in collection.of("topic"):
        for claim in row.list("claims"):
            for text, line in _listed(claim, "asks"):
                what = phrasing_problem(text)
                if what:
                    findings.add(row.file, line, f"the question '{text}' {what[0]}", what[1])
                    continue
                form = phrasing_form(text)
                problem = f"the question '{text}' is asked of two claims (under {row.get('key')})"
                first_uses.add(form, claim, line, problem, "Keep it with the one that answers it fully.")
                if form in left_open:
                    problem = f"the question '{text}' is a phrasing of {left_open[form]}, which the guide leaves open"
                    findings.add(row.file, line, problem, "Remove it from one of them.")


def phrasing_problem(text: str) -> tuple[str, str] | None:
    """Return what Rasa's training files would not take about a text and how to correct it, or None."""
    if _MARKUP.search(text):
        return r"holds one of [ ] { } \ ", "Rasa reads these as markup; write it without."
    if text.startswith(("/", "- ")):
        return "begins with '/' or '- '", "Rasa reads this as a command or a list; write it without."
    if not text.isprintable() and any(unicodedata.category(sign) in ("Cc", "Zl", "Zp") for sign in text):
        return "has a line break or a control character", "Write it on one line."
    if not phrasing_form(text):
        return "has no letter or digit", "Write words, or remove it."
    return None


def _check_names(collection: Collection, findings: Findings) -> None:
    first_uses = _FirstUses(findings)
    for kind in (*NAME_KINDS, "other name"):
        for row in collection.of(kind):
            space, met = row.get("kind", kind), set()
            for text, line in _surface(row):
                form = name_form(text)
                if form not in met:
                    problem = f"'{text}' names two entries of the kind {space}"
                    first_uses.add((space, form), row, line, problem, "Leave it to one of them.")
                met.add(form)


def _surface(row: Row) -> Iterator[tuple[str, int]]:
    for name in ("name", "plural"):
        if name in row.values:
            yield row[name], row.line_of(name)
    for names in ("aliases", "loosely"):
        yield from _listed(row, names)


def everyday_names(collection: Collection) -> list[Problem]:
    """Return the names that are everyday words: no problems, but what an editor should know."""
    what = "'{}' is an everyday word, so it names '{}' only where the words around it or a capital inside a sentence say so"
    remedy = "Leave it, or write a longer name if people would use this one alone."
    return [
        Problem(row.file, line, what.format(text, row.get("key") or row.get("name")), remedy)
        for kind in (*NAME_KINDS, "other name")
        for row in collection.of(kind)
        for text, line in _surface(row)
        if needs_context(name_form(text), row.get("kind", kind))
    ]


def _check_fields(collection: Collection, findings: Findings) -> None:
    unlisted = {row.get("key") for row in collection.of("field") if not row.get("listed", True)}
    for row in collection.of("field"):
        if row.get("listed", True) and "source" not in row.lines:
            findings.add(
                row.file, row.line, "'source' is missing", "Name the guide's section, or write 'listed: false'."
            )
    for row in collection.of("destination"):
        for key, line in _listed(row, "fields"):
            if key in unlisted:
                what = f"the field '{key}' is not listed by the guide, so no destination offers it"
                findings.add(
                    row.file, line, what, "Take it off the list, or remove 'listed: false' and name its source."
                )


def _check_programs(collection: Collection, findings: Findings) -> None:
    for row in collection.of("program"):
        if "price" in row.values and "currency" not in row.lines:
            findings.add(row.file, row.line_of("price"), "a price without a currency", "Add 'currency', such as EUR.")


def _check_any_topic(collection: Collection, findings: Findings) -> None:
    if collection.waiting and not collection.of("topic"):
        what = f"none of the {len(collection.waiting)} topics is accepted"
        remedy = "Read them, and set 'accepted: true' (./advisor guide accept)."
        findings.add(collection.waiting[0].file, collection.waiting[0].line, what, remedy)


def _check_own_texts(collection: Collection, findings: Findings) -> None:
    first_uses = _FirstUses(findings)
    for row in collection.of("pack"):
        for text in row.list("texts"):
            problem = f"the text '{text.get('key')}' is given twice"
            first_uses.add(text.get("key"), text, text.line_of("key"), problem, "Keep one.")


def _check_lists_of_kinds(collection: Collection, findings: Findings) -> None:
    """Check that a topic whose items list the entries of a kind leaves none out that has a topic of its own."""
    topics = {key: row for row in collection.of("topic") for key in (row.get("key"), *row.list("also")) if key}
    for role in collection.of("role"):
        kind, listing = LISTED.get(role.get("key", "")), topics.get(role.get("topic"))
        if kind is None or listing is None or not listing.list("items"):
            continue
        listed = [listing, None, *(topics.get(item.get("topic")) for item in listing.list("items"))]
        for row in collection.of(kind):
            if topics.get(row.get("topic")) not in listed:
                what = f"'{listing.get('key')}' lists each {kind} and leaves out '{row.get('key')}'"
                remedy = f"Add an item in {listing.file}:{listing.line}, and mend the number that its texts give."
                findings.add(row.file, row.line, what, remedy)


def _listed(row: Row, name: str) -> Iterator[tuple[str, int]]:
    """Yield a list's values with their lines; nothing if there is no list."""
    lines = row.lines.get(name)
    return zip(row.list(name), lines, strict=True) if isinstance(lines, list) else iter(())
