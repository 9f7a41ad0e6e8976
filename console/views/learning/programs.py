"""The organisation's own programs: their sources, what is missing or wrong in them, search, and the page of each."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TypeVar

from starlette.responses import Response

from console.web.context import ConsoleContext
from console.web.request import PageError, StaffRequest, optional_number
from console.web.routing import KNOWLEDGE, MenuItem, StaffRoute
from conversations.accounts.accounts import EDITOR, TRAINER, VIEWER
from core.translations import gettext as _
from core.translations import language
from own_programs.checking.check import KINDS, Finding, check, check_program
from own_programs.describe import facts, offerings, parts_stated, summary
from own_programs.errors import CatalogueError, CatalogueMissing, UnknownProgram
from own_programs.records import BY_HAND
from own_programs.search.program_queries import page_of_programs, program_of_key
from own_programs.store.reader import CatalogueReader
from own_programs.store.sources import all_sources, last_change
from own_programs.store.writer import FILE_NAME

PATH = "/staff/programs"
PAGE_SIZE, SHOWN = 20, 5  # programs on a page, findings of a kind
MAX_SEARCH_LENGTH = 100
QUERY_SECONDS, CHECK_SECONDS = 5.0, 120.0  # what a page may ask of the catalogue, and looking through all of it
T = TypeVar("T")


def routes(context: ConsoleContext) -> list[StaffRoute]:
    """Return the routes of these pages."""
    pages = ProgramPages(context.settings.catalogue_dir / FILE_NAME)
    return [
        StaffRoute(PATH, pages.show, VIEWER, menu=MenuItem(KNOWLEDGE, "Programs")),
        StaffRoute(f"{PATH}/findings", pages.show_findings, VIEWER),
        StaffRoute(f"{PATH}/program", pages.show_program, VIEWER),
    ]


class ProgramPages:
    """The list of programs with what `check` finds, and the page of each program."""

    def __init__(self, catalogue: Path) -> None:
        self._path = catalogue
        self._found: dict[str, tuple[object, list[Finding]]] = {}  # by language: state of the catalogue, what was found

    async def show(self, request: StaffRequest) -> Response:
        """Show the sources and all programs, or those that hold some words."""
        words = request.query.get("words", "")[:MAX_SEARCH_LENGTH]
        number = max(1, optional_number(request.query, "page") or 1)
        try:
            sources = await self._read(all_sources)
        except CatalogueMissing:
            may = request.member.may
            return request.page("programs-none.html", may_import=may(TRAINER), may_edit=may(EDITOR))
        page = await self._read(lambda reader: page_of_programs(reader, words, (number - 1) * PAGE_SIZE, PAGE_SIZE))
        today = date.today()
        return request.page(
            "programs-list.html" if request.wants_fragment else "programs.html",
            sources=sources,
            words=words,
            total=page.total,
            rows=[(one.program, summary(one.program, today)) for one in page.programs],
            number=number,
            last=-(-page.total // PAGE_SIZE),
            today=today.isoformat(),
            may_import=request.member.may(TRAINER),
            may_edit=request.member.may(EDITOR),
            by_hand=BY_HAND,
        )

    async def show_findings(self, request: StaffRequest) -> Response:
        """Show what is missing or wrong: the first of each kind, or all of one."""
        kind = request.query.get("kind", "")
        if kind and kind not in KINDS:
            raise PageError(_("There is nothing of this kind. Go back to the programs."), 404)
        try:
            found = await self._findings()
        except CatalogueMissing:
            return request.redirect(PATH)
        by_kind = {each: [finding for finding in found if finding.kind == each] for each in KINDS}
        return request.page(
            "programs-findings.html" if request.wants_fragment else "programs-all-findings.html",
            kinds=[(each, KINDS[each], of_kind) for each, of_kind in by_kind.items() if of_kind and kind in ("", each)],
            shown=len(found) if kind else SHOWN,
            kind=kind,
        )

    async def show_program(self, request: StaffRequest) -> Response:
        """Show all that a program states, its offerings, and what is missing or wrong in it."""
        key = request.query.get("key", "")
        try:
            program = await self._read(lambda reader: program_of_key(reader, key))
        except (UnknownProgram, CatalogueMissing):
            raise PageError(_("There is no such program. Its source may no longer hold it."), 404) from None
        today = date.today()
        words = offerings(program, today)
        return request.page(
            "program.html",
            program=program,
            facts=facts(program),
            offerings=words,
            parts_stated=parts_stated(words),
            may_edit=request.member.may(EDITOR),
            saved=request.query.get("saved") == "yes",
            findings=[(KINDS[each.kind], each.text) for each in check_program(program, today)],
        )

    async def _findings(self) -> list[Finding]:
        """Return what is found, looking through all programs only if the catalogue or the day has changed."""
        state, told_in = (date.today(), last_change(self._path)), language()
        if told_in not in self._found or self._found[told_in][0] != state:
            found = await self._read(lambda reader: check(reader, state[0]), CHECK_SECONDS)
            self._found[told_in] = (state, found)
        return self._found[told_in][1]

    async def _read(self, question: Callable[[CatalogueReader], T], seconds: float = QUERY_SECONDS) -> T:
        """Ask the catalogue in a thread, `seconds` at most.

        Raises CatalogueMissing, UnknownProgram, PageError for other errors of it.
        """

        def ask() -> T:
            with closing(CatalogueReader(self._path)) as reader, reader.deadline(time.monotonic() + seconds):
                return question(reader)

        try:
            return await asyncio.to_thread(ask)
        except (CatalogueMissing, UnknownProgram):
            raise
        except CatalogueError as error:
            raise PageError(str(error), 503) from None
