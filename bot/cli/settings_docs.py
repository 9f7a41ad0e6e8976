"""docs/settings.md and deploy/advisor.env.example, written from the settings' table."""

from __future__ import annotations

from core.settings_list import settings_table

HEAD = """\
# Settings

Every setting is an environment variable; none is needed. `./advisor settings` shows the values in force.
This page is written by `./advisor settings --markdown > docs/settings.md`.

| Variable | Default | Meaning |
| --- | --- | --- |
"""


def settings_page() -> str:
    """Return docs/settings.md."""
    return HEAD + "".join(
        f"| `{name}` | {f'`{default}`' if default else 'empty'} | {meaning} |\n"
        for name, default, meaning in settings_table()
    )


ENV_HEAD = """\
# Settings of the advisor, for /etc/advisor/advisor.env (root:advisor, mode 0640: it holds secrets).
# A line counts once its # is taken away. Written by `./advisor settings --env > deploy/advisor.env.example`.
# A first installation needs: ADVISOR_ENGINE_KEY, ADVISOR_OPERATORS_KEY (each from `openssl rand -hex 32`),
# ADVISOR_PUBLIC_URL, and ADVISOR_ACTIONS=in-process, since no unit starts an action server.
"""


def settings_env() -> str:
    """Return deploy/advisor.env.example."""
    return ENV_HEAD + "".join(
        f"\n# {meaning}\n#{name}={default if '/' not in default and ' ' not in default else ''}\n"
        for name, default, meaning in settings_table()
    )
