"""The profile: what a person said of themselves in a conversation, as short codes and catalogue keys.

Its parts are those of nlu/extraction/about_me.py. A place, and what is to be avoided, is "kind/key", such as "place/kenya".
"""

from __future__ import annotations

from dataclasses import replace

from actions.context import DialogueState, Names, Understanding
from actions.replies.advice.profile import SOMEBODY
from core.contract.intents import ASK_TOPIC, COMPARE, DISTRESS, FEEL_LOW, GIVE_CONTACT, WANT_PERSON
from core.contract.question_forms import STATEMENT, WHICH, YES_NO
from knowledge.knowledge_base import Knowledge
from knowledge.models import Destination

# Intents of messages that are never answered with advice, whatever they tell.
NEVER = (DISTRESS, FEEL_LOW, WANT_PERSON, GIVE_CONTACT)
MANY = ("time", "limits", "avoid")  # parts that grow; a new value of any other part replaces the old one
AVOIDABLE = ("field", "place", "mode")  # parts of wishes that may be avoided instead
WITHDRAWN = "withdrawn"  # wishes that are none any more; no part of the profile
EXCLUDED = ("type", "program", "provider")  # kinds that can be excluded, and are no wishes otherwise
WORK, STAFF = "work", "staff"
OF_WORK = (WORK, "work_field", "work_industry")
MOST = 6  # values of a part
WHERE = ("destination", "place")
# Codes of what a message asks.
WHAT_ELSE, YES_OR_NO, SKILL_NEEDED, URGED = "what-else", "yes-or-no", "skill-needed", "urged"
RETIRED, NO_JOB = "retired", "no-job"  # codes of a situation
WORKING_AGE = range(18, 70)  # years at which one is asked for an aim at work and for degrees
THINGS = {"program", "provider", "institution", "type"}  # kinds of which a format may be asked
MEANT = "meant"  # a way of referring back (nlu/extraction/references.py)
OF_ONESELF = {"goal", "level", "age", "studied", "situation", "work"}  # told before another was spoken of
OWN = "own"  # the parts that the writer has, who may ask for somebody else
ASIDE = "aside"  # what is known of the other one of two people, as "part=value"; kept in profile_state.py alone
THIRD = "third:"  # before "work" among those if it is the work of somebody else
PAST = "past"  # "work" if it is over
FUN = "fun"  # code of a goal
SURELY = 0.6  # probability from which a topic is what a message asks, and not what is told of the person
ROLE, EMPLOYER = "role", "employer"  # as whom somebody asks who is no learner
# In the order in which they are asked for; a place or a format answers the same question.
QUESTIONS: dict[str, tuple[str, ...]] = {
    "field": ("field",),
    "where": ("place", "mode"),
    "goal": ("goal",),
    "level": ("level",),
}
OF_ONE_PERSON = ("goal", "level")  # questions that make no sense for a whole staff
ASKING = "asking:"  # before the question that is open, among what advice has said
NAMED = {"field": "field", "industry": "field", "destination": "place", "place": "place", "mode": "mode"}


def asked_not_wished(understanding: Understanding) -> Understanding:
    """Return a message without the wish for what it only asks about: "the one by MIT, is it online, yes or no?"."""
    if SKILL_NEEDED in understanding.asks:  # "do I need to be good at maths?" wishes for no maths
        names = {kind: keys for kind, keys in understanding.names.items() if kind not in ("field", "industry")}
        about_me = {part: values for part, values in understanding.about_me.items() if part != "field"}
        return replace(understanding, names=names, about_me=about_me)
    told, asks = set(understanding.about_me) - {OWN}, "mode" in understanding.attributes
    of_thing = THINGS & set(understanding.names) or YES_OR_NO in understanding.asks
    if (
        understanding.form == WHICH
        and told == {"limits"}
        and OWN not in understanding.about_me
        and not understanding.tells
    ):
        return replace(understanding, about_me={})  # "which of them is for beginners?" says nothing of the person
    if understanding.form != YES_NO or told != {"mode"} or not asks or not of_thing:
        return understanding
    return replace(understanding, about_me={}, tells=False, brief=False)


def without_told(understanding: Understanding, state: DialogueState) -> Understanding:
    """Return a message without what it only tells beside its question: where one studied, and the answer to what was asked."""
    understanding = _without_urged(_where_wished(understanding), state)
    said = understanding.about_me
    if {"studied", "level"} & set(said):
        studied = said.get("studied", ())
        others = tuple(key for key in understanding.of("field") if key not in studied)
        names = {**understanding.names, "field": others} if others else understanding.names
        understanding = replace(understanding, names=names, unknown=())
    best = understanding.topics[0].share if understanding.topics else 0.0
    if understanding.intent == ASK_TOPIC and understanding.confidence * best >= SURELY and OF_WORK[0] in said:
        own = {key for part in OF_WORK for key in said.get(part, ())}  # "I'm a baker. What are they exactly?"
        names = {kind: tuple(key for key in keys if key not in own) for kind, keys in understanding.names.items()}
        understanding = replace(understanding, names={kind: keys for kind, keys in names.items() if keys})
    if "goal" in said and open_question(state) == "goal":  # "for a new career. Is there a scholarship?"
        understanding = replace(understanding, second=None)
    return understanding


def _without_urged(understanding: Understanding, state: DialogueState) -> Understanding:
    """Return a message without the field that somebody else wishes for the writer, who has spoken of another one."""
    wished = {key for names in (state.profile, state.names, state.focus) for key in names.get("field", ())}
    named = set(understanding.of("field"))
    if URGED not in understanding.asks or not named or not wished or named & wished:
        return understanding  # "my son wants me to do something with AI" opens with it
    about_me = {part: values for part, values in understanding.about_me.items() if part != "field"}
    names = {kind: keys for kind, keys in understanding.names.items() if kind not in ("field", "industry")}
    return replace(understanding, about_me=about_me, names=names)


def _where_wished(understanding: Understanding) -> Understanding:
    """Return a message without the places before the one that is wished for: "he says Oslo, but I'd rather go to Rome"."""
    wished = understanding.about_me.get("place", ())
    asks = understanding.intent != COMPARE and "either" not in understanding.asks and not understanding.left_out
    kinds = [kind for kind in WHERE if understanding.of(kind)]
    if not asks or len(wished) != 1 or len(kinds) != 1:
        return understanding
    (kind,) = kinds
    keys = understanding.of(kind)
    if len(keys) < 2 or f"{kind}/{keys[-1]}" != wished[0]:
        return understanding
    return replace(understanding, names={**understanding.names, kind: keys[-1:]})


def merged(profile: Names, said: Names) -> Names:
    """Return the profile after a message: what it says replaces what was said before, and what it excludes goes."""
    result = dict(profile)
    now = {part for part in said.get(OWN, ()) if not part.startswith(THIRD)}
    own = {*(set(profile.get(OWN, ())) - set(said)), *now}
    if said.get("for_whom") and not profile.get("for_whom"):  # "and my sister, is there something for her?"
        own |= (set(profile) & OF_ONESELF) - set(said)
        if {WORK, *OF_WORK, "studied"} & set(said):  # "my sister is a doctor": the field was the writer's wish
            result.pop("field", None)
    if said.get("lives") and profile.get("origin") and said.get("origin") == said["lives"]:
        said = {part: values for part, values in said.items() if part != "origin"}  # "I live in Qatar" is no new origin
    if said.get("situation") == (NO_JOB,) and RETIRED in profile.get("situation", ()):
        # Who is retired wants no job anyway.
        said = {part: values for part, values in said.items() if part != "situation"}
    if said.get("for_whom") == (SOMEBODY,) and profile.get("for_whom"):  # "it's for him" adds nothing
        said = {part: values for part, values in said.items() if part != "for_whom"}
    result, said = _without_withdrawn(result, said)
    if set(said) & set(OF_WORK):
        for part in (*OF_WORK, PAST):
            result.pop(part, None)
    if "no-travel" in said.get("limits", ()):  # the places that were in mind
        result.pop("place", None)
    for part, values in said.items():
        if part == ASIDE:
            continue
        kept = result.get(part, ()) if part in MANY else ()
        result[part] = tuple(dict.fromkeys((*kept, *values)))[-MOST:]
    for part in AVOIDABLE:
        result = _without_avoided(result, said, part)
    result[OWN] = tuple(sorted(own))
    return {part: values for part, values in result.items() if values}


def _without_withdrawn(profile: Names, said: Names) -> tuple[Names, Names]:
    """Return the profile and what is said without the wishes that are taken back."""
    gone = set(said.get(WITHDRAWN, ()))
    kept = {
        part: tuple(value for value in values if _as_avoided(part, value) not in gone) if part in AVOIDABLE else values
        for part, values in profile.items()
    }
    return kept, {part: values for part, values in said.items() if part != WITHDRAWN}


def _without_avoided(profile: Names, said: Names, part: str) -> Names:
    """Return the profile without what is both wanted and avoided; what was said last counts."""
    wanted, avoided = profile.get(part, ()), profile.get("avoid", ())
    both = {value for value in wanted if _as_avoided(part, value) in avoided}
    if not both:
        return profile
    if set(said.get(part, ())) & both:
        return {
            **profile,
            "avoid": tuple(one for one in avoided if one not in {_as_avoided(part, each) for each in both}),
        }
    return {**profile, part: tuple(value for value in wanted if value not in both)}


def _as_avoided(part: str, value: str) -> str:
    return value if "/" in value else f"{part}/{value}"


def open_question(state: DialogueState) -> str:
    """Return the part of the profile that was asked for last and is still open, or ""."""
    return next((one.removeprefix(ASKING) for one in state.advised if one.startswith(ASKING)), "")


def named_in(understanding: Understanding) -> Names:
    """Return the names of a brief message as wishes: "the UK" after "where would you like to study?"."""
    said: dict[str, tuple[str, ...]] = {}
    avoided: list[str] = []
    for kind, part in NAMED.items():
        for key in understanding.of(kind):
            if key in understanding.left_out.get(kind, ()) or understanding.excludes and not understanding.left_out:
                avoided.append(f"{kind}/{key}")
            elif kind == "industry" and understanding.of("field"):
                continue  # the same words name both
            else:
                value = key if kind in ("field", "mode") else f"{kind}/{key}"
                said[part] = (*said.get(part, ()), value)
    avoided += excluded_in(understanding)
    return {**said, **({"avoid": tuple(avoided)} if avoided else {})}


def excluded_in(understanding: Understanding) -> list[str]:
    """Return the kinds, programs and providers that a message excludes ("no bootcamps", "besides IBM")."""
    out = understanding.names if understanding.excludes and not understanding.left_out else understanding.left_out
    return [f"{kind}/{key}" for kind in EXCLUDED for key in out.get(kind, ())]


def refused_in(understanding: Understanding) -> list[str]:
    """Return what a statement refuses: places, and a field that another one takes the place of."""
    if understanding.form != STATEMENT or WHAT_ELSE in understanding.asks:
        return []
    kept = understanding.instead.names if understanding.instead is not understanding else {}
    only_meant = MEANT in understanding.back and not any(kept.get(kind) for kind in WHERE)
    if only_meant:  # "no, I don't mean Oslo, that was my neighbour"
        return []
    kinds = (*WHERE, *(("field",) if kept.get("field") and MEANT in understanding.back else ()))
    return [f"{kind}/{key}" for kind in kinds for key in understanding.left_out.get(kind, ())]


def missing(profile: Names, advised: tuple[str, ...], has_field: bool = False) -> str:
    """Return the question that matters most of those that are open and were not asked yet, or "".

    `has_field` tells that the work of the person stands for the field.
    """
    for question, parts in QUESTIONS.items():
        if question in OF_ONE_PERSON and first(profile, "for_whom") == STAFF:
            continue
        if question in OF_ONE_PERSON and seeks_no_work(profile):  # who learns for its own sake needs no papers either
            continue
        known = any(profile.get(part) for part in parts)
        known = known or question == "where" and any(value.startswith("mode/") for value in profile.get("avoid", ()))
        known = known or question == "field" and has_field or question == "where" and stays(profile)
        if not known and f"asked:{question}" not in advised:
            return question
    return ""


def seeks_no_work(profile: Names) -> bool:
    """Return whether the one who is to learn is after no work: retired, looking for none, curious, too young or too old."""
    learner = of_learner(profile)
    age = first(learner, "age")
    out_of_age = age.isdigit() and int(age) not in WORKING_AGE
    return out_of_age or bool({RETIRED, NO_JOB} & set(learner.get("situation", ()))) or FUN in learner.get("goal", ())


def is_employer(profile: Names) -> bool:
    """Return whether the writer asks as one who hires, who is no learner."""
    return EMPLOYER in profile.get(ROLE, ())


def of_learner(profile: Names) -> Names:
    """Return the profile without what the writer only told of themselves, if the course is for somebody else."""
    whom = first(profile, "for_whom")
    own = set(profile.get(OWN, ())) - ({"limits"} if whom == STAFF else set()) if whom else set()
    return {
        part: values for part, values in profile.items() if part not in own and (part not in OF_WORK or WORK not in own)
    }


def told_now(profile: Names, said: Names) -> Names:
    """Return what a message says as a profile of its own, with for whom it is, so that it is told of the right person."""
    whom = profile.get("for_whom", ())
    return merged({}, {**said, **({"for_whom": whom} if whom else {})})


def stays(profile: Names) -> bool:
    """Return whether the person cannot go away."""
    return "no-travel" in profile.get("limits", ())


def first(profile: Names, part: str) -> str:
    """Return the only or first value of a part, or ""."""
    return next(iter(profile.get(part, ())), "")


def field_key(knowledge: Knowledge, profile: Names) -> str:
    """Return the field that advice is about: the one that is wanted, else that of the work, unless it is to be left; or ""."""
    wanted = [key for value in profile.get("field", ()) if (key := _as_field(knowledge, value))]
    if wanted:
        return wanted[0]
    theirs = WORK in profile and WORK not in profile.get(OWN, ())  # "my wife is a midwife"
    of_other = first(profile, "for_whom") not in ("", STAFF) and not theirs
    if first(profile, "goal") == "new-career" or of_other:
        return ""
    of_work = (
        first(profile, "work_field"),
        _of_industry(knowledge, first(profile, "work_industry"), first(profile, "work")),
        first(profile, "studied"),
    )
    avoided = profile.get("avoid", ())
    return next(
        (key for key in of_work if key and f"field/{key}" not in avoided and knowledge.has_name("field", key)), ""
    )


def _as_field(knowledge: Knowledge, value: str) -> str:
    kind, _, key = value.rpartition("/")
    if kind == "industry":
        return _of_industry(knowledge, key)
    return key if knowledge.has_name("field", key) else ""


def _of_industry(knowledge: Knowledge, key: str, work: str = "") -> str:
    """Return the field that an industry stands for: one that the work names ("a software engineer"), its own, or its first."""
    if not key or not knowledge.has_name("industry", key):
        return key if key and knowledge.has_name("field", key) else ""
    fields, words = knowledge.industry_fields(key), set(work.lower().split())
    named = next((field.key for field in fields if field.name.lower().split()[0] in words), "")
    if named or knowledge.has_name("field", key):
        return named or key
    return next((field.key for field in fields), "")


def place_wanted(
    knowledge: Knowledge, profile: Names, homes: tuple[Destination, ...] = ()
) -> tuple[str, Destination | None]:
    """Return the name of the place that is wanted, and the destination that it is or lies in.

    Of several, it is the first that is one of the `homes` of a field, else the first.
    """
    wanted = [_place(knowledge, value) for value in profile.get("place", ())]
    listing = {home.key for home in homes}
    fits = (one for one in wanted if one[1] and one[1].key in listing)
    return next(fits, wanted[0] if wanted else ("", None))


def _place(knowledge: Knowledge, value: str) -> tuple[str, Destination | None]:
    kind, _, key = value.partition("/")
    if not key or not knowledge.has_name(kind, key):
        return "", None
    if kind == "destination":
        destination = knowledge.destination(key)
        return destination.short, destination
    place = knowledge.place(key)
    return place.name, place.destination
