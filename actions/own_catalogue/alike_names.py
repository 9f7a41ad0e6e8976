"""Finds programs whose names hold the one that a message says: at another place, by another college, of another kind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from actions.context import Names
from actions.own_catalogue.criteria import wishes
from actions.own_catalogue.turn import Turn
from actions.own_names import COUNTRY, PLACE, PROVIDER, TYPE, OwnName
from own_programs.search.wishes import Wishes, WordWish

FEW_NAMED = 4  # programs whose names a phrase may be a part of
TELLING = (TYPE, PROVIDER, PLACE, COUNTRY)  # kinds of criteria that tell programs of nearly one name apart


def meant_by(turn: Turn, names: Iterable[OwnName], compared: bool) -> list[OwnName]:
    """Return names with the programs that the message means by them; `compared` ones are meant wherever they are."""
    found = _together([_with_alike(turn, each) for each in names])
    return found if compared or len(found) > 1 else [_offered_there(turn, each) for each in found]


def _together(names: list[OwnName]) -> list[OwnName]:
    """Return names with the programs that the same words name as one."""
    found: dict[tuple[str, int], OwnName] = {}
    for each in names:
        before = found.get((each.text, each.start))
        ids = dict.fromkeys((*(before.ids if before else ()), *each.ids))
        found[each.text, each.start] = replace(each, ids=tuple(ids), label=each.text if before else each.label)
    return list(found.values())


def _with_alike(turn: Turn, name: OwnName) -> OwnName:
    """Return a name that leaves out what stands in brackets with the few programs whose names hold it, too."""
    if not name.exact or not name.text or name.text.casefold() == name.label.casefold():
        return name
    found = holding(turn, name.text)
    ids = tuple(dict.fromkeys((*name.ids, *found)))
    return replace(name, label=name.text, ids=ids) if found else name


def _offered_there(turn: Turn, name: OwnName) -> OwnName:
    """Return a name with the programs that hold it in theirs and are offered where, by whom and as the message says.

    That is only if its own are not.
    """
    told = _telling(turn)
    if not told or not name.text or among(turn, name.ids, told):
        return name
    alike = [each for each in siblings(turn, name) if each not in name.ids]
    return replace(name, ids=fitting) if (fitting := among(turn, alike, told)) else name


def siblings(turn: Turn, name: OwnName) -> tuple[int, ...]:
    """Return the few programs whose names hold what a name is beside words for kinds, itself first; none if they are many."""
    found = holding(turn, plain(turn, name.text or name.label))
    return tuple(dict.fromkeys((*name.ids, *found))) if found else name.ids


def side_by_side(turn: Turn, name: OwnName) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Return the programs that a comparison means that says one name, and the kinds that it says and none of them is.

    They differ by where they are, who offers them or what they are: "pottery in Cork and Galway", "the two pottery ones".
    """
    alike, told = siblings(turn, name), _telling(turn)
    there = {kind: values for kind, values in told.items() if kind != TYPE}
    alike = (there and among(turn, alike, there)) or alike
    types = told.get(TYPE, ())
    missing = tuple(each for each in types if not among(turn, alike, {TYPE: (each,)}))
    of_types = among(turn, alike, {TYPE: types}) if types and not missing else alike
    meant = tuple(dict.fromkeys((*(key for key in name.ids if key in alike), *of_types)))
    return meant, missing


def here_and_there(turn: Turn, name: OwnName) -> tuple[int, ...]:
    """Return the programs of nearly one name at several places that are named, none if there are not several."""
    found = side_by_side(turn, name)[0]
    several = any(len(turn.change.wanted.get(kind, ())) > 1 for kind in (PLACE, COUNTRY, PROVIDER))
    return found if several and len(found) > 1 else ()


def plain(turn: Turn, text: str) -> str:
    """Return a name without words for kinds: "pottery" of "pottery certificate"."""
    kinds = {word for facet in turn.catalogue.stated("types") for word in facet.label.casefold().split()}
    kept = [word for word in text.replace("(", " ").replace(")", " ").split() if word.casefold() not in kinds]
    while kept and kept[0].casefold() in ("in", "the", "a"):
        kept.pop(0)
    return " ".join(kept) or text


def _telling(turn: Turn) -> Names:
    return {kind: values for kind in TELLING if (values := turn.change.wanted.get(kind, ()))}


def among(turn: Turn, ids: Iterable[int], told: Names) -> tuple[int, ...]:
    """Return those of some programs that meet criteria, be it to come or over."""
    some = tuple(ids)
    if not some:
        return ()
    query = replace(wishes(told, turn.today), programs=some, future_only=False)
    met = {match.id for match in turn.catalogue.search.find(query, turn.today, len(some)).matches}
    return tuple(each for each in some if each in met)


def holding(turn: Turn, text: str) -> tuple[int, ...]:
    """Return the programs whose names hold words, none if they are many."""
    alike = Wishes(words=(WordWish((text,), "type"),), future_only=False)
    found = turn.catalogue.search.find(alike, turn.today, FEW_NAMED)
    return tuple(match.id for match in found.matches) if found.total <= FEW_NAMED else ()
