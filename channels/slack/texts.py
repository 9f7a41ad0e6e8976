"""What people on Slack are told beside the replies: the first message, the App Home, short notices."""

from __future__ import annotations

from channels.platform_texts import CHOOSE as CHOOSE
from channels.platform_texts import HELPFUL as HELPFUL
from channels.platform_texts import KEPT as KEPT
from channels.platform_texts import NOT_HELPFUL as NOT_HELPFUL
from channels.platform_texts import NOT_YOURS as NOT_YOURS
from channels.platform_texts import NOTHING_STORED as NOTHING_STORED
from channels.platform_texts import NOTICE
from channels.platform_texts import THANKS as THANKS
from conversations.models import FRONT, Reply
from core.translations import gettext as _
from core.translations import marked

CHOSEN = marked("You chose")
ANSWERED_IN_DM = marked("I answer you in our direct messages, so that nobody else sees it.")
OWN_DATA_BY_HAND = marked("I cannot hand it out here. `/advisor human` asks a person for it.")
DELETED = marked(
    "Everything that was stored about you has been deleted. The messages in Slack stay until you or your workspace delete "
    "them. Write again at any time; that begins a new conversation."
)


def greeting(organisation: str, privacy_url: str) -> Reply:
    """Return the first message: that this is a machine, and what happens to what is written."""
    told = _(
        "Before we begin: I am an automated advisor, a machine and not a person. What you write to me is stored so that I can "
        "answer and %(organisation)s can help. %(notice)s`/advisor data` gets it, `/advisor delete` has it deleted, "
        "`/advisor human` asks for a person."
    )
    notice = _(NOTICE) % {"address": privacy_url} if privacy_url else ""
    return Reply(told % {"organisation": organisation, "notice": notice}, author=FRONT, outcome="smalltalk")


def home(organisation: str, privacy_url: str) -> list[str]:
    """Return the paragraphs of the App Home, in Slack's mrkdwn."""
    link = f"<{privacy_url}|{_('privacy notice')}>"
    notice = _(" See the %(link)s.") % {"link": link} if privacy_url else ""
    who = _("I am a machine, and %(organisation)s can read what is written to me, to help and to improve.")
    return [
        _("*Ask the advisor*\nI answer from a guide and say so when it is silent."),
        _(
            "\u2022 *In direct messages*: just write.\n\u2022 *In a channel*: mention me; I answer in a thread and follow "
            "what you say there.\n\u2022 *Anywhere*: `/advisor your question`; the answer comes as a direct message."
        ),
        _(
            "`/advisor help` shows what I can do, `/advisor human` asks for a person, `/advisor data` gets what is stored "
            "about you, `/advisor delete` deletes it."
        ),
        who % {"organisation": organisation} + notice,
    ]
