"""Public pages of the organisation's own programs, and a feed of them for other programs: no scripts, no cookies.

They are served only with ADVISOR_CATALOGUE_PAGES=on. Everything in them is escaped; each page of a program carries the
program as schema.org data, as does the feed.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date
from typing import TypeVar

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from bot.front.pages.public_site import PublicSite, caching, embedded
from channels.http import RateLimits
from conversations.input_parsing import LARGEST, whole_number
from core.settings import Settings
from own_programs.describe import facts, offerings, parts_stated, summary
from own_programs.errors import CatalogueError, CatalogueMissing, UnknownProgram
from own_programs.exporting.export import export
from own_programs.formats.schema_org import CONTEXT, to_course
from own_programs.records import ProgramRecord
from own_programs.search.program_queries import Page, page_of_programs, program_of_id
from own_programs.store.reader import CatalogueReader
from own_programs.store.sources import last_change
from own_programs.store.writer import FILE_NAME

PATH, PACKS_PATH = "/programs", "/guides"  # of the first pack; before the name of another
PAGE_SIZE, MAX_SEARCH_LENGTH, LAST_PAGE = 20, 100, 100_000
QUERY_SECONDS = 5.0
LINKED_DATA = "application/ld+json"
T = TypeVar("T")


def programs_path(pack: str) -> str:
    """Return the path of a guide pack's programs, "" being the first pack."""
    return f"{PACKS_PATH}/{pack}{PATH}" if pack else PATH


class ProgramPages:
    """The list of programs, the page of each, and the feed, of one guide pack, whose settings these are."""

    def __init__(self, settings: Settings, rates: RateLimits) -> None:
        self._settings = settings
        self._base = programs_path(settings.pack)
        self._path = settings.catalogue_dir / FILE_NAME
        self._feed = settings.var_dir / "programs.jsonld"
        self._making_feed = asyncio.Lock()
        self._site = PublicSite("programs", self._base, settings, rates)

    @property
    def routes(self) -> list[Route]:
        """Return the routes of the pages; none if the settings do not ask for them."""
        if self._settings.catalogue_pages != "on":
            return []
        pages = {
            self._base: self.show,
            f"{self._base}.jsonld": self.feed,
            f"{self._base}/{{name}}.{{kind}}": self._site.part,
            f"{self._base}/{{number:int}}": self.show_program,
        }
        return [Route(path, page, methods=["GET"], include_in_schema=False) for path, page in pages.items()]

    async def show(self, request: Request) -> Response:
        """Show all programs by name, or those that hold some words."""
        words = request.query_params.get("words", "")[:MAX_SEARCH_LENGTH].replace("\x00", "")
        number = whole_number(request.query_params.get("page", ""), LAST_PAGE) or 1
        today = date.today()

        def page_of(reader: CatalogueReader) -> Page:
            return page_of_programs(reader, words, (number - 1) * PAGE_SIZE, PAGE_SIZE)

        def draw() -> str:
            try:
                page = self._ask(page_of)
            except CatalogueMissing:
                page = Page(0, [])
            rows = [(one.id, one.program.name, summary(one.program, today)) for one in page.programs]
            last = max(1, -(-page.total // PAGE_SIZE))
            return self._site.draw("programs.html", words=words, total=page.total, rows=rows, number=number, last=last)

        return await self._answer(request, draw)

    async def show_program(self, request: Request) -> Response:
        """Show all that a program states."""
        number, today = min(request.path_params["number"], LARGEST), date.today()

        def draw() -> str:
            program = self._ask(lambda reader: program_of_id(reader, number))
            words = offerings(program, today)
            return self._site.draw(
                "program.html",
                program=program,
                facts=facts(program),
                offerings=words,
                parts_stated=parts_stated(words),
                address=self._address(number),
                linked_data=self._linked_data(program, number),
            )

        return await self._answer(request, draw)

    async def feed(self, request: Request) -> Response:
        """Send all programs as schema.org data, as `advisor catalogue export` writes them."""
        await self._site.limit(request)
        tag = self._tag("feed")
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=caching(tag))
        try:
            async with self._making_feed:
                await asyncio.to_thread(self._make_feed)
        except CatalogueMissing:
            return Response(json.dumps({"@context": CONTEXT, "@graph": []}), media_type=LINKED_DATA)
        except CatalogueError:
            return self._site.error("The programs cannot be shown at the moment.", 503)
        return FileResponse(self._feed, media_type=LINKED_DATA, headers=caching(tag))

    async def _answer(self, request: Request, draw: Callable[[], str]) -> Response:
        """Answer with a page that is drawn in a thread, or with 304 if the browser has it."""
        try:
            path = f"{request.url.path}?{request.url.query}"
            return await self._site.answer(request, lambda: self._tag(path), draw)
        except (UnknownProgram, CatalogueMissing):
            return self._site.error("There is no such program. It may not be offered any more.", 404)
        except CatalogueError:
            return self._site.error("The programs cannot be shown at the moment. Please try again soon.", 503)

    def _ask(self, question: Callable[[CatalogueReader], T]) -> T:
        with closing(CatalogueReader(self._path)) as reader, reader.deadline(time.monotonic() + QUERY_SECONDS):
            return question(reader)

    def _make_feed(self) -> None:
        """Write the feed anew if the catalogue has changed since."""
        state = self._feed.with_suffix(".state")
        now = self._tag("feed")
        if not self._feed.exists() or not state.exists() or state.read_text(encoding="utf-8") != now:
            self._feed.parent.mkdir(
                parents=True, exist_ok=True
            )  # a pack's own, which nothing else of the front's needs
            export(self._path, self._feed, "schema-org")
            state.write_text(now, encoding="utf-8")

    def _linked_data(self, program: ProgramRecord, number: int) -> Markup:
        address = self._address(number)
        node = {"@context": CONTEXT, **({"@id": address} if address else {}), **to_course(program)}
        return embedded(node)

    def _address(self, number: int) -> str:
        base = self._settings.public_url.rstrip("/")
        return f"{base}{self._base}/{number}" if base else ""

    def _tag(self, what: str) -> str:
        """Return an entity tag that changes with the catalogue and with the day, by which offerings are over."""
        return self._site.tag(what, date.today().isoformat(), last_change(self._path))
