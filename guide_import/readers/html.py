"""HTML: the questions of a FAQPage (schema.org, as JSON-LD), else headings with what stands under them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from lxml import etree, html

from guide_import.errors import FileRefused
from guide_import.records import LONGEST_HEADING, Block, Passage, Reading, one_line, passages_of

DROPPED = frozenset(
    (
        "script",
        "style",
        "nav",
        "footer",
        "aside",
        "form",
        "noscript",
        "template",
        "svg",
        "iframe",
        "button",
        "select",
        "head",
    )
)
HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6, "summary": 7, "dt": 7}
BLOCKS = frozenset(
    (
        "p",
        "div",
        "section",
        "article",
        "main",
        "details",
        "dl",
        "dd",
        "ul",
        "ol",
        "table",
        "tr",
        "td",
        "th",
        "blockquote",
    )
    + ("pre", "body", "html", "figure", "header", "tbody", "thead", "address", "br", "hr")
)
DEEPEST = 200  # elements inside each other
MOST_NODES = 200_000  # values of a JSON-LD tree that are looked at


def read_html(data: bytes, name: str) -> Reading:
    """Return the passages of a page; raises FileRefused."""
    page = _parsed(data, name)
    title = one_line(page.findtext(".//title") or "")
    if found := _questions(page, name):
        return Reading(found, title=title)
    body = next(iter(page.xpath("//main")), None)
    if body is None:
        body = page.find("body") if page.find("body") is not None else page
    blocks = list(_blocks(body, "line"))
    first = next((block.text for block in blocks if block.level == 1), "")
    return passages_of(blocks, first or title)


def blocks_of_html(text: str, place: str) -> list[Block]:
    """Return the blocks of a piece of HTML, such as an answer in an export; all of them stand at `place`."""
    if not text.strip():
        return []
    page = _parsed(text.encode(), place)
    return [Block(block.text, block.level, place) for block in _blocks(page, "line")]


def _parsed(data: bytes, name: str) -> Any:
    encoding = "utf-8"
    try:
        data.decode()
    except UnicodeDecodeError:
        encoding = ""  # the page says which, or lxml guesses
    parser = html.HTMLParser(no_network=True, recover=True, huge_tree=False, encoding=encoding or None)
    try:
        page = html.document_fromstring(data, parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise FileRefused(f"{name}: this is no HTML that can be read ({one_line(str(error))[:120]}).") from None
    return page


def _questions(page: Any, name: str) -> list[Passage]:
    """Return the questions and answers of the page's FAQPage data."""
    found: list[Passage] = []
    for script in page.xpath("//script[@type='application/ld+json']"):
        try:
            tree = json.loads(script.text or "")
        except (ValueError, RecursionError):
            continue  # the page's visible text is read instead
        for question in _of_type(tree, "Question"):
            found += _question(question, f"line {script.sourceline}, FAQPage")
    return found


def _of_type(tree: Any, wanted: str) -> Iterator[dict[str, Any]]:
    left, seen = [tree], 0
    while left and seen < MOST_NODES:
        each, seen = left.pop(), seen + 1
        if isinstance(each, list):
            left += reversed(each)
        elif isinstance(each, dict):
            kinds = each.get("@type")
            if wanted in (kinds if isinstance(kinds, list) else [kinds]):
                yield each
            left += reversed([value for value in each.values() if isinstance(value, (dict, list))])


def _question(question: dict[str, Any], place: str) -> Iterator[Passage]:
    answers = question.get("acceptedAnswer") or question.get("suggestedAnswer") or {}
    answer = answers[0] if isinstance(answers, list) and answers else answers
    text = answer.get("text") if isinstance(answer, dict) else None
    heading = question.get("name") or question.get("text")
    if isinstance(heading, str) and isinstance(text, str) and heading.strip() and text.strip():
        blocks = blocks_of_html(text, place)
        yield Passage(
            one_line(heading),
            tuple(block.text for block in blocks if block.level >= 0),
            tuple(block.text for block in blocks if block.level < 0),
            place=place,
        )


def _blocks(element: Any, counted: str, depth: int = 0) -> Iterator[Block]:
    """Yield the headings, paragraphs and items inside an element, in order."""
    if not isinstance(element.tag, str) or element.tag in DROPPED or depth > DEEPEST:
        return
    place = f"{counted} {element.sourceline}" if element.sourceline else ""
    level = HEADINGS.get(element.tag)
    if level or element.tag == "li":
        text = one_line("".join(_texts(element, depth)))
        if text and (not level or len(text) <= LONGEST_HEADING):
            yield Block(text, level or -1, place)
        elif text:
            yield Block(text, 0, place)
        return
    words = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str) and child.tag not in DROPPED and _is_block(child):
            yield from _paragraph(words, place)
            words = []
            yield from _blocks(child, counted, depth + 1)
        elif isinstance(child.tag, str) and child.tag not in DROPPED:
            words += _texts(child, depth)
        words.append(child.tail or "")
    yield from _paragraph(words, place)


def _is_block(element: Any) -> bool:
    """Return whether an element breaks the line; also one of a sentence that holds such elements."""
    return element.tag in BLOCKS or element.tag in HEADINGS or element.tag == "li" or any(map(_breaks, element))


def _breaks(element: Any) -> bool:
    return isinstance(element.tag, str) and (element.tag in BLOCKS - {"br"} or element.tag in HEADINGS)


def _paragraph(words: list[str], place: str) -> Iterator[Block]:
    if text := one_line("".join(words)):
        yield Block(text, 0, place)


def _texts(element: Any, depth: int = 0) -> list[str]:
    """Return the pieces of text inside an element, links with their address."""
    if not isinstance(element.tag, str) or element.tag in DROPPED or depth > DEEPEST:
        return []
    pieces = [element.text or ""]
    for child in element:
        pieces += [" "] * _is_block(child) + _texts(child, depth + 1)
        pieces.append(child.tail or "")
    address = element.get("href", "") if element.tag == "a" else ""
    if address.startswith(("https://", "http://")) and address not in "".join(pieces):
        pieces.append(f" ({address})")
    return pieces
