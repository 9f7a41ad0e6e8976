"""Keeps the history of a folder of files in git, if the folder is a repository of its own and git is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

SECONDS = 20.0  # for one call of git
NOT_IN_NAMES = re.compile(r"[<>\x00-\x1f]")


def commit(folder: Path, project: Path, message: str, author: str) -> str:
    """Commit all changes in a folder, and return a sentence on it; "" where no history is kept.

    Nothing is committed in the project's own repository: what belongs into it is decided by whoever works on the project.
    """
    if not (folder / ".git").exists() or folder.resolve() == project.resolve():
        return ""
    if shutil.which("git") is None:
        return "It is not in the folder's history: git is not installed here."
    name = NOT_IN_NAMES.sub(" ", author).strip() or "console"
    who = ["-c", "user.name=Advisor console", "-c", "user.email=console@localhost", "-c", "commit.gpgsign=false"]
    try:
        _git(folder, "add", "-A", "--", ".")
        if not _git(folder, "status", "--porcelain"):
            return ""
        _git(folder, *who, "commit", "--quiet", "--no-verify", f"--author={name} <console@localhost>", "-m", message)
        return f"In the folder's history as {_git(folder, 'rev-parse', '--short', 'HEAD')}."
    except (OSError, subprocess.SubprocessError) as error:
        reason = getattr(error, "stderr", "") or type(error).__name__
        return f"It is not in the folder's history: {str(reason).strip().splitlines()[-1] if reason else 'git failed'}."


def _git(folder: Path, *arguments: str) -> str:
    found = subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True, timeout=SECONDS)
    return found.stdout.strip()
