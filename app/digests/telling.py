"""Who is told of a digest: the office of its scope, late branches, and who inspects the sample."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.auth import service as auth
from app.auth.core import Actor, Role
from app.cycles import work_calendar
from app.digests.core import SAMPLE_DAYS, DigestKind, Snapshot
from app.messages import service as messages
from app.messages.core import Message, Recipient, Subject
from app.messages.texts import FactValue, Kind

_OFFICES = {"district": Role.DISTRICT_OFFICER, "committee": Role.COMMITTEE_OFFICER}


def tell(connection: Connection, actor: Actor, made: Sequence[Snapshot]) -> int:
    """The number of new messages."""
    if not made:
        return 0
    late = {one.id: _late_branches(one) for one in made if one.kind is DigestKind.MONTH}
    paths = [one.path for one in made] + [path for branches in late.values() for path in branches]
    roles = {*_OFFICES.values(), Role.SECRETARY}
    holders = auth.holders_at(connection, actor, roles, paths)
    inspected_by = work_calendar.read(connection, actor, actor.today).add_working_days(actor.today, SAMPLE_DAYS).day
    told: list[Message] = []
    for one in made:
        office = _OFFICES[one.content["scope"]["kind"]]
        told += _to_office(one, [account for account, role in holders[one.path] if role is office], inspected_by)
        for path, (name, due, number) in late.get(one.id, {}).items():
            facts = _facts(one) | {"branch": name, "due": due, "late": number}
            secretaries = [account for account, role in holders[path] if role is Role.SECRETARY]
            told += [_message(one, Kind.BRANCH_LATE, account, facts, occasion=name) for account in secretaries]
    return messages.tell(connection, actor, told)


def _late_branches(snapshot: Snapshot) -> dict[str, tuple[str, int, int]]:
    """By path: name, what is due and what is late."""
    return {
        f"{snapshot.path}.{UUID(one['id']).hex}": (one["name"], one["due"], one["late"])
        for one in snapshot.content["lines"]
        if one["kind"] == "branch" and one["late"]
    }


def _to_office(one: Snapshot, accounts: Sequence[UUID], inspected_by: date) -> list[Message]:
    facts = _facts(one) | {"scope": one.content["scope"]["name"]}
    waiting = {"due": one.content["due"], "late": one.content["late"]}
    told = [_message(one, Kind.DIGEST_MADE, account, facts | waiting) for account in accounts]
    drawn = sum(len(branch["entries"]) for branch in one.content.get("sample", {}).get("branches", ()))
    if drawn:
        asked: dict[str, FactValue] = {"scope": facts["scope"], "window": one.period, "count": drawn}
        told += [_message(one, Kind.SAMPLE_ASKED, account, asked, due_on=inspected_by) for account in accounts]
    return told


def _facts(one: Snapshot) -> dict[str, FactValue]:
    return {"digest": one.kind.value, "window": one.period}


def _message(
    one: Snapshot,
    kind: Kind,
    account: UUID,
    facts: dict[str, FactValue],
    *,
    due_on: date | None = None,
    occasion: str = "",
) -> Message:
    return Message(Recipient(account_id=account), kind, Subject("digest", one.id), facts, due_on, occasion)
