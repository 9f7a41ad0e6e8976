"""Words for the facts that the listings state of programs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from actions.replies.base import (
    ANSWERED,
    CLARIFY,
    DECLINED,
    PERSON,
    Button,
    Card,
    Reply,
    bullets,
    listed,
    lower_first,
    not_ranked,
    paragraphs,
    payload,
    sources_of,
)
from actions.replies.criteria import amount, checked_when, day
from knowledge.models import CredentialType, Program

FACTS: dict[
    str, tuple[str, Callable[[Program], str]]
] = {  # for each fact: its label, and the function that puts it into words
    "mode": ("Mode", lambda one: lower_first(one.mode.name) if one.mode else ""),
    "destination": ("Where", lambda one: one.destination.name if one.destination else ""),
    "institution": ("Institution", lambda one: one.institution.name if one.institution else ""),
    "price": ("Price", lambda one: "" if one.price is None else amount(one.price, one.currency)),
    "start": ("Starts", lambda one: day(one.start) if one.start else ""),
    "deadline": ("Apply by", lambda one: day(one.deadline) if one.deadline else ""),
    "duration": ("Length", lambda one: one.duration),
    "hours_per_week": ("Hours a week", lambda one: "" if one.hours_per_week is None else f"{one.hours_per_week:g}"),
    "level": ("Level", lambda one: lower_first(one.level)),
    "credits": ("Credits", lambda one: one.credits),
    "url": ("Page", lambda one: one.url),
    "checked_on": ("Checked on", lambda one: day(one.checked_on) if one.checked_on else ""),
}

NOUNS = {  # for each fact that people ask for: its noun for one program and for several
    "price": ("price", "prices"),
    "start": ("start date", "start dates"),
    "deadline": ("deadline to apply", "deadlines to apply"),
    "duration": ("length", "lengths"),
    "hours_per_week": ("number of hours a week", "hours a week"),
    "mode": ("mode of study", "modes of study"),
    "level": ("level", "levels"),
    "credits": ("number of credits", "credits"),
    "url": ("page with all details", "pages with all details"),
}


def facts(one: Program) -> tuple[str, ...]:
    """Return what a listing states, one line for each fact."""
    told = ((label, words(one)) for fact, (label, words) in FACTS.items() if fact != "url")  # a card links to it
    return tuple(f"{label}: {value}" for label, value in told if value)


def fact_of(programs: Sequence[Program], fact: str) -> Reply:
    """Tell one fact of the programs being talked about, or that the listings do not state it."""
    words, (noun, nouns) = FACTS[fact][1], NOUNS[fact]
    told = [(one.name, words(one)) for one in programs if words(one)]
    silent = [f"**{one.name}**" for one in programs if not words(one)]
    left_open = f"The listings state no {noun} for {listed(silent)}." if silent else ""
    if not told:
        return Reply(
            f"{left_open} A person can ask for you.",
            DECLINED,
            None,
            sources_of(*(program.source for program in programs)),
            (PERSON,),
        )
    if len(programs) == 1:
        text = f"**{told[0][0]}**, {noun}: {told[0][1]}{'' if fact == 'url' else '.'}"
    else:
        text = paragraphs(
            f"The {nouns} in the listings:", bullets(f"**{name}**: {value}" for name, value in told), left_open
        )
    return Reply(
        paragraphs(text, _as_of(programs)),
        ANSWERED,
        None,
        sources_of(*(program.source for program in programs)),
        (PERSON,),
        cards(programs),
    )


def _as_of(programs: Sequence[Program]) -> str:
    when = checked_when(program.checked_on for program in programs)
    return f"{when}; ask the provider whether it still holds." if when else ""


def _of(program: Program) -> list[str]:
    """Return who offers a program and its field, each where it is stated."""
    by = program.provider.name if program.provider else program.provider_text
    field = listed(lower_first(one.name) for one in program.fields)
    return [line for line in (by and f"Offered by {by}", field and f"Field: {field}") if line]


def compared(programs: Sequence[Program], kinds: Sequence[CredentialType], ranked_by: str = "") -> Reply:
    """Tell programs apart by what is known of them; `kinds` are their types, each once.

    What they are compared by (`ranked_by`) goes first, of which the guide says nothing.
    """
    ranks = f"ranks {'neither' if len(programs) == 2 else 'none of them'}"
    if ranked_by:
        lines = [f"**{one.name}**: {_kind_of(one)}." for one in programs]
        text = paragraphs(not_ranked([one.name for one in programs], ranked_by), bullets(lines))
    elif any(facts(one) for one in programs):
        parts = [paragraphs(f"**{one.name}**", bullets((one.type.name, *_of(one), *facts(one)))) for one in programs]
        text = paragraphs(*parts, f"The guide {ranks}: it depends on your goal.")
    elif len({(one.type.key, one.fields) for one in programs}) == 1:
        text = _alike(programs, kinds[0], ranks)
    else:
        lines = [f"**{one.name}**: {_kind_of(one)}." for one in programs]
        focus = [f"{kind.plural} are for {kind.focus}." for kind in kinds]
        last = f"The guide tells no more of them and {ranks}: choose by what you need one for."
        text = paragraphs(bullets(lines), " ".join(focus), last)
    sources = sources_of(*(program.source for program in programs))
    return Reply(text, ANSWERED, None, sources, (PERSON,), cards(programs))


def _alike(programs: Sequence[Program], kind: CredentialType, ranks: str) -> str:
    """Return what is known of programs of one type and field, which nothing tells apart."""
    names = listed(f"**{one.name}**" for one in programs)
    every = "both" if len(programs) == 2 else "all"
    about = f" for {listed(lower_first(one.name) for one in programs[0].fields)}" if programs[0].fields else ""
    return paragraphs(
        f"{names} are {every} {lower_first(kind.plural)}{about}: {kind.focus}.",
        f"The guide doesn't say how they differ and {ranks}. Ask the university or employer that you need it for which one it "
        "accepts.",
    )


def _kind_of(program: Program) -> str:
    """Return of which type a program is, in which field, and whom it comes from."""
    name, by = lower_first(program.type.name), program.provider.name if program.provider else program.provider_text
    about = f" in {listed(lower_first(one.name) for one in program.fields)}" if program.fields else ""
    return f"{'an' if name[:1] in 'aeiou' else 'a'} {name}{about}{f', offered by {by}' if by else ''}"


def which_program(stating: int, total: int, fact: str) -> Reply:
    """Ask which program is meant by a question about a fact that some programs state."""
    return Reply(
        f"That depends on the program. {stating} of the {total} in the listings {'states' if stating == 1 else 'state'} "
        f"a {NOUNS[fact][0]}. Which field, or which program, do you mean?",
        CLARIFY,
        None,
        (),
        (Button("Show them all", payload("more")), PERSON),
    )


def cards(programs: Iterable[Program]) -> tuple[Card, ...]:
    """Return a card for each program of which the listing states more than its destination."""
    return tuple(
        Card(program.name, lower_first(program.type.name), facts(program), program.url)
        for program in programs
        if program.url or len(facts(program)) > (1 if program.destination else 0)
    )
