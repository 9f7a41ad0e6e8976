"""Adds to an answer what its question asked beside: the price, online or not, the best of them, the one for a field.

An answer goes by what is likeliest to be asked. A question may ask one thing more of it in a word ("the cheapest country",
"cybersecurity in Australia online"), and whoever asked must not take the answer for an answer to that, too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from actions.base import Answer
from actions.claim_answers import DIFFERENCE, SURE
from actions.context import OPEN, Understanding
from actions.replies.base import ANSWERED, Reply, first_sentence, in_general, paragraphs, sentences
from actions.replies.programs import none_for, picked
from actions.replies.topics import BEST, MODE, PRICE, speaks_of
from actions.topics import about_topic
from actions.unanswered import anything_else
from core.contract.intents import ASK_ABOUT, ASK_BEST_DESTINATION, ASK_BEST_TYPE, ASK_TOPIC, COMPARE
from core.contract.question_forms import MOST, OR, WHAT, WHICH, YES_NO
from knowledge.knowledge_base import Knowledge
from knowledge.models import Field, Program

ASKING = (ASK_TOPIC, ASK_ABOUT, ASK_BEST_DESTINATION, ASK_BEST_TYPE, COMPARE)
SURELY = 0.8  # share from which what the guide leaves open is asked besides
PRICES, DELIVERY = "prices", "delivery"  # roles of the topics that tell of them
# The role of the open subject that each order of a comparison is about.
ORDERS = {"price": PRICES, "duration": "open-length", "start": "starts", "hours": "workload"}
_NO_RANKING = "The guide ranks none of them above the others."


def with_missed(knowledge: Knowledge, understanding: Understanding, answer: Answer) -> Answer:
    """Return an answer with a sentence on each thing that was asked beside and that it doesn't speak of."""
    reply = answer.reply
    if reply.outcome != ANSWERED or understanding.intent not in ASKING or understanding.follows:
        return answer
    if (left_open := _left_open(knowledge, understanding, reply)) is not None:
        return left_open
    before = [one(knowledge, understanding, reply) for one in (_price, _order)]
    after = [_mode(knowledge, understanding, reply), _ranking(understanding, reply)]
    text = paragraphs(*before, _with_picked(knowledge, understanding, reply.text), *after)
    return replace(answer, reply=replace(reply, text=text)) if text != reply.text else answer


def _left_open(knowledge: Knowledge, understanding: Understanding, reply: Reply) -> Answer | None:
    """Return what is said where the guide leaves open what things are compared by: "is a bootcamp harder?"."""
    best = understanding.topics[0] if understanding.topics else None
    if best is None or understanding.intent != COMPARE or not best.key.startswith(OPEN) or best.share < SURELY:
        return None
    known = best.key in (reply.topic, anything_else(knowledge)) or understanding.form not in (YES_NO, OR, WHICH, MOST)
    return None if known or DIFFERENCE in understanding.attributes else about_topic(knowledge, best.key)


def _price(knowledge: Knowledge, understanding: Understanding, reply: Reply) -> str:
    asked = PRICE in understanding.attributes and BEST in understanding.attributes
    role = knowledge.roles().get(PRICES, "")
    if not asked or not role.startswith(OPEN) or speaks_of(PRICE, reply.text):
        return ""
    return first_sentence(knowledge.open_subject(role).say)


def _order(knowledge: Knowledge, understanding: Understanding, reply: Reply) -> str:
    """Return that the guide leaves open by what things are compared: "which is quicker?"."""
    role = ORDERS.get(next(iter(understanding.of("order")), ""), "")
    key = knowledge.roles().get(role, "") if understanding.intent == COMPARE and len(understanding.names) > 1 else ""
    return first_sentence(knowledge.open_subject(key).say) if key.startswith(OPEN) else ""


def _mode(knowledge: Knowledge, understanding: Understanding, reply: Reply) -> str:
    role = knowledge.roles().get(DELIVERY, "")
    asked = understanding.of(MODE) and understanding.form == YES_NO and understanding.intent != ASK_TOPIC
    if not asked or not knowledge.has_topic(role) or speaks_of(MODE, reply.text):
        return ""
    return f"The guide doesn't say which course is online or in person. {in_general(knowledge.topic(role).answer)}"


def _ranking(understanding: Understanding, reply: Reply) -> str:
    best = BEST in understanding.attributes and understanding.form in (MOST, WHICH)
    if reply.claims and max((one.fit for one in understanding.claims), default=0.0) >= SURE:
        return ""  # "what's the best place to put it?" ranks nothing, and has its answer
    asked = best and understanding.intent in (ASK_TOPIC, ASK_ABOUT)  # the others recommend
    return _NO_RANKING if asked and not speaks_of(BEST, reply.text) else ""


def _with_picked(knowledge: Knowledge, understanding: Understanding, text: str) -> str:
    """Return a topic's text with those of the programs that it lists which are for a field that the message names."""
    fields = understanding.of("field") if understanding.intent == ASK_TOPIC else ()
    programs = knowledge.programs() if fields else []
    parts = text.split("\n\n")
    for at, part in enumerate(parts):
        listed = [program for program in programs if program.name in part]
        for asked in fields:
            found = {program.name: one for program in listed for one in program.fields if one.key == asked}
            if told := _told_of(knowledge, understanding, asked, found, listed):
                parts[at] = (
                    f"{told}\n\n{part}" if part.startswith("- ") else _in_place(told, part, listed if found else [])
                )
                return "\n\n".join(parts)
    return text


def _in_place(told: str, part: str, listed: Sequence[Program]) -> str:
    """Return a paragraph with what is told of the field before it, in place of the sentences that list other programs, too."""
    kept = (one for one in sentences(part) if not any(program.name in one for program in listed))
    return " ".join((told, *kept))


def _told_of(
    knowledge: Knowledge, understanding: Understanding, key: str, found: Mapping[str, Field], listed: Sequence[Program]
) -> str:
    """Return which of the programs that a text lists are for a field, or that none is where one is asked for."""
    if found:
        return picked(next(iter(found.values())), list(found)) if len(found) < len(listed) else ""
    asks_for_one = understanding.form in (WHICH, WHAT, YES_NO) and len(listed) > 1 and knowledge.has_name("field", key)
    answer = knowledge.field_answer(key) if asks_for_one else None
    if answer is None or answer.programs:
        return ""
    near = {field.key for field, _ in answer.near}
    of_listed = (knowledge.field_answer(field.key) for one in listed for field in one.fields)
    alike = any(near & {field.key for field, _ in one.near} for one in of_listed)
    return none_for(answer.field) if alike else ""
