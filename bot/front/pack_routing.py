"""Which guide pack answers whom: the engines of each, the channels that belong to one, the topics of all."""

from __future__ import annotations

from collections.abc import Mapping

from channels import registry
from channels.web import NAME as WEB
from conversations.db.store import Store
from conversations.models import TRY
from conversations.pipeline.engine_client import EngineClient
from conversations.pipeline.engine_router import EngineRouter, Engines
from core.pack_registry import Pack
from core.settings import Settings, SettingsError
from knowledge.errors import KnowledgeError
from knowledge.knowledge_base import open_knowledge

Packs = Mapping[str, Pack]


def engine_of_packs(store: Store, packs: Packs) -> Engines:
    """Return the client of the engines: of one pack, or one that asks the pack of the conversation."""
    engines = {name: _client(pack.settings) for name, pack in packs.items()}
    return engines[""] if len(engines) == 1 else EngineRouter(store, engines)


def packs_of_channels(packs: Packs) -> dict[str, str]:
    """Return by channel the pack that its conversations belong to; the first has those that are not among them.

    Raises SettingsError for a channel that is none, or the website's, whose sites name their packs.
    """
    known = sorted(set(registry.titles()) - {WEB, TRY})
    for pack in packs.values():
        for channel in pack.channels:
            if channel not in known:
                raise SettingsError(
                    f"ADVISOR_PACKS_FILE: [{pack.name}]: there is no channel '{channel}'. It may be one of "
                    f"{', '.join(known)}; a website's pack stands with its site (`guide` in ADVISOR_SITES_FILE)."
                )
    return {channel: name for name, pack in packs.items() for channel in pack.channels}


def is_topic(packs: Packs, key: str) -> bool:
    """Return True if a pack has a topic or open subject with this key; what cannot be read has none."""
    return any(_has_topic(pack.settings, key) for pack in packs.values())


def _has_topic(settings: Settings, key: str) -> bool:
    try:
        knowledge = open_knowledge(settings.knowledge_db)
        return knowledge.has_topic(key) or knowledge.has_open_subject(key)
    except KnowledgeError:
        return False


def _client(settings: Settings) -> EngineClient:
    return EngineClient(*settings.engine_urls, key=settings.engine_key, seconds=settings.engine_seconds)
