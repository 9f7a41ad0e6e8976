"""What can go wrong with the knowledge base, one class for each thing that a person can put right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class KnowledgeError(Exception):
    """Anything that is wrong with the knowledge base or with a question put to it."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong in one place; `what` and `remedy` are sentences without and with their full stop."""

    file: str
    line: int
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}. {self.remedy}"


class SourcesRefused(KnowledgeError):
    """The sources hold problems, all of them listed; nothing was written."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems = sorted(set(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class LessonsRefused(SourcesRefused):
    """A file of lessons holds lines that are none; nothing was learned."""


class KnowledgeMissing(KnowledgeError):
    """There is no database yet."""


class KnowledgeDamaged(KnowledgeError):
    """The database is not one of ours, is of another version, or cannot be read."""


class KnowledgeTooSlow(KnowledgeError):
    """A question took longer than whoever asked would wait, and was interrupted."""

    def __init__(self):
        super().__init__("a question to the knowledge base took too long and was interrupted")


class UnknownKey(KnowledgeError):
    """The database holds nothing under this key."""

    def __init__(self, kind: str, key: str):
        self.kind = kind
        self.key = key
        super().__init__(f"the knowledge base has no {kind} with the key {key!r}")


class BuildFailed(KnowledgeError):
    """The sources are well, but the files could not be written; the old ones are whole."""


class VectorsUnusable(KnowledgeError):
    """The encoder gave something else than one vector of the expected length for each text."""
