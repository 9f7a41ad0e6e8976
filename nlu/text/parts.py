"""Splits a message into the parts that may ask a question of their own: its sentences, or the clauses of its only one."""

from __future__ import annotations

import re

# Probability, both of the intent and of the topic among topics, from which a part asks a question of its own.
CLEAR_SENTENCE, CLEAR_CLAUSE = 0.4, 0.5
MIN_PART_WORDS = 3  # words that a part needs to be a question of its own
MAX_PARTS = 12  # parts of a message that are read; each costs as much as a message
SENTENCE = re.compile(r"(?<=[.?!;\n])\s+")
CLAUSE = re.compile(r",|;|\band\b|\balso\b|\bplus\b|\bbut\b", re.I)


def split_parts(text: str) -> tuple[list[str], float]:
    """Split a message into sentences, or its only sentence into clauses.

    Returns the parts ([] if there is just one) and the probability from which a part asks a question of its own.
    """
    sentences = [part for part in SENTENCE.split(text) if len(part.split()) >= MIN_PART_WORDS]
    if len(sentences) > 1:
        return sentences[:MAX_PARTS], CLEAR_SENTENCE
    clauses = [part.strip() for part in CLAUSE.split(text) if len(part.split()) >= MIN_PART_WORDS - 1]
    return (clauses[:MAX_PARTS] if len(clauses) > 1 else []), CLEAR_CLAUSE


def clauses_after_first(text: str) -> list[str]:
    """Return the clauses after the first; a single word ("good morning, team") counts only if it asks."""
    return [part for part in CLAUSE.split(text)[1:] if len(part.split()) > 1 or "?" in part and len(part) > 1]
