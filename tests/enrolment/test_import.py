"""An import does what its preview says, does it once, and never rewrites what is recorded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from app.auth.core import Actor, Appointment, Permission, Role
from app.auth.tables import account, appointment
from app.enrolment import service
from app.enrolment.core import Action, ImportReport, Kind
from app.enrolment.faults import RosterRefused
from app.enrolment.template import write_template
from app.kit.ciphers import AesFieldCipher
from app.kit.db import Database
from app.kit.errors import Forbidden
from app.kit.ids import new_id
from app.kit.sheets import Cell
from app.roster import service as roster
from app.roster.core import MemberOn, field_context
from app.roster.tables import member as member_rows
from app.roster.tables import membership
from tests.enrolment.conftest import CREDIT_CODE, OTHER_CREDIT_CODE, Import, Rows, member, small_roster, workbook_of

Contents = Callable[[], dict[str, set[tuple[object, ...]]]]
TODAY = date(2026, 11, 21)


def counted(report: ImportReport) -> dict[tuple[Kind, Action], int]:
    return {(kind, action): count for kind, counts in report.counts.items() for action, count in counts.items()}


def on(database: Database, district: UUID, number: str, day: date = TODAY) -> MemberOn:
    def work(connection: Connection) -> MemberOn:
        sought = select(member_rows.c.id).where(member_rows.c.district_id == district, member_rows.c.number == number)
        found: UUID = connection.execute(sought).scalar_one()
        return roster.members_on(connection, district, [found], day)[found]

    return database.run(work, district)


def test_a_roster_comes_in_whole(database: Database, district: UUID, hand_in: Import) -> None:
    report = hand_in(small_roster())
    assert counted(report) == {
        (Kind.COMMITTEE, Action.NEW): 1, (Kind.BRANCH, Action.NEW): 2, (Kind.GROUP, Action.NEW): 2,
        (Kind.ENTERPRISE, Action.NEW): 2, (Kind.MEMBER, Action.NEW): 3, (Kind.MEMBERSHIP, Action.NEW): 3,
        (Kind.EXEMPTION, Action.NEW): 1, (Kind.ACCOUNT, Action.NEW): 2, (Kind.APPOINTMENT, Action.NEW): 3,
    }  # fmt: skip
    organisations = database.run(lambda connection: roster.organisations(connection, district), district)
    by_code = {one.code: one for one in organisations}
    root = next(one for one in organisations if one.parent_id is None)
    assert root.id == district
    assert root.path == district.hex
    group = by_code["B1-G1"]
    assert group.path == ".".join(one.hex for one in (root.id, by_code["C1"].id, by_code["B1"].id, group.id))
    assert on(database, district, "M1").path == group.path


def test_a_branch_without_groups_puts_its_members_under_that_rule(
    database: Database, district: UUID, hand_in: Import
) -> None:
    hand_in(small_roster())
    assert on(database, district, "M1").profile == "standard"
    assert on(database, district, "M2").profile == "no-groups"
    assert on(database, district, "M3", date(2026, 6, 30)).profile == "floating"
    assert on(database, district, "M3").profile == "exempt"


def test_importing_twice_changes_nothing(hand_in: Import, contents: Contents) -> None:
    hand_in(small_roster())
    before = contents()
    report = hand_in(small_roster())
    assert report.does_nothing
    assert {action for _, action in counted(report)} == {Action.UNCHANGED}
    assert contents() == before


def test_the_empty_template_does_nothing(hand_in: Import, contents: Contents) -> None:
    target = BytesIO()
    write_template(target)
    target.seek(0)
    report = hand_in(target)
    assert report.does_nothing
    assert report.counts == {}
    assert contents()["member"] == set()


def test_a_preview_saves_nothing_and_says_what_the_import_then_does(hand_in: Import, contents: Contents) -> None:
    before = contents()
    previewed = hand_in(small_roster(), preview=True)
    assert contents() == before
    assert hand_in(small_roster()) == previewed


def of(rows: Rows, number: str) -> dict[str, Cell]:
    """The row of a member; one of nobody where the member is not listed."""
    return next((row for row in rows["member"] if row["number"] == number), {})


# Applied in the order of their names.
_CHANGES: dict[str, Callable[[Rows], None]] = {
    "a branch comes": lambda rows: rows["branch"].append({"code": "B3", "name": "丙", "parent": "C1", "form": "行业"}),
    "a branch is renamed": lambda rows: rows["branch"][1].update(name="第二联合支部"),
    "a class changes": lambda rows: of(rows, "M2").update(profile="预备党员"),
    "a firm is covered": lambda rows: rows["enterprise"][1].update(branch="B2"),
    "a firm is found": lambda rows: of(rows, "M2").update(enterprise=CREDIT_CODE),
    "a group changes": lambda rows: of(rows, "M1").update(group="B1-G2"),
    "a group comes": lambda rows: rows["group"].append({"code": "B2-G1", "name": "第1党小组", "parent": "B2"}),
    "a member comes": lambda rows: rows["member"].append(member("M4", branch="B2")),
    "a member goes unlisted": lambda rows: rows["member"].remove(of(rows, "M2")),
    "a member moves": lambda rows: of(rows, "M1").update(branch="B2", group=None, entered_on=date(2026, 5, 6)),
    "a name changes": lambda rows: of(rows, "M2").update(name="王芳芳"),
    "a phone comes": lambda rows: of(rows, "M2").update(phone="10000000002"),
    "an exemption ends": lambda rows: of(rows, "M3").update(exempt_until=date(2026, 12, 31)),
    "an office ends": lambda rows: rows["appointment"][0].update(until_on=date(2026, 11, 1)),
}


@given(chosen=st.sets(st.sampled_from(sorted(_CHANGES)), max_size=6))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_preview_equals_commit_whatever_changes(
    chosen: set[str],
    database: Database,
    new_district: Callable[[], UUID],
    actor: Actor,
    cipher: AesFieldCipher,
) -> None:
    district = new_district()
    somebody = replace(actor, district_id=district)

    def run(rows: Rows, *, preview: bool = False) -> ImportReport:
        records = service.read_roster(workbook_of(rows))
        return database.run(
            lambda connection: service.import_roster(connection, somebody, cipher, records),
            district,
            commit=not preview,
        )

    run(small_roster())
    changed = small_roster()
    for name in sorted(chosen):
        _CHANGES[name](changed)
    previewed = run(changed, preview=True)
    assert run(changed) == previewed
    assert run(changed).does_nothing
    assert not previewed.does_nothing or "a member goes unlisted" in chosen or not chosen


def test_a_move_closes_one_membership_and_opens_another(
    database: Database, district: UUID, hand_in: Import, contents: Contents
) -> None:
    hand_in(small_roster())
    before = contents()["membership"]
    moved = small_roster()
    _CHANGES["a member moves"](moved)
    report = hand_in(moved)
    assert counted(report)[Kind.MEMBERSHIP, Action.CLOSED] == 1
    assert counted(report)[Kind.MEMBERSHIP, Action.NEW] == 1
    assert on(database, district, "M1", date(2026, 5, 5)).profile == "standard"
    assert on(database, district, "M1", date(2026, 5, 6)).profile == "no-groups"
    after = contents()["membership"]
    assert len(after) == len(before) + 1
    assert len(after & before) == len(before) - 1  # only the closed one differs, by its last day


def test_a_change_within_a_branch_begins_today(database: Database, district: UUID, hand_in: Import) -> None:
    hand_in(small_roster())
    changed = small_roster()
    _CHANGES["a group changes"](changed)
    hand_in(changed)
    yesterday, today = on(database, district, "M1", TODAY - timedelta(days=1)), on(database, district, "M1")
    assert yesterday.path != today.path
    assert today.from_on == TODAY


def test_who_is_not_listed_stays_as_they_are(hand_in: Import, contents: Contents) -> None:
    hand_in(small_roster())
    before = contents()
    report = hand_in({"member": [small_roster()["member"][0]]})
    assert report.does_nothing
    assert report.untouched == 2
    assert contents() == before


def test_an_empty_cell_erases_nothing(hand_in: Import, contents: Contents) -> None:
    hand_in(small_roster())
    before = contents()
    bare = small_roster()
    bare["member"][0].update(id_number=None, phone=None, group=None)
    bare["member"][2].update(ground=None, exempt_from=None)
    assert hand_in(bare).does_nothing
    assert contents() == before


def test_personal_fields_are_stored_encrypted(
    database: Database, district: UUID, hand_in: Import, cipher: AesFieldCipher
) -> None:
    report = hand_in(small_roster())
    found = database.run(
        lambda connection: connection.execute(
            select(member_rows).where(member_rows.c.district_id == district, member_rows.c.number == "M1")
        ).one(),
        district,
    )
    assert b"1980" not in found.id_number
    assert cipher.decrypt(found.id_number, field_context(district, "id_number")) == "000000198001010013"
    assert found.phone_lookup == cipher.lookup("10000000001", field_context(district, "phone"))
    assert "000000198001010013" not in str(report.changes)
    changed = small_roster()
    changed["member"][0]["phone"] = "10000000009"
    assert "10000000009" not in str(hand_in(changed).changes)


def test_an_account_of_the_workbook_has_no_password_and_its_role_from_its_day(
    database: Database, district: UUID, hand_in: Import
) -> None:
    hand_in(small_roster())
    held = database.run(
        lambda connection: connection.execute(
            select(account.c.login, appointment.c.role, appointment.c.from_on)
            .select_from(account)
            .join(
                appointment,
                (appointment.c.district_id == account.c.district_id) & (appointment.c.account_id == account.c.id),
            )
            .where(account.c.district_id == district, appointment.c.district_id == district)
            .order_by(account.c.login, appointment.c.role)
        ).all(),
        district,
    )
    since = date(2024, 1, 1)
    assert [tuple(row) for row in held] == [
        ("danyan", "member", since), ("danyan", "secretary", since), ("office", "district_officer", since)
    ]  # fmt: skip


def officer(district: UUID, actor: Actor) -> Actor:
    return replace(actor, account_id=new_id(), appointments=(Appointment(Role.DISTRICT_OFFICER, district.hex),))


def test_a_district_officer_imports_a_roster_but_appoints_nobody(
    district: UUID, actor: Actor, hand_in: Import, contents: Contents
) -> None:
    by = officer(district, actor)
    with pytest.raises(RosterRefused) as refused:
        hand_in(small_roster(), by=by)
    assert {fault.error.code for fault in refused.value.faults} == {"not_your_right"}
    assert contents()["member"] == set()
    without = small_roster()
    del without["appointment"]
    assert counted(hand_in(without, by=by))[Kind.MEMBER, Action.NEW] == 3
    # What an administrator entered stays in the workbook without harm.
    hand_in(small_roster())
    assert hand_in(small_roster(), by=by).does_nothing


def test_a_secretary_imports_nothing(district: UUID, actor: Actor, hand_in: Import) -> None:
    by = replace(actor, account_id=new_id(), appointments=(Appointment(Role.SECRETARY, f"{district.hex}.x.y"),))
    with pytest.raises(Forbidden) as refused:
        hand_in(small_roster(), by=by)
    assert refused.value.facts["permission"] == Permission.ROSTER_IMPORT.value


def test_two_districts_may_use_the_same_codes(
    database: Database, new_district: Callable[[], UUID], actor: Actor, cipher: AesFieldCipher
) -> None:
    for district in (new_district(), new_district()):
        somebody = replace(actor, district_id=district)
        records = service.read_roster(workbook_of(small_roster()))
        report = database.run(
            lambda connection, who=somebody, read=records: service.import_roster(connection, who, cipher, read),  # type: ignore[misc]
            district,
        )
        assert counted(report)[Kind.MEMBER, Action.NEW] == 3


def test_a_second_firm_may_stay_uncovered(database: Database, district: UUID, hand_in: Import) -> None:
    report = hand_in(small_roster())
    line = next(change for change in report.changes if change.key == OTHER_CREDIT_CODE)
    assert "尚未覆盖" in line.zh


def test_closed_rows_never_overlap(database: Database, district: UUID, hand_in: Import) -> None:
    hand_in(small_roster())
    moved = small_roster()
    _CHANGES["a member moves"](moved)
    hand_in(moved)
    rows = database.run(
        lambda connection: connection.execute(
            select(membership.c.from_on, membership.c.until_on, member_rows.c.number)
            .select_from(
                membership.join(
                    member_rows,
                    (member_rows.c.district_id == membership.c.district_id)
                    & (member_rows.c.id == membership.c.member_id),
                )
            )
            .where(membership.c.district_id == district, member_rows.c.number == "M1")
            .order_by(membership.c.from_on)
        ).all(),
        district,
    )
    assert [(row.from_on, row.until_on) for row in rows] == [
        (date(2020, 3, 1), date(2026, 5, 5)), (date(2026, 5, 6), None)
    ]  # fmt: skip
