"""Tells staff of alerts: by e-mail (SMTP), by a webhook, or both. No message text leaves this way."""

from __future__ import annotations

import asyncio
import logging
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage

import httpx

from conversations import alerts
from conversations.alerts import Alert
from conversations.store import Store

logger = logging.getLogger(__name__)
SECONDS = 10.0
SUBJECTS: Mapping[str, str] = {
    alerts.WAITING: "Somebody is waiting for a person",
    alerts.FAILED: "A message could not be answered",
    alerts.UNDELIVERED: "A reply could not be delivered",
    alerts.CONTACT: "Somebody left contact details",
    alerts.SLACK_LIMITED: "Slack drops people's messages: too many came in a minute",
    alerts.SLACK_REVOKED: "Slack took back the token: install the app again",
    alerts.SLACK_UNINSTALLED: "The app was removed from Slack: nobody there is answered",
}


@dataclass(frozen=True)
class Mail:
    """`security` is "starttls", "tls" or "none"."""

    host: str
    port: int
    sender: str
    to: str
    user: str = ""
    password: str = ""
    security: str = "starttls"


class Teller:
    """Tells each alert by every means that is set up; what fails is tried again, with longer and longer pauses."""

    def __init__(self, store: Store, mail: Mail | None = None, webhook: str = "", look_at: str = ""):
        self._store, self._mail, self._webhook, self._look_at = store, mail, webhook, look_at
        self._means = {
            **({"mail": self._by_mail} if mail else {}),
            **({"webhook": self._by_webhook} if webhook else {}),
        }

    async def tell_open(self) -> None:
        for alert in await self._store.read(alerts.alerts_due):
            told = list(alert.told)
            for name in self._means:
                if name not in told and await self._tell(name, alert):
                    told.append(name)
            await self._store.write(alerts.note_told, alert, tuple(told), set(self._means) <= set(told))

    async def _tell(self, name: str, alert: Alert) -> bool:
        try:
            await self._means[name](alert)
        except (OSError, smtplib.SMTPException, httpx.HTTPError, TimeoutError) as error:
            logger.warning("an alert could not be sent", extra={"means": name, "reason": type(error).__name__})
            return False
        return True

    async def _by_mail(self, alert: Alert) -> None:
        await asyncio.to_thread(_send_mail, self._mail, SUBJECTS[alert.kind], self._words(alert))

    async def _by_webhook(self, alert: Alert) -> None:
        said = {
            "kind": alert.kind,
            "text": SUBJECTS[alert.kind],
            "conversation": alert.conversation_id,
            "at": alert.at.isoformat(),
            "look_at": self._look_at,
        }
        async with httpx.AsyncClient(timeout=SECONDS, trust_env=False) as client:
            (await client.post(self._webhook, json=said)).raise_for_status()

    def _words(self, alert: Alert) -> str:
        where = f"Look at it here: {self._look_at}\n" if self._look_at else ""
        about = f"conversation {alert.conversation_id}, " if alert.conversation_id else ""
        return (
            f"{SUBJECTS[alert.kind]} ({about}{alert.at:%Y-%m-%d %H:%M} UTC).\n{where}"
            "This message holds nothing of what was said, on purpose.\n"
        )


def _send_mail(mail: Mail, subject: str, text: str) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = mail.sender, mail.to, f"[Advisor] {subject}"
    message.set_content(text)
    tls = ssl.create_default_context()
    kind = smtplib.SMTP_SSL if mail.security == "tls" else smtplib.SMTP
    more = {"context": tls} if mail.security == "tls" else {}
    with kind(mail.host, mail.port, timeout=SECONDS, **more) as server:
        if mail.security == "starttls":
            server.starttls(context=tls)
        if mail.user:
            server.login(mail.user, mail.password)
        server.send_message(message)
