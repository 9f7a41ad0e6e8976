"""Topic titles from the knowledge base."""

from __future__ import annotations

from pathlib import Path

from knowledge.errors import KnowledgeError
from knowledge.knowledge_base import Knowledge, open_knowledge


class TopicTitles:
    """Titles of topics by key, read again when the knowledge base has been rebuilt."""

    def __init__(self, knowledge_db: Path) -> None:
        self._path = knowledge_db
        self._knowledge: Knowledge | None = None
        self._titles: dict[str, str] = {}

    def __call__(self, key: str) -> str:
        """Return a topic's title, or its key if there is no topic of that key."""
        return self.all().get(key, key)

    def all(self) -> dict[str, str]:
        """Return the titles of all topics and open subjects in the guide's order; {} if there is no knowledge base."""
        try:
            knowledge = open_knowledge(self._path)
        except KnowledgeError:
            return {}
        if knowledge is not self._knowledge:
            headings = (*knowledge.topics(), *knowledge.open_subjects())
            self._titles, self._knowledge = {heading.key: heading.title for heading in headings}, knowledge
        return self._titles
