"""What a district lets its boards show, who does not wish to stand on them, and notices under the same policy."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection

from app.auth import service_access
from app.auth.core import Actor, Permission
from app.auth.core_access import Access, Action, ObjectKind
from app.boards import store
from app.boards.core import Audience, BoardPolicy, NameForm, PolicyVersion, audience_of, shown_name
from app.boards.ranking import reads
from app.kit.errors import NotFound
from app.roster import service as roster
from app.seals import showing
from app.seals.core import NoticeSheet

VERSIONS_MAX = 100
_TAIL = 3  # characters of a member's number in the roster


def policy(connection: Connection, actor: Actor, audience: Audience) -> BoardPolicy:
    """The district's policy for an audience, or the default: the top ten with masked names."""
    return store.list_policies(connection, actor.district_id).get(audience, BoardPolicy())


def versions(connection: Connection, actor: Actor, audience: Audience) -> list[PolicyVersion]:
    """Every policy that the district has set for the audience, the latest first."""
    return store.list_versions(connection, actor.district_id, audience, VERSIONS_MAX)


def set_policy(
    connection: Connection, actor: Actor, audience: Audience, wanted: BoardPolicy, *, request_id: str
) -> BoardPolicy:
    """The next version, written to the access log; what holds already is no new one.

    Raises NotFound for whoever does not set policies for the whole district.
    """
    root = roster.root_of(actor.district_id)
    if not actor.may(Permission.BOARD_SET, root):
        raise NotFound(what="district")
    held = store.list_policies(connection, actor.district_id).get(audience)
    if held is not None and replace(wanted, version=held.version) == held:
        return held
    # Two who set it at once meet at the key: the second is tried again, and follows upon the first.
    made = replace(wanted, version=(0 if held is None else held.version) + 1)
    store.insert_policy(connection, actor.district_id, audience, made, actor.at, actor.account_id)
    told = f"{made.reach.value} {made.top} {made.names.value} v{made.version}"
    access = Access(Action.BOARD_POLICY_SET, ObjectKind.BOARD_POLICY, audience.value, root, request_id, told)
    service_access.write_down(connection, actor, access)
    return made


def set_shown(connection: Connection, actor: Actor, *, is_shown: bool) -> bool:
    """Whether the caller's name may stand on boards; they are ranked either way. Raises NotFound for no member."""
    member = roster.own_member(connection, actor)
    if member is None:
        raise NotFound(what="member")
    if is_shown:
        store.delete_opt_out(connection, actor.district_id, member.id)
    else:
        store.insert_opt_out(connection, actor.district_id, member.id, actor.at)
    return is_shown


def is_shown(connection: Connection, actor: Actor) -> bool | None:
    """Whether the caller's name may stand on boards; None for no member."""
    member = roster.own_member(connection, actor)
    return None if member is None else not store.has_opted_out(connection, actor.district_id, member.id)


def count_opted_out(connection: Connection, actor: Actor) -> int:
    """How many members do not wish to stand on boards."""
    return len(store.list_opted_out(connection, actor.district_id))


def notice(connection: Connection, actor: Actor, quarter: str, branch_id: UUID) -> NoticeSheet:
    """A branch's results on notice, for who may read boards there, with names as the policy has them.

    A notice is due to the members, so no policy turns it off. Raises NotFound, UnknownQuarter and NoticeNotBegun.
    """
    organisations = roster.organisations(connection, actor.district_id)
    branch = next((one for one in organisations if one.id == branch_id), None)
    if branch is None or not reads(actor, branch.path):
        raise NotFound(what="branch", field="branch_id")
    held = policy(connection, actor, audience_of(actor))
    sheet = showing.notice_sheet(connection, actor, quarter, branch_id)
    names = names_on(sheet, held.names)
    return replace(sheet, rows=tuple(replace(one, name=name) for name, one in zip(names, sheet.rows, strict=True)))


def names_on(sheet: NoticeSheet, form: NameForm) -> list[str]:
    """The names of a notice, row by row; those that look alike are followed by the end of the member's number.

    Whoever shares a masked name has to know which line is theirs before they can object to it.
    """
    names = [shown_name(one.name, form) for one in sheet.rows]
    counts = Counter(names)
    tails = (one.number[-_TAIL:] for one in sheet.rows)
    return [f"{name} {tail}" if counts[name] > 1 else name for name, tail in zip(names, tails, strict=True)]
