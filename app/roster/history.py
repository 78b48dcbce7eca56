"""Where a member belonged over time: the dated facts that postings, duties and boards are judged by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
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
        return None if spell is None else self._as(spell, exempt=self._is_exempt(day))

    def ruling(self, starts_on: date, ends_on: date) -> MemberOn | None:
        """Whose rules hold over a span of days: where the member belonged on its first, or on that of joining in it.

        With the profile ``exempt`` only if exempt on every one of its days on which they belong; None: on none of them.
        """
        spells = [one for one in self.spells if one.from_on <= ends_on and (one.until_on or ends_on) >= starts_on]
        if not spells:
            return None
        spell = min(spells, key=lambda one: one.from_on)
        if not self._is_exempt(max(starts_on, spell.from_on)):
            return self._as(spell, exempt=False)
        days = (starts_on + timedelta(days=offset) for offset in range((ends_on - starts_on).days + 1))
        exempt = all(self._is_exempt(day) for day in days if any(one.holds(day) for one in spells))
        return self._as(spell, exempt=exempt)

    def is_listed(self, day: date, today: date) -> bool:
        """Whether averages, rankings and lines hold the member for a day, as far as the roster goes.

        They belong on it, are not exempt on it, and have not left since: who leaves is out at once (domain, rule 30).
        """
        there = self.on(day)
        return there is not None and there.profile != EXEMPT and not self.has_left(today)

    def has_left(self, today: date) -> bool:
        """Whose last day is today is out at once."""
        return all(one.until_on is not None and one.until_on <= today for one in self.spells)

    def _is_exempt(self, day: date) -> bool:
        return any(start <= day and (end is None or day <= end) for start, end in self.exemptions)

    def _as(self, spell: Spell, *, exempt: bool) -> MemberOn:
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
