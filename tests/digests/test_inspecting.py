"""What is found of a sample is kept with it: who looked at which record, what was found, and what follows."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.digests.core import DigestKind
from app.kit.ids import new_id
from tests.digests.test_making import MEMBER, NEIGHBOUR, record_many, seal, snapshots
from tests.seals.conftest import Q3, Office


@pytest.fixture
def drawn(office: Office) -> Office:
    """The third quarter sealed, with a sample of both branches."""
    record_many(office, (MEMBER, NEIGHBOUR), ("ORG-D01", "ORG-D02"))
    seal(office)
    office.run("digest_quarter")
    return office


def path(office: Office) -> str:
    return f"digests/{snapshots(office, DigestKind.QUARTER, Q3)['committee'].id}/inspections"


def sample(office: Office) -> Any:
    return office.call("GET", "committee_officer", path(office)).json()


def finding(entry: Any, **more: Any) -> dict[str, Any]:
    return {"id": str(new_id()), "entry_id": entry["entry_id"], "in_order": True, **more}


WRONG = {"in_order": False, "follows": "correction", "note": "签到表上没有本人"}


def test_what_is_found_is_kept_with_who_found_it_and_the_last_look_holds(drawn: Office) -> None:
    found = sample(drawn)
    assert (found["drawn"], found["inspected"], found["wrong"]) == (4, 0, 0)
    first, second, *_ = found["entries"]
    findings = {"inspections": [finding(first), finding(second, **WRONG)]}
    found = drawn.call("POST", "committee_officer", path(drawn), findings).json()
    assert (found["inspected"], found["wrong"]) == (2, 1)
    kept = next(one for one in found["entries"] if one["entry_id"] == second["entry_id"])
    assert (kept["follows"], kept["note"]) == ("correction", "签到表上没有本人")
    assert kept["inspected_by"]
    again = drawn.call("POST", "committee_officer", path(drawn), findings)
    assert again.headers["Idempotent-Replay"] == "true"
    drawn.call("POST", "committee_officer", path(drawn), {"inspections": [finding(second, note="补交后相符")]})
    assert (sample(drawn)["inspected"], sample(drawn)["wrong"]) == (2, 0)


def test_the_branch_is_told_once_and_people_correct(drawn: Office) -> None:
    wrong = next(one for one in sample(drawn)["entries"] if one["branch"] == "第一支部")
    findings = {"inspections": [finding(wrong, **WRONG)]}
    for _ in range(2):
        drawn.call("POST", "committee_officer", path(drawn), findings)
    told = [text for kind, text in drawn.messages("secretary") if kind == "sample_wrong"]
    assert len(told) == 1
    assert "第一支部有 1 条" in told[0]


def test_only_sampled_records_and_nobody_ones_own(drawn: Office) -> None:
    first, *_ = sample(drawn)["entries"]
    district = snapshots(drawn, DigestKind.QUARTER, Q3)["district"].id
    outside = drawn.call(
        "POST", "district_officer", f"digests/{district}/inspections", {"inspections": [finding(first)]}
    )
    assert outside.json()["faults"][0]["code"] == "not_in_sample"
    # The district officer has recorded all of these.
    own = drawn.call("POST", "district_officer", path(drawn), {"inspections": [finding(first)]})
    assert own.json()["faults"][0]["code"] == "own_record"
    for body in ({"in_order": False}, {"follows": "correction"}):
        assert (
            drawn.call("POST", "committee_officer", path(drawn), {"inspections": [finding(first, **body)]}).status_code
            == 422
        )


def test_what_nobody_has_looked_at_is_due_and_then_late(drawn: Office) -> None:
    first, *_ = sample(drawn)["entries"]
    drawn.call("POST", "committee_officer", path(drawn), {"inspections": [finding(first)]})
    tasks = []
    for day, month in ((date(2026, 11, 1), "2026-10"), (date(2026, 12, 1), "2026-11")):
        drawn.on(day)
        drawn.run("digest_month", month)
        content = snapshots(drawn, DigestKind.MONTH, month)["committee"].content
        tasks += [(one["due"], one["late"]) for one in content["tasks"] if one["task"] == "sample"]
    assert tasks == [(3, 0), (0, 3)]
