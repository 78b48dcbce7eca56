"""The sample district comes in whole, with a standing for every member, and its records fit the rule book."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from io import BytesIO
from threading import Barrier
from uuid import UUID

import pytest
from sqlalchemy import Connection, func, select
from stdnum.cn import ric, uscc

from app.auth.core import Actor
from app.cycles import service as cycles
from app.enrolment import service
from app.enrolment.core import Action, Kind
from app.kit.ciphers import AesFieldCipher
from app.kit.db import Database
from app.kit.settings import Settings
from app.points.tables import entry, standing
from app.roster import service as roster
from app.roster.tables import organisation
from app.rules import service as rules
from app.rules.core import Kind as ItemKind
from tests.enrolment.conftest import Import, member, small_roster, workbook_of
from tests.sample.district import MEMBERS, District, make_district
from tests.sample.entries import Recorded, make_entries
from tests.sample.workbook import write_workbook


@pytest.fixture(scope="module")
def sample() -> District:
    return make_district(1)


@pytest.fixture(scope="module")
def records(sample: District) -> list[Recorded]:
    return make_entries(sample)


@pytest.fixture
def with_book(database: Database, district: UUID, actor: Actor, settings: Settings) -> None:
    """The Longwen book is in force, and this year's cycle is open."""

    def work(connection: Connection) -> None:
        for book in rules.read_folder(settings.rules / "longwen")[0]:
            rules.publish(connection, district, book, at=actor.at, by=None)
            rules.adopt(
                connection,
                district,
                book=book.code,
                path=roster.root_of(district),
                from_on=book.editions[0].edition.starts_on,
            )
        cycles.open_cycle(connection, actor, actor.today)

    database.run(work, district)


def workbook(sample: District) -> BytesIO:
    target = BytesIO()
    write_workbook(target, sample)
    target.seek(0)
    return target


@pytest.mark.usefixtures("with_book")
def test_the_sample_comes_in_and_every_member_gets_a_standing(
    database: Database, district: UUID, hand_in: Import, sample: District
) -> None:
    report = hand_in(workbook(sample))
    assert report.counts[Kind.MEMBER] == {Action.NEW: MEMBERS}
    assert report.counts[Kind.BRANCH] == {Action.NEW: 60}
    assert report.counts[Kind.ENTERPRISE] == {Action.NEW: 300}
    opened = database.run(
        lambda connection: connection.execute(
            select(func.count()).select_from(standing).where(standing.c.district_id == district)
        ).scalar_one(),
        district,
    )
    assert opened == MEMBERS
    assert hand_in(workbook(sample)).does_nothing


@pytest.mark.usefixtures("with_book")
def test_a_carried_balance_opens_the_standing_of_a_new_member_once(
    database: Database, district: UUID, hand_in: Import
) -> None:
    rows = small_roster()
    rows["member"].append(member("M4", branch="B2", points=970, reference="2025底册-4"))
    hand_in(rows)
    rows["member"][-1]["points"] = 900
    assert hand_in(rows).does_nothing
    openings = database.run(
        lambda connection: (
            connection.execute(
                select(entry.c.points).where(entry.c.district_id == district, entry.c.kind == ItemKind.OPENING)
            )
            .scalars()
            .all()
        ),
        district,
    )
    assert Counter(openings) == {1000: 3, 970: 1}


@pytest.mark.usefixtures("with_book")
def test_a_move_takes_the_standing_along(database: Database, district: UUID, hand_in: Import) -> None:
    def branches_of_standings() -> dict[str, int]:
        statement = (
            select(organisation.c.code, func.count())
            .select_from(standing)
            .join(
                organisation,
                (organisation.c.district_id == standing.c.district_id) & (organisation.c.id == standing.c.branch_id),
            )
            .where(standing.c.district_id == district)
            .group_by(organisation.c.code)
        )
        return {
            row[0]: row[1] for row in database.run(lambda connection: connection.execute(statement).all(), district)
        }

    rows = small_roster()
    hand_in(rows)
    assert branches_of_standings() == {"B1": 2, "B2": 1}
    rows["member"][0].update(branch="B2", group=None, entered_on=date(2026, 11, 2))
    hand_in(rows, preview=True)
    assert branches_of_standings() == {"B1": 2, "B2": 1}
    hand_in(rows)
    assert branches_of_standings() == {"B1": 1, "B2": 2}


def test_the_same_seed_makes_the_same_district(sample: District, records: list[Recorded]) -> None:
    assert make_district(1) == sample
    assert make_entries(make_district(1)) == records
    assert make_district(2) != sample


def test_the_records_are_many_and_plausible(sample: District, records: list[Recorded]) -> None:
    assert 25_000 <= len(records) <= 40_000
    assert len({one.id for one in records}) == len(records)
    assert {one.member_number for one in records} <= {one.number for one in sample.members}
    assert all((one.decision is None or one.is_proposal) and one.reason for one in records)
    assert any(one.is_proposal and one.decision is None for one in records)
    missed = Counter(one.member_number for one in records if one.outcome == "missed")
    assert 0.01 < sum(count >= 15 for count in missed.values()) / MEMBERS < 0.05


def test_a_duty_is_recorded_once_in_its_window(records: list[Recorded]) -> None:
    yearly = {"ORG-D05", "ORG-D06", "EXC-D01", "SRV-D05"}
    monthly = {"ORG-D02", "ORG-D03"}

    def window(one: Recorded) -> object:
        if one.item in yearly:
            return one.effective_on.year
        return one.effective_on.month if one.item in monthly else (one.effective_on.month + 2) // 3

    seen = Counter((one.member_number, one.item, window(one)) for one in records if one.outcome is not None)
    assert set(seen.values()) == {1}


def test_every_record_is_of_an_item_and_tier_of_the_book(settings: Settings, records: list[Recorded]) -> None:
    books, _ = rules.read_folder(settings.rules / "longwen")
    items = books[0].editions[0].edition.regimes["standard"].items
    for one in {(record.item, record.tier, record.is_proposal) for record in records}:
        code, tier, is_proposal = one
        item = items[code]
        assert (item.kind in (ItemKind.INNOVATION, ItemKind.FAULT)) is is_proposal
        assert (item.tier(tier) is not None) if tier else not item.tiers


def test_no_number_of_the_sample_can_be_anybodys(sample: District) -> None:
    for firm in sample.enterprises:
        assert uscc.is_valid(firm.credit_code)
        assert firm.credit_code[2:8] == "000000"
    for one in sample.members:
        if one.id_number is not None:
            assert one.id_number[-1] == ric.calc_check_digit(one.id_number)
            assert not ric.is_valid(one.id_number)  # right in form, but of a region that does not exist
        assert one.phone is None or one.phone.startswith("100")


@pytest.mark.usefixtures("with_book")
def test_two_imports_at_once_leave_one_roster(
    database: Database, district: UUID, actor: Actor, cipher: AesFieldCipher
) -> None:
    records = service.read_roster(workbook_of(small_roster()))
    together = Barrier(2)

    def run(_: int) -> bool:
        together.wait(10)
        return database.run(
            lambda connection: service.import_roster(connection, actor, cipher, records), district
        ).does_nothing

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(run, range(2))) == [False, True]
