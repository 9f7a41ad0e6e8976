"""What became of all that was written: read back from the database, from the platforms, the widgets and the programs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from bench.figures import table
from conversations.db import schema
from conversations.db.store import Store
from conversations.pipeline.system_messages import NOTICE
from tests.chaos.installation import Installation
from tests.chaos.people import Colleague, Person, Program, Texter, Visitor

ACKNOWLEDGED, ANSWERED, FAILED = "acknowledged", "answered once", "failed and shown to staff"
REPEATED, MARKED = "sent twice in the window, marked", "marked as perhaps sent twice"
LOST, DISORDER, REFUSED = "lost", "out of order", "refused or broken off before it was acknowledged"
TWICE, HIDDEN = "answered or sent twice, not marked", "failed and not shown to staff"
RAN_TWICE, REOPENED = "run twice by the engines", "streams of widgets opened again"
NEVER = "never acknowledged, however often it came"
WRONG = (LOST, DISORDER, TWICE, RAN_TWICE, HIDDEN, NEVER)


@dataclass
class Tally:
    """Counts by channel, and a line for each thing that is wrong."""

    counts: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    wrong: list[str] = field(default_factory=list)

    def table(self) -> str:
        """Return the counts, a line each and a column for each channel."""
        channels = sorted(self.counts)
        names = (ACKNOWLEDGED, ANSWERED, FAILED, REPEATED, MARKED, *WRONG, REFUSED, REOPENED)
        rows = [[name, *(self.counts[each][name] for each in channels)] for name in names]
        return table(("what became of it", *channels, "all"), [[*row, sum(row[1:])] for row in rows])

    def blame(self, channel: str, what: str, about: str) -> None:
        """Count something that is wrong and say which it is."""
        self.counts[channel][what] += 1
        self.wrong.append(f"{what}: {about}")


class Reading:
    """The database after the run, as far as the tally needs it."""

    def __init__(self, store: Store) -> None:
        message, delivery = schema.message.c, schema.delivery.c
        wanted = message.id, message.conversation_id, message.author, message.text, message.answers, message.state
        self.messages = _rows(store, *wanted, message.outcome, message.channel)
        self.deliveries = _rows(
            store, delivery.id, delivery.message_id, delivery.state, delivery.platform_ids, delivery.maybe_twice
        )
        self.said: dict[str, list[Any]] = defaultdict(list)  # what visitors said, by its text
        self.by_conversation: dict[str, list[Any]] = defaultdict(list)
        self.answers: dict[int, list[Any]] = defaultdict(list)
        for row in self.messages:
            self.by_conversation[row.conversation_id].append(row)
            if row.author == "visitor":
                self.said[row.text].append(row)
            elif row.answers is not None and row.outcome != NOTICE:
                self.answers[row.answers].append(row)

    def conversation_of(self, person: Person) -> list[Any]:
        """Return the messages of a person's conversation."""
        rows = [row for text in person.acknowledged for row in self.said[text]]
        return self.by_conversation[rows[0].conversation_id] if rows else []

    def due_to(self, visitor: Visitor) -> set[int]:
        """Return the ids of what a widget is to be told."""
        return {row.id for row in self.conversation_of(visitor) if row.author != "visitor"}


def read_back(store: Store, everybody: Iterable[Person], all_of_it: Installation, shown: set[int]) -> Tally:
    """Return what became of everything; `shown` are the ids of the messages that staff are shown as failed."""
    tally, reading, turns = Tally(), Reading(store), all_of_it.turns(store)
    for person in everybody:
        counts = tally.counts[person.channel]
        counts[ACKNOWLEDGED] += len(person.acknowledged)
        counts[REFUSED] += sum(person.refused.values())
        counts[REOPENED] += person.reopened
        if person.given_up:
            tally.blame(person.channel, NEVER, f"{person.given_up}: {dict(person.refused)}")
        _check_stored(tally, reading, person, shown)
        _check_turns(tally, person, turns)
        if isinstance(person, Program):
            _check_program(tally, reading, person)
        elif isinstance(person, Visitor):
            _check_visitor(tally, reading, person)
        elif isinstance(person, (Texter, Colleague)):
            _check_platform(tally, reading, person, _by_bot(all_of_it, person))
    return tally


def _check_stored(tally: Tally, reading: Reading, person: Person, shown: set[int]) -> None:
    """Check that each message is there once, in order, and is answered once or failed and shown."""
    stored = []
    for text in person.acknowledged:
        rows = reading.said[text]
        if not rows:
            tally.blame(person.channel, LOST, f"{text} is not in the database")
        elif len(rows) > 1:
            tally.blame(person.channel, TWICE, f"{text} is in the database {len(rows)} times")
        stored += rows[:1]
    if [row.id for row in stored] != sorted(row.id for row in stored):
        tally.blame(person.channel, DISORDER, f"what {person.channel} {person.number} said")
    replies = [reply for row in stored for reply in reading.answers[row.id]]
    if [reply.id for reply in replies] != sorted(reply.id for reply in replies):
        tally.blame(person.channel, DISORDER, f"what {person.channel} {person.number} was told")
    for row in stored:
        _check_answer(tally, reading, row, shown)


def _check_answer(tally: Tally, reading: Reading, row: Any, shown: set[int]) -> None:
    replies, channel = reading.answers[row.id], row.channel
    apologies = [reply for reply in replies if reply.outcome == "failed"]
    if not replies or row.state not in ("answered", "failed"):
        tally.blame(channel, LOST, f"{row.text} has no answer and is {row.state}")
    elif len({(reply.text, reply.outcome) for reply in replies}) < len(replies) or 0 < len(apologies) < len(replies):
        tally.blame(channel, TWICE, f"{row.text} has the answers {[reply.id for reply in replies]}")
    elif row.state == "answered":
        tally.counts[channel][ANSWERED] += 1
    elif row.id in shown:
        tally.counts[channel][FAILED] += 1
    else:
        tally.blame(channel, HIDDEN, row.text)


def _check_turns(tally: Tally, person: Person, turns: list[str]) -> None:
    """Check that the engines, as far as they remember, ran each turn once and in order."""
    places = {text: place for place, text in enumerate(person.acknowledged)}
    ran = [places[text] for text in turns if text in places]
    for place, times in Counter(ran).items():
        if times > 1:
            tally.blame(person.channel, RAN_TWICE, person.acknowledged[place])
    if ran != sorted(ran):
        tally.blame(person.channel, DISORDER, f"what the engines heard of {person.channel} {person.number}")


def _check_program(tally: Tally, reading: Reading, person: Program) -> None:
    """Check that a program was told the answer to each of its messages."""
    for text in person.acknowledged:
        due = [reply.text for row in reading.said[text] for reply in reading.answers[row.id]]
        if due and person.replies[text][-len(due) :] != due:
            tally.blame(person.channel, LOST, f"{text} was answered by {len(person.replies[text])} other messages")


def _check_visitor(tally: Tally, reading: Reading, person: Visitor) -> None:
    """Check that a widget was told everything once and in order."""
    for missing in reading.due_to(person) - set(person.heard):
        tally.blame(person.channel, LOST, f"message {missing} did not reach web {person.number}")
    if person.heard != sorted(person.heard):
        tally.blame(person.channel, DISORDER, f"web {person.number} heard {person.heard}")


def _by_bot(all_of_it: Installation, person: Texter | Colleague) -> list[tuple[str, str]]:
    """Return the (id, text) of what the advisor has said in a chat, in the order in which the platform took it."""
    if isinstance(person, Texter):
        return [(str(each["message_id"]), each["text"]) for each in all_of_it.messenger.by_bot(person.chat)]
    return [(each["ts"], each["text"]) for each in all_of_it.workspace.by_bot(person.chat)]


def _check_platform(tally: Tally, reading: Reading, person: Person, taken: list[tuple[str, str]]) -> None:
    """Check that a platform got everything in order, and again only what is marked."""
    ids = {row.id for row in reading.conversation_of(person)}
    deliveries = [row for row in reading.deliveries if row.message_id in ids]
    texts, owners = dict(taken), {}
    for delivery in deliveries:
        owners.update(dict.fromkeys(delivery.platform_ids, delivery))
        tally.counts[person.channel][MARKED] += bool(delivery.maybe_twice)
        if delivery.state != "delivered" or not delivery.platform_ids or not texts.keys() >= set(delivery.platform_ids):
            tally.blame(person.channel, LOST, f"message {delivery.message_id} is {delivery.state}")
    first: dict[int, int] = {}  # by delivery: the place at which it first came
    for place, (platform_id, text) in enumerate(taken):
        owner = owners.get(platform_id) or _marked(deliveries, texts, text)
        if owner is None:
            tally.blame(person.channel, TWICE, f"{text[:60]!r} to {person.channel} {person.number}")
        elif platform_id not in owners:
            tally.counts[person.channel][REPEATED] += 1
        if owner is not None:
            first.setdefault(owner.id, place)
    if [first[each] for each in sorted(first)] != sorted(first.values()):
        tally.blame(person.channel, DISORDER, f"what {person.channel} {person.number} was sent")


def _marked(deliveries: list[Any], texts: dict[str, str], text: str) -> Any:
    """Return the delivery that is marked and has a part of this text."""
    return next(
        (
            delivery
            for delivery in deliveries
            if delivery.maybe_twice and text in [texts.get(each) for each in delivery.platform_ids]
        ),
        None,
    )


def _rows(store: Store, *columns: Any) -> list[Any]:
    return store.run(lambda connection: connection.execute(select(*columns).order_by(columns[0])).all())
