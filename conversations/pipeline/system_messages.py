"""What the front itself says: apologies, limits, and who is answering. Pure: settings in, a reply out."""

from __future__ import annotations

from dataclasses import dataclass, replace

from conversations.models import FRONT, Button, Reply

CLARIFY, HANDOFF, FAILED, SMALLTALK = "clarify", "handoff", "failed", "smalltalk"
NOTICE = "notice"  # no answer: something that the person should know while waiting for it
DELETE_ALL, DELETE_NOTHING = "/front_delete_all", "/front_delete_nothing"  # buttons that a channel acts on itself


@dataclass(frozen=True)
class SystemMessages:
    """`team` is what the people behind the advisor are called; `contact` how to reach them, perhaps empty."""

    team: str = "the advice team"
    contact: str = ""
    longest: int = 2000

    def apology(self) -> Reply:
        return _front(
            "Sorry, something went wrong on my side and I could not answer. Your question is kept, and "
            f"{self.team} can see it. You can try again in a moment.",
            FAILED,
        )

    def takes_longer(self) -> Reply:
        return _front(
            "This takes a moment longer. Your question is kept; I will answer it here as soon as I can.", NOTICE
        )

    def too_long(self) -> Reply:
        return _front(
            f"That message is longer than I can read in one go ({self.longest:,} characters at most). "
            "Could you put your question about micro-credentials in a few sentences?",
            CLARIFY,
        )

    def too_fast(self) -> Reply:
        return _front("That was a lot at once. Please give me a minute, then ask again.", CLARIFY)

    def own(self, name: str) -> Reply:
        """What a channel wants said without the engine, by its name: text_only or really_delete."""
        return {"text_only": self.text_only, "really_delete": self.really_delete}[name]()

    def text_only(self) -> Reply:
        return _front("I can read text only, please: put what you would like to know into words.", CLARIFY)

    def really_delete(self) -> Reply:
        """Asked before a person's data is deleted; the channel does what the buttons say."""
        text = "Shall I delete everything that I have stored about you, in all our conversations here? There is no way back."
        buttons = Button("Delete everything", DELETE_ALL), Button("Keep it", DELETE_NOTHING)
        return replace(_front(text, CLARIFY), buttons=buttons)

    def waiting(self, already: bool) -> Reply:
        if already:
            text = f"I have told {self.team} already; nobody is free yet. {self._until_then()}"
        else:
            text = f"I have asked {self.team} to join us here. {self._until_then()}"
        return _front(text, HANDOFF)

    def nobody_there(self, until: str) -> Reply:
        """Outside office hours; `until` says when somebody is back, or is empty."""
        back = f" They are back {until}." if until else ""
        return _front(
            f"Nobody from {self.team} is there right now.{back} {self._leave_details()} "
            "Meanwhile I, the automated advisor, can go on answering.",
            HANDOFF,
        )

    def contact_taken(self) -> Reply:
        return _front(
            f"Thank you. I have passed your details on to {self.team}, who will get back to you. "
            "Is there anything that I can answer meanwhile?",
            HANDOFF,
        )

    def person_has_it(self, name: str) -> Reply:
        """For a client that must be answered at once, while a person has the conversation."""
        return _front(f"{name or 'A person'} from {self.team} has this conversation and will answer you here.", HANDOFF)

    def person_joined(self, name: str) -> Reply:
        return _front(f"{name or 'A person'} from {self.team} has joined and answers you from now on.", HANDOFF)

    def back_to_advisor(self, name: str) -> Reply:
        who = f"{name} has left the conversation. " if name else ""
        return _front(f"{who}You are talking to the automated advisor again.", SMALLTALK)

    def closed(self) -> Reply:
        return _front(
            "This conversation is closed. Write again at any time; the automated advisor will answer.", SMALLTALK
        )

    def nobody_came(self) -> Reply:
        return _front(
            f"I am sorry, nobody from {self.team} is free right now. {self._leave_details()} "
            "Meanwhile I, the automated advisor, can go on answering.",
            HANDOFF,
        )

    def person_went_silent(self, name: str) -> Reply:
        return _front(
            f"I am sorry, {name or 'the person you talked to'} has not answered for a while, so you are talking to the "
            f"automated advisor again. {self._leave_details()}",
            HANDOFF,
        )

    def _until_then(self) -> str:
        return "Until somebody takes over, I go on answering. You can also leave your name and an e-mail address."

    def _leave_details(self) -> str:
        reach = f"You can reach them here: {self.contact}. Or leave" if self.contact else "Leave"
        return f"{reach} your name and an e-mail address or phone number, and they will get back to you."


def _front(text: str, outcome: str) -> Reply:
    return Reply(text=text, author=FRONT, outcome=outcome)
