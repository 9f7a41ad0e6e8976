"""Background job that does what publications are to do: check, publish, go back; one after the other."""

from __future__ import annotations

import asyncio
import logging
import shutil

from conversations.db.store import Store
from conversations.editing import publications
from conversations.editing.publications import (
    CHECKED,
    CHECKING,
    FAILED,
    GOING_BACK,
    PUBLISHED,
    PUBLISHING,
    Publication,
)
from core.pack_registry import packs_of
from core.settings import Settings
from training.corrections_exchange import reopen_in
from training.publishing import publication_exchange as exchange
from training.publishing.publication_exchange import PublicationFailed
from training.train import ReleaseRefused

logger = logging.getLogger(__name__)
LOOK = 1.0  # seconds between two looks at what a command has said
INTERRUPTED = "It was interrupted, and nothing was changed. Try again."


class PublicationJob:
    """Runs the commands of publications to their end and notes what came of them.

    What an earlier front has left in work is settled first: it is published if it was put in place, or else has failed.
    """

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._packs = {name: pack.settings for name, pack in packs_of(settings).items()}
        self._is_settled = False

    async def run(self) -> None:
        """Run the job once."""
        found = await self._store.read(publications.list_in_work)
        waiting = [each for each in found if each.pack in self._packs]
        if not self._is_settled:
            for settings in self._packs.values():
                await asyncio.to_thread(exchange.finish_killed, settings)
            for each in waiting:
                await self._settle(each)
            self._is_settled = True
            return
        for each in waiting:
            await self._do(each)

    async def _settle(self, one: Publication) -> None:
        """Settle what was in work when the last front ended. Not begun yet, it is simply done."""
        folder = exchange.folder_of(self._packs[one.pack], one.name)
        if not folder.exists():
            return
        is_live = await asyncio.to_thread(exchange.is_published, self._packs[one.pack], one.name)
        if one.state == CHECKING or one.state == PUBLISHING and not is_live:
            await self._fail(one, INTERRUPTED)
        elif one.state == PUBLISHING:
            await self._published(one)
        else:
            await self._taken_back(one, is_live)

    async def _do(self, one: Publication) -> None:
        try:
            if one.state == CHECKING:
                await self._check(one)
            elif one.state == PUBLISHING:
                await self._publish(one)
            else:
                await self._command("back", one)
                await self._taken_back(one, is_live=False)
        except (PublicationFailed, ReleaseRefused, OSError) as error:
            logger.warning("a publication failed", extra={"reason": type(error).__name__})
            # A command that was killed may have prepared all: then it is put in place now, to the end.
            is_live = await asyncio.to_thread(exchange.is_published, self._packs[one.pack], one.name)
            if one.state == GOING_BACK:
                await self._taken_back(one, is_live)
            elif one.state == PUBLISHING and is_live:
                await self._published(one)
            else:
                await self._fail(one, str(error).removeprefix("advisor: "))

    async def _check(self, one: Publication) -> None:
        with_corrections = self._store if one.report.get("corrections") else None
        await asyncio.to_thread(exchange.write_order, self._packs[one.pack], one, with_corrections)
        await self._command("check", one)
        found = exchange.result_of(self._packs[one.pack], one.name)
        await self._store.write(publications.set_state, one.name, CHECKED, {**one.report, **found})

    async def _publish(self, one: Publication) -> None:
        if one.training:
            await self._command("take", one)
        else:
            await asyncio.to_thread(exchange.write_order, self._packs[one.pack], one)
            try:
                await asyncio.to_thread(exchange.publish_facts, self._packs[one.pack], one.name)
            finally:  # what it said is shown if it failed, above all
                await self._store.write(
                    publications.set_log, one.name, exchange.log_lines(self._packs[one.pack], one.name)
                )
        await self._published(one)

    async def _published(self, one: Publication) -> None:
        await self._store.write(publications.finish, one.name)
        if one.report.get("corrections"):
            await asyncio.to_thread(exchange.settle_corrections, self._store, one.name, one.report)

    async def _taken_back(self, one: Publication, is_live: bool) -> None:
        """Note that a publication was taken back; one that is still live, because that has failed, is published as before."""
        if is_live:
            await self._store.write(publications.set_state, one.name, PUBLISHED)
            return
        await asyncio.to_thread(reopen_in, self._store, one.name)
        await self._store.write(publications.undo, one.name)

    async def _command(self, what: str, one: Publication) -> None:
        """Run a command to its end; what it says is shown while it runs. Raises PublicationFailed."""
        running = asyncio.create_task(asyncio.to_thread(exchange.run_command, self._packs[one.pack], what, one.name))
        shown: list[str] = []
        try:
            while not running.done():
                await asyncio.wait([running], timeout=LOOK)
                lines = exchange.log_lines(self._packs[one.pack], one.name)
                if lines != shown:
                    shown = lines
                    await self._store.write(publications.set_log, one.name, lines)
        finally:
            await running

    async def _fail(self, one: Publication, why: str) -> None:
        report = {**one.report, "refused": why}
        await self._store.write(publications.set_state, one.name, FAILED, report)
        trial = exchange.folder_of(self._packs[one.pack], one.name) / "trial"
        await asyncio.to_thread(shutil.rmtree, trial, True)
