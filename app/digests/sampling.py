"""The quarterly check's sample (季检查抽样): drawn from a sealed quarter, by branch, and again by anybody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.cycles import work_calendar
from app.digests import sampling_store as store
from app.digests.core import SAMPLE_DAYS, Drawn, Json, SampleRule, Unit, seed_of, stratum_of
from app.roster import service as roster
from app.rules import service as rules
from app.rules.points import decimals_of

RULE = SampleRule()


def samples(connection: Connection, actor: Actor, quarter: str, units: Sequence[Unit]) -> dict[str, Json]:
    """By path of district and committees, the sample of the branches right below; above it, only how large it is.

    A branch whose committee is there no more stands with the district.
    """
    district_id = actor.district_id
    state = store.get_ledger_state(connection, district_id, quarter)
    seed = seed_of(district_id, state)
    drawn: dict[UUID, list[Drawn]] = {}
    for one in store.list_drawn(connection, district_id, quarter, seed, RULE):
        drawn.setdefault(one.branch_id, []).append(one)
    decimals = _decimals(connection, district_id, drawn)
    everything = {one.id: one for one in roster.organisations(connection, district_id)}
    present = {one.path for one in units}
    strata: dict[str, list[Json]] = {}
    for branch_id, rows in sorted(drawn.items()):
        branch = Unit(branch_id, everything[branch_id].path, everything[branch_id].name, "branch")
        above = branch.above if branch.above in present else roster.root_of(district_id)
        strata.setdefault(above, []).append(stratum_of(branch, rows[0].population, rows, decimals))
    shared = {
        "rule": asdict(RULE),
        "seed": seed.hex(),
        "ledger": {"quarter": quarter, "members": state.members, "digest": state.digest.hex()},
        "population": sum(rows[0].population for rows in drawn.values()),
        "inspect_by": work_calendar.add_working_days(connection, actor, actor.today, SAMPLE_DAYS).day.isoformat(),
        "drawn": sum(len(rows) for rows in drawn.values()),
    }
    return {one.path: shared | {"branches": strata.get(one.path, [])} for one in units}


def _decimals(connection: Connection, district_id: UUID, drawn: Mapping[UUID, Sequence[Drawn]]) -> dict[str, int]:
    editions = {one.edition for rows in drawn.values() for one in rows}
    return {one: decimals_of(rules.edition_by_digest(connection, district_id, one)) for one in sorted(editions)}


def is_ledger_as_sampled(connection: Connection, actor: Actor, sample: Mapping[str, Any]) -> bool:
    """Whether the sealed standings are those that the seed was made of, and the seed is made of them."""
    state = store.get_ledger_state(connection, actor.district_id, sample["ledger"]["quarter"])
    known = (state.digest.hex(), seed_of(actor.district_id, state).hex())
    return known == (sample["ledger"]["digest"], sample["seed"])


def is_drawn_again(connection: Connection, actor: Actor, sample: Mapping[str, Any]) -> bool:
    """Whether the stored seed draws from today's ledger the very entries that were drawn then."""
    quarter, seed = sample["ledger"]["quarter"], bytes.fromhex(sample["seed"])
    wanted = {one["branch_id"]: [row["entry_id"] for row in one["entries"]] for one in sample["branches"]}
    found: dict[str, list[str]] = {}
    total = 0
    for one in store.list_drawn(connection, actor.district_id, quarter, seed, SampleRule(**sample["rule"])):
        found.setdefault(str(one.branch_id), []).append(str(one.entry_id))
        total += 1
    own = {branch_id: found.get(branch_id, []) for branch_id in wanted}
    return (own, total) == (wanted, sample["drawn"])
