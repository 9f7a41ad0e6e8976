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
from actions.replies.criteria import day
from actions.replies.own_catalogue.criteria import STILL_OPEN
from actions.replies.own_catalogue.facts import (
    FACTS,
    MAX_OFFERINGS,
    NOTHING,
    Told,
    called,
    card,
    checked_words,
    occasion_words,
    price_words,
    prices_of,
    sentence_about,
    words_of,
)
from own_programs.records import Offering
from own_programs.search.find import Facet
from own_programs.search.record_conditions import says_open_entry

# What a listing may tell in its description alone, by attribute: the words that tell it.
SAID_IN_TEXT = {
    "exam": ("exam", "assessment"),
    "teachers": ("taught by", "tutors", "teachers"),
    "scholarship": ("scholarship", "funding", "discount"),
    "payment": ("instalments", "payment", "deposit"),
    "refund": ("refund", "cancel"),
    "included": ("included",),
    "proof": ("is issued", "are issued", "is awarded"),
}
# The same, as what a listing says nothing about.
CALLED = {
    "exam": "exams",
    "teachers": "who teaches it",
    "scholarship": "scholarships or discounts",
    "payment": "other ways to pay",
    "refund": "cancelling or refunds",
    "included": "what is included or what to bring",
    "proof": "what is issued at the end",
}
PASSED = "passed"  # of a question whether it is too late
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
    "link": "The page of {name} is {words}",
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
        lines = [f"**{called(one, programs)}**: {_words(one, fact, category) or NOTHING}" for one in programs]
        parts.append(paragraphs(f"{FACTS[fact][0]}:", bullets(lines)))
    stated = any(words_of(one, fact) for one in programs for fact in asked)
    if category and "price" in asked and not any(_has_own(one, category) for one in programs):
        parts.append(f"None of these states a price of its own for “{category}”.")
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
    if fact == "deadline" and all(each.deadline < one.today for each in one.offerings if each.deadline):
        return f"The deadlines that {name} states are over: {words.replace(' has passed', '')}."
    if fact == "start" and one.offerings and all(each.is_over(one.today) for each in one.offerings):
        began = listed(dict.fromkeys(day(each.start) for each in one.offerings if each.start))
        return f"No date to come is listed for {name}{f'; it began on {began}' if began else ''}."
    if fact == "price" and category and not _has_own(one, category):
        note = f" It states no price of its own for “{category}”."
    if fact == "price" and words.startswith("free of charge"):
        return f"{name} is {words}.{note}"
    return f"{SENTENCES[fact].format(name=name, words=words.removesuffix('.'))}.{note}"


def nothing_of_places(places: Sequence[str]) -> str:
    """Return the sentence that a listing says nothing of places that were named."""
    return f"The listing says nothing of {listed(places)} in particular."


def _has_own(one: Told, category: str) -> bool:
    """Return whether a listing states a price for a category."""
    return any(each.category.casefold() == category.casefold() for each in prices_of(one))


def _words(one: Told, fact: str, category: str) -> str:
    return price_words(prices_of(one), category) if fact == "price" and category else words_of(one, fact)


def mentioned(one: Told, words: Sequence[str]) -> Reply:
    """Tell what a listing's description says of something that it has no place for, or that it says nothing of it."""
    name, label = f"**{one.program.name}**", listed(CALLED.get(each, f"“{each}”") for each in words)
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


def mentioned_by_each(programs: Sequence[Told], asked: Sequence[str]) -> Reply:
    """Tell what the descriptions of a few programs say of something that a listing has no place for."""
    words = [each for word in asked for each in SAID_IN_TEXT.get(word, (word,))]
    said = [(one, sentence) for one in programs if (sentence := sentence_about(one.program, words))]
    label = listed(CALLED.get(each, f"“{each}”") for each in asked)
    if not said:
        names = listed(f"**{called(one, programs)}**" for one in programs)
        text = f"The listings of {names} say nothing about {label}."
        return Reply(text, DECLINED, buttons=(PERSON,), cards=tuple(map(card, programs)))
    silent = len(programs) - len(said)
    text = paragraphs(
        bullets(f"**{called(one, programs)}**: {sentence}" for one, sentence in said),
        f"The other{'s say' if silent > 1 else ' says'} nothing about {label}." if silent else "",
        checked_words([one.program for one, _ in said]),
    )
    return Reply(text, ANSWERED, buttons=(PERSON,), cards=tuple(map(card, programs)))


def fits(one: Told, asked: str) -> Reply:
    """Say yes: the program meets what was asked, with the offerings that do."""
    return _yes(one, f"Yes, **{one.program.name}** is listed {asked}:", with_deadline=False)


def still_open(one: Told, asked: Sequence[str]) -> Reply:
    """Say that one can still apply; `asked` holds PASSED if it was asked whether it is too late."""
    yes = "No" if PASSED in asked else "Yes"
    return _yes(one, f"{yes}, you can still apply for **{one.program.name}**:", with_deadline=True)


def fits_by(one: Told, asked: str, about: Sequence[str]) -> Reply:
    """Say yes: the program meets what was asked, by facts that no single date meets or misses."""
    lines = [f"{FACTS[fact][0]}: {words}" for fact in about if (words := words_of(one, fact))]
    text = paragraphs(f"Yes, **{one.program.name}** is listed {asked}.", bullets(lines), checked_words([one.program]))
    return Reply(text, ANSWERED, buttons=(PERSON,), cards=(card(one),))


def needed(one: Told, asked: Sequence[str]) -> Reply:
    """Say whether a program asks for something of who joins; what gives a choice is told without a yes or no."""
    entry, name = words_of(one, "entry"), f"**{one.program.name}**"
    if not entry:
        return facts_of([one], ["entry"])
    to_get_in = f"To get into {name}: {entry.removesuffix('.')}."
    words = {word.strip(".,;()").removesuffix("'s").removesuffix("s") for word in entry.casefold().split()}
    if says_open_entry(one.program.prerequisites):
        said = f"No. {to_get_in}"
    elif not words & {each.removesuffix("s") for each in asked}:
        said = f"The listing doesn't mention “{asked[0]}”. {to_get_in}"
    else:
        said = to_get_in if {"or", "and"} & words else f"Yes. {to_get_in}"
    return Reply(paragraphs(said, checked_words([one.program])), ANSWERED, buttons=(PERSON,), cards=(card(one),))


def over_dates(one: Told, to_come: Told) -> Reply:
    """Tell which dates of a program are over, and which are to come."""
    dates = _over(one)
    begins = words_of(to_come, "start") if any(not each.is_over(one.today) for each in to_come.offerings) else ""
    head = (
        f"These dates of **{one.program.name}** are over:" if dates else f"No date of **{one.program.name}** is over."
    )
    ahead = f"To come: {begins}." if begins else "None is to come."
    text = paragraphs(head, bullets(dates), ahead, checked_words([one.program]))
    return Reply(text, ANSWERED, buttons=(PERSON,), cards=(card(one),))


def over_dates_of_each(programs: Sequence[Told]) -> Reply:
    """Tell which dates of several programs are over."""
    lines = [f"**{called(one, programs)}**: {'; '.join(_over(one)) or 'none'}" for one in programs]
    text = paragraphs("Dates that are over:", bullets(lines), checked_words([one.program for one in programs]))
    return Reply(text, ANSWERED, buttons=(PERSON,), cards=tuple(map(card, programs)))


def _over(one: Told) -> list[str]:
    dates: dict[str, None] = {}
    for each in one.program.offerings:
        if each.last_day and each.is_over(one.today):
            dates[f"began on {day(each.start)}" if each.start else f"until {day(each.last_day)}"] = None
    return list(dates)


def _yes(one: Told, head: str, with_deadline: bool) -> Reply:
    prices = words_of(one, "price")
    text = paragraphs(
        head,
        bullets(_occasion(each, one, with_deadline) for each in one.offerings[:MAX_OFFERINGS]),
        f"Price: {prices}." if prices else "",
        checked_words([one.program]),
    )
    return Reply(text, ANSWERED, buttons=(PERSON,), cards=(card(one),))


def which_fit(programs: Sequence[tuple[Told, bool]], asked: str, about: Sequence[str], dated: bool = True) -> Reply:
    """Say of each of a few programs whether it meets what was asked, and what is stated instead; True is for those that do.

    Those that do are told with their dates if these are what meets it (`dated`), else with what is stated.
    """
    every = [one for one, _ in programs]
    lines = []
    for one, fits_it in programs:
        if fits_it and not dated:
            lines.append(
                f"**{called(one, every)}**: yes, {'; '.join(filter(None, (words_of(one, each) for each in about)))}"
            )
        elif fits_it:
            dates = "; ".join(occasion_words(each, one.today) for each in one.offerings[:2])
            lines.append(f"**{called(one, every)}**: yes, {dates}" if dates else f"**{called(one, every)}**: yes")
        else:
            stated = "; ".join(words for fact in about if (words := words_of(one, fact)))
            lines.append(f"**{called(one, every)}**: {f'no, {stated}' if stated else NOTHING}")
    text = paragraphs(f"Listed {asked}:", bullets(lines), checked_words([one.program for one in every]))
    return Reply(text, ANSWERED, buttons=(PERSON,), cards=tuple(map(card, every)))


def _occasion(each: Offering, one: Told, with_deadline: bool) -> str:
    until = f"; apply by {day(each.deadline)}" if with_deadline and each.deadline else ""
    return f"{occasion_words(each, one.today)}{until}"


def does_not_fit(one: Told, asked: str, about: Sequence[str], unstated: bool) -> Reply:
    """Say no, or that the listing leaves it open, and what it does state of the facts that were asked for."""
    name = f"**{one.program.name}**"
    lines = [f"{FACTS[fact][0]}: {words}" for fact in about if (words := words_of(one, fact))]
    if asked == STILL_OPEN:
        head = (
            f"No open date is listed for {name}."
            if not unstated
            else f"The listing of {name} states no deadline to apply."
        )
    elif unstated:
        head = f"The listing of {name} doesn't say whether it can be taken {asked}."
    else:
        head = f"No, {name} isn't listed {asked}."
    text = paragraphs(head, bullets(lines), checked_words([one.program]) if lines else "")
    return Reply(text, DECLINED if unstated else ANSWERED, buttons=(PERSON,), cards=(card(one),))


def overview(total: int, facets: dict[str, Sequence[Facet]], asked: str = "", about: str = "") -> Reply:
    """Tell how many programs there are, on what subjects, where and by whom.

    `asked` is the one of these that a question is about, `about` what the programs are limited to (" in Cork").
    """
    labels = {"subjects": "Subjects", "places": "Places", "providers": "Offered by", "types": "Kinds"}
    labels |= {"campuses": "Campuses and buildings"}
    shown = [asked] if asked in facets else list(labels)
    lines = [
        f"**{labels[name]}**: {', '.join(f'{each.label} ({each.count})' for each in facets[name])}"
        for name in shown
        if facets.get(name)
    ]
    where = about or " in our catalogue"
    head = f"There are {total} programs{where}." if total != 1 else f"There is one program{where}."
    subjects = facets.get("subjects", ())
    buttons = tuple(Button(each.label, payload("find_programs", own_subject=each.label)) for each in subjects[:3])
    return Reply(paragraphs(head, bullets(lines), "What would you like to see?"), ANSWERED, buttons=(*buttons, PERSON))


def contacts_of(offerer: str, contacts: Sequence[Facet]) -> Reply:
    """Tell whom the listings of one who offers programs name as their contacts, and in how many."""
    if not contacts:
        return Reply(f"The listings of **{offerer}** state no contact.", DECLINED, buttons=(PERSON,))
    counted = (f"{each.label} ({each.count} {'program' if each.count == 1 else 'programs'})" for each in contacts)
    named = f"The listings of **{offerer}** name these contacts: {listed(counted)}."
    text = f"{named} Each is that of single programs; none of the whole is stated."
    return Reply(text, ANSWERED, buttons=(PERSON,))


def more_of_them(rest: int) -> str:
    """Return the sentence on how many programs were found of which nothing was told, "" if none."""
    return f"There {'is' if rest == 1 else 'are'} {rest} more." if rest > 0 else ""


def offered_by(names: Sequence[str]) -> str:
    """Return the sentence on who offers what was found."""
    return f"That is offered by {listed(names)}." if names else "Who offers it isn't stated."


def depends(fact: str, total: int, average: bool = False) -> Reply:
    """Ask which program a question about a fact is about; an `average` isn't worked out."""
    noun = {"price": "The price", "start": "The start", "deadline": "The deadline", "length": "The length"}.get(
        fact, "That"
    )
    sorry = "I can't work out an average. " if average else ""
    return Reply(
        f"{sorry}{noun} depends on the program; there are {total} in our catalogue. Which program or subject do you mean?",
        CLARIFY,
        buttons=(Button("What is there?", payload("find_programs", own_go="on")), PERSON),
    )
