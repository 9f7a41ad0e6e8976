"""What checks and imports find, in the reader's language. It is made in English, far from any reader, with values in it.

`scripts/translations` takes the texts from where they are made; a value that is put into one is called `v1`, the next `v2`.
"""

from __future__ import annotations

import re
from functools import cache

from console.translations.languages import read_catalogue
from core import translations
from core.translations import ENGLISH, StoredTexts, gettext, marked

VALUE = "%(v1)s"
_PLACES = re.compile(r"%\(v\d+\)s")
# What the check of a draft makes of a remedy that names a place: there it stands as the title of the entry.
OF_DRAFTS = (marked("%(v1)s It stands first in %(v2)s."), marked("%(v1)s It stands in %(v2)s."))
# What an import says of the files and of how it read them.
OF_IMPORTS = (
    *(marked("%(v1)s: %(v2)s, %(v3)s rows."), marked("%(v1)s: %(v2)s, %(v3)s row.")),
    marked("none needed: the files have our own columns or terms"),
    *(marked("%(v1)s: day first, as in %(v2)s"), marked("%(v1)s: month first, as in %(v2)s")),
    marked('%(v1)s: decimal mark "%(v2)s", as in %(v3)s'),
    *(
        marked("Left out by `only` in the mapping: %(v1)s rows."),
        marked("Left out by `only` in the mapping: %(v1)s row."),
    ),
    marked("%(v1)s; to keep it, write `%(v2)s:` beside the column or under `read:` in %(v3)s"),
    marked("make the column one of a kind, or say how it is meant: --%(v1)s"),
    marked("say which comes first: --dates day-first or --dates month-first"),
    marked("say which: --decimal %(v1)s for %(v2)s, --decimal %(v3)s for %(v4)s"),
    marked("This removes %(v1)s of %(v2)s programs of %(v3)s, more than a fifth. If that is meant, say so with --yes."),
    *(marked("%(v1)s, from %(v2)s"), marked("CSV with %(v1)s, %(v2)s")),
    *(marked("semicolons"), marked("commas"), marked("tabs")),
)


def in_words(text: str) -> str:
    """Return a finding, or a part of one, in the language in use; as it is, if there are no words for it."""
    language = translations.language()
    if language == ENGLISH or not text:
        return text
    if (exact := gettext(text)) != text:
        return exact
    found = _texts(language).made_of(text)
    if found is None:
        return text
    source, values = found
    return gettext(source) % {name: in_words(value) for name, value in values.items()}


@cache
def _texts(language: str) -> StoredTexts:
    """Return the texts with values, those with the most words of their own first, since others may fit as well."""
    sources = [text.id for text in read_catalogue(language) if isinstance(text.id, str) and VALUE in text.id]
    return StoredTexts(*sorted(sources, key=lambda source: -len(_PLACES.sub("", source))))
