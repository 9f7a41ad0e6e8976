"""Bringing an organisation's own programs: what the command says, and what the catalogue holds afterwards."""

from __future__ import annotations

from datetime import date

import pytest

from own_programs.errors import ImportUsage, MappingWrong
from own_programs.records import Offering, Price
from tests.front.import_fixtures import advisor, bring, programs, write

COURSES = """code,title,fee,start date,city
N1,Nursing basics,€299.50,2027-03-01,Cork
D1,Data for all,€400.00,2027-04-01,Galway
"""
MAPPING = "program: {source_key: code, name: title, prices: fee}\nofferings: {start: start date, place: city}\n"


def test_first_import_proposes_a_mapping(tmp_path) -> None:
    file = str(write(tmp_path, "courses.csv", COURSES))
    first = advisor(tmp_path, "catalogue", "import", file)
    kept = tmp_path / "catalogue" / "mappings" / "courses.yml"
    assert first.returncode == 0 and "Nothing is imported yet" in first.stdout and str(kept) in first.stdout
    assert "source_key: code    # N1" in first.stdout and programs(tmp_path) == []
    second = advisor(tmp_path, "catalogue", "import", file)
    assert second.returncode == 0 and "2 new" in second.stdout, second.stderr
    assert [program.name for program in programs(tmp_path)] == ["Nursing basics", "Data for all"]


def test_proposal_says_that_no_column_tells_of_an_occasion(tmp_path) -> None:
    rows = "code,title,text\nA,Art,You paint and draw in small groups all year.\n"
    done = advisor(tmp_path, "catalogue", "import", str(write(tmp_path, "courses.csv", rows)), "--yes")
    assert "offerings: {}    # no column tells of an occasion: a start, a place, a mode" in done.stdout
    assert [program.description for program in programs(tmp_path)] == ["You paint and draw in small groups all year."]


def test_yes_takes_the_proposal_at_once(tmp_path) -> None:
    done = advisor(tmp_path, "catalogue", "import", str(write(tmp_path, "courses.csv", COURSES)), "--yes")
    assert done.returncode == 0 and "2 new, 0 changed, 0 the same" in done.stdout
    program = programs(tmp_path)[0]
    assert program.key == "courses:N1" and program.prices == (Price(299.5, "EUR"),)
    assert program.offerings == (Offering(start=date(2027, 3, 1), place="Cork"),)


def test_open_question_stops_the_import(tmp_path) -> None:
    file = str(write(tmp_path, "courses.csv", COURSES.replace("€299.50", "€1.200").replace("€400.00", "€2.500")))
    asked = advisor(tmp_path, "catalogue", "import", file, "--yes")
    assert asked.returncode == 1 and "1.200 may be 1200 or 1.2" in asked.stdout and programs(tmp_path) == []
    proposed = advisor(tmp_path, "catalogue", "import", file, "--source", "other")
    assert proposed.returncode == 0 and "1.200 may be 1200 or 1.2" in proposed.stdout
    told = advisor(tmp_path, "catalogue", "import", file, "--decimal", ",")
    assert told.returncode == 0 and "Kept in the mapping for the next time: decimal" in told.stdout
    assert programs(tmp_path)[0].prices == (Price(1200.0, "EUR"),)
    assert advisor(tmp_path, "catalogue", "import", file).returncode == 0


def test_unreadable_file_is_one_line(tmp_path) -> None:
    done = advisor(tmp_path, "catalogue", "import", str(tmp_path / "nothing.csv"))
    assert done.returncode == 1 and done.stderr.endswith("nothing.csv: there is no such file.\n")


def test_same_file_changes_nothing(tmp_path) -> None:
    bring(tmp_path, COURSES, MAPPING)
    again = bring(tmp_path, COURSES, MAPPING).report
    assert (again.new, again.changed, again.same, again.missing) == (0, 0, 2, [])


def test_changed_and_missing_are_told(tmp_path) -> None:
    bring(tmp_path, COURSES, MAPPING)
    later = bring(tmp_path, "code,title,fee,start date,city\nN1,Nursing basics,€310.00,2027-03-01,Cork\n", MAPPING)
    assert (later.report.changed, later.report.missing) == (1, ["Data for all (D1)"])
    assert "Missing since last time, kept, but found no more: 1." in later.text
    assert [program.source_key for program in later.programs] == ["N1"]
    assert {program.source_key for program in bring(tmp_path, COURSES, MAPPING).programs} == {"N1", "D1"}


def test_missing_are_removed_if_asked(tmp_path) -> None:
    bring(tmp_path, COURSES, MAPPING)
    shorter = "\n".join(COURSES.splitlines()[:2])
    assert bring(tmp_path, shorter, MAPPING).report.removed == 0
    assert bring(tmp_path, shorter, MAPPING, remove_missing=True, sure=True).report.removed == 1
    assert bring(tmp_path, COURSES, MAPPING).report.new == 1


def test_removing_more_than_a_fifth_is_asked(tmp_path) -> None:
    rows = [f"C{number},Course {number},€10,2027-03-01,Cork" for number in range(10)]
    header = COURSES.splitlines()[0]
    bring(tmp_path, "\n".join([header, *rows]), MAPPING)
    trial = bring(tmp_path, "\n".join([header, *rows[:7]]), MAPPING, remove_missing=True, dry_run=True)
    assert trial.report.unsure and "removes 3 of 10 programs" in trial.text
    with pytest.raises(ImportUsage, match="removes 3 of 10 programs.*--yes"):
        bring(tmp_path, "\n".join([header, *rows[:7]]), MAPPING, remove_missing=True)
    assert len(programs(tmp_path)) == 10, "nothing was changed"
    file = write(tmp_path, "courses.csv", "\n".join([header, *rows[:7]]))
    told = ["catalogue", "import", str(file), "--mapping", str(tmp_path / "mapping.yml"), "--remove-missing"]
    assert advisor(tmp_path, *told).returncode == 1 and len(programs(tmp_path)) == 10
    assert advisor(tmp_path, *told, "--yes").returncode == 0 and len(programs(tmp_path)) == 7
    fewer = bring(tmp_path, "\n".join([header, *rows[:6]]), MAPPING, remove_missing=True)
    assert fewer.report.removed == 1, "a seventh needs no second word"


def test_refused_row_leaves_all_as_it_was(tmp_path) -> None:
    bring(tmp_path, COURSES, MAPPING)
    bad = COURSES.replace("2027-04-01", "2027-04-31").replace("Nursing basics", "Nursing")
    refused = bring(tmp_path, bad, MAPPING)
    assert refused.report.blocked and "courses.csv:3: start, from start date: 2027-04-31 is no day" in refused.text
    assert [program.name for program in refused.programs] == ["Nursing basics", "Data for all"]


def test_partial_takes_the_other_rows(tmp_path) -> None:
    bring(tmp_path, COURSES, MAPPING)
    bad = COURSES.replace("2027-04-01", "2027-04-31").replace("Nursing basics", "Nursing")
    taken = bring(tmp_path, bad, MAPPING, partial=True)
    assert [program.name for program in taken.programs] == ["Nursing", "Data for all"]
    assert taken.report.missing == [], "a refused row is not a missing program"


def test_row_without_identity_hides_what_is_missing(tmp_path) -> None:
    bring(tmp_path, COURSES, MAPPING)
    taken = bring(tmp_path, COURSES.replace("D1,", ","), MAPPING, partial=True)
    assert taken.report.missing == [] and "none of them counts as missing" in taken.text
    assert len(taken.programs) == 2


def test_dry_run_changes_nothing(tmp_path) -> None:
    assert bring(tmp_path, COURSES, MAPPING, dry_run=True).programs == []
    bring(tmp_path, COURSES, MAPPING)
    trial = bring(tmp_path, COURSES.replace("Nursing basics", "Nursing"), MAPPING, dry_run=True)
    assert trial.report.changed == 1 and trial.programs[0].name == "Nursing basics"


def test_trial_by_command_keeps_no_mapping(tmp_path) -> None:
    file = str(write(tmp_path, "courses.csv", COURSES))
    done = advisor(tmp_path, "catalogue", "import", file, "--dry-run")
    assert done.returncode == 0 and "This was a trial" in done.stdout
    assert not (tmp_path / "catalogue").exists()


def test_rows_of_one_identity_become_offerings(tmp_path) -> None:
    rows = "N1,Nursing basics,€299.50,2027-09-01,Dublin\nN1,Nursing basics,€350.00,2027-10-01,Dublin\n"
    program = bring(tmp_path, COURSES + rows, MAPPING).programs[0]
    assert [offering.place for offering in program.offerings] == ["Cork", "Dublin", "Dublin"]
    assert program.prices == () and program.offerings[2].prices == (Price(350.0, "EUR"),)


def test_common_price_belongs_to_the_program(tmp_path) -> None:
    program = bring(tmp_path, COURSES + "N1,Nursing basics,€299.50,2027-09-01,Dublin\n", MAPPING).programs[0]
    assert program.prices == (Price(299.5, "EUR"),) and all(not offering.prices for offering in program.offerings)


def test_one_identity_with_two_names_is_refused(tmp_path) -> None:
    refused = bring(tmp_path, COURSES + "N1,Something else,€1.00,2027-09-01,Dublin\n", MAPPING)
    assert "courses.csv:4" in refused.text and "as has courses.csv:2" in refused.text and refused.programs == []


def test_columns_without_a_place_are_told(tmp_path) -> None:
    done = bring(tmp_path, "code,title,room\nA,Art,12\nB,Botany,\n", "program: {source_key: code, name: title}")
    assert "room: filled 1 time, such as 12" in done.text
    ignored = bring(
        tmp_path, "code,title,room\nA,Art,12\n", "program: {source_key: code, name: title}\nignore: [room]\n"
    )
    assert "room" not in ignored.text


def test_names_that_are_everyday_words_are_told(tmp_path) -> None:
    head = "code,title,subjects,skills,provider,place\n"
    rows = f"{head}A,Norse Carving,No,carving,Now,Nice\nB,Fjord Rowing,rowing,it,Now,Tartu\n"
    done = advisor(tmp_path, "catalogue", "import", str(write(tmp_path, "courses.csv", rows)), "--yes")
    told = done.stdout.partition("Names that are everyday words.")[2]
    assert "count only in capitals, in quotes, alone, or as a place after “in”" in told, done.stdout + done.stderr
    assert "provider “Now” (2 programs)" in told and "What to do: if people would miss them" in told
    assert [word for word in ("subject “No”", "skill “it”", "place “Nice”") if word not in told] == []
    assert [word for word in ("carving", "rowing", "Tartu") if word in told] == []
    plain = advisor(tmp_path, "catalogue", "import", str(write(tmp_path, "plain.csv", "code,title\nA,Art\n")), "--yes")
    assert plain.returncode == 0 and "everyday words" not in plain.stdout


def test_renamed_column_does_not_empty_a_field(tmp_path) -> None:
    bring(tmp_path, COURSES, MAPPING)
    renamed = bring(tmp_path, COURSES.replace("code,title,fee", "code,title,price"), MAPPING)
    assert "prices: the file has no column fee" in renamed.text and "name its new column" in renamed.text
    assert renamed.programs[0].prices == (Price(299.5, "EUR"),)


def test_only_chooses_rows(tmp_path) -> None:
    mapping = "only: {live: [1, yes]}\nprogram: {source_key: code, name: title}"
    done = bring(tmp_path, "code,title,live\nA,Art,1\nB,Botany,0\nC,Chess,yes\n", mapping)
    assert [program.name for program in done.programs] == [
        "Art",
        "Chess",
    ] and "Left out by `only` in the mapping: 1 row." in done.text


def test_checked_day_is_kept_and_is_no_change(tmp_path) -> None:
    bring(tmp_path, COURSES, MAPPING, checked_on=date(2027, 1, 1))
    later = bring(tmp_path, COURSES, MAPPING, checked_on=date(2027, 2, 1))
    assert later.report.same == 2 and later.programs[0].checked_on == date(2027, 2, 1)


def test_sources_do_not_touch_each_other(tmp_path) -> None:
    bring(tmp_path, COURSES, MAPPING)
    other = bring(tmp_path, "code,title,fee,start date,city\nN1,Night school,,,\n", MAPPING, source="evening")
    assert other.report.missing == [] and {program.key for program in other.programs} >= {"courses:N1", "evening:N1"}


def test_dated_file_is_the_same_source(tmp_path) -> None:
    bring(tmp_path, COURSES, MAPPING)
    assert bring(tmp_path, COURSES, MAPPING, name="courses-2027-03-08.csv").report.same == 2


def test_several_files_need_a_name(tmp_path) -> None:
    files = [str(write(tmp_path, name, COURSES.replace("1,", f"{name[0]},"))) for name in ("a.csv", "b.csv")]
    refused = advisor(tmp_path, "catalogue", "import", *files, "--yes")
    assert refused.returncode == 1 and "--source NAME" in refused.stderr
    taken = advisor(tmp_path, "catalogue", "import", *files, "--yes", "--source", "all")
    assert "4 new" in taken.stdout, taken.stdout + taken.stderr


@pytest.mark.parametrize("name", ["../evil", "a/b", "", "A B"])
def test_name_of_a_source_stays_in_its_folder(tmp_path, name) -> None:
    if not name:
        with pytest.raises(ImportUsage, match="gives no name"):
            bring(tmp_path, COURSES, MAPPING, name="----.csv")
        return
    with pytest.raises(ImportUsage, match="cannot be a source's name"):
        bring(tmp_path, COURSES, MAPPING, source=name)


@pytest.mark.parametrize(
    ("mapping", "line", "told"),
    [
        ("program: {sauce_key: code}", 1, "`program` has no sauce_key"),
        ("program:\n  name: {from: title, as: magic}", 2, "there is no conversion magic"),
        ("program:\n  name: title\n  level: {from: l, framework: nowhere}", 3, "there is no framework nowhere"),
        ("program:\n  name:\n    as: text", 3, "needs either `from:` or `constant:`"),
        ("vocabulary: latin", 1, "there is no vocabulary latin"),
        ("read: {decimal: ';'}", 1, "`decimal` is '.' or ','"),
        ("program:\n  subjects: {from: s, codes: [a]}", 2, "`codes` is written as"),
        ("program: [", 1, "this is no YAML"),
        ("just words", 0, "a mapping file has the keys"),
    ],
)
def test_wrong_mapping_names_its_line(tmp_path, mapping, line, told) -> None:
    with pytest.raises(MappingWrong) as error:
        bring(tmp_path, COURSES, mapping)
    assert told in str(error.value) and (f"mapping.yml:{line}:" in str(error.value) or not line)


def test_wrong_mapping_leaves_the_kept_one(tmp_path) -> None:
    file = str(write(tmp_path, "courses.csv", COURSES))
    advisor(tmp_path, "catalogue", "import", file, "--yes")
    kept = (tmp_path / "catalogue" / "mappings" / "courses.yml").read_text()
    other = str(write(tmp_path, "other.yml", "program: {source_key: city, name: title, prices: title}\n"))
    assert advisor(tmp_path, "catalogue", "import", file, "--mapping", other).returncode == 1
    assert (tmp_path / "catalogue" / "mappings" / "courses.yml").read_text() == kept
