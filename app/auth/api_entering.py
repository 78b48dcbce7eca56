"""The first steps of a log-in, for programs and for pages alike: a password, then the code where one is asked."""

from __future__ import annotations

from fastapi import Request
from sqlalchemy import Connection

from app.auth import cookies, sessions
from app.auth.api import districts_of, site_of, terms_of
from app.auth.core_districts import District, district_code_of, login_key, split_login
from app.auth.logins import CodeRefused, LoginRefused, SessionKind, Unauthenticated
from app.kit.http import address_of, state_of


def log_in(
    request: Request, login: str, password: str, kind: SessionKind, device: str | None = None
) -> tuple[District, sessions.Login]:
    """A log-in by password, complete or waiting for its code. Raises OriginRefused, TooManyRequests, LoginRefused."""
    state = state_of(request)
    if kind is SessionKind.COOKIE:
        cookies.check_origin(site_of(request), request.headers.get("origin"))
    state.rates.count_log_in(address_of(request), login_key(login))
    named = split_login(login)
    district = districts_of(request).find(named[0]) if named is not None else None
    if named is None or district is None:
        state.passwords.check(password, None)  # as long as for a known one
        raise LoginRefused
    at, terms = state.clock.now(), terms_of(state)

    def work(connection: Connection) -> sessions.Login | LoginRefused:
        return sessions.log_in(
            connection, district, named[1], password, at,
            terms=terms, passwords=state.passwords, kind=kind, device=device,
        )  # fmt: skip

    outcome = state.database.run(work, district.id)
    if isinstance(outcome, LoginRefused):
        raise outcome
    return district, outcome


def give_code(request: Request, challenge: str, code: str) -> tuple[District, sessions.Login]:
    """The log-in that waited for its code. Raises Unauthenticated, CodeRefused."""
    state = state_of(request)
    named = district_code_of(challenge)
    district = None if named is None else districts_of(request).find(named)
    if district is None:
        raise Unauthenticated
    at, terms = state.clock.now(), terms_of(state)

    def work(connection: Connection) -> sessions.Login | CodeRefused:
        return sessions.give_code(connection, district, challenge, code, at, terms=terms, cipher=state.cipher)

    outcome = state.database.run(work, district.id)
    if isinstance(outcome, CodeRefused):
        raise outcome
    return district, outcome
