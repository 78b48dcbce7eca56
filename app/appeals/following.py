"""Appeals that are open when members move are decided where they are now."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Connection

from app.appeals import facts, store
from app.auth.core import Actor
from app.messages.core import Message
from app.messages.texts import Kind


def follow(connection: Connection, actor: Actor, paths: Mapping[UUID, str]) -> list[Message]:
    """Hand the open appeals of these members to who decides at their present paths; what to tell them of it.

    Call it before the ledger is held: a decision holds its appeal first. The day by which an answer is due stays.
    """
    told: list[Message] = []
    for appeal in store.lock_open_of(connection, actor.district_id, paths):
        path = paths[appeal.member_id]
        case = facts.case_of_appeal(connection, actor, appeal, path=path)
        asked = facts.turn_of(connection, actor, case, appeal.instance)
        store.update_appeal(connection, actor.district_id, appeal.id, {"path": path, "asked": asked.value})
        accounts = facts.deciders(connection, actor, case, asked)
        about = {**case.told, "member": case.member.name}
        told += facts.to_deciders(Kind.APPEAL_ASKED, appeal, accounts, about, appeal.due_on)
    return told
