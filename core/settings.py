"""Every setting, in one place. The only module that reads the environment.

A setting FIELD is read from ADVISOR_<FIELD>, e.g. ADVISOR_ENGINE_PORT. An empty value counts as not set.
docs/settings.md is written from this table (`./advisor settings --markdown`).
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from core import settings_checks as checks
from core.settings_checks import LOOPBACK as LOOPBACK
from core.settings_checks import SettingsError as SettingsError
from core.settings_checks import env_name as env_name
from core.settings_checks import parts_of_list, reachable, read_value
from core.settings_checks import setting as _setting
from core.settings_language_model import LanguageModelSettings
from core.settings_mail import MailSettings
from core.settings_packs import PackSettings
from core.settings_traces import TraceSettings

logger = logging.getLogger(__name__)
PROJECT_ROOT = Path(__file__).resolve().parent.parent

# Keeps Rasa, TensorFlow and their dependencies quiet, away from the network and from graphics cards.
QUIET = {
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "PYTHONWARNINGS": "ignore",
    "PYTHONUNBUFFERED": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "",
    "SANIC_ACCESS_LOG": "false",  # it is put together for each request, also where nobody logs it
}
# Large pieces of memory in pages of 2 MB, where the system has them for who asks (madvise): the processor then finds a model's
# weights with fewer look-ups. Other C libraries than glibc 2.35 and newer read past it.
LARGE_PAGES = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}

# Old names of settings, which are read until the next release, with a warning: {"ADVISOR_OLD": "ADVISOR_NEW"}.
RENAMED: dict[str, str] = {"ADVISOR_SHORTCUTS": "ADVISOR_RASA_PATCHES"}
_warned: set[str] = set()


@dataclass(frozen=True)
class Settings(LanguageModelSettings, MailSettings, PackSettings, TraceSettings):
    """All settings of an installation: paths, addresses, keys and limits."""

    root: Path = _setting(PROJECT_ROOT, "The project's folder.", shown="where the code lies")
    work_dir: Path = _setting(
        Path("."),
        "Folder for all that is made (.venv, var, models, widget/dist), where the project's own may not be written to.",
        inside="root",
        shown="the project's folder",
    )
    var_dir: Path = _setting(
        Path("var"),
        "Folder for what is made while running: built files, logs; a relative path starts in ADVISOR_WORK_DIR.",
        inside="work_dir",
    )
    guide_dir: Path = _setting(
        Path("."),
        "Folder of the guide pack that is served (docs/guide-packs.md); empty means the project's own guide.",
        inside="root",
        shown="the project's folder",
    )
    knowledge_db: Path = _setting(
        Path("knowledge.db"), "The built knowledge base; a relative path starts in ADVISOR_VAR_DIR.", inside="var_dir"
    )
    catalogue_dir: Path = _setting(
        Path("catalogue"),
        "Folder of the organisation's own programs, kept apart from the code; a relative path starts in ADVISOR_VAR_DIR.",
        inside="var_dir",
    )
    catalogue_pages: str = _setting(
        "off", "`on` shows the own programs to everybody, at /programs and /programs.jsonld.", choices=("off", "on")
    )
    encoder_dir: Path = _setting(
        Path("encoder"), "The prepared sentence model; a relative path starts in ADVISOR_VAR_DIR.", inside="var_dir"
    )
    model_source: Path | None = _setting(
        None,
        "Folder with the sentence model's files; when empty, those of the installed package are used.",
        inside="root",
        kind=Path,
    )
    models_dir: Path = _setting(
        Path("models"),
        "Folder for trained Rasa models; advisor.tar.gz is served. A relative path starts in ADVISOR_WORK_DIR.",
        inside="work_dir",
    )
    host: str = _setting(
        "127.0.0.1",
        "Address that the engine listens on. Anything but loopback needs a key: ADVISOR_ENGINE_KEY or ADVISOR_REST_KEY.",
    )
    engine_port: int = _setting(5005, "Port of the engine, for the front alone.", low=1, high=65535)
    engine_addresses: str = _setting(
        "", "Engines that the front asks, with commas: http://10.0.0.5:5005; several need PostgreSQL. Empty: its own."
    )
    actions_port: int = _setting(5055, "Port of the action server (always on loopback).", low=1, high=65535)
    actions: str = _setting(
        "in-process",
        "Where actions run: `in-process` (in the engine's process) or `server` (rasa-sdk's action server, one more process).",
        choices=("in-process", "server"),
    )
    rest_key: str = _setting(
        "",
        "Key that REST clients must send as `Authorization: Bearer KEY`; empty means no key, and this machine only.",
        secret=True,
    )
    rest_origins: str = _setting(
        "",
        "Origins of pages that may call REST from a browser, with commas, e.g. https://www.example.org; empty means none.",
    )
    rest_callback_url: str = _setting(
        "",
        "Your address that gets, signed, what staff say to REST clients, and all of the callback channel; empty means none.",
        secret=True,
    )
    rest_callback_secret: str = _setting(
        "", "What these calls are signed with (Standard Webhooks), 24 characters or more.", secret=True
    )
    rest_callback_seconds: float = _setting(
        10.0, "How long that address is waited for with each call, in seconds.", low=0.1
    )
    socketio_origins: str = _setting(
        "",
        "Origins of pages whose Socket.IO chat windows (rasa-webchat, say) may connect, with commas; empty means none at all.",
    )
    engine_key: str = _setting("", "Shared secret between the front and the engine; empty means none.", secret=True)
    front_host: str = _setting("127.0.0.1", "Address that the front listens on, for visitors and platforms.")
    front_port: int = _setting(8080, "Port of the front.", low=1, high=65535)
    public_url: str = _setting(
        "", "Where people reach the front, e.g. https://advisor.example.org; no slash at the end."
    )
    trusted_proxies: str = _setting("127.0.0.1", "Proxies whose X-Forwarded-For is believed, with commas.")
    allowed_hosts: str = _setting(
        "",
        "Names that the front is asked by, with commas (`*.example.org` is any below it); others are refused. "
        "Empty means any. This machine's own names are always among them.",
    )
    connections: int = _setting(8000, "Connections to the front at once; 0 means as many as open files allow.", low=0)
    connections_per_address: int = _setting(
        200, "Connections at once from one network address, trusted proxies apart; 0 means no limit.", low=0
    )
    streams: int = _setting(5000, "Open widgets (streams of events) at once; more are asked to come back.", low=1)
    operators_host: str = _setting("127.0.0.1", "Address of the operators' API and of the metrics; never a public one.")
    operators_port: int = _setting(8081, "Port of the operators' address.", low=1, high=65535)
    operators_key: str = _setting("", "Key of the operators' API; empty means that there is none.", secret=True)
    database_url: str = _setting(
        "",
        "Database of conversations, engines' memory, own programs; empty: SQLite in ADVISOR_VAR_DIR. postgresql+psycopg://...",
        secret=True,
    )
    database_synchronous: str = _setting(
        "NORMAL",
        "SQLite only: `NORMAL` survives any kill of the process, `FULL` a power failure as well, more slowly.",
        choices=("NORMAL", "FULL"),
    )
    engine_seconds: float = _setting(8.0, "How long the front waits for an answer of the engine, in seconds.", low=0.1)
    answer_retry_minutes: float = _setting(
        10.0,
        "Where nobody waits for the answer to a request (website, Telegram, Slack), a message is tried again for so long while "
        "the engine is away, in minutes, before the apology.",
        low=0,
    )
    alerts_per_minute: int = _setting(5, "So many alerts a minute are told one by one; more in one summary.", low=1)
    messages_per_minute: int = _setting(20, "Messages a minute in one conversation; 0 means no limit.", low=0)
    messages_per_minute_per_address: int = _setting(
        120, "Messages a minute from one network address (web, and REST with a key); 0 means no limit.", low=0
    )
    rest_messages_per_minute: int = _setting(0, "Messages a minute of one REST conversation; 0 means no limit.", low=0)
    handoff_wait_minutes: float = _setting(
        10.0, "After so long without a person, somebody who waits for one is told so, in minutes.", low=0.01
    )
    person_silent_minutes: float = _setting(
        30.0, "After so long without a word, a person's conversation goes back to the advisor, in minutes.", low=0.01
    )
    alert_webhook: str = _setting(
        "", "Address that gets a POST when staff are needed (JSON, no message text).", secret=True
    )
    webhook_hosts: str = _setting(
        "", "Hosts of the organisation's own network that webhooks may reach, by commas; over http as well."
    )
    max_message_chars: int = _setting(2000, "Longest message that is read, in characters.", low=1)
    action_timeout_seconds: float = _setting(8.0, "How long the engine waits for an action, in seconds.", low=0.1)
    rasa_patches: str = _setting(
        "on",
        "`off` leaves Rasa's own code in place everywhere, slower: for finding out whether a patch of ours is to blame.",
        choices=("on", "off"),
    )
    advice_contact: str = _setting(
        "", "How a person can be reached, e.g. an e-mail address; when empty, replies say so in general words."
    )
    organisation: str = _setting("the advice team", "What the advisor calls the people behind it.")
    privacy_url: str = _setting("", "Address of the privacy notice, which a platform's first message links.")
    telegram_token: str = _setting("", "The bot's token from @BotFather; empty means no Telegram.", secret=True)
    telegram_secret: str = _setting(
        "", "What Telegram's calls must carry (A-Z, a-z, 0-9, _, -); empty means one made from the token.", secret=True
    )
    telegram_seconds: float = _setting(10.0, "How long Telegram is waited for with each call, in seconds.", low=0.1)
    telegram_api_url: str = _setting("https://api.telegram.org", "Where Telegram's Bot API is; for stand-ins.")

    sites_file: Path | None = _setting(
        None,
        "The sites that carry the widget (deploy/sites.example.yml shows how); empty means the demo page's alone.",
        inside="root",
        kind=Path,
    )
    web_session_key: str = _setting(
        "", "Key of widgets' sessions; empty: one made once, in ADVISOR_VAR_DIR or PostgreSQL.", secret=True
    )
    web_session_days: int = _setting(30, "A widget's session ends after so many days without a visit.", low=1)
    web_sessions_per_minute: int = _setting(
        60, "New web conversations a minute from one network address; 0 means no limit.", low=0
    )
    web_calls_per_minute: int = _setting(
        600, "All calls a minute of widgets at one network address together; 0 means no limit.", low=0
    )

    slack_bot_token: str = _setting("", "The Slack app's bot token (xoxb-...); empty means no Slack.", secret=True)
    slack_signing_secret: str = _setting(
        "", "The Slack app's signing secret, which its calls are checked by.", secret=True
    )
    slack_app_token: str = _setting(
        "", "The Slack app's app-level token (xapp-...); for ./advisor slack socket alone.", secret=True
    )
    slack_seconds: float = _setting(10.0, "How long Slack is waited for with each call, in seconds.", low=0.1)
    slack_api_url: str = _setting("https://slack.com/api/", "Where Slack's Web API is; for stand-ins.")

    review_months: int = _setting(
        12, "Months after which what the knowledge base says should be read against its sources again.", low=1
    )

    console_language: str = _setting(
        "en",
        "The language of the console, and of what the front itself says on Slack. Staff may each choose another.",
        choices=("en", "de"),
    )
    second_factor: str = _setting(
        "optional",
        "`required` makes everybody who signs in to the console with a password set up a second factor.",
        choices=("optional", "required"),
    )
    oidc_issuer: str = _setting(
        "", "The identity provider that staff may sign in by (OpenID Connect), as it calls itself; empty means none."
    )
    oidc_client_id: str = _setting("", "What the provider calls this console.")
    oidc_client_secret: str = _setting("", "The secret that goes with it.", secret=True)
    oidc_name_claim: str = _setting(
        "email", "What of the provider's answer is the account's name here, e.g. `email` or `preferred_username`."
    )
    oidc_title: str = _setting("your organisation", "What the sign-in page calls the provider: Sign in by ...")
    password_sign_in: str = _setting(
        "on", "`off` leaves the identity provider as the only way in; needs ADVISOR_OIDC_ISSUER.", choices=("on", "off")
    )

    time_zone: str = _setting(
        "UTC", "Time zone of the office, by which the console tells times, days and hours, such as Europe/Dublin."
    )
    mask_after_days: int = _setting(
        30, "Days without a word after which personal data in a conversation is covered for good; 0 means never.", low=0
    )
    delete_after_days: int = _setting(
        90, "Days without a word after which a conversation is deleted everywhere; 0 means never.", low=0
    )

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, Path) and "inside" in item.metadata:
                folder = getattr(self, item.metadata["inside"])
                object.__setattr__(self, item.name, folder / value.expanduser())
        checks.require_a_key(self.host, self.turns_key)
        if self.rest_callback_url:
            checks.require_callback(self.rest_callback_url, self.rest_callback_secret)
        checks.require_time_zone(self.time_zone)
        for name in ("rest_origins", "socketio_origins", "engine_addresses"):
            checks.require_origins(name, getattr(self, name))
        oidc = self.oidc_issuer, self.oidc_client_id, self.oidc_client_secret, self.public_url
        checks.require_way_in(*oidc, by_password=self.password_sign_in == "on")
        self.require_usable_model()
        self.require_usable_mail()
        self.require_usable_collector()

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Return the defaults, overridden by what ADVISOR_* variables say; raises SettingsError if one cannot be used.

        A variable with an old name (RENAMED) counts unless its new one is set, and is warned of once.
        """
        environ = _with_new_names(environ)
        given = {item.name: environ.get(env_name(item.name), "").strip() for item in fields(cls)}
        return cls(**{item.name: read_value(item, given[item.name]) for item in fields(cls) if given[item.name]})

    @property
    def log_dir(self) -> Path:
        """Folder of the processes' logs."""
        return self.var_dir / "log"

    @property
    def turns_key(self) -> str:
        """Key that opens the turn contract: the secret of front and engine, or the REST clients' key without one."""
        return self.engine_key or self.rest_key

    @property
    def web_dir(self) -> Path:
        """Folder into which the set-up puts scripts from npm for browsers."""
        return self.work_dir / "var" / "web"

    @property
    def widget_dist(self) -> Path:
        """Folder into which the set-up puts the built widget."""
        return self.work_dir / "widget" / "dist"

    @property
    def front_python(self) -> Path:
        """Python of the front's environment, which has no Rasa."""
        return self.work_dir / ".venv" / "front" / "bin" / "python"

    @property
    def installation(self) -> str:
        """Name of this installation in its processes' answers, so that another advisor's on the same ports are told apart."""
        return hashlib.sha256(os.fsencode(self.var_dir.resolve())).hexdigest()[:12]

    @property
    def engine_url(self) -> str:
        """Address at which this machine reaches its own engine."""
        return f"http://{reachable(self.host)}:{self.engine_port}"

    @property
    def engine_urls(self) -> tuple[str, ...]:
        """Addresses of the engines that the front asks."""
        return parts_of_list(self.engine_addresses) or (self.engine_url,)

    @property
    def own_hosts(self) -> tuple[str, ...]:
        """Hosts of the organisation's own network that the front may call."""
        return tuple(self.webhook_hosts.replace(",", " ").split())

    @property
    def front_url(self) -> str:
        """Address at which this machine reaches the front."""
        return f"http://{reachable(self.front_host)}:{self.front_port}"

    @property
    def own_origins(self) -> tuple[str, ...]:
        """Origins of the front's own pages: its public address, else this machine's names with its port."""
        local = tuple(f"http://{name}:{self.front_port}" for name in ("127.0.0.1", "localhost", "[::1]"))
        return (self.public_url,) if self.public_url else local

    @property
    def allowed_rest_origins(self) -> tuple[str, ...]:
        """Origins of pages that may call REST."""
        return parts_of_list(self.rest_origins)

    @property
    def allowed_socketio_origins(self) -> tuple[str, ...]:
        """Origins of pages whose Socket.IO clients may connect."""
        return parts_of_list(self.socketio_origins)

    @property
    def actions_url(self) -> str:
        """Address of the action server."""
        return f"http://127.0.0.1:{self.actions_port}"


def _with_new_names(environ: Mapping[str, str]) -> Mapping[str, str]:
    renamed = {old: new for old, new in RENAMED.items() if environ.get(old, "").strip()}
    for old, new in renamed.items():
        if old not in _warned:
            _warned.add(old)
            logger.warning("%s is called %s now; the old name is read until the next release.", old, new)
    given = {name: value for name, value in environ.items() if value.strip()}
    return {**{new: environ[old] for old, new in renamed.items()}, **given}


def service_manager(environ: Mapping[str, str] = os.environ) -> tuple[str, float]:
    """Return (socket, seconds of silence until a restart, 0 for never) of systemd; see sd_watchdog_enabled(3)."""
    seconds = environ.get("WATCHDOG_USEC", "0")
    is_for_us = environ.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
    return environ.get("NOTIFY_SOCKET", ""), int(seconds) / 1e6 if is_for_us and seconds.isdecimal() else 0.0


def unknown_settings(environ: Mapping[str, str] = os.environ) -> list[str]:
    """Return the ADVISOR_* variables that no setting reads; most likely they are misspelt."""
    known = {*(env_name(item.name) for item in fields(Settings)), *RENAMED}
    return sorted(name for name in environ if name.startswith("ADVISOR_") and name not in known)


def process_environment(
    more: Mapping[str, str] | None = None, environ: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """Return the environment for a child process: this one, with Rasa made quiet (QUIET) and `more` added."""
    return {**LARGE_PAGES, **environ, **QUIET, **(more or {})}
