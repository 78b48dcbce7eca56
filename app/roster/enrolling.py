"""The roster's verbs for enrolment: hold the whole district still, and write what was decided."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.kit.ciphers import FieldCipher
from app.roster import store, store_enrolling
from app.roster.core import (
    KnownMember,
    OrganisationKind,
    OrganisationView,
    PersonalFields,
    RosterChanges,
    Snapshot,
    field_context,
    name_readings,
    root_path,
)


def hold_roster(connection: Connection, actor: Actor) -> Snapshot:
    """The whole roster, unchanged by others until the transaction ends; the root organisation is made if missing."""
    district_id = actor.district_id
    root = store.find_organisation(connection, district_id, district_id)
    if root is None:
        code, name = store.get_district_label(connection, district_id)
        root = OrganisationView(
            id=district_id, path=root_path(district_id), parent_id=None, kind=OrganisationKind.DISTRICT,
            code=code, name=name, form=None, founded_on=None, from_on=actor.today, until_on=None,
        )  # fmt: skip
        store_enrolling.insert_root(connection, district_id, root)
    store_enrolling.lock_root(connection, district_id)
    return Snapshot(
        root=root,
        organisations=store.list_organisations(connection, district_id),
        enterprises=store_enrolling.list_enterprises(connection, district_id),
        members=store_enrolling.list_known_members(connection, district_id),
    )


def hold_members(connection: Connection, actor: Actor, ids: Collection[UUID]) -> dict[UUID, KnownMember]:
    """Some members with all that is recorded; nobody else enrols in the district until the transaction ends.

    Ids that are no member's are left out.
    """
    store_enrolling.lock_root(connection, actor.district_id)
    found = store_enrolling.list_known_members(connection, actor.district_id, ids)
    return {one.id: one for one in found}


def known_member(connection: Connection, actor: Actor, member_id: UUID) -> KnownMember:
    """One member who exists, with all that is recorded; nothing is held."""
    return store_enrolling.list_known_members(connection, actor.district_id, [member_id])[0]


def belonging(connection: Connection, actor: Actor, branch_id: UUID) -> list[UUID]:
    """Whoever belongs to the branch until further notice; ask again once the roster is held."""
    return store_enrolling.list_belonging(connection, actor.district_id, branch_id)


def once_belonging(connection: Connection, actor: Actor, branch_id: UUID) -> tuple[KnownMember, ...]:
    """Whoever has ever belonged to the branch, by number."""
    ids = store_enrolling.list_ever_belonged(connection, actor.district_id, branch_id)
    return store_enrolling.list_known_members(connection, actor.district_id, ids)


def owner_of_exemption(connection: Connection, actor: Actor, exemption_id: UUID) -> UUID | None:
    return store_enrolling.find_exemption_owner(connection, actor.district_id, exemption_id)


def id_by_number(connection: Connection, actor: Actor, number: str) -> UUID | None:
    return store_enrolling.find_id_by_number(connection, actor.district_id, number)


def write_spells(connection: Connection, actor: Actor, changes: RosterChanges) -> None:
    """Write the dated facts of a change: organisations, memberships and exemptions, opened and closed."""
    store_enrolling.insert_organisations(connection, actor.district_id, changes.organisations)
    _write_spells(connection, actor.district_id, changes)


def _write_spells(connection: Connection, district_id: UUID, changes: RosterChanges) -> None:
    # Closed first: at most one membership of a member is open at any moment.
    store_enrolling.close_memberships(connection, district_id, changes.memberships_closed)
    store_enrolling.insert_memberships(connection, district_id, changes.memberships)
    store_enrolling.close_exemptions(connection, district_id, changes.exemptions_closed)
    store_enrolling.insert_exemptions(connection, district_id, changes.exemptions)


def found_organisations(connection: Connection, actor: Actor, founded: Sequence[OrganisationView]) -> None:
    """Parents stand before their children."""
    store_enrolling.insert_organisations(connection, actor.district_id, founded)


def close_organisations(
    connection: Connection, actor: Actor, closed: Sequence[tuple[UUID, date]], heirs: Mapping[UUID, UUID | None]
) -> None:
    """Close organisations with their last day; what a branch of ``heirs`` covered goes over to its heir, or nobody."""
    store_enrolling.close_organisations(connection, actor.district_id, closed)
    for branch_id, heir in heirs.items():
        store_enrolling.hand_over_enterprises(connection, actor.district_id, branch_id, heir)


def personal_lookup(cipher: FieldCipher, district_id: UUID, column: str, value: str) -> bytes:
    """The keyed hash under which a personal field is found again."""
    return cipher.lookup(value, field_context(district_id, column))


def write_changes(connection: Connection, actor: Actor, cipher: FieldCipher, changes: RosterChanges) -> None:
    """Write what an enrolment decided over a held roster: rows are added or closed, and attributes put right."""
    district_id = actor.district_id
    store_enrolling.insert_organisations(connection, district_id, changes.organisations)
    store_enrolling.update_organisations(connection, district_id, changes.organisation_updates)
    store_enrolling.insert_enterprises(connection, district_id, changes.enterprises)
    store_enrolling.update_enterprises(connection, district_id, changes.enterprise_updates)
    new_rows: list[dict[str, Any]] = [
        {
            "id": new.id, "number": new.number, "name": new.name, "pinyin": name_readings(new.name),
            "joined_on": new.joined_on, "enterprise_id": new.enterprise_id, "account_id": new.account_id,
            "id_number": None, "id_number_lookup": None, "phone": None, "phone_lookup": None,
            **_personal(cipher, district_id, new.personal),
        }
        for new in changes.members
    ]  # fmt: skip
    store_enrolling.insert_members(connection, district_id, new_rows, actor.at)
    changed_rows: list[dict[str, Any]] = [
        {
            "key": one.id, "name": one.name, "pinyin": name_readings(one.name), "joined_on": one.joined_on,
            "enterprise_id": one.enterprise_id, "account_id": one.account_id,
            **_personal(cipher, district_id, one.personal),
        }
        for one in changes.member_updates
    ]  # fmt: skip
    store_enrolling.update_members(connection, district_id, changed_rows)
    _write_spells(connection, district_id, changes)


def _personal(cipher: FieldCipher, district_id: UUID, fields: PersonalFields) -> dict[str, bytes]:
    values: dict[str, bytes] = {}
    for column, value in (("id_number", fields.id_number), ("phone", fields.phone)):
        if value is not None:
            values[column] = cipher.encrypt(value, field_context(district_id, column))
            values[f"{column}_lookup"] = personal_lookup(cipher, district_id, column, value)
    return values
