"""Queries of the guide's topics and of the subjects that it leaves open."""

from __future__ import annotations

import json
from datetime import date
from functools import cached_property

from knowledge.errors import RoleMissing, UnknownKey
from knowledge.models import GuideWords, OpenSubject, OwnText, Source, Topic, TopicHeading, TopicItem
from knowledge.queries.db import Reader, kept

NAMED_ONCE = ("destination", "place", "provider", "institution")  # kinds whose names are names of their own
_ENTRY = "SELECT * FROM entry JOIN {0} USING (key) WHERE key = ?"


class GuideQueries(Reader):
    """Queries for topics, open subjects, sections and roles; a single entry raises UnknownKey if it does not exist."""

    @kept
    def topic(self, key: str) -> Topic:
        """Return the topic with this key, which may be any key that it serves."""
        own_key = self.row("topic", key, "SELECT topic FROM topic_key WHERE key = ?")["topic"]
        row = self.row("topic", own_key, _ENTRY.format("topic"))
        related = self.column("SELECT related FROM topic_related WHERE topic = ? ORDER BY position", own_key)
        return Topic(
            key=own_key,
            title=row["title"],
            answer=row["answer"],
            items=self._items(own_key),
            more=row["more"],
            sources=self._sources(own_key),
            related=self.topic_links(related),
            owner=row["owner"],
            reviewed=date.fromisoformat(row["reviewed"]),
        )

    @kept
    def has_topic(self, key: str) -> bool:
        """Return whether a topic serves this key."""
        return bool(self.rows("SELECT 1 FROM topic_key WHERE key = ?", key))

    @kept
    def open_subject(self, key: str) -> OpenSubject:
        """Return an open subject; its key carries its prefix, as in not-stated/fees."""
        row = self.row("open subject", key, _ENTRY.format("open_subject"))
        near = self.column("SELECT topic FROM subject_topic WHERE subject = ? ORDER BY position", key)
        return OpenSubject(
            key=key,
            title=row["title"],
            say=row["say"],
            nearest=row["nearest"],
            near_topics=self.topic_links(near),
            whom=row["whom"],
            owner=row["owner"],
            reviewed=date.fromisoformat(row["reviewed"]),
        )

    @kept
    def has_open_subject(self, key: str) -> bool:
        """Return whether there is an open subject with this key."""
        return bool(self.rows("SELECT 1 FROM open_subject WHERE key = ?", key))

    def topics(self) -> list[TopicHeading]:
        """Return the headings of all topics in the guide's order."""
        return self._headings("topic")

    def open_subjects(self) -> list[TopicHeading]:
        """Return the headings of all open subjects."""
        return self._headings("subject")

    def sections(self) -> list[Source]:
        """Return all sections of the guide in order."""
        return [Source(*row) for row in self.rows("SELECT key, title, heading FROM section ORDER BY position")]

    @kept
    def section(self, key: str) -> Source:
        """Return a section of the guide."""
        return Source(*self.row("section", key, "SELECT key, title, heading FROM section WHERE key = ?"))

    @cached_property
    def words(self) -> GuideWords:
        """The words in which the guide is spoken of."""
        given, texts = {}, {}
        for row in self.rows("SELECT key, say, buttons FROM word"):
            kind, _, name = row["key"].rpartition("/")
            if kind:
                buttons = tuple((each["title"], each["payload"]) for each in json.loads(row["buttons"]))
                texts[name] = OwnText(row["say"], buttons)
            else:
                given[name] = row["say"]
        named = (row["name"] for kind in NAMED_ONCE for row in self.rows(f"SELECT name FROM {kind}"))
        return GuideWords(**given, texts=texts, names=frozenset(name for name in named if " " not in name))

    def role(self, key: str) -> str:
        """Return the key of the topic that has this role in other answers; raises RoleMissing if none has."""
        if key not in (roles := self.roles()):
            raise RoleMissing(key)
        return roles[key]

    def plays(self, topic: str | None, *roles: str) -> bool:
        """Return whether a topic has one of these roles."""
        return bool(topic) and topic in map(self.roles().get, roles)

    def roles(self) -> dict[str, str]:
        """Return the topic of each role; an organisation's own sources may leave out some roles."""
        return self._roles

    @cached_property
    def _roles(self) -> dict[str, str]:
        return {row["key"]: row["topic"] for row in self.rows("SELECT key, topic FROM role")}

    def phrasings(self, key: str) -> list[str]:
        """Return the phrasings of a topic or an open subject."""
        keys = self.column("SELECT topic FROM topic_key WHERE key = ?", key) or [key]
        if self.topic_link(keys[0]) is None:
            raise UnknownKey("topic or open subject", key)
        return self.column("SELECT text FROM phrasing WHERE entry = ? ORDER BY text", keys[0])

    def _items(self, topic: str) -> tuple[TopicItem, ...]:
        rows = self.rows("SELECT name, text, leads_to FROM topic_item WHERE topic = ? ORDER BY position", topic)
        return tuple(TopicItem(row["name"], row["text"], self.topic_link(row["leads_to"])) for row in rows)

    def _sources(self, topic: str) -> tuple[Source, ...]:
        sql = (
            "SELECT section.key, title, heading FROM topic_key JOIN section ON section.key = topic_key.section "
            "WHERE topic = ? GROUP BY section.key ORDER BY min(topic_key.position)"
        )
        return tuple(Source(*row) for row in self.rows(sql, topic))

    def _headings(self, kind: str) -> list[TopicHeading]:
        sql = (
            "SELECT key, title, section, owner, reviewed FROM entry LEFT JOIN topic USING (key) "
            "WHERE kind = ? ORDER BY position"
        )
        sections = {section.key: section for section in self.sections()}
        return [
            TopicHeading(
                row["key"],
                row["title"],
                sections.get(row["section"]),
                row["owner"],
                date.fromisoformat(row["reviewed"]),
            )
            for row in self.rows(sql, kind)
        ]
