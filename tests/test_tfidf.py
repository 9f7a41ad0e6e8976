"""N-grams weigh what scikit-learn's TfidfVectorizer weighs."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from nlu.classification.tfidf import Ngrams, itself, letter_grams, letters_of, words_of

TEXTS = ["What is a visa?", "what is THE fee, the fee", "  tabs\tand\nlines ", "x", "", "été à l'université", "a b a b"]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ((letters_of, letter_grams, 2), {"analyzer": "char_wb", "ngram_range": (2, 4), "min_df": 2}),
        ((words_of, itself, 1), {"ngram_range": (1, 2), "token_pattern": r"(?u)\b\w+\b"}),
    ],
    ids=["letters", "words"],
)
def test_ngrams_weigh_what_sklearn_weighs(ours, theirs) -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer

    sklearn = TfidfVectorizer(sublinear_tf=True, dtype=np.float32, **theirs).fit(TEXTS)
    ngrams = Ngrams.seen_in(TEXTS, *ours)
    assert ngrams.vocabulary == sorted(sklearn.vocabulary_)
    for text in [*TEXTS, "a visa for the university", "nothing"]:
        columns, weights = ngrams.weights(text)
        dense = np.zeros(len(ngrams.vocabulary), np.float32)
        dense[columns] = weights
        assert dense == pytest.approx(sklearn.transform([text]).toarray()[0], abs=1e-6)


def test_words_worked_out_weigh_the_same() -> None:
    plain, ready = (Ngrams.seen_in(TEXTS, letters_of, letter_grams) for _ in range(2))
    ready.work_out(["visa", "fee"])
    for text in [*TEXTS, "somebody's name"]:
        assert [one.tolist() for one in ready.weights(text)] == [one.tolist() for one in plain.weights(text)]
    assert set(ready._worked_out) == {"visa", "fee"}, "what people write must not be kept"


def test_ngrams_are_counted_by_many_threads_at_once() -> None:
    ngrams = Ngrams.seen_in(TEXTS, letters_of, letter_grams)
    expected, found = ngrams.weights(TEXTS[1])[0].tolist(), []
    threads = [threading.Thread(target=lambda: found.append(ngrams.weights(TEXTS[1])[0].tolist())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 8
