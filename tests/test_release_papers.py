"""Licence, version and tags: what somebody needs who wants to use the project lawfully, and to know which one they have."""

from __future__ import annotations

import functools
import importlib.util
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from core.settings import PROJECT_ROOT, Settings
from core.version import version

CHANGELOG = """# Changelog

## Unreleased

- Not yet.

## 1.1.0 - 2026-12-24

- Second.

## 1.0.0 - 2026-11-30

- First.
"""


@functools.cache
def _licences() -> ModuleType:
    """scripts/licences.py, which is no part of a room."""
    found = importlib.util.spec_from_file_location("licences", PROJECT_ROOT / "scripts/licences.py")
    module = sys.modules["licences"] = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def test_licence_is_apache_everywhere() -> None:
    text = (PROJECT_ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text and "Version 2.0, January 2004" in text and len(text) > 10_000
    assert 'license = "Apache-2.0"' in (PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for name in ("package.json", "widget/package.json"):
        assert json.loads((PROJECT_ROOT / name).read_text(encoding="utf-8"))["license"] == "Apache-2.0"


def test_licences_page_is_in_step() -> None:
    assert (PROJECT_ROOT / "docs/licences.md").read_text(encoding="utf-8") == _licences().page(Settings()), (
        "Run: scripts/licences > docs/licences.md"
    )


@pytest.mark.parametrize(
    ("metadata", "licence"),
    [
        (("MIT OR Apache-2.0", None, []), "MIT OR Apache-2.0"),
        ((None, "Apache License, Version 2.0", []), "Apache-2.0"),
        ((None, "UNKNOWN", ["License :: OSI Approved :: BSD License"]), "BSD"),
        ((None, "Copyright (c) 2015, somebody. " * 9, ["License :: X :: MIT License"]), "MIT"),
        ((None, "LGPL with exceptions", []), "LGPL"),
    ],
)  # fmt: skip
def test_licence_is_told_by_metadata(metadata, licence) -> None:
    assert _licences().licence_of("package", *metadata) == licence


@pytest.mark.parametrize("metadata", [(None, None, []), (None, "See the file", []), (None, "", ["Topic :: Text"])])
def test_unknown_licence_is_refused(metadata) -> None:
    licences = _licences()
    with pytest.raises(licences.Unclear, match="package"):
        licences.licence_of("package", *metadata)


@pytest.mark.parametrize(
    ("licence", "accepted"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("AGPL-3.0-only OR MIT", True),
        ("MIT AND GPL-2.0-only", False),
        ("BSD-3-Clause AND (MIT)", True),
        ("Proprietary", False),
    ],
)
def test_licence_must_be_accepted(licence, accepted) -> None:
    licences = _licences()
    package = licences.Licensed("package", "1", licence)
    if accepted:
        licences.require_accepted(package)
    else:
        with pytest.raises(licences.Unclear, match="not among the accepted"):
            licences.require_accepted(package)


# --- version and tags ---------------------------------------------------------------------------------------------------
def test_newest_section_is_the_version() -> None:
    text = (PROJECT_ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    numbered = re.findall(r"^## (\d+\.\d+\.\d+) - \d{4}-\d\d-\d\d$", text, re.MULTILINE)
    assert numbered and numbered[0] == version()


@pytest.fixture
def project(tmp_path) -> Path:
    """Return a repository whose changelog grew by a section in each of two commits."""
    (tmp_path / "scripts").mkdir()
    shutil.copy(PROJECT_ROOT / "scripts/tag-release", tmp_path / "scripts")
    _git(tmp_path, "init", "-q")
    first = CHANGELOG.replace("## 1.1.0 - 2026-12-24\n\n- Second.\n\n", "")
    for number, text in (("1.0.0", first), ("1.1.0", CHANGELOG)):
        (tmp_path / "CHANGELOG.md").write_text(text)
        (tmp_path / "pyproject.toml").write_text(f'[project]\nversion = "{number}"\n')
        _git(tmp_path, "add", "-A")
        _git(tmp_path, "commit", "-qm", f"release {number}")
    return tmp_path


def _git(folder, *arguments: str) -> str:
    who = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    done = subprocess.run(["git", *who, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def _tag(folder, *arguments: str) -> subprocess.CompletedProcess:
    _git(folder, "config", "user.name", "A")
    _git(folder, "config", "user.email", "a@example.org")
    return subprocess.run([folder / "scripts/tag-release", *arguments], capture_output=True, text=True)


def test_tagging_is_shown_first(project) -> None:
    done = _tag(project)
    assert done.returncode == 0 and "v1.1.0 on" in done.stdout and "Nothing was done" in done.stdout
    assert _git(project, "tag") == ""


def test_each_section_gets_its_tag(project) -> None:
    assert _tag(project, "--do").returncode == 0
    assert _git(project, "tag").split() == ["v1.0.0", "v1.1.0"]
    assert _git(project, "log", "-1", "--format=%s", "v1.0.0") == "release 1.0.0"
    said = _git(project, "tag", "-l", "--format=%(contents)", "v1.1.0")
    assert "- Second." in said and "- First." not in said
    assert "has its tag" in _tag(project, "--do").stdout


def test_other_version_is_not_tagged(project) -> None:
    (project / "pyproject.toml").write_text('version = "2.0.0"\n')
    _git(project, "commit", "-qam", "version")
    done = _tag(project, "--do")
    assert done.returncode == 1 and "pyproject.toml says 2.0.0" in done.stderr and _git(project, "tag") == ""
