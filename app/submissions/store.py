"""Queries of submissions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Uuid,
    and_,
    any_,
    bindparam,
    exists,
    false,
    insert,
    literal,
    or_,
    select,
    update,
)

from app.kit.db import AnyRow, at_or_below
from app.points.ledger import Posting, Source
from app.roster.tables import member, membership
from app.rules.award import Outcome
from app.rules.core import Kind
from app.submissions.core import Papers, Sought, Submission
from app.submissions.core_states import OPEN_TO_EDIT, SubmissionState
from app.submissions.tables import submission


def insert_submissions(connection: Connection, district_id: UUID, submissions: Sequence[Submission]) -> None:
    if submissions:
        connection.execute(insert(submission), [{"district_id": district_id, **_values(one)} for one in submissions])


def update_submission(connection: Connection, district_id: UUID, changed: Submission) -> None:
    """Write all of it but its id."""
    values = {name: value for name, value in _values(changed).items() if name != "id"}
    connection.execute(
        update(submission)
        .where(submission.c.district_id == district_id, submission.c.id == changed.id)
        .values(**values)
    )


def update_withdrawn(connection: Connection, district_id: UUID, ids: Sequence[UUID]) -> None:
    """Take many back in one statement, each with one step more."""
    if ids:
        connection.execute(
            update(submission)
            .where(submission.c.district_id == district_id, submission.c.id.in_(ids))
            .values(state=SubmissionState.WITHDRAWN.value, version=submission.c.version + 1, asked=[], due_on=None)
        )


# Made once: every request that records asks it.
_BY_ID = select(submission).where(
    submission.c.district_id == bindparam("in_district"),
    submission.c.id == any_(bindparam("ids", type_=ARRAY(Uuid))),
)


def find_submissions(connection: Connection, district_id: UUID, ids: Iterable[UUID]) -> dict[UUID, Submission]:
    rows = connection.execute(_BY_ID, {"in_district": district_id, "ids": list(ids)})
    return {row.id: _submission(row) for row in rows}


def lock_submissions(connection: Connection, district_id: UUID, ids: Iterable[UUID]) -> dict[UUID, Submission]:
    """Those that exist, locked in the order of their ids."""
    statement = (
        select(submission)
        .where(submission.c.district_id == district_id, submission.c.id.in_(sorted(ids)))
        .order_by(submission.c.id)
        .with_for_update()
    )
    return {row.id: _submission(row) for row in connection.execute(statement)}


def list_submissions(
    connection: Connection,
    district_id: UUID,
    *,
    paths: Sequence[str] | None,
    own_account: UUID | None,
    recording: Sequence[str],
    sought: Sought,
    after: tuple[datetime, UUID] | None,
    count_max: int,
) -> list[Submission]:
    """By time of recording; ``paths`` None reaches everywhere, and what is about the own account is always there.

    What was never handed in is its recorder's alone; what the account recorded is there as far as it still records
    (``recording``) where that lies, or where the member has belonged.
    """
    columns = submission.c
    whose = and_(member.c.district_id == columns.district_id, member.c.id == columns.member_id)
    statement = (
        select(submission)
        .select_from(submission.join(member, whose))
        .where(columns.district_id == district_id, *_sought(sought, own_account))
        .order_by(columns.recorded_at, columns.id)
        .limit(count_max)
    )
    if paths is not None:
        # Only below, for a branch's own path is a prefix of its groups'.
        own = member.c.account_id == own_account
        seen = and_(columns.submitted_at.is_not(None), or_(own, *(at_or_below(columns.path, path) for path in paths)))
        belonged = exists().where(
            membership.c.district_id == columns.district_id,
            membership.c.member_id == columns.member_id,
            or_(false(), *(at_or_below(membership.c.path, path) for path in recording)),
        )
        here = [at_or_below(columns.path, path) for path in recording]
        recorded = and_(columns.recorded_by == own_account, or_(own, belonged, *here))
        statement = statement.where(or_(recorded, seen))
    if after is not None:
        at, last = after
        later = and_(columns.recorded_at == at, columns.id > last)
        statement = statement.where(or_(columns.recorded_at > at, later))
    return [_submission(row) for row in connection.execute(statement)]


def _sought(sought: Sought, own_account: UUID | None) -> list[ColumnElement[bool]]:
    columns = submission.c
    found: list[ColumnElement[bool]] = []
    if sought.state is not None:
        found.append(columns.state == sought.state.value)
    if sought.kind is not None:
        found.append(columns.kind == sought.kind.value)
    if sought.branch_id is not None:
        found.append(columns.branch_id == sought.branch_id)
    if sought.member_id is not None:
        found.append(columns.member_id == sought.member_id)
    if sought.due_by is not None:
        found.append(columns.due_on <= sought.due_by)
    if sought.waiting:
        waits = literal(own_account, columns.recorded_by.type) == any_(columns.asked)
        found.append(and_(columns.state == SubmissionState.SUBMITTED.value, waits))
    return found


def list_under_review(connection: Connection, district_id: UUID) -> list[UUID]:
    """Those that wait for a member or a reviewer."""
    statement = select(submission.c.id).where(
        submission.c.district_id == district_id, submission.c.state == SubmissionState.SUBMITTED.value
    )
    return list(connection.execute(statement).scalars())


def list_under_review_of(connection: Connection, district_id: UUID, members: Iterable[UUID]) -> list[UUID]:
    """Those about the members that wait for a member or a reviewer."""
    statement = select(submission.c.id).where(
        submission.c.district_id == district_id,
        submission.c.member_id.in_(sorted(members)),
        submission.c.state == SubmissionState.SUBMITTED.value,
    )
    return list(connection.execute(statement).scalars())


def list_unfinished(connection: Connection, district_id: UUID, days: Sequence[tuple[date, date]]) -> list[UUID]:
    """Drafts and returned ones about days of these spans."""
    spans = [submission.c.effective_on.between(first, last) for first, last in days]
    statement = select(submission.c.id).where(
        submission.c.district_id == district_id,
        submission.c.state.in_([state.value for state in OPEN_TO_EDIT]),
        or_(*spans),
    )
    return list(connection.execute(statement).scalars())


def _values(one: Submission) -> dict[str, Any]:
    posting = one.posting
    return {
        "id": posting.id,
        "member_id": posting.member_id,
        "branch_id": one.branch_id,
        "path": one.path,
        "item": posting.item,
        "kind": one.kind.value,
        "outcome": None if posting.outcome is None else posting.outcome.value,
        "tier": posting.tier,
        "matter": posting.matter,
        "units": posting.units,
        "points": posting.chosen,
        "worth": one.worth,
        "effective_on": posting.effective_on,
        "reason": posting.reason,
        "costs": posting.costs,
        "key_work": one.papers.key_work,
        "evidence": list(one.papers.evidence),
        "writers": list(one.papers.writers),
        "state": one.state.value,
        "version": one.version,
        "round": one.round,
        "stage": one.stage,
        "asked": list(one.asked),
        "due_on": one.due_on,
        "recorded_at": one.recorded_at,
        "recorded_by": posting.recorded_by,
        "submitted_at": one.submitted_at,
        "decided_at": one.decided_at,
        "decided_by": one.decided_by,
        "decision_note": one.decision_note,
        "entry_id": posting.id if one.state is SubmissionState.POSTED else None,
        "sent_digest": one.sent_digest,
    }


def _submission(row: AnyRow) -> Submission:
    posting = Posting(
        id=row.id,
        member_id=row.member_id,
        item=row.item,
        effective_on=row.effective_on,
        outcome=None if row.outcome is None else Outcome(row.outcome),
        tier=row.tier,
        units=row.units,
        chosen=row.points,
        matter=row.matter,
        reason=row.reason,
        costs=row.costs,
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
        sent_digest=bytes(row.sent_digest),
        papers=Papers(tuple(row.evidence), row.key_work, tuple(row.writers)),
        version=row.version,
        round=row.round,
        stage=row.stage,
        asked=tuple(row.asked),
        due_on=row.due_on,
        submitted_at=row.submitted_at,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        decision_note=row.decision_note,
        worth=row.worth,
    )
