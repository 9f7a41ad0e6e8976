"""Titles of topics, and names of the catalogue's entries, from the knowledge base."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.translations import gettext, marked
from knowledge.errors import KnowledgeError
from knowledge.knowledge_base import Knowledge, open_knowledge
from knowledge.queries.catalogue import NAMED

LEFT_OPEN = marked("Left open")  # the part of the subjects that the guide says nothing about


class TopicTitles:
    """Titles of topics by key, read again when the knowledge base has been rebuilt."""

    def __init__(self, knowledge_db: Path) -> None:
        self._path = knowledge_db
        self._knowledge: Knowledge | None = None
        self._titles: dict[str, str] = {}
        self._sections: dict[str, str] = {}
        self._open: frozenset[str] = frozenset()
        self._anything_else = ""

    def __call__(self, key: str) -> str:
        """Return a topic's title, or its key if there is no topic of that key."""
        return self.all().get(key, key)

    def anything_else(self) -> str:
        """Return the key of the open subject of what is in no topic, or "" if the guide has none."""
        self.all()
        return self._anything_else

    def nearest(self, ranked: Iterable[str]) -> tuple[str, str]:
        """Return the first open subject and the first topic of a ranking, each "" if it has none."""
        known, keys = self.all(), list(ranked)
        subject = next((key for key in keys if key in self._open), "")
        return subject, next((key for key in keys if key in known and key not in self._open), "")

    def all(self) -> dict[str, str]:
        """Return the titles of all topics and open subjects in the guide's order; {} if there is no knowledge base."""
        try:
            knowledge = open_knowledge(self._path)
        except KnowledgeError:
            return {}
        if knowledge is not self._knowledge:
            left_open = knowledge.open_subjects()
            headings = (*knowledge.topics(), *left_open)
            self._titles, self._knowledge = {heading.key: heading.title for heading in headings}, knowledge
            self._sections = {section.key: section.title for section in knowledge.sections()}
            self._open = frozenset(heading.key for heading in left_open)
            self._anything_else = knowledge.roles().get("anything-else", "")
        return self._titles

    def section(self, topic: str) -> tuple[str, str]:
        """Return the key and the title of the part that a topic belongs to; open subjects make up one of their own."""
        key = topic.split("/")[0] if "/" in topic else ""
        self.all()
        return key, self._sections.get(key) or gettext(LEFT_OPEN)


@dataclass(frozen=True)
class Thing:
    """An entry of the catalogue; `title` tells it from entries of other kinds with the same name."""

    kind: str
    key: str
    name: str
    title: str

    @property
    def id(self) -> str:
        """Return kind and key in one."""
        return f"{self.kind}/{self.key}"


class AllTitles(TopicTitles):
    """Titles of the topics of several guide packs, for pages that show what belongs to any; of equal keys the first pack's."""

    def __init__(self, packs: Sequence[TopicTitles]) -> None:  # which read the knowledge bases
        self._packs = packs

    def __call__(self, key: str) -> str:
        """Return a topic's title, or its key if no pack has a topic of that key."""
        return self.all().get(key, key)

    def nearest(self, ranked: Iterable[str]) -> tuple[str, str]:
        """Return the first open subject and the first topic of a ranking, each "" if it has none."""
        keys = list(ranked)
        found = [titles.nearest(keys) for titles in self._packs]
        return next((each for each in found if any(each)), ("", ""))

    def section(self, topic: str) -> tuple[str, str]:
        """Return the key and the title of the part that a topic belongs to."""
        known = next((titles for titles in self._packs if topic in titles.all()), self._packs[0])
        return known.section(topic)

    def all(self) -> dict[str, str]:
        """Return the titles of all topics and open subjects by key."""
        return {key: title for titles in reversed(self._packs) for key, title in titles.all().items()}


class CatalogueNames:
    """Names of things by kind and key, read again when the knowledge base has been rebuilt."""

    def __init__(self, knowledge_db: Path) -> None:
        self._path = knowledge_db
        self._knowledge: Knowledge | None = None
        self._things: dict[str, Thing] = {}

    def name(self, key: str, kind: str = "") -> str:
        """Return the name of a thing, given by kind and key or by "kind/key"; what is none is returned as it is."""
        thing = self.all().get(f"{kind}/{key}" if kind else key)
        return thing.name if thing else key

    def find(self, text: str) -> Thing | None:
        """Return the thing with this title or name (of any case) or "kind/key", or None."""
        text = " ".join(text.split()).casefold()
        things = list(self.all().values())
        ways = ([thing.id for thing in things], [thing.title for thing in things], [thing.name for thing in things])
        for way in ways:
            for thing, words in zip(things, way, strict=True):
                if words.casefold() == text:
                    return thing
        return None

    def all(self) -> dict[str, Thing]:
        """Return all things by "kind/key", kind after kind; {} if there is no knowledge base."""
        try:
            knowledge = open_knowledge(self._path)
        except KnowledgeError:
            return {}
        if knowledge is not self._knowledge:
            links = [(kind, link) for kind in NAMED for link in knowledge.names(kind)]
            things = [Thing(kind, link.key, link.name, f"{link.name} ({kind})") for kind, link in links]
            self._things, self._knowledge = {thing.id: thing for thing in things}, knowledge
        return self._things
