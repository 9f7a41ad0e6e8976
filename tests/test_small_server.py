"""The smallest server: engine, front and twenty visitors in 1 GB of memory (docs/operations.md)."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from core.settings import PROJECT_ROOT, process_environment


def _bench_memory(*options: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "bot.cli.main", "bench", "memory", *options]
    return subprocess.run(argv, cwd=PROJECT_ROOT, env=process_environment(), capture_output=True, text=True)


def test_one_gigabyte_carries_twenty_visitors() -> None:
    done = _bench_memory("--minutes", "0.2")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "killed: 0" in done.stdout and "20 conversations" in done.stdout


def test_too_little_memory_is_told() -> None:
    done = _bench_memory("--megabytes", "150", "--minutes", "0.1", "--conversations", "1")
    assert done.returncode != 0


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("TEN_MINUTES"), reason="takes ten minutes (TEN_MINUTES=yes)")
def test_one_gigabyte_carries_them_for_ten_minutes() -> None:
    done = _bench_memory()
    assert done.returncode == 0, done.stdout + done.stderr
