"""Checkpoints: every hour over what moved, and one for each seal."""

from __future__ import annotations

from sqlalchemy import Connection

from app.auth import service as auth
from app.auth.core import Actor, Role
from app.cycles import service as cycles
from app.cycles.core import QuarterState
from app.job_runs.service import NotDue
from app.messages import service as messages
from app.messages.core import Message, Recipient, Subject
from app.messages.texts import FactValue, Kind
from app.proofs import store
from app.proofs.core import Checkpoint, LeafKey, Root, Seal, Tree, leaf_hash, moment, row_line, standing_leaf
from app.roster import service as roster

_CHUNK = 5000
# Who is told the root of a seal, so that it is kept where the database's owner does not reach.
KEEPERS = (Role.DISTRICT_OFFICER, Role.AUDITOR)


def checkpoint(connection: Connection, actor: Actor) -> Checkpoint | None:
    """Take in what moved since the last one; None, and nothing written, where nothing did.

    Two at once: the second finds the first's number taken, and is tried again behind it.
    """
    number, previous = _behind(connection, actor)
    made = _taken_in(connection, actor, number, previous, None)
    if not made.leaves:
        return None
    store.insert_checkpoint(connection, made)
    return made


def prove_seals(connection: Connection, actor: Actor, code: str) -> list[Checkpoint]:
    """A checkpoint for the seal of each quarter up to this one that has none; the keepers are told its root.

    Raises NotDue before the quarter is sealed and its standings are frozen, UnknownQuarter and QuarterRunning.
    """
    last = cycles.ended_quarter(connection, actor, code)
    if last is None:
        return []
    if last.state is not QuarterState.SEALED:
        raise NotDue
    proven = store.list_sealed(connection, actor.district_id)
    made = []
    for one in sorted(cycles.quarters(connection, actor), key=lambda quarter: quarter.code):
        due = one.code <= last.code and one.state is QuarterState.SEALED and one.code not in proven
        # Before the district opened its books nothing was frozen, and there is nothing to prove.
        if due and store.has_frozen(connection, actor.district_id, one.code):
            made.append(_proven(connection, actor, one.code))
    messages.tell(connection, actor, [told for one in made for told in _telling(connection, actor, one)])
    return made


def _proven(connection: Connection, actor: Actor, code: str) -> Checkpoint:
    number, previous = _behind(connection, actor)
    tree, leaves = Tree(), list[tuple[LeafKey, bytes]]()
    for key, row in store.stream_frozen(connection, actor.district_id, code):
        found = leaf_hash(row_line(row))
        tree.add(found)
        leaves.append((key, found))
        if len(leaves) == _CHUNK:
            store.insert_frozen_leaves(connection, actor.district_id, number, leaves)
            leaves.clear()
    store.insert_frozen_leaves(connection, actor.district_id, number, leaves)
    editions = store.list_editions_in(connection, actor.district_id, code)
    seal = Seal(code, tree.count, tree.root, tuple(editions))
    made = _taken_in(connection, actor, number, previous, seal)
    store.insert_checkpoint(connection, made)
    return made


def _behind(connection: Connection, actor: Actor) -> tuple[int, bytes]:
    """The next number, and the root that stands before it."""
    last = store.find_last(connection, actor.district_id)
    return (1, b"") if last is None else (last[0] + 1, last[1])


def _taken_in(connection: Connection, actor: Actor, number: int, previous: bytes, seal: Seal | None) -> Checkpoint:
    tree = Tree()
    if store.insert_moved(connection, actor.district_id, number):
        for key, running in store.stream_leaves_of(connection, actor.district_id, number, store.STANDING):
            tree.add(standing_leaf(key, running))
    return Checkpoint(actor.district_id, number, actor.at, previous, tree.count, tree.root, seal)


def _telling(connection: Connection, actor: Actor, made: Checkpoint) -> list[Message]:
    if made.seal is None:
        raise AssertionError("only a seal's root is told")
    facts: dict[str, FactValue] = {
        "quarter": made.seal.quarter,
        "number": made.number,
        "root": made.root.hex(),
        "rows": made.seal.rows,
    }
    keepers = auth.holders(connection, actor, KEEPERS, roster.root_of(actor.district_id))
    return [
        Message(
            Recipient(account_id=account_id),
            Kind.SEAL_PROVEN,
            Subject("district", actor.district_id),
            facts,
            occasion=made.seal.quarter,
        )
        for account_id in dict.fromkeys(account_id for account_id, _ in keepers)
    ]


def roots(connection: Connection, actor: Actor) -> list[Root]:
    """Every checkpoint's root, to be kept outside."""
    return [
        Root(one.number, moment(one.made_at), one.seal.quarter if one.seal else None, root)
        for one, root in store.stream_checkpoints(connection, actor.district_id)
    ]
