"""Corrections of staff in the form in which training learns them."""

from __future__ import annotations

import json

from conversations.learning.corrections import Correction
from training.lessons import Lesson


def to_lessons(correction: Correction) -> list[Lesson]:
    """Return the lessons of a correction; the id of each is that of the corrected message.

    A topic or an intent is learned as a phrasing. The words for a thing become another of its names. Since a name alone may
    not mend a reading, and a question form is read by rules, a thing and a form become a check, too.
    """
    message_id = str(correction.message_id)
    lessons = []
    if correction.label:
        lessons.append(Lesson(correction.text, correction.intent, correction.topic, message_id))
    if correction.thing and correction.words:
        lessons.append(Lesson(correction.words, id=message_id, name_of=correction.thing))
    if correction.thing or correction.form:
        lessons.append(Lesson(correction.text, id=message_id, thing=correction.thing, form=correction.form))
    return lessons


def to_json_lines(correction: Correction) -> str:
    """Return a correction as lines of a file that `training.lessons.read_lessons` reads."""
    return "".join(json.dumps(lesson.as_json(), ensure_ascii=False) + "\n" for lesson in to_lessons(correction))
