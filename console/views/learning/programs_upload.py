"""Bringing programs by a file: upload, a trial with its report, then the import itself."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.responses import Response

from console.translations.findings import in_words
from console.web.context import ConsoleContext
from console.web.request import PageError, StaffRequest
from console.web.routing import StaffRoute
from conversations.accounts.accounts import TRAINER
from conversations.erasure import record_audit
from core.translations import gettext as _
from own_programs.errors import CatalogueError, CatalogueMissing, UploadGone
from own_programs.importing import importer
from own_programs.importing.report import Report, report_lines
from own_programs.importing.uploads import drop_upload, keep_upload, keep_uploaded_mapping, uploaded_file
from own_programs.store.reader import CatalogueReader
from own_programs.store.sources import all_sources
from own_programs.store.writer import FILE_NAME, master_of

PATH = "/staff/programs/import"
LARGEST = 20 * 2**20  # bytes of a form with a file
READ = ("dates", "decimal", "currency")  # what staff may say of how a file is to be read


@dataclass(frozen=True)
class Trial:
    """What an import would do, or has done; `mapping` is the text by which the file is read, empty if it needs none."""

    report: Report
    mapping: str
    proposed: bool


def routes(context: ConsoleContext) -> list[StaffRoute]:
    """Return the routes of these pages."""
    pages = UploadPages(context.settings.catalogue_dir, master_of(context.settings))
    return [
        StaffRoute(PATH, pages.show, TRAINER),
        StaffRoute(PATH, pages.upload, TRAINER, "POST", upload_bytes=LARGEST),
        StaffRoute(f"{PATH}/trial", pages.try_again, TRAINER, "POST"),
        StaffRoute(f"{PATH}/confirmed", pages.confirm, TRAINER, "POST"),
    ]


class UploadPages:
    """The form, the report of a trial, and the report of the import."""

    def __init__(self, catalogue_dir: Path, master: str) -> None:
        self._folder, self._master = catalogue_dir, master

    async def show(self, request: StaffRequest) -> Response:
        """Show the form."""
        return await self._form(request)

    async def upload(self, request: StaffRequest) -> Response:
        """Keep the file and show what importing it would do."""
        file = request.files.get("file")
        if file is None:
            return await self._form(request, _("Choose a file first."))
        upload = await asyncio.to_thread(keep_upload, self._folder, file.name, file.content)
        try:
            return self._trial_page(request, upload, await self._tried(upload, request.form, dry_run=True))
        except CatalogueError as error:
            await asyncio.to_thread(drop_upload, self._folder, upload)
            return await self._form(request, in_words(str(error)))

    async def try_again(self, request: StaffRequest) -> Response:
        """Show what importing the file would do by another mapping or other options."""
        upload = request.form.get("upload", "")
        return self._trial_page(request, upload, await self._tried_by_form(upload, request.form, dry_run=True))

    async def confirm(self, request: StaffRequest) -> Response:
        """Import the file and show what has happened; a file that cannot be imported is shown as a trial again."""
        upload = request.form.get("upload", "")
        done = await self._tried_by_form(upload, request.form, dry_run=False)
        if done.report.blocked:
            return self._trial_page(request, upload, done)
        await asyncio.to_thread(drop_upload, self._folder, upload)
        what = f"brought {done.report.programs} programs"
        await request.service.store.write(record_audit, request.member.name, what, done.report.source)
        return request.page(
            "programs-imported.html", report=done.report, lines=list(report_lines(done.report, in_words))
        )

    async def _form(self, request: StaffRequest, error: str = "") -> Response:
        sources = await asyncio.to_thread(self._sources)
        return request.page("programs-import.html", 400 if error else 200, sources=sources, most=LARGEST, error=error)

    def _trial_page(self, request: StaffRequest, upload: str, trial: Trial) -> Response:
        options = {name: request.form.get(name, "") for name in (*READ, "partial", "remove_missing", "keep_edits")}
        return request.page(
            "programs-trial.html",
            upload=upload,
            trial=trial,
            report=trial.report,
            lines=list(report_lines(trial.report, in_words)),
            options=options,
        )

    async def _tried_by_form(self, upload: str, form: Mapping[str, str], dry_run: bool) -> Trial:
        """Return the trial or import of what a form says; raises PageError, so that staff go back to what they wrote."""
        try:
            return await self._tried(upload, form, dry_run)
        except UploadGone as error:
            raise PageError(str(error), 404) from None
        except CatalogueError as error:
            raise PageError(_("%(value)s Go back and change it.") % {"value": in_words(str(error))}) from None

    async def _tried(self, upload: str, form: Mapping[str, str], dry_run: bool) -> Trial:
        return await asyncio.to_thread(self._import, upload, form, dry_run)

    def _import(self, upload: str, form: Mapping[str, str], dry_run: bool) -> Trial:
        file = uploaded_file(self._folder, upload)
        text = form.get("mapping", "")
        options = importer.ImportOptions(
            source=form.get("source", "").strip().lower(),
            mapping=keep_uploaded_mapping(self._folder, upload, text) if text.strip() else None,
            dry_run=dry_run,
            partial=form.get("partial") == "yes",
            remove_missing=form.get("remove_missing") == "yes",
            sure=form.get("sure") == "yes",
            read=_read_options(form),
            keep_edits=form.get("keep_edits") == "yes",
        )
        prepared = importer.prepare(self._folder, [file], options)
        report = importer.carry_out(self._folder, prepared, options, master=self._master)
        if not dry_run and not report.blocked:
            importer.keep_mapping(prepared, options.read)
        return Trial(report, "" if prepared.own is not None else prepared.mapping.text, prepared.proposed)

    def _sources(self) -> list[str]:
        try:
            with closing(CatalogueReader(self._folder / FILE_NAME)) as reader:
                return [source.name for source in all_sources(reader)]
        except CatalogueMissing:
            return []


def _read_options(form: Mapping[str, str]) -> dict[str, Any]:
    return importer.read_options({name: form.get(name, "").strip() for name in READ})
