"""Answers in brief from the profile: one thing to begin with, and whether somebody would be hired with it."""

from __future__ import annotations

from dataclasses import replace

from actions.advice.choice import KINDS, weigh
from actions.advice.profile import STAFF, field_key, first, merged, of_learner
from actions.advice.suggestion import person_of, steps, suggest
from actions.asked_names import with_names
from actions.base import Answer
from actions.context import OPEN, DialogueState, Understanding
from actions.replies.advice import brief_advice as brief
from actions.replies.advice import suggestion as words
from actions.replies.advice.choice import suited
from actions.replies.advice.steps import one_line
from actions.replies.advice.suggestion import Suggestion
from actions.replies.base import ANSWERED, PERSON, Reply, first_sentence, lower_first, paragraphs, sources_of
from actions.replies.criteria import amount
from actions.topics import about_topic, found_topic
from core.contract.intents import (
    ASK_ADVICE,
    ASK_TOPIC,
    DISTRESS,
    FEEL_LOW,
    FIND_PROGRAMS,
    NOT_UNDERSTOOD,
    REFINE,
    WANT_PERSON,
)
from core.contract.question_forms import STATEMENT, YES_NO
from knowledge.knowledge_base import Knowledge
from knowledge.models import OpenSubject, Topic

AGAINST = "against"  # a code of what a message asks
CHALLENGES = "challenges"  # the role of the topic that answers it
BESIDE = 0.2  # share from which what the guide leaves open is asked beside the drawbacks
BENEFITS, OF_EACH_SIDE = "benefits", 4  # role of the topic of what speaks for it, and how many of each side are told
FOR_PAYER, FOR_AND_AGAINST = "for-payer", "for-and-against"  # codes of what a message asks
# Roles of the challenges that weigh for whoever pays for others, in their order.
OF_PAYER = ("recognition", "risk-quality", "risk-transfer", "by-industry", "risk-choice", "worth")
OF_LEARNER = ("recognition", "worth", "risk-quality", "by-industry", "risk-transfer")  # the same for who learns
TOO_EXPENSIVE, SUITS, HELPS = "too-expensive", "suits", "helps"  # codes of what a message asks
AGES = "ages"  # role of what is said of the age of those who learn
NEVER_HELPS = (DISTRESS, FEEL_LOW, WANT_PERSON)  # intents that keep their answer, whatever is asked beside
BUDGET, PRICES = "max_price", "prices"  # a kind of names, and the role of the topic of prices
PRICE, SURE = "price", "sure"  # attributes
PLAINLY = 0.8  # share from which a topic other than prices is what a message asks about, whatever sum it names
ACCEPTS, PREFERS_DEGREES = "accepts", "prefers-degrees"  # how an industry sees credentials
ASKED_OTHER = "asked other fields"  # among what advice has said and asked


def hired(knowledge: Knowledge, found: Suggestion | None, state: DialogueState) -> Answer:
    """Answer whether somebody would be hired with what was advised."""
    roles = knowledge.roles()
    general = what_is_said(found_topic(knowledge, roles["hired"])) if "hired" in roles else ""
    helps = what_is_said(found_topic(knowledge, roles["goal-new-job"])) if "goal-new-job" in roles else ""
    text = brief.hired(words.employers_text(found) if found else "", general, helps)
    topic = roles.get("hired")
    after = DialogueState(ASK_ADVICE, None, {"field": (found.field.field.key,)} if found else state.names)
    reply = Reply(text, ANSWERED, topic, buttons=(PERSON,))
    return Answer(reply, replace(after, profile=state.profile, advised=state.advised).offering(WANT_PERSON))


def verdict(knowledge: Knowledge, state: DialogueState, doubted: bool = False) -> Answer:
    """Answer whether to do it at all, or if `doubted` whether it is of no use: by what employers of the field do."""
    found, roles = suggest(knowledge, state.profile), knowledge.roles()
    limit = what_is_said(found_topic(knowledge, roles["hired"])) if "hired" in roles else ""
    text = brief.verdict(found, person_of(knowledge, state.profile), limit, doubted)
    after = DialogueState(
        ASK_ADVICE, None, {"field": (found.field.field.key,)} if found else state.names, choices=state.choices
    )
    reply = Reply(text, ANSWERED, buttons=(PERSON,))
    return Answer(reply, replace(after, profile=state.profile, advised=state.advised).offering(WANT_PERSON))


def suits(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Say whether the one thing that is asked about suits the person, by their field; None if that isn't asked."""
    things = [(kind, key) for kind in KINDS for key in understanding.of(kind)]
    if SUITS not in understanding.asks or len(things) != 1 or understanding.further or understanding.left_out:
        return None
    profile = of_learner(state.profile)
    named = next((key for key in understanding.of("field") if knowledge.has_name("field", key)), "")
    key = named or field_key(knowledge, state.profile)
    if not key or not knowledge.has_name("field", key):
        return None
    wanted = {**profile, "field": (key,)}
    found = suggest(knowledge, {**state.profile, "field": (key,)})
    instead = words.plan_text(found, person_of(knowledge, profile)) if found else ""
    reply = suited(weigh(knowledge, *things[0], wanted), knowledge.field(key), instead)
    (kind, thing), *_ = things
    after = DialogueState(ASK_ADVICE, None, {"field": (key,)}, reply.source_keys, choices={kind: (thing,)})
    return Answer(reply, replace(after, profile=state.profile, advised=state.advised).offering(WANT_PERSON))


def helps(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Say whether such a credential helps the person, by what they aim at and their field; None if that isn't asked.

    Which course it may be is another question, which is offered.
    """
    named = set(understanding.names) <= {"field", "industry"} and not understanding.left_out
    asks = HELPS in understanding.asks and understanding.form == YES_NO and understanding.intent not in NEVER_HELPS
    again = state.advised and not understanding.of("field")  # "would it help?" is about what was advised
    if not asks or not named or understanding.follows or understanding.further or again:
        return None
    roles, profile = knowledge.roles(), of_learner(state.profile)
    own = {key for part in ("work_field", "work_industry", "studied") for key in profile.get(part, ())}
    wished = [key for key in understanding.of("field") if key not in own and knowledge.has_name("field", key)]
    goal = "goal-new-career" if wished else "goal-promotion" if "work" in profile else "goal-new-job"
    role = roles.get(goal, "")
    if not knowledge.has_topic(role):
        return None
    key = next(iter(wished), "") or field_key(knowledge, profile)
    found = suggest(knowledge, {**profile, "field": (key,)}) if key else None
    about = [roles.get(AGES, "")] if understanding.about_me.get("age") else []
    beside = [what_is_said(found_topic(knowledge, one)) for one in (*about, roles.get("hired", "")) if one]
    topic = knowledge.topic(role)
    reply = brief.helps(topic, words.employers_text(found) if found else "", beside)
    after = DialogueState(ASK_ADVICE, None, {"field": (key,)} if key else {}, reply.source_keys)
    told = merged(profile, {"field": tuple(wished[:1])}) if wished else state.profile
    return Answer(reply, replace(after, profile=told, advised=state.advised).offering(ASK_ADVICE))


def argue_against(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Return what speaks against it all, first of the line of work of the person, if a message asks for that; else None."""
    role = knowledge.roles().get(CHALLENGES, "")
    number = understanding.wanted.number
    if FOR_AND_AGAINST in understanding.asks and (weighed := _both_sides(knowledge, role, state, number)):
        return with_names(knowledge, understanding, weighed, of_all_types=True)
    for_payer = FOR_PAYER in understanding.asks and (AGAINST in understanding.asks or understanding.topic == role)
    if understanding.further or not (AGAINST in understanding.asks or for_payer) or not knowledge.has_topic(role):
        return None
    if for_payer or first(state.profile, "for_whom") == STAFF:
        return _against_paying(knowledge, role)
    found, answer = suggest(knowledge, state.profile), about_topic(knowledge, role)
    own = (
        words.employers_text(found) if found and found.industry and found.industry.acceptance == PREFERS_DEGREES else ""
    )
    beside = [one.key for one in understanding.topics[:2] if one.key.startswith(OPEN) and one.share >= BESIDE]
    unknown = what_is_said(found_topic(knowledge, beside[0])) if beside else ""  # "what is against it at my age?"
    text = _first_of(knowledge, role, number, bool(own)) if number else answer.reply.text
    return replace(answer, reply=replace(answer.reply, text=paragraphs(unknown, own, text)))


def _first_of(knowledge: Knowledge, role: str, number: int, prefers_degrees: bool) -> str:
    """Return a number of challenges in the guide's order, but first that some industries prefer degrees for one of these."""
    by_industry = knowledge.roles().get("by-industry") if prefers_degrees else ""
    items = [item for item in knowledge.topic(role).items if item.topic]
    first_ones = sorted(items, key=lambda item: item.topic is None or item.topic.key != by_industry)[:number]
    return brief.first_challenges([f"**{item.name}**: {item.text}" for item in first_ones])


def _both_sides(knowledge: Knowledge, role: str, state: DialogueState, number: int) -> Answer | None:
    """Return as many things that speak for it as against it, those first that are about the person; None without topics."""
    if number == 1 and (one_each := _one_of_each_side(knowledge, role, state)):
        return one_each
    benefits = knowledge.roles().get(BENEFITS, "")
    if not knowledge.has_topic(role) or not knowledge.has_topic(benefits):
        return None
    own_for, own_against = _of_person(knowledge, state)
    in_favour = [*own_for, *_items_first(knowledge, benefits, _goal_topics(knowledge, state))]
    against = [*own_against, *_items_first(knowledge, role, _weighing(knowledge, state, bool(own_against)))]
    count = min(number or OF_EACH_SIDE, len(in_favour), len(against))
    answer, text = about_topic(knowledge, role), brief.sides_listed(in_favour[:count], against[:count])
    sources = sources_of(*knowledge.topic(benefits).sources, *knowledge.topic(role).sources)
    return replace(answer, reply=replace(answer.reply, text=text, sources=sources))


def _of_person(knowledge: Knowledge, state: DialogueState) -> tuple[list[str], list[str]]:
    """Return what speaks for it and against it by the line of work and the aim of the person."""
    found, roles = suggest(knowledge, state.profile), knowledge.roles()
    if found is None:
        return [], []
    of_employers, acceptance = words.employers_text(found), found.industry.acceptance if found.industry else ""
    in_favour = [of_employers] if of_employers and acceptance == ACCEPTS else []
    aim = roles.get(f"goal-{first(state.profile, 'goal')}") or roles.get("goal-new-career", "")
    if knowledge.has_topic(aim) and not in_favour:
        in_favour = [what_is_said(knowledge.topic(aim))]
    return in_favour, [of_employers] if of_employers and acceptance == PREFERS_DEGREES else []


def _goal_topics(knowledge: Knowledge, state: DialogueState) -> list[str]:
    """Return the topics of what the person aims for, whose benefits count most."""
    roles = knowledge.roles()
    return [roles[f"goal-{goal}"] for goal in state.profile.get("goal", ()) if f"goal-{goal}" in roles]


def _weighing(knowledge: Knowledge, state: DialogueState, is_told: bool) -> list[str]:
    """Return the topics of the challenges that weigh most for the person; that of the industry is last where it `is_told`."""
    roles = knowledge.roles()
    wanted = OF_PAYER if first(state.profile, "for_whom") == STAFF else OF_LEARNER
    return [roles[one] for one in wanted if one in roles and not (is_told and one == "by-industry")]


def _items_first(knowledge: Knowledge, key: str, first_ones: list[str]) -> list[str]:
    """Return the items of a topic's list as lines, those of some topics first."""
    items = [item for item in knowledge.topic(key).items if item.text]
    ranked = sorted(
        items,
        key=lambda item: (
            first_ones.index(item.topic.key) if item.topic and item.topic.key in first_ones else len(first_ones)
        ),
    )
    return [f"**{item.name}**: {item.text}" for item in ranked]


def _one_of_each_side(knowledge: Knowledge, role: str, state: DialogueState) -> Answer | None:
    """Return one thing that speaks for it and one against, by the line of work of the person; None if no field is known."""
    found, roles = suggest(knowledge, state.profile), knowledge.roles()
    speaks_for = roles.get("goal-new-career", "")
    if found is None or not knowledge.has_topic(role) or not knowledge.has_topic(speaks_for):
        return None
    of_employers = words.employers_text(found)
    prefers = bool(found.industry and found.industry.acceptance == PREFERS_DEGREES)
    first_item = knowledge.topic(role).items[0]
    in_favour = of_employers if of_employers and not prefers else what_is_said(knowledge.topic(speaks_for))
    against = of_employers if prefers else f"{lower_first(first_item.name)}: {first_item.text}."
    answer = about_topic(knowledge, role)
    return replace(answer, reply=replace(answer.reply, text=brief.both_sides(in_favour, against)))


def _against_paying(knowledge: Knowledge, role: str) -> Answer:
    """Return what speaks against it for whoever pays for others; of the challenges those that are theirs, too."""
    roles, answer = knowledge.roles(), about_topic(knowledge, role)
    own = [roles[one] for one in OF_PAYER if one in roles]
    items = [item for item in knowledge.topic(role).items if item.topic and item.topic.key in own]
    text = brief.against_paying([f"**{item.name}**: {item.text}" for item in items])
    return replace(answer, reply=replace(answer.reply, text=text)) if items else answer


def too_expensive(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Answer the objection that it costs too much with what is known of costs, and what isn't; None without one."""
    roles = knowledge.roles()
    subject, step = roles.get("discounts", ""), roles.get("step-cost", "")
    named = set() if understanding.follows else set(understanding.names)  # "that is too much" is about what was advised
    asked = understanding.further or named or understanding.form != STATEMENT
    if TOO_EXPENSIVE not in understanding.asks or asked or not state.said:
        return None
    if BUDGET in knowledge.stated() or not subject.startswith(OPEN) or not knowledge.has_topic(step):
        return None
    text = brief.too_expensive(knowledge.open_subject(subject), knowledge.topic(step))
    answer = about_topic(knowledge, subject)
    after = replace(answer.state, profile=state.profile, advised=state.advised)
    return Answer(replace(answer.reply, text=text), after)


def suffices(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer | None:
    """Say of a sum that it cannot be told whether it is enough, where no price is known; None if that isn't asked."""
    prices, sums = knowledge.roles().get(PRICES, ""), understanding.of(BUDGET)
    asks = understanding.intent in (ASK_TOPIC, NOT_UNDERSTOOD, REFINE) and not understanding.tells
    only_sum = set(understanding.names) == {BUDGET} and bool(state.advised)
    enough = only_sum and (understanding.form == YES_NO or SURE in understanding.attributes)  # "is it enough?"
    asks = asks or enough and understanding.intent == FIND_PROGRAMS
    number, _, currency = sums[0].partition(" ") if sums else ("0", "", "")
    asks = asks and float(number) > 0  # "is it free?" asks for another thing
    if not asks or not (enough or PRICE in understanding.attributes) or understanding.further:
        return None
    if BUDGET in knowledge.stated() or not prices.startswith(OPEN):
        return None
    best = understanding.topics[0] if understanding.topics else None
    if best and knowledge.has_topic(best.key) and best.share >= PLAINLY:
        return None  # "she paid 900 euros for it. How do I tell a good one?"
    answer = about_topic(knowledge, prices)
    text = brief.cannot_tell_enough(amount(float(number), currency), knowledge.open_subject(prices))
    told = merged(state.profile, {"budget": (sums[0],)}) if "budget" not in state.profile else state.profile
    state = replace(answer.state, profile=told, advised=state.advised)
    return Answer(replace(answer.reply, text=text), state)


def what_is_said(found: Topic | OpenSubject) -> str:
    """Return the first sentence of what the guide says to a subject."""
    return first_sentence(found.say if isinstance(found, OpenSubject) else found.answer)


def one_thing(knowledge: Knowledge, found: Suggestion, state: DialogueState) -> Answer:
    """Advise one thing in one line, for somebody who asks for no more."""
    one = replace(found, programs=found.programs[:1], types=found.types[:1], graduate=None, homes=found.homes[:1])
    plan = words.plan_text(one, replace(person_of(knowledge, state.profile), mode=""), one=True)
    text = one_line(plan, next(iter(steps(knowledge, state.profile)), None))
    after = DialogueState(ASK_ADVICE, None, {"field": (found.field.field.key,)}, choices=words.named_in(one)).offering(
        WANT_PERSON
    )
    return Answer(
        Reply(text, ANSWERED, buttons=(PERSON,)), replace(after, profile=state.profile, advised=state.advised)
    )


def nothing_more(knowledge: Knowledge, found: Suggestion, state: DialogueState) -> Answer | None:
    """Ask whether another field would do, once, where next to nothing is known for the one that was advised; or None."""
    has_some = found.programs or found.types or found.homes
    if has_some or ASKED_OTHER in state.advised:
        return None
    others = [one.name for one in knowledge.industries() if one.embraces]
    accepting = [one.name for one in knowledge.industries() if one.acceptance == ACCEPTS]
    reply = brief.other_fields(found, others, accepting)
    after = DialogueState(ASK_ADVICE, None, {"field": (found.field.field.key,)}).offering(WANT_PERSON)
    return Answer(reply, replace(after, profile=state.profile, advised=(*state.advised, ASKED_OTHER)))
