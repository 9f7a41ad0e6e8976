"""Starts the SDK's action server, its logs free of people's words: python -m bot.engine.action_server ..."""

from __future__ import annotations

import runpy
from typing import Any

from sanic import Sanic

from core.library_logs import hush


def main() -> None:
    """Run the SDK's server with the command line's arguments."""
    serve = Sanic.run

    def hushed(app: Sanic, *args: Any, **kwargs: Any) -> None:
        hush()  # until now the SDK spoke of our actions alone, and of what is wrong with them
        serve(app, *args, **kwargs)

    Sanic.run = hushed
    runpy.run_module("rasa_sdk", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
