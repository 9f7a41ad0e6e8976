"""Exports of help centres (JSON): articles of Zendesk, Intercom and Chatwoot, or a plain list of questions and answers."""

from __future__ import annotations

import json
from typing import Any

from guide_import.errors import FileRefused
from guide_import.readers.html import blocks_of_html
from guide_import.readers.markdown import blocks_of_markdown
from guide_import.records import Block, LeftOut, Reading, one_line, passages_of

LISTS = ("articles", "data", "payload", "items", "results")  # where an export keeps its articles
TITLES, BODIES = ("title", "question", "name"), ("body", "content", "answer", "text", "description")
NOT_PUBLISHED = {
    "draft": (True,),
    "state": ("draft",),
    "status": ("draft", "archived", 0, 2),
}  # of Chatwoot: 1 is published
MOST_ARTICLES = 5_000


def read_help_centre(text: str, name: str) -> Reading:
    """Return the passages of an export's articles; raises FileRefused."""
    try:
        tree = json.loads(text)
    except json.JSONDecodeError as error:
        raise FileRefused(f"{name}:{error.lineno}: this is no JSON ({error.msg}).") from None
    except (ValueError, RecursionError):
        raise FileRefused(f"{name}: this JSON goes too deep to be read.") from None
    articles = _articles(tree)
    if articles is None:
        raise FileRefused(f"{name}: no articles were found. An export holds them under one of: {', '.join(LISTS)}.")
    if len(articles) > MOST_ARTICLES:
        raise FileRefused(f"{name}: this export has more than {MOST_ARTICLES:,} articles. Split it.")
    sections, reading = _sections(tree), Reading()
    for number, article in enumerate(articles, 1):
        _take(article, f"article {number}", sections, reading)
    return reading


def _articles(tree: Any) -> list[Any] | None:
    if isinstance(tree, list):
        return tree
    if isinstance(tree, dict):
        for name in LISTS:
            if isinstance(tree.get(name), list):
                return list(tree[name])
            if isinstance(tree.get(name), dict) and (inner := _articles(tree[name])) is not None:
                return inner
    return None


def _sections(tree: Any) -> dict[str, str]:
    """Return the names of the sections of an export by their ids."""
    listed = tree.get("sections", ()) if isinstance(tree, dict) else ()
    return {str(each.get("id")): str(each.get("name", "")) for each in listed if isinstance(each, dict)}


def _take(article: Any, place: str, sections: dict[str, str], reading: Reading) -> None:
    if not isinstance(article, dict):
        reading.left.append(LeftOut(str(article)[:80], place, "it is no article"))
        return
    title, body = (
        next((article[key] for key in keys if isinstance(article.get(key), str)), "") for keys in (TITLES, BODIES)
    )
    title = one_line(title)
    if any(key in article and article[key] in values for key, values in NOT_PUBLISHED.items()):
        reading.left.append(LeftOut(title, place, "it is not published"))
        return
    if not title or not body.strip():
        reading.left.append(LeftOut(title or "an article", place, "its title or its text is missing"))
        return
    place = f"{place}, {article.get('html_url') or article.get('url') or title}"
    is_html = "</" in body or "<br" in body or "<p>" in body
    blocks = blocks_of_html(body, place) if is_html else list(blocks_of_markdown(body, place))
    whole = [
        Block(title, 1, place),
        *(Block(each.text, each.level + 1 if each.level > 0 else each.level, place) for each in blocks),
    ]
    reading.passages += passages_of(whole, _section(article, sections)).passages


def _section(article: dict[str, Any], sections: dict[str, str]) -> str:
    category = article.get("category")
    if isinstance(category, dict):
        return one_line(str(category.get("name", "")))
    return sections.get(str(article.get("section_id", article.get("parent_id", ""))), "")
