"""Detects the language of messages that understanding does not know."""

from __future__ import annotations

import re
from functools import lru_cache

from lingua import IsoCode639_1, LanguageDetector, LanguageDetectorBuilder

from nlu.text.code_mixing import is_code_mixed

SURE = 0.95  # confidence of the detector; short English with typing mistakes sometimes reaches 0.9 for another language
MIN_WORDS = 2  # in Latin script; a single word says too little
ENGLISH_FROM = 0.3  # share of words that only English has, from which a message is English whatever the detector says
# Function words of English and of no other language in CODES; "was" and "in" are German too, "do" Portuguese, "is" Dutch. They
# are written out because spaCy's lists come with each language's package, and the French one takes seconds to load.
_WORDS = """
about after again already and another any anyone anything are around because been before being between both but by can cannot
could does doing down during each either else enough every everything few first from get give has have here him his how if
into it its just least less many may might more most much must my never next not nothing now often only other our out own
please rather really same she should since some someone something still such take than that the their them then there these
they this those through too under until up us using very well were what when where whether which while who whole whose why
with without would yet you your
"""
ONLY_ENGLISH = frozenset(_WORDS.split())
# English, and the languages in which the advisor can say a sentence (actions/replies/languages.py). Indonesian, Tagalog and
# Swahili are left out: Hindi and Pidgin in Latin letters, which people mix with English, would be taken for them.
CODES = ("en", "es", "fr", "de", "pt", "it", "nl", "hi", "bn", "ur", "ar", "zh", "ru", "tr", "vi")


def foreign_language(text: str) -> str | None:
    """Return the ISO 639-1 code of the text's language, or None if it is English or not certain."""
    if text.isascii() and (len(text.split()) < MIN_WORDS or is_code_mixed(text) or _is_mostly_english(text)):
        return None
    best = _detector().compute_language_confidence_values(text)[0]
    code = best.language.iso_code_639_1.name.lower()
    return code if code != "en" and best.value >= SURE else None


def may_be_foreign(text: str) -> bool:
    """Return whether a text may be in another language than English, also one that is not among CODES."""
    words = re.findall(r"[a-z']+", text.lower())
    is_too_short = text.isascii() and len(text.split()) < MIN_WORDS
    return not (is_too_short or is_code_mixed(text) or any(word in ONLY_ENGLISH for word in words))


def _is_mostly_english(text: str) -> bool:
    """Return whether enough words are only English: "What is on offer down under?" has the letters of German."""
    words = re.findall(r"[a-z']+", text.lower())
    return sum(word in ONLY_ENGLISH for word in words) >= ENGLISH_FROM * len(words) > 0


@lru_cache(maxsize=1)
def _detector() -> LanguageDetector:
    codes = [getattr(IsoCode639_1, code.upper()) for code in CODES]
    builder = LanguageDetectorBuilder.from_iso_codes_639_1(*codes)
    return builder.with_low_accuracy_mode().with_preloaded_language_models().build()
