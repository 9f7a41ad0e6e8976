"""Socket.IO for chat windows made for Rasa, put together from the settings; there is none without origins."""

from __future__ import annotations

from bot.settings import Settings
from channels.http import Rates
from channels.socketio.channel import SocketChannel, SocketRules
from channels.socketio.sessions import SessionIds
from channels.web.sessions import session_key
from conversations.desk import Desk


def socketio_of(settings: Settings, desk: Desk, rates: Rates) -> SocketChannel | None:
    if not settings.allowed_socketio_origins:
        return None
    key = session_key(settings.web_session_key, settings.var_dir / "session.key")
    rules = SocketRules(
        settings.allowed_socketio_origins, settings.messages_per_minute, settings.messages_per_minute_per_address
    )
    return SocketChannel(desk, SessionIds(key, settings.web_session_days), rules, rates)
