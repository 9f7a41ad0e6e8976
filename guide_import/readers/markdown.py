"""Markdown (CommonMark): headings with what stands under them."""

from __future__ import annotations

from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from guide_import.readers.html import blocks_of_html
from guide_import.records import Block, Reading, one_line, passages_of

BOLD_HEADING = 6  # the level of a paragraph that is one bold question


def read_markdown(text: str) -> Reading:
    """Return the passages of a text."""
    blocks = list(blocks_of_markdown(text))
    return passages_of(blocks, next((block.text for block in blocks if block.level == 1), ""))


def blocks_of_markdown(text: str, place: str = "") -> Iterator[Block]:
    """Yield the blocks of a text; without a `place` each has its line."""
    level, items, first = 0, 0, True
    for token in MarkdownIt("commonmark", {"html": True}).enable("table").parse(text):
        line = place or f"line {token.map[0] + 1}" if token.map else place
        if token.type == "heading_open":
            level = int(token.tag[1:])
        elif token.type == "list_item_open":
            items, first = items + 1, True
        elif token.type == "list_item_close":
            items -= 1
        elif token.type == "html_block":
            yield from blocks_of_html(token.content, line)
        elif token.type in ("fence", "code_block"):
            yield Block(one_line(token.content), 0, line)
        elif token.type == "inline":
            words = one_line("".join(_texts(token)))
            bold = not items and _is_bold_question(token, words)
            if words:
                yield Block(words, level or (BOLD_HEADING if bold else -1 if items and first else 0), line)
            level, first = 0, False


def _is_bold_question(token: Token, words: str) -> bool:
    kinds = [child.type for child in token.children or () if child.content or child.type.startswith("strong")]
    return words.endswith("?") and kinds[:1] == ["strong_open"] and kinds[-1:] == ["strong_close"]


def _texts(token: Token) -> Iterator[str]:
    """Yield the pieces of text of an inline token, links with their address."""
    address = ""
    for child in token.children or ():
        if child.type in ("text", "code_inline"):
            yield child.content
        elif child.type in ("softbreak", "hardbreak"):
            yield " "
        elif child.type == "link_open":
            address = str(child.attrs.get("href", ""))
        elif child.type == "link_close" and address.startswith(("https://", "http://")):
            yield f" ({address})"
