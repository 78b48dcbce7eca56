"""Every room's tables in one metadata: what the migrations are compared with."""

from __future__ import annotations

import app.activities.tables
import app.appeals.tables
import app.appraisals.tables
import app.auth.tables
import app.boards.tables
import app.cases.tables
import app.cycles.tables
import app.digests.tables
import app.enrolment.tables
import app.files.tables
import app.grids.tables
import app.imports.tables
import app.job_runs.tables
import app.messages.tables
import app.points.tables
import app.proofs.tables
import app.ratings.tables
import app.reviews.tables
import app.roster.tables
import app.rules.tables
import app.seals.tables
import app.submissions.tables
import app.surveys.tables  # noqa: F401 - imported so that each table enters the metadata
from app.kit.db import metadata

__all__ = ["metadata"]
