"""Gathers what the knowledge base has for a profile: the person in words, a suggestion, its limits and the next steps."""

from __future__ import annotations

from collections.abc import Iterator

from actions.advice.profile import (
    PAST,
    STAFF,
    field_key,
    first,
    is_employer,
    of_learner,
    place_wanted,
    seeks_no_work,
    stays,
)
from actions.context import Names
from actions.near_fields import close_homes, close_programs, near_fields, own_industry, stands_for
from actions.replies.advice.profile import UNGRADUATED, Person
from actions.replies.advice.suggestion import Suggestion, kinds_name
from actions.replies.destinations import in_sentence, with_article
from actions.topics import found_topic
from knowledge.errors import UnknownKey
from knowledge.knowledge_base import Knowledge
from knowledge.models import (
    CredentialType,
    Destination,
    Field,
    FieldAnswer,
    Industry,
    OpenSubject,
    Program,
    Topic,
    TopicItem,
)

FIELD = "field/"  # before the key of a field that is refused
GRADUATES = ("bachelor", "master", "doctorate")
ONLINE = "online"
NO_LICENCE = "no-licence"  # code of a limit
MOST_UNKNOWN, MOST_STEPS = 3, 4
# What a program would have to state, and what isn't known if none does.
UNSTATED = {"price": "what a course costs", "mode": "whether a given course is online"}
# What nobody states, by what the person said: part and code of the profile.
UNKNOWN = {
    ("limits", "beginner"): "whether it suits beginners",
    ("limits", "weak-english"): "how much English it takes",
    ("limits", "access"): "how accessible a course is",
    ("limits", "no-papers"): "which papers they ask for",
    ("limits", "weak-connection"): "what device or connection it needs",
    ("level", "no-degree"): "whether it asks for a degree",
    ("level", "unqualified"): "whether it asks for school certificates",
    ("level", "left-school"): "whether it asks for school certificates",
    ("level", "school"): "whether it asks for more than school",
    ("time", "daytime"): "at what hours it is taught",
    ("time", "evenings"): "at what hours it is taught",
    ("time", "weekends"): "at what hours it is taught",
    ("time", "full-time-job"): "how many hours a week it takes",
    ("time", "shifts"): "at what hours it is taught",
    ("goal", "licence"): "what your own licensing body accepts",
}
ANYONE = "whether they would admit you"
# Roles of the topics whose items are steps, and the steps that come first by what the person said.
STEPS, SHOWING = ("choosing", "making-most"), "step-showing"
FIRST_STEPS = ("step-recognition", "step-relevance", "step-cost", "step-format")


def person_of(knowledge: Knowledge, profile: Names) -> Person:
    """Return a profile in words; what the knowledge base no longer has is left out.

    Where one lives is where one comes from only if one said so.
    """
    profile = of_learner(profile)
    lives = _place_name(knowledge, first(profile, "lives"))
    return Person(
        work=_work_name(knowledge, profile),
        past=bool(profile.get(PAST)),
        origin=_place_name(knowledge, first(profile, "origin"))
        if profile.get("lives") != profile.get("origin")
        else "",
        lives=lives,
        studied=_field_name(knowledge, first(profile, "studied")),
        level=first(profile, "level"),
        situation=first(profile, "situation"),
        goal=first(profile, "goal"),
        field=" and ".join(filter(None, (_field_name(knowledge, value) for value in profile.get("field", ())[:2]))),
        place=" or ".join(filter(None, (_place_name(knowledge, value) for value in profile.get("place", ())[:2]))),
        mode=first(profile, "mode"),
        budget=first(profile, "budget"),
        whom=first(profile, "for_whom"),
        age=first(profile, "age"),
        time=profile.get("time", ()),
        limits=profile.get("limits", ()),
        avoids=tuple(filter(None, (_avoided(knowledge, value) for value in profile.get("avoid", ())))),
    )


def _work_name(knowledge: Knowledge, profile: Names) -> str:
    """Return the work as it was said, with the catalogue's name for a field that somebody works in ("in hospitality").

    A workplace is no field: who works "in a factory" need not work in what the catalogue calls manufacturing.
    """
    said, field = first(profile, "work"), _field_name(knowledge, first(profile, "work_field"))
    if not said.startswith("in ") or said.startswith(("in a ", "in an ")) or not field:
        return said
    return f"in teaching {field}" if said.startswith("in teaching ") else f"in {field}"


def _place_name(knowledge: Knowledge, value: str) -> str:
    kind, _, key = value.partition("/")
    return with_article(knowledge.name(kind, key).short) if key and knowledge.has_name(kind, key) else ""


def _field_name(knowledge: Knowledge, value: str) -> str:
    kind, _, key = value.rpartition("/")
    if kind == "industry" and knowledge.has_name("industry", key):
        return knowledge.industry(key).name.lower()
    return in_sentence(knowledge.field(key)) if key and knowledge.has_name("field", key) else ""


def _avoided(knowledge: Knowledge, value: str) -> str:
    kind, _, key = value.partition("/")
    if not knowledge.has_name(kind, key):
        return ""
    if kind == "type":
        return kinds_name(knowledge.type(key))
    name = knowledge.name(kind, key).short
    return name.lower() if kind == "mode" else _field_name(knowledge, key) if kind == "field" else name


def suggest(knowledge: Knowledge, profile: Names) -> Suggestion | None:
    """Return what fits the profile, or None if no field is known."""
    key = field_key(knowledge, profile)
    if not key:
        return None
    answer = knowledge.field_answer(key)
    avoided = {value.partition("/")[2] for value in profile.get("avoid", ())}
    fields = [value.partition("/")[2] for value in profile.get("avoid", ()) if value.startswith(FIELD)]
    avoided |= {one for field in fields for one in stands_for(knowledge, field)} - {key}
    if (licence := of_role(knowledge, "for-licence")) and keeps_no_licence(profile):
        avoided.add(licence.key)
    place, destination = place_wanted(knowledge, profile, answer.destinations)
    of_types, types = _with_types(knowledge, answer, profile, avoided)
    programs = _for_beginners(knowledge, tuple(_fitting(answer.programs, profile, avoided)), profile)
    return Suggestion(
        field=answer,
        programs=programs,
        types=tuple(types),
        types_of=in_sentence(of_types),
        graduate=_graduate(knowledge, profile),
        industry=_industry(knowledge, answer, profile),
        place=place,
        destination=destination,
        homes=_kept(answer.destinations, avoided),
        near=_near(knowledge, answer, avoided),
        known_for=tuple(with_article(one.where.name) for one in answer.strengths if one.field.key == key),
        away=first(profile, "mode") != ONLINE and not stays(profile),
        close=() if programs else _close(knowledge, answer, profile, avoided),
        whole=own_industry(answer),
    )


def keeps_no_licence(profile: Names) -> bool:
    """Return whether the person has no professional licence to keep: they said so, or they are retired."""
    profile = of_learner(profile)
    retired = first(profile, "situation") == "retired" and first(profile, "goal") != "licence"
    return NO_LICENCE in profile.get("limits", ()) or retired


def _near(
    knowledge: Knowledge, answer: FieldAnswer, avoided: set[str]
) -> tuple[tuple[str, tuple[Destination, ...]], ...]:
    """Return the fields near a field that are popular somewhere, by name, with where."""
    close = ((field, homes) for field, homes in close_homes(knowledge, answer) if field.key not in avoided)
    near = ((in_sentence(field), _kept(homes, avoided)) for field, homes in close)
    return tuple((field, homes) for field, homes in near if homes)


def _close(knowledge: Knowledge, answer: FieldAnswer, profile: Names, avoided: set[str]) -> tuple[Program, ...]:
    """Return the programs near a field, without those that something speaks against."""
    return _for_beginners(knowledge, tuple(_fitting(close_programs(knowledge, answer), profile, avoided)), profile)


def second_field(profile: Names) -> tuple[str, ...]:
    """Return the second of two fields that are wished for, as none or one."""
    return profile.get("field", ())[1:2]


def suggest_for(knowledge: Knowledge, profile: Names, field: str) -> Suggestion | None:
    """Return what fits the profile if this were the field that is wanted."""
    return suggest(knowledge, {**profile, "field": (field,)})


def _kept(homes: tuple[Destination, ...], avoided: set[str]) -> tuple[Destination, ...]:
    return tuple(home for home in homes if home.key not in avoided)


def _fitting(programs: tuple[Program, ...], profile: Names, avoided: set[str]) -> Iterator[Program]:
    """Yield the programs that nothing in the profile speaks against."""
    mode = first(profile, "mode")
    wanted = [value.partition("/")[2] for value in profile.get("place", ()) if value.startswith("destination/")]
    for program in programs:
        refused = avoided & {program.key, program.type.key, program.provider.key if program.provider else ""}
        elsewhere = program.destination and (
            program.destination.key in avoided or wanted and program.destination.key not in wanted
        )
        other_mode = program.mode and (program.mode.key in avoided or mode and program.mode.key != mode)
        if not refused and not elsewhere and not other_mode:
            yield program


def _for_beginners(knowledge: Knowledge, programs: tuple[Program, ...], profile: Names) -> tuple[Program, ...]:
    """Return the programs without those that prove a skill, for somebody new to it, if there are others."""
    skilled = of_role(knowledge, "for-skilled")
    new = "beginner" in profile.get("limits", ()) or first(profile, "level") in UNGRADUATED
    others = tuple(one for one in programs if not skilled or one.type.key != skilled.key)
    return others if new and others else programs


def _with_types(
    knowledge: Knowledge, answer: FieldAnswer, profile: Names, avoided: set[str]
) -> tuple[Field, list[CredentialType]]:
    """Return the field with the kinds of credential that go with it, else the nearest to it that has any."""
    of_near = near_fields(knowledge, answer) if answer.types else (field for field, _ in answer.near)
    for field in (answer.field, *of_near):
        if kinds := _types(knowledge, field, profile, avoided):
            return field, kinds
    nothing_else = not answer.programs and not answer.destinations and not answer.near
    for key in _own_fields(knowledge, profile) if nothing_else else ():  # what goes with the person's own work
        if knowledge.has_name("field", key) and (kinds := _types(knowledge, knowledge.field(key), profile, avoided)):
            return knowledge.field(key), kinds
    return answer.field, []


def _types(knowledge: Knowledge, field: Field, profile: Names, avoided: set[str]) -> list[CredentialType]:
    """Return the kinds for a field; that which keeps a professional's licence comes first for who works in it, else alone."""
    found = [kind for kind in knowledge.types_for_field(field.key) if kind.key not in avoided]
    licence, works = of_role(knowledge, "for-licence"), _own_fields(knowledge, profile)
    theirs = [kind for kind in found if licence and kind.key == licence.key]
    if not theirs or works & {one.key for one in theirs[0].fields}:
        return [*theirs, *(kind for kind in found if kind not in theirs)]
    return [kind for kind in found if kind not in theirs] or theirs


def _own_fields(knowledge: Knowledge, profile: Names) -> set[str]:
    return {first(profile, part) for part in ("work_field", "work_industry", "studied")} - {""}


def _graduate(knowledge: Knowledge, profile: Names) -> CredentialType | None:
    profile = of_learner(profile)
    wants_more = first(profile, "goal") == "further-study" and first(profile, "level") in GRADUATES
    return of_role(knowledge, "for-graduates") if wants_more else None


def of_role(knowledge: Knowledge, role: str) -> CredentialType | None:
    """Return the type of credential whose topic has a role."""
    topic = knowledge.roles().get(role)
    return next((kind for kind in knowledge.types() if kind.topic and kind.topic.key == topic), None) if topic else None


def _industry(knowledge: Knowledge, answer: FieldAnswer, profile: Names) -> Industry | None:
    """Return the industry of the field that the guide says something about in hiring."""
    keys = [answer.field.key, *(one.key for one in answer.industries)]
    if field_key(knowledge, profile) == first(profile, "work_field"):
        keys.insert(0, first(profile, "work_industry"))
    known = [knowledge.industry(key) for key in keys if key and knowledge.has_name("industry", key)]
    return next((one for one in known if one.acceptance), None)


def unknown(knowledge: Knowledge, profile: Names) -> list[str]:
    """Return what isn't known of the programs and matters to this person, in words."""
    profile = of_learner(profile)
    wants_online = first(profile, "mode") == ONLINE or stays(profile)
    first_of_all = ["mode"] if wants_online else []
    if profile.get("budget"):
        first_of_all.append("price")
    facts = list(
        dict.fromkeys(UNSTATED[fact] for fact in (*first_of_all, "price") if not knowledge.count_stating(fact))
    )
    known = max(1, len(first_of_all))
    theirs = [UNKNOWN[part, code] for part, code in UNKNOWN if code in profile.get(part, ())]
    return list(dict.fromkeys([*facts[:known], *theirs, *facts[known:], ANYONE]))[:MOST_UNKNOWN]


def steps(knowledge: Knowledge, profile: Names) -> list[TopicItem]:
    """Return the next steps, those first that matter most to this person."""
    roles = knowledge.roles()
    items = {
        item.topic.key: item
        for role in STEPS
        if role in roles
        for item in knowledge.topic(roles[role]).items
        if item.topic
    }
    order = list(FIRST_STEPS)
    if profile.get("budget"):
        order.remove("step-cost")
        order.insert(0, "step-cost")
    if profile.get("mode") or stays(profile):
        order.remove("step-format")
    # Nobody shows employers what they learn for themselves, and one who hires or pays shows nothing.
    last = () if seeks_no_work(profile) or is_employer(profile) or first(profile, "for_whom") == STAFF else (SHOWING,)
    wanted = [roles[role] for role in (*order[: MOST_STEPS - 1], *last) if role in roles]
    return [items[key] for key in wanted if key in items]


def goal_said(knowledge: Knowledge, profile: Names) -> str:
    """Return what the guide says to the person's goal, or ""."""
    key = knowledge.roles().get(f"goal-{first(profile, 'goal')}")
    if not key:
        return ""
    try:
        found: Topic | OpenSubject = found_topic(knowledge, key)
    except UnknownKey:
        return ""
    return found.say if isinstance(found, OpenSubject) else found.answer
