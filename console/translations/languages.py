"""The languages that the console speaks: one catalogue each, LANGUAGE.po beside this module, read when the console starts.

There is no compiled form that a checkout could lack: Babel makes it in memory.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from functools import cache
from gettext import GNUTranslations
from pathlib import Path
from typing import Any

from babel import Locale, negotiate_locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from markupsafe import Markup

from core import translations
from core.translations import ENGLISH

FOLDER = Path(__file__).parent
SCRIPTS = "console/static/"  # where the scripts' texts stand, as the catalogue names their place
MOST_ACCEPTED = 20  # languages of an Accept-Language header that are looked at


def read_catalogue(language: str) -> Catalog:
    """Return the catalogue of a language, as it is written."""
    with (FOLDER / f"{language}.po").open("rb") as file:
        return read_po(file, locale=language)


@cache
def languages() -> Mapping[str, str]:
    """Return the languages by code, each by its own name for itself: {'en': 'English', 'de': 'Deutsch'}."""
    codes = [ENGLISH, *sorted(path.stem for path in FOLDER.glob("*.po"))]
    return {code: str(Locale.parse(code).get_display_name(code)).capitalize() for code in codes}


def use(language: str) -> None:
    """Answer the request in a language; in English if the console does not speak it."""
    if words := words_of(language):
        translations.use(language, words)
    else:
        translations.use(ENGLISH)


def words_of(language: str) -> GNUTranslations | None:
    """Return the words of a language by its code; None for English, and for one without a catalogue."""
    return _words(language) if language in languages() and language != ENGLISH else None


def accepted(header: str, default: str) -> str:
    """Return the language that an Accept-Language header likes best of those that the console speaks, else `default`."""
    liked: list[tuple[float, str]] = []
    for part in header.split(",")[:MOST_ACCEPTED]:
        code, _, weight = part.strip().partition(";q=")
        try:
            liked.append((float(weight or 1), code.strip()))
        except ValueError:
            continue
    by_weight = [code for weight, code in sorted(liked, key=lambda each: -each[0]) if weight > 0]
    return negotiate_locale(by_weight, list(languages()), sep="-") or default


def template_gettext(message: str, /, **values: Any) -> Markup:
    """Return a text for a template, which may hold tags; the values that are put into it are escaped."""
    text = _markup(translations.language(), message)
    return text % values if values else text.unescaped_percents


def template_ngettext(singular: str, plural: str, number: int, /, **values: Any) -> Markup:
    """Return the one of two texts for a template that goes with a number."""
    return Markup(translations.ngettext(singular, plural, number)) % {"num": number, **values}


def script_words() -> Markup:
    """Return the scripts' texts in the language in use as JSON for a page; "" in English, which the scripts hold."""
    language = translations.language()
    return Markup("") if language == ENGLISH else _script_words(language)


class _Text(Markup):
    """A text of a template, with what it is where no value is put into it."""

    unescaped_percents: Markup


@cache
def _markup(language: str, message: str) -> _Text:
    """Return a text as markup; the sources' texts are few, so each is kept. `language` is the one in use."""
    text = _Text(translations.gettext(message))
    text.unescaped_percents = Markup(str(text).replace("%%", "%"))
    return text


@cache
def _words(language: str) -> GNUTranslations:
    compiled = io.BytesIO()
    write_mo(compiled, read_catalogue(language))
    compiled.seek(0)
    return GNUTranslations(compiled)


@cache
def _script_words(language: str) -> Markup:
    texts = {
        message.id: message.string
        for message in read_catalogue(language)
        if isinstance(message.id, str) and any(place.startswith(SCRIPTS) for place, _ in message.locations)
    }
    safe = json.dumps(texts, ensure_ascii=False).replace("<", "\\u003c")  # so that no text can end the element
    return Markup(safe)  # safe: the catalogue is part of the program
