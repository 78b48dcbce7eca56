"""Who exists and who belongs where: looked up for a caller who may see it, or for other rooms on a day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.auth import service_access
from app.auth.core import OWN_GRANTS, Actor, Permission
from app.auth.core_access import Access, Action, ObjectKind
from app.kit.ciphers import FieldCipher
from app.kit.errors import NotFound
from app.roster import store
from app.roster.core import MemberOn, MemberView, OrganisationView, PersonalData, field_context, root_path
from app.roster.history import MemberHistory, Spell

PAGE_MAX = 200


@dataclass(frozen=True, slots=True)
class MemberPage:
    """Members in the order of their numbers; ``following`` is the cursor of the next page, None on the last."""

    members: tuple[MemberView, ...]
    following: str | None


# For other rooms: on a day, without a caller's scope.


def members_on(connection: Connection, district_id: UUID, ids: Collection[UUID], day: date) -> dict[UUID, MemberOn]:
    """Where these members belonged on the day; who belonged nowhere then, or does not exist, is left out."""
    return store.list_members_on(connection, district_id, ids, day)


def members_under(connection: Connection, district_id: UUID, path: str, day: date) -> tuple[MemberOn, ...]:
    """Who belonged at the path or below it on the day, by number."""
    return store.list_members_under(connection, district_id, path, day)


def organisations(connection: Connection, district_id: UUID) -> tuple[OrganisationView, ...]:
    """Every organisation of the district, closed ones too, in the order of the tree."""
    return store.list_organisations(connection, district_id)


def root_of(district_id: UUID) -> str:
    """The path of the district's root."""
    return root_path(district_id)


# For a caller: what lies outside the scope does not exist.


def get_member_for(connection: Connection, actor: Actor, member_id: UUID, permission: Permission) -> MemberView:
    """The member, if the permission reaches where they are or were last, or if it is the own record; NotFound.

    The membership is that of today; after the last one ended, that last one.
    """
    found = store.find_member(connection, actor.district_id, member_id, actor.today)
    if found is None or not (actor.may(permission, found.path) or _is_own(actor, found, permission)):
        raise NotFound(what="member", field="member")
    return found


def find_member_for(
    connection: Connection, actor: Actor, member_id: UUID, permission: Permission
) -> tuple[MemberView, tuple[Spell, ...] | None]:
    """As ``get_member_for``; where it reaches only places of the past, the member with the memberships there.

    None for these: it reaches where the member is, or it is the own record. Raises NotFound.
    """
    found = store.find_member(connection, actor.district_id, member_id, actor.today)
    if found is not None and (actor.may(permission, found.path) or _is_own(actor, found, permission)):
        return found, None
    if found is not None:
        history = store.list_histories(connection, actor.district_id, [member_id])[member_id]
        there = tuple(one for one in history.spells if actor.may(permission, one.path))
        if there:
            return found, there
    raise NotFound(what="member", field="member")


def unmask(
    connection: Connection, actor: Actor, cipher: FieldCipher, member_id: UUID, *, reason: str, request_id: str
) -> PersonalData:
    """A member's personal data in clear, written to the access log in the same transaction. NotFound."""
    member = get_member_for(connection, actor, member_id, Permission.PERSONAL_DATA_READ)
    access = Access(Action.PERSONAL_DATA_READ, ObjectKind.MEMBER, str(member_id), member.path, request_id, reason)
    service_access.write_down(connection, actor, access)

    def clear(column: str, data: bytes | None) -> str | None:
        return None if data is None else cipher.decrypt(data, field_context(actor.district_id, column))

    return PersonalData(member_id, clear("id_number", member.id_number), clear("phone", member.phone))


def own_member(connection: Connection, actor: Actor) -> MemberView | None:
    """The caller as a member; None for an account that is no member's, and for the service itself."""
    if actor.account_id is None:
        return None
    return store.find_member_of_account(connection, actor.district_id, actor.account_id, actor.today)


def get_organisation_for(
    connection: Connection, actor: Actor, organisation_id: UUID, permission: Permission
) -> OrganisationView:
    """The organisation, if the permission reaches it; NotFound."""
    found = store.find_organisation(connection, actor.district_id, organisation_id)
    if found is None or not actor.may(permission, found.path):
        raise NotFound(what="organisation", field="organisation")
    return found


def organisations_for(connection: Connection, actor: Actor, permission: Permission) -> tuple[OrganisationView, ...]:
    """Those that the permission reaches, in the order of the tree."""
    return tuple(one for one in organisations(connection, actor.district_id) if actor.may(permission, one.path))


def page_members(
    connection: Connection,
    actor: Actor,
    *,
    branch_id: UUID | None = None,
    sought: str | None = None,
    after: str | None = None,
    count_max: int = 50,
) -> MemberPage:
    """Today's members in reach of roster:read; ``sought`` is part of a name or number, or its pinyin or initials."""
    paths = None if actor.is_service else actor.reach(Permission.ROSTER_READ)
    if paths == ():
        return MemberPage((), None)
    count = min(count_max, PAGE_MAX)
    found = store.list_members(
        connection, actor.district_id, actor.today,
        paths=paths, branch_id=branch_id, sought=sought, after=after, count_max=count + 1,
    )  # fmt: skip
    page = found[:count]
    return MemberPage(page, page[-1].number if len(found) > count else None)


def _is_own(actor: Actor, member: MemberView, permission: Permission) -> bool:
    return actor.account_id is not None and member.account_id == actor.account_id and permission in OWN_GRANTS


def histories(connection: Connection, district_id: UUID, ids: Collection[UUID]) -> dict[UUID, MemberHistory]:
    """Each member with all memberships and exemptions; ids that are no member of the district are left out."""
    return store.list_histories(connection, district_id, ids)


def numbered(connection: Connection, district_id: UUID, numbers: Collection[str]) -> dict[str, tuple[UUID, str]]:
    """By number: the member's id and name; numbers that nobody has are left out."""
    return store.list_numbered(connection, district_id, numbers)


def present_ids(connection: Connection, district_id: UUID, day: date) -> list[UUID]:
    """The members who belong to a branch on the day, in the order of their ids."""
    return store.list_present_ids(connection, district_id, day)


def exempt_ids(connection: Connection, district_id: UUID, first: date, last: date) -> list[UUID]:
    """Who was exempt on any of these days, in the order of their ids."""
    return store.list_exempt_ids(connection, district_id, first, last)


def require_key(connection: Connection, district_id: UUID, cipher: FieldCipher) -> None:
    """Raises WrongKey where the district's personal data was encrypted under another key."""
    found = store.find_encrypted(connection, district_id)
    if found is not None:
        column, data = found
        cipher.decrypt(data, field_context(district_id, column))
