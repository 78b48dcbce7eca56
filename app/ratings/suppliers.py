"""Which lower room knows which measure of a star sheet: the one list.

A supplier is asked for all branches at once and answers for each, of nothing due too; whom it leaves out is "not
supplied". Rooms further up hand down what they know by ``measuring.supply``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.cases import supplying as cases
from app.ratings.measured import Measured
from app.ratings.scoring import Reading
from app.rules.surveys import SurveyKind
from app.surveys import service as surveys
from app.surveys.core import Satisfaction

# The connection, who asks, the year's first day, the last day that counts, and the branches.
Supplier = Callable[[Connection, Actor, date, date, Collection[UUID]], Mapping[UUID, Measured]]


def correction_rate(
    connection: Connection, actor: Actor, first: date, last: date, branches: Collection[UUID]
) -> dict[UUID, Measured]:
    """Of the assistance cases whose outcome was found in the year, those that were accepted."""
    ended = cases.ended(connection, actor, first, last)
    found: dict[UUID, Measured] = {}
    for branch in branches:
        own = ended.get(branch, ())
        accepted = sorted(str(one.id) for one in own if one.accepted)
        failed = sorted(str(one.id) for one in own if not one.accepted)
        found[branch] = Measured(
            Reading(len(accepted), len(own)),
            "验收通过的帮扶整改 ÷ 年内有结果的帮扶整改（撤销的不计）",
            "assistance cases accepted, of those with an outcome in the year (annulled ones left out)",
            {"accepted": accepted, "failed": failed},
        )
    return found


def _survey(kind: SurveyKind, zh: str, en: str) -> Supplier:
    """The satisfied of those who answered an anonymous survey of the year; 0 of 0 where too few did."""

    def supply(
        connection: Connection, actor: Actor, first: date, last: date, branches: Collection[UUID]
    ) -> dict[UUID, Measured]:
        del last  # a survey is of a year
        opinion = surveys.satisfactions(connection, actor, first.year, kind)
        return {branch: _told(opinion.get(branch), zh, en) for branch in branches}

    return supply


def _told(found: Satisfaction | None, zh: str, en: str) -> Measured:
    """Sums, and never an answer."""
    if found is None:
        return Measured(None, zh, en)
    inputs = {
        "satisfied": found.satisfied,
        "answers": found.answers,
        "valid": found.valid,
        "invalid": found.invalid,
    }
    return Measured(Reading(found.satisfied, found.answers), zh, en, inputs)


# Rooms that come later add a line.
SUPPLIERS: Mapping[str, Supplier] = {
    "correction_rate": correction_rate,
    "member_survey": _survey(
        SurveyKind.MEMBERS,
        "党员匿名测评：满意和基本满意 ÷ 有效答卷；不足五份的无效",
        "members' anonymous survey: satisfied of valid answers; with fewer than five it is not valid",
    ),
    "staff_survey": _survey(
        SurveyKind.STAFF,
        "职工匿名测评：满意和基本满意 ÷ 有效答卷；不足五份的无效",
        "staff's anonymous survey: satisfied of valid answers; with fewer than five it is not valid",
    ),
}
