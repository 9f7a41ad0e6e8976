"""Resolves a message with the dialogue state into one that stands by itself.

"Which universities are they?" after Canada becomes a question about Canada, "and nursing at Auckland?" after "does Bologna
offer AI?" becomes "does Auckland offer nursing?". A message that stands by itself is left alone. The result is an
Understanding like any other, so that every answer can take it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from actions.context import DialogueState, Understanding
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
    where_taught,
    which_online,
)
from actions.dialogue.list_reference import both, field_told, listed_thing, the_rest
from actions.dialogue.query_reference import (
    about_named,
    asks_how_sure,
    asks_why,
    avoids_place,
    compares_nothing,
    fact_in_general,
    field_somewhere,
    goes_on_searching,
    hard_to_get,
    only_other,
    reply_to_question,
    swapped,
    takes_back,
    weighs,
    word_that_may_be_name,
)
from actions.dialogue.resolution import MEANT
from core.contract.question_forms import YES_NO
from knowledge.knowledge_base import Knowledge

Step = Callable[[Knowledge, Understanding, DialogueState], "Understanding | None"]
# In order of precedence: the first that finds something to take from the state counts.
STEPS: tuple[Step, ...] = (
    about_named,
    only_other,
    reply_to_question,
    word_that_may_be_name,
    asks_how_sure,
    asks_why,
    takes_back,
    compares_nothing,
    asked_before,
    other_of_two,
    field_told,
    thing_described,
    corrected,
    kind_corrected,
    question_corrected,
    elsewhere,
    fact_of_named,
    by_order,
    differs,
    avoids_place,
    hard_to_get,
    goes_on_searching,
    field_somewhere,
    weighs,
    excludes_that,
    listed_thing,
    the_rest,
    both,
    which_online,
    fact_of_focus,
    of_a_kind,
    where_taught,
    at_home,
    somewhere,
    taught,
    swapped,
    in_own_industry,
    pronoun,
    leaves_field_out,
    fact_in_general,
)


# Those that need nothing that was said before.
FRESH: tuple[Step, ...] = (about_named, by_order)


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
