"""Tables of the yearly rounds of stars, and of what follows from them."""

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
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB

from app.kit.db import district_table, refers

rating_round = district_table(
    "rating_round",
    Column("id", Uuid, nullable=False),
    Column("code", Text(collation="C"), nullable=False),  # the year that is rated
    Column("edition", Text, nullable=False),  # whose star sheet it goes by
    Column("cut_off", Date, nullable=False),
    Column("first_round", Boolean, nullable=False),  # nobody was rated before: no step
    Column("state", Text, nullable=False),
    Column("opened_by", Uuid),
    Column("opened_at", DateTime(timezone=True), nullable=False),
    Column("named_on", Date),
    Column("reason", Text),  # of its withdrawal
    Column("version", Integer, nullable=False),
    Column("input_digest", LargeBinary, nullable=False),
    CheckConstraint("state IN ('open', 'deciding', 'notice', 'named', 'withdrawn')", name="state_known"),
    CheckConstraint("version > 0", name="version_positive"),
    refers("opened_by", to="account"),
)
Index(
    "uq_rating_round_code",
    rating_round.c.district_id,
    rating_round.c.code,
    unique=True,
    postgresql_where=rating_round.c.state != "withdrawn",
)

rating = district_table(
    "rating",
    Column("id", Uuid, nullable=False),
    Column("round_id", Uuid, nullable=False),
    Column("branch_id", Uuid, nullable=False),
    Column("path", Text(collation="C"), nullable=False),
    Column("committee_id", Uuid, nullable=False),
    Column("pool", Text(collation="C"), nullable=False),  # the first committee of those that are counted together
    Column("founded_on", Date),
    Column("last", SmallInteger),  # last year's star or its mark
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("score", Integer),  # in the sheet's smallest unit
    Column("star", SmallInteger),
    Column("scored_as", SmallInteger),
    Column("decided_star", SmallInteger),
    Column("named_star", SmallInteger),
    Column("exception", Text),  # the basis on which the step does not hold
    Column("refusal", Text),  # why the highest star was refused
    Column("reasons", JSONB, nullable=False),
    Column("signed_by", Uuid),
    Column("notice_from", Date),
    Column("notice_until", Date),
    Column("valid_from", Date),
    Column("valid_until", Date),
    UniqueConstraint("district_id", "round_id", "branch_id"),
    CheckConstraint(
        "state IN ('self', 'returned', 'committee', 'signed', 'deciding', 'decided', 'notice', 'disputed', 'named',"
        " 'unrated', 'withdrawn')",
        name="state_known",
    ),
    CheckConstraint("star BETWEEN 1 AND 5", name="star_in_range"),
    CheckConstraint("named_star BETWEEN 1 AND 5", name="named_star_in_range"),
    CheckConstraint("version > 0", name="version_positive"),
    refers("round_id", to="rating_round"),
    refers("branch_id", to="organisation"),
    refers("committee_id", to="organisation"),
    refers("signed_by", to="account"),
    Index(None, "district_id", "branch_id"),
    Index(None, "district_id", "path"),
)

# How a branch stands on one indicator: measured, said by itself, found by the committee. Of nothing due 0 of 0.
indicator_value = district_table(
    "indicator_value",
    Column("id", Uuid, nullable=False),
    Column("rating_id", Uuid, nullable=False),
    Column("indicator", Text(collation="C"), nullable=False),
    Column("measured", JSONB(none_as_null=True)),  # part, whole, formula, inputs, edition, time
    Column("own_part", Integer),
    Column("own_whole", Integer),
    Column("own_note", Text),
    Column("own_by", Uuid),
    Column("own_at", DateTime(timezone=True)),
    Column("committee_part", Integer),
    Column("committee_whole", Integer),
    Column("committee_note", Text),
    Column("committee_by", Uuid),
    Column("committee_at", DateTime(timezone=True)),
    UniqueConstraint("district_id", "rating_id", "indicator"),
    CheckConstraint("(own_part IS NULL) = (own_whole IS NULL)", name="own_whole_with_part"),
    CheckConstraint("(committee_part IS NULL) = (committee_whole IS NULL)", name="committee_whole_with_part"),
    refers("rating_id", to="rating"),
    refers("own_by", to="account"),
    refers("committee_by", to="account"),
)

# Every step and decision, only added to: who, when, why, and what it left.
star_decision = district_table(
    "star_decision",
    Column("id", Uuid, nullable=False),
    # Made as it is written down: orders the steps of one moment, where some ids are the client's.
    Column("noted", Uuid, nullable=False),
    Column("branch_id", Uuid, nullable=False),
    Column("rating_id", Uuid),  # none: a ground of veto outside any round
    Column("action", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("by", Uuid),
    Column("effective_on", Date, nullable=False),
    Column("basis", Text),
    Column("ground", Text),
    Column("star", SmallInteger),
    Column("answers", Uuid),
    Column("input_digest", LargeBinary, nullable=False),
    refers("branch_id", to="organisation"),
    refers("rating_id", to="rating"),
    refers("by", to="account"),
    refers("answers", to="star_decision"),
    Index(None, "district_id", "rating_id"),
    Index(None, "district_id", "branch_id", "action"),
)

# What is put right (at most two stars), or cultivated (three): problems with person and deadline, struck off by one.
rectification = district_table(
    "rectification",
    Column("id", Uuid, nullable=False),
    Column("rating_id", Uuid, nullable=False),
    Column("branch_id", Uuid, nullable=False),
    Column("path", Text(collation="C"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("problems", JSONB, nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("opened_by", Uuid),
    Column("due_on", Date, nullable=False),
    Column("extended_on", Date),
    Column("misses", SmallInteger, nullable=False),  # deadlines that passed without it
    Column("closed_on", Date),
    Column("closed_by", Uuid),
    Column("note", Text),
    Column("helper_id", Uuid),  # the branch that helps, as grids hand it down
    Column("version", Integer, nullable=False),
    Column("input_digest", LargeBinary, nullable=False),
    CheckConstraint("kind IN ('rectification', 'cultivation')", name="kind_known"),
    CheckConstraint("state IN ('open', 'accepted', 'failed')", name="state_known"),
    CheckConstraint("misses BETWEEN 0 AND 2", name="misses_in_range"),
    CheckConstraint("version > 0", name="version_positive"),
    refers("rating_id", to="rating"),
    refers("branch_id", to="organisation"),
    refers("opened_by", to="account"),
    refers("closed_by", to="account"),
    refers("helper_id", to="organisation"),
    Index(None, "district_id", "path"),
)
Index(
    "uq_rectification_open",
    rectification.c.district_id,
    rectification.c.branch_id,
    unique=True,
    postgresql_where=rectification.c.state == "open",
)
