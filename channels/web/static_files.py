"""The widget's built files, compressed when they were built, and the demo page that carries the widget."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from channels.http import Refused, takes_gzip

LOADER, CHAT = "widget.js", "chat-"
SCRIPT = "text/javascript; charset=utf-8"
SHORT, LONG = "public, max-age=600", "public, max-age=31536000, immutable"
KINDS = {".html": "text/html; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
NOT_BUILT = "the widget is not built yet: install Node.js with npm, then run make setup"
# What docs/widget.md asks of a host page, and style-src and img-src for the page's own files.
DEMO_POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)


class WidgetFiles:
    """Files of the widget, and of the demo page `with_demo`."""

    def __init__(self, built: Path, demo: Path, with_demo: bool) -> None:
        self._built, self._demo, self._with_demo = built, demo, with_demo

    @property
    def routes(self) -> list[Route]:
        """Return the routes of the files."""
        script = [
            Route("/widget.js", self.loader, methods=["GET"]),
            Route("/widget/{name}", self.part, methods=["GET"]),
        ]
        pages = [
            Route("/demo", self.demo, methods=["GET"]),
            Route("/demo/{name}", self.demo_part, methods=["GET"], include_in_schema=False),
        ]
        return script + (pages if self._with_demo else [])

    async def loader(self, request: Request) -> Response:
        """Get the widget, for a script tag.

        responses:
          200: {description: JavaScript, content: {text/javascript: {}}}
          304: {description: The browser's copy is the present one}
          503: {description: The widget has not been built on this machine}
        """
        return self._script(request, LOADER, SHORT)

    async def part(self, request: Request) -> Response:
        """Get the part of the widget that is loaded when it is opened.

        description: An older name gets the present part, for pages that hold an older widget.js.
        responses: {200: {description: JavaScript, content: {text/javascript: {}}}, 404: {description: There is no such file}}
        """
        name = request.path_params["name"]
        if not (name.startswith(CHAT) and name.endswith(".js")):
            raise Refused("there is no such file", 404)
        present = next((file.name for file in sorted(self._built.glob(f"{CHAT}*.js"))), "")
        return self._script(request, present, LONG if name == present else "no-store")

    async def demo(self, request: Request) -> Response:
        """Show a page that carries the widget, to try it.

        responses: {200: {description: The page, content: {text/html: {}}}}
        """
        return self._page("index.html")

    async def demo_part(self, request: Request) -> Response:
        """Return a page or style sheet of the demo."""
        name = request.path_params["name"]
        return self._page(name if "." in name else f"{name}.html")

    def _script(self, request: Request, name: str, caching: str) -> Response:
        file = self._built / name
        if not name or not file.is_file():
            raise Refused(NOT_BUILT, 503)
        stat = file.stat()
        headers = {
            "Cache-Control": caching,
            "ETag": f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"',
            "Vary": "Accept-Encoding",
            "Access-Control-Allow-Origin": "*",  # a script from another address must be allowed to be read to be run
        }
        if headers["ETag"] in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if takes_gzip(request):
            return Response(
                file.with_name(f"{name}.gz").read_bytes(),
                media_type=SCRIPT,
                headers={**headers, "Content-Encoding": "gzip"},
            )
        return Response(file.read_bytes(), media_type=SCRIPT, headers=headers)

    def _page(self, name: str) -> Response:
        there = {file.name: file for file in self._demo.iterdir() if file.suffix in KINDS}
        if name not in there:
            raise Refused("there is no such page", 404)
        headers = {"Content-Security-Policy": DEMO_POLICY, "Cache-Control": "no-cache"}
        return Response(there[name].read_bytes(), media_type=KINDS[there[name].suffix], headers=headers)
