"""The notice of a branch's results for its wall: names as the policy for members has them, and no deductions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.boards import service as boards
from app.boards.core import Audience, shown_name
from app.kit.errors import NotFound
from app.reviews.core import quarter_name
from app.reviews.core_packs import Json
from app.reviews.wording import day_text
from app.roster import service as roster
from app.roster.core import OrganisationKind
from app.rules.points import printed_text
from app.seals import showing


def wall_notice(connection: Connection, actor: Actor, quarter: str, branch_id: UUID) -> tuple[Json, datetime]:
    """What is hung out, in the order of the members' numbers, and the moment that the sheet is dated with.

    Raises NotFound, UnknownQuarter and NoticeNotBegun.
    """
    views = roster.organisations(connection, actor.district_id)
    branch = next((one for one in views if one.id == branch_id and one.kind is OrganisationKind.BRANCH), None)
    if branch is None or not actor.may(Permission.QUARTER_EXPORT, branch.path):
        raise NotFound(what="branch", field="branch_id")
    sheet = showing.notice_sheet(connection, actor, quarter, branch_id)
    names = boards.policy(connection, actor, Audience.MEMBERS).names
    rows = [
        [
            shown_name(one.name, names),
            printed_text(one.score.daily, one.score.decimals),
            printed_text(one.score.innovation, one.score.decimals),
            printed_text(one.score.effective, one.score.decimals),
            "依据不足" if one.insufficient else "",
            day_text(one.until_on.isoformat()),
        ]
        for one in sheet.rows
    ]
    told: Json = {
        "branch": branch.name,
        "quarter": quarter_name(quarter, "zh"),
        "from": day_text(sheet.from_on.isoformat()),
        "until": day_text(sheet.until_on.isoformat()),
        "rows": rows,
    }
    begun = datetime.combine(sheet.from_on, datetime.min.time(), actor.at.tzinfo)
    return told, begun
