"""The description of a channel that the registry lists. Imports nothing, so that any program can read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

PUSH, FETCH = "push", "fetch"  # how staff's messages reach a visitor: sent, or held until the visitor's client comes


@dataclass(frozen=True)
class StandIn:
    """A local imitation of the platform, for `advisor demo` and the channel benchmark.

    `module` runs as `python -m MODULE PORT`; `settings` returns the front's settings for the stand-in at a URL. With
    `calls_front` the module gets the front's address as a second argument, as it does not learn it over the API.
    """

    module: str
    settings: Callable[[str], Mapping[str, str]]
    calls_front: bool = False


@dataclass(frozen=True)
class ChannelInfo:
    """A channel folder as the registry lists it.

    `titles` maps each channel name that is stored with conversations to its title for staff. `setup` is the module whose
    `build(settings, context)` returns the Channel, or None if the settings do not ask for it. Without the setting that it
    `needs`, the module is not even imported, nor the platform's library with it.
    """

    titles: Mapping[str, str]
    setup: str
    needs: str = ""
    answering: tuple[str, ...] = ()  # names whose clients wait for a reply to each message, even while a person answers
    fetching: tuple[str, ...] = ()  # names whose clients come for messages, as nothing can be sent to them
    delivery_notes: Mapping[tuple[str, str], str] = field(
        default_factory=dict
    )  # for staff, by (name, PUSH, FETCH or "")
    stand_in: StandIn | None = None

    @property
    def name(self) -> str:
        """Return the first of the names, which is also that of the folder."""
        return next(iter(self.titles))
