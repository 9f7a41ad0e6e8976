"""Defines the errors of the knowledge base, one class for each thing that a person can correct."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class KnowledgeError(Exception):
    """Base of all errors of the knowledge base and of queries to it."""


@dataclass(frozen=True, order=True)
class Problem:
    """A problem in one place of a source; `what` is a sentence without its full stop, `remedy` one or more with it."""

    file: str
    line: int
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}. {self.remedy}"


class SourcesRefused(KnowledgeError):
    """The sources hold problems, all of which are listed; nothing was written."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class LessonsRefused(SourcesRefused):
    """A file of lessons holds lines that are no lessons; nothing was learned."""


class KnowledgeMissing(KnowledgeError):
    """There is no database yet."""


class KnowledgeDamaged(KnowledgeError):
    """The file is no knowledge database, was built by another version, or cannot be read."""


class KnowledgeTooSlow(KnowledgeError):
    """A query took longer than its deadline and was interrupted."""

    def __init__(self) -> None:
        super().__init__("a question to the knowledge base took too long and was interrupted")


class UnknownKey(KnowledgeError):
    """The database has no entry of this kind with this key."""

    def __init__(self, kind: str, key: str) -> None:
        self.kind = kind
        self.key = key
        super().__init__(f"the knowledge base has no {kind} with the key {key!r}")


class RoleMissing(UnknownKey):
    """The guide gives no topic for a role that an answer leans on; the message names the role and the file."""

    def __init__(self, role: str) -> None:
        super().__init__("role", role)
        self.args = (f"guide/roles.yml gives no topic for the role '{role}' (docs/knowledge.md)",)


class BuildFailed(KnowledgeError):
    """The sources are valid, but the files could not be written; the old files are unchanged."""


class VectorsUnusable(KnowledgeError):
    """The encoder did not return one vector of the expected length for each text."""
