"""Tells staff of their notifications by e-mail while they do not have the console open. It holds nothing that was said."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from email.message import EmailMessage

from conversations.accounts import notifications
from conversations.accounts.notifications import DueMail
from conversations.db.store import Store
from conversations.mail import MAIL_ERRORS, MailServer, send_mail

logger = logging.getLogger(__name__)
SUBJECTS: Mapping[str, str] = {
    notifications.MENTION: "{by} mentioned you in a note",
    notifications.TRANSFER: "{by} handed you a conversation",
}


class NotificationMailer:
    """Sends what is due through a mail server; `console` is the address of the console, which the e-mail links."""

    def __init__(self, store: Store, server: MailServer, sender: str, console: str) -> None:
        self._store, self._server, self._sender, self._console = store, server, sender, console

    async def send_due(self) -> None:
        """Send the e-mails that are due, one after the other; called every few seconds."""
        for due in await self._store.read(notifications.due_mails):
            try:
                await asyncio.to_thread(send_mail, self._server, self._message(due))
                was_sent = True
            except MAIL_ERRORS as error:
                logger.warning("a notification was not sent", extra={"reason": type(error).__name__})
                was_sent = False
            await self._store.write(notifications.record_mail, due.notification.id, was_sent)

    def _message(self, due: DueMail) -> EmailMessage:
        subject = SUBJECTS[due.notification.kind].format(by=due.notification.by_name)
        link = f"{self._console}/staff/notifications/{due.notification.id}"
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._sender, due.address, f"[Advisor] {subject}"
        message.set_content(
            f"{subject}.\nOpen it here: {link}\nThis message holds nothing of what was said, on purpose.\n"
        )
        return message
