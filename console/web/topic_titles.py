"""Topics by title, as the knowledge base has them."""

from __future__ import annotations

from pathlib import Path

from knowledge.errors import KnowledgeError
from knowledge.knowledge_base import open_knowledge


class TopicTitles:
    """The title of a topic's key. Read again where the knowledge base was built anew; the key itself where it is unknown."""

    def __init__(self, knowledge_db: Path):
        self._path, self._from, self._titles = knowledge_db, None, {}

    def __call__(self, key: str) -> str:
        return self.all().get(key, key)

    def all(self) -> dict[str, str]:
        """Every topic and open subject that there is now, in the guide's order."""
        try:
            knowledge = open_knowledge(self._path)
        except KnowledgeError:
            return {}
        if knowledge is not self._from:
            headings = (*knowledge.topics(), *knowledge.open_subjects())
            self._titles, self._from = {one.key: one.title for one in headings}, knowledge
        return self._titles
