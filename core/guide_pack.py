"""Where a guide pack's files lie: the project's own content, or the folder that ADVISOR_GUIDE_DIR names.

A pack holds `knowledge/` (the sources), and may hold `data/` (examples of its own) and `evaluation/` (its own tests). What is
made of a foreign pack goes to the var folder, never into the project's tracked files.
"""

from __future__ import annotations

from pathlib import Path

from core.settings import Settings

OF_PROJECT = Path("training/evaluation")  # where the project's own guide has its tests


def is_foreign(settings: Settings) -> bool:
    """Return whether the guide that is served is not the project's own."""
    return settings.guide_dir.resolve() != settings.root.resolve()


def sources_dir(settings: Settings) -> Path:
    """Return the folder of the sources, guide/ and catalogue/."""
    return settings.guide_dir / "knowledge"


def generated_dir(settings: Settings) -> Path:
    """Return the folder for what the knowledge build generates for training."""
    return made_dir(settings) / "generated" if is_foreign(settings) else settings.root / "data/generated"


def made_dir(settings: Settings) -> Path:
    """Return the folder for all examples that a foreign pack's model is trained on."""
    return settings.var_dir / "guide-data"


def evaluation_dir(settings: Settings) -> Path:
    """Return the folder of the test phrasings and the kept conversations."""
    return settings.guide_dir / ("evaluation" if is_foreign(settings) else OF_PROJECT)
