"""What programs are about that is near in meaning to words which no listing holds, with the real sentence model."""

from __future__ import annotations

import subprocess
import sys
import time

import numpy as np
import pytest

from core.settings import PROJECT_ROOT, Settings
from nlu.encoding.encoder import open_encoder
from own_programs.records import ProgramRecord
from own_programs.search.catalogue import Catalogue
from own_programs.search.near_terms import NearTerms, shortest, without_kinds
from own_programs.store.writer import FILE_NAME, writing

TERMS = ("Equine Care", "Baking", "Cybersecurity", "Carpentry", "stitching techniques", "Photography")
LONG = 120.0  # seconds that a busy machine may take


@pytest.fixture(scope="module")
def terms() -> NearTerms:
    """Return terms with the vectors of the sentence model."""
    return NearTerms(TERMS, open_encoder(Settings().encoder_dir).encode)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("horses", ("Equine Care",)),
        ("breadmaking", ("Baking",)),
        ("hackers", ("Cybersecurity",)),
        ("sewing", ("stitching techniques",)),
        ("yoga", ()),
        ("dentistry", ()),
    ],
)
def test_terms_near_in_meaning_are_found(terms, text, found) -> None:
    assert terms.near(text, LONG) == found


def test_nothing_is_near_while_vectors_are_made() -> None:
    def slow(texts: list[str]) -> np.ndarray:
        time.sleep(0.2)
        return np.ones((len(texts), 1), np.float32)

    terms = NearTerms(["Pottery"], slow)
    assert terms.near("clay", 0.01) == ()
    assert terms.near("clay", LONG) == ("Pottery",)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_terms_that_cannot_be_encoded_leave_nothing_near() -> None:
    def broken(texts: list[str]) -> np.ndarray:
        raise ValueError("no vectors")

    assert NearTerms(["Pottery"], broken).near("clay", LONG) == ()


def test_only_new_terms_are_encoded() -> None:
    encoded: list[str] = []

    def encode(texts: list[str]) -> np.ndarray:
        encoded.extend(texts)
        return np.ones((len(texts), 1), np.float32)

    known: dict[str, np.ndarray] = {}
    NearTerms(["Pottery", "Baking"], encode, known).near("clay", LONG)
    assert NearTerms(["Pottery", "Welding"], encode, known).near("clay", LONG) == ("Pottery", "Welding")
    assert [each for each in encoded if each != "clay"] == ["Baking", "Pottery", "Welding"]
    assert set(known) == {"Pottery", "Welding"}
    assert all(vector.base is None for vector in known.values())  # none keeps those beside it


def test_process_ends_well_while_vectors_are_made() -> None:
    script = (
        "import time\n"
        "from core.settings import Settings\n"
        "from nlu.encoding.encoder import open_encoder\n"
        "from own_programs.search.near_terms import NearTerms\n"
        "NearTerms([f'subject of number {n:05}' for n in range(3000)], open_encoder(Settings().encoder_dir).encode)\n"
        "time.sleep(1)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], cwd=PROJECT_ROOT, stderr=subprocess.PIPE, timeout=LONG)
    assert (ended.returncode, ended.stderr) == (0, b"")


def test_no_term_is_near_without_any() -> None:
    assert NearTerms([], open_encoder(Settings().encoder_dir).encode).near("clay", LONG) == ()


def test_terms_that_hold_another_are_left_out() -> None:
    assert shortest(["Advanced Aquaculture", "Aquaculture", "Culture", ""]) == ["Culture", "Aquaculture"]


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("Wound Care (Certificate)", "Wound Care"),
        ("Micro-credential in Boat Building", "Boat Building"),
        ("Summer School: Equine Care", "Equine Care"),
        ("Introduction to Animal Behaviour", "Animal Behaviour"),
        ("Kiln Building for Beginners", "Kiln Building"),
        ("Certificate", "Certificate"),
        ("Straßenbau (Certificate)", "Straßenbau"),  # whose letters are more without their case
    ],
)
def test_names_are_taken_without_their_kinds(name, bare) -> None:
    assert without_kinds(name, ["Certificate", "Micro-credential", "Summer school"]) == bare


def test_new_program_is_near_after_an_import(tmp_path) -> None:
    encode = open_encoder(Settings().encoder_dir).encode
    with writing(tmp_path / FILE_NAME) as writer:
        writer.source("s")
        writer.put(ProgramRecord("s", "1", "Baking", subjects=("Baking",)))
    catalogue = Catalogue(tmp_path / FILE_NAME)
    assert _in_time(catalogue, "breadmaking", encode) == ("Baking",)
    assert catalogue.near("horses", encode) == ()
    with writing(tmp_path / FILE_NAME) as writer:
        writer.source("s")
        writer.put(ProgramRecord("s", "2", "Equine Care (Certificate)", type="Certificate"))
    assert _in_time(catalogue, "horses", encode) == ("Equine Care",)


def _in_time(catalogue, text, encode) -> tuple[str, ...]:
    until = time.monotonic() + LONG
    while not (found := catalogue.near(text, encode)) and time.monotonic() < until:
        time.sleep(0.05)
    return found
