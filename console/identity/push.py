"""The console as an app: its manifest, its service worker, and the browsers in which staff are told that somebody waits."""

from __future__ import annotations

import json
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from console.web.request import PageError, StaffRequest, optional_number
from console.web.routing import StaffRoute
from console.web.templates import STATIC_DIR, Templates
from conversations.accounts.accounts import ADVISER, VIEWER
from conversations.integrations import push_subscriptions
from conversations.integrations.push_subscriptions import LONGEST_AUTH, LONGEST_ENDPOINT, LONGEST_KEY
from core.translations import Names
from core.translations import gettext as _

PATH = "/staff/account/push"
SCOPE = "/staff"
ICONS = {"icon-192.png": "192x192", "icon-512.png": "512x512"}
WORKER = STATIC_DIR / "service-worker.js"
WORDS = Names(  # what a notification says, by the kind of alert
    {"waiting": "Somebody is waiting for a person", "contact": "Somebody left contact details"}
)


class PushPages:
    """The routes; `secret` is what the installation signs with."""

    def __init__(self, templates: Templates, secret: str) -> None:
        self._templates, self._secret = templates, secret

    def routes(self) -> list[StaffRoute]:
        """Return the routes of this page."""
        return [
            StaffRoute("/staff/app.webmanifest", self.manifest, role=None),
            StaffRoute("/staff/service-worker.js", service_worker, VIEWER),
            StaffRoute(f"{PATH}/key", self.key, ADVISER),
            StaffRoute(PATH, self.subscribe, ADVISER, "POST"),
            StaffRoute(f"{PATH}/remove", remove, VIEWER, "POST"),
        ]

    async def manifest(self, request: Request, form: Mapping[str, str]) -> Response:
        """Return what a browser needs to install the console as an app."""
        icons = [
            {"src": self._templates.static_url(name), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for name, sizes in ICONS.items()
            for purpose in ("any", "maskable")
        ]
        colours = {"background_color": "#faf8f4", "theme_color": "#17624f"}
        about = {
            "name": _("Advisor console"),
            "short_name": _("Console"),
            "id": SCOPE,
            "start_url": SCOPE,
            "scope": SCOPE,
        }
        return JSONResponse(
            {**about, "display": "standalone", **colours, "icons": icons}, media_type="application/manifest+json"
        )

    async def key(self, request: StaffRequest) -> Response:
        """Return the key by which push services know this installation, and the browsers' addresses that are stored."""
        from conversations.integrations import web_push  # its libraries take memory, for those alone who use it

        stored = await request.service.store.read(push_subscriptions.of_account, request.member.id)
        public = web_push.public_text(web_push.signing_key(self._secret))
        return JSONResponse({"key": public, "endpoints": [each.endpoint for each in stored]})

    async def subscribe(self, request: StaffRequest) -> Response:
        """Tell this browser from now on."""
        from conversations.integrations import web_push

        endpoint, p256dh, auth = (request.form.get(name, "") for name in ("endpoint", "p256dh", "auth"))
        fits = len(endpoint) <= LONGEST_ENDPOINT and len(p256dh) <= LONGEST_KEY and len(auth) <= LONGEST_AUTH
        if not fits or not web_push.is_subscription(endpoint, p256dh, auth):
            raise PageError(_("This browser's push service gave an address that cannot be used."))
        browser = request.http.headers.get("user-agent", "")
        await request.service.store.write(
            push_subscriptions.subscribe, request.member.id, endpoint, p256dh, auth, browser
        )
        return request.redirect("/staff/account#push")


async def service_worker(request: StaffRequest) -> Response:
    """Return the script that shows notifications, with its words in the language of whoever is signed in."""
    words = json.dumps(dict(WORDS), ensure_ascii=False)
    script = f"const WORDS = {words};\n{WORKER.read_text(encoding='utf-8')}"
    return Response(script, media_type="text/javascript", headers={"Service-Worker-Allowed": SCOPE})


async def remove(request: StaffRequest) -> Response:
    """Tell a browser of whoever is signed in no more."""
    number = optional_number(request.form, "browser") or 0
    await request.service.store.write(push_subscriptions.remove, request.member.id, number)
    return request.redirect("/staff/account#push")
