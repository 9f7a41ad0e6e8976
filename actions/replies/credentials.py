"""Words for types of credentials, providers, single programs, and recognition."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from actions.replies.base import (
    ANSWERED,
    DECLINED,
    PERSON,
    VERDICT,
    Button,
    Reply,
    bullets,
    first_sentence,
    guide,
    listed,
    lower_first,
    not_ranked,
    paragraphs,
    payload,
    sentences,
    sources_of,
    topic_button,
    without_opening,
)
from actions.replies.claims.answers import BEARS, shared_words
from actions.replies.destinations import with_article, with_bold
from actions.replies.program_facts import FACTS
from knowledge.models import CredentialType, Destination, Field, Industry, Program, Provider, Source, Topic

ENOUGH = 25  # words that the short form of a text has at the least
_LIMITING = re.compile(r"(?:but|yet|however|others?|some|many others)\b", re.I)  # begins what limits a text


def type_button(kind: CredentialType) -> Button:
    """Return a button that asks about a type."""
    return Button(kind.name, payload("ask_about", type=kind.key))


def describe_provider(provider: Provider, types: Sequence[CredentialType], programs: Sequence[Program]) -> Reply:
    """Describe a platform, company, university or organisation."""
    offers = [f"**{kind.name}**: focuses on {kind.focus}." for kind in types]
    named = f"Named in the guide: {listed(program.name for program in programs)}." if programs else ""
    return Reply(
        paragraphs(provider.about, bullets(offers), named),
        ANSWERED,
        provider.topic.key if provider.topic else None,
        sources_of(provider.source),
        (*(type_button(kind) for kind in types[:2]), PERSON),
    )


def describe_program(program: Program, of_type: CredentialType) -> Reply:
    """Describe one program, and say which facts its source does not state."""
    by = program.provider.name if program.provider else program.provider_text
    lines = [
        f"**Type**: {program.type.name}",
        f"**Offered by**: {by}" if by else "",
        f"**Field**: {listed(lower_first(field.name) for field in program.fields)}" if program.fields else "",
        *(f"**{label}**: {value}" for label, words in FACTS.values() if (value := words(program))),
    ]
    kind = f"{of_type.plural} focus on {of_type.focus}; they are offered by {of_type.offered_by}."
    return Reply(
        paragraphs(f"**{program.name}**", bullets(line for line in lines if line), kind, _not_stated(program)),
        ANSWERED,
        of_type.topic.key if of_type.topic else None,
        sources_of(program.source, of_type.source),
        (type_button(of_type), PERSON),
    )


def _not_stated(program: Program) -> str:
    missing = [
        word
        for word, value in (
            ("price", program.price),
            ("dates", program.start),
            ("length", program.duration),
            ("mode", program.mode),
        )
        if value in (None, "")
    ]
    return f"Its {listed(missing)} {'is' if len(missing) == 1 else 'are'} not stated." if missing else ""


def suited_types(field: Field, types: Sequence[CredentialType]) -> Reply:
    """Name the types that the guide connects with a field, and what each focuses on."""
    name = lower_first(field.name)
    lines = [f"**{kind.plural}**: {kind.focus}; from {kind.offered_by}." for kind in types]
    return Reply(
        paragraphs(
            f"For **{name}** there {'is this kind' if len(types) == 1 else 'are these kinds'} of credential:",
            bullets(lines),
            "The guide ranks none of them." if len(types) > 1 else "",
        ),
        ANSWERED,
        types[0].topic.key if types[0].topic else None,
        sources_of(*(one.source for one in types)),
        (*(type_button(one) for one in types[:3]), PERSON),
    )


def all_types(types: Sequence[CredentialType], field: Field | None, overview: Topic) -> Reply:
    """Describe every type; if a field is given, say first that the guide connects none with it."""
    first = (
        f"The guide connects no one kind of credential with {lower_first(field.name)}."
        if field
        else "It depends on what you want to do with it. The kinds the guide describes, and what each is for:"
    )
    lines = [f"**{kind.plural}**: {kind.focus}" for kind in types]
    return Reply(
        paragraphs(
            first,
            "What each kind is for:" if field else "",
            bullets(lines),
            "What do you want to learn, and how much time do you have?",
        ),
        ANSWERED,
        overview.key,
        overview.sources,
        tuple(type_button(one) for one in types[:4]),
    )


def compared_types(types: Sequence[CredentialType], ranked_by: str = "", told: Collection[str] = ()) -> Reply:
    """Tell types apart by what each is for and who offers it; the guide ranks none.

    What they are compared by (`ranked_by`) goes first: of one of them the guide may use just that word. Of those whose keys
    were `told` of before, nothing is told again.
    """
    lines = [f"**{kind.plural}**: {kind.focus}; from {kind.offered_by}." for kind in types if kind.key not in told]
    first = "They differ in what they are for and in who offers them:"
    last = f"The guide ranks {'neither' if len(types) == 2 else 'none of them'}: choose by what you need one for."
    if told and not ranked_by:
        first, last = not_ranked([lower_first(kind.plural) for kind in types], "better"), ""
    if ranked_by:
        stem = ranked_by.split()[-1].removesuffix("er")
        so_called = [kind for kind in types if stem in kind.focus.split() and "less" not in ranked_by]
        if len(so_called) == 1:
            first = f"**{so_called[0].plural}**, by the guide's words: their focus is {so_called[0].focus}."
            lines = [f"**{kind.plural}**: {kind.focus}." for kind in types if kind not in so_called]
        else:
            first = not_ranked([lower_first(kind.plural) for kind in types], ranked_by)
        last = ""
    return Reply(
        paragraphs(first, bullets(lines), last),
        ANSWERED,
        types[0].topic.key if types[0].topic else None,
        sources_of(*(one.source for one in types)),
        (*(type_button(one) for one in types[:3]), PERSON),
    )


def compared_with_degree(kind: CredentialType, versus: Topic) -> Reply:
    """Set a type beside what is said of all types and of a degree; the guide ranks neither."""
    general = (f"**{item.name}**: {item.text}." for item in versus.items)
    lines = [f"**{kind.plural}**: {kind.focus}; from {kind.offered_by}.", *general]
    last = f"{kind.plural} are one kind of {guide().things}. The guide ranks neither: choose by what you need it for."
    return Reply(
        paragraphs(versus.answer, bullets(lines), last),
        ANSWERED,
        versus.key,
        sources_of(kind.source, *versus.sources),
        (type_button(kind), topic_button(versus), PERSON),
    )


def compared_texts(parts: Sequence[tuple[str, str]], sources: Sequence[Source | None], ranked_by: str = "") -> Reply:
    """Compare other things, each by its own text; what they are compared by goes first."""
    texts = bullets(with_bold(name, text) for name, text in parts)
    neither = "The guide doesn't say that one is better than the other."
    return Reply(
        paragraphs(not_ranked([name for name, _ in parts], ranked_by), texts)
        if ranked_by
        else paragraphs(texts, neither),
        ANSWERED,
        None,
        sources_of(*sources),
        (PERSON,),
    )


def beside_unknown(kind: CredentialType, topic: Topic, said: str) -> Reply:
    """Say of a kind that is compared with something unknown that only the kind is known; `said` says the question back."""
    plural = lower_first(kind.plural)
    first = said or f"I can't compare the two: of them, the guide only describes **{plural}**."
    known = f"What it says of **{plural}**: {first_sentence(topic.answer)}"
    return Reply(paragraphs(first, known), DECLINED, topic.key, topic.sources[:1], (topic_button(topic), PERSON))


@dataclass(frozen=True)
class Sides:
    """The industries that accept what the guide tells of, and those that prefer degrees: both sides of recognition."""

    accepting: Sequence[Industry]
    preferring: Sequence[Industry]

    def accept(self) -> str:
        """Return the clause about the accepting side."""
        return f"{_names(self.accepting)} accept them widely"

    def prefer(self) -> str:
        """Return the clause about the side that prefers degrees."""
        return f"{_names(self.preferring)} prefer formal degrees and longer certifications"


def _names(industries: Sequence[Industry]) -> str:
    return listed(lower_first(industry.name) for industry in industries)


def in_industry(
    industry: Industry,
    sides: Sides,
    by_industry: Topic,
    for_licence: CredentialType | None = None,
    yes: bool = True,
    told: bool = False,
) -> Reply:
    """Tell how an industry sees what the guide tells of, with both sides, and which type keeps a licence there.

    Without `yes`, what is asked may be the opposite of that. Both sides are left out where they were `told` just now.
    """
    name = lower_first(industry.name)
    if industry.acceptance == "accepts":
        named = f"Yes: **{name}**" if yes else f"**{industry.name}**"
        first = f"{named} is among the fields where {guide().things} are actively and widely accepted."
        second = "" if told else f"The guide says that {sides.accept()}, while {sides.prefer()}."
    elif industry.acceptance == "prefers-degrees":
        others = listed(lower_first(one.name) for one in sides.preferring if one.key != industry.key)
        too = f", and so do {others}" if others else ""
        first = f"Not in place of a degree: **{name}** prefers formal degrees and longer certifications{too}."
        second = (
            _embraced(industry, f"Yet {name} is among the key industries that embrace {guide().things}")
            or _kept_licence(industry, for_licence)
            or "One can add a skill there, but the guide doesn't present it as a way into the profession."
        )
    else:
        first = (
            f"{_embraced(industry, f'**{industry.name}** is one of the key industries that embrace {guide().things}')} "
            "The guide doesn't say whether employers there take one in place of a degree."
        )
        second = f"It does say that {sides.accept()}, while {sides.prefer()}." if not told else ""
    return Reply(
        paragraphs(first, second),
        ANSWERED,
        by_industry.key,
        by_industry.sources,
        (topic_button(by_industry), *((topic_button(industry.topic),) if industry.topic else ()), PERSON),
    )


def _kept_licence(industry: Industry, kind: CredentialType | None) -> str:
    """Return what a type does for people who are licensed in an industry, or "" if it is not for them."""
    is_for = kind and any(one.key == industry.key for one in kind.fields)
    return f"For people who are in the profession there are **{kind.plural}**: {kind.focus}." if kind and is_for else ""


def _embraced(industry: Industry, words: str) -> str:
    areas = f", for example in {listed(industry.areas)}" if industry.areas else ""
    return f"{words}{areas}." if industry.embraces else ""


def in_unnamed(name: str, sides: Sides, by_industry: Topic, general: Topic) -> Reply:
    """Tell that the guide says nothing of this industry or occupation, and both sides in general."""
    return Reply(
        paragraphs(
            f"The guide doesn't say how {guide().things} are seen in **{lower_first(name)}** in particular.",
            f"In general, {sides.accept()}, while {sides.prefer()}. Many employers in traditional sectors are still "
            "unfamiliar with them; employers who offer remote jobs often accept them.",
        ),
        ANSWERED,
        by_industry.key,
        tuple(dict.fromkeys((*by_industry.sources, *general.sources))),
        (topic_button(general), PERSON),
    )


def by_employer(name: str, general: Topic) -> Reply:
    """Tell that the guide never states a single employer's or institution's view."""
    return _not_in_particular(
        f"The guide doesn't say whether **{name}** recognises {guide().things}.",
        f"Ask {name} directly before you enrol, or talk to a person here.",
        general,
    )


def in_place(name: str, general: Topic) -> Reply:
    """Tell that the guide says nothing of recognition in this country."""
    place = with_article(name)
    return _not_in_particular(
        f"The guide doesn't say how {guide().things} are recognised in **{place}**.",
        f"Ask the employer or university in {place} that you have in mind, or talk to a person here.",
        general,
    )


def in_short(text: str) -> str:
    """Return the first sentences of a text, some twenty-five words, and the sentence after them that limits what they say.

    A verdict alone ("Many are, but not all.") is left out: the sentences say the same of something.
    """
    first, *rest = sentences(without_opening(text))
    said = [first]
    while rest and len(" ".join(said).split()) < ENOUGH:
        said.append(rest.pop(0))
    return " ".join((*said, _limits(rest))).strip()


def verdict_first(text: str) -> str:
    """Return the short form of a text after the verdict that it begins with, if it has one."""
    match = VERDICT.match(text)
    return f"{match[0]}{in_short(text)}" if match else in_short(text)


def _limits(said: Sequence[str]) -> str:
    """Return the first sentence that limits what is said before it, or ""."""
    return next((one for one in said if _LIMITING.match(one)), "")


def _in_general(text: str) -> str:
    return f"In general: {lower_first(in_short(text))}"


def _not_in_particular(unknown: str, advice: str, general: Topic) -> Reply:
    text = paragraphs(unknown, _in_general(general.answer), advice)
    return Reply(text, ANSWERED, general.key, general.sources, (topic_button(general), PERSON))


def of_credentials(names: Sequence[str], general: Topic, by: str) -> Reply:
    """Tell that it isn't said which of several is more recognised, and how far all are."""
    text = paragraphs(not_ranked(names, by), _in_general(general.answer))
    return Reply(text, ANSWERED, general.key, general.sources, (topic_button(general), PERSON))


def of_credential(name: str, general: Topic, places: Sequence[str] = (), yes_no: bool = False) -> Reply:
    """Tell how far all are recognised, both sides of it, and that it isn't said of a type, provider or program.

    `places` is where it is asked; a `yes_no` is answered with the verdict that the general answer begins with.
    """
    where = f" in {listed(places, 'or')}" if places else ""
    in_general = verdict_first(general.answer) if yes_no else in_short(general.answer)
    return Reply(
        paragraphs(in_general, f"How well **{name}** would be recognised{where} isn't said."),
        ANSWERED,
        general.key,
        general.sources,
        (topic_button(general), PERSON),
    )


def of_worth(names: Sequence[str], worth: Topic, buttons: Sequence[Button], of_type: str = "") -> Reply:
    """Tell what is said of the worth of all, and that it isn't said of certain things.

    `of_type` is what is said of their type to the same question, or of the aim; it answers better, and so comes first.
    """
    named = listed((f"**{name}**" for name in names), "or")
    last = f"Whether {named} would be worth it for you isn't said."
    return Reply(
        paragraphs(of_type, in_short(worth.answer), last),
        ANSWERED,
        worth.key,
        worth.sources,
        (*buttons, topic_button(worth), PERSON),
    )


def in_destination(destination: Destination, official: Topic, general: Topic) -> Reply:
    """Tell what a destination's government supports, and the limits of that.

    Where it is named beside others, and what is told of it alone is something else, that is told of all of them.
    """
    first = first_sentence(official.answer)
    of_several = destination.short in first and shared_words(destination.about, first) < BEARS
    return Reply(
        paragraphs(first if of_several else destination.about, _limits(sentences(general.answer))),
        ANSWERED,
        official.key,
        tuple(dict.fromkeys((*official.sources, *general.sources))),
        (topic_button(general), PERSON),
    )
