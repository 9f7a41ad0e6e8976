"""Answers one turn: resolves the message with the dialogue state, decides what answers it, and shapes the reply.

Every answer goes through `answer_turn`, and ROWS is the one place that decides: the first row that has an answer gives it;
the answer that the rules lead to (rasa_actions.py) comes last. The name of the deciding row is told to staff.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from actions.advice.advise import advise, answers_whole
from actions.advice.brief_advice import argue_against, helps, suffices, suits, too_expensive
from actions.advice.choice import between_institutions, choose, name_programs, offer_others
from actions.advice.conditions import as_meant
from actions.advice.for_field import answer_for_field, between_fields
from actions.advice.objections import argue_for, hear_of_others, say_how_far, weigh_doubt
from actions.advice.profile import ASIDE, asked_not_wished, merged, refused_in, without_told
from actions.advice.profile_state import kept, note_aside, passed_on, turned_to, warmly, with_aside
from actions.advice.requests import VERDICT
from actions.advice.statements import (
    end_softly,
    offer_for_role,
    own_up,
    say_goodbye,
    say_how_one_is,
    say_whom_to_name,
    take_in,
    take_pause,
    take_thanks,
)
from actions.asked_names import with_names
from actions.base import Answer, AnswerFunction
from actions.claim_answers import answer_instead_of_advice
from actions.context import DialogueState, Understanding
from actions.destinations import recommend_destination
from actions.dialogue.follow_ups.of_topic import topic_meant
from actions.dialogue.follow_ups.opposite import opposite_not_told
from actions.dialogue.follow_ups.same_question import one_question
from actions.dialogue.intent_answers import BY_INTENT
from actions.dialogue.kept_state import START_OVER, remember
from actions.dialogue.list_reference import answer_ordinal
from actions.dialogue.own_words import admit, ask_meant, explain, reconcile, stand_by
from actions.dialogue.resolution import ALL, BOTH, MANY, as_query
from actions.dialogue.resolve import resolve
from actions.facts.answer import answer_from_facts
from actions.facts.attributes import PLAIN
from actions.follow_up_router import answer_elsewhere, answer_follow_up
from actions.forms.answer_form import in_form, kept_text, last_in_form
from actions.forms.saying import OWN_CATALOGUE, say
from actions.how_much import no_more_than_asked
from actions.missed_parts import with_missed
from actions.own_catalogue.answer import answer_from_own
from actions.own_catalogue.criteria import narrows_own
from actions.recognition import where_and_where_not
from actions.replies.advice.own_words import of_another_kind
from actions.replies.advice.suggestion import kinds_name
from actions.replies.base import ANSWERED, DECLINED
from actions.topics import surely_with_claims
from actions.unanswered import declines_all, told_beside, without_answer
from core.contract.intents import ASK_ABOUT, ASK_RECOGNITION, ASK_TOPIC, COMPARE, NOT_UNDERSTOOD, SUM_UP, WANT_PERSON
from core.contract.question_forms import LIST, STATEMENT
from knowledge.knowledge_base import Knowledge
from own_programs.search.catalogue import Catalogue

Row = Callable[[Knowledge, Understanding, DialogueState], Answer | None]
OwnRow = Callable[[Catalogue, Knowledge, Understanding, DialogueState], Answer | None]
OTHERS = 3  # topics kept
ASKING = (ASK_TOPIC, ASK_ABOUT, ASK_RECOGNITION, COMPARE, NOT_UNDERSTOOD)
AS_READ = "as read"  # the row that stands for the action that the rules lead to
SURE_CLAIM = "claim that surely answers"
FACTS = "facts of the catalogue"
FACT_BY_WORD = "fact asked in its own word"  # the row after "as read", where that has nothing
IN_ANOTHER_FORM = "last answer in another form"
TAKEN_IN = "what was told"  # the row after it, for what only tells something and would be declined

# Asked first where the organisation has a catalogue of its own, with the message as it was read.
OWN_ROWS: dict[str, OwnRow] = {OWN_CATALOGUE: answer_from_own}

# In order of precedence.
ROWS: dict[str, Row] = {
    "goodbye": say_goodbye,
    "ending": end_softly,
    "pause": take_pause,
    "how are you": say_how_one_is,
    "whom to name": say_whom_to_name,
    "thanks": take_thanks,
    "complaint of no use": own_up,
    "told of oneself, and not of the learner": note_aside,
    "contradiction seen": reconcile,
    IN_ANOTHER_FORM: last_in_form,
    "opposite that isn't told": opposite_not_told,
    "own words": explain,
    "admits not to know": admit,
    "stands by its advice": stand_by,
    "correction not understood": ask_meant,
    "between fields": between_fields,
    "choice": choose,
    "whether it suits": suits,
    "whether it helps": helps,
    "something else": offer_others,
    "program by name": name_programs,
    "between institutions": between_institutions,
    "how far one who hires can go by it": say_how_far,
    "arguments for": argue_for,
    "arguments against": argue_against,
    "doubt that is told": weigh_doubt,
    "what became of others": hear_of_others,
    "where it counts and where not": where_and_where_not,
    "whether a sum is enough": suffices,
    "objection to the price": too_expensive,
    "no wish for advice": answer_instead_of_advice,
    "as whom one asks": offer_for_role,
    "advice": advise,
    "for the field of the person": answer_for_field,
    "thing pointed at": answer_ordinal,
    "open elsewhere, too": answer_elsewhere,
    FACTS: answer_from_facts,
    SURE_CLAIM: surely_with_claims,
}
# The rows that are asked where there is no catalogue, and so nothing that could suit a person.
OF_GUIDE_ALONE = (
    "goodbye",
    "ending",
    "pause",
    "how are you",
    "whom to name",
    "thanks",
    "complaint of no use",
    SURE_CLAIM,
)


def answer_turn(
    knowledge: Knowledge,
    understanding: Understanding,
    state: DialogueState,
    answer_message: AnswerFunction,
    catalogue: Catalogue | None = None,
) -> Answer:
    """Return the answer to each question of a message, the first by the first row that has one, else by `answer_message`."""
    if (whole := topic_meant(knowledge, one_question(understanding))) is not understanding:
        understanding, answer_message = whole, BY_INTENT.get(whole.intent, answer_message)
    understanding = without_told(asked_not_wished(understanding), state)
    told = understanding.about_me
    if understanding.intent == SUM_UP:  # "in a short note for my husband" asks for no course for him
        told = {part: values for part, values in told.items() if part != "for_whom"}
    if refused := refused_in(understanding):  # "not Oslo please, it is too far"
        told = {**told, "avoid": (*told.get("avoid", ()), *refused)}
    before = state
    understanding, state = turned_to(understanding, state)  # "and what about me?"
    profile, kept_apart = with_aside(state.profile, told)
    if kept_apart is not told:
        understanding, told = replace(understanding, about_me={**kept_apart, ASIDE: profile[ASIDE]}), kept_apart
    state = replace(state, profile=merged(profile, told))
    understanding = as_meant(knowledge, understanding, state.profile)
    answer, resolved = _answered(knowledge, understanding, state, answer_message, catalogue)
    for question in () if answers_whole(answer, understanding) else understanding.further:
        if question.intent == NOT_UNDERSTOOD:  # "... Should I do it or not?" is what the verdict has answered
            answer = answer if VERDICT in understanding.asks else without_answer(knowledge, answer, question)
            continue
        if question.intent == WANT_PERSON:  # when, which the whole message says
            question = replace(question, asks=understanding.asks)
        by_intent = BY_INTENT.get(question.intent, answer_follow_up)
        other, of_other = _answered(knowledge, question, answer.state, by_intent, catalogue)
        if question.intent == WANT_PERSON:
            answer, resolved = other, of_other  # whoever is wanted has the rest to answer
        elif narrows_own(answer.state, other.state):  # "which cost nothing and give credits?"
            answer, resolved = other, of_other
        elif of_other.form == LIST and of_other.follows and other.reply.topic == answer.reply.topic:
            answer, resolved = other, of_other  # "how many are there, and could you name them?"
        elif answer.reply.outcome == DECLINED and other.reply.outcome == ANSWERED and resolved.intent == NOT_UNDERSTOOD:
            answer, resolved = other, of_other  # "what about after that, could I get a master's?"
        elif declines_all(knowledge, answer.reply) and not declines_all(knowledge, other.reply):
            answer, resolved = told_beside(knowledge, other, resolved, answer), of_other
        else:
            answer = told_beside(knowledge, answer, question, other)
    full, answer = answer, in_form(knowledge, replace(resolved, wanted=understanding.wanted), before, answer)
    again = answer.reply.decided_by == IN_ANOTHER_FORM
    last_told, told_topic = (before.told, before.told_topic) if again else kept_text(before, full, answer)
    if resolved.intent == START_OVER and not again:  # which forgets what was told, too
        last_told, told_topic = "", ""
    else:
        pointed = (
            resolved.follows and MANY in understanding.back and not resolved.of("field")
        )  # "which of them for English?" wishes for no English
        read = replace(understanding, names=resolved.names) if pointed else understanding
        answer = warmly(understanding, state, kept(knowledge, read, state, answer))
    answer = passed_on(knowledge, before, answer)
    answer = replace(answer, state=replace(answer.state, told=last_told, told_topic=told_topic))
    return say(knowledge, _with_others(answer, resolved), resolved, state)


def _answered(
    knowledge: Knowledge,
    understanding: Understanding,
    state: DialogueState,
    answer_message: AnswerFunction,
    catalogue: Catalogue | None,
) -> tuple[Answer, Understanding]:
    """Return the answer to one question with the state that is remembered after it, and the question as it was resolved."""
    for name, row in OWN_ROWS.items() if catalogue else ():
        if catalogue and (own := row(catalogue, knowledge, understanding, state)):
            own = _decided_by(name, own, understanding)
            return remember(knowledge, understanding, state, own), understanding
    resolved = resolve(knowledge, understanding, state)
    pointed = bool(understanding.nth) or bool({BOTH, ALL} & set(understanding.back))
    if resolved.intent != understanding.intent:
        answer_message = BY_INTENT[resolved.intent]
    answer = _decided(knowledge, resolved, state, answer_message)
    answer = _of_its_kind(knowledge, resolved, answer)
    return remember(knowledge, resolved, state, answer, pointed), resolved


def _of_its_kind(knowledge: Knowledge, resolved: Understanding, answer: Answer) -> Answer:
    """Return the answer with a word first on the thing that was meant, where it only tells of another kind of credential."""
    things = [(kind, key) for kind in ("program", "type") for key in resolved.of(kind)]
    described = knowledge.described_by(answer.reply.topic) if answer.reply.topic else None
    if (
        not resolved.follows
        or resolved.intent != ASK_TOPIC
        or len(things) != 1
        or not described
        or described[0] != "type"
    ):
        return answer
    kind, key = things[0]
    own = knowledge.program(key).type.key if kind == "program" else key
    if own == described[1] or answer.reply.outcome != ANSWERED:
        return answer
    name = knowledge.name(kind, key).short if kind == "program" else kinds_name(knowledge.type(key))
    return replace(answer, reply=of_another_kind(answer.reply, name, knowledge.type(described[1])))


def _decided(
    knowledge: Knowledge, understanding: Understanding, state: DialogueState, answer_message: AnswerFunction
) -> Answer:
    for name, row in ROWS.items():
        if not knowledge.has_catalogue and name not in OF_GUIDE_ALONE:
            continue
        if answer := row(knowledge, understanding, state):
            told = with_names(knowledge, understanding, answer) if name == SURE_CLAIM else answer
            told = no_more_than_asked(understanding, told, of_facts=True) if name == FACTS else told
            return _decided_by(name, with_missed(knowledge, understanding, told), understanding)
    given = no_more_than_asked(understanding, answer_message(knowledge, understanding, state))
    if amid := _field_instead(knowledge, understanding, state, given):
        return _decided_by(AS_READ, amid, understanding)
    if knowledge.has_catalogue and (taken := take_in(knowledge, understanding, state, given)):
        return _decided_by(TAKEN_IN, taken, understanding)
    if fact := _fact_instead(knowledge, understanding, state, given):
        return _decided_by(FACT_BY_WORD, fact, understanding)
    told = with_missed(knowledge, understanding, with_names(knowledge, understanding, given))
    return _decided_by(AS_READ, told, understanding)


def _field_instead(
    knowledge: Knowledge, understanding: Understanding, state: DialogueState, given: Answer
) -> Answer | None:
    """Return what is known of the only field that a message amid a conversation names, where nothing else answers it."""
    fields = [key for key in understanding.of("field") if knowledge.has_name("field", key)]
    named = (
        set(understanding.names) <= {"field", "industry"} and not understanding.left_out and not understanding.further
    )
    if not state.said or not fields or not named or not declines_all(knowledge, given.reply):
        return None
    if not knowledge.field_answer(fields[0]).programs and not knowledge.field_answer(fields[0]).destinations:
        return None
    plain = replace(understanding, names={"field": (fields[0],)}, second=None)
    return recommend_destination(knowledge, plain, DialogueState())


def _fact_instead(
    knowledge: Knowledge, understanding: Understanding, state: DialogueState, given: Answer
) -> Answer | None:
    """Return what is said of the fact that a question asks of a thing by its own word, where nothing else answers it."""
    asked = tuple(one for one in understanding.attributes if one in PLAIN)[:1]
    if not asked or understanding.form == STATEMENT or not declines_all(knowledge, given.reply):
        return None
    of_fact = replace(understanding, intent=ASK_TOPIC, attributes=asked, topics=(), second=None)
    fact = answer_from_facts(knowledge, of_fact, state)
    # A decline that knows whom to ask is about all that was asked, and not only about the fact.
    return None if fact and fact.reply.outcome == DECLINED and given.reply.whom else fact


def _decided_by(name: str, answer: Answer, resolved: Understanding) -> Answer:
    return replace(answer, reply=replace(answer.reply, decided_by=name, query=as_query(resolved)))


def _with_others(answer: Answer, understanding: Understanding) -> Answer:
    """Keep the topics that the message may have been about instead, for a complaint that the answer missed the point."""
    if understanding.intent not in ASKING:
        return answer
    others = tuple(ranked.key for ranked in understanding.topics if ranked.key != answer.reply.topic)[:OTHERS]
    return replace(answer, state=replace(answer.state, others=others))
