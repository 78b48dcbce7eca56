"""What follows from a star until the next round: plans, downgrades, leads of grids, and the district's list."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.auth.wording import ROLE_WORDS
from app.kit.digests import canonical, digest
from app.kit.errors import NotFound
from app.kit.words import all_of
from app.points.refusals import IdUsed
from app.ratings import refusals, store, store_plans, telling
from app.ratings.core import (
    Action,
    Decision,
    Held,
    Lead,
    Listed,
    Plan,
    PlanKind,
    PlanState,
    PlanView,
    Problem,
    Rating,
    RatingState,
    RatingView,
    Step,
    grounds_met,
    is_listed,
    lowered,
)
from app.ratings.gathering import names_of, open_folder, reads_papers, sheet_of, was_made
from app.ratings.starring import months_later
from app.roster import service as roster
from app.roster.core import OrganisationKind
from app.rules import service as rules
from app.rules.stars import Cause, Decider, DowngradeGround, Stars, Treatment

_KINDS = {Treatment.RECTIFICATION: PlanKind.RECTIFICATION, Treatment.CULTIVATION: PlanKind.CULTIVATION}


# Stars of a day.


def held_on(connection: Connection, actor: Actor, day: date, *, branch_id: UUID | None = None) -> dict[UUID, Held]:
    """By branch, the latest naming that is valid on the day, with the downgrades since."""
    valid: dict[UUID, Held] = {}
    for one, _, edition in store.list_named(connection, actor.district_id, branch_id=branch_id):
        began, ends = one.valid_from, one.valid_until
        if began is not None and ends is not None and began <= day <= ends and one.branch_id not in valid:
            valid[one.branch_id] = Held(one, edition)
    found = store.list_decisions(
        connection, actor.district_id, ratings=[one.rating.id for one in valid.values()], action=Action.DOWNGRADED
    )
    for branch, held in valid.items():
        own = tuple(one for one in found if one.rating_id == held.rating.id)
        valid[branch] = replace(held, downgrades=own)
    return valid


def eligible_leads(connection: Connection, actor: Actor, day: date) -> tuple[Lead, ...]:
    """The branches whose star of the day lets them lead a grid, the highest first; for the rooms above."""
    leads: list[Lead] = []
    for held in held_on(connection, actor, day).values():
        star = held.star_on(day)
        level = _sheet(connection, actor, held.edition).level(star or 0)
        if star is not None and level is not None and level.leads and held.rating.valid_until is not None:
            leads.append(Lead(held.rating.branch_id, held.rating.path, star, held.rating.valid_until))
    return tuple(sorted(leads, key=lambda one: (-one.star, one.path)))


def listed(connection: Connection, actor: Actor) -> tuple[Listed, ...]:
    """The district's list: who stayed at few stars, or had none for a veto, in each of its last rounds.

    A round in which a branch was too new does not count. Only what the caller's office reaches.
    """
    rounds: dict[UUID, list[int | None]] = {}
    paths: dict[UUID, str] = {}
    sheet: Stars | None = None
    for one, _, edition in store.list_named(connection, actor.district_id):
        sheet = sheet or _sheet(connection, actor, edition)
        if any(reason.cause is Cause.NEW for reason in one.reasons):
            continue
        rounds.setdefault(one.branch_id, []).append(one.star)
        paths.setdefault(one.branch_id, one.path)
    names = names_of(connection, actor)
    return tuple(
        Listed(branch, names[branch], tuple(stars[: sheet.rectification.listed_years]))
        for branch, stars in rounds.items()
        if sheet is not None and is_listed(sheet, stars) and actor.may(Permission.RATING_SIGN, paths[branch])
    )


def _sheet(connection: Connection, actor: Actor, digest_of_edition: str) -> Stars:
    edition = rules.edition_by_digest(connection, actor.district_id, digest_of_edition)
    if edition.stars is None:
        raise refusals.NoStarSheet(edition=edition.code, field="edition")
    return edition.stars


# Downgrades and vetoes, by decision only.


def veto(connection: Connection, actor: Actor, branch_id: UUID, ground: str, decided_on: date, step: Step) -> Decision:
    """Write down that a ground of veto was decided against a branch: it has no star in rounds that look back on it.

    A star that it holds is lowered by a decision of its own (``downgrade``). Raises NotFound, IdUsed, DayToCome.
    """
    place = roster.get_organisation_for(connection, actor, branch_id, Permission.RATING_DECIDE)
    if place.kind is not OrganisationKind.BRANCH:
        raise NotFound(what="branch", field="branch")
    sent = digest(canonical([str(branch_id), ground, decided_on.isoformat(), step.basis]))
    if was_made(connection, actor, step.id, sent):
        found = store.find_decision(connection, actor.district_id, step.id)
        if found is not None:
            return found
    if decided_on > actor.today:
        raise refusals.DayToCome(day=decided_on.isoformat(), field="decided_on")
    root = roster.root_of(actor.district_id)
    sheet = rules.edition_on(connection, actor.district_id, root, actor.today).stars
    known = [] if sheet is None else [one.code for one in sheet.vetoes]
    if ground not in known:
        raise refusals.UnknownGround(ground=ground, known=all_of(known), field="ground")
    made = Decision(
        id=step.id,
        branch_id=branch_id,
        rating_id=None,
        action=Action.VETOED,
        at=actor.at,
        by=actor.account_id,
        effective_on=decided_on,
        basis=step.basis,
        ground=ground,
        input_digest=sent,
    )
    store.insert_decisions(connection, actor.district_id, [made])
    return made


def downgrade(connection: Connection, actor: Actor, rating_id: UUID, ground: str, step: Step) -> RatingView:
    """Lower a star that is in force today, on a ground of the sheet, by who decides on that star; nobody moves up.

    Raises NotFound, IdUsed, RatingMoved, RatingIsElsewhere, UnknownGround, GroundNotMet, NotYourStar, NoStarToLower.
    """
    folder = open_folder(connection, actor, rating_id, Permission.RATING_SIGN, Action.DOWNGRADED, step, ground)
    if folder.replayed:
        return folder.view()
    folder.check_state(RatingState.NAMED)
    rating, sheet = folder.rating, folder.sheet
    held = held_on(connection, actor, actor.today, branch_id=rating.branch_id).get(rating.branch_id)
    star = rating.star
    if held is None or held.rating.id != rating_id or star is None:
        raise refusals.NoStarToLower(day=actor.today.isoformat(), field="id")
    rule = next((one for one in sheet.downgrades if one.code == ground), None)
    if rule is None:
        known = all_of(one.code for one in sheet.downgrades)
        raise refusals.UnknownGround(ground=ground, known=known, field="ground")
    level = sheet.level(star)
    is_districts = level is not None and level.decided_by is Decider.DISTRICT
    if is_districts and not actor.may(Permission.RATING_DECIDE, rating.path):
        raise refusals.NotYourStar(star=star, office=ROLE_WORDS["district_officer"], field="id")
    plans = store_plans.list_plans(connection, actor.district_id, branch_id=rating.branch_id)
    misses = sum(one.misses for one in plans if one.opened_on >= (rating.valid_from or one.opened_on))
    if rule.ground is DowngradeGround.VETO:
        # The ground stands in the book of decisions, within the year of the star.
        vetoes = store.list_decisions(connection, actor.district_id, action=Action.VETOED)
        own = [one for one in vetoes if one.branch_id == rating.branch_id]
        if not any(one.effective_on >= (rating.valid_from or one.effective_on) for one in own):
            raise refusals.GroundNotMet(found=0, times=1, field="ground")
    if not grounds_met(rule, misses):
        raise refusals.GroundNotMet(found=misses, times=rule.times, field="ground")
    left = lowered(rule, star)
    folder.change(star=left)
    folder.note(ground=ground, star=left)
    telling.tell_lowered(connection, actor, rating, left, rule.name, step.id)
    return folder.view()


# Plans.


def plans(connection: Connection, actor: Actor, *, open_only: bool = False) -> tuple[Plan, ...]:
    """Those in reach, by the day on which they are due."""
    paths = None if actor.is_service else actor.reach(Permission.RATING_READ)
    if paths == ():
        return ()
    found = store_plans.list_plans(connection, actor.district_id, paths=paths, open_only=open_only)
    return tuple(one for one in found if reads_papers(actor, one.path))


def without_plan(connection: Connection, actor: Actor) -> tuple[Rating, ...]:
    """Who holds a star today that asks for a plan, and has none since it was named; in reach."""
    wanted = wanted_plans(connection, actor)
    return tuple(one for one, _ in wanted if actor.may(Permission.RATING_SIGN, one.path))


def wanted_plans(connection: Connection, actor: Actor) -> tuple[tuple[Rating, date], ...]:
    """The same of the whole district, with the day from which the star asks for it; for the service."""
    today, agreed = actor.today, {one.rating_id for one in store_plans.list_plans(connection, actor.district_id)}
    found: list[tuple[Rating, date]] = []
    for held in held_on(connection, actor, today).values():
        kind = plan_kind(_sheet(connection, actor, held.edition), held.star_on(today))
        if kind is not None and held.rating.id not in agreed:
            lowered_on = [one.effective_on for one in held.downgrades if one.effective_on <= today]
            found.append((held.rating, max(lowered_on, default=held.rating.valid_from or today)))
    return tuple(found)


def plan_kind(sheet: Stars, star: int | None) -> PlanKind | None:
    """The plan that a star asks for; None: none."""
    level = sheet.level(star or 0)
    return None if level is None else _KINDS.get(level.treatment)


def agree(
    connection: Connection, actor: Actor, rating_id: UUID, plan_id: UUID, problems: Collection[Problem]
) -> PlanView:
    """Open the plan that a star asks for: problems with person and deadline, by the committee.

    Raises NotFound, IdUsed, RatingIsElsewhere, NoPlanDue, PlanOpen, ProblemTooLate.
    """
    rating = store.find_rating(connection, actor.district_id, rating_id, lock=True)
    if rating is None or not actor.may(Permission.RATING_SIGN, rating.path):
        raise NotFound(what="rating", field="rating")
    listed = [[one.number, one.text, one.person, one.due_on.isoformat()] for one in problems]
    sent = digest(canonical([str(rating_id), listed]))
    before = store_plans.find_plan(connection, actor.district_id, plan_id)
    if before is not None:
        if before.input_digest != sent:
            raise IdUsed(id=str(plan_id), field="id")
        return PlanView(before, replayed=True)
    if rating.state is not RatingState.NAMED:
        raise refusals.RatingIsElsewhere(state=rating.state.value, field="id")
    held = store.get_round(connection, actor.district_id, rating.round_id)
    sheet = sheet_of(connection, actor, held)
    kind = plan_kind(sheet, rating.star)
    if kind is None:
        raise refusals.NoPlanDue(field="id")
    still = store_plans.list_plans(connection, actor.district_id, branch_id=rating.branch_id, open_only=True)
    if still:
        raise refusals.PlanOpen(id=str(still[0].id), field="id")
    due_on = months_later(actor.today, sheet.rectification.months)
    for one in problems:
        if not actor.today <= one.due_on <= due_on:
            raise refusals.ProblemTooLate(
                number=one.number, first=actor.today.isoformat(), last=due_on.isoformat(), field="problems"
            )
    made = Plan(
        id=plan_id,
        rating_id=rating_id,
        branch_id=rating.branch_id,
        path=rating.path,
        kind=kind,
        state=PlanState.OPEN,
        problems=tuple(problems),
        opened_on=actor.today,
        opened_by=actor.account_id,
        due_on=due_on,
        input_digest=sent,
    )
    store_plans.insert_plan(connection, actor.district_id, made)
    telling.tell_plan(connection, actor, made)
    return PlanView(made)


def strike(
    connection: Connection, actor: Actor, plan_id: UUID, number: int, note: str | None, seen: int | None
) -> PlanView:
    """Strike one problem off: the committee has seen that it is put right. Again is a retry.

    Raises NotFound, PlanClosed, RatingMoved, UnknownProblem.
    """
    plan = _held(connection, actor, plan_id)
    problem = next((one for one in plan.problems if one.number == number), None)
    if problem is not None and problem.struck_on is not None and problem.note == note:
        return PlanView(plan, replayed=True)
    _check_open(plan, seen)
    if problem is None or problem.struck_on is not None:
        raise refusals.UnknownProblem(number=number, field="number")
    struck = replace(problem, struck_on=actor.today, struck_by=actor.account_id, note=note)
    changed = tuple(struck if one.number == number else one for one in plan.problems)
    return _changed(connection, actor, plan, problems=changed)


def extend(connection: Connection, actor: Actor, plan_id: UUID, reason: str, seen: int | None) -> PlanView:
    """More time, once; after the deadline it counts as one that was missed. Raises also ExtendedBefore."""
    plan = _held(connection, actor, plan_id)
    if plan.extended_on is not None and plan.note == reason and plan.state is PlanState.OPEN:
        return PlanView(plan, replayed=True)
    _check_open(plan, seen)
    if plan.extended_on is not None:
        raise refusals.ExtendedBefore(due_on=plan.due_on.isoformat(), field="id")
    found = store.find_rating(connection, actor.district_id, plan.rating_id)
    if found is None:
        raise AssertionError("a plan is of a rating")
    sheet = sheet_of(connection, actor, store.get_round(connection, actor.district_id, found.round_id))
    due_on = months_later(plan.due_on, sheet.rectification.extension_months)
    missed = plan.misses + (1 if actor.today > plan.due_on else 0)
    return _changed(connection, actor, plan, due_on=due_on, extended_on=actor.today, misses=missed, note=reason)


def close(
    connection: Connection, actor: Actor, plan_id: UUID, note: str, seen: int | None, *, accepted: bool
) -> PlanView:
    """Accept a plan when all is struck off, or find after its deadline that it was missed.

    Raises NotFound, PlanClosed, RatingMoved, ProblemsOpen, PlanStillDue.
    """
    plan = _held(connection, actor, plan_id)
    state = PlanState.ACCEPTED if accepted else PlanState.FAILED
    if plan.state is state and plan.note == note:
        return PlanView(plan, replayed=True)
    _check_open(plan, seen)
    if accepted and plan.open_problems:
        numbers = all_of(str(one.number) for one in plan.open_problems)
        raise refusals.ProblemsOpen(numbers=numbers, field="id")
    if not accepted and actor.today <= plan.due_on:
        raise refusals.PlanStillDue(due_on=plan.due_on.isoformat(), field="id")
    closed = _changed(
        connection,
        actor,
        plan,
        state=state,
        misses=plan.misses + (0 if accepted else 1),
        closed_on=actor.today,
        closed_by=actor.account_id,
        note=note,
    )
    telling.tell_plan(connection, actor, closed.plan)
    return closed


def _held(connection: Connection, actor: Actor, plan_id: UUID) -> Plan:
    plan = store_plans.find_plan(connection, actor.district_id, plan_id, lock=True)
    if plan is None or not actor.may(Permission.RATING_SIGN, plan.path):
        raise NotFound(what="plan", field="plan")
    return plan


def _check_open(plan: Plan, seen: int | None) -> None:
    if plan.state is not PlanState.OPEN:
        raise refusals.PlanClosed(state=plan.state.value, field="id")
    if seen is not None and seen != plan.version:
        raise refusals.RatingMoved(seen=seen, now=plan.version, field="seen")


def _changed(connection: Connection, actor: Actor, plan: Plan, **values: object) -> PlanView:
    store_plans.update_plan(connection, actor.district_id, plan, values)
    found = store_plans.find_plan(connection, actor.district_id, plan.id)
    return PlanView(found or plan)
