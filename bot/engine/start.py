"""Starts Rasa's own command, without what only costs memory or time: python -m bot.engine.start run ... or train ...

JAX and h5py come with TensorFlow alone (make setup TENSORFLOW=yes). TensorFlow Lite imports JAX, if it is installed, for a
converter that nothing here uses: 65 MB and half a second. Keras imports h5py, if it is installed, for a file format of
models that Rasa doesn't use: 12 MB.

What else Rasa imports and the advisor does not need is left out by patches/starting/unused_packages.py; what training does
several times is done once by patches/starting/training_data.py.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from bot.engine.patches.starting.unused_packages import leave_out
from core.file_permissions import restrict_new_files
from core.settings import Settings

UNUSED = ("jax", "h5py")


def main() -> None:
    """Run Rasa's command."""
    for package in UNUSED:
        sys.modules.setdefault(package, None)  # importing it now fails as if it were not installed
    restrict_new_files()
    if Settings.from_environment().rasa_patches == "on":
        _prepare(Path.cwd(), sys.argv[1:])
    from rasa.__main__ import main as rasa

    rasa()


def _prepare(root: Path, arguments: Sequence[str]) -> None:
    if arguments[:1] == ["run"]:
        leave_out(root, arguments)
    elif arguments[:1] == ["train"]:
        from bot.engine.patches.starting.training_data import keep_examples  # imports Rasa

        keep_examples(root, arguments)


if __name__ == "__main__":
    main()
