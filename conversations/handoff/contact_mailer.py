"""Sends the e-mails that staff write to people who left an address."""

from __future__ import annotations

import asyncio
import logging
import smtplib
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate

from conversations.db.store import Store
from conversations.handoff import contact_emails
from conversations.handoff.contact_emails import ContactEmail
from conversations.mail import MAIL_ERRORS, MailServer, send_mail
from core.translations import marked

logger = logging.getLogger(__name__)
PERMANENT = 500  # from which on an answer of a mail server means that trying again is of no use


class ContactMailer:
    """Sends what is due through a mail server, from one address under the organisation's name.

    An e-mail may go out twice if the process ends between sending and noting it; both have the same Message-ID then.
    """

    def __init__(self, store: Store, server: MailServer, sender: str, name: str) -> None:
        self._store, self._server, self._from = store, server, Address(name, addr_spec=sender)

    async def send_due(self) -> None:
        """Send the e-mails that are due, one after the other; called every few seconds."""
        for email in await self._store.read(contact_emails.due_emails):
            earlier = await self._store.read(contact_emails.earlier_references, email)
            try:
                await asyncio.to_thread(send_mail, self._server, self._message(email, earlier))
            except MAIL_ERRORS as error:
                logger.warning("an e-mail to a contact was not sent", extra={"reason": type(error).__name__})
                reason, is_final = _reason(error), _is_final(error)
                await self._store.write(contact_emails.record_failed, email, reason, is_final)
            else:
                await self._store.write(contact_emails.record_sent, email)

    def _message(self, email: ContactEmail, earlier: list[str]) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self._from, email.address, email.subject
        message["Message-ID"], message["Date"] = email.reference, formatdate(email.at.timestamp())
        if earlier:
            message["In-Reply-To"], message["References"] = earlier[-1], " ".join(earlier)
        message.set_content(email.text)
        return message


def _code(error: Exception) -> int:
    """Return the code of a mail server's refusal, 0 for any other failure."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return max((code for code, _ in error.recipients.values()), default=0)
    return error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else 0


def _is_final(error: Exception) -> bool:
    """Return True if this e-mail will never be taken; a refused login may be a wrong setting, which can be mended."""
    if isinstance(error, smtplib.SMTPNotSupportedError):  # an address in letters that the server does not know
        return True
    return _code(error) >= PERMANENT and not isinstance(error, smtplib.SMTPAuthenticationError)


def _reason(error: Exception) -> str:
    """Return why an e-mail was not taken, with its detail in brackets (see ContactEmail.reason)."""
    said, detail = marked("the mail server could not be reached"), type(error).__name__
    if isinstance(error, smtplib.SMTPAuthenticationError):
        said = marked("the mail server did not accept the login")
        detail = "ADVISOR_SMTP_USER, ADVISOR_SMTP_PASSWORD"
    elif isinstance(error, smtplib.SMTPNotSupportedError):
        said = marked("the mail server refused the address")
    elif isinstance(error, smtplib.SMTPRecipientsRefused):
        said, detail = marked("the mail server refused the address"), str(_code(error))
    elif code := _code(error):
        said, detail = marked("the mail server refused it"), str(code)
    return f"{said} ({detail})"
