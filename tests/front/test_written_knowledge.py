"""The whole circle in a browser: a visitor is declined, staff write the topic, check, publish, and the visitor is answered."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from core.http_client import fetch
from core.processes import end_group, start_process
from core.services import services
from core.settings import PROJECT_ROOT, Settings, env_name
from tests.front.console_fixtures import Running, browser, hire, running_console, signed_in_page
from tests.front.test_console_browser import SIZES
from tests.harness import free_port
from tests.knowledge_fixtures import ALL_ROLES, write_sources
from training.train import places_of

MINUTES = 40  # that a training may take on a machine that is busy with other tests; three on a quiet one
POOL = "is there a swimming pool for students"
ASKED = (
    "is there a swimming pool",
    "can i swim on campus",
    "do they have a pool for students",
    "swimming pool?",
    "where can students swim",
    "may students of short courses use the pool",
    "pool on campus",
    "do campuses have swimming pools",
    "swimming facilities",
    "can i go swimming after class",
)


@pytest.fixture(scope="module")
def guide(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Return the settings of an installation with a small guide of its own, trained."""
    folder = tmp_path_factory.mktemp("written")
    write_sources(folder / "guide/knowledge", {"guide/roles.yml": ALL_ROLES})
    places = {"guide_dir": folder / "guide", "var_dir": folder / "var", "models_dir": folder / "models"}
    settings = Settings(**places, encoder_dir=Settings().encoder_dir, engine_port=free_port())
    subprocess.run([PROJECT_ROOT / "advisor", "train"], env=environment(settings), check=True, timeout=MINUTES * 60)
    return settings


def environment(settings: Settings) -> dict[str, str]:
    return places_of(settings) | {env_name("engine_port"): str(settings.engine_port)}


@pytest.fixture(scope="module")
def engine(guide: Settings) -> Iterator[None]:
    """Run the real engine over the small guide."""
    argv = [str(PROJECT_ROOT / "advisor"), "engine"]
    process = start_process(argv, guide.log_dir / "engine.log", environment(guide), PROJECT_ROOT)
    try:
        ready = services(guide)[-1].ready_url
        until = time.monotonic() + MINUTES * 60
        while fetch(ready)[0] != 200:
            assert process.poll() is None and time.monotonic() < until
            time.sleep(0.2)
        yield
    finally:
        end_group(process, 5)


@pytest.fixture(scope="module")
def console(guide: Settings, engine: None) -> Iterator[Running]:
    places = {name: getattr(guide, name) for name in ("guide_dir", "models_dir", "encoder_dir", "knowledge_db")}
    with running_console(guide.var_dir, engine_port=guide.engine_port, engine_seconds=60, **places) as running:
        hire(running.store)
        yield running


def outcome(console: Running, text: str) -> tuple[str, str]:
    """Ask as a visitor who is new, and return the outcome and the words of the answer."""
    message = {"sender": f"visitor-{time.monotonic_ns()}", "message": text}
    replies = httpx.post(f"{console.url}/webhooks/rest/webhook", json=message, timeout=120).json()
    return replies[0]["metadata"]["outcome"], " ".join(reply["text"] for reply in replies)


@pytest.mark.slow
def test_visitor_is_answered_what_staff_have_just_written(browser, console) -> None:
    assert outcome(console, POOL)[0] == "declined"
    with signed_in_page(browser, console, "trainer", viewport=SIZES["wide"]) as page:
        page.goto(f"{console.url}/staff/drafts")
        page.get_by_role("button", name="New topic").click()
        write(page)
        page.get_by_role("button", name="Check and train").click()
        expect(page.get_by_text("Being checked.")).to_be_visible()
        expect(page.get_by_text("Checked, to be published.")).to_be_visible(timeout=MINUTES * 60_000)
        expect(page.get_by_role("heading", name="Both replies")).to_be_visible()
        page.get_by_role("button", name="Publish", exact=True).click()
        expect(page.get_by_text("Published. Visitors")).to_be_visible(timeout=MINUTES * 60_000)
        said = outcome(console, POOL)
        assert said[0] == "answered" and "use it too" in said[1]
        page.get_by_role("button", name="Go back to what was before").click()
        expect(page.get_by_text("Taken back.")).to_be_visible(timeout=MINUTES * 60_000)
    assert outcome(console, POOL)[0] == "declined"


def write(page: Page) -> None:
    """Write a topic into a new draft, and wait until it is saved and all is well."""
    page.get_by_label("Part of the guide").select_option("benefits")
    page.get_by_label("Title").fill("Swimming pools")
    page.get_by_label("Answer", exact=False).first.fill("Some campuses have a pool. Ask the provider.")
    page.locator("[name=ask]").fill("\n".join(ASKED))
    page.get_by_role("button", name="Add an answer").click()
    page.locator("[name=claims-0-say]").fill("Some campuses have a swimming pool, and students may use it too.")
    page.locator("[name=claims-0-asks]").fill("Is there a swimming pool for students?\nDo the campuses have a pool?")
    expect(page.get_by_role("button", name="Check and train")).to_be_enabled()
    expect(page.locator("#saved")).to_have_text("Saved just now")
