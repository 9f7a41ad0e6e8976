"""Public pages of the guide: where a reader of an answer can check what it is made from.

They are served only with ADVISOR_GUIDE_PAGES. There is a page for each section, on which every topic has an anchor, its key.
Without `indexed`, search engines are asked to leave them out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.front.pages.program_pages import programs_path
from bot.front.pages.public_site import PublicSite, embedded
from channels.guide_links import guide_path
from channels.http import RateLimits
from console.web.message_html import as_html
from core.pack_registry import Pack
from core.settings import Settings
from knowledge.errors import KnowledgeError, UnknownKey
from knowledge.knowledge_base import Knowledge, open_knowledge
from knowledge.models import Source, Topic

INDEXED = "indexed"
FIRST, FURTHER = "/guide", "/guides"  # the first pack's, and of further packs
SCHEMA = "https://schema.org"


@dataclass(frozen=True)
class GuideSection:
    """A section with its topics, in the guide's order."""

    source: Source
    topics: tuple[Topic, ...]


class GuidePages:
    """The list of sections of each guide pack, and the page of each section."""

    def __init__(self, settings: Settings, packs: Mapping[str, Pack], rates: RateLimits) -> None:
        self._settings = settings
        self._packs = {name: pack.settings for name, pack in packs.items()}
        self._sites = {
            name: PublicSite("guide", f"/{guide_path(name)}", pack, rates) for name, pack in self._packs.items()
        }

    @property
    def routes(self) -> list[Route]:
        """Return the routes of the pages; none if the settings do not ask for them."""
        if self._settings.guide_pages == "off":
            return []
        pages = {
            FIRST: self.show,
            f"{FIRST}/{{name}}.{{kind}}": self._sites[""].part,
            f"{FIRST}/{{section}}": self.show_section,
            f"{FURTHER}/{{pack}}/{{name}}.{{kind}}": self._sites[""].part,
            f"{FURTHER}/{{pack}}": self.show,
            f"{FURTHER}/{{pack}}/{{section}}": self.show_section,
        }
        return [Route(path, page, methods=["GET"], include_in_schema=False) for path, page in pages.items()]

    async def show(self, request: Request) -> Response:
        """Show the sections of a guide, each with its topics."""

        def draw(site: PublicSite, knowledge: Knowledge) -> str:
            return site.draw("guide.html", sections=_sections(knowledge), **self._common(request, ""))

        return await self._answer(request, draw)

    async def show_section(self, request: Request) -> Response:
        """Show all topics of a section."""
        key = request.path_params["section"]

        def draw(site: PublicSite, knowledge: Knowledge) -> str:
            sections = _sections(knowledge)
            section = next((one for one in sections if one.source.key == key), None)
            if section is None:
                raise UnknownKey("section", key)
            common = self._common(request, f"/{key}")
            return site.draw(
                "guide-section.html",
                section=section,
                reviewed=min(topic.reviewed for topic in section.topics),
                text=_text,
                link=lambda topic: _link(sections, topic, site.base),
                linked_data=_linked_data(section, common["address"]),
                **common,
            )

        return await self._answer(request, draw)

    async def _answer(self, request: Request, draw: Any) -> Response:
        """Answer with a page of the pack that the address names."""
        pack = request.path_params.get("pack", "")
        if pack not in self._packs or (not pack and request.url.path.startswith(f"{FURTHER}/")):
            return self._sites[""].error("There is no such page.", 404)
        site, robots = self._sites[pack], {} if self._is_indexed else {"X-Robots-Tag": "noindex"}

        def knowledge() -> Knowledge:
            return open_knowledge(self._packs[pack].knowledge_db)

        def tag() -> str:
            return site.tag(request.url.path, knowledge().stats()["made_from"], self._settings.guide_pages)

        try:
            return await site.answer(request, tag, lambda: draw(site, knowledge()), **robots)
        except UnknownKey:
            return site.error("There is no such page. The guide may have changed since.", 404)
        except KnowledgeError:
            return site.error("The guide cannot be shown at the moment. Please try again soon.", 503)

    def _common(self, request: Request, path: str) -> dict[str, Any]:
        pack = request.path_params.get("pack", "")
        public = self._settings.public_url.rstrip("/")
        return {
            "address": f"{public}/{guide_path(pack)}{path}" if public else "",
            "is_indexed": self._is_indexed,
            "programs": programs_path(pack) if self._settings.catalogue_pages == "on" else "",
        }

    @property
    def _is_indexed(self) -> bool:
        return self._settings.guide_pages == INDEXED


def _sections(knowledge: Knowledge) -> list[GuideSection]:
    """Return the sections that topics are from, each with all of these, also those that are told under another."""
    topics = [knowledge.topic(heading.key) for heading in knowledge.topics()]
    found = [
        GuideSection(source, tuple(topic for topic in topics if source in topic.sources))
        for source in knowledge.sections()
    ]
    return [section for section in found if section.topics]


def _link(sections: list[GuideSection], topic: str, base: str) -> str:
    """Return the address of a topic, "" of what is none, such as a subject that the guide leaves open."""
    own = next((one for section in sections for one in section.topics if one.key == topic), None)
    return f"{base}/{own.sources[0].key}#{topic}" if own else ""


def _text(text: str) -> Markup:
    """Return a text of the guide as HTML."""
    return as_html(text, True)


def _linked_data(section: GuideSection, address: str) -> Markup:
    """Return a section as schema.org data: a page, with a part for each topic."""
    parts = [
        {
            "@type": "WebPageElement",
            "name": topic.title,
            "text": "\n".join(
                [topic.answer, *(f"{item.name}: {item.text}" for item in topic.items), topic.more]
            ).strip(),
            **({"url": f"{address}#{topic.key}"} if address else {}),
        }
        for topic in section.topics
    ]
    page = {"@context": SCHEMA, "@type": "WebPage", "name": section.source.title, "hasPart": parts}
    reviewed = min(topic.reviewed for topic in section.topics).isoformat()
    return embedded({**page, "lastReviewed": reviewed, **({"@id": address, "url": address} if address else {})})
