"""Shapes a reply by what was said before: nothing is said twice in a row, and an emergency text only once."""

from __future__ import annotations

from dataclasses import replace
from zlib import crc32

from actions.base import Answer
from actions.context import DialogueState, Understanding
from actions.replies import topics as words
from actions.replies.base import ANSWERED, DECLINED, HANDOFF, SMALLTALK, Reply
from actions.replies.languages import DANGER, LOW, care, in_english
from actions.unanswered import declines_all
from core.contract.intents import ASK_ABOUT, ASK_LANGUAGE, ASK_RECOGNITION, ASK_TOPIC, DISTRESS, FEEL_LOW
from knowledge.errors import UnknownKey
from knowledge.knowledge_base import Knowledge
from knowledge.models import Topic

OWN_CATALOGUE = "own catalogue"  # the row of what is answered from the organisation's own catalogue
IN_ENGLISH = "english"  # mark of the line that says in another language that answers are in English
CARE = {DISTRESS: (DANGER, HANDOFF), FEEL_LOW: (LOW, SMALLTALK)}  # intents that get a line in the person's language
# Before the mark of a paragraph of the last reply and of the one before it; the words and the number of those that are marked.
NOW, BEFORE, LONG, PARAGRAPHS = "now:", "before:", 6, 6
EXTENDED = (ASK_TOPIC, ASK_ABOUT, ASK_RECOGNITION)  # intents whose answers add to their first paragraph
REMEMBERED = 3  # turns back that count as just said
# Responses of domain.yml that have another wording for the second time; the others may be said again.
WORDED_AGAIN = (
    *("utter_greet", "utter_distress", "utter_feel_low", "utter_out_of_scope", "utter_nonsense"),
    *("utter_small_talk", "utter_thank", "utter_praise"),
)


def say(knowledge: Knowledge, answer: Answer, understanding: Understanding, state: DialogueState) -> Answer:
    """Return the answer as it is said after the turns before; `state` is the state before the answer.

    The same reply to the same question is replaced by what more there is, or asks what is missing; the same reply to another
    question says that it was said before.
    """
    reply, question = answer.reply, _mark(understanding)
    of_own = reply.decided_by == OWN_CATALOGUE  # whose list may be the same after other wishes
    to_language = understanding.language and understanding.intent == ASK_LANGUAGE
    must_stand = of_own or to_language or understanding.wanted.any  # a wish for a form is to be kept to
    if _mark(reply) in state.said and not must_stand:
        reply = _again(knowledge, reply) if reply.response or question in state.said else _recalled(knowledge, reply)
    reply = reply if of_own or understanding.wanted.any else _without_repeated(understanding, reply, state)
    marks = (one for one in state.said if not one.startswith((NOW, BEFORE)))
    said = (_mark(answer.reply), question, *marks)[: REMEMBERED * 2]
    said = (*said, *_paragraph_marks(answer.reply, state))
    if understanding.intent in CARE and understanding.language:  # each time: it may be all that is understood
        reply = replace(reply, before=care(understanding.language, *CARE[understanding.intent]))
    elif understanding.speaks and reply.text:
        reply = in_english(reply, understanding.speaks, is_said=IN_ENGLISH in state.said)
        said = (IN_ENGLISH, *(mark for mark in said if mark != IN_ENGLISH))
    return Answer(reply, replace(answer.state, said=said))


def _without_repeated(understanding: Understanding, reply: Reply, before: DialogueState) -> Reply:
    """Return an answer without what it adds to its first paragraph and what was said word for word a moment ago."""
    first, *rest = reply.text.split("\n\n")
    if reply.outcome != ANSWERED or understanding.intent not in EXTENDED or not rest:
        return reply
    said = {one.removeprefix(NOW).removeprefix(BEFORE) for one in before.said}
    kept = [one for one in rest if _paragraph_mark(one) not in said]
    return reply if len(kept) == len(rest) else replace(reply, text="\n\n".join([first, *kept]))


def _paragraph_marks(reply: Reply, before: DialogueState) -> tuple[str, ...]:
    """Return the marks of the paragraphs of this reply and of the one before."""
    now = [NOW + _paragraph_mark(one) for one in reply.text.split("\n\n") if len(one.split()) >= LONG]
    earlier = [BEFORE + one.removeprefix(NOW) for one in before.said if one.startswith(NOW)]
    return (*now[:PARAGRAPHS], *earlier)


def _paragraph_mark(text: str) -> str:
    return f"{crc32(text.encode()):x}"


def _mark(said: Reply | Understanding) -> str:
    """Return a short mark by which a reply or a question is known again, which is all that has to be kept of it."""
    if isinstance(said, Reply):
        return f"{crc32((said.response or said.text).encode()):x}"
    asked = (said.intent, said.topic, said.names, said.left_out, said.nth)
    return f"?{crc32(repr(asked).encode()):x}"


def _again(knowledge: Knowledge, reply: Reply) -> Reply:
    if reply.response:
        return replace(reply, response=f"{reply.response}_again") if reply.response in WORDED_AGAIN else reply
    if reply.outcome == ANSWERED and (topic := _topic(knowledge, reply)):
        return replace(words.beyond(topic, words.more(topic)), decided_by=reply.decided_by)
    if reply.outcome == DECLINED:
        return words.still_unknown(reply)
    return words.said_before(reply) if reply.outcome == ANSWERED else reply


def _recalled(knowledge: Knowledge, reply: Reply) -> Reply:
    if declines_all(knowledge, reply):
        return words.nor_this(reply)
    return words.recalled(reply) if reply.outcome in (ANSWERED, DECLINED) else reply


def _topic(knowledge: Knowledge, reply: Reply) -> Topic | None:
    try:
        return knowledge.topic(reply.topic) if reply.topic else None
    except UnknownKey:  # an open subject
        return None
