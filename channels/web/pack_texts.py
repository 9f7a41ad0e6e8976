"""What the widget says first in the words of the guide that is served: `widget` of its pack.yml."""

from __future__ import annotations

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from core.guide_pack import sources_dir
from core.settings import Settings

TEXTS = ("greeting", "welcome")


def pack_texts(settings: Settings) -> dict[str, dict[str, str]]:
    """Return the guide's own texts of the widget by language; none if its file cannot be read, which the build reports."""
    try:
        pack = YAML(typ="safe").load(sources_dir(settings) / "guide/pack.yml")
        return {each["language"]: {name: each[name] for name in TEXTS if name in each} for each in pack["widget"]}
    except (OSError, YAMLError, KeyError, TypeError):
        return {}
