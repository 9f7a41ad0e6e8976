"""What staff wrote is published: facts at once, all or nothing whenever it is killed, and one can go back."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from core.guide_pack import generated_dir
from core.served_model import model_digest, served_model
from core.settings import Settings
from knowledge.building.build import build, check
from knowledge.building.load import collect_files
from knowledge.building.sources import Findings, read_folder
from knowledge.editing.draft_check import SourceChecks, must_be_learned, new_kinds
from knowledge.editing.entries import Change
from knowledge.knowledge_base import Knowledge
from knowledge.required_roles import NEEDED
from nlu.encoding.encoder import open_encoder
from tests.knowledge_fixtures import ALL_ROLES, HEAD, write_sources
from training.publishing import publication
from training.release import roll_back
from training.release_tests import RESULTS
from training.swap import finish_interrupted, served, swap_in
from training.train import ReleaseRefused, encoder_record, training_record

VISA, NAME = "challenges/visa", "2026-11-30_060000_000000"
ANSWER = "It depends on the country, and on how long you stay."
LATE = "topics:\n  - key: faq/late\n    title: Late\n    answer: Ask.\n    ask: [am i late]\n"


@pytest.fixture
def settings(tmp_path) -> Settings:
    """Return the settings of an installation with a tiny guide of its own, built and never trained."""
    guide = tmp_path / "guide"
    write_sources(guide / "knowledge", {"guide/roles.yml": ALL_ROLES})
    own = {"guide_dir": guide, "var_dir": tmp_path / "var", "models_dir": tmp_path / "models", "engine_port": 9}
    made = Settings(**own, encoder_dir=Settings().encoder_dir)
    encode = open_encoder(made.encoder_dir).encode
    build(guide / "knowledge", made.knowledge_db, generated_dir(made), encode=encode, roles=NEEDED)
    return made


def ordered(settings: Settings, content: dict[str, object] | None = None, name: str = NAME, **fields: object) -> Path:
    """Write down that an entry is to become something else, and return the folder."""
    entry = SourceChecks(settings.guide_dir / "knowledge").entries()["topic", VISA]
    change = {
        "kind": "topic",
        "key": VISA,
        "content": content or {**entry.content, **fields},
        "base": entry.fingerprint,
    }
    folder = settings.var_dir / "publications" / name
    folder.mkdir(parents=True, exist_ok=True)
    order = {"changes": [change], "by": "Mira <b>", "why": "the ministry has said so"}
    (folder / publication.ASKED).write_text(json.dumps(order))
    return folder


def quiet(line: str) -> None:
    """Say nothing."""


def answer(settings: Settings) -> str:
    """Return what the knowledge base that is served says of visas."""
    return Knowledge(settings.knowledge_db).topic(VISA).answer


def fingerprint(settings: Settings) -> str:
    """Return a hash of all that is served or is the source of it."""
    digest = hashlib.sha256(settings.knowledge_db.read_bytes())
    for folder in (settings.guide_dir, generated_dir(settings)):
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def test_facts_are_published_and_gone_back_from(settings) -> None:
    before = fingerprint(settings)
    publication.publish_facts(settings, ordered(settings, answer=ANSWER), quiet)
    assert answer(settings) == ANSWER
    assert check(settings.guide_dir / "knowledge", generated_dir(settings), NEEDED) == []
    roll_back(settings, quiet)
    assert fingerprint(settings) == before


def test_what_must_be_learned_is_no_fact(settings) -> None:
    before = fingerprint(settings)
    with pytest.raises(ReleaseRefused, match="need a training"):
        publication.publish_facts(settings, ordered(settings, ask=["is a visa needed"]), quiet)
    assert fingerprint(settings) == before


def test_names_are_published_without_a_training(settings) -> None:
    """A further name, and a row that is new; of a kind that has no names yet, the model must learn."""
    canada = SourceChecks(settings.guide_dir / "knowledge").entries()["destination", "canada"]
    named = {"kind": "destination", "key": "canada", "base": canada.fingerprint}
    named |= {"content": {**canada.content, "aliases": ["canadian", "maple land"]}}
    row = {"kind": "other name", "key": "institution/oakhurst", "base": ""}
    row |= {"content": {"kind": "institution", "key": "oakhurst", "name": "Oakhurst College"}}
    folder = settings.var_dir / "publications" / NAME
    folder.mkdir(parents=True)

    def order(*changes: dict[str, object]) -> Path:
        (folder / publication.ASKED).write_text(json.dumps({"changes": changes, "by": "Mira", "why": ""}))
        return folder

    publication.publish_facts(settings, order(named, row), quiet)
    made = json.loads((generated_dir(settings) / "names.json").read_text())["names"]
    assert {"kind": "institution", "key": "oakhurst", "name": "Oakhurst College", "aliases": []} in made
    assert ["canadian", "maple land"] in [each["aliases"] for each in made]
    sources = read_folder(settings.guide_dir / "knowledge")
    before = [file for file in sources if "programs" not in file.path]
    without, now = (collect_files(files, "knowledge", Findings()) for files in (before, sources))
    assert must_be_learned(without, now) and new_kinds(without, now) == ("program",)


def test_what_was_changed_meanwhile_is_not_overwritten(settings) -> None:
    folder = ordered(settings, answer=ANSWER)
    file = settings.guide_dir / "knowledge/guide/challenges.yml"
    file.write_text(file.read_text().replace("more: Ask early.", "more: Ask very early."))
    with pytest.raises(ReleaseRefused, match="changed since its draft was begun"):
        publication.publish_facts(settings, folder, quiet)
    assert "Ask very early" in file.read_text()


def test_problems_are_refused(settings) -> None:
    before = fingerprint(settings)
    with pytest.raises(Exception, match="leads back to the entry itself|unknown topic"):
        publication.publish_facts(settings, ordered(settings, related=["no/where"]), quiet)
    assert fingerprint(settings) == before


def test_kill_at_any_step_leaves_old_or_new(settings) -> None:
    """A child kills itself at its first call that changes a file, then at the second, and so on until it comes through."""
    old, steps, met = fingerprint(settings), 0, set()
    publication.publish_facts(settings, ordered(settings, answer=ANSWER), quiet)
    new = fingerprint(settings)
    roll_back(settings, quiet)
    while True:
        steps += 1
        done = _published_until(settings, steps)
        finish_interrupted(settings)
        now = fingerprint(settings)
        assert now in (old, new), steps
        is_kept = (settings.var_dir / "releases" / NAME / "whole").exists()
        assert is_kept == (now == new), steps
        met.add(now == new)
        if now == new:
            roll_back(settings, quiet)
            assert fingerprint(settings) == old
        if done:
            break
    assert steps > 10 and met == {True, False}


def test_kill_while_going_back_leaves_old_or_new(settings) -> None:
    old, steps, met = fingerprint(settings), 0, set()
    publication.publish_facts(settings, ordered(settings, answer=ANSWER), quiet)
    new, done = fingerprint(settings), False
    while not done:
        steps += 1
        done = _until_killed(steps, lambda: roll_back(settings, quiet))
        finish_interrupted(settings)
        now = fingerprint(settings)
        assert now in (old, new), steps
        assert (settings.var_dir / "releases" / NAME).exists() == (now == new), steps
        met.add(now == new)
        if now == old and not done:
            publication.publish_facts(settings, ordered(settings, answer=ANSWER), quiet)
    assert steps > 5 and met == {True, False}


def _published_until(settings: Settings, step: int) -> bool:
    """Publish in a child that is killed at a step; tell whether it came to its end."""
    folder = ordered(settings, answer=ANSWER)
    return _until_killed(step, lambda: publication.publish_facts(settings, folder, quiet))


def _until_killed(step: int, act: Callable[[], None]) -> bool:
    child = os.fork()
    if not child:
        left = [step]
        for room, name in (
            (os, "replace"),
            (shutil, "copy2"),
            (shutil, "copyfile"),
            (Path, "touch"),
            (shutil, "rmtree"),
        ):
            setattr(room, name, _killing(getattr(room, name), left))
        act()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def _killing(call: Callable[..., object], left: list[int]) -> Callable[..., object]:
    def counted(*arguments: object, **named: object) -> object:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*arguments, **named)

    return counted


def test_check_of_a_new_topic_changes_nothing(settings) -> None:
    before = fingerprint(settings)
    content = {"key": "faq/late", "title": "Late", "answer": "Ask.", "ask": ["am i late"]}
    content |= {"owner": "M", "reviewed": "2026-11-30"}
    change = Change("topic", "faq/late", content)
    checked = SourceChecks(settings.guide_dir / "knowledge").check([change])
    assert checked.problems == {("topic", "faq/late"): ()} and not checked.elsewhere
    assert fingerprint(settings) == before


def test_release_of_a_pack_puts_all_in_place_and_back(settings, tmp_path) -> None:
    """Its sources, a new file among them, and the files generated from them, which are not beside these."""
    scratch = tmp_path / "trial"
    places = {
        "models_dir": scratch / "models",
        "guide_dir": scratch / "guide",
        "knowledge_db": scratch / "knowledge.db",
    }
    trial = replace(settings, var_dir=scratch, **places)
    shutil.copytree(settings.guide_dir, trial.guide_dir)
    path = Path("knowledge/guide/faq.yml")
    (trial.guide_dir / path).write_text(HEAD + LATE)
    encode = open_encoder(trial.encoder_dir).encode
    build(trial.guide_dir / "knowledge", trial.knowledge_db, generated_dir(trial), encode=encode, roles=NEEDED)
    (trial.var_dir / RESULTS).write_text("{}")
    for each in (settings, trial):
        for made in (served_model(each), training_record(each), encoder_record(each)):
            made.parent.mkdir(parents=True, exist_ok=True)
            made.write_text(str(each.models_dir))
    before = fingerprint(settings)
    swap_in(settings, trial, NAME)
    assert fingerprint(settings) == fingerprint(trial) and (settings.guide_dir / path).exists()
    assert training_record(settings).read_text() == str(trial.models_dir)
    roll_back(settings, quiet)
    assert fingerprint(settings) == before and not (settings.guide_dir / path).exists()
    assert training_record(settings).read_text() == str(settings.models_dir)


def test_publication_is_a_commit_where_the_guide_is_a_repository(settings) -> None:
    def git(*arguments: str) -> str:
        return subprocess.run(
            ["git", *arguments], cwd=settings.guide_dir, check=True, capture_output=True, text=True
        ).stdout

    git("init", "--quiet")
    git("add", "-A")
    git("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--quiet", "-m", "first")
    publication.publish_facts(settings, ordered(settings, answer=ANSWER), quiet)
    assert git("log", "-1", "--format=%an|%s").strip() == "Mira  b|the ministry has said so: Visas and travel"
    assert git("status", "--porcelain") == ""
    lines = git("show", "--format=", "-U0").splitlines()
    changed = [line for line in lines if line[0] in "+-" and line[:3] not in ("+++", "---")]
    assert changed == [
        "-    answer: >-",
        "-      Short courses do not always come with a **student visa**.",
        f"+    answer: {ANSWER}",
    ]


class _Engine(BaseHTTPRequestHandler):
    """What is asked to take up a model, and answers with `status` and `body`."""

    status, body = 200, b""

    def do_POST(self) -> None:
        body = self.body
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def test_every_engine_is_told_and_those_that_do_not_serve_it_are_named(settings) -> None:
    settings.models_dir.mkdir()
    served_model(settings).write_bytes(b"the new model")
    answers = [
        (200, json.dumps({"digest": model_digest(served_model(settings))}).encode()),
        (200, json.dumps({"digest": "of another folder"}).encode()),
        (409, json.dumps({"error": "the new model cannot be used"}).encode()),
        (502, b"<html>Bad gateway</html>"),  # of a proxy before an engine
        (401, b"{}"),
        (200, b"<html>Welcome</html>"),
    ]
    servers = [
        ThreadingHTTPServer(("127.0.0.1", 0), type("Engine", (_Engine,), {"status": status, "body": body}))
        for status, body in answers
    ]
    urls = [f"http://127.0.0.1:{server.server_port}" for server in servers]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        told = served(replace(settings, engine_addresses=",".join(urls)))
        assert told.startswith("1 of 6 engines serve it now; see to ")
        assert f"{urls[1]} (it has another folder of models), {urls[2]} (the new model cannot be used), " in told
        assert f"{urls[3]} (it answered 502), {urls[4]} (it answered 401), {urls[5]} (no engine of this" in told
        assert served(replace(settings, engine_addresses=urls[0])) == "The running engine serves it now."
        assert "did not take it up (the new model cannot" in served(replace(settings, engine_addresses=urls[2]))
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()
    assert served(settings) == "No engine is running; the next start serves it."
