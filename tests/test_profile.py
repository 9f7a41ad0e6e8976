"""The profile: grown, corrected and kept over turns, and what advice makes of it; pure, without an engine."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actions.advice.advise import give_advice
from actions.advice.profile import merged, missing
from actions.advice.profile_state import kept, warmly
from actions.advice.summary import sum_up
from actions.base import Answer
from actions.context import DialogueState, Names, Ranked, Understanding
from actions.dialogue.turn import answer_turn
from actions.replies.base import ANSWERED, DECLINED, Reply
from core.contract.intents import SUM_UP
from core.contract.question_forms import STATEMENT
from core.settings import Settings
from knowledge.knowledge_base import Knowledge, open_knowledge

NURSE: Names = {
    "work": ("a nurse",),
    "work_field": ("nursing",),
    "work_industry": ("healthcare",),
    "origin": ("place/kenya",),
}


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return open_knowledge(Settings().knowledge_db)


@pytest.mark.parametrize(
    ("before", "said", "after"),
    [
        ({}, {"origin": ("place/kenya",)}, {"origin": ("place/kenya",)}),
        ({"origin": ("place/india",)}, {"origin": ("place/nepal",)}, {"origin": ("place/nepal",)}),
        ({"mode": ("in-person",)}, {"mode": ("online",)}, {"mode": ("online",)}),
        ({"mode": ("online",)}, {"avoid": ("mode/online",)}, {"avoid": ("mode/online",)}),
        ({"avoid": ("mode/online",)}, {"mode": ("online",)}, {"mode": ("online",)}),
        ({"field": ("ai",)}, {"avoid": ("field/ai",)}, {"avoid": ("field/ai",)}),
        ({"place": ("destination/uk",)}, {"avoid": ("destination/uk",)}, {"avoid": ("destination/uk",)}),
        ({"limits": ("children",)}, {"limits": ("no-travel",)}, {"limits": ("children", "no-travel")}),
        ({"time": ("evenings",)}, {"time": ("3 months",)}, {"time": ("evenings", "3 months")}),
        (NURSE, {"work": ("a cook",)}, {"work": ("a cook",), "origin": ("place/kenya",)}),
        (NURSE, {}, NURSE),
        (
            {"origin": ("place/nepal",)},
            {"lives": ("place/qatar",), "origin": ("place/qatar",)},
            {"origin": ("place/nepal",), "lives": ("place/qatar",)},
        ),
        ({"field": ("ai",)}, {"field": ("ux-ui-design",)}, {"field": ("ux-ui-design",)}),
        ({**NURSE, "past": ("work",)}, {"work": ("a cook",)}, {"work": ("a cook",), "origin": ("place/kenya",)}),
        (
            {"age": ("40",), "own": ("age",)},
            {"age": ("18",), "for_whom": ("son",)},
            {"age": ("18",), "for_whom": ("son",)},
        ),
    ],
)
def test_what_is_said_last_counts(before, said, after) -> None:
    assert merged(before, said) == after


@pytest.mark.parametrize(
    ("profile", "advised", "question"),
    [
        ({}, (), "field"),
        ({"field": ("ai",)}, (), "where"),
        ({"field": ("ai",), "mode": ("online",)}, (), "goal"),
        ({"field": ("ai",), "limits": ("no-travel",)}, (), "goal"),
        ({"field": ("ai",), "place": ("destination/uk",), "goal": ("promotion",)}, (), "level"),
        ({"field": ("ai",)}, ("asked:where",), "goal"),
        ({"field": ("ai",), "mode": ("online",), "goal": ("fun",), "level": ("school",)}, (), ""),
    ],
)
def test_only_what_is_missing_is_asked(profile, advised, question) -> None:
    assert missing(profile, advised) == question


def test_a_profile_survives_its_slot() -> None:
    state = DialogueState("ask_advice", profile=NURSE, advised=("asked:where", "asking:where"))
    assert DialogueState.from_slot(state.as_slot()) == state


def asked(knowledge: Knowledge, profile: Names, intent: str = "ask_advice", **more: object) -> Answer:
    return give_advice(knowledge, Understanding(intent, 1.0), DialogueState(profile=profile, **more))


def test_a_nurse_is_told_of_what_is_made_for_nurses(knowledge) -> None:
    text = asked(knowledge, NURSE).reply.text
    assert text.startswith("As a nurse from Kenya, I'd look first at **Continuing education in clinical skills")
    assert "Canada" not in text and text.rstrip().endswith("?")  # where only a field close to it is popular


def test_who_would_work_abroad_is_told_of_places_for_a_field_close_to_theirs(knowledge) -> None:
    assert "Canada" in asked(knowledge, {**NURSE, "goal": ("job-abroad",)}).reply.text


def test_where_one_lives_is_not_said_to_be_where_one_comes_from(knowledge) -> None:
    profile = {**NURSE, "lives": ("place/kenya",)}
    assert asked(knowledge, profile).reply.text.startswith("As a nurse in Kenya")
    summed_up = sum_up(knowledge, Understanding(SUM_UP, 1.0), DialogueState(profile=profile)).reply.text
    assert "you are a nurse in Kenya" in summed_up and "from" not in summed_up.split(".")[0]


def test_what_the_writer_is_is_not_said_of_whom_the_course_is_for(knowledge) -> None:
    profile = {**NURSE, "own": ("work", "origin"), "for_whom": ("son",), "field": ("ai",), "age": ("18",)}
    said = sum_up(knowledge, Understanding(SUM_UP, 1.0), DialogueState(profile=profile)).reply.text
    assert "nurse" not in said and "Kenya" not in said and "he is 18" in said


def test_a_summary_for_somebody_makes_no_course_for_them(knowledge) -> None:
    said = Understanding(SUM_UP, 1.0, about_me={"for_whom": ("husband",)})
    answer = answer_turn(knowledge, said, DialogueState(profile={**NURSE, "own": ("work",)}), sum_up)
    assert "you are a nurse" in answer.reply.text and "for_whom" not in answer.state.profile


def test_what_the_writer_tells_later_is_not_told_of_the_learner(knowledge) -> None:
    state = DialogueState("ask_advice", profile={"for_whom": ("son",)}, advised=("asked:field", "asking:field"))
    said = Understanding("choose_help", 1.0, about_me={"work": ("a lawyer",), "own": ("work",)}, tells=True)
    assert "lawyer" not in answer_turn(knowledge, said, state, give_advice).reply.text


def test_what_is_kept_is_summed_up_of_the_learner(knowledge) -> None:
    said = Understanding("ask_topic", 1.0, about_me={"for_whom": ("daughter",), "level": ("school",)})
    after = answer_turn(knowledge, said, DialogueState(), plain_answer).state
    assert "she finished school" in answer_turn(knowledge, Understanding(SUM_UP, 1.0), after, sum_up).reply.text


def test_who_wants_to_think_about_it_is_left_in_peace(knowledge) -> None:
    said = Understanding("out_of_scope", 0.3, asks=("pause",), form=STATEMENT)
    reply = answer_turn(knowledge, said, DialogueState(said=("1",)), plain_answer).reply
    assert "take your time" in reply.text and [button.title for button in reply.buttons] == ["Sum it up for me"]


def test_a_field_that_would_be_declined_is_advised(knowledge) -> None:
    said = Understanding("ask_topic", 0.3, {"field": ("ai",)}, asks=("in-field",))
    assert "For AI" in answer_turn(knowledge, said, DialogueState(), declining).reply.text


def test_a_statement_amid_advice_is_heard(knowledge) -> None:
    state = DialogueState("ask_advice", profile=NURSE, advised=("asked:where",))
    for answer_message in (declining, guessing):
        reply = answer_turn(knowledge, Understanding("refine", 0.3, form=STATEMENT), state, answer_message).reply
        assert reply.text.startswith("I see, thank you") and "stays the same" not in reply.text


def test_a_story_is_heard_and_not_declined(knowledge) -> None:
    said = Understanding("ask_topic", 0.3, form=STATEMENT, asks=("story",))
    reply = answer_turn(knowledge, said, DialogueState(), declining).reply
    assert reply.outcome == ANSWERED and reply.text.startswith("I see, thank you for telling me.")


def declining(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    return Answer(Reply("Nothing on that.", DECLINED), DialogueState())


def guessing(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    return Answer(Reply("Australia is popular.", ANSWERED), DialogueState("ask_best_destination"))


def test_work_that_is_over_is_said_so(knowledge) -> None:
    text = asked(knowledge, {**NURSE, "past": ("work",)}).reply.text
    assert text.startswith("As a former nurse from Kenya")


def test_who_is_no_professional_is_not_sent_to_a_licence(knowledge) -> None:
    text = asked(knowledge, {"field": ("healthcare",), "level": ("school",)}).reply.text
    assert "CPD" not in text and "diploma" in text


def test_a_degree_and_further_study_lead_to_graduate_level(knowledge) -> None:
    profile: Names = {
        "field": ("data-analytics",),
        "level": ("bachelor",),
        "goal": ("further-study",),
        "mode": ("online",),
    }
    assert "MicroMasters" in asked(knowledge, profile).reply.text
    assert "MicroMasters" not in asked(knowledge, {**profile, "level": ("school",)}).reply.text


def test_what_is_excluded_is_not_advised(knowledge) -> None:
    profile: Names = {"field": ("data-analytics",), "avoid": ("destination/australia", "type/nanodegree")}
    text = asked(knowledge, profile).reply.text
    assert "in **Australia**" not in text and "nanodegree" not in text.lower().replace("data analyst nanodegree", "")


def test_a_place_that_does_not_list_the_field_is_not_praised_for_it(knowledge) -> None:
    text = asked(knowledge, {"field": ("ai",), "place": ("destination/uk",)}).reply.text
    assert "Popular in the UK are" in text and "AI isn't listed there" in text and "the EU" in text


def test_a_place_that_is_not_described_is_said_so(knowledge) -> None:
    assert "nothing on Japan" in asked(knowledge, {"field": ("ai",), "place": ("place/japan",)}).reply.text


def test_a_field_that_the_guide_has_nothing_on_is_said_so(knowledge) -> None:
    assert "I know of no program for music itself" in asked(knowledge, {"field": ("music",)}).reply.text


def test_who_wants_to_leave_their_work_is_asked_for_the_field(knowledge) -> None:
    text = asked(knowledge, {**NURSE, "goal": ("new-career",)}, "choose_help").reply.text
    assert text.startswith("Which field would you like to learn")


def test_steps_come_once_everything_is_known(knowledge) -> None:
    profile: Names = {**NURSE, "mode": ("online",), "goal": ("licence",), "level": ("diploma",)}
    text = asked(knowledge, profile).reply.text
    assert (
        "1. Look for **Continuing education" in text
        and "3. **Accreditation**" in text
        and "4. " in text
        and "5. " not in text
    )


def test_money_asks_for_the_price_first(knowledge) -> None:
    profile: Names = {**NURSE, "mode": ("online",), "goal": ("licence",), "level": ("diploma",), "budget": ("tight",)}
    text = asked(knowledge, profile).reply.text
    assert (
        "whether a given course is online, what a course costs" in text and "On a tight budget: these courses" in text
    )


@pytest.mark.parametrize(
    ("limit", "said"),
    [("weak-english", "how much English"), ("access", "how accessible"), ("no-papers", "which papers")],
)
def test_what_is_not_known_for_this_person_is_said(knowledge, limit, said) -> None:
    assert said in asked(knowledge, {**NURSE, "limits": (limit,)}).reply.text


def test_the_same_question_is_not_asked_twice(knowledge) -> None:
    first = asked(knowledge, NURSE, "choose_help")
    second = give_advice(knowledge, Understanding("choose_help", 1.0), first.state)
    assert first.reply.text != second.reply.text
    assert first.reply.text.rpartition("\n")[2] != second.reply.text.rpartition("\n")[2]


def test_a_summary_tells_the_profile_and_the_plan(knowledge) -> None:
    answer = sum_up(knowledge, Understanding(SUM_UP, 1.0), DialogueState(profile={**NURSE, "mode": ("online",)}))
    assert "a nurse from Kenya" in answer.reply.text and "study online" in answer.reply.text
    assert "clinical skills" in answer.reply.text and "Accreditation" in answer.reply.text.replace("accred", "Accred")


def test_a_summary_of_nothing_says_so(knowledge) -> None:
    answer = sum_up(knowledge, Understanding(SUM_UP, 1.0), DialogueState())
    assert "nothing to sum up yet" in answer.reply.text


def test_a_summary_can_be_corrected(knowledge) -> None:
    before = sum_up(knowledge, Understanding(SUM_UP, 1.0), DialogueState(profile={**NURSE, "mode": ("online",)}))
    said = Understanding(
        "refine", 1.0, {"mode": ("in-person",)}, about_me={"mode": ("in-person",)}, tells=True, brief=True
    )
    after = answer_turn(knowledge, said, before.state, give_advice)
    assert after.state.profile["mode"] == ("in-person",) and "in person" in after.reply.text


def plain_answer(knowledge: Knowledge, understanding: Understanding, state: DialogueState) -> Answer:
    return Answer(Reply("It takes some weeks.", ANSWERED), DialogueState("ask_topic"))


def test_what_is_told_beside_a_question_is_kept_and_not_said_back(knowledge) -> None:
    said = Understanding("ask_topic", 1.0, topics=(Ranked("choosing/delivery", 1.0),), about_me=NURSE)
    first = answer_turn(knowledge, said, DialogueState(), plain_answer)
    assert first.reply.text == "It takes some weeks." and first.state.profile == NURSE
    again = answer_turn(knowledge, replace(said, about_me={"limits": ("children",)}), first.state, plain_answer)
    assert "children" not in again.reply.text
    assert again.state.profile == {**NURSE, "limits": ("children",)}


def test_nothing_told_is_nothing_acknowledged(knowledge) -> None:
    answer = Answer(Reply("Yes.", ANSWERED), DialogueState())
    assert kept(knowledge, Understanding("ask_topic"), DialogueState(), answer).reply.text == "Yes."


@pytest.mark.parametrize("intent", ["ask_best_destination", "ask_best_type"])
def test_best_for_me_is_answered_for_my_field(knowledge, intent) -> None:
    answer = answer_turn(knowledge, Understanding(intent, 1.0), DialogueState(profile=NURSE), plain_answer)
    assert "health" in answer.reply.text.lower() or "nurs" in answer.reply.text.lower()
    assert answer.reply.text != "It takes some weeks."


def test_two_wishes_are_both_told(knowledge) -> None:
    text = asked(knowledge, {"field": ("design", "data-analytics")}).reply.text
    assert text.index("For design") < text.index("For data analytics")


def test_of_two_places_that_with_the_field_is_advised(knowledge) -> None:
    places = ("destination/australia", "destination/new-zealand")
    text = asked(knowledge, {"field": ("agribusiness",), "place": places}).reply.text
    assert "first at **New Zealand**" in text and "Australia" not in text.partition("\n")[0]


def test_hardship_is_acknowledged_once(knowledge) -> None:
    said = Understanding("ask_topic", 1.0, about_me={"mood": ("nervous",)})
    answer = Answer(Reply("Yes.", ANSWERED), DialogueState())
    first = warmly(said, DialogueState(), answer)
    assert "natural to be worried" in first.reply.text
    assert warmly(said, first.state, answer).reply.text == "Yes."
