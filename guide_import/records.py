"""Defines what readers find in a file, before anything is made of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

MOST_PASSAGES = 2_000  # of one file
LONGEST_HEADING = 300  # characters; a longer one is a paragraph


@dataclass(frozen=True)
class Passage:
    """A heading or question with the text under it.

    `section` is the heading above it, `place` where it stands ("line 12", "page 3").
    """

    heading: str
    paragraphs: tuple[str, ...]
    items: tuple[str, ...] = ()
    section: str = ""
    place: str = ""


@dataclass(frozen=True)
class LeftOut:
    """Something of a file that nothing was made of, and why."""

    what: str
    place: str
    why: str


@dataclass
class Reading:
    """What a reader found in a file; `title` is the file's own."""

    passages: list[Passage] = field(default_factory=list)
    left: list[LeftOut] = field(default_factory=list)
    title: str = ""


@dataclass(frozen=True)
class Block:
    """A piece of a document: a heading of a level from 1 on, a paragraph (level 0), or an item of a list (level -1)."""

    text: str
    level: int = 0
    place: str = ""


def passages_of(blocks: Iterable[Block], title: str = "") -> Reading:
    """Return the passages of a document: each heading with what stands under it, until the next one."""
    reading = Reading(title=title)
    above: list[Block] = []  # the headings that a block stands under, the highest first
    held: list[Block] = []
    for block in [*blocks, None]:
        if block is not None and block.level <= 0:
            held.append(block)
            continue
        if held:
            reading.passages += _passage(above, held, title, reading)
        held = []
        if block is not None:
            above = [*(each for each in above if each.level < block.level), block]
    return reading


def _passage(above: list[Block], held: list[Block], title: str, reading: Reading) -> Iterator[Passage]:
    """Yield the passage of the last heading; what stands under none is left out."""
    if not above:
        what = held[0].text
        reading.left.append(LeftOut(what[:80], held[0].place, "it stands under no heading or question"))
        return
    heading = above[-1]
    section = above[-2].text if len(above) > 1 else title
    texts = tuple(block.text for block in held if block.level == 0)
    items = tuple(block.text for block in held if block.level < 0)
    yield Passage(heading.text, texts, items, section, heading.place)


def one_line(text: str) -> str:
    """Return a text with every run of white space as one space."""
    return " ".join(text.split())
