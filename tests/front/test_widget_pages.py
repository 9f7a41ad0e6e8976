"""The widget on pages of other people, with what they do to a page: shortcuts, navigation, traps, layers, policies."""

# ruff: noqa: F401, F811  # fixtures are imported, and named again where they are used

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from core.settings import PROJECT_ROOT
from tests.front.test_widget import host_page
from tests.front.web_browser import PATIENCE, PHONE, browser, visit
from tests.front.web_fixtures import wait_for, web, well_again

HTMX = PROJECT_ROOT / "var/web/htmx.min.js"
LONG = "<main><h1>A page</h1><p style='height: 3000px'>Long.</p></main>"


def script(text: str) -> str:
    return f"<script>{text}</script>"


def page(web, path: str, head: str = "", body: str = "<main><h1>A page</h1></main>", policy: str = "") -> str:
    """Add a page without the usual tag and return its address."""
    html = f"<!doctype html><html lang=en><head><title>A page</title>{head}</head><body>{body}</body></html>"
    return web.pages.add(path, html, policy)


# --- keys -------------------------------------------------------------------------------------------------------------
SHORTCUTS = """
  window.seen = [];
  {target}.addEventListener('{kind}', (event) => {{
    window.seen.push(event.key);
    const {{target}} = event;
    if (['INPUT', 'TEXTAREA'].includes(target.tagName) || target.isContentEditable) return;
    event.preventDefault();
  }}, {capture});
"""


@pytest.mark.parametrize("kind", ["keydown", "keypress", "keyup"])
@pytest.mark.parametrize(("target", "capture"), [("document", "false"), ("document", "true"), ("window", "false")])
def test_shortcuts_of_page_hear_nothing(web, visit, target, capture, kind) -> None:
    visitor = visit(host_page(web, head=script(SHORTCUTS.format(target=target, kind=kind, capture=capture))))
    visitor.begin()
    visitor.press(visitor.input)
    visitor.page.evaluate("window.seen.length = 0")
    visitor.page.keyboard.type("is nursing/data?")
    expect(visitor.input).to_have_value("is nursing/data?")
    assert visitor.page.evaluate("window.seen") == []


def test_guarded_shortcuts_of_window_let_letters_through(web, visit) -> None:
    """A listener that the window had before the widget came hears keys; the usual guard sees a field, though."""
    visitor = visit(host_page(web, head=script(SHORTCUTS.format(target="window", kind="keydown", capture="true"))))
    visitor.begin()
    visitor.say("visa")
    visitor.sees("You may need a visa")
    assert visitor.texts()[1] == "visa"


GREEDY = """
  window.seen = [];
  for (const kind of ['wheel', 'touchmove', 'paste', 'input', 'dragover', 'drop'])
    {target}.addEventListener(kind, (event) => {{
      seen.push(kind);
      event.preventDefault();
    }}, {{passive: false}});
"""


@pytest.mark.parametrize("target", ["document", "window"])
def test_wheel_and_paste_stay_inside(web, visit, target) -> None:
    """Smooth scrolling, fields for uploads and editors listen on the whole page."""
    visitor = visit(host_page(web, head=script(GREEDY.format(target=target)), body=LONG))
    visitor.begin()
    visitor.say("long")
    visitor.sees("The beginning.")
    before = visitor.find(".scroller").evaluate("(one) => one.scrollTop")
    box = visitor.find(".scroller").bounding_box()
    visitor.page.mouse.move(box["x"] + 50, box["y"] + 50)
    visitor.page.mouse.wheel(0, 200)
    visitor.page.wait_for_function(
        "(from) => document.querySelector('advisor-chat').shadowRoot.querySelector('.scroller').scrollTop > from",
        arg=before,
    )
    visitor.find(".composer textarea").evaluate(PASTED)
    visitor.find(".composer textarea").evaluate(DROPPED)
    assert visitor.page.evaluate("window.seen") == []


def test_shortcuts_outside_the_widget_work(web, visit) -> None:
    visitor = visit(host_page(web, head=script(SHORTCUTS.format(target="document", kind="keydown", capture="false"))))
    visitor.begin()
    visitor.press(visitor.page.locator("h1"))
    visitor.page.keyboard.press("n")
    assert visitor.page.evaluate("window.seen") == ["n"]


ENTER = """(one) => one.dispatchEvent(new KeyboardEvent('keydown',
  {{key: 'Enter', bubbles: true, composed: true, cancelable: true, ...{state}}}))"""


@pytest.mark.parametrize("field", [".composer textarea", ".sheet [name=contact]"])
@pytest.mark.parametrize("state", ["{keyCode: 229}", "{isComposing: true}"])
def test_enter_of_input_method_does_not_send(web, visit, field, state) -> None:
    visitor = visit(host_page(web, site="shut"))
    visitor.begin()
    if "sheet" in field:
        visitor.choose("person")
    visitor.press(visitor.find(field))
    visitor.page.keyboard.type("日本")
    asked = len(visitor.asked)
    visitor.find(field).evaluate(ENTER.format(state=state))
    visitor.page.wait_for_timeout(300)
    expect(visitor.find(field)).to_have_value("日本")
    assert not [path for _, path in visitor.asked[asked:] if path.endswith(("/messages", "/contact"))]


def test_enter_sends_the_contact_form(web, visit) -> None:
    visitor = visit(host_page(web, site="shut"))
    visitor.begin()
    visitor.choose("person")
    visitor.press(visitor.find(".sheet [name=contact]"))
    visitor.page.keyboard.type("ada@example.org")
    visitor.page.keyboard.press("Enter")
    visitor.sees("I have passed your details on")


# --- navigation without a new page --------------------------------------------------------------------------------------
NEXT = "Object.assign(document.createElement('body'), {innerHTML: '<h1>Next</h1>'})"
TURBO = f"document.documentElement.replaceChild({NEXT}, document.body)"
SWAPS = {
    "Turbo": TURBO,
    "Astro": f"document.body.replaceWith({NEXT})",
    "htmx": "document.body.innerHTML = '<h1>Next</h1>'",
    "whole document": "document.documentElement.innerHTML = '<head><title>Next</title></head><body><h1>Next</h1></body>'",
    "Livewire": "document.body.outerHTML = '<body><h1>Next</h1></body>'",
}


@pytest.mark.parametrize("device", [{}, {"viewport": PHONE, "has_touch": True}], ids=["desktop", "phone"])
@pytest.mark.parametrize("swap", SWAPS.values(), ids=SWAPS)
def test_conversation_survives_soft_navigation(web, visit, swap, device) -> None:
    visitor = visit(host_page(web), **device)
    visitor.begin()
    visitor.say("hello")
    visitor.sees("Hello there.")
    visitor.page.evaluate(swap)
    expect(visitor.page.locator("h1")).to_have_text("Next")
    expect(visitor.panel).to_be_visible()
    visitor.sees("Hello there.")
    visitor.say("visa")
    visitor.sees("You may need a visa")
    visitor.press(visitor.button("Close the chat"))
    visitor.open()
    assert visitor.page.locator("advisor-chat").count() == 1


def test_boosted_link_keeps_the_widget(web, visit) -> None:
    """The console's own htmx."""
    web.pages.add("/htmx.js", HTMX.read_text(encoding="utf-8"))
    second = page(web, "/boosted", body="<h1>Second</h1>").removeprefix(web.pages.url)
    body = f'<div hx-boost:inherited="true" hx-boost="true"><a href="{second}">On</a></div>'
    visitor = visit(host_page(web, head='<script src="/htmx.js"></script>', body=body))
    visitor.begin()
    visitor.page.evaluate("window.same = true")
    visitor.press(visitor.page.get_by_text("On", exact=True))
    expect(visitor.page.locator("h1")).to_have_text("Second", timeout=PATIENCE)
    assert visitor.page.evaluate("window.same"), "htmx went there without a new page"
    visitor.say("visa")
    visitor.sees("You may need a visa")


AGAIN = """() => new Promise((done) => {{
  const tag = Object.assign(document.createElement('script'), {{src: '{url}/widget.js', onload: done}});
  tag.dataset.site = 'demo';
  document.head.append(tag);
}})"""


@pytest.mark.parametrize("before", ["", f"{TURBO};", "document.querySelector('advisor-chat').remove();"])
def test_script_run_again_shows_one_widget(web, visit, before) -> None:
    visitor = visit(host_page(web))
    expect(visitor.find(".launcher")).to_be_visible(timeout=PATIENCE)
    visitor.page.evaluate(f"() => {{ {before} }}")
    visitor.page.evaluate(AGAIN.format(url=web.url))
    expect(visitor.page.locator("advisor-chat")).to_have_count(1)
    visitor.begin()


def test_removed_element_stays_away(web, visit) -> None:
    visitor = visit(host_page(web))
    expect(visitor.find(".launcher")).to_be_visible(timeout=PATIENCE)
    visitor.page.evaluate("document.querySelector('advisor-chat').remove()")
    visitor.page.wait_for_timeout(300)
    assert visitor.page.locator("advisor-chat").count() == 0


# --- layers -------------------------------------------------------------------------------------------------------------
BANNER = """<div id=banner style="position: fixed; z-index: 9999; inset: auto 0 0 0; height: 120px">Cookies</div>"""
LOWERED = {
    "style": {"head": "<style>advisor-chat { --advisor-z-index: 100; }</style>"},
    "attribute": {"more": 'data-z-index="100"'},
}
ON_TOP = "() => document.elementFromPoint(innerWidth - 50, innerHeight - 50).closest('#banner, advisor-chat').localName"


@pytest.mark.parametrize("how", LOWERED.values(), ids=LOWERED)
def test_page_may_put_it_below_a_banner(web, visit, how) -> None:
    above, below = visit(host_page(web, body=BANNER)), visit(host_page(web, body=BANNER, **how))
    for visitor, on_top in ((above, "advisor-chat"), (below, "div")):
        expect(visitor.find(".launcher")).to_be_visible(timeout=PATIENCE)
        assert visitor.page.evaluate(ON_TOP) == on_top


STRIP = "<div style='position: fixed; inset: auto 0 0 0; height: 90px; background: gold'>Cookies</div>"
RAISED = {
    "style": {"head": "<style>advisor-chat { --advisor-offset-x: 40px; --advisor-offset-y: 110px; }</style>"},
    "attribute": {"more": 'data-offset-x="40" data-offset-y="110"'},
}


@pytest.mark.parametrize("how", RAISED.values(), ids=RAISED)
@pytest.mark.parametrize("size", [{}, {"viewport": PHONE}], ids=["desktop", "phone"])
def test_page_may_move_it_from_its_corner(web, visit, how, size) -> None:
    visitor = visit(host_page(web, body=STRIP, **how), reduced_motion="reduce", **size)
    expect(visitor.find(".launcher")).to_be_visible(timeout=PATIENCE)
    window, button = visitor.page.viewport_size, visitor.find(".launcher").bounding_box()
    assert button["x"] + button["width"] == window["width"] - 40
    assert button["y"] + button["height"] == window["height"] - 110
    visitor.open()
    panel = visitor.panel.bounding_box()
    edges = panel["x"] + panel["width"], panel["y"], panel["y"] + panel["height"]
    assert edges == ((390, 0, 844) if size else (1240, 26, 690)), "all of a phone's screen, and whole on a large one"


MOVED = ["transform: translateX(0)", "filter: blur(0)", "will-change: transform", "contain: paint", "perspective: 9px"]


@pytest.mark.parametrize("element", ["body", "html"])
@pytest.mark.parametrize("style", MOVED)
def test_transformed_page_leaves_it_in_view(web, visit, style, element) -> None:
    visitor = visit(host_page(web, body=LONG, head=f"<style>{element} {{ {style} }}</style>"))
    expect(visitor.find(".launcher")).to_be_visible(timeout=PATIENCE)
    visitor.page.evaluate("scrollTo(0, 2000)")
    box = visitor.find(".launcher").bounding_box()
    assert (box["x"], box["y"]) == (1200, 720)
    visitor.begin()
    box = visitor.panel.bounding_box()
    assert box["y"] >= 0 and box["y"] + box["height"] <= 800
    visitor.say("visa")
    visitor.sees("You may need a visa")


TRAP = """
  addEventListener('DOMContentLoaded', () => {{
    const box = document.querySelector('#trap');
    box.focus();
    document.addEventListener('focusin', ({{target}}) => {{
      if (target === document || target === box || box.contains(target)) return;
      box.focus();
    }}, {capture});
  }});
"""


@pytest.mark.parametrize("capture", ["false", "true"])
def test_focus_trap_lets_one_type(web, visit, capture) -> None:
    body = "<div id=trap tabindex=-1 role=dialog aria-label=Trap><h1>A dialog</h1><button>Yes</button></div>"
    visitor = visit(host_page(web, head=script(TRAP.format(capture=capture)), body=body))
    visitor.begin()
    visitor.say("visa")
    visitor.sees("You may need a visa")


# --- files ----------------------------------------------------------------------------------------------------------------
FILE = """
  const data = new DataTransfer();
  data.items.add(new File(['x'], 'certificate.png', {type: 'image/png'}));
  const more = {clipboardData: data, dataTransfer: data, bubbles: true, cancelable: true};
"""
PASTED = f"(one) => {{ {FILE} one.dispatchEvent(new ClipboardEvent('paste', more)) }}"
DROPPED = f"""(one) => {{ {FILE}
  for (const kind of ['dragover', 'drop']) one.dispatchEvent(new DragEvent(kind, more)) || (window.kept = kind);
}}"""


@pytest.mark.parametrize(
    ("how", "where"), [(PASTED, ".composer textarea"), (DROPPED, ".composer textarea"), (DROPPED, ".scroller")]
)
def test_file_gets_a_hint(web, visit, how, where) -> None:
    visitor = visit(host_page(web))
    visitor.begin()
    visitor.find(where).evaluate(how)
    visitor.sees("I can read text only", ".toast")
    if how is DROPPED:
        assert visitor.page.evaluate("window.kept") == "drop", "else the browser opens the file in place of the page"


def test_words_with_a_picture_are_pasted(web, visit) -> None:
    """As a word processor copies them: the words, and a picture of them."""
    visitor = visit(host_page(web))
    visitor.begin()
    both = PASTED.replace("one.dispatch", "data.setData('text/plain', 'visa'); return one.dispatch")
    assert visitor.find(".composer textarea").evaluate(both), "the browser pastes the words"
    expect(visitor.find(".toast")).to_have_text("")


# --- policies ---------------------------------------------------------------------------------------------------------------
def test_sandbox_without_forms_can_send(web, visit) -> None:
    visitor = visit(host_page(web, site="shut", policy="sandbox allow-scripts allow-same-origin"))
    visitor.begin()
    visitor.say("visa")
    visitor.sees("You may need a visa")
    visitor.press(visitor.input)
    visitor.page.keyboard.type("hello")
    visitor.page.keyboard.press("Enter")
    visitor.sees("Hello there.")
    visitor.choose("person")
    visitor.press(visitor.find(".sheet [name=contact]"))
    visitor.page.keyboard.type("ada@example.org")
    visitor.press(visitor.button("Send to the team"))
    visitor.sees("I have passed your details on")
    advice = "can escape its sandboxing"  # Chromium's, on every such page
    visitor.errors[:] = [error for error in visitor.errors if advice not in error]
