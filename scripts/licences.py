"""Lists the licence of everything that the set-up installs or the front serves: scripts/licences > docs/licences.md.

Python packages by what they say of themselves in the three environments, which must be as requirements/*.lock pins them; npm
packages by package-lock.json; the sentence model by hand. Exit code 1 where a licence is unknown or not among the accepted.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from core.settings import Settings  # noqa: E402  # by its place above

PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)
ENVIRONMENTS = {
    "engine": ("engine.lock", "model.lock"),
    "front": ("front-tests.lock",),
    "tools": ("tools.lock",),
}
NPM = {
    "package-lock.json": "the staff console's pages, and tests",
    "widget/package-lock.json": "building and testing the widget",
}
SERVED = {"htmx.org"}  # what browsers get; all else of npm only builds or tests
MODEL = ("all-MiniLM-L6-v2", "as published", "Apache-2.0")  # the model card at its publisher's, sentence-transformers

PERMISSIVE = (
    *(
        "Apache-2.0",
        "BSD",
        "BSD-0-Clause",
        "0BSD",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "CC0-1.0",
        "ISC",
        "MIT",
        "MIT-0",
        "MIT-CMU",
    ),
    *("PSF-2.0", "Public domain", "TCL", "Unlicense", "ZPL-2.1", "Zlib"),
)
# Their own files stay under them; what only uses the package does not come under them.
FILE_BY_FILE = ("LGPL", "LGPL-3.0-only", "MPL-2.0")

# By their file LICENSE; their metadata says nothing.
BY_FILE = {"promql-parser": "MIT"}

# Free words and classifiers, as the licence's short name. The first that fits counts.
WORDS = (
    (r"MPL-2\.0 AND MIT", "MPL-2.0 AND MIT"),
    (r"BSD-2-Clause or Apache-2\.0", "BSD-2-Clause OR Apache-2.0"),
    (r"Apache( Software License|$| |-)", "Apache-2.0"),
    (r"(BSD-3-Clause|BSD 3-Clause|3-Clause BSD|new BSD)", "BSD-3-Clause"),
    (r"BSD-2-Clause", "BSD-2-Clause"),
    (r"BSD", "BSD"),
    (r"MIT", "MIT"),
    (r"ISC", "ISC"),
    (r"(MPL|Mozilla Public License).*2\.0", "MPL-2.0"),
    (r"(LGPL|Lesser General Public)", "LGPL"),
    (r"(PSF|Python Software Foundation)", "PSF-2.0"),
    (r"Public Domain", "Public domain"),
)
ASK_METADATA = """
import json
from importlib import metadata
print(json.dumps([[one.metadata["Name"], one.version, one.metadata.get("License-Expression"), one.metadata.get("License"),
                   one.metadata.get_all("Classifier") or []] for one in metadata.distributions()]))
"""


class Unclear(Exception):
    """A package that is not installed as locked, or whose licence cannot be told; the message says which."""


@dataclass(frozen=True)
class Licensed:
    """A package with its version and its licence's short name."""

    name: str
    version: str
    licence: str


def licence_of(name: str, expression: str | None, words: str | None, classifiers: list[str]) -> str:
    """Tell a Python package's licence by its metadata; Unclear where it says nothing that is known."""
    if expression:
        return expression
    if name in BY_FILE:
        return BY_FILE[name]
    said = (words or "").strip().splitlines()[:1]
    said = [line for line in said if len(line) < 60]  # else it is the text of the licence
    said += [classifier.rpartition(" :: ")[2] for classifier in classifiers if classifier.startswith("License ::")]
    for line in said:
        for pattern, short in WORDS:
            if re.search(pattern, line, re.IGNORECASE):
                return short
    raise Unclear(f"{name}: its licence cannot be told from {said or 'its metadata, which says nothing'}")


def require_accepted(package: Licensed) -> None:
    """Unclear where a licence is not one that this project accepts; of several joined by OR, one is enough."""
    accepted = {*PERMISSIVE, *FILE_BY_FILE}
    choices = [choice.strip("() ").split(" AND ") for choice in package.licence.split(" OR ")]
    if not any(all(part.strip("() ") in accepted for part in choice) for choice in choices):
        raise Unclear(f"{package.name} {package.version}: {package.licence} is not among the accepted licences")


def python_packages(environment: str, settings: Settings) -> list[Licensed]:
    """Return the pinned packages of an environment, by name."""
    python = settings.work_dir / ".venv" / environment / "bin/python"
    told = json.loads(subprocess.run([python, "-c", ASK_METADATA], capture_output=True, check=True).stdout)
    installed = {_same(name): (version, said) for name, version, *said in told}
    licensed = []
    for name, version in _pins(environment):
        there, said = installed.get(_same(name), ("missing", ()))
        if there != version:
            raise Unclear(f"{name} {version} is not installed in .venv/{environment} ({there}). Run: make setup")
        licensed.append(Licensed(name, version, licence_of(name, *said)))
    return sorted(licensed, key=lambda package: package.name.lower())


def npm_packages(lock: str) -> list[Licensed]:
    """Return the packages of a package-lock.json, by name."""
    packages = json.loads((ROOT / lock).read_text(encoding="utf-8"))["packages"]
    licensed = []
    for place, package in packages.items():
        if not place:
            continue  # the project itself
        name = place.rpartition("node_modules/")[2]
        if "license" not in package:
            raise Unclear(f"{name}: {lock} names no licence")
        licensed.append(Licensed(name, package["version"], package["license"]))
    return sorted(licensed, key=lambda package: package.name)


def page(settings: Settings) -> str:
    """docs/licences.md; Unclear where one is unknown or not accepted."""
    lists = {f"Python packages of `.venv/{name}`": python_packages(name, settings) for name in ENVIRONMENTS}
    lists |= {f"npm packages of `{lock}`, for {use}": npm_packages(lock) for lock, use in NPM.items()}
    lists["Models"] = [Licensed(*MODEL)]
    for package in (each for packages in lists.values() for each in packages):
        require_accepted(package)
    return "\n".join([*_head(lists), *(line for title, packages in lists.items() for line in _table(title, packages))])


HEAD = """# Licences

This page is written by `scripts/licences > docs/licences.md`, from what is installed and locked.

The advisor itself: Apache-2.0 ([LICENSE](../LICENSE)). It ships no code of others; its set-up installs the packages below, each
under its own licence. The widget holds code of its own only; browsers that open the console get {served} besides.

All {count} are permissive, except for these, whose own files stay under the LGPL or MPL 2.0, which matters to those who
change or pass on the packages themselves: {special}.

`make setup TENSORFLOW=yes` adds what `requirements/engine-tensorflow.lock` pins besides, which is not listed here:
TensorFlow and what it needs, all of it permissive.

Not by the set-up but by the system come Python (PSF-2.0), Node.js (MIT), and for tests Chromium and nginx (BSD),
Firefox (MPL-2.0), WebKitGTK (LGPL-2.1), Xvfb (MIT), libfaketime (GPL-2.0) and PHP (PHP-3.01). Tests
alone also use llama.cpp's server as a package with a small model (`requirements/llama.lock`: MIT and Apache-2.0).
"""


def _head(lists: dict[str, list[Licensed]]) -> Iterator[str]:
    packages = {package.name: package for group in lists.values() for package in group}
    special = sorted(
        package.name for package in packages.values() if any(name in package.licence for name in FILE_BY_FILE)
    )
    served = ", ".join(f"`{name}`" for name in sorted(SERVED))
    yield HEAD.format(served=served, count=len(packages), special=", ".join(special))


def _table(title: str, packages: list[Licensed]) -> Iterator[str]:
    yield f"## {title}"
    yield ""
    yield "| Package | Version | Licence |"
    yield "| --- | --- | --- |"
    for package in packages:
        yield f"| {package.name} | {package.version} | {package.licence} |"
    yield ""


def _pins(environment: str) -> list[tuple[str, str]]:
    locks = [ROOT / "requirements" / name for name in ENVIRONMENTS[environment]]
    return [pin for lock in locks for pin in PIN.findall(lock.read_text(encoding="utf-8"))]


def _same(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    try:
        print(page(Settings.from_environment()), end="")
    except Unclear as error:
        sys.exit(f"licences: {error}")
