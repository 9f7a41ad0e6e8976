"""Where a guide pack's files lie: the project's own content, or the folder that ADVISOR_GUIDE_DIR names.

A pack holds `knowledge/` (the sources), and may hold `data/` (examples of its own) and `evaluation/` (its own tests). What is
made of a foreign pack goes to the var folder, never into the project's tracked files.
"""

from __future__ import annotations

from pathlib import Path

from core.settings import Settings

PACK_FILE = Path("knowledge/guide/pack.yml")
PACKS_FOLDER = "packs"  # in the var folder: what is made of further packs, a folder each
# Where the project's own guide and a pack have their tests.
OF_PROJECT, OF_PACK = Path("training", "evaluation"), Path("evaluation")


def is_foreign(settings: Settings) -> bool:
    """Return whether the guide that is served is not the project's own."""
    return settings.guide_dir.resolve() != settings.root.resolve()


def shared_dir(settings: Settings) -> Path:
    """Return the var folder of the installation; a further pack's own is var/packs/NAME (core/pack_registry.py)."""
    is_of_pack = settings.pack and settings.var_dir.parts[-2:] == (PACKS_FOLDER, settings.pack)
    return settings.var_dir.parents[1] if is_of_pack else settings.var_dir


def sources_dir(settings: Settings) -> Path:
    """Return the folder of the sources, guide/ and catalogue/."""
    return settings.guide_dir / "knowledge"


def generated_dir(settings: Settings) -> Path:
    """Return the folder for what the knowledge build generates for training."""
    return made_dir(settings) / "generated" if is_foreign(settings) else settings.root / "data/generated"


def made_dir(settings: Settings) -> Path:
    """Return the folder for all examples that a foreign pack's model is trained on."""
    return settings.var_dir / "guide-data"


def topic_texts_file(settings: Settings) -> Path:
    """Return the file of the texts by which the topics of a foreign pack are known, if hardly anybody has asked for them.

    The project's own guide has no such file, even if a foreign one was served from the same var folder before.
    """
    folder = made_dir(settings) if is_foreign(settings) else settings.root / "data"
    return folder / "topic-texts.json"


def evaluation_in(guide_dir: Path) -> Path:
    """Return where a guide has its test phrasings (phrasings/) and its kept conversations (talks/), from its folder on."""
    is_pack = (guide_dir / PACK_FILE).is_file() and not (guide_dir / "training").is_dir()
    return OF_PACK if is_pack else OF_PROJECT


def evaluation_dir(settings: Settings) -> Path:
    """Return the folder of the test phrasings and the kept conversations of the guide that is served."""
    return settings.guide_dir / evaluation_in(settings.guide_dir)
