"""What people on Telegram are told beside the replies: the first message, the commands, short notices."""

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

COMMANDS = {  # as Telegram lists them
    "start": marked("Begin, and see what you can ask"),
    "help": marked("What this advisor can do"),
    "human": marked("Ask for a person"),
    "mydata": marked("Get what is stored about me"),
    "delete": marked("Delete my data"),
}
CHOSEN_BEFORE = marked("You have chosen this already.")
DELETED_SHORT = marked("Deleted.")
OWN_DATA_ALONE = marked("Please ask me for it in a private chat with me: here, everybody could open it.")
OWN_DATA_BY_HAND = marked("I cannot hand it out here. Send /human to ask a person for it.")
DELETED = marked(
    "Everything that was stored about you has been deleted. The messages on your phone stay until you delete this chat. "
    "Write again at any time; that begins a new conversation."
)


def in_group(username: str) -> str:
    """Return how to go on in a group, where most messages are ignored."""
    if not username:
        return _("Here in the group I read only what replies to my messages or names me.")
    return _("Here in the group I read only what replies to my messages or names me (@%(name)s).") % {"name": username}


def greeting(organisation: str, privacy_url: str) -> Reply:
    """Return the first message: that this is a machine, and what happens to what is written."""
    told = _(
        "Before we begin: I am an automated advisor, a machine and not a person. What you write is stored so that I can "
        "answer and %(organisation)s can help. %(notice)sSend /mydata to get it, /delete to have it "
        "deleted, /human to ask for a person."
    )
    notice = _(NOTICE) % {"address": privacy_url} if privacy_url else ""
    return Reply(told % {"organisation": organisation, "notice": notice}, author=FRONT, outcome="smalltalk")
