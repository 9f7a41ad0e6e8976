"""System messages: what the front itself says, such as apologies, limits and who is answering. No database, no network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from conversations.handoff.ratings import PAYLOAD
from conversations.models import FRONT, Button, Reply

CLARIFY, HANDOFF, FAILED, SMALLTALK = "clarify", "handoff", "failed", "smalltalk"
NOTICE = "notice"  # the outcome of a message that is no answer: the visitor still waits for one
# Answers to the question at the end of a conversation with a person, by their number: title and value, the best first.
RATINGS: Mapping[int, tuple[tuple[str, int], ...]] = {
    2: (("Yes", 2), ("No", 1)),
    5: (("Very good", 5), ("Good", 4), ("All right", 3), ("Poor", 2), ("Very poor", 1)),
}
DELETE_ALL, DELETE_NOTHING = (
    "/front_delete_all",
    "/front_delete_nothing",
)  # payloads of buttons on which a channel acts itself


@dataclass(frozen=True)
class SystemMessages:
    """Builds the replies that the front gives itself.

    `team` is the name of the people behind the advisor, `contact` how to reach them (may be empty), `longest` the number of
    characters that a message may have. `of_packs` has team and contact of further guide packs, by their name.
    """

    team: str = "the advice team"
    contact: str = ""
    longest: int = 2000
    of_packs: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def for_pack(self, pack: str) -> SystemMessages:
        """Return the messages in the words of a conversation's guide pack."""
        if pack not in self.of_packs:
            return self
        team, contact = self.of_packs[pack]
        return replace(self, team=team, contact=contact)

    def apology(self) -> Reply:
        """Say that a message could not be answered."""
        return _front(
            "Sorry, something went wrong on my side and I could not answer. Your question is kept, and "
            f"{self.team} can see it. You can try again in a moment.",
            FAILED,
        )

    def takes_longer(self) -> Reply:
        """Say that the answer is delayed."""
        return _front(
            "This takes a moment longer. Your question is kept; I will answer it here as soon as I can.", NOTICE
        )

    def too_long(self) -> Reply:
        """Say that a message has too many characters."""
        return _front(
            f"That message is longer than I can read in one go ({self.longest:,} characters at most). "
            "Could you put your question in a few sentences?",
            CLARIFY,
        )

    def too_fast(self) -> Reply:
        """Say that messages come in faster than the rate limit."""
        return _front("That was a lot at once. Please give me a minute, then ask again.", CLARIFY)

    def by_name(self, name: str) -> Reply:
        """Return the reply that a channel asks for without the engine: `text_only` or `really_delete`."""
        return {"text_only": self.text_only, "really_delete": self.really_delete}[name]()

    def text_only(self) -> Reply:
        """Say that only text can be read."""
        return _front("I can read text only, please: put what you would like to know into words.", CLARIFY)

    def really_delete(self) -> Reply:
        """Ask for confirmation before a person's data is deleted; the channel acts on the buttons."""
        text = "Shall I delete everything that I have stored about you, in all our conversations here? There is no way back."
        buttons = Button("Delete everything", DELETE_ALL), Button("Keep it", DELETE_NOTHING)
        return replace(_front(text, CLARIFY), buttons=buttons)

    def waiting(self, already: bool) -> Reply:
        """Say that a person was asked for; `already` if the conversation was waiting before."""
        if already:
            text = f"I have told {self.team} already; nobody is free yet. {self._until_then()}"
        else:
            text = f"I have asked {self.team} to join us here. {self._until_then()}"
        return _front(text, HANDOFF)

    def office_closed(self, until: str) -> Reply:
        """Say that no staff are available outside office hours; `until` says when they are back, or is empty."""
        back = f" They are back {until}." if until else ""
        return _front(
            f"Nobody from {self.team} is there right now.{back} {self._leave_details()} "
            "Meanwhile I, the automated advisor, can go on answering.",
            HANDOFF,
        )

    def contact_taken(self) -> Reply:
        """Confirm a contact request."""
        return _front(
            f"Thank you. I have passed your details on to {self.team}, who will get back to you. "
            "Is there anything that I can answer meanwhile?",
            HANDOFF,
        )

    def person_will_answer(self, name: str) -> Reply:
        """Say that a person has the conversation, to a client that waits for a reply to each message."""
        return _front(f"{name or 'A person'} from {self.team} has this conversation and will answer you here.", HANDOFF)

    def person_joined(self, name: str) -> Reply:
        """Say that a person has taken over."""
        return _front(f"{name or 'A person'} from {self.team} has joined and answers you from now on.", HANDOFF)

    def back_to_advisor(self, name: str) -> Reply:
        """Say that a person has given the conversation back."""
        who = f"{name} has left the conversation. " if name else ""
        return _front(f"{who}You are talking to the automated advisor again.", SMALLTALK)

    def closed(self, scale: int = 0, name: str = "") -> Reply:
        """Say that staff have closed the conversation; with a `scale`, also ask how it was to talk with `name`."""
        text = "This conversation is closed. Write again at any time; the automated advisor will answer."
        if not scale:
            return _front(text, SMALLTALK)
        who = name or f"a person from {self.team}"
        question = f"Did talking with {who} help you?" if scale == 2 else f"How was talking with {who}?"
        buttons = tuple(Button(title, f"{PAYLOAD}{value}") for title, value in RATINGS[scale])
        return replace(_front(f"{text}\n\n{question}", SMALLTALK), buttons=buttons)

    def rating_taken(self) -> Reply:
        """Thank for the answer to the question at the end of a conversation with a person."""
        return _front("Thank you for telling us.", SMALLTALK)

    def nobody_came(self) -> Reply:
        """Say that no person has taken over in time."""
        return _front(
            f"I am sorry, nobody from {self.team} is free right now. {self._leave_details()} "
            "Meanwhile I, the automated advisor, can go on answering.",
            HANDOFF,
        )

    def person_went_silent(self, name: str) -> Reply:
        """Say that the hand-off has ended because the person did not reply."""
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
