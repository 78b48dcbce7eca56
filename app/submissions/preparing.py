"""What is known before a fact is written down: the items that the caller may record about a member on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, Role
from app.points.gathering import Background
from app.points.refusals import NotAMemberThen
from app.roster.core import MemberOn
from app.rules.core import Edition, Item, Kind, Regime
from app.submissions.core import in_scope, may_declare, may_record


@dataclass(frozen=True, slots=True)
class Recordable:
    """A member on a day, the rules that judge them then, and the items that the caller may record."""

    member: MemberOn
    edition: Edition
    regime: Regime
    items: tuple[Item, ...]


def recordable(connection: Connection, actor: Actor, member_id: UUID, day: date) -> Recordable:
    """In the order of the book; openings are nobody's to record. Raises NotAMemberThen."""
    background = Background.read(connection, actor, [member_id])
    history = background.histories.get(member_id)
    there = None if history is None else history.on(day)
    is_own = there is not None and there.account_id is not None and there.account_id == actor.account_id
    regime = background.regime_of(member_id, day)
    if there is None or regime is None or not in_scope(actor, there.path, is_own=is_own):
        raise NotAMemberThen(day=day.isoformat(), field="member_id")
    roles = (actor.roles_at(there.path) - {Role.MEMBER}) | ({Role.MEMBER} if is_own else set())
    items = (
        one
        for one in regime.items.values()
        if not one.retired
        and one.kind is not Kind.OPENING
        and (may_declare(one) or not is_own)
        and may_record(one, roles, is_service=actor.is_service)
    )
    return Recordable(there, background.books.edition(regime.digest), regime, tuple(items))
