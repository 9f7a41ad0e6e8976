"""What a message may mean, as staff choose it: a topic of the knowledge base, or what people do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from console.web import display_names

NOT_TAUGHT = ("ask_topic", "nlu_fallback", "foreign")  # what no phrasing can be taught for by itself


@dataclass(frozen=True)
class Label:
    """A topic's key, or an intent's name."""

    name: str
    title: str
    is_topic: bool

    @property
    def pair(self) -> tuple[str, str]:
        """(topic, intent); one of them is empty."""
        return (self.name, "") if self.is_topic else ("", self.name)


class Labels:
    def __init__(self, titles: Callable[[], Mapping[str, str]]):
        self._titles = titles

    def all(self) -> list[Label]:
        """Topics in the guide's order, then intents."""
        topics = [Label(key, title, True) for key, title in self._titles().items()]
        intents = [Label(name, words, False) for name, words in display_names.INTENTS.items() if name not in NOT_TAUGHT]
        return topics + intents

    def find(self, text: str) -> Label | None:
        """What somebody chose: by its name, or by its title as the list shows it."""
        text = " ".join(text.split())
        by_name = {one.name: one for one in self.all()}
        by_title = {one.title.lower(): one for one in reversed(self.all())}
        return by_name.get(text) or by_title.get(text.lower())

    def knows(self, name: str) -> bool:
        return any(one.name == name for one in self.all())

    def title(self, name: str) -> str:
        return self._titles().get(name) or display_names.intent(name)
