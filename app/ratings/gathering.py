"""What every verb about a rating asks first: which one, whose turn, and whether it was done already."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import partial
from operator import eq
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.files import service as files
from app.files.core import Owner, OwnerKind
from app.kit.digests import canonical, digest
from app.kit.errors import Faults, NotFound
from app.kit.ids import new_id
from app.points.refusals import IdUsed
from app.ratings import refusals, store, store_plans
from app.ratings.checking import check_entries, evidence_wanted, in_units
from app.ratings.core import (
    PUBLIC,
    Action,
    Decision,
    Entry,
    PlanKind,
    Rating,
    RatingState,
    RatingView,
    Round,
    Said,
    Step,
    Value,
)
from app.ratings.scoring import Reading
from app.ratings.starring import Candidate, Veto
from app.roster import service as roster
from app.rules import service as rules
from app.rules.stars import Fact, Stars


@dataclass(slots=True)
class Folder:
    """One rating under one verb, held until the transaction ends."""

    connection: Connection
    actor: Actor
    rating: Rating
    round: Round
    sheet: Stars
    step: Step
    action: Action
    input_digest: bytes
    replayed: bool

    def check_state(self, *allowed: RatingState) -> None:
        if self.rating.state not in allowed:
            raise refusals.RatingIsElsewhere(state=self.rating.state.value, field="id")

    def change(self, **values: Any) -> None:
        """Write the values and the step that they come from."""
        store.update_rating(self.connection, self.actor.district_id, self.rating, values)

    def note(self, **more: Any) -> None:
        """Put the step into the book of decisions."""
        made = decision(self.actor, self.rating, self.action, basis=self.step.basis, **more)
        kept = replace(made, id=self.step.id, input_digest=self.input_digest)
        store.insert_decisions(self.connection, self.actor.district_id, [kept])

    def view(self) -> RatingView:
        return view(self.connection, self.actor, self.rating.id, replayed=self.replayed)

    def values(self) -> dict[str, Value]:
        found = store.list_values(self.connection, self.actor.district_id, [self.rating.id])
        return found.get(self.rating.id, {})


def open_folder(
    connection: Connection,
    actor: Actor,
    rating_id: UUID,
    permission: Permission,
    action: Action,
    step: Step,
    *sent: Any,
) -> Folder:
    """Hold the rating for a verb. Raises NotFound, IdUsed, RatingMoved.

    A step that was made already is told as ``replayed``: the verb then only answers.
    """
    found = store.find_rating(connection, actor.district_id, rating_id, lock=True)
    if found is None or not actor.may(permission, found.path):
        raise NotFound(what="rating", field="rating")
    held = store.get_round(connection, actor.district_id, found.round_id)
    input_digest = digest(canonical([str(rating_id), action.value, step.basis, *sent]))
    replayed = was_made(connection, actor, step.id, input_digest)
    if not replayed and step.seen is not None and step.seen != found.version:
        raise refusals.RatingMoved(seen=step.seen, now=found.version, field="seen")
    return Folder(
        connection, actor, found, held, sheet_of(connection, actor, held), step, action, input_digest, replayed
    )


def was_made(connection: Connection, actor: Actor, step_id: UUID, input_digest: bytes) -> bool:
    """Whether the step is in the book already; raises IdUsed where another one has its id."""
    before = store.find_decision(connection, actor.district_id, step_id)
    if before is not None and before.input_digest != input_digest:
        raise IdUsed(id=str(step_id), field="id")
    return before is not None


def decision(actor: Actor, of: Rating, action: Action, **more: Any) -> Decision:
    return Decision(
        id=new_id(),
        branch_id=of.branch_id,
        rating_id=of.id,
        action=action,
        at=actor.at,
        by=actor.account_id,
        effective_on=actor.today,
        **more,
    )


def sheet_of(connection: Connection, actor: Actor, of: Round) -> Stars:
    """The star sheet that the round goes by."""
    edition = rules.edition_by_digest(connection, actor.district_id, of.edition)
    if edition.stars is None:
        raise refusals.NoStarSheet(edition=edition.code, field="edition")
    return edition.stars


def view(connection: Connection, actor: Actor, rating_id: UUID, *, replayed: bool = False) -> RatingView:
    """The rating with what explains it, without asking who may see it."""
    found = store.find_rating(connection, actor.district_id, rating_id)
    if found is None:
        raise NotFound(what="rating", field="rating")
    held = store.get_round(connection, actor.district_id, found.round_id)
    values = store.list_values(connection, actor.district_id, [found.id]).get(found.id, {})
    return RatingView(
        rating=found,
        branch=names_of(connection, actor)[found.branch_id],
        sheet=sheet_of(connection, actor, held),
        values=tuple(values.values()),
        steps=tuple(store.list_decisions(connection, actor.district_id, ratings=[found.id])),
        files=files.files_of(connection, actor, OwnerKind.INDICATOR, [one.id for one in values.values()]),
        replayed=replayed,
    )


def names_of(connection: Connection, actor: Actor) -> dict[UUID, str]:
    return {one.id: one.name for one in roster.organisations(connection, actor.district_id)}


def reads_papers(actor: Actor, path: str) -> bool:
    """Who works on the ratings there, or watches over them, reads what they are made of; members read the result."""
    working = (Permission.RATING_FILE, Permission.RATING_SIGN, Permission.STANDING_READ)
    return actor.may(Permission.RATING_READ, path) and any(actor.may(one, path) for one in working)


def may_read(actor: Actor, found: Rating) -> bool:
    """In reach; and what is on notice or named is everybody's who may read ratings at all."""
    is_public = found.state in PUBLIC and actor.may_somewhere(Permission.RATING_READ)
    return is_public or reads_papers(actor, found.path)


def write_values(folder: Folder, entries: Collection[Entry], *, as_committee: bool) -> None:
    """Enter or correct values, each with its evidence.

    Raises BatchRefused with every entry at fault, and NotFound for files that are not the caller's to attach.
    """
    connection, actor, known = folder.connection, folder.actor, folder.values()
    entries = [in_units(folder.sheet, one) for one in entries]
    check_entries(folder.sheet, entries, known, as_committee=as_committee)
    proved = files.files_of(connection, actor, OwnerKind.INDICATOR, [one.id for one in known.values()])
    faults = Faults()
    for index, entry in enumerate(entries):
        before = known.get(entry.indicator)
        has_proof = bool(entry.files) or (before is not None and bool(proved.get(before.id)))
        wanted = evidence_wanted(folder.sheet, entry, as_committee=as_committee)
        if wanted is not None and not has_proof:
            faults.add(index, refusals.EvidenceMissing(indicator=entry.indicator, wanted=wanted, field="files"))
    faults.raise_any()
    for entry in entries:
        said = Said(entry.reading, entry.note, actor.account_id, actor.at)
        value = known.get(entry.indicator) or Value(new_id(), folder.rating.id, entry.indicator)
        changed = replace(value, committee=said) if as_committee else replace(value, own=said)
        if entry.indicator in known:
            store.update_value(connection, actor.district_id, changed)
        else:
            store.insert_values(connection, actor.district_id, [changed])
        if entry.files:
            owner = Owner(OwnerKind.INDICATOR, changed.id)
            files.attach(connection, actor, entry.files, owner, may_see=partial(eq, owner))


def candidates(connection: Connection, actor: Actor, ratings: Iterable[Rating], highest: int) -> list[Candidate]:
    """Everything that the algorithm asks of each branch, as it is known now.

    ``highest`` is the star that may be refused.
    """
    listed = list(ratings)
    values = store.list_values(connection, actor.district_id, [one.id for one in listed])
    vetoes: dict[UUID, list[Veto]] = {}
    for veto in store.list_decisions(connection, actor.district_id, action=Action.VETOED):
        vetoes.setdefault(veto.branch_id, []).append(Veto(veto.ground or "", veto.effective_on))
    open_plans = store_plans.list_plans(connection, actor.district_id, open_only=True)
    rectifying = {plan.branch_id for plan in open_plans if plan.kind is PlanKind.RECTIFICATION}
    made = []
    for one in listed:
        readings: dict[str, Reading | None] = {code: value.final for code, value in values.get(one.id, {}).items()}
        project = readings.get(Fact.INNOVATION_PROJECT.value)
        facts = {Fact.INNOVATION_PROJECT} if project is not None and project.part > 0 else set()
        facts |= set() if one.branch_id in rectifying else {Fact.NO_OPEN_RECTIFICATION}
        made.append(
            Candidate(
                branch_id=one.branch_id,
                pool=one.pool,
                founded_on=one.founded_on,
                vetoes=tuple(vetoes.get(one.branch_id, ())),
                last=one.last,
                readings=readings,
                facts=frozenset(facts),
                exception=one.exception,
                refused={} if one.refusal is None else {highest: one.refusal},
            )
        )
    return made


def last_stars(connection: Connection, actor: Actor) -> dict[UUID, int]:
    """By branch, the star of the last named round, or its "scored as" mark; a downgrade since ends both.

    Who had no star then is left out.
    """
    named = store.list_named(connection, actor.district_id)
    if not named:
        return {}
    latest = named[0][1]
    found: dict[UUID, int] = {}
    for one, code, _ in named:
        if code != latest or one.star is None:
            continue
        is_lowered = one.star != one.named_star
        found[one.branch_id] = one.star if is_lowered else (one.scored_as or one.star)
    return found


def stars_now(connection: Connection, actor: Actor) -> dict[UUID, int]:
    """By branch, the star that it has of the last named round, after any downgrade; unrated ones are left out."""
    named = store.list_named(connection, actor.district_id)
    latest = named[0][1] if named else ""
    return {one.branch_id: one.star for one, code, _ in named if code == latest and one.star is not None}
