"""Opening a round, and reading rounds and appraisals."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.appraisals import measuring, refusals, store, store_facts, telling
from app.appraisals.core import (
    PAGE_MAX,
    Appraisal,
    AppraisalRoundState,
    AppraisalState,
    AppraisalView,
    Round,
    RoundView,
    Sheet,
    tenures,
)
from app.appraisals.gathering import branch_names, seen_by, sheet_of, view
from app.appraisals.grading import places_of
from app.auth.core import Actor, Permission
from app.files import service as files
from app.files.core import Evidence, Owner, OwnerKind
from app.kit.digests import canonical, digest
from app.kit.errors import NotFound
from app.kit.ids import new_id
from app.messages import service as messages
from app.points.refusals import IdUsed
from app.ratings import recalling
from app.roster import service as roster


def open_round(connection: Connection, actor: Actor, round_id: UUID, year: int) -> RoundView:
    """Open the appraisal of a year after its stars are named: who was in post is found, and what is known measured.

    The same id and content again is a retry. Raises NotFound for whoever is not the district's, IdUsed,
    AppraisalRoundExists, StarsNotNamed, NoAppraisalSheet.
    """
    if not actor.may(Permission.APPRAISAL_DECIDE, roster.root_of(actor.district_id)):
        raise NotFound(what="district")
    sent = digest(canonical([year]))
    known = store.list_rounds(connection, actor.district_id)
    before = next((one for one in known if one.id == round_id), None)
    if before is not None:
        if before.input_digest != sent:
            raise IdUsed(id=str(round_id), field="id")
        return round_view(connection, actor, before, replayed=True)
    if any(one.code == str(year) and one.state is not AppraisalRoundState.WITHDRAWN for one in known):
        raise refusals.AppraisalRoundExists(year=year, field="year")
    stars = recalling.named_round(connection, actor, str(year))
    if stars is None:
        raise refusals.StarsNotNamed(year=year, field="year")
    made = Round(
        id=round_id,
        code=str(year),
        rating_round_id=stars.round.id,
        edition=stars.round.edition,
        cut_off=stars.round.cut_off,
        state=AppraisalRoundState.OPEN,
        opened_by=actor.account_id,
        opened_at=actor.at,
        input_digest=sent,
    )
    sheet = sheet_of(connection, actor, made)
    branches = {one.rating.branch_id: one.rating for one in stars.branches.values()}
    spells = store_facts.list_spells(connection, actor.district_id, made.cut_off)
    in_post = tenures([one for one in spells if one.branch_id in branches], date(year, 1, 1), made.cut_off)
    appraisals = [
        Appraisal(
            id=new_id(),
            round_id=made.id,
            account_id=one.account_id,
            branch_id=one.branch_id,
            path=branches[one.branch_id].path,
            committee_id=branches[one.branch_id].committee_id,
            post_from=one.from_on,
            post_until=one.until_on,
            months=one.months,
            is_left=one.left,
            state=AppraisalState.UNGRADED if one.left or one.months < sheet.section.months_min else AppraisalState.OPEN,
        )
        for one in in_post
    ]
    store.insert_round(connection, actor.district_id, made)
    store.insert_appraisals(connection, actor.district_id, appraisals)
    measuring.write(connection, actor, made, measuring.measured(connection, actor, made, sheet, appraisals))
    messages.tell(connection, actor, telling.asked(connection, actor, made, appraisals))
    return round_view(connection, actor, made)


# Reading.


def rounds(connection: Connection, actor: Actor) -> tuple[RoundView, ...]:
    """Every round, the latest year first."""
    return tuple(round_view(connection, actor, one) for one in store.list_rounds(connection, actor.district_id))


def get_round(connection: Connection, actor: Actor, round_id: UUID) -> RoundView:
    """Raises NotFound."""
    return round_view(connection, actor, store.get_round(connection, actor.district_id, round_id))


def round_view(connection: Connection, actor: Actor, found: Round, *, replayed: bool = False) -> RoundView:
    sheet = sheet_of(connection, actor, found)
    states = store.count_states(connection, actor.district_id, found.id)
    listed = store.list_appraisals(connection, actor.district_id, found.id)
    counted = [one.committee_id.hex for one in listed if one.state is not AppraisalState.UNGRADED]
    return RoundView(found, sheet, states, places_of(sheet.section, counted), replayed)


def get(connection: Connection, actor: Actor, appraisal_id: UUID) -> AppraisalView:
    """What of it the caller sees. Raises NotFound."""
    return seen_by(actor, view(connection, actor, appraisal_id))


def appraisals(
    connection: Connection,
    actor: Actor,
    round_id: UUID,
    *,
    state: AppraisalState | None = None,
    after: UUID | None = None,
    count_max: int = 50,
) -> tuple[tuple[AppraisalView, ...], UUID | None]:
    """Those in reach, the own, and who is on notice for the best grade, by id, with the cursor to go on from.

    Without parts and steps. Raises NotFound.
    """
    held = store.get_round(connection, actor.district_id, round_id)
    sheet = sheet_of(connection, actor, held)
    count = min(count_max, PAGE_MAX)
    found = store.page_appraisals(
        connection,
        actor.district_id,
        round_id,
        paths=None if actor.is_service else actor.reach(Permission.APPRAISAL_REVIEW),
        account_id=actor.account_id,
        best=sheet.best,
        state=state,
        after=after,
        count_max=count + 1,
    )
    lines = _lines(connection, actor, sheet, found[:count])
    return lines, found[count - 1].id if len(found) > count else None


def _lines(connection: Connection, actor: Actor, sheet: Sheet, found: list[Appraisal]) -> tuple[AppraisalView, ...]:
    names = store_facts.list_names(connection, actor.district_id, [one.account_id for one in found])
    branches = branch_names(connection, actor)
    return tuple(
        seen_by(actor, AppraisalView(one, names[one.account_id], branches[one.branch_id], sheet)) for one in found
    )


def evidence(
    connection: Connection, actor: Actor, appraisal_id: UUID, part: str, content_hash: str, *, request_id: str
) -> Evidence:
    """One file of a part, for who sees the part. Raises NotFound."""
    seen = get(connection, actor, appraisal_id)
    value = next((one for one in seen.values if one.part == part and one.given is not None), None)
    if value is None:
        raise NotFound(what="appraisal part", field="part")
    return files.evidence_of(
        connection, actor, Owner(OwnerKind.APPRAISAL, value.id), content_hash, request_id=request_id
    )
