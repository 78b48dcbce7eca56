"""The roster's verbs for enrolment: hold the whole district still, and write what was decided."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.kit.ciphers import FieldCipher
from app.roster import store, store_enrolling
from app.roster.core import (
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
    # Closed first: at most one membership of a member is open at any moment.
    store_enrolling.close_memberships(connection, district_id, changes.memberships_closed)
    store_enrolling.insert_memberships(connection, district_id, changes.memberships)
    store_enrolling.close_exemptions(connection, district_id, changes.exemptions_closed)
    store_enrolling.insert_exemptions(connection, district_id, changes.exemptions)


def _personal(cipher: FieldCipher, district_id: UUID, fields: PersonalFields) -> dict[str, bytes]:
    values: dict[str, bytes] = {}
    for column, value in (("id_number", fields.id_number), ("phone", fields.phone)):
        if value is not None:
            values[column] = cipher.encrypt(value, field_context(district_id, column))
            values[f"{column}_lookup"] = personal_lookup(cipher, district_id, column, value)
    return values
