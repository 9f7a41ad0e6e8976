"""A channel is one folder and one line: the recipe of docs/channels.md, followed literally, in a real front."""
# ruff: noqa: F401, F811 (fixtures are imported by name)

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterator

import httpx
import pytest

import channels
from bot.front.app import build
from channels import registry
from core.settings import PROJECT_ROOT, Settings
from tests.front.telegram_fixtures import serving, talking_engine, wait_for
from tests.harness import PATIENCE

RECIPE = PROJECT_ROOT / "docs" / "channels.md"
BLOCK = re.compile(r"```python\n(?P<code> +# (?P<file>channels/toy/\w+\.py)\n.*?)```", re.DOTALL)
LINE = re.compile(r'^ +"(channels\.toy)",$', re.MULTILINE)


@pytest.fixture
def toy(tmp_path, monkeypatch) -> Iterator[None]:
    """Add the folder and the line of the recipe until the test ends."""
    text = RECIPE.read_text(encoding="utf-8")
    for block in BLOCK.finditer(text):
        file = tmp_path / block["file"]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(textwrap.dedent(block["code"]), encoding="utf-8")
    monkeypatch.setattr(channels, "__path__", [*channels.__path__, str(tmp_path / "channels")])
    monkeypatch.setattr(registry, "PACKAGES", (*registry.PACKAGES, LINE.search(text)[1]))
    yield
    for name in [name for name in sys.modules if name.startswith("channels.toy")]:
        del sys.modules[name]
    vars(channels).pop("toy", None)


def test_new_channel_is_folder_and_line(toy, tmp_path) -> None:
    with talking_engine() as (_, port):
        front = build(Settings(var_dir=tmp_path / "var", engine_port=port))
        with serving(front.public) as url:
            for _ in range(2):  # the platform calls again with the same message
                sent = {"from": "ann", "id": "1", "text": "visa?"}
                answer = httpx.post(f"{url}/webhooks/toy", json=sent, timeout=PATIENCE)
                assert answer.status_code == 200, answer.text
            mailbox = wait_for(lambda: httpx.get(f"{url}/webhooks/toy/ann", timeout=PATIENCE).json())
            assert mailbox == ["re: visa?"]
            assert httpx.get(f"{url}/openapi.json", timeout=PATIENCE).status_code == 200
    assert registry.titles()["toy"] == "Toy"


def test_channels_are_described() -> None:
    infos = registry.infos()
    assert [f"channels.{info.name}" for info in infos] == list(registry.PACKAGES)
    folders = {file.parent.name for file in (PROJECT_ROOT / "channels").glob("*/setup.py")}
    assert folders == {info.name for info in infos}
    names = [name for info in infos for name in info.titles]
    assert len(names) == len(set(names)) and all(registry.titles().values())
