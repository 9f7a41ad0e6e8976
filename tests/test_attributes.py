"""What a message asks of a thing: phrasings in many voices, and the attributes that each asks.

A name of the catalogue stands in brackets behind its kind.
"""

from __future__ import annotations

import re
import time

import pytest

from core.settings import PROJECT_ROOT
from nlu.data_files import read_words
from nlu.extraction.attributes import attributes_in
from nlu.text.negation import seeks_any

ASKED = [
    ("where is [institution humber college]?", "place"),
    ("whereabouts is it", "place"),
    ("in which country is [institution massey]", "place destinations"),
    ("where exactly r these unis", "place institutions"),
    ("kahan hai [institution RMIT]", "place"),
    ("is [institution oxford] in [place spain]", "placed"),
    ("what does [institution LSE] teach", "fields taught"),
    ("what do they offer there", "fields taught"),
    ("wat can i study in [destination canada]", "fields taught"),
    ("which fields are popular in the [destination EU]", "fields popular"),
    ("what is [institution auckland] known for", "fields popular good"),
    ("what subjects do they cover", "fields exists taught"),
    ("which universities are in [destination australia]", "institutions"),
    ("any colleges in [destination nz]?", "exists institutions"),
    ("list the institutions pls", "all institutions"),
    ("how many unis r there", "count institutions exists"),
    ("hw mny colleges in [destination uk]", "count institutions"),
    ("number of universities in [destination Canada]", "count institutions"),
    ("who offers [type bootcamps]", "providers taught"),
    ("by whom is it run", "providers taught"),
    ("which companies give [type badges]", "companies taught"),
    ("which provider runs it", "providers taught"),
    ("which platform is it on", "platforms"),
    ("on which website can i take it", "platforms"),
    ("is the [type bootcamp] [mode online]?", "mode"),
    ("is it [mode in person] or [mode hybrid]", "mode"),
    ("are they private ones", "ownership"),
    ("can i do it [mode online]", "mode taught"),
    ("are [type MicroMasters] [mode fully online]", "mode"),
    ("mode of delivery for this", "mode"),
    ("how long does it take", "length"),
    ("hw long is the [type nanodegree]", "length"),
    ("what's the duration of the [provider IBM] [type badge]", "length by"),
    ("how many weeks is the [type bootcamp]", "length count"),
    ("how much does it cost", "price"),
    ("fees at [institution RMIT]", "price"),
    ("is it expensive", "price"),
    ("magkano ang [type bootcamp]", "price"),
    ("kitna paisa lagega [type nanodegree] ke liye", "price other"),
    ("is [program IELTS] free", "price"),
    ("tuition for [type MicroMasters]", "price"),
    ("when does the [type MicroMasters] start", "start"),
    ("next intake of the [type nanodegree]", "start"),
    ("start date?", "start"),
    ("is the [type bootcamp] worth it", "recognition worth"),
    ("would the [type badge] count towards it", "recognition counts count"),
    ("is a place there guaranteed", "sure"),
    ("when do classes begin", "start taught programs"),
    ("last date to apply", "deadline application"),
    ("what's the deadline for [institution Oxford]", "deadline"),
    ("how many seats are there", "count seats exists"),
    ("class size of the [type bootcamp]", "seats"),
    ("does the [type bootcamp] have evening classes", "taught schedule programs"),
    ("any spots left in the [type nanodegree]", "exists seats"),
    ("entry requirements for [institution McMaster]", "entry"),
    ("do i need a degree", "taught entry"),
    ("who can join the [type bootcamp]", "entry"),
    ("can beginners take it", "entry"),
    ("is there an exam", "exists exam"),
    ("is the [program MicroMasters] still offered", "current taught"),
    ("how is it assessed", "exam"),
    ("what is the pass mark for [provider AWS]", "exam"),
    ("in which language is it taught", "language taught"),
    ("what's the medium of instruction", "language"),
    ("how many credits does it carry", "credits count"),
    ("does it give ects", "taught credits"),
    ("how many hours a week", "count workload"),
    ("weekly workload of the [type nanodegree]", "workload"),
    ("is it accredited", "accreditation"),
    ("is [provider Udacity] legit", "accreditation"),
    ("any scholarships at [place Sydney]", "exists scholarship"),
    ("is there a discount on [provider Coursera]", "exists scholarship"),
    ("what's the syllabus of the [type bootcamp]", "syllabus"),
    ("which modules are in it", "syllabus"),
    ("who are the instructors", "teachers"),
    ("what's the email of [institution Humber]", "contact"),
    ("link to the [type nanodegree]", "contact"),
    ("how do i apply for [type MicroMasters]", "application taught"),
    ("how to enrol at [institution Bologna]", "application"),
    ("is it recognised", "recognition"),
    ("do employers accept [provider IBM] [type badges]", "taught recognition by other"),
    ("is the certificate valid in [place Kenya]", "programs recognition"),
    ("do you have [provider Harvard]", "exists taught listed"),
    ("is there a [type bootcamp] in [field nursing]", "exists"),
    ("do they have anything for [industry teachers]", "exists taught"),
    ("is [destination Canada] in your guide", "listed"),
    ("is [place Germany] one of your destinations", "listed destinations"),
    ("is [place Munich] on the list", "listed all"),
    ("is [field AI] popular in [destination Canada]", "popular"),
    ("is the [destination UK] strong in [field finance]", "popular good"),
    ("is [place Germany] good for [field engineering]", "good"),
    ("best country for [field tech]", "good best destinations"),
    ("which country is best", "destinations good best"),
    ("top university", "good best institutions"),
    ("how many countries are there", "count destinations exists"),
    ("how many types in total", "types count"),
    ("which country has the most universities", "destinations taught most institutions"),
    ("where are the most fields", "place most fields"),
    ("which has the fewest colleges", "taught fewest institutions"),
    ("what do [destination UK] and [destination Canada] have in common", "taught common popular"),
    ("do [type bootcamps] and [type nanodegrees] share anything in fields", "taught common exists fields"),
    ("what's the difference between [type badges] and [type certificates]", "difference"),
    ("[type bootcamp] vs [type nanodegree]", "difference"),
    ("countries without [field AI]", "destinations without"),
    ("types that aren't [type bootcamps]", "types without"),
    ("universities outside the [destination UK]", "institutions without"),
    ("anything other than [provider Udacity]", "exists without"),
    ("only [destination new zealand] ones", "only"),
    ("just the colleges", "only institutions"),
    ("list all types", "all types"),
    ("name all the platforms", "all platforms"),
    ("give an example of a [type badge]", "taught example"),
    ("the [type bootcamps] by [provider MIT]", "by"),
    ("[type MicroMasters] on [provider edX]", "by"),
    ("[provider google] [type nanodegree]", "by"),
    ("why is [institution Oxford] in [destination Canada]", "placed"),
    ("which kinds of certificates are there", "types programs exists"),
    ("what types exist", "types exists"),
    ("which sectors take them", "industries"),
    ("which cuntry for [field leadership]", "destinations"),
    ("places to study [field AI]", "destinations taught"),
    ("where can i study [field hospitality]", "destinations taught"),
    ("where should i go for [field AI]", "destinations"),
    ("how many countries have a national framework", "count destinations taught other"),
    ("which universities give visas", "institutions taught other"),
    ("do I need a laptop for the [type bootcamp]", "taught other"),
    ("will [institution oxford] help me find a job", "other"),
]
NAMED = re.compile(r"\[(\w+) ([^\]]+)\]")


def read(marked: str) -> tuple[str, ...]:
    """Return the attributes that a marked message asks."""
    text, spans, at = "", [], 0
    for match in NAMED.finditer(marked):
        text += marked[at : match.start()]
        spans.append((len(text), len(text) + len(match[2]), match[1]))
        text += match[2]
        at = match.end()
    return attributes_in(text + marked[at:], spans)


@pytest.mark.parametrize(("marked", "attributes"), ASKED)
def test_what_is_asked_of_a_thing_is_read(marked, attributes) -> None:
    assert read(marked) == tuple(attributes.split())


def test_at_all_asks_for_any_and_not_for_all() -> None:
    assert "all" not in attributes_in("do bosses know of it at all")
    assert "all" in attributes_in("do all bosses know of it")
    assert seeks_any("do bosses know of it at all") and not seeks_any("do all bosses know of it")


def test_there_are_enough_phrasings() -> None:
    assert len({marked for marked, _ in ASKED}) >= 100


def test_every_attribute_is_asked_somewhere() -> None:
    asked = {attribute for _, attributes in ASKED for attribute in attributes.split()}
    assert set(read_words("attributes")) - asked == set()


def test_what_is_said_beside_is_told() -> None:
    """A message that also asks about something else must not be answered as if it did not."""
    assert read("how many countries are there") == ("count", "destinations", "exists")
    assert read("how many countries forbid badgers")[-1] == "other"


@pytest.mark.parametrize(
    "text", ["is in " * 300, "when do " * 200, "what " * 400, "<place> " * 200, "_" * 2000, "a" * 2000]
)
def test_long_message_takes_no_time(text) -> None:
    attributes_in(text)
    began = time.thread_time()
    attributes_in(text)
    assert time.thread_time() - began < 0.1


def test_data_names_nothing_of_the_catalogue() -> None:
    """Names stand as their kind, so that another guide brings its own."""
    words = (PROJECT_ROOT / "nlu" / "data" / "attributes.yml").read_text(encoding="utf-8").lower()
    assert not [name for name in ("oxford", "canada", "udacity", "bootcamp", "erasmus") if name in words]
