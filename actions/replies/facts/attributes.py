"""Words for what a record doesn't hold: first that it isn't known of this thing, then the nearest general fact."""

from __future__ import annotations

from dataclasses import dataclass

from actions.replies.base import (
    ANSWERED,
    DECLINED,
    PERSON,
    Reply,
    in_general,
    paragraphs,
    sources_of,
    topic_buttons,
)
from knowledge.models import OpenSubject, Source, Topic

# For each attribute, what isn't known of one thing and of several.
UNKNOWN = {
    "mode": ("whether {it} is online or in person", "whether {it} are online or in person"),
    "where": ("where {it} is taken", "where {it} are taken"),
    "length": ("how long {it} takes", "how long {it} take"),
    "price": ("what {it} costs", "what {it} cost"),
    "start": ("when {it} starts", "when {it} start"),
    "deadline": ("until when one can apply for {it}",) * 2,
    "seats": ("how many seats {it} has", "how many seats {it} have"),
    "entry": ("what you need to get into {it}",) * 2,
    "exam": ("how {it} is examined or when one passes", "how {it} are examined or when one passes"),
    "language": ("in which language {it} is taught", "in which language {it} are taught"),
    "credits": ("how many credits {it} carries", "how many credits {it} carry"),
    "workload": ("how many hours a week {it} takes", "how many hours a week {it} take"),
    "schedule": ("at which times of the day or week {it} runs", "at which times of the day or week {it} run"),
    "accreditation": ("who accredits {it}",) * 2,
    "scholarship": ("whether there are scholarships or discounts for {it}",) * 2,
    "syllabus": ("what the syllabus of {it} is", "what the syllabus of {it} is"),
    "teachers": ("who teaches {it}",) * 2,
    "contact": ("how to reach whoever gives {it}",) * 2,
    "current": ("whether {it} is still offered", "whether {it} are still offered"),
    "ownership": ("whether {it} is private or public",) * 2,
    "application": ("how one applies for {it}",) * 2,
}


@dataclass(frozen=True)
class Subject:
    """What an attribute is asked of, as it stands in a sentence; `several` if the sentence needs a plural."""

    name: str
    several: bool = False
    source: Source | None = None


def not_known(
    attribute: str,
    subject: Subject,
    general: Topic | OpenSubject | None,
    left_open: str = "",
    bears: bool = True,
) -> Reply:
    """Tell that an attribute isn't known of a thing, the nearest general fact, and whom to ask.

    `left_open` says the first in the words of the question; what is nearest is said after it only if it `bears` on that.
    """
    first = left_open or f"The guide doesn't say {UNKNOWN[attribute][subject.several].format(it=subject.name)}."
    if isinstance(general, OpenSubject):
        last = f"Ask {general.whom}, or talk to a person here."
        buttons = topic_buttons(general.near_topics, person=True)
        text = paragraphs(first, general.nearest if bears else "", last)
        return Reply(text, DECLINED, general.key, (), buttons, whom=general.whom)
    last = "The provider can tell you, or talk to a person here."
    if general is None:
        return Reply(paragraphs(first, last), DECLINED, None, sources_of(subject.source), (PERSON,))
    nearest = in_general(general.answer)
    buttons = (*topic_buttons(general.related[:2]), PERSON)
    outcome = ANSWERED if subject.several else DECLINED  # what holds of all holds of a whole kind
    return Reply(paragraphs(first, nearest, last), outcome, general.key, general.sources, buttons)
