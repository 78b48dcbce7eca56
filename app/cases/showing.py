"""Reading commendations: lists, one of them, what is on notice, and what a veto has come after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection

from app.auth import service as auth
from app.auth.core import Actor, Permission, Role, topmost
from app.cases import store_cases, store_commendations, store_steps
from app.cases.core_cases import PAGE_MAX, CaseStep
from app.cases.core_commendations import (
    UNDECIDED,
    Commendation,
    CommendationPage,
    CommendationView,
    ListAction,
    ListState,
    OnNotice,
    ToWithdraw,
)
from app.cases.listing import grounds_today
from app.cycles import service as cycles
from app.kit.errors import NotFound
from app.messages.core import Message, Recipient, Subject
from app.messages.texts import Kind
from app.roster import service as roster
from app.rules import service as rules
from app.rules.points import decimals_of


def page(
    connection: Connection, actor: Actor, quarter: str, *, after: tuple[str, int, UUID] | None, count_max: int
) -> CommendationPage:
    """Those in the caller's reach, by pool and order, and the own one. Raises UnknownQuarter."""
    code = cycles.quarter(connection, actor, quarter).code
    count = min(count_max, PAGE_MAX)
    found = store_commendations.list_commendations(
        connection,
        actor.district_id,
        code,
        paths=None if actor.is_service else actor.reach(Permission.CASE_READ),
        own_account=actor.account_id,
        after=after,
        count_max=count + 1,
    )
    following = store_commendations.order_of(found[count - 1]) if len(found) > count else None
    return CommendationPage(views(connection, actor, found[:count]), following)


def read(connection: Connection, actor: Actor, commendation_id: UUID) -> CommendationView:
    """With what was done, and what keeps the name off today, until it is handed over. Raises NotFound."""
    one = store_commendations.find_commendation(connection, actor.district_id, commendation_id)
    if one is None or not (actor.may(Permission.CASE_READ, one.path) or _is_own(connection, actor, one)):
        raise NotFound(what="commendation", field="id")
    found = view(connection, actor, one)
    if _is_own(connection, actor, one) or not actor.may(Permission.CASE_DECIDE, one.path):
        found = replace(found, steps=tuple(map(_without_objector, found.steps)))
    if one.state in UNDECIDED or one.state in (ListState.RECOMMENDED, ListState.NOTICED, ListState.CONFIRMED):
        return replace(found, now=grounds_today(connection, actor, [one])[one.id])
    return found


def _is_own(connection: Connection, actor: Actor, one: Commendation) -> bool:
    member = roster.histories(connection, actor.district_id, [one.member_id])[one.member_id]
    return actor.account_id is not None and member.account_id == actor.account_id


def _without_objector(step: CaseStep) -> CaseStep:
    """Who objects is known to those who look into it, and to nobody else."""
    return replace(step, by=None) if step.action == ListAction.OBJECTED.value else step


def on_notice(connection: Connection, actor: Actor) -> list[OnNotice]:
    """The names on notice where the caller holds any role; nothing but names and days."""
    whole = roster.root_of(actor.district_id)
    paths = (whole,) if actor.is_service else topmost(one.path for one in actor.appointments)
    return store_commendations.list_on_notice(connection, actor.district_id, paths, actor.today)


def to_withdraw(connection: Connection, actor: Actor) -> list[ToWithdraw]:
    """Commendations after which a veto was entered, for those who decide about them."""
    found = store_commendations.list_vetoed(connection, actor.district_id, actor.today)
    mine = [one for one in found if actor.may(Permission.CASE_DECIDE, one[0].path)]
    shown = {one.commendation.id: one for one in views(connection, actor, [one for one, _, _ in mine])}
    return [ToWithdraw(shown[one.id], veto_id, at) for one, veto_id, at in mine]


def withdrawals_asked(connection: Connection, actor: Actor) -> list[Message]:
    """To the committee's and the district's officers, once for each veto after a commendation."""
    told = []
    for one in to_withdraw(connection, actor):
        listed = one.view.commendation
        offices = (Role.COMMITTEE_OFFICER, Role.DISTRICT_OFFICER)
        facts = {"member": one.view.member, "quarter": listed.quarter}
        for account, _ in auth.holders(connection, actor, offices, listed.path):
            to, about = Recipient(account_id=account), Subject("commendation", listed.id)
            told.append(Message(to, Kind.WITHDRAWAL_ASKED, about, facts, occasion=str(one.veto_id)))
    return told


def view(connection: Connection, actor: Actor, one: Commendation) -> CommendationView:
    (found,) = views(connection, actor, [one])
    return replace(found, steps=store_steps.list_commendation_steps(connection, actor.district_id, one.id))


def views(connection: Connection, actor: Actor, rows: Sequence[Commendation]) -> tuple[CommendationView, ...]:
    """Each with its names, in a handful of queries."""
    district_id = actor.district_id
    people, branches = {one.member_id for one in rows}, {one.branch_id for one in rows}
    names = store_cases.names_of(connection, district_id, people, branches) if rows else {}
    decimals = {
        digest: decimals_of(rules.edition_by_digest(connection, district_id, digest))
        for digest in {one.edition for one in rows}
    }
    return tuple(
        CommendationView(one, names[one.member_id], names[one.branch_id], decimals[one.edition]) for one in rows
    )
