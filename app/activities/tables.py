"""Tables of meetings, of who was there, and of duties that nobody is asked for."""

from __future__ import annotations

from sqlalchemy import (
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

from app.kit.db import district_table, refers

# A meeting of a branch or group, and the one duty that it counts for.
activity = district_table(
    "activity",
    Column("id", Uuid, nullable=False),
    Column("organisation_id", Uuid, nullable=False),
    Column("path", Text(collation="C"), nullable=False),  # of the organisation
    Column("item", Text(collation="C"), nullable=False),
    Column("window", Text(collation="C"), nullable=False),  # of the item's duty, on the day
    Column("title", Text, nullable=False),
    Column("title_key", Text, nullable=False),  # as titles are compared: one meeting is recorded once, for one duty
    Column("held_on", Date, nullable=False),
    Column("place", Text),
    Column("state", Text, nullable=False),
    Column("recorded_by", Uuid),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("version", Integer, nullable=False),  # raised whenever the attendance changes
    Column("input_digest", LargeBinary, nullable=False),
    Column("undone_by", Uuid),
    Column("undone_at", DateTime(timezone=True)),
    Column("undone_reason", Text),
    UniqueConstraint("district_id", "organisation_id", "held_on", "title_key"),
    CheckConstraint("state IN ('planned', 'held', 'not_held', 'undone')", name="state_known"),
    CheckConstraint("(state = 'undone') = (undone_at IS NOT NULL)", name="undone_told"),
    CheckConstraint("version > 0", name="version_positive"),
    refers("organisation_id", to="organisation"),
    refers("recorded_by", to="account"),
    refers("undone_by", to="account"),
    Index(None, "district_id", "path", "held_on"),
)

attendance = district_table(
    "attendance",
    Column("activity_id", Uuid, nullable=False),
    Column("member_id", Uuid, nullable=False),
    Column("held_on", Date, nullable=False),  # the activity's, so that a member's record is read by one index
    Column("status", Text, nullable=False),
    Column("made_up_on", Date),  # attended elsewhere or later, or an absence made up
    Column("note", Text),
    Column("waits", Boolean, nullable=False),  # an absence whose share is not decided yet
    Column("entry_id", Uuid),  # what this attendance booked, unless it was undone since
    Column("finding_id", Uuid),  # the submission that the service proposed because of it
    Column("recorded_by", Uuid),  # who wrote down what it says
    Column("elsewhere_at", Uuid),  # the session as whose guest the member counts; none where somebody said so
    CheckConstraint("status IN ('present', 'leave', 'absent', 'elsewhere', 'later')", name="status_known"),
    refers("activity_id", to="activity"),
    refers("elsewhere_at", to="activity"),
    refers("member_id", to="member"),
    refers("entry_id", to="entry"),
    refers("finding_id", to="submission"),
    refers("recorded_by", to="account"),
    Index(None, "district_id", "member_id", "held_on"),
    Index(None, "district_id", "waits", "held_on"),
    key=("activity_id", "member_id"),
)

# A session that was not held, or that the district asks of nobody: the duty is waived for those it reaches.
waiver = district_table(
    "waiver",
    Column("id", Uuid, nullable=False),
    Column("organisation_id", Uuid, nullable=False),
    Column("path", Text(collation="C"), nullable=False),
    Column("item", Text(collation="C"), nullable=False),
    Column("window", Text(collation="C"), nullable=False),
    Column("ground", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("recorded_by", Uuid),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("lifted_by", Uuid),  # the activity that was held after all
    Column("input_digest", LargeBinary, nullable=False),
    CheckConstraint("ground IN ('not_held', 'exception')", name="ground_known"),
    refers("organisation_id", to="organisation"),
    refers("recorded_by", to="account"),
    refers("lifted_by", to="activity"),
    Index(None, "district_id", "path", "item", "window"),
)
