"""Names of the own catalogue are found in a message however they are written, and everyday words are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from own_programs.records import Offering, ProgramRecord
from own_programs.search.names import NameIndex, NameMatch
from own_programs.store.writer import FILE_NAME, writing

PROGRAMS = [
    {
        "name": "Tools for Cybersecurity (Bridge) Masterclass",
        "type": "Masterclass",
        "subjects": ("Cybersecurity",),
        "offerings": (Offering(place="Cork", campus="Quayside House", country="Ireland"),),
    },
    {"name": "Case Studies in Project Management (Bridge)", "subjects": ("Project Management",)},
    {"name": "Project Management Essentials", "provider": "Harbour Education and Training Board (HETB)"},
    {"name": "Health Psychology Lab"},
    {"name": "Leadership", "subjects": ("Leadership",)},
    {"name": "Leadership", "provider": "Reading College", "offerings": (Offering(place="Reading"),)},
    {"name": "Start", "provider": "Open"},
    {
        "name": "Éducation à la française",
        "skills": ("C++ programming",),
        "provider": "HARBOUR education & training board (hetb)",
    },
    {"name": "Professional Diploma in Data Ethics", "type": "Diploma"},
    {"name": "Nursing Today", "subjects": ("Data",)},
    {"name": "Nursing Tomorrow"},
]


def written(folder: Path, programs: list[dict]) -> Path:
    path = folder / FILE_NAME
    with writing(path) as writer:
        writer.source("list")
        for number, each in enumerate(programs):
            writer.put(ProgramRecord("list", str(number), **{"provider": "University of Larkmoor", **each}))
    return path


@pytest.fixture(scope="module")
def index(tmp_path_factory) -> NameIndex:
    return NameIndex(written(tmp_path_factory.mktemp("catalogue"), PROGRAMS))


def told(found: list[NameMatch]) -> list[tuple[str, str, str]]:
    return [(one.kind, one.text, one.how) for one in found]


@pytest.mark.parametrize(
    ("message", "label", "text", "how"),
    [
        ("how much is Tools for Cybersecurity (Bridge) Masterclass?", 0, None, "exact"),
        ("tell me about Tools for Cybersecurity Masterclass", 0, "Tools for Cybersecurity Masterclass", "exact"),
        ("Tools for Cybersecurity Masterclas price", 0, "Tools for Cybersecurity Masterclas", "typo"),
        ("how much is tools for cybersecurity?", 0, "tools for cybersecurity", "short"),
        ("how much is Case Studies in Project Management Bridge", 1, None, "exact"),
        ("Helth Psychology Lab in Asia", 3, "Helth Psychology Lab", "typo"),
        ("psychology health lab", 3, "psychology health lab", "order"),
        ("healthpsychologylab", 3, "healthpsychologylab", "exact"),
        ('is "start" online', 6, "start", "exact"),
        ("is Start online", 6, "Start", "exact"),
        ("start", 6, "start", "exact"),
        ("EDUCATION A LA FRANCAISE", 7, None, "exact"),
        ("what is the diploma in data ethics", 8, "diploma in data ethics", "short"),
    ],
)
def test_program_is_found_however_it_is_written(index, message, label, text, how) -> None:
    found = [one for one in index.find(message) if one.kind == "program"]
    assert [(one.label, one.how, one.ids) for one in found] == [(PROGRAMS[label]["name"], how, (label + 1,))]
    assert found[0].text == message[found[0].start : found[0].end] and text in (None, found[0].text)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("what does larkmoor offer", [("provider", "larkmoor", "short")]),
        (
            "anything by University of Larkmor in cork",
            [("provider", "University of Larkmor", "typo"), ("place", "cork", "exact")],
        ),
        ("courses at HETB", [("provider", "HETB", "acronym")]),
        ("courses at UOL", [("provider", "UOL", "acronym")]),
        ("cyber security masterclass", [("subject", "cyber security", "exact"), ("type", "masterclass", "exact")]),
        ("is there c++ programming", [("skill", "c++ programming", "exact")]),
        ("courses in reading", [("place", "reading", "exact")]),
        ("Ireland, Quayside House", [("country", "Ireland", "exact"), ("place", "Quayside House", "exact")]),
        ("a course on data", [("subject", "data", "exact")]),
        ("what do you do with my data", []),
        ("do you have project managment courses?", [("subject", "project managment", "typo")]),
        # everyday words, parts that are too small, parts of too little
        ("when does it start and is it open", []),
        ("i like reading", []),
        ("I NEED SOMETHING TO START TODAY", []),
        ("the bridge over the river", []),
        ("nursing", []),
        ("can the university or college refuse me", []),
        ("is the University of Toronto better", []),
        ("un curso: rork", []),
        ("tell me a joke about harbour seals", []),
        ("", []),
        ("?!", []),
    ],
)
def test_other_names_and_everyday_words(index, message, expected) -> None:
    assert told(index.find(message)) == expected


def test_name_of_two_programs_means_both(index) -> None:
    (program,) = [one for one in index.find("how much is Leadership?") if one.kind == "program"]
    assert program.ids == (5, 6) and program.ambiguous
    (subject,) = index.find("a leadership course")
    assert subject.kind == "subject" and not subject.ambiguous


def test_all_spellings_are_keys(index) -> None:
    (provider,) = index.find("courses of Harbour Education and Training Board")
    assert set(provider.keys) == {PROGRAMS[2]["provider"], PROGRAMS[7]["provider"]} and not provider.ambiguous


def test_part_of_many_names_is_none(tmp_path) -> None:
    index = NameIndex(written(tmp_path, [{"name": f"Digital Garden {word}"} for word in "ABCDEFGH"]))
    assert index.find("a digital garden course") == []
    assert [one.ids for one in index.find("is Digital Garden C full")] == [(3,)]


def test_part_of_two_names_means_both(tmp_path) -> None:
    names = ["Micro-credential in Live Sound", "Introduction to Live Sound"]
    index = NameIndex(written(tmp_path, [{"name": name} for name in names]))
    found = [one for one in index.find("who do I ask about Live Sound") if one.kind == "program"]
    assert {one.label for one in found} == set(names) and {one.text for one in found} == {"Live Sound"}


def test_word_before_a_place_is_no_part_of_a_name(tmp_path) -> None:
    index = NameIndex(written(tmp_path, [{"name": "Portuguese A2"}, {"name": "Micro-credential in Portuguese A2"}]))
    (found,) = [one for one in index.find("Portuguese A2 in Porto") if one.kind == "program"]
    assert (found.label, found.text) == ("Portuguese A2", "Portuguese A2")


def test_later_import_is_seen_at_once(tmp_path) -> None:
    index = NameIndex(written(tmp_path, [{"name": "Health Psychology Lab", "provider": "Old House"}]))
    assert index.find("health psychology lab")
    with writing(index.path) as writer:
        writer.put(ProgramRecord("list", "0", "Glass Blowing Basics"))
    assert index.find("health psychology lab at Old House") == []
    assert [one.label for one in index.find("glas blowing basics")] == ["Glass Blowing Basics"]
    with writing(index.path) as writer:
        writer.remove("list", "0")
    assert index.find("glass blowing basics") == []


@pytest.mark.parametrize(
    "message", ['"name_words" OR *', "a" * 5000, "Lab " * 3000, "(" * 4000, "é" * 4000, "'; DROP TABLE term;"]
)
def test_hostile_message_names_nothing_and_ends(index, message) -> None:
    assert {one.kind for one in index.find(message)} <= {"program"}
