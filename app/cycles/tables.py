"""Tables of time: the cycle that a score runs over, and the quarters in which entries are booked."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Date, DateTime, SmallInteger, Text

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
