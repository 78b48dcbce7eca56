"""Asking for packs, reading and taking them back: what people and the calendar do, apart from the making."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.cycles import service as cycles
from app.cycles.core import QuarterState
from app.job_runs.service import NotDue
from app.kit.errors import NotFound
from app.kit.ids import new_id
from app.reviews import store
from app.reviews.core_packs import Pack, PackKind, PackState
from app.reviews.periods import period_of
from app.reviews.refusals import DistrictPackMissing, PackKept, PeriodUnfit, QuarterUnsealed, ScopeUnclear
from app.roster import service as roster
from app.roster.core import OrganisationKind, OrganisationView
from app.seals import service as seals

_KINDS = {OrganisationKind.DISTRICT, OrganisationKind.COMMITTEE, OrganisationKind.BRANCH}


def ask(
    connection: Connection, actor: Actor, code: str, *, kind: PackKind = PackKind.QUARTER, scope_id: UUID | None = None
) -> Pack:
    """The pack of a sealed quarter, of the half-year or of the year that ends with it; from now on it is being made.

    Where it is there already it stays; what failed, or lacks a part, is tried again. Without a scope it is the caller's
    own. Raises UnknownQuarter, QuarterUnsealed, PeriodUnfit, ScopeUnclear, NotFound, DistrictPackMissing.
    """
    quarter = cycles.quarter(connection, actor, code)
    scope = _scope(connection, actor, scope_id)
    is_whole = scope.kind is OrganisationKind.DISTRICT
    period = period_of(kind, quarter, cycles.quarters(connection, actor))
    if period is None or (kind is not PackKind.QUARTER and not is_whole):
        raise PeriodUnfit(quarter=code, field="kind")
    there = store.find_pack(connection, actor.district_id, kind, period, scope.id)
    if there is not None:
        return _again(connection, actor, there)
    if seals.frozen_at(connection, actor, quarter) is None:
        raise QuarterUnsealed(quarter=code, field="quarter")
    if not is_whole:
        _require_district_pack(connection, actor, code)
    made = Pack(new_id(), kind, period, code, scope.id, scope.path, PackState.WAITING, 0, actor.at, actor.account_id)
    if store.insert_pack(connection, actor.district_id, made):
        return made
    theirs = store.find_pack(connection, actor.district_id, kind, period, scope.id)  # asked for at the same moment
    if theirs is None:
        raise NotFound(what="pack")
    return theirs


def _again(connection: Connection, actor: Actor, found: Pack) -> Pack:
    """What failed, or could not be made whole, waits for a maker once more."""
    held = store.lock_pack(connection, actor.district_id, found.id)
    if held is None:
        raise NotFound(what="pack")
    if held.state is PackState.FAILED or (held.state is PackState.DONE and held.lacking):
        anew = {"progress": 0, "attempts": 0, "asked_at": actor.at, "asked_by": actor.account_id}
        store.set_state(connection, actor.district_id, held.id, state=PackState.WAITING.value, **anew)
        return replace(held, state=PackState.WAITING, progress=0, attempts=0)
    return held


def _require_district_pack(connection: Connection, actor: Actor, quarter: str) -> None:
    above = store.find_pack(connection, actor.district_id, PackKind.QUARTER, quarter, actor.district_id)
    if above is None or above.digest is None:
        raise DistrictPackMissing(period=quarter, field="quarter")


def _scope(connection: Connection, actor: Actor, scope_id: UUID | None) -> OrganisationView:
    """The organisation whose pack is asked for. Raises NotFound and ScopeUnclear."""
    views = [one for one in roster.organisations(connection, actor.district_id) if one.kind in _KINDS]
    if scope_id is None:
        root = roster.root_of(actor.district_id)
        own = (root,) if actor.is_service else actor.reach(Permission.QUARTER_EXPORT)
        held = [one for one in views if one.path in own]
        if len(held) > 1:
            raise ScopeUnclear(known="；".join(f"{one.name} {one.id}" for one in held), field="scope")
    else:
        held = [one for one in views if one.id == scope_id and actor.may(Permission.QUARTER_EXPORT, one.path)]
    if not held:
        raise NotFound(what="organisation", field="scope")
    return held[0]


def ask_at_seal(connection: Connection, actor: Actor, code: str) -> dict[str, int]:
    """What the calendar asks for: the district's pack of the quarter, and of a half-year or year that ends there.

    Raises NotDue before the seal is frozen, UnknownQuarter and QuarterRunning.
    """
    quarter = cycles.ended_quarter(connection, actor, code)
    if quarter is None or cycles.is_before_books(connection, actor, quarter):
        return {"asked": 0}
    if quarter.state is not QuarterState.SEALED or seals.frozen_at(connection, actor, quarter) is None:
        raise NotDue
    known = cycles.quarters(connection, actor)
    kinds = [kind for kind in PackKind if period_of(kind, quarter, known) is not None]
    for kind in kinds:
        ask(connection, actor, code, kind=kind)
    return {"asked": len(kinds)}


# Reading, and taking back.


def packs(connection: Connection, actor: Actor, code: str) -> list[Pack]:
    """Those in the caller's reach whose period ends with the quarter. Raises UnknownQuarter."""
    cycles.quarter(connection, actor, code)
    paths = None if actor.is_service else actor.reach(Permission.QUARTER_EXPORT)
    return store.list_packs(connection, actor.district_id, code, paths)


def pack(connection: Connection, actor: Actor, pack_id: UUID) -> Pack:
    """Raises NotFound, also for one outside the caller's reach."""
    found = store.get_pack(connection, actor.district_id, pack_id)
    if not actor.may(Permission.QUARTER_EXPORT, found.path):
        raise NotFound(what="pack", field="pack_id")
    return found


def cancel(connection: Connection, actor: Actor, pack_id: UUID) -> None:
    """Take back what is being made; nothing of it stays. Raises NotFound, and PackKept for what is made."""
    pack(connection, actor, pack_id)
    held = store.lock_pack(connection, actor.district_id, pack_id)
    if held is None:
        raise NotFound(what="pack", field="pack_id")
    if held.digest is not None:
        raise PackKept
    store.delete_pack(connection, actor.district_id, pack_id)
