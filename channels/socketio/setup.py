"""Socket.IO for chat windows made for Rasa, put together from the settings; there is none without origins."""

from __future__ import annotations

from channels.http import RateLimits
from channels.socketio.channel import SocketChannel, SocketRules
from channels.socketio.session_ids import SessionIds
from channels.web.session_tokens import session_key
from conversations.pipeline.service import ConversationService
from core.settings import Settings


def socketio_of(settings: Settings, service: ConversationService, rates: RateLimits) -> SocketChannel | None:
    if not settings.allowed_socketio_origins:
        return None
    key = session_key(settings.web_session_key, settings.var_dir / "session.key")
    rules = SocketRules(
        settings.allowed_socketio_origins, settings.messages_per_minute, settings.messages_per_minute_per_address
    )
    return SocketChannel(service, SessionIds(key, settings.web_session_days), rules, rates)
