"""Messages as HTML; personal data is masked unless it was revealed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from markupsafe import Markup, escape

from channels.markdown import BOLD, CODE, ITALIC, Line, Span, lines_of
from conversations.pii import KINDS, mask, mask_quote
from core.translations import gettext as _

TAGS = {CODE: "code", ITALIC: "em", BOLD: "strong"}  # the inner elements first
MASKED = re.compile(r"\[(" + "|".join(KINDS) + r")\]")

SENTENCE_END = re.compile(r"[.!?](?=\s)")
SAYS_SOMETHING = 3  # words


def as_html(text: str, revealed: bool = False) -> Markup:
    """Return a reply's Markdown as HTML: paragraphs, list items, bold, italics, code and links; anything else is text."""
    html, in_list = [], False
    for line in lines_of(text if revealed else mask(text)):
        if bool(line.mark) != in_list:
            html.append("</ul>" if in_list else '<ul class="said-list">')
            in_list = not in_list
        html.append(_line(line))
    return Markup("").join([*map(Markup, html), Markup("</ul>" if in_list else "")])


def led(text: str) -> Markup:
    """Return a reply as `as_html` does, personal data covered, with its first sentence marked: it is what answers."""
    whole = as_html(text)
    first = next((line for line in lines_of(mask(text)) if line.spans), None)
    if first is None or first.mark:
        return whole
    lead, rest = _first_sentence(first.spans)
    marked = Markup('<p><span class="lead">{}</span>{}</p>').format(_inside(lead), _inside(rest))
    return Markup(whole.replace(_line(first), marked, 1))  # safe: all three are made of escaped text


def _first_sentence(spans: Sequence[Span]) -> tuple[list[Span], list[Span]]:
    """Return the spans of the first sentence that says something, "Yes." not being one, and those of what comes after it."""
    whole = "".join(span.text for span in spans)
    ends = (match.end() for match in SENTENCE_END.finditer(whole))
    left = next((end for end in ends if len(whole[:end].split()) >= SAYS_SOMETHING), len(whole))
    lead, rest = [], []
    for span in spans:
        lead.append(replace(span, text=span.text[:left]))
        rest.append(replace(span, text=span.text[left:]))
        left = max(0, left - len(span.text))
    return [span for span in lead if span.text], [span for span in rest if span.text]


def plain(text: str, revealed: bool = False) -> Markup:
    """Return text as it was typed, escaped; the style sheet keeps its line breaks."""
    return _with_masks(text if revealed else mask(text))


def covered(text: str) -> str:
    """Return text with personal data replaced by its kind in brackets, in the language in use."""
    return MASKED.sub(lambda kind: f"[{_(kind[1])}]", mask(text))


def quoted(words: str, text: str, revealed: bool = False) -> Markup:
    """Return words that stand in a message's text, escaped, and covered where the message covers them."""
    return _with_masks(words if revealed else mask_quote(words, text))


def _inside(spans: Sequence[Span]) -> Markup:
    links = groupby(spans, key=lambda span: span.url)
    return Markup("").join(_link(url, Markup("").join(map(_span, group))) for url, group in links)


def _line(line: Line) -> Markup:
    inside = _inside(line.spans)
    if not line.mark:
        return Markup("<p>{}</p>").format(inside) if line.spans else Markup("")
    number = Markup("") if line.mark == "-" else Markup("{} ").format(line.mark)
    return Markup("<li>{}{}</li>").format(number, inside)


def _link(url: str, inside: Markup) -> Markup:
    link = Markup('<a href="{}" rel="noreferrer noopener" target="_blank">{}</a>')
    return link.format(url, inside) if url else inside


def _span(span: Span) -> Markup:
    inside = _with_masks(span.text)
    for style, tag in TAGS.items():
        if style in span.kind:
            inside = Markup("<{0}>{1}</{0}>").format(Markup(tag), inside)
    return inside


def _with_masks(text: str) -> Markup:
    pieces = MASKED.split(text)  # text and kinds of personal data in turn
    span = Markup('<span class="covered">{}</span>')
    return Markup("").join(span.format(_(piece)) if index % 2 else escape(piece) for index, piece in enumerate(pieces))
