"""Standings without their ledger, made by one statement: for what reads standings alone, in very large districts."""

from __future__ import annotations

import psycopg
from psycopg import sql

from benchmarks.ground import CLOCK, Place
from benchmarks.ledger import sample_standing

_INSERT = sql.SQL("""
INSERT INTO standing (district_id, cycle, member_id, branch_id, seq, version, opening, cells, regimes, daily,
    innovation, fault, total, effective, decimals, matrix, vetoes, band, ranked, running_hash, updated_at)
SELECT district_id, {cycle}, member_id, branch_id, 20, 20, 1000, {cells}::jsonb, {regimes}::jsonb, 1000 - lost, added,
    0, 1000 - lost + added, 1000 - lost + added, 0, {matrix}::jsonb, 0, 'recommended', true, '\\x00', {at}
FROM (
    SELECT district_id, member_id, branch_id, abs(hashtext(member_id::text)) % 60 * 5 AS lost,
        abs(hashtext(member_id::text || 'x')) % 12 * 10 AS added
    FROM membership WHERE district_id = {district}
) AS found
""")


def make_standings(place: Place) -> None:
    """One for each member, with a year's cells, and totals spread as people's are."""
    row = sample_standing(place)
    values = {name: sql.Literal(row[name]) for name in ("cycle", "cells", "regimes", "matrix")}
    with psycopg.connect(place.ground.superuser_address) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            _INSERT.format(**values, at=sql.Literal(CLOCK.now()), district=sql.Literal(place.district.id))
        )
