"""Words for two people who are spoken of in one conversation: the writer, and the one whom they ask for."""

from __future__ import annotations

from actions.replies.advice.profile import Person, in_sentences
from actions.replies.base import ANSWERED, PERSON, Reply


def noted_of_other(other: Person) -> Reply:
    """Say back what was told of somebody for whom nobody has asked yet, and that it changes nothing for the writer."""
    told = in_sentences(other, brief=True)
    lead = f"Noted of them: {told}." if told else "Noted."
    return Reply(f"{lead} For you that changes nothing.", ANSWERED, buttons=(PERSON,))


def noted_of_writer(writer: Person, learner: Person) -> Reply:
    """Say back what the writer told of themselves, and that what was advised for the other one stays."""
    told = in_sentences(writer)
    lead = f"Noted, {told}." if told else "Noted."
    text = f"{lead} That changes nothing for {learner.whose}. If you'd like advice for yourself, too, ask me what suits you."
    return Reply(text, ANSWERED, buttons=(PERSON,))
