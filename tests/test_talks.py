"""Conversations that staff kept as tests, and the tool that plays them."""

from typing import Any

import pytest

from core.contract.turns import TURNS_PATH
from training.evaluation.conversations import TalkWrong, play, talks


@pytest.fixture
def ask(advisor) -> Any:
    number = iter(range(1000))

    def send(sender, text) -> Any:
        body = {"conversation": f"talk-{sender}", "message_id": f"{next(number)}", "text": text, "channel": "rest"}
        status, turn = advisor.post(TURNS_PATH, {**body, "metadata": {}})
        assert status == 200
        return turn

    return send


@pytest.mark.parametrize("talk", talks(), ids=lambda talk: talk.file.stem)
def test_talk_goes_as_it_did(talk, ask) -> None:
    wrong = play(talk, ask)
    if talk.misread and wrong:
        pytest.xfail(f"known misreading: {', '.join(wrong)}")
    assert wrong == []


def test_check_tells_what_was_read(tmp_path) -> None:
    """A check is held to a form and to one of the things that were found."""
    turn = "- {say: how many in canada, form: how_many, thing: destination/canada}"
    (tmp_path / "misread-1.yml").write_text(f"name: x\nmisread: true\nturns:\n{turn}\n")
    [talk] = talks(tmp_path)
    found = [{"entity": "field", "value": "nursing"}, {"entity": "destination", "value": "canada"}]
    read = {"understanding": {"form": "how_many", "entities": found}, "messages": []}
    assert talk.misread and play(talk, lambda sender, text: read) == []
    read["understanding"] = {"form": "what", "entities": found[:1]}
    assert play(talk, lambda sender, text: read) == [
        "turn 1: form is what, not how_many",
        "turn 1: thing is field/nursing, not destination/canada",
    ]


def test_wrong_expectation_is_told(tmp_path, ask) -> None:
    (tmp_path / "one.yml").write_text("name: one\nturns:\n- say: hello\n  outcome: declined\n")
    [talk] = talks(tmp_path)
    assert play(talk, ask) == ["turn 1: outcome is smalltalk, not declined"]


@pytest.mark.parametrize(
    "text", ["name: x\nturns: []\n", "turns:\n- say: x\n", "name: x\nturns:\n- says: x\n", "[", ""]
)
def test_file_that_is_no_talk_is_named(tmp_path, text) -> None:
    (tmp_path / "odd.yml").write_text(text)
    with pytest.raises(TalkWrong, match="odd.yml is no conversation"):
        talks(tmp_path)
