"""Words for answers about named programs of the own catalogue: facts, comparison, yes and no."""

from __future__ import annotations

from collections.abc import Sequence

from actions.replies.base import (
    ANSWERED,
    CLARIFY,
    DECLINED,
    PERSON,
    Button,
    Reply,
    bullets,
    listed,
    lower_first,
    paragraphs,
    payload,
)
from actions.replies.own_catalogue.facts import (
    COMPARED,
    FACTS,
    MAX_OFFERINGS,
    Told,
    card,
    checked_words,
    occasion_words,
    price_words,
    prices_of,
    sentence_about,
    words_of,
)
from own_programs.records import ProgramRecord
from own_programs.search.find import Facet

NOTHING = "isn't stated"
FACT_OF_ORDER = {"price": "price", "start": "start", "duration": "length"}
# What a listing may tell in its description alone, by attribute: the words that tell it.
SAID_IN_TEXT = {
    "exam": ("exam", "assessment"),
    "teachers": ("taught by", "tutors", "teachers"),
    "scholarship": ("scholarship", "funding", "discount"),
}
SENTENCES = {
    "price": "{name} costs {words}",
    "start": "{name} starts {words}",
    "deadline": "For {name}, apply by {words}",
    "end": "{name} ends {words}",
    "place": "{name} takes place {words}",
    "mode": "{name} can be taken {words}",
    "schedule": "{name} is taught {words}",
    "language": "{name} is taught in {words}",
    "length": "{name} takes {words}",
    "workload": "{name} takes {words}",
    "level": "The level of {name} is {words}",
    "credits": "{name} gives {words}",
    "entry": "To get into {name}: {words}",
    "recognition": "{name} is recognised by {words}",
    "accreditation": "What assures the quality of {name}: {words}",
    "stacking": "{name}: {words}",
    "seats": "Places in {name}: {words}; how many are left isn't stated",
    "contact": "For {name}, ask {words}",
    "application": "Apply for {name} {words}",
    "provider": "{name} is offered by {words}",
    "content": "{name}: {words}",
    "subjects": "{name} is about {words}",
    "checked": "The listing of {name} was checked on {words}",
}


def describe(one: Told) -> Reply:
    """Describe a program: what it is, when and where, its price, and the link on its card."""
    program = one.program
    kind = lower_first(program.type) or "program"
    article = "an" if kind[:1] in "aeiou" else "a"
    by = f" by {program.provider}" if program.provider else ""
    head = f"**{program.name}** is {article} {kind}{by}. {words_of(one, 'content')}".strip()
    dates = bullets(occasion_words(each, one.today) for each in one.offerings[:MAX_OFFERINGS])
    more = len(one.offerings) - MAX_OFFERINGS
    lines = [
        f"{FACTS[fact][0]}: {words}"
        for fact in ("price", "length", "level", "credits")
        if (words := words_of(one, fact))
    ]
    text = paragraphs(
        head,
        f"When and where:\n{dates}" if dates else "No dates are stated.",
        f"There {'is' if more == 1 else 'are'} {more} more." if more > 0 else "",
        " · ".join(lines),
        checked_words([program]),
    )
    return Reply(text, ANSWERED, buttons=(*_questions(), PERSON), cards=(card(one),))


def _questions() -> tuple[Button, ...]:
    return (
        Button("Entry requirements", payload("refine", own_ask="entry")),
        Button("How to apply", payload("refine", own_ask="application")),
    )


def facts_of(programs: Sequence[Told], asked: Sequence[str], category: str = "") -> Reply:
    """Tell facts of programs, each as the listing states it; what isn't stated is said to be."""
    if len(programs) == 1:
        sentences = [_fact(programs[0], fact, category) for fact in asked]
        stated = any(words_of(programs[0], fact) for fact in asked)
        text = paragraphs("\n".join(sentences), checked_words([programs[0].program]) if stated else "")
        return Reply(text, ANSWERED if stated else DECLINED, buttons=(PERSON,), cards=(card(programs[0]),))
    parts = []
    for fact in asked:
        lines = [f"**{_called(one, programs)}**: {_words(one, fact, category) or NOTHING}" for one in programs]
        parts.append(paragraphs(f"{FACTS[fact][0]}:", bullets(lines)))
    stated = any(words_of(one, fact) for one in programs for fact in asked)
    if "seats" in asked:
        parts.append("How many places are left isn't stated.")
    text = paragraphs(*parts, checked_words([one.program for one in programs]))
    return Reply(text, ANSWERED if stated else DECLINED, buttons=(PERSON,), cards=tuple(map(card, programs)))


def _fact(one: Told, fact: str, category: str) -> str:
    name, words = f"**{one.program.name}**", _words(one, fact, category)
    if not words:
        missing = FACTS[fact][1]
        ask = f" You can ask {one.program.contact}." if one.program.contact else ""
        if missing.startswith("not "):
            return f"The listing of {name} doesn't state {missing[4:]}.{ask}"
        return f"The listing of {name} states {missing}.{ask}"
    note = ""
    if (
        fact == "price"
        and category
        and not any(each.category.casefold() == category.casefold() for each in prices_of(one))
    ):
        note = f" It states no price of its own for “{category}”."
    if fact == "price" and words.startswith("free of charge"):
        return f"{name} is {words}.{note}"
    return f"{SENTENCES[fact].format(name=name, words=words.removesuffix('.'))}.{note}"


def _words(one: Told, fact: str, category: str) -> str:
    return price_words(prices_of(one), category) if fact == "price" and category else words_of(one, fact)


def _called(one: Told, among: Sequence[Told]) -> str:
    """Return a program's name, with who offers it where another has the same name."""
    same = sum(each.program.name == one.program.name for each in among) > 1
    return f"{one.program.name}, {one.program.provider}" if same and one.program.provider else one.program.name


def mentioned(one: Told, words: Sequence[str]) -> Reply:
    """Tell what a listing's description says of something that it has no place for, or that it says nothing of it."""
    name, label = f"**{one.program.name}**", listed(f"“{each}”" for each in words)
    said = sentence_about(one.program, [each for word in words for each in SAID_IN_TEXT.get(word, (word,))])
    if said:
        return Reply(
            paragraphs(f"The listing of {name} says: {said}", checked_words([one.program])),
            ANSWERED,
            buttons=(PERSON,),
            cards=(card(one),),
        )
    where = f" You can ask {one.program.contact}." if one.program.contact else ""
    return Reply(
        f"The listing of {name} says nothing about {label}.{where}", DECLINED, buttons=(PERSON,), cards=(card(one),)
    )


def fits(one: Told, asked: str) -> Reply:
    """Say yes: the program meets what was asked, with the offerings that do."""
    dates = bullets(occasion_words(each, one.today) for each in one.offerings[:MAX_OFFERINGS])
    prices = words_of(one, "price")
    text = paragraphs(
        f"Yes, **{one.program.name}** is listed {asked}:",
        dates,
        f"Price: {prices}." if prices else "",
        checked_words([one.program]),
    )
    return Reply(text, ANSWERED, buttons=(PERSON,), cards=(card(one),))


def does_not_fit(one: Told, asked: str, about: Sequence[str], unstated: bool) -> Reply:
    """Say no, or that the listing leaves it open, and what it does state of the facts that were asked for."""
    name = f"**{one.program.name}**"
    lines = [f"{FACTS[fact][0]}: {words}" for fact in about if (words := words_of(one, fact))]
    if unstated:
        head = f"The listing of {name} doesn't say whether it can be taken {asked}."
    else:
        head = f"No, {name} isn't listed {asked}."
    text = paragraphs(head, bullets(lines), checked_words([one.program]) if lines else "")
    return Reply(text, DECLINED if unstated else ANSWERED, buttons=(PERSON,), cards=(card(one),))


def compared(programs: Sequence[Told]) -> Reply:
    """Put programs side by side: first what differs, then what is the same; no winner is named."""
    names = [_called(one, programs) for one in programs]
    differing, same = [], []
    for fact in COMPARED:
        values = [words_of(one, fact) for one in programs]
        if len(set(values)) == 1:
            same += [f"{FACTS[fact][0]}: {values[0]}"] if values[0] else []
        else:
            told = "; ".join(f"{name}: {value or NOTHING}" for name, value in zip(names, values, strict=True))
            differing.append(f"**{FACTS[fact][0]}** – {told}")
    text = paragraphs(
        f"{listed(f'**{name}**' for name in names)} differ in:" if differing else f"{listed(names)} state the same.",
        bullets(differing),
        f"The same for {'both' if len(programs) == 2 else 'all'}: {'; '.join(same)}." if same else "",
        checked_words([one.program for one in programs]),
    )
    return Reply(text, ANSWERED, buttons=(PERSON,), cards=tuple(map(card, programs)))


def best_of(programs: Sequence[Told], order: str, silent: Sequence[ProgramRecord], others: Sequence[str]) -> Reply:
    """Tell which of some programs comes first in an order; `silent` leave it open, `others` are prices in other currencies."""
    fact = FACT_OF_ORDER[order]
    word = {"price": "The cheapest", "start": "The first to start", "duration": "The shortest"}[order]
    first, *rest = programs
    text = paragraphs(
        f"{word} of these is **{_called(first, programs)}**: {words_of(first, fact)}.",
        bullets(f"**{_called(one, programs)}**: {words_of(one, fact)}" for one in rest),
        _silent(silent, FACTS[fact][1]),
        f"Prices in {listed(others)} are not compared with these." if others else "",
        checked_words([one.program for one in programs]),
    )
    return Reply(text, ANSWERED, buttons=(PERSON,), cards=(card(first),))


def _silent(programs: Sequence[ProgramRecord], missing: str) -> str:
    """Return the sentence on programs that leave open what others are ranked by."""
    verb = "states" if len(programs) == 1 else "state"
    names = listed(f"**{one.name}**" for one in programs)
    return f"{names} {verb} {missing}, and so may come anywhere." if programs else ""


def none_states(order: str, count: int) -> Reply:
    """Tell that none of some programs states what an order goes by."""
    fact = FACT_OF_ORDER[order]
    return Reply(
        f"{'Neither' if count == 2 else 'None'} of these {count} states {FACTS[fact][1].replace('no ', 'a ')}.",
        DECLINED,
        buttons=(PERSON,),
    )


def overview(total: int, facets: dict[str, Sequence[Facet]], asked: str = "") -> Reply:
    """Tell how many programs there are, on what subjects, where and by whom; `asked` is the one that a question is about."""
    labels = {"subjects": "Subjects", "places": "Places", "providers": "Offered by", "types": "Kinds"}
    shown = [asked] if asked in facets else list(labels)
    lines = [
        f"**{labels[name]}**: {', '.join(f'{each.label} ({each.count})' for each in facets[name])}"
        for name in shown
        if facets.get(name)
    ]
    head = f"There are {total} programs in our catalogue." if total != 1 else "There is one program in our catalogue."
    subjects = facets.get("subjects", ())
    buttons = tuple(Button(each.label, payload("find_programs", own_subject=each.label)) for each in subjects[:3])
    return Reply(paragraphs(head, bullets(lines), "What would you like to see?"), ANSWERED, buttons=(*buttons, PERSON))


def offered_by(names: Sequence[str]) -> str:
    """Return the sentence on who offers what was found."""
    return f"That is offered by {listed(names)}." if names else "Who offers it isn't stated."


def depends(fact: str, total: int) -> Reply:
    """Ask which program a question about a fact is about."""
    noun = {"price": "The price", "start": "The start", "deadline": "The deadline", "length": "The length"}.get(
        fact, "That"
    )
    return Reply(
        f"{noun} depends on the program; there are {total} in our catalogue. Which program or subject do you mean?",
        CLARIFY,
        buttons=(Button("What is there?", payload("find_programs", own_go="on")), PERSON),
    )
