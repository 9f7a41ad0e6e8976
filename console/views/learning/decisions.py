"""Decisions about messages: the list of what staff have decided, and taking it back."""

from __future__ import annotations

from datetime import datetime, timezone

from starlette.responses import Response

from console.web.context import ConsoleContext
from console.web.labels import Labels
from console.web.request import PageError, StaffRequest
from console.web.routing import REVIEW, MenuItem, StaffRoute
from conversations.accounts.accounts import ADVISER, TRAINER
from conversations.input_parsing import whole_number
from conversations.learning import decisions, unanswered
from conversations.review import wrong_answers
from core.translations import gettext as _

PATH = "/staff/decided"
UNDO_PATH = f"{PATH}/undo"
PAGE_SIZE = 50
MAX_MESSAGES = unanswered.MOST  # that one form decides about: a group may have all questions that are listed


def routes(context: ConsoleContext) -> list[StaffRoute]:
    """Return the routes of this page."""
    labels = Labels(context.titles.all)

    async def show(request: StaffRequest) -> Response:
        """Show the newest decisions, or with `before` those before a time."""
        found = await request.service.store.read(
            decisions.list_newest, _time(request.query.get("before", "")), PAGE_SIZE + 1, request.scope
        )
        return request.page(
            "decided.html",
            decisions=found[:PAGE_SIZE],
            older=found[PAGE_SIZE - 1].at.isoformat() if len(found) > PAGE_SIZE else "",
            label=labels.title,
            remarks=await request.service.store.read(wrong_answers.remarks),
            may_teach=request.member.may(TRAINER),
        )

    return [
        StaffRoute(PATH, show, ADVISER, menu=MenuItem(REVIEW, "Decided")),
        StaffRoute(UNDO_PATH, undo, TRAINER, "POST"),
    ]


async def undo(request: StaffRequest) -> Response:
    """Take back what was decided about the messages of the form, so that they are to be decided about again."""
    await request.service.store.write(wrong_answers.undo, message_ids(request))
    return Response(status_code=204) if request.wants_fragment else request.redirect(PATH)


def message_ids(request: StaffRequest) -> list[int]:
    """Return the ids of the form, MAX_MESSAGES at most: those of `messages` and of each way of asking that is ticked.

    Raises:
        PageError: There are none.
    """
    named = [request.form.get("messages", "")]
    named += [value for name, value in request.form.items() if name.startswith("way-")]
    numbers = [number for text in ",".join(named).split(",") if (number := whole_number(text)) is not None]
    if not numbers:
        raise PageError(_("Choose at least one question; load the page again if it is old."))
    return numbers[:MAX_MESSAGES]


def decided_row(request: StaffRequest, told: str, text: str, messages: list[int]) -> Response:
    """Return the row that takes the place of what was decided, with the way to take it back."""
    return request.decided(told, text, UNDO_PATH, {"messages": ",".join(map(str, messages))})


def _time(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=timezone.utc)
