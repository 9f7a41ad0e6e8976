"""Signing in by an identity provider: a real browser, a provider on loopback, and what must not open anything."""

# ruff: noqa: F401, F811 (fixtures are imported by name)
import socket
import time
from collections.abc import Iterator

import httpx
import pytest
from joserfc.jwk import RSAKey
from playwright.sync_api import expect
from starlette.responses import Response

from conversations import audit_log
from conversations.accounts import accounts, oidc_logins
from conversations.db import schema
from core.settings import Settings, SettingsError
from tests.front.console_fixtures import (
    PASSWORD,
    Running,
    browser,
    hire,
    look_over,
    postgres_url,
    running_console,
    store,
)
from tests.front.identity_provider import CLIENT, SECRET, Provider
from tests.front.telegram_fixtures import serving
from tests.front.test_console_browser import SIZES
from tests.harness import free_port

MIRA = {"sub": "number-7", "email": "mira@example.org", "email_verified": True}


@pytest.fixture
def provider() -> Iterator[Provider]:
    one = Provider(person=dict(MIRA))
    with serving(one.application) as url:
        one.issuer = url
        yield one


@pytest.fixture
def console(tmp_path, provider) -> Iterator[Running]:
    with running(tmp_path, provider) as opened:
        yield opened


class running:
    """A console that knows the provider; its public address is where it listens."""

    def __init__(self, tmp_path, provider, **more) -> None:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        provider.redirect = f"{url}/staff/sign-in/back"
        known = {"oidc_issuer": provider.issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
        self._opened = running_console(
            tmp_path, front_port=port, public_url=url, oidc_title="Northgate", **known, **more
        )

    def __enter__(self) -> Running:
        opened = self._opened.__enter__()
        hire(opened.store)
        opened.store.run(accounts.add, MIRA["email"], "adviser", None)
        return opened

    def __exit__(self, *error) -> bool | None:
        return self._opened.__exit__(*error)


def sign_in(console, client=None) -> httpx.Response:
    """As a browser does it; the last answer."""
    client = client or console.client()
    client.follow_redirects = True
    return client.get("/staff/sign-in/outside?next=/staff/conversations")


def is_in(answer) -> bool:
    return answer.status_code == 200 and answer.url.path == "/staff/conversations"


def test_sign_in_by_the_provider(browser, console) -> None:
    page = browser.new_page()
    page.goto(f"{console.url}/staff/waiting")
    page.get_by_role("link", name="Sign in by Northgate").click()
    expect(page.get_by_role("heading", name="Waiting for a person")).to_be_visible()
    page.goto(f"{console.url}/staff/account")
    expect(page.get_by_text("by your organisation")).to_be_visible()
    assert page.get_by_text("Second factor").count() == 0, "the provider asks for factors itself"
    page.get_by_role("button", name="Sign out").last.click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.close()


def test_who_has_no_account_is_told_so(console, provider) -> None:
    provider.person["email"] = "somebody@example.org"
    answer = sign_in(console)
    assert answer.status_code == 403 and "no account somebody@example.org" in answer.text


def test_capitals_of_an_address_do_not_matter(console, provider) -> None:
    provider.person["email"] = "Mira@Example.org"
    assert is_in(sign_in(console))


def test_address_that_somebody_else_has_now_opens_nothing(console, provider) -> None:
    assert is_in(sign_in(console))
    provider.person["sub"] = "number-8"
    answer = sign_in(console)
    assert answer.status_code == 403 and "belongs to somebody else" in answer.text


def test_two_factors_are_the_providers_matter(tmp_path, provider) -> None:
    with running(tmp_path, provider, second_factor="required") as console:
        assert is_in(sign_in(console))


@pytest.mark.parametrize(
    "lies",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another-client"},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": 1_000_000},
        {"exp": None},
        {"sub": None},
        {"email": None},
        {"iat": int(time.time()) + 3600},
    ],
)
def test_answer_that_cannot_be_believed_opens_nothing(console, provider, lies) -> None:
    provider.lies = lies
    answer = sign_in(console)
    assert answer.status_code == 502 and "identity provider" in answer.text


@pytest.mark.parametrize("lies", [{"email_verified": False}, {"email_verified": None}, {"email_verified": "true"}])
def test_unverified_address_opens_no_account_at_first(console, provider, lies) -> None:
    provider.lies = lies
    answer = sign_in(console)
    assert answer.status_code == 403 and "Ask an admin for an invitation" in answer.text
    provider.lies = {}
    assert is_in(sign_in(console))
    provider.lies = lies
    assert is_in(sign_in(console)), "tied by then to the provider's number for the person"


@pytest.mark.parametrize("said", [True, 1, "1", "true"])
def test_entra_vouches_in_its_own_way(console, provider, said) -> None:
    provider.lies = {"email_verified": None, "xms_edov": said}
    assert is_in(sign_in(console))


@pytest.mark.parametrize("said", [False, 0, "0", "false", None])
def test_entra_need_not_vouch(console, provider, said) -> None:
    provider.lies = {"email_verified": None, "xms_edov": said}
    assert sign_in(console).status_code == 403


def test_chosen_name_opens_no_account(tmp_path, provider) -> None:
    """Whoever may choose what the provider calls them chooses the name of an admin of this console."""
    with running(tmp_path, provider, oidc_name_claim="preferred_username") as console:
        for name in ("admin", "Viewer", MIRA["email"]):
            provider.person["preferred_username"] = name
            answer = sign_in(console)
            assert answer.status_code == 403 and "invitation" in answer.text


def invitation(console, name=MIRA["email"]) -> str:
    page = console.send(console.signed_in("admin"), "/staff/members/invitation", name=name)
    assert page.status_code == 200
    return page.text.split("<code")[1].split(">", 1)[1].split("</code>")[0]


def accept(console, link) -> httpx.Response:
    client = console.client()
    client.follow_redirects = True
    return client.get(link)


def test_invitation_ties_the_account(tmp_path, provider) -> None:
    with running(tmp_path, provider, oidc_name_claim="preferred_username") as console:
        provider.person["preferred_username"] = "mm77"
        answer = accept(console, invitation(console))
        assert answer.status_code == 200 and answer.url.path == "/staff"
        assert MIRA["email"] in console.store.run(audit_log.entries, 5)[0].who
        assert is_in(sign_in(console)), "from now on as usual, whatever the name"
        provider.person["sub"] = "number-8"
        assert sign_in(console).status_code == 403


def test_invitation_is_good_once_and_for_one(console, provider) -> None:
    link = invitation(console)
    assert accept(console, link).status_code == 200
    provider.person["sub"] = "number-8"
    assert accept(console, link).status_code == 403
    console.store.run(accounts.remove, MIRA["email"])
    assert accept(console, link).status_code == 403


@pytest.mark.parametrize("token", ["x", "e30.x.y", "%22"])
def test_made_up_invitation_opens_nothing(console, token) -> None:
    assert console.client().get(f"/staff/sign-in/invited/{token}").status_code == 404


def test_linked_account_gets_no_invitation(console) -> None:
    assert is_in(sign_in(console))
    answer = console.send(console.signed_in("admin"), "/staff/members/invitation", name=MIRA["email"])
    assert answer.status_code == 400 and "linked to the identity provider already" in answer.text


def test_token_of_another_key_opens_nothing(console, provider) -> None:
    provider.signs_with = RSAKey.generate_key(2048, {"kid": "first"})
    assert sign_in(console).status_code == 502


def test_new_key_of_the_provider_is_asked_for(console, provider) -> None:
    assert is_in(sign_in(console))
    provider.new_key()
    assert is_in(sign_in(console))


def test_answer_to_another_browser_opens_nothing(console) -> None:
    mine, theirs = console.client(), console.client()
    address = mine.get("/staff/sign-in/outside").headers["location"]
    back = httpx.get(address).headers["location"]
    assert theirs.get(back).status_code == 400
    theirs.get("/staff/sign-in/outside")
    assert theirs.get(back).status_code == 400, "nor in one that has begun a sign-in of its own"


def test_answer_is_good_once(console) -> None:
    client = console.client()
    back = httpx.get(client.get("/staff/sign-in/outside").headers["location"]).headers["location"]
    state = client.cookies["advisor_staff_outside"]
    assert client.get(back).status_code == 303
    client.cookies.set("advisor_staff_outside", state, path="/staff/sign-in")
    assert client.get(back).status_code == 400


def test_old_sign_in_is_over(store) -> None:
    one = store.run(oidc_logins.start_login, "/staff")
    with store.engine.begin() as connection:
        connection.execute(schema.outside_sign_in.update().values(at=schema.now() - oidc_logins.WITHIN * 2))
    assert store.run(oidc_logins.pop_login, one.state) is None


def test_who_says_no_to_the_provider_is_not_in(console, provider) -> None:
    provider.refuses = True
    answer = sign_in(console)
    assert answer.status_code == 401 and "did not sign you in" in answer.text


def test_provider_that_is_away_is_said(console, provider) -> None:
    provider.down = True
    answer = sign_in(console)
    assert answer.status_code == 502 and "cannot be reached" in answer.text
    provider.down = False
    assert is_in(sign_in(console))


@pytest.mark.parametrize("following", ["https://elsewhere.example", "//elsewhere.example", "/demo", ""])
def test_sign_in_leads_nowhere_else(console, following) -> None:
    client = console.client()
    client.follow_redirects = True
    assert client.get(f"/staff/sign-in/outside?next={following}").url.path == "/staff"


def test_account_of_the_provider_has_no_password(console) -> None:
    for password in ("", PASSWORD):
        form = {"name": MIRA["email"], "password": password}
        assert console.client().post("/staff/sign-in", data=form, headers=console.origin).status_code == 401


def test_passwords_can_be_turned_off(tmp_path, provider) -> None:
    with running(tmp_path, provider, password_sign_in="off") as console:
        assert "Password" not in console.client().get("/staff/sign-in").text
        form = {"name": "viewer", "password": PASSWORD}
        assert console.client().post("/staff/sign-in", data=form, headers=console.origin).status_code == 403
        assert is_in(sign_in(console))


def test_admin_adds_an_account_without_a_password(console) -> None:
    client = console.signed_in("admin")
    assert (
        console.send(client, "/staff/members", name="new@example.org", role="viewer", outside="yes").status_code == 303
    )
    assert not next(
        one for one in console.store.run(accounts.list_accounts) if one.name == "new@example.org"
    ).has_password


def test_without_a_provider_there_is_no_way_outside(tmp_path) -> None:
    with running_console(tmp_path) as console:
        hire(console.store)
        assert "outside" not in console.client().get("/staff/sign-in").text
        assert console.client().get("/staff/sign-in/outside").status_code == 404
        assert console.client().get("/staff/sign-in/back?code=x&state=y").status_code == 400


@pytest.mark.parametrize(
    "settings",
    [
        {"oidc_issuer": "https://id.example.org"},
        {"oidc_issuer": "https://id.example.org", "oidc_client_id": "a", "oidc_client_secret": "b"},
        {"password_sign_in": "off"},
    ],
)
def test_half_of_the_settings_is_refused(settings) -> None:
    with pytest.raises(SettingsError, match="ADVISOR_OIDC"):
        Settings(**settings)


@pytest.mark.parametrize("size", SIZES)
def test_sign_in_page_is_accessible(browser, console, size) -> None:
    context = browser.new_context(viewport=SIZES[size])
    look_over(context.new_page(), f"{console.url}/staff/sign-in")
    context.close()
