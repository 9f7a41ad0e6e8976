"""Where the sources of a reply can be read: the public pages of the guide, which an installation may serve."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

SAFE = "/-_."  # in a topic's key


def guide_path(pack: str) -> str:
    """Return the path of the pages of a guide pack, without a slash before it."""
    return f"guides/{pack}" if pack else "guide"


def page_of(source: Mapping[str, Any], topic: str) -> str:
    """Return the page of a source below the guide's path, at the topic that was told; "" if the source says no key."""
    key = str(source.get("key") or "")
    anchor = f"#{quote(topic, safe=SAFE)}" if topic else ""
    return f"{quote(key, safe='')}{anchor}" if key else ""
