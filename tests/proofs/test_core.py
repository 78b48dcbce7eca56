"""The tree is that of RFC 6962, and every header, leaf and row has one digest only."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from app.proofs.core import (
    NOTHING,
    Checkpoint,
    EditionMark,
    LeafKey,
    Seal,
    Tree,
    leaf_hash,
    root_of,
    row_line,
    standing_leaf,
)

DATA = st.lists(st.binary(max_size=40), max_size=70)


def by_definition(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + by_definition(leaves[:k]) + by_definition(leaves[k:])).digest()


def root(leaves: list[bytes]) -> bytes:
    return Tree(leaf_hash(one) for one in leaves).root


@given(DATA)
def test_the_root_is_that_of_the_definition(leaves: list[bytes]) -> None:
    assert root(leaves) == by_definition(leaves)


def test_the_known_vectors_of_certificate_transparency_come_out() -> None:
    leaves = [bytes.fromhex(one) for one in ("", "00", "10", "2021", "3031", "40414243")]
    assert root([]) == NOTHING
    assert root(leaves).hex() == "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"


@given(DATA.filter(bool), st.data())
def test_another_row_a_missing_one_one_more_and_two_swapped_give_another_root(
    leaves: list[bytes], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(leaves) - 1))
    other = data.draw(st.binary(max_size=40).filter(lambda one: one != leaves[at]))
    with_ = data.draw(st.integers(0, len(leaves) - 1))
    swapped = list(leaves)
    swapped[at], swapped[with_] = swapped[with_], swapped[at]
    altered = [
        [*leaves[:at], other, *leaves[at + 1 :]],
        [*leaves[:at], *leaves[at + 1 :]],
        [*leaves[:at], other, *leaves[at:]],
        [*leaves, leaves[-1]],  # an odd leaf doubled is another tree
    ]
    if swapped != leaves:
        altered.append(swapped)
    assert root(leaves) not in {root(one) for one in altered}


def test_no_node_passes_for_a_leaf() -> None:
    left, right = leaf_hash(b"a"), leaf_hash(b"b")
    assert root([left + right]) != root([b"a", b"b"])


CHECKPOINT = Checkpoint(
    UUID(int=1),
    7,
    datetime(2026, 10, 24, tzinfo=UTC),
    b"\x01" * 32,
    3,
    b"\x02" * 32,
    Seal("2026Q3", 5, b"\x03" * 32, (EditionMark("longwen", "2026", "ab"),)),
)
SEAL = CHECKPOINT.seal
assert SEAL is not None


def test_whatever_a_checkpoint_says_is_in_its_root() -> None:
    assert SEAL is not None
    others = [
        replace(CHECKPOINT, district_id=UUID(int=2)),
        replace(CHECKPOINT, number=8),
        replace(CHECKPOINT, made_at=CHECKPOINT.made_at.replace(microsecond=1)),
        replace(CHECKPOINT, previous=b""),
        replace(CHECKPOINT, leaves=4),
        replace(CHECKPOINT, leaves_root=b"\x00" * 32),
        replace(CHECKPOINT, seal=None),
        replace(CHECKPOINT, seal=replace(SEAL, quarter="2026Q2")),
        replace(CHECKPOINT, seal=replace(SEAL, rows=6)),
        replace(CHECKPOINT, seal=replace(SEAL, rows_root=b"\x00" * 32)),
        replace(CHECKPOINT, seal=replace(SEAL, editions=())),
    ]
    roots = [one.root for one in (CHECKPOINT, *others)]
    assert len(set(roots)) == len(roots)


def test_the_root_is_what_a_stranger_computes_from_the_header_with_the_standard_library() -> None:
    text = json.dumps(CHECKPOINT.header(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(b"\x02" + text.encode()).digest() == CHECKPOINT.root == root_of(json.loads(text))


@given(st.integers(1, 2**31 - 1), st.binary(min_size=32, max_size=32))
def test_a_leaf_binds_member_cycle_number_and_hash(seq: int, running: bytes) -> None:
    key = LeafKey("2026", UUID(int=5), seq)
    others = [replace(key, cycle="2027"), replace(key, member_id=UUID(int=6)), replace(key, seq=seq % 2**31 + 1)]
    found = {standing_leaf(one, running) for one in (key, *others)} | {standing_leaf(key, b"")}
    assert len(found) == len(others) + 2


def test_a_row_has_one_line_whatever_the_order_of_its_columns() -> None:
    row = {"b": UUID(int=1), "a": b"\x01", "c": datetime(2026, 1, 1, 8, tzinfo=UTC), "d": {"y": 1, "x": None}}
    line = row_line(row)
    assert line == row_line(dict(reversed(row.items())))
    assert json.loads(line) == {
        "a": "01",
        "b": str(UUID(int=1)),
        "c": "2026-01-01T08:00:00.000000Z",
        "d": {"x": None, "y": 1},
    }
