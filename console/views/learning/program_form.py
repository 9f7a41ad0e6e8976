"""Changing one of the organisation's own programs: its form, what is wrong in it, its history; effective at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from datetime import date
from typing import Any, TypeVar
from urllib.parse import urlencode

from starlette.responses import Response

from console.views.editing.entry_diff import FieldDiff, text_diff
from console.web.context import ConsoleContext
from console.web.request import PageError, StaffRequest
from console.web.routing import StaffRoute
from conversations.accounts.accounts import EDITOR, VIEWER
from conversations.erasure import record_audit
from core.translations import Names, marked
from core.translations import gettext as _
from own_programs.describe import MODES, offerings
from own_programs.editing.record_form import OFFERING, PROGRAM, FormField, read_form, written
from own_programs.errors import CatalogueError, CatalogueMissing, UnknownProgram
from own_programs.records import Offering, ProgramRecord
from own_programs.search.program_queries import program_of_key
from own_programs.store.edits import Edit, EditedMeanwhile, edits_of, state_of
from own_programs.store.reader import CatalogueReader
from own_programs.store.writer import FILE_NAME, master_of, writing

PATH = "/staff/programs/program"
GONE = marked("There is no such program. Its source may no longer hold it.")
CHOICES = Names(
    {
        **MODES,
        "daytime": "Daytime",
        "evening": "Evenings",
        "weekend": "Weekends",
        "self-paced": "At your own pace",
    }
)
T = TypeVar("T")


def routes(context: ConsoleContext) -> list[StaffRoute]:
    """Return the routes of these pages."""
    pages = ProgramForm(context)
    return [
        StaffRoute(f"{PATH}/edit", pages.show, EDITOR),
        StaffRoute(f"{PATH}/edit", pages.save, EDITOR, "POST"),
        StaffRoute(f"{PATH}/history", pages.show_history, VIEWER),
    ]


class ProgramForm:
    """The form of a program and its history. What is saved is searched and told from the next message on."""

    def __init__(self, context: ConsoleContext) -> None:
        self._path = context.settings.catalogue_dir / FILE_NAME
        self._master = master_of(context.settings)

    async def show(self, request: StaffRequest) -> Response:
        """Show the form; with `version`, filled in with what the program was before that change."""
        program, edits = await self._program(request.query.get("key", ""))
        version = request.query.get("version", "")
        earlier = next((edit.before for edit in edits if edit.id == version), None)
        if version and earlier is None:
            raise PageError(_("There is no such version. Load the page again."), 404)
        return self._form(request, program, earlier or program, {}, "")

    async def show_history(self, request: StaffRequest) -> Response:
        """Show what staff changed of the program: who, when, why, and what."""
        program, edits = await self._program(request.query.get("key", ""))
        return request.page(
            "program-history.html",
            program=program,
            edits=[(edit, differences(edit.before, edit.after)) for edit in edits],
            may_edit=request.member.may(EDITOR),
        )

    async def save(self, request: StaffRequest) -> Response:
        """Save the program as the form has it: all of it or, if anything is wrong in it, nothing."""
        form = request.form
        program = (await self._program(form.get("key", "")))[0]
        made, problems = read_form(form, program)
        if problems:
            told: dict[str, list[str]] = {}
            for each in problems:
                told.setdefault(each.field, []).append(each.text)
            return self._form(request, program, made, told, form.get("why", ""), form)
        why, base = form.get("why", ""), form.get("base", "")
        try:
            await asyncio.to_thread(self._write, made, base, request.member.name, why)
        except EditedMeanwhile as conflict:
            return self._conflict(request, conflict.now, made)
        except UnknownProgram:
            raise PageError(_(GONE), 404) from None
        except CatalogueError as error:
            raise PageError(str(error), 503) from None
        if made != program:
            await request.service.store.write(record_audit, request.member.name, "changed a program", program.key[:200])
        return request.redirect(f"{PATH}?{urlencode({'key': program.key})}")

    def _form(
        self,
        request: StaffRequest,
        program: ProgramRecord,
        shown: ProgramRecord,
        told: Mapping[str, list[str]],
        why: str,
        sent: Mapping[str, str] | None = None,
    ) -> Response:
        """Return the form of a program, filled in with `shown` or, after it could not be saved, with what was sent."""
        prefixes = [f"offerings-{number}-" for number in range(len(program.offerings) + 1)]
        filled = [*shown.offerings[: len(program.offerings)]]
        filled += [Offering()] * (len(prefixes) - len(filled))
        if len(shown.offerings) > len(program.offerings):
            filled[-1] = shown.offerings[len(program.offerings)]
        base = (sent or {}).get("base") or state_of(program)
        return request.page(
            "program-form.html",
            400 if told else 200,
            program=program,
            base=base,
            fields=_filled(PROGRAM, written(shown, PROGRAM), "", sent),
            rows=[
                (prefix, _summary(one), _filled(OFFERING, written(one, OFFERING), prefix, sent))
                for prefix, one in zip(prefixes, filled, strict=True)
            ],
            told=told,
            why=why,
            choices=CHOICES,
            is_earlier=sent is None and shown != program,
            leaves_out=len(shown.offerings) > len(prefixes),
        )

    def _conflict(self, request: StaffRequest, now: ProgramRecord, mine: ProgramRecord) -> Response:
        """Return both versions, to choose from; nothing was saved."""
        sent = {name: value for name, value in request.form.items() if name not in ("csrf", "base")}
        return request.page(
            "program-conflict.html",
            409,
            program=now,
            fields=differences(now, mine),
            sent={**sent, "base": state_of(now)},
        )

    def _write(self, program: ProgramRecord, base: str, who: str, why: str) -> None:
        with writing(self._path, self._master) as writer:
            writer.edit(program, base, who, why)

    async def _program(self, key: str) -> tuple[ProgramRecord, list[Edit]]:
        """Return a program with what staff changed of it; raises PageError."""

        def ask(reader: CatalogueReader) -> tuple[ProgramRecord, list[Edit]]:
            program = program_of_key(reader, key)
            return program, edits_of(reader, program.source, program.source_key)

        try:
            return await asyncio.to_thread(self._read, ask)
        except (UnknownProgram, CatalogueMissing):
            raise PageError(_(GONE), 404) from None
        except CatalogueError as error:
            raise PageError(str(error), 503) from None

    def _read(self, question: Callable[[CatalogueReader], T]) -> T:
        with closing(CatalogueReader(self._path)) as reader:
            return question(reader)


def differences(before: ProgramRecord, after: ProgramRecord) -> list[FieldDiff]:
    """Return the fields that are different between two programs, offerings as lines of their own."""
    old, new = _texts(before), _texts(after)
    return [text_diff(title, old[title], new[title]) for title in new if old[title] != new[title]]


def _texts(program: ProgramRecord) -> dict[str, str]:
    stated = written(program, PROGRAM)
    texts = {_(one.title): stated[one.name] for one in PROGRAM}
    return {**texts, _("Offerings"): "\n".join(_line(one) for one in program.offerings)}


def _line(offering: Offering) -> str:
    stated = written(offering, OFFERING)
    told = {_(one.title): stated[one.name].replace("\n", "; ") for one in OFFERING}
    return ", ".join(f"{title}: {text}" for title, text in told.items() if text)


def _summary(offering: Offering) -> str:
    """Return an offering in a few words; "" for one that is not there yet."""
    if offering == Offering():
        return ""
    [words] = offerings(ProgramRecord("", "", "", offerings=(offering,)), date.today())
    return ", ".join(filter(None, (words.start or words.how, words.where, words.how if words.start else "")))


def _filled(
    form: Iterable[FormField], stated: Mapping[str, str], prefix: str, sent: Mapping[str, str] | None
) -> list[dict[str, Any]]:
    """Return the fields of a form with what stands in each."""
    return [
        {"of": one, "name": prefix + one.name, "value": (sent or {}).get(prefix + one.name, stated[one.name])}
        for one in form
    ]
