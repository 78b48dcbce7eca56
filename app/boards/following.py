"""Those who follow a board or a playlist: what they are sent, and whether they still may be."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import Connection

from app.auth import service_tokens
from app.auth.core import Actor, Permission
from app.auth.core_districts import District
from app.auth.core_tokens import token_role
from app.auth.logins import ONLY_OPEN, SessionKind
from app.auth.remembering import Callers
from app.boards.core import Asked, Audience, Board
from app.boards.core_screens import Play
from app.boards.ranking import Boards, check_reach, period_of, resolve, subject_of
from app.boards.screening import Screen, written
from app.kit.clock import Clock, business_day
from app.kit.db import Database
from app.kit.errors import LongwenError


@dataclass(frozen=True, slots=True)
class BoardFollower:
    """By which token somebody follows a board, and as whose audience."""

    district: District
    token: str
    kind: SessionKind
    asked: Asked
    audience: Audience


@dataclass(frozen=True, slots=True)
class ScreenFollower:
    """A screen that follows its playlist."""

    district: District
    screen_id: UUID
    path: str
    playlist_id: UUID


Follower: TypeAlias = BoardFollower | ScreenFollower


class Following:
    """Of one application."""

    def __init__(self, database: Database, clock: Clock, callers: Callers, boards: Boards) -> None:
        self._database = database
        self._clock = clock
        self._callers = callers
        self._boards = boards

    def board(self, follower: BoardFollower, moment: float, *, write: Callable[[Board], bytes]) -> bytes:
        """The board as it is now, not older than the moment; who may follow it was asked before, and is again.

        Raises BoardOff where the policy shows it no more, and what ``period_of`` raises.
        """
        district, asked, audience = follower.district, follower.asked, follower.audience
        today = self._today(district)
        facts = self._boards.facts(district.id, today, since=moment)
        policy = facts.policy(audience)
        check_reach(facts, policy, asked.scope, asked.place_id, lambda _: True)
        actor = Actor(district.id, None, self._clock.now(), today)
        period = period_of(facts, today, asked)
        subject = subject_of(facts, actor, asked.scope, asked.place_id, asked.measure, period)
        return self._boards.shown(subject, facts, audience, policy, write, since=moment)

    def play(self, follower: ScreenFollower, moment: float, *, write: Callable[[Play], bytes]) -> bytes:
        """The playlist with its data, likewise. Raises NotFound where there is none any more."""
        screen = Screen(follower.district.id, self._today(follower.district), follower.path)
        return written(self._boards, screen, follower.playlist_id, write, since=moment)

    def _today(self, district: District) -> date:
        return business_day(self._clock.now(), district.time_zone)

    def over(self, followers: Collection[Hashable]) -> set[Hashable]:
        """Those whose token opens nothing any more, or something else than what they follow."""
        by_district: dict[District, list[Follower]] = {}
        for one in followers:
            if isinstance(one, BoardFollower | ScreenFollower):
                by_district.setdefault(one.district, []).append(one)
        found: set[Hashable] = set()
        for district, own in by_district.items():

            def ask(connection: Connection, of: District = district, some: list[Follower] = own) -> set[Hashable]:
                return self._over_in(connection, of, some)

            found |= self._database.run(ask, district.id)
        return found

    def _over_in(self, connection: Connection, district: District, own: list[Follower]) -> set[Hashable]:
        facts = self._boards.facts(district.id, self._today(district), connection)
        screens = {one.screen_id for one in own if isinstance(one, ScreenFollower)}
        open_ones = service_tokens.open_screens(connection, district.id, screens) if screens else set()
        found: set[Hashable] = set()
        for one in own:
            if isinstance(one, ScreenFollower):
                holds = one.screen_id in open_ones and facts.screens.get(one.screen_id) == one.playlist_id
            else:
                holds = self._holds(connection, one)
            if not holds:
                found.add(one)
        return found

    def _holds(self, connection: Connection, one: BoardFollower) -> bool:
        """Asked anew as at the door; what was remembered there is good for as long here."""
        actor = self._actor(connection, one)
        if actor is None or not actor.may_somewhere(Permission.BOARD_READ):
            return False
        try:
            _, audience, _ = resolve(self._boards.facts(actor.district_id, actor.today, connection), actor, one.asked)
        except LongwenError:
            return False
        return audience is one.audience

    def _actor(self, connection: Connection, one: BoardFollower) -> Actor | None:
        now = self._clock.now()
        if one.kind is SessionKind.BEARER and token_role(one.token) is not None:
            holder = self._callers.holder(connection, one.district, one.token, now)
            return None if holder is None else holder.actor
        caller = self._callers.caller(connection, one.district, one.token, now, one.kind)
        return caller.actor if caller is not None and caller.stage in ONLY_OPEN else None
