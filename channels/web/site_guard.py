"""The door of a site: which origins may call, what their browsers are told (CORS), how often an address may call.

Every call is a POST, because browsers always send Origin with one, from the same address too; a call without an allowed
origin is refused. A preflight is answered only for an allowed origin.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import wraps

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from channels.http import RateLimits, Refused, address_of, refused
from channels.web.sites import SELF, Site

Handler = Callable[[Request, Site], Awaitable[Response]]
PREFLIGHT_SECONDS = "7200"  # as long as browsers keep it


class SiteGuard:
    """`own` are the front's own addresses, which `self` among a site's origins stands for."""

    def __init__(self, sites: Mapping[str, Site], own: tuple[str, ...], rates: RateLimits, per_address: int):
        self._sites, self._own, self._rates, self._per_address = sites, own, rates, per_address

    def routes(self, path: str, handler: Handler) -> list[Route]:
        """A POST for one of a site's calls, and its preflight."""
        place = f"/web/{{site}}/{path}"

        @wraps(handler)
        async def called(request: Request) -> Response:
            site = self._site(request)
            allow = self._allowed(request, site)
            try:
                await self._rates.require(self._per_address, "web", "address", address_of(request))
                answer = await handler(request, site)
            except Refused as error:
                answer = await refused(request, error)
            answer.headers.update(allow)
            answer.headers["Cache-Control"] = "no-store"
            return answer

        return [
            Route(place, called, methods=["POST"]),
            Route(place, self._preflight, methods=["OPTIONS"], include_in_schema=False),
        ]

    async def _preflight(self, request: Request) -> Response:
        allow = self._allowed(request, self._site(request))
        more = {
            "Access-Control-Allow-Methods": "POST",
            "Access-Control-Allow-Headers": "authorization, content-type",
            "Access-Control-Max-Age": PREFLIGHT_SECONDS,
        }
        return Response(status_code=204, headers={**allow, **more})

    def _site(self, request: Request) -> Site:
        site = self._sites.get(request.path_params["site"])
        if site is None:
            raise Refused("there is no such site; data-site must name one", 404)
        return site

    def _allowed(self, request: Request, site: Site) -> dict[str, str]:
        origin = request.headers.get("origin", "")
        allowed = {*site.origins, *(self._own if SELF in site.origins else ())} - {SELF}
        if origin not in allowed:
            raise Refused(f"pages of {origin or 'no origin'} may not use the site '{site.name}'", 403)
        return {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Expose-Headers": "Retry-After",
            "Vary": "Origin",
        }
