"""The end of the sample's year, as its days pass: everybody's list is sent in, and committees do their check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from app.auth.core import Actor
from app.kit.errors import BatchRefused
from tests.sample.building import Builder
from tests.sample.days import Scenes
from tests.sample.district import District, Member
from tests.sample.entries import Recorded, make_last_quarter

QUARTER = "2026Q4"
DILIGENT = 0.97
SENT_ON, CHECKED_ON = date(2027, 1, 9), date(2027, 1, 15)


@dataclass
class Winter:
    """What people do. One branch is left to whoever looks on: its check, and so the district's seal."""

    builder: Builder
    made: District

    def scenes(self) -> Scenes:
        """On their days."""
        return {SENT_ON: self._send, CHECKED_ON: self._check}

    @property
    def left(self) -> str:
        """The branch that the guide is told of: the first with groups."""
        return next(one.code for one in self.made.branches if one.groups)

    def _send(self) -> None:
        self.builder.on(SENT_ON)
        self.builder.send(make_last_quarter(self._here()), self._record)

    def _here(self) -> District:
        """Whoever is there now, with those whom whoever looks on has enrolled."""
        known = {one.number: one for one in self.made.members}
        codes = {one.id: code for code, one in self.builder.organisations.items()}
        fresh = next(one for one in self.made.members if one.ground is None and one.diligence > DILIGENT)
        members_of: dict[str, list[Member]] = {one.code: [] for one in self.made.branches}
        for one in self.builder.present().values():
            branch = codes[one.branch_id]
            like = known.get(one.number) or replace(fresh, number=one.number, entered_on=one.from_on)
            members_of[branch].append(replace(like, branch=branch))
        own = {branch: tuple(sorted(found, key=lambda one: one.number)) for branch, found in members_of.items()}
        return replace(self.made, members_of=own)

    def _record(self, facts: Sequence[Recorded], numbers: dict[str, UUID], recorder: Actor) -> None:
        """What whoever looks on has recorded before is theirs, and left out."""
        try:
            self.builder.record(facts, numbers, recorder)
        except BatchRefused as refused:
            done = {one.index for one in refused.faults}
            self.builder.record([one for place, one in enumerate(facts) if place not in done], numbers, recorder)

    def _check(self) -> None:
        self.builder.on(CHECKED_ON)
        for one in self.made.committees:
            self.builder.confirm(QUARTER, one.code, but=self.left)
