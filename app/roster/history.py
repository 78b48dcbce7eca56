"""Where a member belonged over time: the dated facts that postings, duties and boards are judged by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.roster.core import EXEMPT, BranchForm, MemberOn


@dataclass(frozen=True, slots=True)
class Spell:
    """One membership, from its first day to its last (None: it goes on), with the branch's form as it is now."""

    branch_id: UUID
    group_id: UUID | None
    path: str
    profile: str
    from_on: date
    until_on: date | None
    form: BranchForm | None = None

    def holds(self, day: date) -> bool:
        return self.from_on <= day and (self.until_on is None or day <= self.until_on)


@dataclass(frozen=True, slots=True)
class MemberHistory:
    """A member with every membership, in order, and the days of every exemption.

    ``account_id`` is that of an open account: None for who has none, and for one that was closed.
    """

    id: UUID
    number: str
    account_id: UUID | None
    name: str
    joined_on: date
    spells: tuple[Spell, ...]
    exemptions: tuple[tuple[date, date | None], ...]

    @property
    def latest_branch(self) -> UUID | None:
        return self.spells[-1].branch_id if self.spells else None

    def on(self, day: date) -> MemberOn | None:
        """Where the member belonged on the day, with the profile ``exempt`` where an exemption held; None: nowhere."""
        spell = next((one for one in self.spells if one.holds(day)), None)
        if spell is None:
            return None
        exempt = any(start <= day and (end is None or day <= end) for start, end in self.exemptions)
        return MemberOn(
            id=self.id,
            number=self.number,
            account_id=self.account_id,
            name=self.name,
            joined_on=self.joined_on,
            branch_id=spell.branch_id,
            group_id=spell.group_id,
            path=spell.path,
            profile=EXEMPT if exempt else spell.profile,
            from_on=spell.from_on,
            form=spell.form,
        )

    def since(self, day: date) -> date:
        """Since when the member has belonged without a gap, as seen on the day: a move between branches is no gap."""
        start = day
        for spell in sorted(self.spells, key=lambda one: one.from_on, reverse=True):
            if spell.from_on > day:
                continue
            if spell.until_on is not None and (start - spell.until_on).days > 1:
                break
            start = min(start, spell.from_on)
        return start
