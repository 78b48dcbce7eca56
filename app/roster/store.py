"""Every query of the roster, inside one district. The days of a membership count from its first to its last."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Select,
    Uuid,
    and_,
    any_,
    bindparam,
    false,
    func,
    literal,
    or_,
    select,
)

from app.auth.tables import account, district
from app.kit.db import at_or_below
from app.roster.core import EXEMPT, BranchForm, MemberOn, MemberView, OrganisationKind, OrganisationView
from app.roster.history import MemberHistory, Spell
from app.roster.tables import exemption, member, membership, organisation

# Organisations.


def list_organisations(connection: Connection, district_id: UUID) -> tuple[OrganisationView, ...]:
    """All that were ever there, in the order of the tree."""
    statement = _organisations(district_id).order_by(organisation.c.path)
    return tuple(_organisation(row) for row in connection.execute(statement))


def find_organisation(connection: Connection, district_id: UUID, organisation_id: UUID) -> OrganisationView | None:
    row = connection.execute(_organisations(district_id).where(organisation.c.id == organisation_id)).one_or_none()
    return None if row is None else _organisation(row)


def get_district_label(connection: Connection, district_id: UUID) -> tuple[str, str]:
    """Code and name of the district."""
    found = connection.execute(select(district.c.code, district.c.name).where(district.c.id == district_id)).one()
    return found.code, found.name


def _organisations(district_id: UUID) -> Select[Any]:
    columns = organisation.c
    return select(
        columns.id, columns.path, columns.parent_id, columns.kind, columns.code, columns.name, columns.form,
        columns.founded_on, columns.from_on, columns.until_on,
    ).where(columns.district_id == district_id)  # fmt: skip


def _organisation(row: Sequence[Any]) -> OrganisationView:
    identifier, path, parent_id, kind, *rest = row
    return OrganisationView(identifier, path, parent_id, OrganisationKind(kind), *rest)


# Members on a day.


def list_members_on(
    connection: Connection, district_id: UUID, ids: Collection[UUID], day: date
) -> dict[UUID, MemberOn]:
    statement = _members_on(district_id, day).where(member.c.id == _any_of(ids))
    return {row.id: _member_on(row) for row in connection.execute(statement)}


def list_members_under(connection: Connection, district_id: UUID, path: str, day: date) -> tuple[MemberOn, ...]:
    """Those whose membership of that day lies at ``path`` or below it, by number."""
    statement = _members_on(district_id, day).where(at_or_below(membership.c.path, path)).order_by(member.c.number)
    return tuple(_member_on(row) for row in connection.execute(statement))


def _members_on(district_id: UUID, day: date) -> Select[Any]:
    belongs = and_(
        membership.c.district_id == district_id,
        membership.c.member_id == member.c.id,
        membership.c.from_on <= day,
        or_(membership.c.until_on.is_(None), membership.c.until_on >= day),
    )
    exempt = and_(
        exemption.c.district_id == district_id,
        exemption.c.member_id == member.c.id,
        exemption.c.from_on <= day,
        or_(exemption.c.until_on.is_(None), exemption.c.until_on >= day),
    )
    return (
        select(
            member.c.id, member.c.number, member.c.account_id, member.c.name, member.c.joined_on,
            membership.c.branch_id, membership.c.group_id, membership.c.path, membership.c.profile,
            membership.c.from_on, organisation.c.form, exemption.c.id.label("exemption_id"),
        )
        .select_from(
            member.join(membership, belongs).join(organisation, _branch(district_id)).outerjoin(exemption, exempt)
        )
        .where(member.c.district_id == district_id)
    )  # fmt: skip


def _member_on(row: Any) -> MemberOn:
    return MemberOn(
        id=row.id, number=row.number, account_id=row.account_id, name=row.name, joined_on=row.joined_on,
        branch_id=row.branch_id, group_id=row.group_id, path=row.path,
        profile=row.profile if row.exemption_id is None else EXEMPT, from_on=row.from_on, form=_form(row.form),
    )  # fmt: skip


def _branch(district_id: UUID) -> ColumnElement[bool]:
    """The branch of a membership."""
    return and_(organisation.c.district_id == district_id, organisation.c.id == membership.c.branch_id)


def _form(value: str | None) -> BranchForm | None:
    return None if value is None else BranchForm(value)


def _any_of(ids: Collection[UUID]) -> Any:
    """One parameter for any number of ids: the statement stays the same one, and is prepared once."""
    return any_(literal(list(ids), ARRAY(Uuid)))


# Members over time.


@cache
def _histories() -> Select[Any]:
    """Each membership of the members, once for each of the member's exemptions."""
    district_id: ColumnElement[UUID] = bindparam("in_district", type_=Uuid())
    belongs = and_(membership.c.district_id == district_id, membership.c.member_id == member.c.id)
    branch = and_(organisation.c.district_id == district_id, organisation.c.id == membership.c.branch_id)
    exempt = and_(exemption.c.district_id == district_id, exemption.c.member_id == member.c.id)
    # Whoever cannot log in is told in person and appeals on paper, as those who never had an account.
    opened = and_(
        account.c.district_id == district_id, account.c.id == member.c.account_id, account.c.closed_at.is_(None)
    )
    return (
        select(
            member.c.id, member.c.number, account.c.id.label("account_id"), member.c.name, member.c.joined_on,
            membership.c.id.label("spell_id"), membership.c.branch_id, membership.c.group_id, membership.c.path,
            membership.c.profile, membership.c.from_on, membership.c.until_on, organisation.c.form,
            exemption.c.id.label("exemption_id"), exemption.c.from_on.label("exempt_from_on"),
            exemption.c.until_on.label("exempt_until_on"),
        )
        .select_from(
            member.join(membership, belongs).join(organisation, branch).outerjoin(exemption, exempt)
            .outerjoin(account, opened)
        )
        .where(member.c.district_id == district_id, member.c.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
        .order_by(member.c.id, membership.c.from_on, exemption.c.from_on)
    )  # fmt: skip


def list_histories(connection: Connection, district_id: UUID, ids: Collection[UUID]) -> dict[UUID, MemberHistory]:
    """Each member with all memberships and exemptions; ids that are no member of the district are left out."""
    found: dict[UUID, tuple[Any, dict[UUID, Spell], dict[UUID, tuple[date, date | None]]]] = {}
    for row in connection.execute(_histories(), {"in_district": district_id, "ids": list(ids)}).all():
        _, spells, exempt = found.setdefault(row.id, (row, {}, {}))
        if row.spell_id not in spells:
            spells[row.spell_id] = Spell(
                row.branch_id, row.group_id, row.path, row.profile, row.from_on, row.until_on, _form(row.form)
            )
        if row.exemption_id is not None:
            exempt[row.exemption_id] = (row.exempt_from_on, row.exempt_until_on)
    return {
        member_id: MemberHistory(
            row.id, row.number, row.account_id, row.name, row.joined_on, tuple(spells.values()), tuple(exempt.values())
        )
        for member_id, (row, spells, exempt) in found.items()
    }


def list_numbered(connection: Connection, district_id: UUID, numbers: Collection[str]) -> dict[str, tuple[UUID, str]]:
    """By number: the member's id and name; numbers that nobody has are left out."""
    statement = select(member.c.number, member.c.id, member.c.name).where(
        member.c.district_id == district_id, member.c.number.in_(numbers)
    )
    return {row.number: (row.id, row.name) for row in connection.execute(statement)}


def list_present_ids(connection: Connection, district_id: UUID, day: date) -> list[UUID]:
    """The members who belong to a branch on the day, in the order of their ids."""
    statement = (
        select(membership.c.member_id)
        .where(
            membership.c.district_id == district_id,
            membership.c.from_on <= day,
            or_(membership.c.until_on.is_(None), membership.c.until_on >= day),
        )
        .order_by(membership.c.member_id)
    )
    return list(connection.execute(statement).scalars())


def list_exempt_ids(connection: Connection, district_id: UUID, first: date, last: date) -> list[UUID]:
    """The members with an exemption on any of the days, in the order of their ids."""
    statement = (
        select(exemption.c.member_id)
        .where(
            exemption.c.district_id == district_id,
            exemption.c.from_on <= last,
            or_(exemption.c.until_on.is_(None), exemption.c.until_on >= first),
        )
        .distinct()
        .order_by(exemption.c.member_id)
    )
    return list(connection.execute(statement).scalars())


# Members as they are looked at.


def find_member(connection: Connection, district_id: UUID, member_id: UUID, day: date) -> MemberView | None:
    """The member with the membership of ``day``, or the last one that began before it, or else the first to come."""
    statement = _member_views(district_id).where(member.c.id == member_id)
    return _nearest([MemberView(*row) for row in connection.execute(statement)], day)


def find_member_of_account(connection: Connection, district_id: UUID, account_id: UUID, day: date) -> MemberView | None:
    statement = _member_views(district_id).where(member.c.account_id == account_id)
    return _nearest([MemberView(*row) for row in connection.execute(statement)], day)


def list_members(
    connection: Connection,
    district_id: UUID,
    day: date,
    *,
    paths: Sequence[str] | None,
    branch_id: UUID | None,
    sought: str | None,
    after: str | None,
    count_max: int,
) -> tuple[MemberView, ...]:
    """Present members by number, after the number ``after``; ``paths`` None reaches everywhere.

    ``sought`` is part of a name or of a number, or the beginning of a reading of the name in pinyin.
    """
    statement = _member_views(district_id).where(
        membership.c.from_on <= day, or_(membership.c.until_on.is_(None), membership.c.until_on >= day)
    )
    if paths is not None:
        statement = statement.where(or_(*(at_or_below(membership.c.path, path) for path in paths)))
    if branch_id is not None:
        statement = statement.where(membership.c.branch_id == branch_id)
    if sought:
        reading = sought.lower().replace(" ", "").replace("'", "")
        statement = statement.where(
            or_(
                func.strpos(member.c.name, sought) > 0,
                func.strpos(member.c.number, sought) > 0,
                func.strpos(func.concat(" ", member.c.pinyin), " " + reading) > 0 if reading else false(),
            )
        )
    if after is not None:
        statement = statement.where(member.c.number > after)
    statement = statement.order_by(member.c.number).limit(count_max)
    return tuple(MemberView(*row) for row in connection.execute(statement))


def _member_views(district_id: UUID) -> Select[Any]:
    belongs = and_(membership.c.district_id == district_id, membership.c.member_id == member.c.id)
    return (
        select(
            member.c.id, member.c.number, member.c.name, member.c.account_id, member.c.joined_on,
            membership.c.branch_id, membership.c.group_id, membership.c.path, membership.c.profile,
            membership.c.from_on, membership.c.until_on, member.c.id_number, member.c.phone,
        )
        .select_from(member.join(membership, belongs))
        .where(member.c.district_id == district_id)
    )  # fmt: skip


def _nearest(views: Sequence[MemberView], day: date) -> MemberView | None:
    if not views:
        return None
    begun = [view for view in views if view.from_on <= day]
    return max(begun, key=lambda view: view.from_on) if begun else min(views, key=lambda view: view.from_on)


def find_encrypted(connection: Connection, district_id: UUID) -> tuple[str, bytes] | None:
    """Some encrypted field of the district, with its column; None where there is none."""
    for found in (member.c.id_number, member.c.phone):
        statement = select(found).where(member.c.district_id == district_id, found.is_not(None)).limit(1)
        value = connection.execute(statement).scalar_one_or_none()
        if value is not None:
            return found.name, bytes(value)
    return None
