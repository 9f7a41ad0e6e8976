"""The channels there are, one line each. Reading this loads no platform library; building a channel does."""

from __future__ import annotations

from importlib import import_module

from channels.info import ChannelInfo

PACKAGES = (  # each has a ChannelInfo, INFO
    "channels.web",
    "channels.rest",
    "channels.socketio",
    "channels.telegram",
    "channels.slack",
)


def infos() -> list[ChannelInfo]:
    """Return the descriptions of all channels, whether the settings ask for them or not."""
    return [import_module(package).INFO for package in PACKAGES]


def titles() -> dict[str, str]:
    """Return the title for staff of every channel name."""
    return {name: title for info in infos() for name, title in info.titles.items()}


def answering() -> frozenset[str]:
    """Return the names of channels whose clients wait for a reply to each message."""
    return frozenset(name for info in infos() for name in info.answering)


def fetching() -> frozenset[str]:
    """Return the names of channels whose clients come for messages."""
    return frozenset(name for info in infos() for name in info.fetching)
