"""The conversations database as SQLAlchemy tables. Migrations in conversations/db/migrations/ make them, never this file.

Times are UTC. An id of a message grows with time within the database, so it orders what was said and numbers the events of
a web stream.
"""

from __future__ import annotations

from datetime import datetime, timezone

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    literal_column,
    text,
)
from sqlalchemy import Column as C

EMPTY = literal_column("''")  # not a parameter: an index of what is not empty helps only where the query says just that
LONGEST_ID = 255  # characters of an id that a platform or client gives
NUMBER = BigInteger().with_variant(Integer, "sqlite")  # only INTEGER counts by itself in SQLite

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcTime(TypeDecorator):
    """An aware datetime in UTC; SQLite forgets the zone, so it is put back when read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("a time without a zone")
        return value if value is None else value.astimezone(timezone.utc)

    def process_result_value(self, value: datetime | None, dialect) -> datetime | None:
        return value if value is None or value.tzinfo else value.replace(tzinfo=timezone.utc)


def now() -> datetime:
    return datetime.now(timezone.utc)


def _index(name: str, *columns: str, only: str) -> Index:
    """An index of the rows of which `only` is true. It helps a query that says so in just these words, or implies it."""
    return Index(name, *columns, sqlite_where=text(only), postgresql_where=text(only))


def _belongs_to(table: str, **more) -> ForeignKey:
    return ForeignKey(f"{table}.id", ondelete="CASCADE", **more)


conversation = Table(
    "conversation",
    metadata,
    C("id", String(32), primary_key=True),
    C("channel", String(20), nullable=False),
    C("site", String(60), nullable=False, default=""),
    C("address", String(LONGEST_ID), nullable=False),  # what the channel finds it by, e.g. a session, a chat and person
    C("reach", JSON, nullable=False, default=dict),  # what the channel needs to send there, e.g. chat and thread ids
    C("person_name", String(120), nullable=False, default=""),
    C("language", String(20), nullable=False, default=""),
    C("page", Text, nullable=False, default=""),
    C("state", String(10), nullable=False, default="bot"),  # bot, waiting, person, closed
    C("state_since", UtcTime, nullable=False, default=now),
    C("held_by", String(120), nullable=False, default=""),  # the staff member, while state is person
    C("created_at", UtcTime, nullable=False, default=now),
    C("last_at", UtcTime, nullable=False, default=now),
    UniqueConstraint("channel", "address"),
    Index("ix_conversation_state", "state", "state_since"),
    Index("ix_conversation_last_at", "last_at", "id"),
    Index("ix_conversation_site", "site"),
)

message = Table(
    "message",
    metadata,
    C("id", NUMBER, primary_key=True, autoincrement=True),
    C("conversation_id", String(32), _belongs_to("conversation"), nullable=False),
    C("channel", String(20), nullable=False),
    C("external_id", String(LONGEST_ID), nullable=True),  # the platform's own id of an inbound message
    C("author", String(10), nullable=False),  # visitor, advisor, person, front
    C("author_name", String(120), nullable=False, default=""),
    C("text", Text, nullable=False, default=""),
    C("payload", Text, nullable=False, default=""),  # of a pressed button; text then holds its title
    C("buttons", JSON, nullable=False, default=list),
    C("cards", JSON, nullable=False, default=list),
    C("sources", JSON, nullable=False, default=list),
    C("state", String(12), nullable=False),  # inbound: received, answered, failed, left; outbound: said
    C(
        "answers", NUMBER, ForeignKey("message.id", ondelete="CASCADE"), nullable=True
    ),  # the inbound message it replies to
    C("outcome", String(12), nullable=False, default=""),
    C("topic", String(120), nullable=False, default=""),
    C("intent", String(60), nullable=False, default=""),
    C("confidence", Float, nullable=True),
    C("understanding", JSON, nullable=False, default=dict),  # ranking, topics, entities, as in the turn contract
    C("actions", JSON, nullable=False, default=list),
    C("failure", Text, nullable=False, default=""),  # why a turn failed, for staff; no message text
    C("engine_ms", Float, nullable=True),
    C("at", UtcTime, nullable=False, default=now),
    C("answered_at", UtcTime, nullable=True),
    C("context", JSON, nullable=False, default=dict),  # what the channel noted: message ids, thread, language
    UniqueConstraint("channel", "external_id"),
    Index("ix_message_conversation", "conversation_id", "id"),
    Index("ix_message_open", "state", "id"),
    _index("ix_message_answers", "answers", only="answers IS NOT NULL"),
    # for the console's filters: one for "is there such a message in this conversation?", the others to find rare ones;
    # without what is empty, since each index more is written while somebody waits for a reply
    Index("ix_message_facts", "conversation_id", "intent", "topic", "outcome", "confidence"),
    _index("ix_message_intent", "intent", "conversation_id", only="intent <> ''"),
    _index("ix_message_topic", "topic", "conversation_id", only="topic <> ''"),
    _index("ix_message_outcome", "outcome", "conversation_id", only="outcome <> ''"),
    _index("ix_message_confidence", "confidence", "conversation_id", only="confidence IS NOT NULL"),
    Index("ix_message_at", "at"),
    sqlite_autoincrement=True,
)

button = Table(  # what may be pressed in a conversation
    "button",
    metadata,
    C("token", String(24), primary_key=True),
    C("conversation_id", String(32), _belongs_to("conversation"), nullable=False),
    C("message_id", NUMBER, _belongs_to("message"), nullable=False),
    C("title", Text, nullable=False),
    C("payload", Text, nullable=False),
    Index("ix_button_conversation", "conversation_id"),
    Index("ix_button_message", "message_id"),
)

delivery = Table(  # a reply on its way to a platform that must be sent to
    "delivery",
    metadata,
    C("id", NUMBER, primary_key=True, autoincrement=True),
    C("message_id", NUMBER, _belongs_to("message"), nullable=False),
    C("conversation_id", String(32), _belongs_to("conversation"), nullable=False),
    C("channel", String(20), nullable=False),
    C("part", Integer, nullable=False, default=0),  # how many parts of the message the platform has taken
    C("state", String(10), nullable=False, default="pending"),  # pending, sending, delivered, failed
    C("attempts", Integer, nullable=False, default=0),
    C("platform_ids", JSON, nullable=False, default=list),
    C("failure", Text, nullable=False, default=""),
    C("maybe_twice", Boolean, nullable=False, default=False),  # sent again after we died while it was being sent
    C("created_at", UtcTime, nullable=False, default=now),
    C("done_at", UtcTime, nullable=True),
    Index("ix_delivery_message", "message_id"),
    Index("ix_delivery_open", "state", "id"),
    sqlite_autoincrement=True,
)

handoff = Table(  # every change of a conversation's state
    "handoff",
    metadata,
    C("id", NUMBER, primary_key=True, autoincrement=True),
    C("conversation_id", String(32), _belongs_to("conversation"), nullable=False),
    C("before", String(10), nullable=False),
    C("after", String(10), nullable=False),
    C("by", String(120), nullable=False),  # a staff member, "visitor", "advisor" or "front"
    C("at", UtcTime, nullable=False, default=now),
    Index("ix_handoff_at", "at"),
    Index("ix_handoff_conversation", "conversation_id", "id"),
    Index("ix_handoff_after", "after", "conversation_id"),
)

feedback = Table(
    "feedback",
    metadata,
    C("message_id", NUMBER, _belongs_to("message"), primary_key=True),
    C("conversation_id", String(32), _belongs_to("conversation"), nullable=False),
    C("value", Integer, nullable=False),  # 1 or -1
    C("comment", Text, nullable=False, default=""),
    C("at", UtcTime, nullable=False, default=now),
    Index("ix_feedback_at", "at"),
    Index("ix_feedback_conversation", "conversation_id"),
    Index("ix_feedback_value", "value", "conversation_id"),
)

consent = Table(
    "consent",
    metadata,
    C("conversation_id", String(32), _belongs_to("conversation"), primary_key=True),
    C("version", String(40), primary_key=True),
    C("at", UtcTime, nullable=False, default=now),
)

contact_request = Table(  # "nobody is there now: how can we reach you?"
    "contact_request",
    metadata,
    C("id", NUMBER, primary_key=True, autoincrement=True),
    C("conversation_id", String(32), _belongs_to("conversation"), nullable=False),
    C("name", String(120), nullable=False, default=""),
    C("contact", String(LONGEST_ID), nullable=False),
    C("text", Text, nullable=False, default=""),
    C("state", String(10), nullable=False, default="open"),  # open, taken, done
    C("at", UtcTime, nullable=False, default=now),
    C("by", String(60), nullable=False, default=""),  # who took it, or was done with it
    C("changed_at", UtcTime, nullable=True),
    Index("ix_contact_request_conversation", "conversation_id"),
    Index("ix_contact_request_state", "state", "id"),
)

alert = Table(  # what staff must be told of, until it has been told
    "alert",
    metadata,
    C("id", NUMBER, primary_key=True, autoincrement=True),
    C("kind", String(20), nullable=False),  # of conversations.handoff.alerts
    C("conversation_id", String(32), _belongs_to("conversation"), nullable=True),  # none: it is about a platform
    C("at", UtcTime, nullable=False, default=now),
    C("told", JSON, nullable=False, default=list),  # by which means already
    C("attempts", Integer, nullable=False, default=0),
    C("done_at", UtcTime, nullable=True),
    Index("ix_alert_open", "done_at", "id"),
)

erasure = Table(  # conversations that the engine is still to forget; holds no personal data
    "erasure",
    metadata,
    C("conversation_id", String(32), primary_key=True),
    C("at", UtcTime, nullable=False, default=now),
)

audit = Table(  # what staff and visitors did with people's data, without its content; outlives the conversation
    "audit",
    metadata,
    C("id", NUMBER, primary_key=True, autoincrement=True),
    C("at", UtcTime, nullable=False, default=now),
    C("who", String(120), nullable=False),
    C("what", String(60), nullable=False),
    C("about", String(120), nullable=False, default=""),
    Index("ix_audit_at", "at"),
)

staff = Table(
    "staff",
    metadata,
    C("id", NUMBER, primary_key=True, autoincrement=True),
    C("name", String(60), nullable=False),
    C("role", String(10), nullable=False),  # viewer, adviser, trainer, admin
    C("password", Text, nullable=False),  # its argon2id hash
    C("failures", Integer, nullable=False, default=0),  # wrong passwords in a row
    C("locked_until", UtcTime, nullable=True),
    C("created_at", UtcTime, nullable=False, default=now),
    C("code_secret", String(64), nullable=False, default=""),  # of the second factor (TOTP, base 32); empty: none
    C("code_step", NUMBER, nullable=False, default=0),  # the last code's number, so that none is taken twice
    C("subject", String(LONGEST_ID), nullable=False, default=""),  # who the identity provider says they are
    UniqueConstraint("name"),
    sqlite_autoincrement=True,  # an account made later is never taken for one that was removed
)

staff_session = Table(
    "staff_session",
    metadata,
    C(
        "id", String(64), primary_key=True
    ),  # SHA-256 of what the cookie holds, so that a copy of this table opens nothing
    C("staff_id", NUMBER, _belongs_to("staff"), nullable=False),
    C("csrf", String(64), nullable=False),
    C("browser", String(200), nullable=False, default=""),
    C("address", String(60), nullable=False, default=""),
    C("created_at", UtcTime, nullable=False, default=now),
    C("last_at", UtcTime, nullable=False, default=now),
    C(
        "lacks_code", Boolean, nullable=False, default=False
    ),  # the password was right, the second factor is still to come
    C("is_outside", Boolean, nullable=False, default=False),  # opened by the identity provider
    Index("ix_staff_session_staff", "staff_id"),
)

recovery_code = Table(  # takes the second factor's place once, for somebody who lost their phone
    "recovery_code",
    metadata,
    C("staff_id", NUMBER, _belongs_to("staff"), primary_key=True),
    C("hash", String(64), primary_key=True),
)

outside_sign_in = Table(  # one that an identity provider was asked for, until its answer
    "outside_sign_in",
    metadata,
    C("state", String(64), primary_key=True),  # its SHA-256
    C("nonce", String(64), nullable=False),
    C("verifier", String(128), nullable=False),
    C("following", Text, nullable=False, default=""),
    C("at", UtcTime, nullable=False, default=now),
)

note = Table(  # what staff write to each other about a conversation
    "note",
    metadata,
    C("id", NUMBER, primary_key=True, autoincrement=True),
    C("conversation_id", String(32), _belongs_to("conversation"), nullable=False),
    C("by", String(60), nullable=False),
    C("text", Text, nullable=False),
    C("at", UtcTime, nullable=False, default=now),
    Index("ix_note_conversation", "conversation_id", "id"),
)

tag = Table(
    "tag",
    metadata,
    C("conversation_id", String(32), _belongs_to("conversation"), primary_key=True),
    C("name", String(40), primary_key=True),
    C("by", String(60), nullable=False),
    C("at", UtcTime, nullable=False, default=now),
    Index("ix_tag_name", "name", "conversation_id"),
)

flag = Table(  # conversations that somebody should look at
    "flag",
    metadata,
    C("conversation_id", String(32), _belongs_to("conversation"), primary_key=True),
    C("by", String(60), nullable=False),
    C("at", UtcTime, nullable=False, default=now),
)

review = Table(  # conversations that somebody has read through
    "review",
    metadata,
    C("conversation_id", String(32), _belongs_to("conversation"), primary_key=True),
    C("reviewer", String(60), nullable=False),
    C("at", UtcTime, nullable=False, default=now),
    Index("ix_review_reviewer", "reviewer", "conversation_id"),
)

correction = Table(  # what a visitor's message really means, until a release has learned it
    "correction",
    metadata,
    C("message_id", NUMBER, _belongs_to("message"), primary_key=True),
    C("conversation_id", String(32), _belongs_to("conversation"), nullable=False),
    C("text", Text, nullable=False),  # what is to be learned: the message, covered, or what staff made of it
    C("topic", String(120), nullable=False, default=""),
    C("intent", String(60), nullable=False, default=""),  # where there is no topic
    C("by", String(60), nullable=False),
    C("at", UtcTime, nullable=False, default=now),
    C("state", String(10), nullable=False, default="collected"),  # collected, released
    C("why", Text, nullable=False, default=""),  # why the last release left it aside
    C("release", String(40), nullable=False, default=""),
    Index("ix_correction_state", "state", "at"),
    Index("ix_correction_conversation", "conversation_id"),
)

judgement = Table(  # messages that staff looked at and want nothing done about
    "judgement",
    metadata,
    C("message_id", NUMBER, _belongs_to("message"), primary_key=True),
    C("conversation_id", String(32), _belongs_to("conversation"), nullable=False),
    C("what", String(10), nullable=False),  # right, dismissed
    C("by", String(60), nullable=False),
    C("at", UtcTime, nullable=False, default=now),
    Index("ix_judgement_conversation", "conversation_id"),
)

unanswered = Table(  # questions that were declined or not understood, until staff decide about them
    "unanswered",
    metadata,
    C("message_id", NUMBER, _belongs_to("message"), primary_key=True),
    C("conversation_id", String(32), _belongs_to("conversation"), nullable=False),
    C("meaning", LargeBinary, nullable=True),  # the sentence's vector, 384 numbers of 16 bits; none without the model
    Index("ix_unanswered_conversation", "conversation_id"),
)

draft = Table(  # a topic that staff think is missing; it becomes knowledge only by somebody's hand
    "draft",
    metadata,
    C("id", NUMBER, primary_key=True, autoincrement=True),
    C("title", String(120), nullable=False),
    C("answer", Text, nullable=False, default=""),
    C("source", Text, nullable=False, default=""),
    C("phrasings", JSON, nullable=False, default=list),
    C("by", String(60), nullable=False),
    C("at", UtcTime, nullable=False, default=now),
    sqlite_autoincrement=True,
)

talk_test = Table(  # a conversation that must go on going as it did; names nobody
    "talk_test",
    metadata,
    C("id", NUMBER, primary_key=True, autoincrement=True),
    C("conversation_id", String(32), _belongs_to("conversation"), nullable=False),
    C("name", String(120), nullable=False),
    C("turns", JSON, nullable=False, default=list),
    C("by", String(60), nullable=False),
    C("at", UtcTime, nullable=False, default=now),
    C("release", String(40), nullable=False, default=""),  # the one that wrote it into the project's files
    UniqueConstraint("conversation_id"),
    sqlite_autoincrement=True,
)

masked = Table(  # conversations whose personal data was covered for good, since they are old
    "masked",
    metadata,
    C("conversation_id", String(32), _belongs_to("conversation"), primary_key=True),
    C("at", UtcTime, nullable=False, default=now),
)

daily = Table(  # counts of a day (UTC), which outlive the conversations that they were counted from
    "daily",
    metadata,
    C("measure", String(20), primary_key=True),  # conversations/analytics/daily_counts.py has them
    C("day", String(10), primary_key=True),  # 2026-11-25
    C("channel", String(20), primary_key=True),
    C("site", String(60), primary_key=True),
    C("name", String(120), primary_key=True),  # which outcome, topic, hour; empty where a measure has one number
    C("count", NUMBER, nullable=False),
    sqlite_with_rowid=False,  # in the order of the key, so that what a question is about lies together
)

site = Table(  # a site as the console describes it, in place of the file's of this name
    "site",
    metadata,
    C("name", String(40), primary_key=True),
    C("description", JSON, nullable=False),  # the fields of a site in the sites file
    C("by", String(60), nullable=False),
    C("at", UtcTime, nullable=False, default=now),
)

canned_reply = Table(  # what staff say often
    "canned_reply",
    metadata,
    C("name", String(40), primary_key=True),  # what is typed after the /
    C("text", Text, nullable=False),
    C("by", String(60), nullable=False),
    C("at", UtcTime, nullable=False, default=now),
)

known_tag = Table(  # tags that are offered, whether or not a conversation has them
    "known_tag",
    metadata,
    C("name", String(40), primary_key=True),
    C("by", String(60), nullable=False),
    C("at", UtcTime, nullable=False, default=now),
)

kept_setting = Table(  # what the console sets in place of the environment
    "kept_setting",
    metadata,
    C("name", String(40), primary_key=True),
    C("value", JSON, nullable=False),
    C("by", String(60), nullable=False),
    C("at", UtcTime, nullable=False, default=now),
)

about_database = Table(  # what the database says of itself, e.g. holds: demo data; front: whose term it is
    "about_database",
    metadata,
    C("name", String(40), primary_key=True),
    C("value", Text, nullable=False),
)

SEARCH_INDEX = "message_words"  # made by migration 0002; differs by database, so it is no table of this picture


def is_ours(name: str | None, kind: str, parents: object = None) -> bool:
    """Whether something found in a database belongs to the tables above; for comparing the two."""
    return not (kind == "table" and name and name.startswith(SEARCH_INDEX))
