"""Answers what a thing costs, how long it takes, where it runs: from the listings, or by saying that it isn't known of it."""

from __future__ import annotations

from actions.attribute_topics import ROLES, own_topics, topic_of_attribute
from actions.base import Answer
from actions.claims import SURER
from actions.context import OPEN, DialogueState
from actions.facts.question import ABOUT, OTHER, Question
from actions.programs.facts import FACTS, fact_of_programs
from actions.replies import program_facts
from actions.replies.base import listed, lower_first
from actions.replies.destinations import in_sentence
from actions.replies.facts import attributes as words
from actions.replies.facts.attributes import Subject
from actions.replies.facts.relations import the_program
from actions.said_back import agreeing, bears_on, what_is_open
from actions.topics import found_topic
from actions.unanswered import anything_else
from core.contract.question_forms import HOW_LONG, HOW_MUCH, WHICH
from knowledge.models import OpenSubject, Program, ProgramCriteria, Provider, Topic

# Attributes that are meant whatever the classifier takes for the topic; any other only if it finds an open subject.
PLAIN = (
    *("where", "price", "start", "deadline", "length", "mode", "seats", "workload", "schedule", "exam", "language"),
    "ownership",
)
ASKING = ("ask_topic", "ask_about", "nlu_fallback")
OWN_FORM = {"length": HOW_LONG, "price": HOW_MUCH}  # the form in which nothing but the attribute is asked
SEARCH, ASKED_FOR = "find_programs", ("how_much", "how_long", "when")  # "how long are courses there?" is no search
MANY_PROGRAMS = 5  # programs from which a search tells more than a list of facts
LANGUAGE = "language"  # an attribute: what it names as a field is the language that is asked for
OWNERSHIP = "ownership"  # an attribute: whether an institution is private or public
PLATFORM = "platform"  # role of a provider
PAIR = 2  # a kind and its provider


def answer_attribute(question: Question, state: DialogueState) -> Answer | None:
    """Answer an attribute that is asked of a named thing; None if none is, or if a topic knows better."""
    understanding = question.understanding
    attribute = _asked(question)
    asks = understanding.intent in ASKING or understanding.intent == SEARCH and question.form in ASKED_FOR
    if attribute is None or not asks or not _is_meant(question, attribute) or _names_things(question):
        return None
    if not question.kinds or not set(understanding.names) <= ABOUT | {"mode"} or understanding.second:
        return None
    role = topic_of_attribute(question.knowledge, attribute)
    if stated := _stated(question, attribute, role, state):
        return stated
    subject = _subject(question, attribute)
    if subject is None:
        return None
    general = _general(question, role, attribute)
    other = question.asks(OTHER) or understanding.topic not in own_topics(question.knowledge, attribute)
    left_open = what_is_open(question.knowledge, understanding) if other else ""
    bears = not left_open or not isinstance(general, OpenSubject) or bears_on(general.nearest, left_open)
    return question.answer(words.not_known(attribute, subject, general, left_open, bears))


def _asked(question: Question) -> str | None:
    """Return the attribute that is asked for: of several, the one that the likeliest topic is about."""
    asked = [one for one in question.understanding.attributes if one in words.UNKNOWN]
    own = [one for one in asked if question.understanding.topic in own_topics(question.knowledge, one)]
    return next(iter((*own, *asked)), None)


def _names_things(question: Question) -> bool:
    """Return whether a claim surely names what the question asks for by the attribute's word: "which exam is for Greek?"."""
    best = max(question.understanding.claims, key=lambda one: one.fit, default=None)
    if question.form != WHICH or best is None or best.fit < SURER:
        return False
    known = question.knowledge.has_claim(best.topic, best.number)
    return known and question.knowledge.claim(best.topic, best.number).form == WHICH


def _is_meant(question: Question, attribute: str) -> bool:
    """Return whether the attribute is what the message is about."""
    topic, of = question.understanding.topic or "", agreeing(question.knowledge, question.understanding, None)
    if of not in ("", topic) and of not in own_topics(question.knowledge, attribute):
        return False  # "how much is the surcharge on a visa?" asks for no price of a course
    if topic.startswith(OPEN):
        own = own_topics(question.knowledge, attribute)
        return not own or topic in own or topic == anything_else(question.knowledge)
    if question.knowledge.roles().get(ROLES.get(attribute, "")) == topic and attribute in PLAIN:
        return True
    own_form = OWN_FORM.get(attribute) == question.form  # "how many weeks is the diploma?"
    if question.knowledge.described_by(topic) and (own_form or not question.asks(OTHER)):
        return True  # the topic is but the thing that it names
    return attribute in PLAIN and not question.asks(OTHER, "difference", "recognition", "best")


def _stated(question: Question, attribute: str, role: str, state: DialogueState) -> Answer | None:
    """Return the fact of the programs that are meant, if the listings state it of any."""
    if fact := fact_of_programs(question.knowledge, question.understanding, state, role) if role else None:
        return fact
    fact_name = FACTS.get(ROLES.get(attribute, ""))
    programs = _programs(question)
    if not fact_name or not programs or len(programs) > MANY_PROGRAMS:
        return None
    if not any(getattr(program, fact_name) for program in programs):
        return None
    reply = program_facts.fact_of(programs, fact_name)
    return question.answer(reply, {"program": tuple(one.key for one in programs)})


def _programs(question: Question) -> list[Program]:
    """Return the programs that the question names, or those of what it names together."""
    if question.programs:
        return question.programs
    if not question.kinds & {"type", "provider", "institution"}:
        return []
    criteria = ProgramCriteria(
        fields=tuple(one.key for one in question.fields),
        types=tuple(one.key for one in question.types),
        providers=tuple(one.key for one in question.providers),
        institutions=tuple(question.understanding.of("institution")),
        destinations=tuple(one.key for one in question.destinations),
    )
    return question.knowledge.programs(criteria)


def _subject(question: Question, attribute: str) -> Subject | None:
    """Return what the attribute is asked of, in words; None if a general answer says as much."""
    if question.programs:
        return Subject(listed(map(the_program, question.programs)), len(question.programs) > 1)
    if each := _each_of_several(question):
        return each
    if question.types and question.providers and (found := _programs(question)) and len(found) == 1:
        return Subject(the_program(found[0]), source=found[0].source)
    if question.types:
        plural = listed(f"**{lower_first(one.plural)}**" for one in question.types)
        by = f" {_by(question.providers[0])}" if question.providers else ""
        about = f" in {in_sentence(question.fields[0])}" if question.fields else ""
        return Subject(plural + by + about, several=True, source=question.types[0].source)
    if attribute == OWNERSHIP:
        return _owned(question)
    if question.institutions:
        where = listed((f"**{one.name}**" for one in question.institutions), "or")
        return Subject(f"courses at {where}", several=True)
    if question.providers:
        if attribute == "mode" and question.providers[0].role == PLATFORM:
            return None
        return Subject(f"courses {listed(map(_by, question.providers), 'or')}", several=True)
    if attribute == "mode" and not question.destinations:
        return None
    at_work = question.understanding.about_me.get("work_field", ())  # "I'm a cook, how long is a course?" asks of any
    fields = [one for one in question.fields if one.key not in at_work and attribute != LANGUAGE]
    about = f" in {in_sentence(fields[0])}" if fields else ""
    if not question.destinations and question.places and not any(one.destination for one in question.places):
        return None  # a country outside of the guide's is rather where a person comes from
    places = [one.short for one in question.destinations] + [one.name for one in question.places]
    if not places and (not question.understanding.of("field") or question.fields and not fields):
        return None
    at = f" in {listed(places)}" if places else ""
    return Subject(f"courses{about}{at}", several=True)


def _each_of_several(question: Question) -> Subject | None:
    """Return both things of "the Google certificate or the Udacity nanodegree", of which a kind has its own provider."""
    if not question.types or not question.providers or len(question.types) + len(question.providers) <= PAIR:
        return None
    offered = {one.key: {each.key for each in one.types} for one in question.providers}
    named = []
    for provider in question.providers:
        own = [f"**{lower_first(one.plural)}**" for one in question.types if one.key in offered[provider.key]]
        named.append(f"{listed(own) if own else 'courses'} {_by(provider)}")
    owned = set().union(*offered.values())
    named += [f"**{lower_first(one.plural)}**" for one in question.types if one.key not in owned]
    return Subject(listed(named, "or"), several=True, source=question.types[0].source)


def _owned(question: Question) -> Subject | None:
    """Return the institutions whose owner is asked for, by name or as those of a place."""
    where = [one.short for one in question.destinations] + [one.name for one in question.places]
    names = [f"**{one.name}**" for one in question.institutions]
    if names:
        return Subject(listed(names, "or"), several=False)
    return Subject(f"an institution in {listed(where)}") if where else None


def _by(provider: Provider) -> str:
    return f"{'on' if provider.role == PLATFORM else 'by'} **{provider.name}**"


def _general(question: Question, role: str, attribute: str) -> Topic | OpenSubject | None:
    """Return the open subject that the message is about, else the topic that says something in general."""
    topic = question.understanding.topic or ""
    left_open = topic.startswith(OPEN) and topic != anything_else(question.knowledge)
    of_guide = role and not role.startswith(OPEN)
    key = topic if left_open and not of_guide else role or question.knowledge.roles().get(f"open-{attribute}", "")
    return found_topic(question.knowledge, key) if key else None
