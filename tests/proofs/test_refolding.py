"""A frozen row that agrees with its hash, and is wrong all the same, is found from the entries."""

from __future__ import annotations

import pytest

from tests.proofs.conftest import MEMBER, NEIGHBOUR, Owner, Registry, named
from tests.seals.conftest import Q3

ROW = "UPDATE quarter_standing SET {change} WHERE district_id = :d AND quarter = :q AND member_id = :m"


@pytest.mark.parametrize("change", ["total = total + 1", "band = 'good'", "vetoes = 1", "matrix = '{}'"])
def test_a_row_changed_before_its_seal_was_proved_is_named(registry: Registry, owner: Owner, change: str) -> None:
    registry.seal()
    member = registry.town.members[MEMBER]
    assert owner.execute(ROW.replace("{change}", change), q=Q3, m=member) == 1
    registry.prove()
    found = registry.verify(())
    (row,) = named(found)
    assert row.startswith(f"quarter_standing {Q3} {member} {change.split(maxsplit=1)[0]}")
    assert found.rebuilt == found.frozen - 1


def test_rows_stand_when_something_is_booked_after_the_seal(sealed: Registry) -> None:
    found = sealed.verify()
    assert (found.is_sound, found.rebuilt, found.put_right) == (True, found.frozen, 0)


def test_rules_put_right_after_the_seal_are_said_and_no_alarm(sealed: Registry, owner: Owner) -> None:
    """As an exemption told late would, where nothing was posted yet in the quarter."""
    member = sealed.town.members[NEIGHBOUR]
    owner.execute(
        "UPDATE standing SET regimes = jsonb_set(regimes, '{2026Q2,1}', '\"exempt\"')"
        " WHERE district_id = :d AND member_id = :m",
        m=member,
    )
    found = sealed.verify()
    assert found.is_sound
    assert found.rebuilt + found.put_right == found.frozen
    assert found.put_right >= 1
