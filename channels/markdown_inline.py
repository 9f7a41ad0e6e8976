"""Parser of a line of Markdown: bold, italics, code, links, bare URLs and e-mail addresses, which may be nested.

It follows CommonMark, except where CommonMark loses what people wrote: marks in formulas (`x**2 + y**2`) and in patterns of
files (`src/*.py and lib/*.py`) stay text, marks beside letters of scripts without spaces (`**「重要」**です`) work, a backslash
is a backslash, and URLs are kept whole whatever they contain. The time is linear in the line's length.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Flag
from itertools import accumulate


class Style(Flag):
    """A style of text; styles combine."""

    PLAIN = 0
    BOLD = 1
    ITALIC = 2
    LINK = 4
    CODE = 8


PLAIN, BOLD, ITALIC, LINK, CODE = Style.PLAIN, Style.BOLD, Style.ITALIC, Style.LINK, Style.CODE
MAILTO = "mailto:"
# Where reading stops to look: a mark, or what may begin an address.
STOP = re.compile(r"[*_`\[\\]|(?<![A-Za-z0-9])https?://|(?<![A-Za-z0-9@./-])www\.", re.IGNORECASE)
# An address that people write without its scheme begins with "www." and a name with a dot in it.
URL = re.compile(
    r"(?:https?://|www\.(?=[a-z0-9-]{1,63}\.[a-z]))[^\s<>\"`|\u3001\u3002\uff0c\uff1b\uff1a\uff01\uff1f\uff08\uff09\u300c-\u3011\u201c\u201d]+",
    re.I,
)
TARGET = re.compile(r"https?://[^\s<>]+|(?:mailto|tel):[^\s<>\[\]]+", re.IGNORECASE)
LOCAL = re.compile(r"[A-Za-z0-9.!#$%&'+/=?^{|}~_-]{1,64}$", re.ASCII)
LONGEST_LOCAL = 64  # characters before the @
DOMAIN = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9-])", re.ASCII)
ONE_WORD = re.compile(r"([^\W\d_]{1,64})\*\*(?!\*)")
NOT_BEFORE = ")]}._@;,:!?"  # an underscore that begins something
TRAILING = "?!.,:;'\""  # what ends a sentence rather than an address
ESCAPED = "*_`[]\\"
JOINERS = "-_/\\=+|@#%&^~."  # between two of them a mark is part of a name
BRACKETS = {"(": ")", "[": "]"}


@dataclass(frozen=True)
class Span:
    """A run of text of one style; `url` is set for links only, which have LINK among their styles."""

    kind: Style
    text: str
    url: str = ""

    @property
    def is_bare(self) -> bool:
        """Return True if the text of a link already says where it leads."""
        return self.url in (self.text, MAILTO + self.text)


@dataclass
class _Node:
    """A piece of a line: text, a span of a link, or a run of marks of which `left` may still become styles."""

    text: str
    kind: Style = PLAIN
    url: str = ""
    mark: str = ""
    left: int = 0
    opens: bool = False
    closes: bool = False


def spans_of(line: str) -> tuple[Span, ...]:
    """Parse a line into spans; neighbours of the same style are one span."""
    return tuple(_merged(_styled(_nodes(line, links=True))))


def _nodes(line: str, links: bool) -> list[_Node]:
    """Split a line into pieces; a link's label is split without looking for further `links`."""
    code, pairs, mails = _code_spans(line), _pairs(line) if links else {}, deque(_mails(line) if links else ())
    nodes: list[_Node] = []
    piece: tuple[int, int, list[_Node]] | None
    done = place = 0
    while True:
        stop = STOP.search(line, place)
        while mails and mails[0][0] < done:  # within what was read as something else
            mails.popleft()
        if mails and (stop is None or mails[0][0] <= stop.start()):
            piece = (*(mail := mails.popleft()), [_Node(text := line[slice(*mail)], LINK, MAILTO + text)])
        elif stop is None:
            break
        else:
            piece = _read(line, stop.start(), code, pairs, links)
        if piece is None:
            assert stop is not None
            place = stop.end()
            continue
        begin, place, pieces = piece
        if begin > done:
            nodes.append(_Node(line[done:begin]))
        nodes += pieces
        done = place
    if done < len(line):
        nodes.append(_Node(line[done:]))
    return nodes


def _read(
    line: str, start: int, code: Mapping[int, int], pairs: Mapping[int, int], links: bool
) -> tuple[int, int, list[_Node]] | None:
    """Parse what begins at a stop; return (start, end, pieces), or None if it is only text."""
    mark = line[start]
    if mark == "\\":  # shown as typed, and what follows it is no mark
        end = start + (2 if line[start + 1 : start + 2] in tuple(ESCAPED) else 1)
        return start, end, [_Node(line[start:end])]
    if mark == "`":
        close, length = code.get(start), _run(line, start)
        if close is None:
            return start, start + length, [_Node(line[start : start + length])]
        return start, close, [_Node(_inside(line[start + length : close - length]), CODE)]
    if mark in "*_":
        length = _run(line, start)
        return start, start + length, [_delimiter(line, start, length)]
    if not links:
        return None
    return _link(line, start, pairs) if mark == "[" else _address(line, start)


# --- code -------------------------------------------------------------------------------------------------------------
def _run(line: str, start: int) -> int:
    end = start
    while end < len(line) and line[end] == line[start]:
        end += 1
    return end - start


def _code_spans(line: str) -> dict[int, int]:
    """Return the end of each code span by its start: a run of backticks to the next run of the same length."""
    if "`" not in line:
        return {}
    runs = [run.span() for run in re.finditer(r"`+", line)]
    starts: dict[int, list[int]] = defaultdict(list)
    for start, end in runs:
        starts[end - start].append(start)
    spans, done = {}, 0
    for start, end in runs:
        same = starts[end - start]
        following = bisect_right(same, start)
        if start >= done and following < len(same):
            spans[start] = done = same[following] + end - start
    return spans


def _inside(text: str) -> str:
    """Strip a space on both sides of code, which only separates it from the backticks."""
    return text[1:-1] if text.strip() and text[0] == text[-1] == " " else text


# --- links ------------------------------------------------------------------------------------------------------------
def _pairs(line: str) -> dict[int, int]:
    """Return the place of the closing bracket for the place of each opening one."""
    if "](" not in line:
        return {}
    opened: dict[str, list[int]] = {"(": [], "[": []}
    pairs = {}
    for place, character in enumerate(line):
        if character in BRACKETS:
            opened[character].append(place)
        elif character in ")]":
            waiting = opened["(" if character == ")" else "["]
            if waiting:
                pairs[waiting.pop()] = place
    return pairs


def _link(line: str, start: int, pairs: Mapping[int, int]) -> tuple[int, int, list[_Node]] | None:
    """Parse `[label](target)`; return None for a target of other schemes than those of TARGET."""
    close = pairs.get(start, 0)
    end = pairs.get(close + 1, 0) if close > start + 1 and line[close + 1 : close + 2] == "(" else 0
    if not end or not TARGET.fullmatch(line, close + 2, end) or not line[start + 1 : close].strip():
        return None
    url = line[close + 2 : end]
    label = _merged(_styled(_nodes(line[start + 1 : close], links=False)))
    return start, end + 1, [_Node(node.text, node.kind | LINK, url) for node in label]


def _address(line: str, start: int) -> tuple[int, int, list[_Node]] | None:
    match = URL.match(line, start)
    if not match:
        return None
    url = match.group()
    if line[:start].endswith("**") and "**" in url:  # the bold of an address ends with it
        url = url[: url.index("**")]
    marks = "".join(mark for mark in "*_" if mark in line[:start])  # which may end with it
    url = url[: _whole_address(url, marks)]
    if url[:4].lower() == "www.":
        return start, start + len(url), [_Node(url, LINK, f"https://{url}")]
    return (start, start + len(url), [_Node(url, LINK, url)]) if url[8:] or url[7:].strip("/") else None


def _whole_address(url: str, marks: str) -> int:
    """Return the length of a URL without the punctuation and closing brackets of the sentence around it."""
    opened = {")": url.count("("), "]": url.count("[")}
    closed = {")": url.count(")"), "]": url.count("]")}
    end = len(url)
    while end:
        last = url[end - 1]
        if last in closed and closed[last] > opened[last]:
            closed[last] -= 1
        elif last not in TRAILING and last not in marks:
            break
        end -= 1
    return end


def _mails(line: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each e-mail address, looking around each @."""
    done, at = 0, line.find("@")
    while at > 0:
        local, domain = LOCAL.search(line[max(done, at - LONGEST_LOCAL) : at]), DOMAIN.match(line, at + 1)
        name = local.group().lstrip(".!#$%&'+/=?^{|}~_-") if local else ""
        if name and domain:
            yield at - len(name), domain.end()
            done = domain.end()
        at = line.find("@", max(done, at + 1))


# --- bold and italics -------------------------------------------------------------------------------------------------
def _delimiter(line: str, start: int, length: int) -> _Node:
    """Return a run of stars or underscores; the characters beside it decide if it opens or closes a style."""
    end = start + length
    before, after = line[start - 1 : start] or " ", line[end : end + 1] or " "
    node = _Node(line[start:end], mark=line[start], left=length)
    if before in JOINERS and after in JOINERS or before in "/\\" or after in "/\\":
        return node
    within = _is_word(before) and _is_word(after)
    spaceless = _is_spaceless(before) or _is_spaceless(after)
    node.opens = not after.isspace() and (before.isspace() or spaceless or not _is_word(before) and before not in ")]}")
    node.closes = not before.isspace() and (after.isspace() or spaceless or not _is_word(after))
    if node.mark == "_":
        node.opens = node.opens and not _is_word(before) and before not in NOT_BEFORE
        node.closes = node.closes and not _is_word(after) and after != "(" and not _goes_on(line, end)
    elif within and not spaceless:  # `un**believ**able`, and neither `2*3*4` nor `x**2`
        word = ONE_WORD.match(line, end) if length == 2 and not before.isdigit() else None
        node.opens = word is not None and (len(word[1]) > 1 or line[max(0, start - 2) : start].isalpha() and start > 1)
        node.closes = length > 1 and not after.isdigit()
    elif length == 1 and after == "." and _goes_on(line, end):  # `*.pdf`
        node.opens = False
    return node


def _goes_on(line: str, place: int) -> bool:
    """Return True if a dot and a letter follow, as in the ending of a file's name."""
    return line[place : place + 1] == "." and _is_word(line[place + 1 : place + 2] or " ")


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _is_spaceless(character: str) -> bool:
    """Return True for a character of a script without spaces between words, and for East Asian punctuation."""
    if character < "\u0e00":
        return False
    return (
        "\u0e00" <= character <= "\u0eff"  # Thai, Lao
        or "\u1000" <= character <= "\u11ff"
        and character < "\u10a0"  # Burmese
        or "\u1780" <= character <= "\u17ff"  # Khmer
        or unicodedata.east_asian_width(character) in "WF"
    )


def _styled(nodes: Sequence[_Node]) -> list[_Node]:
    """Style what stands between matching runs of marks; marks that match nothing become text."""
    if not any(node.mark for node in nodes):
        return list(nodes)
    changes = {BOLD: [0] * (len(nodes) + 1), ITALIC: [0] * (len(nodes) + 1)}
    for opener, closer, style in _matches(nodes):
        changes[style][opener + 1] += 1
        changes[style][closer] -= 1
    depths = zip(*(accumulate(changes[style]) for style in (BOLD, ITALIC)), strict=True)
    styled = []
    for node, (bold, italic) in zip(nodes, depths, strict=False):
        style = (BOLD if bold else PLAIN) | (ITALIC if italic else PLAIN)
        text = node.mark * node.left if node.mark else node.text
        styled.append(_Node(text, node.kind | style, node.url))
    return styled


def _matches(nodes: Sequence[_Node]) -> Iterator[tuple[int, int, Style]]:
    """Yield (opener, closer, style) by CommonMark's rules; openers between a pair match nothing any more."""
    waiting: list[int] = []
    bottoms: dict[tuple[str, int, bool], int] = {}  # below which no opener is left for such a closer
    for place, node in enumerate(nodes):
        length = len(node.text)
        while node.closes and node.left:
            key = (node.mark, length % 3, node.opens)
            opener = _opener(nodes, waiting, node, bottoms.get(key, -1))
            if opener is None:
                bottoms[key] = place - 1
                break
            other = nodes[waiting[opener]]
            size = 2 if node.left > 1 and other.left > 1 else 1
            yield waiting[opener], place, BOLD if size == 2 else ITALIC
            node.left -= size
            other.left -= size
            del waiting[opener + (1 if other.left else 0) :]
        if node.opens and node.left:
            waiting.append(place)


def _opener(nodes: Sequence[_Node], waiting: Sequence[int], closer: _Node, bottom: int) -> int | None:
    """Return the index in `waiting` of the nearest opener for a closer, or None."""
    for place in range(len(waiting) - 1, -1, -1):
        if waiting[place] <= bottom:
            return None
        node = nodes[waiting[place]]
        if node.mark != closer.mark or min(node.left, closer.left) == 1 and max(node.left, closer.left) == 2:
            continue
        lengths = len(node.text), len(closer.text)
        both = (node.closes or closer.opens) and sum(lengths) % 3 == 0 and any(length % 3 for length in lengths)
        if not both:
            return place
    return None


def _merged(nodes: Sequence[_Node]) -> Iterator[Span]:
    held: Span | None = None
    for node in nodes:
        if not node.text:
            continue
        if held and (held.kind, held.url) == (node.kind, node.url):
            held = Span(held.kind, held.text + node.text, held.url)
            continue
        if held:
            yield held
        held = Span(node.kind, node.text, node.url)
    if held:
        yield held
