"""What all pages of the console share: one left edge, the menu with its numbers, the account, the page that is not there."""

# ruff: noqa: F401, F811 (fixtures are imported by name)
import re

import httpx
from playwright.sync_api import expect

from conversations.handoff import contact_requests
from conversations.learning import feedback, unanswered
from conversations.pipeline.message_store import messages_after
from tests.front.console_fixtures import Running, browser, console, fill, said, signed_in_page
from tests.front.test_console_browser import SIZES

PAGES = ("", "/waiting", "/contacts", "/conversations", "/unanswered", "/drafts", "/publications", "/corrections", "/decided",
         "/insights", "/tags", "/members", "/audit", "/account")  # fmt: skip


def test_every_heading_begins_at_one_edge(browser, console) -> None:
    with signed_in_page(browser, console, "admin", viewport={"width": 1440, "height": 900}) as page:
        edges = {}
        for path in PAGES:
            page.goto(f"{console.url}/staff{path}")
            edges[path] = page.locator("main h1").first.bounding_box()["x"]
        assert len(set(edges.values())) == 1, edges


def test_menu_fits_and_manage_opens_where_one_is_in_it(browser, console) -> None:
    with signed_in_page(browser, console, "admin", viewport=SIZES["wide"]) as page:
        page.goto(f"{console.url}/staff/conversations")
        expect(page.get_by_role("link", name="Canned replies")).to_be_hidden()
        expect(page.get_by_role("button", name="Sign out")).to_be_in_viewport(ratio=1)
        assert page.locator(".menu nav").evaluate("one => one.scrollHeight <= one.clientHeight")
        page.goto(f"{console.url}/staff/audit")
        for name in ("Sites", "Audit log"):
            expect(page.get_by_role("link", name=name)).to_be_in_viewport(ratio=1)
        expect(page.get_by_role("button", name="Sign out")).to_be_in_viewport(ratio=1)


def test_manage_is_seen_whole_when_it_is_opened(browser, console) -> None:
    with signed_in_page(browser, console, "admin", viewport=SIZES["wide"]) as page:
        page.goto(f"{console.url}/staff/conversations")
        page.locator(".menu-group > summary").click()
        expect(page.get_by_role("link", name="Audit log")).to_be_in_viewport(ratio=1)


def test_every_entry_of_the_menu_has_a_sign_of_its_own(console) -> None:
    page = console.signed_in("admin").get("/staff").text
    signs = re.findall(r'<li><a href="(/staff[^"]*)"[^>]*><svg[^>]*>\s*(.*?)</svg>', page, re.DOTALL)
    assert len(signs) == page.count("<li><a href=") > 20
    assert all("<path" in sign for _, sign in signs), [path for path, sign in signs if "<path" not in sign]


def test_browser_is_told_to_be_dark_or_light(browser, console) -> None:
    paper = "() => getComputedStyle(document.body).backgroundColor"
    with signed_in_page(browser, console, "viewer", color_scheme="light") as page:
        seen = []
        for look in ("", "dark", "light", "dark", ""):
            page.goto(f"{console.url}/staff/account")
            page.get_by_label("This browser shows the console").select_option(look)
            page.get_by_role("button", name="Save appearance").click()
            page.goto(f"{console.url}/staff/conversations")
            seen.append(page.evaluate(paper))
    light, dark = "rgb(250, 248, 244)", "rgb(20, 23, 21)"
    assert seen == [light, dark, light, dark, light]


def test_unknown_look_is_refused(console) -> None:
    assert console.send(console.signed_in("viewer"), "/staff/account/look", look="sepia").status_code == 400


def test_every_queue_has_its_number(browser, console) -> None:
    one = said(console.store, "a", "call me", intent="ask_topic", topic="visa")
    console.store.run(contact_requests.add_contact_request, one, "mira@example.org")
    reply = console.store.run(messages_after, one)[-1].id
    console.store.run(feedback.record_feedback, one, reply, feedback.DOWN)
    for text in ("dogs", "cats"):
        said(console.store, text, text, outcome="declined", intent="ask_topic")
    while console.store.run(unanswered.scan):
        pass
    with signed_in_page(browser, console, "adviser", viewport=SIZES["wide"]) as page:
        page.goto(f"{console.url}/staff")
        expect(page.locator("[data-badge=unanswered]")).to_have_text("2 unanswered")
        badges = page.locator(".badge").evaluate_all("all => all.map(one => [one.dataset.badge, one.textContent])")
        assert dict(badges) == {
            "waiting": "",
            "contacts": "1 to be reached",
            "unanswered": "2 unanswered",
            "corrections": "1 to be checked",
        }


def test_fourteen_conversations_are_seen_at_once(browser, console) -> None:
    for number in range(20):
        said(console.store, f"v{number}", f"what about number {number}, and how much would that cost in Canada")
    with signed_in_page(browser, console, "adviser", viewport=SIZES["wide"]) as page:
        page.goto(f"{console.url}/staff/conversations")
        bottoms = page.locator(".in-list").evaluate_all("all => all.map(one => one.getBoundingClientRect().bottom)")
        assert sum(bottom <= 800 for bottom in bottoms) >= 14


def test_page_that_is_not_there_is_the_consoles_own(browser, console) -> None:
    with signed_in_page(browser, console, "viewer", viewport=SIZES["wide"]) as page:
        answer = page.goto(f"{console.url}/staff/nothing-here")
        assert answer.status == 404
        expect(page.get_by_role("heading", name="Not found")).to_be_visible()
        expect(page.get_by_role("link", name="Conversations", exact=True)).to_be_visible()
        page.goto(f"{console.url}/staff/conversations/")
        expect(page.get_by_role("heading", name="Conversations", exact=True)).to_be_visible()


def test_scripts_and_styles_are_compressed(console) -> None:
    client = console.signed_in("viewer")
    page = client.get("/staff/conversations").text
    style = page.split('rel="stylesheet" href="')[1].split('"')[0]
    packed, plain = client.get(style), client.get(style, headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip" and "content-encoding" not in plain.headers
    assert packed.text == plain.text and packed.headers["content-type"].startswith("text/css")


def test_forced_colours_keep_what_backgrounds_say(browser, console) -> None:
    ids = fill(console.store)
    with signed_in_page(browser, console, "adviser", viewport=SIZES["wide"], forced_colors="active") as page:
        page.goto(f"{console.url}/staff/conversations/{ids['lost']}")
        border = "one => getComputedStyle(one).borderTopWidth"
        assert page.locator(".outcome").first.evaluate(border) == "1px"
        row = page.locator(".in-list.is-open").evaluate("one => getComputedStyle(one, '::before').outlineStyle")
        edges = page.locator(".turn").evaluate_all("all => all.map(one => getComputedStyle(one).borderLeftColor)")
        assert row == "solid" and len(set(edges)) == 2, "only what failed has an edge"


def raw(client: httpx.Client, path: str, **headers: str) -> tuple[int, httpx.Response]:
    """Return how many bytes of a page's body come over the wire, and the answer."""
    with client.stream("GET", path, headers={"Accept-Encoding": "gzip", **headers}) as answer:
        return len(b"".join(answer.iter_raw())), answer


def test_pages_are_compressed_but_not_for_other_sites(console) -> None:
    for number in range(60):
        said(console.store, f"v{number}", f"a question of many, number {number}")
    client = console.signed_in("trainer")
    small, answer = raw(client, "/staff/conversations", **{"Sec-Fetch-Site": "same-origin"})
    assert answer.headers["content-encoding"] == "gzip" and int(answer.headers["content-length"]) == small
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Accept-Encoding": "identity"}):
        large, plain = raw(client, "/staff/conversations", **headers)
        assert "content-encoding" not in plain.headers and large > 3 * small
    sizes = {raw(client, "/staff/conversations")[0] for _ in range(8)}
    assert len(sizes) > 1, "the length alone says little"


def test_no_page_loads_more_than_60_kilobytes(console) -> None:
    fill(console.store)
    client = console.signed_in("admin")
    sizes, files = {}, {}
    for path in PAGES:
        sizes[path], _ = raw(client, f"/staff{path}")
        for file in set(
            re.findall(r'(?:src|href)="(/staff/static/[^"]+\.(?:js|css)[^"]*)"', client.get(f"/staff{path}").text)
        ):
            files[file] = files.get(file) or raw(client, file)[0]
            sizes[path] += files[file]
    assert len(files) > 3 and max(sizes.values()) < 60_000, sizes


def test_token_of_forms_is_written_otherwise_on_each_page_and_holds(console) -> None:
    client = console.signed_in("admin")
    pages = [client.get("/staff/tags").text for _ in range(2)]
    tokens = [re.search(r'name="csrf" value="([^"]+)"', page)[1] for page in pages]
    assert len(set(tokens)) == 2 and console.token(client) not in "".join(pages)
    for number, token in enumerate(tokens):
        form = {"csrf": token, "name": f"tag {number}"}
        assert client.post("/staff/tags", data=form, headers=console.origin).status_code == 303
    other = re.search(r'name="csrf" value="([^"]+)"', console.signed_in("admin").get("/staff/tags").text)[1]
    for wrong in (other, ("B" if tokens[0][0] == "A" else "A") + tokens[0][1:], "", "?", "A" * 86):
        assert client.post("/staff/tags", data={"csrf": wrong, "name": "x"}, headers=console.origin).status_code == 403
