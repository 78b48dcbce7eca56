"""What upper rooms may know of assistance cases: who has one that waits for help, and how cases of a year ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.cases import store_cases
from app.cases.core_cases import ADMITTED, CaseAction


@dataclass(frozen=True, slots=True)
class OpenCase:
    """An open case; ``takes_helper``: a helper may still be proposed, and the branch has named none yet."""

    id: UUID
    member_id: UUID
    proposed_helper_id: UUID | None
    takes_helper: bool


@dataclass(frozen=True, slots=True)
class EndedCase:
    """A case that was accepted, or failed, in the days asked for."""

    id: UUID
    branch_id: UUID
    accepted: bool


def open_cases(connection: Connection, actor: Actor) -> tuple[OpenCase, ...]:
    """Every open one of the district, for rooms above; no route shows them so."""
    found = store_cases.list_since(connection, actor.district_id, actor.at)
    states = ADMITTED[CaseAction.HELPER_PROPOSED]
    return tuple(
        OpenCase(one.id, one.member_id, one.proposed_helper_id, one.helper_id is None and one.state in states)
        for one in found
        if one.is_open
    )


def ended(connection: Connection, actor: Actor, first: date, last: date) -> Mapping[UUID, tuple[EndedCase, ...]]:
    """By branch, what was accepted or failed from the first day to the last; annulled ones never were."""
    found: dict[UUID, list[EndedCase]] = {}
    for case_id, branch_id, accepted in store_cases.list_ended(connection, actor.district_id, first, last):
        found.setdefault(branch_id, []).append(EndedCase(case_id, branch_id, accepted))
    return {branch: tuple(cases) for branch, cases in found.items()}
