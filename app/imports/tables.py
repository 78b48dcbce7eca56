"""Tables of imports: what came in one workbook, and which record each of its rows became."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    Text,
    Uuid,
    text,
)

from app.kit.db import district_table, refers

import_batch = district_table(
    "import_batch",
    Column("id", Uuid, nullable=False),  # made by the client; stands in ``batch`` of the entries
    Column("path", Text(collation="C"), nullable=False),  # the place that holds all of its members on their days
    Column("file_name", Text, nullable=False),
    Column("row_count", Integer, nullable=False),
    Column("content_digest", LargeBinary, nullable=False),  # of what its rows say, in whatever order
    Column("again", Boolean, nullable=False),  # the same content on purpose
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    Column("recorded_by", Uuid),  # none: the service itself
    Column("reversal_id", Uuid),
    Column("reversed_at", DateTime(timezone=True)),
    Column("reversed_by", Uuid),
    Column("reversal_reason", Text),
    CheckConstraint("row_count > 0", name="rows_counted"),
    CheckConstraint("(reversed_at IS NULL) = (reversal_id IS NULL)", name="reversed_under_an_id"),
    refers("recorded_by", to="account"),
    refers("reversed_by", to="account"),
    Index(None, "district_id", "recorded_at"),
    # Of two that send the same content under two ids at one moment, one finds the other.
    Index(
        "uq_import_batch_content",
        "district_id",
        "content_digest",
        unique=True,
        postgresql_where=text("NOT again AND reversed_at IS NULL"),
    ),
)

import_row = district_table(
    "import_row",
    Column("batch_id", Uuid, nullable=False),
    Column("row", Integer, nullable=False),  # as the spreadsheet program numbers it
    Column("record_id", Uuid, nullable=False),  # of the entry, of the submission, or of both
    CheckConstraint("row > 0", name="row_positive"),
    refers("batch_id", to="import_batch"),
    key=("batch_id", "row"),
)
