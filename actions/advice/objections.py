"""Answers doubts and worries that ask nothing: what there is in them, and what stands against them.

"My boss laughed at it", "they are just expensive paper", "hm, I'm not convinced" ask nothing that could be looked up. Whoever
says so is told the side of the matter that they see and the other one, and is given no search and no refusal. What else only
sounds like a request for advice is answered here, too: a checklist to hand out, and somebody's homework.
"""

from __future__ import annotations

from dataclasses import replace

from actions.advice.profile import NEVER, STAFF, first, is_employer, merged, of_learner, seeks_no_work
from actions.advice.suggestion import steps, suggest
from actions.base import Answer
from actions.context import OPEN, DialogueState, Understanding
from actions.recognition import sides
from actions.replies.advice import objections as words
from actions.replies.advice.brief_advice import to_a_worry
from actions.replies.advice.suggestion import employers_text
from actions.replies.base import ANSWERED, CLARIFY, PERSON, Reply, first_sentence, sources_of
from actions.social import respond
from actions.topics import about_topic
from core.contract.intents import (
    ASK_ADVICE,
    ASK_RECOGNITION,
    ASK_TOPIC,
    CHOOSE_HELP,
    NOT_UNDERSTOOD,
    OUT_OF_SCOPE,
    SUM_UP,
    WANT_PERSON,
)
from core.contract.question_forms import HOW, HOW_MUCH, STATEMENT, WHAT, YES_NO
from knowledge.knowledge_base import Knowledge
from knowledge.models import Topic

# Codes of nlu/data/about_me.yml, with the roles of the topics that have the doubt in them.
DOUBTS = {"doubt-worth": "worth", "doubt-quality": "risk-quality", "doubt-employers": "unaware"}
DOUBT, THEY_RIGHT, IN_FAVOUR = "doubt", "they-right", "in-favour"
AGAINST, SUMMARY, BOTH_SIDES = "against", "summary", "for-and-against"  # codes of other requests, which come first
OF_ADVISOR, STORY_OF_OTHERS = "of-advisor", "story-of-others"
EMPLOYERS, BENEFITS, CHALLENGES, HIRED = "employers", "benefits", "challenges", "hired"  # roles
# Roles of topics that speak for it: for who works, for who looks for work, for whoever pays for others, and for who wants none.
FOR_WORKING, FOR_SEEKING = ("goal-promotion", EMPLOYERS, "goal-new-job"), (EMPLOYERS, "goal-new-job", "goal-new-career")
FOR_PAYER, FOR_ITSELF = (EMPLOYERS, "length", "goal-promotion"), ("apart-from-work",)
HOW_FAR, GAIN = "how-far", "gain"  # codes of what a message asks
# Forms in which HOW_FAR is asked; "which fields take them seriously?" asks for names.
OF_DEGREE = (HOW, HOW_MUCH, YES_NO, WHAT)
STORY, AGE_TOLD = "story", "age-told"
# Kinds of names that leave a doubt one about the whole matter: what is doubted, its format, and when something happened.
SUBJECT = {"any", "type", "field", "industry", "mode", "start_from", "start_to"}
MOST_FOR = 3  # arguments that are told where no number is asked for
ACCEPTS = "accepts"  # how an industry sees credentials
SURE = 0.8  # share from which a message is about a topic of its own, whatever it doubts
CHECKLIST, DO_MINE = "checklist", "do-mine"  # codes of what a message asks
CHOOSING = "choosing"  # a role
WORRY, MOOD = "nervous", "mood"
OF_WORRY = {MOOD, "for_whom", "own"}  # what a message may tell that is a worry and nothing more
LISTS = (ASK_ADVICE, CHOOSE_HELP, SUM_UP, ASK_TOPIC, NOT_UNDERSTOOD, OUT_OF_SCOPE)
VAGUE = (ASK_ADVICE, CHOOSE_HELP, NOT_UNDERSTOOD)


def beside_advice(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Return the answer to a message that is no request for advice on a field, or None if it may be one."""
    if DO_MINE in understanding.asks and not set(understanding.names) - {"field", "industry"}:
        return respond(knowledge, replace(understanding, intent=OUT_OF_SCOPE), state)
    if CHECKLIST in understanding.asks and understanding.intent in LISTS:
        return _checklist(knowledge, state)
    return _worry(knowledge, understanding, state)


def _checklist(knowledge: Knowledge, state: DialogueState) -> Answer | None:
    """Return what to look at before one chooses, which holds for whoever the list is for."""
    key = knowledge.roles().get(CHOOSING, "")
    if not knowledge.has_topic(key):
        return None
    answer = about_topic(knowledge, key)
    return replace(answer, state=replace(answer.state, profile=state.profile, advised=state.advised))


def _worry(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Answer a worry that asks nothing with what employers think and what to watch out for, not with a question."""
    told = understanding.about_me
    only = WORRY in told.get(MOOD, ()) and set(told) <= OF_WORRY and understanding.form == STATEMENT
    if not only or understanding.intent in NEVER or understanding.intent not in VAGUE or understanding.further:
        return None
    employers, challenges = (knowledge.roles().get(one, "") for one in (EMPLOYERS, CHALLENGES))
    if not (knowledge.has_topic(employers) and knowledge.has_topic(challenges)):
        return None
    good, risks = knowledge.topic(employers), knowledge.topic(challenges)
    text = to_a_worry(first_sentence(good.answer), risks, steps(knowledge, state.profile))
    reply = Reply(text, ANSWERED, challenges, sources_of(*good.sources, *risks.sources), (PERSON,))
    after = DialogueState(ASK_TOPIC, challenges, state.names, reply.source_keys)
    return Answer(reply, replace(after, profile=merged(state.profile, told), advised=state.advised))


def weigh_doubt(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Say what there is in a doubt that a message tells, or of the last one whether it is right; None without one."""
    asks = set(understanding.asks)
    if understanding.intent in NEVER or understanding.further or {SUMMARY, AGAINST, IN_FAVOUR} & asks:
        return None
    if THEY_RIGHT in asks and not understanding.names and (topic := _doubted(knowledge, state)):
        return _weighed(knowledge, topic, state, asked=True)
    if understanding.form != STATEMENT or set(understanding.names) - SUBJECT:
        return None
    if OF_ADVISOR in asks and (challenges := _of_role(knowledge, CHALLENGES)) and challenges.items:
        reply = Reply(words.of_advisor(challenges), ANSWERED, challenges.key, challenges.sources, (PERSON,))
        return Answer(reply, _after(state, challenges, reply))
    told = next((role for code, role in DOUBTS.items() if code in asks), "")
    topic = _of_role(knowledge, told)
    if topic and not _is_answered(understanding, topic):
        return _weighed(knowledge, topic, state, asked=False)
    return _any_doubt(knowledge, state) if DOUBT in asks and not told else None


def say_how_far(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Tell one who hires how far a credential can be gone by; None if that isn't asked, or not by one who hires."""
    asks = HOW_FAR in understanding.asks and understanding.form in OF_DEGREE and not understanding.further
    asks = asks and understanding.intent not in NEVER and not set(understanding.names) - SUBJECT
    if not asks or not is_employer(state.profile):
        return None
    sign, risk = _of_role(knowledge, EMPLOYERS), _of_role(knowledge, DOUBTS["doubt-quality"])
    if not sign or not risk:
        return None
    text = words.not_all(risk) if understanding.form == YES_NO else words.how_far(sign, risk)
    reply = Reply(text, ANSWERED, sign.key, (*sign.sources, *risk.sources), (PERSON,))
    return Answer(reply, _after(state, sign, reply))


def hear_of_others(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Say what the course of somebody else tells of the next one, if a message only tells what became of them; or None."""
    asks, key = set(understanding.asks), knowledge.roles().get(HIRED, "")
    only_tells = understanding.form == STATEMENT and not understanding.further and not understanding.about_me
    other = asks - {STORY_OF_OTHERS, STORY, AGE_TOLD} or understanding.intent in NEVER
    if STORY_OF_OTHERS not in asks or not only_tells or other or not key.startswith(OPEN):
        return None
    subject = knowledge.open_subject(key)
    reply = Reply(words.one_case(subject), ANSWERED, subject.key, buttons=(PERSON,))
    return Answer(reply, replace(state, act=ASK_TOPIC, topic=subject.key, offer=None))


def argue_for(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Say what speaks for it, to convince the writer or somebody who is against it, if that is asked; None otherwise."""
    asks = set(understanding.asks)
    pays = is_employer(state.profile) or first(state.profile, "for_whom") == STAFF
    gains = GAIN in asks and pays and not set(understanding.names) - SUBJECT  # "what do I get out of it?"
    wanted = IN_FAVOUR in asks or gains
    if not wanted or understanding.intent in NEVER or {AGAINST, BOTH_SIDES} & asks:
        return None
    points = _arguments(knowledge, state)[: understanding.wanted.number or MOST_FOR]
    if not points:
        return None
    topic = _of_role(knowledge, BENEFITS) or _of_role(knowledge, EMPLOYERS)
    reply = Reply(words.in_favour(points), ANSWERED, topic.key if topic else None, topic.sources if topic else ())
    return Answer(replace(reply, buttons=(PERSON,)), _after(state, topic, reply))


def _weighed(knowledge: Knowledge, topic: Topic, state: DialogueState, asked: bool) -> Answer:
    """Return what there is in the doubt that a topic tells of; where that was just told, what can be done about it."""
    again = state.topic == topic.key and not asked
    if again and topic.more:
        text = words.be_sure(topic)
    else:
        text = words.weighed(topic, _other_side(knowledge, topic, state), asked)
    reply = Reply(text, ANSWERED, topic.key, topic.sources, (PERSON,))
    return Answer(reply, _after(state, topic, reply))


def _any_doubt(knowledge: Knowledge, state: DialogueState) -> Answer | None:
    """Return both sides for one who is not convinced, and the question what it is that they doubt; None without sides."""
    both = sides(knowledge)
    if not (both.accepting and both.preferring):  # a guide that tells nothing of employers
        return None
    reply = Reply(words.not_for_everybody(both), CLARIFY, knowledge.roles().get("by-industry"), (), (PERSON,))
    return Answer(reply, replace(state, offer=None))


def _after(state: DialogueState, topic: Topic | None, reply: Reply) -> DialogueState:
    after = DialogueState(ASK_TOPIC, topic.key if topic else None, {}, reply.source_keys)
    return replace(after, profile=state.profile, advised=state.advised).offering(WANT_PERSON)


def _other_side(knowledge: Knowledge, topic: Topic, state: DialogueState) -> str:
    """Return what stands against a doubt: what employers of the person's field do, else where credentials count."""
    found = suggest(knowledge, state.profile)
    if found and found.industry and found.industry.acceptance == ACCEPTS:
        return employers_text(found)
    return words.where_they_count(sides(knowledge)) if not words.has_other_side(topic) else ""


def _arguments(knowledge: Knowledge, state: DialogueState) -> list[str]:
    """Return what speaks for it, that first which is about the person or the staff."""
    found, learner = suggest(knowledge, state.profile), of_learner(state.profile)
    accepted = found is not None and found.industry is not None and found.industry.acceptance == ACCEPTS
    own = [employers_text(found)] if found and accepted and not seeks_no_work(state.profile) else []
    of_staff = first(state.profile, "for_whom") == STAFF or is_employer(state.profile)
    roles: tuple[str, ...] = FOR_WORKING if "work" in learner else FOR_SEEKING
    roles = FOR_PAYER if of_staff else FOR_ITSELF if seeks_no_work(state.profile) else roles
    for role in roles:
        topic = _of_role(knowledge, role)
        own += [first_sentence(topic.answer)] if topic else []
    benefits = _of_role(knowledge, BENEFITS)
    return [*own, *(f"**{one.name}**: {one.text}." for one in (benefits.items if benefits else ()) if one.text)]


def _doubted(knowledge: Knowledge, state: DialogueState) -> Topic | None:
    """Return the topic of the last answer if a doubt leads to it, or one about recognition, else None."""
    roles = knowledge.roles()
    topics = {roles[role] for role in (*DOUBTS.values(), "recognition", EMPLOYERS) if role in roles}
    key = state.topic or ""
    return knowledge.topic(key) if key in topics and knowledge.has_topic(key) else None


def _of_role(knowledge: Knowledge, role: str) -> Topic | None:
    key = knowledge.roles().get(role, "")
    return knowledge.topic(key) if key and knowledge.has_topic(key) else None


def _is_answered(understanding: Understanding, topic: Topic) -> bool:
    """Return whether a message surely is about another topic, or about how an industry that it names sees them."""
    best = understanding.topics[0] if understanding.topics else None
    other = best is not None and best.key != topic.key and best.share * understanding.confidence >= SURE
    return other or understanding.intent == ASK_RECOGNITION and bool(understanding.names)
