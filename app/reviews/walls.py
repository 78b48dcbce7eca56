"""The notice of a branch's results for its wall: names as the policy for members has them, and no deductions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from app.auth import service_access
from app.auth.core import Actor, Permission
from app.auth.core_access import Access, Action, ObjectKind
from app.boards import service as boards
from app.boards.core import Audience
from app.kit.errors import NotFound
from app.reviews.core import quarter_name
from app.reviews.core_packs import Json
from app.reviews.wording import day_text
from app.roster import service as roster
from app.roster.core import OrganisationKind
from app.rules.points import printed_text
from app.seals import showing


def wall_notice(
    connection: Connection, actor: Actor, quarter: str, branch_id: UUID, *, request_id: str
) -> tuple[Json, datetime]:
    """What is hung out, in the order of the members' numbers, and the moment that the sheet is dated with.

    It is written to the access log, as every paper that is taken away. Raises NotFound, UnknownQuarter and
    NoticeNotBegun.
    """
    views = roster.organisations(connection, actor.district_id)
    branch = next((one for one in views if one.id == branch_id and one.kind is OrganisationKind.BRANCH), None)
    if branch is None or not actor.may(Permission.QUARTER_EXPORT, branch.path):
        raise NotFound(what="branch", field="branch_id")
    sheet = showing.notice_sheet(connection, actor, quarter, branch_id)
    names = boards.names_on(sheet, boards.policy(connection, actor, Audience.MEMBERS).names)
    rows = [
        [
            name,
            printed_text(one.score.daily, one.score.decimals),
            printed_text(one.score.innovation, one.score.decimals),
            printed_text(one.score.effective, one.score.decimals),
            "依据不足" if one.insufficient else "",
            day_text(one.until_on.isoformat()),
        ]
        for name, one in zip(names, sheet.rows, strict=True)
    ]
    access = Access(Action.QUARTER_EXPORT, ObjectKind.QUARTER, quarter, branch.path, request_id, "公示张贴件")
    service_access.write_down(connection, actor, access)
    told: Json = {
        "branch": branch.name,
        "quarter": quarter_name(quarter, "zh"),
        "from": day_text(sheet.from_on.isoformat()),
        "until": day_text(sheet.until_on.isoformat()),
        "rows": rows,
        "note": "所示姓名相同的，附注党员编号后三位。" if any(" " in name for name in names) else "",
    }
    begun = datetime.combine(sheet.from_on, datetime.min.time(), actor.at.tzinfo)
    return told, begun
