"""Declines a question that is nearer to what the guide leaves open than to any answer, and names what is unknown.

Winning is not enough for an answer: training finds by how much the best topic must lie above the best open subject
(nlu/classification/classifier.py). A follow-up, a social message, a search and a comparison are never declined so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from actions.base import Answer, AnswerFunction
from actions.claim_answers import SURE, nearest_claim
from actions.claims import ANSWERS
from actions.claims import NEAREST as NEAREST_CLAIM
from actions.context import CATALOGUE_KINDS, OPEN, DialogueState, Ranked, Understanding
from actions.replies import unanswered as words
from actions.replies.base import ANSWERED, CLARIFY, DECLINED, Reply, joined_replies
from actions.replies.claims.answers import shared_words, without_said
from actions.replies.claims.verdicts import side_of, without_side
from actions.said_back import UNCOVERED, agreeing, bears_on, decline_of, is_asked_about, what_is_open, without_answer_to
from core.contract.intents import ASK_BEST_DESTINATION, ASK_RECOGNITION, ASK_TOPIC
from core.contract.question_forms import STATEMENT, WHAT, WHERE, YES_NO
from knowledge.knowledge_base import Knowledge
from knowledge.models import OpenSubject, Topic, TopicLink

NEAR = 0.5  # part of the best topic's share from which the best open subject's own words are said
LIKELY = 0.3  # share from which the best topic is what is generally said of a question about something unknown
SURELY_OPEN = 0.6  # share from which an open subject is told of a question that can be said back
ON_SUBJECT = 0.35  # confidence from which a question that is declined is about what the guide is about
FIRST = 0.15  # the same where that subject is likelier than anything else
SOME = 0.015  # the least that such a topic has of all
NEIGHBOUR = 0.1  # the same where it is asked what the unknown thing is
OF_GUIDE = 0.4  # the same, of the guide's topics among the likeliest, where a name is what the guide doesn't know
COVERED = 0.6  # part of an answer's words that one before it has, from which that answers its question, too
ASKED_THERE = 0.5  # part of the words of a question that an answer has, from which it is about that, too
TOLD = 0.1  # fit of a claim of the topic that was told from which a further question may be answered by it
ALSO_LIKELY = 2  # topics of a further question among which is the one that was declined, if it asks for the same
ALL_OF_TOPIC = 0.75  # share of a topic from which a further question asks for no more than the topic
# Topics, and the share of an open subject, that are asked of a thing that isn't in the guide.
BESIDES, ASKED_BESIDE = 3, 0.1
CLEAR = 0.4  # confidence from which a further question is clear
GUESSING = ("", "as read")  # what decides where nothing else does
NEAREST, WITHOUT_CLAIMS = 2, 3  # topics that a decline offers; the same where no claims tell which topic comes nearest
THINGS = frozenset(CATALOGUE_KINDS) - {"mode"}


def declined(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Return what declines the message if it cannot be answered, else None."""
    unasked = understanding.second or not understanding.topics
    if unasked or understanding.is_answerable:
        return None
    return _decline(knowledge, understanding, state)


def declined_without_names(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Return what declines a message that names nothing of the catalogue, else None; "which is best for that?" goes on."""
    if THINGS & set(understanding.names) or understanding.refers and state.names:
        return None
    return declined(knowledge, understanding, state)


def decline_named(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Return what declines a message that isn't understood, but asks something of a thing that can be said back; else None."""
    of_thing = {"institution", "provider", "program", "type"} & set(understanding.names)
    return _decline(knowledge, understanding, state) if of_thing and decline_of(knowledge, understanding) else None


def naming_unknown(answer_message: AnswerFunction) -> AnswerFunction:
    """Return an answer function that says first which name of the message it knows nothing of."""

    def answer(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
        given = answer_message(knowledge, understanding, state)
        names = [one for one in _unknown(knowledge, understanding) if one not in given.reply.text]
        names = [one for one in names if is_asked_about(one, understanding)]
        if not names or given.reply.outcome != ANSWERED:  # a decline has named it
            return given
        return replace(given, reply=words.generally(given.reply, names, _names(understanding)))

    return answer


def about_open_subject(
    knowledge: Knowledge, understanding: Understanding, state: DialogueState, subject: OpenSubject
) -> Answer:
    """Tell what is left open; if that is anything else, what is unknown by its name, and the nearest topics."""
    # The name, or the question said back, tells more than the subject.
    unlikely = understanding.topics[0].share < _least_of_open(knowledge, understanding)
    if unlikely or subject.key == anything_else(knowledge):
        return _decline(knowledge, understanding, state)
    subject = knowledge.open_subject(agreeing(knowledge, understanding) or subject.key)
    return _left_open(knowledge, understanding, subject, _why(understanding, subject.key, _best(understanding, OPEN)))


def _least_of_open(knowledge: Knowledge, understanding: Understanding) -> float:
    """Return the share from which what the guide says of an open subject stands in a decline."""
    if decline_of(knowledge, understanding):
        return SURELY_OPEN
    return LIKELY if understanding.unknown else 0.0


def with_open_part(knowledge: Knowledge, understanding: Understanding, reply: Reply) -> Reply:
    """Return the word that the guide doesn't have a thing, with what it leaves open of what was asked of the thing.

    "Does my bank's fund pay at X?" asks for two things, and who is only told of X may think that the other one is known.
    """
    roles, rest = knowledge.roles(), anything_else(knowledge)
    likely = [
        one.key for one in understanding.topics[:BESIDES] if one.key.startswith(OPEN) and one.share >= ASKED_BESIDE
    ]
    asked = [roles.get(f"open-{attribute}", "") for attribute in reversed(understanding.attributes)]
    keys = [key for key in (*likely, *asked) if key.startswith(OPEN) and key != rest]
    if not keys and not understanding.unknown:
        return reply
    return words.with_open_part(reply, understanding.unknown, knowledge.open_subject(keys[0]) if keys else None)


def anything_else(knowledge: Knowledge) -> str | None:
    """Return the key of the open subject that stands for all that has none of its own; it is never offered."""
    return knowledge.roles().get("anything-else")


def declines_all(knowledge: Knowledge, reply: Reply) -> bool:
    """Return whether a reply is the refusal that names no subject."""
    return reply.outcome == DECLINED and reply.topic in (None, anything_else(knowledge))


def told_beside(knowledge: Knowledge, first: Answer, question: Understanding, other: Answer) -> Answer:
    """Return the answers to the first and a further question; of one without an answer, or with a guess, that is said."""
    if other.reply.outcome == CLARIFY or other.reply.text in first.reply.text:
        return first
    if _asks_again(question, first.reply, other.reply) or _is_told_where(question, first):
        return first
    answers, _, _ = other.reply.text.partition("\n\n")
    covers = other.reply.topic == first.reply.topic and shared_words(without_side(answers), first.reply.text) >= COVERED
    guessed = _is_guess(question, other.reply) or covers and _is_vague(question, other.reply)
    if covers and other.reply.topic and not guessed:
        return first
    if guessed or declines_all(knowledge, other.reply):
        return without_answer(knowledge, first, question)
    beside = without_said(other.reply, first.reply)
    return replace(other, reply=joined_replies(first.reply, beside)) if beside.text else first


def _asks_again(question: Understanding, first: Reply, other: Reply) -> bool:
    """Return whether a further question has no answer and asks for what was declined already, or states and asks nothing."""
    if other.outcome != DECLINED:
        return False
    same = first.outcome == DECLINED and any(one.key == first.topic for one in question.topics[:ALSO_LIKELY])
    return same or question.form == STATEMENT


def _is_told_where(question: Understanding, first: Answer) -> bool:
    """Return whether a further question asks for no more than the place, which the first answer tells."""
    tells = first.state.act == ASK_BEST_DESTINATION and first.reply.outcome == ANSWERED
    return tells and question.form == WHERE and not question.names


def without_answer(knowledge: Knowledge, first: Answer, question: Understanding) -> Answer:
    """Return the answer to the first question with a word that a further one has none."""
    if (
        question.said and shared_words(question.said, first.reply.text) >= ASKED_THERE
    ):  # "... is there an exam or essay?"
        return first
    topics = {one["topic"] for one in first.reply.claims}
    if any(one.topic in topics and one.covered == 1.0 and one.fit >= TOLD for one in question.claims[:ALSO_LIKELY]):
        return first  # "which universities have them, and on what sites?", which one claim tells
    if question.form == YES_NO and question.refers and side_of(first.reply.text):
        return first  # "I have to keep my licence. Is there some course for that?", to which the yes or no was said
    return replace(first, reply=words.of_the_rest(first.reply, what_is_open(knowledge, question)))


def _is_guess(question: Understanding, reply: Reply) -> bool:
    """Return whether a reply answers a question that is not clear, and no claim or fact surely does."""
    clear = question.confidence >= CLEAR and (
        question.intent != ASK_TOPIC or not question.topics or question.topics[0].share >= CLEAR
    )
    sure = reply.claims and not question.refers and any(claim.fit >= SURE for claim in question.claims)
    return not clear and not sure and reply.decided_by in GUESSING


def _is_vague(question: Understanding, reply: Reply) -> bool:
    """Return whether a reply is no more than the topic that a question is likely about ("How does it stop cheats?")."""
    clear = not question.topics or question.topics[0].share >= ALL_OF_TOPIC
    return not reply.claims and reply.decided_by in GUESSING and not clear


def _decline(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    best, subject = _best(understanding, OPEN), _best_open(understanding)
    why = _why(understanding, subject.key if subject else "", best)
    rest, said = anything_else(knowledge), decline_of(knowledge, understanding)
    first = subject is not None and subject is understanding.topics[0]  # nothing is likelier
    claimed = max((one.fit for one in understanding.claims), default=0.0) >= ANSWERS
    least = FIRST if first and not understanding.unknown and not claimed else LIKELY
    least = max(least, _least_of_open(knowledge, understanding))
    if subject and subject.key != rest and subject.share >= max(least, NEAR * understanding.topics[0].share):
        return _left_open(knowledge, understanding, knowledge.open_subject(subject.key), why)
    other = knowledge.open_subject(rest) if rest else None
    names = _unknown(knowledge, understanding)
    reply = words.declined(
        names,
        other,
        _likely_topic(knowledge, understanding, best),
        nearest_claim(knowledge, understanding, SURE if said else NEAREST_CLAIM),
        list(_nearest(knowledge, understanding, other)),
        why,
        amid=bool(state.said),
        left_open=said or ("" if names else without_answer_to(understanding, "")),
        whom=_whom(knowledge, understanding, other),
    )
    after = DialogueState(ASK_TOPIC, rest, state.names, reply.source_keys)
    return Answer(replace(reply, topic=rest), after.offering("want_person"))


def _whom(knowledge: Knowledge, understanding: Understanding, other: OpenSubject | None) -> str:
    """Return whom to ask what can be said back: those of the likeliest open subject; "" if it may be about anything."""
    if not decline_of(knowledge, understanding) or understanding.confidence < ON_SUBJECT or other is None:
        return ""
    key = agreeing(knowledge, understanding, ASKED_BESIDE)
    return (knowledge.open_subject(key) if key else other).whom.partition(",")[0]


def _left_open(knowledge: Knowledge, understanding: Understanding, subject: OpenSubject, why: words.Why) -> Answer:
    left_open = decline_of(knowledge, understanding)
    bears = bears_on(subject.nearest, left_open)
    reply = words.open_subject(subject, understanding.unknown, subject.near_topics[:NEAREST], why, left_open, bears)
    return Answer(reply, DialogueState(ASK_TOPIC, subject.key).offering("want_person"))


def _likely_topic(knowledge: Knowledge, understanding: Understanding, best: Ranked | None) -> Topic | None:
    """Return the topic that is said in general: likely of all, or beside an unknown name likely of what the guide has."""
    if best is None or not knowledge.has_topic(best.key):
        return None
    of_guide = sum(each.share for each in understanding.topics if not each.key.startswith(OPEN))
    beside_name = understanding.unknown and best.share >= max(SOME, OF_GUIDE * of_guide)
    defined = (
        understanding.form == WHAT and best.share < NEIGHBOUR
    )  # "what is a Joint Award?": a neighbour is no answer
    is_likely = best.share >= LIKELY or beside_name and not defined
    return knowledge.topic(best.key) if is_likely else None


def _best(understanding: Understanding, but: str) -> Ranked | None:
    """Return the best topic whose key doesn't begin so."""
    return next((each for each in understanding.topics if not each.key.startswith(but)), None)


def _best_open(understanding: Understanding) -> Ranked | None:
    return next((each for each in understanding.topics if each.key.startswith(OPEN)), None)


def _nearest(knowledge: Knowledge, understanding: Understanding, subject: OpenSubject | None) -> Iterator[TopicLink]:
    """Yield the guide's likeliest topics, then those that stand beside the open subject, each once."""
    links: dict[str, TopicLink] = {}
    for key in (understanding.second or "", *(each.key for each in understanding.topics)):
        if knowledge.has_topic(key):
            topic = knowledge.topic(key)
            links.setdefault(topic.key, TopicLink(topic.key, topic.title))
    for link in subject.near_topics if subject else ():
        links.setdefault(link.key, link)
    yield from list(links.values())[: NEAREST if understanding.claims else WITHOUT_CLAIMS]


def _unknown(knowledge: Knowledge, understanding: Understanding) -> tuple[str, ...]:
    """Return the names of the message that nobody knows, or that the catalogue knows only as not in the guide."""
    uncovered = [(kind, key) for kind in UNCOVERED for key in understanding.of(kind)]
    others = (knowledge.other_name(*one).name for one in uncovered if not knowledge.has_name(*one))
    return (*understanding.unknown, *others)


def _names(understanding: Understanding) -> bool:
    return bool(THINGS & set(understanding.names)) and understanding.intent not in (ASK_TOPIC, ASK_RECOGNITION)


def _why(understanding: Understanding, nearer: str, best: Ranked | None) -> words.Why:
    return words.Why(understanding.unknown, nearer, best.key if best else "", understanding.answerable)
