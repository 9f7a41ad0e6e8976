"""The markdown of our messages: one table of cases, read by the server and shown by each place where people read."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

import html
import json
import re
from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as some

from channels.markdown import as_json, lines_of, plain_text
from console.web.message_html import as_html, led
from core.settings import PROJECT_ROOT
from tests.front.web_browser import browser

# Each text with its lines as they are shown: a list's mark, then HTML with no more than what is said here.
CASES = json.loads((PROJECT_ROOT / "tests/markdown_cases.json").read_text(encoding="utf-8"))
TAGS = (("code", "code"), ("italic", "em"), ("bold", "strong"))
SOURCES = PROJECT_ROOT / "widget/src"
# Draws in a page what the server read, and says what stands there in the notation of the cases.
DRAWN = """async (all) => {
    const {markdown} = await import('http://widget.example/markdown.js');
    const inside = (node) => {
        const copy = node.cloneNode(true);
        copy.querySelectorAll('.sr').forEach((one) => one.remove());
        for (const link of copy.querySelectorAll('a'))
            for (const {name} of [...link.attributes]) if (name !== 'href') link.removeAttribute(name);
        return copy.innerHTML;
    };
    const item = (one) => (one.parentNode.localName === 'ol' ? `${one.value}. ` : '- ') + inside(one);
    return all.map((said) => markdown(said, 'opens').flatMap((block) =>
        block.localName === 'p' ? inside(block).split('<br>') : [...block.children].map(item)));
}"""


def notation(lines) -> list[str]:
    """Lines as the server sends them, in the notation of the cases."""
    return [f"{line['mark']} {_inside(line)}" if "mark" in line else _inside(line) for line in lines]


def _inside(line) -> str:
    shown = ""
    for url, spans in groupby(line["spans"], key=lambda one: one.get("url")):
        text = "".join(map(_span, spans))
        shown += f'<a href="{html.escape(url)}">{text}</a>' if url else text
    return shown


def _span(span) -> str:
    text = html.escape(span["text"], quote=False)
    for name, tag in TAGS:
        text = f"<{tag}>{text}</{tag}>" if span.get(name) else text
    return text


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:40])
def test_marks_are_read_alike(case) -> None:
    assert notation(as_json(lines_of(case["text"]))) == case["shown"]


def test_widget_shows_what_was_read(browser) -> None:
    page = browser.new_page()
    page.route("http://widget.example/**", lambda route: route.fulfill(**_source(route.request.url)))
    page.goto("http://widget.example/")
    drawn = page.evaluate(DRAWN, [as_json(lines_of(case["text"])) for case in CASES])
    page.close()
    for case, shown in zip(CASES, drawn, strict=True):
        assert [_as_browser(one) for one in shown] == [_as_browser(one) for one in case["shown"] if one], case["text"]


def _source(address) -> dict[str, str]:
    name = address.rpartition("/")[2]
    if not name:
        return {"body": "<!doctype html><title>x</title>", "content_type": "text/html"}
    return {"body": (SOURCES / name).read_text(encoding="utf-8"), "content_type": "text/javascript"}


def _as_browser(shown) -> str:
    """Return HTML as a browser writes it: `1)` as `1.`, letters of addresses in percents."""
    shown = re.sub(r"^(\d+)[.)] ", lambda mark: f"{int(mark[1])}. ", shown)
    return re.sub(r'href="([^"]*)"', lambda link: f'href="{link[1].lower().rstrip("/")}"', shown).replace(
        "&nbsp;", "\u00a0"
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["text"][:40])
def test_staff_see_the_same(case) -> None:
    shown = str(as_html(case["text"], revealed=True))
    shown = re.sub(r' rel="noreferrer noopener" target="_blank"', "", shown)
    lines = re.findall(r"<(?:p|li)>(.*?)</(?:p|li)>", shown)
    wanted = [re.sub(r"^- ", "", one) for one in case["shown"] if one]
    assert [html.unescape(one) for one in lines] == [html.unescape(one) for one in wanted]


MARKS = some.sampled_from(
    ["*", "**", "_", "__", "`", "[", "](", "](https://a.example/b)", ")", "\\", "- ", "# ", "\n", " "]
    + ["https://a.example/_x_", "a@b.example"]
)


@given(some.lists(some.one_of(MARKS, some.text("abc\u91cd\u8981 12.\u300c\u300d", max_size=4)), max_size=30))
def test_no_letter_is_ever_lost(pieces) -> None:
    text = "".join(pieces)
    kept, said = (re.findall(r"[^\W_]", one) for one in (plain_text(text), text))
    assert kept == said


def test_plain_text_shows_where_links_lead() -> None:
    assert plain_text("**Ask** [them *now*](mailto:a@b.example)\n- *soon* https://a.example") == (
        "Ask them now (mailto:a@b.example)\n- soon https://a.example"
    )


@pytest.mark.parametrize(
    "text, shown",
    [
        ("One thing is sure. Another is not.", '<p><span class="lead">One thing is sure.</span> Another is not.</p>'),
        ("Yes. It may be so. Or not.", '<p><span class="lead">Yes. It may be so.</span> Or not.</p>'),
        ("It costs 1.50 euros a day", '<p><span class="lead">It costs 1.50 euros a day</span></p>'),
        ("**Ask them. Now.** Please", '<p><span class="lead"><strong>Ask them. Now.</strong></span> Please</p>'),
        ("See `a. b` or (a. b)", '<p><span class="lead">See <code>a. b</code> or (a.</span> b)</p>'),
        ("Try a@b.example now. Do.", '<p><span class="lead">Try <span class="covered">e-mail</span> now.</span> Do.</p>'),
        ("- one. two\n- three", '<ul class="said-list"><li>one. two</li><li>three</li></ul>'),
        ("", ""),
    ],
)  # fmt: skip
def test_first_sentence_of_an_answer_leads(text, shown) -> None:
    assert led(text) == shown
