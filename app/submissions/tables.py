"""Tables of proposals that are not yet entries, of how they were decided, and of vetoes."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    SmallInteger,
    Text,
    Uuid,
)

from app.kit.db import district_table, refers

submission = district_table(
    "submission",
    Column("id", Uuid, nullable=False),  # becomes the entry's id
    Column("member_id", Uuid, nullable=False),
    Column("branch_id", Uuid, nullable=False),
    Column("path", Text(collation="C"), nullable=False),
    Column("item", Text(collation="C"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("outcome", Text),  # of a duty that a member declares
    Column("tier", Text),
    Column("matter", Text),
    Column("units", Integer),
    Column(
        "points", Numeric(9, 2)
    ),  # those that the recorder chose, as they are printed; where the item leaves them open
    Column("worth", Numeric(9, 2)),  # the points of its entry, as they are printed, where the book or the recorder says
    Column("effective_on", Date, nullable=False),
    Column("reason", Text),
    Column("costs", Text(collation="C")),  # the duty that a finding names
    Column("key_work", Text),  # the entry of the list of key work that a veto cites
    Column("evidence", ARRAY(Text), nullable=False),  # digests of files
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),  # the number of its last step
    Column("round", SmallInteger, nullable=False),  # how often it was handed in
    Column("stage", SmallInteger, nullable=False),  # how many reviewers have approved in this round
    Column("writers", ARRAY(Uuid), nullable=False),  # of the records that the service proposes it from
    Column("asked", ARRAY(Uuid), nullable=False),  # the accounts that it waits for: reviewers, or the member
    Column("due_on", Date),  # by when whoever it waits for should act
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("recorded_by", Uuid),  # none: the service itself
    Column("submitted_at", DateTime(timezone=True)),  # first handed in; none: nobody but the recorder has seen it
    Column("decided_at", DateTime(timezone=True)),
    Column("decided_by", Uuid),
    Column("decision_note", Text),
    Column("entry_id", Uuid),
    Column("sent_digest", LargeBinary, nullable=False),  # of what was first sent under the id
    CheckConstraint(
        "state IN ('draft', 'submitted', 'returned', 'withdrawn', 'refused', 'posted', 'lapsed')", name="state_known"
    ),
    CheckConstraint("kind IN ('routine', 'innovation', 'fault', 'veto')", name="kind_known"),
    CheckConstraint("version > 0 AND round >= 0 AND stage >= 0", name="counted_from_zero"),
    refers("member_id", to="member"),
    refers("branch_id", to="organisation"),
    refers("recorded_by", to="account"),
    refers("decided_by", to="account"),
    refers("entry_id", to="entry"),
    Index(None, "district_id", "state", "recorded_at"),
    Index(None, "district_id", "member_id"),
    Index(None, "district_id", "recorded_by"),
)

# What happened to a proposal: 1, 2, 3 … without gaps.
submission_step = district_table(
    "submission_step",
    Column("submission_id", Uuid, nullable=False),
    Column("number", Integer, nullable=False),
    Column("round", SmallInteger, nullable=False),
    Column("action", Text, nullable=False),
    Column("stage", SmallInteger),  # of an approval: which one of the round, from 1 on
    Column("note", Text),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("by", Uuid),  # none: the service itself
    CheckConstraint("number > 0", name="number_from_one"),
    refers("submission_id", to="submission"),
    refers("by", to="account"),
    key=("submission_id", "number"),
)

# The member's right to be heard, once for each time that the proposal was handed in.
hearing = district_table(
    "hearing",
    Column("submission_id", Uuid, nullable=False),
    Column("round", SmallInteger, nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("told_at", DateTime(timezone=True)),  # none: the member has no account, and was not told yet
    Column("told_how", Text),
    Column("told_by", Uuid),
    Column("told_on", Date),
    Column("told_note", Text),  # in person: where and how
    Column("said", Text),  # what the member said to it, as written down by who told them
    Column("due_on", Date),
    Column("assumed", Boolean, nullable=False),  # the deadline was counted through a year not yet announced
    Column("answer", Text),
    Column("answered_at", DateTime(timezone=True)),
    Column("answered_by", Uuid),
    CheckConstraint("told_how IN ('message', 'in_person')", name="told_how_known"),
    CheckConstraint("(told_at IS NULL) = (due_on IS NULL)", name="due_when_told"),
    refers("submission_id", to="submission"),
    refers("told_by", to="account"),
    refers("answered_by", to="account"),
    Index(None, "district_id", "due_on"),
    key=("submission_id", "round"),
)

# A veto that was decided; the id is that of its submission and entry.
veto = district_table(
    "veto",
    Column("id", Uuid, nullable=False),
    Column("member_id", Uuid, nullable=False),
    Column("branch_id", Uuid, nullable=False),
    Column("path", Text(collation="C"), nullable=False),
    Column("item", Text(collation="C"), nullable=False),
    Column("cycle", Text, nullable=False),
    Column("cycle_ends_on", Date, nullable=False),  # with it the veto ends by itself
    Column("effective_on", Date, nullable=False),
    Column("effect", Text, nullable=False),
    Column("ground", Text, nullable=False),
    Column("key_work", Text),  # number and words of the entry of the list that it cites
    Column("key_work_year", SmallInteger),  # of that list, with its version
    Column("key_work_version", SmallInteger),
    Column("reason", Text),
    Column("decided_at", DateTime(timezone=True), nullable=False),
    Column("decided_by", Uuid),
    Column("filed_at", DateTime(timezone=True)),
    Column("filed_by", Uuid),
    Column("filed_under", Text),  # the district's file number
    Column("lifted_at", DateTime(timezone=True)),
    Column("lifted_by", Uuid),
    Column("lifted_why", Text),
    Column("lifted_reason", Text),
    CheckConstraint("effect IN ('zero', 'band')", name="effect_known"),
    CheckConstraint("ground IN ('fixed', 'key_work')", name="ground_known"),
    CheckConstraint("lifted_why IN ('annulled', 'appeal')", name="lifted_why_known"),
    CheckConstraint("(lifted_at IS NULL) = (lifted_why IS NULL)", name="lifted_for_a_reason"),
    refers("id", to="submission"),
    refers("member_id", to="member"),
    refers("branch_id", to="organisation"),
    refers("cycle", to="cycle", key=("code",)),
    refers("decided_by", to="account"),
    refers("filed_by", to="account"),
    refers("lifted_by", to="account"),
    Index(None, "district_id", "decided_at"),
    Index(None, "district_id", "member_id"),
)
