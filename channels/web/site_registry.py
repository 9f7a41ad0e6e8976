"""The sites there are now: the file's, and in place of them those that the console describes. Changed while widgets call."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from channels.web.sites import Site, SitesError, site_of
from channels.web.translations import Translations

logger = logging.getLogger(__name__)


class SiteRegistry(Mapping[str, Site]):
    def __init__(self, of_file: Mapping[str, Site], strings: Translations):
        self._of_file, self._strings = dict(of_file), strings
        self._described: dict[str, Mapping[str, Any]] = {}
        self._sites: dict[str, Site] = dict(of_file)

    def __getitem__(self, name: str) -> Site:
        return self._sites[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._sites)

    def __len__(self) -> int:
        return len(self._sites)

    @property
    def strings(self) -> Translations:
        return self._strings

    def is_described(self, name: str) -> bool:
        """Whether the console describes it, and not the file."""
        return name in self._described

    def is_in_file(self, name: str) -> bool:
        return name in self._of_file

    def check(self, name: str, description: Mapping[str, Any]) -> Site:
        """What a description makes; SitesError says what is wrong with it."""
        return site_of(name, description, self._strings)

    def use(self, described: Mapping[str, Mapping[str, Any]]) -> None:
        """From now on these, beside the file's. One that cannot be used (an older version wrote it, say) is left out."""
        sites = dict(self._of_file)
        for name, description in described.items():
            try:
                sites[name] = self.check(name, description)
            except SitesError as error:
                logger.error("a site of the console cannot be used", extra={"site": name, "reason": str(error)})
        self._described, self._sites = dict(described), sites
