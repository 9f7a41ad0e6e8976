"""Tells what the knowledge base says to a person's conditions: no degree, little money, evenings only, no travelling."""

from __future__ import annotations

from dataclasses import replace

from actions.advice.profile import of_learner
from actions.advice.suggestion import NO_LICENCE, of_role, person_of
from actions.context import Names, Ranked, Understanding
from actions.replies.advice.profile import noted
from actions.replies.advice.steps import condition
from actions.replies.base import sentences
from actions.topics import found_topic
from core.contract.intents import ASK_ADVICE, ASK_BEST_DESTINATION, ASK_RECOGNITION, ASK_TOPIC, CHOOSE_HELP
from core.contract.question_forms import STATEMENT
from knowledge.knowledge_base import Knowledge
from knowledge.models import OpenSubject

ACCESS = "access"  # code of a limit
LICENCES = ("for-licence", "licence-rules")  # roles of what is said on keeping one
# The role of the topic that says something to a condition: part and code of the profile.
ROLES = {
    ("limits", "beginner"): "experience",
    ("level", "no-degree"): "experience",
    ("level", "unqualified"): "experience",
    ("level", "left-school"): "experience",
    ("level", "part-degree"): "experience",
    ("level", "school"): "experience",
    ("budget", "tight"): "prices",
    ("limits", "no-travel"): "delivery",
    ("limits", "children"): "delivery",
    ("limits", "care"): "delivery",
    ("limits", "access"): "delivery",
    ("time", "daytime"): "delivery",
    ("time", "evenings"): "delivery",
    ("time", "weekends"): "delivery",
    ("time", "shifts"): "delivery",
    ("time", "full-time-job"): "delivery",
    ("time", "little"): "length",
}
REFUSED = ("field", "industry", "mode")  # kinds of names that a question may refuse beside what it asks
SUBJECT = {"field", "industry"}  # kinds of names that may stand beside a question for a country
WANTS_ADVICE = (ASK_BEST_DESTINATION, ASK_ADVICE, CHOOSE_HELP)
WHICH_ONE = "which-one"  # a code of what a message asks (nlu/data/about_me.yml)
CHOOSING = {WHICH_ONE, "advice", "for-me"}  # those by which it wants things weighed
OWN_WORK = ("work_field", "work_industry")  # parts of the profile that name a line of work
ASKS_BESIDE = (ASK_TOPIC, ASK_BEST_DESTINATION, ASK_RECOGNITION)
INTRODUCED = 4  # words at most of "It does say" before " that "
MOST = 2  # conditions that are told of at once
STANDS = 6  # words from which a sentence is understood by itself


def as_meant(knowledge: Knowledge, understanding: Understanding, profile: Names) -> Understanding:
    """Return a message as this person means it, by the conditions in the profile.

    "Is it accessible?" asks a blind person's question, and who needs no licence any more asks nothing about keeping one.
    """
    understanding = _without_work(_without_home(knowledge, _without_refused(understanding)))
    understanding = _asked_where(_only_wished(knowledge, understanding))
    limits, roles = profile.get("limits", ()), knowledge.roles()
    best = understanding.topics[0] if understanding.topics else None
    asked = roles.get("access-needs")
    if ACCESS in limits and asked and best and best.key == roles.get("open-to-all"):
        others = (one for one in understanding.topics if one.key != asked)
        understanding = replace(understanding, topics=(Ranked(asked, best.share), *others), claims=(), second=None)
    licence = of_role(knowledge, "for-licence")
    if NO_LICENCE in understanding.about_me.get("limits", ()) and licence:
        names = {**understanding.names, "type": tuple(key for key in understanding.of("type") if key != licence.key)}
        of_licences = {roles.get(role) for role in LICENCES}
        topics = tuple(one for one in understanding.topics if one.key not in of_licences)
        names = {kind: keys for kind, keys in names.items() if keys}
        understanding = replace(understanding, names=names, topics=topics, claims=())
    return understanding


def _asked_where(understanding: Understanding) -> Understanding:
    """Return a message that wants a country chosen as the question which is best: "which country would you pick?"."""
    asks, wants = set(understanding.asks), understanding.intent in WANTS_ADVICE and WHICH_ONE in understanding.asks
    where = set(understanding.attributes) <= {"destinations", "other"} and "destinations" in understanding.attributes
    if not (wants and where) or understanding.tells or understanding.left_out or set(understanding.names) - SUBJECT:
        return understanding
    plain = tuple(one for one in understanding.asks if one in asks - CHOOSING)
    return replace(understanding, intent=ASK_BEST_DESTINATION, asks=plain, claims=())


def _only_wished(knowledge: Knowledge, understanding: Understanding) -> Understanding:
    """Return a question without the fields before the only one that is wished for: "I'm in sales, I want to go into design"."""
    wished, named = understanding.about_me.get("field", ()), understanding.of("field")
    asks = understanding.intent in ASKS_BESIDE and not understanding.left_out
    if not asks or len(wished) != 1 or len(named) < 2 or named[-1:] != wished:
        return understanding
    areas = {
        one: {one, *(field.key for field in knowledge.industry_fields(one))} for one in understanding.of("industry")
    }
    industries = tuple(one for one, fields in areas.items() if wished[0] in fields)
    names = {**understanding.names, "field": wished, "industry": industries}
    return replace(understanding, names={kind: keys for kind, keys in names.items() if keys})


def _without_work(understanding: Understanding) -> Understanding:
    """Return a question that names a field without the line of work that it only tells: "I'm a pilot. Is marketing hard?"."""
    told = {one for part in OWN_WORK for one in understanding.about_me.get(part, ())}
    others = {
        kind: tuple(key for key in understanding.of(kind) if key not in told)
        for kind in ("field", "industry")
        if understanding.of(kind)
    }
    asks = understanding.form != STATEMENT and understanding.intent in ASKS_BESIDE and not understanding.left_out
    if not asks or not others.get("field") or others["field"] == understanding.of("field"):
        return understanding
    names = {**understanding.names, **others}
    return replace(understanding, names={kind: keys for kind, keys in names.items() if keys})


def _without_home(knowledge: Knowledge, understanding: Understanding) -> Understanding:
    """Return a message that names a field without the place where the person lives, if that is none of the guide's.

    "I work in a hotel in Quito, what do you have for cooks?" looks for no course in Quito.
    """
    lives = set(understanding.about_me.get("lives", ()))
    places = tuple(
        key
        for key in understanding.of("place")
        if f"place/{key}" not in lives or not knowledge.has_name("place", key) or knowledge.place(key).destination
    )
    if places == understanding.of("place") or not understanding.of("field") or understanding.follows:
        return understanding
    names = {**understanding.names, "place": places}
    return replace(understanding, names={kind: keys for kind, keys in names.items() if keys})


def _without_refused(understanding: Understanding) -> Understanding:
    """Return a question without the fields and formats that it only refuses: "no online, please. Where would I go?".

    They are in the profile; the question is of what is left. One that refuses and asks for nothing else stays as it is.
    """
    avoided = set(understanding.about_me.get("avoid", ()))
    out = {kind: tuple(key for key in understanding.of(kind) if f"{kind}/{key}" in avoided) for kind in REFUSED}
    if understanding.form == STATEMENT or understanding.intent not in ASKS_BESIDE or not any(out.values()):
        return understanding
    names, left_out = dict(understanding.names), dict(understanding.left_out)
    for kind, keys in out.items():
        for names_of in (names, left_out):
            names_of[kind] = tuple(key for key in names_of.get(kind, ()) if key not in keys)
    return replace(
        understanding,
        names={kind: keys for kind, keys in names.items() if keys},
        left_out={kind: keys for kind, keys in left_out.items() if keys},
    )


def conditions_told(knowledge: Knowledge, profile: Names) -> list[str]:
    """Return a sentence for each of the first conditions of a person that something is known to."""
    profile = of_learner(profile)
    by_role: dict[str, dict[str, tuple[str, ...]]] = {}
    for (part, code), role in ROLES.items():
        if code in profile.get(part, ()) and role in knowledge.roles():
            told = by_role.setdefault(role, {})
            told[part] = (*told.get(part, ()), code)
    lines = [condition(noted(person_of(knowledge, told)), _known(knowledge, role)) for role, told in by_role.items()]
    return [line for line in lines if line][:MOST]


def _known(knowledge: Knowledge, role: str) -> str:
    """Return the first sentence of a topic that is understood by itself; of an open subject what is nearest to it."""
    found = found_topic(knowledge, knowledge.roles()[role])
    text = _without_introduction(found.nearest or "") if isinstance(found, OpenSubject) else found.answer
    return next((one for one in sentences(text) if len(one.split()) >= STANDS), "")


def _without_introduction(text: str) -> str:
    """Return what an open subject's text says after "It does say that"."""
    before, _, after = text.partition(" that ")
    return after if after and before.startswith("It ") and len(before.split()) <= INTRODUCED else text
