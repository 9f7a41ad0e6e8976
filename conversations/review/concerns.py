"""Messages of a transcript that deserve a look: those that the filters of a list mean, and those that went badly."""

from __future__ import annotations

from conversations.models import FAILED
from conversations.review.filters import THUMBS, Filters
from conversations.review.transcript import Transcript, TranscriptMessage

UNSURE = 0.5  # confidence below which an understanding is marked


def is_unsure(confidence: float | None) -> bool:
    """Return True if the engine was less confident than UNSURE of what a visitor's message means."""
    return confidence is not None and confidence < UNSURE


def is_concern(entry: TranscriptMessage) -> bool:
    """Return True for a message that got no answer, was hardly understood, or got a thumb down."""
    return entry.message.state == FAILED or is_unsure(entry.confidence) or entry.thumb < 0


def starting_point(transcript: Transcript, filters: Filters) -> str:
    """Return the id of the message that the reader should see first, or "" for the beginning.

    It is the first that the filters of the list mean or, without such filters, the first concern.
    """
    wanted = [entry for entry in transcript.said if _is_meant(entry, filters)]
    concerns = wanted or [entry for entry in transcript.said if is_concern(entry)]
    return f"m{concerns[0].message.id}" if concerns else ""


def _is_meant(entry: TranscriptMessage, filters: Filters) -> bool:
    """Return True if there are filters on facts of a message, and the message meets them all."""
    asked = entry.question or entry
    confidence = asked.confidence
    facts = [
        entry.message.outcome == filters.outcome if filters.outcome else None,
        any(filters.is_of_topic(each.message.topic) for each in (entry, asked)) if filters.topic else None,
        asked.intent == filters.intent if filters.intent else None,
        confidence is not None and confidence < int(filters.confidence) / 100 if filters.confidence else None,
        entry.thumb in THUMBS[filters.feedback] if filters.feedback in THUMBS else None,
    ]
    given = [fact for fact in facts if fact is not None]
    return bool(given) and all(given)
