"""Finding programs is a conversation: wishes in any order, changed at will, counted and explained, and never a dead end.

With a fictional university's catalogue, which states prices and dates, and with the guide's own, which states none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date

import pytest

from actions.comparison import compare
from actions.context import DialogueState, Ranked, Understanding
from actions.describe import describe
from actions.follow_up_router import accept_offer
from actions.programs.search import find_programs, show_more
from actions.question_router import answer_question
from knowledge.knowledge_base import Knowledge
from nlu.extraction.amounts.durations import weeks_in
from nlu.extraction.amounts.quantities import find_amounts
from nlu.extraction.preferences import level_in
from nlu.text.negation import adds, left_out

pytest_plugins = ["tests.program_fixtures"]
TODAY = date(2026, 11, 23)
CALLED = {
    "Data Basics",
    "Data Stories",
    "Data Engines",
    "Data for Boards",
    "Data Open Lab",
    "AI First Steps",
    "AI Studio",
    "Cyber Watch",
    "Cyber Night School",
    "Health Bridge",
    "Green Futures",
    "Lead Anywhere",
    "Marketing Sprint",
    "Marketing Notes",
}


class Search:
    """A conversation about programs, in names: `find` is a new request, `refine` a follow-up; `without` leaves out."""

    def __init__(self, knowledge: Knowledge) -> None:
        self.knowledge, self.state, self.reply = knowledge, DialogueState(), None

    def find(self, **names: str) -> Search:
        return self._say(find_programs, Understanding("find_programs", 1.0, _names(names)))

    def refine(self, adds: bool = False, **names: str) -> Search:
        return self._say(find_programs, Understanding("refine", 1.0, _names(names), adds=adds))

    def without(self, **names: str) -> Search:
        return self._say(find_programs, Understanding("refine", 1.0, _names(names), left_out=_names(names)))

    def more(self) -> Search:
        return self._say(lambda knowledge, _, state: show_more(knowledge, state), Understanding("more"))

    def press(self, title: str) -> Search:
        """Press one of the last reply's buttons."""
        payload = next(button.payload for button in self.reply.buttons if button.title == title)
        intent, _, held = payload.lstrip("/").partition("{")
        if intent == "more":
            return self.more()
        entities = [{"entity": kind, "value": value} for kind, value in json.loads("{" + held).items()]
        return self._say(find_programs, Understanding.from_message({"intent": {"name": intent}, "entities": entities}))

    def _say(self, answer: Callable, understanding: Understanding) -> Search:
        state = DialogueState.from_slot(json.loads(json.dumps(self.state.as_slot())))  # as Rasa keeps it between turns
        done = answer(self.knowledge, understanding, state)
        self.reply, self.state = done.reply, done.state
        assert done.reply.buttons, "every reply leads on"
        return self

    @property
    def text(self) -> str:
        return self.reply.text

    @property
    def shown(self) -> list[str]:
        """The names of the programs in the list."""
        return re.findall(r"^- \*\*(.+?)\*\*", self.text, re.MULTILINE)

    @property
    def titles(self) -> list[str]:
        return [button.title for button in self.reply.buttons]

    @property
    def told(self) -> list[str]:
        """The words outside of the list."""
        return " ".join(line for line in self.text.splitlines() if not line.startswith("- ")).split()


def _names(names: dict[str, str]) -> dict[str, tuple[str, ...]]:
    return {kind: tuple(value.split(",")) for kind, value in names.items()}


@pytest.fixture
def search(nowhere) -> Search:
    return Search(nowhere)


@pytest.fixture
def in_guide(guide) -> Search:
    return Search(guide)


# --- narrowing, changing, excluding ---------------------------------------------------------------------------------------
def test_wishes_narrow_one_by_one(search) -> None:
    assert len(search.find(field="data-analytics").shown) == 5
    assert "I know 5 programs for data analytics:" in search.text
    assert search.refine(mode="online").shown == ["Data Basics", "Data Stories", "Data Open Lab"]
    assert search.refine(max_price="500 EUR").shown == ["Data Basics", "Data Stories"]
    assert search.refine(start_from="2027-03-01", start_to="2027-03-31").shown == ["Data Basics", "Data Stories"]
    assert search.refine(max_hours="4").shown == ["Data Basics"]
    assert (
        "I know one program for data analytics, online, for up to 500 EUR, starting in March 2027, with up to 4 hours a week:"
        in search.text
    )


def test_wishes_come_in_any_order(nowhere) -> None:
    one, other = Search(nowhere), Search(nowhere)
    one.find(max_price="500 EUR").refine(mode="online").refine(destination="uk").refine(field="data-analytics")
    other.find(field="data-analytics").refine(destination="uk").refine(max_price="500 EUR").refine(mode="online")
    assert one.shown == other.shown == ["Data Stories"]


def test_wishes_are_changed_at_will(search) -> None:
    search.find(type="bootcamp").refine(destination="uk")
    assert search.shown == ["Data Engines"]
    assert search.refine(destination="australia").shown == ["Cyber Watch", "Cyber Night School"]
    assert search.refine(adds=True, destination="eu").shown == ["AI Studio", "Cyber Watch", "Cyber Night School"]
    assert search.refine(mode="online").shown == ["Cyber Night School"]
    assert search.refine(any="mode").shown == ["AI Studio", "Cyber Watch", "Cyber Night School"]
    assert "in Australia or the EU" in search.text and "online:" not in search.text


def test_names_are_left_out(search) -> None:
    search.find(field="data-analytics").without(destination="uk")
    assert search.shown == ["Data Basics", "Data for Boards"] and "leaving out the UK" in search.text
    assert search.without(type="digital-badge").shown == ["Data Basics"]
    assert "leaving out the UK and digital badges" in search.text
    back = search.refine(adds=True, destination="uk")
    assert back.shown == ["Data Basics", "Data Stories", "Data Engines"], "fine again, and not alone"


def test_new_request_leaves_one_thing_out(search) -> None:
    said = Understanding("find_programs", 1.0, {"field": ("ai",), "mode": ("online",)}, left_out={"mode": ("online",)})
    assert search._say(find_programs, said).shown == ["AI Studio"]


def test_unstated_is_not_left_out(search) -> None:
    search.find(type="digital-badge").without(destination="canada")
    assert "Lead Anywhere" in search.shown and "1 of these doesn't state a country, so I left it in." in search.text


def test_price_goes_on_in_its_currency(search) -> None:
    search.find(field="data-analytics").refine(max_price="700 EUR")
    assert search.refine(max_price="300").state.names["max_price"] == ("300 EUR",)
    assert search.shown == ["Data Basics"]


def test_months_bound_each_other(search) -> None:
    search.find(type="bootcamp").refine(start_from="2027-04-01")
    assert search.refine(start_to="2027-06-30").shown == ["Data Engines", "Cyber Night School", "Marketing Sprint"]
    assert "starting between April 2027 and June 2027" in search.text
    assert search.refine(start_from="2027-09-01").shown == ["AI Studio"], "a later month ends the earlier bound"


def test_narrowing_needs_no_field(search) -> None:
    search.find(field="ai")
    assert search.find(mode="online").shown == ["AI First Steps"]


def test_field_or_type_begins_anew(search) -> None:
    search.find(field="data-analytics").refine(mode="online").refine(max_price="400 EUR")
    assert search.find(type="bootcamp").state.names == {"type": ("bootcamp",)}
    assert len(search.shown) == 5


def test_wish_takes_the_field_along(nowhere) -> None:
    search = Search(nowhere)
    search.state = DialogueState("ask_best_destination", None, {"field": ("ai",)})
    assert search.refine(max_price="500 EUR").shown == ["AI First Steps"]


@pytest.mark.parametrize(
    ("names", "found"),
    [
        ({"level": "beginner"}, ["Data Basics", "AI First Steps"]),
        ({"max_duration": "4 weeks", "mode": "online"}, ["AI First Steps", "Lead Anywhere", "Marketing Notes"]),
        ({"max_price": "0"}, ["AI First Steps"]),
        ({"max_price": "0 GBP"}, ["AI First Steps"]),
        ({"institution": "example-university-of-nowhere", "field": "ai"}, ["AI First Steps", "AI Studio"]),
        ({"industry": "cybersecurity", "mode": "online"}, ["Cyber Night School"]),
        ({"place": "germany", "mode": "online"}, ["AI First Steps"]),
        ({"order": "price", "field": "digital-marketing"}, ["Marketing Notes", "Marketing Sprint"]),
        ({"order": "start", "field": "ai"}, ["AI First Steps", "AI Studio"]),
        (
            {"order": "hours", "type": "digital-badge"},
            ["Data for Boards", "Lead Anywhere", "Marketing Notes", "Data Open Lab"],
        ),
        ({"order": "duration", "field": "leadership"}, ["Lead Anywhere", "Data for Boards"]),
    ],
)
def test_wish_is_fulfilled(search, names, found) -> None:
    assert search.find(**names).shown == found


# --- counting, explaining, leading on -------------------------------------------------------------------------------------
def test_neighbour_is_offered_by_name(search) -> None:
    search.find(type="bootcamp").refine(destination="uk")
    assert "2 more if Australia is fine too; one more if the EU is fine too." in search.text
    search.press("Australia too")
    assert search.shown == ["Data Engines", "Cyber Watch", "Cyber Night School"]


def test_too_narrow_says_what_helps(search) -> None:
    search.find(type="bootcamp").refine(destination="uk").refine(mode="online")
    assert search.shown == [] and "The listings name no bootcamp in the UK, online." in search.text
    assert "There is one if in person is fine too; one if Australia is fine too." in search.text
    assert search.press("Australia too").shown == ["Cyber Night School"]


@pytest.mark.parametrize(
    ("wish", "says", "button", "found"),
    [
        (
            {"field": "ai", "mode": "in-person", "max_price": "900 EUR"},
            "one for up to 1,200 EUR",
            "Up to 1,200 EUR",
            "AI Studio",
        ),
        (
            {"field": "public-health", "max_hours": "4"},
            "one with up to 6 hours a week",
            "Up to 6 hours",
            "Health Bridge",
        ),
        (
            {"field": "public-health", "max_duration": "8 weeks"},
            "one taking up to 26 weeks",
            "Up to 26 weeks",
            "Health Bridge",
        ),
        (
            {"field": "ai", "start_from": "2027-10-01", "start_to": "2027-10-31"},
            "one starting in September 2027",
            "September 2027 too",
            "AI Studio",
        ),
        (
            {"field": "business-analytics", "mode": "hybrid"},
            "in data analytics, a field close by",
            "Data analytics too",
            "Data for Boards",
        ),
        ({"type": "bootcamp", "field": "public-health"}, "one if short-term diplomas", "", ""),
    ],
)
def test_moved_bound_brings_it_back(search, wish, says, button, found) -> None:
    search.find(**wish)
    assert search.shown == [] and says in search.text
    if button:
        assert search.press(button).shown == [found]


def test_clashing_wishes_are_given_up_together(search) -> None:
    search.find(field="data-analytics", type="bootcamp", destination="canada", max_price="200 EUR")
    assert search.shown == [] and re.search(r"There (is|are) \d if .* matter", search.text)
    assert search.press(search.titles[0]).shown


@pytest.mark.parametrize(
    "names",
    [
        {"field": "photography"},
        {"field": "photography", "place": "japan"},
        {"institution": "stanford"},
        {"place": "japan", "mode": "online", "max_price": "5 EUR"},
        {"industry": "aviation", "type": "micromasters"},
        {"provider": "google", "max_hours": "1"},
    ],
)
def test_no_search_is_a_dead_end(search, in_guide, names) -> None:
    for each in (search, in_guide):
        each.find(**names)
        assert len(each.reply.buttons) > 1 and len(each.told) <= 80
        assert each.shown == [] or "otherwise" in each.text


def test_price_in_another_currency_is_no_match(search) -> None:
    search.find(field="data-analytics", destination="uk", max_price="1000 EUR")
    assert search.shown == ["Data Stories"]
    assert "1 gives its price in GBP, which I don't convert" in search.text and "1 doesn't state a price" in search.text


def test_what_may_fit_is_shown_apart(search) -> None:
    search.find(field="data-analytics", destination="uk", max_price="1000 EUR")
    search.press("Show what may fit")
    assert search.shown == ["Data Engines", "Data Open Lab"]
    assert search.text.startswith("These 2 may fit, but 1 doesn't state a price and 1 gives its price in GBP")
    assert search.more().shown == [] and "and what may fit" in search.text


def test_bare_price_is_explained(search) -> None:
    assert "You named no currency" in search.find(max_price="500").text


def test_unstated_fact_is_no_match(search) -> None:
    search.find(field="leadership", mode="online", start_from="2027-03-01", start_to="2027-03-31")
    assert "The listings don't state a start date, so I can't be certain" in search.text
    assert search.shown == ["Lead Anywhere"] and "otherwise" in search.text


def test_several_currencies_are_not_compared(search) -> None:
    search.find(type="bootcamp", order="price")
    assert search.shown == ["Cyber Watch", "Marketing Sprint", "AI Studio", "Cyber Night School", "Data Engines"]
    assert "EUR and GBP, which I don't convert" in search.text and "cheapest first" in search.text


def test_unknown_property_is_refused(search) -> None:
    search.find(field="ai")
    search.refine()
    assert search.reply.outcome == "declined" and "can't narrow" in search.text
    assert search.refine(mode="online").shown == ["AI First Steps"], "the search goes on"


def test_list_goes_on_by_pages(search) -> None:
    search.find(any="all")
    assert search.reply.outcome == "clarify" and "14 named programs" in search.text
    seen = list(search.press("Show them all").shown)
    assert "There are 9 more." in search.text
    seen += search.more().shown
    assert "6 to 10 of 14" in search.text
    seen += search.press("Show more").shown
    assert len(seen) == 14 and set(seen) == CALLED
    assert "all the programs" in search.more().text


def test_yes_shows_the_rest(search) -> None:
    search.find(mode="online")
    first = search.shown
    search._say(accept_offer, Understanding("affirm"))
    assert search.shown and not set(search.shown) & set(first)


def test_pages_keep_the_wish(search) -> None:
    search.find(mode="online").more()
    assert search.refine(destination="uk").shown == ["Data Stories", "Data Open Lab"]


def test_no_preference_shows_all(search) -> None:
    search.find()
    assert "Which field interests you?" in search.text and "a price, a start date" in search.text
    assert len(search.refine().shown) == 5


def test_start_over_forgets_all(search) -> None:
    search.find(field="ai", mode="online").refine(any="all")
    assert search.state.names == {} and search.reply.outcome == "clarify"


def test_cards_hold_the_facts(search) -> None:
    (card,) = search.find(field="ai", mode="online").reply.cards
    assert card.title == "AI First Steps" and card.url == "https://nowhere.example/ai-first-steps"
    assert {"Price: free of charge", "Starts: 11 January 2027", "Length: 4 weeks", "Hours a week: 2"} <= set(card.lines)
    assert search.reply.as_message()["json_message"]["cards"] and "**" not in "".join(card.lines)


def test_list_shows_what_was_asked(search) -> None:
    search.find(field="digital-marketing", max_price="500 EUR")
    assert "- **Marketing Notes** (digital badge, in New Zealand, online, 200 EUR)" in search.text


def test_listings_are_the_source(search) -> None:
    assert [source.title for source in search.find(field="ai").reply.sources] == ["Example listings"]


@pytest.mark.parametrize(
    "odd", [{"max_price": "cheap"}, {"start_from": "soon"}, {"max_hours": "x"}, {"order": "colour"}]
)
def test_odd_bound_is_left_aside(search, odd) -> None:
    assert search.find(field="ai", **odd).shown == ["AI First Steps", "AI Studio"]


# --- the guide's own listings ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("wish", "unsaid"),
    [
        ({"max_price": "500 EUR"}, "a price"),
        ({"start_from": "2027-03-01"}, "a start date"),
        ({"max_hours": "5"}, "the hours a week"),
        ({"max_duration": "8 weeks"}, "a length"),
        ({"level": "beginner"}, "a level"),
        ({"mode": "online"}, "the mode"),
    ],
)
def test_guide_states_no_facts(in_guide, wish, unsaid) -> None:
    in_guide.find(type="bootcamp").refine(**wish)
    assert in_guide.text.startswith(f"The guide doesn't state {unsaid}")
    assert len(in_guide.shown) == 2 and in_guide.reply.cards == ()


def test_guide_conversation_keeps_its_thread(in_guide) -> None:
    in_guide.find(field="cybersecurity")
    assert "The guide gives no more than its name" in in_guide.text
    in_guide.refine(destination="australia")
    assert "doesn't state a country" in in_guide.text and "RMIT University" in in_guide.text
    in_guide.refine(max_price="500 EUR").refine(any="max_price").without(destination="australia")
    assert in_guide.shown == ["IBM Digital Badge in cybersecurity"]
    assert len(in_guide.refine(any="all").titles) > 1


def test_guide_says_what_it_leaves_open(in_guide) -> None:
    in_guide.find(type="bootcamp")
    in_guide._say(find_programs, Understanding("refine", 1.0, topics=(Ranked("not-stated/schedule", 0.3),)))
    assert "timetables" in in_guide.text
    assert len(in_guide.without(provider="google").shown) == 2, "the search goes on"


def test_guide_offers_near_fields(in_guide) -> None:
    in_guide.find(type="nanodegree", field="ai")
    assert in_guide.shown == [] and "one in data analytics, a field close by" in in_guide.text
    assert in_guide.press("Data analytics too").shown == ["Data Analyst Nanodegree"]


def test_named_program_is_described(in_guide) -> None:
    assert "Amazon" in in_guide.find(program="aws-certified-solutions-architect").text


# --- amounts in words -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("cheaper than 500 euros", {"max_price": "500 EUR"}),
        ("under $1,500 please", {"max_price": "1500 USD"}),
        ("max 300€", {"max_price": "300 EUR"}),
        ("my budget is 50k rupees", {"max_price": "50000 INR"}),
        ("1.5 lakh INR at most", {"max_price": "150000 INR"}),
        ("C$1.200", {"max_price": "1200 CAD"}),
        ("between 200 and 400 pounds", {"max_price": "400 GBP"}),
        ("nothing over 500 euros", {"max_price": "500 EUR"}),
        ("less than 500", {"max_price": "500"}),
        ("free courses in AI", {"max_price": "0"}),
        ("over 500 euros", {}),
        ("feel free to ask", {}),
        ("less than 30 people", {}),
        ("a job with a salary of 5000 euros", {}),
        ("starting in March", {"start_from": "2027-03-01", "start_to": "2027-03-31"}),
        ("from april onwards", {"start_from": "2027-04-01"}),
        ("before june", {"start_to": "2027-05-31"}),
        ("after March 2028", {"start_from": "2028-04-01"}),
        ("no later than june", {"start_to": "2027-06-30"}),
        ("not before december", {"start_from": "2026-12-01"}),
        ("between march and may", {"start_from": "2027-03-01", "start_to": "2027-05-31"}),
        ("january intake?", {"start_from": "2027-01-01", "start_to": "2027-01-31"}),
        ("next month", {"start_from": "2026-12-01", "start_to": "2026-12-31"}),
        ("in 2027", {"start_from": "2027-01-01", "start_to": "2027-12-31"}),
        ("on 31 february 2027", {}),
        ("you may march on", {}),
        ("is the deadline in March", {}),
        ("less than 5 hours a week", {"max_hours": "5"}),
        ("5 to 10 hrs/week", {"max_hours": "10"}),
        ("two hours a day", {"max_hours": "14"}),
        ("at least 5 hours a week", {}),
        ("shorter than 8 weeks", {"max_duration": "8 weeks"}),
        ("a 3 month course", {"max_duration": "3 months"}),
        ("i have worked 6 months", {}),
        ("for beginners", {"level": "beginner"}),
        ("i am a fresh graduate", {}),
        ("cheapest first", {"order": "price"}),
        ("the price doesn't matter", {"any": "max_price"}),
        ("any country is fine", {"any": "destination"}),
        ("start over", {"any": "all"}),
        (
            "AI under 300 gbp starting from feb 2027, at most 6 hours a week",
            {"max_price": "300 GBP", "start_from": "2027-02-01", "max_hours": "6"},
        ),
    ],
)
def test_amounts_are_understood(typed, meant) -> None:
    found = find_amounts(typed, TODAY)
    assert {each.kind: each.value for each in found} == meant
    assert all(0 <= each.start < each.end <= len(typed) for each in found)


@pytest.mark.parametrize(
    ("text", "weeks"), [("6 to 8 weeks", 8), ("3 months", 13), ("1 year", 52), ("14 days", 2), ("self-paced", None)]
)
def test_lengths_are_compared_in_weeks(text, weeks) -> None:
    assert weeks_in(text) == weeks


def test_levels_are_compared_by_key() -> None:
    assert [level_in(text) for text in ("Beginner", "Advanced", "Postgraduate", "no idea")] == [
        "beginner",
        "advanced",
        "postgraduate",
        "",
    ]


@pytest.mark.parametrize(
    ("typed", "out"),
    [
        ("not the UK", ["UK"]),
        ("AI courses, but not in the UK or Canada", ["UK", "Canada"]),
        ("anything but Canada", ["Canada"]),
        ("not the UK, Canada", ["UK"]),
        ("Canada instead of the UK", ["UK"]),
        ("why not Canada", []),
        ("in the UK", []),
        ("not sure about Canada", []),
    ],
)
def test_left_out_is_understood(typed, out) -> None:
    spans = [match.span() for match in re.finditer("UK|Canada", typed)]
    starts = left_out(typed, spans)
    assert [typed[start:end] for start, end in spans if start in starts] == out


@pytest.mark.parametrize(
    ("typed", "added"),
    [
        ("Canada too", True),
        ("also in Canada", True),
        ("or maybe the UK", True),
        ("Canada is fine too", True),
        ("too expensive", False),
        ("in Canada", False),
    ],
)
def test_addition_is_understood(typed, added) -> None:
    assert adds(typed) is added


# --- what is stated of the programs that are talked about -----------------------------------------------------------------
def _asked(search: Search, topic: str, **names: str) -> Search:
    return search._say(answer_question, Understanding("ask_topic", 1.0, _names(names), topics=(Ranked(topic, 0.9),)))


def test_fact_is_told_of_what_was_shown(search) -> None:
    search.find(field="data-analytics").refine(mode="online")
    assert "- **Data Basics**: 300 EUR" in _asked(search, "not-stated/fees").text
    assert "state no price for **Data Open Lab**" in search.text and "20 November 2026" in search.text
    assert "- **Data Stories**: 15 March 2027" in _asked(search, "not-stated/start-dates").text
    assert search.refine(mode="hybrid").shown == ["Data for Boards"], "the search goes on"
    assert "**Data for Boards**, number of hours a week: 3." in _asked(search, "not-stated/workload").text


def test_fact_is_told_of_the_program_named(search) -> None:
    assert "**Data Stories**, price: 450 EUR." in _asked(search, "not-stated/fees", program="data-stories").text
    assert "**Data Stories**, length: 8 weeks." in _asked(search, "features/short-duration").text
    assert "15 February 2027" in _asked(search, "not-stated/deadlines").text
    assert "level: intermediate" in _asked(search, "faq/7-experience", level="beginner").text
    assert search._say(describe, Understanding("ask_about", 1.0, {"mode": ("online",)})).text.startswith(
        "**Data Stories**, mode"
    )


def test_fact_that_a_program_leaves_open_is_said_to_be(search) -> None:
    _asked(search, "not-stated/deadlines", program="data-basics")
    assert search.reply.outcome == "declined" and "state no deadline to apply for **Data Basics**" in search.text


def test_fact_of_no_program_asks_which(search) -> None:
    assert "13 of the 14" in _asked(search, "not-stated/fees").text and search.reply.outcome == "clarify"
    assert search.refine(field="ai").shown == ["AI First Steps", "AI Studio"]


@pytest.mark.parametrize("topic", ["features/short-duration", "faq/7-experience", "not-stated/scholarships"])
def test_what_is_no_fact_of_a_program_is_the_topics(search, topic) -> None:
    assert _asked(search, topic).reply.topic == topic


def test_page_is_where_one_applies(search) -> None:
    assert (
        "https://nowhere.example/data-stories" in _asked(search, "not-stated/how-to-apply", program="data-stories").text
    )
    search = Search(search.knowledge)
    assert _asked(search, "not-stated/how-to-apply").reply.topic == "not-stated/how-to-apply"


def test_what_listings_can_be_searched_for_is_searched(search) -> None:
    assert _asked(search, "not-stated/discounts", max_price="0").shown == ["AI First Steps"]
    search = Search(search.knowledge)
    assert _asked(search, "faq/7-experience", level="beginner").shown[:2] == ["Data Basics", "AI First Steps"]


def test_programs_are_compared(search) -> None:
    search._say(compare, Understanding("compare", 1.0, {"program": ("data-basics", "data-stories")}))
    assert "Price: 300 EUR" in search.text and "Price: 450 EUR" in search.text
    search._say(compare, Understanding("compare", 1.0, {"order": ("price",)}))
    assert "**Data Basics**: 300 EUR" in search.text and "**Data Stories**: 450 EUR" in search.text
    _asked(search, "not-stated/fees", program="ai-studio")
    search._say(compare, Understanding("compare", 1.0, {"program": ("ai-first-steps",)}))
    assert "AI Studio" in search.text and "AI First Steps" in search.text


def test_programs_of_the_field_and_country_talked_about(search) -> None:
    search._say(describe, Understanding("ask_about", 1.0, {"field": ("public-health",), "destination": ("uk",)}))
    assert "Programs I know there: Health Bridge." in search.text
    assert search._say(find_programs, Understanding("find_programs")).shown == ["Health Bridge"]


def test_guide_that_states_no_facts_says_so(in_guide) -> None:
    in_guide.find(provider="google")
    assert _asked(in_guide, "not-stated/fees").reply.topic == "not-stated/fees"
    assert "gives no fees" in _asked(in_guide, "not-stated/fees", order="price").text


def test_order_alone_lists_all(search) -> None:
    assert _asked(search, "features/short-duration", order="duration").shown[0] == "Lead Anywhere"
    assert search._say(describe, Understanding("refine", 1.0, {"order": ("price",)})).shown[0] == "AI First Steps"
    search.find(field="data-analytics")
    assert search._say(compare, Understanding("compare", 1.0, {"order": ("hours",)})).shown[0] == "Data for Boards"


def test_organisations_own_institution_is_what_it_offers(search) -> None:
    assert search._say(
        describe, Understanding("ask_about", 1.0, {"institution": ("example-university-of-nowhere",)})
    ).shown
    both = {"institution": ("example-university-of-nowhere", "rmit-university")}
    assert "Nowhere" in search._say(compare, Understanding("compare", 1.0, both)).text


# --- in people's own words, with the trained model ------------------------------------------------------------------------
@pytest.fixture(scope="module")
def understand() -> Callable[[str], Understanding]:
    """Return what the engine's own component makes of a text."""
    from rasa.shared.nlu.training_data.message import Message

    from bot.engine.nlu_component import UnderstandingComponent
    from training.evaluation.scoring import trained_reader

    component = UnderstandingComponent(UnderstandingComponent.get_default_config(), None, None, trained_reader())

    def said(text: str) -> Understanding:
        message = Message({"text": text})
        component.process([message])
        return Understanding.from_message(
            {name: message.get(name) for name in ("intent", "entities", "topic", "nearest")}
        )

    return said


@pytest.mark.parametrize(
    "turns",
    [
        [
            (
                "any programs in data analytics?",
                ["Data Basics", "Data Stories", "Data Engines", "Data for Boards", "Data Open Lab"],
            ),
            ("make that online", ["Data Basics", "Data Stories", "Data Open Lab"]),
            ("cheaper than 500 euros", ["Data Basics", "Data Stories"]),
            ("not the UK", ["Data Basics"]),
            ("the price doesn't matter", ["Data Basics"]),
        ],
        [
            (
                "show me bootcamps",
                ["Data Engines", "AI Studio", "Cyber Watch", "Cyber Night School", "Marketing Sprint"],
            ),
            ("starting in March", ["Cyber Watch"]),
            ("from April on", ["Data Engines", "AI Studio", "Cyber Night School", "Marketing Sprint"]),
            ("less than 10 hours a week", ["Cyber Night School"]),
        ],
        [
            ("AI courses but not in person", ["AI First Steps"]),
            ("and for beginners", ["AI First Steps"]),
        ],
    ],
)
def test_conversation_in_own_words(search, understand, turns) -> None:
    for text, found in turns:
        said = understand(text)
        assert said.intent in ("find_programs", "refine"), text
        assert search._say(find_programs, said).shown == found, text
