"""The public pages of the guide: off unless asked for, whole, cached, and where the sources of the widget's answers lead."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote

import httpx
import pytest
from playwright.sync_api import expect

from core.settings import Settings
from knowledge.knowledge_base import open_knowledge
from tests.front.console_fixtures import Running, running_console, wrong_on
from tests.front.test_console_browser import SIZES
from tests.front.web_browser import PATIENCE, browser, visit
from tests.front.web_fixtures import running_front

KNOWLEDGE = Settings().knowledge_db
PUBLIC_URL = "https://advisor.example.org"


@pytest.fixture(scope="module")
def front(tmp_path_factory) -> Iterator[Running]:
    """Serve the pages of the project's own guide."""
    how = {"knowledge_db": KNOWLEDGE, "guide_pages": "on", "public_url": PUBLIC_URL}
    with running_console(tmp_path_factory.mktemp("guide"), messages_per_minute_per_address=0, **how) as running:
        yield running


def pages_of(client: httpx.Client) -> dict[str, str]:
    """Return the HTML of the list of sections and of the page of each, by address."""
    first = client.get("/guide").text
    sections = {unescape(one) for one in re.findall(r'<h2[^>]*><a href="([^"]+)"', first)}
    return {"/guide": first, **{one: client.get(one).text for one in sections}}


def test_pages_are_off_unless_asked_for(tmp_path) -> None:
    with running_console(tmp_path, knowledge_db=KNOWLEDGE) as running:
        for path in ("/guide", "/guide/challenges", "/guide/guide.css", "/guides/first"):
            assert running.client().get(path).status_code == 404


def test_every_topic_stands_on_a_page_and_every_link_leads_to_what_there_is(front) -> None:
    pages, knowledge = pages_of(front.client()), open_knowledge(KNOWLEDGE)
    assert len(pages) > 10
    topics = {heading.key: heading.section.key for heading in knowledge.topics()}
    for topic, section in topics.items():
        assert f'id="{topic}"' in pages[f"/guide/{section}"], topic
    for address, html in pages.items():
        ids = re.findall(r'id="([^"]+)"', html)
        assert len(ids) == len(set(ids)), address
        for link in re.findall(r'<a [^>]*href="([/#][^"]*)"', html):
            path, _, anchor = unescape(link).partition("#")
            assert not path or path in pages, (address, link)
            assert not anchor or f'id="{unquote(anchor)}"' in pages[path or address], (address, link)


def test_answer_of_a_topic_is_there_as_it_is_told(front) -> None:
    topic = open_knowledge(KNOWLEDGE).topic("challenges/visa")
    html = unescape(front.client().get("/guide/challenges").text)
    assert re.sub(r"\W+", " ", topic.answer)[:80] in re.sub(r"\W+", " ", re.sub("<[^>]+>", "", html))


def test_pages_need_no_script_and_no_cookie_and_are_compressed(front) -> None:
    for path in ("/guide", "/guide/challenges"):
        answer = front.client().get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "script-src" not in policy
        assert "set-cookie" not in answer.headers and answer.headers["content-encoding"] == "gzip"


def test_search_engines_are_asked_to_leave_it_out_unless_it_is_to_be_indexed(front, tmp_path) -> None:
    client = front.client()
    for path in ("/guide", "/guide/challenges"):
        answer = client.get(path)
        assert answer.headers["x-robots-tag"] == "noindex" and 'name="robots" content="noindex"' in answer.text
    with running_console(tmp_path, knowledge_db=KNOWLEDGE, guide_pages="indexed") as running:
        answer = running.client().get("/guide/challenges")
        assert "x-robots-tag" not in answer.headers and "noindex" not in answer.text


def test_section_tells_machines_the_same(front) -> None:
    html = front.client().get("/guide/challenges").text
    [data] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    node, knowledge = json.loads(data), open_knowledge(KNOWLEDGE)
    assert node["@id"] == f"{PUBLIC_URL}/guide/challenges" and f'rel="canonical" href="{node["@id"]}"' in html
    told = {part["url"]: part["text"] for part in node["hasPart"]}
    assert told[f"{node['@id']}#challenges/visa"].startswith(knowledge.topic("challenges/visa").answer)


def test_browsers_may_keep_a_page_until_the_guide_changes(tmp_path) -> None:
    copy = tmp_path / "knowledge.db"
    shutil.copy(KNOWLEDGE, copy)
    with running_console(tmp_path, knowledge_db=copy, guide_pages="on") as running:
        client = running.client()
        first = client.get("/guide/challenges")
        known = {"If-None-Match": first.headers["etag"]}
        assert "max-age" in first.headers["cache-control"]
        assert client.get("/guide/challenges", headers=known).status_code == 304
        with sqlite3.connect(copy) as changed:
            changed.execute("UPDATE meta SET value = 'other' WHERE name = 'made_from'")
            changed.execute("UPDATE topic SET answer = '<b>New</b> & *strong*' WHERE key = 'challenges/visa'")
        second = client.get("/guide/challenges", headers=known)
        assert second.status_code == 200
        assert "&lt;b&gt;New&lt;/b&gt; &amp; <em>strong</em>" in second.text
        copy.write_bytes(b"no database at all" * 100)
        broken = client.get("/guide/challenges")
        assert broken.status_code == 503 and str(tmp_path) not in broken.text


def test_page_that_is_drawn_in_another_way_is_sent_anew(front, tmp_path) -> None:
    known = {"If-None-Match": front.client().get("/guide").headers["etag"]}
    assert front.client().get("/guide", headers=known).status_code == 304
    how = {"knowledge_db": KNOWLEDGE, "guide_pages": "on", "public_url": PUBLIC_URL}
    with running_console(tmp_path, **how, organisation="the other office") as other:
        answer = other.client().get("/guide", headers=known)
        assert answer.status_code == 200 and "The other office" in answer.text


@pytest.mark.parametrize("path", ["/guide/nothing", "/guide/app.css", "/guides/nobody", "/guides/nobody/challenges"])
def test_what_is_not_there_is_said_on_a_page(front, path) -> None:
    answer = front.client().get(path)
    assert answer.status_code == 404 and "There is no such page" in answer.text
    assert front.client().get("/guide/guide.css").headers["content-type"].startswith("text/css")


@pytest.mark.browser
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_for_everybody(front, browser, size, scheme) -> None:
    checked = browser.new_context(viewport=size, color_scheme=scheme, bypass_csp=True)  # axe is a script
    page = checked.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    for address in ("/guide", "/guide/challenges#challenges/visa", "/guide/destinations"):
        page.goto(front.url + address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        assert wrong_on(page) == [] and complaints == [], address
    checked.close()


@pytest.mark.browser
def test_source_of_an_answer_leads_to_its_topic(tmp_path, visit) -> None:
    with running_front(tmp_path, guide_pages="on", knowledge_db=KNOWLEDGE) as web:
        visitor = visit(f"{web.url}/demo")
        visitor.begin()
        visitor.say("visa")
        visitor.sees("You may need a visa")
        source = visitor.find(".source a")
        expect(source).to_have_count(1)  # two sources of one section
        expect(visitor.find(".source")).to_contain_text("From the guide: Challenges")
        with visitor.page.expect_popup() as opened:
            visitor.press(source)
        page = opened.value
        expect(page.locator(":target h2")).to_be_visible(timeout=PATIENCE)
        assert page.url == f"{web.url}/guide/challenges#challenges/visa"
        assert page.evaluate("opener") is None
        visitor.page.reload()
        expect(visitor.find(".source a")).to_have_attribute("href", page.url)
        assert visitor.axe() == []
