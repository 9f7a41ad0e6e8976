"""GET /health: the process lives. GET /ready: everything that an answer needs is there, each part named."""

from __future__ import annotations

import asyncio
import logging
import re
import sqlite3
from collections.abc import Mapping

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from conversations.pipeline.engine_router import OF
from conversations.pipeline.service import ConversationService
from core.pack_registry import Pack
from core.settings import Settings
from core.version import version
from knowledge.errors import KnowledgeError
from knowledge.knowledge_base import open_knowledge

logger = logging.getLogger(__name__)
WELL = "ok"
PLACE = re.compile(r"(?<![\w:/])(?:[A-Za-z]:)?(?:[/\\][\w.@-]+)+")  # a path of a file; addresses with :// are none


class Health:
    """The two addresses at which others ask whether the front is well."""

    def __init__(self, service: ConversationService, settings: Settings, packs: Mapping[str, Pack]) -> None:
        self._service, self._settings, self._packs = service, settings, packs
        self._noted: dict[str, str] = {}

    @property
    def routes(self) -> list[Route]:
        """Return the routes of both."""
        return [Route("/health", self.health, methods=["GET"]), Route("/ready", self.ready, methods=["GET"])]

    async def health(self, request: Request) -> JSONResponse:
        """Tell whether the front runs.

        responses: {200: {description: It does}}
        """
        return JSONResponse({"status": WELL})

    async def ready(self, request: Request) -> JSONResponse:
        """Tell whether a question would be answered now.

        description: >-
          Each part is asked for real. What is not `ok` says why. With several guide packs, it is enough that one of them is
          answered: `engine of NAME` and so on tell of each.
        responses:
          200: {description: "All parts are well: `checks` names engine, actions, database and knowledge"}
          503: {description: "One is not; `reason` says which and why"}
        """
        engine, database, knowledge = await asyncio.gather(self._engine(), self._database(), self._knowledge())
        checks = {**engine, "database": database, **knowledge}
        self._note(checks)
        checks = {name: PLACE.sub("a file", said) for name, said in checks.items()}
        wrong = [f"{name}: {said}" for name, said in checks.items() if said != WELL]
        is_ready = not wrong or _answers_somebody(checks)
        about = {"installation": self._settings.installation, "version": version()}
        return JSONResponse(
            {"ready": is_ready, "reason": "; ".join(wrong), "checks": checks, **about},
            status_code=200 if is_ready else 503,
        )

    def _note(self, checks: dict[str, str]) -> None:
        """Log in full what is wrong, once; the answer names no paths of this machine."""
        if checks != self._noted:
            self._noted = checks
            for name, said in checks.items():
                if said != WELL:
                    logger.error("a part is not well", extra={"part": name, "why": said})

    async def _engine(self) -> dict[str, str]:
        return await self._service.engine.health()

    async def _database(self) -> str:
        try:
            async with asyncio.timeout(3):
                await self._service.store.check()
        except (SQLAlchemyError, TimeoutError) as error:
            return f"cannot be written ({type(error).__name__})"
        return self._service.store.trouble() or WELL

    async def _knowledge(self) -> dict[str, str]:
        return {
            f"knowledge{OF}{name}" if name else "knowledge": await asyncio.to_thread(_look_into, pack.settings)
            for name, pack in self._packs.items()
        }


def _answers_somebody(checks: dict[str, str]) -> bool:
    """Return whether, of several guide packs, the parts of one are all well, and so is what is common to them."""
    packs = {name.partition(OF)[2] for name in checks}
    well = [
        pack for pack in packs if all(said == WELL for name, said in checks.items() if name.partition(OF)[2] == pack)
    ]
    return len(packs) > 1 and checks["database"] == WELL and bool(well)


def _look_into(settings: Settings) -> str:
    try:
        held = open_knowledge(settings.knowledge_db).stats()
    except (KnowledgeError, sqlite3.Error) as error:
        return str(error).splitlines()[0]
    return WELL if held["topic"] else "holds no topic"
