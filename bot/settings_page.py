"""docs/settings.md, written from the settings' table."""

from __future__ import annotations

from bot.settings import settings_table

HEAD = """\
# Settings

Every setting is an environment variable; none is needed. `./advisor settings` shows the values in force.
This page is written by `./advisor settings --markdown > docs/settings.md`.

| Variable | Default | Meaning |
| --- | --- | --- |
"""


def settings_page() -> str:
    return HEAD + "".join(
        f"| `{name}` | {f'`{default}`' if default else 'empty'} | {meaning} |\n"
        for name, default, meaning in settings_table()
    )
