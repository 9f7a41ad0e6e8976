"""Cuts the texts of a reply into sentences and puts others in their place; marks of lists and empty lines stay as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

# A mark at the start of a line: of a list, a heading or a quotation.
_MARK = re.compile(r"[ \t]{0,9}(?:(?:[-*•>]|#{1,6}|\d{1,3}[.)])[ \t]{1,9})?")
_NEXT = re.compile(r"(?<=[.?!])[ \t]{1,9}(?=\S)")
_LETTER = re.compile(r"[^\W\d_]")


class ReplySentences:
    """The sentences of some texts, in their order: `sentences` are those that have words."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._parts = [list(_parts(text)) for text in texts]
        self.sentences = [part for parts in self._parts for part in parts if _says_something(part)]

    def with_others(self, sentences: Sequence[str]) -> tuple[str, ...]:
        """Return the texts with other sentences, one for each, in place of their own."""
        left = iter(sentences)
        return tuple("".join(next(left) if _says_something(part) else part for part in parts) for parts in self._parts)


def _says_something(part: str) -> bool:
    return bool(_LETTER.search(part))


def _parts(text: str) -> Iterator[str]:
    """Yield a text in parts: its sentences, and what stands between them."""
    for line in text.splitlines(keepends=True):
        content = line.rstrip()
        mark = _MARK.match(content)
        at = mark.end() if mark else 0
        yield content[:at]
        for gap in _NEXT.finditer(content, at):
            yield content[at : gap.start()]
            yield gap[0]
            at = gap.end()
        yield content[at:]
        yield line[len(content) :]
