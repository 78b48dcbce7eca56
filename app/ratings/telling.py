"""Whom ratings, stars and plans are told to: the branch's secretary, and whoever's turn it is.

What a round has come to is told from its present state: the same is told once, however often it is looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from uuid import UUID

from sqlalchemy import Connection

from app.auth import service as auth
from app.auth.core import Actor, Role
from app.messages import service as messages
from app.messages.core import Message, Recipient, Subject
from app.messages.texts import FactValue, Kind
from app.ratings import store
from app.ratings.core import BRANCH_TURN, Decision, Plan, PlanState, Rating, RatingState
from app.ratings.gathering import names_of, sheet_of
from app.rules.name import Name
from app.rules.stars import Decider, Stars

OFFICES = (Role.SECRETARY, Role.COMMITTEE_OFFICER, Role.DISTRICT_OFFICER)  # from the nearest up


class Crier:
    """Names and offices, read once for all that is told of some branches."""

    def __init__(self, connection: Connection, actor: Actor, paths: Collection[str]) -> None:
        self.connection, self.actor = connection, actor
        self.names = names_of(connection, actor)
        self._held = auth.holders_at(connection, actor, OFFICES, paths)

    def office(self, path: str, office: Role) -> list[Recipient]:
        """Who holds the office for the branch; where nobody does, the next one up."""
        for role in OFFICES[OFFICES.index(office) :]:
            found = [account for account, held in self._held.get(path, ()) if held is role]
            if found:
                return [Recipient(account_id=one) for one in dict.fromkeys(found)]
        return []

    def about(
        self,
        of: Rating,
        year: str,
        kind: Kind,
        office: Role,
        more: Mapping[str, FactValue],
        occasion: str = "",
    ) -> Iterator[Message]:
        facts = {"branch": self.names[of.branch_id], "year": year, **more}
        due_on = of.notice_until if kind is Kind.RATING_NOTICED else None
        for to in self.office(of.path, office):
            yield Message(to, kind, Subject("rating", of.id), facts, due_on, occasion)


def tell_rating(
    connection: Connection, actor: Actor, of: Rating, step_id: UUID, kind: Kind, office: Role, **facts: FactValue
) -> int:
    """One step of one rating, to the holders of an office; a retry tells nobody again."""
    crier = Crier(connection, actor, [of.path])
    year = store.get_round(connection, actor.district_id, of.round_id).code
    return messages.tell(connection, actor, list(crier.about(of, year, kind, office, facts, str(step_id))))


def tell_round(connection: Connection, actor: Actor, round_id: UUID, *beside: Message) -> int:
    """What everybody is to know of a round as it stands now, and whose turn it is; last, since inboxes stay locked."""
    held = store.get_round(connection, actor.district_id, round_id)
    listed = store.list_ratings(connection, actor.district_id, round_id)
    crier = Crier(connection, actor, {one.path for one in listed})
    sheet = sheet_of(connection, actor, held)
    told: list[Message] = list(beside)
    for one in listed:
        if one.state in BRANCH_TURN and one.version == 1:
            told += crier.about(one, held.code, Kind.RATING_ASKED, Role.SECRETARY, {"task": "rating_self"})
        elif one.state is RatingState.NOTICE and one.notice_from is not None:
            since = one.notice_from.isoformat()
            told += crier.about(one, held.code, Kind.RATING_NOTICED, Role.SECRETARY, {"star": one.star}, since)
        elif one.state is RatingState.NAMED and one.valid_until is not None:
            named: dict[str, FactValue] = {"star": one.star, "until_on": one.valid_until.isoformat()}
            told += crier.about(one, held.code, Kind.RATING_NAMED, Role.SECRETARY, named)
    told += _deciders(crier, held.code, sheet, [one for one in listed if one.state is RatingState.DECIDING])
    return messages.tell(connection, actor, told)


def _deciders(crier: Crier, year: str, sheet: Stars, waiting: Collection[Rating]) -> Iterator[Message]:
    """The district is asked of each of its stars; then each committee once, of all that are its own."""
    task: dict[str, FactValue] = {"task": "rating_decide"}
    highest = [one for one in waiting if _is_districts(sheet, one.star)]
    for one in highest:
        yield from crier.about(one, year, Kind.RATING_ASKED, Role.DISTRICT_OFFICER, task, f"deciding {one.version}")
    if highest:
        return
    own: dict[UUID, list[Rating]] = {}
    for one in waiting:
        own.setdefault(one.committee_id, []).append(one)
    for committee, ratings in own.items():
        facts: dict[str, FactValue] = {"branch": crier.names.get(committee), "year": year, **task}
        occasion = f"deciding {sum(one.version for one in ratings)}"
        for to in crier.office(ratings[0].path, Role.COMMITTEE_OFFICER):
            yield Message(to, Kind.RATING_ASKED, Subject("rating", ratings[0].id), facts, None, occasion)


def _is_districts(sheet: Stars, star: int | None) -> bool:
    level = sheet.level(star or 0)
    return level is not None and level.decided_by is Decider.DISTRICT


def tell_objection(connection: Connection, actor: Actor, of: Rating, step_id: UUID) -> int:
    """To the district; who objected and what for stands with the rating."""
    office, task = Role.DISTRICT_OFFICER, "rating_objection"
    return tell_rating(connection, actor, of, step_id, Kind.RATING_ASKED, office, task=task)


def tell_answer(connection: Connection, actor: Actor, of: Rating, objection: Decision, answer: str | None) -> int:
    """To who objected; and to whoever the changed stars concern."""
    beside: list[Message] = []
    if objection.by is not None:
        facts: dict[str, FactValue] = {
            "branch": names_of(connection, actor)[of.branch_id],
            "year": store.get_round(connection, actor.district_id, of.round_id).code,
            "answer": answer,
        }
        to, subject = Recipient(account_id=objection.by), Subject("rating", of.id)
        beside.append(Message(to, Kind.RATING_ANSWERED, subject, facts, None, str(objection.id)))
    return tell_round(connection, actor, of.round_id, *beside)


def tell_lowered(
    connection: Connection, actor: Actor, of: Rating, left: int | None, ground: Name, step_id: UUID
) -> int:
    """To the branch and its committee."""
    crier = Crier(connection, actor, [of.path])
    facts: dict[str, FactValue] = {
        "branch": crier.names[of.branch_id],
        "before": str(of.star),
        "after": "无星级" if left is None else str(left),
        "after_en": "none" if left is None else str(left),
        "basis": ground.zh,
        "basis_en": ground.en,
    }
    offices = (Role.SECRETARY, Role.COMMITTEE_OFFICER)
    told = dict.fromkeys(to for office in offices for to in crier.office(of.path, office))
    subject = Subject("rating", of.id)
    return messages.tell(
        connection, actor, [Message(to, Kind.STAR_LOWERED, subject, facts, None, str(step_id)) for to in told]
    )


def tell_plan(connection: Connection, actor: Actor, plan: Plan) -> int:
    """That it is agreed, or closed, to the branch."""
    crier = Crier(connection, actor, [plan.path])
    facts: dict[str, FactValue] = {"branch": crier.names[plan.branch_id], "plan": plan.kind.value}
    if plan.state is PlanState.OPEN:
        kind, facts["count"] = Kind.RATING_PLAN_AGREED, len(plan.problems)
    else:
        kind, facts["verdict"] = Kind.RATING_PLAN_CLOSED, plan.state.value
    due_on = plan.due_on if plan.state is PlanState.OPEN else None
    subject = Subject("rating_plan", plan.id)
    told = [Message(to, kind, subject, facts, due_on) for to in crier.office(plan.path, Role.SECRETARY)]
    return messages.tell(connection, actor, told)
