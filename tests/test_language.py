"""Words to meaning: spelling, names, sentence vectors, the classifier, and the model files they rest on."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest
from ruamel.yaml import YAML
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.engine.nlu_component import UnderstandingComponent
from bot.engine.published_names import PublishedNames
from core.fingerprint import fingerprint
from core.settings import PROJECT_ROOT, Settings
from nlu.classification.classifier import Classifier
from nlu.classification.kernel import NEIGHBOURS, Kernel, gaussian, nearness
from nlu.classification.kernel_solvers import FOLDS, Penalties, add_products, ridge, solve
from nlu.classification.tfidf import Ngrams, itself, words_of
from nlu.encoding import model_files
from nlu.encoding.encoder import SIZE, Encoder, open_encoder
from nlu.encoding.model_files import GRAPH, ORIGIN, TOKENIZER, ModelFilesError, check, packaged_files, prepare
from nlu.extraction.amounts.ordinals import pointed_at
from nlu.extraction.entity_matcher import NameMatcher, fold
from nlu.phrasings import Phrasing
from nlu.reader import Reader
from nlu.text.code_mixing import ENGLISH_FOR
from nlu.text.negation import only_names
from nlu.text.spelling import Speller
from training.train import TRAINING_FILES

ENTRIES = [
    {"kind": "destination", "key": "australia", "name": "Australia", "aliases": ["aussie"]},
    {"kind": "destination", "key": "canada", "name": "Canada", "aliases": ["canadian"]},
    {"kind": "destination", "key": "uk", "name": "United Kingdom", "aliases": ["UK", "uk"]},
    {"kind": "destination", "key": "new-zealand", "name": "New Zealand", "aliases": ["NZ", "nz"]},
    {"kind": "place", "key": "us", "name": "United States", "aliases": ["US", "usa"]},
    {"kind": "field", "key": "digital-marketing", "name": "Digital marketing", "aliases": []},
    {"kind": "industry", "key": "digital-marketing", "name": "Digital marketing", "aliases": []},
    {"kind": "industry", "key": "it", "name": "Information technology", "aliases": ["IT"]},
    {"kind": "institution", "key": "toronto", "name": "University of Toronto", "aliases": ["toronto"]},
    {"kind": "field", "key": "data-analytics", "name": "Data analytics", "aliases": []},
    {"kind": "institution", "key": "coimbra", "name": "Universidade de Coimbra", "aliases": []},
]
TAUGHT = {
    "ask_topic#visa": ["do i need a visa", "visa rules for a course", "will they give me a student visa"],
    "ask_topic#cost": ["how much does it cost", "what is the price of a course", "is the fee high"],
    "thank": ["thank you", "thanks a lot", "thank you very much"],
    "ask_about": ["tell me about canada", "what about australia", "the universities in new zealand"],
}
PENALTIES = Penalties(regularisation=0.2, balance=0.5, inverse=1.0)
PHRASINGS = [Phrasing(text, *label.split("#")) for label, texts in TAUGHT.items() for text in texts]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return open_encoder(Settings.from_environment().encoder_dir)


# --- spelling ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def speller(encoder) -> Speller:
    return Speller(["which universities are recognised", "are universities recognised by employers"], encoder.is_word)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("r u sure abt it", "are you sure about it"),
        ("Microcredentials", "micro-credentials"),
        ("micro credntial", "micro-credential"),
        ("a micro\u2013credential", "a micro-credential"),
        ("whihc univercities", "which universities"),
        ("recgnised by employrs", "recognised by employers"),
    ],
)
def test_slips_are_mended(typed, meant) -> None:
    seen = ["which universities are recognised by employers"] * 2
    words = {"which", "universities", "are", "recognised", "by", "employers"}
    assert Speller(seen, words.__contains__).correct(typed) == meant


def test_mixed_in_words_become_english(speller) -> None:
    assert speller.correct("fees kitni hai aur kab shuru") == "fees how much hai and when start"
    assert speller.correct("wetin be dis") == "what is be this"


def test_english_words_have_no_gloss(encoder) -> None:
    assert [word for word in ENGLISH_FOR if encoder.is_word(word)] == []


@pytest.mark.parametrize("correct", ["What's the price of a house in Oxford?", "The recognition of skills, 2027.", ""])
def test_correct_text_stays_as_it_is(speller, correct) -> None:
    assert speller.correct(correct) == correct


WORD_LISTS = sorted((PROJECT_ROOT / "nlu/data").glob("*.yml"))


@pytest.mark.parametrize("path", WORD_LISTS, ids=lambda path: path.stem)
def test_word_list_is_what_training_depends_on(path, tmp_path) -> None:
    copy = tmp_path / path.relative_to(PROJECT_ROOT)
    copy.parent.mkdir(parents=True)
    copy.write_text("u: you", encoding="utf-8")
    before = fingerprint(tmp_path, TRAINING_FILES)
    copy.write_text("u: your", encoding="utf-8")
    assert fingerprint(tmp_path, TRAINING_FILES) != before
    assert path.read_text(encoding="utf-8") in UnderstandingComponent.fingerprint_addon({})


@pytest.mark.parametrize(
    "path", [each for each in WORD_LISTS if not each.stem.endswith("_ranker")], ids=lambda path: path.stem
)  # these hold weights
def test_word_list_holds_texts_alone(path) -> None:
    words = YAML(typ="safe").load(path)
    texts = list(_texts(words))
    assert texts and all(isinstance(text, str) for text in texts)


def _texts(words: Any) -> Iterator[Any]:
    """Yield the keys and values of a word list, however deep they stand."""
    if isinstance(words, dict):
        for key, value in words.items():
            yield key
            yield from _texts(value)
    elif isinstance(words, list):
        for value in words:
            yield from _texts(value)
    else:
        yield words


def test_speller_comes_back_from_targets(speller, encoder) -> None:
    again = Speller.with_targets(speller.targets, encoder.is_word)
    assert again.correct("univercities recgnised") == speller.correct("univercities recgnised") != ""


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def matcher(encoder) -> NameMatcher:
    return NameMatcher(ENTRIES, encoder.is_word)


def keys(matcher: NameMatcher, text: str) -> list[str]:
    return [name.key for name in matcher.find(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Australia or canada", ["australia", "canada"]),
        ("the University of Toronto", ["toronto"]),
        ("data-analytics in the U.K. or uk", ["data-analytics", "uk"]),
        ("Universidade de Co\u00edmbra", ["coimbra"]),
        ("nothing here", []),
    ],
)
def test_names_are_found(matcher, text, found) -> None:
    assert keys(matcher, text) == found


def test_work_is_named_of_many_as_well(encoder) -> None:
    entries = [
        {"kind": "field", "key": "aviation", "name": "Aviation", "aliases": ["pilot"]},
        {"kind": "field", "key": "technology", "name": "Technology", "aliases": ["IT"]},
        {"kind": "place", "key": "france", "name": "France", "aliases": []},
    ]
    matcher = NameMatcher(entries, encoder.is_word)
    assert keys(matcher, "something for pilots") == ["aviation"]
    assert keys(matcher, "its two ITs and Frances") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        *(("no", []), ("No, thanks", []), ("NO WAY", []), ("in no way", []), ("is it good?", []), ("that is nice", [])),
        *(("courses in no", ["norway"]), ("what about No?", ["norway"]), ("a job in it", ["technology"])),
        *(("what does Now offer", ["now"]), ("courses at now", ["now"]), ("not now", []), ("by now", [])),
        *(("I live in Nice", ["nice"]), ("i am a teacher", ["education"])),
    ],
)
def test_name_that_is_an_everyday_word_needs_context(encoder, text, found) -> None:
    entries = [
        {"kind": "destination", "key": "norway", "name": "Norway", "aliases": ["no"]},
        {"kind": "place", "key": "nice", "name": "Nice", "aliases": []},
        {"kind": "field", "key": "technology", "name": "Technology", "aliases": ["it"]},
        {"kind": "provider", "key": "now", "name": "Now", "aliases": []},
        {"kind": "industry", "key": "education", "name": "Education", "aliases": ["teacher"]},
    ]
    matcher = NameMatcher(entries, encoder.is_word)
    assert keys(matcher, text) == found and matcher.may_name("no") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("certificate or badge?", ["certificate", "badge"]),
        ("a diploma vs the Certificate", ["diploma", "certificate"]),
        ("which certificate is best", []),
        ("two certificates, or one Certificate", []),
        ("a graduate certificate or a badge", ["badge"]),
    ],
)
def test_word_for_many_things_is_a_name_beside_another(encoder, text, found) -> None:
    entries = [
        {"kind": "type", "key": "badge", "name": "Digital badge", "aliases": ["badge"]},
        {
            "kind": "type",
            "key": "certificate",
            "name": "Professional certificate",
            "aliases": [],
            "loosely": ["certificate"],
        },
        {"kind": "type", "key": "diploma", "name": "Short diploma", "aliases": [], "loosely": ["diploma"]},
    ]
    matcher = NameMatcher(entries, encoder.is_word)
    assert [name.key for name in matcher.find(text, loosely=True)] == found
    assert [name.key for name in matcher.find(text)] == [key for key in found if key == "badge"]


def test_two_slips_in_long_words(matcher) -> None:
    assert keys(matcher, "data analitycs in austrlia") == ["data-analytics", "australia"]
    assert keys(matcher, "new zeeland") == ["new-zealand"]
    assert keys(matcher, "asturalia") == ["australia"]


def test_slips_in_several_words_make_one_name(matcher) -> None:
    """Not the name of one of the words alone, which is nearer."""
    assert [name.key for name in matcher.find("a digtal marketng course")] == ["digital-marketing"] * 2
    assert [name.key for name in matcher.find("data anlytics in canda")] == ["data-analytics", "canada"]


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("the first one", "1"),
        ("ok, what about the 2nd?", "2"),
        ("I'd take the latter please", "2"),
        ("and the other one?", "other"),
        ("and the third risk", "3"),
        ("the top one", "1"),
        ("the top university", ""),
        ("tell me more about the third program", "3"),
        ("option 4", "4"),
        ("number 5", "5"),
        ("and the last of these?", "last"),
        ("the first semester", ""),
        ("the last intake in 2027", ""),
        ("what is the first step", ""),
        ("one", ""),
        ("my second language is English", ""),
        ("", ""),
    ],
)
def test_message_points_at_one_of_several(said, place) -> None:
    assert pointed_at(said) == place


def test_one_slip_in_short_words(matcher) -> None:
    assert keys(matcher, "canda") == ["canada"] and keys(matcher, "cnda") == []


def test_slip_is_marked_inexact(matcher) -> None:
    assert [name.exact for name in matcher.find("australia or austrlia")] == [True, False]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("is it for us", []),
        ("a job in IT", ["it"]),
        ("a job in the US", ["us"]),
        ("It is us", []),
        ("uk or UK", ["uk"] * 2),
    ],
)
def test_capitals_only_for_it_and_us(matcher, text, found) -> None:
    assert keys(matcher, text) == found


def test_name_of_several_kinds(matcher) -> None:
    found = matcher.find("a job in digital marketing")
    assert [(name.kind, name.key) for name in found] == [
        ("field", "digital-marketing"),
        ("industry", "digital-marketing"),
    ]


def test_longest_name_wins(matcher) -> None:
    assert len(matcher.find("University of Toronto")) == 1


@pytest.mark.parametrize(
    "text", ["I'm in Canada now", "\u00e9t\u00e9 au Canada", "so\u2014Canada!", "\U0001f600 canada"]
)
def test_positions_point_at_the_name(matcher, text) -> None:
    (name,) = matcher.find(text)
    assert text[name.start : name.end].lower() == "canada" and len(fold(text)) == len(text)


@pytest.mark.parametrize("word", ["candid", "analysis", "united", "austere"])
def test_ordinary_words_are_no_names(matcher, word) -> None:
    assert keys(matcher, f"a {word} thing") == []


# --- how names are meant ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "names", "many"),
    [
        ("Canada", ["Canada"], 1),
        ("ok and what about Canada then?", ["Canada"], 1),
        ("only Canada please", ["Canada"], 1),
        ("nursing in Canada", ["nursing", "Canada"], 2),
        ("who teaches in Canada", ["Canada"], 0),
        ("not Canada", ["Canada"], 0),
        ("is nursing hard in Canada", ["nursing", "Canada"], 0),
        ("and what about", [], 0),
    ],
)
def test_message_of_names_alone_is_told(text, names, many) -> None:
    spans = [(text.index(name), text.index(name) + len(name)) for name in names]
    assert only_names(text, spans) == many


# --- vectors ----------------------------------------------------------------------------------------------------------


def test_vectors_are_of_unit_length(encoder) -> None:
    vectors = encoder.encode(["what is a visa", "", "word " * 500, "\U0001f600 \u0939\u093f\u0928\u094d\u0926\u0940"])
    assert vectors.shape == (4, SIZE) and vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)


def test_close_sentences_are_near(encoder) -> None:
    visa, permit, pasta = encoder.encode(
        ["Do I need a visa for the course?", "Is a visa required for this course?", "The pasta was boiled too long."]
    )
    assert visa @ permit > 0.8 and visa @ pasta < 0.2


def test_neighbours_do_not_change_a_vector(encoder) -> None:
    together = encoder.encode(["how long does it take", "x " * 100])
    assert np.array_equal(encoder.encode(["how long does it take"])[0], together[0])


def test_no_texts_give_no_vectors(encoder) -> None:
    assert encoder.encode([]).shape == (0, SIZE)


# --- the classifier and the reader ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def reader(encoder) -> Reader:
    return Reader.train(PHRASINGS, ENTRIES, encoder)


def test_names_are_known_as_they_are_published(reader, tmp_path) -> None:
    file, asked = tmp_path / "names.json", "tell me about the maple land"
    names = PublishedNames(file)
    assert names.known_to(reader) is reader, "without a file, those of the model count"
    for entries, found in (
        ([{**ENTRIES[1], "aliases": ["maple land"]}], [("destination", "canada")]),
        (ENTRIES, []),
        ([*ENTRIES, {"kind": "place", "key": "maple", "name": "Maple land", "aliases": []}], [("place", "maple")]),
    ):
        file.write_text(json.dumps({"names": entries, "words": ["bolognese"]}), encoding="utf-8")
        now = names.known_to(reader)
        assert [(name.kind, name.key) for name in now.read(asked).names] == found
        assert names.known_to(now) is now, "it is read once"
        assert names.known_to(reader) is now, "a thread that began before with the older reader does not bring it back"
    assert reader.read(asked).names == []
    for broken in (
        "{",
        "[]",
        '{"names": [{"kind": "place", "key": "x", "name": "X", "aliases": [null]}], "words": []}',
    ):
        file.write_text(broken, encoding="utf-8")
        assert names.known_to(now) is now, "what cannot be read changes nothing"


@pytest.mark.parametrize(
    ("text", "intent"), [("many thanks", "thank"), ("tell me about new zealand", "ask_about"), ("visa?", "ask_topic")]
)
def test_reader_generalises(reader, text, intent) -> None:
    assert reader.read(text).intents[0][0] == intent


def test_question_after_politeness_counts(reader) -> None:
    assert reader.read("thanks a lot. do i need a visa").intents[0][0] == "ask_topic"
    assert reader.read("thanks a lot, thank you").intents[0][0] == "thank"


def test_loaded_classifier_judges_the_same(encoder, tmp_path) -> None:
    texts = [each.text for each in PHRASINGS]
    kinds = [{"destination"} if each.intent == "ask_about" else set() for each in PHRASINGS]
    trained = Classifier.train(texts, texts, kinds, encoder.encode(texts), [each.label for each in PHRASINGS])
    trained.save(tmp_path)
    loaded = Classifier.load(tmp_path)
    for text in ("is a visa needed", "cheers", "zzz", ""):
        asked = (text, text, {"destination"}, encoder.encode([text])[0])
        assert loaded.judge(*asked) == trained.judge(*asked)


def test_likeness_in_eight_bits_is_nearly_exact(encoder) -> None:
    texts = [each.text for each in PHRASINGS]
    vectors = encoder.encode(texts)
    vectors = np.vstack([vectors, np.zeros((1, SIZE), np.float32)])
    weights = np.random.default_rng(1).normal(size=(len(vectors), 5)).astype(np.float32)
    kernel = Kernel.of(vectors, weights, sharpness=2.5)
    for asked in encoder.encode(["is a visa needed", "cheers", "zzz"]):
        scores, near = kernel.scores(asked)
        cosines = vectors @ asked
        assert np.abs(scores - gaussian(cosines.copy(), 2.5) @ weights).max() < 0.01 * np.abs(weights).sum(axis=0).max()
        assert near == pytest.approx(np.sort(cosines)[-NEIGHBOURS:].mean(), abs=0.01)


def test_nearness_leaves_the_phrasing_itself_out() -> None:
    vectors = np.random.default_rng(2).normal(size=(600, 8)).astype(np.float32)
    cosines = vectors @ vectors.T
    others = [np.sort(np.delete(row, at))[-NEIGHBOURS:].mean() for at, row in enumerate(cosines)]
    assert nearness(cosines) == pytest.approx(others, rel=1e-5)


def test_products_are_those_of_common_and_rare_features() -> None:
    often = sparse.random(300, 20, 0.9, "csr", np.float32, random_state=3)
    seldom = sparse.random(300, 500, 0.01, "csr", np.float32, random_state=4)
    features = sparse.hstack([often, seldom], "csr")
    kernel = np.ones((300, 300), np.float32)
    add_products(kernel, features)
    assert kernel == pytest.approx(1 + (features @ features.T).toarray(), rel=1e-5)


def test_kernel_of_fewer_phrasings_than_neighbours() -> None:
    asked = np.eye(1, 4, dtype=np.float32)[0]
    assert Kernel.of(np.eye(2, 4), np.ones((2, 1)), sharpness=1.0).scores(asked)[1] == pytest.approx(0.5, abs=0.01)


@pytest.fixture(scope="module")
def clusters() -> tuple[np.ndarray, np.ndarray]:
    """Return a linear kernel of points around three centres in a row, twelve to each, and the points' centres.

    Least squares never finds the middle one, which lies lower than the one or the other line everywhere.
    """
    numbers = np.arange(36) % 3
    points = np.random.default_rng(1).normal(scale=0.3, size=36).astype(np.float32) + 3 * (numbers - 1)
    return np.outer(points, points) + 1, numbers


def test_ridge_knows_what_it_would_say_unseen(clusters) -> None:
    kernel, numbers = clusters
    seen = np.arange(len(numbers)) != 5
    penalties = replace(PENALTIES, balance=0.0)
    found = ridge(kernel, numbers, penalties)
    without = ridge(kernel[np.ix_(seen, seen)], numbers[seen], penalties)
    assert np.allclose(found.unseen[5], kernel[5, seen] @ without.weights, atol=1e-3)


def test_better_loss_on_unseen_phrasings_is_taken(clusters) -> None:
    kernel, numbers = clusters
    found, plain = solve(kernel, numbers, PENALTIES), ridge(kernel, numbers, PENALTIES)
    right = (found.unseen.argmax(axis=1) == numbers).mean()
    assert right > (plain.unseen.argmax(axis=1) == numbers).mean() + 0.2
    # Where logistic regression is at its best, its weights are what is still wrong, times the inverse penalty.
    shares = np.exp(kernel @ found.weights)
    shares /= shares.sum(axis=1, keepdims=True)
    assert np.allclose(found.weights, PENALTIES.inverse * (np.eye(3)[numbers] - shares), atol=0.05)


def test_few_phrasings_of_a_label_are_left_to_ridge(clusters) -> None:
    kernel, numbers = (each[: 3 * (FOLDS - 1)] for each in clusters)
    kernel = kernel[:, : len(numbers)]
    assert np.array_equal(solve(kernel, numbers, PENALTIES).weights, ridge(kernel, numbers, PENALTIES).weights)


def test_ngrams_weigh_as_scikit_learn_does() -> None:
    texts = [each.text for each in PHRASINGS] * 2 + ["a word, a WORD; ok?", "x"]
    vectoriser = TfidfVectorizer(
        sublinear_tf=True, dtype=np.float32, ngram_range=(1, 2), token_pattern=r"(?u)\b\w+\b"
    ).fit(texts)
    vocabulary = sorted(vectoriser.vocabulary_, key=vectoriser.vocabulary_.get)
    ours = Ngrams(words_of, itself, vocabulary, vectoriser.idf_)
    for text in (*texts, "an unseen word about the visa"):
        row = vectoriser.transform([text])
        columns, weights = ours.weights(text)
        dense = np.zeros(len(vocabulary), np.float32)
        dense[columns] = weights
        assert np.allclose(dense, row.toarray()[0], atol=1e-6)


def test_saved_classifier_runs_no_code(encoder, tmp_path) -> None:
    texts = [each.text for each in PHRASINGS]
    kinds = [set() for _ in texts]
    Classifier.train(texts, texts, kinds, encoder.encode(texts), [each.label for each in PHRASINGS]).save(tmp_path)
    for path in tmp_path.glob("*.npz"):
        with np.load(path, allow_pickle=False) as stored:
            assert all(stored[name].dtype != object for name in stored.files)


def test_loaded_reader_reads_the_same(reader, encoder, tmp_path) -> None:
    reader.save(tmp_path)
    loaded = Reader.load(tmp_path, encoder)
    for text in ("do they give visas", "thx", "univercities in austrlia", "%&/"):
        before, after = reader.read(text), loaded.read(text)
        assert (before.intents, before.topics, before.names) == (after.intents, after.topics, after.names)
        assert (before.known, before.sureness) == (after.known, after.sureness)


# --- model files ------------------------------------------------------------------------------------------------------


@pytest.fixture
def published(tmp_path) -> Path:
    """Return a folder with the published files, as links; a test may put another in place of one."""
    folder = tmp_path / "published"
    folder.mkdir()
    for name in model_files.PUBLISHED:
        (folder / name).symlink_to(packaged_files() / name)
    return folder


def folders(path) -> list[str]:
    return sorted(each.name for each in path.iterdir() if each.name != "published")


@pytest.mark.parametrize("changed", sorted(model_files.PUBLISHED))
def test_changed_file_is_refused(published, tmp_path, changed) -> None:
    (published / changed).unlink()
    (published / changed).write_bytes(b"something else")
    with pytest.raises(ModelFilesError) as refused:
        prepare(tmp_path / "encoder", published)
    assert changed in str(refused.value) and "SHA-256" in str(refused.value) and "\n" not in str(refused.value)
    assert folders(tmp_path) == []


def test_missing_file_is_named(published, tmp_path) -> None:
    (published / TOKENIZER).unlink()
    with pytest.raises(ModelFilesError, match=f"{TOKENIZER} is missing"):
        prepare(tmp_path / "encoder", published)


def test_stopped_preparation_leaves_nothing(published, tmp_path, monkeypatch) -> None:
    def stop(source, target) -> NoReturn:
        target.write_bytes(b"half")
        raise KeyboardInterrupt

    monkeypatch.setattr("nlu.encoding.onnx_graph.build_graph", stop)
    with pytest.raises(KeyboardInterrupt):
        prepare(tmp_path / "encoder", published)
    assert folders(tmp_path) == []


def test_failed_preparation_keeps_the_old(published, tmp_path, monkeypatch) -> None:
    old = tmp_path / "encoder"
    old.mkdir()
    (old / GRAPH).write_text("of another version")
    monkeypatch.setattr("nlu.encoding.onnx_graph.build_graph", lambda source, target: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        prepare(old, published)
    assert folders(tmp_path) == ["encoder"] and (old / GRAPH).read_text() == "of another version"


@pytest.mark.parametrize("damaged", [GRAPH, TOKENIZER, ORIGIN])
def test_damage_after_preparing_is_noticed(tmp_path, damaged) -> None:
    folder = shutil.copytree(Settings.from_environment().encoder_dir, tmp_path / "encoder")
    assert check(folder) is None
    (folder / damaged).write_bytes(b"{}")
    assert "make setup" in check(folder)
    with pytest.raises(ModelFilesError):
        Encoder(folder)


def test_prepared_folder_is_left_alone(tmp_path) -> None:
    folder = shutil.copytree(Settings.from_environment().encoder_dir, tmp_path / "encoder")
    before = (folder / ORIGIN).stat().st_mtime_ns
    assert prepare(folder, tmp_path / "nowhere") == folder
    assert (folder / ORIGIN).stat().st_mtime_ns == before


def test_killed_preparation_is_done_again(published, tmp_path) -> None:
    """Killed outright, nothing can be tidied up; but the folder is not there until it is whole."""
    program = (
        "import os, sys, pathlib; import nlu.encoding.onnx_graph as graph; from nlu.encoding.model_files import prepare\n"
        "graph.build_graph = lambda source, target: (target.write_bytes(b'half'), os.kill(os.getpid(), 9))\n"
        "prepare(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))"
    )
    target = tmp_path / "encoder"
    done = subprocess.run([sys.executable, "-c", program, str(target), str(published)], cwd=PROJECT_ROOT)
    assert done.returncode == -9 and not target.exists() and "make setup" in check(target)
    assert check(prepare(target, published)) is None
