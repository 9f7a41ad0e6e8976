"""What people teach: which lessons are learned, where they are written, and that a release is measured and can go back."""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from core.served_model import served_model
from core.settings import PROJECT_ROOT, Settings
from knowledge.building.source_rows import Row
from knowledge.errors import LessonsRefused
from tests.engine_fixtures import plain
from training import release, release_tests
from training.evaluation.conversations import talks
from training.example_writer import teach, what_is_taught
from training.lessons import Lesson, read_lessons, sort_lessons
from training.name_writer import add_name
from training.train import ReleaseRefused

VISA, TESTED = "challenges/visa", "How far ahead should a landlord in Utrecht be told about a badge?"
RMIT = "institution/rmit-university"
NEW = "papers wanted at the border for a fortnight of lessons"


@pytest.fixture(scope="module")
def sources(tmp_path_factory) -> Path:
    """Return a copy of the project's own sources, never written to."""
    return _copy(tmp_path_factory.mktemp("sources"), "knowledge", "data")


def _copy(folder: Path, *names: str) -> Path:
    for name in names:
        shutil.copytree(PROJECT_ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture(scope="module")
def taught(sources) -> Any:
    return what_is_taught(sources, [TESTED])


@pytest.mark.parametrize(
    ("lesson", "why"),
    [
        (Lesson("CONS!", topic=VISA), "is taught as 'challenges/overview'"),
        (Lesson("cons", topic="challenges/overview"), "is taught already"),
        (Lesson(NEW, topic="challenges/visas"), "there is no entry 'challenges/visas'"),
        (Lesson(NEW, intent="sing"), "there is no intent 'sing'"),
        (Lesson(NEW, intent="ask_topic"), "there is no intent 'ask_topic' with examples of its own"),
        (Lesson("how far ahead should a landlord in utrecht be told about a badges", topic=VISA), "one of the test"),
        (Lesson("write to me at jo@example.org about it", topic=VISA), "somebody's address or number"),
        (Lesson("call 030 12 34 567 about my visa", topic=VISA), "somebody's address or number"),
        (Lesson("visa " * 60, topic=VISA), "is longer than 200 characters"),
        (Lesson("visa [rules](visa)", topic=VISA), "holds one of"),
        (Lesson("?!", topic=VISA), "has no letter or digit"),
        (Lesson("rmit", name_of=RMIT), "is taught already"),
        (Lesson("Toronto", name_of=RMIT), "is taught as 'institution/university-of-toronto'"),
        (Lesson("royal tech", name_of="institution/none"), "there is no 'institution/none' in the catalogue"),
        (Lesson("which", name_of=RMIT), "is a word of many questions"),
        (Lesson("x", name_of=RMIT), "is too short for a name"),
        (Lesson("royal tech " * 7, name_of=RMIT), "is longer than 60 characters"),
        (Lesson("write to jo@example.org", form="what"), "somebody's address or number"),
        (Lesson("is it there", thing="place/none"), "there is no 'place/none'"),
    ],
    ids=lambda value: value.text[:30] if isinstance(value, Lesson) else "",
)
def test_lesson_is_left_for_a_reason(taught, lesson, why) -> None:
    found = sort_lessons([lesson], taught)
    assert found.learned == [] and why in found.left[0][1]


def test_second_of_two_contradicting_lessons_is_left(taught) -> None:
    found = sort_lessons([Lesson(NEW, topic=VISA), Lesson(NEW.upper(), intent="complain")], taught)
    assert [one.topic for one in found.learned] == [VISA] and f"taught as '{VISA}'" in found.left[0][1]


def test_key_of_a_merged_entry_is_understood(taught) -> None:
    assert sort_lessons([Lesson(NEW, topic="faq/1-what")], taught).learned[0].topic == "definition/what"


@pytest.mark.parametrize("text", [NEW, "visa: yes or no # really"])
def test_lesson_is_one_line_in_its_place(tmp_path, taught, text) -> None:
    project = _copy(tmp_path, "knowledge", "data")
    teach(project, [Lesson(text, topic=VISA), Lesson(f"{text} and so on", topic=VISA)])
    before = (PROJECT_ROOT / "knowledge/guide/challenges.yml").read_text(encoding="utf-8").splitlines()
    after = (project / "knowledge/guide/challenges.yml").read_text(encoding="utf-8").splitlines()
    assert len(after) == len(before) + 2 and [line for line in after if line in set(before)] == before
    forms = what_is_taught(project).forms
    assert [label for form, label in forms.items() if form not in taught.forms] == [VISA, VISA]


def test_lesson_about_an_intent_joins_its_examples(tmp_path) -> None:
    project = _copy(tmp_path, "knowledge", "data")
    assert teach(project, [Lesson("that reply is off the mark", intent="complain")]) == {project / "data/nlu.yml": 1}
    assert what_is_taught(project).forms["thatreplyisoffthemark"] == "complain"


@pytest.mark.parametrize(
    "line", ["[1]", "{", '{"text": "x"}', '{"topic": "a/b"}', '{"text": 1, "topic": "a"}', '{"text": "x", "topc": "y"}']
)
def test_wrong_line_is_named(tmp_path, line) -> None:
    file = tmp_path / "lessons.jsonl"
    file.write_text(f'{{"text": "x", "topic": "a/b"}}\n\n{line}\n')
    with pytest.raises(LessonsRefused, match=r"lessons\.jsonl:3: "):
        read_lessons(file)


def test_missing_file_is_one_line(tmp_path) -> None:
    with pytest.raises(LessonsRefused, match="cannot be read"):
        read_lessons(tmp_path / "none.jsonl")


def test_worse_model_is_refused() -> None:
    release._require_no_loss(release.ModelComparison(0.86, 0.858, (), ()))
    with pytest.raises(ReleaseRefused, match="Refused"):
        release._require_no_loss(release.ModelComparison(0.86, 0.85, (), ()))


def test_conversation_that_breaks_is_refused(tmp_path) -> None:
    before, after = {"a.yml": [], "b.yml": ["turn 1: other"]}, {"a.yml": ["turn 2: other"], "b.yml": []}
    with pytest.raises(ReleaseRefused, match=r"a\.yml \(turn 2: other\)"):
        release._require_talks(before, after, Settings(root=tmp_path), [], print)


def test_nothing_to_go_back_to(tmp_path) -> None:
    with pytest.raises(ReleaseRefused, match="no release"):
        release.roll_back(Settings(var_dir=tmp_path), print)


@pytest.mark.parametrize(
    ("thing", "file", "line"),
    [
        (RMIT, "institutions.yml", "    aliases: [rmit, royal melbourne institute of technology, royal tech melb]"),
        ("place/manchester", "places.yml", "aliases: [royal tech melb]"),  # has none yet, on one line with its key
        ("mode/online", "modes.yml", "on zoom, en línea, a distancia, web based, royal tech melb]"),
    ],
)
def test_name_is_one_change_in_its_place(tmp_path, thing, file, line) -> None:
    project = _copy(tmp_path, "knowledge", "data")
    before = (project / "knowledge/catalogue" / file).read_text(encoding="utf-8").splitlines()
    assert list(teach(project, [Lesson("royal tech melb", name_of=thing)]).values()) == [1]
    after = (project / "knowledge/catalogue" / file).read_text(encoding="utf-8").splitlines()
    changed = [new for new in after if new not in before]
    assert len(changed) == 1 and line in changed[0] and len(after) - len(before) in (0, 1)
    assert what_is_taught(project).names["royal tech melb"] == thing


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("- key: a\n  name: A b\n", "- key: a\n  name: A b\n  aliases: [new one]\n"),
        ("- {key: a, name: A b, source: x}\n", "- {key: a, name: A b, aliases: [new one], source: x}\n"),
        ("- {key: a, name: A b}\n", "- {key: a, name: A b, aliases: [new one]}\n"),
        ('- key: a\n  name: A\n  aliases: ["it\'s]", b]\n', '- key: a\n  name: A\n  aliases: ["it\'s]", b, new one]\n'),
        ("- key: a\n  name: A\n  aliases: [b,\n    c]\n", "- key: a\n  name: A\n  aliases: [b,\n    c, new one]\n"),
        ("- key: a\n  name: A\n  aliases:\n  - b\n", "- key: a\n  name: A\n  aliases:\n  - b\n  - new one\n"),
    ],
)
def test_name_joins_a_list_in_any_form(tmp_path, entry, expected) -> None:
    file, alias = tmp_path / "x.yml", "aliases" in entry
    file.write_text(entry, encoding="utf-8")
    lines = entry.splitlines()
    listed = [number for number, line in enumerate(lines, 1) if "- b" in line or "[" in line]
    row = Row("x", "x.yml", 1, {}, {"name": next(n for n, line in enumerate(lines, 1) if "name:" in line)})
    row.lines |= {"aliases": listed} if alias else {}
    add_name(file, row, "new one")
    assert file.read_text(encoding="utf-8") == expected


def test_name_that_yaml_would_misread_is_quoted(tmp_path) -> None:
    project = _copy(tmp_path, "knowledge", "data")
    teach(project, [Lesson("unis: rmit, no. 1", name_of=RMIT)])
    assert what_is_taught(project).names["unis: rmit, no. 1"] == RMIT


def test_check_is_a_conversation_of_one_message(tmp_path) -> None:
    project = _copy(tmp_path, "knowledge", "data")
    check = Lesson("how many: there?", thing=RMIT, form="how_many")
    [file] = teach(project, [check, check])
    [talk] = talks(file.parent)
    assert talk.misread and talk.name == "how many: there?"
    assert talk.turns == ({"say": "how many: there?", "thing": RMIT, "form": "how_many"},)


@pytest.fixture(scope="module")
def own_project(tmp_path_factory) -> Path:
    """Return a whole project of its own, trained, in which a release may change what it likes."""
    folder = tmp_path_factory.mktemp("project")
    for name in (*release.ROOMS, "scripts"):
        if (PROJECT_ROOT / name).is_dir():
            _copy(folder, name)
    for name in release.COPIED_FILES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(PROJECT_ROOT / name, folder / name)
    shutil.copytree(Settings().models_dir, folder / "models")
    (folder / "var").mkdir()
    for path in Settings().knowledge_db.parent.glob("knowledge.db*"):
        shutil.copy2(path, folder / "var" / path.name)
    shutil.copy2(PROJECT_ROOT / "advisor", folder / "advisor")
    (folder / ".venv").symlink_to(PROJECT_ROOT / ".venv")
    return folder


CORRECT = """
import sys
from pathlib import Path
from conversations.learning import corrections, regression_conversations
from conversations.pipeline import inbox, message_store
from conversations.models import Inbound, Reply, Turn
from conversations.db.mappers import find_message
from conversations.db.store import Store, sqlite_url

store = Store(sqlite_url(Path("var/conversations.db")))
store.upgrade()
for address, text, means in (("a", sys.argv[1], sys.argv[2]), ("b", "cons", "challenges/overview"), ("c", "hello", ""),
                             ("d", "the number, please, of them", "")):
    accepted = store.run(inbox.accept, Inbound("web", address, text))
    message = store.run(find_message, accepted.message_id)
    store.run(message_store.record_turn, message, Turn((Reply("Hello", outcome="smalltalk"),), {"intent": "greet"}), False)
    if address == "d":
        store.run(corrections.correct, message.id, "", corrections.Meaning(form="how_many"), "tess")
    elif means:
        store.run(corrections.correct, message.id, "", corrections.Meaning(means), "tess")
    else:
        store.run(regression_conversations.save, accepted.conversation_id, "tess")
"""
STATES = """
import json
from pathlib import Path
from conversations.db.store import Store, sqlite_url
store = Store(sqlite_url(Path("var/conversations.db")))
for table in ("correction", "talk_test", "publication"):
    for row in store.run(lambda c: c.exec_driver_sql(f"SELECT * FROM {table}").mappings().all()):
        if table == "publication":
            [lesson] = json.loads(row["report"])["lessons"]
            print(table, row["state"], lesson["text"], lesson["after"], sep="|")
            continue
        print(table, row.get("text") or row["name"], row.get("state", ""), bool(row["release"]), row.get("why", ""), sep="|")
"""


def in_front(folder: Path, program: str, *arguments: str) -> list[str]:
    """Run a program in the front's environment, which has the conversations; the lines that it printed."""
    argv = [PROJECT_ROOT / ".venv/front/bin/python", "-c", program, *arguments]
    return subprocess.run(argv, cwd=folder, check=True, capture_output=True, text=True).stdout.splitlines()


INSTITUTIONS = {  # one of each destination
    "the uk": "Oxford",
    "australia": "RMIT",
    "new zealand": "Auckland",
    "the eu": "Leuven",
    "canada": "McMaster",
}


@pytest.fixture(scope="module")
def released(own_project, start_advisor, understood) -> Any:
    """Return an advisor of that project after a release amid a talk: (advisor, lines said, places and replies meanwhile).

    Of the model in use it is known what it makes of its tests; the release asks the new one.
    """
    advisor = start_advisor(
        root=own_project,
        var_dir=own_project / "var",
        models_dir=own_project / "models",
        knowledge_db=own_project / "var/knowledge.db",
    )
    scores = {each.phrasing.text: each.right for each in understood}
    known = release_tests.Tested(scores, {each.file.name: [] for each in talks()})
    release_tests.keep_results(advisor.settings, known)
    in_front(own_project, CORRECT, NEW, "not-stated/visa-type")
    talk, said, over = advisor.conversation(), [], threading.Event()
    replies = [("canada", talk.say("which unis in canada?"))]

    def go_on() -> None:
        while not over.is_set():
            for place in INSTITUTIONS:  # in turn, since nothing is said twice within three turns
                replies.append((place, talk.say(f"what about {place}?")))
                time.sleep(1)

    talking = threading.Thread(target=go_on)
    talking.start()
    try:
        release.release(advisor.settings, None, dry_run=False, say=said.append)
    finally:
        over.set()
        talking.join()
    return advisor, said, replies


def test_release_says_what_came_of_it(released) -> None:
    _, said, _ = released
    assert any("new." in line and "in use" in line for line in said)
    assert any("serves it now" in line for line in said)
    [told] = [line for line in said if line.startswith(f"understood now: '{NEW}'")]
    assert told.endswith("-> not-stated/visa-type")


def test_nobody_notices_a_release(released) -> None:
    _, _, replies = released
    assert len(replies) > 5 and {reply.outcome for _, reply in replies} == {"answered"}
    assert [place for place, reply in replies if INSTITUTIONS[place] not in plain(reply.text)] == []


def test_released_lesson_is_understood(released) -> None:
    advisor, _, _ = released
    reply = advisor.ask(NEW)
    assert (reply.topic, reply.outcome) == ("not-stated/visa-type", "declined")


def test_model_in_use_is_not_asked_again(released) -> None:
    """The next release finds what the last one found of its model, as long as nothing else has changed."""
    settings = released[0].settings
    kept = release_tests._read(settings.var_dir / release_tests.RESULTS, release_tests._made_from(settings))
    assert kept and "console-1.yml" in kept.talks and sum(kept.scores.values()) > len(kept.scores) / 2
    (settings.root / "training/evaluation/talks/another.yml").write_text("name: another\nturns: [{say: hello}]\n")
    assert release_tests._read(settings.var_dir / release_tests.RESULTS, release_tests._made_from(settings)) is None
    (settings.root / "training/evaluation/talks/another.yml").unlink()


def test_console_knows_what_was_learned(released) -> None:
    advisor, _, _ = released
    assert in_front(advisor.settings.root, STATES) == [
        f"correction|{NEW}|released|True|",
        "correction|cons|collected|False|is taught already",
        "correction|the number, please, of them|released|True|",
        "talk_test|hello||True|",
        f"publication|published|{NEW}|not-stated/visa-type",
    ]
    assert (advisor.settings.root / "training/evaluation/talks/console-1.yml").exists()


def test_misread_form_is_known_and_hinders_no_release(released) -> None:
    advisor, said, _ = released
    [check] = (advisor.settings.root / "training/evaluation/talks").glob("misread-*.yml")
    assert "how_many" in check.read_text(encoding="utf-8")
    [line] = [line for line in said if line.startswith("known misreading")]
    assert check.name in line and "not how_many" in line


def test_release_goes_back(released) -> None:
    advisor, _, _ = released
    release.roll_back(advisor.settings, print)
    first, *_, last = in_front(advisor.settings.root, STATES)
    assert first == f"correction|{NEW}|collected|False|" and last.startswith("publication|went-back|")
    assert not list((advisor.settings.root / "training/evaluation/talks").glob("console-*.yml"))
    assert not list((advisor.settings.root / "training/evaluation/talks").glob("misread-*.yml"))
    guide = "knowledge/guide/not-stated.yml"
    assert (advisor.settings.root / guide).read_bytes() == (PROJECT_ROOT / guide).read_bytes()
    assert advisor.ask("which unis in canada?").outcome == "answered"


def test_model_that_is_none_is_not_taken_up(released) -> None:
    advisor, _, _ = released
    model = served_model(advisor.settings)
    kept = model.read_bytes()
    model.write_bytes(b"no archive")
    status, answer = advisor.post("/webhooks/turns/model", b"")
    model.write_bytes(kept)
    assert status == 409 and "cannot be used" in answer["error"]
    assert advisor.ask("what is a micro-credential?").outcome == "answered"
