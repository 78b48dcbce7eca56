"""Whatever the owner changes is found and named, and what nobody changed is not."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, delete, select, text, update

from app.points.ledger import chained
from app.points.store import ENTRY_COLUMNS, entry_of
from app.points.tables import entry, standing
from app.proofs import service
from app.proofs.core import Root
from app.proofs.tables import checkpoint, checkpoint_leaf
from app.seals.tables import quarter_standing
from tests.proofs.conftest import COLLEAGUE, MEMBER, Owner, Registry, named
from tests.proofs.tamperings import TAMPERINGS, Forger, Tampered
from tests.seals.conftest import Q3

ROUNDS = 1000


def test_a_thousand_random_tamperings_are_all_found_and_named(sealed: Registry, owner: Owner) -> None:
    chance = random.Random(20261121)
    tried: Counter[str] = Counter()
    missed = []
    for number in range(ROUNDS):
        way = TAMPERINGS[number % len(TAMPERINGS)]
        done: list[Tampered] = []

        def work(connection: Connection, way: Any = way, done: list[Tampered] = done) -> None:
            done.append(way(Forger(connection, sealed.town.district.id, chance)))

        found = owner.tried(work, sealed.kept)
        tampered, said = done[-1], named(found)
        tried[tampered.done] += 1
        if not any(name in f"{one} " for one in said for name in tampered.names):
            missed.append((tampered, said))
    assert missed == []
    assert len(tried) > 70, tried
    assert sealed.verify().is_sound


def test_a_sound_district_is_told_with_its_numbers(sealed: Registry) -> None:
    found = sealed.verify()
    assert (found.is_sound, named(found)) == (True, [])
    assert (found.members, found.checkpoints, found.roots, found.frozen) == (3, 6, 6, 9)
    assert found.leaves == 8  # a standing's at each checkpoint that found it moved


@pytest.mark.parametrize(("member", "seq", "numbers"), [(MEMBER, 2, "2"), (MEMBER, 3, "3"), (COLLEAGUE, 3, "3-4")])
def test_the_entries_that_one_checkpoint_took_in_together_are_named_and_no_others(
    sealed: Registry, owner: Owner, member: str, seq: int, numbers: str
) -> None:
    member_id = sealed.town.members[member]

    def work(connection: Connection) -> None:
        own = (entry.c.district_id == owner.town.district.id, entry.c.member_id == member_id, entry.c.seq == seq)
        connection.execute(update(entry).where(*own).values(recorded_by=None))

    (found,) = (one for one in named(owner.tried(work, ())) if one.startswith("entry"))
    assert found.startswith(f"entry 2026 {member_id} {numbers} running hash")


# The database rewritten whole: every hash right again.


def rewrite(connection: Connection, owner: Owner) -> None:
    """An entry gets other points, and everything that follows from it is made to fit."""
    district = owner.town.district.id
    member = owner.town.members[MEMBER]
    own = (entry.c.district_id == district, entry.c.member_id == member)
    connection.execute(update(entry).where(*own, entry.c.seq == 3).values(recorded_by=None))
    running, hashes = b"", {}
    for row in connection.execute(select(*ENTRY_COLUMNS).where(*own).order_by(entry.c.seq)):
        running = chained(running, entry_of(row))
        hashes[row.seq] = running
    found = (standing.c.district_id == district, standing.c.member_id == member)
    connection.execute(update(standing).where(*found).values(running_hash=running))
    for seq, hash_ in hashes.items():
        frozen = (quarter_standing.c.district_id == district, quarter_standing.c.member_id == member)
        connection.execute(
            update(quarter_standing).where(*frozen, quarter_standing.c.seq == seq).values(running_hash=hash_)
        )
    for table in (checkpoint, checkpoint_leaf):
        connection.execute(delete(table).where(table.c.district_id == district))
    connection.execute(text("DELETE FROM certificate WHERE district_id = :d"), {"d": district})
    actor = owner.town.actor()
    service.prove_seals(connection, actor, Q3)
    service.checkpoint(connection, actor)


def test_a_database_rewritten_whole_is_sound_by_itself_and_found_by_the_roots_kept_outside(
    sealed: Registry, owner: Owner
) -> None:
    alone = owner.tried(lambda connection: rewrite(connection, owner), ())
    assert named(alone) == []
    compared = owner.tried(lambda connection: rewrite(connection, owner), sealed.kept)
    assert [one for one in named(compared) if "root kept outside" in one]


def test_the_first_root_that_differs_is_named_and_not_all_that_follow(sealed: Registry, owner: Owner) -> None:
    kept = [replace(one, root=bytes(32)) if one.number >= 3 else one for one in sealed.kept]
    assert named(sealed.verify(kept)) == ["checkpoint 3 root kept outside"]


def test_roots_of_checkpoints_that_are_gone_are_asked_for(sealed: Registry) -> None:
    more = [*sealed.kept, Root(99, "", None, b"x")]
    assert named(sealed.verify(more)) == ["checkpoint 99 root kept outside"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET source = 'nobody' WHERE district_id = :d AND seq = 2",
        "UPDATE entry SET \"window\" = 'someday' WHERE district_id = :d AND seq = 2",
        "UPDATE standing SET cells = '[[1]]' WHERE district_id = :d",
        "UPDATE standing SET regimes = '[]' WHERE district_id = :d",
        "UPDATE quarter_standing SET matrix = '{\"x\": 1e999}' WHERE district_id = :d",
        "UPDATE checkpoint SET editions = '[1]' WHERE district_id = :d AND quarter = '2026Q3'",
        "UPDATE checkpoint SET number = 2000000000 WHERE district_id = :d AND number = 4",
    ],
)
def test_what_cannot_even_be_read_is_named_all_the_same(sealed: Registry, owner: Owner, statement: str) -> None:
    found = owner.tried(
        lambda connection: connection.execute(text(statement), {"d": sealed.town.district.id}), sealed.kept
    )
    assert named(found)


def test_every_difference_is_counted_and_the_first_are_named(
    sealed: Registry, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.proofs.core.DIFFERENCES_MAX", 2)
    found = owner.tried(
        lambda connection: connection.execute(
            text("UPDATE quarter_standing SET total = total + 1 WHERE district_id = :d"),
            {"d": sealed.town.district.id},
        ),
        (),
    )
    assert (found.differing, len(found.differences.first)) == (9, 2)
