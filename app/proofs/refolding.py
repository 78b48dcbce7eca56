"""Frozen standings rebuilt: what the entries booked up to a sealed quarter fold to, beside the row that was kept.

Hashes say that a row is as it was frozen; this says that it was right. What follows from roster and duties (branch,
ranked, duties) is not rebuilt, since those are put right after a seal.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.cycles import service as cycles
from app.cycles.core import Quarter, QuarterState
from app.kit.errors import LongwenError
from app.points import booking, reading
from app.points.views import Booked
from app.proofs import store
from app.proofs.core import Differences, LeafKey
from app.seals.core import matrix_of

_CHUNK = 500
_BROKEN = (LongwenError, LookupError, ValueError)  # what no rule book knows: written past the service


def refold(
    connection: Connection, actor: Actor, told: Collection[tuple[str, UUID]], differences: Differences
) -> tuple[int, int]:
    """How many frozen rows were rebuilt as they stand, and how many cannot be: the rules of one of their quarters have
    been put right since.

    ``told`` are members, by cycle, of whom it is said already that something differs. A few hundred are in memory.
    """
    rebuilt, left = 0, 0
    for quarter in cycles.quarters(connection, actor):
        if quarter.state is not QuarterState.SEALED:
            continue
        rows = store.stream_frozen(connection, actor.district_id, quarter.code)
        while chunk := list(islice(rows, _CHUNK)):
            asked = [(key, row) for key, row in chunk if (key.cycle, key.member_id) not in told]
            found = _booked(connection, actor, quarter, [key.member_id for key, _ in asked])
            for key, row in asked:
                what = _difference(row, found.get(key.member_id))
                if what is None:
                    rebuilt += 1
                elif _is_put_right(connection, actor, quarter.code, key):
                    left += 1
                else:
                    name, stored, ought = what
                    differences.add(f"quarter_standing {quarter.code} {key.member_id}", name, stored, ought)
    return rebuilt, left


def _booked(connection: Connection, actor: Actor, quarter: Quarter, members: Sequence[UUID]) -> dict[UUID, Booked]:
    try:
        return {one.member_id: one for one in booking.booked(connection, actor, quarter, members)}
    except _BROKEN:
        if len(members) == 1:
            return {}
    half = len(members) // 2
    parts = (members[:half], members[half:])
    return {key: one for part in parts for key, one in _booked(connection, actor, quarter, part).items()}


def _difference(row: Mapping[str, Any], found: Booked | None) -> tuple[str, object, object] | None:
    """The first number that is another; None where all agree."""
    if found is None:
        return "numbers", "frozen", "no entries that make them"
    score = found.score
    return next(
        (
            (name, row[name], ought)
            for name, ought in (
                ("edition", found.edition),
                ("profile", found.profile),
                ("opening", found.opening),
                ("daily", score.daily),
                ("innovation", score.innovation),
                ("fault", score.fault),
                ("total", score.total),
                ("effective", score.effective),
                ("decimals", score.decimals),
                ("matrix", matrix_of(score)),
                ("vetoes", found.vetoes),
                ("band", score.band or None),
            )
            if row[name] != ought
        ),
        None,
    )


def _is_put_right(connection: Connection, actor: Actor, quarter: str, key: LeafKey) -> bool:
    """Whether edition or class of a quarter up to this one are others now than when that quarter was frozen."""
    frozen = store.list_frozen_regimes(connection, actor.district_id, key.cycle, key.member_id)
    return any(
        frozen.get(code) != regime
        for balance in reading.balances_in(connection, actor, key.cycle, [key.member_id])
        for code, regime in balance.regimes.items()
        if code <= quarter
    )
