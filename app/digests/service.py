"""Reading digests: what is frozen, as it was frozen, and whether it still is."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.digests import sampling, store
from app.digests.core import PAGE_MAX, DigestKind, Proof, Snapshot, SnapshotPage
from app.kit.digests import canonical, digest
from app.kit.errors import NotFound


def digests(
    connection: Connection,
    actor: Actor,
    *,
    kind: DigestKind | None = None,
    period: str | None = None,
    before: tuple[datetime, UUID] | None = None,
    count_max: int = 50,
) -> SnapshotPage:
    """Those of the caller's committees, or of the whole district, the latest first."""
    paths = None if actor.is_service else actor.reach(Permission.DIGEST_READ)
    count = min(count_max, PAGE_MAX)
    rows = store.list_snapshots(
        connection, actor.district_id, paths, kind=kind, period=period, before=before, count_max=count + 1
    )
    page = tuple(rows[:count])
    return SnapshotPage(page, (page[-1].made_at, page[-1].id) if len(rows) > count else None)


def snapshot(connection: Connection, actor: Actor, snapshot_id: UUID) -> Snapshot:
    """Raises NotFound, also for one outside the caller's reach."""
    found = store.get_snapshot(connection, actor.district_id, snapshot_id)
    if not actor.may(Permission.DIGEST_READ, found.path):
        raise NotFound(what="digest", field="digest_id")
    return found


def latest(connection: Connection, actor: Actor, kind: DigestKind, scope_id: UUID) -> Snapshot | None:
    """The last one of a kind about the district or a committee; None where there is none yet, or not for the caller."""
    found = store.find_latest(connection, actor.district_id, kind, scope_id)
    return found if found is not None and actor.may(Permission.DIGEST_READ, found.path) else None


def prove(connection: Connection, actor: Actor, snapshot_id: UUID) -> Proof:
    """Compute the digest anew, and draw the sample again from today's ledger. Raises NotFound."""
    found = snapshot(connection, actor, snapshot_id)
    same = digest(canonical(found.content)) == found.digest
    sample = found.content.get("sample")
    if sample is None:
        return Proof(same)
    return Proof(
        same,
        sampling.is_ledger_as_sampled(connection, actor, sample),
        sampling.is_drawn_again(connection, actor, sample),
    )
