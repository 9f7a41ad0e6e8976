"""The guide packs of an installation: the first, which the settings describe, and those of ADVISOR_PACKS_FILE beside it.

Each pack has settings of its own: those of the installation, with other places, ports and names. Whatever works on a pack is
handed these, and so need not know that there are others.
"""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from core.guide_pack import PACKS_FOLDER
from core.settings import Settings, SettingsError, env_name
from core.settings_checks import parts_of_list, read_value

FIRST = "first"  # what the pack of the settings is called where a pack is named; conversations keep "" for it
SOURCES = Path("knowledge/guide")
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
# What a section of the file may say: a field of the settings, and the channels whose conversations belong to the pack.
OWN = (
    *("guide_dir", "engine_port", "actions_port", "engine_addresses", "models_dir", "knowledge_db", "catalogue_dir"),
    *("organisation", "advice_contact"),
)
CHANNELS = "channels"
ALONE = ("models_dir", "knowledge_db", "catalogue_dir")  # places that no two packs share
PLACES = ("var_dir", "encoder_dir")  # what an engine must be told besides


@dataclass(frozen=True)
class Pack:
    """A guide pack that is served; `name` is "" for the first, `channels` are those whose conversations belong to it."""

    name: str
    settings: Settings
    channels: tuple[str, ...] = field(default=())


def packs_of(settings: Settings) -> dict[str, Pack]:
    """Return the packs by name, the first before the others; raises SettingsError if the file of packs cannot be used."""
    settings = replace(settings, pack="") if settings.pack else settings
    packs = {"": Pack("", settings)}
    if settings.packs_file is None:
        return packs
    for number, (name, section) in enumerate(_sections(settings.packs_file), start=1):
        packs[name] = _pack(settings, name, section, number)
    _require_one_each(packs, settings.packs_file)
    return packs


def pack_named(settings: Settings, name: str) -> Settings:
    """Return the settings of a pack; raises SettingsError with the names that there are."""
    if name in ("", FIRST):
        return settings
    packs = packs_of(settings)
    if name not in packs:
        known = ", ".join([FIRST, *filter(None, packs)])
        raise SettingsError(f"There is no guide pack '{name}'. There are: {known} (ADVISOR_PACKS_FILE).")
    return packs[name].settings


def pack_scope(settings: Settings) -> str | None:
    """Return the pack to which queries of conversations are limited, or None if there is no other."""
    return None if settings.packs_file is None else settings.pack


def shown_name(name: str) -> str:
    """Return what a pack is called in lists and messages."""
    return name or FIRST


def pack_environment(settings: Settings) -> dict[str, str]:
    """Return the variables by which a process works on a pack's files alone, whichever a shell's ADVISOR_PACK names."""
    if not settings.pack:
        return {env_name("pack"): ""}
    told = {env_name(name): _text(getattr(settings, name)) for name in (*OWN, *PLACES)}
    # It is told its places in full, and so needs to know of no other pack.
    return {**told, env_name("pack"): "", env_name("packs_file"): ""}


def _text(value: Any) -> str:
    return str(value.resolve()) if isinstance(value, Path) else str(value)


def _sections(file: Path) -> Iterator[tuple[str, Mapping[str, str]]]:
    reader = configparser.ConfigParser(interpolation=None)
    try:
        with file.open(encoding="utf-8") as lines:
            reader.read_file(lines)
    except (OSError, UnicodeDecodeError, configparser.Error) as error:
        why = " ".join(str(error).split())
        raise SettingsError(f"ADVISOR_PACKS_FILE cannot be read: {why}. docs/guide-packs.md shows one.") from None
    for name in reader.sections():
        if name == FIRST or not NAME.fullmatch(name):
            raise SettingsError(
                f"{file}: [{name}]: a pack's name has small letters, digits and hyphens only, and is not '{FIRST}'."
            )
        yield name, reader[name]


def _pack(settings: Settings, name: str, section: Mapping[str, str], number: int) -> Pack:
    place = f"{settings.packs_file}: [{name}]"
    unknown = [key for key in section if key not in (*OWN, CHANNELS)]
    if unknown:
        raise SettingsError(f"{place}: nothing reads '{unknown[0]}'. It may have: {', '.join((*OWN, CHANNELS))}.")
    own = _own_values(settings, section, place)
    if "guide_dir" not in own:
        raise SettingsError(f"{place}: guide_dir is missing: the folder of the guide pack.")
    if not (own["guide_dir"] / SOURCES).is_dir():
        raise SettingsError(f"{place}: {own['guide_dir']} is no guide pack: it has no folder {SOURCES}.")
    var_dir = settings.var_dir / PACKS_FOLDER / name
    usual: dict[str, Any] = {
        "engine_port": settings.engine_port + number,
        "actions_port": settings.actions_port + number,
        "engine_addresses": "",
        "models_dir": settings.models_dir / name,
        "catalogue_dir": var_dir / "catalogue",
        "var_dir": var_dir,
        # Beside the first's, which fronts and engines with var folders of their own share.
        "knowledge_db": settings.knowledge_db.parent / PACKS_FOLDER / name / settings.knowledge_db.name,
    }
    try:
        made = replace(settings, pack=name, **{**usual, **own})
    except SettingsError as error:
        raise SettingsError(f"{place}: {error}") from None
    return Pack(name, made, parts_of_list(section.get(CHANNELS, "")))


def _own_values(settings: Settings, section: Mapping[str, str], place: str) -> dict[str, Any]:
    """Return what a section says, by field; folders start where the file lies."""
    assert settings.packs_file
    values: dict[str, Any] = {}
    for item in fields(settings):
        text = section.get(item.name, "").strip()
        if item.name not in OWN or not text:
            continue
        try:
            value = read_value(item, text)
        except SettingsError as error:
            raise SettingsError(f"{place}: {error}") from None
        is_folder = isinstance(value, Path)
        values[item.name] = settings.packs_file.parent / value.expanduser() if is_folder else value
    return values


def _require_one_each(packs: Mapping[str, Pack], file: Path) -> None:
    """Raise SettingsError if two packs have a channel, or a place of what is made of one, in common."""
    owners: dict[tuple[str, str], str] = {}
    for pack in packs.values():
        for what, each in _own_alone(pack):
            if (what, each) in owners:
                both = f"{shown_name(owners[what, each])} and {shown_name(pack.name)}"
                raise SettingsError(f"{file}: the {what} {each} belongs to two packs: {both}.")
            owners[what, each] = pack.name


def _own_alone(pack: Pack) -> Iterator[tuple[str, str]]:
    for name in ALONE:
        yield name, str(getattr(pack.settings, name).resolve())
    for channel in pack.channels:
        yield "channel", channel
