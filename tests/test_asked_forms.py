"""Forms that are asked for by name are kept to: a summary in points, both sides, a checklist, the first step, the source."""

from __future__ import annotations

import pytest

from tests.engine_fixtures import Advisor, Conversation

BEGUN = ("I'm a florist and I'd like to learn digital marketing", "is it online?", "how much is it?", "how long is it?")


def _said(advisor: Advisor, *messages: str) -> str:
    """Return the last reply of a conversation."""
    talk = Conversation(advisor)
    return "\n\n".join(one["text"] for one in [talk.say(one) for one in messages][-1].messages)


def _points(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("- ")]


@pytest.mark.parametrize(
    ("wish", "number"), [("Sum up in three bullets for my manager", 3), ("five bullet points for my family", 5)]
)
def test_a_summary_has_as_many_points_as_are_wanted_and_nothing_around_them(
    advisor: Advisor, wish: str, number: int
) -> None:
    lines = _said(advisor, *BEGUN, wish).splitlines()
    assert lines == _points("\n".join(lines)) and len(lines) == number
    assert "digital marketing" in lines[0] and "check" in lines[-2] + lines[-1]


def test_too_long_after_a_short_reply_means_the_conversation(advisor: Advisor) -> None:
    text = _said(advisor, *BEGUN, "do I need experience?", "tl;dr please")
    assert "digital marketing" in text and "still open" in text and "Often you don't" not in text


def test_a_summary_knows_only_the_place_that_replaced_another(advisor: Advisor) -> None:
    text = _said(
        advisor,
        "I'm a midwife and I'd like to go to Germany",
        "which institutions are there?",
        "sorry, I meant Australia, not Germany",
        "recap please",
    )
    assert "Australia" in text and "EU" not in text and "Germany" not in text


def test_a_long_list_is_not_cut_by_a_number(advisor: Advisor) -> None:
    text = _said(advisor, "which benefits are there?", "who offers them?", "how long do they take?", "recap")
    assert "among others" in text and " more" not in text


def test_what_to_do_first_is_one_step_where_it_is_asked_again(advisor: Advisor) -> None:
    told = "I'm a florist and I'd like to learn digital marketing"
    steps = _said(advisor, told, "what do I do first?")
    again = _said(advisor, told, "what do I do first?", "tell me again what to do first, I mean the first step")
    assert "2. " in steps and again.startswith("First, look for") and "\n" not in again


def test_steps_in_one_sentence_are_whole(advisor: Advisor) -> None:
    text = _said(advisor, "I'm a florist and I'd like to learn digital marketing", "what are my next steps?", "shorter")
    assert "accreditation and show it well" not in text


@pytest.mark.parametrize("asked", ["pros and cons please", "what are the upsides and downsides? as a table"])
def test_both_sides_have_as_many_points(advisor: Advisor, asked: str) -> None:
    in_favour, against = _said(advisor, *BEGUN, asked).split("**Against it:**")
    assert in_favour.startswith("**For it:**")
    assert len(_points(in_favour)) == len(_points(against)) == 4
    assert "digital marketing" in _points(in_favour)[0], "what is known of the person's field comes first"


def test_both_sides_in_a_number(advisor: Advisor) -> None:
    text = _said(advisor, "what is a badge?", "give me two pros and two cons")
    assert len(_points(text)) == 4


def test_a_checklist_is_a_list_of_what_to_look_at(advisor: Advisor) -> None:
    points = _points(_said(advisor, "how do we recognise a serious provider? a short checklist please"))
    assert len(points) == 5 and "Accreditation" in points[0]


@pytest.mark.parametrize("asked", ["Says who?", "and who says so", "source?"])
def test_who_says_so_names_the_section(advisor: Advisor, asked: str) -> None:
    assert "Key features" in _said(advisor, "How long do they take?", asked)


def test_where_it_counts_and_where_not_has_no_line_of_work_on_both_sides(advisor: Advisor) -> None:
    text = _said(advisor, "Which sectors take badges seriously, and which do not?")
    accepted, _, preferred = text.partition("Prefer formal degrees")
    assert "cybersecurity" in accepted and "engineering" in preferred and "engineering" not in accepted


def test_a_country_names_no_institution_twice(advisor: Advisor) -> None:
    assert _said(advisor, "Tell me about Belgium").count("Leuven") == 1


def test_a_claim_that_leads_stands_by_itself(advisor: Advisor) -> None:
    assert _said(advisor, "which jobs could I do from home afterwards?").startswith("Jobs in IT")
    assert _said(advisor, "other than its length, how is it unlike a degree?").startswith("Beside its shorter length")
