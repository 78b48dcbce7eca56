"""One member enrolled over HTTP: a roster of one row, through the import's own checks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import chain
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.enrolment import refusals, store
from app.enrolment.changing import Doing, keep, made_before
from app.enrolment.core_changes import WITHOUT_RIGHTS, Change, Done, Enrolling, LeavingGround, Verb
from app.enrolment.layout import MEMBERS, SHEETS
from app.enrolment.service import classes_in_force, import_records
from app.kit.ciphers import FieldCipher
from app.kit.errors import NotFound
from app.kit.ids import new_id
from app.kit.sheet_records import Records, read_records
from app.kit.sheets import Row, Sheet
from app.messages.core import Subject
from app.messages.texts import Kind
from app.points import following
from app.roster import enrolling as roster
from app.roster import service as roster_service
from app.roster.core import KnownMember, OrganisationKind, OrganisationView

_ROW = 2  # the first row under the headings


def enrol(connection: Connection, actor: Actor, cipher: FieldCipher, wish: Enrolling) -> Done:
    """Enter a new member, or take in again one whose membership has ended; earlier duties are waived.

    ``cells`` are those of the roster's sheet of members, by key. Raises NotFound for a branch out of reach, NumberHeld,
    BelongsAlready, NoReturn, ReturnDecidedAbove, IdUsed and RosterRefused with every fault.
    """
    district_id = actor.district_id
    sealed = {
        key: roster.personal_lookup(cipher, district_id, key, str(value)).hex()
        if key in ("id_number", "phone") and value
        else value
        for key, value in wish.cells.items()
    }
    asked = Enrolling(wish.id, sealed)  # what is kept of the request says nothing of the person
    before = made_before(connection, actor, wish.id, asked.digest())
    if before is not None:
        return before
    member_id = roster.id_by_number(connection, actor, str(wish.cells.get("number") or ""))
    held = roster.hold_members(connection, actor, [] if member_id is None else [member_id])
    before = made_before(connection, actor, wish.id, asked.digest())
    if before is not None:
        return before
    doing = Doing.begun(connection, actor, classes_in_force(connection, actor))
    branch = next(
        (
            one
            for one in doing.organisations.values()
            if one.code == wish.cells.get("branch") and one.kind is OrganisationKind.BRANCH and one.until_on is None
        ),
        None,
    )
    if branch is None or not actor.may(Permission.MEMBER_ENROL, branch.path):
        raise NotFound(what="branch", field="branch")
    known = None if member_id is None else held.get(member_id)
    if known is not None:
        _check_return(connection, actor, known, sealed, branch)
    earlier = {} if known is None else roster_service.histories(connection, district_id, [known.id])
    import_records(connection, actor, cipher, _records(wish.cells), ids=chain([wish.id], iter(new_id, None)))
    own_id: UUID = wish.id if known is None else known.id
    member = roster.hold_members(connection, actor, [own_id])[own_id]
    last = member.memberships[-1]
    followed = following.follow(connection, actor, earlier, last.from_on) if earlier else following.Followed()
    doing.note_move(member, None, branch.id)
    facts = {
        "member": member.name,
        "branch": branch.name,
        "change": Verb.ENROLLED.value,
        "changed_on": last.from_on.isoformat(),
    }
    told = doing.secretaries(branch.path)
    doing.tell(told, Kind.MEMBERSHIP_CHANGED, Subject("member", member.id), facts, occasion=str(wish.id))
    return keep(
        connection,
        actor,
        Change(
            id=wish.id,
            verb=Verb.ENROLLED,
            member_id=member.id,
            organisation_id=branch.id,
            path=last.path,
            effective_on=last.from_on,
            ground=None,
            reference=None,
            result=doing.result(followed),
            recorded_at=actor.at,
            recorded_by=actor.account_id,
            input_digest=asked.digest(),
        ),
    )


def _check_return(
    connection: Connection,
    actor: Actor,
    known: KnownMember,
    cells: Mapping[str, object],
    branch: OrganisationView,
) -> None:
    """Whoever has the number must be meant, and may come back here.

    Numbers are counted up: a number alone neither tells who has it nor lets another branch take them over. ``cells``
    hold personal fields as keyed hashes.
    """
    id_number = cells.get("id_number")
    is_meant = (
        cells.get("name") == known.name
        and str(cells.get("joined_on")) == known.joined_on.isoformat()
        and (None in (id_number, known.id_number_lookup) or id_number == (known.id_number_lookup or b"").hex())
    )
    if not is_meant:
        raise refusals.NumberHeld(number=known.number, field="number")
    if known.last_membership is None or known.last_membership.until_on is None:
        raise refusals.BelongsAlready(number=known.number, field="number")
    grounds = [
        one.ground for one in store.list_changes(connection, actor.district_id, known.id) if one.verb is Verb.LEFT
    ]
    ground = grounds[-1] if grounds else None
    if ground == LeavingGround.DIED:
        raise refusals.NoReturn(number=known.number, field="number")
    above = branch.path.rpartition(".")[0]
    if ground in WITHOUT_RIGHTS and not actor.may(Permission.MEMBER_ENROL, above):
        raise refusals.ReturnDecidedAbove(number=known.number, field="number")


def _records(cells: Mapping[str, str | int | date | None]) -> Records:
    """The workbook that would say the same: read as any other one is."""
    head = Row(1, tuple(column.heading for column in MEMBERS.columns))
    shown = {column.key: {code: name for name, code in column.choices.items()} for column in MEMBERS.columns}
    row = tuple(
        shown[column.key].get(str(cells.get(column.key)), cells.get(column.key))
        if column.key == "ground"
        else cells.get(column.key)
        for column in MEMBERS.columns
    )
    return read_records([Sheet(MEMBERS.name, (head, Row(_ROW, row)))], SHEETS)
