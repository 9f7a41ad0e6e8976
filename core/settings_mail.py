"""The settings of e-mail: what staff are told by it, and how they answer people who left an address."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.settings_checks import SettingsError, setting

# As HTML's <input type=email>, with the longest local part that SMTP has.
ADDRESS = re.compile(r"\A[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\Z")


@dataclass(frozen=True)
class MailSettings:
    """The mail server, and who sends what to whom through it."""

    alert_to: str = setting("", "E-mail address of staff who are told when they are needed; needs ADVISOR_SMTP_HOST.")
    alert_from: str = setting("", "Sender of these e-mails; empty means ADVISOR_ALERT_TO.")
    contact_from: str = setting(
        "",
        "Address from which staff answer people who left theirs; needs ADVISOR_SMTP_HOST. Empty means by other means only.",
    )
    smtp_host: str = setting("", "Mail server for alerts and answers by e-mail.")
    smtp_port: int = setting(587, "Its port.", low=1, high=65535)
    smtp_user: str = setting("", "User name there; empty means no login.")
    smtp_password: str = setting("", "Password there.", secret=True)
    smtp_security: str = setting("starttls", "How the connection is secured.", choices=("starttls", "tls", "none"))

    @property
    def staff_from(self) -> str:
        """Return the sender of e-mails to single members of staff, or "" if none can be sent."""
        return (self.alert_from or self.contact_from or self.alert_to) if self.smtp_host else ""

    def require_usable_mail(self) -> None:
        """Raise SettingsError if staff could not write from the address that is set."""
        if self.contact_from and not (self.smtp_host and ADDRESS.fullmatch(self.contact_from)):
            raise SettingsError(
                f"ADVISOR_CONTACT_FROM must be an address such as advice@example.org, not '{self.contact_from}', and needs "
                "ADVISOR_SMTP_HOST, too."
            )
