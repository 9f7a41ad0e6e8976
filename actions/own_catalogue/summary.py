"""Tells what there is in the own catalogue on the whole."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from actions.base import Answer
from actions.context import OPEN, DialogueState, Names
from actions.own_catalogue.criteria import FIND_OWN, SHOWN, WORD, wishes, without
from actions.own_catalogue.search import AVERAGE, search, sought_words
from actions.own_catalogue.turn import OF_A_PROGRAM, Turn
from actions.own_names import COUNTRY, NOT_SEARCHED, PLACE, PROVIDER, SUBJECT, TYPE
from actions.replies.base import Reply, paragraphs
from actions.replies.own_catalogue import lists
from actions.replies.own_catalogue import programs as words
from core.contract.intents import ASK_TOPIC, FIND_PROGRAMS, MORE
from core.contract.question_forms import HOW_MANY, LIST, WHAT, WHICH
from own_programs.search.catalogue import Catalogue
from own_programs.search.find import Facet
from own_programs.search.wishes import Wishes

MOST_COUNTED, MOST_TOLD = 300, 30  # programs whose subjects are counted, and subjects that are told
MOST_CONTACTS = 3  # contacts of one who offers programs
MORE_OF = "more_of"  # attribute of a message that asks of what there is more
MOST_OF = {"provider": "providers", "place": "places"}  # what programs are counted by, where it is asked who has most
SIDE_BY_SIDE = (PLACE, COUNTRY, PROVIDER, SUBJECT, TYPE, "mode", "schedule")  # kinds of which programs are counted
ABOUT_ALL = {
    "campuses": "campuses",
    "subjects": "subjects",
    "places": "places",
    "providers": "providers",
    "kinds": "types",
}


def overview(turn: Turn) -> Answer | None:
    """Tell what there is on the whole."""
    asked = next((ABOUT_ALL[each] for each in turn.own.attributes if each in ABOUT_ALL), "")
    if of_offerer := _of_offerer(turn):
        return of_offerer
    if asked and turn.change and turn.understanding.form in (WHAT, WHICH, LIST) and _limits_only(turn, asked):
        return _within(turn, asked)
    if counted := _counted(turn):
        return counted
    if MORE_OF in turn.own.attributes and (of := next((MOST_OF[fact] for fact in turn.facts if fact in MOST_OF), "")):
        return _within(turn, of)
    if turn.change or turn.own.names or turn.programs or turn.own.words:
        return _cleared(turn)
    unheard = [each.values[0] for each in turn.own.criteria if each.kind == NOT_SEARCHED]
    if unheard and turn.own.seeks and (not turn.facts or turn.understanding.form == WHICH):
        reply = _all(turn.catalogue, "")
        reply = replace(reply, text=paragraphs(lists.not_searched(unheard), reply.text))
        return Answer(reply, DialogueState(FIND_OWN, own={SHOWN: ("0",)}).offering(MORE))
    to_us = "ours" in turn.own.attributes
    again = turn.goes_on and turn.understanding.form == HOW_MANY and turn.state.act == FIND_OWN
    if again and not turn.facts:
        return search(turn.catalogue, without(turn.state.own, ()), 0, turn.today)
    counts = turn.understanding.form == HOW_MANY and turn.own.seeks and (to_us or turn.intent == FIND_PROGRAMS)
    looks = turn.intent == FIND_PROGRAMS and not turn.goes_on and not turn.understanding.names
    if not (asked and (to_us or turn.understanding.form == HOW_MANY) or counts or looks):
        return depends(turn)
    return Answer(_all(turn.catalogue, asked), DialogueState(FIND_OWN, own={SHOWN: ("0",)}).offering(MORE))


def _of_offerer(turn: Turn) -> Answer | None:
    """Tell whom to ask at one who offers programs, by what these state ("Larkmoor College, email?")."""
    offerers = [each.label for each in turn.own.of(PROVIDER)]
    alone = set(turn.change.wanted) <= {PROVIDER} and not (turn.programs or turn.own.words)
    if len(offerers) != 1 or not alone or turn.facts != ("contact",):
        return None
    found = turn.catalogue.search.find(Wishes(providers=(offerers[0],), future_only=False), turn.today, MOST_COUNTED)
    counts = Counter(match.record.contact for match in found.matches if match.record.contact)
    contacts = [Facet(contact, count) for contact, count in counts.most_common(MOST_CONTACTS)]
    names: Names = {PROVIDER: (offerers[0],), SHOWN: ("0",)}
    return Answer(words.contacts_of(offerers[0], contacts), DialogueState(FIND_OWN, own=names).offering(MORE))


def _limits_only(turn: Turn, asked: str) -> bool:
    """Return whether what a message names limits the programs whose subjects or places it asks for."""
    about = bool({SUBJECT, WORD} & set(turn.change.wanted))
    return not turn.change.starts or asked == "places" and turn.names(SUBJECT) or asked == "subjects" and not about


def _counted(turn: Turn) -> Answer | None:
    """Tell of which of several places, offerers, subjects or kinds there are more ("more courses in Cork or in Galway?")."""
    compared = len(turn.own.of(PROVIDER)) > 1 and "difference" in turn.understanding.attributes
    if MORE_OF not in turn.own.attributes and not compared or turn.programs:
        return None
    names = turn.change.apply_to({})
    kind = next((each for each in SIDE_BY_SIDE if len(names.get(each, ())) > 1), "")
    if not kind:
        return None
    rest = {other: values for other, values in names.items() if other != kind}
    counts = [
        (
            sought_words({kind: (value,)}).about.strip(),
            turn.catalogue.search.count(wishes({**rest, kind: (value,)}, turn.today), turn.today),
        )
        for value in names[kind]
    ]
    counts.sort(key=lambda each: -each[1])
    reply = lists.counted(counts, sought_words(rest).about)
    return Answer(reply, DialogueState(FIND_OWN, own={**names, SHOWN: ("0",)}).offering(MORE))


def _within(turn: Turn, asked: str) -> Answer:
    """Tell what subjects, places, offerers or kinds there are among the programs that meet the criteria of a message."""
    names, own_programs = turn.change.apply_to({}), turn.catalogue.search
    wanted, of_subjects = wishes(names, turn.today), asked == "subjects"
    facets = _subjects(turn, wanted) if of_subjects else own_programs.tally(wanted, turn.today, asked, MOST_TOLD)
    about = sought_words(names).about or " to come"
    reply = words.overview(own_programs.count(wanted, turn.today), {asked: facets}, asked, about)
    return Answer(reply, DialogueState(FIND_OWN, own={**names, SHOWN: ("0",)}).offering(MORE))


def _subjects(turn: Turn, wanted: Wishes) -> list[Facet]:
    """Return the subjects of the first programs that meet wishes, with how many of these have each."""
    found = turn.catalogue.search.find(wanted, turn.today, MOST_COUNTED)
    counts = Counter(subject for match in found.matches for subject in set(match.record.subjects))
    return [Facet(label, count) for label, count in counts.most_common(MOST_TOLD)]


def _cleared(turn: Turn) -> Answer | None:
    if "all" in turn.change.dropped and not turn.change.wanted and turn.goes_on:
        return Answer(_all(turn.catalogue, ""), DialogueState(FIND_OWN, own={SHOWN: ("0",)}).offering(MORE))
    return None


def _all(catalogue: Catalogue, asked: str) -> Reply:
    most = 40 if asked else 8
    names = ("subjects", "places", "providers", "types", *([asked] if asked else []))
    facets: dict[str, Sequence[Facet]] = {name: catalogue.stated(name)[:most] for name in names}
    return words.overview(catalogue.search.count(), facets, asked)


def depends(turn: Turn) -> Answer | None:
    """Ask back which program a question about a fact of courses is about ("how much are your courses?")."""
    asks = [fact for fact in turn.facts if fact in OF_A_PROGRAM]
    open_topic = (turn.understanding.topic or "").startswith(OPEN)
    average = AVERAGE in turn.own.attributes and bool(asks) and turn.own.seeks
    of_ours = (
        turn.own.seeks or "ours" in turn.own.attributes and turn.own.looks
    )  # "what does it cost to study with you?"
    if (turn.goes_on or turn.intent != ASK_TOPIC or not asks or not (of_ours and open_topic)) and not average:
        return None
    reply = words.depends(asks[0], turn.catalogue.search.count(), average)
    return Answer(reply, DialogueState(FIND_OWN, own={SHOWN: ("0",)}).offering(MORE))
