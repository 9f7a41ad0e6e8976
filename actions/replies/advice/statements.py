"""Words for what a visitor only says: something that changes nothing, or that they want to think first."""

from __future__ import annotations

from actions.replies.base import ANSWERED, PERSON, SMALLTALK, Button, Reply, guide, payload

NEXT_STEP = Button("What should I do next?", payload("ask_advice"))
IN_SHORT = Button("Sum it up for me", payload("sum_up"))


def heard(question: str) -> Reply:
    """Take in what was told where it changes nothing that is known, and go on with the `question` that is open, if any."""
    text = f"I see, thank you for telling me. {question}".rstrip()
    return Reply(text, ANSWERED, buttons=(NEXT_STEP, IN_SHORT, PERSON))


def take_your_time() -> Reply:
    """Answer one who wants to think about it, or to talk to somebody first."""
    text = "Of course, take your time and talk it over. Come back whenever you like."
    return Reply(text, SMALLTALK, buttons=(IN_SHORT,))


def all_the_best(thanked: bool) -> Reply:
    """Answer one who remarks on what was said, with thanks or without, and asks nothing."""
    return Reply(
        "You're welcome, and all the best with it!" if thanked else "All right, and all the best with it!", SMALLTALK
    )


def name_the_guide() -> Reply:
    """Tell one who writes something whom to name for what was answered here."""
    text = (
        "You may, if you like; I'm an automated assistant, and my answers restate the guide. So name the guide as your "
        "source, check what you quote there, and ask whoever reads your text whether help of this kind is allowed."
    )
    return Reply(text, SMALLTALK)


def as_ever(amid: bool = False) -> Reply:
    """Answer the question how the advisor is, which is a program; `amid` a conversation it only goes on."""
    asked = "What would you like to know next?" if amid else f"What would you like to know about {guide().short}?"
    text = f"I'm a program, so every day is a good one; thank you for asking! {asked}"
    return Reply(text, SMALLTALK, buttons=(Button("What can I ask?", payload("ask_help")), PERSON))
