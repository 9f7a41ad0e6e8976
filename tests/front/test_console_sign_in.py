"""Signing in, sessions, and who may what."""

# ruff: noqa: F401, F811 (fixtures are imported by name)
import asyncio
import re
from datetime import timedelta

import httpx
import pytest
from limits import RateLimitItemPerMinute
from playwright.sync_api import expect
from starlette.responses import Response

from channels.http import RateLimits
from channels.web.opening_hours import SiteOfficeHours
from console.app import Console
from console.identity.login_attempts import LoginAttempts
from console.web.routing import StaffRoute
from conversations import audit_log
from conversations.accounts import accounts, login_attempts, password_strength, passwords, sessions
from conversations.db import schema
from conversations.errors import StaffError
from conversations.pipeline.events import STATE, Event
from tests.front.console_fixtures import PASSWORD, browser, console, hire, running_console

SAMPLE = {
    "import": "1",
    **{
        "conversation": "0" * 32,
        "file": "console.css",
        "message": "1",
        "draft": "1",
        "publication": "1",
        "notification": "1",
        "key": "a/b",
        "site": "demo",
    },
    "unknown": "no-such",
}
ORDER = {role: place for place, role in enumerate(accounts.ROLES)}


def sign_in(running, name="viewer", password=PASSWORD, **headers) -> httpx.Response:
    return running.client().post(
        "/staff/sign-in", data={"name": name, "password": password}, headers={**running.origin, **headers}
    )


def staff_routes(running) -> list[StaffRoute]:
    """Every route of the console with the least role that may use it."""
    front = running.front
    return Console(front.service, front.settings, RateLimits(), front.sites, SiteOfficeHours(front.sites)).staff_routes


def address(route) -> str:
    return re.sub(r":\w+}", "}", route.path).format(**SAMPLE)


def ask(running, client, route) -> httpx.Response:
    path = address(route)
    return client.get(path) if route.method == "GET" else running.send(client, path)


def test_right_password_opens_the_console(console) -> None:
    client = console.client()
    client.post("/staff/sign-in", data={"name": "viewer", "password": PASSWORD}, headers=console.origin)
    assert "Conversations" in client.get("/staff/conversations").text


@pytest.mark.parametrize(
    ("name", "password"), [("viewer", "wrong password"), ("nobody", PASSWORD), ("", ""), ("viewer", "")]
)
def test_wrong_password_opens_nothing(console, name, password) -> None:
    answer = sign_in(console, name, password)
    assert answer.status_code == 401 and "wrong" in answer.text and not answer.cookies


def test_cookie_holds_only_a_number(console) -> None:
    cookie = sign_in(console).headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/staff" in cookie
    assert "viewer" not in cookie and "Secure" not in cookie


def test_cookie_is_secure_behind_https(tmp_path) -> None:
    with running_console(tmp_path, public_url="https://advisor.example.org") as running:
        hire(running.store)
        answer = running.client().post(
            "/staff/sign-in",
            data={"name": "viewer", "password": PASSWORD},
            headers={"Origin": "https://advisor.example.org"},
        )
        assert "Secure" in answer.headers["set-cookie"]


def test_database_holds_no_password_or_cookie(console) -> None:
    token = console.signed_in("viewer").cookies["advisor_staff"]
    with console.store.engine.connect() as connection:
        kept = str(connection.exec_driver_sql("SELECT * FROM staff").all())
        kept += str(connection.exec_driver_sql("SELECT * FROM staff_session").all())
    assert "$argon2id$" in kept and PASSWORD not in kept and token not in kept


def test_passwords_are_slow_to_guess(real_hasher) -> None:
    """As much memory and time as RFC 9106 asks for where memory is short."""
    assert "$argon2id$v=19$m=65536,t=3,p=4$" in real_hasher().hash(PASSWORD)


def from_address(address: str) -> dict[str, str]:
    """Return the header by which this machine, a trusted proxy, says whom it speaks for."""
    return {"X-Forwarded-For": address}


def wrong(console, name="viewer", times=login_attempts.MOST_FAILURES, client=None, **headers) -> list[httpx.Response]:
    """Enter wrong passwords and return the answers."""
    client = client or console.client()
    form = {"name": name, "password": "wrong password"}
    return [client.post("/staff/sign-in", data=form, headers={**console.origin, **headers}) for _ in range(times)]


def test_repeated_failures_lock_the_address_out(console) -> None:
    wrong(console)
    answer = sign_in(console)
    assert answer.status_code == 429 and "Too many" in answer.text
    assert any("locked out" in line.what for line in console.store.run(audit_log.entries, 10))


def test_nobody_locks_a_colleague_out(console) -> None:
    wrong(console, **from_address("203.0.113.9"))
    assert sign_in(console, **from_address("203.0.113.9")).status_code == 429
    assert sign_in(console, **from_address("198.51.100.7")).status_code == 303


def test_known_browser_is_let_through(console) -> None:
    """Though somebody at its own address has used up all tries of its name there."""
    client, form = console.client(), {"name": "viewer", "password": PASSWORD}
    assert client.post("/staff/sign-in", data=form, headers=console.origin).status_code == 303
    wrong(console)
    assert sign_in(console).status_code == 429
    assert client.post("/staff/sign-in", data=form, headers=console.origin).status_code == 303


def test_many_addresses_are_one_attack() -> None:
    """They lock out browsers that nobody knows, and not those that have signed in before."""
    tries, viewer = LoginAttempts("key", RateLimits()), login_attempts.Attempt("viewer", "hash")

    async def attack() -> None:
        for number in range(1000):
            await tries.count(viewer, tries.origin("", "viewer", f"10.0.{number // 250}.{number % 250}"))

    with pytest.raises(login_attempts.AccountLocked):
        asyncio.run(attack())
    with pytest.raises(login_attempts.AccountLocked):
        asyncio.run(tries.count(viewer, tries.origin("", "viewer", "198.51.100.7")))
    known = tries.origin(tries.known_browser_cookie("viewer"), "viewer", "198.51.100.7")
    assert known.is_known and asyncio.run(tries.count(viewer, known)) is False


def test_tries_are_forgotten_while_others_are_tidied() -> None:
    """As several sign in at once: what was counted of one is cleared while the library looks through all of them."""
    rates, limit, names = RateLimits(), RateLimitItemPerMinute(5), [str(number) for number in range(20)]

    async def sign_in_at_once() -> int:
        for name in names:
            await rates.hit(limit, name)
        await asyncio.sleep(0)  # the tidying begins
        for name in names:
            await rates.clear(limit, name)
        tidying = asyncio.all_tasks() - {asyncio.current_task()}
        assert tidying
        await asyncio.gather(*tidying)
        return (await rates.stats(limit, names[-1])).remaining

    assert asyncio.run(sign_in_at_once()) == 5


def test_known_browser_has_its_own_limit(console) -> None:
    client = console.client()
    client.post("/staff/sign-in", data={"name": "viewer", "password": PASSWORD}, headers=console.origin)
    codes = [answer.status_code for answer in wrong(console, times=7, client=client)]
    assert codes == [401] * 5 + [429] * 2
    assert sign_in(console).status_code == 303, "another browser of theirs is not concerned"


def test_known_browser_is_known_for_one_name(console) -> None:
    client = console.client()
    client.post("/staff/sign-in", data={"name": "viewer", "password": PASSWORD}, headers=console.origin)
    wrong(console, "admin")
    answer = client.post("/staff/sign-in", data={"name": "admin", "password": PASSWORD}, headers=console.origin)
    assert answer.status_code == 429


@pytest.mark.parametrize("name", ["viewer", "nobody", "viewer@example.org", ""])
def test_answers_do_not_tell_who_has_an_account(console, name) -> None:
    answers = wrong(console, name, times=7, **from_address("203.0.113.9"))
    assert [answer.status_code for answer in answers] == [401] * 5 + [429] * 2
    assert "Name or password is wrong" in answers[0].text and "Too many wrong passwords" in answers[-1].text


def test_addresses_of_one_customer_are_one(console) -> None:
    for number in range(login_attempts.MOST_FAILURES):
        wrong(console, times=1, **from_address(f"2001:db8:1:2::{number + 1}"))
    assert sign_in(console, **from_address("2001:db8:1:2:ffff::1")).status_code == 429
    assert sign_in(console, **from_address("2001:db8:1:3::1")).status_code == 303


def test_one_address_may_not_try_forever(console) -> None:
    answers = [sign_in(console, name=f"nobody {number}", password="wrong password") for number in range(12)]
    assert answers[0].status_code == 401 and answers[-1].status_code == 429


def test_reset_lifts_the_lock(console) -> None:
    for _ in range(login_attempts.MOST_FAILURES):
        sign_in(console, password="wrong password")
    console.store.run(accounts.reset_password, "viewer", PASSWORD)
    assert sign_in(console).status_code == 303


def test_failures_before_success_are_forgotten(console) -> None:
    for number in range(2):  # from an address that the limit of all names together does not concern
        assert [one.status_code for one in wrong(console, times=login_attempts.MOST_FAILURES - 1)] == [401] * 4, number
        assert sign_in(console).status_code == 303


def test_signing_out_ends_the_session(console) -> None:
    client = console.signed_in("viewer")
    cookie = client.cookies["advisor_staff"]
    console.send(client, "/staff/sign-out")
    client.cookies.set("advisor_staff", cookie, path="/staff")
    assert client.get("/staff/conversations").status_code == 303


def test_other_session_is_signed_out(console) -> None:
    mine, other = console.signed_in("viewer"), console.signed_in("viewer")
    session = console.store.run(sessions.find_session, other.cookies["advisor_staff"])
    console.send(mine, "/staff/account/end-session", session=session.id)
    assert other.get("/staff/conversations").status_code == 303
    assert mine.get("/staff/conversations").status_code == 200


def test_unused_session_ends_and_goes(console) -> None:
    client = console.signed_in("viewer")
    with console.store.engine.begin() as connection:
        connection.execute(schema.staff_session.update().values(last_at=schema.now() - sessions.IDLE * 2))
    assert client.get("/staff/conversations").status_code == 303
    console.store.run(sessions.delete_expired_sessions)
    with console.store.engine.connect() as connection:
        assert connection.execute(schema.staff_session.select()).all() == []


def test_session_of_another_stays(console) -> None:
    mine, other = console.signed_in("viewer"), console.signed_in("admin")
    session = console.store.run(sessions.find_session, other.cookies["advisor_staff"])
    assert console.send(mine, "/staff/account/end-session", session=session.id).status_code == 404
    assert other.get("/staff/conversations").status_code == 200


def test_removed_account_is_out_at_once(console) -> None:
    client = console.signed_in("trainer")
    console.store.run(accounts.remove, "trainer")
    assert client.get("/staff/conversations").status_code == 303


def test_changed_role_holds_at_once(console) -> None:
    client = console.signed_in("admin")
    console.store.run(accounts.set_role, "admin", "viewer")
    assert client.get("/staff/audit").status_code == 403
    assert any("changed a role to viewer" in line.what for line in console.store.run(audit_log.entries, 10))


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("/staff/audit", "/staff/audit"),
        ("https://evil.example/", "/staff"),
        ("//evil.example/staff/", "/staff"),
        ("/staff/\\evil", "/staff"),
    ],
)
def test_sign_in_leads_only_inside(console, asked, shown) -> None:
    form = {"name": "admin", "password": PASSWORD, "next": asked}
    answer = console.client().post("/staff/sign-in", data=form, headers=console.origin)
    assert answer.headers["location"] == shown


@pytest.mark.parametrize("role", [None, *accounts.ROLES])
def test_every_route_knows_its_role(console, role) -> None:
    client = console.signed_in(role) if role else console.client()
    for route in staff_routes(console):
        if route.role is None or route.path in ("/staff/live", "/staff/sign-out"):
            continue
        may = role is not None and ORDER[role] >= ORDER[route.role]
        if role is None and route.method == "POST":
            answer = client.post(address(route), headers=console.origin)
        else:
            answer = ask(console, client, route)
        if role is None:
            assert answer.headers["location"].startswith("/staff/sign-in"), route
        else:
            assert (answer.status_code == 403) == (not may), route


def test_every_route_needs_somebody(console) -> None:
    ways_in = {
        "/staff/sign-in",
        *(f"/staff/sign-in/{one}" for one in ("code", "outside", "back", "invited/{invitation}")),
    }
    open_to_all = {*ways_in, "/staff/static/{file}", "/staff/app.webmanifest"}
    assert {route.path for route in staff_routes(console) if route.role is None} == open_to_all
    assert console.client().get("/staff/live").status_code == 303


def test_every_route_is_guarded(console) -> None:
    served = {route.path for route in console.front.public.routes if route.path.startswith("/staff")}
    assert served == {route.path for route in staff_routes(console)}


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}, {"Origin": "null"}])
def test_foreign_page_changes_nothing(console, headers) -> None:
    client = console.signed_in("admin")
    answer = client.post("/staff/sign-out", data={"csrf": console.token(client)}, headers=headers)
    assert answer.status_code == 403 and client.get("/staff/conversations").status_code == 200


@pytest.mark.parametrize("token", ["", "wrong", "é"])
def test_wrong_token_changes_nothing(console, token) -> None:
    client = console.signed_in("admin")
    answer = client.post("/staff/sign-out", data={"csrf": token}, headers=console.origin)
    assert answer.status_code == 403 and client.get("/staff/conversations").status_code == 200


def test_pages_run_nothing_foreign(console) -> None:
    policy = console.client().get("/staff/sign-in").headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy


@pytest.mark.parametrize(
    ("name", "role", "password"),
    [
        *(
            ("", "viewer", PASSWORD),
            ("new", "owner", PASSWORD),
            ("new", "viewer", "short"),
            ("viewer", "viewer", PASSWORD),
        ),
        *(("new", "viewer", "xxxxxxxxxxxx"), ("new", "viewer", "password1234")),
    ],
)
def test_bad_account_is_refused(console, name, role, password) -> None:
    with pytest.raises(StaffError):
        console.store.run(accounts.add, name, role, password)


# --- passwords --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("password", "name"),
    [
        *(
            ("xxxxxxxxxxxx", ""),
            ("abcabcabcabc", ""),
            ("aaaaaabbbbbb", ""),
            ("a1a1a1a1a1a1", ""),
            ("0000000000001", ""),
        ),
        *(("password1234", ""), ("P@ssw0rd1234", ""), ("Pa$$w0rd!!!!", ""), ("Password-Password-1", "")),
        *(
            ("123456789012", ""),
            ("qwertyuiop12", ""),
            ("1qaz2wsx3edc", ""),
            ("abcdefghijklmnop", ""),
            ("poiuytrewq99", ""),
        ),
        *(("Summer2026!!!", ""), ("iloveyou2026", ""), ("advisor-2026-advisor", "")),
        *(("annannannann", "ann"), ("ann.miller.2026!", "ann.miller@example.org"), ("miller-miller-1", "Ann Miller")),
    ],
)
def test_guessable_password_is_refused(password, name) -> None:
    with pytest.raises(StaffError, match="easy to guess"):
        passwords.hash_password(password, name)


@pytest.mark.parametrize(
    "password",
    [PASSWORD, "trombone cactus ferry", "kT9x-mm2q_WzPv4L", "我的猫喜欢在窗台上睡觉呢", "ann likes wet turnips"],
)
def test_good_password_is_taken(password) -> None:
    assert not password_strength.weakness(password, "ann")


def test_made_passwords_are_never_refused() -> None:
    assert [one for _ in range(2000) if password_strength.weakness(one := passwords.generate_password())] == []


def test_own_password_may_not_be_weak(console) -> None:
    client = console.signed_in("viewer")
    answer = console.send(client, "/staff/account/password", password=PASSWORD, new="viewer123456")
    assert answer.status_code == 400 and "easy to guess" in answer.text


# --- asked once more --------------------------------------------------------------------------------------------------
SENSITIVE = [
    ("/staff/members", {"name": "new", "role": "viewer"}),
    ("/staff/members/role", {"name": "viewer", "role": "adviser"}),
    ("/staff/members/password", {"name": "viewer"}),
    ("/staff/members/second-factor", {"name": "viewer"}),
    ("/staff/members/remove", {"name": "viewer"}),
    ("/staff/account/second-factor", {"secret": "A" * 32, "code": "000000"}),
    ("/staff/export/file", {"rows": "messages", "form": "csv", "shown": "yes"}),
]


def signed_in_long_ago(console, name="admin") -> httpx.Client:
    client = console.signed_in(name)
    with console.store.engine.begin() as connection:
        earlier = schema.now() - timedelta(minutes=30)
        connection.execute(schema.staff_session.update().values(created_at=earlier))
    return client


@pytest.mark.parametrize(("path", "form"), SENSITIVE)
def test_old_session_is_asked_again(console, path, form) -> None:
    client = signed_in_long_ago(console)
    before = console.store.run(accounts.list_accounts)
    answer = console.send(client, path, **form)
    assert answer.status_code == 401 and "Is it you?" in answer.text
    assert all(f'name="{name}" value="{value}"' in answer.text for name, value in form.items())
    wrong_again = console.send(client, path, **form, password_again="wrong password")
    assert wrong_again.status_code == 401 and "password is wrong" in wrong_again.text
    assert console.store.run(accounts.list_accounts) == before
    went_on = console.send(client, path, **form, password_again=PASSWORD)
    assert went_on.status_code != 401 and PASSWORD not in went_on.text
    assert console.send(client, path, **form).status_code != 401, "not asked again at once"


def test_fresh_session_is_not_asked(console) -> None:
    answer = console.send(console.signed_in("admin"), "/staff/members/role", name="viewer", role="adviser")
    assert answer.status_code == 303


def test_covered_export_asks_nothing(console) -> None:
    client = signed_in_long_ago(console)
    assert console.send(client, "/staff/export/file", rows="messages", form="csv").status_code == 200


def test_asking_again_cannot_be_tried_forever(console) -> None:
    client = signed_in_long_ago(console)
    answers = [console.send(client, *SENSITIVE[0][:1], password_again="wrong password") for _ in range(7)]
    assert "Too many wrong passwords" in answers[-1].text
    assert sign_in(console, "admin").status_code == 303, "and nobody is locked out by it"


def test_person_goes_on_after_being_asked(browser, console) -> None:
    client = signed_in_long_ago(console)
    context = browser.new_context()
    context.add_cookies([{"name": "advisor_staff", "value": client.cookies["advisor_staff"], "url": console.url}])
    page = context.new_page()
    page.goto(f"{console.url}/staff/members")
    page.get_by_role("button", name="New password for viewer").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("The password of viewer is")).to_be_visible()
    context.close()


# --- what goes on after signing out -----------------------------------------------------------------------------------
@pytest.mark.parametrize("news", [True, False])
def test_live_page_ends_with_its_session(console, news) -> None:
    client, other = console.signed_in("viewer"), console.signed_in("viewer")
    with client.stream("GET", "/staff/live") as stream:
        lines = stream.iter_lines()
        assert "ready" in next(lines)
        session = console.store.run(sessions.find_session, client.cookies["advisor_staff"])
        console.send(other, "/staff/account/end-session", session=session.id)
        if news:
            console.front.service.events.publish(Event(STATE, "0" * 32))
        assert "news" not in "".join(lines)
