"""Bringing pages and files for the guide: what is found in them waits as proposals, of which staff make drafts."""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Connection
from starlette.responses import Response

from console.views.editing.drafts import PATH as DRAFTS
from console.views.editing.entry_form import slug
from console.views.editing.workspace import Workspace
from console.web.context import ConsoleContext
from console.web.request import PageError, StaffRequest, UploadedFile, required_number
from console.web.routing import StaffRoute
from conversations.accounts.accounts import ADVISER, EDITOR
from conversations.editing import entry_drafts, guide_imports
from conversations.editing.guide_imports import OPEN, GuideImport
from conversations.erasure import record_audit
from conversations.input_parsing import whole_number
from conversations.learning import unanswered
from conversations.learning.clustering import SIMILAR
from conversations.learning.unanswered import Question
from conversations.local_days import today
from core.translations import gettext as _
from guide_import.errors import GuideImportError
from guide_import.import_guide import Found, propose_from
from guide_import.proposal import key_of, title_of
from guide_import.readers.reader import KINDS
from knowledge.building.catalogue_schema import FILES
from knowledge.building.source_schema import FEWEST_ASKS
from knowledge.editing.entries import SECTION_KIND, TOPIC_KIND, normalised
from knowledge.models import OPEN_SUBJECTS
from nlu.encoding.encoder import open_encoder
from nlu.encoding.model_files import ModelFilesError

PATH = "/staff/guide/imports"
ONE = PATH + "/{import}"
LARGEST = 60 * 2**20  # bytes of a form with files
MOST_FILES = 20
# Into which part of the guide a piece goes: that which its heading names, or a new one if it names none.
AS_HEADED, NEW_PARTS = "", "*"
Sections = dict[str, str]  # titles of the guide's parts by key
MOST_COMPARED, MOST_ASKED, LONGEST_ASK = 60, 5, 300  # proposals, questions of each, characters of a question
UNSAFE = re.compile(r"[^\w. -]+")
LONGEST_NAME = 60  # characters of a file's name, of four bytes at most: file systems take 255


def routes(context: ConsoleContext) -> list[StaffRoute]:
    """Return the routes of these pages."""
    pages = ImportPages(context)
    return [
        StaffRoute(PATH, pages.show_all, EDITOR),
        StaffRoute(PATH, pages.bring, EDITOR, "POST", upload_bytes=LARGEST, upload_files=MOST_FILES),
        StaffRoute(ONE, pages.show, ADVISER),
        StaffRoute(ONE, pages.decide, EDITOR, "POST"),
        StaffRoute(f"{ONE}/remove", pages.remove, EDITOR, "POST"),
    ]


class ImportPages:
    """The form for files with the imports that there are, and the page of each."""

    def __init__(self, context: ConsoleContext) -> None:
        self._work, self._encoder_dir = Workspace(context), context.settings.encoder_dir

    async def show_all(self, request: StaffRequest) -> Response:
        """Show the form and the newest imports."""
        return await self._form(request)

    async def bring(self, request: StaffRequest) -> Response:
        """Keep what is proposed from files; the files themselves are not kept."""
        files = list(request.files.values())
        if not files:
            return await self._form(request, _("Choose a file first."))
        drafts = await request.service.store.read(entry_drafts.list_all, request.pack)
        asked = [text for draft in drafts for text in (draft.content or {}).get("ask", ())]
        taken = [
            *asked,
            *(text for entry in (await self._work.live()).values() for text in entry.content.get("ask", ())),
        ]
        try:
            found = await asyncio.to_thread(self._found, files, taken)
        except GuideImportError as error:
            return await self._form(request, str(error))
        proposals = [asdict(each) for each in found.proposed.topics]
        left = [f"“{each.what}” ({each.place}): {each.why}" for each in found.proposed.left]
        left += [_("Taken for the same question: %(question)s") % {"question": each} for each in found.proposed.merged]
        kept = (list(found.counts), proposals, left, request.member.name, request.pack)
        import_id = await request.service.store.write(guide_imports.keep, *kept)
        what = f"brought {len(files)} files with {len(proposals)} proposals for the guide"
        await request.service.store.write(record_audit, request.member.name, what, str(import_id))
        return request.redirect(f"{PATH}/{import_id}")

    async def show(self, request: StaffRequest) -> Response:
        """Show the proposals of an import, each with what was decided about it and what is near to it in the guide."""
        one = await _import(request)
        sections = await self._sections(request)
        waiting = {at: each["phrasings"][0] for at, each in enumerate(one.proposals) if each["state"] == OPEN}
        near = await self._work.near_texts(list(waiting.values()))
        questions = await request.service.store.read(unanswered.list_newest, pack=request.scope)
        return request.page(
            "guide-import.html",
            one=one,
            sections=sections,
            near={each.text: each for each in near},
            part_of={each["section"]: sections.get(_section_of(each["section"], sections)) for each in one.proposals},
            new_parts=NEW_PARTS,
            asked=await asyncio.to_thread(self._asked, waiting, questions),
            may_edit=request.member.may(EDITOR),
        )

    async def decide(self, request: StaffRequest) -> Response:
        """Make drafts of the ticked proposals, or leave them out; nothing else is changed."""
        one, form = await _import(request), request.form
        if one.version != whole_number(form.get("version", "")):
            raise PageError(_(guide_imports.CHANGED), 409)
        ticked = {whole_number(value) for name, value in form.items() if name.startswith("piece-")}
        numbers = [at for at, each in enumerate(one.proposals) if at in ticked and each["state"] == OPEN]
        if not numbers:
            raise PageError(_("Tick at least one proposal first."))
        if form.get("what") == "leave":
            await request.service.store.write(guide_imports.decide, one, dict.fromkeys(numbers))
            return request.redirect(f"{PATH}/{one.id}")
        sections, live = await self._sections(request), await self._work.live()
        part, new = form.get("section", AS_HEADED), {}
        if part == NEW_PARTS:
            new = _new_sections([one.proposals[at]["section"] for at in numbers], sections)
            sections = {**sections, **{key: content["title"] for key, content in new.items()}}
        taken = {key for kind, key in live if kind == TOPIC_KIND}
        asked = {
            at: [form[name][:LONGEST_ASK] for name in sorted(form) if name.startswith(f"ask-{at}-")] for at in numbers
        }
        pieces = {
            at: _piece(_also_asked(one.proposals[at], asked[at]), part, sections, taken, request.member.name)
            for at in numbers
        }
        await request.service.store.write(_begin_drafts, one, new, pieces, request.member.name)
        await request.service.store.write(
            record_audit, request.member.name, f"made {len(numbers)} drafts of what was brought", str(one.id)
        )
        return request.redirect(f"{PATH}/{one.id}" if one.waiting > len(numbers) else DRAFTS)

    async def remove(self, request: StaffRequest) -> Response:
        """Forget an import; drafts that were made of it stay."""
        one = await _import(request)
        await request.service.store.write(guide_imports.remove, one.id)
        return request.redirect(PATH)

    async def _sections(self, request: StaffRequest) -> Sections:
        """Return the titles of the guide's parts by key, those that are drafts yet as well."""
        parts = await request.service.store.read(entry_drafts.list_of, SECTION_KIND, request.pack)
        return (await self._work.names(parts))[SECTION_KIND]

    async def _form(self, request: StaffRequest, error: str = "") -> Response:
        found = await request.service.store.read(guide_imports.list_newest, request.pack)
        return request.page(
            "guide-imports.html",
            400 if error else 200,
            imports=found,
            error=error,
            kinds=KINDS,
            most_files=MOST_FILES,
            most_bytes=LARGEST,
        )

    def _asked(self, waiting: Mapping[int, str], questions: Sequence[Question]) -> dict[int, list[str]]:
        """Return what visitors asked in vain that is near to proposals, by their numbers; nothing without a sentence model."""
        known = [each for each in questions if each.embedding is not None and each.text == each.unmasked_text]
        if not waiting or not known:
            return {}
        try:
            vectors = open_encoder(self._encoder_dir).encode(list(waiting.values())[:MOST_COMPARED])
        except ModelFilesError:
            return {}
        shares = vectors @ np.array([each.embedding for each in known]).T
        found = {}
        for at, row in zip(waiting, shares, strict=False):
            nearest = [known[place].text for place in np.argsort(-row) if row[place] >= SIMILAR]
            found[at] = list(dict.fromkeys(nearest))[:MOST_ASKED]
        return found

    def _found(self, files: Sequence[UploadedFile], taken: Sequence[str]) -> Found:
        """Return what is proposed from files; raises GuideImportError, PageError without a sentence model."""
        try:
            encode = open_encoder(self._encoder_dir).encode
        except ModelFilesError:
            raise PageError(_("The sentence model is not there. On the server, run: make setup"), 503) from None
        with tempfile.TemporaryDirectory() as folder:
            paths = [Path(folder) / _safe_name(file.name, number) for number, file in enumerate(files)]
            for path, file in zip(paths, files, strict=True):
                path.parent.mkdir()
                path.write_bytes(file.content)
            return propose_from(paths, encode, taken)


async def _import(request: StaffRequest) -> GuideImport:
    number = required_number(request.path_param("import"), _(guide_imports.GONE))
    return await request.service.store.read(guide_imports.find, number)


def _begin_drafts(
    connection: Connection,
    one: GuideImport,
    sections: dict[str, dict[str, Any]],
    pieces: dict[int, tuple[str, dict[str, Any], str]],
    who: str,
) -> None:
    """Begin a draft of each new part and each piece, by its number, and note them with the import: all or none."""
    for key, content in sections.items():
        entry_drafts.begin(
            connection, SECTION_KIND, key, content, "", who, f"Brought: {', '.join(one.files)}", one.pack
        )
    drafts: dict[int, int | None] = {}
    for number, (key, content, why) in pieces.items():
        if key and entry_drafts.find_by_key(connection, TOPIC_KIND, key, one.pack):
            key, content = "", {name: value for name, value in content.items() if name != "key"}
        drafts[number] = entry_drafts.begin(connection, TOPIC_KIND, key, content, "", who, why, one.pack)
    guide_imports.decide(connection, one, drafts)


def _piece(
    proposal: dict[str, Any], part: str, sections: Sections, taken: set[str], owner: str
) -> tuple[str, dict[str, Any], str]:
    """Return key, content and reason of the draft that a proposal becomes; the key is empty if it has no place yet."""
    section = part if part in sections else _section_of(proposal["section"], sections)
    key = f"{section}/{slug(proposal['title'])}" if section and slug(proposal["title"]) else ""
    key = "" if key in taken else key
    taken.add(key)
    asks = proposal["phrasings"]
    claims = [{"say": proposal["claim"], "form": proposal["form"], "asks": asks}]
    content = {
        **{name: proposal[name] for name in ("title", "answer", "more")},
        "key": key,
        "items": [{"name": text} for text in proposal["items"]],
        "claims": claims if proposal["claim"] and len(asks) >= FEWEST_ASKS else [],
        "ask": asks,
        "owner": owner,
        "reviewed": today().isoformat(),
    }
    return key, normalised(TOPIC_KIND, content), f"Brought: {'; '.join(proposal['places'])}"


def _also_asked(proposal: dict[str, Any], texts: Iterable[str]) -> dict[str, Any]:
    """Return a proposal with further ways of asking."""
    return {**proposal, "phrasings": list(dict.fromkeys([*proposal["phrasings"], *texts]))}


def _section_of(heading: str, sections: Sections) -> str:
    """Return the key of the guide's part that a heading names, "" if it names none."""
    words = {heading.casefold().strip(), title_of(heading).casefold()}
    return next((key for key, title in sections.items() if words & {title.casefold(), key}), "")


def _new_sections(headings: Iterable[str], sections: Sections) -> dict[str, dict[str, Any]]:
    """Return key and content of a new part of the guide for each heading that names none."""
    taken = {*sections, OPEN_SUBJECTS, *(Path(path).stem for path in FILES)}
    new = [heading for heading in dict.fromkeys(headings) if heading and not _section_of(heading, sections)]
    found = {key_of(heading, taken): heading for heading in new}
    return {key: {"key": key, "title": title_of(heading), "heading": heading} for key, heading in found.items()}


def _safe_name(name: str, number: int) -> Path:
    """Return a place for a file in a folder of its own: its name without what means something to a file system."""
    last = UNSAFE.sub("_", re.split(r"[/\\]", name)[-1]).strip(" .")[-LONGEST_NAME:]
    return Path(str(number)) / (last or "file")
