"""Signing in, sessions, and who may what."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

import pytest

from channels.http import Rates
from channels.web.office import SiteOffice
from console.app import Console
from conversations import audit, staff, tables
from conversations.errors import StaffError
from tests.front.console_fixtures import PASSWORD, console, hire, running_console

SAMPLE = {"conversation": "0" * 32, "file": "console.css", "message": "1", "draft": "1", "key": "a/b", "site": "demo"}
ORDER = {role: place for place, role in enumerate(staff.ROLES)}


def sign_in(running, name="viewer", password=PASSWORD, **headers):
    return running.client().post(
        "/staff/sign-in", data={"name": name, "password": password}, headers={**running.origin, **headers}
    )


def doors(running):
    """Every route of the console with the least role that may use it."""
    front = running.front
    return Console(front.desk, front.settings, Rates(), front.web.sites, SiteOffice(front.web.sites)).doors


def address(door):
    return door.path.replace(":path", "").format(**SAMPLE)


def ask(running, client, door):
    path = address(door)
    return client.get(path) if door.method == "GET" else running.send(client, path)


def test_right_password_opens_the_console(console):
    client = console.client()
    client.post("/staff/sign-in", data={"name": "viewer", "password": PASSWORD}, headers=console.origin)
    assert "Conversations" in client.get("/staff/conversations").text


@pytest.mark.parametrize(
    ("name", "password"), [("viewer", "wrong password"), ("nobody", PASSWORD), ("", ""), ("viewer", "")]
)
def test_wrong_password_opens_nothing(console, name, password):
    answer = sign_in(console, name, password)
    assert answer.status_code == 401 and "wrong" in answer.text and not answer.cookies


def test_cookie_holds_only_a_number(console):
    cookie = sign_in(console).headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/staff" in cookie
    assert "viewer" not in cookie and "Secure" not in cookie


def test_cookie_is_secure_behind_https(tmp_path):
    with running_console(tmp_path, public_url="https://advisor.example.org") as running:
        hire(running.store)
        answer = running.client().post(
            "/staff/sign-in",
            data={"name": "viewer", "password": PASSWORD},
            headers={"Origin": "https://advisor.example.org"},
        )
        assert "Secure" in answer.headers["set-cookie"]


def test_database_holds_no_password_or_cookie(console):
    token = console.signed_in("viewer").cookies["advisor_staff"]
    with console.store.engine.connect() as connection:
        kept = str(connection.exec_driver_sql("SELECT * FROM staff").all())
        kept += str(connection.exec_driver_sql("SELECT * FROM staff_session").all())
    assert "$argon2id$" in kept and PASSWORD not in kept and token not in kept


def test_repeated_failures_lock_the_account(console):
    for _ in range(staff.MOST_FAILURES):
        sign_in(console, password="wrong password")
    answer = sign_in(console)
    assert answer.status_code == 429 and "Too many" in answer.text
    assert any("locked out" in line.what for line in console.store.run(audit.lines, 10))


def test_one_address_may_not_try_forever(console):
    answers = [sign_in(console, name=f"nobody {number}", password="wrong password") for number in range(12)]
    assert answers[0].status_code == 401 and answers[-1].status_code == 429


def test_reset_lifts_the_lock(console):
    for _ in range(staff.MOST_FAILURES):
        sign_in(console, password="wrong password")
    console.store.run(staff.reset, "viewer", PASSWORD)
    assert sign_in(console).status_code == 303


def test_failures_before_success_are_forgotten(console):
    for _ in range(2):
        for _ in range(staff.MOST_FAILURES - 1):
            console.store.run(staff.begin_attempt, "viewer")
        assert sign_in(console).status_code == 303


def test_signing_out_ends_the_session(console):
    client = console.signed_in("viewer")
    cookie = client.cookies["advisor_staff"]
    console.send(client, "/staff/sign-out")
    client.cookies.set("advisor_staff", cookie, path="/staff")
    assert client.get("/staff/conversations").status_code == 303


def test_other_session_is_signed_out(console):
    mine, other = console.signed_in("viewer"), console.signed_in("viewer")
    session = console.store.run(staff.session_of, other.cookies["advisor_staff"])
    console.send(mine, "/staff/account/end-session", session=session.id)
    assert other.get("/staff/conversations").status_code == 303
    assert mine.get("/staff/conversations").status_code == 200


def test_unused_session_ends_and_goes(console):
    client = console.signed_in("viewer")
    with console.store.engine.begin() as connection:
        connection.execute(tables.staff_session.update().values(last_at=tables.now() - staff.IDLE * 2))
    assert client.get("/staff/conversations").status_code == 303
    console.store.run(staff.drop_old_sessions)
    with console.store.engine.connect() as connection:
        assert connection.execute(tables.staff_session.select()).all() == []


def test_session_of_another_stays(console):
    mine, other = console.signed_in("viewer"), console.signed_in("admin")
    session = console.store.run(staff.session_of, other.cookies["advisor_staff"])
    assert console.send(mine, "/staff/account/end-session", session=session.id).status_code == 404
    assert other.get("/staff/conversations").status_code == 200


def test_removed_account_is_out_at_once(console):
    client = console.signed_in("trainer")
    console.store.run(staff.remove, "trainer")
    assert client.get("/staff/conversations").status_code == 303


def test_changed_role_holds_at_once(console):
    client = console.signed_in("admin")
    console.store.run(staff.set_role, "admin", "viewer")
    assert client.get("/staff/audit").status_code == 403
    assert any("changed a role to viewer" in line.what for line in console.store.run(audit.lines, 10))


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("/staff/audit", "/staff/audit"),
        ("https://evil.example/", "/staff"),
        ("//evil.example/staff/", "/staff"),
        ("/staff/\\evil", "/staff"),
    ],
)
def test_sign_in_leads_only_inside(console, asked, shown):
    form = {"name": "admin", "password": PASSWORD, "next": asked}
    answer = console.client().post("/staff/sign-in", data=form, headers=console.origin)
    assert answer.headers["location"] == shown


@pytest.mark.parametrize("role", [None, *staff.ROLES])
def test_every_route_knows_its_role(console, role):
    client = console.signed_in(role) if role else console.client()
    for door in doors(console):
        if door.role is None or door.path in ("/staff/live", "/staff/sign-out"):
            continue
        may = role is not None and ORDER[role] >= ORDER[door.role]
        if role is None and door.method == "POST":
            answer = client.post(address(door), headers=console.origin)
        else:
            answer = ask(console, client, door)
        if role is None:
            assert answer.headers["location"].startswith("/staff/sign-in"), door
        else:
            assert (answer.status_code == 403) == (not may), door


def test_every_route_needs_somebody(console):
    ways_in = {"/staff/sign-in", "/staff/sign-in/code", "/staff/sign-in/outside", "/staff/sign-in/back"}
    open_to_all = {*ways_in, "/staff/static/{file}"}
    assert {door.path for door in doors(console) if door.role is None} == open_to_all
    assert console.client().get("/staff/live").status_code == 303


def test_no_route_is_beside_the_doors(console):
    served = {route.path for route in console.front.public.routes if route.path.startswith("/staff")}
    assert served == {door.path for door in doors(console)}


@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}, {"Origin": "null"}])
def test_foreign_page_changes_nothing(console, headers):
    client = console.signed_in("admin")
    answer = client.post("/staff/sign-out", data={"csrf": console.token(client)}, headers=headers)
    assert answer.status_code == 403 and client.get("/staff/conversations").status_code == 200


@pytest.mark.parametrize("token", ["", "wrong", "é"])
def test_wrong_token_changes_nothing(console, token):
    client = console.signed_in("admin")
    answer = client.post("/staff/sign-out", data={"csrf": token}, headers=console.origin)
    assert answer.status_code == 403 and client.get("/staff/conversations").status_code == 200


def test_pages_run_nothing_foreign(console):
    policy = console.client().get("/staff/sign-in").headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy


@pytest.mark.parametrize(
    ("name", "role", "password"),
    [("", "viewer", PASSWORD), ("new", "owner", PASSWORD), ("new", "viewer", "short"), ("viewer", "viewer", PASSWORD)],
)
def test_bad_account_is_refused(console, name, role, password):
    with pytest.raises(StaffError):
        console.store.run(staff.add, name, role, password)
