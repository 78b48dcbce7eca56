"""Queries of submissions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, and_, insert, or_, select, update

from app.kit.db import AnyRow
from app.points.ledger import Posting, Source
from app.roster.tables import member
from app.rules.core import Kind
from app.submissions.core import Submission, SubmissionState
from app.submissions.tables import submission


def insert_submissions(connection: Connection, district_id: UUID, submissions: Sequence[Submission]) -> None:
    rows = [
        {
            "district_id": district_id,
            "id": one.posting.id,
            "member_id": one.posting.member_id,
            "branch_id": one.branch_id,
            "path": one.path,
            "item": one.posting.item,
            "kind": one.kind.value,
            "tier": one.posting.tier,
            "matter": one.posting.matter,
            "units": one.posting.units,
            "points": one.posting.chosen,
            "effective_on": one.posting.effective_on,
            "reason": one.posting.reason,
            "state": one.state.value,
            "recorded_at": one.recorded_at,
            "recorded_by": one.posting.recorded_by,
            "input_digest": one.posting.input_digest(),
        }
        for one in submissions
    ]
    if rows:
        connection.execute(insert(submission), rows)


def find_submissions(connection: Connection, district_id: UUID, ids: Iterable[UUID]) -> dict[UUID, Submission]:
    statement = select(submission).where(submission.c.district_id == district_id, submission.c.id.in_(list(ids)))
    return {row.id: _submission(row) for row in connection.execute(statement)}


def lock_submission(connection: Connection, district_id: UUID, submission_id: UUID) -> Submission | None:
    statement = (
        select(submission)
        .where(submission.c.district_id == district_id, submission.c.id == submission_id)
        .with_for_update()
    )
    row = connection.execute(statement).one_or_none()
    return None if row is None else _submission(row)


def update_decided(
    connection: Connection,
    district_id: UUID,
    submission_id: UUID,
    *,
    state: SubmissionState,
    at: datetime,
    by: UUID | None,
    note: str | None,
) -> None:
    statement = (
        update(submission)
        .where(submission.c.district_id == district_id, submission.c.id == submission_id)
        .values(
            state=state.value,
            decided_at=at,
            decided_by=by,
            decision_note=note,
            entry_id=submission_id if state is SubmissionState.POSTED else None,
        )
    )
    connection.execute(statement)


def list_submissions(
    connection: Connection,
    district_id: UUID,
    *,
    paths: Sequence[str] | None,
    own_account: UUID | None,
    state: SubmissionState | None,
    after: tuple[datetime, UUID] | None,
    count_max: int,
) -> list[Submission]:
    """By time of recording; ``paths`` None reaches everywhere, and what concerns the own account is always there."""
    whose = and_(member.c.district_id == submission.c.district_id, member.c.id == submission.c.member_id)
    statement = (
        select(submission)
        .select_from(submission.join(member, whose))
        .where(submission.c.district_id == district_id)
        .order_by(submission.c.recorded_at, submission.c.id)
        .limit(count_max)
    )
    if paths is not None:
        # Only below: a branch's own path is a prefix of its groups', and segments have one length.
        reached = [or_(submission.c.path == path, submission.c.path.op("^@")(path + ".")) for path in paths]
        own = [member.c.account_id == own_account, submission.c.recorded_by == own_account]
        statement = statement.where(or_(*reached, *own))
    if state is not None:
        statement = statement.where(submission.c.state == state.value)
    if after is not None:
        at, last = after
        later = and_(submission.c.recorded_at == at, submission.c.id > last)
        statement = statement.where(or_(submission.c.recorded_at > at, later))
    return [_submission(row) for row in connection.execute(statement)]


def _submission(row: AnyRow) -> Submission:
    posting = Posting(
        id=row.id,
        member_id=row.member_id,
        item=row.item,
        effective_on=row.effective_on,
        tier=row.tier,
        units=row.units,
        chosen=row.points,
        matter=row.matter,
        reason=row.reason,
        source=Source.SUBMISSION,
        recorded_by=row.recorded_by,
        approved_by=row.decided_by,
    )
    return Submission(
        posting=posting,
        branch_id=row.branch_id,
        path=row.path,
        kind=Kind(row.kind),
        state=SubmissionState(row.state),
        recorded_at=row.recorded_at,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        decision_note=row.decision_note,
    )
