"""Accounts managed in the console, one's own password, and the second factor."""

# ruff: noqa: F401, F811 (fixtures are imported by name)
import re
import time

import httpx
import pyotp
import pytest
from playwright.sync_api import expect
from starlette.responses import Response

from conversations import audit_log
from conversations.accounts import accounts, login_attempts, totp
from conversations.accounts.accounts import Member
from conversations.accounts.login_attempts import AccountLocked
from conversations.db import schema
from conversations.errors import StaffError
from tests.front.console_fixtures import (
    PASSWORD,
    browser,
    console,
    hire,
    look_over,
    postgres_url,
    running_console,
    signed_in_page,
    store,
)
from tests.front.test_console_browser import SIZES


def send(running, path, **form) -> httpx.Response:
    return running.send(running.signed_in("admin"), path, **form)


def enter(running, name, password, client=None) -> httpx.Response:
    client = client or running.client()
    return client.post("/staff/sign-in", data={"name": name, "password": password}, headers=running.origin)


def member(store, name="viewer") -> Member:
    return next(one for one in store.run(accounts.list_accounts) if one.name == name)


def noted(running) -> list[tuple[str, str, str]]:
    return [(one.who, one.what, one.about) for one in running.store.run(audit_log.entries, 20)]


# --- accounts ---------------------------------------------------------------------------------------------------------
def test_new_account_gets_a_password_that_is_shown_once(console) -> None:
    page = send(console, "/staff/members", name="mira", role="trainer").text
    password = re.search(r"The password of <strong>mira</strong> is <code>([^<]+)</code>", page)[1]
    assert enter(console, "mira", password).headers["location"] == "/staff"
    assert password not in console.signed_in("admin").get("/staff/members").text
    assert ("admin", "added an account as trainer", "mira") in noted(console)


@pytest.mark.parametrize(
    ("name", "role"), [("viewer", "viewer"), ("", "viewer"), ("x" * 61, "viewer"), ("new", "king")]
)
def test_odd_account_is_refused(console, name, role) -> None:
    answer = send(console, "/staff/members", name=name, role=role)
    assert answer.status_code == 400 and len(console.store.run(accounts.list_accounts)) == len(accounts.ROLES)


def test_role_holds_at_once(console) -> None:
    client = console.signed_in("viewer")
    assert client.get("/staff/export").status_code == 403
    send(console, "/staff/members/role", name="viewer", role="trainer")
    assert client.get("/staff/export").status_code == 200


def test_new_password_ends_sessions(console) -> None:
    client = console.signed_in("viewer")
    page = send(console, "/staff/members/password", name="viewer").text
    password = re.search(r"is <code>([^<]+)</code>", page)[1]
    assert client.get("/staff").status_code == 303 and enter(console, "viewer", PASSWORD).status_code == 401
    assert enter(console, "viewer", password).status_code == 303


def test_removed_account_is_out(console) -> None:
    client = console.signed_in("viewer")
    send(console, "/staff/members/remove", name="viewer")
    assert client.get("/staff").status_code == 303 and enter(console, "viewer", PASSWORD).status_code == 401


@pytest.mark.parametrize("what", ["role", "password", "remove", "second-factor"])
def test_nobody_changes_their_own_account_there(console, what) -> None:
    assert send(console, f"/staff/members/{what}", name="admin", role="viewer").status_code == 400
    assert member(console.store, "admin").role == "admin"


@pytest.mark.parametrize("what", ["role", "password", "remove", "second-factor"])
def test_unknown_account_is_said(console, what) -> None:
    assert send(console, f"/staff/members/{what}", name="nobody", role="viewer").status_code == 400


def test_own_password_is_changed(console) -> None:
    other, client = console.signed_in("viewer"), console.signed_in("viewer")
    wrong = console.send(client, "/staff/account/password", password="not it", new="another good one")
    assert wrong.status_code == 400 and "present password is wrong" in wrong.text
    short = console.send(client, "/staff/account/password", password=PASSWORD, new="short")
    assert short.status_code == 400 and "12 to 200" in short.text
    assert console.send(client, "/staff/account/password", password=PASSWORD, new="another good one").status_code == 303
    assert client.get("/staff").status_code == 200 and other.get("/staff").status_code == 303
    assert enter(console, "viewer", "another good one").status_code == 303


# --- the second factor ------------------------------------------------------------------------------------------------
def turned_on(store, name="viewer") -> tuple[str, list[str]]:
    """(secret, recovery codes); as if set up a while ago, so that the present code is good."""
    secret = totp.new_secret()
    codes = store.run(totp.turn_on, member(store, name), secret, pyotp.TOTP(secret).now())
    with store.engine.begin() as connection:
        connection.execute(schema.staff.update().values(code_step=0))
    return secret, codes


def with_code(running, client, code) -> httpx.Response:
    return client.post("/staff/sign-in/code", data={"code": code}, headers=running.origin)


def test_second_factor_is_set_up_and_asked_for(browser, console) -> None:
    with signed_in_page(browser, console, "viewer", viewport=SIZES["wide"]) as page:
        page.goto(f"{console.url}/staff/account")
        page.get_by_role("link", name="Set it up").click()
        secret = page.locator("input[name=secret]").input_value()
        assert page.locator("ol code").inner_text().replace(" ", "") == secret
        page.get_by_label("Type the code that it shows").fill("000000")
        page.get_by_role("button", name="Turn it on").click()
        expect(page.get_by_role("alert")).to_contain_text("not right")
        assert page.locator("input[name=secret]").input_value() == secret, "the app need not read it again"
        page.get_by_label("Type the code that it shows").fill(pyotp.TOTP(secret).now())
        page.get_by_role("button", name="Turn it on").click()
        codes = page.locator(".codes li").all_inner_texts()
        assert len(set(codes)) == 10
        page.context.clear_cookies()
        page.goto(f"{console.url}/staff/sign-in")
        page.get_by_label("Name").fill("viewer")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="One more step")).to_be_visible()
        page.goto(f"{console.url}/staff/conversations")
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
        page.goto(f"{console.url}/staff/sign-in/code")
        page.get_by_label("Code from the app on your phone").fill(codes[0].upper())
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="What needs attention")).to_be_visible()
    assert ("viewer", "signed in with a recovery code", "viewer") in noted(console)


def test_code_signs_in_once(console) -> None:
    secret, _ = turned_on(console.store)
    code = pyotp.TOTP(secret).now()
    first, second = console.client(), console.client()
    for client in (first, second):
        assert enter(console, "viewer", PASSWORD, client).headers["location"].startswith("/staff/sign-in/code")
        assert client.get("/staff").status_code == 303, "half a sign-in opens nothing"
    assert with_code(console, first, f" {code[:3]} {code[3:]} ").headers["location"] == "/staff"
    assert first.get("/staff").status_code == 200
    assert with_code(console, second, code).status_code == 401, "whoever saw the code cannot use it again"
    assert second.get("/staff").status_code == 303


def test_clock_may_be_half_a_minute_wrong(store) -> None:
    store.run(accounts.add, "viewer", "viewer", PASSWORD)
    secret, _ = turned_on(store)
    authenticator, at = pyotp.TOTP(secret), int(time.time())
    assert not store.run(totp.check, member(store), authenticator.at(at - 90))
    assert store.run(totp.check, member(store), authenticator.at(at - 30))
    assert store.run(totp.check, member(store), authenticator.at(at + 30))
    assert not store.run(totp.check, member(store), authenticator.at(at)), "older than the last one"


def test_recovery_code_is_good_once(store) -> None:
    store.run(accounts.add, "viewer", "viewer", PASSWORD)
    _, codes = turned_on(store)
    assert store.run(totp.check, member(store), codes[3])
    assert not store.run(totp.check, member(store), codes[3])
    assert store.run(totp.count_recovery_codes, member(store)) == 9


def test_wrong_codes_lock(store) -> None:
    store.run(accounts.add, "viewer", "viewer", PASSWORD)
    secret, _ = turned_on(store)
    for _ in range(login_attempts.MOST_FAILURES):
        assert not store.run(totp.check, member(store), "123")
    with pytest.raises(AccountLocked):
        store.run(totp.check, member(store), pyotp.TOTP(secret).now())


def test_right_password_buys_no_more_codes(console) -> None:
    turned_on(console.store)
    client = console.client()
    seen = []
    for _ in range(login_attempts.MOST_FAILURES + 1):
        enter(console, "viewer", PASSWORD, client)
        seen.append(with_code(console, client, "000000").status_code)
    assert 429 in seen or member(console.store).locked_until


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "\x00", "9" * 500])
def test_odd_code_is_wrong(console, code) -> None:
    turned_on(console.store)
    client = console.client()
    enter(console, "viewer", PASSWORD, client)
    assert with_code(console, client, code).status_code == 401


def test_code_alone_is_nothing(console) -> None:
    secret, _ = turned_on(console.store)
    assert with_code(console, console.client(), pyotp.TOTP(secret).now()).status_code == 401
    assert console.client().get("/staff/sign-in/code").headers["location"] == "/staff/sign-in"


def test_half_a_sign_in_ends(console) -> None:
    secret, _ = turned_on(console.store)
    client = console.client()
    enter(console, "viewer", PASSWORD, client)
    with console.store.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE staff_session SET created_at = datetime('now', '-11 minutes')")
    assert with_code(console, client, pyotp.TOTP(secret).now()).status_code == 401


def test_turned_off_with_the_password(console) -> None:
    turned_on(console.store)
    client = console.signed_in("viewer")
    assert console.send(client, "/staff/account/second-factor/off", password="wrong").status_code == 400
    assert member(console.store).has_totp
    assert console.send(client, "/staff/account/second-factor/off", password=PASSWORD).status_code == 303
    assert (
        not member(console.store).has_totp and console.store.run(totp.count_recovery_codes, member(console.store)) == 0
    )


def test_turned_on_twice_is_refused(console) -> None:
    turned_on(console.store)
    secret = totp.new_secret()
    client = console.signed_in("viewer")
    form = {"secret": secret, "code": pyotp.TOTP(secret).now()}
    assert console.send(client, "/staff/account/second-factor", **form).status_code == 400


@pytest.mark.parametrize("secret", ["", "short", "a" * 32, "'; DROP TABLE staff; --".ljust(32)])
def test_odd_secret_is_refused(console, secret) -> None:
    client = console.signed_in("viewer")
    assert console.send(client, "/staff/account/second-factor", secret=secret, code="123456").status_code == 400
    assert not member(console.store).has_totp


def test_admin_turns_it_off_for_somebody(console) -> None:
    turned_on(console.store)
    assert send(console, "/staff/members/second-factor", name="viewer").status_code == 303
    assert not member(console.store).has_totp


def test_new_password_turns_it_off(store) -> None:
    store.run(accounts.add, "viewer", "viewer", PASSWORD)
    turned_on(store)
    store.run(accounts.reset_password, "viewer", "another password")
    assert not member(store).has_totp
    with pytest.raises(StaffError):
        store.run(totp.turn_on, member(store), totp.new_secret(), "000000")


def test_required_second_factor_comes_first(tmp_path) -> None:
    with running_console(tmp_path, second_factor="required") as running:
        hire(running.store)
        client = running.signed_in("admin")
        for path in ("/staff", "/staff/conversations", "/staff/account", "/staff/members"):
            assert client.get(path).headers["location"] == "/staff/account/second-factor"
        assert running.send(client, "/staff/members/remove", name="viewer").status_code == 303
        assert member(running.store), "nothing was done"
        secret = re.search(r'name="secret" value="(\w+)"', client.get("/staff/account/second-factor").text)[1]
        form = {"secret": secret, "code": pyotp.TOTP(secret).now()}
        assert running.send(client, "/staff/account/second-factor", **form).status_code == 200
        assert client.get("/staff").status_code == 200


@pytest.mark.parametrize("size", SIZES)
def test_account_pages_are_accessible(browser, console, size) -> None:
    turned_on(console.store, "adviser")
    with signed_in_page(browser, console, "viewer", viewport=SIZES[size]) as page:
        look_over(page, *(f"{console.url}/staff/account{path}" for path in ("", "/second-factor")))
    with signed_in_page(browser, console, "adviser", viewport=SIZES[size]) as page:
        look_over(page, f"{console.url}/staff/account")
        page.context.clear_cookies()
        page.goto(f"{console.url}/staff/sign-in")
        page.get_by_label("Name").fill("adviser")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        look_over(page, page.url)
