"""Tells of a message whether it is in another language than English, and what it does then: a cry for help comes first."""

from __future__ import annotations

from dataclasses import dataclass

from core.contract.intents import ASK_ABOUT, ASK_LANGUAGE, DISTRESS, FEEL_LOW, GREET
from nlu.encoding.encoder import Encoder
from nlu.message_parts import Reading
from nlu.text.foreign_care import DANGER, LOW, care_in
from nlu.text.language_id import foreign_language

DESCRIBED = (
    "type",
    "destination",
    "institution",
    "provider",
    "program",
)  # kinds of names of which there is something to tell
INTENT_OF = {DANGER: DISTRESS, LOW: FEEL_LOW}
NATIVE = -1.0  # sureness above which a message was understood, whatever language it is in


@dataclass(frozen=True)
class ForeignMessage:
    """What the language of a message makes of it.

    `language` (ISO 639-1) is None for English. `intent` is what it does, whatever was understood, or None if that stands.
    """

    language: str | None
    intent: str | None
    is_english: bool  # and understood as such


def foreign_message(text: str, reading: Reading, best: str, encoder: Encoder) -> ForeignMessage:
    """Return what the language of a message makes of it; `best` is the intent that was understood.

    What is understood by words that English has too is answered, in English; of what is named, the advisor tells at least that.
    """
    care = care_in(text)
    names = [(name.start, name.end) for name in reading.names if name.exact]
    language = foreign_language(text, encoder.is_word, names) or (care.language if care else None)
    is_understood = reading.sureness > NATIVE and best != ASK_LANGUAGE
    intent = None
    if care:
        intent = INTENT_OF[care.kind] if best != DISTRESS else None
    elif language and not is_understood and best not in (GREET, DISTRESS):
        names_something = any(name.exact and name.kind in DESCRIBED for name in reading.names)
        intent = ASK_ABOUT if names_something else ASK_LANGUAGE
    return ForeignMessage(language, intent if intent != best else None, is_understood and not language)
