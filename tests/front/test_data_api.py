"""The data API: another program reads, corrects and deletes, as far as its token goes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

# ruff: noqa: F401, F811 (fixtures are imported by name)
import httpx
import pytest
from sqlalchemy import update

from conversations import audit_log
from conversations.db import schema
from conversations.db.schema import now
from conversations.errors import AdminError
from conversations.integrations import api_tokens, webhooks
from core.settings import PROJECT_ROOT
from tests.front.console_fixtures import (
    PASSWORD,
    Running,
    browser,
    console,
    fill,
    hire,
    look_over,
    running_console,
    signed_in_page,
    store,
)
from tests.front.test_console_browser import SIZES

ALL = tuple(api_tokens.SCOPES)
KNOWLEDGE = PROJECT_ROOT / "var" / "knowledge.db"


@pytest.fixture
def running(tmp_path) -> Iterator[Running]:
    """Serve a front with three conversations and the project's knowledge."""
    with running_console(tmp_path, knowledge_db=KNOWLEDGE) as running:
        hire(running.store)
        running.ids = fill(running.store)
        yield running


def client(running: Running, *scopes: str, days: int = 0) -> httpx.Client:
    token = running.store.run(api_tokens.add_token, "Student records", scopes or ALL, days, "ann")
    return httpx.Client(base_url=f"{running.url}/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=30)


# --- tokens ------------------------------------------------------------------------------------------------------------
def test_token_is_made_in_the_console_and_opens_what_was_ticked(running) -> None:
    admin = running.signed_in("admin")
    fields = {"scope.conversations:read": "yes", "days": "30", "password_again": PASSWORD}
    page = running.send(admin, "/staff/tokens", name="Student  records", **fields)
    token = page.text.partition(api_tokens.PREFIX)[2].partition("<")[0]
    assert page.status_code == 200 and len(token) > 40 and token not in admin.get("/staff/tokens").text
    asking = httpx.Client(
        headers={"Authorization": f"Bearer {api_tokens.PREFIX}{token}"}, base_url=f"{running.url}/api/v1"
    )
    assert len(asking.get("/conversations").json()["conversations"]) == 3
    refused = asking.get("/insights")
    assert refused.status_code == 403 and refused.json() == {"error": "this token does not open insights:read"}
    (stored,) = running.store.run(api_tokens.list_tokens)
    assert stored.used_at is not None and token not in repr(stored)
    assert "last used" in admin.get("/staff/tokens").text
    assert running.send(admin, "/staff/tokens/remove", token=f"{stored.id}").status_code == 303
    assert running.send(admin, "/staff/tokens/remove", token=f"{stored.id}").status_code == 404
    assert asking.get("/conversations").status_code == 401
    noted = [(one.what, one.about) for one in running.store.run(audit_log.entries, 20)]
    assert ("added an API token", "Student records") in noted and ("removed an API token", "Student records") in noted


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Basic abc", "Bearer \u00e9"])
def test_no_token_no_answer(running, header) -> None:
    answer = httpx.get(f"{running.url}/api/v1/conversations", headers={"Authorization": header.encode("utf-8")})
    assert answer.status_code == 401 and "made in the console" in answer.json()["error"]


def test_guessing_is_slowed_down(running) -> None:
    headers = {"Authorization": "Bearer adv_wrong"}
    statuses = [httpx.get(f"{running.url}/api/v1/insights", headers=headers).status_code for _ in range(22)]
    assert statuses[0] == 401 and statuses[-1] == 429
    assert client(running).get("/insights").status_code == 200, "a right token is not kept waiting by another's guesses"


def test_expired_token_is_refused(running) -> None:
    asking, table = client(running, days=1), schema.api_token
    assert asking.get("/corrections").status_code == 200
    running.store.run(
        lambda connection: connection.execute(update(table).values(expires_at=now() - timedelta(seconds=1)))
    )
    assert asking.get("/corrections").status_code == 401
    assert "expired" in running.signed_in("admin").get("/staff/tokens").text


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/conversations", api_tokens.READ_CONVERSATIONS),
        ("GET", "/conversations/x", api_tokens.READ_CONVERSATIONS),
        ("DELETE", "/conversations/x", api_tokens.ERASE),
        ("GET", "/insights", api_tokens.READ_INSIGHTS),
        ("GET", "/corrections", api_tokens.READ_CORRECTIONS),
        ("PUT", "/corrections/1", api_tokens.WRITE_CORRECTIONS),
        ("DELETE", "/corrections/1", api_tokens.WRITE_CORRECTIONS),
        ("POST", "/people", api_tokens.READ_PEOPLE),
    ],
)
def test_each_call_needs_its_scope(running, method, path, scope) -> None:
    others = client(running, *(each for each in ALL if each != scope))
    assert others.request(method, path).status_code == 403
    assert client(running, scope).request(method, path).status_code != 403


def test_what_a_token_needs(store) -> None:
    for name, scopes, days, told in (
        ("", ALL, 1, "Give the token a name"),
        ("x" * 61, ALL, 1, "Give the token a name"),
        ("records", (), 1, "at least one thing"),
        ("records", ("everything",), 1, "at least one thing"),
        ("records", ALL, 4000, "holds for"),
    ):
        with pytest.raises(AdminError, match=told):
            store.run(api_tokens.add_token, name, scopes, days, "ann")


# --- what it opens -----------------------------------------------------------------------------------------------------
def test_conversations_are_found_and_read_covered(running) -> None:
    asking = client(running, api_tokens.READ_CONVERSATIONS)
    listed = asking.get("/conversations").json()
    assert [each["conversation"] for each in listed["conversations"]] == [
        running.ids[name] for name in ("lost", "fees", "visa")
    ]
    assert listed["next"] == ""
    (found,) = asking.get("/conversations", params={"words": "visa", "channel": "telegram"}).json()["conversations"]
    assert found["conversation"] == running.ids["visa"] and "mira@example.org" not in found["opening"]
    (of_topics,) = asking.get("/conversations", params={"topic": "challenges/*,of-nothing"}).json()["conversations"]
    assert of_topics == found and asking.get("/conversations", params={"topic": "a," * 60 + "b"}).status_code == 200
    transcript = asking.get(f"/conversations/{running.ids['visa']}").json()
    assert [each["author"] for each in transcript["transcript"]] == ["visitor", "advisor"]
    assert "mira@example.org" not in str(transcript) and transcript["transcript"][1]["topic"] == "challenges/visa"
    assert asking.get("/conversations/nobody").status_code == 404


def test_pages_hold_each_conversation_once(running) -> None:
    asking, seen, cursor = client(running), [], None
    while cursor != "":
        page = asking.get("/conversations", params={"limit": 2, "cursor": cursor or ""}).json()
        seen += [each["conversation"] for each in page["conversations"]]
        cursor = page["next"]
    assert sorted(seen) == sorted(running.ids.values())


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/conversations?limit=0", "limit must be"),
        ("/conversations?limit=9999", "limit must be"),
        ("/conversations?since=lately", "since must be a day"),
        ("/insights?since=2026-13-01", "since must be a day"),
        ("/insights?since=2026-02-01&until=2026-01-01", "since must not be after until"),
        ("/insights?since=2020-01-01", "366 days are the most"),
        ("/corrections?state=all", "state must be"),
    ],
)
def test_wrong_queries_are_told_of(running, path, told) -> None:
    answer = client(running).get(path)
    assert answer.status_code == 400 and told in answer.json()["error"]


def test_insights_count_what_there_was(running) -> None:
    admin = running.signed_in("admin")
    figures = client(running, api_tokens.READ_INSIGHTS).get("/insights").json()
    assert len(figures["days"]) == 30 and figures["time_zone"] == "UTC"
    assert "Conversations" in admin.get("/staff/insights").text
    totals = {measure: sum(names.values()) for measure, names in figures["counts"].items()}
    by_day = sum(sum(each["counts"].get("outcome", {}).values()) for each in figures["days"])
    assert by_day == totals.get("outcome", 0)


def test_correction_is_noted_and_taken_back(running) -> None:
    asking = client(running, api_tokens.READ_CORRECTIONS, api_tokens.WRITE_CORRECTIONS)
    reader = client(running, api_tokens.READ_CONVERSATIONS)
    question = reader.get(f"/conversations/{running.ids['fees']}").json()["transcript"][0]["message"]
    noted = asking.put(f"/corrections/{question}", json={"label": "benefits/cost-effective"})
    assert noted.status_code == 200 and noted.json()["topic"] == "benefits/cost-effective"
    assert noted.json()["by"] == "API: Student records" and noted.json()["state"] == "collected"
    assert [each["message_id"] for each in asking.get("/corrections").json()] == [question]
    assert "Student records" in running.signed_in("trainer").get("/staff/corrections").text
    assert asking.delete(f"/corrections/{question}").json() == {"deleted": True}
    assert asking.delete(f"/corrections/{question}").status_code == 404
    assert "took a correction back" in {one.what for one in running.store.run(audit_log.entries, 20)}
    assert asking.get("/corrections").json() == []


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ({"label": "no/such"}, 400, "no topic or intent"),
        ({"thing": "institution/no-such"}, 400, "no thing"),
        ({"form": "sung"}, 400, "form must be one of"),
        ({}, 400, "Choose what the message means"),
        ({"label": 7}, 400, "label must be a text"),
    ],
)
def test_correction_must_mean_something(running, body, status, told) -> None:
    asking = client(running)
    question = asking.get(f"/conversations/{running.ids['fees']}").json()["transcript"][0]["message"]
    answer = asking.put(f"/corrections/{question}", json=body)
    assert (answer.status_code, told in answer.json()["error"]) == (status, True)
    assert asking.put(f"/corrections/{question + 1}", json={"label": "benefits/cost-effective"}).status_code == 404
    assert asking.put("/corrections/99999999999999999999999", json={}).status_code == 404


def test_persons_data_is_found_and_deleted(running) -> None:
    asking = client(running, api_tokens.READ_PEOPLE, api_tokens.ERASE)
    (found,) = asking.post("/people", json={"sought": "mira@example.org"}).json()["conversations"]
    assert found["id"] == running.ids["visa"] and "mira@example.org" in str(found["messages"])
    assert asking.post("/people", json={"sought": "nobody@example.org"}).json() == {"conversations": []}
    assert asking.delete(f"/conversations/{found['id']}").json() == {"deleted": True}
    assert asking.delete(f"/conversations/{found['id']}").status_code == 404
    assert asking.post("/people", json={"sought": "mira@example.org"}).json() == {"conversations": []}
    noted = [(one.who, one.what) for one in running.store.run(audit_log.entries, 20)]
    assert ("API: Student records", "exported a conversation") in noted
    assert ("API: Student records", "deleted a conversation") in noted


# --- the pages ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
def test_pages_of_integrations_are_for_everybody(browser, console, size) -> None:
    url = "https://crm.example.org/a-long-path-of-an-address-that-does-not-fit/" * 3
    console.store.run(webhooks.add_webhook, url, tuple(webhooks.EVENTS), "ann")
    console.store.run(webhooks.send_test, console.store.run(webhooks.list_webhooks)[0].id)
    console.store.run(api_tokens.add_token, "Student records", ALL, 30, "ann")
    with signed_in_page(browser, console, "admin", viewport=size) as page:
        look_over(page, f"{console.url}/staff/webhooks", f"{console.url}/staff/tokens")
        assert page.complaints == []
