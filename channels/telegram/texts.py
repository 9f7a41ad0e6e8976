"""What people on Telegram are told beside the replies: the first message, the commands, short notices."""

from __future__ import annotations

from channels.platform_texts import CHOOSE as CHOOSE
from channels.platform_texts import HELPFUL as HELPFUL
from channels.platform_texts import KEPT as KEPT
from channels.platform_texts import NOT_HELPFUL as NOT_HELPFUL
from channels.platform_texts import NOT_YOURS as NOT_YOURS
from channels.platform_texts import NOTHING_STORED as NOTHING_STORED
from channels.platform_texts import THANKS as THANKS
from conversations.models import FRONT, Reply

COMMANDS = {  # as Telegram lists them
    "start": "Begin, and see what you can ask",
    "help": "What this advisor can do",
    "human": "Ask for a person",
    "mydata": "Get what is stored about me",
    "delete": "Delete my data",
}
CHOSEN_BEFORE = "You have chosen this already."
DELETED_SHORT = "Deleted."
OWN_DATA_ALONE = "Please ask me for it in a private chat with me: here, everybody could open it."
OWN_DATA_BY_HAND = "I cannot hand it out here. Send /human to ask a person for it."
DELETED = (
    "Everything that was stored about you has been deleted. The messages on your phone stay until you delete this chat. "
    "Write again at any time; that begins a new conversation."
)


def in_group(username: str) -> str:
    """Return how to go on in a group, where most messages are ignored."""
    name = f" (@{username})" if username else ""
    return f"Here in the group I read only what replies to my messages or names me{name}."


def greeting(organisation: str, privacy_url: str) -> Reply:
    """Return the first message: that this is a machine, and what happens to what is written."""
    notice = f"The [privacy notice]({privacy_url}) says how. " if privacy_url else ""
    return Reply(
        "Before we begin: I am an automated advisor, a machine and not a person. What you write is stored so that I can "
        f"answer and {organisation} can help. {notice}Send /mydata to get it, /delete to have it "
        "deleted, /human to ask for a person.",
        author=FRONT,
        outcome="smalltalk",
    )
