"""Which guide pack a REST request is about: the one that its key is bound to, or the one that it names.

A sender of a named guide is another one than the same sender without, so that two organisations may number their people alike.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from channels.http import Refused
from conversations.models import Conversation
from core.pack_registry import FIRST, shown_name
from core.settings_checks import SettingsError, parts_of_list

OF = "@"  # between a sender and the guide, in the address of a conversation
KEYS = "ADVISOR_REST_PACK_KEYS"
LEAST_KEY = 16  # characters


@dataclass(frozen=True)
class Sender:
    """Somebody who talks by REST: `name` as the client calls them, `guide` if one was named, "" for the first pack."""

    name: str
    guide: str | None = None

    @property
    def address(self) -> str:
        """Return the address of their conversation."""
        return self.name if self.guide is None else f"{self.name}{OF}{shown_name(self.guide)}"

    @property
    def pack(self) -> str:
        """Return the pack that a conversation of theirs begins with, or "" for the one of the channel."""
        return "" if self.guide is None else shown_name(self.guide)


class Guides:
    """The guide packs that are served, by the names under which requests ask for them."""

    def __init__(self, packs: Collection[str] = ("",)) -> None:
        self._packs = {shown_name(pack): pack for pack in packs}

    def meant(self, named: str, bound: str | None) -> str | None:
        """Return the pack that a request is about, or None if it says nothing.

        `named` is what it says, "" for nothing; `bound` is the pack of its key, None for any. Refused with 400 if there is no
        such pack, and with 403 if the key is another one's.
        """
        if not named:
            return bound
        if named not in self._packs:
            raise Refused(f"there is no guide '{named}'; there are: {', '.join(self._packs)}")
        if bound is not None and self._packs[named] != bound:
            raise Refused(f"this key is for the guide '{shown_name(bound)}' only", 403)
        return self._packs[named]

    def sender(self, name: str, guide: str | None) -> Sender:
        """Return a sender; Refused if their name alone reads like one of a named guide."""
        if guide is None and len(self._packs) > 1 and name.rpartition(OF)[1:] and name.rpartition(OF)[2] in self._packs:
            raise Refused(f"a sender may not end in {OF} and the name of a guide: name it as `guide`")
        return Sender(name, guide)


def sender_of(conversation: Conversation) -> Sender:
    """Return whose conversation it is, as the client calls them."""
    name, sign, guide = conversation.address.rpartition(OF)
    if sign and guide == shown_name(conversation.pack):
        return Sender(name, conversation.pack)
    return Sender(conversation.address)


def keys_of_packs(text: str, packs: Collection[str]) -> Mapping[str, str]:
    """Return the packs by the keys that are bound to them, from NAME=KEY with commas; raises SettingsError."""
    found: dict[str, str] = {}
    for part in parts_of_list(text):
        name, sign, key = (piece.strip() for piece in part.partition("="))
        pack = "" if name == FIRST else name
        if not sign or pack not in packs:
            known = ", ".join(map(shown_name, packs))
            raise SettingsError(f"{KEYS} is NAME=KEY, with commas; '{name}' is no guide pack. There are: {known}.")
        if len(key) < LEAST_KEY or key in found:
            raise SettingsError(
                f"{KEYS}: the key of '{name}' needs {LEAST_KEY} characters, and no two have the same. "
                "Make one: openssl rand -hex 32"
            )
        found[key] = pack
    return found


def pack_of_key(keys: Mapping[str, str], given: str) -> str | None:
    """Return the pack that a key is bound to, or None if it is none of these; takes as long for each."""
    met = [
        pack for key, pack in keys.items() if hmac.compare_digest(given.encode(errors="backslashreplace"), key.encode())
    ]
    return met[0] if met else None
