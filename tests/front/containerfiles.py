"""Reads deploy/containers/ with BuildKit's own parser, and does in a folder what it says: the commands as they stand.

The base images are this machine; what the images call /opt/advisor and /var/lib/advisor are folders of the test.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path

import dockerfile

from core.settings import PROJECT_ROOT

HOUSE, MADE = "/opt/advisor", "/var/lib/advisor"
FOLDER = PROJECT_ROOT / "deploy/containers"
KEPT = ("PATH", "LANG", "TMPDIR", "UV_CACHE_DIR")  # and what pip, uv and npm need to reach a registry, below
REACHING = re.compile(r"(PIP|UV|NPM_CONFIG|npm_config)_|.*(CERT|CA_BUNDLE|CAINFO|_proxy|_PROXY)")


@dataclass(frozen=True)
class Step:
    """One instruction: its name in capitals, its words, its options (`--from=web`), the line it begins at."""

    name: str
    words: tuple[str, ...]
    options: tuple[str, ...]
    line: int

    def option(self, name: str) -> str:
        """Return the value of an option, or an empty text."""
        return next((each.partition("=")[2] for each in self.options if each.startswith(f"--{name}=")), "")


@dataclass
class Stage:
    """A stage with its base, its name (empty for the last one) and its steps."""

    base: str
    name: str = ""
    steps: list[Step] = field(default_factory=list)

    def all(self, name: str) -> list[Step]:
        """Return the steps of one instruction."""
        return [step for step in self.steps if step.name == name]

    def last(self, name: str) -> Step:
        """Return the last step of an instruction, the one that counts."""
        return self.all(name)[-1]

    @property
    def environment(self) -> dict[str, str]:
        """The variables that the stage sets."""
        words = [word for step in self.all("ENV") for word in step.words]
        return dict(zip(words[::2], words[1::2], strict=True))


@dataclass(frozen=True)
class Image:
    """A Containerfile: the defaults of its arguments, and its stages in order."""

    arguments: dict[str, str]
    stages: list[Stage]

    @property
    def final(self) -> Stage:
        """The stage that is shipped."""
        return self.stages[-1]


def read(part: str) -> Image:
    """Return the Containerfile of `engine` or `front`."""
    arguments: dict[str, str] = {}
    stages: list[Stage] = []
    for each in dockerfile.parse_file(str(FOLDER / f"Containerfile.{part}")):
        if each.cmd == "FROM":
            stages.append(Stage(each.value[0], each.value[2] if len(each.value) > 1 else ""))
        elif each.cmd == "ARG" and not stages:
            name, _, default = each.value[0].partition("=")
            arguments[name] = default
        else:
            stages[-1].steps.append(Step(each.cmd, each.value, each.flags, each.start_line))
    return Image(arguments, stages)


def context_files() -> list[str]:
    """Return what a build is given: the files of the checkout without those that .dockerignore leaves out."""
    lines = (PROJECT_ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    left_out = [line for line in lines if line and not line.startswith("#")]
    listed = subprocess.run(
        ["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=PROJECT_ROOT, capture_output=True, check=True
    )
    files = [name for name in listed.stdout.decode().split("\0") if name and (PROJECT_ROOT / name).is_file()]
    return [name for name in files if not any(_fits(name, pattern) for pattern in left_out)]


def _fits(name: str, pattern: str) -> bool:
    """Tell whether a file or a folder above it is meant by a line of .dockerignore."""
    parts = name.split("/")
    if pattern.startswith("**/"):
        return any(fnmatch(part, pattern[3:]) for part in parts)
    wanted = pattern.split("/")
    return len(parts) >= len(wanted) and all(map(fnmatch, parts, wanted))


class Builder:
    """Makes the stages of an image below `folder`.

    `images` are the houses of other images, by the name of a stage; `arguments` are what `--build-arg` gives.
    """

    def __init__(
        self, folder: Path, images: dict[str, Path] | None = None, arguments: dict[str, str] | None = None
    ) -> None:
        self.folder, self.houses, self.arguments = folder, dict(images or {}), dict(arguments or {})
        self.context = folder / "context"
        for name in context_files():
            (self.context / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT_ROOT / name, self.context / name)

    def build(self, image: Image) -> Path:
        """Do all steps; return the folder that is the image's /opt/advisor."""
        for stage in image.stages:
            name = stage.name or "final"
            if name not in self.houses:
                self.houses[name] = self.folder / name
                self._make(stage, self.houses[name])
        return self.houses["final"]

    def environment(self, stage: Stage, house: Path) -> dict[str, str]:
        """Return the variables of a program of the stage."""
        kept = {name: value for name, value in os.environ.items() if name in KEPT or REACHING.match(name)}
        own = {name: self._placed(value, house) for name, value in stage.environment.items() if name != "HOME"}
        return {**kept, "HOME": os.environ["HOME"], **own}  # whose caches are used

    def command(self, words: tuple[str, ...], house: Path) -> list[str]:
        """Return the words of a command with the test's folders in place of the image's."""
        return [self._placed(word, house) for word in words]

    def _make(self, stage: Stage, house: Path) -> None:
        house.mkdir()
        for step in stage.steps:
            if step.name == "COPY":
                self._copy(step, house)
            elif step.name == "RUN" and not step.words[0].startswith("useradd "):  # whom the test does not need
                self._run(step, stage, house)

    def _copy(self, step: Step, house: Path) -> None:
        *sources, target = step.words
        base = self.houses[step.option("from")] if step.option("from") else self.context
        to = house / target.removeprefix(HOUSE).lstrip("/")
        for each in sources:
            source = base / each.removeprefix(HOUSE).lstrip("/")
            if source.is_dir():
                shutil.copytree(source, to, symlinks=True, dirs_exist_ok=True)
            else:
                place = to / source.name if target.endswith("/") else to
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(source, place)

    def _run(self, step: Step, stage: Stage, house: Path) -> None:
        done = subprocess.run(
            ["sh", "-c", self._placed(step.words[0], house)],
            cwd=house,
            env=self.environment(stage, house) | self.arguments,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise AssertionError(f"line {step.line}: {step.words[0]}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")

    def _placed(self, text: str, house: Path) -> str:
        return text.replace(HOUSE, str(house)).replace(MADE, str(self.folder / "made"))
