"""The public application, put together: python -m bot.front.app runs it, on two addresses (visitors', operators').

Everything that it is made of is built here from the settings and handed on; nothing else reads them.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from typing import Protocol
from urllib.parse import quote

import uvloop
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Match, Route
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from bot.front import structured_logging
from bot.front.connection_guard import Limits
from bot.front.health import Health
from bot.front.jobs import background_jobs, run_repeatedly
from bot.front.openapi import description_route
from bot.front.server import Application, Servers
from channels.data_download import DataDownloadPages, DownloadLinks
from channels.http import RateLimits, Refused, refused
from channels.rest.access_guard import RestCors
from channels.rest.setup import Rest
from channels.slack.setup import slack_of
from channels.socketio.channel import SocketChannel
from channels.socketio.setup import socketio_of
from channels.telegram.setup import telegram_of
from channels.web.api import WebRules
from channels.web.office_status import SiteOfficeHours
from channels.web.session_tokens import session_key
from channels.web.setup import WebChannel, WebConfig
from channels.web.sites import SitesError
from console.api import OperatorsApi
from console.app import Console
from conversations.admin import settings_store
from conversations.db.demo_marker import is_demo
from conversations.db.opening import open_store
from conversations.db.store import Store
from conversations.errors import StoreError, TooBusy
from conversations.handoff.alert_notifier import AlertNotifier, MailServer
from conversations.pipeline.engine_client import EngineClient
from conversations.pipeline.metrics import Metrics
from conversations.pipeline.ports import OutboundChannel
from conversations.pipeline.service import ConversationService, ServiceRules
from conversations.pipeline.system_messages import SystemMessages
from core.file_permissions import restrict_existing_files, restrict_new_files
from core.settings import Settings, SettingsError

logger = logging.getLogger(__name__)
LOCK_SECONDS = 3.0  # between two looks at the database's lock
LOCAL_NAMES = ("127.0.0.1", "localhost", "[::1]")  # by which this machine's own programs ask
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


class Platform(Protocol):
    """A platform: how we send there, where it calls us; told of us when we start, let go of when we stop."""

    channel: OutboundChannel

    def routes(self, service: ConversationService, rates: RateLimits) -> list[BaseRoute]: ...

    async def set_up(self) -> None: ...

    async def close(self) -> None: ...


@dataclass
class Front:
    """The parts that belong together, and the two applications over them."""

    settings: Settings
    store: Store
    service: ConversationService
    notifier: AlertNotifier
    meter: Metrics
    web: WebChannel
    rest: Rest
    socket: SocketChannel | None
    public: Starlette
    operators: Starlette
    platforms: list[Platform] = field(default_factory=list)
    has_lost_its_database: bool = False


def build(settings: Settings, more_channels: list[OutboundChannel] | None = None) -> Front:
    """Put it together; nothing runs yet."""
    store = open_store(settings)
    engine = EngineClient(settings.engine_url, settings.engine_key, settings.engine_seconds)
    words = SystemMessages(settings.organisation, settings.advice_contact, settings.max_message_chars)
    meter, rates = Metrics(), RateLimits()
    links = _links(settings)
    platforms: list[Platform] = [one for one in (telegram_of(settings, store, links), slack_of(settings, links)) if one]
    rest = Rest(settings)
    sending = [*(more_channels or []), *rest.sending, *(one.channel for one in platforms)]
    service = ConversationService(
        store, engine, words, meter, sending, ServiceRules(patient_seconds=settings.answer_retry_minutes * 60)
    )
    notifier = AlertNotifier(
        store, _mail(settings), settings.alert_webhook, settings.public_url, most_a_minute=settings.alerts_per_minute
    )
    web = WebChannel(service, _web_config(settings), rates)
    web.sites.use(store.run(settings_store.sites))
    office = SiteOfficeHours(web.sites, store.run(settings_store.settings).get(settings_store.OFFICE_SITE, ""))
    service.keep_hours(office)
    console = Console(service, settings, rates, web.sites, office, demo=store.run(is_demo))
    socket = socketio_of(settings, service, rates)
    public = [
        *Health(service, settings).routes,
        *rest.routes(service, rates),
        *(socket.routes if socket else []),
        *web.routes,
        *DataDownloadPages(service, links, rates).routes,
        *console.routes,
    ]
    operators = [
        Route("/metrics", _metrics_of(meter), methods=["GET"]),
        *OperatorsApi(service, settings.operators_key).routes,
    ]
    front = Front(settings, store, service, notifier, meter, web, rest, socket, Starlette(), Starlette())
    for one in platforms:
        public += one.routes(service, rates)
        front.platforms.append(one)
    keys = frozenset({"rest"}) if settings.rest_key else frozenset()
    public.append(description_route("public", public, settings.public_url, keys))
    operators.append(description_route("operators", operators))
    front.public = _application(public, settings, partial(_running, front))
    front.operators = _application(operators, settings)
    return front


@contextlib.asynccontextmanager
async def _running(front: Front, app: Starlette) -> AsyncIterator[None]:
    """While the application is up: what was open is gone on with, and the duties are done."""
    await front.service.start()
    tasks = [
        asyncio.create_task(run_repeatedly(*one))
        for one in background_jobs(front.service, front.notifier, front.settings)
    ]
    tasks += [asyncio.create_task(platform.set_up()) for platform in front.platforms]
    tasks.append(asyncio.create_task(_keep_lock(front)))
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if front.socket:
            await front.socket.close()
        await front.service.stop()
        for platform in front.platforms:
            await platform.close()
        await front.rest.close()
        await front.service.engine.close()
        front.store.close()


async def _keep_lock(front: Front) -> None:
    """See that no other front works on our database; end, where one has taken it over while we had lost it."""
    while True:
        await asyncio.sleep(LOCK_SECONDS)
        try:
            await front.store.keep_lock()
        except StoreError as error:
            logger.error(str(error))
            front.has_lost_its_database = True
            os.kill(os.getpid(), signal.SIGTERM)
            return


def _application(routes: list[BaseRoute], settings: Settings, lifespan=None) -> Starlette:
    hosts = [*_listed(settings.allowed_hosts), *LOCAL_NAMES] if settings.allowed_hosts else ["*"]
    application = Starlette(
        routes=routes,
        lifespan=lifespan,
        middleware=[
            Middleware(ProxyHeadersMiddleware, trusted_hosts=_listed(settings.trusted_proxies)),
            Middleware(_SafeHeaders),
            Middleware(RestCors, settings.allowed_rest_origins),
            Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False),
        ],
        exception_handlers={
            Refused: refused,
            404: _not_there,
            405: _not_there,
            SQLAlchemyError: _database_away,
            TooBusy: _too_busy,
            Exception: _broken,
        },
    )
    application.router.redirect_slashes = False  # Starlette's redirects go to whatever host the request names
    return application


def _listed(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]


class _SafeHeaders:
    """Adds to every answer what browsers should be told; pure ASGI, so that streams stay streams."""

    def __init__(self, app):
        self._app = app
        self._headers = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]

    async def __call__(self, scope, receive, send):
        async def with_headers(message):
            if message["type"] == "http.response.start":
                given = {name for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(one for one in self._headers if one[0] not in given)]
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


def _metrics_of(meter: Metrics):
    async def metrics(request: Request) -> Response:
        """
        summary: Figures for Prometheus
        operationId: metrics
        responses: {200: {description: Its text format, content: {text/plain: {schema: {type: string}}}}}
        """
        return Response(meter.page(), media_type="text/plain; version=0.0.4")

    return metrics


async def _not_there(request: Request, error) -> Response:
    """404, unless the same address with or without its last slash is there: then on to that, whatever host was named."""
    path = request.scope["path"]
    other = path[:-1] if path.endswith("/") else f"{path}/"
    routes = request.app.routes
    if error.status_code == 404 and any(
        route.matches({**request.scope, "path": other})[0] is Match.FULL for route in routes
    ):
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(quote(other) + query, 307)
    return JSONResponse({"error": str(error.detail).lower()}, error.status_code, error.headers)


async def _database_away(request: Request, error: Exception) -> JSONResponse:
    logger.error("the database could not be used", exc_info=error)
    said = "nothing can be written down at the moment, so this was not taken; please try again soon"
    return JSONResponse({"error": said}, 503, {"Retry-After": "10"})


async def _too_busy(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"error": str(error)}, 503, {"Retry-After": "5"})


async def _broken(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"error": "something went wrong on our side; it has been noted"}, 500)


def _web_config(settings: Settings) -> WebConfig:
    return WebConfig(
        widget=settings.root / "widget",
        dist=settings.widget_dist,
        key_file=settings.var_dir / "session.key",
        own=settings.own_origins,
        sites_file=settings.sites_file,
        session_key=settings.web_session_key,
        session_days=settings.web_session_days,
        most_streams=settings.streams,
        calls_per_address=settings.web_calls_per_minute,
        rules=WebRules(
            settings.messages_per_minute, settings.messages_per_minute_per_address, settings.web_sessions_per_minute
        ),
    )


def _links(settings: Settings) -> DownloadLinks:
    return DownloadLinks(session_key(settings.web_session_key, settings.var_dir / "session.key"), settings.public_url)


def _mail(settings: Settings) -> MailServer | None:
    if not (settings.smtp_host and settings.alert_to):
        return None
    return MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=settings.alert_from or settings.alert_to,
        to=settings.alert_to,
        user=settings.smtp_user,
        password=settings.smtp_password,
        security=settings.smtp_security,
    )


async def serve(front: Front) -> bool:
    """Until SIGTERM or SIGINT; then what is being answered is finished. False where it could not start."""
    settings = front.settings
    applications = [
        Application(front.public, settings.front_host, settings.front_port, takes_sockets=front.socket is not None),
        Application(front.operators, settings.operators_host, settings.operators_port),
    ]
    limits = Limits(settings.connections, settings.connections_per_address, settings.trusted_proxies)
    return await Servers(applications, limits, partial(_end_streams, front)).run() and not front.has_lost_its_database


def _end_streams(front: Front) -> None:
    """End what would keep a server that stops waiting: streams of widgets, waiting REST clients, windows of Socket.IO."""
    front.web.end_streams()
    front.rest.end_waits()
    if front.socket:
        front.socket.end_windows()


def main() -> None:
    structured_logging.set_up()
    restrict_new_files()
    try:
        settings = Settings.from_environment()
        restrict_existing_files(settings)
        front = build(settings)
        gc.collect()
        gc.freeze()  # what is loaded now stays; looking through all of it for garbage held up a request now and then
        well = uvloop.run(serve(front))
    except (SettingsError, SitesError, StoreError) as error:
        logger.error(str(error))
        well = False
    sys.exit(0 if well else 1)


if __name__ == "__main__":
    main()
