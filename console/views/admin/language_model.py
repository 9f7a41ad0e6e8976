"""Language model: whether messages go to one, whither, what leaves, and what came of it. It is set in the environment."""

from __future__ import annotations

from datetime import timedelta

from starlette.responses import Response

from console.web.context import ConsoleContext
from console.web.request import StaffRequest
from console.web.routing import MANAGE, MenuItem, StaffRoute
from conversations.accounts.accounts import ADMIN
from conversations.db.schema import now
from conversations.review.language_model import use_since
from core.settings import Settings
from core.settings_language_model import OTHERS

PATH = "/staff/language-model"
DAYS = 7  # that are counted


def routes(context: ConsoleContext) -> list[StaffRoute]:
    """Return the route of this page."""
    page = LanguageModelPage(context.settings)
    return [StaffRoute(PATH, page.show, ADMIN, menu=MenuItem(MANAGE, "Language model"))]


class LanguageModelPage:
    """The page; `settings` say whither messages go, and how much may be asked in a day."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def show(self, request: StaffRequest) -> Response:
        """Show whither messages go, what leaves, and what came of it."""
        model, by_site = request.service.language_model, dict(self._settings.language_model_when_by_site)
        read, rephrased = await request.service.store.read(use_since, now() - timedelta(days=DAYS))
        return request.page(
            "language-model.html",
            settings=self._settings,
            is_on=model is not None,
            others=by_site.pop(OTHERS),
            by_site=by_site,
            spent=model.spent_today() if model else (0, 0),
            read=read,
            rephrased=rephrased,
            days=DAYS,
        )
