"""Schema of the conversations database as SQLAlchemy tables, one module per group of tables.

The migrations in conversations/db/migrations/ create the tables, never this package. Times are in UTC. Ids of messages grow
with time, so they order messages and number the events of a web stream.
"""

from conversations.db.schema.admin_tables import (
    about_database,
    canned_reply,
    daily,
    kept_setting,
    known_tag,
    site,
    zone_daily,
)
from conversations.db.schema.base import EMPTY, LONGEST_ID, NUMBER, AnyRow, AnySelect, UtcTime, is_ours, metadata, now
from conversations.db.schema.editing_tables import draft_comment, entry_draft, entry_version, guide_import, publication
from conversations.db.schema.handoff_tables import alert, contact_email, contact_request, handoff, rating
from conversations.db.schema.integration_tables import api_token, webhook, webhook_delivery
from conversations.db.schema.learning_tables import correction, judgement, talk_test, unanswered
from conversations.db.schema.message_tables import button, consent, conversation, delivery, feedback, message
from conversations.db.schema.privacy_tables import audit, erasure, masked, visitor_identity
from conversations.db.schema.review_tables import flag, note, note_mention, review, saved_view, tag
from conversations.db.schema.staff_tables import (
    notification,
    outside_sign_in,
    push_subscription,
    recovery_code,
    staff,
    staff_session,
)

__all__ = [
    "EMPTY",
    "LONGEST_ID",
    "NUMBER",
    "AnyRow",
    "AnySelect",
    "UtcTime",
    "is_ours",
    "metadata",
    "now",
    "about_database",
    "alert",
    "api_token",
    "audit",
    "button",
    "canned_reply",
    "consent",
    "contact_email",
    "contact_request",
    "conversation",
    "correction",
    "daily",
    "delivery",
    "draft_comment",
    "entry_draft",
    "entry_version",
    "guide_import",
    "erasure",
    "feedback",
    "flag",
    "handoff",
    "judgement",
    "kept_setting",
    "known_tag",
    "masked",
    "message",
    "note",
    "note_mention",
    "notification",
    "outside_sign_in",
    "publication",
    "push_subscription",
    "rating",
    "recovery_code",
    "review",
    "saved_view",
    "site",
    "staff",
    "staff_session",
    "tag",
    "talk_test",
    "unanswered",
    "visitor_identity",
    "webhook",
    "webhook_delivery",
    "zone_daily",
]
