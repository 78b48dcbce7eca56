"""The sample district lives its year, and has something of everything in the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from rich.progress import Progress

from app.appeals import service as appeals
from app.appraisals import listing
from app.appraisals import service as appraisals
from app.appraisals.core import AppraisalRoundState
from app.appraisals.core_responsibilities import ResponsibilityState
from app.auth import service as auth
from app.cases import assisting, service, showing
from app.cases.core_cases import CaseState
from app.cases.core_commendations import ListState
from app.cycles import service as cycles
from app.cycles.core import QuarterState
from app.grids import mentoring
from app.grids import service as grids
from app.grids.core_mentoring import MentoringState
from app.kit.ciphers import AesFieldCipher
from app.kit.clock import FixedClock
from app.kit.db import opened
from app.ratings import service as ratings
from app.ratings import treating
from app.ratings.core import PlanState, RoundState
from app.ratings.scoring import Reading
from app.rules.surveys import SurveyKind
from app.seals import service as seals
from app.submissions import vetoes
from app.submissions.core_vetoes import SoughtVetoes, VetoState
from app.surveys import service as surveys
from app.surveys.core import SurveyState
from tests.conftest import Addresses, settings_for
from tests.sample.building import LAST_DAY, Builder
from tests.sample.demo import CODE, SEED, build
from tests.sample.district import District, is_hardly_there, make_district
from tests.sample.entries import make_entries
from tests.sample.winter import Winter

SHARE = 8  # one member in so many is there beside those of whom the year's scenes tell


def part_of(made: District) -> District:
    """Enough for every scene: officers, whoever hardly comes, and a part of the others."""
    told_of = {one.number for one in made.appointments} | {one.number for one in made.members if is_hardly_there(one)}
    told_of |= {one.number for one in made.members if int(one.number[1:]) % SHARE == 0}
    members = tuple(one for one in made.members if one.number in told_of)
    own = {branch.code: tuple(one for one in members if one.branch == branch.code) for branch in made.branches}
    return replace(made, members=members, members_of=own)


@pytest.fixture
def lived(fresh_database: Callable[..., Addresses], tmp_path: Path) -> Iterator[Builder]:
    settings = settings_for(fresh_database(), tmp_path)
    made = part_of(make_district(SEED))
    with Progress(disable=True) as progress:
        build(settings, made, make_entries(made), progress)
    with opened(settings.database_url or "", settings) as database:
        district = database.run(lambda connection: auth.find_district(connection, CODE), None)
        assert district is not None
        clock = FixedClock(datetime(LAST_DAY.year, LAST_DAY.month, LAST_DAY.day, 2, tzinfo=UTC) + timedelta(days=1))
        yield Builder(database, AesFieldCipher.from_secret("a secret that only the tests know"), district, clock)


def test_the_sample_has_something_of_everything(lived: Builder) -> None:
    ask = lived.ask
    states = {one.code: one.state for one in ask(cycles.quarters)}
    assert [states[f"2026Q{number}"] for number in (1, 2, 3)] == [QuarterState.SEALED] * 3
    assert states["2026Q4"] is QuarterState.OPEN
    assert ask(service.half_year_decides)

    listed = ask(showing.page, "2026Q2", after=None, count_max=200).commendations
    found = {one.commendation.state for one in listed}
    assert found >= {
        ListState.HANDED_OVER,
        ListState.CONFIRMED,
        ListState.STRUCK,
        ListState.RESERVE,
        ListState.EXCLUDED,
    }
    assert ask(showing.to_withdraw)

    cases = ask(assisting.page, count_max=200).cases
    assert {one.case.state for one in cases} == set(CaseState)
    assert any(one.case.proposed_helper_id for one in cases)
    assert ask(assisting.page, late=True).cases

    rounds = {view.round.code: view.round for view in ask(ratings.rounds)}
    assert (rounds["2025"].state, rounds["2026"].state) == (RoundState.NAMED, RoundState.OPEN)
    lines, _ = ask(ratings.ratings, rounds["2025"].id, count_max=200)
    assert {one.rating.star for one in lines} == {None, 1, 2, 3, 4, 5}
    assert {one.state for one in ask(treating.plans)} == set(PlanState)

    (appraisal,) = ask(appraisals.rounds)
    graded, _ = ask(appraisals.appraisals, appraisal.round.id, count_max=200)
    assert appraisal.round.state is AppraisalRoundState.FILED
    assert {one.appraisal.grade for one in graded} >= {"excellent", "competent", "basic"}
    assert {one.state for one in ask(listing.page, year=2026, count_max=100)[0]} >= {
        ResponsibilityState.OPEN,
        ResponsibilityState.MET,
    }
    held, _ = ask(surveys.page)
    assert sorted(one.survey.state for one in held) == [SurveyState.CALLED] * 2 + [SurveyState.CLOSED] * 2
    # What was asked counts for the round under way without being typed again.
    answered = next(one for one in held if one.survey.kind is SurveyKind.STAFF).asked[0]
    lines, _ = ask(ratings.ratings, rounds["2026"].id, count_max=200)
    rating = next(one.rating.id for one in lines if one.rating.branch_id == answered.organisation_id)
    measured = next(one.measured for one in ask(ratings.get, rating).values if one.indicator == "S6.2")
    assert measured is not None
    assert measured.reading == Reading(answered.satisfied or 0, answered.answers or 0)

    leads = {view.grid.code: view.leads for view in ask(grids.grids)}
    assert len(leads) == 6
    assert all(leads.values()), "each has a lead"
    pairs = {state: ask(mentoring.page, state=state)[0] for state in MentoringState}
    assert all(pairs.values()), "of every state"

    known = ask(vetoes.page, SoughtVetoes(), after=None, count_max=50).vetoes
    assert {one.state_on(lived.actor().today) for one in known} == {VetoState.STANDING, VetoState.LIFTED}
    asked = ask(appeals.appeals, state=None, waits_for_me=False, after=None, count_max=50).appeals
    assert {one.appeal.state.value for one in asked} == {"open", "decided"}

    # Then its people end the year; one branch's check is left to whoever looks on.
    winter = Winter(lived, part_of(make_district(SEED)))
    for scene in winter.scenes().values():
        scene()
    last = next(one for one in ask(cycles.quarters) if one.code == "2026Q4")
    assert last.state is QuarterState.CHECK
    waiting = {one.branch_id: one.unchecked for one in ask(seals.unchecked, last)}
    assert waiting.keys() == {lived.organisations[winter.left].id}
    assert min(waiting.values()) > 50
