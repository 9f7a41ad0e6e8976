"""The topic filter of the list: what can be written into it, what it adds, and how its topics are shown."""

from __future__ import annotations

from collections.abc import Iterator

from console.web.topic_titles import TopicTitles
from conversations.review.filters import ALL_BELOW
from core.translations import gettext as _

MOST_ADDED = 20  # topics that one search by words may add


class TopicFilter:
    """The choices of the filter. `titles` are those of the topics."""

    def __init__(self, titles: TopicTitles) -> None:
        self._titles = titles

    def title(self, topic: str) -> str:
        """Return how a topic, or a pattern for all topics of a part, is shown."""
        if not topic.endswith(ALL_BELOW):
            return self._titles(topic)
        parts = {f"{key}/{ALL_BELOW}": title for key, title in self._parts().items()}
        return _all_of(parts[topic]) if topic in parts else topic

    def choices(self) -> list[tuple[str, str]]:
        """Return what is proposed, as (title, part): each part as a whole, with its topics after it."""
        shown: dict[str, list[tuple[str, str]]] = {}
        for topic, title in self._titles.all().items():
            part = self._titles.section(topic)[1]
            shown.setdefault(part, [(_all_of(part), _("Whole part"))]).append((title, part))
        return [choice for part in shown.values() for choice in part]

    def find(self, words: str) -> list[str]:
        """Return the topics that words mean, in the guide's order; [] if they mean none.

        Words are the title or key of one topic, those of a whole part, or words that the titles of up to MOST_ADDED have.
        """
        wanted = " ".join(words.split()).casefold()
        if not wanted:
            return []
        if wanted.endswith(ALL_BELOW) and any(key.startswith(wanted[:-1]) for key in self._titles.all()):
            return [wanted]
        called = [key for key, title in self._titles.all().items() if wanted in (key, title.casefold())]
        parts = [
            key for key, title in self._parts().items() if wanted in (key, title.casefold(), _all_of(title).casefold())
        ]
        whole = [f"{key}/{ALL_BELOW}" for key in parts]
        return called or whole or list(self._with_words(wanted.split()))[:MOST_ADDED]

    def _parts(self) -> dict[str, str]:
        """Return the titles of the parts by key."""
        return {key: title for key, title in map(self._titles.section, self._titles.all()) if key}

    def _with_words(self, words: list[str]) -> Iterator[str]:
        for key, title in self._titles.all().items():
            own = title.casefold().replace("-", " ").split()
            if all(any(each.startswith(word) for each in own) for word in words):
                yield key


def _all_of(part: str) -> str:
    return _("%(part)s: all topics") % {"part": part}
