"""What the pages of editing share: the sources and their checks, titles and keys, and what a draft's page shows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from console.translations.findings import in_words
from console.views.editing.entry_form import field_of
from console.views.editing.near_phrasings import NearPhrasing, NearPhrasings
from console.web.context import ConsoleContext
from console.web.request import PageError, StaffRequest, required_number
from conversations.editing import entry_drafts
from conversations.editing.entry_drafts import EntryDraft
from core.guide_pack import sources_dir
from core.translations import gettext as _
from core.translations import marked
from knowledge.editing.draft_check import EntryProblem, SourceChecks
from knowledge.editing.entries import (
    CATALOGUE,
    KNOWN_BY,
    SECTION_KIND,
    SUBJECT_KIND,
    TOPIC_KIND,
    Change,
    Entry,
    guide_key,
    own_key,
    taught,
)
from knowledge.editing.overlay import Place

NO_PLACE = EntryProblem(
    "section", marked("'section' is missing"), marked("Choose the part of the guide that it belongs to.")
)
NO_KEY = EntryProblem(
    "key", marked("'key' is missing"), marked("Give it a short name of small letters, digits and dashes.")
)
Names = dict[str, dict[str, str]]  # by kind and key, the names of all that one can refer to


@dataclass(frozen=True)
class DraftState:
    """A draft with what is to be said of it.

    `live` is the entry as it is published; `is_behind` tells that it was changed since the draft began. `elsewhere` are
    problems that the change makes in other entries.
    """

    draft: EntryDraft
    live: Entry | None
    is_behind: bool
    problems: tuple[EntryProblem, ...]
    elsewhere: tuple[str, ...]
    needs_training: bool

    @property
    def is_well(self) -> bool:
        """Return whether the draft can be published."""
        return not (self.problems or self.elsewhere or self.is_behind or self.is_same)

    @property
    def is_same(self) -> bool:
        """Return whether the draft changes nothing."""
        return self.live is not None and self.live.content == self.draft.content

    @property
    def told(self) -> dict[str, list[str]]:
        """Return what is wrong in sentences, by the field of the form that each stands beside."""
        told: dict[str, list[str]] = {}
        for one in self.problems:
            what, remedy = in_words(one.what), in_words(one.remedy)
            told.setdefault(field_of(one), []).append(f"{what[:1].upper()}{what[1:]}. {remedy}")
        return told

    def as_json(self) -> dict[str, Any]:
        """Return what the page's script shows after a save."""
        return {
            "version": self.draft.version,
            "title": self.draft.title,
            "problems": [{"field": field, "text": text} for field, texts in self.told.items() for text in texts],
            "elsewhere": list(self.elsewhere),
            "training": self.needs_training,
            "same": self.is_same,
            "behind": self.is_behind,
        }


class Workspace:
    """The sources that staff edit; `sources` are checked as a build checks them."""

    def __init__(self, context: ConsoleContext) -> None:
        self._titles = context.titles
        self.checks = SourceChecks(sources_dir(context.settings))
        self._near = NearPhrasings(context.settings.knowledge_db, context.settings.encoder_dir)

    async def live(self) -> dict[Place, Entry]:
        """Return the entries as they are published."""
        return await asyncio.to_thread(self.checks.entries)

    async def published(self, draft: EntryDraft) -> Entry | None:
        """Return the entry of a draft as it is published, or None."""
        return (await self.live()).get((draft.kind, draft.key))

    async def state(self, draft: EntryDraft, parts: Iterable[EntryDraft] = ()) -> DraftState:
        """Return a draft with its problems; drafts of new `parts` of the guide count as if they were published."""
        new = [each for each in parts if each.is_new and each.key and each.id != draft.id]
        return (await self.states([draft, *new]))[0]

    async def states(self, drafts: list[EntryDraft]) -> list[DraftState]:
        """Return drafts with what is wrong with each if all of them are published together."""
        if not drafts:
            return []
        live = await self.live()
        section = next((key.split("/")[0] for kind, key in live if kind == TOPIC_KIND), "guide")
        changes = [_placed(draft, section) for draft in drafts]
        checked = await asyncio.to_thread(self.checks.check, changes)
        elsewhere = tuple(
            dict.fromkeys(f"{in_words(each.what)}. {in_words(each.remedy)} ({each.file})" for each in checked.elsewhere)
        )
        states = []
        for draft, change in zip(drafts, changes, strict=True):
            entry = live.get((draft.kind, draft.key))
            is_behind = (entry.fingerprint if entry else "") != draft.base
            own = checked.problems.get((change.kind, change.key), ())
            own = own if draft.key else (NO_KEY if draft.kind in CATALOGUE else NO_PLACE, *own)
            needs = _needs_training(entry, draft, checked.new_kinds)
            states.append(DraftState(draft, entry, is_behind, own, elsewhere, needs))
        return states

    async def near(self, draft: EntryDraft, texts: list[str]) -> list[NearPhrasing]:
        """Return which of some ways of asking are near to those of other entries."""
        return await asyncio.to_thread(self._near.find, texts, guide_key(draft.kind, draft.key))

    async def names(self, drafts: Iterable[EntryDraft] = ()) -> Names:
        """Return the names of all that entries refer to: parts of the guide, topics, the catalogue's entries.

        Of `drafts`, the new parts of the guide are among them.
        """
        live = await self.live()
        names: Names = {kind: {} for kind in (TOPIC_KIND, *CATALOGUE)}
        names[TOPIC_KIND] = self.titles()
        for (kind, key), entry in live.items():
            if kind in CATALOGUE:
                names[kind][key] = str(entry.content.get("name") or entry.content.get("title") or key)
        names[SECTION_KIND] |= {each.key: each.title for each in drafts if each.kind == SECTION_KIND and each.is_new}
        return names

    async def near_texts(self, texts: list[str]) -> list[NearPhrasing]:
        """Return which of some texts are near to ways of asking for entries that are published."""
        return await asyncio.to_thread(self._near.find, texts, "")

    def titles(self) -> dict[str, str]:
        """Return the titles of all topics and open subjects by key."""
        return self._titles.all()


async def draft_of(request: StaffRequest) -> EntryDraft:
    """Return the draft of the request's path; raises PageError if it is gone."""
    draft_id = required_number(request.path_param("draft"), _(entry_drafts.GONE))
    draft = await request.service.store.read(entry_drafts.find, draft_id)
    if draft is None:
        raise PageError(_(entry_drafts.GONE), 404)
    return draft


def key_of(names: Names, text: str, kinds: Iterable[str]) -> str:
    """Return the key of an entry that is named by its key or its name; what is neither is returned as it is."""
    text = " ".join(text.split())
    for kind in kinds:
        own = names.get(kind, {})
        if not text or text in own:
            return text
        by_name = {name.casefold(): key for key, name in own.items()}
        if text.casefold() in by_name:
            return by_name[text.casefold()]
    return text


def _needs_training(live: Entry | None, draft: EntryDraft, new_kinds: Iterable[str]) -> bool:
    """Return whether the model has to learn for a draft: how people ask and for what, or that a kind of things has names."""
    kind = (draft.content or {}).get("kind", draft.kind)
    return kind in new_kinds or bool(
        taught(draft.kind, live.content if live else None) != taught(draft.kind, draft.content)
    )


def _placed(draft: EntryDraft, section: str) -> Change:
    """Return the change of a draft; one that has no place yet gets a place where it can be checked."""
    if draft.key or draft.content is None:
        return Change(draft.kind, draft.key, draft.content, draft.base)
    if draft.kind in CATALOGUE:
        names = KNOWN_BY.get(draft.kind, ("key",))
        content = {**draft.content, **({"key": f"draft-{draft.id}"} if "key" in names else {})}
        return Change(draft.kind, own_key(draft.kind, content), content)
    key = f"draft-{draft.id}" if draft.kind == SUBJECT_KIND else f"{section}/draft-{draft.id}"
    return Change(draft.kind, key, {**draft.content, "key": key})
