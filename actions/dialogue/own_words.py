"""Answers questions about the advisor's own last words: "what do you mean?", "yes or no?", "isn't that a contradiction?"."""

from __future__ import annotations

from dataclasses import replace

from actions.advice.for_field import talked_field
from actions.advice.suggestion import person_of, suggest
from actions.base import Answer
from actions.context import OPEN, DialogueState, Query, Understanding, group_of
from actions.dialogue.intent_answers import answer_query
from actions.dialogue.resolution import MEANT, last_query
from actions.facts.attributes import PLAIN
from actions.recognition import sides
from actions.replies.advice import own_words as words
from actions.replies.advice.suggestion import because, plan_text
from actions.replies.base import ANSWERED, PERSON, Reply
from actions.replies.topics import answer_topic
from actions.unanswered import anything_else
from core.contract.intents import (
    ASK_ADVICE,
    ASK_RECOGNITION,
    ASK_TOPIC,
    CHOOSE_HELP,
    COMPARE,
    DISTRESS,
    FEEL_LOW,
    SUM_UP,
    WANT_PERSON,
)
from core.contract.question_forms import STATEMENT, YES_NO
from knowledge.knowledge_base import Knowledge
from knowledge.models import CredentialType, Industry, Topic

# Codes of nlu/data/about_me.yml.
CONTRADICTION, WHAT_MEAN, YES_OR_NO, SUMMARY, VERDICT = "contradiction", "what-mean", "yes-or-no", "summary", "verdict"
NOT_KNOWN, UNCHANGED = "not-known", "unchanged"
ASKED_OF = ("field", "destination", "type", "institution")  # kinds of which one may have been taken wrongly
UNLIKELY = 0.3  # share below which a message asks about no topic
NEVER = (DISTRESS, FEEL_LOW, WANT_PERSON, SUM_UP)
ACCEPTED = ("recognition", "by-industry", "employers")  # roles of topics about who accepts a credential
ADVISES = (ASK_ADVICE, CHOOSE_HELP)
SURE = 0.7  # share from which a message asks about a topic of its own


def explain(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Say the last answer in other words, or settle it with yes or no, if the message asks for that; None otherwise."""
    asks, last = set(understanding.asks), last_query(state)
    if not asks & {WHAT_MEAN, YES_OR_NO} or understanding.intent in NEVER or {SUMMARY, VERDICT} & asks:
        return None
    if _asks_itself(state, understanding) or set(understanding.names) - set(state.names):
        return None
    settled = (
        last is not None and last.form == YES_NO and not understanding.names and understanding.intent not in ADVISES
    )
    if WHAT_MEAN not in asks and not settled:
        return None
    if state.act in (ASK_ADVICE, SUM_UP) and (found := suggest(knowledge, state.profile)):
        return Answer(Reply(words.i_mean(because(found)), ANSWERED, buttons=(PERSON,)), state)
    return _once_more(knowledge, state, last, YES_OR_NO in asks) if last else None


def admit(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Own that it isn't known, if the message sees that ("so you don't know") after a question left open; None otherwise."""
    topic = state.topic or ""
    if NOT_KNOWN not in understanding.asks or not topic.startswith(OPEN) or understanding.names:
        return None
    return Answer(words.admitted(knowledge.open_subject(topic)), state.offering(WANT_PERSON))


def stand_by(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Say what is advised now, if the message asks whether what it told changes that; None otherwise."""
    found = suggest(knowledge, state.profile) if UNCHANGED in understanding.asks else None
    if found is None or understanding.names or understanding.further:
        return None
    person = person_of(knowledge, state.profile)
    reply = Reply(words.taken_in(plan_text(found, person)), ANSWERED, buttons=(PERSON,))
    return Answer(reply, replace(state, act=ASK_ADVICE, offer=None).offering(WANT_PERSON))


def ask_meant(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Ask what was meant, if a message puts something right in words that name nothing that is known; None otherwise."""
    asks, last = set(understanding.asks), last_query(state)
    puts_right = MEANT in understanding.back and "put-right" in asks
    nothing = not (understanding.names or understanding.about_me or understanding.further or understanding.follows)
    best = understanding.topics[0].share * understanding.confidence if understanding.topics else 0.0
    plain = set(understanding.attributes) <= {"other"} and understanding.form == STATEMENT
    clear = best >= UNLIKELY or understanding.is_answerable or understanding.intent in NEVER
    if last is None or not puts_right or not nothing or not plain or clear:
        return None
    return Answer(words.what_meant([kind for kind in ASKED_OF if set(group_of(kind)) & set(last.names)]), state)


def _once_more(knowledge: Knowledge, state: DialogueState, last: Query, settles: bool) -> Answer | None:
    """Return the last answer in other words; None if nothing at all was known."""
    topic = state.topic or last.topic
    if topic and knowledge.has_topic(topic):
        return _of_topic(knowledge, knowledge.topic(topic), state, settles)
    if topic and topic == anything_else(knowledge):
        return None
    if topic and state.act == ASK_TOPIC:
        return Answer(words.cannot_tell(knowledge.open_subject(topic)), state)
    answer = answer_query(knowledge, last)
    return replace(answer, reply=replace(answer.reply, text=words.once_more(answer.reply.text)))


def _asks_itself(state: DialogueState, understanding: Understanding) -> bool:
    """Return whether a message surely asks about a topic other than that of the last answer."""
    best = understanding.topics[0] if understanding.topics else None
    sure = best is not None and best.share * understanding.confidence >= SURE
    return (
        sure and best is not None and best.key != state.topic and understanding.intent in (ASK_TOPIC, ASK_RECOGNITION)
    )


def _of_topic(knowledge: Knowledge, topic: Topic, state: DialogueState, settles: bool) -> Answer:
    """Return a topic's own text, after a plain yes or no if that is asked for and the guide has one."""
    plain = answer_topic(topic)
    verdicts = [claim for claim in knowledge.claims(topic.key) if claim.form == YES_NO] if settles else []
    yes = next((claim.say for claim in verdicts if words.says_yes(claim.say)), "")
    text = words.settled(yes, topic) if yes else words.in_other_words(plain.text)
    return Answer(replace(plain, text=text), replace(state, brief=False))


def reconcile(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Say how two things that were told go together, if the message sees a contradiction in them; None otherwise."""
    compares = understanding.intent == COMPARE or len(understanding.of("field")) > 1
    compares = compares or bool(set(understanding.attributes) & set(PLAIN))  # "earlier you said ... So is it cheap?"
    if CONTRADICTION not in understanding.asks or not state.act or understanding.intent in NEVER or compares:
        return None
    if SUMMARY in understanding.asks or understanding.further or understanding.nth:
        return None
    roles = knowledge.roles()
    accepted = {f"topic:{roles[role]}" for role in ACCEPTED if role in roles}
    of_acceptance = bool(accepted & set(state.talked[-3:])) or state.act == ASK_RECOGNITION
    industry = _industry(knowledge, understanding, state)
    if of_acceptance or industry is not None and industry.acceptance:
        text = words.both_hold(sides(knowledge), industry, _kind(knowledge, understanding))
        reply = Reply(text, ANSWERED, roles.get("by-industry"), buttons=(PERSON,))
        return Answer(reply, state.offering(WANT_PERSON))
    answers = [answer_query(knowledge, query).reply for query in state.queries[-2:]]
    answers = [one for one in answers if one.outcome == ANSWERED]
    field = talked_field(knowledge, state)
    found = suggest(knowledge, {**state.profile, "field": (field,)}) if field else None
    plan = plan_text(found, person_of(knowledge, state.profile)) if found else ""
    return Answer(words.side_by_side(answers, plan), state.offering(WANT_PERSON))


def _industry(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Industry | None:
    """Return the industry that the message or the last question is about, else None."""
    last = last_query(state)
    keys = [*understanding.of("industry"), *understanding.of("field")]
    keys += [*(last.names.get("industry", ()) if last else ()), *state.names.get("field", ())]
    keys += [*state.profile.get("work_industry", ()), *state.profile.get("field", ())]
    known = [knowledge.industry(key) for key in keys if knowledge.has_name("industry", key)]
    return next((one for one in known if one.acceptance), None)


def _kind(knowledge: Knowledge, understanding: Understanding) -> CredentialType | None:
    """Return the kind of credential that the message sets against what was said, or None."""
    keys = understanding.of("type")
    return knowledge.type(keys[0]) if keys else None
