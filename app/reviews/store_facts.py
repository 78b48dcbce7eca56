"""What lower rooms know at a quarter's end, read for the image of a pack: one statement for each list."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, FromClause, and_, case, or_, select

from app.auth.tables import account
from app.cases.tables import assistance_case, commendation, line_finding
from app.grids.tables import grid, grid_lead, mentoring
from app.kit.db import AnyRow
from app.points.tables import entry, entry_text
from app.proofs.tables import checkpoint
from app.roster.tables import enterprise, member, organisation

_FETCH = 2000


def find_account_name(connection: Connection, district_id: UUID, account_id: UUID) -> str | None:
    statement = select(account.c.name).where(account.c.district_id == district_id, account.c.id == account_id)
    return connection.execute(statement).scalar_one_or_none()


def find_seal_root(connection: Connection, district_id: UUID, quarter: str) -> tuple[int, bytes] | None:
    """Number and root of the checkpoint of the quarter's seal."""
    statement = select(checkpoint.c.number, checkpoint.c.root).where(
        checkpoint.c.district_id == district_id, checkpoint.c.quarter == quarter
    )
    row = connection.execute(statement).one_or_none()
    return None if row is None else (row.number, bytes(row.root))


def _of_branch(table: FromClause) -> ColumnElement[bool]:
    return and_(organisation.c.district_id == table.c.district_id, organisation.c.id == table.c.branch_id)


def _of_member(table: FromClause) -> ColumnElement[bool]:
    return and_(member.c.district_id == table.c.district_id, member.c.id == table.c.member_id)


def stream_entries(connection: Connection, district_id: UUID, quarter: str) -> Iterator[AnyRow]:
    """What was booked in the quarter but openings, branch by branch, with its words."""
    words = and_(entry_text.c.district_id == entry.c.district_id, entry_text.c.entry_id == entry.c.id)
    joined = entry.join(organisation, _of_branch(entry)).join(member, _of_member(entry))
    statement = (
        select(
            organisation.c.path,
            organisation.c.name.label("branch"),
            member.c.name,
            member.c.number,
            entry.c.id,
            entry.c.seq,
            entry.c.item,
            entry.c.kind,
            entry.c.points,
            entry.c.effective_on,
            entry.c.matter,
            entry.c.edition,
            entry.c.profile,
            entry.c.reverses,
            entry_text.c.reason,
        )
        .select_from(joined.outerjoin(entry_text, words))
        .where(entry.c.district_id == district_id, entry.c.booked_in == quarter, entry.c.kind != "opening")
        .order_by(organisation.c.path, member.c.number, entry.c.effective_on, entry.c.seq, entry.c.id)
        .execution_options(yield_per=_FETCH)
    )
    with connection.execute(statement) as rows:
        yield from rows


def list_findings(connection: Connection, district_id: UUID, quarter: str) -> list[AnyRow]:
    """Who met which line, branch by branch."""
    statement = (
        select(line_finding, organisation.c.path, organisation.c.name.label("branch"), member.c.name)
        .select_from(line_finding.join(organisation, _of_branch(line_finding)).join(member, _of_member(line_finding)))
        .where(line_finding.c.district_id == district_id, line_finding.c.quarter == quarter)
        .order_by(organisation.c.path, line_finding.c.line, member.c.number)
    )
    return list(connection.execute(statement))


def list_commendations(connection: Connection, district_id: UUID, quarter: str) -> list[AnyRow]:
    """The quarter's list, branch by branch."""
    statement = (
        select(commendation, organisation.c.name.label("branch"), member.c.name)
        .select_from(commendation.join(organisation, _of_branch(commendation)).join(member, _of_member(commendation)))
        .where(commendation.c.district_id == district_id, commendation.c.quarter == quarter)
        .order_by(commendation.c.path, commendation.c.line, commendation.c.position.nulls_last(), member.c.number)
    )
    return list(connection.execute(statement))


def list_cases(connection: Connection, district_id: UUID, since: datetime, quarter: str) -> list[AnyRow]:
    """Assistance cases that had not ended before a moment, of lines met in the quarter (opened after its end) or before
    it: a pack that is made late knows nothing of later quarters' cases.
    """
    statement = (
        select(assistance_case, organisation.c.name.label("branch"), member.c.name)
        .select_from(
            assistance_case.join(organisation, _of_branch(assistance_case)).join(member, _of_member(assistance_case))
        )
        .where(
            assistance_case.c.district_id == district_id,
            assistance_case.c.state != "annulled",
            assistance_case.c.quarter <= quarter,
            or_(assistance_case.c.ended_at.is_(None), assistance_case.c.ended_at >= since),
        )
        .order_by(assistance_case.c.path, member.c.number, assistance_case.c.opened_on)
    )
    return list(connection.execute(statement))


def list_mentorings(connection: Connection, district_id: UUID, first: date, last: date) -> list[AnyRow]:
    """Pairings under way on or after the first day and proposed by the last, by where the helped one is; withdrawn and
    refused proposals are none.
    """
    helped = organisation.alias("helped")
    lead = organisation.alias("lead")
    inside = mentoring.c.district_id
    name = case(
        (mentoring.c.kind == "branch", helped.c.name),
        (mentoring.c.kind == "enterprise", enterprise.c.name),
        else_=member.c.name,
    )
    joined = (
        mentoring.join(grid_lead, and_(grid_lead.c.district_id == inside, grid_lead.c.id == mentoring.c.lead_id))
        .join(grid, and_(grid.c.district_id == inside, grid.c.id == grid_lead.c.grid_id))
        .join(lead, and_(lead.c.district_id == inside, lead.c.id == grid_lead.c.branch_id))
        .outerjoin(helped, and_(helped.c.district_id == inside, helped.c.id == mentoring.c.helped_id))
        .outerjoin(enterprise, and_(enterprise.c.district_id == inside, enterprise.c.id == mentoring.c.helped_id))
        .outerjoin(member, and_(member.c.district_id == inside, member.c.id == mentoring.c.helped_id))
    )
    statement = (
        select(
            mentoring.c.path,
            mentoring.c.lead_path,
            mentoring.c.kind,
            mentoring.c.state,
            mentoring.c.active_on,
            mentoring.c.ended_on,
            mentoring.c.outcome,
            grid.c.name.label("grid"),
            lead.c.name.label("lead"),
            name.label("helped"),
        )
        .select_from(joined)
        .where(
            mentoring.c.district_id == district_id,
            mentoring.c.proposed_on <= last,
            or_(mentoring.c.ended_on.is_(None), mentoring.c.ended_on >= first),
            or_(mentoring.c.outcome.is_(None), mentoring.c.outcome.not_in(["withdrawn", "refused"])),
        )
        .order_by(mentoring.c.path, mentoring.c.proposed_on, mentoring.c.id)
    )
    return list(connection.execute(statement))
