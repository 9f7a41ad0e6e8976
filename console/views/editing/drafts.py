"""Drafts: the list, the form of each with its problems as one writes, comments, and taking over another version."""

from __future__ import annotations

from functools import partial
from typing import Any

from starlette.responses import JSONResponse, Response

from console.views.editing.entry_diff import differences, text_diff
from console.views.editing.entry_form import key_in, lists_of, sent_content, shown_fields, shown_key_fields, slug
from console.views.editing.entry_titles import KIND_TITLES, kind_title
from console.views.editing.reply_preview import askable, preview, reply_of
from console.views.editing.workspace import Names, Workspace, draft_of, key_of
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
from conversations.review import wrong_answers
from core.translations import gettext as _
from core.translations import marked
from knowledge.editing.entries import (
    CATALOGUE,
    KNOWN_BY,
    OF_GUIDE,
    SCHEMAS,
    SECTION_KIND,
    TOPIC_KIND,
    kind_and_key,
    normalised,
    with_key,
)

PATH = "/staff/drafts"
DRAFT = PATH + "/{draft}"
LIVE = "live"
BAD_VERSION = marked("There is no such version. Load the page again.")


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
        StaffRoute(f"{DRAFT}/preview", pages.show_preview, EDITOR, "POST"),
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
        drafts = await read(entry_drafts.list_all, request.pack)
        return request.page(
            "drafts.html",
            states=await self._work.states(drafts),
            comments=await read(draft_comments.counts),
            may_edit=request.member.may(EDITOR),
            may_publish=request.member.may(TRAINER),
            kind_title=kind_title,
            guide_kinds=OF_GUIDE,
        )

    async def begin(self, request: StaffRequest) -> Response:
        """Begin a draft of a published entry, or open the one that there is; with `version`, with what that version was."""
        kind, key = _place_of(request)
        entry = (await self._work.live()).get((kind, key))
        version = await self._version(request, request.form.get("version", ""))
        if entry is None and (version is None or (version.kind, version.key) != (kind, key)):
            raise PageError(_("There is no such entry. It may have another key since the last release."), 404)
        content = version.content if version else entry.content if entry else None
        base = entry.fingerprint if entry else ""
        write = request.service.store.write
        if request.form.get("remove") == "yes":
            content = None
        draft_id = await write(entry_drafts.begin, kind, key, content, base, request.member.name, pack=request.pack)
        if version or request.form.get("remove") == "yes":
            draft = await request.service.store.read(entry_drafts.find, draft_id)
            if draft and draft.content != content:
                await write(entry_drafts.save, draft_id, draft.version, key, content, request.member.name)
        return request.redirect(f"{PATH}/{draft_id}")

    async def create(self, request: StaffRequest) -> Response:
        """Begin a draft of a new entry, with the questions that the form names as its ways of asking."""
        kind = request.form.get("kind", "")
        kind = kind if kind in KIND_TITLES else TOPIC_KIND
        texts, why = [], ""
        if "messages" in request.form or any(name.startswith("way-") for name in request.form):
            questions = await request.service.store.read(
                unanswered.find_by_messages, message_ids(request), request.scope
            )
            texts = Cluster(tuple(questions)).texts if questions else []
            why = _("Asked by visitors and not answered")
        title = request.form.get("title", "") or (texts[0][:30].strip() if texts else "")
        newly = {"owner": request.member.name, "reviewed": today().isoformat()}
        begun = {"title": title, "ask": texts, **newly} if kind in OF_GUIDE else {}
        content = normalised(kind, begun)
        draft_id = await request.service.store.write(
            entry_drafts.begin, kind, "", content, "", request.member.name, why, request.pack
        )
        return request.redirect(f"{PATH}/{draft_id}")

    async def show(self, request: StaffRequest) -> Response:
        """Show the form of a draft, or what it says to those who may not change it."""
        draft, read = await draft_of(request), request.service.store.read
        parts = await read(entry_drafts.list_of, SECTION_KIND, request.pack)
        state, names = await self._work.state(draft, parts), await self._work.names(parts)
        return request.page(
            "draft.html",
            state=state,
            draft=draft,
            fields=shown_fields(draft.kind, draft.content or {}),
            key_fields=shown_key_fields(draft.kind, draft.content or {}),
            told=state.told,
            sections=names["section"],
            lists=lists_of(draft.kind, names),
            key_name=_key_name(draft),
            kind_title=kind_title(draft.kind),
            **_preview(draft, draft.content or {}, names),
            versions=await read(entry_history.of_entry, draft.kind, draft.key, draft.id, draft.pack),
            comments=await read(wrong_answers.on_draft, draft.id),
            colleagues=[each.name for each in await read(accounts.list_accounts)],
            may_edit=request.member.may(EDITOR),
            may_publish=request.member.may(TRAINER),
            today=today().isoformat(),
            is_topic=draft.kind == TOPIC_KIND,
            in_catalogue=draft.kind in CATALOGUE,
            takes_asks="ask" in SCHEMAS[draft.kind],
        )

    async def save(self, request: StaffRequest) -> Response:
        """Save a draft; the page's script gets JSON, with 409 if somebody else has saved it since."""
        draft, form = await draft_of(request), request.form
        version = whole_number(form.get("version", ""))
        if version is None:
            raise PageError(_(BAD_VERSION))
        content = sent_content(draft.kind, form, partial(key_of, await self._work.names()))
        if draft.kind in CATALOGUE:  # as long as it is new, its key follows what it is called
            key = key_in(draft.kind, content) if draft.is_new else draft.key
            content = normalised(draft.kind, with_key(draft.kind, key, content) if key else content)
        else:
            key = draft.key or content.get("key", "")
            content = normalised(draft.kind, {**content, "key": key})
        why = form.get("why")
        try:
            saved = await request.service.store.write(
                entry_drafts.save, draft.id, version, key, content, request.member.name, why
            )
        except DraftConflict as conflict:
            return self._conflict(request, conflict.theirs, content, why)
        if request.wants_fragment:
            parts = await request.service.store.read(entry_drafts.list_of, SECTION_KIND, request.pack)
            return JSONResponse((await self._work.state(saved, parts)).as_json())
        return request.redirect(f"{PATH}/{draft.id}")

    def _conflict(self, request: StaffRequest, theirs: EntryDraft, mine: dict[str, Any], why: str | None) -> Response:
        """Return both versions, and what each was for, to choose from; nothing was saved."""
        fields = differences(theirs.content, mine)
        if why is not None and why != theirs.why:
            fields.append(text_diff(_("What the change is for"), theirs.why, why))
        return request.page(
            "draft-conflict.html" if request.wants_fragment else "draft-conflict-page.html",
            409,
            draft=theirs,
            fields=fields,
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

    async def show_preview(self, request: StaffRequest) -> Response:
        """Return the reply with what the form holds, as each channel shows it; nothing is saved."""
        draft, names = await draft_of(request), await self._work.names()
        content = sent_content(draft.kind, request.form, partial(key_of, names))
        shown = _preview(draft, content, names, request.form.get("asked", ""))
        return request.page("draft-preview.html", draft=draft, **shown)

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
            raise PageError(_(BAD_VERSION), 404)
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
        number = required_number(text, _(BAD_VERSION))
        found = await request.service.store.read(entry_history.find, number)
        if found is None or found.pack != request.pack:
            raise PageError(_(BAD_VERSION), 404)
        return found


def _place_of(request: StaffRequest) -> tuple[str, str]:
    """Return the kind and the key of the entry that a form names."""
    kind, key = request.form.get("kind", ""), request.form.get("key", "")
    return (kind, key) if kind in CATALOGUE else kind_and_key(key)


def _preview(draft: EntryDraft, content: dict[str, Any], names: Names, asked: str = "") -> dict[str, Any]:
    """Return what the preview of the replies shows; nothing of what no message is made of alone."""
    if draft.kind not in OF_GUIDE:
        return {"previews": [], "askable": [], "asked": ""}
    key = draft.key or str(content.get("key", ""))
    reply = reply_of(draft.kind, key, content, names[TOPIC_KIND], names["section"], asked)
    return {"previews": preview(reply), "askable": askable(content), "asked": asked}


def _key_name(draft: EntryDraft) -> str | None:
    """Return what was given as the short name in a key, if it is not made of the name; None if the key has no such part."""
    if "key" not in KNOWN_BY.get(draft.kind, ("key",)):
        return None
    content = draft.content or {}
    key = str(content.get("key", ""))
    return "" if key == slug(str(content.get("title") or content.get("name") or "")) else key
