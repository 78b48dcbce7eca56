"""Table of what a district lets its boards show."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, DateTime, Integer, Text, Uuid

from app.kit.db import district_table, refers

board_policy = district_table(
    "board_policy",
    Column("audience", Text, nullable=False),
    Column("reach", Text, nullable=False),
    Column("top", Integer, nullable=False),
    Column("names", Text, nullable=False),
    Column("set_at", DateTime(timezone=True), nullable=False),
    Column("set_by", Uuid),
    CheckConstraint("audience IN ('office', 'members', 'screens')", name="audience_known"),
    CheckConstraint("reach IN ('off', 'branch', 'district')", name="reach_known"),
    CheckConstraint("names IN ('full', 'masked', 'initials')", name="names_known"),
    CheckConstraint("top BETWEEN 1 AND 200", name="top_in_range"),
    refers("set_by", to="account"),
    key=("audience",),
)
