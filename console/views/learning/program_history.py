"""What staff changed of own programs: the history of each, removing one, and putting it back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import closing
from datetime import date
from typing import TypeVar
from urllib.parse import urlencode

from starlette.responses import Response

from console.views.editing.entry_diff import FieldDiff, text_diff
from console.web.context import ConsoleContext
from console.web.request import PageError, StaffRequest
from console.web.routing import StaffRoute
from conversations.accounts.accounts import EDITOR, VIEWER
from conversations.erasure import record_audit
from core.translations import gettext as _
from core.translations import marked
from own_programs.editing.record_form import OFFERING, PROGRAM, written
from own_programs.errors import CatalogueError, CatalogueMissing, UnknownProgram
from own_programs.records import Offering, ProgramRecord
from own_programs.search.program_queries import program_of_key
from own_programs.store.edits import NOT_THERE, Edit, EditedMeanwhile, edits_of, removals
from own_programs.store.reader import CatalogueReader
from own_programs.store.transaction import CatalogueWriter
from own_programs.store.writer import FILE_NAME, master_of, writing

PATH, REMOVED_PATH = "/staff/programs/program", "/staff/programs/removed"
GONE = marked(
    "There is no such program. Its source may no longer hold it, or somebody removed it: see Programs, Removed."
)
CHANGED = marked("It has been changed meanwhile, so it was not removed. Load its page again.")
BACK_ALREADY = marked("It is there again already. Load the page again.")
PUT_BACK = marked("Put back")  # why, in the history of the program
T = TypeVar("T")


def routes(context: ConsoleContext) -> list[StaffRoute]:
    """Return the routes of these pages."""
    pages = ProgramHistory(context)
    return [
        StaffRoute(f"{PATH}/history", pages.show, VIEWER),
        StaffRoute(f"{PATH}/remove", pages.remove, EDITOR, "POST"),
        StaffRoute(REMOVED_PATH, pages.show_removed, VIEWER),
        StaffRoute(REMOVED_PATH, pages.put_back, EDITOR, "POST"),
    ]


class ProgramHistory:
    """The history of a program, and the programs that staff removed."""

    def __init__(self, context: ConsoleContext) -> None:
        self._path = context.settings.catalogue_dir / FILE_NAME
        self._master = master_of(context.settings)

    async def show(self, request: StaffRequest) -> Response:
        """Show what staff changed of a program: who, when, why, and what."""
        key = request.query.get("key", "")
        source, __, source_key = key.partition(":")
        edits = await self._edits(lambda reader: edits_of(reader, source, source_key))
        program = await self._there(key)
        if program is None and not edits:
            raise PageError(_(GONE), 404)
        return request.page(
            "program-history.html",
            program=program or edits[0].program,
            is_there=program is not None,
            edits=[(edit, _why(edit), what_happened(edit), differences(edit.before, edit.after)) for edit in edits],
            may_edit=request.member.may(EDITOR),
        )

    async def show_removed(self, request: StaffRequest) -> Response:
        """Show the programs that staff removed, each with the way back."""
        edits = await self._edits(removals)
        just = request.query.get("key", "")
        return request.page(
            "programs-removed.html",
            edits=edits,
            just=next((edit for edit in edits if edit.program.key == just), None),
            may_edit=request.member.may(EDITOR),
        )

    async def remove(self, request: StaffRequest) -> Response:
        """Remove a program, which the advisor tells no more; it can be put back."""
        form, who = request.form, request.member.name
        program = await self._there(form.get("key", ""))
        if program is None:
            raise PageError(_(GONE), 404)
        base, why, today = form.get("base", ""), form.get("why", ""), date.today()
        await self._write(lambda writer: writer.take_out(program, base, who, why, today), CHANGED)
        await request.service.store.write(record_audit, who, "removed a program", program.key[:200])
        return request.redirect(f"{REMOVED_PATH}?{urlencode({'key': program.key})}")

    async def put_back(self, request: StaffRequest) -> Response:
        """Put a removed program back as it was."""
        who, wanted = request.member.name, request.form.get("edit", "")
        edit = next((each for each in await self._edits(removals) if each.id == wanted), None)
        if edit is None:
            raise PageError(_(BACK_ALREADY), 409)
        program = edit.program
        await self._write(lambda writer: writer.edit(program, NOT_THERE, who, PUT_BACK), BACK_ALREADY)
        await request.service.store.write(record_audit, who, "put a program back", program.key[:200])
        return request.redirect(f"{PATH}?{urlencode({'key': program.key, 'saved': 'yes'})}")

    async def _edits(self, question: Callable[[CatalogueReader], list[Edit]]) -> list[Edit]:
        """Return what the catalogue tells of changes; raises PageError."""
        return await self._read(question, [])

    async def _there(self, key: str) -> ProgramRecord | None:
        """Return a program, or None if it is not there; raises PageError."""
        try:
            return await self._read(lambda reader: program_of_key(reader, key), None)
        except UnknownProgram:
            return None

    async def _read(self, question: Callable[[CatalogueReader], T], without: T) -> T:
        """Ask the catalogue; `without` is the answer if it is missing. Raises UnknownProgram or PageError."""

        def ask() -> T:
            with closing(CatalogueReader(self._path)) as reader:
                return question(reader)

        try:
            return await asyncio.to_thread(ask)
        except CatalogueMissing:
            return without
        except UnknownProgram:
            raise
        except CatalogueError as error:
            raise PageError(str(error), 503) from None

    async def _write(self, change: Callable[[CatalogueWriter], None], changed: str) -> None:
        """Change the catalogue; raises PageError, with `changed` if somebody else has changed the program meanwhile."""

        def write() -> None:
            with writing(self._path, self._master) as writer:
                change(writer)

        try:
            await asyncio.to_thread(write)
        except EditedMeanwhile:
            raise PageError(_(changed), 409) from None
        except CatalogueError as error:
            raise PageError(str(error), 503) from None


def differences(before: ProgramRecord | None, after: ProgramRecord | None) -> list[FieldDiff]:
    """Return the fields that are different between two programs, offerings as lines of their own; None states nothing."""
    old, new = _texts(before), _texts(after)
    return [text_diff(title, old[title], new[title]) for title in new if old[title] != new[title]]


def _texts(program: ProgramRecord | None) -> dict[str, str]:
    stated = written(program or ProgramRecord("", "", ""), PROGRAM)
    texts = {_(one.title): stated[one.name] for one in PROGRAM}
    return {**texts, _("Offerings"): "\n".join(_line(one) for one in (program.offerings if program else ()))}


def _line(offering: Offering) -> str:
    stated = written(offering, OFFERING)
    told = {_(one.title): stated[one.name].replace("\n", "; ") for one in OFFERING}
    return ", ".join(f"{title}: {text}" for title, text in told.items() if text)


def _why(edit: Edit) -> str:
    """Return why somebody changed it, in their words or in those of the console."""
    return _(PUT_BACK) if edit.why == PUT_BACK else edit.why


def what_happened(edit: Edit) -> str:
    """Return in a word what a change did."""
    return _("Added") if edit.before is None else _("Removed") if edit.after is None else _("Changed")
