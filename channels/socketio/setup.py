"""Socket.IO, built from the settings; off unless origins are allowed."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import BaseRoute

from channels.http import RateLimits
from channels.ports import Channel, ChannelContext
from channels.socketio.channel import SocketChannel, SocketRules
from channels.socketio.session_ids import SessionIds
from conversations.pipeline.service import ConversationService
from core.secrets import session_key
from core.settings import Settings


def build(settings: Settings, context: ChannelContext) -> SocketIo | None:
    """Return the channel, or None if the settings allow no origin."""
    return SocketIo(settings) if settings.allowed_socketio_origins else None


class SocketIo(Channel):
    """Socket.IO as a channel of the front; chat windows fetch, so nothing is sent by the outbox."""

    takes_websockets = True

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._windows: SocketChannel | None = None

    def routes(self, service: ConversationService, rates: RateLimits) -> Sequence[BaseRoute]:
        """Return the socket's mount and the HTTP routes."""
        settings = self._settings
        rules = SocketRules(
            settings.allowed_socketio_origins, settings.messages_per_minute, settings.messages_per_minute_per_address
        )
        ids = SessionIds(session_key(settings), settings.web_session_days)
        self._windows = SocketChannel(service, ids, rules, rates)
        return self._windows.routes

    def end_requests(self) -> None:
        """Disconnect chat windows, which reconnect by themselves."""
        if self._windows:
            self._windows.end_windows()

    async def before_stop(self) -> None:
        """Stop serving windows: what the service still says is held until they reconnect."""
        if self._windows:
            await self._windows.close()
