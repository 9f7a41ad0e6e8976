"""Words about reaching a person and contact details, for a "no" and for a complaint."""

from __future__ import annotations

from collections.abc import Sequence

from actions.replies.base import CLARIFY, HANDOFF, SMALLTALK, Button, Reply, guide, paragraphs, topic_buttons
from knowledge.models import TopicLink


def reach_a_person(organisation: str, contact: str) -> Reply:
    """Tell how to reach a person. The engine cannot pass anything on, so the reply does not claim that."""
    how = (
        f"You can reach {organisation} here: {contact}."
        if contact
        else (
            f"Please contact {organisation} directly, by the e-mail address, phone number or contact form "
            "on the page where you found me."
        )
    )
    return Reply(
        paragraphs(
            f"Of course, a person can help you. {how}",
            "Tell them your name, how to reach you, and what you would like to know. I can't pass messages on "
            "myself, but I am glad to answer more questions meanwhile.",
        ),
        HANDOFF,
    )


def ask_whether_person() -> Reply:
    """Ask whether a person is wanted, since nobody is called before that is clear."""
    return Reply(
        "Would you like to talk to a person? Otherwise just ask me your next question.",
        CLARIFY,
        buttons=(Button("Talk to a person", "/want_person"), Button("What can I ask?", "/ask_help")),
    )


def at_another_time(tomorrow: bool) -> Reply:
    """Tell one who wants a person later how that goes, since nobody can be called for a time to come."""
    when, again = ("tomorrow", "Write to me again tomorrow") if tomorrow else ("that time", "Write to me again then")
    return Reply(
        f"I can't book a talk for {when}, but a person can still help you. {again} and ask for a person, or ask for one now "
        "and leave your name, an e-mail address and when it suits you.",
        CLARIFY,
        buttons=(Button("Talk to a person now", "/want_person"),),
    )


def contact_details(organisation: str, contact: str) -> Reply:
    """Thank for contact details, and tell that they cannot be passed on from here."""
    how = f"at {contact}" if contact else "by the e-mail address or contact form on the page where you found me"
    return Reply(
        f"Thank you. I can't pass your details on from this chat, so please send them to {organisation} yourself, {how}; "
        "they will get back to you. Is there anything else I can answer meanwhile?",
        HANDOFF,
    )


def acknowledge_no() -> Reply:
    """Acknowledge a "no"."""
    return Reply(f"All right. Let me know if you have another question about {guide().short}.", SMALLTALK)


def complaint(links: Sequence[TopicLink]) -> Reply:
    """Apologise for an answer that missed the question, and offer what else the question may have been about."""
    ask = (
        "Did you mean one of these? If not, tell me in other words what you would like to know."
        if links
        else "Could you tell me in other words what you would like to know?"
    )
    return Reply(
        f"Sorry, I missed your point. {ask} If you prefer, a person can help.",
        CLARIFY,
        buttons=topic_buttons(links, person=True),
    )
