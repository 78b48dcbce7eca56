"""What every verb about an appraisal asks first: which one, whose turn, is it one's own, and was it done already."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from operator import eq
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.appraisals import refusals, store, store_facts
from app.appraisals.core import (
    ON_NOTICE,
    TOLD,
    Action,
    Appraisal,
    AppraisalState,
    AppraisalView,
    Done,
    Gift,
    Given,
    PartValue,
    Round,
    Sheet,
    reading_given,
)
from app.auth.core import Actor, Permission, Role
from app.files import service as files
from app.files.core import Owner, OwnerKind
from app.kit.digests import canonical, digest
from app.kit.errors import NotFound
from app.kit.ids import new_id
from app.kit.words import Words, all_of
from app.messages.core import Message
from app.points.refusals import IdUsed
from app.ratings.core import Step
from app.ratings.scoring import Reading
from app.roster import service as roster
from app.rules import service as rules
from app.rules.appraisal import Part, PartForm, PartMeasure

_NUMBER_MAX = 1_000_000


@dataclass(slots=True)
class Folder:
    """One appraisal under one verb, held until the transaction ends."""

    connection: Connection
    actor: Actor
    appraisal: Appraisal
    round: Round
    sheet: Sheet
    step: Step
    action: Action
    input_digest: bytes
    replayed: bool
    messages: list[Message] = field(default_factory=list)

    def check_state(self, *allowed: AppraisalState) -> None:
        if self.appraisal.state not in allowed:
            raise refusals.AppraisalIsElsewhere(state=refusals.STATES[self.appraisal.state.value], field="id")

    def change(self, **values: Any) -> None:
        """Write the values, and remember them."""
        store.update_appraisal(self.connection, self.actor.district_id, self.appraisal, values)
        self.appraisal = replace(self.appraisal, version=self.appraisal.version + 1, **values)

    def note(self, **more: Any) -> None:
        """Put the step into the book of steps."""
        made = done(self.actor, self.action, appraisal=self.appraisal, basis=self.step.basis, **more)
        kept = replace(made, id=self.step.id, input_digest=self.input_digest)
        store.insert_steps(self.connection, self.actor.district_id, [kept])

    def values(self) -> dict[str, PartValue]:
        found = store.list_parts(self.connection, self.actor.district_id, [self.appraisal.id])
        return found.get(self.appraisal.id, {})

    def view(self) -> AppraisalView:
        return view(self.connection, self.actor, self.appraisal.id, replayed=self.replayed)


def open_folder(
    connection: Connection,
    actor: Actor,
    appraisal_id: UUID,
    permission: Permission,
    action: Action,
    step: Step,
    *sent: Any,
) -> Folder:
    """Hold the appraisal for a verb. Raises NotFound, OwnAppraisal, IdUsed, AppraisalMoved.

    A step that was made already is told as ``replayed``: the verb then only answers.
    """
    found = store.find_appraisal(connection, actor.district_id, appraisal_id, lock=True)
    if found is None or not actor.may(permission, found.path):
        raise NotFound(what="appraisal", field="appraisal")
    check_not_own(actor, found)
    held = store.get_round(connection, actor.district_id, found.round_id)
    input_digest = digest(canonical([str(appraisal_id), action.value, step.basis, *sent]))
    replayed = was_made(connection, actor, step.id, input_digest)
    if not replayed and step.seen is not None and step.seen != found.version:
        raise refusals.AppraisalMoved(seen=step.seen, now=found.version, field="seen")
    sheet = sheet_of(connection, actor, held)
    return Folder(connection, actor, found, held, sheet, step, action, input_digest, replayed)


def check_not_own(actor: Actor, found: Appraisal) -> None:
    """Nobody has a hand in the own appraisal."""
    if actor.account_id is not None and actor.account_id == found.account_id:
        raise refusals.OwnAppraisal(field="id")


def is_secretary_of(actor: Actor, path: str) -> bool:
    """Whether the branch is led by who acts, whatever other office they hold."""
    return any(one.role is Role.SECRETARY and one.path == path for one in actor.appointments)


def was_made(connection: Connection, actor: Actor, step_id: UUID, input_digest: bytes) -> bool:
    """Whether the step is in the book already; raises IdUsed where another one has its id."""
    before = store.find_step(connection, actor.district_id, step_id)
    if before is not None and before.input_digest != input_digest:
        raise IdUsed(id=str(step_id), field="id")
    return before is not None


def done(actor: Actor, action: Action, *, appraisal: Appraisal | None = None, **more: Any) -> Done:
    of_appraisal = {} if appraisal is None else {"appraisal_id": appraisal.id, "round_id": appraisal.round_id}
    return Done(id=new_id(), action=action, at=actor.at, by=actor.account_id, **{**of_appraisal, **more})


def sheet_of(connection: Connection, actor: Actor, of: Round) -> Sheet:
    """The section by which the round goes. Raises NoAppraisalSheet."""
    edition = rules.edition_by_digest(connection, actor.district_id, of.edition)
    if edition.stars is None or edition.stars.appraisal is None:
        raise refusals.NoAppraisalSheet(edition=edition.code, field="year")
    return Sheet(edition.stars, edition.stars.appraisal)


def branch_names(connection: Connection, actor: Actor) -> dict[UUID, str]:
    return {one.id: one.name for one in roster.organisations(connection, actor.district_id)}


def view(connection: Connection, actor: Actor, appraisal_id: UUID, *, replayed: bool = False) -> AppraisalView:
    """The appraisal with what explains it, without asking who may see it."""
    found = store.find_appraisal(connection, actor.district_id, appraisal_id)
    if found is None:
        raise NotFound(what="appraisal", field="appraisal")
    held = store.get_round(connection, actor.district_id, found.round_id)
    values = store.list_parts(connection, actor.district_id, [found.id]).get(found.id, {})
    return AppraisalView(
        appraisal=found,
        secretary=store_facts.list_names(connection, actor.district_id, [found.account_id])[found.account_id],
        branch=branch_names(connection, actor)[found.branch_id],
        sheet=sheet_of(connection, actor, held),
        values=tuple(values.values()),
        steps=tuple(store.list_steps(connection, actor.district_id, appraisals=[found.id])),
        files=files.files_of(connection, actor, OwnerKind.APPRAISAL, [one.id for one in values.values()]),
        replayed=replayed,
    )


def seen_by(actor: Actor, whole: AppraisalView) -> AppraisalView:
    """What of it the caller sees. Raises NotFound.

    Who works on it or watches over it sees all; the secretary what is measured, and all of it from the notice on;
    everybody else that somebody is on notice for the best grade, or has it.
    """
    found = whole.appraisal
    if actor.may(Permission.APPRAISAL_REVIEW, found.path) and found.account_id != actor.account_id:
        return whole
    if found.account_id == actor.account_id:
        if found.state in TOLD:
            return whole
        measured = tuple(replace(one, given=None) for one in whole.values if one.measured is not None)
        draft = replace(found, score=None, grade=None, scored_as=None, reasons=(), decided_grade=None, refusal=None)
        return replace(whole, appraisal=draft, values=measured, steps=(), files={})
    is_told = found.state in ON_NOTICE | {AppraisalState.FILED} and found.grade == whole.sheet.best
    if not is_told or not actor.may_somewhere(Permission.APPRAISAL_READ):
        raise NotFound(what="appraisal", field="appraisal")
    bare = replace(found, score=None, reasons=(), refusal=None, ground=None, ground_words=None, signed_by=None)
    return replace(whole, appraisal=bare, values=(), steps=(), files={}, is_result=True)


def write_part(folder: Folder, gift: Gift) -> None:
    """Give a part, or correct what was measured, with the reason and evidence.

    Raises UnknownPart, GiftAmiss, ProofMissing, and NotFound for files that are not the caller's to attach.
    """
    connection, actor = folder.connection, folder.actor
    part = folder.sheet.section.part(gift.part)
    if part is None:
        known = all_of(one.code for one in folder.sheet.section.parts)
        raise refusals.UnknownPart(part=gift.part, known=known, field="part")
    reading = _checked(folder.sheet, part, gift)
    before = folder.values().get(part.code)
    value = before or PartValue(new_id(), folder.appraisal.id, part.code)
    proved = files.files_of(connection, actor, OwnerKind.APPRAISAL, [value.id])
    if not gift.files and not proved.get(value.id):
        wanted = all_of(Words(one.zh, one.en) for one in part.evidence) if part.evidence else _PROOF
        if not part.is_given or part.evidence:
            raise refusals.ProofMissing(name=_named(part), wanted=wanted, field="files")
    changed = replace(value, given=Given(reading, gift.votes, gift.note, actor.account_id, actor.at))
    if before is None:
        store.insert_parts(connection, actor.district_id, [changed])
    else:
        store.update_part(connection, actor.district_id, changed)
    if gift.files:
        owner = Owner(OwnerKind.APPRAISAL, changed.id)
        files.attach(connection, actor, gift.files, owner, may_see=partial(eq, owner))


_PROOF = Words("更正依据", "what the correction rests on")


def _checked(sheet: Sheet, part: Part, gift: Gift) -> Reading:
    """The reading that was sent, if it fits the part. Raises GiftAmiss."""
    if part.measure is PartMeasure.VOTES:
        grades = {one.code for one in sheet.section.grades}
        if gift.votes is None or not set(gift.votes.counts) <= grades:
            known = all_of(one.code for one in sheet.section.grades)
            hint = Words(f"请以 votes 填写各等次票数（{known.zh}）", f"send votes by grade ({known.en})")
            raise refusals.GiftAmiss(name=_named(part), hint=hint, field="votes")
    elif part.form is PartForm.GIVEN:
        most = part.points
        reading = reading_given(sheet, gift) if gift.points is not None else None
        if reading is None or not 0 <= reading.part <= most:
            top = most / 10**sheet.stars.decimals
            hint = Words(
                f"请以 points 给 0 至 {top:g} 分，至多 {sheet.stars.decimals} 位小数",
                f"send points from 0 to {top:g}, with at most {sheet.stars.decimals} decimals",
            )
            raise refusals.GiftAmiss(name=_named(part), hint=hint, field="points")
    else:
        found = gift.reading
        most = {PartForm.BY_STAR: 5, PartForm.LINEAR: _NUMBER_MAX}.get(part.form, found.whole if found else 0)
        if found is None or found.part > most or (part.form is PartForm.BY_STAR and found.whole != 1):
            hint = Words(
                "请以 part 和 whole 填写（比率为完成数和应办数；星级为 0 至 5 和 1）",
                "send part and whole (done of due; a star from 0 to 5 of 1)",
            )
            raise refusals.GiftAmiss(name=_named(part), hint=hint, field="part")
    reading = reading_given(sheet, gift)
    if reading is None:
        raise AssertionError("what was checked can be read")
    return reading


def _named(part: Part) -> Words:
    return Words(part.name.zh, part.name.en)
