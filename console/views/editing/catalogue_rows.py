"""The catalogue of the guide: names, places, institutions, programs and the like, each with what is written of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from console.views.editing.entry_diff import as_text
from console.views.editing.entry_titles import KIND_TITLES, kind_title, title_of
from console.views.editing.workspace import Names, Workspace
from console.web.context import ConsoleContext
from console.web.request import PageError, StaffRequest
from console.web.routing import KNOWLEDGE, MenuItem, StaffRoute
from conversations.accounts.accounts import EDITOR, VIEWER
from conversations.editing import entry_drafts, entry_history
from core.translations import gettext as _
from knowledge.editing.entries import CATALOGUE, SCHEMAS, SECTION_KIND, Entry

PATH = "/staff/catalogue"
MOST_SHOWN = 200
MAX_SEARCH_LENGTH = 100
NAMES = ("aliases", "loosely")  # fields that the list shows beside a name


@dataclass(frozen=True)
class Listed:
    """A row of the catalogue in the list; `draft` is the id of its draft, None if it has none."""

    entry: Entry
    name: str
    also: tuple[str, ...]
    draft: int | None


def routes(context: ConsoleContext) -> list[StaffRoute]:
    """Return the routes of these pages."""
    pages = CataloguePages(context)
    return [
        StaffRoute(PATH, pages.show, VIEWER, menu=MenuItem(KNOWLEDGE, "Catalogue")),
        StaffRoute(f"{PATH}/entry", pages.show_entry, VIEWER),
    ]


class CataloguePages:
    """The list of the catalogue's rows, kind by kind, and the page of each."""

    def __init__(self, context: ConsoleContext) -> None:
        self._work = Workspace(context)

    async def show(self, request: StaffRequest) -> Response:
        """Show the rows of a kind, or those of all kinds that hold some words."""
        entries = [entry for (kind, _), entry in (await self._work.live()).items() if kind in CATALOGUE]
        counts = {kind: sum(entry.kind == kind for entry in entries) for kind in KIND_TITLES if kind in CATALOGUE}
        words = request.query.get("words", "")[:MAX_SEARCH_LENGTH]
        kind = _chosen(request.query.get("kind", ""), counts)
        drafts = await request.service.store.read(entry_drafts.list_all, request.pack)
        ids = {(draft.kind, draft.key): draft.id for draft in drafts}
        names = await self._work.names()
        found = [entry for entry in entries if (_holds(entry, words) if words.strip() else entry.kind == kind)]
        return request.page(
            "catalogue-list.html" if request.wants_fragment else "catalogue.html",
            kinds=[(each, kind_title(each, True), many) for each, many in counts.items()],
            kind="" if words.strip() else kind,
            words=words,
            found=len(found),
            rows=[_listed(entry, names, ids) for entry in found[:MOST_SHOWN]],
            kind_title=kind_title,
            may_edit=request.member.may(EDITOR),
        )

    async def show_entry(self, request: StaffRequest) -> Response:
        """Show all that is written of a row, and what was published of it."""
        kind, key = request.query.get("kind", ""), request.query.get("key", "")
        entry = (await self._work.live()).get((kind, key)) if kind in CATALOGUE else None
        if entry is None:
            raise PageError(_("There is no such entry. It may have another key since the last publication."), 404)
        names, read = await self._work.names(), request.service.store.read
        return request.page(
            "catalogue-entry.html",
            entry=entry,
            name=_name(entry, names),
            kind_title=kind_title(kind),
            facts=list(_facts(entry, names)),
            versions=await read(entry_history.of_entry, kind, key, pack=request.pack),
            draft=await read(entry_drafts.find_by_key, kind, key, request.pack),
            may_edit=request.member.may(EDITOR),
        )


def _chosen(kind: str, counts: dict[str, int]) -> str:
    """Return the kind that is shown: the wanted one, or the first that has any."""
    if kind in counts:
        return kind
    first = [each for each, many in counts.items() if many and each != SECTION_KIND]
    return first[0] if first else SECTION_KIND


def _holds(entry: Entry, words: str) -> bool:
    """Return whether an entry holds all words, also as parts of others."""
    text = "\n".join([entry.kind, entry.key, *map(as_text, entry.content.values())]).casefold()
    return all(word in text for word in words.casefold().split())


def _listed(entry: Entry, names: Names, drafts: dict[tuple[str, str], int]) -> Listed:
    also = tuple(each for field in NAMES for each in entry.content.get(field, ()))
    return Listed(entry, _name(entry, names), also, drafts.get((entry.kind, entry.key)))


def _name(entry: Entry, names: Names) -> str:
    """Return what an entry is called: its own name, or those of the entries that it ties together."""
    if own := entry.content.get("name") or entry.content.get("title"):
        return str(own)
    schema = SCHEMAS[entry.kind]
    ties = [name for name in entry.content if schema[name].takes == "reference" and schema[name].required]
    return ", ".join(_words(entry.content[name], schema[name].refers, names) for name in ties if name != "source")


def _facts(entry: Entry, names: Names) -> Iterable[tuple[str, str]]:
    """Yield title and words of each field; keys are told as the names of what they lead to."""
    for name, value in entry.content.items():
        slot = SCHEMAS[entry.kind][name]
        if name in ("key", "name", "title"):
            continue
        yield title_of(name), _words(value, slot.refers, names) if slot.refers else _plain(value)


def _words(value: Any, kinds: Iterable[str], names: Names) -> str:
    keys = value if isinstance(value, list) else [value]
    return ", ".join(next((names[kind][key] for kind in kinds if key in names.get(kind, {})), key) for key in keys)


def _plain(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else as_text(value)
