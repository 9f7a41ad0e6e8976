"""Data export over a link: a person on a platform opens it for a day to download what is stored about them.

Platforms cannot carry a file everywhere, but each can carry a link. The link shows a page with a button and not the data,
as link previews open links before people do.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from channels.http import RateLimits, address_of
from channels.signed_tokens import read_signed
from conversations.data_rights import data_export
from conversations.data_rights.platform_accounts import conversations_of
from conversations.pipeline.service import ConversationService

PATH = "/my-data"
SALT, A_DAY = "advisor own data", 24 * 60 * 60
OPENED_A_MINUTE = 10
STYLE = (
    "body{max-width:36rem;margin:12vh auto;padding:0 16px;font:17px/1.5 system-ui,sans-serif;color:#1d211f;background:#faf8f4}"
    "button{font:inherit;padding:8px 20px;border:0;border-radius:8px;background:#17624f;color:#fff;cursor:pointer}"
    "@media(prefers-color-scheme:dark){body{color:#e9e7e1;background:#141715}button{background:#7accb1;color:#0e1a16}}"
)
POLICY = (
    "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    f"style-src 'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"
)
HEADERS = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex", "Referrer-Policy": "no-referrer"}
OFFER = (
    "<p>This is everything that is stored about you here: your conversations with the advisor, and what was noted about "
    "them. The file is in JSON, which any text editor opens.</p>"
    "<form method=post><button>Download my data</button></form>"
)
OVER = "<p>This link is not good any more. Ask for a new one where you talk with the advisor.</p>"


@dataclass(frozen=True)
class DownloadLinks:
    """Signer of download links, valid for a day, under the front's public address `public_url`."""

    key: str
    public_url: str

    def to(self, channel: str, beginning: str) -> str:
        """Return the link to a person's data on a channel; empty without a public address.

        `beginning` is what all addresses of the person begin with.
        """
        if not self.public_url:
            return ""
        return f"{self.public_url.rstrip('/')}{PATH}/{self._signer.dumps([channel, beginning])}"

    def read(self, token: str) -> tuple[str, str] | None:
        """Return (channel, beginning of the address) of a link's token, or None if it is invalid or older than a day."""
        try:
            (channel, beginning), _ = read_signed(self._signer, token, A_DAY)
        except (BadSignature, ValueError):
            return None
        return channel, beginning

    @property
    def _signer(self) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(self.key, salt=SALT)


class DataDownloadPages:
    """The pages behind download links."""

    def __init__(self, service: ConversationService, links: DownloadLinks, rates: RateLimits) -> None:
        self._service, self._links, self._rates = service, links, rates

    @property
    def routes(self) -> list[Route]:
        """Return the routes of the pages."""
        place = f"{PATH}/{{token}}"
        return [Route(place, self.show, methods=["GET"]), Route(place, self.download, methods=["POST"])]

    async def show(self, request: Request) -> Response:
        """Show the page from which somebody downloads what is stored about them.

        description: The link is given to them by the advisor, on a platform, and is good for a day.
        responses:
          200: {description: The page, content: {text/html: {schema: {type: string}}}}
          410: {description: The link is not good any more, content: {text/html: {schema: {type: string}}}}
        """
        known = self._links.read(request.path_params["token"])
        return _page(OFFER if known else OVER, 200 if known else 410)

    async def download(self, request: Request) -> Response:
        """Download what is stored about somebody.

        responses:
          200: {description: A file of JSON}
          410: {description: The link is not good any more, content: {text/html: {schema: {type: string}}}}
        """
        known = self._links.read(request.path_params["token"])
        if known is None:
            return _page(OVER, 410)
        await self._rates.require(OPENED_A_MINUTE, "own data", address_of(request))
        ids = [conversation.id for conversation in await self._service.store.read(conversations_of, *known)]
        return data_file(await self._service.store.write(data_export.export_for_person, ids))


def data_file(conversations: list[dict[str, Any]]) -> Response:
    """Return exported conversations as a JSON file to download."""
    made = datetime.now(timezone.utc)
    shown = {"made_at": made.isoformat(timespec="seconds"), "conversations": conversations}
    headers = {**HEADERS, "Content-Disposition": f'attachment; filename="my-data-{made:%Y-%m-%d}.json"'}
    body = json.dumps(shown, ensure_ascii=False, indent=2)
    return Response(body, media_type="application/json", headers=headers)


def _page(body: str, status: int) -> HTMLResponse:
    html = (
        f'<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content="width=device-width">'
        f"<title>Your data</title><style>{STYLE}</style><body><main><h1>Your data</h1>{body}</main></body></html>"
    )
    return HTMLResponse(html, status, {**HEADERS, "Content-Security-Policy": POLICY})
