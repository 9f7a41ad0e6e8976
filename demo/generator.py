"""Made-up conversations about the real topics, to show the console and to measure it: `advisor demo data`.

The same seed gives the same conversations; only their times end now. Names, addresses and numbers in them belong to nobody:
they are from the ranges kept for examples.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from pathlib import Path

from sqlalchemy import Connection, delete, select

from conversations.accounts import accounts, passwords
from conversations.db import schema
from conversations.db.demo_marker import mark_as_demo
from conversations.db.schema import now
from conversations.db.store import Store, sqlite_url
from conversations.handoff import contact_requests, states
from core.settings import Settings
from demo.loader import DemoConversation, DemoHandoff, DemoTurn, load
from knowledge.knowledge_base import Knowledge, open_knowledge

CHANNELS = (("web", 70), ("telegram", 17), ("slack", 8), ("rest", 5))
SITES = (("", 20), ("main site", 50), ("open days", 20), ("partners", 10))
LANGUAGES = (("en", 92), ("de", 4), ("es", 4))
PAGES = ("/", "/courses", "/courses/data-analytics", "/fees", "/contact", "/international", "/faq")
WAIT = 3  # of the newest visitors wait for a person
OPENINGS = ("", "", "", "hi, ", "ok so ", "pls tell me ", "quick question: ", "sorry, ", "my sister asks: ", "and ")
ENDINGS = ("", "", "?", " please", " thx", "...", " :)")
MIX = (
    ("topic", 58),
    ("search", 12),
    ("declined", 9),
    ("unclear", 8),
    ("small", 8),
    ("person", 3),
    ("contact", 1),
    ("failed", 1),
)
UNCLEAR = (
    *(
        ("the thing from before", "nlu_fallback"),
        ("can it do it too", "nlu_fallback"),
        ("no the other", "nlu_fallback"),
    ),
    *(("what about mine then", "nlu_fallback"), ("asdf", "nonsense"), ("hmm 2", "nonsense"), ("???", "nonsense")),
)
SMALL = (
    ("thanks a lot", "thank"),
    ("hello there", "greet"),
    ("tell me more", "more"),
    ("yes please", "affirm"),
    ("bye", "goodbye"),
)
PERSON = ("can i talk to a real person", "i want somebody to call me", "is there a human here")
CONTACTS = (
    "sure, write to mira.example@example.org",
    "call me on +44 20 7946 0958 after five",
    "my number is 020 7946 0321, i was born 12.03.1998",
    "passport C01X00T47, is that what you need?",
    "can i pay with 4111 1111 1111 1111",
    "send it to DE89 3704 0044 0532 0130 00",
)
PLACES, FIELDS = (
    ("canada", "australia", "ireland", "germany", "new zealand"),
    ("data analytics", "public health", "design", "AI"),
)
SEARCHES = (
    "is there something on {field} in {place}",
    "{field} courses in {place} under 500",
    "online {field} certificate {place}?",
)
OTHER_INTENTS = ("ask_topic", "ask_about", "find_programs", "ask_recognition", "compare", "out_of_scope", "choose_help")
TAGS = ("visa", "fees", "recognition", "good example", "wrong answer", "follow up")
NOTES = (
    "Checked with admissions, the answer is right.",
    "Should name the deadline's page.",
    "Second time this week; add a phrasing?",
)
STAFF = ("ann", "bashir", "chiara")
REPLIES = (
    "Good day, I have looked into it and written to you by e-mail.",
    "Hello, this is a question for our admissions desk; I have passed it on.",
    "Hi! Yes, that works. Is there anything else that I can do?",
)
HOURS = (1, 1, 1, 1, 1, 2, 3, 5, 8, 10, 10, 9, 8, 9, 10, 9, 8, 7, 7, 8, 8, 6, 4, 2)  # how busy each is
WEEKEND = 0.4  # of a working day
TAKEN = 0.7  # of those who ask for a person


def _busy_moments(start: datetime, days: int) -> Callable[[float], datetime]:
    """Return a function from a share of all messages (0 to 1) to the time by which it was sent.

    More are sent by day, fewer at night and at weekends.
    """
    hours = [start + timedelta(hours=number) for number in range(24 * days)]
    busy = list(accumulate(HOURS[at.hour] * (WEEKEND if at.weekday() > 4 else 1) for at in hours))

    def moment(share: float) -> datetime:
        sought = share * busy[-1]
        place = bisect_left(busy, sought)
        before = busy[place - 1] if place else 0
        return hours[place] + timedelta(hours=(sought - before) / (busy[place] - before))

    return moment


@dataclass(frozen=True)
class Subject:
    """A topic or an open subject: its phrasings, its answer and the answer's sources."""

    key: str
    answer: str
    section: str
    asked: tuple[str, ...]


class ConversationGenerator:
    """Generator of conversations about what the knowledge base holds."""

    def __init__(self, knowledge: Knowledge, seed: int = 7) -> None:
        self._chance = random.Random(seed)
        self._topics = [_topic(knowledge, topic.key) for topic in knowledge.topics()]
        self._open = [_open_subject(knowledge, subject.key) for subject in knowledge.open_subjects()]

    def conversations(self, messages: int, days: int = 180) -> Iterator[DemoConversation]:
        """Yield conversations with `messages` altogether, the oldest first, spread over `days` until now."""
        end = now()
        made, moment = 0, _busy_moments(end - timedelta(days=days), days)
        while made < messages:
            conversation = self._conversation(moment(made / messages))
            made += conversation.messages
            yield conversation

    def _conversation(self, at: datetime) -> DemoConversation:
        chance = self._chance
        channel = _pick(chance, CHANNELS)
        turns = [self._turn(channel) for _ in range(min(12, 1 + int(chance.expovariate(0.42))))]
        kinds = {turn.outcome for turn in turns}
        # Nobody waits in them: the front would find them waiting for months and say so.
        state = chance.choice(("closed", "bot")) if "handoff" in kinds else "bot"
        reviewed = chance.random() < 0.15
        return DemoConversation(
            number=chance.getrandbits(128),
            channel=channel,
            site=_pick(chance, SITES) if channel == "web" else "",
            page=f"https://www.example.org{chance.choice(PAGES)}" if channel == "web" else "",
            language=_pick(chance, LANGUAGES),
            state=state,
            at=at,
            turns=turns,
            tags=tuple(chance.sample(TAGS, 1 + (chance.random() < 0.2))) if chance.random() < 0.08 else (),
            note=chance.choice(NOTES) if chance.random() < 0.03 else "",
            reviewer=chance.choice(STAFF) if reviewed else "",
            flagged=chance.random() < 0.02,
            seconds_between=chance.uniform(8, 60),
        )

    def _turn(self, channel: str) -> DemoTurn:
        kind = _pick(self._chance, MIX)
        turn: DemoTurn = getattr(self, f"_{kind}")()
        turn.delivered = channel in ("telegram", "slack")
        if turn.outcome in ("answered", "declined") and self._chance.random() < 0.06:
            turn.thumb = 1 if turn.outcome == "answered" and self._chance.random() < 0.75 else -1
        return turn

    # --- kinds of turns -----------------------------------------------------------------------------------------------
    def _topic(self) -> DemoTurn:
        subject = self._chance.choice(self._topics)
        return self._about(subject, "answered", "ask_topic", self._chance.betavariate(8, 1.6))

    def _declined(self) -> DemoTurn:
        return self._about(self._chance.choice(self._open), "declined", "ask_topic", self._chance.betavariate(6, 2.5))

    def _search(self) -> DemoTurn:
        field, place = self._chance.choice(FIELDS), self._chance.choice(PLACES)
        asked = self._chance.choice(SEARCHES).format(field=field, place=place)
        entities = [{"entity": "field", "value": field}, {"entity": "place", "value": place}]
        turn = self._said(
            asked, f"I looked for **{field}** in {place}. Which length suits you?", "answered", "find_programs"
        )
        turn.entities, turn.actions, turn.buttons = entities, ["action_find_programs"], ["A few weeks", "A few months"]
        return turn

    def _unclear(self) -> DemoTurn:
        share = self._chance.uniform(0.08, 0.45)
        words = "I did not understand that. Could you say it in other words?"
        asked, intent = self._chance.choice(UNCLEAR)
        return self._said(asked, words, "clarify", intent, share)

    def _small(self) -> DemoTurn:
        asked, intent = self._chance.choice(SMALL)
        return self._said(asked, "You are welcome. What else would you like to know?", "smalltalk", intent, 0.98)

    def _person(self) -> DemoTurn:
        words = "I have asked the advice team. Somebody will answer here as soon as they can."
        turn = self._said(self._chance.choice(PERSON), words, "handoff", "want_person", 0.95)
        if self._chance.random() < TAKEN:
            after = self._chance.lognormvariate(5, 1)  # seconds; half of them within two and a half minutes
            done = after + self._chance.lognormvariate(5.5, 0.8)
            reply, closes = self._chance.choice(REPLIES), self._chance.random() < 0.5
            turn.person = DemoHandoff(self._chance.choice(STAFF), reply, after, done, closes)
        return turn

    def _contact(self) -> DemoTurn:
        return self._said(
            self._chance.choice(CONTACTS), "Thank you, I have passed that on.", "handoff", "give_contact", 0.9
        )

    def _failed(self) -> DemoTurn:
        subject = self._chance.choice(self._topics)
        turn = self._said(
            self._chance.choice(subject.asked), "Something went wrong on our side. Please try again.", "failed", ""
        )
        turn.failure = "the engine did not answer in 8 seconds"
        return turn

    def _about(self, subject: Subject, outcome: str, intent: str, share: float) -> DemoTurn:
        asked = self._chance.choice(OPENINGS) + self._chance.choice(subject.asked) + self._chance.choice(ENDINGS)
        turn = self._said(asked, subject.answer, outcome, intent, share)
        turn.topic = subject.key
        turn.sources = [{"section": subject.section, "key": subject.key}] if subject.section else []
        others = [self._chance.choice(self._topics).key for _ in range(3)]
        turn.topics = [(subject.key, share), *zip(others, _rest(share, 3), strict=True)]
        turn.actions = ["action_answer_topic"]
        return turn

    def _said(self, asked: str, answer: str, outcome: str, intent: str, share: float | None = None) -> DemoTurn:
        share = self._chance.betavariate(9, 2) if share is None else share
        others = self._chance.sample(OTHER_INTENTS, 3)
        ranking = [
            (intent, share),
            *((other, rest) for other, rest in zip(others, _rest(share, 3), strict=True) if other != intent),
        ]
        return DemoTurn(
            asked=asked,
            answer=answer,
            outcome=outcome,
            intent=intent,
            confidence=round(share, 4) if intent else None,
            ranking=ranking if intent else [],
            engine_ms=round(self._chance.gammavariate(4, 4), 2) if intent else None,
        )


def make_demo_file(settings: Settings, messages: int, account: str = "") -> tuple[Path, int, str]:
    """Make var/demo.db anew; return it with its number of messages and the password of `account`, an admin that it holds.

    Raises StoreError if it holds anything but a demo, or is in use.
    """
    file = settings.var_dir / "demo.db"
    if file.exists():
        _require_demo(file)
        for each in (file, file.with_name("demo.db-wal"), file.with_name("demo.db-shm")):
            each.unlink(missing_ok=True)
    store = Store(sqlite_url(file))
    try:
        store.upgrade()
        store.lock()
        made = load(store, ConversationGenerator(open_knowledge(settings.knowledge_db)).conversations(messages))
        store.run(_let_some_wait)
        password = passwords.generate_password() if account else ""
        if account:
            store.run(accounts.add, account, accounts.ADMIN, password)
        return file, made, password
    finally:
        store.close()


def _require_demo(file: Path) -> None:
    """Raise StoreError unless a file is an idle demo database."""
    store = Store(sqlite_url(file))
    try:
        store.upgrade()
        store.lock()
        store.run(mark_as_demo)
    finally:
        store.close()


def _let_some_wait(connection: Connection) -> None:
    """Make the newest conversations ask for a person, and two before them leave contact details."""
    newest = select(schema.conversation.c.id).order_by(schema.conversation.c.last_at.desc()).limit(WAIT + len(CONTACTS))
    ids = list(connection.execute(newest).scalars())
    for conversation_id in ids[:WAIT]:
        states.request_person(connection, conversation_id)
    for conversation_id, words in zip(ids[WAIT:], CONTACTS, strict=False):
        contact_requests.add_contact_request(connection, conversation_id, words, text=words)
    connection.execute(delete(schema.alert))  # nobody need be told of people who are made up


def _topic(knowledge: Knowledge, key: str) -> Subject:
    topic = knowledge.topic(key)
    return Subject(key, topic.answer, topic.sources[0].title, tuple(knowledge.phrasings(key)) or (topic.title,))


def _open_subject(knowledge: Knowledge, key: str) -> Subject:
    subject = knowledge.open_subject(key)
    return Subject(
        key, f"{subject.say} {subject.nearest}".strip(), "", tuple(knowledge.phrasings(key)) or (subject.title,)
    )


def _pick(chance: random.Random, weighted: tuple[tuple[str, int], ...]) -> str:
    return chance.choices([choice for choice, _ in weighted], [weight for _, weight in weighted])[0]


def _rest(share: float, parts: int) -> list[float]:
    """Return shares of what is left, in falling order."""
    left = 1 - share
    return [round(left / 2 ** (place + 1), 4) for place in range(parts)]
