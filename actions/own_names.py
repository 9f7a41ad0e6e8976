"""Defines what a message asks of the organisation's own catalogue, as the engine found it (bot/engine/own_catalogue.py)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

PROGRAM, SUBJECT, SKILL, TYPE, PROVIDER, PLACE, COUNTRY = (
    *("program", "subject", "skill", "type", "provider"),
    *("place", "country"),
)
BY, PERSON, OTHER = "by", "person", "other"  # roles of words: who offers it; what one is; none of these
NOT_SEARCHED = "not_searched"  # kind of the criterion of a wish that cannot be searched
ASKS_FOR = "asks_for"  # kind of the criterion of a question whether something is needed to get in
# Entities of buttons: a program, a subject, a place, what is dropped, what is asked of a program; "go" is the catalogue alone.
IN_BUTTONS = ("own", "own_subject", "own_place", "own_any", "own_ask", "own_go")


@dataclass(frozen=True)
class OwnName:
    """A name of the catalogue in the message; `keys` are its spellings, `ids` the programs that bear it."""

    kind: str
    label: str
    text: str
    keys: tuple[str, ...] = ()
    ids: tuple[int, ...] = ()
    score: float = 1.0
    exact: bool = True
    ambiguous: bool = False
    left_out: bool = False
    start: int = 0


@dataclass(frozen=True)
class OwnWord:
    """Words that are sought and are no name; `forms` are others for the same if the guide names it.

    `role` is SUBJECT, TYPE, PLACE, BY, PERSON or OTHER. `joined` tells that they are an alternative to what they stand
    beside, `clear` that they surely are what a program is about. `near` is what programs are about that comes near to them
    in meaning, where none holds the words, `beside` the subjects that do where some hold them.
    """

    text: str
    role: str
    joined: bool = False
    clear: bool = False
    forms: tuple[str, ...] = ()
    left_out: bool = False
    start: int = 0
    near: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class OwnCriterion:
    """A wish such as schedule ("evening",), language ("de",) or category ("member",); `any` drops the kind in its value."""

    kind: str
    values: tuple[str, ...]
    left_out: bool = False


@dataclass(frozen=True)
class OwnNames:
    """What a message asks of the own catalogue.

    `attributes` is what it asks of a program beside the attributes of all things, `seeks` tells that it holds a word for
    what is sought ("courses"), `looks` that it holds one with which people look for it ("learn", "anything"). `nth` is the
    position in the last list of the program that it points at ("second one - how much?"), `bare` tells that it is hardly more
    than one thing that is sought.
    """

    names: tuple[OwnName, ...] = ()
    words: tuple[OwnWord, ...] = ()
    criteria: tuple[OwnCriterion, ...] = ()
    attributes: tuple[str, ...] = ()
    seeks: bool = False
    looks: bool = False
    nth: str = ""
    bare: bool = False

    @classmethod
    def from_message(cls, message: dict[str, Any]) -> OwnNames | None:
        """Read a message; None if there was no catalogue. A button's payload names a program as `own`, others as `own_KIND`."""
        pressed = [each for each in message.get("entities") or [] if str(each.get("entity")).startswith("own")]
        if pressed:
            return cls._from_button(pressed)
        found = message.get("own")
        if found is None:
            return None
        return cls(
            tuple(
                OwnName(**{**each, "keys": tuple(each["keys"]), "ids": tuple(each["ids"])}) for each in found["names"]
            ),
            tuple(_word(each) for each in found["words"]),
            tuple(OwnCriterion(each["kind"], tuple(each["values"]), each["left_out"]) for each in found["criteria"]),
            tuple(found["attributes"]),
            bool(found["seeks"]),
            bool(found["looks"]),
            str(found.get("nth", "")),
            bool(found.get("bare")),
        )

    @classmethod
    def _from_button(cls, pressed: Iterable[dict[str, Any]]) -> OwnNames:
        names: list[OwnName] = []
        criteria: list[OwnCriterion] = []
        asked: tuple[str, ...] = ()
        for each in pressed:
            kind, value = each["entity"].partition("_")[2], str(each.get("value") or "")
            if not kind:
                ids = tuple(int(one) for one in value.split(",") if one.isdigit())
                names += [OwnName(PROGRAM, "", "", ids=(one,)) for one in ids]
            elif kind in (SUBJECT, SKILL, TYPE, PROVIDER, PLACE, COUNTRY):
                names.append(OwnName(kind, value, value, keys=(value,)))
            elif kind == "ask":
                asked = (*asked, *value.split(","))
            elif kind != "go":  # which only tells that the catalogue is meant
                criteria += [OwnCriterion(kind, (one,)) for one in value.split(",")]
        return cls(tuple(names), (), tuple(criteria), asked, seeks=True)

    def of(self, *kinds: str) -> list[OwnName]:
        """Return the names of these kinds that are not excluded."""
        return [each for each in self.names if each.kind in kinds and not each.left_out]


def _word(found: dict[str, Any]) -> OwnWord:
    read: dict[str, Any] = {name: found[name] for name in ("text", "role", "joined", "clear", "left_out", "start")}
    read |= {name: tuple(found.get(name, ())) for name in ("forms", "near", "beside")}
    return OwnWord(**read)
