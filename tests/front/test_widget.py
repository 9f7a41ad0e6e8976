"""The widget as visitors use it, in a real browser over real sockets."""

# ruff: noqa: F401, F811  # fixtures are imported, and named again where they are used

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import delete, func, select

from channels.http import RateLimits, Refused
from conversations.db import schema
from tests.front.web_browser import PATIENCE, PHONE, browser, visit
from tests.front.web_fixtures import VERSION, wait_for, web, well_again

TAG = '<script src="{url}/widget.js" data-site="{site}" {more} async></script>'
CONNECTION = "Failed to load resource"  # how the browser notes a request that a test makes fail on purpose


def demo(web) -> str:
    return f"{web.url}/demo"


def host_page(
    web, site="demo", more="", body="<main><h1>A page</h1></main>", head="", attributes='lang="en"', policy=""
) -> str:
    tag = TAG.format(url=web.url, site=site, more=more)
    title = '<meta name="viewport" content="width=device-width"><title>A page</title>'
    html = f"<!doctype html><html {attributes}><head>{title}{head}{tag}</head><body>{body}</body></html>"
    return web.pages.add(f"/{abs(hash(html + policy))}", html, policy)


def count(web, table) -> int:
    return web.front.store.run(
        lambda connection: connection.execute(select(func.count()).select_from(table)).scalar_one()
    )


def said(web) -> list[str]:
    """Return what was said in the conversation that began last."""
    newest = (
        select(schema.conversation.c.id).order_by(schema.conversation.c.created_at.desc()).limit(1).scalar_subquery()
    )
    texts = select(schema.message.c.text).where(schema.message.c.conversation_id == newest)
    return web.front.store.run(lambda connection: list(connection.execute(texts).scalars()))


# --- from the first look to an answer ---------------------------------------------------------------------------------
def test_nothing_is_asked_before_consent(web, visit) -> None:
    visitor = visit(demo(web))
    visitor.open()
    visitor.sees("I am a computer program, not a person", ".sheet")
    calls = [path for path in visitor.calls() if not path.startswith("/demo")]
    assert [re.sub("chat-.*", "chat", path) for path in calls] == ["/widget.js", "/web/demo/settings", "/widget/chat"]
    assert visitor.hosts() == {web.url.removeprefix("http://")}


def test_consent_is_recorded_with_version(web, visit) -> None:
    before = count(web, schema.consent)
    visit(demo(web)).begin()
    versions = web.front.store.run(
        lambda connection: connection.execute(select(schema.consent.c.version)).scalars().all()
    )
    assert len(versions) == before + 1 and set(versions) == {VERSION}


def test_answer_shows_list_and_source(web, visit) -> None:
    visitor = visit(demo(web))
    visitor.begin()
    visitor.say("visa")
    visitor.sees("You may need a visa")
    expect(visitor.find(".text strong")).to_have_text("visa")
    assert visitor.find(".text li").all_inner_texts() == ["Ask the consulate", "Ask early"]
    expect(visitor.find(".source")).to_have_text("From the guide: Challenges")


def test_button_sends_its_payload(web, visit) -> None:
    visitor = visit(demo(web))
    visitor.begin()
    visitor.say("visa")
    visitor.press(visitor.button("Visas in Canada"))
    visitor.sees("In Canada, ask the college.")
    assert visitor.texts()[-2] == "Visas in Canada"
    assert web.engine.asked[-1]["payload"] == '/ask_topic{"topic":"canada"}'
    expect(visitor.button("Visas in Canada")).to_have_count(0)


def test_starter_is_said_as_text(web, visit) -> None:
    visitor = visit(demo(web))
    visitor.begin()
    visitor.press(visitor.button("What is a micro-credential?"))
    visitor.sees("You said: What is a micro-credential?")


def test_cards_show_facts_and_link(web, visit) -> None:
    visitor = visit(demo(web))
    visitor.begin()
    visitor.say("programs")
    expect(visitor.find(".card")).to_have_count(2, timeout=PATIENCE)
    expect(visitor.find(".card a")).to_have_attribute("href", "https://example.org/d")
    visitor.sees("6 weeks", ".card:first-child")


def test_what_is_said_cannot_become_markup(web, visit) -> None:
    visitor = visit(demo(web))
    visitor.begin()
    visitor.say("hostile")
    visitor.sees("<script>window.broken=1</script>")
    assert visitor.page.evaluate("window.broken") is None
    expect(visitor.find(".list :is(img, script)")).to_have_count(0)
    assert visitor.find(".text a").evaluate_all("(all) => all.map((one) => one.href)") == ["https://example.org/page"]
    expect(visitor.button("<b>x</b>")).to_be_visible()


def test_long_answer_is_shown_from_its_beginning(web, visit) -> None:
    visitor = visit(demo(web))
    visitor.begin()
    visitor.say("long")
    expect(visitor.page.get_by_text("The beginning.")).to_be_in_viewport(timeout=PATIENCE)
    visitor.press(visitor.button("Go to the newest message"))
    expect(visitor.button("This helped")).to_be_in_viewport()


def test_greeting_comes_once(web, visit) -> None:
    visitor = visit(demo(web))
    expect(visitor.find(".bubble")).to_be_visible(timeout=PATIENCE)
    visitor.press(visitor.button("Dismiss the greeting"))
    visitor.page.reload()
    expect(visitor.find(".launcher")).to_be_visible()
    visitor.page.wait_for_timeout(1500)
    expect(visitor.find(".bubble")).to_have_count(0)


def test_counter_stops_too_long_messages(web, visit) -> None:
    visitor = visit(demo(web))
    visitor.begin()
    visitor.input.fill("x" * 1990)
    visitor.sees("10 characters left", ".composer")
    visitor.input.fill("x" * 2003)
    visitor.sees("3 characters too many", ".composer")
    expect(visitor.find(".send")).to_be_disabled()


# --- coming back, several tabs, no connection -------------------------------------------------------------------------
def test_history_is_there_after_reload(web, visit) -> None:
    visitor = visit(demo(web))
    visitor.begin()
    visitor.say("hello")
    visitor.sees("Hello there.")
    before = visitor.texts()
    visitor.page.reload()
    visitor.open()
    visitor.sees("Hello there.")
    assert visitor.texts() == before


def test_thumb_is_stored_and_stays(web, visit) -> None:
    visitor = visit(demo(web))
    visitor.begin()
    visitor.say("visa")
    visitor.press(visitor.button("This did not help"))
    expect(visitor.button("This did not help")).to_have_attribute("aria-pressed", "true", timeout=PATIENCE)
    stored = web.front.store.run(
        lambda connection: (
            connection.execute(select(schema.feedback.c.value).order_by(schema.feedback.c.at)).scalars().all()
        )
    )
    assert stored[-1] == -1
    visitor.page.reload()
    visitor.open()
    expect(visitor.button("This did not help")).to_have_attribute("aria-pressed", "true", timeout=PATIENCE)


def test_two_tabs_share_one_stream(web, visit) -> None:
    first = visit(demo(web))
    first.begin()
    first.say("hello")
    first.sees("Hello there.")
    second = visit(demo(web), beside=first)
    second.open()
    second.sees("Hello there.")
    second.say("visa")
    second.sees("You may need a visa")
    first.sees("You may need a visa")
    assert first.texts() == second.texts()
    assert (first.calls() + second.calls()).count("/web/demo/stream") == 1
    first.page.close()  # the other one takes over
    second.say("programs")
    second.sees("I found two programs.")


def test_offline_message_is_sent_later(web, visit) -> None:
    visitor = visit(demo(web))
    visitor.begin()
    visitor.page.context.set_offline(True)
    visitor.say("hello")
    visitor.sees("Will be sent once the connection is back")
    visitor.sees("No connection", ".note")
    assert "Hello there." not in visitor.texts()
    visitor.find(".own").evaluate("(one) => { one.kept = true }")
    visitor.page.context.set_offline(False)
    visitor.sees("Hello there.")
    expect(visitor.find(".note")).to_be_hidden(timeout=PATIENCE)
    assert visitor.texts().count("hello") == 1
    assert visitor.find(".own").evaluate("(one) => one.kept")  # drawn once, so a screen reader says it once
    visitor.errors[:] = [error for error in visitor.errors if CONNECTION not in error]


def test_reply_from_before_the_stream_is_shown(web, visit) -> None:
    visitor = visit(demo(web))
    visitor.page.route("**/stream", lambda route: route.abort())
    visitor.begin()
    for text, answer in (("hello", "Hello there."), ("programs", "I found two programs.")):
        visitor.say(text)
        wait_for(lambda: answer in said(web), f"the answer to {text}")  # noqa: B023  # asked within the round
    visitor.page.unroute("**/stream")
    visitor.sees("I found two programs.")
    assert visitor.texts()[-4:] == ["hello", "Hello there.", "programs", "I found two programs."]
    visitor.errors[:] = [error for error in visitor.errors if CONNECTION not in error]


def test_broken_engine_is_said(web, visit) -> None:
    web.engine.broken = True
    visitor = visit(demo(web))
    visitor.begin()
    visitor.say("hello")
    visitor.sees("Sorry, something went wrong on my side")
    web.engine.broken = False
    visitor.say("hello")
    visitor.sees("Hello there.")


def test_typing_shows_while_thinking(web, visit) -> None:
    web.engine.slow = 1.0
    visitor = visit(demo(web))
    visitor.begin()
    visitor.say("hello")
    visitor.sees("Study advisor is typing", ".typing")
    visitor.sees("Hello there.")
    expect(visitor.find(".typing")).to_have_text("")


# --- a visitor's own data ---------------------------------------------------------------------------------------------
def test_delete_removes_everything_everywhere(web, visit) -> None:
    first = visit(demo(web))
    first.begin()
    first.say("visa")
    first.press(first.button("This helped"))
    conversation = web.engine.asked[-1]["conversation"]
    second = visit(demo(web), beside=first)
    second.open()
    second.sees("You may need a visa")
    first.choose("forget")
    first.press(first.button("Delete everything"))
    for visitor in (first, second):
        visitor.sees("Before we start", ".sheet")
        assert visitor.page.evaluate("Object.keys(localStorage).filter((key) => key.endsWith('token'))") == []
    wait_for(lambda: conversation in web.engine.forgotten, "the engine to be asked to forget")
    for table in (schema.message, schema.button, schema.feedback, schema.consent, schema.handoff):
        wanted = select(func.count()).where(table.c.conversation_id == conversation)
        assert web.front.store.run(lambda connection, one=wanted: connection.execute(one).scalar_one()) == 0


def test_restart_begins_anew_with_consent(web, visit) -> None:
    visitor = visit(demo(web))
    visitor.begin()
    visitor.say("hello")
    visitor.sees("Hello there.")
    visitor.choose("restart")
    visitor.press(visitor.find(".sheet [data-do=yes]"))
    expect(visitor.find(".list article")).to_have_count(1, timeout=PATIENCE)
    visitor.say("visa")
    visitor.sees("You may need a visa")
    assert web.engine.asked[-1]["conversation"] != web.engine.asked[-2]["conversation"]


def test_crowd_is_asked_to_wait_and_then_served(web, visit, monkeypatch) -> None:
    """More visitors of one address than may begin in a minute: the widget waits, with a kind word, and goes on by itself."""
    require, full = RateLimits.require, iter([True, True])

    async def crowded(rates, most, *what) -> None:
        if "sessions" in what and next(full, False):
            raise Refused("too many requests", 429, {"Retry-After": "2"})
        await require(rates, most, *what)

    monkeypatch.setattr(RateLimits, "require", crowded)
    visitor = visit(demo(web))
    visitor.open()
    visitor.press(visitor.button("Agree and start"))
    visitor.sees("it goes on by itself", ".sheet")
    expect(visitor.find(".sheet")).to_have_count(0, timeout=PATIENCE)
    assert all("429" in error for error in visitor.errors)  # what the browser itself notes of a refusal
    visitor.errors.clear()
    visitor.say("visa")
    visitor.sees("You may need a visa")


def test_transcript_can_be_kept(web, visit) -> None:
    visitor = visit(demo(web), permissions=["clipboard-read", "clipboard-write"])
    visitor.begin()
    visitor.say("programs")
    visitor.sees("I found two programs.")
    with visitor.page.expect_download() as download:
        visitor.choose("download")
    text = download.value.path().read_text(encoding="utf-8")
    assert "You:\nprograms" in text and "I found two programs.\n- Data Ethics\n  A first course" in text
    visitor.choose("copy")
    visitor.sees("The transcript is copied", ".toast")
    assert visitor.page.evaluate("navigator.clipboard.readText()") == text


def test_changed_notice_is_asked_again(web, visit) -> None:
    visitor = visit(demo(web))
    visitor.begin()
    visitor.say("visa")
    visitor.sees("You may need a visa")
    web.front.store.run(lambda connection: connection.execute(delete(schema.consent)))
    visitor.say("hello")
    visitor.press(visitor.find(".sheet .main"))
    visitor.sees("Hello there.")  # what was refused is sent after all
    visitor.errors[:] = [error for error in visitor.errors if CONNECTION not in error]


# --- a person ---------------------------------------------------------------------------------------------------------
def test_person_takes_over_and_gives_back(web, visit) -> None:
    visitor = visit(demo(web))
    visitor.begin()
    visitor.choose("person")
    visitor.sees("until somebody joins", ".note")
    conversation = f"conversations/{web.waiting()}"
    web.staff(f"{conversation}/take", person="Mara")
    visitor.sees("Mara answers you now", ".role")
    asked = len(web.engine.asked)
    visitor.say("is anybody there?")
    web.staff(f"{conversation}/typing", person="Mara")
    visitor.sees("Mara is typing", ".typing")
    web.staff(f"{conversation}/reply", person="Mara", text="Yes, I am here.")
    visitor.sees("Yes, I am here.", ".person")
    expect(visitor.find(".typing")).to_have_text("")
    assert len(web.engine.asked) == asked  # never both
    web.staff(f"{conversation}/release", person="Mara")
    visitor.sees("Automated advisor", ".role")
    visitor.say("hello")
    visitor.sees("Hello there.")


def test_reply_while_away_comes_once(web, visit) -> None:
    visitor = visit(demo(web))
    visitor.begin()
    visitor.choose("person")
    visitor.sees("until somebody joins", ".note")
    visitor.press(visitor.button("Close the chat"))
    visitor.page.goto("about:blank")
    conversation = f"conversations/{web.waiting()}"
    web.staff(f"{conversation}/take", person="Mara")
    for text in ("First.", "Second."):
        web.staff(f"{conversation}/reply", person="Mara", text=text)
    visitor.page.goto(demo(web))
    expect(visitor.find(".badge")).to_have_text("3", timeout=PATIENCE)
    visitor.open()
    visitor.sees("Second.")
    assert visitor.texts()[-2:] == ["First.", "Second."]
    expect(visitor.find(".badge")).to_be_hidden()


def test_reply_raises_badge_while_closed(web, visit) -> None:
    visitor = visit(demo(web))
    visitor.begin()
    visitor.choose("person")
    visitor.sees("until somebody joins", ".note")
    visitor.press(visitor.button("Close the chat"))
    conversation = f"conversations/{web.waiting()}"
    web.staff(f"{conversation}/take", person="Mara")
    expect(visitor.button("Open the chat, 1 unread")).to_be_visible(timeout=PATIENCE)


def test_contact_form_when_nobody_is_there(web, visit) -> None:
    visitor = visit(host_page(web, site="shut"))
    visitor.begin()
    visitor.choose("person")
    visitor.sees("is back", ".sheet .why")
    visitor.press(visitor.button("Send to the team"))
    visitor.sees("Please say how you can be reached.", ".sheet")
    visitor.press(visitor.page.locator("advisor-chat").get_by_label("E-mail address or phone number"))
    visitor.page.keyboard.type("ada@example.org")
    visitor.press(visitor.button("Send to the team"))
    visitor.sees("I have passed your details on")
    found = web.front.store.run(lambda connection: connection.execute(select(schema.contact_request)).all()[-1])
    assert found.contact == "ada@example.org"
    alerts = web.front.store.run(lambda connection: connection.execute(select(schema.alert)).all())
    assert ("contact", found.conversation_id) in [(row.kind, row.conversation_id) for row in alerts]


# --- every screen, every way of using it ------------------------------------------------------------------------------
def test_phone_shows_it_full_screen(web, visit) -> None:
    visitor = visit(demo(web), viewport=PHONE, has_touch=True, is_mobile=True)
    visitor.begin()
    assert visitor.panel.bounding_box() == {"x": 0, "y": 0, **PHONE}
    visitor.say("hello")  # presses Send where it is seen
    visitor.sees("Hello there.")
    visitor.press(visitor.button("Close the chat"))
    expect(visitor.panel).to_be_hidden()
    expect(visitor.find(".launcher")).to_be_visible()


def test_keyboard_alone_is_enough(web, visit) -> None:
    visitor = visit(host_page(web, body="<main><h1>A page</h1><a href='/'>first</a></main>"))
    keys = visitor.page.keyboard
    expect(visitor.find(".launcher")).to_be_visible()
    keys.press("Tab")
    keys.press("Tab")
    keys.press("Enter")
    expect(visitor.button("Agree and start")).to_be_focused(timeout=PATIENCE)
    keys.press("Enter")
    expect(visitor.input).to_be_focused(timeout=PATIENCE)
    keys.type("visa")
    keys.press("Shift+Enter")
    keys.press("Backspace")
    keys.press("Enter")
    visitor.sees("You may need a visa")
    for _ in range(6):  # back to the menu
        keys.press("Shift+Tab")
        if visitor.button("More").evaluate("(one) => one.matches(':focus')"):
            break
    keys.press("ArrowDown")
    expect(visitor.find("[data-do=person]")).to_be_focused()
    keys.press("End")
    expect(visitor.find("[data-do=forget]")).to_be_focused()
    keys.press("Escape")
    expect(visitor.button("More")).to_be_focused()
    keys.press("Escape")
    expect(visitor.panel).to_be_hidden()
    expect(visitor.find(".launcher")).to_be_focused()


def test_phone_keeps_focus_inside(web, visit) -> None:
    visitor = visit(host_page(web, body="<main><h1>A page</h1><a href='/'>behind</a></main>"), viewport=PHONE)
    visitor.begin()
    for _ in range(12):
        visitor.page.keyboard.press("Tab")
        assert visitor.page.evaluate("document.activeElement.localName") in ("advisor-chat", "body")


def test_right_to_left_is_mirrored(web, visit) -> None:
    visitor = visit(host_page(web, site="arabic", attributes='lang="ar" dir="rtl"'))
    box = visitor.find(".launcher").bounding_box()
    assert box["x"] < 100  # where a text ends
    visitor.begin()
    visitor.say("hello")
    visitor.sees("Hello there.")
    own, send = visitor.find(".own .text").bounding_box(), visitor.find(".send").bounding_box()
    panel = visitor.panel.bounding_box()
    assert own["x"] - panel["x"] < 40 and send["x"] - panel["x"] < 40
    assert (
        visitor.find(".list article:last-child p[dir=auto]").evaluate("(one) => getComputedStyle(one).direction")
        == "ltr"
    )


HOSTILE_CSS = """<style>
* { color: red !important; font: italic 40px fantasy !important; letter-spacing: 9px !important; background: yellow !important;
    text-transform: uppercase !important; box-sizing: content-box !important; }
div, section, p, button, textarea, dialog { position: static !important; display: block !important; margin: 50px !important;
    opacity: .3 !important; visibility: hidden !important; pointer-events: none !important; }
advisor-chat, body > * { display: none !important; opacity: 0 !important; transform: scale(.2) !important; }
advisor-chat { filter: blur(9px) !important; transform: rotate(9deg) !important; clip-path: circle(1px) !important; }
main { display: block !important; opacity: 1 !important; visibility: visible !important; transform: none !important; }
</style>"""


def test_hostile_german_page_changes_nothing(web, visit) -> None:
    body = '<main><h1 id="own">Seite</h1></main>'
    plain = visit(host_page(web, attributes='lang="de"', body=body))
    hostile = visit(host_page(web, attributes='lang="de"', body=body, head=HOSTILE_CSS))
    looks = []
    for visitor in (plain, hostile):
        own = "(one) => JSON.stringify([getComputedStyle(one).color, getComputedStyle(one).font])"
        before = visitor.page.locator("#own").evaluate(own)
        visitor.begin()
        visitor.say("visa")
        visitor.sees("You may need a visa")
        visitor.sees("Aus dem Leitfaden: Challenges", ".source")
        assert visitor.page.locator("#own").evaluate(own) == before  # nothing leaks out
        style = "(one) => { const all = getComputedStyle(one); "
        style += (
            "return Object.fromEntries([...all].filter((name) => name[0] != '-').map((name) => [name, all[name]])) }"
        )
        looks.append({part: visitor.find(part).evaluate(style) for part in (".own .text", ".send", ".who h2")})
        looks[-1]["place"] = visitor.panel.bounding_box()
    plainly, hostilely = looks
    changed = [(part, name) for part, look in plainly.items() for name in look if look[name] != hostilely[part][name]]
    assert changed == []


POLICY = (
    "default-src 'none'; script-src {url}; connect-src {url}; require-trusted-types-for 'script'; trusted-types 'none'"
)


def test_strict_policy_of_host_is_kept(web, visit) -> None:
    visitor = visit(host_page(web, policy=POLICY.format(url=web.url)))
    visitor.begin()
    visitor.say("hostile")
    visitor.sees("<script>")
    visitor.say("programs")
    visitor.sees("I found two programs.")
    with visitor.page.expect_download():
        visitor.choose("download")
    assert visitor.errors == []


def test_reduced_motion_moves_nothing(web, visit) -> None:
    web.engine.slow = 1.0
    visitor = visit(demo(web), reduced_motion="reduce")
    visitor.begin()
    visitor.say("hello")
    expect(visitor.find(".dots-3 i").first).to_be_visible(timeout=PATIENCE)
    assert visitor.find(".dots-3 i").first.evaluate("(one) => getComputedStyle(one).animationName") == "none"
    visitor.sees("Hello there.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pale_accent_stays_readable(web, visit, scheme) -> None:
    visitor = visit(host_page(web, site="yellow"), color_scheme=scheme)
    expect(visitor.find(".launcher")).to_be_visible(timeout=PATIENCE)
    colours = "(one) => { const {color, backgroundColor} = getComputedStyle(one); return [color, backgroundColor]; }"
    assert visitor.find(".launcher").evaluate(colours) == ["rgb(0, 0, 0)", "rgb(255, 225, 77)"], (
        "the brand's own yellow"
    )
    visitor.begin()
    visitor.say("visa")
    visitor.sees("You may need a visa")
    assert visitor.axe() == []


def test_page_may_set_the_accent(web, visit) -> None:
    visitor = visit(host_page(web, head="<style>advisor-chat { --advisor-accent: rebeccapurple; }</style>"))
    colour = visitor.find(".launcher").evaluate("(one) => getComputedStyle(one).backgroundColor")
    assert colour == "rgb(102, 51, 153)"
