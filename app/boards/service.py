"""Boards under the district's policy."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, Permission, Role, within
from app.boards import store
from app.boards.core import (
    Audience,
    Board,
    BoardPolicy,
    BoardRow,
    OwnPlaces,
    OwnPosition,
    Place,
    Reach,
    competition_ranks,
    shown_name,
)
from app.boards.store import Ranking
from app.kit.errors import ErrorKind, LongwenError, NotFound
from app.points.reading import present_cycle
from app.roster import service as roster
from app.roster.core import OrganisationKind, OrganisationView
from app.seals import showing
from app.seals.core import NoticeSheet


class BoardOff(LongwenError):
    """The district's policy shows no such board."""

    kind = ErrorKind.FORBIDDEN
    code = "board_off"
    zh = "本区的榜单设置不显示该榜单。本人积分请在“积分状态”中查看。"
    en = "The district's policy shows no such board. Your own points are under “standing”."


def audience_of(actor: Actor) -> Audience:
    """Members see the members' board, screens theirs, whoever holds an office the office's."""
    roles = {held.role for held in actor.appointments}
    if Role.SCREEN in roles:
        return Audience.SCREENS
    officers = roles - {Role.MEMBER}
    return Audience.OFFICE if officers or actor.is_service else Audience.MEMBERS


def policy(connection: Connection, actor: Actor, audience: Audience) -> BoardPolicy:
    """The district's policy for an audience, or the default: the top ten with masked names."""
    return store.find_policy(connection, actor.district_id, audience) or BoardPolicy()


def set_policy(connection: Connection, actor: Actor, audience: Audience, wanted: BoardPolicy) -> BoardPolicy:
    """Raises NotFound for whoever does not set policies for the whole district."""
    if not actor.may(Permission.BOARD_SET, roster.root_of(actor.district_id)):
        raise NotFound(what="district")
    store.upsert_policy(connection, actor.district_id, audience, wanted, actor.at, actor.account_id)
    return wanted


def district_board(connection: Connection, actor: Actor, cycle: str | None) -> Board:
    """Raises BoardOff where the policy keeps boards inside branches."""
    audience = audience_of(actor)
    held = policy(connection, actor, audience)
    if held.reach is not Reach.DISTRICT:
        raise BoardOff
    organisations = roster.organisations(connection, actor.district_id)
    root = next(one for one in organisations if one.kind is OrganisationKind.DISTRICT)
    return _board(connection, actor, cycle, "district", root, organisations, audience, held)


def branch_board(connection: Connection, actor: Actor, branch_id: UUID, cycle: str | None) -> Board:
    """The board of a branch for who may read boards there, or in one of its groups. Raises NotFound and BoardOff."""
    organisations = roster.organisations(connection, actor.district_id)
    branch = next((one for one in organisations if one.id == branch_id), None)
    if branch is None or not _reads(actor, branch.path):
        raise NotFound(what="branch", field="branch_id")
    audience = audience_of(actor)
    held = policy(connection, actor, audience)
    if held.reach is Reach.OFF:
        raise BoardOff
    if branch.kind is not OrganisationKind.BRANCH:
        raise NotFound(what="branch", field="branch_id")
    return _board(connection, actor, cycle, "branch", branch, organisations, audience, held)


def notice(connection: Connection, actor: Actor, quarter: str, branch_id: UUID) -> NoticeSheet:
    """A branch's results on notice, for who may read boards there, with names as the policy has them.

    A notice is due to the members, so no policy turns it off. Raises NotFound, UnknownQuarter and NoticeNotBegun.
    """
    organisations = roster.organisations(connection, actor.district_id)
    branch = next((one for one in organisations if one.id == branch_id), None)
    if branch is None or not _reads(actor, branch.path):
        raise NotFound(what="branch", field="branch_id")
    held = policy(connection, actor, audience_of(actor))
    sheet = showing.notice_sheet(connection, actor, quarter, branch_id)
    rows = tuple(replace(one, name=shown_name(one.name, held.names)) for one in sheet.rows)
    return replace(sheet, rows=rows)


def own_places(
    connection: Connection, actor: Actor, cycle: str, branch_id: UUID, organisations: Collection[UUID]
) -> OwnPlaces:
    """The caller's own places: in the branch always; in the district (all ``organisations``) where boards reach it.

    A member always sees the own position, whatever others see of the board (domain, finding 0.1).
    """
    if actor.account_id is None or not actor.may_somewhere(Permission.BOARD_READ):
        return OwnPlaces(Reach.OFF)
    reach = policy(connection, actor, audience_of(actor)).reach
    branch = _own_place(connection, actor, actor.account_id, cycle, [branch_id])
    district = None
    if reach is Reach.DISTRICT and branch is not None:
        district = _own_place(connection, actor, actor.account_id, cycle, organisations)
    return OwnPlaces(reach, branch, district)


def _own_place(
    connection: Connection, actor: Actor, account_id: UUID, cycle: str, branches: Collection[UUID]
) -> Place | None:
    ranking = Ranking(actor.district_id, cycle, tuple(branches), actor.today)
    mine = store.find_own(connection, ranking, account_id)
    if mine is None:
        return None
    count, _ = store.get_extent(connection, ranking)
    return Place(mine[1] + 1, count)


def _reads(actor: Actor, path: str) -> bool:
    inside = any(within(held, path) for held in actor.reach(Permission.BOARD_READ))
    return inside or actor.may(Permission.BOARD_READ, path)


def _board(
    connection: Connection,
    actor: Actor,
    cycle: str | None,
    scope: str,
    place: OrganisationView,
    organisations: Sequence[OrganisationView],
    audience: Audience,
    held: BoardPolicy,
) -> Board:
    cycle = cycle or present_cycle(connection, actor)
    branches = [one.id for one in organisations if within(one.path, place.path)]
    ranking = Ranking(actor.district_id, cycle, tuple(branches), actor.today)
    placed = store.list_top(connection, ranking, held.top)
    count, data_at = store.get_extent(connection, ranking)
    ranks = competition_ranks([one.points for one in placed])
    rows = tuple(
        BoardRow(rank, one.member_id, shown_name(one.name, held.names), one.branch, one.points)
        for rank, one in zip(ranks, placed, strict=True)
    )
    own = None
    if actor.account_id is not None:
        mine = store.find_own(connection, ranking, actor.account_id)
        own = None if mine is None else OwnPosition(mine[1] + 1, mine[0])
    return Board(scope, place.name, cycle, audience, held, count, rows, own, data_at)
