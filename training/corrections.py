"""Corrections of staff in the form in which training learns them."""

from __future__ import annotations

import json

from conversations.learning.corrections import Correction
from core.contract.intents import ASK_TOPIC
from training.lessons import Lesson


def to_lesson(correction: Correction) -> Lesson:
    """Return the lesson of a correction; its id is that of the corrected message."""
    return Lesson(correction.text, correction.intent or ASK_TOPIC, correction.topic, str(correction.message_id))


def to_json_line(correction: Correction) -> str:
    """Return a correction as a line of a file that `training.lessons.read_lessons` reads."""
    meaning = {"topic": correction.topic} if correction.topic else {"intent": correction.intent}
    lesson = {"text": correction.text, **meaning, "id": str(correction.message_id)}
    return json.dumps(lesson, ensure_ascii=False) + "\n"
