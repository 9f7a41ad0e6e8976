"""Entering one of the organisation's own programs by hand, and changing one: the form, and what is wrong in it."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import date
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from console.views.learning.program_history import GONE, PATH, differences
from console.web.context import ConsoleContext
from console.web.request import PageError, StaffRequest
from console.web.routing import StaffRoute
from conversations.accounts.accounts import EDITOR
from conversations.erasure import record_audit
from core.translations import Names
from core.translations import gettext as _
from own_programs.describe import MODES, offerings
from own_programs.editing.record_form import (
    FIRST,
    FIRST_OF_OFFERING,
    MOST_FIELDS,
    MOST_OFFERINGS,
    OFFERING,
    PROGRAM,
    SECTIONS,
    FormField,
    numbers_of_offerings,
    read_form,
    written,
)
from own_programs.errors import CatalogueError, CatalogueMissing, UnknownProgram
from own_programs.records import BY_HAND, Offering, ProgramRecord
from own_programs.search.program_queries import program_of_key
from own_programs.store.edits import NOT_THERE, Edit, EditedMeanwhile, edits_of, state_of
from own_programs.store.reader import CatalogueReader
from own_programs.store.writer import FILE_NAME, master_of, writing

NEW_PATH = "/staff/programs/new"
FORM_BYTES = 2**20  # of a form; one with as many offerings as it holds, all filled in, has some 0.4 MB
CHOICES = Names(
    {
        **MODES,
        "daytime": "Daytime",
        "evening": "Evenings",
        "weekend": "Weekends",
        "self-paced": "At your own pace",
    }
)
OWN_KEY = re.compile(rf"{BY_HAND}:[0-9a-f]{{12}}")


def routes(context: ConsoleContext) -> list[StaffRoute]:
    """Return the routes of these pages."""
    pages = ProgramForm(context)
    return [
        StaffRoute(NEW_PATH, pages.begin, EDITOR),
        StaffRoute(f"{PATH}/edit", pages.show, EDITOR),
        StaffRoute(f"{PATH}/edit", pages.save, EDITOR, "POST", form_bytes=FORM_BYTES, form_fields=MOST_FIELDS),
    ]


class ProgramForm:
    """The form of a program. What is saved is searched and told from the next message on."""

    def __init__(self, context: ConsoleContext) -> None:
        self._path = context.settings.catalogue_dir / FILE_NAME
        self._master = master_of(context.settings)

    async def begin(self, request: StaffRequest) -> Response:
        """Show the form of a new program."""
        return self._form(request, _new_program(f"{BY_HAND}:{secrets.token_hex(6)}"))

    async def show(self, request: StaffRequest) -> Response:
        """Show the form; with `version`, filled in with what the program was before that change."""
        program, edits = await asyncio.to_thread(self._program, request.query.get("key", ""))
        version = request.query.get("version", "")
        earlier = next((edit.before for edit in edits if edit.id == version), None)
        if version and earlier is None:
            raise PageError(_("There is no such version. Load the page again."), 404)
        return self._form(request, program, earlier)

    async def save(self, request: StaffRequest) -> Response:
        """Save the program as the form has it: all of it or, if anything is wrong in it, nothing."""
        form = request.form
        key, base = form.get("key", ""), form.get("base", "")
        is_new = base == NOT_THERE and OWN_KEY.fullmatch(key) is not None
        program = _new_program(key) if is_new else (await asyncio.to_thread(self._program, key))[0]
        if form.get("add") == "yes":
            return self._form(request, program, sent=form)
        made, problems = read_form(form, program)
        if problems:
            told: dict[str, list[str]] = {}
            for each in problems:
                told.setdefault(each.field, []).append(each.text)
            return self._form(request, program, sent=form, told=told)
        try:
            await asyncio.to_thread(self._write, made, base, request.member.name, form.get("why", ""))
        except EditedMeanwhile as conflict:
            return self._conflict(request, conflict.now, made)
        except UnknownProgram:
            raise PageError(_(GONE), 404) from None
        except CatalogueError as error:
            raise PageError(str(error), 503) from None
        if made != program:
            what = "added a program" if is_new else "changed a program"
            await request.service.store.write(record_audit, request.member.name, what, program.key[:200])
        return request.redirect(f"{PATH}?{urlencode({'key': program.key, 'saved': 'yes'})}")

    def _form(
        self,
        request: StaffRequest,
        program: ProgramRecord,
        earlier: ProgramRecord | None = None,
        sent: Mapping[str, str] | None = None,
        told: Mapping[str, list[str]] | None = None,
    ) -> Response:
        """Return the form of a program, filled in with what it was earlier or, after it was sent, with that."""
        shown, is_new = earlier or program, not program.name
        fields = {each["of"].name: each for each in _filled(PROGRAM, written(shown, PROGRAM), "", sent)}
        return request.page(
            "program-new.html" if is_new else "program-form.html",
            400 if told else 200,
            program=program,
            base=(sent or {}).get("base") or state_of(None if is_new else program),
            state=state_of(program),
            fields=list(fields.values()),
            first=[fields[name] for name in FIRST],
            sections={_(title): [fields[name] for name in names] for title, names in SECTIONS.items()},
            first_of_offering=FIRST_OF_OFFERING,
            rows=_rows(program, shown, sent),
            blank=_row("NUMBER", Offering(), None),
            most=MOST_OFFERINGS,
            too_many=len(program.offerings) > MOST_OFFERINGS,
            told=told or {},
            why=(sent or {}).get("why", ""),
            choices=CHOICES,
            is_sent=sent is not None,
            is_by_hand=program.source == BY_HAND,
            is_earlier=earlier is not None and earlier != program,
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

    def _program(self, key: str) -> tuple[ProgramRecord, list[Edit]]:
        """Return a program with what staff changed of it; raises PageError."""
        try:
            with closing(CatalogueReader(self._path)) as reader:
                program = program_of_key(reader, key)
                return program, edits_of(reader, program.source, program.source_key)
        except (UnknownProgram, CatalogueMissing):
            raise PageError(_(GONE), 404) from None
        except CatalogueError as error:
            raise PageError(str(error), 503) from None


def _new_program(key: str) -> ProgramRecord:
    source, __, source_key = key.partition(":")
    return ProgramRecord(source, source_key, "")


def _rows(program: ProgramRecord, shown: ProgramRecord, sent: Mapping[str, str] | None) -> list[dict[str, Any]]:
    """Return the offerings of a form: those of the program, those of `shown`, and those that were added in it."""
    there = max(len(program.offerings), len(shown.offerings), 0 if program.name else 1)
    if there > MOST_OFFERINGS:
        return []
    numbers = numbers_of_offerings(sent or {}, there)
    if (sent or {}).get("add") == "yes" and len(numbers) < MOST_OFFERINGS:
        numbers.append(max(numbers, default=-1) + 1)
    filled = dict(enumerate(shown.offerings))
    return [_row(str(number), filled.get(number, Offering()), sent) for number in numbers]


def _row(number: str, offering: Offering, sent: Mapping[str, str] | None) -> dict[str, Any]:
    """Return an offering as a part of a form."""
    prefix = f"offerings-{number}-"
    return {
        "prefix": prefix,
        "summary": _summary(offering),
        "fields": _filled(OFFERING, written(offering, OFFERING), prefix, sent),
        "removed": (sent or {}).get(f"{prefix}remove") == "yes",
    }


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
