"""Logging in and out, and the doors that every room's routes stand behind.

A route takes a ``Door`` from ``permit(Permission.…)`` (or ``signed_in``), or is marked with ``open_door``. Either is a
``Gate``, so that a test can walk all routes and tell which door each has.
"""
# No postponed annotations here: FastAPI reads those of a callable object without the names of its module.

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, TypeVar, cast

from fastapi import APIRouter, Depends, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import Connection

from app.auth import service
from app.auth.core import (
    Actor,
    Appointment,
    District,
    LoginRefused,
    Permission,
    Unauthenticated,
    district_code_of,
    split_login,
)
from app.auth.schemas import LoginRequest, NewSessionAnswer, RoleAnswer, SessionAnswer
from app.kit.errors import Forbidden
from app.kit.http import ServiceState, language_of, state_of
from app.kit.problems import Language

Result = TypeVar("Result")

_BEARER = HTTPBearer(auto_error=False, description="access_token · POST /api/v1/sessions")


def districts_of(request: Request) -> service.Districts:
    return cast("service.Districts", request.app.state.districts)


@dataclass(frozen=True)
class Door:
    """The way from a route to the database: one call, one transaction, in which the caller is known."""

    request: Request
    token: str | None
    permission: Permission | None

    @property
    def state(self) -> ServiceState:
        return state_of(self.request)

    @property
    def language(self) -> Language:
        return language_of(self.request)

    def run(self, work: Callable[[Connection, Actor], Result], *, commit: bool = True) -> Result:
        """Find out who calls, test the permission, do the work and commit it (or undo it: a preview), in one
        transaction.

        The permission is tested to hold anywhere at all; whether it holds for the object is the service's question.
        ``work`` may be called again after a deadlock. Raises Unauthenticated, Forbidden, Unavailable, and what
        ``work`` raises.
        """
        return self.run_as_caller(lambda connection, caller: work(connection, caller.actor), commit=commit)

    def run_as_caller(self, work: Callable[[Connection, service.Caller], Result], *, commit: bool = True) -> Result:
        """The same for who needs the caller's name as well."""
        district, token = self._claim()
        at = self.state.clock.now()

        def enter(connection: Connection) -> Result:
            caller = service.authenticate(connection, district, token, at)
            if caller is None:
                raise Unauthenticated
            self.request.state.account_id = str(caller.actor.account_id)
            if self.permission is not None and not caller.actor.may_somewhere(self.permission):
                raise Forbidden(permission=self.permission.value)
            return work(connection, caller)

        return self.state.database.run(enter, district.id, commit=commit)

    @property
    def district(self) -> District:
        """The district that the token names; Unauthenticated. Proved only inside ``run``."""
        return self._claim()[0]

    def _claim(self) -> tuple[District, str]:
        code = district_code_of(self.token or "")
        district = districts_of(self.request).find(code) if code is not None else None
        if district is None or self.token is None:
            raise Unauthenticated
        return district, self.token


@dataclass(frozen=True)
class Gate:
    """A dependency that makes a Door. It touches no database itself: the route's transaction is the only one.

    ``permission`` is what the caller must have somewhere; without one, being logged in is enough.
    """

    permission: Permission | None
    open: bool = False

    async def __call__(
        self, request: Request, bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]
    ) -> Door:
        token = bearer.credentials if bearer is not None and bearer.scheme.lower() == "bearer" else None
        return Door(request, token, self.permission)


@dataclass(frozen=True)
class OpenGate:
    """The mark of a route that anybody may call."""

    permission: None = None
    open: bool = True

    async def __call__(self) -> None:
        return None


def permit(permission: Permission) -> Gate:
    """The gate of routes that need the permission: ``door: Annotated[Door, Depends(permit(Permission.X))]``."""
    return Gate(permission)


signed_in = Gate(None)
open_door = OpenGate()

router = APIRouter(prefix="/api/v1/sessions", tags=["sessions"])


@router.post("", status_code=201, summary="登录 · Log in", dependencies=[Depends(open_door)])
def create_session(body: LoginRequest, request: Request) -> NewSessionAnswer:
    """用登录名和密码换取访问令牌。· An access token for a login and a password."""
    state = state_of(request)
    named = split_login(body.login)
    district = districts_of(request).find(named[0]) if named is not None else None
    if named is None or district is None:
        state.passwords.check(body.password, None)  # as long as for a known one
        raise LoginRefused
    at, lifetime = state.clock.now(), timedelta(minutes=state.settings.access_minutes)

    def work(connection: Connection) -> service.Login | LoginRefused:
        return service.log_in(
            connection, district, named[1], body.password, at, lifetime=lifetime, passwords=state.passwords
        )

    outcome = state.database.run(work, district.id)
    if isinstance(outcome, LoginRefused):
        raise outcome
    return NewSessionAnswer(
        access_token=outcome.token,
        login=f"{district.code}/{outcome.login}",
        name=outcome.name,
        district=district.name,
        roles=_roles(outcome.appointments),
        expires_at=outcome.expires_at,
    )


@router.get("/current", summary="当前登录 · Who is logged in")
def read_session(door: Annotated[Door, Depends(signed_in)]) -> SessionAnswer:
    """令牌属于谁、有哪些任职、何时到期。· Whose token it is, with which roles, until when."""
    caller = door.run_as_caller(lambda _, caller: caller)
    return SessionAnswer(
        login=f"{door.district.code}/{caller.login}",
        name=caller.name,
        district=door.district.name,
        roles=_roles(caller.actor.appointments),
        expires_at=caller.expires_at,
    )


@router.delete("/current", status_code=204, summary="退出 · Log out")
def end_session(door: Annotated[Door, Depends(signed_in)]) -> Response:
    """令牌立即失效。· The token ends at once."""
    door.run_as_caller(lambda connection, caller: service.log_out(connection, caller.actor, door.token or ""))
    return Response(status_code=204)


def _roles(appointments: tuple[Appointment, ...]) -> list[RoleAnswer]:
    return [RoleAnswer(role=held.role.value, path=held.path) for held in appointments]
