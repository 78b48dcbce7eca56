"""What surveys tell of secretaries: the masses' part. Nowhere else is the room of surveys asked.

Votes that are cast on paper are entered by hand with evidence, and count instead.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import fields
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.rules.surveys import SurveyKind, SurveySubject
from app.surveys import service as surveys
from app.surveys.core import Satisfaction

# Peers are other secretaries, whom the masses' part does not ask.
_MASSES = (SurveyKind.MEMBERS, SurveyKind.STAFF)


def tallies(connection: Connection, actor: Actor, year: int, branches: Collection[UUID]) -> Mapping[UUID, Satisfaction]:
    """By branch, what closed surveys of the year say of its secretary; who was asked about in none is left out.

    A member's answer and an employee's count alike. ``unfit`` is what the rule of one third goes by.
    """
    by_kind = [surveys.satisfactions(connection, actor, year, kind, SurveySubject.SECRETARY) for kind in _MASSES]
    found = {branch: [one[branch] for one in by_kind if branch in one] for branch in branches}
    return {branch: _together(said) for branch, said in found.items() if said}


def _together(said: Collection[Satisfaction]) -> Satisfaction:
    names = [one.name for one in fields(Satisfaction)]
    return Satisfaction(**{name: sum(getattr(one, name) for one in said) for name in names})
