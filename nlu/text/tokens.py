"""Cuts a text into words and signs, as names are looked for.

A sign is a token of its own, except inside numbers ("3.5"), abbreviations ("u.k.") and names such as "node.js"; what is
contracted is cut off ("canada's", "dont").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_NOT = r"(?i:n'?t)(?!\w)"
_NEGATED = r"(?i:ai|are|ca|could|did|do|does|had|has|have|is|might|must|need|should|was|were|wo|would)"
_CONTRACTED = r"'(?i:s|m|d|re|ve|ll)(?!\w)"
# What is negated and its "not", an abbreviation, a name such as "c++", a word, what is contracted, a row of dots, or one sign.
_TOKEN = re.compile(
    rf"{_NEGATED}(?={_NOT})|{_NOT}|"
    r"[^\W\d_](?:\.[^\W\d_])+(?!\w)"
    r"|[^\W\d_][+#]{1,2}(?!\w)"
    rf"|\w+(?:(?:&|\.(?![A-Z])|(?!{_CONTRACTED})')\w+)*"
    rf"|{_CONTRACTED}"
    r"|\.{2,}|[^\w\s]"
)


@dataclass(frozen=True)
class Tokens:
    """The tokens of a text as they stand, in small letters, and where each begins."""

    text: str
    written: Sequence[str]
    words: Sequence[str]
    starts: Sequence[int]

    def end(self, at: int) -> int:
        """Return where a token ends in the text."""
        return self.starts[at] + len(self.written[at])

    def is_sign(self, at: int) -> bool:
        """Return whether a token has neither letters nor digits."""
        return not any(map(str.isalnum, self.written[at]))


def tokens_of(text: str) -> Tokens:
    """Return the tokens of a text."""
    matches = list(_TOKEN.finditer(text))
    written = [match[0] for match in matches]
    return Tokens(text, written, [word.lower() for word in written], [match.start() for match in matches])
