"""Tables of the yearly appraisal of secretaries, and of the duty lists that are kept for it during the year."""

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
from sqlalchemy.dialects.postgresql import JSONB

from app.kit.db import district_table, refers

appraisal_round = district_table(
    "appraisal_round",
    Column("id", Uuid, nullable=False),
    Column("code", Text(collation="C"), nullable=False),  # the year that is appraised
    Column("rating_round_id", Uuid, nullable=False),
    Column("edition", Text, nullable=False),  # whose star sheet it goes by
    Column("cut_off", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("opened_by", Uuid),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("filed_on", Date),
    Column("reason", Text),  # of its withdrawal
    Column("version", Integer, nullable=False),
    Column("input_digest", LargeBinary, nullable=False),
    CheckConstraint("state IN ('open', 'deciding', 'notice', 'filed', 'withdrawn')", name="state_known"),
    CheckConstraint("version > 0", name="version_positive"),
    refers("rating_round_id", to="rating_round"),
    refers("opened_by", to="account"),
)
Index(
    "uq_appraisal_round_code",
    appraisal_round.c.district_id,
    appraisal_round.c.code,
    unique=True,
    postgresql_where=appraisal_round.c.state != "withdrawn",
)

appraisal = district_table(
    "appraisal",
    Column("id", Uuid, nullable=False),
    Column("round_id", Uuid, nullable=False),
    Column("account_id", Uuid, nullable=False),
    Column("branch_id", Uuid, nullable=False),
    Column("path", Text(collation="C"), nullable=False),
    Column("committee_id", Uuid, nullable=False),
    Column("post_from", Date, nullable=False),
    Column("post_until", Date),
    Column("months", Integer, nullable=False),
    Column("is_left", Boolean, nullable=False),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("score", Integer),  # in the sheet's smallest unit
    Column("grade", Text),
    Column("scored_as", Text),
    Column("decided_grade", Text),
    Column("reasons", JSONB, nullable=False),
    Column("ground", Text),
    Column("ground_words", Text),
    Column("refusal", Text),
    Column("signed_by", Uuid),
    Column("notice_from", Date),
    Column("notice_until", Date),
    Column("filed_on", Date),
    UniqueConstraint("district_id", "round_id", "branch_id", "account_id"),
    CheckConstraint(
        "state IN ('open', 'signed', 'deciding', 'decided', 'notice', 'disputed', 'filed', 'ungraded', 'withdrawn')",
        name="state_known",
    ),
    CheckConstraint("(ground IS NULL) = (ground_words IS NULL)", name="ground_with_words"),
    CheckConstraint("version > 0", name="version_positive"),
    refers("round_id", to="appraisal_round"),
    refers("account_id", to="account"),
    refers("branch_id", to="organisation"),
    refers("committee_id", to="organisation"),
    refers("signed_by", to="account"),
    Index(None, "district_id", "account_id"),
    Index(None, "district_id", "path"),
)

# How a secretary stands on one part: measured, and given or corrected by people. Of nothing due 0 of 0.
appraisal_part = district_table(
    "appraisal_part",
    Column("id", Uuid, nullable=False),
    Column("appraisal_id", Uuid, nullable=False),
    Column("part", Text(collation="C"), nullable=False),
    Column("measured", JSONB(none_as_null=True)),  # part, whole, formula, inputs, edition, time
    Column("given_part", Integer),
    Column("given_whole", Integer),
    Column("votes", JSONB(none_as_null=True)),  # by grade
    Column("note", Text),
    Column("given_by", Uuid),
    Column("given_at", DateTime(timezone=True)),
    UniqueConstraint("district_id", "appraisal_id", "part"),
    CheckConstraint("(given_part IS NULL) = (given_whole IS NULL)", name="whole_with_part"),
    refers("appraisal_id", to="appraisal"),
    refers("given_by", to="account"),
)

# What a branch's secretary is to have done in a year: set and confirmed by the committee, reported by the secretary.
responsibility = district_table(
    "responsibility",
    Column("id", Uuid, nullable=False),
    Column("batch_id", Uuid, nullable=False),
    Column("year", Text(collation="C"), nullable=False),
    Column("branch_id", Uuid, nullable=False),
    Column("path", Text(collation="C"), nullable=False),
    Column("text", Text, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("set_by", Uuid),
    Column("set_at", DateTime(timezone=True), nullable=False),
    Column("input_digest", LargeBinary, nullable=False),
    Column("report", Text),
    Column("reported_by", Uuid),
    Column("verdict", Text),
    Column("judged_by", Uuid),
    Column("version", Integer, nullable=False),
    CheckConstraint("state IN ('open', 'reported', 'met', 'unmet', 'dropped')", name="state_known"),
    CheckConstraint("version > 0", name="version_positive"),
    refers("branch_id", to="organisation"),
    refers("set_by", to="account"),
    refers("reported_by", to="account"),
    refers("judged_by", to="account"),
    Index(None, "district_id", "year", "branch_id"),
    Index(None, "district_id", "batch_id"),
)

# Every step, only added to: who, when, why, and what it left.
appraisal_step = district_table(
    "appraisal_step",
    Column("id", Uuid, nullable=False),
    Column("action", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("by", Uuid),
    Column("round_id", Uuid),
    Column("appraisal_id", Uuid),
    Column("responsibility_id", Uuid),
    Column("basis", Text),
    Column("about", Text),
    Column("grade", Text),
    Column("answers", Uuid),
    Column("input_digest", LargeBinary, nullable=False),
    refers("by", to="account"),
    refers("round_id", to="appraisal_round"),
    refers("appraisal_id", to="appraisal"),
    refers("responsibility_id", to="responsibility"),
    refers("answers", to="appraisal_step"),
    Index(None, "district_id", "appraisal_id"),
    Index(None, "district_id", "responsibility_id"),
)
