"""The sites in use: those of the file, replaced or joined by those that the console describes. Changes while widgets call."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from channels.web.sites import Site, SitesError, site_of
from channels.web.translations import Translations

logger = logging.getLogger(__name__)


class SiteRegistry(Mapping[str, Site]):
    """Sites by name."""

    def __init__(self, of_file: Mapping[str, Site], strings: Translations) -> None:
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
        """Return the widget's translations."""
        return self._strings

    def is_described(self, name: str) -> bool:
        """Return True if the console describes the site."""
        return name in self._described

    def is_in_file(self, name: str) -> bool:
        """Return True if the sites file describes the site."""
        return name in self._of_file

    def check(self, name: str, description: Mapping[str, Any]) -> Site:
        """Return the site that a description makes. Raises SitesError if it is wrong."""
        return site_of(name, description, self._strings)

    def use(self, described: Mapping[str, Mapping[str, Any]]) -> None:
        """Use these descriptions beside the file's from now on; log and leave out invalid ones, as of an older version."""
        sites = dict(self._of_file)
        for name, description in described.items():
            try:
                sites[name] = self.check(name, description)
            except SitesError as error:
                logger.error("a site of the console cannot be used", extra={"site": name, "reason": str(error)})
        self._described, self._sites = dict(described), sites
