"""Starts the SDK's action server, without what libraries would log of people's words: python -m bot.engine.action_server ..."""

from __future__ import annotations

import runpy

from sanic import Sanic

from core.library_logs import hush


def main() -> None:
    serve = Sanic.run

    def hushed(app: Sanic, *args, **kwargs) -> None:
        hush()  # until now the SDK spoke of our actions alone, and of what is wrong with them
        serve(app, *args, **kwargs)

    Sanic.run = hushed
    runpy.run_module("rasa_sdk", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
