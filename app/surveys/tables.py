"""Tables of surveys. No row is an answer: answers are counted in a sealed box, and the box goes at the close."""

from __future__ import annotations

from sqlalchemy import (
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

survey = district_table(
    "survey",
    Column("id", Uuid, nullable=False),
    Column("number", Text(collation="C"), nullable=False),  # by which it is found without logging in
    Column("title", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("path", Text(collation="C"), nullable=False),  # above all that it is about
    Column("year", Integer, nullable=False),
    Column("sheet", JSONB, nullable=False),  # as it is asked
    Column("voters", Integer, nullable=False),  # who may answer, and so how many codes are drawn
    Column("opens_on", Date, nullable=False),
    Column("closes_on", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("called_by", Uuid),
    Column("called_at", DateTime(timezone=True), nullable=False),
    Column("input_digest", LargeBinary, nullable=False),
    Column("draws", Integer, nullable=False),  # how often codes were drawn
    Column("drawn_by", Uuid),
    Column("drawn_at", DateTime(timezone=True)),
    Column("closed_at", DateTime(timezone=True)),
    Column("sheets", Integer),  # that came back; only after the close, and from five on
    Column("reason", Text),  # of a withdrawal
    UniqueConstraint("district_id", "number"),
    CheckConstraint("kind IN ('members', 'staff', 'peers')", name="kind_known"),
    CheckConstraint("subject IN ('branch', 'secretary')", name="subject_known"),
    CheckConstraint("state IN ('called', 'closed', 'withdrawn')", name="state_known"),
    refers("called_by", to="account"),
    refers("drawn_by", to="account"),
    Index(None, "district_id", "closes_on"),
)

survey_subject = district_table(
    "survey_subject",
    Column("survey_id", Uuid, nullable=False),
    Column("organisation_id", Uuid, nullable=False),
    Column("place", Integer, nullable=False),  # on the sheet, from 0 on
    Column("name", Text, nullable=False),
    Column("answers", Integer),  # valid ones to the first question; none until the close, and below five
    Column("satisfied", Integer),
    Column("unfit", Integer),
    refers("survey_id", to="survey"),
    refers("organisation_id", to="organisation"),
    Index(None, "district_id", "organisation_id"),
    key=("survey_id", "organisation_id"),
)

# Never changed by an answer: which codes are spent is inside the box. All of them go at the close.
survey_code = district_table(
    "survey_code",
    Column("survey_id", Uuid, nullable=False),
    Column("hash", LargeBinary, nullable=False),  # keyed; the code itself is on its slip only
    Column("place", Integer, nullable=False),  # in the order of the hashes, so that it tells nothing
    refers("survey_id", to="survey"),
    key=("survey_id", "hash"),
)

# One row a survey, which each answer replaces by another of the same length; encrypted under the service's key.
answer_box = district_table(
    "answer_box",
    Column("survey_id", Uuid, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    refers("survey_id", to="survey"),
    key=("survey_id",),
)

tally = district_table(
    "tally",
    Column("survey_id", Uuid, nullable=False),
    Column("organisation_id", Uuid, nullable=False),
    Column("question", Text(collation="C"), nullable=False),
    Column("choice", Text(collation="C"), nullable=False),
    Column("count", Integer, nullable=False),
    refers("survey_id", "organisation_id", to="survey_subject", key=("survey_id", "organisation_id")),
    key=("survey_id", "organisation_id", "question", "choice"),
)
