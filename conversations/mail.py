"""Sending of e-mails through the organisation's mail server (SMTP)."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage

from core.settings_mail import MailSettings

TIMEOUT_SECONDS = 10.0
MAIL_ERRORS = (OSError, smtplib.SMTPException)  # what `send_mail` raises if the server cannot be reached or refuses


@dataclass(frozen=True)
class MailServer:
    """An SMTP server; `security` is "starttls", "tls" or "none", an empty `user` means no login."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    security: str = "starttls"

    @classmethod
    def from_settings(cls, settings: MailSettings) -> MailServer | None:
        """Return the mail server that the settings name, or None if they name none."""
        if not settings.smtp_host:
            return None
        return cls(
            settings.smtp_host,
            settings.smtp_port,
            settings.smtp_user,
            settings.smtp_password,
            settings.smtp_security,
        )


def send_mail(server: MailServer, message: EmailMessage) -> None:
    """Hand an e-mail to the server; blocks for TIMEOUT_SECONDS at most at each step. Raises one of MAIL_ERRORS."""
    tls = ssl.create_default_context()
    client: smtplib.SMTP
    if server.security == "tls":
        client = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_SECONDS, context=tls)
    else:
        client = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)
    with client:
        if server.security == "starttls":
            client.starttls(context=tls)
        if server.user:
            client.login(server.user, server.password)
        client.send_message(message)
