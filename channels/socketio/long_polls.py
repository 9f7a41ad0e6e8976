"""Long-polling requests of Socket.IO end when the front stops, so that it need not wait for them."""

from __future__ import annotations

import asyncio
import contextlib

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

LAST_WORDS = 1.0  # seconds in which a request may still be answered


class LongPolls:
    """ASGI middleware around Socket.IO's own application, whose long polls would keep a stopping server waiting."""

    def __init__(self, app: ASGIApp) -> None:
        self._app, self._over = app, asyncio.Event()

    def end(self) -> None:
        """End the open requests and all later ones."""
        self._over.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle a request; answer 503 if it is still open LAST_WORDS after the end."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answering = asyncio.ensure_future(self._app(scope, receive, send))
        over = asyncio.create_task(self._over.wait())
        await asyncio.wait({answering, over}, return_when=asyncio.FIRST_COMPLETED)
        over.cancel()
        if not answering.done():
            await asyncio.wait({answering}, timeout=LAST_WORDS)
        if answering.done():
            await answering
            return
        answering.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await answering
        await Response(status_code=503)(scope, receive, send)
