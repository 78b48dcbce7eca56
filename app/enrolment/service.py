"""Importing a roster: a workbook, read and decided, goes into the roster, the offices and the ledger at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from sqlalchemy import Connection

from app.auth import enrolling as auth
from app.auth import service_access
from app.auth.core import Actor, Permission
from app.auth.core_access import Access, Action, ObjectKind
from app.auth.core_permitted import NotGranted
from app.cycles import service as cycles
from app.enrolment.classes import Classes, ClassesInForce
from app.enrolment.core import ImportReport, Plan, Present
from app.enrolment.faults import NotYourRight, RosterRefused
from app.enrolment.layout import SHEETS
from app.enrolment.planning import decide, refuse_any
from app.imports.core import shown_name
from app.kit.ciphers import FieldCipher
from app.kit.ids import new_id
from app.kit.sheet_columns import FAULTS, INSTRUCTIONS
from app.kit.sheet_records import Records, read_records
from app.kit.sheets import Sheet, SheetFault
from app.kit.workbook import look_through, read_workbook
from app.points import reading, settling
from app.points import service as points
from app.points.views import Opening
from app.roster import enrolling as roster
from app.roster.core import root_path
from app.roster.service import require_key
from app.rules import service as rules

_IGNORED = frozenset({INSTRUCTIONS, FAULTS})


@dataclass(frozen=True, slots=True)
class ExaminedRoster:
    """A workbook as it was sent, with what is wrong in it, and the classes that the district's template lists."""

    sheets: tuple[Sheet, ...]
    faults: tuple[SheetFault, ...]
    classes: tuple[str, ...]


def read_roster(source: Path | BinaryIO) -> Records:
    """Read a workbook, outside any transaction. Raises what ``read_workbook`` raises; faults of cells are told later,
    with those of what the cells mean together."""
    return read_records(read_workbook(source, ignored=_IGNORED), SHEETS)


def examine_roster(connection: Connection, actor: Actor, cipher: FieldCipher, source: BinaryIO) -> ExaminedRoster:
    """What an import would refuse; to be called in a transaction that is undone. Raises as ``import_roster`` for
    everything but faults."""
    sheets, seen = look_through(source, ignored=_IGNORED)
    faults = list(seen)
    try:
        import_roster(connection, actor, cipher, read_records(sheets, SHEETS))
    except RosterRefused as refused:
        faults += [one.error for one in refused.faults if isinstance(one.error, SheetFault)]
    return ExaminedRoster(sheets, tuple(faults), classes_offered(connection, actor))


def import_roster(connection: Connection, actor: Actor, cipher: FieldCipher, records: Records) -> ImportReport:
    """Import all of it or nothing; a preview is the same call in a transaction that is undone.

    Raises Forbidden, and RosterRefused with every fault: those of the cells, of what they mean together and against
    the roster, and rows that ask for a right which the actor does not have.
    """
    if not actor.may(Permission.ROSTER_IMPORT, root_path(actor.district_id)):
        raise NotGranted(Permission.ROSTER_IMPORT)
    return import_records(connection, actor, cipher, records)


def note_import(connection: Connection, actor: Actor, file_name: str | None, *, request_id: str) -> None:
    """Write an import to the access log, in its transaction."""
    root = root_path(actor.district_id)
    access = Access(Action.ROSTER_IMPORT, ObjectKind.ROSTER, shown_name(file_name), root, request_id)
    service_access.write_down(connection, actor, access)


def import_records(
    connection: Connection,
    actor: Actor,
    cipher: FieldCipher,
    records: Records,
    *,
    ids: Iterable[UUID] | None = None,
) -> ImportReport:
    """The same for whoever may do all that the rows ask for, which the caller has tested; ``ids`` are given to what is
    new, the first to the first new member."""
    given = iter(new_id, None) if ids is None else iter(ids)
    require_key(connection, actor.district_id, cipher)
    held = roster.hold_roster(connection, actor)
    offices = auth.offices(connection, actor)
    plan = decide(
        records,
        Present(held, offices.accounts, offices.held, classes_in_force(connection, actor)),
        today=actor.today,
        new_id=lambda: next(given),
        lookup=lambda column, value: roster.personal_lookup(cipher, actor.district_id, column, value),
    )
    _check_rights(actor, plan)
    _write(connection, actor, cipher, plan)
    return plan.report


def classes_offered(connection: Connection, actor: Actor) -> tuple[str, ...]:
    """The classes of members that the district's template lists: those of the rule books in force today."""
    return classes_in_force(connection, actor).choices(root_path(actor.district_id))


def classes_in_force(connection: Connection, actor: Actor) -> ClassesInForce:
    """The classes of members by the books that the district goes by today."""
    adopted = rules.adopted(connection, actor.district_id)
    editions = [
        rules.edition_by_digest(connection, actor.district_id, digest, adopted)
        for digest in adopted.digests_on(actor.today)
    ]
    return ClassesInForce(adopted, actor.today, {one.digest: Classes.of(one) for one in editions})


def _check_rights(actor: Actor, plan: Plan) -> None:
    refuse_any(
        [
            right.record.fault(NotYourRight, right.key, permission=right.permission.value)
            for right in plan.rights
            if not actor.may(right.permission, right.path)
        ]
    )


def _write(connection: Connection, actor: Actor, cipher: FieldCipher, plan: Plan) -> None:
    # Accounts first, since members refer to them.
    auth.write_offices(connection, actor, plan.accounts, plan.appointments, plan.appointments_closed)
    roster.write_changes(connection, actor, cipher, plan.roster)
    _open_standings(connection, actor, plan)
    if plan.moved:
        _follow_moves(connection, actor)


def _open_standings(connection: Connection, actor: Actor, plan: Plan) -> None:
    """New members get a standing in the cycle of this day, which the district's first roster opens.

    A district without a rule book in force yet gets them later, from the job of its duties; only balances carried over
    cannot wait. Raises NoEditionInForce for those.
    """
    openings = [Opening(one.member_id, one.points, one.reference) for one in plan.openings]
    is_carried = any(one.points is not None for one in openings)
    if openings and (is_carried or rules.adopted(connection, actor.district_id).anything_on(actor.today)):
        cycles.open_cycle(connection, actor, actor.today)
        points.open_standings(connection, actor, reading.present_cycle(connection, actor), openings)


def _follow_moves(connection: Connection, actor: Actor) -> None:
    """Standings show the branch of today at once, and not only when the duties job runs next."""
    present = [one for one in cycles.quarters(connection, actor) if one.starts_on <= actor.today <= one.ends_on]
    for quarter in present:
        settling.enter_members(connection, actor, quarter.code)
