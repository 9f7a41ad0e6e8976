"""The settings of traces (docs/operations.md), which are among all others in `Settings`."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from core.settings_checks import SettingsError, parts_of_list, setting

PATH = "/v1/traces"  # where OTLP/HTTP takes traces unless the address says otherwise


@dataclass(frozen=True)
class TraceSettings:
    """Where traces of turns go, and how many."""

    traces_url: str = setting(
        "",
        "OpenTelemetry collector (OTLP over HTTP) that gets a trace of each turn: http://127.0.0.1:4318. Empty: none.",
    )
    traces_headers: str = setting("", "Headers that it wants, with commas, e.g. authorization=Bearer KEY.", secret=True)
    traces_share: float = setting(1.0, "Share of turns that are traced, from 0 to 1.", low=0, high=1)
    traces_from_proxies: str = setting(
        "off",
        "`on` goes on with the trace that one of ADVISOR_TRUSTED_PROXIES names (traceparent); it must not hand on visitors'.",
        choices=("off", "on"),
    )

    @property
    def traces_endpoint(self) -> str:
        """Address to which traces are sent, with OTLP's usual path if the setting names none."""
        return self.traces_url if urlsplit(self.traces_url).path.strip("/") else self.traces_url.rstrip("/") + PATH

    @property
    def sent_with_traces(self) -> dict[str, str]:
        """Headers that are sent with traces."""
        pairs = (part.partition("=") for part in parts_of_list(self.traces_headers))
        return {name.strip().lower(): value.strip() for name, _, value in pairs}

    def require_usable_collector(self) -> None:
        """Raise SettingsError if the collector's address or its headers are none."""
        try:
            parts = urlsplit(self.traces_url)
            is_address = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:
            is_address = False
        if self.traces_url and (not is_address or parts.username or parts.query or parts.fragment):
            raise SettingsError(
                "ADVISOR_TRACES_URL must be an address such as http://127.0.0.1:4318, without a user, a ? or a #."
            )
        if not all("=" in part and part.isascii() for part in parts_of_list(self.traces_headers)):
            raise SettingsError("ADVISOR_TRACES_HEADERS must be name=value, with commas between several.")
