"""Where the sources of an answer lead: to the public pages of the guide, if the front shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from conversations.models import Message
from core.settings import Settings


def guide_path(pack: str) -> str:
    """Return the path of the public pages of a guide pack, without a slash before it."""
    return f"guides/{pack}" if pack else "guide"


def page_of(source: Mapping[str, Any], topic: str) -> str:
    """Return the page of a source below the guide's path, at the topic that was told; "" if the source says no key."""
    key = str(source.get("key") or "")
    anchor = f"#{quote(topic, safe='/-_.')}" if topic else ""
    return f"{quote(key, safe='')}{anchor}" if key else ""


def guide_address(settings: Settings) -> str:
    """Return the address below which the guides' pages are for everybody; "" if they are not shown, or it is not known."""
    return settings.public_url.rstrip("/") if settings.guide_pages != "off" else ""


def sources_of(message: Message, address: str = "", pack: str = "") -> dict[str, str]:
    """Return the titles of the sections that an answer is from, each with the address of its page or "".

    `address` is that of `guide_address`, `pack` the guide pack that answered.
    """
    found: dict[str, str] = {}
    for source in message.sources:
        page = page_of(source, message.topic) if address else ""
        if title := str(source.get("section") or ""):
            found.setdefault(title, f"{address}/{guide_path(pack)}/{page}" if page else "")
    return found
