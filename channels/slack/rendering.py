"""Replies in Slack's form: Block Kit within its published limits, buttons at the end. Pure.

Limits (Slack's reference of blocks and of chat.postMessage): 50 blocks a message, 3,000 characters a section, 75 of a button's
title; 5 buttons a block by our choice, since more are folded away.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import groupby
from operator import and_
from typing import Any

from channels.guide_links import sources_of
from channels.markdown import BOLD, CODE, ITALIC, LINK, Line, Span, Style, lines_of, plain_text
from channels.platform_texts import FROM_GUIDE
from channels.slack.texts import CHOOSE, CHOSEN, HELPFUL, NOT_HELPFUL
from conversations.learning.feedback import DOWN, UP
from conversations.models import ADVISOR, PERSON, Message
from core.contract.messages import RATED_OUTCOMES
from core.translations import gettext as _

LONGEST_SECTION, LONGEST_TITLE, LONGEST_FALLBACK = 3000, 75, 3000
LONGEST_NOTE, LONGEST_ADDRESS, LONGEST_LABEL = 2000, 2000, 900  # in characters as they are sent
MOST_BLOCKS, BUTTONS_A_BLOCK = 50, 5
CHOOSE_ID, RATE_ID = "choose", "rate"  # action ids begin so
MARKS = {BOLD: "*", ITALIC: "_", CODE: "`"}  # the outer ones first
NO_SPACE = "\u200b"  # Slack reads a mark only at the edge of a word: this is one, and has no width
ELLIPSIS = "\u2026"

Block = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """A message to Slack; `text` is what notifications and screen readers say."""

    blocks: tuple[Block, ...]
    text: str


def render(message: Message, guide: str = "", pack: str = "") -> list[Part]:
    """Return the parts of a message, in order; none if it is empty.

    Sources lead to the guide's public pages below the address `guide`, unless it is ""; `pack` is the guide that answered.
    """
    blocks = [*_sections(_paragraphs(message)), *_sources(sources_of(message, guide, pack))]
    choices = [*_choices(message), *_thumbs(message)]
    if choices and not blocks:
        blocks = [*_sections([_(CHOOSE)])]
    parts = _in_rows([*blocks, *choices], MOST_BLOCKS)
    text = within(escaped(plain_text(message.text)), LONGEST_FALLBACK) or _(CHOOSE)
    return [Part(blocks, text) for blocks in parts]


def blocks_after_choice(blocks: Sequence[Mapping[str, Any]], title: str) -> list[Block]:
    """Return a message's blocks after a choice: a note replaces the choices; the thumbs stay."""
    remaining = [dict(block) for block in blocks if not _has(block, CHOOSE_ID)]
    note = {"type": "context", "elements": [_mrkdwn(f"{_(CHOSEN)}: *{within(escaped(title), LONGEST_NOTE)}*")]}
    thumbs = [block for block in remaining if _has(block, RATE_ID)]
    return [*(block for block in remaining if block not in thumbs), note, *thumbs]


def blocks_after_rating(blocks: Sequence[Mapping[str, Any]], thanks: str) -> list[Block]:
    """Return a message's blocks after a rating: thanks replace the thumbs."""
    remaining = [dict(block) for block in blocks if not _has(block, RATE_ID)]
    return [*remaining, {"type": "context", "elements": [_mrkdwn(escaped(thanks))]}]


def rating_in(action_id: str) -> tuple[int, int] | None:
    """Return (value, message id) of a thumb's action id; None for another action."""
    name, _, rest = action_id.partition(":")
    word, _, number = rest.partition(":")
    value = {"up": UP, "down": DOWN}.get(word)
    is_id = number.isascii() and number.isdigit() and len(number) < 19  # what a database counts to
    return (value, int(number)) if name == RATE_ID and value and is_id else None


def escaped(text: str) -> str:
    """Escape Slack's three special characters, so that what people wrote can neither link nor mention anybody."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _paragraphs(message: Message) -> Iterator[str]:
    """Yield the paragraphs of a message in mrkdwn."""
    if message.author == PERSON and message.author_name:
        yield f"*{escaped(message.author_name)}*"
    yield from _parted(lines_of(message.text))
    for card in message.cards:
        yield from _parted(_card(card))


def _parted(lines: Sequence[Line]) -> Iterator[str]:
    paragraph: list[str] = []
    for line in [*lines, Line(())]:
        if line.spans:
            paragraph.append(_line(line))
        elif paragraph:
            yield "\n".join(paragraph)
            paragraph = []


def _card(card: Mapping[str, Any]) -> list[Line]:
    title, url = str(card.get("title") or ""), str(card.get("url") or "")
    head = Span(LINK, title or url, url) if url.startswith(("https://", "http://")) else Span(BOLD, title)
    text = "\n".join(str(line) for line in (card.get("text"), *(card.get("lines") or ())) if line)
    return [Line((head,)), *(lines_of(text) if text else ())]


def _line(line: Line) -> str:
    mark = {"": "", "-": "\u2022 "}.get(line.mark, f"{line.mark} ")
    return mark + _styled(list(_runs(line.spans)), list(MARKS))


def _runs(spans: Sequence[Span]) -> Iterator[Span]:
    """Yield spans, those of a link's label merged, as a link has one style on Slack."""
    for url, group in groupby(spans, key=lambda span: span.url):
        run = list(group)
        if url and len(run) > 1:
            kinds = [span.kind for span in run]
            run = [Span(reduce(and_, kinds), "".join(span.text for span in run), url)]
        yield from run


def _styled(spans: Sequence[Span], styles: Sequence[Style]) -> str:
    """Return spans with the marks of these styles, the first outermost, around whole runs that have the style."""
    if not styles:
        return "".join(_text(span) for span in spans)
    style, text = styles[0], ""
    for has, group in groupby(spans, key=lambda span: style in span.kind):
        inside = _styled(list(group), styles[1:])
        if text and (text[-1].isalnum() if has else inside[:1].isalnum()):
            text += NO_SPACE
        text += f"{MARKS[style]}{inside}{MARKS[style]}" if has and MARKS[style] not in inside else inside
    return text


def _text(span: Span) -> str:
    text = escaped(span.text)
    return _link(span, text) if span.url else text


def _link(span: Span, text: str) -> str:
    """Return a link short enough for a section, or several with one URL; a URL that is too long becomes text."""
    url = span.url.replace("|", "%7C").replace("<", "%3C").replace(">", "%3E").replace("&", "&amp;")
    if len(url) > LONGEST_ADDRESS:
        return f"{text} ({escaped(span.url)})"
    if span.text == span.url:
        return f"<{url}>"
    return "".join(f"<{url}|{piece}>" for piece in _pieces(text.replace("|", "/"), LONGEST_LABEL))


def _sections(paragraphs: Sequence[str] | Iterator[str]) -> Iterator[Block]:
    """Yield as few sections as hold the paragraphs; cut those that fit none, at a line's end or a space if possible."""
    held = ""
    for piece in (part for paragraph in paragraphs for part in _cut(paragraph)):
        if held and len(held) + 2 + len(piece) > LONGEST_SECTION:
            yield section(held)
            held = ""
        held = f"{held}\n\n{piece}" if held else piece
    if held:
        yield section(held)


def _cut(text: str) -> Iterator[str]:
    while len(text) > LONGEST_SECTION:
        place = _place_to_cut(text[:LONGEST_SECTION])
        yield text[:place]
        text = text[place:].lstrip()
    yield text


def _place_to_cut(head: str) -> int:
    """Return where to cut: at the last line's end or space, never within a link or an escape."""
    end = _link_around(head, len(head)) or len(head)
    place = max(head.rfind("\n", 0, end), head.rfind(" ", 0, end))
    if place <= 0:
        return min(end, _before_escape(head))
    return head.index(">", place) + 1 if _link_around(head, place) is not None else place


def _link_around(head: str, place: int) -> int | None:
    """Return the start of the link that a place is within, or None. Every other "<" is escaped."""
    start = head.rfind("<", 0, place)
    return start if start > head.rfind(">", 0, place) else None


def within(text: str, most: int) -> str:
    """Return the beginning of an escaped text; it does not end within an escape."""
    return next(_pieces(text, most), "")


def _pieces(text: str, most: int) -> Iterator[str]:
    """Yield an escaped text in pieces of at most `most` characters, none of which ends within an escape."""
    while text:
        head = text[:most]
        place = _before_escape(head) if len(text) > most else len(head)
        yield text[:place]
        text = text[place:]


def _before_escape(head: str) -> int:
    """Return the last place at which a text may be cut without cutting an escape."""
    start = head.rfind("&", max(0, len(head) - 5))
    return start if start > 0 and ";" not in head[start:] else len(head)


def _sources(sources: Mapping[str, str]) -> Iterator[Block]:
    titles = [_text(Span(LINK, title, url)) if url else escaped(title) for title, url in sources.items()]
    if sum(map(len, titles)) > LONGEST_NOTE // 2:  # what is cut leads nowhere
        titles = [escaped(title) for title in sources]
    if titles:
        named = f"{escaped(_(FROM_GUIDE))} {', '.join(titles)}"
        yield {"type": "context", "elements": [_mrkdwn(within(named, LONGEST_NOTE))]}


def _choices(message: Message) -> Iterator[Block]:
    buttons = [_button(button.title, f"{CHOOSE_ID}:{button.token}", button.token) for button in message.buttons]
    for row in _in_rows(buttons, BUTTONS_A_BLOCK):
        yield {"type": "actions", "elements": list(row)}


def _thumbs(message: Message) -> Iterator[Block]:
    """Yield the thumbs under a reply of the advisor."""
    if message.author == ADVISOR and message.outcome in RATED_OUTCOMES:
        words = (("up", _(HELPFUL)), ("down", _(NOT_HELPFUL)))
        buttons = [_button(title, f"{RATE_ID}:{word}:{message.id}", word) for word, title in words]
        yield {"type": "actions", "elements": buttons}


def _button(title: str, action_id: str, value: str) -> Block:
    return {
        "type": "button",
        "text": {"type": "plain_text", "text": _short(title.strip() or ELLIPSIS), "emoji": False},
        "action_id": action_id,
        "value": value,
    }


def _in_rows(things: Sequence[Block], most: int) -> list[tuple[Block, ...]]:
    return [tuple(things[start : start + most]) for start in range(0, len(things), most)]


def _short(title: str) -> str:
    return title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1] + ELLIPSIS


def section(text: str) -> Block:
    """Return a block of text in mrkdwn."""
    return {"type": "section", "text": _mrkdwn(text)}


def _mrkdwn(text: str) -> Block:
    """Return a text object; `verbatim`, so that only our own marks become links and mentions."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _has(block: Mapping[str, Any], action: str) -> bool:
    elements = block.get("elements")
    objects = (element for element in elements if isinstance(element, Mapping)) if isinstance(elements, list) else ()
    return any(str(element.get("action_id", "")).startswith(f"{action}:") for element in objects)
