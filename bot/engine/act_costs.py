"""Orders what a message may do by what a mistake would cost.

A mistaken answer about courses costs little, since the next question puts it right. A mistaken goodbye, thanks or agreement
drops what the person asked, and a missed cry for help may cost a life.
"""

from __future__ import annotations

from typing import Any

from core.contract.intents import AFFIRM, DENY, DISTRESS, FEEL_LOW, GOODBYE, PRAISE, THANK

DISTRESS_FROM = 0.2  # distress counts from a small share on
# Shares below which an act does not count if there is another. Of 87 held-out phrasings of these acts that are read rightly 3
# have a share below 0.6 (training/evaluation/phrasings, without care.yml). Of 11 turns of conversations that were taken for one
# with less, 10 got a wrong reply (a strict reader, November 2026).
CLEAR_FROM = {
    **dict.fromkeys((FEEL_LOW, "ask_identity"), 0.5),
    **dict.fromkeys((AFFIRM, DENY, GOODBYE, PRAISE, THANK, "disagree", "complain", "abuse", "ask_privacy"), 0.6),
}


def by_cost(ranking: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the ranking of intents (name, confidence) with distress first if its share is large enough, unclear acts last."""
    first = [each for each in ranking if each["name"] == DISTRESS and each["confidence"] >= DISTRESS_FROM]
    rest = [each for each in ranking if each not in first]
    unclear = [
        each for each in rest if each["name"] == DISTRESS or each["confidence"] < CLEAR_FROM.get(each["name"], 0)
    ]
    return [*first, *(each for each in rest if each not in unclear), *unclear]
