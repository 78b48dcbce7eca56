"""The doors that every room's routes stand behind.

A route takes a ``Door`` from ``permit(Permission.…)`` (or ``signed_in``), or is marked with ``open_door``. Either is a
``Gate``, so that a test can walk all routes and tell which door each has.
"""
# No postponed annotations here: FastAPI reads those of a callable object without the names of its module.

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, TypeVar, cast

from fastapi import Depends, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy import Connection

from app.auth import cookies, service, service_tokens, sessions
from app.auth.core import Actor, Appointment, Permission
from app.auth.core_districts import District, district_code_of, is_district_code
from app.auth.core_permitted import NotGranted
from app.auth.core_tokens import token_role
from app.auth.logins import (
    ALL_BUT_CODE,
    ONLY_OPEN,
    SessionKind,
    Stage,
    Terms,
    Unauthenticated,
    check_stage,
)
from app.auth.remembering import Callers
from app.auth.schemas import NewSessionAnswer, RoleAnswer
from app.kit import naming
from app.kit.errors import Unavailable
from app.kit.http import ServiceState, language_of, request_id_of, state_of
from app.kit.problems import Language

Result = TypeVar("Result")
Answered = TypeVar("Answered")
# The roster's look-up of names, which stands above this room.
NamesOf = Callable[[Connection, Actor, naming.Wanted], naming.Names]

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
BEARER = HTTPBearer(auto_error=False, description="access_token · POST /api/v1/sessions")
COOKIE = APIKeyCookie(
    name=cookies.SECURE_NAME, auto_error=False, description="POST /api/v1/sessions?cookie=true · X-CSRF-Token"
)


def districts_of(request: Request) -> service.Districts:
    return cast("service.Districts", request.app.state.districts)


def anybody_in(request: Request, code: str) -> Actor | None:
    """Nobody in particular, in the district of that code; None where there is no such district.

    For open routes that work inside a district: tokens and cookies that come along are not looked at.
    """
    found = districts_of(request).find(code) if is_district_code(code) else None
    return None if found is None else Actor.service(found.id, state_of(request).clock.now(), found.time_zone)


def callers_of(request: Request) -> Callers:
    return cast("Callers", request.app.state.callers)


def terms_of(state: ServiceState) -> Terms:
    """The operator's limits of a log-in."""
    settings = state.settings
    return Terms(
        access=timedelta(minutes=settings.access_minutes),
        refresh=timedelta(days=settings.refresh_days),
        factor_is_required=settings.second_factor == "required",
    )


def site_of(request: Request) -> cookies.Site:
    """Where the caller's browser thinks that it is."""
    public = state_of(request).settings.public_origin
    return cookies.Site(request.url.scheme, request.headers.get("host", ""), public)


def csrf_token_of(state: ServiceState, token: str) -> str:
    """What a page sends along with the cookie of this token."""
    return state.cipher.lookup(token, cookies.CSRF_CONTEXT).hex()


@dataclass(frozen=True, slots=True)
class Claim:
    """What a caller shows: a token, and the district that it names. Nothing is proved by it."""

    district: District
    token: str


def opened(request: Request, response: Response, district: District, login: sessions.Login) -> NewSessionAnswer:
    """What a complete log-in is told; where it is by cookie, that is set on the response."""
    by_cookie = login.kind is SessionKind.COOKIE
    csrf_token = csrf_token_of(state_of(request), login.token) if by_cookie else None
    if csrf_token is not None:
        set_cookies(request, response, login.token, csrf_token)
    return NewSessionAnswer(
        access_token=None if by_cookie else login.token,
        refresh_token=login.refresh_token,
        refresh_expires_at=None if login.refresh_token is None else login.refresh_expires_at,
        csrf_token=csrf_token,
        login=f"{district.code}/{login.login}",
        name=login.name,
        district=district.name,
        roles=roles_of(login.appointments),
        expires_at=login.expires_at,
        stage=login.stage.value,
    )


def set_cookies(request: Request, response: Response, token: str, csrf_token: str) -> None:
    """Until the browser is closed, or the log-in ends: the server says when."""
    site = site_of(request)
    is_secure = not site.is_local
    response.set_cookie(site.name, token, path="/", secure=is_secure, httponly=True, samesite="lax")
    # Scripts of our pages read this one.
    response.set_cookie(site.csrf_name, csrf_token, path="/", secure=is_secure, httponly=False, samesite="lax")


def forget_cookies(request: Request, response: Response) -> None:
    site = site_of(request)
    drop_cookie(request, response, site.name)
    drop_cookie(request, response, site.csrf_name, http_only=False)


def keep_cookie(request: Request, response: Response, name: str, value: str, seconds: int) -> None:
    """One that no script reads, for so long."""
    is_secure = not site_of(request).is_local
    response.set_cookie(name, value, max_age=seconds, path="/", secure=is_secure, httponly=True, samesite="lax")


def drop_cookie(request: Request, response: Response, name: str, *, http_only: bool = True) -> None:
    is_secure = not site_of(request).is_local
    response.delete_cookie(name, path="/", secure=is_secure, httponly=http_only, samesite="lax")


def roles_of(appointments: tuple[Appointment, ...]) -> list[RoleAnswer]:
    return [RoleAnswer(role=held.role.value, path=held.path) for held in appointments]


@dataclass(frozen=True)
class Door:
    """The way from a route to the database: one call, one transaction, in which the caller is known."""

    request: Request
    token: str | None
    permission: Permission | None
    kind: SessionKind = SessionKind.BEARER
    stages: frozenset[Stage] = ONLY_OPEN
    form_token: str | None = None  # the anti-forgery token of a form, which cannot send a header

    @property
    def state(self) -> ServiceState:
        return state_of(self.request)

    @property
    def request_id(self) -> str:
        return request_id_of(self.request)

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
        if not self._is_token:
            return self.run_as_caller(lambda connection, caller: work(connection, caller.actor), commit=commit)
        claim, at = self._claim(), self.state.clock.now()

        def enter(connection: Connection) -> Result:
            holder = self._holder(connection, claim, at)
            service_tokens.note_use(connection, holder)
            self._admit(holder.actor)
            return work(connection, holder.actor)

        return self.state.database.run(enter, claim.district.id, commit=commit)

    def run_named(
        self, work: Callable[[Connection, Actor], Result], told: Callable[[Result], Answered], *, commit: bool = True
    ) -> Answered:
        """What the work comes to, as an answer with a name beside each id that it has room for."""
        return self.run_and_name(work, told, commit=commit)[1]

    def run_and_name(
        self, work: Callable[[Connection, Actor], Result], told: Callable[[Result], Answered], *, commit: bool = True
    ) -> tuple[Result, Answered]:
        """The work's result, and the answer that ``told`` makes of it, with the names that the caller may know.

        All in the work's own transaction: what is there only until a preview is undone has its name too, and nothing
        is left to look up, and to fail, once the work is committed.
        """
        names_of = cast("NamesOf", self.request.app.state.names_of)

        def named(connection: Connection, actor: Actor) -> tuple[Result, Answered]:
            result = work(connection, actor)
            answer = told(result)
            wanted = naming.wanted(answer)
            if wanted:
                naming.fill(answer, names_of(connection, actor, wanted))
            return result, answer

        return self.run(named, commit=commit)

    def run_as_caller(self, work: Callable[[Connection, sessions.Caller], Result], *, commit: bool = True) -> Result:
        """The same for who needs the caller's name or log-in as well."""
        claim, at = self._claim(), self.state.clock.now()

        def enter(connection: Connection) -> Result:
            caller = self._caller(connection, claim, at)
            self._admit(caller.actor)
            return work(connection, caller)

        try:
            return self.state.database.run(enter, claim.district.id, commit=commit)
        finally:
            self.note_use()

    def admit(self, connection: Connection, claim: Claim, at: datetime) -> Actor | None:
        """The same in a transaction that several callers share; whoever shares it calls ``note_use`` afterwards.

        None for one who needs a transaction of their own: a key's first use of the day is kept only with what it did.
        Raises Unauthenticated, Forbidden, TooManyRequests.
        """
        if self._is_token:
            holder = self._holder(connection, claim, at)
            if not holder.is_noted:
                return None
            actor = holder.actor
        else:
            actor = self._caller(connection, claim, at).actor
        self._admit(actor)
        return actor

    @property
    def _is_token(self) -> bool:
        """Whether a key or a screen comes, which opens what asks for a permission and nothing of a person's own."""
        return self.kind is SessionKind.BEARER and token_role(self.token or "") is not None

    def _holder(self, connection: Connection, claim: Claim, at: datetime) -> service_tokens.Holder:
        holder = callers_of(self.request).holder(connection, claim.district, claim.token, at)
        if holder is None or self.permission is None:
            raise Unauthenticated
        return holder

    def _caller(self, connection: Connection, claim: Claim, at: datetime) -> sessions.Caller:
        caller = callers_of(self.request).caller(connection, claim.district, claim.token, at, self.kind)
        if caller is None:
            raise Unauthenticated
        check_stage(caller.stage, self.stages)
        if sessions.is_due_to_be_noted(caller, terms_of(self.state)):
            self.request.state.unnoted = caller
        return caller

    def _admit(self, actor: Actor) -> None:
        """Test the permission and the rate of writing. Raises Forbidden, TooManyRequests."""
        request = self.request
        request.state.account_id = str(actor.account_id)
        if self.permission is not None and not actor.may_somewhere(self.permission):
            raise NotGranted(self.permission)
        # Once a request, though a deadlock calls the work again.
        is_new = request.method not in _READING and not getattr(request.state, "is_counted", False)
        if is_new and actor.account_id is not None:
            self.state.rates.count_write(actor.account_id)
            request.state.is_counted = True

    @property
    def is_unnoted(self) -> bool:
        """Whether ``note_use`` has anything to do."""
        return getattr(self.request.state, "unnoted", None) is not None

    def note_use(self) -> None:
        """Write down that the log-in was used, where that is due, in a transaction of its own."""
        if not self.is_unnoted:
            return
        caller: sessions.Caller = self.request.state.unnoted
        self.request.state.unnoted = None
        note = partial(sessions.note_use, caller=caller, terms=terms_of(self.state))
        with suppress(Unavailable):  # the next request will
            self.state.database.run(note, caller.actor.district_id)

    @property
    def district(self) -> District:
        """The district that the token names; Unauthenticated. Proved only inside ``run``."""
        return self._claim().district

    def known_claim(self) -> Claim | None:
        """What the caller shows, without asking the database: None where the district is none or was never asked for.

        Raises Unauthenticated, OriginRefused, CsrfRefused.
        """
        code = district_code_of(self.token or "")
        is_known = code is not None and districts_of(self.request).kept(code) is not None
        return self._claim() if is_known else None

    def _claim(self) -> Claim:
        code = district_code_of(self.token or "")
        district = districts_of(self.request).find(code) if code is not None else None
        if district is None or self.token is None:
            raise Unauthenticated
        if self.kind is SessionKind.COOKIE:
            sent, headers = self.request, self.request.headers
            expected = csrf_token_of(self.state, self.token)
            token = headers.get(cookies.CSRF_HEADER, self.form_token)
            cookies.check_page(sent.method, site_of(sent), headers.get("origin"), token, expected)
        return Claim(district, self.token)


@dataclass(frozen=True)
class Gate:
    """A dependency that makes a Door. It touches no database itself: the route's transaction is the only one.

    ``permission`` is what the caller must have somewhere; without one, being logged in is enough. ``stages`` are those
    of a log-in that it opens to. A bearer token is taken before a cookie.
    """

    permission: Permission | None
    stages: frozenset[Stage] = ONLY_OPEN
    open: bool = False

    async def __call__(
        self,
        request: Request,
        bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
        _: Annotated[str | None, Depends(COOKIE)],
    ) -> Door:
        if bearer is not None or "authorization" in request.headers:
            token = bearer.credentials if bearer is not None and bearer.scheme.lower() == "bearer" else None
            return Door(request, token, self.permission, SessionKind.BEARER, self.stages)
        token = request.cookies.get(site_of(request).name)
        kind = SessionKind.BEARER if token is None else SessionKind.COOKIE
        return Door(request, token, self.permission, kind, self.stages)


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
known_at_least = Gate(None, ALL_BUT_CODE)  # though the log-in is not complete yet: what completes it, and its end
open_door = OpenGate()


async def foreign_queries() -> None:
    """The mark of a route whose address another service fills in: that one may say more than we ask for."""


async def known_queries(request: Request) -> None:
    """Refuse what the route does not ask for in the query, as of bodies; a dependency of the whole application.

    A filter that is misspelt would otherwise be left out without a word. Raises RequestValidationError.
    """
    known = _queries_of(request.scope["route"]) if request.url.query else None
    if known is None:
        return
    strange = [name for name in dict.fromkeys(request.query_params) if name not in known]
    if strange:
        raise RequestValidationError([{"type": "extra_forbidden", "loc": ("query", name)} for name in strange])


def _queries_of(route: APIRoute) -> frozenset[str] | None:
    """The names that a route asks for in the query; None where it takes any."""
    names: set[str] = set()
    found = [route.dependant]
    while found:
        one: Dependant = found.pop()
        if one.call is foreign_queries:
            return None
        names.update(field.alias for field in one.query_params)
        found += one.dependencies
    return frozenset(names)
