"""Finding programs: the wish grows from message to message, and every list is counted and explained."""

from __future__ import annotations

from dataclasses import replace

from actions.answering import Answer, Answers
from actions.places import destinations_of, field_of
from actions.replies import programs as words
from actions.replies.base import listed, lower_first
from actions.replies.credentials import stated
from actions.said import Frame, Names, Said
from knowledge.queries import Knowledge
from knowledge.records import Program, ProgramWish

WISHED = {
    "field": "fields",
    "destination": "destinations",
    "type": "types",
    "provider": "providers",
    "mode": "modes",
    "institution": "institutions",
}
SUGGESTED_FIELDS = 6
IN_WORDS = {
    "field": "for",
    "destination": "in",
    "institution": "at",
    "provider": "by",
    "mode": "taken",
}
SPOKEN = {
    "fields": "the field",
    "destinations": "the country",
    "types": "the kind of credential",
    "providers": "the provider",
    "modes": "the way of studying",
    "institutions": "the institution",
}
NOT_STATED = {
    "modes": "whether they are online or in person",
    "destinations": "a country",
    "max_price": "a price",
    "start_from": "a start date",
}
NOT_STATED_IN = {"modes": "mode", "destinations": "destination", "max_price": "price", "start_from": "start"}


def find_programs(knowledge: Knowledge, said: Said, frame: Frame) -> Answer:
    """A new search, or the search so far with what this message changes."""
    wished = _wished(knowledge, said)
    if not _goes_on(said, frame):
        return search(knowledge, wished, 0)
    return search(knowledge, _without(frame.names, wished) if said.excludes else {**frame.names, **wished}, 0)


def _without(names: Names, excluded: Names) -> Names:
    """The wish so far without the names excluded, and their exclusion (under "-kind")."""
    left = {kind: tuple(key for key in keys if key not in excluded.get(kind, ())) for kind, keys in names.items()}
    return {**left, **{f"-{kind}": (*names.get(f"-{kind}", ()), *keys) for kind, keys in excluded.items()}}


def show_more(knowledge: Knowledge, frame: Frame) -> Answer:
    """The next page of the same search."""
    return search(knowledge, frame.names, frame.shown)


def search(knowledge: Knowledge, names: Names, start: int) -> Answer:
    """One page of the programs that match, from `start`."""
    wish = _wish(names)
    frame = Frame("find_programs", None, names)
    if not any(wish.preferences()):
        every = knowledge.programs(ProgramWish())
        fields = list(dict.fromkeys(lower_first(field.name) for program in every for field in program.fields))
        return Answer(words.what_wish(len(every), fields[:SUGGESTED_FIELDS]), frame)
    matching, spoken = list(knowledge.programs(wish)), _spoken(knowledge, names)
    if start and start >= len(matching):
        return Answer(words.no_more(spoken), frame)
    if not matching:
        return _without_match(knowledge, names, wish, spoken, frame)
    reply = words.found(matching, spoken, start, _notes(knowledge, wish), not any(map(stated, matching)))
    shown = start + words.SHOWN
    after = replace(frame, shown=shown, sources=tuple(source.key for source in reply.sources))
    return Answer(reply, after.offering("more" if shown < len(matching) else "want_person"))


def _without_match(knowledge: Knowledge, names: Names, wish: ProgramWish, spoken: words.Wished, frame: Frame) -> Answer:
    """Never a dead end: programs that don't state what was asked, where the field is at home, what another wish finds."""
    silent = [(preference, found) for preference in NOT_STATED if (found := _silent(knowledge, wish, preference))]
    if silent:
        reply = words.not_stated(spoken, NOT_STATED[silent[0][0]], silent[0][1])
    else:
        reply = words.none_found(
            spoken, _notes(knowledge, wish), field_of(knowledge, names), destinations_of(knowledge, names)
        )
    after = replace(frame, topic=reply.topic, sources=tuple(source.key for source in reply.sources))
    return Answer(reply, after.offering("want_person"))


def _silent(knowledge: Knowledge, wish: ProgramWish, preference: str) -> list[Program]:
    """The programs that fit all else and don't state what `preference` asks."""
    if preference not in wish.preferences() or not knowledge.unstated(wish, preference):
        return []
    return [
        one for one in knowledge.programs(wish.without(preference)) if getattr(one, NOT_STATED_IN[preference]) is None
    ]


def _goes_on(said: Said, frame: Frame) -> bool:
    return frame.act == "find_programs" and said.intent in ("refine", "more")


def _wished(knowledge: Knowledge, said: Said) -> Names:
    """What of the message is a wish; an industry stands for the field of the same key, a place for its destination."""
    wished = {kind: said.of(kind) for kind in WISHED if said.of(kind)}
    if "field" not in wished and (known := field_of(knowledge, said.names)):
        wished["field"] = (known.field.key,)
    if destinations := destinations_of(knowledge, said.names):
        wished["destination"] = tuple(one.key for one in destinations)
    return wished


def _wish(names: Names) -> ProgramWish:
    wanted = {WISHED[kind]: keys for kind, keys in names.items() if kind in WISHED}
    unwanted = {f"exclude_{WISHED[kind[1:]]}": keys for kind, keys in names.items() if kind.startswith("-")}
    return ProgramWish(**wanted, **unwanted)


def _spoken(knowledge: Knowledge, names: Names) -> words.Wished:
    """The wish in words: "programs" or "bootcamps", and "for data analytics in Canada, leaving out Google"."""
    types = [knowledge.type(key) for key in names.get("type", ())]
    one = listed((lower_first(kind.name) for kind in types), "or") if types else "program"
    several = listed((lower_first(kind.plural) for kind in types), "or") if types else "programs"
    parts = [f"{word} {_either(knowledge, kind, names[kind])}" for kind, word in IN_WORDS.items() if names.get(kind)]
    left_out = [_either(knowledge, kind[1:], keys) for kind, keys in names.items() if kind.startswith("-")]
    about = " ".join(parts) + (f", leaving out {listed(left_out)}" if left_out else "")
    return words.Wished(one, several, f" {about}".rstrip().replace(" ,", ","))


def _either(knowledge: Knowledge, kind: str, keys: tuple[str, ...]) -> str:
    return listed((_name(knowledge, kind, key) for key in keys), "or")


def _name(knowledge: Knowledge, kind: str, key: str) -> str:
    if not knowledge.has_name(kind, key):
        return knowledge.other_name(kind, key).name
    name = knowledge.name(kind, key).short
    return lower_first(name) if kind in ("field", "type", "mode") else name


def _notes(knowledge: Knowledge, wish: ProgramWish) -> list[str]:
    """What was left out because the listing doesn't say, and what another wish would add."""
    notes = []
    for preference in wish.preferences():
        unsaid = knowledge.unstated(wish, preference) if preference in NOT_STATED else 0
        if unsaid:
            verb = "does" if unsaid == 1 else "do"
            notes.append(f"{unsaid} more would fit but {verb} not state {NOT_STATED[preference]}.")
    for preference, _, more in knowledge.relaxations(wish):
        if preference in SPOKEN:
            notes.append(f"{more} more if {SPOKEN[preference]} doesn't matter.")
    return notes[:3]


def by_provider(knowledge: Knowledge, key: str) -> list[Program]:
    """The programs of one provider."""
    return list(knowledge.programs(ProgramWish(providers=(key,))))


class FindPrograms(Answers):
    """A search for programs."""

    def name(self) -> str:
        return "action_find_programs"

    answer = staticmethod(find_programs)
