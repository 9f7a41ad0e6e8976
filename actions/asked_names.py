"""Says of a general answer that nothing is known of the thing that was asked about, and what is known of it.

An answer made of a topic or of claims may be about all of its kind. Who asked about one university, country or course must not
take it for an answer about that one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from actions.base import Answer
from actions.context import Understanding
from actions.replies import unanswered as words
from actions.replies.base import ANSWERED, DECLINED, Reply, lower_first
from actions.replies.destinations import with_article
from actions.said_back import what_is_open
from core.contract.intents import ASK_RECOGNITION, ASK_TOPIC, NOT_UNDERSTOOD
from core.contract.question_forms import OR
from knowledge.knowledge_base import Knowledge
from knowledge.models import ProgramCriteria

ASKING = (ASK_TOPIC, ASK_RECOGNITION, NOT_UNDERSTOOD)  # intents whose answers may be general
TYPE = "type"
PLACES = ("destination", "place")
OF_ITS_OWN = ("institution", "provider", "program")  # kinds of things that each do it in their own way
ANY_PLACE = "time-zones"  # role of the topic that tells the same of every two places that lie far apart
LEFT_OPEN = "The guide "  # how a claim begins that tells what is left open
AT_HOME = ("origin", "lives")  # parts of the profile: where one comes from is not what one asks about


@dataclass(frozen=True)
class Thing:
    """What a message names: its name in a sentence, all words by which an answer may speak of it.

    `known` is all that is known of it, where that is its name alone.
    """

    name: str
    spoken: tuple[str, ...]
    known: str = ""


def with_names(
    knowledge: Knowledge, understanding: Understanding, answer: Answer, of_all_types: bool = False
) -> Answer:
    """Return a general answer with a word on the things that the message names and that the answer doesn't speak of.

    `of_all_types` tells that the answer is of all kinds of credential, and so of none in particular.
    """
    reply = answer.reply
    general = bool(reply.claims) or bool(reply.topic)
    if (
        understanding.intent not in ASKING
        or understanding.follows
        or not general
        or reply.outcome not in (ANSWERED, DECLINED)
    ):
        return answer
    kinds = [kind for kind in THINGS if kind != TYPE or of_all_types]  # what holds of all holds of one type, too
    if knowledge.plays(reply.topic, ANY_PLACE):
        kinds = [kind for kind in kinds if kind not in PLACES]
    unspoken = [one for one in _things(knowledge, understanding, kinds) if not _speaks_of(reply, one)]
    if (
        not unspoken
        or _is_described(knowledge, understanding, reply)
        or reply.text.startswith(LEFT_OPEN)
        and reply.claims
    ):
        return answer
    if _chooses_for_one(understanding, reply):
        said = what_is_open(knowledge, understanding)
        return replace(answer, reply=words.open_of_one(reply, [one.name for one in unspoken], said))
    names, known = [one.name for one in unspoken], " ".join(one.known for one in unspoken if one.known)
    told = words.nor_of(reply, known) if reply.outcome == DECLINED else words.not_of(reply, names)
    return replace(answer, reply=told)


def _chooses_for_one(understanding: Understanding, reply: Reply) -> bool:
    """Return whether a claim chooses one of two things for an institution, a provider or a program that was asked about."""
    of_one = any(understanding.of(kind) for kind in OF_ITS_OWN)
    return understanding.form == OR and of_one and bool(reply.claims) and reply.outcome == ANSWERED


def _speaks_of(reply: Reply, thing: Thing) -> bool:
    text = reply.text.lower()
    return any(word.lower() in text for word in thing.spoken)


def _is_described(knowledge: Knowledge, understanding: Understanding, reply: Reply) -> bool:
    """Return whether the reply is of a topic that describes one of the things."""
    described = knowledge.described_by(reply.topic) if reply.topic and knowledge.has_topic(reply.topic) else None
    return described is not None and described[1] in understanding.of(described[0])


def _things(knowledge: Knowledge, understanding: Understanding, kinds: Iterable[str]) -> Iterator[Thing]:
    """Yield what the message names and the catalogue has, except what it leaves out and where the person is from."""
    for kind in kinds:
        for key in understanding.of(kind):
            if key in understanding.left_out.get(kind, ()) or not knowledge.has_name(kind, key):
                continue
            if not _is_home(understanding, kind, key):
                yield THINGS[kind](knowledge, key)


def _is_home(understanding: Understanding, kind: str, key: str) -> bool:
    told: Iterable[str] = (value for part in AT_HOME for value in understanding.about_me.get(part, ()))
    return f"{kind}/{key}" in told or key in told


def _institution(knowledge: Knowledge, key: str) -> Thing:
    found = knowledge.institution(key)
    home = found.destination.short if found.destination else ""
    known = f"The guide only names {found.name} among the institutions in {home}." if home else ""
    return Thing(found.name, (found.name,), known)


def _provider(knowledge: Knowledge, key: str) -> Thing:
    found, programs = knowledge.provider(key), knowledge.programs(ProgramCriteria(providers=(key,)))
    return Thing(found.name, (found.name, *(program.name for program in programs)))


def _program(knowledge: Knowledge, key: str) -> Thing:
    found = knowledge.program(key)
    return Thing(found.name, (found.name,))


def _type(knowledge: Knowledge, key: str) -> Thing:
    found = knowledge.type(key)
    plural = lower_first(found.plural)
    return Thing(plural, (found.name, plural, found.name.split()[-1]))


def _destination(knowledge: Knowledge, key: str) -> Thing:
    found = knowledge.destination(key)
    return Thing(found.short, (found.name, found.short))


def _place(knowledge: Knowledge, key: str) -> Thing:
    found = knowledge.place(key)
    home = found.destination
    return Thing(with_article(found.name), (found.name, *((home.name, home.short) if home else ())))


# The most particular first.
THINGS = {
    "program": _program,
    "institution": _institution,
    "provider": _provider,
    TYPE: _type,
    "destination": _destination,
    "place": _place,
}
