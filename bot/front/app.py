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
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from importlib import import_module
from urllib.parse import quote

import uvloop
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import ASGIApp, Lifespan, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from bot.front import structured_logging
from bot.front.connection_guard import Limits
from bot.front.console_settings import ConsoleSettings
from bot.front.health import WELL, Health
from bot.front.jobs import background_jobs, jobs_of_each_front, run_at_one_front, run_repeatedly
from bot.front.live_figures import LiveFigures
from bot.front.openapi import description_route
from bot.front.pack_routing import engine_of_packs, is_topic, packs_of_channels
from bot.front.pages.public_pages import public_pages
from bot.front.server import Application, Servers
from bot.front.traced_requests import TracedRequests
from channels import registry
from channels.data_download import DataDownloadPages, DownloadLinks
from channels.http import RateLimits, Refused, by_path_first, refused
from channels.ports import Channel, ChannelContext
from channels.web import NAME as WEB
from channels.web.opening_hours import SiteOfficeHours
from channels.web.setup import WebChannel
from channels.web.site_registry import SiteRegistry
from channels.web.sites import SitesError
from console.api import OperatorsApi
from console.app import Console
from console.translations.languages import languages, words_of
from conversations.accounts.accounts import ADVISER, ROLES
from conversations.db.demo_marker import is_demo
from conversations.db.opening import open_store
from conversations.db.shared_secret import with_session_key
from conversations.db.store import Store
from conversations.errors import StoreError, TooBusy
from conversations.handoff.alert_notifier import AlertMail, AlertNotifier
from conversations.integrations.push_sender import PushSender
from conversations.local_days import use_zone
from conversations.mail import MailServer
from conversations.pipeline.metrics import Metrics
from conversations.pipeline.ports import OutboundChannel
from conversations.pipeline.service import ConversationService, ServiceRules
from conversations.pipeline.system_messages import SystemMessages
from core.file_permissions import restrict_existing_files, restrict_new_files
from core.pack_registry import Pack, packs_of
from core.secrets import session_key
from core.settings import Settings, SettingsError
from core.traces.start import start_traces, stop_traces
from core.translations import provide
from language_model.model import LanguageModel, build_model

logger = logging.getLogger(__name__)
LOCK_SECONDS = 1.0  # between two looks at the database's lock
LOCAL_NAMES = ("127.0.0.1", "localhost", "[::1]")  # by which this machine's own programs ask
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@dataclass
class Front:
    """The parts that belong together, and the two applications over them."""

    settings: Settings
    store: Store
    service: ConversationService
    notifier: AlertNotifier
    meter: Metrics
    channels: Mapping[str, Channel]  # by the name of their folder
    model: LanguageModel | None
    public: Starlette = field(default_factory=Starlette)
    operators: Starlette = field(default_factory=Starlette)
    has_lost_its_database: bool = False

    @property
    def sites(self) -> SiteRegistry:
        """Return the sites that carry the widget."""
        return web_channel(self.channels).sites


def build(settings: Settings, more_channels: list[OutboundChannel] | None = None) -> Front:
    """Build a front from its settings; nothing runs yet."""
    use_zone(settings.time_zone)
    packs = packs_of(settings)
    settings = packs[""].settings  # a front is of all packs, whichever a shell's ADVISOR_PACK names
    provide(words_of, languages())
    store = open_store(settings)
    settings = with_session_key(settings, store)
    links = DownloadLinks(session_key(settings), settings.public_url)
    channels = build_channels(settings, packs, ChannelContext(store, links, partial(is_topic, packs)))
    meter, knowledge = Metrics(), {name: pack.settings.knowledge_db for name, pack in packs.items()}
    model = build_model(settings, settings.var_dir, knowledge, settings.encoder_dir)
    service = _service(settings, packs, store, meter, [*(more_channels or []), *_outbound(channels)], model)
    rates = RateLimits(service.relay)
    notifier = AlertNotifier(
        store,
        _alert_mail(settings),
        settings.alert_webhook,
        settings.public_url,
        most_a_minute=settings.alerts_per_minute,
        push=_push_sender(settings, store),
    )
    live = LiveFigures(store, web_channel(channels).open_streams, settings.streams)
    sites = web_channel(channels).sites
    service.office_hours = office = SiteOfficeHours(sites)
    ConsoleSettings(service, sites, office)
    console = Console(service, settings, rates, sites, office, demo=store.run(is_demo))
    public: list[BaseRoute] = [
        *Health(service, settings, packs).routes,
        *by_path_first(route for channel in channels.values() for route in channel.routes(service, rates)),
        *DataDownloadPages(service, links, rates).routes,
        *public_pages(settings, packs, rates),
        *console.routes,
    ]
    operators: list[BaseRoute] = [
        Route("/metrics", _metrics_of(meter, live, service), methods=["GET"]),
        *OperatorsApi(service, settings.operators_key).routes,
    ]
    keys = frozenset(name for name, channel in channels.items() if channel.needs_key)
    public.append(description_route("public", public, settings.public_url, keys))
    operators.append(description_route("operators", operators))
    front = Front(settings, store, service, notifier, meter, channels, model)
    middleware = [each for channel in channels.values() for each in channel.middleware]
    front.public = _application(public, settings, middleware, partial(_running, front))
    front.operators = _application(operators, settings)
    return front


def build_channels(settings: Settings, packs: Mapping[str, Pack], context: ChannelContext) -> dict[str, Channel]:
    """Build the channels of the registry that the settings ask for, by name, each in the words of its guide pack."""
    own = packs_of_channels(packs)
    wanted = [info for info in registry.infos() if not info.needs or getattr(settings, info.needs)]
    built: dict[str, Channel | None] = {}
    for info in wanted:
        words = packs[own.get(info.name, "")].settings
        of_pack = replace(settings, organisation=words.organisation)
        built[info.name] = import_module(info.setup).build(of_pack, context)
    return {name: channel for name, channel in built.items() if channel is not None}


def web_channel(channels: Mapping[str, Channel]) -> WebChannel:
    """Return the web channel, whose sites the console manages."""
    channel = channels[WEB]
    assert isinstance(channel, WebChannel)
    return channel


def _outbound(channels: Mapping[str, Channel]) -> list[OutboundChannel]:
    return [each for channel in channels.values() for each in channel.outbound]


def _service(
    settings: Settings,
    packs: Mapping[str, Pack],
    store: Store,
    metrics: Metrics,
    outbound: list[OutboundChannel],
    model: LanguageModel | None,
) -> ConversationService:
    engine = engine_of_packs(store, packs)
    own = {name: (pack.settings.organisation, pack.settings.advice_contact) for name, pack in packs.items()}
    words = SystemMessages(*own.pop(""), settings.max_message_chars, own)
    rules = ServiceRules(
        waiting_channels=registry.answering(),
        polling_channels=registry.fetching(),
        patient_seconds=settings.answer_retry_minutes * 60,
        packs=packs_of_channels(packs),
    )
    return ConversationService(store, engine, words, metrics, outbound, rules, model)


@contextlib.asynccontextmanager
async def _running(front: Front, app: Starlette) -> AsyncIterator[None]:
    """Run the service and the background jobs while the application is up; a lifespan of Starlette."""
    await front.service.start()
    alone = background_jobs(front.service, front.notifier, front.settings)
    tasks = [asyncio.create_task(run_at_one_front(front.store.session, alone))]
    tasks += [asyncio.create_task(run_repeatedly(*job)) for job in jobs_of_each_front(front.service, front.settings)]
    tasks += [asyncio.create_task(channel.set_up()) for channel in front.channels.values()]
    tasks.append(asyncio.create_task(_keep_lock(front)))
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for channel in front.channels.values():
            await channel.before_stop()
        await front.service.stop()
        for channel in front.channels.values():
            await channel.close()
        await front.service.engine.close()
        if front.model:
            await front.model.close()
        front.store.close()


async def _keep_lock(front: Front) -> None:
    """End the process if this front may not work on its database any more."""
    while True:
        await asyncio.sleep(LOCK_SECONDS)
        try:
            front.store.require_lock()
        except StoreError as error:
            logger.error(str(error))
            front.has_lost_its_database = True
            os.kill(os.getpid(), signal.SIGTERM)
            return


def _application(
    routes: list[BaseRoute],
    settings: Settings,
    middleware: Sequence[Middleware] = (),
    lifespan: Lifespan[Starlette] | None = None,
) -> Starlette:
    hosts = [*_listed(settings.allowed_hosts), *LOCAL_NAMES] if settings.allowed_hosts else []
    application = Starlette(
        routes=routes,
        lifespan=lifespan,
        middleware=[
            *_tracing(settings),
            Middleware(ProxyHeadersMiddleware, trusted_hosts=_listed(settings.trusted_proxies)),
            Middleware(_SafeHeaders),
            *middleware,
            *([Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False)] if hosts else []),
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


def _tracing(settings: Settings) -> list[Middleware]:
    """Return what notes requests for traces; nothing if there are none."""
    if not settings.traces_url:
        return []
    believed = _listed(settings.trusted_proxies) if settings.traces_from_proxies == "on" else []
    return [Middleware(TracedRequests, proxies=believed)]


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


class _SafeHeaders:
    """Adds to every answer what browsers should be told; pure ASGI, so that streams stay streams."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._headers = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name for name, _ in message["headers"]}
                message["headers"] = [
                    *message["headers"],
                    *(header for header in self._headers if header[0] not in given),
                ]
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


def _metrics_of(
    meter: Metrics, live: LiveFigures, service: ConversationService
) -> Callable[[Request], Awaitable[Response]]:
    async def metrics(request: Request) -> Response:
        """Get the figures for Prometheus.

        operationId: metrics
        responses: {200: {description: Its text format, content: {text/plain: {schema: {type: string}}}}}
        """
        for part, said in (await service.engine.health()).items():  # an action that hangs shows here
            meter.ready.labels(part).set(said == WELL)
        return Response(meter.page() + await live.page(), media_type="text/plain; version=0.0.4")

    return metrics


async def _not_there(request: Request, error: Exception) -> Response:
    """Answer 404, or lead to the same address with or without its last slash if that is there, whatever host was named."""
    assert isinstance(error, HTTPException)
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


def _alert_mail(settings: Settings) -> AlertMail | None:
    server = MailServer.from_settings(settings)
    return (
        AlertMail(server, settings.alert_from or settings.alert_to, settings.alert_to)
        if server and settings.alert_to
        else None
    )


def _push_sender(settings: Settings, store: Store) -> PushSender:
    contact = f"mailto:{settings.staff_from}" if settings.staff_from else settings.public_url
    return PushSender(store, session_key(settings), ROLES[ROLES.index(ADVISER) :], contact, settings.own_hosts)


async def serve(front: Front) -> bool:
    """Serve until SIGTERM or SIGINT, then finish what is being answered; return False if it could not start."""
    settings = front.settings
    takes_sockets = any(channel.takes_websockets for channel in front.channels.values())
    applications = [
        Application(front.public, settings.front_host, settings.front_port, takes_sockets=takes_sockets),
        Application(front.operators, settings.operators_host, settings.operators_port),
    ]
    limits = Limits(settings.connections, settings.connections_per_address, settings.trusted_proxies)
    return await Servers(applications, limits, partial(_end_requests, front)).run() and not front.has_lost_its_database


def _end_requests(front: Front) -> None:
    """End the requests that would keep a stopping server waiting: streams of widgets, waiting clients, chat windows."""
    for channel in front.channels.values():
        channel.end_requests()


def main() -> None:
    """Run the front until it is told to stop; exit with 1 if it could not start or lost its database."""
    structured_logging.set_up()
    restrict_new_files()
    try:
        settings = Settings.from_environment()
        for pack in packs_of(settings).values():
            restrict_existing_files(pack.settings)
        start_traces(settings, "front")
        front = build(settings)
        gc.collect()
        gc.freeze()  # what is loaded now stays; looking through all of it for garbage held up a request now and then
        well = uvloop.run(serve(front))
    except (SettingsError, SitesError, StoreError) as error:
        logger.error(str(error))
        well = False
    finally:
        stop_traces()
    sys.exit(0 if well else 1)


if __name__ == "__main__":
    main()
