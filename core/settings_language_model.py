"""The settings of the optional language model (docs/language-model.md), which are among all others in `Settings`."""

from __future__ import annotations

from dataclasses import Field, dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from core.settings_checks import LOOPBACK, SettingsError, parts_of_list, setting

NEVER = "never"
WHEN = ("unsure", "always", NEVER)
OTHERS = "*"  # among the sites: all that are not named, and all other channels


def own_first(settings: type[LanguageModelSettings]) -> list[Field[Any]]:
    """Return the settings of a class with its own before those of this one, which a dataclass has first."""
    return sorted(fields(settings), key=lambda item: item.name not in settings.__annotations__)


@dataclass(frozen=True)
class LanguageModelSettings:
    """What a language model is asked, where, and how much it may cost."""

    language_model_url: str = setting(
        "",
        "Address of an OpenAI-compatible endpoint that may read messages, e.g. http://127.0.0.1:8000/v1; empty means none.",
    )
    language_model_consent: str = setting(
        "",
        "Host of that endpoint once more, unless it is this machine: you agree that messages go there, personal data masked.",
    )
    language_model_name: str = setting("", "What the endpoint calls the model.")
    language_model_key_file: Path | None = setting(
        None, "File with the endpoint's key; empty means that it asks for none.", inside="root", kind=Path
    )
    language_model_when: str = setting(
        "unsure",
        "Which messages are put to it: those of which the built-in understanding is `unsure`, `always` all, or `never` any.",
        choices=WHEN,
    )
    language_model_sites: str = setting(
        "",
        "Sites from which messages are put to it, with commas, each as `site` or, with a when of its own, `site=always`; `*` "
        "stands for all others and all other channels. Empty means everywhere.",
    )
    language_model_languages: str = setting(
        "", "Languages in which messages are put to it (en, es ...), with commas; empty means any."
    )
    language_model_seconds: float = setting(2.0, "How long it is waited for, in seconds.", low=0.1, high=30)
    language_model_rephrase: str = setting(
        "never",
        "Which answers it rephrases, each checked: `never` any, those to other `languages` in their language, or `always` all.",
        choices=("never", "languages", "always"),
    )
    language_model_tone: str = setting(
        "", "How rephrased answers are to sound, e.g. warm and brief; empty means plain."
    )
    language_model_rephrase_seconds: float = setting(
        4.0, "How long it is waited for to rephrase an answer, and to translate it back, in seconds.", low=0.1, high=30
    )
    language_model_calls_a_day: int = setting(1000, "Most calls a day (UTC); 0 means no limit.", low=0)
    language_model_tokens_a_day: int = setting(
        0, "Tokens, read and written, after which no more calls are made that day; 0 means no limit.", low=0
    )
    language_model_form: str = setting(
        "schema",
        "How it is told the form of its answer: by `schema` (JSON Schema), or only to write `json`, for endpoints without.",
        choices=("schema", "json"),
    )
    language_model_price_in: float = setting(
        0.0, "What a million tokens that it reads cost, for the figures staff see; 0 for both means no price.", low=0
    )
    language_model_price_out: float = setting(0.0, "What a million tokens that it writes cost.", low=0)

    @property
    def uses_language_model(self) -> bool:
        """Return whether messages may be put to a language model."""
        return bool(self.language_model_url) and set(self.language_model_when_by_site.values()) != {NEVER}

    @property
    def language_model_when_by_site(self) -> dict[str, str]:
        """Return when messages are put to a language model, by site; those of OTHERS are all that are not named."""
        named = [part.partition("=") for part in parts_of_list(self.language_model_sites)]
        general = self.language_model_when
        told = {site.strip(): (when.strip() if sign else general) for site, sign, when in named}
        return {OTHERS: NEVER if told else general, **told}

    @property
    def language_model_host(self) -> str:
        """Return the host that messages go to."""
        return urlsplit(self.language_model_url).hostname or ""

    @property
    def keeps_messages_here(self) -> bool:
        """Return whether the endpoint is on this machine."""
        return self.language_model_host in LOOPBACK

    def require_usable_model(self) -> None:
        """Raise SettingsError if the endpoint's address is none, or is elsewhere and was not agreed to."""
        if wrong := set(self.language_model_when_by_site.values()) - set(WHEN):
            raise SettingsError(
                f"ADVISOR_LANGUAGE_MODEL_SITES says {min(wrong)!r} of a site; it may say {', '.join(WHEN)}, as in shop=always."
            )
        if not self.uses_language_model:
            return
        try:
            parts = urlsplit(self.language_model_url)
            host, has_port = parts.hostname or "", parts.port != 0
        except ValueError:
            host, has_port = "", False
        extras = parts.username or parts.query or parts.fragment if host else True
        if not has_port or parts.scheme not in ("http", "https") or extras:
            raise SettingsError(
                "ADVISOR_LANGUAGE_MODEL_URL must be an address such as http://127.0.0.1:8000/v1, without a user, a ? or a #."
            )
        if not self.language_model_name:
            raise SettingsError(
                "ADVISOR_LANGUAGE_MODEL_URL needs ADVISOR_LANGUAGE_MODEL_NAME, the model's name there, too."
            )
        if host not in LOOPBACK and self.language_model_consent.strip().lower() != host:
            raise SettingsError(
                f"ADVISOR_LANGUAGE_MODEL_URL sends what visitors write to {host}, with personal data masked as far as it is "
                f"found (docs/language-model.md). If you agree, set ADVISOR_LANGUAGE_MODEL_CONSENT={host}."
            )
