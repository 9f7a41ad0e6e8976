"""What the guide says, and what it leaves open."""

from __future__ import annotations

from datetime import date

from knowledge.errors import UnknownKey
from knowledge.models import OpenSubject, Source, Topic, TopicHeading, TopicItem
from knowledge.queries.db import Reader

_ENTRY = "SELECT * FROM entry JOIN {0} USING (key) WHERE key = ?"


class GuideQueries(Reader):
    def topic(self, key: str) -> Topic:
        """By any key that the entry serves."""
        kept = self.row("topic", key, "SELECT topic FROM topic_key WHERE key = ?")["topic"]
        row = self.row("topic", kept, _ENTRY.format("topic"))
        related = self.column("SELECT related FROM topic_related WHERE topic = ? ORDER BY position", kept)
        return Topic(
            key=kept,
            title=row["title"],
            answer=row["answer"],
            items=self._items(kept),
            more=row["more"],
            sources=self._sources(kept),
            related=self.topic_links(related),
            owner=row["owner"],
            reviewed=date.fromisoformat(row["reviewed"]),
        )

    def has_topic(self, key: str) -> bool:
        return bool(self.rows("SELECT 1 FROM topic_key WHERE key = ?", key))

    def open_subject(self, key: str) -> OpenSubject:
        """The key carries its prefix: not-stated/fees."""
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

    def has_open_subject(self, key: str) -> bool:
        return bool(self.rows("SELECT 1 FROM open_subject WHERE key = ?", key))

    def topics(self) -> list[TopicHeading]:
        """In the guide's order."""
        return self._headings("topic")

    def open_subjects(self) -> list[TopicHeading]:
        return self._headings("subject")

    def sections(self) -> list[Source]:
        return [Source(*row) for row in self.rows("SELECT key, title, heading FROM section ORDER BY position")]

    def section(self, key: str) -> Source:
        return Source(*self.row("section", key, "SELECT key, title, heading FROM section WHERE key = ?"))

    def role(self, key: str) -> str:
        """The key of the topic that other answers fall back on for this purpose (guide/roles.yml)."""
        return self.row("role", key, "SELECT topic FROM role WHERE key = ?")["topic"]

    def roles(self) -> dict[str, str]:
        """The topic of each role; an organisation's own sources may leave out some."""
        return dict(self.rows("SELECT key, topic FROM role"))

    def phrasings(self, key: str) -> list[str]:
        """How people ask for a topic or an open subject."""
        kept = self.column("SELECT topic FROM topic_key WHERE key = ?", key) or [key]
        if self.topic_link(kept[0]) is None:
            raise UnknownKey("topic or open subject", key)
        return self.column("SELECT text FROM phrasing WHERE entry = ? ORDER BY text", kept[0])

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
