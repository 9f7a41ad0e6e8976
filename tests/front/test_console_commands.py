"""The staff and demo commands as people type them."""

import os
from subprocess import CompletedProcess

from conversations.accounts import login_attempts
from conversations.db.demo_marker import is_demo
from conversations.db.opening import open_store
from conversations.review.listing import Filters, list_page
from core.settings import Settings
from tests.front.console_fixtures import PASSWORD, said
from tests.front.fork_server import run_command


def advisor(var_dir, *arguments, typed="", **more) -> CompletedProcess[str]:
    ours = {"ADVISOR_VAR_DIR": str(var_dir), "ADVISOR_KNOWLEDGE_DB": str(Settings().knowledge_db), **more}
    return run_command(*arguments, environment={**os.environ, **ours}, typed=typed)


def test_accounts_are_kept_by_command(tmp_path) -> None:
    assert "may sign in" in advisor(tmp_path, "staff", "add", "ann", "--role", "viewer", typed=PASSWORD + "\n").stdout
    advisor(tmp_path, "staff", "role", "ann", "admin")
    assert advisor(tmp_path, "staff", "list").stdout == "admin     ann\n"
    advisor(tmp_path, "staff", "reset", "ann", typed="another long password\n")
    store = open_store(Settings(var_dir=tmp_path))
    attempt = store.run(login_attempts.find_attempt, "ann")
    store.close()
    assert login_attempts.password_matches(attempt, "another long password") and not login_attempts.password_matches(
        attempt, PASSWORD
    )
    advisor(tmp_path, "staff", "remove", "ann")
    assert advisor(tmp_path, "staff", "list").stdout == ""


def test_invitation_is_made_by_command(tmp_path) -> None:
    advisor(tmp_path, "staff", "add", "mira", "--role", "viewer", "--outside")
    assert "ADVISOR_OIDC_ISSUER" in advisor(tmp_path, "staff", "invite", "mira").stderr
    names = ("ISSUER", "CLIENT_ID", "CLIENT_SECRET")
    provider = {
        "ADVISOR_PUBLIC_URL": "https://a.example",
        **{f"ADVISOR_OIDC_{name}": "https://id.example" for name in names},
    }
    made = advisor(tmp_path, "staff", "invite", "mira", **provider)
    assert made.stdout.startswith("https://a.example/staff/sign-in/invited/"), made.stderr
    assert "no account nobody" in advisor(tmp_path, "staff", "invite", "nobody", **provider).stderr


def test_trouble_is_one_line(tmp_path) -> None:
    for arguments, typed, words in (
        (("add", "ann", "--role", "viewer"), "short\n", "12 to 200 characters"),
        (("add", "ann", "--role", "owner"), PASSWORD, "viewer, adviser, editor, trainer, admin"),
        (("remove", "nobody"), "", "There is no account nobody"),
    ):
        done = advisor(tmp_path, "staff", *arguments, typed=typed)
        assert done.returncode == 1 and words in done.stderr and len(done.stderr.splitlines()) == 1


def test_demo_data_fills_a_file_of_its_own(tmp_path) -> None:
    for _ in range(2):
        done = advisor(tmp_path, "demo", "data", "--messages", "200")
        assert done.returncode == 0 and "made-up messages" in done.stdout, done.stderr
    store = open_store(Settings(database_url=f"sqlite:///{tmp_path}/demo.db"))
    lines = store.run(list_page, Filters()).lines
    assert store.run(is_demo) and len(lines) > 20 and lines[0].messages % 2 == 0
    store.close()
    assert not (tmp_path / "conversations.db").exists()


def test_demo_data_refuses_a_real_file(tmp_path) -> None:
    store = open_store(Settings(database_url=f"sqlite:///{tmp_path}/demo.db"))
    one = said(store, "a", "a real question")
    store.close()  # a front that runs on it would be refused first
    done = advisor(tmp_path, "demo", "data", "--messages", "200")
    assert done.returncode == 1 and "real conversations" in done.stderr
    store = open_store(Settings(database_url=f"sqlite:///{tmp_path}/demo.db"))
    assert [line.id for line in store.run(list_page, Filters()).lines] == [one]
    store.close()


def test_account_is_added_beside_a_running_front(tmp_path) -> None:
    running = open_store(Settings(database_url=f"sqlite:///{tmp_path}/conversations.db"))
    done = advisor(tmp_path, "staff", "add", "mara", "--role", "viewer", typed=PASSWORD + "\n")
    running.close()
    assert done.returncode == 0, done.stderr
