"""The real sources: they pass every check, and what is committed under data/generated/ was built from them."""

from __future__ import annotations

import pytest

from knowledge.building.build import build, check
from knowledge.knowledge_base import Knowledge, open_knowledge
from tests.test_knowledge_build import ROOT


@pytest.fixture(scope="module")
def real(tmp_path_factory) -> Knowledge:
    folder = tmp_path_factory.mktemp("real")
    return open_knowledge(build(ROOT / "knowledge", folder / "knowledge.db", folder / "generated").database)


def test_generated_files_are_current() -> None:
    problems = check(ROOT / "knowledge", ROOT / "data" / "generated")
    assert not problems, "\n".join(map(str, problems))


def test_every_entry_can_be_read(real) -> None:
    assert all(real.topic(each.key).sources for each in real.topics())
    assert all(real.open_subject(each.key).near_topics for each in real.open_subjects())
    assert all(real.field_answer(field.key).field == field for field in real.fields())
    for kind in ("place", "institution", "provider", "industry", "program", "mode", "type", "destination"):
        assert [getattr(real, kind)(key).name for key in real.column(f"SELECT key FROM {kind}")]


def test_every_role_leads_somewhere(real) -> None:
    leads_to = [real.role(key) for key in real.column("SELECT key FROM role")]
    assert leads_to and all(real.has_topic(key) or real.has_open_subject(key) for key in leads_to)
