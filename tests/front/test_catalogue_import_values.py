"""What stands in cells becomes money, dates, durations and words, is asked about, left out with a note, or refused."""

from __future__ import annotations

from datetime import date

import pytest

from own_programs.describe import language
from own_programs.importing.vocabulary import words
from own_programs.records import Credit, Price, Recognition
from tests.front.import_fixtures import bring, value_of


@pytest.mark.parametrize(
    ("cell", "options", "prices"),
    [
        ("€299.50", "", [Price(299.5, "EUR")]),
        ("299,50", ", currency: EUR", [Price(299.5, "EUR")]),
        ("1.200,50 €", "", [Price(1200.5, "EUR")]),
        ("CHF 1'200.–", "", [Price(1200, "CHF")]),
        ("12 000 SEK", "", [Price(12000, "SEK")]),
        ("£2,500.00 (UK students)", "", [Price(2500, "GBP", "UK students")]),
        ("EU €4,800.00; non-EU €9,600.00", "", [Price(4800, "EUR", "EU"), Price(9600, "EUR", "non-EU")]),
        ("$500", ", currency: CAD", [Price(500, "CAD")]),
        ("USD $500", "", [Price(500, "USD")]),
        ("US$ 20", "", [Price(20, "USD")]),
        ("₹1,00,000.00", "", [Price(100000, "INR")]),
        ("kostenlos", ", currency: EUR", [Price(0, "EUR")]),
        ("Free", ", currency: GBP, category: members", [Price(0, "GBP", "members")]),
        ("on request", ", currency: EUR", []),
        ("auf Anfrage", "", []),
        ("€50 per month", "", []),
        ("", "", []),
        ("n/a", "", []),
    ],
)
def test_money_is_read(tmp_path, cell, options, prices) -> None:
    done = value_of(tmp_path, "prices", cell, options)
    assert list(done.only.prices) == prices, done.text


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("$500", "$500 may be USD, CAD or AUD"),
        ("500", "500 is a price in no stated currency"),
        ("kostenlos", "kostenlos is a price in no stated currency"),
        ("€-500", "is less than nothing"),
        ("-500 EUR", "is less than nothing"),
        ("€ " + "9" * 150, "is too large a number"),
        ("a lot of €", "is not one price"),
        ("€5" + "-" * 20_000 + "x", "is no price"),
        ("€5 or €6", "is not one price"),
        ("€50, free for members", "is not one price"),
        ("€1.20.3,4", "is no number with the decimal mark"),
    ],
)
def test_unreadable_money_is_refused(tmp_path, cell, told) -> None:
    done = value_of(tmp_path, "prices", cell)
    assert told in done.text and "What to do:" in done.text and done.programs == []


@pytest.mark.parametrize(
    ("cells", "decimal", "amounts"),
    [
        (["1.200", "1.200,50"], None, [1200, 1200.5]),
        (["1.200", "0.5"], None, [1.2, 0.5]),
        (["4,800", "1,234,567"], None, [4800, 1234567]),
        (["4,800", "3,200"], ".", [4800, 3200]),
        (["4,800", "3,200"], ",", [4.8, 3.2]),
        (["10", "20"], None, [10, 20]),
    ],
)
def test_decimal_mark_is_of_the_whole_column(tmp_path, cells, decimal, amounts) -> None:
    rows = "".join(f'{number},N{number},"{cell}"\n' for number, cell in enumerate(cells))
    mapping = "program: {source_key: id, name: name, prices: {from: x, currency: EUR}}"
    done = bring(tmp_path, f"id,name,x\n{rows}", mapping, read={"decimal": decimal} if decimal else {})
    assert [program.prices[0].amount for program in done.programs] == amounts, done.text


@pytest.mark.parametrize(
    ("cells", "question"),
    [
        (["1.200", "5"], "1.200 may be 1200 or 1.2"),
        (["€4,800"], "4,800 may be 4800 or 4.8"),
        (["1.200,50", "1,200.50"], "need different decimal marks"),
    ],
)
def test_open_decimal_mark_is_asked(tmp_path, cells, question) -> None:
    rows = "".join(f'{number},N{number},"{cell}"\n' for number, cell in enumerate(cells))
    done = bring(
        tmp_path, f"id,name,x\n{rows}", "program: {source_key: id, name: name, prices: {from: x, currency: EUR}}"
    )
    assert question in done.text and "--decimal" in done.text and done.programs == []


def test_all_that_is_open_is_asked_at_once(tmp_path) -> None:
    table = "id,name,x,begins\n1,N1,$3,500,03/04/2027\n".replace("$3,500", '"$3,500"')
    mapping = "program: {source_key: id, name: name, prices: x}\nofferings: {start: begins}"
    done = bring(tmp_path, table, mapping)
    assert all(option in done.text for option in ("--decimal", "--currency", "--dates")) and done.programs == []
    told = {"decimal": ".", "currency": "USD", "dates": "day-first"}
    assert bring(tmp_path, table, mapping, read=told).only.prices == (Price(3500, "USD"),)


@pytest.mark.parametrize(
    ("cell", "start"),
    [
        ("2027-03-01", date(2027, 3, 1)),
        ("2027-03-01T05:00:00Z", date(2027, 3, 1)),
        ("01.03.2027", date(2027, 3, 1)),
        ("13/03/2027", date(2027, 3, 13)),
        ("03/13/2027", date(2027, 3, 13)),
        ("05/05/2027", date(2027, 5, 5)),
        ("1. März 2027", date(2027, 3, 1)),
        ("March 1st, 2027", date(2027, 3, 1)),
        ("Mon 1 Mar 2027", date(2027, 3, 1)),
        ("1 de marzo de 2027", date(2027, 3, 1)),
        ("Starts January", "January"),
        ("January 2027", "January 2027"),
        ("any time", "any time"),
    ],
)
def test_start_is_a_day_or_words(tmp_path, cell, start) -> None:
    (offering,) = value_of(tmp_path, "start", cell, section="offerings").only.offerings
    assert (offering.start or offering.start_text) == start


@pytest.mark.parametrize("cell", ["31.02.2027", "2027-13-01", "2999-01-01", "0001-01-01", "8 Jan 99999999999999999999"])
def test_impossible_day_is_refused(tmp_path, cell) -> None:
    done = value_of(tmp_path, "start", cell, section="offerings")
    assert "courses.csv:2: start" in done.text and "`empty:`" in done.text and done.programs == []


def test_open_order_of_dates_is_asked(tmp_path) -> None:
    rows = "id,name,begins\n1,One,03/04/2027\n2,Two,05/06/2027\n"
    mapping = "program: {source_key: id, name: name}\nofferings: {start: begins}"
    done = bring(tmp_path, rows, mapping)
    assert "03/04/2027 may be 3 April or 4 March" in done.text and done.programs == []
    told = bring(tmp_path, rows, mapping, read={"dates": "month-first"})
    assert told.programs[0].offerings[0].start == date(2027, 3, 4)
    assert "day first" in bring(tmp_path, rows + "3,Three,25/06/2027\n", mapping).text


def test_seconds_are_times_only_if_said(tmp_path) -> None:
    content = '[{"id": 1, "name": "One", "s": 1804636800}]'
    plain = bring(tmp_path, content, "program: {source_key: id, name: name}\nofferings: {end: s}")
    assert "`unix: true`" in plain.text and plain.programs == []
    said = bring(tmp_path, content, "program: {source_key: id, name: name}\nofferings: {end: {from: s, unix: true}}")
    assert said.only.offerings[0].end == date(2027, 3, 10)


@pytest.mark.parametrize(
    ("cell", "options", "weeks", "hours", "weekly"),
    [
        ("P8W", "", 8, None, None),
        ("PT5H", "", None, 5, None),
        ("P6M", "", 26, None, None),
        ("6 Wochen", "", 6, None, None),
        ("4 Days", "", 0.57, None, None),
        ("1 semester", "", 26, None, None),
        ("1 semester", ", units: {semester: 15}", 15, None, None),
        ("40 hours", "", None, 40, None),
        ("half a year", "", 26, None, None),
        ("halbes Jahr", "", 26, None, None),
        ("1 year 6 months", "", 78, None, None),
        ("12-14 weeks", "", 14, None, None),
        ("12 meses", "", 52, None, None),
        ("6 weeks, 5 hours per week", "", 6, None, 5),
        ("5-7 hrs/wk", "", None, None, 7),
        ("two and a half months", "", 10.83, None, None),
        ("8", ", unit: weeks", 8, None, None),
        ("4 weeks per course", "", None, None, None),
        ("a while", "", None, None, None),
    ],
)
def test_duration_becomes_numbers(tmp_path, cell, options, weeks, hours, weekly) -> None:
    done = value_of(tmp_path, "duration", cell, options)
    assert (done.only.weeks, done.only.hours, done.only.hours_per_week) == (weeks, hours, weekly)
    understood = (weeks, hours, weekly) != (None, None, None)
    assert ("stays in words" in done.text) is not understood and done.only.duration


def test_duration_without_unit_is_refused(tmp_path) -> None:
    done = value_of(tmp_path, "duration", "8")
    assert "without a unit" in done.text and "`unit: weeks`" in done.text and done.programs == []


@pytest.mark.parametrize(
    ("cell", "options", "level", "eqf"),
    [
        ("EQF 7", "", "EQF 7", 7),
        ("DQR/EQR-Niveau 6", "", "DQR/EQR-Niveau 6", 6),
        ("Level 9", "", "Level 9", None),
        ("Level 9", ", framework: nfq-ie", "Level 9", 7),
        ("9", ", framework: nfq-ie", "Level 9", 7),
        ("Bachelor", "", "Bachelor", None),
        ("Level 99", ", framework: nfq-ie", "Level 99", None),
    ],
)
def test_level_keeps_its_words(tmp_path, cell, options, level, eqf) -> None:
    program = value_of(tmp_path, "level", cell, options).only
    assert (program.level, program.eqf) == (level, eqf)


@pytest.mark.parametrize(
    ("cell", "options", "credit"),
    [
        ("30 credits", "", Credit(30)),
        ("2.6 CEUs", "", Credit(2.6, "CEU")),
        ("5 ECTS", "", Credit(5, "ECTS")),
        ("7,5", ", unit: ECTS", Credit(7.5, "ECTS")),
        ("ECTS: 10", "", Credit(10, "ECTS")),
    ],
)
def test_credits_have_their_unit(tmp_path, cell, options, credit) -> None:
    assert value_of(tmp_path, "credits", cell, options).only.credits == (credit,)


@pytest.mark.parametrize(
    ("cell", "country"),
    [
        *(("IE", "Ireland"), ("irl", "Ireland"), ("Irland", "Ireland"), ("Ireland", "Ireland")),
        *(("NO", "Norway"), ("UK", "United Kingdom"), ("Österreich", "Austria"), ("Atlantis", "Atlantis")),
    ],
)
def test_countries_are_known_by_code_and_name(tmp_path, cell, country) -> None:
    assert value_of(tmp_path, "country", cell, section="offerings").only.offerings[0].country == country


@pytest.mark.parametrize(
    ("cell", "options", "languages"),
    [
        ("de", "", ("de",)),
        ("en-us", "", ("en-US",)),
        ("Deutsch; Englisch", ', separator: ";"', ("de", "en")),
        ("ENG", "", ("en",)),
        ("Klingon", "", ()),
        ("lingua propria", ", codes: {lingua propria: la}", ()),
        ("local", ", codes: {local: ga}", ("ga",)),
    ],
)
def test_languages_become_tags(tmp_path, cell, options, languages) -> None:
    done = value_of(tmp_path, "languages", cell, options)
    assert done.only.languages == languages and ("no language that is known" in done.text) is (not languages)


@pytest.mark.parametrize(
    ("cell", "options", "mode"),
    [
        ("Blended", "", "hybrid"),
        ("https://x.example/terms/OnlineOnly", "", "online"),
        ("Präsenz", "", "in-person"),
        ("F2F", ", codes: {F2F: in-person}", "in-person"),
    ],
)
def test_modes_are_understood(tmp_path, cell, options, mode) -> None:
    assert value_of(tmp_path, "mode", cell, options, "offerings").only.offerings[0].mode == mode


def test_word_that_is_not_understood_is_told(tmp_path) -> None:
    done = value_of(tmp_path, "mode", "onsite or blended", section="offerings")
    assert (
        done.only.offerings == () and "is not understood: onsite or blended (1 time, first courses.csv:2)" in done.text
    )
    assert "`codes:" in done.text


@pytest.mark.parametrize(
    ("cell", "url"),
    [
        ("https://a.example/b", "https://a.example/b"),
        ("www.a.example", "https://www.a.example"),
        ("javascript:alert(1)", ""),
        ("/b", ""),
        ("file:///etc/passwd", ""),
    ],
)
def test_only_web_addresses_are_kept(tmp_path, cell, url) -> None:
    done = value_of(tmp_path, "url", cell)
    assert done.only.url == url and ("is no web address" in done.text) is (not url)


def test_relative_address_begins_at_the_base(tmp_path) -> None:
    content, mapping = "id,name,x\n1,One,/c/1\n", "program: {source_key: id, name: name, url: x}"
    assert bring(tmp_path, content, mapping, read={"url_base": "https://a.example"}).only.url == "https://a.example/c/1"


def test_html_becomes_text(tmp_path) -> None:
    cell = "<h3>Aims</h3><ul><li>Care&nbsp;&amp; more</li></ul><script>alert(1)</script><p>a < b</p>"
    assert value_of(tmp_path, "description", cell).only.description == "Aims\n\n- Care & more\n\na < b"


def test_hostile_text_is_cleaned(tmp_path) -> None:
    cell = "a\u202eevil\x07 \u200bb\x00 " + "x" * 30_000
    done = value_of(tmp_path, "description", cell)
    assert done.only.description.startswith("aevil b xxx") and len(done.only.description) == 20_000
    assert "was cut" in done.text


def test_formula_is_refused(tmp_path) -> None:
    done = value_of(tmp_path, "provider", '=HYPERLINK("http://x.example")')
    assert "is a formula" in done.text and done.programs == []


def test_several_columns_fill_one_field(tmp_path) -> None:
    mapping = """
program:
  source_key: [code, id]
  name: name
  subjects: [area, {from: tags, separator: "+"}]
  provider: {constant: College}
  recognitions: {from: body, purpose: CPD}
  prices:
    - {from: home, currency: EUR, category: home}
    - {from: abroad, currency: {from: money}, category: international}
"""
    content = "id,code,name,area,tags,body,home,abroad,money\n1,,One,Care,a+b,Board,100,2.50,US Dollar\n"
    program = bring(tmp_path, content, mapping).only
    assert (program.source_key, program.subjects, program.provider) == ("1", ("Care", "a", "b"), "College")
    assert program.recognitions == (Recognition("Board", "CPD"),)
    assert program.prices == (Price(100, "EUR", "home"), Price(2.5, "USD", "international"))


def test_every_language_of_imports_has_a_name_on_pages() -> None:
    assert [tag for tag in words("languages") if language(tag) == tag] == []
