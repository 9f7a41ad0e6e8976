"""Tells staff of alerts: by e-mail (SMTP), by a webhook, or both. No message text leaves this way."""

from __future__ import annotations

import asyncio
import logging
import smtplib
import ssl
import time
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

import httpx
from sqlalchemy import Connection

from conversations.db.schema import now
from conversations.db.store import Store
from conversations.handoff import alerts
from conversations.handoff.alerts import Alert

logger = logging.getLogger(__name__)
SECONDS = 10.0
MINUTE = 60.0
SEVERAL, RETENTION = "several", "retention"  # kinds of what is told beside single alerts
SUBJECTS: Mapping[str, str] = {
    alerts.WAITING: "Somebody is waiting for a person",
    alerts.FAILED: "A message could not be answered",
    alerts.UNDELIVERED: "A reply could not be delivered",
    alerts.CONTACT: "Somebody left contact details",
    alerts.SLACK_LIMITED: "Slack drops people's messages: too many came in a minute",
    alerts.SLACK_REVOKED: "Slack took back the token: install the app again",
    alerts.SLACK_UNINSTALLED: "The app was removed from Slack: nobody there is answered",
}
COUNTED: Mapping[str, str] = {
    alerts.WAITING: "somebody is waiting for a person",
    alerts.FAILED: "a message could not be answered",
    alerts.UNDELIVERED: "a reply could not be delivered",
    alerts.CONTACT: "somebody left contact details",
    alerts.SLACK_LIMITED: "Slack dropped people's messages",
    alerts.SLACK_REVOKED: "Slack took back the token",
    alerts.SLACK_UNINSTALLED: "the app was removed from Slack",
}


@dataclass(frozen=True)
class MailServer:
    """`security` is "starttls", "tls" or "none"."""

    host: str
    port: int
    sender: str
    to: str
    user: str = ""
    password: str = ""
    security: str = "starttls"


class AlertNotifier:
    """Tells each alert by every means that is set up; what fails is tried again, with longer and longer pauses.

    At most so many a minute one by one; what is beyond that is told in one summary, and then not again within a minute.
    """

    def __init__(
        self, store: Store, mail: MailServer | None = None, webhook: str = "", look_at: str = "", most_a_minute: int = 5
    ):
        self._store, self._mail, self._webhook, self._look_at = store, mail, webhook, look_at
        self._most = most_a_minute
        self._told_at: deque[float] = deque(maxlen=most_a_minute)  # the last ones that were told one by one
        self._summed_up_at = -MINUTE
        self._means = {
            **({"mail": self._by_mail} if mail else {}),
            **({"webhook": self._by_webhook} if webhook else {}),
        }

    async def tell_open(self) -> None:
        due = await self._store.read(alerts.alerts_due)
        room = self._room()
        for alert in due[:room]:
            self._told_at.append(time.monotonic())
            await self._tell_by_all([alert])
        more = due[room:]
        if more and time.monotonic() - self._summed_up_at >= MINUTE:
            self._summed_up_at = time.monotonic()
            await self._tell_by_all(more)

    async def tell(self, kind: str, subject: str, words: str) -> bool:
        """Tell staff something of the whole; whether they have been told by at least one means."""
        return any([await self._tell_by(name, kind, subject, words, {}) for name in self._means])

    def _room(self) -> int:
        """How many may be told one by one now."""
        return self._most - sum(at > time.monotonic() - MINUTE for at in self._told_at)

    async def _tell_by_all(self, told_together: Sequence[Alert]) -> None:
        """One alert, or a summary of several, by each means by which not all of them have been told."""
        told = {alert.id: list(alert.told) for alert in told_together}
        for name in self._means:
            left = [alert for alert in told_together if name not in told[alert.id]]
            if left and await self._tell_by(name, *self._message(left)):
                for alert in left:
                    told[alert.id].append(name)
        await self._store.write(_note_all_told, told_together, told, set(self._means))

    def _message(self, together: Sequence[Alert]) -> tuple[str, str, str, dict[str, Any]]:
        """The kind, the subject, the words, and what a webhook is given besides."""
        first = together[0]
        if len(together) == 1:
            subject = SUBJECTS[first.kind]
            about = f"conversation {first.conversation_id}, " if first.conversation_id else ""
            words = f"{subject} ({about}{first.at:%Y-%m-%d %H:%M} UTC)."
            return first.kind, subject, words, {"conversation": first.conversation_id, "at": first.at.isoformat()}
        counts = Counter(alert.kind for alert in together)
        subject = f"{len(together)} more alerts"
        words = "\n".join(f"{count} times: {COUNTED[kind]}." for kind, count in counts.most_common())
        return SEVERAL, subject, f"{subject} since {first.at:%Y-%m-%d %H:%M} UTC.\n{words}", {"counts": dict(counts)}

    async def _tell_by(self, means: str, kind: str, subject: str, words: str, more: Mapping[str, Any]) -> bool:
        try:
            await self._means[means](kind, subject, words, more)
        except (OSError, smtplib.SMTPException, httpx.HTTPError, TimeoutError) as error:
            logger.warning("an alert could not be sent", extra={"means": means, "reason": type(error).__name__})
            return False
        return True

    async def _by_mail(self, kind: str, subject: str, words: str, more: Mapping[str, Any]) -> None:
        where = f"Look at it here: {self._look_at}\n" if self._look_at else ""
        text = f"{words}\n{where}This message holds nothing of what was said, on purpose.\n"
        await asyncio.to_thread(_send_mail, self._mail, subject, text)

    async def _by_webhook(self, kind: str, subject: str, words: str, more: Mapping[str, Any]) -> None:
        text = subject if "conversation" in more else words
        said = {"kind": kind, "text": text, "at": now().isoformat(), **more, "look_at": self._look_at}
        async with httpx.AsyncClient(timeout=SECONDS, trust_env=False) as client:
            (await client.post(self._webhook, json=said)).raise_for_status()


def _note_all_told(
    connection: Connection, together: Sequence[Alert], told: Mapping[int, list[str]], means: set[str]
) -> None:
    for alert in together:
        alerts.record_attempt(connection, alert, tuple(told[alert.id]), means <= set(told[alert.id]))


def _send_mail(mail: MailServer, subject: str, text: str) -> None:
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
