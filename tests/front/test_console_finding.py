"""Search and filters, on both databases."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

import pytest

from conversations import erasure
from conversations.db.schema import now
from conversations.db.search_index import index_batch
from conversations.handoff import states
from conversations.learning.feedback import record_feedback
from conversations.pipeline.message_store import messages_after
from conversations.review import annotation
from conversations.review.filters import FilterError, Filters
from conversations.review.listing import list_page, next_unreviewed
from conversations.review.search import search_messages, snippet
from tests.front.console_fixtures import fill, postgres_url, said, store


@pytest.fixture
def ids(store) -> dict[str, str]:
    return fill(store)


def found(store, cursor="", size=40, **filters) -> list[str]:
    return [one.id for one in store.run(list_page, Filters.from_query(filters), cursor, size).lines]


def test_newest_conversation_comes_first(store, ids) -> None:
    assert found(store) == [ids["lost"], ids["fees"], ids["visa"]]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"channel": "telegram"}, "visa"),
        ({"outcome": "declined"}, "fees"),
        ({"outcome": "failed"}, "lost"),
        ({"intent": "ask_topic", "topic": "fees"}, "fees"),
        ({"confidence": "50"}, "fees"),
        ({"state": "bot", "channel": "telegram"}, "visa"),
        ({"words": "visa"}, "visa"),
        ({"words": "FEES are"}, "fees"),
        ({"words": "visa", "channel": "telegram", "topic": "challenges/visa"}, "visa"),
        ({"topic": "fees, of-nothing"}, "fees"),
        ({"topic": "challenges/*"}, "visa"),
        ({"topic": "of-nothing,challenges/*"}, "visa"),
    ],
)
def test_filters_leave_what_they_say(store, ids, filters, expected) -> None:
    assert found(store, **filters) == [ids[expected]]


def test_several_topics_are_asked_for_at_once(store, ids) -> None:
    assert found(store, topic="challenges/*,fees,,fees") == [ids["fees"], ids["visa"]]
    assert found(store, topic="c%/*") == found(store, topic="challenges/_isa") == []


def test_facts_are_of_one_message(store) -> None:
    one = said(store, "x", "first", intent="ask_topic", confidence=0.9)
    said(store, "x", "second", intent="compare", confidence=0.2)
    assert found(store, intent="ask_topic", confidence="50") == []
    assert found(store, intent="compare", confidence="50") == [one]


def test_staff_marks_can_be_filtered(store, ids) -> None:
    store.run(annotation.add_tag, ids["visa"], "ann", "  Good  Example ")
    store.run(annotation.set_flag, ids["fees"], "ann", True)
    store.run(annotation.set_reviewed, ids["lost"], "ann", True)
    assert found(store, tag="good example") == [ids["visa"]]
    assert found(store, mark="flagged") == [ids["fees"]]
    assert found(store, reviewer="ann") == found(store, mark="reviewed") == [ids["lost"]]
    assert found(store, mark="unreviewed") == [ids["fees"], ids["visa"]]


def test_thumbs_and_handing_over_are_filters(store, ids) -> None:
    reply = store.run(search_messages, "depends").by_conversation[ids["visa"]][0]
    store.run(record_feedback, ids["visa"], reply.message_id, -1)
    store.run(states.take, ids["fees"], "ann")
    assert found(store, feedback="down") == [ids["visa"]] and found(store, feedback="up") == []
    assert found(store, handed="yes") == [ids["fees"]] == found(store, state="person")
    assert found(store, handed="no") == [ids["lost"], ids["visa"]]


def test_site_and_page_are_filters(store) -> None:
    one = said(store, "p", "hi", site="main", page="https://a.example/fees_100%")
    said(store, "q", "hi", site="other", page="https://a.example/feesx100")
    assert found(store, site="main") == found(store, page="S_100%") == [one]


def test_time_is_a_filter(store, ids) -> None:
    today = f"{now():%Y-%m-%d}"
    long_ago = said(store, "old", "old", ago=24 * 40)
    assert found(store, until="2000-01-01") == []
    assert long_ago in found(store) and long_ago not in found(store, since=today)


UNUSABLE = [
    ("since", "not a day"),
    ("until", "9999-12-31"),
    ("since", "2026-02-30"),
    ("confidence", "\u00b2"),
    ("topic", f"{[*range(51)]}"),
]


@pytest.mark.parametrize(("name", "value"), UNUSABLE)
def test_unusable_filters_are_refused(name, value) -> None:
    with pytest.raises(FilterError):
        Filters.from_query({name: value})


@pytest.mark.parametrize(
    "words",
    ['"', "visa OR *", "' ; DROP TABLE message", "a AND NOT (", "text:visa", "-visa", "\\", "&|!:*", "NEAR(visa)"],
)
def test_search_words_are_never_syntax(store, ids, words) -> None:
    assert set(found(store, words=words)) <= set(ids.values())


def test_beginnings_and_accents_are_found(store) -> None:
    one = said(store, "z", "Zürich récognition")
    assert found(store, words="zurich recog") == [one] == found(store, words="ZÜRICH")


LOOKED_FOR = ["zurich", "zur", "zu", "recog", "anna example", "example.org", "mail", "e", "100", "10", "x_y", "y", "strasse",
              "straße", "stras", "angstrom", "naive ja", "visa", "fees are", "ja anna", "s recognition",
              "微证书", "证书", "书", "证微", "微证书 online", "ガ", "ｶﾞｲﾄﾞ", "ガイド", "ประกาศ", "ศนีย", "abc",
              "ＡＢＣ", "자격"]  # fmt: skip


# A text, and parts of it that staff look for.
SCRIPTS = [
    ("我想学习微证书课程", "微证书"),
    ("我想学习微证书课程", "证书"),
    ("我想学习微证书课程", "我"),
    ("我想学习微证书课程", "课程 学习"),
    ("學生簽證怎麼辦", "簽證"),
    ("マイクロクレデンシャルについて教えてください", "クレデンシャル"),
    ("ビザは必要ですか", "必要"),
    ("ﾋﾞｻﾞは必要ですか", "ビザ"),
    ("ビザは必要ですか", "ﾋﾞｻﾞ"),
    ("ฉันต้องการเรียนหลักสูตรประกาศนียบัตร", "หลักสูตร"),
    ("ฉันต้องขอวีซ่าไหม", "วีซ่า"),
    ("마이크로자격증은 무엇인가요", "자격증"),
    ("ខ្ញុំចង់រៀនវគ្គសិក្សា", "រៀន"),
    ("ＭＩＣＲＯ credential ２０２６", "micro 2026"),
    ("micro credential 2026", "ＭＩＣＲＯ"),
    ("visa签证application", "签证"),
    ("visa签证application", "visa"),
    ("我有IELTS成绩", "ielts 成绩"),
    ("在加拿大，微证书！被承认吗？", "加拿大"),
    ("𠮷野家で働く", "𠮷野"),
]


@pytest.mark.parametrize("indexed", [False, True], ids=["at once", "indexed"])
@pytest.mark.parametrize(("text", "sought"), SCRIPTS)
def test_any_part_of_any_script_is_found(store, text, sought, indexed) -> None:
    one = said(store, "z", text)
    said(store, "y", "something else, 别的东西 証 คน 사람")
    if indexed:
        store.run(index_batch)
    assert found(store, words=sought) == [one]
    assert any(hit for _, hit in snippet(text, sought))


def test_characters_must_stand_side_by_side(store) -> None:
    said(store, "z", "书证微课程")
    assert found(store, words="微证书") == found(store, words="课微") == []


def test_snippet_marks_parts_of_words() -> None:
    pieces = snippet("我想学习微证书课程, write to mira@example.org", "微证书")
    assert pieces == (("我想学习", False), ("微证书", True), ("课程, write to [e-mail]", False))


def test_what_was_just_said_is_found_as_it_is_later(store, ids) -> None:
    said(store, "z", "Zürich's récognition, e-mail an anna@example.org; 100%! naïve Ångström x_y", answer="Ja, straße")
    said(
        store, "y", "我想学习微证书课程，ＡＢＣ online。", answer="ガイドを見てください。ใบประกาศนียบัตร 마이크로자격증은"
    )
    before = [store.run(search_messages, words) for words in LOOKED_FOR]
    store.run(index_batch)
    assert [store.run(search_messages, words) for words in LOOKED_FOR] == before
    assert before[0].by_conversation and not before[2].by_conversation


def test_address_is_found_by_its_parts(store, ids) -> None:
    assert found(store, words="example.org") == found(store, words="mira@example") == [ids["visa"]]


def test_better_match_comes_first(store) -> None:
    said(store, "1", "fees and many other words that are about quite different things, none of them much to do with it")
    best = said(store, "2", "fees fees")
    said(store, "3", "are there any other fees in this place or that place, and who would know of them, please")
    assert found(store, words="fees")[0] == best


def test_conversation_is_found_once(store) -> None:
    one = said(store, "1", "fees?")
    said(store, "1", "fees again")
    page = store.run(list_page, Filters(words="fees"))
    assert [line.id for line in page.lines] == [one] and len(page.lines[0].hits) == 2


def test_deleted_words_are_found_no_more(store, ids) -> None:
    store.run(erasure.erase_conversation, ids["visa"], "visitor")
    assert found(store, words="visa") == []
    assert found(store, words="fees") == [ids["fees"]]


@pytest.mark.parametrize("filters", [{}, {"words": "hello"}, {"intent": "greet"}, {"mark": "unreviewed"}])
def test_pages_hold_everything_once(store, filters) -> None:
    made = [said(store, f"n{number}", f"hello {number}", intent="greet", ago=number / 10 + 1) for number in range(7)]
    seen, cursor = [], ""
    while True:
        page = store.run(list_page, Filters.from_query(filters), cursor, 3)
        seen += [one.id for one in page.lines]
        cursor = page.next_cursor
        if not cursor:
            break
    assert sorted(seen) == sorted(made)


def test_many_matches_are_looked_through(store, monkeypatch) -> None:
    from conversations.review import listing

    monkeypatch.setattr(listing, "FEW", 2)
    monkeypatch.setattr(listing, "STRIDES", (2, 2))
    made = [
        said(store, f"n{number}", "hi", intent="greet", topic="rare" if number == 6 else "", ago=number + 1)
        for number in range(7)
    ]
    first = store.run(list_page, Filters(intent="greet", page="nowhere"))
    assert first.lines == [] and first.scanned == 4 and first.next_cursor
    seen, cursor = [], ""
    for _ in range(9):
        page = store.run(list_page, Filters(intent="greet"), cursor, 3)
        seen, cursor = seen + [one.id for one in page.lines], page.next_cursor
        if not cursor:
            break
    assert seen == made


def test_next_is_the_next_unreviewed(store, ids) -> None:
    store.run(annotation.set_reviewed, ids["fees"], "ann", True)
    assert store.run(next_unreviewed, Filters(), ids["lost"]) == ids["visa"]
    assert store.run(next_unreviewed, Filters(), ids["visa"]) is None
    assert store.run(next_unreviewed, Filters(words="depends"), ids["fees"]) == ids["visa"]


def test_nonsense_cursor_is_no_cursor(store, ids) -> None:
    odd = (
        "x",
        "2026-01-01~",
        "~~",
        "9" * 30 + "~1",
        "2026-01-01T00:00:00~x",
        "0001-01-01T00:00:00+14:00~x",
        "9" * 5000,
    )
    for cursor in odd:
        assert len(found(store, cursor)) == 3 and len(found(store, cursor, words="the country")) <= 3


def test_snippet_marks_words_and_covers_data() -> None:
    pieces = snippet("mira@example.org asks about visas and the visa fee", "visa mira")
    assert [text for text, hit in pieces if hit] == ["visas", "visa"]
    assert "".join(text for text, _ in pieces) == "[e-mail] asks about visas and the visa fee"


def test_address_is_covered_before_it_is_cut() -> None:
    long = "word " * 40 + "mira.longname@example.org visa " + "word " * 60
    assert "longname" not in "".join(text for text, _ in snippet(long, "visa"))


def test_thumb_is_that_of_the_message_that_the_other_filters_mean(store) -> None:
    """One conversation was declined and got its thumb for that, the other got it for an answer."""
    meant = said(store, "m", "left open", outcome="declined", topic="fees", intent="ask_topic")
    other = said(store, "o", "left open too", outcome="declined", topic="fees", intent="ask_topic")
    said(store, "o", "answered well", topic="visa", intent="ask_topic")
    for conversation, place in ((meant, 1), (other, 3)):
        reply = store.run(messages_after, conversation)[place].id
        store.run(record_feedback, conversation, reply, -1)
    assert set(found(store, feedback="down")) == {meant, other}
    assert found(store, feedback="down", outcome="declined") == [meant]
    assert found(store, feedback="down", topic="fees", intent="ask_topic") == [meant]


def test_word_that_is_being_typed_does_not_empty_the_list(store) -> None:
    one = said(store, "a", "a piece of paper")
    assert found(store, words="piece p") == [one] and found(store, words="piece zq") == [one]
    assert found(store, words="zq") == [] and found(store, words="piece zebra") == []
