"""What every verb about an appeal needs to know: the entry with its item, the member, and who is concerned."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.appeals import store
from app.appeals.core import OFFICES, Appeal, AppealView, above, asked_office, least_office
from app.auth import service as auth
from app.auth.core import Actor, Role
from app.files import service as files
from app.files.core import OwnerKind
from app.messages.core import Message, Recipient, Subject
from app.messages.texts import FactValue, Kind
from app.points import service as points
from app.points.gathering import Books
from app.points.ledger import Entry
from app.roster import service as roster
from app.roster.history import MemberHistory
from app.rules.core import Item
from app.rules.name import Name


@dataclass(frozen=True, slots=True)
class Case:
    """An entry that is appealed against, and what was said of it before.

    ``concerned`` are the accounts that never decide: who recorded, reviewed or confirmed it or what was booked along,
    who decided an earlier appeal against it, who wrote this one down, and the member.
    """

    entry: Entry
    item: Item | None
    decimals: int
    member: MemberHistory
    path: str  # where the member belonged on the day of the matter; of one filed before they moved, where they are
    earlier: tuple[Appeal, ...]
    concerned: frozenset[UUID]

    @property
    def titled(self) -> dict[str, FactValue]:
        """The item's name in both languages."""
        name = item_name(self.entry, self.item)
        return {"title": name.zh, "title_en": name.en}

    @property
    def told(self) -> dict[str, FactValue]:
        """The facts by which messages name the entry."""
        return {
            **self.titled,
            "item": self.entry.item,
            "effective_on": self.entry.effective_on.isoformat(),
        }

    def least(self, instance: int) -> Role:
        return least_office(self.item, instance)


def item_name(entry: Entry, item: Item | None) -> Name:
    """The item's, or its code where the book knows it no longer."""
    return Name(entry.item, entry.item) if item is None else item.name


def case_of(
    connection: Connection, actor: Actor, entry: Entry, earlier: Sequence[Appeal], *, under_way: UUID | None = None
) -> Case:
    """``earlier`` are all appeals against the entry; that ``under_way`` concerns only who wrote it down."""
    books = Books.opened(connection, actor)
    regime = books.regime(entry.edition, entry.profile)
    member = roster.histories(connection, actor.district_id, [entry.member_id])[entry.member_id]
    there = member.on(entry.effective_on)
    family = points.family_of(connection, actor, entry)
    hands = [hand for one in family for hand in (one.recorded_by, one.approved_by)]
    hands += store.list_reviewers(connection, actor.district_id, entry.cause or entry.id)
    hands += store.list_checkers(connection, actor.district_id, {one.id for one in (entry, *family)})
    hands += [one.filed_by if one.id == under_way else one.decided_by for one in earlier]
    return Case(
        entry=entry,
        item=regime.items.get(entry.item),
        decimals=regime.decimals,
        member=member,
        path=member.spells[-1].path if there is None else there.path,
        earlier=tuple(one for one in earlier if one.id != under_way),
        concerned=frozenset(one for one in (*hands, member.account_id) if one is not None),
    )


def case_of_appeal(connection: Connection, actor: Actor, appeal: Appeal, *, path: str | None = None) -> Case:
    """The case of an appeal that was filed: decided where it lies now, or at another path."""
    entry = points.find_entry(connection, actor, appeal.entry_id)
    earlier = store.list_of_entry(connection, actor.district_id, entry.id)
    case = case_of(connection, actor, entry, earlier, under_way=appeal.id)
    return replace(case, path=path or appeal.path)


def turn_of(connection: Connection, actor: Actor, case: Case, instance: int) -> Role:
    """The office whose turn it is: the nearest that may decide and is held by somebody not concerned."""
    holders = auth.holders(connection, actor, OFFICES, case.path)
    return asked_office(holders, case.least(instance), case.concerned)


def deciders(connection: Connection, actor: Actor, case: Case, office: Role) -> list[UUID]:
    """Who holds the office for the case and is not concerned."""
    found = auth.holders(connection, actor, [office], case.path)
    return list(dict.fromkeys(account_id for account_id, _ in found if account_id not in case.concerned))


def to_deciders(
    kind: Kind, appeal: Appeal, accounts: Iterable[UUID], facts: dict[str, FactValue], due_on: date
) -> list[Message]:
    """One message each; told anew where the day by which it is due was put off."""
    subject = Subject("appeal", appeal.id)
    return [
        Message(Recipient(account_id=one), kind, subject, facts, due_on=due_on, occasion=due_on.isoformat())
        for one in accounts
    ]


def reminders(connection: Connection, actor: Actor, appeal: Appeal) -> list[Message]:
    """To whom the appeal waits for, and once the day has passed to the office above as well."""
    case = case_of_appeal(connection, actor, appeal)
    asked = deciders(connection, actor, case, appeal.asked)
    names, who = case.titled, case.member.name
    facts: dict[str, FactValue] = {
        "task": "appeal",
        "title": f"{names['title']}（{who}）",
        "title_en": f"{names['title_en']} ({who})",
    }
    if actor.today <= appeal.due_on:
        return to_deciders(Kind.DEADLINE_NEAR, appeal, asked, facts, appeal.due_on)
    higher = above(appeal.asked)
    if higher is not None:
        asked += [one for one in deciders(connection, actor, case, higher) if one not in asked]
    return to_deciders(Kind.DEADLINE_PASSED, appeal, asked, facts, appeal.due_on)


def views(connection: Connection, actor: Actor, appeals: Sequence[Appeal]) -> tuple[AppealView, ...]:
    """Each with its entry, the member's name and the evidence, in a handful of queries."""
    if not appeals:
        return ()
    entries = points.entries_by_id(connection, actor, _ids(one.entry_id for one in appeals))
    members = roster.histories(connection, actor.district_id, _ids(one.member_id for one in appeals))
    evidence = files.files_of(connection, actor, OwnerKind.APPEAL, [one.id for one in appeals])
    books = Books.opened(connection, actor)
    found = []
    for one in appeals:
        entry = entries[one.entry_id]
        regime = books.regime(entry.edition, entry.profile)
        name = item_name(entry, regime.items.get(entry.item))
        view = AppealView(one, entry, members[one.member_id].name, name, regime.decimals, evidence.get(one.id, ()))
        found.append(view)
    return tuple(found)


def view(connection: Connection, actor: Actor, appeal: Appeal) -> AppealView:
    (found,) = views(connection, actor, [appeal])
    return found


def _ids(found: Iterable[UUID]) -> Collection[UUID]:
    return set(found)
