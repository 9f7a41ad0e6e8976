"""Drafts: the list, the form of each with its problems as one writes, comments, and taking over another version."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse, Response

from console.views.editing.entry_diff import differences
from console.views.editing.entry_form import sent_content, shown_fields
from console.views.editing.workspace import SUBJECTS_TITLE, Workspace, draft_of
from console.views.learning.decisions import message_ids
from console.web.context import ConsoleContext
from console.web.request import PageError, StaffRequest, required_number
from console.web.routing import KNOWLEDGE, MenuItem, StaffRoute
from conversations.accounts import accounts
from conversations.accounts.accounts import ADVISER, EDITOR, TRAINER
from conversations.editing import draft_comments, entry_drafts, entry_history
from conversations.editing.entry_drafts import DraftConflict, EntryDraft
from conversations.erasure import record_audit
from conversations.input_parsing import whole_number
from conversations.learning import unanswered
from conversations.learning.clustering import Cluster
from conversations.local_days import today
from knowledge.editing.entries import SUBJECT_KIND, TOPIC_KIND, kind_and_key, normalised

PATH = "/staff/drafts"
DRAFT = PATH + "/{draft}"
LIVE = "live"
BAD_VERSION = "There is no such version. Load the page again."


def routes(context: ConsoleContext) -> list[StaffRoute]:
    """Return the routes of these pages."""
    pages = DraftPages(context)
    return [
        StaffRoute(PATH, pages.show_all, ADVISER, menu=MenuItem(KNOWLEDGE, "Drafts")),
        StaffRoute(f"{PATH}/begin", pages.begin, EDITOR, "POST"),
        StaffRoute(f"{PATH}/new", pages.create, EDITOR, "POST"),
        StaffRoute(DRAFT, pages.show, ADVISER),
        StaffRoute(DRAFT, pages.save, EDITOR, "POST"),
        StaffRoute(f"{DRAFT}/near", pages.show_near, EDITOR, "POST"),
        StaffRoute(f"{DRAFT}/compare", pages.compare, ADVISER),
        StaffRoute(f"{DRAFT}/restore", pages.restore, EDITOR, "POST"),
        StaffRoute(f"{DRAFT}/comments", pages.comment, ADVISER, "POST"),
        StaffRoute(f"{DRAFT}/assign", pages.assign, EDITOR, "POST"),
        StaffRoute(f"{DRAFT}/remove", pages.remove, EDITOR, "POST"),
    ]


class DraftPages:
    """The list of drafts and the page of each."""

    def __init__(self, context: ConsoleContext) -> None:
        self._work = Workspace(context)

    async def show_all(self, request: StaffRequest) -> Response:
        """Show all drafts with what is wrong in them, and whether they need a training."""
        read = request.service.store.read
        drafts = await read(entry_drafts.list_all)
        return request.page(
            "drafts.html",
            states=await self._work.states(drafts),
            comments=await read(draft_comments.counts),
            may_edit=request.member.may(EDITOR),
            may_publish=request.member.may(TRAINER),
        )

    async def begin(self, request: StaffRequest) -> Response:
        """Begin a draft of a published entry, or open the one that there is; with `version`, with what that version was."""
        kind, key = kind_and_key(request.form.get("key", ""))
        entry = (await self._work.live()).get((kind, key))
        version = await self._version(request, request.form.get("version", ""))
        if entry is None and (version is None or (version.kind, version.key) != (kind, key)):
            raise PageError("There is no such topic. It may have another key since the last release.", 404)
        content = version.content if version else entry.content if entry else None
        base = entry.fingerprint if entry else ""
        write = request.service.store.write
        if request.form.get("remove") == "yes":
            content = None
        draft_id = await write(entry_drafts.begin, kind, key, content, base, request.member.name)
        if version or request.form.get("remove") == "yes":
            draft = await request.service.store.read(entry_drafts.find, draft_id)
            if draft and draft.content != content:
                await write(entry_drafts.save, draft_id, draft.version, key, content, request.member.name)
        return request.redirect(f"{PATH}/{draft_id}")

    async def create(self, request: StaffRequest) -> Response:
        """Begin a draft of a new entry, with the questions that the form names as its ways of asking."""
        kind = SUBJECT_KIND if request.form.get("kind") == SUBJECT_KIND else TOPIC_KIND
        texts, why = [], ""
        if "messages" in request.form or any(name.startswith("way-") for name in request.form):
            questions = await request.service.store.read(unanswered.find_by_messages, message_ids(request))
            texts = Cluster(tuple(questions)).texts if questions else []
            why = "Asked by visitors and not answered"
        title = request.form.get("title", "") or (texts[0][:30].strip() if texts else "")
        newly = {"owner": request.member.name, "reviewed": today().isoformat()}
        content = normalised(kind, {"title": title, "ask": texts, **newly})
        draft_id = await request.service.store.write(
            entry_drafts.begin, kind, "", content, "", request.member.name, why
        )
        return request.redirect(f"{PATH}/{draft_id}")

    async def show(self, request: StaffRequest) -> Response:
        """Show the form of a draft, or what it says to those who may not change it."""
        draft, read = await draft_of(request), request.service.store.read
        state = await self._work.state(draft)
        return request.page(
            "draft.html",
            state=state,
            draft=draft,
            fields=shown_fields(draft.kind, draft.content or {}),
            told=state.told,
            sections=await self._work.sections(),
            subjects_title=SUBJECTS_TITLE,
            titles=self._work.titles(),
            versions=await read(entry_history.of_entry, draft.kind, draft.key, draft.id),
            comments=await read(draft_comments.of_draft, draft.id),
            colleagues=[each.name for each in await read(accounts.list_accounts)],
            may_edit=request.member.may(EDITOR),
            may_publish=request.member.may(TRAINER),
            today=today().isoformat(),
            is_subject=draft.kind == SUBJECT_KIND,
        )

    async def save(self, request: StaffRequest) -> Response:
        """Save a draft; the page's script gets JSON, with 409 if somebody else has saved it since."""
        draft, form = await draft_of(request), request.form
        version = whole_number(form.get("version", ""))
        if version is None:
            raise PageError(BAD_VERSION)
        content = sent_content(draft.kind, form, self._work.key_of)
        key = draft.key or content.get("key", "")
        content = normalised(draft.kind, {**content, "key": key})
        why = form.get("why")
        try:
            saved = await request.service.store.write(
                entry_drafts.save, draft.id, version, key, content, request.member.name, why
            )
        except DraftConflict as conflict:
            return self._conflict(request, conflict.theirs, content)
        if request.wants_fragment:
            return JSONResponse((await self._work.state(saved)).as_json())
        return request.redirect(f"{PATH}/{draft.id}")

    def _conflict(self, request: StaffRequest, theirs: EntryDraft, mine: dict[str, Any]) -> Response:
        """Return both versions, to choose from; nothing was saved."""
        return request.page(
            "draft-conflict.html" if request.wants_fragment else "draft-conflict-page.html",
            409,
            draft=theirs,
            fields=differences(theirs.content, mine),
            sent={name: value for name, value in request.form.items() if name not in ("csrf", "version")},
        )

    async def show_near(self, request: StaffRequest) -> Response:
        """Return which of the ways of asking that are new are near to those of other entries."""
        draft = await draft_of(request)
        live = await self._work.published(draft)
        known = set(live.content.get("ask", ())) if live else set()
        lines = [" ".join(line.split()) for line in request.form.get("ask", "").splitlines()]
        found = await self._work.near(draft, [line for line in lines if line and line not in known])
        return request.page("draft-near.html", near=found)

    async def compare(self, request: StaffRequest) -> Response:
        """Show what is different between the draft and what is published, or another version."""
        draft, chosen = await draft_of(request), request.query.get("with", LIVE)
        version = await self._version(request, chosen)
        live = await self._work.published(draft)
        before = version.content if version else live.content if live else None
        return request.page(
            "draft-compare.html",
            draft=draft,
            version=version,
            live=live,
            fields=differences(before, draft.content),
            chosen=chosen,
            may_edit=request.member.may(EDITOR),
        )

    async def restore(self, request: StaffRequest) -> Response:
        """Make the draft what another version was, or what is published; what it was until now stays in its history.

        With `what` "base", the draft stays as it is and counts as a change of what is published now.
        """
        draft, chosen = await draft_of(request), request.form.get("with", "")
        live = await self._work.published(draft)
        write, who = request.service.store.write, request.member.name
        if request.form.get("what") == "base":
            await write(entry_drafts.set_base, draft.id, live.fingerprint if live else "")
            return request.redirect(f"{PATH}/{draft.id}")
        version = await self._version(request, chosen)
        if chosen != LIVE and version is None:
            raise PageError(BAD_VERSION, 404)
        content = version.content if version else live.content if live else None
        await write(entry_drafts.save, draft.id, draft.version, draft.key, content, who)
        if chosen == LIVE:
            await write(entry_drafts.set_base, draft.id, live.fingerprint if live else "")
        return request.redirect(f"{PATH}/{draft.id}")

    async def comment(self, request: StaffRequest) -> Response:
        """Add a comment."""
        draft = await draft_of(request)
        text = request.form.get("text", "")
        await request.service.store.write(draft_comments.add, draft.id, text, request.member.name)
        return request.redirect(f"{PATH}/{draft.id}#comments")

    async def assign(self, request: StaffRequest) -> Response:
        """Ask a colleague to look at the draft."""
        draft = await draft_of(request)
        await request.service.store.write(entry_drafts.assign, draft.id, request.form.get("to", ""))
        return request.redirect(f"{PATH}/{draft.id}")

    async def remove(self, request: StaffRequest) -> Response:
        """Drop a draft; what is published stays."""
        draft = await draft_of(request)
        await request.service.store.write(entry_drafts.remove, draft.id)
        what = f"dropped a draft of {draft.key or 'a new topic'}"
        await request.service.store.write(record_audit, request.member.name, what, str(draft.id))
        return request.redirect(PATH)

    async def _version(self, request: StaffRequest, text: str) -> entry_history.EntryVersion | None:
        """Return the version that is named; None for what is published, or nothing."""
        if not text or text == LIVE:
            return None
        number = required_number(text, BAD_VERSION)
        found = await request.service.store.read(entry_history.find, number)
        if found is None:
            raise PageError(BAD_VERSION, 404)
        return found
