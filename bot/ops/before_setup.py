"""Checks before anything is installed: `doctor`, and whether the ports are free. Any Python from 3.8 on runs them.

python3 -m bot.ops.before_setup doctor
python3 -m bot.ops.before_setup ports
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bot.ops.doctor import (
    Finding,
    action_server,
    console_scripts,
    engine,
    front,
    front_environment,
    settings_known,
    website_widget,
)
from core.ports import require_free_ports
from core.processes import PortTaken
from core.settings import Settings, SettingsError

SET_UP = "Run: make setup"
NEEDED_GB = 3  # of disk, for all that the set-up makes
PYTHONS = {"engine": "3.10", "front": "3.11 or newer"}


def main(arguments: list[str]) -> int:
    """Run one of the two; return the exit code."""
    try:
        settings = Settings.from_environment()
        if arguments == ["ports"]:
            require_free_ports(settings)
            return 0
        findings = list(examine(settings))
    except (SettingsError, PortTaken) as error:
        print(f"advisor: {error}", file=sys.stderr)
        return 1
    print("\n".join(map(str, findings)))
    return 0 if all(finding.ok for finding in findings) else 1


def examine(settings: Settings) -> Iterator[Finding]:
    """Yield what the set-up needs and what it has not made yet, in that order."""
    yield settings_known(settings)
    yield folder(settings)
    yield disk(settings)
    for name in PYTHONS:
        yield python(settings, name)
    yield node()
    yield engine_environment(settings)
    for check in (front_environment, website_widget, console_scripts, engine, action_server, front):
        yield check(settings)


def folder(settings: Settings) -> Finding:
    """Check that the working folder can be written to."""
    place = _there(settings.work_dir)
    if os.access(place, os.W_OK):
        return Finding("Folder", f"{settings.work_dir} can be written to")
    remedy = "Set ADVISOR_WORK_DIR to a folder that can, for the set-up and for every later command."
    return Finding("Folder", f"{place} cannot be written to", remedy)


def disk(settings: Settings) -> Finding:
    """Check the free space on the disk."""
    free = shutil.disk_usage(_there(settings.work_dir)).free / 1e9
    if (settings.work_dir / ".venv/engine/.complete").is_file() or free >= NEEDED_GB:
        return Finding("Disk", f"{free:.0f} GB free")
    return Finding("Disk", f"{free:.1f} GB free of the {NEEDED_GB} GB that the set-up needs", "Make room.")


def python(settings: Settings, name: str) -> Finding:
    """Check that a process's Python is on this machine; `name` is engine or front."""
    subject = f"Python for the {name}"
    done = subprocess.run(
        [str(settings.root / "scripts/find-python"), name], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    if done.returncode == 0:
        return Finding(subject, os.fsdecode(done.stdout).strip())
    remedy = (
        f"Install Python {PYTHONS[name]}; else the set-up tries to fetch it, which needs a network that reaches GitHub."
    )
    return Finding(subject, f"Python {PYTHONS[name]} is not on this machine", remedy)


def node() -> Finding:
    """Check that Node.js is there, which builds the widget."""
    missing = [name for name in ("node", "npm") if not shutil.which(name)]
    if not missing:
        return Finding("Node.js", "there, with npm")
    remedy = (
        "Install it (Debian, Ubuntu: apt-get install nodejs npm), or go without the widget and the console's scripts."
    )
    return Finding("Node.js", f"{' and '.join(missing)} missing", remedy)


def engine_environment(settings: Settings) -> Finding:
    """Check that the engine's environment is installed."""
    if (settings.work_dir / ".venv/engine/.complete").is_file():
        return Finding("Engine's environment", "installed")
    return Finding("Engine's environment", "missing or unfinished", SET_UP)


def _there(path: Path) -> Path:
    """Return the path, or the nearest folder above it that exists."""
    return next(each for each in (path, *path.parents) if each.exists())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
