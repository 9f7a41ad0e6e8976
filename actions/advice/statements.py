"""Takes in what a message only says: a farewell, and what a person tells that nothing else could answer."""

from __future__ import annotations

from dataclasses import replace

from actions.advice.advise import give_advice
from actions.advice.for_field import talked_field
from actions.advice.profile import NEVER, OWN, ROLE, WHERE, merged, missing, open_question
from actions.advice.requests import ADVICE, ASKS_WHERE, GUESS, SUMMARY, SURE, UNANSWERED, UNSURE
from actions.advice.suggestion import person_of, steps, suggest
from actions.base import Answer
from actions.context import DialogueState, Understanding
from actions.replies.advice import statements as said
from actions.replies.advice import suggestion as words
from actions.replies.advice.questions import QUESTIONS, QUESTIONS_FOR, offer_by_role
from actions.replies.advice.steps import one_thing_to_do
from actions.replies.base import ANSWERED, CLARIFY, DECLINED, Reply
from actions.unanswered import declines_all
from core.contract.intents import (
    AFFIRM,
    ASK_ADVICE,
    ASK_RECOGNITION,
    ASK_TOPIC,
    DENY,
    FIND_PROGRAMS,
    GOODBYE,
    GREET,
    NONSENSE,
    NOT_UNDERSTOOD,
    OUT_OF_SCOPE,
    PRAISE,
    REFINE,
    SUM_UP,
    THANK,
    WANT_PERSON,
)
from core.contract.question_forms import HOW, HOW_LONG, HOW_MANY, HOW_MUCH, STATEMENT, WHEN, WHY, YES_NO
from knowledge.knowledge_base import Knowledge

# Codes of nlu/data/about_me.yml.
FAREWELL, GOOD_DAY, THANKS, KIND_WORD, USELESS = "farewell", "good-day", "thanks", "kind-word", "useless"
DISAGREE = "disagree"  # an intent
GOODBYE_RESPONSE, THANKS_RESPONSE = "utter_goodbye", "utter_thank"  # of domain.yml
# What thanks with a word about the weather may be taken for, and a complaint that nothing helped.
BESIDE_THANKS = (OUT_OF_SCOPE, NONSENSE, NOT_UNDERSTOOD, "small_talk")
WISHING = (GREET, GOODBYE, THANK, PRAISE, *BESIDE_THANKS)
CHATTING = (GREET, PRAISE, *BESIDE_THANKS)
# Forms of questions that no advice answers, and what such a question asks if it seeks a course all the same.
OF_ITS_OWN, MAY_WISH = (YES_NO, HOW, HOW_MUCH, HOW_LONG, HOW_MANY, WHEN, WHY), {"exists"}
UNKNOWN_TO_ALL = 0.05  # probability below which no topic is asked by one who says thanks
LEAVES, THANKED, REMARKS = "leaves", "thanked", "remarks"  # how a message ends (nlu/extraction/person/closing.py)
KEEPS_ITS_ANSWER = (*NEVER, AFFIRM, DENY, SUM_UP, DISAGREE, "complain", "abuse", FIND_PROGRAMS)
PAUSE, IN_FIELD, STORY, HOW_ARE_YOU, NAME_YOU = "pause", "in-field", "story", "how-are-you", "name-you"


def say_goodbye(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Say goodbye to one who leaves and asks nothing, whatever else was said on the way; None otherwise."""
    leaves = FAREWELL in understanding.asks and understanding.intent not in NEVER
    polite = understanding.intent in WISHING or understanding.intent == ASK_TOPIC and not _is_asked(understanding)
    wishes = GOOD_DAY in understanding.asks and bool(state.said) and polite
    ends = leaves and understanding.form == STATEMENT or wishes
    if not ends or {SUMMARY, UNANSWERED} & set(understanding.asks) or understanding.further:
        return None
    return Answer(Reply(response=GOODBYE_RESPONSE), state) if wishes or understanding.intent != GOODBYE else None


def end_softly(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Answer a message that only ends the conversation or remarks on it, whatever nouns stand in it; None otherwise."""
    ends = next((code for code in (LEAVES, THANKED, REMARKS) if code in understanding.asks), "")
    asks = {SUMMARY, UNANSWERED, ADVICE, USELESS} & set(understanding.asks)
    chooses = understanding.names and (understanding.brief or open_question(state) in understanding.names)
    if not ends or asks or chooses or understanding.intent in KEEPS_ITS_ANSWER or not state.said:
        return None
    if ends == LEAVES:
        return Answer(Reply(response=GOODBYE_RESPONSE), state)
    if understanding.brief and ends == THANKED:
        return None  # thanks and no more, which have an answer of their own
    reply = said.take_your_time() if PAUSE in understanding.asks else said.all_the_best(thanked=ends == THANKED)
    return Answer(reply, replace(state, offer=None).offering(SUM_UP))


def offer_for_role(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Offer what there is to know to one who only tells as whom they ask, and is no learner; None otherwise."""
    only_tells = understanding.form == STATEMENT and not understanding.further and understanding.intent not in NEVER
    others = set(understanding.about_me) - {ROLE, OWN, "age", "lives", "origin", "situation"}
    asks = set(understanding.asks) - {STORY, "age-told"}
    if max((one.fit for one in understanding.claims), default=0.0) >= UNSURE:
        return None  # "they ask me whether it replaces a degree"
    if ROLE not in understanding.about_me or not only_tells or others or asks or understanding.of("type"):
        return None
    role = understanding.about_me[ROLE][0]
    return Answer(offer_by_role(role), replace(state, offer=None, advised=(*state.advised, f"{ROLE}:{role}")))


def _is_asked(understanding: Understanding) -> bool:
    """Return whether what was taken for a question may be one: it is likely, names something, or has the form of one."""
    likely = understanding.confidence >= UNSURE
    return likely or bool(understanding.names) or understanding.form != STATEMENT


def take_pause(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Leave one in peace who wants to think about it first or to talk to somebody at home; None otherwise."""
    pauses = PAUSE in understanding.asks and bool(state.said) and understanding.intent not in NEVER
    asks = {SUMMARY, UNANSWERED, ADVICE} & set(understanding.asks)  # which comes first
    named = understanding.names and not understanding.follows  # "I'll put it to my boss" names nothing itself
    if not pauses or asks or named or understanding.further or understanding.form != STATEMENT:
        return None
    return Answer(said.take_your_time(), replace(state, offer=None).offering(SUM_UP))


def say_whom_to_name(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Answer whether to name the advisor as source or author of what somebody writes; None if that isn't asked."""
    asks = NAME_YOU in understanding.asks and understanding.form == YES_NO and not understanding.further
    return Answer(said.name_the_guide(), state) if asks and understanding.intent not in NEVER else None


def say_how_one_is(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Answer one who only asks how the advisor is, whatever they tell of the day beside; None otherwise."""
    beside = {*understanding.names, *understanding.about_me} - {*WHERE, "mood", "lives", "origin", OWN}
    chats = understanding.intent in CHATTING or understanding.intent not in NEVER and understanding.confidence < UNSURE
    asks = HOW_ARE_YOU in understanding.asks and chats and not understanding.further
    return Answer(said.as_ever(amid=bool(state.said)), state) if asks and not beside else None


def take_thanks(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Answer thanks with some chat beside, which nobody has to know anything about; None otherwise."""
    # "good, thanks anyway", "you're not bad, cheers"
    beside = (*BESIDE_THANKS, AFFIRM, DENY, REFINE, ASK_TOPIC, DISAGREE) if understanding.brief else BESIDE_THANKS
    share = understanding.topics[0].share if understanding.topics else 0.0
    # "clear, that goes into my folder, thanks" is like no question that is known
    guessed = (
        understanding.intent == ASK_TOPIC and understanding.confidence * share < UNKNOWN_TO_ALL and bool(state.said)
    )
    thanks = {THANKS, KIND_WORD} & set(understanding.asks) and (understanding.intent in beside or guessed)
    asks = understanding.names or understanding.further or understanding.about_me or understanding.form != STATEMENT
    if not thanks or asks or {SUMMARY, ADVICE} & set(understanding.asks):
        return None
    return Answer(Reply(response=THANKS_RESPONSE), state)


def own_up(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Answer the complaint that nothing was of use with one thing to do, for the field that was talked about; or None."""
    complains = USELESS in understanding.asks and understanding.intent in ("complain", *BESIDE_THANKS)
    if not complains or understanding.names or understanding.further:
        return None
    profile, found = state.profile, suggest(knowledge, state.profile)
    if found is None and (talked := talked_field(knowledge, state)):
        profile = merged(profile, {"field": (talked,)})
        found = suggest(knowledge, profile)
    step = next(iter(steps(knowledge, profile)), None)
    plan = words.plan_text(found, person_of(knowledge, profile)) if found else ""
    if not plan and step is None:
        return None
    return Answer(one_thing_to_do(plan, step), replace(state, offer=None).offering(WANT_PERSON))


def take_in(knowledge: Knowledge, understanding: Understanding, state: DialogueState, given: Answer) -> Answer | None:
    """Take in a message that tells something and would otherwise be declined; None if it asks, or was answered.

    What it says of the person leads to advice. What cannot be used changes nothing in what was found, and the next question
    of the advice is asked.
    """
    if field := _field_asked(knowledge, understanding, given):
        return give_advice(
            knowledge, replace(understanding, about_me={**understanding.about_me, "field": field}), state
        )
    declined = _declined_statement(knowledge, understanding, given, state) or _guessed(understanding, given, state)
    if not declined or not (state.profile or state.advised):
        return _hear(knowledge, understanding, state, given)
    if understanding.about_me:
        wished = _named_wishes(understanding)
        if wished and "field" not in understanding.about_me:
            understanding = replace(understanding, about_me={**understanding.about_me, "field": wished})
        return give_advice(knowledge, understanding, state)
    found = suggest(knowledge, state.profile)
    if (
        found is None and open_question(state) == "field" and understanding.form == STATEMENT
    ):  # "something with people" after "which field?"
        return give_advice(knowledge, understanding, state)
    if found is None or state.act not in (ASK_ADVICE, SUM_UP):
        return _hear(knowledge, understanding, state, given)
    questions = QUESTIONS_FOR if state.profile.get("for_whom") else QUESTIONS
    reply = said.heard(questions.get(missing(state.profile, state.advised, has_field=True), ""))
    after = DialogueState(ASK_ADVICE, None, {"field": (found.field.field.key,)}).offering(WANT_PERSON)
    return Answer(reply, replace(after, profile=state.profile, advised=state.advised))


def _hear(knowledge: Knowledge, understanding: Understanding, state: DialogueState, given: Answer) -> Answer | None:
    """Take in what somebody tells of what happened, to which nothing is known and nothing was asked; None otherwise."""
    unknown = declines_all(knowledge, given.reply) or understanding.intent == NOT_UNDERSTOOD
    statement = understanding.form == STATEMENT and not understanding.further and not understanding.unknown
    if not statement or not (unknown and STORY in understanding.asks or _means_nothing_known(understanding, state)):
        return None
    return Answer(said.heard(""), replace(state, offer=None).offering(ASK_ADVICE))


def _means_nothing_known(understanding: Understanding, state: DialogueState) -> bool:
    """Return whether a statement amid a conversation names nothing and is like no question that is known."""
    topic = understanding.topics[0].share if understanding.topics else 0.0
    nearest = max((one.fit for one in understanding.claims), default=0.0)
    taken_for = understanding.intent in (ASK_TOPIC, ASK_RECOGNITION) and understanding.confidence * topic < GUESS
    plain = not understanding.names and not understanding.asks and not understanding.follows
    return bool(state.said) and plain and taken_for and nearest < UNSURE


def _field_asked(knowledge: Knowledge, understanding: Understanding, given: Answer) -> tuple[str, ...]:
    """Return the one field that a message asks to do something in, where the answer would have nothing on it; or none."""
    out = understanding.left_out.get("field", ())  # "something with computers rather than languages"
    fields = tuple(key for key in understanding.of("field") if key not in out)
    asked = IN_FIELD in understanding.asks and len(fields) == 1 and set(understanding.left_out) <= {"field"}
    nothing_else = set(understanding.names) <= {"field", "industry"} and not understanding.unknown
    return fields if asked and nothing_else and declines_all(knowledge, given.reply) else ()


def _guessed(understanding: Understanding, given: Answer, state: DialogueState) -> bool:
    """Return whether a statement amid advice, which names nothing, was answered by a guess."""
    unsure = understanding.confidence < SURE and understanding.form == STATEMENT and not understanding.names
    unsure = unsure and understanding.intent in (REFINE, *ASKS_WHERE) and not understanding.attributes
    return unsure and given.reply.outcome in (ANSWERED, CLARIFY) and state.act in (ASK_ADVICE, SUM_UP)


def _named_wishes(understanding: Understanding) -> tuple[str, ...]:
    """Return the fields that the message names and that are not the person's own."""
    own = {one for part in ("work_field", "work_industry", "studied") for one in understanding.about_me.get(part, ())}
    return tuple(key for key in understanding.of("field") if key not in own)


def _declined_statement(
    knowledge: Knowledge, understanding: Understanding, given: Answer, state: DialogueState
) -> bool:
    """Return whether a message that asks nothing got nothing but "that isn't in what I know"."""
    declined = declines_all(knowledge, given.reply)
    # "My boss wants me to do it in English" amid advice
    guessed = given.reply.outcome == DECLINED and understanding.form == STATEMENT and state.act in (ASK_ADVICE, SUM_UP)
    share = understanding.topics[0].share if understanding.topics else 0.0
    declined = declined or guessed and understanding.confidence * share < UNSURE
    beyond = given.reply.response == f"utter_{OUT_OF_SCOPE}" or understanding.intent == NOT_UNDERSTOOD
    about = bool(set(understanding.about_me) - {"mood"})  # "what can a man like me learn?"
    # "I also have a baby. Is it possible?" is about what was told
    of_told = understanding.form == YES_NO and understanding.refers and beyond and not understanding.names
    about = about and (
        understanding.form not in OF_ITS_OWN or of_told or bool(MAY_WISH & set(understanding.attributes))
    )
    tells = (understanding.form == STATEMENT or about) and not understanding.names.get("destination")
    of_thing = understanding.form != STATEMENT and bool(understanding.of("institution"))
    return tells and not of_thing and not understanding.unknown and (declined or beyond)
