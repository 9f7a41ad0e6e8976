"""What a message refers back to, which names it excludes, and which short words in small letters are names: by their words."""

from __future__ import annotations

import pytest

from nlu.extraction.lowercase_names import is_name
from nlu.extraction.references import find_references
from nlu.text.comparatives import ranked_by
from nlu.text.negation import left_out
from nlu.text.questions import asked_once_more, questions_in
from nlu.text.sound_spelling import sound_of


@pytest.mark.parametrize(
    ("text", "back"),
    [
        ("how long does it take", {"one"}),
        ("is this one any good?", {"one"}),
        ("what does that cost", {"one"}),
        ("is it possible to stay on afterwards", set()),
        ("make it cheaper", set()),
        ("I heard that courses are short", set()),
        ("who runs them", {"many"}),
        ("are those ones online?", {"many"}),
        ("can I work there?", {"there"}),
        ("what is popular in that country", {"there", "one"}),
        ("hi there", set()),
        ("are there any in Canada", set()),
        ("which colleges are there?", {"are there"}),
        ("compare both", {"both"}),
        ("tell me about all of them", {"all", "many"}),
        ("not that one", {"not that", "one"}),
        ("forget that one", {"not that", "one"}),
        ("forget it", {"one"}),
        ("never mind that", {"one"}),
        ("and Canada?", {"and"}),
        ("what about the UK", {"and"}),
        ("same for badges", {"and"}),
        ("sorry, I meant Canada", {"meant"}),
        ("no, nanodegrees", {"meant"}),
        ("the Scottish one, please", {"the one"}),
        ("is the course at Massey any good", {"the one"}),
        ("would it be the same in Canada?", {"similar", "one"}),
        ("is there something similar in Canada", {"similar"}),
        ("and the other two?", {"rest", "and"}),
        ("do they accept it back home", {"home", "many", "one"}),
        ("right, why is that, if I may ask?", {"why", "one"}),
        ("Canada instead", {"meant"}),
        ("why?", {"why"}),
        ("but why", {"why", "and"}),
        ("how come??", {"why"}),
        ("why there?", {"why", "there"}),
        ("why Canada?", set()),
        ("what is a nanodegree?", set()),
    ],
)
def test_ways_of_referring_back(text, back) -> None:
    assert set(find_references(text).back) == back


@pytest.mark.parametrize(
    ("text", "nth", "kind"),
    [
        ("is the second one online?", "2", ""),
        ("tell me more about the third and who runs it", "3", ""),
        ("does the first university teach AI", "1", "institution"),
        ("how long does the last take", "last", ""),
        ("is the other one cheaper", "other", ""),
        ("the second one", "2", ""),
        ("in the first semester, is there help?", "", ""),
        ("the second question is about visas", "", ""),
        ("I came first in my class", "", ""),
    ],
)
def test_ordinals_in_sentences(text, nth, kind) -> None:
    found = find_references(text)
    assert (found.nth, found.kind) == (nth, kind)


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("which universities are they?", "institution"),
        ("colleges?", "institution"),
        ("universities there", "institution"),
        ("what other subjects", "field"),
        ("any courses", "program"),
        ("which cntries", "destination"),
        ("who offers those?", "provider"),
        ("who else teaches it", "provider"),
        ("who am I talking to", ""),
        ("tell me about university life", ""),
    ],
)
def test_kind_that_is_asked_for(text, attribute) -> None:
    assert find_references(text).attribute == attribute


@pytest.mark.parametrize(
    ("text", "name", "excluded"),
    [
        ("anything but bootcamps", "bootcamps", True),
        ("types that aren't bootcamps", "bootcamps", True),
        ("the ones which are not online", "online", True),
        ("I don't want to do anything online", "online", True),
        ("forget Canada", "Canada", True),
        ("never mind Canada, the UK then", "Canada", True),
        ("never mind Canada, the UK then", "UK", False),
        ("not in Canada please", "Canada", True),
        ("why not Canada?", "Canada", False),
        ("isn't RMIT in Australia?", "Australia", False),
        ("no, Canada", "Canada", False),
        ("no I meant Canada", "Canada", False),
        ("I don't have IELTS", "IELTS", False),
        ("no no, the Canada one", "Canada", False),
        ("I didn't mean Canada", "Canada", True),
        ("so RMIT has no Canada office?", "Canada", False),
        ("so nothing in Canada?", "Canada", False),
    ],
)
def test_one_notion_of_negation(text, name, excluded) -> None:
    start = text.index(name)
    assert (start in left_out(text, [(start, start + len(name))])) is excluded


def test_negation_reaches_what_is_joined() -> None:
    text = "types that aren't online courses or bootcamps"
    spans = [(text.index(name), text.index(name) + len(name)) for name in ("online", "bootcamps")]
    assert left_out(text, spans) == {start for start, _ in spans}


@pytest.mark.parametrize(
    ("text", "word", "kind", "is_one"),
    [
        ("and the us?", "us", "place", True),
        ("study in us", "us", "place", True),
        ("tell us more", "us", "place", False),
        ("jobs in it", "it", "field", True),
        ("the it sector", "it", "industry", True),
        ("what is it like", "it", "field", False),
        ("a pm course", "pm", "field", True),
        ("at 5 pm", "pm", "field", False),
    ],
)
def test_small_letters_are_names_by_their_neighbours(text, word, kind, is_one) -> None:
    words = text.strip("?").split()
    assert is_name(words, words.index(word), kind) is is_one


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("ostralia", "australia"),
        ("kaneda", "canada"),
        ("sybersecurity", "cybersecurity"),
        ("filosofy", "philosophy"),
        ("nersing", "nursing"),
    ],
)
def test_names_written_by_ear_sound_alike(written, name) -> None:
    assert sound_of(written) == sound_of(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [("nursing", "cleaning"), ("canada", "kenya"), ("finance", "fashion"), ("trendy", "trinidad")],
)
def test_other_names_do_not(one, other) -> None:
    assert sound_of(one) != sound_of(other)


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("whats the cost and can i get a visa", ["whats the cost", "can i get a visa"]),
        (
            "tell me about bootcamps and compare them with badges",
            ["tell me about bootcamps", "compare them with badges"],
        ),
        ("Thanks! Which unis are in Canada?", ["Which unis are in Canada?"]),
        ("tell me about Canada and Australia", ["tell me about Canada and Australia"]),
        ("I am a nurse, and I like data.", []),
    ],
)
def test_message_is_split_into_its_questions(text, questions) -> None:
    assert questions_in(text) == questions


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("I was asking about the fees, not the dates", "the fees, not the dates"),
        ("I did not ask about Peru. I asked whether lawyers accept it.", "whether lawyers accept it."),
        ("You never said how hard it is", "how hard it is"),
        ("you didn't answer. Is there a test?", "Is there a test?"),
        ("my question was: who pays", "who pays"),
        ("I'm asking for a cousin of mine", ""),
        ("I asked my boss", ""),
        ("is there a test?", ""),
    ],
)
def test_question_is_found_behind_the_complaint(text, question) -> None:
    assert asked_once_more(text) == question


@pytest.mark.parametrize(
    ("text", "by"),
    [
        ("Which is more practical, a bootcamp or a badge?", "more practical"),
        ("is a bootcamp or a nanodegree less stressful", "less stressful"),
        ("Which of the two is older?", "older"),
        ("is Canada warmer than the UK", "warmer"),
        ("which one would employers prefer?", "preferred by employers"),
        ("Is a bootcamp or a badge better for a teacher?", ""),
        ("how do the two differ", ""),
        ("is there a course for a welder in October", ""),
        ("are there more courses in Canada or the UK", ""),
        ("is a badge or a certificate better for a plumber?", ""),
        ("is a nurse or a roofer better off with a badge or a bootcamp?", ""),
        ("which is better for a career changer, a badge or a bootcamp?", ""),
        ("is there a course on docker?", ""),
        ("is a badge a quicker way than a bootcamp?", "quicker"),
        ("is Docker harder than Python?", "harder"),
    ],
)
def test_what_things_are_compared_by(text: str, by: str) -> None:
    assert ranked_by(text) == by


def test_a_name_is_nothing_that_things_are_compared_by() -> None:
    assert ranked_by("is Toronto or Vancouver colder?", ["Toronto", "Vancouver"]) == "colder"
    assert ranked_by("is it taught here or vancouver", ["vancouver"]) == ""
