"""Resolves a message with the dialogue state into one that stands by itself.

"Which universities are they?" after Canada becomes a question about Canada, "and nursing at Auckland?" after "does Bologna
offer AI?" becomes "does Auckland offer nursing?". A message that stands by itself is left alone. The result is an
Understanding like any other, so that every answer can take it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from actions.claim_answers import WITH_DEGREE
from actions.context import DialogueState, Ranked, Understanding
from actions.dialogue.correction_reference import (
    asked_before,
    by_order,
    corrected,
    elsewhere,
    fact_of_focus,
    fact_of_named,
    kind_corrected,
    other_of_two,
    question_corrected,
    thing_described,
)
from actions.dialogue.focus_reference import (
    at_home,
    differs,
    excludes_that,
    in_own_industry,
    leaves_field_out,
    of_a_kind,
    pronoun,
    somewhere,
    taught,
    what_is_there,
    where_taught,
    where_then,
    which_online,
)
from actions.dialogue.follow_ups.of_topic import claim_of_topic, other_mode, side_of_topic, surely_claimed
from actions.dialogue.follow_ups.opposite import opposite
from actions.dialogue.follow_ups.same_question import (
    any_other_place,
    beside_what_was_told,
    better_than_it,
    which_has_field,
)
from actions.dialogue.list_reference import both, field_told, listed_thing, lists_all, the_rest, those_of_field
from actions.dialogue.meant_reference import (
    and_the_other,
    compared_with_listed,
    difference_of_them,
    example_of_it,
    gain_apart_from_work,
    hires,
    is_risk,
    like_me,
    minds_before,
    more_so,
    of_age,
    of_the_place_listed,
    of_the_two,
    owned_by,
    programs_of_field,
    provider_of_named,
    skill_needed,
    what_else_there_is,
    who_offers_kinds,
    without_papers,
)
from actions.dialogue.query_reference import (
    about_named,
    asks_how_sure,
    asks_why,
    avoids_place,
    compares_nothing,
    fact_in_general,
    goes_on_searching,
    hard_to_get,
    only_other,
    reply_to_question,
    swapped,
    takes_back,
    weighs,
    word_that_may_be_name,
)
from actions.dialogue.resolution import MEANT, SUBJECT, WHERE
from actions.dialogue.thing_reference import (
    accepted_by,
    anything_for_it,
    applies_to,
    at_named,
    field_instead,
    field_without_place,
    for_each,
    in_each,
    it_in_place,
    named_by_parts,
    similar_for,
    suits_it,
    the_field_of,
    where_for_that,
    where_of_program,
)
from core.contract.intents import (
    ASK_ABOUT,
    ASK_BEST_DESTINATION,
    ASK_BEST_TYPE,
    ASK_TOPIC,
    COMPARE,
    FIND_PROGRAMS,
    NOT_UNDERSTOOD,
    OUT_OF_SCOPE,
    REFINE,
)
from core.contract.question_forms import STATEMENT, WHICH, YES_NO
from core.contract.question_forms import WHERE as ASKS_WHERE
from knowledge.knowledge_base import Knowledge

FIELD, INDUSTRY, SMALL_TALK = "field", "industry", "small_talk"
OF_PLACE = {"programs", "place", "taught", "destinations"}  # attributes of "where is that course taught?"
SEVERAL = 2  # fields that are asked about together
# Confidence below which small talk is hardly any, and the fit of a claim from which it asks for that.
VAGUE, ANSWERING_FIT = 0.3, 0.6
PLAINLY = 0.9  # share from which a topic is what a message is about, whatever it was taken for


def where_named(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "the course in inclusive education, where is that offered?" as the question where, not as one on its industry."""
    only_field = bool(understanding.of(FIELD)) and set(understanding.names) <= {*SUBJECT}
    of_industry = understanding.intent == ASK_TOPIC and knowledge.described_by(understanding.topic or "") is not None
    asks = understanding.form == ASKS_WHERE and set(understanding.attributes) <= OF_PLACE
    if not only_field or not of_industry or not asks or understanding.left_out:
        return None
    return replace(understanding, intent=ASK_BEST_DESTINATION, second=None)


def several_fields(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "my field is health, my teachers want inclusive education: what is there?" as a question of each field."""
    fields = tuple(key for key in understanding.of(FIELD) if knowledge.has_name(FIELD, key))
    described = knowledge.described_by(understanding.topic or "") or ("", "")
    offers = "exists" in understanding.attributes and understanding.intent == ASK_TOPIC and not understanding.further
    if described[0] != INDUSTRY or not offers or len(fields) < SEVERAL or understanding.left_out:
        return None
    areas = {one.key for one in knowledge.industry_fields(described[1])} | {described[1]}
    if set(fields) <= areas or set(understanding.names) - {*SUBJECT}:
        return None
    narrow = tuple(key for key in fields if not knowledge.has_name(INDUSTRY, key)) or fields
    return replace(understanding, intent=ASK_BEST_DESTINATION, names={FIELD: narrow}, second=None)


def not_social(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take what was hardly taken for small talk, or for nothing, and what a claim answers, as the question.

    "Thanks. And my English?", "will he meet people there or sit alone all day?".
    """
    best = max((one.fit for one in understanding.claims), default=0.0)
    social = understanding.intent in (SMALL_TALK, OUT_OF_SCOPE) and understanding.confidence < VAGUE
    unheard = understanding.intent == NOT_UNDERSTOOD and not understanding.names and not understanding.asks
    if not (social or unheard) or best < ANSWERING_FIT or understanding.form == STATEMENT:
        return None
    return replace(understanding, intent=ASK_TOPIC)


def field_somewhere(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "what would a welder get out of Germany?", which is like no question, as one on what it names, amid advice."""
    kinds = set(understanding.names)
    both_named = kinds & set(SUBJECT) and kinds & set(WHERE) and kinds <= {*SUBJECT, *WHERE}
    if understanding.intent != NOT_UNDERSTOOD or not both_named or not state.advised or understanding.left_out:
        return None
    return replace(understanding, intent=ASK_ABOUT)


def best_for_topic(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "which country is good for meeting people?" as the question about that, since no field is named to go by."""
    best = understanding.topics[0] if understanding.topics else None
    of_places = {f"{knowledge.roles().get(role)}" for role in ("destinations", "for-destination")}
    plain = understanding.intent == ASK_BEST_DESTINATION and not understanding.names and not understanding.left_out
    if not plain or best is None or best.share < PLAINLY or not knowledge.has_topic(best.key) or best.key in of_places:
        return None
    if knowledge.described_by(best.key):
        return None
    return replace(understanding, intent=ASK_TOPIC)


def where_popular(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "where is that popular then?" as the question for the places of the field that is talked about."""
    field = tuple(key for key in state.focus.get(FIELD, ()) if knowledge.has_name(FIELD, key))[:1]
    asks = understanding.form == ASKS_WHERE and "popular" in understanding.attributes and understanding.refers
    if not asks or not field or understanding.names or understanding.further:
        return None
    return replace(understanding, intent=ASK_BEST_DESTINATION, names={FIELD: field}, claims=(), second=None)


def which_kinds_for(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "and which ones are for coding?", amid talk of no place and no search, as the question which kinds are for that."""
    fields = tuple(key for key in understanding.of(FIELD) if knowledge.has_name(FIELD, key))
    bare = not understanding.attributes and set(understanding.names) <= {*SUBJECT} and not understanding.left_out
    asks = understanding.intent == REFINE and understanding.form == WHICH and bare and not understanding.further
    of_other = state.act == FIND_PROGRAMS or {*WHERE, "program"} & {*state.listed, *state.focus, *state.choices}
    if not asks or of_other or not any(map(knowledge.types_for_field, fields)):
        return None
    return replace(understanding, intent=ASK_BEST_TYPE, names={FIELD: fields}, claims=(), second=None)


def against_degree(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding | None:
    """Take "how does it compare with a part-time master's?" as the question how the two differ, where nothing is likelier."""
    topic = knowledge.roles().get("versus-degree", "")
    best = understanding.topics[0] if understanding.topics else None
    unlikely = best is None or best.share * understanding.confidence < VAGUE
    may_ask = understanding.intent in (ASK_TOPIC, NOT_UNDERSTOOD, COMPARE) and understanding.form != STATEMENT
    of_kind = understanding.of("type") or understanding.of("program")
    if not topic or not unlikely or not may_ask or WITH_DEGREE not in understanding.asks or of_kind:
        return None
    topics = (Ranked(topic, 1.0), *understanding.topics)
    return replace(understanding, intent=ASK_TOPIC, topics=topics, claims=(), second=None, is_answerable=True)


Step = Callable[[Knowledge, Understanding, DialogueState], "Understanding | None"]
# What a message means by the way it asks, with anything said before or nothing.
BY_ITS_WORDS: tuple[Step, ...] = (
    about_named,
    skill_needed,
    without_papers,
    of_age,
    minds_before,
    is_risk,
    gain_apart_from_work,
    hires,
    like_me,
    more_so,
)
# In order of precedence: the first that finds something to take from the state counts.
STEPS: tuple[Step, ...] = (
    *BY_ITS_WORDS,
    opposite,
    side_of_topic,
    other_mode,
    any_other_place,
    better_than_it,
    of_the_two,
    and_the_other,
    owned_by,
    example_of_it,
    what_else_there_is,
    beside_what_was_told,
    claim_of_topic,
    applies_to,
    field_instead,
    in_each,
    field_without_place,
    difference_of_them,
    of_the_place_listed,
    who_offers_kinds,
    provider_of_named,
    programs_of_field,
    compared_with_listed,
    where_named,
    several_fields,
    at_named,
    not_social,
    best_for_topic,
    where_popular,
    against_degree,
    only_other,
    reply_to_question,
    word_that_may_be_name,
    asks_how_sure,
    asks_why,
    takes_back,
    compares_nothing,
    asked_before,
    other_of_two,
    the_field_of,
    for_each,
    field_told,
    named_by_parts,
    thing_described,
    corrected,
    kind_corrected,
    question_corrected,
    elsewhere,
    fact_of_named,
    by_order,
    differs,
    avoids_place,
    anything_for_it,
    hard_to_get,
    goes_on_searching,
    field_somewhere,
    suits_it,
    accepted_by,
    weighs,
    excludes_that,
    lists_all,
    listed_thing,
    those_of_field,
    which_kinds_for,
    the_rest,
    both,
    which_online,
    what_is_there,
    where_for_that,
    where_then,
    fact_of_focus,
    of_a_kind,
    where_taught,
    at_home,
    somewhere,
    taught,
    swapped,
    in_own_industry,
    similar_for,
    where_of_program,
    it_in_place,
    pronoun,
    leaves_field_out,
    which_has_field,
    surely_claimed,
    fact_in_general,
)


# Those that need nothing that was said before.
FRESH: tuple[Step, ...] = (
    *BY_ITS_WORDS,
    where_named,
    several_fields,
    at_named,
    best_for_topic,
    against_degree,
    field_without_place,
    by_order,
)


def resolve(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Understanding:
    """Return the understanding with what it leaves out taken from the state; it then `follows`."""
    if (MEANT in understanding.back or understanding.form == YES_NO) and not understanding.left_out:
        # "no, nanodegrees" and "isn't there anything in Oslo?" exclude nothing, however they sound
        understanding = replace(understanding, manner="")
    for step in STEPS if _has_past(state) else FRESH:
        if resolved := step(knowledge, understanding, state):
            return replace(resolved, follows=True)
    return understanding


def _has_past(state: DialogueState) -> bool:
    return bool(state.act or state.focus or state.listed or state.queries or state.asked)
