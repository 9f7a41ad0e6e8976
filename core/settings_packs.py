"""The settings of further guide packs (docs/guide-packs.md), which are among all others in `Settings`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from core.settings_checks import setting


@dataclass(frozen=True)
class PackSettings:
    """Which guide packs there are beside the first, and which of them is meant."""

    packs_file: Path | None = setting(
        None,
        "File of further guide packs, each with an engine of its own (docs/guide-packs.md); empty means one pack alone.",
        inside="root",
        kind=Path,
    )
    pack: str = setting(
        "", "The pack that a command works on, by its name in ADVISOR_PACKS_FILE; empty means the first."
    )
    rest_pack_keys: str = setting(
        "",
        "Further keys of REST, each of one guide pack alone: NAME=KEY, with commas (docs/rest.md).",
        secret=True,
    )
    guide_pages: str = setting(
        "off",
        "`on` shows the guide to everybody, at /guide: where the sources of answers lead to. `indexed` does so and lets search "
        "engines list it.",
        choices=("off", "on", "indexed"),
    )
