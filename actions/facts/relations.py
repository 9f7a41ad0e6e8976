"""Answers whether two things of the catalogue belong together: yes, no, or that it isn't said.

A premise that the catalogue contradicts ("why is Oxford in Canada") is put right first, in whatever form it comes.
"""

from __future__ import annotations

from actions.base import Answer
from actions.facts.question import OTHER, Question, first_answer
from actions.replies.base import listed, lower_first, paragraphs
from actions.replies.destinations import in_sentence
from actions.replies.facts import relations as words
from core.contract.question_forms import STATEMENT, WHERE, WHY, YES_NO
from knowledge.models import CredentialType, Destination, Field, Institution, Place, Program, ProgramCriteria, Provider

SEARCH = "find_programs"
UNIVERSITY, PLATFORM = "university", "platform"  # roles of providers
TAUGHT = ("fields", "programs")
ABOUT_TEACHING = (*TAUGHT, "taught", "all", "exists", "good", "popular", "example", "listed")
ABOUT_PLACE = ("placed", "place", "exists", "listed", "taught", "without")  # "isn't it in Italy?" denies nothing
SETS_ASKED = (
    "institutions",
    "providers",
    "companies",
    "platforms",
    "count",
    "fields",
    "types",
    "difference",
    "best",
    "without",
)
YES, NO, UNSAID = "yes", "no", "unsaid"


def answer_relation(question: Question) -> Answer | None:
    """Answer a question about two things of the catalogue, or None if it asks about something else."""
    relations = (_institution_place, _institution_field, _institution_type, _type_provider, _two_providers)
    more = (
        _type_place,
        _provider_field,
        _program_relation,
        _type_field,
        _where_institution,
        _is_named,
        _provider_place,
    )
    return first_answer(question, (*relations, *more))


def _yes_no(question: Question) -> bool:
    return question.form == YES_NO


def _institution_place(question: Question) -> Answer | None:
    """Answer "is RMIT in Peru?", and put right a place that a message takes for granted."""
    where = question.wheres
    if not where or len(question.institutions) != 1 or question.asks("difference", "common"):
        return None
    institution, asked = question.institutions[0], where[0]
    home, relation = question.home(institution), _located(institution, asked)
    bare = question.kinds == {"institution", "where"} and question.asks_only(*ABOUT_PLACE)
    if bare and _yes_no(question):
        if relation == YES:
            return question.answer(words.institution_is_there(institution, home), institution=institution.key)
        if relation == UNSAID:
            return question.answer(words.institution_city_unsaid(institution, home, asked), institution=institution.key)
    if relation == NO and (bare or question.asks("placed")):
        reply = words.institution_is_elsewhere(institution, home, asked, bare and _yes_no(question))
        return question.answer(reply, institution=institution.key)
    return None


def _located(institution: Institution, where: Destination | Place) -> str:
    """Return whether an institution is in a place: a city of its destination is neither affirmed nor denied."""
    home = institution.destination.key if institution.destination else ""
    if isinstance(where, Destination):
        return YES if where.key == home else NO
    if where.name == institution.country:
        return YES
    own_country = institution.country in ("", institution.destination.name if institution.destination else "")
    same = where.destination is not None and where.destination.key == home
    # Under a region with several countries, another country is a denial; a city may be in the institution's own.
    return UNSAID if same and (own_country or not _is_country(where)) else NO


def _is_country(place: Place) -> bool:
    """Return whether a place inside a region is one of its countries, as far as the guide's institutions tell."""
    home = place.destination
    return bool(place.note) or home is None or any(one.country == place.name for one in home.institutions)


def _where_institution(question: Question) -> Answer | None:
    """Answer "where is KU Leuven?"."""
    if question.kinds != {"institution"} or len(question.institutions) != 1 or question.asks(OTHER):
        return None
    if not question.asks("place") or not question.asks_only("place", "taught", "destinations", "exists"):
        return None
    institution = question.institutions[0]
    return question.answer(words.institution_where(institution, question.home(institution)))


def _institution_field(question: Question) -> Answer | None:
    """Answer "does Oxford teach AI?", and "what does Oxford teach?"."""
    if not question.institutions or not question.about_relation or question.kinds & {"provider", "program"}:
        return None
    institution = question.institutions[0]
    home = question.home(institution)
    if "field" in question.kinds:
        # The last comes first: a person may have said before what they are.
        fields = [question.knowledge.field_answer(field.key) for field in question.fields[:-3:-1]]
        reply = words.institution_and_field(institution, home, fields)
        return question.answer(reply, institution=institution.key, field=fields[0].field.key)
    bare = question.kinds == {"institution"} and len(question.institutions) == 1 and question.asks_only(*ABOUT_TEACHING)
    if not bare or not question.asks(*TAUGHT):
        return None
    return question.answer(words.institution_fields(institution, home, _yes_no(question)))


def _institution_type(question: Question) -> Answer | None:
    """Answer "does Oxford offer bootcamps?"."""
    if question.kinds - {"where"} != {"institution", "type"} or not question.about_relation:
        return None
    institution, kind = question.institutions[0], question.types[0]
    reply = words.institution_and_type(institution, question.home(institution), kind)
    return question.answer(reply, institution=institution.key, type=kind.key)


def _type_provider(question: Question) -> Answer | None:
    """Answer "does Udacity give MicroMasters?", and put right "the bootcamps by MIT"."""
    if question.asks("best"):  # "is the certificate by IBM as good as a bootcamp?" weighs two things
        return None
    if not {"type", "provider"} <= question.kinds or question.kinds & {"institution", "program"}:
        return None
    if len(question.types) != 1 or len(question.providers) != 1 or question.asks("difference", "common"):
        return None
    provider, kind = question.providers[0], question.types[0]
    linked = _offers(provider, kind)
    if linked and not question.about_relation or question.asks(OTHER):
        return None
    if "field" in question.kinds:
        return _such_programs(question, provider, kind) if linked else _not_offered(question, provider, kind)
    programs = question.knowledge.programs(ProgramCriteria(types=(kind.key,), providers=(provider.key,)))
    if not linked:
        return _not_offered(question, provider, kind)
    if programs and not _yes_no(question) and question.understanding.intent == SEARCH:
        return None
    reply = words.provider_and_type(provider, kind, programs, _yes_no(question))
    return question.answer(reply, _programs(programs), provider=provider.key, type=kind.key)


def _type_place(question: Question) -> Answer | None:
    """Answer "are there bootcamps in Canada?" and "where can I do one?": types are tied to no country, few programs are."""
    wheres = (
        question.kinds == {"type"} and question.form == WHERE and question.asks_only("place", "destinations", "taught")
    )
    if question.kinds != {"type", "where"} and not wheres or len(question.types) != 1 or not question.about_relation:
        return None
    if question.understanding.intent == SEARCH or question.asks(*SETS_ASKED):
        return None
    kind, where = question.types[0], (*question.destinations, *question.places, None)[0]
    home = where if where is None or isinstance(where, Destination) else where.destination
    keys = (home.key,) if home else ()
    found = question.knowledge.programs(ProgramCriteria(types=(kind.key,), destinations=keys))
    there = [one for one in found if one.destination] if home or where is None else []
    if there and where is not None:
        what = f"{lower_first(kind.plural)} in {words.short_name(where)}"
        return question.answer(words.programs_named(there, what, _yes_no(question)), _programs(there), type=kind.key)
    return question.answer(words.type_without_place(kind, where, there), type=kind.key)


def _programs(programs: list[Program]) -> dict[str, tuple[str, ...]]:
    return {"program": tuple(one.key for one in programs)} if len(programs) > 1 else {}


def _offers(provider: Provider, kind: CredentialType) -> bool:
    return any(one.key == kind.key for one in provider.types) or any(one.key == provider.key for one in kind.providers)


def _not_offered(question: Question, provider: Provider, kind: CredentialType) -> Answer:
    its = [question.knowledge.type(one.key) for one in provider.types]
    reply = words.provider_without_type(provider, kind, its)
    return question.answer(reply, provider=provider.key, type=kind.key)


def _such_programs(question: Question, provider: Provider, kind: CredentialType) -> Answer | None:
    """Answer "is there an IBM badge in cloud?"."""
    field = question.fields[0]
    criteria = ProgramCriteria(fields=(field.key,), types=(kind.key,), providers=(provider.key,))
    programs = question.knowledge.programs(criteria)
    what = f"{lower_first(kind.plural)} by {provider.name} in {in_sentence(field)}"
    if not programs:
        its = question.knowledge.programs(ProgramCriteria(types=(kind.key,), providers=(provider.key,)))
        reply = words.no_such_program(provider, what, its, kind)
    elif _yes_no(question):
        reply = words.programs_named(programs, what, yes_no=True)
    else:
        return None
    return question.answer(reply, _programs(programs), provider=provider.key, type=kind.key, field=field.key)


def _two_providers(question: Question) -> Answer | None:
    """Answer "is MIT on edX?"."""
    if question.kinds != {"provider"} or len(question.providers) != 2 or not question.about_relation:
        return None
    platforms = [one for one in question.providers if one.role == PLATFORM]
    others = [one for one in question.providers if one.role != PLATFORM]
    if (
        len(platforms) != 1
        or question.understanding.intent == "compare"
        or question.asks("difference", "common", "best")
    ):
        return None
    platform, other = platforms[0], others[0]
    return question.answer(words.of_provider(_on_platform(question, other, platform), other, platform))


def _on_platform(question: Question, provider: Provider, platform: Provider) -> str:
    knowledge = question.knowledge
    types = [knowledge.type(one.key) for one in provider.types]
    shared = next((one for one in types if _offers(platform, one)), None)
    if shared and provider.role == UNIVERSITY:
        start = "Yes, for" if _yes_no(question) else "For"
        return f"{start} **{lower_first(shared.plural)}**: the guide says that they come from {shared.offered_by}."
    together = knowledge.topic(platform.topic.key).answer if platform.topic else ""
    if provider.name in together and platform.name in together:
        sentence = together.partition(". ")[0].rstrip(".")
        return paragraphs(
            f"The guide names **{provider.name}** and **{platform.name}** together, without saying who is on which platform.",
            f"{sentence}.",
        )
    return paragraphs(f"The guide doesn't say whether **{provider.name}** is on {platform.name}.", provider.about)


def _provider_field(question: Question) -> Answer | None:
    """Answer "does Udacity teach AI?"."""
    if question.kinds != {"provider", "field"} or len(question.providers) != 1 or not question.about_relation:
        return None
    if question.asks("destinations", "institutions", "difference"):
        return None
    knowledge, provider, field = question.knowledge, question.providers[0], question.fields[0]
    programs = knowledge.programs(ProgramCriteria(fields=(field.key,), providers=(provider.key,)))
    if programs:
        if not _yes_no(question) and question.understanding.intent == SEARCH:
            return None
        what = f"by {provider.name}, for {in_sentence(field)}"
        return question.answer(
            words.programs_named(programs, what, _yes_no(question)),
            _programs(programs),
            provider=provider.key,
            field=field.key,
        )
    for kind in (knowledge.type(one.key) for one in provider.types):
        alone = {one.key for one in kind.providers} == {provider.key}
        if alone and any(one.key == field.key for one in kind.fields):
            return question.answer(words.provider_focus(provider, kind, field), provider=provider.key, field=field.key)
    its = knowledge.programs(ProgramCriteria(providers=(provider.key,)))
    reply = words.provider_field_unsaid(provider, knowledge.field_answer(field.key), its)
    return question.answer(reply, _programs(its) if len(its) > 1 else None, provider=provider.key, field=field.key)


def _program_relation(question: Question) -> Answer | None:
    """Answer "is the AWS architect by Microsoft?", "is IELTS a bootcamp?", "is that certificate in marketing?"."""
    if len(question.programs) != 1 or len(question.kinds) != 2 or not question.about_relation or not _yes_no(question):
        return None
    if question.asks("best", "difference", "common"):
        return None
    program = question.programs[0]
    kind = question.knowledge.type(program.type.key)
    text = ""
    if question.types:
        text = _is_of_type(program, kind, question.types[0])
    elif question.providers:
        text = _is_by(program, kind, question.providers[0])
    elif question.fields and program.fields:
        text = _is_in_field(program, question.fields)
    if not text:
        return None
    return question.answer(words.program_relation(program, kind, text), program=program.key)


def _is_of_type(program: Program, kind: CredentialType, asked: CredentialType) -> str:
    if kind.key == asked.key:
        return f"Yes, {words.the_program(program)} is one of the {lower_first(kind.plural)}."
    return f"No, {words.the_program(program)} is one of the {lower_first(kind.plural)}, not of the {lower_first(asked.plural)}."


def _is_by(program: Program, kind: CredentialType, asked: Provider) -> str:
    if program.provider is None:
        by = program.provider_text or kind.offered_by
        return f"The guide doesn't say so of **{program.name}**, only that {lower_first(kind.plural)} come from {by}."
    if program.provider.key == asked.key:
        return f"Yes, {words.the_program(program)} is by {asked.name}."
    return f"No, {words.the_program(program)} is by {program.provider.name}, not by {asked.name}."


def _is_in_field(program: Program, asked: list[Field]) -> str:
    field = asked[0]
    if any(one.key == field.key for one in program.fields):
        return f"Yes, {words.the_program(program)} is in {in_sentence(field)}."
    own = listed(map(in_sentence, program.fields))
    return f"No, {words.the_program(program)} is in {own}, not in {in_sentence(field)}."


def _type_field(question: Question) -> Answer | None:
    """Answer "are there bootcamps for nursing?", "nanodegree for machine learning"."""
    if question.kinds != {"type", "field"} or len(question.types) != 1 or not question.about_relation:
        return None
    if question.asks("destinations", "institutions", "providers", "companies", "platforms", "difference", "count"):
        return None
    if question.asks("best") and _yes_no(question):  # "is a PMP better than a MicroMasters?"
        return None
    knowledge, kind, field = question.knowledge, question.types[0], question.fields[0]
    if field.key in question.understanding.about_me.get(
        "work_field", ()
    ):  # where one works needn't be what one asks about
        return None
    programs = knowledge.programs(ProgramCriteria(fields=(field.key,), types=(kind.key,)))
    if programs and not _yes_no(question) and question.understanding.intent == SEARCH:
        return None
    if question.asks("only") and len(kind.fields) > 1:  # "are bootcamps only for coders?"
        return (
            question.answer(words.type_not_only(kind, field), type=kind.key, field=field.key)
            if _yes_no(question)
            else None
        )
    if programs or any(one.key == field.key for one in kind.fields):
        reply = words.type_and_field(kind, field, programs, _yes_no(question))
        return question.answer(reply, _programs(programs), type=kind.key, field=field.key)
    if question.form in (YES_NO, STATEMENT, WHY) or question.asks("by"):
        return question.answer(
            words.type_without_field(kind, knowledge.field_answer(field.key)), type=kind.key, field=field.key
        )
    return None


def _is_named(question: Question) -> Answer | None:
    """Answer "is Harvard in the guide?" and "does Microsoft have certificates?"."""
    if not _yes_no(question) or len(question.kinds) != 1 or not question.about_relation:
        return None
    beside = ("listed", "exists", "taught", "all", "programs", "institutions", "companies", "platforms", "place")
    if not question.asks("listed", "exists", "taught") or not question.asks_only(*beside):
        return None
    if len(question.institutions) == 1 and not question.asks("programs"):
        institution = question.institutions[0]
        return question.answer(words.institution_is_named(institution, question.home(institution)))
    if len(question.providers) == 1:
        provider = question.providers[0]
        kinds = [question.knowledge.type(one.key) for one in provider.types]
        named = question.knowledge.programs(ProgramCriteria(providers=(provider.key,)))
        return question.answer(words.provider_is_named(provider, kinds, named), _programs(named), provider=provider.key)
    if len(question.types) == 1 and question.asks("listed"):
        return question.answer(words.type_is_named(question.types[0]))
    return None


def _provider_place(question: Question) -> Answer | None:
    """Answer "is Harvard in Canada?" and "where is Google?": most providers are tied to no country."""
    if question.kinds not in ({"provider", "where"}, {"provider"}) or len(question.providers) != 1:
        return None
    if "where" not in question.kinds and not question.asks("place") or not question.about_relation:
        return None
    if (
        not _yes_no(question)
        and question.form != WHERE
        or not question.asks_only("place", "exists", "taught", "programs", "listed", "all")
    ):
        return None
    provider = question.providers[0]
    where = (*question.destinations, *question.places, None)[0]
    reply = words.provider_place(provider, where, _yes_no(question))
    return question.answer(reply, provider=provider.key)
