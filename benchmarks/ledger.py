"""A large ledger made quickly: sound entries and standings by the service's own pure functions, brought in by COPY.

Each process makes its share of the members. Foreign keys are not checked again while loading (what they would check is
true by construction), everything else is: keys, unique and check constraints.
"""

from __future__ import annotations

import json
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from random import Random
from typing import Any
from uuid import UUID

import psycopg

from app.kit.calendar import quarter_of
from app.kit.ids import new_id
from app.points.core import fold
from app.points.ledger import Balance, Entry, Source, cell_window, hand_of, reversal_of
from app.points.plan import Plan, compile_plan
from app.points.store import matrix_of
from app.rules.award import Outcome, points_of
from app.rules.book import load_book
from app.rules.core import OPENING, STANDARD, Item, Kind, Regime
from benchmarks.ground import ROOT, YEAR, Place

ENTRIES_A_MEMBER = 20  # its opening among them
PROCESSES = 2
_CHUNK = 2_500  # members
_QUARTERS = tuple(f"{YEAR}Q{number}" for number in range(1, 5))
_DIGEST = bytes(range(32))
# What a member's year is made of: duties of single months and of quarters, one finding, and one duty taken back.
_MONTHLY, _QUARTERLY = ("ORG-D02", "ORG-D03"), ("ORG-D01", "ORG-D04", "EXC-D02")
_FINDINGS = (  # item, tier, whether a matter is named
    ("EXC-A01", "adopted", True), ("EXC-A03", "firm", True), ("ORG-A01", None, False), ("SRV-A05", None, False),
    ("LAW-A02", "participant", True), ("ORG-F01", None, False), ("PUB-F01", "slight", True),
)  # fmt: skip


@dataclass(frozen=True)
class Share:
    """Members of one chunk, as (id, branch)."""

    address: str
    district_id: UUID
    officer: UUID
    members: Sequence[tuple[UUID, UUID]]
    seed: int


def make_ledger(place: Place, advance: Callable[[int], None]) -> None:
    """Give every member of the place a standing and ``ENTRIES_A_MEMBER`` entries; ``advance`` hears of members done."""
    pairs = [(member_id, place.branch_of(index)) for index, member_id in enumerate(place.members)]
    shares = [
        Share(place.ground.superuser_address, place.district.id, place.officer, pairs[start : start + _CHUNK], start)
        for start in range(0, len(pairs), _CHUNK)
    ]
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        for done in pool.imap_unordered(_make_share, shares):
            advance(done)


def sample_standing(place: Place) -> dict[str, Any]:
    """The columns of one member's standing after such a year."""
    pair = (place.members[0], place.branch_of(0))
    maker = _Maker(Share(place.ground.superuser_address, place.district.id, place.officer, [pair], 0))
    balance = maker.balance(*pair)
    for _ in maker.entries(balance):
        pass
    return maker.standing_row(balance)


def _make_share(share: Share) -> int:
    maker = _Maker(share)
    entry_names = ", ".join(f'"{name}"' for name in ("district_id", *Entry.__slots__))
    with psycopg.connect(share.address) as connection, connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        balances: list[Balance] = []
        with cursor.copy(f"COPY entry ({entry_names}) FROM STDIN") as copy:
            for member_id, branch_id in share.members:
                balance = maker.balance(member_id, branch_id)
                for entry in maker.entries(balance):
                    copy.write_row(_entry_row(share.district_id, entry))
                balances.append(balance)
        rows = [maker.standing_row(balance) for balance in balances]
        with cursor.copy(f"COPY standing ({', '.join(rows[0])}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(list(row.values()))
    return len(share.members)


def _entry_row(district_id: UUID, entry: Entry) -> list[Any]:
    values = [getattr(entry, name) for name in Entry.__slots__]
    return [district_id, *(value.value if isinstance(value, Kind | Source) else value for value in values)]


class _Maker:
    def __init__(self, share: Share) -> None:
        edition = next(one for one in load_book(ROOT / "scoring_rules" / "longwen").editions).edition
        regime = edition.regime(STANDARD)
        assert regime is not None
        self._regime: Regime = regime
        self._plan: Plan = compile_plan(dict.fromkeys(_QUARTERS, regime))
        self._share = share
        self._random = Random(share.seed)

    def balance(self, member_id: UUID, branch_id: UUID) -> Balance:
        regimes = dict.fromkeys(_QUARTERS, (self._regime.digest, self._regime.profile))
        return Balance(
            cycle=str(YEAR), member_id=member_id, branch_id=branch_id, seq=0, version=1, opening=0, cells={},
            regimes=regimes, vetoes=0, ranked=True, running_hash=b"",
        )  # fmt: skip

    def entries(self, balance: Balance) -> Iterator[Entry]:
        """In the order of ``seq``; the balance takes each."""
        made = [self._opening(balance)]
        first = self._random.randrange(1, 8)
        duties = [(code, date(YEAR, first + month, 12)) for month in range(4) for code in _MONTHLY]
        duties += [(code, date(YEAR, month, 20)) for month in (1, 4, 7) for code in _QUARTERLY]
        made += [self._duty(made[0], code, day) for code, day in duties]
        made.append(self._finding(made[0]))
        made.append(reversal_of(made[1], new_id(), 0, hand_of(made[-1])))
        for seq, one in enumerate(made, start=1):
            entry = replace(one, seq=seq)
            balance.take(entry)
            yield entry

    def _duty(self, opening: Entry, code: str, day: date) -> Entry:
        outcome = Outcome.MISSED if self._random.random() < 0.1 else Outcome.KEPT
        item = self._regime.items[code]
        return self._entry(opening, item, day, points_of(item, tier=None, units=None, outcome=outcome))

    def _finding(self, opening: Entry) -> Entry:
        code, tier, has_matter = self._random.choice(_FINDINGS)
        item = self._regime.items[code]
        day = date(YEAR, self._random.randrange(1, 12), 25)
        made = self._entry(opening, item, day, points_of(item, tier=tier, units=None, outcome=None))
        matter = f"测〔{YEAR}〕{self._random.randrange(10**6)}号" if has_matter else None
        return replace(made, tier=tier, matter=matter, source=Source.SUBMISSION, approved_by=self._share.officer)

    def _opening(self, balance: Balance) -> Entry:
        first = _QUARTERS[0]
        return Entry(
            id=new_id(), cycle=balance.cycle, member_id=balance.member_id, seq=1, branch_id=balance.branch_id,
            item=OPENING, kind=Kind.OPENING, dimension=None, tier=None, matter=None, cause=None,
            edition=self._regime.digest, profile=self._regime.profile, window=first, units=0,
            points=self._regime.opening, effective_on=date(YEAR, 1, 1), booked_in=first,
            recorded_at=datetime(YEAR, 1, 5, 2, tzinfo=UTC), recorded_by=None, approved_by=None, source=Source.JOB,
            batch=None, reverses=None, input_digest=_DIGEST, text_digest=None,
        )  # fmt: skip

    def _entry(self, opening: Entry, item: Item, day: date, worth: tuple[int, int]) -> Entry:
        """``worth`` is in units and points."""
        return replace(
            opening, id=new_id(), item=item.code, kind=item.kind, dimension=item.dimension,
            window=cell_window(item, day), units=worth[0], points=worth[1], effective_on=day, booked_in=quarter_of(day),
            recorded_at=datetime(day.year, day.month, day.day, 9, 30, tzinfo=UTC), recorded_by=self._share.officer,
            source=Source.RECORD, text_digest=_DIGEST,
        )  # fmt: skip

    def standing_row(self, balance: Balance) -> dict[str, Any]:
        score = fold(self._plan, balance.opening, balance.cells)
        return {
            "district_id": self._share.district_id,
            "cycle": balance.cycle,
            "member_id": balance.member_id,
            "branch_id": balance.branch_id,
            "seq": balance.seq,
            "version": balance.version,
            "opening": balance.opening,
            "cells": json.dumps([[*key, *cell] for key, cell in balance.cells.items()], ensure_ascii=False),
            "regimes": json.dumps(balance.regimes),
            "daily": score.daily,
            "innovation": score.innovation,
            "fault": score.fault,
            "total": score.total,
            "effective": score.effective,
            "decimals": score.decimals,
            "matrix": json.dumps(matrix_of(score)),
            "vetoes": balance.vetoes,
            "band": score.band or None,
            "ranked": balance.ranked,
            "running_hash": balance.running_hash,
            "updated_at": datetime(YEAR, 11, 20, tzinfo=UTC),
        }
