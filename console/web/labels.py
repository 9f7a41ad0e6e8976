"""Labels that staff can give to a message: a topic of the knowledge base or an intent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from console.web import display_names
from console.web.request import PageError
from core.translations import gettext as _

# Intents that no phrasing can be taught for: `ask_topic` needs a topic, the engine sets the others by itself.
NOT_TEACHABLE = ("ask_topic", "nlu_fallback", "say_nothing")


@dataclass(frozen=True)
class Label:
    """A topic, named by its key, or an intent; `title` is what staff read."""

    name: str
    title: str
    is_topic: bool

    @property
    def pair(self) -> tuple[str, str]:
        """Return the label as a pair of topic and intent, with "" for what it is not."""
        return (self.name, "") if self.is_topic else ("", self.name)


class Labels:
    """The labels that can be chosen. `titles` returns the topics' titles by key."""

    def __init__(self, titles: Callable[[], Mapping[str, str]]) -> None:
        self._titles = titles

    def all(self) -> list[Label]:
        """Return the topics in the guide's order, then the intents."""
        topics = [Label(key, title, True) for key, title in self._titles().items()]
        intents = [
            Label(name, title, False) for name, title in display_names.intents().items() if name not in NOT_TEACHABLE
        ]
        return topics + intents

    def find(self, text: str) -> Label | None:
        """Return the label with this name or title (of any case), or None."""
        text = " ".join(text.split())
        by_name = {label.name: label for label in self.all()}
        by_title = {label.title.lower(): label for label in reversed(self.all())}
        return by_name.get(text) or by_title.get(text.lower())

    def choose(self, text: str) -> Label:
        """Return the label with this name or title, or the only one whose title begins with the text.

        Raises:
            PageError: No label fits; the message names the nearest titles.
        """
        label = self.find(text)
        begun = " ".join(text.split()).lower()
        beginning = [each for each in self.all() if begun and each.title.lower().startswith(begun)]
        if label or len(beginning) == 1:
            return label or beginning[0]
        titles = [each.title for each in beginning or self.all()]
        nearest = [title for title, *_ in process.extract(begun, titles, scorer=fuzz.WRatio, limit=3, score_cutoff=60)]
        hint = (
            " " + _("Did you mean %(titles)s?") % {"titles": _(" or ").join(f"“{title}”" for title in nearest)}
            if nearest
            else ""
        )
        raise PageError(_("That is neither a topic nor an intent. Choose one from the list.") + hint)

    def knows(self, name: str) -> bool:
        """Return True if a label of this name can be chosen."""
        return any(label.name == name for label in self.all())

    def title(self, name: str) -> str:
        """Return the title of a topic or intent, chosen or not."""
        return self._titles().get(name) or display_names.intent(name)
