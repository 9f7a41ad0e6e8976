"""The markdown subset of our messages."""

import pytest

from channels.markup import BOLD, ITALIC, LINK, PLAIN, Line, Span, lines_of, plain_text, spans_of


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("plain", [(PLAIN, "plain", "")]),
        ("a **bold** word", [(PLAIN, "a ", ""), (BOLD, "bold", ""), (PLAIN, " word", "")]),
        ("*soft* and _soft_", [(ITALIC, "soft", ""), (PLAIN, " and ", ""), (ITALIC, "soft", "")]),
        ("[site](https://a.example/x)", [(LINK, "site", "https://a.example/x")]),
        ("snake_case_name and 2*3*4", [(PLAIN, "snake_case_name and 2*3*4", "")]),
        ("**open", [(PLAIN, "**open", "")]),
        ("[x](javascript:alert(1))", [(PLAIN, "[x](javascript:alert(1))", "")]),
    ],
)
def test_spans_are_read(text, spans):
    assert spans_of(text) == tuple(Span(*one) for one in spans)


def test_lists_keep_their_marks():
    assert [line.mark for line in lines_of("Two:\n- one\n* two\n\n3. three")] == ["", "-", "-", "", "3."]


def test_empty_line_parts_paragraphs():
    assert lines_of("a\n\nb")[1] == Line(())


def test_plain_text_shows_where_links_lead():
    assert plain_text("**Ask** [them](mailto:a@b.example)\n- *soon*") == "Ask them (mailto:a@b.example)\n- soon"
