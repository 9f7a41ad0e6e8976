"""Two people edit the same 200 topics at the same time, each in a session of their own; nothing is lost in silence."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from conversations.editing import entry_drafts, entry_history
from tests.front.console_fixtures import Running, hire, running_console, store
from tests.harness import PATIENCE

TOPICS = 200
HEAD = "owner: Editors\nreviewed: 2026-11-23\n"
SECTIONS = "sections:\n  - {key: many, title: Many, heading: Many}\n"


@pytest.fixture
def console(tmp_path) -> Iterator[Running]:
    """Serve a console over a guide of many small topics."""
    guide = tmp_path / "guide/knowledge/guide"
    guide.mkdir(parents=True)
    (guide / "sections.yml").write_text(SECTIONS)
    topics = (
        f"  - key: many/t{n}\n    title: T{n}\n    answer: It is {n}.\n    ask: [what is {n}]\n" for n in range(TOPICS)
    )
    (guide / "many.yml").write_text(f"{HEAD}topics:\n{''.join(topics)}")
    with running_console(tmp_path, guide_dir=tmp_path / "guide") as running:
        hire(running.store)
        yield running


class Person:
    """Somebody who adds a word of their own to the answer of each topic, whatever has become of it meanwhile."""

    def __init__(self, console: Running, name: str, word: str, start: threading.Barrier) -> None:
        self._console, self._client, self._word, self._start = console, console.signed_in(name), word, start
        self._csrf = {"csrf": console.token(self._client)}
        self.refused = 0

    def edit_all(self) -> None:
        """Edit one topic after the other; both begin each at the same moment."""
        for number in range(TOPICS):
            begun = self._post("/staff/drafts/begin", key=f"many/t{number}")
            path, version, answer = begun.headers["location"], "1", f"It is {number}."
            self._start.wait(PATIENCE)
            while (saved := self._save(path, number, version, answer)).status_code == 409:
                self.refused += 1
                found = re.search(r'name="version" value="(\d+)"', saved.text)
                theirs = re.search(r"<del>([^<]*)</del>", saved.text.partition("<h2>Answer</h2>")[2])
                same = re.search(r'<p class="words">([^<]*)', saved.text.partition("<h2>Answer</h2>")[2])
                assert found and theirs and same, saved.text
                version, answer = found[1], (same[1] + theirs[1]).strip()
            assert saved.status_code == 303, saved.text

    def _save(self, path: str, number: int, version: str, answer: str) -> httpx.Response:
        fields = {"title": f"T{number}", "ask": f"what is {number}", "owner": "Editors", "reviewed": "2026-11-23"}
        return self._post(path, version=version, answer=f"{answer} {self._word}", **fields)

    def _post(self, path: str, **form: str) -> httpx.Response:
        return self._client.post(path, data={**self._csrf, **form}, headers=self._console.origin)


def test_two_people_edit_two_hundred_topics(console) -> None:
    start = threading.Barrier(2)
    people = [Person(console, "editor", "Ann", start), Person(console, "trainer", "Bo", start)]
    with ThreadPoolExecutor(2) as both:
        for done in [both.submit(person.edit_all) for person in people]:
            done.result()
    drafts = console.store.run(entry_drafts.list_all)
    assert len(drafts) == TOPICS
    for draft in drafts:
        number = draft.key.removeprefix("many/t")
        assert sorted((draft.content or {})["answer"].split()) == sorted(f"It is {number}. Ann Bo".split()), draft
        versions = console.store.run(entry_history.of_entry, draft.kind, draft.key, draft.id)
        assert [each.by for each in versions[:2]] in (["editor", "trainer"], ["trainer", "editor"])
    assert sum(person.refused for person in people) >= TOPICS / 2  # most of the time both had begun from the same
