"""What follows from the lines: assistance cases, commendations, what was done to either; and the list of key work."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations import steps

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_TABLES = ("assistance_case", "reminder_talk", "commendation", "case_step", "key_work")
_CASE_STATES = "opened', 'talk_held', 'planned', 'running', 'extended', 'accepted', 'failed', 'closed', 'annulled"
_COMMENDATION_STATES = (
    "listed', 'waiting', 'reserve', 'excluded', 'recommended', 'struck', 'noticed', 'confirmed', 'handed_over',"
    " 'withdrawn"
)


def upgrade() -> None:
    _create_cases()
    _create_talks()
    _create_commendations()
    _create_steps()
    _create_key_work()
    steps.distribute(_TABLES)
    steps.belong(*_TABLES)
    for table in ("assistance_case", "commendation"):
        steps.refer(table, "member_id", to="member")
        steps.refer(table, "branch_id", to="organisation")
        steps.refer(table, "quarter", to="quarter", key=("code",))
        steps.refer(table, "cycle", to="cycle", key=("code",))
        steps.refer(table, "edition", to="edition", key=("digest",))
    steps.refer("reminder_talk", "member_id", to="member")
    steps.refer("reminder_talk", "branch_id", to="organisation")
    steps.refer("reminder_talk", "quarter", to="quarter", key=("code",))
    steps.refer("reminder_talk", "edition", to="edition", key=("digest",))
    steps.refer("reminder_talk", "recorded_by", to="account")
    steps.refer("assistance_case", "helper_id", to="member")
    steps.refer("assistance_case", "proposed_helper_id", to="member")
    steps.refer("case_step", "case_id", to="assistance_case")
    steps.refer("case_step", "commendation_id", to="commendation")
    steps.refer("case_step", "by", to="account")
    steps.refer("key_work", "issued_by", to="account")
    steps.isolate("assistance_case", "reminder_talk", "commendation")
    steps.isolate("case_step", "key_work", rights=steps.READ_AND_ADD)
    steps.refuse_changes("case_step", hint="Take another step.")


def _create_cases() -> None:
    op.create_table(
        "assistance_case",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("quarter", sa.Text(), nullable=False),
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("bound", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("talk_on", sa.Date()),
        sa.Column("problems", sa.Text()),
        sa.Column("measures", sa.Text()),
        sa.Column("helper_id", sa.Uuid()),
        sa.Column("proposed_helper_id", sa.Uuid()),
        sa.Column("planned_on", sa.Date()),
        sa.Column("extended_on", sa.Date()),
        sa.Column("failed_on", sa.Date()),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_assistance_case"),
        sa.CheckConstraint(f"state IN ('{_CASE_STATES}')", name=op.f("ck_assistance_case_state_known")),
        sa.CheckConstraint("version > 0", name=op.f("ck_assistance_case_version_from_one")),
    )
    for column in ("member_id", "opened_at"):
        op.create_index(f"ix_assistance_case_district_id_{column}", "assistance_case", ["district_id", column])
    op.create_index(
        "uq_assistance_case_open_of_member",
        "assistance_case",
        ["district_id", "member_id"],
        unique=True,
        postgresql_where=sa.text("state NOT IN ('accepted', 'closed', 'annulled')"),
    )


def _create_talks() -> None:
    op.create_table(
        "reminder_talk",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("quarter", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("bound", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("dropped_because", sa.Text()),
        sa.Column("held_on", sa.Date()),
        sa.Column("note", sa.Text()),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("recorded_by", sa.Uuid()),
        sa.Column("record_id", sa.Uuid()),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_reminder_talk"),
        sa.UniqueConstraint("district_id", "record_id", name="uq_reminder_talk_district_id_record_id"),
        sa.CheckConstraint("state IN ('asked', 'held', 'dropped')", name=op.f("ck_reminder_talk_state_known")),
        sa.CheckConstraint(
            "(state = 'held') = (num_nonnulls(held_on, note, record_id) = 3) AND"
            " (state = 'dropped') = (dropped_because IS NOT NULL)",
            name=op.f("ck_reminder_talk_state_said"),
        ),
    )
    for column in ("asked_at", "member_id"):
        op.create_index(f"ix_reminder_talk_district_id_{column}", "reminder_talk", ["district_id", column])
    op.create_index(
        "uq_reminder_talk_open_of_member",
        "reminder_talk",
        ["district_id", "member_id"],
        unique=True,
        postgresql_where=sa.text("state = 'asked'"),
    )


def _create_commendations() -> None:
    op.create_table(
        "commendation",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("branch_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.Text(collation="C"), nullable=False),
        sa.Column("quarter", sa.Text(), nullable=False),
        sa.Column("cycle", sa.Text(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("edition", sa.Text(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("bound", sa.Integer(), nullable=False),
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer()),
        sa.Column("grounds", postgresql.JSONB(), nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("meeting_on", sa.Date()),
        sa.Column("votes_for", sa.Integer()),
        sa.Column("votes_cast", sa.Integer()),
        sa.Column("notice_from", sa.Date()),
        sa.Column("notice_until", sa.Date()),
        sa.Column("objections", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text()),
        sa.Column("handed_on", sa.Date()),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_commendation"),
        sa.UniqueConstraint(
            "district_id", "quarter", "line", "member_id", name="uq_commendation_district_id_quarter_line_member_id"
        ),
        sa.CheckConstraint(f"state IN ('{_COMMENDATION_STATES}')", name=op.f("ck_commendation_state_known")),
        sa.CheckConstraint(
            "version > 0 AND places >= 0 AND objections >= 0", name=op.f("ck_commendation_counted_from_zero")
        ),
        sa.CheckConstraint("votes_for <= votes_cast", name=op.f("ck_commendation_votes_of_those_cast")),
    )
    op.create_index("ix_commendation_district_id_member_id", "commendation", ["district_id", "member_id"])


def _create_steps() -> None:
    op.create_table(
        "case_step",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid()),
        sa.Column("commendation_id", sa.Uuid()),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("day", sa.Date()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid()),
        sa.Column("sent_digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "id", name="pk_case_step"),
        sa.CheckConstraint("number > 0", name=op.f("ck_case_step_number_from_one")),
        sa.CheckConstraint("num_nonnulls(case_id, commendation_id) >= 1", name=op.f("ck_case_step_of_one_thing")),
        sa.UniqueConstraint("district_id", "case_id", "number", name="uq_case_step_district_id_case_id_number"),
        sa.UniqueConstraint(
            "district_id", "commendation_id", "number", name="uq_case_step_district_id_commendation_id_number"
        ),
    )


def _create_key_work() -> None:
    op.create_table(
        "key_work",
        sa.Column("district_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("version", sa.SmallInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("entries", postgresql.JSONB(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Uuid()),
        sa.Column("sent_digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "year", "version", name="pk_key_work"),
        sa.CheckConstraint("version > 0", name=op.f("ck_key_work_version_from_one")),
    )


def downgrade() -> None:
    steps.drop("key_work", "case_step", "commendation", "reminder_talk", "assistance_case")
    steps.allow_changes("case_step")
