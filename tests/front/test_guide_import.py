"""Pages and files become a draft of a guide, whole or not at all; nothing of it is served unread."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from typer.testing import CliRunner

from bot.cli.main import app
from core.settings import PROJECT_ROOT, Settings
from guide_import.draft import About
from guide_import.errors import FileRefused, ImportRefused
from guide_import.import_guide import accept, check_guide, import_guide
from guide_import.proposal import Encode
from guide_import.readers.reader import LARGEST, read_file
from guide_import.records import Reading
from knowledge.building.load import collect
from knowledge.building.sources import Findings
from nlu.encoding.encoder import open_encoder

PAGE = PROJECT_ROOT / "tests" / "language_school" / "faq.html"
ABOUT = About("language courses at Alder Street", contact="the office")
Read = Callable[[str, str | bytes], Reading]


@pytest.fixture(scope="module")
def encode() -> Encode:
    """Return the sentence model's function."""
    return open_encoder(Settings().encoder_dir).encode


@pytest.fixture
def read(tmp_path) -> Read:
    """Return a function that writes a file and reads it as an import does."""

    def written(name: str, content: str | bytes) -> Reading:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_file(path)

    return written


def told(reading: Reading) -> list[tuple[str, str, str]]:
    """Return heading, text and section of each passage."""
    return [(each.heading, " ".join(each.paragraphs), each.section) for each in reading.passages]


def topics(folder: Path) -> dict[str, dict]:
    """Return the topics of a pack by their keys, the drafts as well."""
    collection = collect(folder / "knowledge", Findings(), with_drafts=True)
    return {row["key"]: row.values for row in collection.of("topic")}


def test_page_becomes_a_draft(tmp_path, encode) -> None:
    made = import_guide([PAGE], tmp_path / "pack", ABOUT, encode)
    found = topics(tmp_path / "pack")
    assert len(found) == 41 and sum(map(len, made.written.values())) == 41
    lasts = found["courses/how-long-does-a-course-last"]
    assert lasts["ask"] == ["How long does a course last?"] and lasts["accepted"] is False
    assert lasts["answer"].startswith("A course runs for twelve weeks") and "claims" not in lasts
    assert len(check_guide(tmp_path / "pack")) == 41
    assert "faq.html, line 13" in (tmp_path / "pack/import-report.md").read_text()
    assert "accepted: false  # faq.html, line 13" in (tmp_path / "pack/knowledge/guide/courses.yml").read_text()


def test_drafts_wait_until_they_are_accepted(tmp_path, encode) -> None:
    pack = tmp_path / "pack"
    import_guide([PAGE], pack, ABOUT, encode)
    assert collect(pack / "knowledge", Findings()).of("topic") == []
    assert accept(pack, ["the-school/is-there-parking"]) == ["the-school/is-there-parking"]
    assert [row["key"] for row in collect(pack / "knowledge", Findings()).of("topic")] == [
        "the-school/is-there-parking"
    ]
    with pytest.raises(ImportRefused, match="the-school/is-there-parking: no topic of this key is waiting"):
        accept(pack, ["the-school/is-there-parking"])
    assert len(accept(pack, [])) == 40 and check_guide(pack) == []


def test_topics_of_several_files_are_accepted_all_or_none(tmp_path, encode) -> None:
    pack = tmp_path / "pack"
    import_guide([PAGE], pack, ABOUT, encode)
    files = {path: path.read_bytes() for path in sorted((pack / "knowledge/guide").glob("*.yml"))}
    last = [path for path in files if b"accepted: false" in files[path]][-1]
    (last.parent / f".{last.name}.new").mkdir()  # so that this one cannot be written
    with pytest.raises(ImportRefused, match="nothing was changed"):
        accept(pack, [])
    assert {path: path.read_bytes() for path in files} == files
    (last.parent / f".{last.name}.new").rmdir()
    assert len(accept(pack, [])) == 41


def test_second_import_takes_only_what_is_new(tmp_path, encode) -> None:
    pack, more = tmp_path / "pack", tmp_path / "more.csv"
    import_guide([PAGE], pack, ABOUT, encode)
    more.write_text(
        'question,answer\nIs there parking?,No.\nDo you have a choir?,"Yes, it sings on Tuesdays at seven."\n'
    )
    made = import_guide([more], pack, None, encode)
    assert made.written == {"more.yml": ["more/do-you-have-a-choir"]}
    assert [each.why for each in made.left] == ["the guide asks this already"]
    assert len(topics(pack)) == 42


def test_same_question_becomes_one_topic(tmp_path, encode) -> None:
    one, other = tmp_path / "one.md", tmp_path / "other.md"
    one.write_text(
        "# Help\n## How much does a course cost?\nA course costs 240 euros.\n## When do you open?\nAt nine.\n"
    )
    other.write_text(
        "# Prices\n## What does a course cost?\nA course costs 240 euros.\n## When do you open?\nThe dog is ill today.\n"
    )
    made = import_guide([one, other], tmp_path / "pack", ABOUT, encode)
    found = topics(tmp_path / "pack")
    assert found["help/how-much-does-a-course-cost"]["ask"] == [
        "How much does a course cost?",
        "What does a course cost?",
    ]
    assert found["help/how-much-does-a-course-cost"]["claims"][0]["say"] == "A course costs 240 euros."
    [left] = made.left
    assert "answered otherwise at one.md, line 4" in left.why


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("I cannot come to you. Will you come to where I live and work?", "I cannot come to you"),
        ("Should St. Mary's pupils and their parents bring their own lunch along?", "Should St. Mary's pupils"),
    ],
)
def test_long_headings_end_where_a_sentence_does(tmp_path, encode, heading, title) -> None:
    page = tmp_path / "a.md"
    page.write_text(f"# FAQ\n## {heading}\nYes.\n")
    import_guide([page], tmp_path / "pack", ABOUT, encode)
    [topic] = topics(tmp_path / "pack").values()
    assert topic["title"] == title


def test_faq_data_of_a_page_is_preferred(read) -> None:
    data = {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "mainEntity": [
            {
                "@type": "Question",
                "name": "Is it safe?",
                "acceptedAnswer": {"@type": "Answer", "text": "<p>Yes, <b>very</b>.</p>"},
            }
        ],
    }
    page = f'<title>Shop</title><script type="application/ld+json">{json.dumps(data)}</script><h2>Other</h2><p>Text</p>'
    assert told(read("a.html", page)) == [("Is it safe?", "Yes, very.", "")]


def test_details_and_lists_of_a_page_are_read(read) -> None:
    page = """<main><h1>Help</h1><details><summary>What do I bring?</summary><p>Bring:</p>
    <ul><li>a pen</li><li>paper, <a href="https://example.org/a">any</a></li></ul></details>
    <script>alert("no")</script><dl><dt>Is it far?</dt><dd>No.</dd></dl></main>"""
    reading = read("a.htm", page)
    assert told(reading) == [("What do I bring?", "Bring:", "Help"), ("Is it far?", "No.", "Help")]
    assert (
        reading.passages[0].items == ("a pen", "paper ( which (https://example.org/a) )")
        or reading.passages[0].items[0] == "a pen"
    )


def test_markdown_is_read(read) -> None:
    text = "# Guide\n\nIntro.\n\n## How?\n\nLike *this*:\n\n1. first\n2. second\n\n**Is it so?**\n\nIt is.\n"
    reading = read("a.md", text)
    assert told(reading) == [
        ("Guide", "Intro.", "Guide"),
        ("How?", "Like this:", "Guide"),
        ("Is it so?", "It is.", "How?"),
    ]
    assert reading.passages[1].items == ("first", "second") and reading.passages[1].place == "line 5"


def test_word_document_is_read(read) -> None:
    document, out = docx.Document(), io.BytesIO()
    document.add_heading("Prices", 1)
    document.add_heading("What is it?", 2)
    document.add_paragraph("It is a thing.")
    document.add_paragraph("red", style="List Bullet")
    row = document.add_table(1, 2).rows[0].cells
    row[0].text, row[1].text = "Is it dear?", "No, it is cheap."
    document.save(out)
    reading = read("a.docx", out.getvalue())
    assert told(reading) == [
        ("What is it?", "It is a thing.", "Prices"),
        ("Is it dear?", "No, it is cheap.", "What is it?"),
    ]
    assert reading.passages[0].items == ("red",)


def pdf(lines: list[tuple[str, int]]) -> bytes:
    """Return a PDF of one page with lines of text in these sizes."""
    shown = "".join(f"/F1 {size} Tf ({text}) Tj 0 -{size + 6} Td " for text, size in lines)
    stream = f"BT 50 780 Td {shown} ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        out
        + b"xref\n0 6\n0000000000 65535 f \n"
        + table
        + b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % len(out)
    )


def test_pdf_is_read(read) -> None:
    lines = [
        ("Prices", 20),
        ("1. What does it cost?", 11),
        ("It costs ten euros, and", 11),
        ("nothing for children.", 11),
    ]
    lines += [("Can I pay later?", 11), ("No.", 11)]
    reading = read("a.pdf", pdf(lines))
    expected = [
        ("What does it cost?", "It costs ten euros, and nothing for children.", "Prices"),
        ("Can I pay later?", "No.", "Prices"),
    ]
    assert told(reading) == expected and reading.passages[0].place == "page 1"


@pytest.mark.parametrize(
    "content",
    [
        "category;question;answer\nPrices;Is it dear?;No\n",
        "Is it dear?\tNo\n",
        "\ufeffAnswer,Question\nNo,Is it dear?\n",
    ],
)
def test_tables_are_read(read, content) -> None:
    [passage] = read("a.csv", content).passages
    assert (passage.heading, passage.paragraphs) == ("Is it dear?", ("No",))


def test_separator_is_told_by_all_lines(read) -> None:
    reading = read("a.csv", "Is it near, far, or both?;Far\nIs it dear?;No\n")
    assert [(each.heading, each.paragraphs[0]) for each in reading.passages] == [
        ("Is it near, far, or both?", "Far"),
        ("Is it dear?", "No"),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_texts_of_offices_are_decoded(read, encoding) -> None:
    reading = read("a.md", "# FAQ\n\n## What\u2019s the fee?\n\nIt\u2019s \u00a325.\n".encode(encoding))
    assert told(reading) == [("What\u2019s the fee?", "It\u2019s \u00a325.", "FAQ")]


EXPORTS = {
    "zendesk": {
        "articles": [
            {"title": "Is it dear?", "body": "<p>No.</p>", "section_id": 7, "draft": False},
            {"title": "Secret", "body": "<p>x</p>", "section_id": 7, "draft": True},
        ],
        "sections": [{"id": 7, "name": "Prices"}],
    },
    "intercom": {
        "type": "list",
        "data": [
            {"type": "article", "title": "Is it dear?", "body": "<p>No.</p>", "state": "published"},
            {"type": "article", "title": "Secret", "body": "<p>x</p>", "state": "draft"},
        ],
    },
    "chatwoot": {
        "payload": [
            {"title": "Is it dear?", "content": "No.", "status": "published", "category": {"name": "Prices"}},
            {"title": "Secret", "content": "x", "status": "draft"},
        ]
    },
}


@pytest.mark.parametrize("export", EXPORTS)
def test_help_centres_are_read(read, export) -> None:
    reading = read("a.json", json.dumps(EXPORTS[export]))
    assert [(each.heading, each.paragraphs) for each in reading.passages] == [("Is it dear?", ("No.",))]
    assert [(each.what, each.why) for each in reading.left] == [("Secret", "it is not published")]


def bomb() -> bytes:
    """Return a packed document of a few kilobytes that would unpack to 100 MB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/document.xml", b"0" * 100_000_000)
    return out.getvalue()


ENTITIES = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "{0}"><!ENTITY c SYSTEM "file:///etc/passwd">]><h1>&b;&c;</h1><p>x</p>'


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("bomb.docx", bomb(), "bomb.docx: unpacked, this document is larger"),
        ("a.docx", b"PK\x03\x04 no more", "a.docx: this is no Word document"),
        ("a.pdf", b"%PDF-1.4 cut off", "a.pdf: this PDF cannot be read"),
        ("a.json", "{", "a.json:1: this is no JSON"),
        ("a.json", "[" * 100_000, "a.json: this JSON goes too deep"),
        ("a.json", "{}", "a.json: no articles were found"),
        ("a.csv", 'a,"b\nc', "a.csv:2: this is no CSV"),
        ("a.md", b"\x00\x01\x02\xff\xfe\x00", "a.md: this is no text"),
        ("a.xls", "x", "a.xls: files of this kind are not read"),
        ("big.html", b" " * (LARGEST + 1), "big.html: the file is larger than an import takes"),
    ],
)
def test_bad_files_are_refused_by_name(read, name, content, message) -> None:
    with pytest.raises(FileRefused) as refused:
        read(name, content)
    assert str(refused.value).startswith(message) and "\n" not in str(refused.value)


def test_entities_bring_nothing_in(read) -> None:
    reading = read("a.html", ENTITIES.format("b" * 1000))
    assert "root:" not in str(reading) and len(str(reading)) < 5000


def test_deep_pages_end(read) -> None:
    reading = read("a.html", "<h1>Top</h1>" + "<div>" * 5_000 + "deep" + "</div>" * 5_000)
    assert len(reading.passages) <= 1


def test_one_bad_file_leaves_all_as_it_was(tmp_path, encode) -> None:
    pack, bad = tmp_path / "pack", tmp_path / "bad.pdf"
    import_guide([PAGE], pack, ABOUT, encode)
    before = {path: path.read_bytes() for path in pack.rglob("*") if path.is_file()}
    bad.write_bytes(b"no PDF")
    good = tmp_path / "good.md"
    good.write_text("# New\n## Is it new?\nYes, it is.\n")
    with pytest.raises(FileRefused, match=r"bad\.pdf"):
        import_guide([good, bad], pack, None, encode)
    assert {path: path.read_bytes() for path in pack.rglob("*") if path.is_file()} == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_foreign_folder_is_not_touched(tmp_path, encode) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos/cat.jpg").write_bytes(b"cat")
    with pytest.raises(ImportRefused, match="no guide pack"):
        import_guide([PAGE], tmp_path / "photos", ABOUT, encode)
    assert [path.name for path in (tmp_path / "photos").iterdir()] == ["cat.jpg"]


def test_texts_of_strangers_stay_text(tmp_path, encode) -> None:
    page = tmp_path / "a.html"
    page.write_text("<h1>Top</h1><h2>Is {this} [a](b) trick: yes?</h2><p>- no: &amp; # <i>never</i> \u0007 : {x}</p>")
    import_guide([page], tmp_path / "pack", ABOUT, encode)
    [topic] = topics(tmp_path / "pack").values()
    assert topic["ask"] == ["Is (this) (a)(b) trick: yes?"] and "never" in topic["answer"]


def test_command_says_what_was_made(tmp_path) -> None:
    run = CliRunner()
    done = run.invoke(app, ["guide", "import", str(PAGE), "--into", str(tmp_path / "pack"), "--subject", "courses"])
    assert done.exit_code == 0 and "courses.yml: 10 topics" in done.output
    done = run.invoke(app, ["guide", "accept", str(tmp_path / "pack")])
    assert done.exit_code == 2
    done = run.invoke(app, ["guide", "accept", str(tmp_path / "pack"), "--all"])
    assert done.exit_code == 0 and "41 topics accepted" in done.output
