"""A guide on another subject, from an organisation's page to an advisor that answers it; and no subject in the code."""

from __future__ import annotations

import json
import os
import re
import subprocess
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from core.guide_pack import evaluation_dir, generated_dir, is_foreign, made_dir, sources_dir
from core.http_client import fetch, local_opener
from core.pack_registry import pack_named
from core.ports import FRONT_READY_PATH
from core.processes import end_group, start_process
from core.settings import PROJECT_ROOT, Settings, env_name, process_environment
from knowledge.building.source_schema import OWN_TEXTS
from knowledge.building.text_normalisation import phrasing_form
from knowledge.knowledge_base import Knowledge, open_knowledge
from tests.engine_fixtures import START_SECONDS, Advisor
from tests.harness import free_port, until
from training import release, train

SCHOOL = PROJECT_ROOT / "tests" / "language_school"
# What is measured is in docs/quality.md; these shares must not be lost again.
ANSWERED, DECLINED = {"hidden": 0.65, "unseen": 0.85}, {"hidden": 0.65, "unseen": 0.7}
OF_CODE = (
    "actions",
    "bot",
    "channels",
    "console",
    "conversations",
    "core",
    "guide_import",
    "knowledge",
    "language_model",
    "nlu",
    "own_programs",
)
SUBJECT = re.compile(r"micro.?credential", re.IGNORECASE)
REPAIRS = PROJECT_ROOT / "tests" / "repair_school"
# The same of a page as it was imported, without any way of asking that a person added, for questions in quite other words.
AS_IMPORTED, WITHIN_REACH, NEAR_DECLINED = 0.3, 0.65, 0.8
PACKS = """
[school]
guide_dir = pack
models_dir = models
knowledge_db = made/knowledge.db
engine_port = {port}
[repairs]
guide_dir = repairs
models_dir = models-of-repairs
knowledge_db = made/repairs.db
engine_port = {other_port}
"""
SITES = """
sites:
  abroad: {origins: [self], consent: {version: "1"}}
  school: {origins: [self], consent: {version: "1"}, guide: school}
"""
# Not spoken to anybody: names that other standards give, passwords that nobody may have, an example of a password.
ALLOWED = {"own_programs/importing/vocabularies/ctdl.yml", "conversations/accounts/password_strength.py"}


def school_words(name: str) -> dict:
    """Return a file of questions to the school."""
    content: dict = YAML(typ="safe").load(SCHOOL / name)
    return content


def add_phrasings(pack: Path) -> None:
    """Add to each topic of the draft the ways of asking that a person of the school wrote."""
    added = school_words("phrasings.yml")
    yaml = YAML()
    for path in (pack / "knowledge" / "guide").glob("*.yml"):
        content = yaml.load(path)
        for topic in content.get("topics", ()):
            topic["ask"] += next((more for words, more in added.items() if words in topic["ask"][0]), [])
        with path.open("w", encoding="utf-8") as file:
            yaml.dump(content, file)


def guide(*arguments: str) -> str:
    """Run `advisor guide ...` and return what it printed."""
    done = subprocess.run(
        [PROJECT_ROOT / "advisor", "guide", *arguments], capture_output=True, text=True, check=False, env=os.environ
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return the school's guide as the second pack of an installation, imported, accepted, added to and trained."""
    folder = tmp_path_factory.mktemp("school")
    pack = folder / "pack"
    about = ("--subject", "language courses at Alder Street", "--contact", "the office")
    guide("import", str(SCHOOL / "faq.html"), "--into", str(pack), *about)
    assert "waits: courses/how-long-does-a-course-last" in guide("check", str(pack))
    assert "41 topics accepted" in guide("accept", str(pack), "--all")
    add_phrasings(pack)
    repairs = folder / "repairs"
    guide("import", str(REPAIRS / "faq.html"), "--into", str(repairs), "--subject", "the courses of Spoke & Thread")
    guide("accept", str(repairs), "--all")
    ports = {"port": free_port(), "other_port": free_port()}
    (folder / "packs.ini").write_text(PACKS.format(**ports), encoding="utf-8")
    (folder / "sites.yml").write_text(SITES, encoding="utf-8")
    all_packs = replace(Settings(), packs_file=folder / "packs.ini", var_dir=folder / "var")
    settings = pack_named(all_packs, "school")
    said: list[str] = []
    train.prepare_all(settings, said.append)
    train.prepare_all(pack_named(all_packs, "repairs"), said.append)
    assert any("Left out of the project's examples" in line for line in said)
    return settings


@pytest.fixture(scope="module")
def installation(school) -> Iterator[Settings]:
    """Run one advisor with the project's own guide and the school's, each for a site of its own; yield its settings."""
    folder = school.guide_dir.parent
    ours = {name: getattr(Settings(), name) for name in ("knowledge_db", "encoder_dir")}
    ports = {name: free_port() for name in ("engine_port", "front_port", "operators_port")}
    files = {"packs_file": folder / "packs.ini", "sites_file": folder / "sites.yml", "var_dir": folder / "var"}
    settings = Settings(**ours, **ports, **files, engine_key=school.engine_key or "between us")
    told = {env_name(name): str(getattr(settings, name)) for name in (*ours, *ports, *files, "engine_key")}
    argv = [str(PROJECT_ROOT / "advisor"), "run", "--brief"]
    process = start_process(argv, settings.log_dir / "run.log", process_environment(told), PROJECT_ROOT)
    try:
        until(lambda: fetch(settings.front_url + FRONT_READY_PATH)[0] == 200, "the start", START_SECONDS)
        yield settings
    finally:
        end_group(process, seconds=20)


@pytest.fixture(scope="module")
def school_advisor(installation, school) -> Advisor:
    """Return the school's engine in the running installation."""
    advisor = Advisor(replace(school, engine_key=installation.engine_key))
    until(lambda: advisor.ready()[0] == 200, "the school's engine", START_SECONDS)
    return advisor


@pytest.fixture(scope="module")
def repairs_advisor(installation, school) -> Advisor:
    """Return the engine of the repair school's guide, which is as it was imported."""
    packs = replace(Settings(), packs_file=installation.packs_file, var_dir=installation.var_dir)
    advisor = Advisor(replace(pack_named(packs, "repairs"), engine_key=installation.engine_key))
    until(lambda: advisor.ready()[0] == 200, "the repair school's engine", START_SECONDS)
    return advisor


class Visitor:
    """A visitor of a site's page, through the calls that its widget makes."""

    def __init__(self, settings: Settings, site: str) -> None:
        self._settings, self._site, self._token = settings, site, ""
        self._token = self._post("session", {"consent": "1"})["token"]

    def ask(self, text: str) -> list[dict[str, Any]]:
        """Say something and return the messages of the answer, once they are there."""
        message = self._post("messages", {"id": uuid.uuid4().hex, "text": text})["message"]

        def answers() -> list[dict[str, Any]]:
            return [each for each in self._post("history", {})["messages"] if each.get("answers") == message]

        found: list[dict[str, Any]] = until(answers, f"an answer to: {text}")
        return found

    def words(self) -> dict[str, str]:
        """Return the widget's texts on this site."""
        words: dict[str, str] = self._post("settings", {})["words"]
        return words

    def _post(self, call: str, body: dict[str, Any]) -> dict[str, Any]:
        front = self._settings.front_url
        sent = {"Content-Type": "application/json", "Origin": front, "Authorization": f"Bearer {self._token}"}
        request = urllib.request.Request(f"{front}/web/{self._site}/{call}", json.dumps(body).encode(), sent)
        with local_opener.open(request, timeout=60) as answer:
            answered: dict[str, Any] = json.loads(answer.read())
            return answered


@pytest.fixture(scope="module")
def school_knowledge(school) -> Knowledge:
    """Open the school's knowledge base."""
    return open_knowledge(school.knowledge_db)


def topic_of(knowledge: Knowledge, words: str, pack: str = "pack") -> str:
    """Return the topic whose first question on the page holds the words."""
    asked = YAML(typ="safe").load  # the page's own question comes first in the file
    for path in sorted((knowledge.path.parents[1] / pack / "knowledge" / "guide").glob("*.yml")):
        for topic in asked(path).get("topics", ()):
            if words in topic["ask"][0]:
                return str(topic["key"])
    raise AssertionError(words)


@pytest.mark.slow
@pytest.mark.parametrize("questions", ["hidden", "unseen"])
def test_school_answers_what_its_page_says(school_advisor, school_knowledge, questions) -> None:
    asked = school_words(f"{questions}.yml")["answered"]
    right = 0
    for question in asked:
        reply = school_advisor.ask(question["text"])
        right += reply.outcome == "answered" and reply.topic == topic_of(school_knowledge, question["topic"])
    assert right / len(asked) >= ANSWERED[questions]


@pytest.mark.slow
@pytest.mark.parametrize("questions", ["hidden", "unseen"])
def test_school_declines_what_its_page_leaves_open(school_advisor, questions) -> None:
    asked = school_words(f"{questions}.yml")["declined"]
    declined = [text for text in asked if school_advisor.ask(text).outcome == "declined"]
    assert len(declined) / len(asked) >= DECLINED[questions]


@pytest.mark.slow
def test_page_as_imported_answers_or_offers_the_topic(repairs_advisor, school_knowledge) -> None:
    asked = YAML(typ="safe").load(REPAIRS / "questions.yml")
    answered = offered = 0
    for question in asked["answered"]:
        reply = repairs_advisor.ask(question["text"])
        topic = topic_of(school_knowledge, question["topic"], "repairs")
        answered += reply.outcome == "answered" and reply.topic == topic
        offered += reply.outcome != "answered" and topic in json.dumps(reply.buttons)
    assert answered / len(asked["answered"]) >= AS_IMPORTED
    assert (answered + offered) / len(asked["answered"]) >= WITHIN_REACH
    declined = [text for text in asked["declined"] if repairs_advisor.ask(text).outcome == "declined"]
    assert len(declined) / len(asked["declined"]) >= NEAR_DECLINED


@pytest.mark.slow
@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("hello", "language courses at Alder Street"),
        ("what can you do", "language courses at Alder Street"),
        ("who won the football match last night", "language courses at Alder Street"),
        ("where does that come from", "one guide"),
        ("help me choose", "Prices and payment"),
    ],
)
def test_school_is_spoken_of_in_its_words(school_advisor, said, told) -> None:
    text = school_advisor.ask(said).text
    assert told in text and not SUBJECT.search(text)


@pytest.mark.slow
@pytest.mark.parametrize(
    "said", ["do employers recognise the certificate", "which country is best for nursing", "compare them"]
)
def test_what_needs_a_catalogue_does_not_fail(school_advisor, said) -> None:
    assert school_advisor.ask(said).outcome in ("answered", "declined", "clarify")


OWN_QUESTION, OWN_WORDS = "what is a micro-credential?", "micro-credential"
SCHOOL_QUESTION, SCHOOL_WORDS = "how many weeks does one course go on for", "weeks"


@pytest.mark.slow
def test_each_site_answers_from_its_own_guide(installation, school_advisor, school_knowledge) -> None:
    school_topic = topic_of(school_knowledge, "How long does a course")
    for site, question, words in (("abroad", OWN_QUESTION, OWN_WORDS), ("school", SCHOOL_QUESTION, SCHOOL_WORDS)):
        reply = Visitor(installation, site).ask(question)[0]
        assert reply["outcome"] == "answered" and words in reply["text"].casefold(), (site, reply)
    assert school_advisor.ask(SCHOOL_QUESTION).topic == school_topic


@pytest.mark.slow
@pytest.mark.parametrize(
    ("site", "foreign", "never"),
    [
        ("school", OWN_QUESTION, SUBJECT),
        ("school", "which country is best for a micro-credential in nursing?", SUBJECT),
        ("abroad", "how many weeks does a course at Alder Street last?", re.compile("twelve|ninety", re.IGNORECASE)),
        ("abroad", "is there a conversation club at the school?", re.compile("alder street|club meets", re.IGNORECASE)),
    ],
)
def test_no_site_answers_from_the_others_guide(installation, school_advisor, site, foreign, never) -> None:
    said = Visitor(installation, site).ask(foreign)
    assert all(each["outcome"] != "answered" or site == "abroad" for each in said), said
    own = [
        re.sub("“[^”]*”", "", each["text"]) for each in said
    ]  # without the visitor's words, where they are said back
    assert not any(never.search(text) for text in own), said


@pytest.mark.slow
def test_conversation_stays_with_its_guide(installation, school_advisor) -> None:
    visitor = Visitor(installation, "school")
    visitor.ask(SCHOOL_QUESTION)
    assert visitor.ask("how much does a course cost?")[0]["outcome"] == "answered"
    assert "language courses" in visitor.ask("what can you do")[0]["text"]


@pytest.mark.slow
def test_readiness_names_the_parts_of_each_pack(installation, school_advisor) -> None:
    status, body = fetch(installation.front_url + FRONT_READY_PATH)
    checks = json.loads(body)["checks"]
    assert status == 200 and set(checks.values()) == {"ok"}
    assert {"engine", "engine of school", "knowledge", "knowledge of school"} <= set(checks)


@pytest.mark.slow
def test_nothing_of_a_pack_is_in_the_project(school) -> None:
    changed = subprocess.run(
        ["git", "status", "--porcelain", "data", "knowledge"],
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Alder" not in (PROJECT_ROOT / "data/generated/topics.yml").read_text(encoding="utf-8")
    assert changed.returncode or "generated" not in changed.stdout
    assert (made_dir(school) / "generated" / "topics.yml").is_file() and generated_dir(school).is_relative_to(
        school.var_dir
    )
    assert train.model_is_current(school)


@pytest.mark.slow
def test_release_without_tests_says_so(school, tmp_path) -> None:
    lessons = tmp_path / "lessons.jsonl"
    lessons.write_text('{"text": "is the canal house heated", "topic": "the-school/where-is-the-school"}\n')
    said: list[str] = []
    release.release(school, lessons, dry_run=True, say=said.append)
    assert release.NO_TESTS in said and "Nothing was changed (--dry-run)." in said


def test_own_content_is_no_foreign_pack() -> None:
    settings = Settings()
    assert not is_foreign(settings) and sources_dir(settings) == PROJECT_ROOT / "knowledge"
    assert evaluation_dir(settings) == PROJECT_ROOT / "training/evaluation"


def test_texts_that_a_guide_may_word_are_there() -> None:
    responses = YAML(typ="safe").load(PROJECT_ROOT / "domain.yml")["responses"]
    assert [key for key in OWN_TEXTS if f"utter_{key}" not in responses] == []


def test_hidden_questions_are_not_taught() -> None:
    taught = {phrasing_form(text) for texts in school_words("phrasings.yml").values() for text in texts}
    for name in ("hidden.yml", "unseen.yml"):
        questions = school_words(name)
        texts = [each["text"] for each in questions["answered"]] + questions["declined"]
        assert not taught & {phrasing_form(text) for text in texts}


def code_files() -> Iterator[Path]:
    """Yield the files whose texts may reach a person, without the guide's own."""
    for room in OF_CODE:
        for path in (PROJECT_ROOT / room).rglob("*"):
            name = path.relative_to(PROJECT_ROOT).as_posix()
            is_guide = name.startswith(("knowledge/guide/", "knowledge/catalogue/", "nlu/data/"))
            if path.suffix in (".py", ".yml", ".html", ".js") and not is_guide and name not in ALLOWED:
                yield path
    yield from (PROJECT_ROOT / "widget" / "words").glob("*.json")
    yield PROJECT_ROOT / "domain.yml"


def test_no_code_names_the_subject() -> None:
    named = {
        path.relative_to(PROJECT_ROOT).as_posix(): line.strip()
        for path in code_files()
        for line in path.read_text(encoding="utf-8").splitlines()
        if SUBJECT.search(line)
    }
    assert named == {}
