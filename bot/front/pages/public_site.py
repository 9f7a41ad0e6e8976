"""What the public pages have in common: templates, style, caching, rates. No scripts, no cookies."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

from channels.http import RateLimits, address_of, compressed
from core.settings import Settings

TEMPLATES = Path(__file__).with_name("templates")
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
KINDS = {"css": "text/css", "svg": "image/svg+xml"}
CACHED, PART_CACHED = "public, max-age=300", "public, max-age=3600"
# What may not stand in a script element as it is, though it holds data alone.
_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


class PublicSite:
    """Pages of one kind of one guide pack, below the path `base`; `name` is that of their style sheet and icon."""

    def __init__(self, name: str, base: str, settings: Settings, rates: RateLimits) -> None:
        self.base = base
        self._name, self._rates, self._most = name, rates, settings.messages_per_minute_per_address
        self._templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals["organisation"] = settings.organisation[:1].upper() + settings.organisation[1:]
        look = _look()
        self._templates.globals.update(site=name, base=base, look=look)
        self._look = [look, settings.organisation, settings.public_url, settings.catalogue_pages]

    async def answer(
        self, request: Request, tag_of: Callable[[], str], draw: Callable[[], str], **headers: str
    ) -> Response:
        """Answer with a page, or with 304 if the browser has it by its entity tag; both are made in a thread."""
        await self.limit(request)
        tag = await asyncio.to_thread(tag_of)
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=caching(tag))
        html = await asyncio.to_thread(draw)
        all_headers = {**caching(tag), "Content-Security-Policy": POLICY, **headers}
        return compressed(request, HTMLResponse(html, headers=all_headers))

    def tag(self, *parts: Any) -> str:
        """Return an entity tag that changes with what a page is made from, and with how it is drawn."""
        return f'"{hashlib.blake2b(json.dumps([*self._look, *parts]).encode(), digest_size=12).hexdigest()}"'

    async def part(self, request: Request) -> Response:
        """Send the style sheet or the icon of the pages."""
        name, kind = request.path_params["name"], request.path_params["kind"]
        if name != self._name or kind not in KINDS:
            return self.error("There is no such page.", 404)
        return FileResponse(TEMPLATES / f"pages.{kind}", media_type=KINDS[kind], headers={"Cache-Control": PART_CACHED})

    async def limit(self, request: Request) -> None:
        """Count a request of an address; raises Refused if there were too many in a minute."""
        await self._rates.require(self._most, self._name, address_of(request))

    def draw(self, template: str, **values: Any) -> str:
        """Return the HTML of a template."""
        return self._templates.get_template(template).render(**values)

    def error(self, message: str, status: int) -> Response:
        """Return a page that says what is wrong, its first sentence as the title."""
        title, stop, more = message.partition(". ")
        html = self.draw("error.html", title=title + stop.strip(), more=more)
        return HTMLResponse(html, status, {"Cache-Control": "no-store", "Content-Security-Policy": POLICY})


def caching(tag: str) -> dict[str, str]:
    """Return the headers by which browsers and proxies may keep a page."""
    return {"Cache-Control": CACHED, "ETag": tag, "Vary": "Accept-Encoding"}


def embedded(node: Any) -> Markup:
    """Return data as JSON that may stand in a script element."""
    return Markup(json.dumps(node, ensure_ascii=False).translate(_ESCAPES))


def _look() -> str:
    """Return a hash of the templates and the style sheet, so that those of the release before are not taken for these."""
    texts = (file.read_bytes() for file in sorted(TEMPLATES.glob("*.*")))
    return hashlib.blake2b(b"".join(texts), digest_size=6).hexdigest()
