"""What the measured conversations say: questions about subjects, searches with names, small talk, as people mix them."""

from __future__ import annotations

import random
from collections.abc import Iterable
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
OPENINGS = ("", "hi, ", "ok so ", "pls tell me ", "hmm ", "quick question: ", "sorry, ", "my sister asks: ", "and ")
ENDINGS = ("", "?", " please", " thx", "...", "??", " :)")
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
    """Return `count` messages in the usual mix, always the same; only small talk comes twice in the same words."""
    kinds = [kind for kind, times in MIX for _ in range(times)]
    random.Random(seed).shuffle(kinds)
    return _messages(islice(cycle(kinds), count), random.Random(seed))


def searches(count: int, seed: int = 8) -> list[str]:
    """Return messages with entities, so that entities, passages and an action are all needed."""
    return _messages(["search"] * count, random.Random(seed))


def to_peer(count: int) -> list[str]:
    """Return messages for the assistant that `rasa init` makes, which asks how a person feels."""
    return list(islice(cycle(PEER_SAYS), count))


def _messages(kinds: Iterable[str], chance: random.Random) -> list[str]:
    said: set[str] = set()
    return [chance.choice(SMALL_TALK) if kind == "small talk" else _unsaid(kind, chance, said) for kind in kinds]


def _unsaid(kind: str, chance: random.Random, said: set[str]) -> str:
    """Return a message that has not come yet; there are some thousands of each kind."""
    while True:
        message = chance.choice(OPENINGS) + _question(kind, chance) + chance.choice(ENDINGS)
        if message not in said:
            said.add(message)
            return message


def _question(kind: str, chance: random.Random) -> str:
    if kind == "subject":
        return chance.choice(SUBJECTS).format(them=chance.choice(THEM))
    place, other = chance.sample(PLACES, 2)
    return chance.choice(SEARCHES).format(place=place, other=other, field=chance.choice(FIELDS))
