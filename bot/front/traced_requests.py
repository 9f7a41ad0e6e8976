"""Notes, for the traces of turns, when a request came in, which trace it belongs to, and when its answer went out."""

from __future__ import annotations

import time
from typing import cast

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from core.traces import spans


class TracedRequests:
    """Middleware around all others, which is there only if traces are on; pure ASGI, so that streams stay streams.

    A traceparent is believed of the addresses in `proxies` alone; of anybody else it would let strangers write into traces.
    """

    def __init__(self, app: ASGIApp, proxies: list[str]) -> None:
        self._app = app
        self._trusted = ProxyHeadersMiddleware(app, proxies).trusted_hosts  # type: ignore[arg-type]  # only asked whom it trusts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request; what comes in otherwise than by POST brings no message."""
        if scope["type"] != "http" or scope["method"] != "POST":
            return await self._app(scope, receive, send)
        request = spans.TracedRequest(time.time_ns(), self._parent(scope))
        answering = 0

        async def noted(message: Message) -> None:
            nonlocal answering
            if message["type"] == "http.response.start":
                answering = time.time_ns()
            await send(message)

        token = spans.REQUEST.set(request)
        try:
            await self._app(scope, receive, noted)
        finally:
            spans.REQUEST.reset(token)
        if request.is_answered and answering:
            spans.record("send", request.traced, answering)

    def _parent(self, scope: Scope) -> str:
        """Return the traceparent of a proxy that is believed, or ""."""
        client = cast("tuple[str, int] | None", scope.get("client"))
        if client is None or client[0] not in self._trusted:
            return ""
        given = [value for name, value in scope["headers"] if name == spans.TRACEPARENT.encode()]
        return given[0].decode("latin-1") if len(given) == 1 else ""
