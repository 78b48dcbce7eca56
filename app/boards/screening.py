"""What a screen is sent: its one playlist, each step with its data, as far as the policy for screens shows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, within
from app.boards import figures
from app.boards.core import Asked, Audience, BoardPolicy, Period, Reach, Scope, shown_to
from app.boards.core_facts import Facts
from app.boards.core_playlists import UNDER_POLICY, NoPlaylist, Playlist, Step, StepKind
from app.boards.core_screens import Content, Play, ShownStep
from app.boards.ranking import Boards, check_measure, check_reach, period_of, subject_of
from app.kit.errors import LongwenError, NotFound


@dataclass(frozen=True, slots=True)
class Screen:
    """Who asks: a screen, or the office that looks at what one at the path would show."""

    district_id: UUID
    today: date
    path: str


def playlist_of(facts: Facts, screen_id: UUID) -> Playlist:
    """The one that the office chose. Raises NoPlaylist."""
    found = facts.screens.get(screen_id)
    if found is None:
        raise NoPlaylist
    return facts.playlists[found]


def written(
    boards: Boards, screen: Screen, playlist_id: UUID, write: Callable[[Play], bytes], since: float | None = None
) -> bytes:
    """The playlist with its data, worked out once for all screens at the path. Raises NotFound where it is gone."""
    facts = boards.facts(screen.district_id, screen.today, since=since)
    playlist = facts.playlists.get(playlist_id)
    if playlist is None:
        raise NotFound(what="playlist")
    known = playlist  # the steps are those that were looked at
    moment = boards.moment() if since is None else since
    key = (screen, playlist, tuple(sorted(facts.policies.items())), facts.frozen)
    return boards.kept(key, lambda: write(_play(boards, facts, screen, known, moment)), since)


def _play(boards: Boards, facts: Facts, screen: Screen, playlist: Playlist, since: float) -> Play:
    steps = tuple(_shown(boards, facts, screen, step, since) for step in playlist.steps)
    return Play(figures.name_of(facts, screen.district_id), playlist, steps)


def _shown(boards: Boards, facts: Facts, screen: Screen, step: Step, since: float) -> ShownStep:
    try:
        return ShownStep(step, _content(boards, facts, screen, step, since))
    except LongwenError as refusal:  # what one board is refused for leaves the others as they are
        return ShownStep(step, None, refusal)


def _content(boards: Boards, facts: Facts, screen: Screen, step: Step, since: float) -> Content:
    policy = facts.policy(Audience.SCREENS)
    place_id = step.place_id or screen.district_id
    check_measure(facts, step.measure)
    if step.kind in UNDER_POLICY:
        # Branches beside each other are the district's to show, wherever they are.
        scope = Scope.DISTRICT if step.kind is StepKind.BRANCHES else step.scope
        is_open = policy.reach is Reach.DISTRICT
        check_reach(facts, policy, scope, place_id, lambda path: is_open or within(screen.path, path))
    if step.scope is not Scope.GRID and place_id not in facts.organisations:
        raise NotFound(what="organisation")
    period = period_of(facts, screen.today, Asked(step.scope, place_id, step.measure))
    if step.kind is StepKind.RANKING:
        actor = Actor(screen.district_id, None, boards.now(), screen.today)
        subject = subject_of(facts, actor, step.scope, place_id, step.measure, period)
        return shown_to(subject, boards.reckoned(subject, facts, since=since), Audience.SCREENS, policy)
    depends_on = (step.kind, step.scope, place_id, step.measure, period, policy, facts.frozen)
    work = _figure(facts, step, place_id, period, policy)
    return boards.figure(depends_on, screen.district_id, screen.today, work, since)


def _figure(
    facts: Facts, step: Step, place_id: UUID, period: Period, policy: BoardPolicy
) -> Callable[[Connection, Actor], Content]:
    """How it is worked out; all but the ranking of members."""
    there: dict[str, Any] = {"facts": facts, "scope": step.scope, "place_id": place_id}
    seen: dict[str, Any] = {"audience": Audience.SCREENS, "policy": policy}
    works: dict[StepKind, Callable[[Connection, Actor], Content]] = {
        StepKind.BRANCHES: partial(
            figures.branches_by_average, **there, measure=step.measure, period=period, **seen
        ),
        StepKind.STARS: partial(figures.branches_by_stars, **there, period=period, **seen),
        StepKind.DEEDS: partial(figures.deeds, **there, **seen),
        StepKind.GRIDS: partial(figures.grid_map, facts=facts),
        StepKind.RADAR: partial(figures.radar, **there),
        StepKind.TREND: partial(figures.trend, **there),
    }  # fmt: skip
    return works[step.kind]
