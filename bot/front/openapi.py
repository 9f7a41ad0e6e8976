"""The descriptions of both addresses (OpenAPI 3.1): what stands with each handler, completed from its route and openapi.yml.

A handler says what it does, takes and answers: its docstring is a sentence, a blank line, and the rest of its description as
YAML. Its path's parameters, tag, keys and the errors that all of its group have are filled in here, so that none can be
forgotten.
"""

from __future__ import annotations

import inspect
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route
from starlette.schemas import SchemaGenerator

PARTS = Path(__file__).with_name("openapi.yml")
PARAMETER = re.compile(r"{(\w+)(?::(\w+))?}")
JSON = "application/json"
TITLES = {
    "public": "Advisor",
    "operators": "Advisor: operators",
}


def description_of(
    kind: str, routes: Sequence[BaseRoute], url: str = "", keys: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """Return the OpenAPI document of the `public` or the `operators` address; `keys` are the optional keys that are set."""
    parts = _parts()
    about = {
        "openapi": "3.1.0",
        "info": {
            "title": TITLES[kind],
            "version": "1",
            "description": f"The {kind} address of the front.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": url or "/"}],
        "paths": {},
    }
    document = _Docstrings(about).get_schema(list(routes))
    converters = {(_plain(route.path), method): route for route in _described(routes) for method in route.methods or ()}
    for path, method, operation in _operations(document):
        route = converters[path, method.upper()]
        _complete(path, method, operation, route, keys)
    _name(document)
    used = {tag for _, _, operation in _operations(document) for tag in operation["tags"]}
    document["tags"] = [tag for tag in parts["tags"] if tag["name"] in used]
    document["components"] = _needed(document, parts["components"])
    return document


class _Docstrings(SchemaGenerator):
    """Reads a handler's docstring: its first line is the summary, YAML after a blank line the rest."""

    def parse_docstring(self, func_or_method: Callable[..., Any]) -> dict[str, Any]:
        """Return the operation that a handler describes."""
        summary, _, rest = inspect.cleandoc(func_or_method.__doc__ or "").partition("\n\n")
        described = yaml.safe_load(rest)
        return {"summary": summary.removesuffix("."), **described} if isinstance(described, dict) else {}


def description_route(
    kind: str, routes: Sequence[BaseRoute], url: str = "", keys: frozenset[str] = frozenset()
) -> Route:
    """Return the route GET /openapi.json, which is in the document itself."""

    @cache
    def document() -> dict[str, Any]:
        return description_of(kind, [*routes, own], url, keys)

    async def openapi(request: Request) -> JSONResponse:
        """Get this description.

        operationId: description
        responses: {200: {description: OpenAPI 3.1 as JSON}}
        """
        return JSONResponse(document())

    own = Route("/openapi.json", openapi, methods=["GET"])
    return own


def _complete(path: str, method: str, operation: dict[str, Any], route: Route, keys: frozenset[str]) -> None:
    parts = _parts()
    group = next(each for each in parts["groups"] if path.startswith(each["path"]))
    schemes = [name for name in group.get("security", ()) if not name.startswith("rest") or "rest" in keys]
    operation["tags"] = [group["tag"]]
    operation["security"] = [{name: []} for name in schemes]
    held = [_path_parameter(name, kind) for name, kind in PARAMETER.findall(route.path)]
    shared = [{"$ref": f"#/components/parameters/{name}"} for name in group.get("parameters", ())]
    if parameters := [*held, *shared, *operation.get("parameters", ())]:
        operation["parameters"] = parameters
    if body := operation.get("requestBody"):
        _complete_body(body)
    answers = {str(status): answer for status, answer in operation["responses"].items()}
    for status in group.get("errors", ()):
        if "requestBody" in operation or status not in (408, 413):
            answers.setdefault(str(status), {"description": parts["errors"][status]})
    for status, answer in answers.items():
        if "content" not in answer and (name := _shape(f"{method.upper()} {path}", status)):
            answer["content"] = {JSON: {"schema": {"$ref": f"#/components/schemas/{name}"}}}
    operation["responses"] = dict(sorted(answers.items()))


def _complete_body(body: dict[str, Any]) -> None:
    for content in body["content"].values():
        schema = content["schema"]
        if "properties" in schema:
            schema.setdefault("type", "object")
    body.setdefault("required", True)


def _shape(call: str, status: str) -> str:
    answers: dict[str, str] = _parts()["answers"]
    if named := answers.get(f"{call} {status}"):
        return named
    if status.startswith("2"):
        return answers.get(call, "")
    return "Error" if status >= "400" else ""


def _path_parameter(name: str, kind: str) -> dict[str, Any]:
    schema = {"type": "integer", "minimum": 0} if kind == "int" else {"type": "string", "minLength": 1}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _name(document: dict[str, Any]) -> None:
    """Give each operation a unique id: its handler's name, after the channel's if two share one; else its path."""
    told = Counter(operation.get("operationId") for _, _, operation in _operations(document))
    for path, method, operation in _operations(document):
        name = operation.get("operationId") or _camel(
            method, *(part for part in path.split("/") if part and "{" not in part)
        )
        operation["operationId"] = _camel(path.split("/")[2], name) if told[name] > 1 else name


def _camel(first: str, *others: str) -> str:
    words = [word for other in others for word in re.split(r"[^A-Za-z0-9]+", other) if word]
    return first + "".join(word[0].upper() + word[1:] for word in words)


def _needed(document: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    """Return the components that the document, or one of them, refers to."""
    needed: dict[str, dict[str, Any]] = {}
    ahead = [document["paths"]]
    while ahead:
        for kind, name in _references(ahead.pop()):
            if name not in needed.setdefault(kind, {}):
                needed[kind][name] = components[kind][name]
                ahead.append(components[kind][name])
    schemes = {name for _, _, operation in _operations(document) for scheme in operation["security"] for name in scheme}
    if schemes:
        needed["securitySchemes"] = {name: components["securitySchemes"][name] for name in sorted(schemes)}
    return {kind: dict(sorted(each.items())) for kind, each in sorted(needed.items())}


def _references(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        if isinstance(reference := value.get("$ref"), str):
            _, _, kind, name = reference.split("/")
            yield kind, name
        for each in value.values():
            yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def _described(routes: Sequence[BaseRoute]) -> list[Route]:
    return [route for route in routes if isinstance(route, Route) and route.include_in_schema]


def _plain(path: str) -> str:
    return PARAMETER.sub(r"{\1}", path)


@cache
def _parts() -> dict[str, Any]:
    parts: dict[str, Any] = yaml.safe_load(PARTS.read_text(encoding="utf-8"))
    return parts
