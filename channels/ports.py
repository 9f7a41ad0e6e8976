"""What a channel is to the rest of the application: its description in the registry, and what the front asks of it.

docs/channels.md is the recipe for a new one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from channels.data_download import DownloadLinks
from channels.http import RateLimits
from conversations.db.store import Store
from conversations.pipeline.ports import OutboundChannel
from conversations.pipeline.service import ConversationService


@dataclass(frozen=True)
class ChannelContext:
    """What the front lends a channel beside the settings.

    `links` lead people to their own data; `is_topic` tells whether the knowledge base has a topic with a key.
    """

    store: Store
    links: DownloadLinks
    is_topic: Callable[[str], bool] = field(default=lambda key: False)


class Channel:
    """Base class of what a channel's `build` returns; override what the channel needs.

    Life cycle: `routes` once while the front is put together, `set_up` when it runs; when it stops, `end_requests`,
    `before_stop`, then, after the last delivery, `close`.
    """

    outbound: Sequence[OutboundChannel] = ()  # what replies are delivered by; none if clients fetch or wait for them
    middleware: Sequence[Middleware] = ()  # around the public application
    takes_websockets = False
    needs_key = False  # callers must send the REST key; only for the API description

    def routes(self, service: ConversationService, rates: RateLimits) -> Sequence[BaseRoute]:
        """Return the public routes of the channel."""
        return ()

    async def set_up(self) -> None:
        """Tell the platform about this front; runs beside the front and may retry for as long as it takes."""

    def end_requests(self) -> None:
        """End streams and waiting requests, which a stopping server would otherwise wait for."""

    async def before_stop(self) -> None:
        """Release what must not outlive the conversation service; it is still running."""

    async def close(self) -> None:
        """Close connections; the conversation service has stopped and delivers nothing more."""
