"""Replies in Telegram's form: HTML with everything escaped, in parts that fit, buttons under the last one. Pure.

HTML is the platform's safest mode: three characters are special in it, against eighteen in MarkdownV2.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from channels.guide_links import sources_of
from channels.markdown import BOLD, CODE, ITALIC, LINK, PLAIN, Line, Span, Style, lines_of
from channels.platform_texts import FROM_GUIDE
from channels.telegram.message_splitting import Paragraph, paragraphs_of, parts_of
from channels.telegram.texts import CHOOSE, HELPFUL, NOT_HELPFUL
from conversations.learning.feedback import DOWN, UP
from conversations.models import ADVISOR, PERSON, Message
from core.contract.messages import RATED_OUTCOMES
from core.translations import gettext as _

LONGEST_TEXT = 4096  # UTF-16 units after the markup is read
TAGS = {ITALIC: ("<i>", "</i>"), BOLD: ("<b>", "</b>")}  # the inner ones first
THUMB = {UP: "up", DOWN: "down"}


@dataclass(frozen=True)
class Part:
    """A message to Telegram."""

    html: str
    keyboard: InlineKeyboardMarkup | None = None


def render(message: Message, guide: str = "", pack: str = "") -> list[Part]:
    """Return the parts of a message, in order; none if it is empty.

    Sources lead to the guide's public pages below the address `guide`, unless it is ""; `pack` is the guide that answered.
    """
    paragraphs = [
        *_text_paragraphs(message),
        *(each for card in message.cards for each in _card(card)),
        *_sources(sources_of(message, guide, pack)),
    ]
    keyboard = keyboard_of(message)
    if keyboard and not paragraphs:
        paragraphs = paragraphs_of(lines_of(_(CHOOSE)))
    texts = ["\n\n".join(_html(paragraph) for paragraph in part) for part in parts_of(paragraphs, LONGEST_TEXT)]
    return [Part(text, keyboard if number == len(texts) else None) for number, text in enumerate(texts, 1)]


def keyboard_of(message: Message) -> InlineKeyboardMarkup | None:
    """Return the choices, one a row, and the thumbs under a reply of the advisor; None if there are neither."""
    rows = [
        [InlineKeyboardButton(button.title.strip() or "...", callback_data=button.token)] for button in message.buttons
    ]
    if message.author == ADVISOR and message.outcome in RATED_OUTCOMES:
        rated = ((UP, _(HELPFUL)), (DOWN, _(NOT_HELPFUL)))
        rows.append(
            [InlineKeyboardButton(title, callback_data=thumb_data(value, message.id)) for value, title in rated]
        )
    return InlineKeyboardMarkup(rows) if rows else None


def thumb_data(value: int, message_id: int) -> str:
    """Return the callback data of a thumb."""
    return f"{THUMB[value]}:{message_id}"


def thumb_in(data: str) -> tuple[int, int] | None:
    """Return (value, message id) of a thumb's callback data; None for a choice, whose token holds no colon."""
    word, colon, number = data.partition(":")
    value = {word: value for value, word in THUMB.items()}.get(word)
    is_id = number.isascii() and number.isdigit() and len(number) < 19  # what a database counts to
    return (value, int(number)) if colon and value and is_id else None


def remaining_rows(rows: Sequence[Sequence[Mapping[str, Any]]], thumbs: bool) -> list[Sequence[Mapping[str, Any]]]:
    """Return the rows of a keyboard after a press: without thumbs, or without choices."""
    return [row for row in rows if row and bool(thumb_in(str(row[0].get("callback_data")))) != thumbs]


def _text_paragraphs(message: Message) -> list[Paragraph]:
    paragraphs = paragraphs_of([_marked(line) for line in lines_of(message.text)])
    if message.author == PERSON and message.author_name:
        return [(_line(Span(BOLD, message.author_name)),), *paragraphs]
    return paragraphs


def _marked(line: Line) -> Line:
    """Return a line with its list mark as text."""
    if not line.mark:
        return line
    return Line((Span(PLAIN, "\u2022 " if line.mark == "-" else f"{line.mark} "), *line.spans))


def _card(card: Mapping[str, Any]) -> list[Paragraph]:
    """Return a card's paragraphs: title, linked if it has a URL; text; lines."""
    title, url = str(card.get("title") or ""), str(card.get("url") or "")
    head = Span(LINK, title or url, url) if url.startswith(("https://", "http://")) else Span(BOLD, title)
    text = "\n".join(str(line) for line in (card.get("text"), *(card.get("lines") or ())) if line)
    return paragraphs_of([_line(head), *(_marked(line) for line in lines_of(text))])


def _sources(sources: Mapping[str, str]) -> list[Paragraph]:
    spans = [Span(ITALIC, f"{_(FROM_GUIDE)} ")]
    for title, url in sources.items():
        spans += [Span(ITALIC, ", ")] * (len(spans) > 1) + [Span(ITALIC, title, url)]
    return [(_line(*spans),)] if sources else []


def _line(*spans: Span) -> Line:
    return Line(spans)


def _html(paragraph: Sequence[Line]) -> str:
    return "\n".join(_line_html(line) for line in paragraph)


def _line_html(line: Line) -> str:
    """Return a line's HTML; neighbours of one style share a tag, as cutting a long line leaves one span a word."""
    return "".join(_link_html(url, list(group)) for url, group in groupby(line.spans, key=lambda span: span.url))


def _link_html(url: str, spans: Sequence[Span]) -> str:
    """Return the HTML of spans that lead to one URL, or, if it is empty, to none."""
    runs = [(kind, "".join(span.text for span in run)) for kind, run in groupby(spans, key=lambda span: span.kind)]
    text = "".join(_span_html(kind, html.escape(run, quote=False)) for kind, run in runs)
    if url.lower().startswith(("https:", "http:")):
        return f'<a href="{html.escape(url)}">{text}</a>'
    address = url.partition(":")[2]
    if address and address not in "".join(run for _, run in runs):
        return f"{text} ({html.escape(address, quote=False)})"  # Telegram makes links of these by itself
    return text


def _span_html(kind: Style, text: str) -> str:
    if kind == CODE:
        return f"<code>{text}</code>"  # neither within another tag nor around one, by Telegram's rules
    for style, (before, after) in TAGS.items():
        if style in kind:
            text = f"{before}{text}{after}"
    return text
