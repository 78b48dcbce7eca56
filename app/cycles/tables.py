"""Tables of time: cycles, the quarters in which entries are booked, and which days are worked."""

from __future__ import annotations

from sqlalchemy import Boolean, CheckConstraint, Column, Date, DateTime, LargeBinary, SmallInteger, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from app.kit.db import district_table, refers

# How long cycles last, and in which month years begin, from a day on; without a row: calendar years.
cycle_frame = district_table(
    "cycle_frame",
    Column("from_on", Date, nullable=False),
    Column("first_month", SmallInteger, nullable=False),
    Column("period", Text, nullable=False),
    CheckConstraint("first_month IN (1, 4, 7, 10)", name="first_month_of_a_quarter"),
    CheckConstraint("period IN ('year', 'half', 'quarter')", name="period_known"),
    key=("from_on",),
)

cycle = district_table(
    "cycle",
    Column("code", Text, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("opened_on", Date, nullable=False),  # what fell due in quarters before it is not asked of anybody
    CheckConstraint("ends_on > starts_on", name="ends_after_start"),
    key=("code",),
)

quarter = district_table(
    "quarter",
    Column("code", Text, nullable=False),
    Column("cycle", Text, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("state_since", DateTime(timezone=True), nullable=False),
    CheckConstraint("state IN ('open', 'check', 'notice', 'sealed')", name="state_known"),
    refers("cycle", to="cycle", key=("code",)),
    key=("code",),
)

# Days that are worked though the weekday says otherwise, or the reverse: as announced, or as the district has set them.
work_calendar = district_table(
    "work_calendar",
    Column("day", Date, nullable=False),
    Column("is_working", Boolean, nullable=False),
    Column("note", Text),
    Column("source", Text, nullable=False),
    Column("set_at", DateTime(timezone=True), nullable=False),
    Column("set_by", Uuid),
    CheckConstraint("source IN ('announced', 'district')", name="source_known"),
    refers("set_by", to="account"),
    key=("day",),
)

# The district's list of key work: a version replaces the one before from its first day on, and all stay readable.
key_work = district_table(
    "key_work",
    Column("year", SmallInteger, nullable=False),
    Column("version", SmallInteger, nullable=False),  # 1, 2, 3 … of a year
    Column("id", Uuid, nullable=False),  # made by the client, so that a retry is known
    Column("from_on", Date, nullable=False),
    Column("document", Text, nullable=False),  # under which it was issued
    Column("entries", JSONB, nullable=False),  # number, text and who is responsible, in order
    Column("issued_at", DateTime(timezone=True), nullable=False),
    Column("issued_by", Uuid),
    Column("sent_digest", LargeBinary, nullable=False),
    CheckConstraint("version > 0", name="version_from_one"),
    refers("issued_by", to="account"),
    key=("year", "version"),
)
