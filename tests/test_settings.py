"""Settings: read once, checked where they are read, and the same in code and docs."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli.settings_docs import settings_env, settings_page
from core.settings import (
    LARGE_PAGES,
    PROJECT_ROOT,
    QUIET,
    RENAMED,
    Settings,
    SettingsError,
    process_environment,
    unknown_settings,
)
from core.settings_list import settings_table, values_in_force


def test_defaults_need_no_environment() -> None:
    settings = Settings.from_environment({})
    assert settings.knowledge_db == PROJECT_ROOT / "var/knowledge.db"
    assert (settings.host, settings.engine_port, settings.actions_port) == ("127.0.0.1", 5005, 5055)


def test_environment_wins_over_defaults() -> None:
    settings = Settings.from_environment({"ADVISOR_ENGINE_PORT": "6005", "ADVISOR_ORGANISATION": "Study Desk"})
    assert (settings.engine_port, settings.organisation) == (6005, "Study Desk")


def test_empty_value_means_default() -> None:
    assert Settings.from_environment({"ADVISOR_ENGINE_PORT": " "}).engine_port == 5005


def test_folders_follow_the_working_folder(tmp_path) -> None:
    settings = Settings.from_environment({"ADVISOR_VAR_DIR": str(tmp_path)})
    assert (settings.knowledge_db, settings.log_dir) == (tmp_path / "knowledge.db", tmp_path / "log")


def test_absolute_path_stays_as_it_is(tmp_path) -> None:
    settings = Settings.from_environment({"ADVISOR_KNOWLEDGE_DB": str(tmp_path / "other.db")})
    assert settings.knowledge_db == tmp_path / "other.db"


def test_model_source_may_be_empty() -> None:
    assert Settings.from_environment({}).model_source is None
    assert Settings.from_environment({"ADVISOR_MODEL_SOURCE": "/models"}).model_source == Path("/models")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ADVISOR_ENGINE_PORT", "many", "must be a whole number, not 'many'"),
        ("ADVISOR_ENGINE_PORT", "0", "at least 1"),
        ("ADVISOR_ACTIONS_PORT", "70000", "at most 65535"),
        ("ADVISOR_MAX_MESSAGE_CHARS", "-5", "at least 1"),
        ("ADVISOR_ACTION_TIMEOUT_SECONDS", "soon", "must be a number"),
        ("ADVISOR_ACTION_TIMEOUT_SECONDS", "nan", "at least 0.1"),
    ],
)
def test_bad_value_is_named(name, value, said) -> None:
    with pytest.raises(SettingsError) as error:
        Settings.from_environment({name: value})
    assert name in str(error.value) and said in str(error.value)


def test_open_address_needs_a_key() -> None:
    with pytest.raises(SettingsError, match="ADVISOR_REST_KEY"):
        Settings.from_environment({"ADVISOR_HOST": "0.0.0.0"})
    opened = Settings.from_environment({"ADVISOR_HOST": "0.0.0.0", "ADVISOR_REST_KEY": "k"})
    assert opened.engine_url == "http://127.0.0.1:5005"
    assert Settings.from_environment({"ADVISOR_HOST": "0.0.0.0", "ADVISOR_ENGINE_KEY": "k"}).host == "0.0.0.0"


def test_turns_are_never_less_guarded() -> None:
    assert Settings(rest_key="clients", engine_key="front").turns_key == "front"
    assert Settings(rest_key="clients").turns_key == "clients"
    assert Settings().turns_key == ""


def test_misspelt_setting_is_found() -> None:
    assert unknown_settings({"ADVISOR_PORT": "1", "ADVISOR_ENGINE_PORT": "1", "PATH": ""}) == ["ADVISOR_PORT"]


def test_old_name_still_works_with_a_warning(caplog, monkeypatch) -> None:
    monkeypatch.setattr("core.settings._warned", set())
    given = {"ADVISOR_SHORTCUTS": "off"}
    assert Settings.from_environment(given).rasa_patches == Settings.from_environment(given).rasa_patches == "off"
    assert caplog.text.count("ADVISOR_SHORTCUTS is called ADVISOR_RASA_PATCHES now") == 1
    assert unknown_settings(given) == []


def test_new_name_wins_over_the_old() -> None:
    given = {"ADVISOR_SHORTCUTS": "off", "ADVISOR_RASA_PATCHES": "on"}
    assert Settings.from_environment(given).rasa_patches == "on"


def test_renamed_settings_exist() -> None:
    names = {name for name, _, _ in settings_table()}
    assert set(RENAMED.values()) <= names and not set(RENAMED) & names


def test_secret_is_never_shown() -> None:
    shown = dict(values_in_force(Settings(rest_key="hush", engine_key="hush too")))
    assert shown["ADVISOR_REST_KEY"] == shown["ADVISOR_ENGINE_KEY"] == "(set)" and "hush" not in str(shown)


def test_processes_are_kept_quiet() -> None:
    environment = process_environment({"EXTRA": "1"}, environ={"PATH": "/bin", "RASA_TELEMETRY_ENABLED": "true"})
    assert environment == {"PATH": "/bin", "EXTRA": "1", **QUIET, **LARGE_PAGES}
    own = {"GLIBC_TUNABLES": "glibc.malloc.check=1"}
    assert process_environment(environ=own) == {**own, **QUIET}
    assert QUIET["RASA_TELEMETRY_ENABLED"] == "false"


def test_settings_page_is_in_step() -> None:
    page = (PROJECT_ROOT / "docs/settings.md").read_text(encoding="utf-8")
    assert page == settings_page(), "run: ./advisor settings --markdown > docs/settings.md"


def test_example_of_settings_is_in_step() -> None:
    file = (PROJECT_ROOT / "deploy/advisor.env.example").read_text(encoding="utf-8")
    assert file == settings_env(), "run: ./advisor settings --env > deploy/advisor.env.example"


def test_only_settings_read_the_environment() -> None:
    rooms = [PROJECT_ROOT / room for room in ("actions", "bot", "core", "knowledge", "nlu", "training")]
    readers = [path for room in rooms for path in room.rglob("*.py") if "os.environ" in path.read_text("utf-8")]
    assert readers == [PROJECT_ROOT / "core/settings.py"]


@pytest.mark.parametrize("name", ["ADVISOR_REST_ORIGINS", "ADVISOR_SOCKETIO_ORIGINS"])
@pytest.mark.parametrize(
    "origin", ["*", "www.example.org", "https://a.example/", "https://a.example/path", "null", "ftp://a.example"]
)
def test_origins_must_be_origins(name, origin) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_environment({name: f"https://good.example, {origin}"})


def test_good_origins_are_taken() -> None:
    given = "https://www.example.org, http://127.0.0.1:3000,http://[::1]:8080"
    read = Settings.from_environment({"ADVISOR_REST_ORIGINS": given})
    assert read.allowed_rest_origins == ("https://www.example.org", "http://127.0.0.1:3000", "http://[::1]:8080")


@pytest.mark.parametrize(
    "url", ["app.example/in", "ftp://app.example", "http://", "http://me:pw@app.example", "http://[::1", "file:///etc"]
)
def test_callback_must_be_an_address(url) -> None:
    with pytest.raises(SettingsError, match="ADVISOR_REST_CALLBACK_URL must be an address"):
        Settings(rest_callback_url=url, rest_callback_secret="x" * 24)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"traces_url": "collector:4318"}, "ADVISOR_TRACES_URL must be an address"),
        ({"traces_url": "http://me:pw@collector:4318"}, "ADVISOR_TRACES_URL must be an address"),
        ({"traces_url": "http://[::1"}, "ADVISOR_TRACES_URL must be an address"),
        ({"traces_headers": "Bearer KEY"}, "ADVISOR_TRACES_HEADERS must be name=value"),
    ],
)
def test_collector_must_be_an_address(given, said) -> None:
    with pytest.raises(SettingsError, match=said):
        Settings(**given)


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces"),
        ("https://collector.example/", "https://collector.example/v1/traces"),
        ("https://collector.example/otlp/v1/traces", "https://collector.example/otlp/v1/traces"),
    ],
)
def test_traces_go_to_the_usual_path_unless_told(url, endpoint) -> None:
    assert Settings(traces_url=url).traces_endpoint == endpoint


@pytest.mark.parametrize("secret", ["", "x" * 23])
def test_callback_needs_a_secret(secret) -> None:
    with pytest.raises(SettingsError, match="ADVISOR_REST_CALLBACK_SECRET"):
        Settings(rest_callback_url="https://app.example/in", rest_callback_secret=secret)
