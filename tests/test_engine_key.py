"""The secret between front and engine where nobody set one."""

from core.secrets import running_engine_key, with_engine_key
from core.settings import Settings


def test_key_is_made_once_for_its_owner(tmp_path) -> None:
    made = with_engine_key(Settings(var_dir=tmp_path)).engine_key
    file = tmp_path / "engine.key"
    assert len(made) > 30 and file.stat().st_mode & 0o077 == 0
    assert (
        with_engine_key(Settings(var_dir=tmp_path)).engine_key == made == running_engine_key(Settings(var_dir=tmp_path))
    )


def test_given_key_is_taken(tmp_path) -> None:
    given = Settings(var_dir=tmp_path, engine_key="k" * 20)
    assert with_engine_key(given) == given and running_engine_key(given) == "k" * 20
    assert not (tmp_path / "engine.key").exists()


def test_without_a_key_nothing_is_sent(tmp_path) -> None:
    assert running_engine_key(Settings(var_dir=tmp_path)) == ""
