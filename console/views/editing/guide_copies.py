"""The guide as a zip file: all its sources to take away, and a changed copy brought back as drafts."""

from __future__ import annotations

import asyncio
import io
import zipfile
from pathlib import Path

from starlette.responses import Response

from console.translations.findings import in_words
from console.views.editing.drafts import PATH as DRAFTS
from console.web.context import ConsoleContext
from console.web.request import PageError, StaffRequest
from console.web.routing import StaffRoute
from conversations.accounts.accounts import EDITOR, TRAINER
from conversations.editing import entry_drafts
from conversations.erasure import record_audit
from core.guide_pack import sources_dir
from core.translations import gettext as _
from knowledge.building.catalogue_schema import schema_of
from knowledge.building.load import collect_files
from knowledge.building.sources import FOLDERS, Findings, SourceFile, read_folder
from knowledge.editing.entries import Entry, entries_of
from knowledge.editing.overlay import Place

PATH = "/staff/guide"
LARGEST = 20 * 2**20  # bytes of the file that is brought
LARGEST_INSIDE, MOST_FILES = 50 * 2**20, 500  # bytes of all files in it, unpacked; files in it
MOST_DRAFTS = 300


def routes(context: ConsoleContext) -> list[StaffRoute]:
    """Return the routes of the copies."""
    copies = GuideCopies(sources_dir(context.settings))
    return [
        StaffRoute(f"{PATH}.zip", copies.download, EDITOR),
        StaffRoute(f"{PATH}/bring", copies.bring, TRAINER, "POST", upload_bytes=LARGEST),
    ]


class GuideCopies:
    """Gives the sources in a folder as a zip file, and makes drafts of what is otherwise in one."""

    def __init__(self, sources: Path) -> None:
        self._sources = sources

    async def download(self, request: StaffRequest) -> Response:
        """Return all sources."""
        content = await asyncio.to_thread(_zipped, self._sources)
        await request.service.store.write(record_audit, request.member.name, "took a copy of the guide")
        headers = {"Content-Disposition": 'attachment; filename="guide.zip"'}
        return Response(content, media_type="application/zip", headers=headers)

    async def bring(self, request: StaffRequest) -> Response:
        """Make a draft of each entry that is otherwise in the file; drafts that there are stay."""
        file = request.files.get("file")
        if file is None:
            raise PageError(_("Choose a file first."))
        live, brought = await asyncio.to_thread(self._entries, file.content)
        changed = [
            entry for place, entry in brought.items() if place not in live or live[place].content != entry.content
        ]
        if not changed:
            raise PageError(_("No entry is otherwise in this file than in the guide."))
        if len(changed) > MOST_DRAFTS:
            raise PageError(
                _("%(changed)s entries are otherwise in this file, %(most_drafts)s at most can be brought at once.")
                % {"changed": len(changed), "most_drafts": MOST_DRAFTS}
            )
        for entry in changed:
            now = live.get((entry.kind, entry.key))
            base, why = now.fingerprint if now else "", f"Brought in {file.name}"
            begun = (entry.kind, entry.key, entry.content, base, request.member.name, why, request.pack)
            await request.service.store.write(entry_drafts.begin, *begun)
        what = f"brought {len(changed)} changed entries of the guide"
        await request.service.store.write(record_audit, request.member.name, what)
        return request.redirect(DRAFTS)

    def _entries(self, content: bytes) -> tuple[dict[Place, Entry], dict[Place, Entry]]:
        """Return the entries as they are published, and those of a zip file; raises PageError if it cannot be read."""
        files, findings = _unzipped(content, self._sources.name), Findings()
        brought = entries_of(collect_files(files, self._sources.name, findings))
        wrong = [problem for problem in findings if "the file is missing" not in problem.what]
        if wrong:
            first = wrong[0]
            where = f"{first.file}:{first.line}: {in_words(first.what)}. {in_words(first.remedy)}"
            raise PageError(_("The file cannot be brought. %(wrong)s") % {"wrong": where})
        live = entries_of(collect_files(read_folder(self._sources), self._sources.name, Findings()))
        return live, brought


def _zipped(sources: Path) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in read_folder(sources):
            archive.writestr(file.name, file.data)
    return out.getvalue()


def _unzipped(content: bytes, sources: str) -> list[SourceFile]:
    """Return the sources in a zip file, whatever folder they are in there; raises PageError."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            inside = [each for each in archive.infolist() if _path(each.filename)]
            if len(inside) > MOST_FILES or sum(each.file_size for each in inside) > LARGEST_INSIDE:
                raise PageError(_("This file holds too much."))
            found = {_path(each.filename): archive.read(each) for each in inside}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError):
        raise PageError(
            _("This is no zip file that can be read. Take a copy of the guide, change it, and bring that.")
        ) from None
    if not found:
        raise PageError(_("There is no guide in this file: it has no folder guide/ with files that end in .yml."))
    return [SourceFile(f"{sources}/{path}", path, data) for path, data in sorted(found.items())]


def _path(name: str) -> str:
    """Return the end of the name of a source, "guide/faq.yml"; "" for any other file."""
    parts = name.split("/")
    path = "/".join(parts[-2:])
    is_source = len(parts) > 1 and parts[-2] in FOLDERS and parts[-1][0:1] not in ("", ".") and bool(schema_of(path))
    return path if is_source else ""
