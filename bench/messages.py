"""What the measured conversations say: questions about subjects, searches with names, small talk, as people mix them."""

from __future__ import annotations

import random
from itertools import cycle, islice

SUBJECTS = (
    "what exactly are {them}",
    "do employers care about {them} at all?",
    "will i need a visa for {them}, its only 3 months",
    "how do i know that {them} are accredited",
    "are {them} any cheaper than a degree",
    "i work full time, can i still do {them} in the evening?",
    "can {them} be stacked into a masters later",
    "what are the downsides of {them}",
    "which jobs get better with {them}, i am in retail now",
    "pls tell whats the future of {them} after 5 yrs",
    "are {them} recognised everywhere",
)
THEM = ("micro-credentials", "short courses abroad", "these certificates", "microcredentials", "such programs", "mcs")
SEARCHES = (
    "which universities in {place} offer {field}",
    "i want to study {field} in {place}",
    "what about {field} in {place}, is there something online?",
    "is {place} good for {field}?",
    "compare {place} and {other} for me",
)
PLACES = ("canada", "australia", "the UK", "new zealand", "europe", "germny", "ireland")
FIELDS = ("data analytics", "public health", "cybersecurity", "digital marketing", "education", "engineering", "AI")
SMALL_TALK = (
    "hello there",
    "thanks a lot",
    "ok great",
    "tell me more",
    "yes please",
    "who are you?",
    "what can you do",
)
PEER_SAYS = (
    "hello there",
    "i am very sad",
    "yes that helped a lot",
    "not really",
    "are you a bot?",
    "great",
    "bye for now",
)

# Of every 20 messages; about five of six run an action.
MIX = (("subject", 11), ("search", 5), ("small talk", 4))


def mixed(count: int, seed: int = 7) -> list[str]:
    """So many messages in the usual mix, always the same."""
    chance = random.Random(seed)
    kinds = [kind for kind, times in MIX for _ in range(times)]
    chance.shuffle(kinds)
    return [_message(kind, chance) for kind in islice(cycle(kinds), count)]


def searches(count: int, seed: int = 7) -> list[str]:
    """Messages that name things, so that names, passages and an action are all needed."""
    chance = random.Random(seed)
    return [_message("search", chance) for _ in range(count)]


def to_peer(count: int) -> list[str]:
    """Messages for the assistant that `rasa init` makes, which asks how one feels."""
    return list(islice(cycle(PEER_SAYS), count))


def _message(kind: str, chance: random.Random) -> str:
    if kind == "small talk":
        return chance.choice(SMALL_TALK)
    if kind == "subject":
        return chance.choice(SUBJECTS).format(them=chance.choice(THEM))
    place, other = chance.sample(PLACES, 2)
    return chance.choice(SEARCHES).format(place=place, other=other, field=chance.choice(FIELDS))
