"""Claims: what the builder takes and refuses, which of them fits a question, and what the reply makes of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from actions.claims import Asking, Candidate, best_of_topic, choose_claim
from actions.context import DialogueState, Understanding
from actions.follow_up_router import tell_more
from actions.replies.claims.answers import answer_claim, shared_words
from actions.replies.claims.verdicts import without_side
from actions.topics import answer_topic
from core.contract.question_forms import CLAIM_FORMS, FORMS, agreement
from knowledge.building.build import build
from knowledge.errors import SourcesRefused, UnknownKey
from knowledge.knowledge_base import Knowledge, open_knowledge
from knowledge.models import Claim, NearClaim, Source, Topic, TopicItem, TopicLink
from tests.knowledge_fixtures import SOURCES, word_vectors, write_sources

BENEFITS = "guide/benefits.yml"
CLAIMS = """\
    claims:
      - say: Yes, you speak better after living abroad.
        form: yes_no
        asks:
          - does living there help my English
          - would I speak better afterwards
      - say: A few weeks, in Canada.
        form: how_long
        asks:
          - how long in Canada until it helps
          - weeks needed in canada
        source: faq/5-visa
      - say: People who teach in the UK.
        form: who
        asks:
          - who teaches the language
          - name the teachers
        source: challenges
"""


def with_claims(*changes: tuple[str, str]) -> dict[str, str]:
    claims = CLAIMS
    for old, new in changes:
        assert old in claims
        claims = claims.replace(old, new, 1)
    return {BENEFITS: SOURCES[BENEFITS] + claims}


def built(folder: Path, encode=word_vectors) -> Knowledge:
    sources = write_sources(folder / "knowledge", with_claims())
    return open_knowledge(build(sources, folder / "knowledge.db", folder / "generated", encode).database)


@pytest.fixture
def claimed(tmp_path) -> Knowledge:
    return built(tmp_path)


def test_claims_are_read_in_order(claimed) -> None:
    claims = claimed.claims("benefits/language")
    assert [(claim.number, claim.form) for claim in claims] == [(0, "yes_no"), (1, "how_long"), (2, "who")]
    assert claims[1] == claimed.claim("benefits/language", 1)
    assert claimed.stats()["claim"] == 3
    assert claimed.claims("challenges/visa") == []


def test_source_is_the_topics_own_unless_named(claimed) -> None:
    assert [claim.source.key for claim in claimed.claims("benefits/language")] == ["benefits", "faq", "challenges"]


def test_claim_knows_what_it_names(claimed) -> None:
    about, mentioned = {("destination", "canada")}, {("destination", "uk")}
    assert claimed.claim("benefits/language", 1).about == about
    assert claimed.claim("benefits/language", 2).about == set()
    assert claimed.claim("benefits/language", 2).mentions == mentioned


def test_unknown_claim_is_refused(claimed) -> None:
    assert not claimed.has_claim("benefits/language", 3)
    with pytest.raises(UnknownKey):
        claimed.claim("benefits/language", 3)


REFUSALS = {
    "unknown form": (
        with_claims(("form: yes_no", "form: yesno")),
        "guide/benefits.yml:12: 'form' cannot be 'yesno'. Did you mean 'yes_no'?",
    ),
    "nothing said": (with_claims(("Yes, you speak better after living abroad.", '" "')), ":11: 'say' is empty"),
    "long-winded": (
        with_claims(("Yes, you speak better after living abroad.", "word " * 46)),
        ":11: 'say' has 46 words, 45 at most are a short answer",
    ),
    "one question": (
        with_claims(("          - weeks needed in canada\n", "")),
        ":19: 'asks' holds 1, and needs 2 at least",
    ),
    "no questions": (
        with_claims(("          - name the teachers\n", ""), ("          - who teaches the language\n", "")),
        ":24: 'asks' is empty",
    ),
    "unknown source": (
        with_claims(("source: challenges", "source: challanges")),
        ":27: 'source' names the unknown topic or section 'challanges'. Did you mean",
    ),
    "asked twice": (
        with_claims(("name the teachers", "Weeks needed, in Canada?")),
        ":26: the question 'Weeks needed, in Canada?' is asked of two claims (under benefits/language). Keep it with the one "
        "that answers it fully. It stands first in knowledge/guide/benefits.yml:20",
    ),
    "left open": (
        with_claims(("name the teachers", "How much does it cost?")),
        ":26: the question 'How much does it cost?' is a phrasing of not-stated/fees, which the guide leaves open",
    ),
    "markup": (
        with_claims(("name the teachers", "name [the] teachers")),
        ":26: the question 'name [the] teachers' holds",
    ),
    "unknown key": (with_claims(("form: who", "from: who")), "unknown key 'from'. Did you mean 'form'?"),
}


@pytest.mark.parametrize(("changes", "said"), REFUSALS.values(), ids=REFUSALS)
def test_bad_claim_is_refused(tmp_path, changes, said) -> None:
    sources = write_sources(tmp_path / "knowledge", changes)
    with pytest.raises(SourcesRefused) as refused:
        build(sources, tmp_path / "knowledge.db", tmp_path / "generated")
    assert any(said in str(problem) for problem in refused.value.problems), refused.value.problems


def test_likest_claim_is_first(claimed) -> None:
    (vector,) = word_vectors(["who teaches English"])
    ranked = claimed.rank_claims(vector, "statement", {})
    assert (ranked[0].topic, ranked[0].number) == ("benefits/language", 2)
    assert len(claimed.rank_claims(vector, "statement", {}, limit=2)) == 2


@pytest.mark.parametrize(("asked", "first"), [("speak better?", 0), ("Weeks needed ...", 1), ("naming a teacher", 2)])
def test_words_decide_where_meanings_are_alike(tmp_path, asked, first) -> None:
    """The encoder that stands in here can't tell any two texts apart."""
    alike = built(tmp_path, lambda texts: np.full((len(texts), 384), 384**-0.5, np.float32))
    vector = np.full(384, 384**-0.5, np.float32)
    assert alike.rank_claims(vector, "statement", {}, text=asked)[0].number == first


@pytest.mark.parametrize(("form", "first"), [("yes_no", 0), ("how_long", 1), ("who", 2)])
def test_form_decides_between_equals(claimed, form, first) -> None:
    assert claimed.rank_claims(np.zeros(384, np.float32), form, {})[0].number == first


def test_likely_topic_raises_the_score_and_not_the_likeness(claimed) -> None:
    (vector,) = word_vectors(["who teaches"])
    without, likely = (claimed.rank_claims(vector, "who", shares)[0] for shares in ({}, {"benefits/language": 0.9}))
    assert likely.score > without.score and likely.likeness == without.likeness
    assert claimed.rank_claims(vector, "who", {"not-stated/fees": 1.0})[0] == without


def test_guide_without_vectors_ranks_none(tmp_path) -> None:
    assert built(tmp_path, None).rank_claims(np.ones(384), "who", {}) == []


def test_wrong_vector_is_refused(claimed) -> None:
    with pytest.raises(ValueError, match="3 numbers"):
        claimed.rank_claims(np.ones(3), "who", {})


def test_forms_agree_with_themselves() -> None:
    assert {agreement(form, form) for form in CLAIM_FORMS} == {1}
    assert {agreement("statement", form) for form in CLAIM_FORMS} == {0}
    assert agreement("who", "yes_no") == agreement("yes_no", "who") == agreement("how_long", "how_much") == -1
    assert {agreement(asked, answered) for asked in FORMS for answered in CLAIM_FORMS} == {1, 0, -1}


SECTION = Source("benefits", "Benefits", "Benefits")


def a_claim(say="Yes, it helps.", topic="a/one", number=0, form="yes_no", about=(), mentions=()) -> Claim:
    return Claim(topic, number, say, form, SECTION, frozenset(about), frozenset(mentions))


def near(claim: Claim, fit: float = 0.7, share: float = 0.0) -> Candidate:
    return Candidate(claim, fit, share)


AUSTRALIA, CANADA = ("destination", "australia"), ("destination", "canada")
YES, NO = a_claim("Yes, it helps you greatly."), a_claim("No, not with each firm that hires.", number=4)
BARE_YES = replace(YES, say="It helps you greatly.")
OTHER = a_claim("Because the market wants such skills.", topic="b/two")
BOTH = a_claim("Bridges and tunnels.", form="which"), a_claim("Ships can carry you over.", number=1, form="which")
CHOSEN = {
    "the likeliest": ([near(YES), near(OTHER, 0.3)], (), YES),
    "nothing is likely": ([near(YES, 0.3)], (), None),
    "no candidates": ([], (), None),
    "another topic as likely": ([near(YES), near(OTHER, 0.65)], (), YES),
    "both sides, the rule": ([near(NO, 0.71), near(YES, 0.67)], (), YES),
    "the other side is far": ([near(NO, 0.71), near(YES, 0.4)], (), NO),
    "no against yes of another topic": ([near(YES), near(replace(NO, topic="b/two"))], (), BARE_YES),
    "a no of another topic, less likely": ([near(YES), near(replace(NO, topic="b/two"), 0.55)], (), YES),
    "of equals the first said": ([near(replace(YES, number=3)), near(YES, 0.69)], (), YES),
    "of its topic as surely": ([near(BOTH[0]), near(BOTH[1], 0.65)], (), BOTH[0]),
    "nearly as likely and more about what is asked": (
        [replace(near(YES), covered=0.5), near(OTHER, 0.6)],
        (),
        OTHER,
    ),
    "another country": ([near(a_claim(about=[AUSTRALIA])), near(OTHER, 0.6)], [CANADA], OTHER),
    "the same country": ([near(a_claim(about=[CANADA])), near(OTHER, 0.4)], [CANADA], a_claim(about=[CANADA])),
    "one of two countries": ([near(a_claim(about=[CANADA]))], [CANADA, AUSTRALIA], a_claim(about=[CANADA])),
    "mentions the country": (
        [near(a_claim(mentions=[CANADA, AUSTRALIA]))],
        [CANADA],
        a_claim(mentions=[CANADA, AUSTRALIA]),
    ),
    "a place outside": ([near(a_claim(about=[AUSTRALIA]))], [("place", "france")], None),
    "in general for a country": ([near(OTHER)], [CANADA], OTHER),
    "another kind of name": ([near(a_claim(about=[AUSTRALIA]), 0.9)], [("field", "ai")], a_claim(about=[AUSTRALIA])),
}


@pytest.mark.parametrize(("candidates", "named", "chosen"), CHOSEN.values(), ids=CHOSEN)
def test_one_claim_is_chosen(candidates, named, chosen) -> None:
    assert choose_claim(candidates, named) == chosen


def said(candidates: list[Candidate], **more) -> str:
    """Return what the claim says that is chosen."""
    claim = choose_claim(candidates, **more)
    assert claim
    return claim.say


def test_less_is_enough_where_a_whole_topic_would_answer() -> None:
    assert choose_claim([near(YES, 0.3)], least=0.2) and not choose_claim([near(YES, 0.3)])


def test_claim_about_a_thing_must_hold_what_is_asked_of_it() -> None:
    of_thing = near(a_claim(about=[CANADA]), 0.6)
    assert choose_claim([of_thing], [CANADA])
    assert not choose_claim([replace(of_thing, covered=0.0)], [CANADA])
    assert choose_claim([replace(of_thing, covered=0.0, fit=0.75)], [CANADA])


def test_best_claim_of_one_topic() -> None:
    candidates = [near(OTHER), near(YES, 0.4), near(NO, 0.3)]
    best = best_of_topic(candidates, "a/one")
    assert best and best.claim == YES
    assert best_of_topic([near(YES, 0.15)], "a/one") is None


def test_who_weighs_is_heard_instead_of_a_plain_no() -> None:
    plain = a_claim("No. Small shops have never heard of apples.", topic="a/firms")
    weighing = a_claim("Many do, but not all. Leading firms eat pears.", topic="a/eaters", number=1)
    assert said([near(plain), near(weighing, 0.6)], asking=Asking(always=False)) == weighing.say
    assert said([near(plain), near(weighing, 0.6)]) == plain.say


def test_yes_and_no_answer_only_what_is_asked() -> None:
    assert said([near(YES, 0.5)]) == YES.say
    assert said([near(YES, 0.5)], asking=Asking(False, says_no=True)) == without_side(YES.say)
    assert said([near(YES)], asking=Asking(False, says_no=True)) == YES.say
    assert said([near(YES, 0.25)], least=0.2) == without_side(YES.say)


@pytest.mark.parametrize("asking", [Asking(False, denies=True), Asking(True, of_all=True)], ids=["without", "for sure"])
def test_a_yes_that_may_mean_the_opposite_is_left_out(asking) -> None:
    turned = replace(near(YES, 0.85), turned=True)
    assert choose_claim([turned], asking=asking) == BARE_YES
    assert said([near(YES, 0.85)], asking=Asking(False)) == YES.say


def test_why_something_is_liked_is_no_reason_against_it() -> None:
    against = a_claim("Because many firms don't know them.", form="why")
    liked = a_claim("Because they show skill.", number=1, form="why")
    candidates = [near(against), near(liked, 0.6)]
    assert choose_claim(candidates) == liked
    assert choose_claim(candidates, asking=Asking(doubts=True)) == against


TOPIC = Topic(
    key="a/one",
    title="One",
    answer="Many do, but not all. Firms of every size hire for it. They look for proof of skill.",
    items=(TopicItem("Apples", "", None), TopicItem("Pears", "", None)),
    more="",
    sources=(SECTION,),
    related=(TopicLink("b/two", "Two"),),
    owner="Editors",
    reviewed=None,  # type: ignore[arg-type]  # of no use here
)
SAID = {
    "a yes": (YES, "yes_no", YES.say),
    "no yes to another form": (YES, "how", BARE_YES.say),
    "no yes to a statement": (YES, "statement", BARE_YES.say),
    "a reason to why": (replace(OTHER, topic="a/one", form="why"), "why", OTHER.say),
    "a reason to another form": (replace(OTHER, topic="a/one", form="why"), "what", "The market wants such skills."),
    "a name": (a_claim("Udacity.", form="who"), "who", "Udacity."),
}


@pytest.mark.parametrize(("claim", "form", "text"), SAID.values(), ids=SAID)
def test_reply_is_the_claim_and_nothing_else(claim, form, text) -> None:
    reply = answer_claim(TOPIC, claim, form)
    assert (reply.text, reply.topic, reply.outcome, reply.source_keys) == (text, "a/one", "answered", ("benefits",))


def test_all_of_the_topic_is_a_button_unless_the_claim_has_said_it() -> None:
    assert [one.title for one in answer_claim(TOPIC, YES, "yes_no").buttons] == ["Two", "One"]
    short = replace(TOPIC, answer=YES.say, items=())
    assert [one.title for one in answer_claim(short, YES, "yes_no").buttons] == ["Two"]


def test_words_are_compared_by_their_stems() -> None:
    assert shared_words("Many credentials", "one credential here") == 1
    assert shared_words("apples and pears", "pears") == 0.5
    assert shared_words("the", "anything") == 1


def asked(**more) -> Understanding:
    ranked = tuple(NearClaim("benefits/language", number, 0.8, 0.7, fit=0.7) for number in (1, 9))
    return replace(
        Understanding.from_message({"intent": {"name": "ask_topic"}, "topic": about("benefits/language")}),
        claims=ranked,
        **more,
    )


def about(key: str) -> dict:
    return {"ranking": [{"key": key, "confidence": 0.9}], "form": "how_long"}


def test_answer_and_more(claimed) -> None:
    first = answer_topic(claimed, asked(), DialogueState())
    assert first.reply.text == "A few weeks, in Canada."
    assert first.reply.topic == "benefits/language"
    assert first.reply.source_keys == first.state.sources == ("faq",)
    state = DialogueState.from_slot(first.state.as_slot())
    assert state.brief
    more = tell_more(claimed, Understanding(intent="more"), state)
    assert more.reply.text == claimed.topic("benefits/language").answer
    assert not more.state.brief


def test_claim_of_another_topic_is_followed(claimed) -> None:
    understanding = Understanding.from_message(
        {
            "intent": {"name": "ask_topic"},
            "topic": about("challenges/visa"),
            "claims": [{"topic": "benefits/language", "number": 1, "score": 0.8, "likeness": 0.95, "fit": 0.7}],
        }
    )
    answer = answer_topic(claimed, understanding, DialogueState())
    assert (answer.reply.topic, answer.state.topic) == ("benefits/language", "benefits/language")


def test_what_is_left_open_stays_open(claimed) -> None:
    understanding = asked()
    left_open = replace(understanding, topics=Understanding.from_message({"topic": about("not-stated/fees")}).topics)
    assert answer_topic(claimed, left_open, DialogueState()).reply.outcome == "declined"


def test_question_about_another_country_gets_the_topic(claimed) -> None:
    answer = answer_topic(claimed, asked(names={"destination": ("uk",)}), DialogueState())
    assert answer.reply.text == claimed.topic("benefits/language").answer
    assert not answer.state.brief


def test_two_questions_get_a_claim_each_where_one_fits(claimed) -> None:
    def told(near: float) -> str:
        understanding = asked(second="challenges/timezone")
        second = NearClaim("challenges/timezone", 1, 0.8, 0.7, fit=near)
        understanding = replace(understanding, claims=(*understanding.claims, second))
        return answer_topic(claimed, understanding, DialogueState()).reply.text

    assert told(0.2).startswith("A few weeks, in Canada.\n\nLive sessions")
    assert told(0.02) == "A few weeks, in Canada."  # nothing of the second topic is asked
