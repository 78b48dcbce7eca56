"""A quarter that the lines were not applied to is told from one in which they found nobody."""

from __future__ import annotations

from tests.town import Desk, client, desk, town

__all__ = ["client", "desk", "town"]


def test_an_empty_answer_says_that_nobody_has_looked_yet(desk: Desk) -> None:
    answer = desk.client.get("/api/v1/lines/quarters/2026Q3", headers=desk.headers("district_officer"))
    assert (answer.status_code, answer.json()["was_tested"], answer.json()["findings"]) == (200, False, [])
