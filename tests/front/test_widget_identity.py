"""Who is signed in to a page, as its server has signed it: told by the page, kept with the conversation, shown to staff."""

# ruff: noqa: F401, F811  # fixtures are imported, and named again where they are used

from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey
from playwright.sync_api import expect
from sqlalchemy import select

from channels.web.session_tokens import identity_key
from conversations.data_rights import data_export, data_subjects, retention
from conversations.db import schema
from conversations.db.mappers import find_conversation
from conversations.db.schema import now
from conversations.review.transcript import read_transcript
from core.secrets import session_key
from tests.front.test_widget import host_page
from tests.front.test_widget_state import HEARS
from tests.front.web_browser import Visitor, browser, visit
from tests.front.web_fixtures import wait_for, web, well_again

IDENTITIES = schema.visitor_identity


def signed(web, subject: str = "17", site: str = "demo", ends: float = 600, key: str = "", **more: Any) -> str:
    """Return a token as the server of a site makes it."""
    secret = OctKey.import_key(key or identity_key(session_key(web.front.settings), site))
    claims = {"sub": subject, "exp": int(time.time() + ends), **more}
    return jwt.encode({"alg": "HS256"}, {name: value for name, value in claims.items() if value is not None}, secret)


def unsigned(subject: str, **header: Any) -> str:
    """Return a token without a signature; its header says that it needs none, or what is given."""
    parts = header or {"alg": "none"}, {"sub": subject, "exp": int(time.time() + 600)}
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + "."


def stored(web, subject: str) -> list[Any]:
    wanted = select(IDENTITIES).where(IDENTITIES.c.subject == subject).order_by(IDENTITIES.c.at)
    return web.front.store.run(lambda connection: connection.execute(wanted).all())


def test_identity_is_kept_with_the_conversation(web) -> None:
    token = web.session()
    ada = signed(web, "ada-1", name="Ada  Byron", email="ada@example.org")
    for _ in range(2):
        assert web.post("identify", {"identity": ada}, token).json() == {"name": "Ada Byron"}
    assert web.post("identify", {"identity": signed(web, "nul\0s")}, web.session()).status_code == 200
    assert len(stored(web, "nuls")) == 1, "what no column holds is left out"
    [row] = stored(web, "ada-1")
    assert (row.site, row.name, row.email) == ("demo", "Ada Byron", "ada@example.org")
    conversation = web.front.store.run(find_conversation, row.conversation_id)
    assert conversation.person_name == "Ada Byron"
    [exported] = web.front.store.run(data_export.stored_data, [row.conversation_id])
    assert exported["signed_in_as"][0]["email"] == "ada@example.org"
    shown = web.front.store.run(read_transcript, row.conversation_id)
    assert shown.signed_in == ("ada@example.org", "ada-1"), "beside the conversation in the console"
    assert web.post("identify", {"identity": signed(web, "bob-1")}, token).status_code == 409
    assert stored(web, "bob-1") == []


def test_conversations_of_one_person_are_found_together(web) -> None:
    for _ in range(2):
        web.post("identify", {"identity": signed(web, "eve-1", email="eve@example.org")}, web.session())
    web.post("identify", {"identity": signed(web, "eve-1", "shut")}, web.session())  # of another site, so refused
    ids = {row.conversation_id for row in stored(web, "eve-1")}
    assert len(ids) == 2
    for sought in ("eve-1", "EVE@example.org", min(ids)):
        found = web.front.store.run(data_subjects.find_conversations, sought)
        assert ids <= {each.id for each in found}
    one = web.front.store.run(find_conversation, min(ids))
    assert [each.id for each in web.front.store.run(data_subjects.others_of_person, one)] == [max(ids)]


def test_masking_leaves_nothing_of_it(web) -> None:
    web.post("identify", {"identity": signed(web, "max-1", name="Max")}, web.session())
    [row] = stored(web, "max-1")
    web.front.store.run(retention.store_masked, retention.MaskedTexts(row.conversation_id, now(), ()))
    assert stored(web, "max-1") == []
    assert web.front.store.run(find_conversation, row.conversation_id).person_name == ""


REFUSED = {
    "nonsense": (lambda web: "nonsense", "no token that was signed"),
    "another key": (lambda web: signed(web, key="k" * 64), "no token that was signed"),
    "key of another site": (lambda web: signed(web, site="shut"), "no token that was signed"),
    "no signature": (lambda web: unsigned("17"), "no token that was signed"),
    "odd header": (lambda web: unsigned("17", alg="HS256", crit=5), "no token that was signed"),
    "over": (lambda web: signed(web, ends=-3600), "has expired"),
    "for ever": (lambda web: signed(web, ends=10**9), "more than a day ahead"),
    "no end": (lambda web: signed(web, exp=None), "needs `exp`"),
    "endless": (lambda web: signed(web, exp=float("nan")), "needs `exp`"),
    "nobody": (lambda web: signed(web, ""), "needs `sub`"),
    "number": (lambda web: signed(web, name=7), "`name` must be a text"),
    "long": (lambda web: signed(web, "x" * 256), "at most 255 characters"),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_proves_nothing_is_refused(web, kind) -> None:
    make, said = REFUSED[kind]
    answer = web.post("identify", {"identity": make(web)}, web.session())
    assert answer.status_code == 400 and said in answer.json()["error"]
    assert stored(web, "17") == []


def test_nothing_is_kept_before_consent(web) -> None:
    assert web.post("identify", {"identity": signed(web, "early")}, web.session(consent="")).status_code == 403
    assert stored(web, "early") == []


# --- in the browser ------------------------------------------------------------------------------------------------------
def page_of(web, visit, **more: Any) -> Visitor:
    visitor = visit(host_page(web, head=HEARS), **more)
    visitor.page.wait_for_function("heard.includes('ready')")
    return visitor


def identify(visitor: Visitor, token: str) -> str | None:
    return visitor.page.evaluate("(token) => advisorChat.identify(token).catch((error) => error.message)", token)


def test_page_says_who_is_signed_in(web, visit) -> None:
    visitor = page_of(web, visit)
    assert identify(visitor, signed(web, "cara", name="Cara")) is None
    assert [path for path in visitor.calls() if path.endswith("identify")] == [], "nothing before the visitor agrees"
    visitor.begin()
    visitor.say("hello")
    visitor.sees("Hello there.")
    [row] = wait_for(lambda: stored(web, "cara"), "the identity")
    assert "signed with the key" in identify(visitor, "nonsense")
    assert identify(visitor, signed(web, "cara", name="Cara B.")) is None
    visitor.sees("Hello there.")
    assert stored(web, "cara")[0].name == "Cara B."
    visitor.errors[:] = [error for error in visitor.errors if "400" not in error]


def test_next_person_at_the_same_screen_sees_nothing(web, visit) -> None:
    visitor = page_of(web, visit)
    visitor.begin()
    assert identify(visitor, signed(web, "first")) is None
    visitor.say("hello")
    visitor.sees("Hello there.")
    other = page_of(web, visit, beside=visitor)
    other.open()
    other.sees("Hello there.")
    assert identify(other, signed(web, "second")) is None
    for one in (visitor, other):
        one.sees("Before we start", ".sheet")
        expect(one.find(".list")).not_to_contain_text("Hello there.")
    other.press(other.find(".sheet .main"))
    other.say("visa")
    [row] = wait_for(lambda: stored(web, "second"), "the second one's identity")
    assert len({row.conversation_id, stored(web, "first")[0].conversation_id}) == 2
    for one in (visitor, other):
        one.sees("You may need a visa")  # the tab of the first one's page holds on to nobody
    assert identify(other, "") is None, "signed out"
    for one in (visitor, other):
        one.sees("Before we start", ".sheet")
        assert "visa" not in one.find(".list").inner_text()
    other.errors[:] = [error for error in other.errors if "409" not in error]
