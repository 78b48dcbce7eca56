"""Whom grids tell: the secretaries of leads and of whoever is helped, and the district where a lead is lost.

Of a helped member nothing is said but that it is one of the branch's: who it is stands with the mentoring, for the two
sides alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.auth import service as auth
from app.auth.core import Actor, Role
from app.grids import store, store_mentoring
from app.grids.assigning import HelpedKind
from app.grids.core import GridLead, LeadState, Succession
from app.grids.core_mentoring import Mentoring, MentoringOutcome
from app.messages import service as messages
from app.messages.core import Message, Recipient, Subject
from app.messages.texts import FactValue, Kind
from app.roster import service as roster

_OFFICES = (Role.SECRETARY, Role.COMMITTEE_OFFICER, Role.DISTRICT_OFFICER)


class Herald:
    """Names and offices of the district, read once for all that is told."""

    def __init__(self, connection: Connection, actor: Actor) -> None:
        self.connection, self.actor = connection, actor
        self.organisations = {one.id: one for one in roster.organisations(connection, actor.district_id)}
        self.by_path = {one.path: one for one in self.organisations.values()}
        self.grids = {one.id: one for one in store.list_grids(connection, actor.district_id)}
        self.leads = {one.id: one for one in store.list_leads(connection, actor.district_id, ended=True)}
        self._enterprises: dict[UUID, str] | None = None

    def tell(self, told: Iterable[Message]) -> int:
        """How many were new; once a transaction, at its end."""
        return messages.tell(self.connection, self.actor, list(told))

    def _to(self, paths: Collection[str]) -> dict[str, list[Recipient]]:
        """By path, the secretary there; where nobody is, the nearest office above."""
        found: dict[str, list[Recipient]] = {}
        for path, held in auth.holders_at(self.connection, self.actor, _OFFICES, paths).items():
            for role in _OFFICES:
                own = [account for account, one in held if one is role]
                if own:
                    found[path] = [Recipient(account_id=one) for one in dict.fromkeys(own)]
                    break
        return found

    def _district(self) -> list[Recipient]:
        root = roster.root_of(self.actor.district_id)
        held = auth.holders(self.connection, self.actor, (Role.DISTRICT_OFFICER,), root)
        return [Recipient(account_id=account) for account, _ in held]

    def _name(self, key: UUID) -> str | None:
        found = self.organisations.get(key)
        return None if found is None else found.name

    # Leads.

    def named(self, lead: GridLead) -> Iterator[Message]:
        path = self.organisations[lead.branch_id].path
        facts: dict[str, FactValue] = {
            "branch": self._name(lead.branch_id),
            "grid": self.grids[lead.grid_id].name,
            "count": lead.capacity,
        }
        for to in self._to([path]).get(path, []):
            yield Message(to, Kind.LEAD_NAMED, Subject("grid_lead", lead.id), facts)

    def lost(self, lead: GridLead) -> Iterator[Message]:
        """Once for each last day: the lead's secretary, and the district, which names a deputy."""
        if lead.until_on is None:
            return
        path = self.organisations[lead.branch_id].path
        facts: dict[str, FactValue] = {
            "branch": self._name(lead.branch_id),
            "grid": self.grids[lead.grid_id].name,
            "deputy": None if lead.deputy_id is None else self._name(lead.deputy_id),
        }
        subject, occasion = Subject("grid_lead", lead.id), lead.until_on.isoformat()
        for to in dict.fromkeys([*self._to([path]).get(path, []), *self._district()]):
            yield Message(to, Kind.LEAD_LOST, subject, facts, lead.until_on, occasion)

    def turned(self, succession: Succession) -> Iterator[Message]:
        for one in succession.changed:
            if one.state in (LeadState.LEAVING, LeadState.ACTING):
                yield from self.lost(one)
        for one in succession.opened:
            yield from self.named(one)
        old = [one for one, _ in succession.handed]
        closed = store_mentoring.list_ended(self.connection, self.actor.district_id, old, self.actor.today)
        yield from self.ended([one for one in closed if one.outcome is MentoringOutcome.HANDED_OVER])

    # Mentorings.

    def facts(self, one: Mentoring) -> dict[str, FactValue]:
        lead = self.leads[one.lead_id]
        return {"lead": self._name(lead.branch_id), "helped": self._helped(one), "who": one.kind.value}

    def _helped(self, one: Mentoring) -> str | None:
        """The branch of a helped member, and never the member."""
        if one.kind is HelpedKind.ENTERPRISE:
            if self._enterprises is None:
                every = store.list_enterprises(self.connection, self.actor.district_id)
                self._enterprises = {firm.id: firm.name for firm in every}
            return self._enterprises.get(one.helped_id)
        if one.kind is HelpedKind.BRANCH:
            return self._name(one.helped_id)
        place = self.by_path.get(one.path)
        return None if place is None else place.name

    def asked(self, opened: Collection[Mentoring]) -> Iterator[Message]:
        """Both sides of each proposal; what was handed over with consent needs no asking."""
        waiting = [one for one in opened if one.lead_agreed_on is None or one.helped_agreed_on is None]
        yield from self._both(waiting, Kind.MENTORING_ASKED)

    def agreed(self, one: Mentoring) -> Iterator[Message]:
        yield from self._both([one], Kind.MENTORING_AGREED)

    def ended(self, closed: Collection[Mentoring]) -> Iterator[Message]:
        """A proposal that nobody had agreed to gives way silently; whoever had agreed is told."""
        told = [
            one
            for one in closed
            if one.outcome is not MentoringOutcome.WITHDRAWN or one.lead_agreed_on or one.helped_agreed_on
        ]
        for one in told:
            result = None if one.outcome is None else one.outcome.value
            yield from self._both([one], Kind.MENTORING_ENDED, {"result": result})

    def meeting_due(self, one: Mentoring, quarter: str, last: date) -> Iterator[Message]:
        """The lead's side holds the quarter's joint meeting."""
        facts = {**self.facts(one), "quarter": quarter}
        for to in self._to([one.lead_path]).get(one.lead_path, []):
            yield Message(to, Kind.VISIT_DUE, Subject("mentoring", one.id), facts, last, quarter)

    def _both(
        self, several: Collection[Mentoring], kind: Kind, more: dict[str, FactValue] | None = None
    ) -> Iterator[Message]:
        held = self._to({path for one in several for path in (one.path, one.lead_path)})
        for one in several:
            facts = {**self.facts(one), **(more or {})}
            for to in dict.fromkeys([*held.get(one.lead_path, []), *held.get(one.path, [])]):
                yield Message(to, kind, Subject("mentoring", one.id), facts)
