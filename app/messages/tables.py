"""Tables of what the service tells people, and of what leaves it for other systems."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.kit.db import district_table, refers

# One for each person: a member, with or without an account, or an account that is no member's. Its row is the lock
# under which messages are numbered.
inbox = district_table(
    "inbox",
    Column("id", Uuid, nullable=False),
    Column("member_id", Uuid),
    Column("account_id", Uuid),
    Column("last_number", BigInteger, nullable=False),
    UniqueConstraint("district_id", "member_id"),
    UniqueConstraint("district_id", "account_id"),
    CheckConstraint("member_id IS NOT NULL OR account_id IS NOT NULL", name="of_somebody"),
    refers("member_id", to="member"),
    refers("account_id", to="account"),
)

# What is told is the kind and its facts; the words are made when it is read, in the reader's language.
message = district_table(
    "message",
    Column("id", Uuid, nullable=False),
    Column("inbox_id", Uuid, nullable=False),
    Column("number", BigInteger, nullable=False),  # 1, 2, 3 … in the inbox, without gaps
    Column("kind", Text, nullable=False),
    Column("subject_kind", Text, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("occasion", Text, nullable=False),  # which time, where the same may be told again of the same subject
    Column("facts", JSONB, nullable=False),
    Column("due_on", Date),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("read_at", DateTime(timezone=True)),
    UniqueConstraint("district_id", "inbox_id", "number"),
    UniqueConstraint(
        "district_id", "inbox_id", "kind", "subject_id", "subject_kind", "occasion", name="uq_message_told_once"
    ),
    CheckConstraint("number > 0", name="number_from_one"),
    refers("inbox_id", to="inbox"),
)
Index(
    "ix_message_unread",
    message.c.district_id,
    message.c.inbox_id,
    postgresql_where=message.c.read_at.is_(None),
)

webhook = district_table(
    "webhook",
    Column("id", Uuid, nullable=False),
    Column("url", Text, nullable=False),
    Column("secret", LargeBinary, nullable=False),  # encrypted
    Column("kinds", JSONB(none_as_null=True)),  # a list; none: every kind
    Column("active", Boolean, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("created_by", Uuid),
    refers("created_by", to="account"),
)

# The outbox: written with the message, sent later. The id is the key by which a receiver drops a repeat.
delivery = district_table(
    "delivery",
    Column("id", Uuid, nullable=False),
    Column("webhook_id", Uuid, nullable=False),
    Column("message_id", Uuid),  # none: a test
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", DateTime(timezone=True), nullable=False),
    Column("last_error", Text),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    UniqueConstraint("district_id", "webhook_id", "message_id"),
    CheckConstraint("state IN ('waiting', 'sent', 'dead', 'dropped')", name="state_known"),
    CheckConstraint("attempts >= 0", name="attempts_not_negative"),
    refers("webhook_id", to="webhook"),
    refers("message_id", to="message"),
)
Index(
    "ix_delivery_waiting",
    delivery.c.district_id,
    delivery.c.next_attempt_at,
    postgresql_where=delivery.c.state == "waiting",
)
