"""Several guide packs in one installation: what the file of packs says, and what each pack has of its own."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from core.pack_registry import CHANNELS, OWN, pack_environment, pack_named, packs_of
from core.ports import require_free_ports
from core.processes import PortTaken
from core.secrets import session_key
from core.services import services, services_of_packs
from core.settings import PROJECT_ROOT, Settings, SettingsError
from tests.harness import free_port


def written(folder: Path, text: str) -> Settings:
    """Return settings with a file of packs beside the folders `school` and `clinic`, which are packs."""
    for name in ("school", "clinic"):
        (folder / name / "knowledge/guide").mkdir(parents=True)
        (folder / name / "knowledge/guide/pack.yml").touch()
    (folder / "packs.ini").write_text(text, encoding="utf-8")
    return Settings(packs_file=folder / "packs.ini", var_dir=folder / "var", models_dir=folder / "models")


def test_one_pack_needs_no_file() -> None:
    settings = Settings()
    assert {name: pack.settings for name, pack in packs_of(settings).items()} == {"": settings}
    assert pack_environment(settings) == {"ADVISOR_PACK": ""} and pack_named(settings, "first") is settings


def test_packs_have_places_ports_and_words_of_their_own(tmp_path) -> None:
    settings = written(
        tmp_path,
        "[school]\nguide_dir = school\norganisation = Alder Street\nchannels = telegram, rest\n"
        "[clinic]\nguide_dir = clinic\nengine_port = 6100\n",
    )
    first, school, clinic = packs_of(settings).values()
    assert first.settings is settings and school.channels == ("telegram", "rest")
    assert school.settings.guide_dir == tmp_path / "school" and school.settings.organisation == "Alder Street"
    assert clinic.settings.organisation == settings.organisation
    ports = [pack.settings.engine_port for pack in (first, school, clinic)]
    assert ports == [settings.engine_port, settings.engine_port + 1, 6100]
    for name in ("var_dir", "knowledge_db", "models_dir", "catalogue_dir", "log_dir", "installation"):
        assert len({getattr(pack.settings, name) for pack in (first, school, clinic)}) == 3, name
    assert school.settings.encoder_dir == settings.encoder_dir
    assert session_key(school.settings) == session_key(settings), "what one command signs, the front takes"


def test_process_of_a_pack_is_told_its_places_alone(tmp_path) -> None:
    settings = written(tmp_path, "[school]\nguide_dir = school\n")
    school = pack_named(settings, "school")
    told = Settings.from_environment(pack_environment(school))
    same = ("guide_dir", "var_dir", "knowledge_db", "models_dir", "catalogue_dir", "engine_port", "encoder_dir")
    assert [getattr(told, name) for name in same] == [
        getattr(school, name).resolve() if name.endswith(("dir", "db")) else getattr(school, name) for name in same
    ]
    assert told.pack == "" and list(packs_of(told)) == [""]


def test_each_pack_has_an_engine_unless_it_runs_elsewhere(tmp_path) -> None:
    settings = written(
        tmp_path, "[school]\nguide_dir=school\n[clinic]\nguide_dir=clinic\nengine_addresses=http://clinic:5005\n"
    )
    assert [each.name for each in services_of_packs(settings)] == ["The engine", "The engine of school"]
    actions, engine = services(replace(pack_named(settings, "school"), actions="server"))
    assert actions.name == "The action server of school" and str(settings.models_dir / "school") in " ".join(
        engine.argv
    )
    assert engine.environment["ADVISOR_GUIDE_DIR"] == str(tmp_path / "school")


def test_port_of_a_pack_is_asked_for_before_anything_starts(tmp_path) -> None:
    port = free_port()
    settings = written(
        tmp_path, f"[school]\nguide_dir=school\nengine_port={port}\n[clinic]\nguide_dir=clinic\nengine_port={port}\n"
    )
    free = {name: free_port() for name in ("engine_port", "front_port", "operators_port")}
    with pytest.raises(PortTaken, match=r"the engine of clinic.*engine_port of \[clinic\]"):
        require_free_ports(replace(settings, **free))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("guide_dir=school\n", "ADVISOR_PACKS_FILE cannot be read"),
        ("[first]\nguide_dir=school\n", "is not 'first'"),
        ("[../up]\nguide_dir=school\n", "small letters, digits and hyphens"),
        ("[school]\norganisation=Alder Street\n", "guide_dir is missing"),
        ("[school]\nguide_dir=nowhere\n", "is no guide pack"),
        ("[school]\nguide_dir=school\nrest_key=x\n", "nothing reads 'rest_key'"),
        ("[school]\nguide_dir=school\nengine_port=many\n", "must be a whole number"),
        (
            "[a]\nguide_dir=school\nchannels=rest\n[b]\nguide_dir=clinic\nchannels=rest\n",
            "the channel rest belongs to two",
        ),
        ("[a]\nguide_dir=school\nmodels_dir=m\n[b]\nguide_dir=clinic\nmodels_dir=m\n", "belongs to two packs: a and b"),
        (
            "[a]\nguide_dir=school\nknowledge_db=k\n[b]\nguide_dir=clinic\nknowledge_db=k\n",
            "the knowledge_db .* a and b",
        ),
    ],
)
def test_wrong_file_is_refused_with_the_remedy(tmp_path, text, said) -> None:
    settings = written(tmp_path, text)
    with pytest.raises(SettingsError, match=said.replace("(", r"\(")):
        packs_of(settings)


def test_unknown_pack_is_refused_with_those_there_are(tmp_path) -> None:
    settings = written(tmp_path, "[school]\nguide_dir=school\n")
    environment = {**os.environ, "ADVISOR_PACKS_FILE": str(settings.packs_file)}
    done = subprocess.run(
        [PROJECT_ROOT / "advisor", "knowledge", "stats", "--pack", "clinic"],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    assert done.returncode == 1 and "There are: first, school" in done.stderr


def test_example_shows_all_that_a_section_may_say() -> None:
    text = (PROJECT_ROOT / "deploy/packs.example.ini").read_text(encoding="utf-8")
    shown = set(re.findall(r"^(?:# )?([a-z_]+) = \S", text, re.MULTILINE))
    assert shown == {*OWN, CHANNELS}
