"""Texts, made clean and bounded: what stands in a file may be hostile."""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from catalogue.importing.conversions.base import Also, Unknown, Unreadable, shown

LONG, SHORT = 20_000, 500  # characters of a description, and of all other texts
LONGEST_URL = 2000
SPREADSHEET_ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!")
MARKUP = re.compile(r"<[a-zA-Z/!][^<>]{0,2000}>|&[a-zA-Z#][\w#]{1,30};")
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
_KEPT = "\n\u200c\u200d"  # joiners belong to words of some languages and to emojis
_SUSPICIOUS = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff\ufff0-\uffff]"
)


def clean(value: Any, lines: bool = False) -> str:
    """Return a value as text without control characters and needless spaces; line breaks stay if `lines`."""
    text = value if isinstance(value, str) else _written(value)
    if _SUSPICIOUS.search(text):
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\t", " ")
        text = "".join(sign for sign in text if sign in _KEPT or unicodedata.category(sign) not in _HIDDEN)
    if not lines or "\n" not in text:
        return " ".join(text.split())
    paragraphs = (" ".join(line.split()) for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(paragraphs)).strip()


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (dict, list)):
        raise Unknown("holds parts of its own", "", "name one of them with a dot, as in `provider.name`")
    return str(value)


def as_text(value: Any, longest: int = SHORT, lines: bool = False) -> str | Also:
    """Return a text; one that is too long is cut, with a note. Raises Unreadable for a formula."""
    text = clean(value, lines)
    if text.startswith("="):
        raise Unreadable(f"{shown(text)} is a formula", "save the file with values instead of formulas")
    if text in SPREADSHEET_ERRORS:
        raise Unknown("is an error of the spreadsheet", text)
    if len(text) > longest:
        return Also(
            f"{text[: longest - 1].rstrip()}…", {}, Unknown(f"is longer than {longest:,} characters and was cut", text)
        )
    return text


class _Text(HTMLParser):
    """Collects the text of HTML, a line for each block."""

    BLOCKS = frozenset(
        [
            "p",
            "div",
            "br",
            "li",
            "ul",
            "ol",
            "h1",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "tr",
            "table",
            "section",
            "article",
            "blockquote",
            "dd",
            "dt",
            "hr",
        ]
    )
    LEFT_OUT = frozenset(["script", "style", "template", "noscript"])

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a block, or what is left out."""
        self._skipped += tag in self.LEFT_OUT
        if tag in self.BLOCKS:
            self.parts.append("\n")
        if tag == "li":
            self.parts.append("- ")

    def handle_endtag(self, tag: str) -> None:
        """End a block, or what is left out."""
        self._skipped = max(0, self._skipped - (tag in self.LEFT_OUT))
        if tag in self.BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        if not self._skipped:
            self.parts.append(" ".join(data.split()).join(_edges(data)))


def _edges(data: str) -> tuple[str, ...]:
    """Return what `join` needs to keep a space at each end."""
    return ("", "") if not data else (" " if data[0].isspace() else "", " " if data[-1].isspace() else "")


def from_html(value: Any) -> str | Also:
    """Return the text of HTML, with a line for each block; a text without markup stays as it is."""
    text = value if isinstance(value, str) else clean(value)
    if MARKUP.search(text):
        reader = _Text()
        reader.feed(text[: 10 * LONG])
        reader.close()
        text = "".join(reader.parts)
    return as_text(text, LONG, lines=True)


def as_url(value: Any, base: str) -> str:
    """Return a web address; a relative one begins at `base`. Raises Unknown for one of another kind."""
    text = clean(value).replace(" ", "%20")
    try:
        address = _address(text, base)
        parts = urlsplit(address)
    except ValueError:
        raise Unknown("is no web address", text) from None
    if parts.scheme not in ("http", "https") or not parts.netloc or len(address) > LONGEST_URL:
        raise Unknown("is no web address", text, "" if base else "say where such addresses begin: --url-base")
    return address


def _address(text: str, base: str) -> str:
    """Return an address with its scheme: "www.example.org" has none, "/courses" begins at the base."""
    parts = urlsplit(text)
    if parts.scheme or parts.netloc:
        return text
    if "." in text.split("/")[0] and not text.startswith(("/", ".", "#")) and not base:
        return f"https://{text}"
    return urljoin(base, text) if base else text


def as_type_name(value: Any) -> str:
    """Return the name of a class of a vocabulary in words: "ceterms:LearningProgram" is "Learning program"."""
    name = re.split(r"[/#:]", clean(value).rstrip("/#"))[-1]
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).split()
    return " ".join([words[0], *(word if word.isupper() else word.lower() for word in words[1:])]) if words else ""
