"""Publications: drafts are checked, published and, if need be, taken back; what is being done is shown as it is done."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.responses import Response

from console.translations.findings import in_words
from console.views.editing.entry_diff import differences
from console.views.editing.workspace import DraftState, Workspace
from console.web.context import ConsoleContext
from console.web.labels import Labels
from console.web.message_html import as_html
from console.web.request import PageError, StaffRequest
from console.web.routing import KNOWLEDGE, MenuItem, StaffRoute
from conversations.accounts.accounts import ADVISER, TRAINER
from conversations.db.demo_marker import is_demo
from conversations.editing import entry_drafts, publications
from conversations.editing.publications import (
    CHECKED,
    CHECKING,
    DROPPED,
    GOING_BACK,
    IN_WORK,
    PUBLISHED,
    PUBLISHING,
    Publication,
)
from conversations.erasure import record_audit
from conversations.input_parsing import whole_number
from core.translations import Names
from core.translations import gettext as _
from training.publishing.publication_exchange import last_published

PATH = "/staff/publications"
ONE = PATH + "/{publication}"
WAITED = 20.0  # seconds that the answer waits for facts, which take three on a quiet machine
LOOK = 0.1  # seconds between two looks
MOST_DRAFTS = 500
STATES = Names(
    {
        CHECKING: "being checked",
        CHECKED: "checked, to be published",
        PUBLISHING: "being published",
        PUBLISHED: "published",
        publications.FAILED: "not published",
        DROPPED: "given up",
        GOING_BACK: "being taken back",
        publications.WENT_BACK: "taken back",
    }
)


def routes(context: ConsoleContext) -> list[StaffRoute]:
    """Return the routes of these pages."""
    pages = PublicationPages(context)
    return [
        StaffRoute(PATH, pages.show_all, ADVISER, menu=MenuItem(KNOWLEDGE, "Publications")),
        StaffRoute(PATH, pages.start, TRAINER, "POST"),
        StaffRoute(ONE, pages.show, ADVISER),
        StaffRoute(f"{ONE}/publish", pages.publish, TRAINER, "POST"),
        StaffRoute(f"{ONE}/back", pages.go_back, TRAINER, "POST"),
        StaffRoute(f"{ONE}/drop", pages.drop, TRAINER, "POST"),
    ]


class PublicationPages:
    """The list of publications and the page of each. What they tell to be done is done by PublicationJob."""

    def __init__(self, context: ConsoleContext) -> None:
        self._work, self._settings = Workspace(context), context.settings
        self._labels = Labels(context.titles.all)

    async def show_all(self, request: StaffRequest) -> Response:
        """Show the newest publications."""
        found = await request.service.store.read(publications.list_newest, request.pack)
        return request.page("publications.html", publications=found, states=STATES)

    async def start(self, request: StaffRequest) -> Response:
        """Publish the ticked drafts if they are facts alone, else have a model trained on them and checked."""
        if await request.service.store.read(is_demo):
            raise PageError(
                _("This is a demo, which answers from the real advisor's knowledge: nothing is published from here.")
            )
        chosen = [whole_number(value) for name, value in request.form.items() if name.startswith("draft-")]
        ids = [number for number in chosen if number is not None][:MOST_DRAFTS]
        drafts = await request.service.store.read(entry_drafts.find_several, ids, request.pack)
        with_corrections = request.form.get("corrections") == "yes"
        if not drafts and not with_corrections:
            raise PageError(_("Tick at least one draft first."))
        states = await self._work.states(drafts) if drafts else []
        _require_well(states)
        training = with_corrections or any(state.needs_training for state in states)
        why = request.form.get("why", "").strip()[:500] or next((each.why for each in drafts if each.why), "")
        write, who = request.service.store.write, request.member.name
        taken = {each.draft.id: (each.draft, each.live.content if each.live else None) for each in states}
        publication = await write(publications.start, taken, training, why, who, with_corrections, request.pack)
        what = "began to check changes of the knowledge" if training else "began to publish changes of the knowledge"
        await write(record_audit, who, what, publication.name)
        if not training:
            await self._ended(request, publication.name)
        return request.redirect(f"{PATH}/{publication.name}")

    async def show(self, request: StaffRequest) -> Response:
        """Show how far a publication is, what gets better and worse, and what can be done."""
        publication = await _publication(request)
        last = await asyncio.to_thread(last_published, self._settings)
        return request.page(
            "publication-state.html" if request.wants_fragment else "publication.html",
            publication=publication,
            states=STATES,
            in_work=publication.state in IN_WORK,
            report=publication.report,
            as_html=as_html,
            may_publish=request.member.may(TRAINER),
            is_last=publication.state == PUBLISHED and last == publication.name and not publication.is_release,
            label=self._labels.title,
            understood=sum(each["after"] == each["wanted"] for each in publication.report.get("lessons", [])),
            changes=[(each, differences(each.get("before"), each["content"])) for each in publication.entries],
        )

    async def publish(self, request: StaffRequest) -> Response:
        """Publish what was checked."""
        publication = await _publication(request)
        await self._moved(request, publication, CHECKED, PUBLISHING, "published what was checked")
        await self._ended(request, publication.name)
        return request.redirect(f"{PATH}/{publication.name}")

    async def go_back(self, request: StaffRequest) -> Response:
        """Put back what the last publication replaced; its changes become drafts again."""
        publication = await _publication(request)
        if await asyncio.to_thread(last_published, self._settings) != publication.name:
            raise PageError(_("Only the last publication can be taken back. Take the newer ones back first."), 409)
        await self._moved(request, publication, PUBLISHED, GOING_BACK, "went back from a publication")
        await self._ended(request, publication.name)
        return request.redirect(f"{PATH}/{publication.name}")

    async def drop(self, request: StaffRequest) -> Response:
        """Give up what was checked; the drafts stay."""
        publication = await _publication(request)
        await self._moved(request, publication, CHECKED, DROPPED, "gave up what was checked")
        return request.redirect("/staff/drafts")

    async def _moved(self, request: StaffRequest, one: Publication, before: str, after: str, what: str) -> None:
        if not await request.service.store.write(publications.take, one.name, before, after):
            raise PageError(_("It is %(state)s by now. Load the page again.") % {"state": STATES[one.state]}, 409)
        await request.service.store.write(record_audit, request.member.name, what, one.name)

    async def _ended(self, request: StaffRequest, name: str) -> None:
        """Wait for the end of what was begun, WAITED seconds at most; the page goes on looking."""
        for _look in range(int(WAITED / LOOK)):
            found = await request.service.store.read(publications.find, name)
            if found is None or found.state not in IN_WORK:
                return
            await asyncio.sleep(LOOK)


async def _publication(request: StaffRequest) -> Publication:
    found = await request.service.store.read(publications.find, request.path_param("publication"))
    if found is None:
        raise PageError(_("There is no such publication."), 404)
    return found


def _require_well(states: list[DraftState]) -> None:
    """Raise PageError, naming each draft that cannot be published."""
    wrong = [state for state in states if not state.is_well]
    if wrong:
        told = "; ".join(f"“{state.draft.title}”: {_why_not(state)}" for state in wrong[:5])
        raise PageError(_("Not everything can be published. %(told)s") % {"told": told})


def _why_not(state: DraftState) -> str:
    if state.is_same:
        return _("nothing is changed in it")
    if state.is_behind:
        return _("it was changed since the draft began")
    told: list[Any] = [
        *(f"{in_words(each.what)}. {in_words(each.remedy)}" for each in state.problems),
        *state.elsewhere,
    ]
    return str(told[0])
