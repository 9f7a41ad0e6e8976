"""Which guide pack a page of the console is about, where an installation serves several.

A page about one thing (a draft, a message, a publication) is about that thing's pack; a list is about the pack that the member
has chosen. Forms carry the pack of their page beside their token, so that another choice meanwhile does not redirect them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from sqlalchemy import Column, Connection, select
from starlette.responses import Response

from console.web.guard import PACK_COOKIE
from console.web.request import StaffRequest
from console.web.routing import StaffRoute
from conversations.accounts.accounts import VIEWER
from conversations.db import schema
from conversations.input_parsing import whole_number
from core.guide_pack import PACK_FILE
from core.pack_registry import Pack, shown_name

PATH = "/staff/guide"
Handler = Callable[[StaffRequest], Awaitable[Response]]
# Parameters of paths that name one thing: the column of its id or name, and that of its pack.
OF_THING: Mapping[str, tuple[Column[object], Column[object]]] = {
    "conversation": (schema.conversation.c.id, schema.conversation.c.pack),
    "draft": (schema.entry_draft.c.id, schema.entry_draft.c.pack),
    "import": (schema.guide_import.c.id, schema.guide_import.c.pack),
    "publication": (schema.publication.c.name, schema.publication.c.pack),
}


def pack_titles(packs: Mapping[str, Pack]) -> dict[str, str]:
    """Return what staff read for each pack, by name: its subject, or its name if its file cannot be read."""
    return {name: _subject(pack) or shown_name(name) for name, pack in packs.items()}


def by_pack(routes: Mapping[str, Sequence[StaffRoute]]) -> list[StaffRoute]:
    """Return a view's routes, of which there is a set for each pack, as one set that answers with the pack that is meant."""
    if len(routes) == 1:
        return list(routes[""])
    return [
        replace(route, handler=_of_pack_meant({pack: own[at].handler for pack, own in routes.items()}))
        for at, route in enumerate(routes[""])
    ]


def choosing(menu_paths: Callable[[], set[str]], secure: bool) -> StaffRoute:
    """Return the route by which a member chooses a pack; it leads back to the list that they were on."""

    async def choose(request: StaffRequest) -> Response:
        """Remember the choice in this browser."""
        part = "/".join(request.form.get("next", "").split("/")[:3])
        response = request.redirect(part if part in menu_paths() else "/staff")
        chosen = request.form.get("guide", "")
        if chosen in request.packs:
            response.set_cookie(PACK_COOKIE, chosen, path="/staff", httponly=True, samesite="lax", secure=secure)
        return response

    return StaffRoute(PATH, choose, VIEWER, "POST")


def _of_pack_meant(handlers: Mapping[str, Handler]) -> Handler:
    async def handler(request: StaffRequest) -> Response:
        found = await request.service.store.read(_pack_of_thing, request.http.path_params)
        meant = request.pack if found is None else found
        if meant not in handlers:
            return await handlers[request.pack](request)
        return await handlers[meant](request.of_pack(meant))

    return handler


def _pack_of_thing(connection: Connection, named: Mapping[str, object]) -> str | None:
    """Return the pack of what a path names, or None if it names nothing that has one."""
    if "message" in named:
        query = select(schema.conversation.c.pack).join(
            schema.message, schema.message.c.conversation_id == schema.conversation.c.id
        )
        number = whole_number(str(named["message"]))
        return None if number is None else connection.execute(query.where(schema.message.c.id == number)).scalar()
    for name, (identity, pack) in OF_THING.items():
        if name in named:
            text = str(named[name])
            value = whole_number(text) if name in ("draft", "import") else text
            return None if value is None else connection.execute(select(pack).where(identity == value)).scalar()  # type: ignore[return-value]
    return None


def _subject(pack: Pack) -> str:
    try:
        content = YAML(typ="safe").load(pack.settings.guide_dir / PACK_FILE)
        return str(content["subject"])
    except (OSError, YAMLError, KeyError, TypeError):
        return ""
