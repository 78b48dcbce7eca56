"""The town and the way to it over HTTP, and the town whose third quarter is sealed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from app.job_runs.service import Outcome
from app.kit.settings import Settings
from app.reviews import jobs, making, store
from app.reviews.core_packs import IMAGE, SUFFIXES, Pack, PackKind, Part
from app.reviews.tables import review_pack, review_pack_chunk
from tests.seals.conftest import Q3, Office, client, desk, office, town

__all__ = ["client", "desk", "office", "town"]

MEMBER, COLLEAGUE, NEIGHBOUR = "林晓明", "陈建国", "周美玲"
PHONE, ID_NUMBER = "13805961234", "35060019800101123X"


@dataclass
class Archive:
    """The office after the seal, and the packs that it has."""

    office: Office
    settings: Settings

    @property
    def shop(self) -> making.Workshop:
        town = self.office.desk.town
        return making.Workshop(town.database, town.clock, town.district)

    def ask(self, login: str = "district_officer", quarter: str = Q3, **query: Any) -> Any:
        return self.office.call("POST", login, f"quarters/{quarter}/pack", **query)

    def round(self) -> dict[str, int]:
        town = self.office.desk.town
        return jobs.make(town.database, town.clock, town.district, self.settings, _no_key)

    def pack(self, scope: UUID | None = None, quarter: str = Q3, kind: PackKind = PackKind.QUARTER) -> Pack:
        town = self.office.desk.town
        found = town.run(lambda c, a: store.find_pack(c, a.district_id, kind, quarter, scope or town.district.id))
        assert found is not None
        return found  # type: ignore[no-any-return]

    def stored(self, pack: Pack, part: str, folder: Path) -> Path:
        """The bytes that are the record."""
        target = folder / (f"{pack.id}-{part}" if part == IMAGE else f"{pack.id}.{SUFFIXES[Part(part)]}")
        making.fetch(self.shop.database, self.shop.district.id, pack, part, target)
        return target

    def image(self, pack: Pack, folder: Path) -> Path:
        return self.stored(pack, IMAGE, folder)

    def rows_left(self) -> tuple[int, int]:
        """Packs and pieces of them that the district has."""
        town = self.office.desk.town

        def count(connection: Any, actor: Any) -> tuple[int, int]:
            found = [
                len(
                    connection.execute(
                        select(table.c.district_id).where(table.c.district_id == actor.district_id)
                    ).all()
                )
                for table in (review_pack, review_pack_chunk)
            ]
            return found[0], found[1]

        return town.run(count)  # type: ignore[no-any-return]


def _no_key() -> Any:
    raise AssertionError("nothing in a pack is under the key")


@pytest.fixture
def archive(office: Office, settings: Settings) -> Archive:
    """Sealed, with a duty missed, an addition with a telephone number in its words, and a late entry."""
    desk = office.desk
    office.recorded(MEMBER, "ORG-D01", reason=f"联系不上，电话 {PHONE}，证件 {ID_NUMBER}")
    office.recorded(NEIGHBOUR, "ORG-D01", login="district_officer", effective_on="2026-06-05")
    for branch in ("branch", "neighbour"):
        office.confirmed("committee_officer", branch=branch)
    office.live(date(2026, 10, 16))
    assert office.live(date(2026, 10, 26))["freeze"].outcome is Outcome.DONE
    for job in ("prove", "lines", "cases"):
        assert office.run(job).outcome is Outcome.DONE
    desk.forget()
    return Archive(office, settings)
