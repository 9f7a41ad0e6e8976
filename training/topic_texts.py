"""The texts by which topics are known that hardly anybody has asked for yet (nlu/classification/topic_matcher.py)."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from core.guide_pack import topic_texts_file
from core.settings import Settings
from knowledge.building.source_rows import Row
from nlu.classification.topic_matcher import TopicTexts

FEW = 8  # phrasings below which a topic is known by its own texts, too
SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9])")


def texts_of(row: Row, asked: Sequence[str]) -> TopicTexts:
    """Return the texts of a topic that is asked for in these ways."""
    items = (": ".join(filter(None, (item["name"], item.get("text", "")))) for item in row.list("items"))
    said = (*SENTENCE.split(row["answer"]), *items)
    return TopicTexts(row["key"], tuple(map(plain, (*asked, row["title"]))), tuple(map(plain, said)))


def plain(text: str) -> str:
    """Return a text on one line and without marks."""
    return " ".join(text.replace("**", "").split())


def write_topic_texts(settings: Settings, topics: Sequence[Row], rest: str) -> None:
    """Write the texts of a pack's topics if most of them are hardly asked for; else no file.

    `rest` is the open subject for all that none of them answers, or "".
    """
    few = [row for row in topics if len(row["ask"]) < FEW]
    path = topic_texts_file(settings)
    path.unlink(missing_ok=True)
    if 2 * len(few) > len(topics):
        texts = {"rest": rest, "topics": [vars(texts_of(row, row["ask"])) for row in topics]}
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(texts, ensure_ascii=False, indent=1), encoding="utf-8")
