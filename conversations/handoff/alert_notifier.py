"""Sends alerts to staff: by e-mail (SMTP), by a webhook, or both. They hold no message text."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any, Protocol

import httpx
from sqlalchemy import Connection

from conversations.db.schema import now
from conversations.db.store import Store
from conversations.handoff import alerts
from conversations.handoff.alerts import Alert
from conversations.mail import MAIL_ERRORS, MailServer, send_mail

logger = logging.getLogger(__name__)
TIMEOUT_SECONDS = 10.0
MINUTE = 60.0
SEVERAL, RETENTION = "several", "retention"  # kinds of notifications besides those of single alerts
PUSH = "push"  # the means that are staff's browsers
PUSHED = (alerts.WAITING, alerts.CONTACT)  # kinds of alerts of which they are told
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


# Arguments: kind, subject, text, further fields for a webhook.
Send = Callable[[str, str, str, Mapping[str, Any]], Awaitable[None]]


class Push(Protocol):
    """What tells staff's browsers."""

    async def send(self, kind: str, conversation_id: str) -> None:
        """Tell them of a kind of alert; the conversation that it is about, or ""."""

    async def send_again(self) -> None:
        """Try once more what could not be sent and is due."""


@dataclass(frozen=True)
class AlertMail:
    """The mail server that alerts go through, and their sender and recipient."""

    server: MailServer
    sender: str
    to: str


class AlertNotifier:
    """Sends each alert by every means that is set up (mail server, webhook, staff's browsers) and retries with growing pauses.

    At most `most_a_minute` alerts are sent singly in a minute; the others are sent in one summary, at most one a minute.
    `look_at` is the address of the console, mentioned in each notification.
    """

    def __init__(
        self,
        store: Store,
        mail: AlertMail | None = None,
        webhook: str = "",
        look_at: str = "",
        most_a_minute: int = 5,
        push: Push | None = None,
    ) -> None:
        self._store, self._mail, self._webhook, self._look_at = store, mail, webhook, look_at
        self._most, self._push = most_a_minute, push
        self._sent_at: deque[float] = deque(maxlen=most_a_minute)  # times of the last alerts that were sent singly
        self._summary_at = -MINUTE
        self._means: dict[str, Send] = {
            **({"mail": self._by_mail} if mail else {}),
            **({"webhook": self._by_webhook} if webhook else {}),
            **({PUSH: self._by_push(push)} if push else {}),
        }

    async def send_due_alerts(self) -> None:
        """Send the alerts that are due; called every few seconds."""
        due = await self._store.read(alerts.alerts_due)
        room = self._room()
        for alert in due[:room]:
            self._sent_at.append(time.monotonic())
            await self._send_by_all([alert])
        others = due[room:]
        if others and time.monotonic() - self._summary_at >= MINUTE:
            self._summary_at = time.monotonic()
            await self._send_by_all(others)

    async def send_pushes_again(self) -> None:
        """Tell the browsers that could not be told and are due; called every few seconds."""
        if self._push:
            await self._push.send_again()

    async def send(self, kind: str, subject: str, text: str) -> bool:
        """Send staff a notification that is no stored alert; returns False if no means has taken it."""
        means = [name for name in self._means if name != PUSH]  # browsers are told only of people
        return any([await self._send_by(name, kind, subject, text, {}) for name in means])

    def _room(self) -> int:
        """Return how many alerts may be sent singly now."""
        return self._most - sum(at > time.monotonic() - MINUTE for at in self._sent_at)

    async def _send_by_all(self, together: Sequence[Alert]) -> None:
        """Send an alert, or a summary of several, by each means by which not all of them have been sent."""
        told = {alert.id: list(alert.told) for alert in together}
        for name in self._means:
            missing = [alert for alert in together if name not in told[alert.id]]
            if missing and await self._send_by(name, *self._notification(missing)):
                for alert in missing:
                    told[alert.id].append(name)
        await self._store.write(_record_attempts, together, told, set(self._means))

    def _notification(self, together: Sequence[Alert]) -> tuple[str, str, str, dict[str, Any]]:
        """Return the kind, the subject, the text, and further fields for a webhook."""
        first = together[0]
        if len(together) == 1:
            subject = SUBJECTS[first.kind]
            about = f"conversation {first.conversation_id}, " if first.conversation_id else ""
            text = f"{subject} ({about}{first.at:%Y-%m-%d %H:%M} UTC)."
            return first.kind, subject, text, {"conversation": first.conversation_id, "at": first.at.isoformat()}
        counts = Counter(alert.kind for alert in together)
        subject = f"{len(together)} more alerts"
        lines = "\n".join(f"{count} times: {COUNTED[kind]}." for kind, count in counts.most_common())
        return SEVERAL, subject, f"{subject} since {first.at:%Y-%m-%d %H:%M} UTC.\n{lines}", {"counts": dict(counts)}

    async def _send_by(self, means: str, kind: str, subject: str, text: str, fields: Mapping[str, Any]) -> bool:
        try:
            await self._means[means](kind, subject, text, fields)
        except (*MAIL_ERRORS, httpx.HTTPError, TimeoutError) as error:
            logger.warning("an alert could not be sent", extra={"means": means, "reason": type(error).__name__})
            return False
        return True

    async def _by_mail(self, kind: str, subject: str, text: str, fields: Mapping[str, Any]) -> None:
        assert self._mail
        link = f"Look at it here: {self._look_at}\n" if self._look_at else ""
        body = f"{text}\n{link}This message holds nothing of what was said, on purpose.\n"
        await asyncio.to_thread(send_mail, self._mail.server, _email(self._mail, subject, body))

    async def _by_webhook(self, kind: str, subject: str, text: str, fields: Mapping[str, Any]) -> None:
        shown = subject if "conversation" in fields else text
        body = {"kind": kind, "text": shown, "at": now().isoformat(), **fields, "look_at": self._look_at}
        async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False) as client:
            (await client.post(self._webhook, json=body)).raise_for_status()

    def _by_push(self, push: Push) -> Send:
        async def send(kind: str, subject: str, text: str, fields: Mapping[str, Any]) -> None:
            told = next((each for each in PUSHED if each in (kind, *fields.get("counts", ()))), None)
            if told:
                await push.send(told, str(fields.get("conversation", "")))

        return send


def _record_attempts(
    connection: Connection, together: Sequence[Alert], told: Mapping[int, list[str]], means: set[str]
) -> None:
    for alert in together:
        alerts.record_attempt(connection, alert, tuple(told[alert.id]), means <= set(told[alert.id]))


def _email(mail: AlertMail, subject: str, text: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = mail.sender, mail.to, f"[Advisor] {subject}"
    message.set_content(text)
    return message
