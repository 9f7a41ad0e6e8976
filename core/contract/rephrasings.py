"""What comes of having a language model say an answer in other words or another language; only a checked one is said.

The plain answer is the engine's, made of the guide's claims. A rephrasing stands for the plain texts one by one, or is none.
"""

from __future__ import annotations

from dataclasses import dataclass

NEVER, LANGUAGES, ALWAYS = "never", "languages", "always"  # which answers are rephrased
ENGLISH = "en"
REPHRASED = "rephrased"  # the result of a rephrasing that passed every check


@dataclass(frozen=True)
class Rephrasing:
    """What came of it: `texts` are in the order of the plain ones, and none unless `result` is REPHRASED.

    `labels`, titles of buttons and the like, are in their order, too; one that did not pass is the plain one.
    Otherwise `result` says in a word why the plain ones stand. `ms`, tokens and `cost` are of all its calls together.
    """

    result: str
    language: str
    texts: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    model: str = ""
    ms: float = 0.0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = None
