"""Log-ins: from a password, and a code where there is a second factor, to tokens; their rotation, list and end.

Unlike other rooms' verbs, those that make a caller take no actor. A refusal that must leave a trace (a count of
failures, a log-in that is over) is returned, so that the trace is committed.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from app.auth import store, store_second_factor, store_sessions
from app.auth.codes import bare, is_recovery_code, step_of
from app.auth.core import Actor, Appointment, Permission
from app.auth.core_districts import District
from app.auth.logins import (
    SESSIONS_MAX,
    CodeRefused,
    LoginFacts,
    LoginRefused,
    RefreshRefused,
    RefreshReused,
    SessionKind,
    Stage,
    Terms,
    Unauthenticated,
)
from app.auth.store_sessions import SessionRow
from app.kit.ciphers import FieldCipher
from app.kit.clock import business_day
from app.kit.digests import digest
from app.kit.errors import Forbidden, NotFound
from app.kit.ids import new_id
from app.kit.passwords import Passwords


@dataclass(frozen=True, slots=True)
class Login:
    """A log-in with its fresh tokens (told once, stored only as digests) and what it opens, at its stage."""

    session_id: UUID
    kind: SessionKind
    stage: Stage
    token: str
    expires_at: datetime
    refresh_token: str | None
    refresh_expires_at: datetime
    login: str
    name: str
    appointments: tuple[Appointment, ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """The log-in by which a caller came."""

    id: UUID
    kind: SessionKind
    stage: Stage
    used_at: datetime
    expires_at: datetime
    factor_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom an access token stands for, and until when; ``session`` where it is a log-in's."""

    actor: Actor
    login: str
    name: str
    expires_at: datetime
    session: Opened | None = None

    @property
    def stage(self) -> Stage:
        return Stage.OPEN if self.session is None else self.session.stage


@dataclass(frozen=True, slots=True)
class Entrant:
    """Whose account it is that has just been proved, how, and how the log-in is to travel.

    ``identity_id``: by single sign-on; ``factor_elsewhere``: with a second factor there, which counts here.
    """

    account_id: UUID
    login: str
    name: str
    kind: SessionKind
    device: str | None
    identity_id: UUID | None = None
    factor_elsewhere: bool = False


# Making a log-in.


def log_in(
    connection: Connection,
    district: District,
    login: str,
    password: str,
    at: datetime,
    *,
    terms: Terms,
    passwords: Passwords,
    kind: SessionKind = SessionKind.BEARER,
    device: str | None = None,
) -> Login | LoginRefused:
    """A new log-in (with a second factor: one that waits for its code), or the one refusal for every reason.

    Unknown, closed and locked accounts take as long as a wrong password, since the hash is always computed.
    """
    found = store.lock_credential(connection, district.id, login)
    if found is None or found.closed_at is not None:
        passwords.check(password, None)
        return LoginRefused()
    right, rehashed = passwords.check(password, found.password_hash)
    admitted, attempts = found.attempts.after(right, at)
    if admitted and store_second_factor.has_confirmed_factor(connection, district.id, found.account_id):
        attempts = found.attempts  # forgotten when the code is right too: else a password would buy four more guesses
    if attempts != found.attempts:
        store.update_attempts(connection, district.id, found.account_id, attempts)
    if not admitted:
        return LoginRefused()
    if rehashed is not None:
        store.update_password_hash(connection, district.id, found.account_id, rehashed)
    return open_session(
        connection, district, Entrant(found.account_id, found.login, found.name, kind, device), at, terms
    )


def open_session(connection: Connection, district: District, entrant: Entrant, at: datetime, terms: Terms) -> Login:
    """A log-in of an account whose row is held, at the stage that it has come to."""
    facts, held = _facts(connection, district, entrant.account_id, at, factor_elsewhere=entrant.factor_elsewhere)
    stage = terms.stage(facts, code_given=False)
    _make_room(connection, district.id, entrant.account_id, at, stage)
    tokens, values = _tokens(district, entrant.kind, stage, at, terms)
    session_id = new_id()
    row = {
        "id": session_id,
        "account_id": entrant.account_id,
        "kind": entrant.kind.value,
        "device": entrant.device,
        "identity_id": entrant.identity_id,
        "factor_elsewhere": entrant.factor_elsewhere,
        "created_at": at,
    }
    store_sessions.insert_session(connection, district.id, row | values)
    return Login(session_id, entrant.kind, stage, *tokens, entrant.login, entrant.name, held)


def give_code(
    connection: Connection,
    district: District,
    challenge: str,
    code: str,
    at: datetime,
    *,
    terms: Terms,
    cipher: FieldCipher,
) -> Login | CodeRefused:
    """The log-in that waited for this code, from now on with tokens; Unauthenticated if there is none.

    Wrong codes are counted with wrong passwords, and both are forgotten when a log-in is complete.
    """
    waits_by = token_digest(challenge)
    account_id = store_sessions.find_challenged(connection, district.id, waits_by, at)
    found = None if account_id is None else store.lock_credential_of(connection, district.id, account_id)
    # Locked after the credential, as by every log-in; whoever came with the same challenge meanwhile has taken it.
    waiting = store_sessions.lock_challenge(connection, district.id, waits_by, at)
    if found is None or waiting is None or found.closed_at is not None:
        raise Unauthenticated
    right = not found.attempts.is_locked(at) and _accepts(connection, district.id, found.account_id, code, at, cipher)
    admitted, attempts = found.attempts.after(right, at)
    if attempts != found.attempts:
        store.update_attempts(connection, district.id, found.account_id, attempts)
    if not admitted:
        return CodeRefused()
    facts, held = _facts(connection, district, found.account_id, at)
    stage = terms.stage(facts, code_given=True)
    _make_room(connection, district.id, found.account_id, at, stage)
    tokens, values = _tokens(district, waiting.kind, stage, at, terms)
    store_sessions.update_session(connection, district.id, waiting.id, **values)
    return Login(waiting.id, waiting.kind, stage, *tokens, found.login, found.name, held)


def refresh(
    connection: Connection, district: District, token: str, at: datetime, *, terms: Terms
) -> Login | RefreshRefused:
    """New tokens for a refresh token, which is used up by it: the access token beside it ends too.

    A token of the family that is not its present one was used before: whoever has it and whoever has the present one
    cannot both be the person, so the log-in ends for both.
    """
    family = token.rpartition(".")[0]
    found = store_sessions.lock_family(connection, district.id, token_digest(family))
    if found is None or found.refresh_digest is None:
        return RefreshRefused()
    if not hmac.compare_digest(found.refresh_digest, token_digest(token)):
        store_sessions.delete_session(connection, district.id, found.id)
        return RefreshReused(session=found.id)
    if found.expires_at <= at or found.closed_at is not None:
        store_sessions.delete_session(connection, district.id, found.id)
        return RefreshRefused()
    facts, held = _facts(connection, district, found.account_id, at, factor_elsewhere=found.factor_elsewhere)
    if found.identity_id is not None and not held:  # single sign-on is for who holds an office
        store_sessions.delete_session(connection, district.id, found.id)
        return RefreshRefused()
    stage = terms.stage(facts, code_given=True)
    tokens, values = _tokens(district, found.kind, stage, at, terms, family)
    store_sessions.update_session(connection, district.id, found.id, **values)
    return Login(found.id, found.kind, stage, *tokens, found.login, found.name, held)


def _make_room(connection: Connection, district_id: UUID, account_id: UUID, at: datetime, stage: Stage) -> None:
    """For one more log-in. One that only waits for a code drives nobody out: half of what it takes is missing."""
    store_sessions.delete_sessions_over(connection, district_id, account_id, at)
    if stage is not Stage.CODE:
        store_sessions.delete_spare_sessions(connection, district_id, account_id, keep_max=SESSIONS_MAX - 1)


def _facts(
    connection: Connection, district: District, account_id: UUID, at: datetime, *, factor_elsewhere: bool = False
) -> tuple[LoginFacts, tuple[Appointment, ...]]:
    held = store.list_appointments(connection, district.id, account_id, business_day(at, district.time_zone))
    facts = LoginFacts(
        store_second_factor.has_confirmed_factor(connection, district.id, account_id),
        store.has_to_change_password(connection, district.id, account_id),
        frozenset(one.role for one in held),
        factor_elsewhere,
    )
    return facts, held


def _tokens(
    district: District, kind: SessionKind, stage: Stage, at: datetime, terms: Terms, family: str | None = None
) -> tuple[tuple[str, datetime, str | None, datetime], dict[str, Any]]:
    """Fresh tokens with their ends, and what is stored of them."""
    token = f"{district.code}.{secrets.token_urlsafe(32)}"
    token_until, expires_at = terms.span(kind, stage, at)
    values: dict[str, Any] = {
        "stage": stage.value,
        "token_digest": token_digest(token),
        "token_until": token_until,
        "used_at": at,
        "expires_at": expires_at,
    }
    refresh_token = None
    if kind is SessionKind.BEARER and stage is not Stage.CODE:
        family = family or f"{district.code}.{secrets.token_urlsafe(24)}"
        refresh_token = f"{family}.{secrets.token_urlsafe(32)}"
        values |= {"family_digest": token_digest(family), "refresh_digest": token_digest(refresh_token)}
    return (token, token_until, refresh_token, expires_at), values


def _accepts(
    connection: Connection, district_id: UUID, account_id: UUID, code: str, at: datetime, cipher: FieldCipher
) -> bool:
    """Whether it is a code of the account's second factor, or one of its recovery codes; either is used up."""
    factor = store_second_factor.find_factor(connection, district_id, account_id)
    if factor is None or factor.confirmed_at is None:
        return False
    context = factor_context(district_id, account_id)
    if is_recovery_code(code):
        return store_second_factor.delete_code(connection, district_id, account_id, cipher.lookup(bare(code), context))
    step = step_of(cipher.decrypt(factor.secret, context), code, at, factor.last_step)
    if step is None:
        return False
    store_second_factor.update_factor(connection, district_id, account_id, last_step=step)
    return True


def factor_context(district_id: UUID, account_id: UUID) -> bytes:
    """What a second factor's secret and recovery codes are bound to."""
    return f"second factor {district_id} {account_id}".encode()


def token_digest(token: str) -> bytes:
    return digest(token.encode())


# Being logged in.


def authenticate(
    connection: Connection, district: District, token: str, at: datetime, kind: SessionKind = SessionKind.BEARER
) -> Caller | None:
    """Who holds the token, with the roles of this day; None if it has expired, was ended, or its account is closed.

    A token is good only the way it was meant to travel: a cookie's not in a header, and the reverse.
    """
    today = business_day(at, district.time_zone)
    found = store_sessions.find_session(connection, district.id, token_digest(token), at, today)
    if found is None or found.kind is not kind:
        return None
    actor = Actor(district.id, found.account_id, at, today, found.appointments, found.was_member)
    opened = Opened(found.id, found.kind, found.stage, found.used_at, found.expires_at, found.factor_elsewhere)
    return Caller(actor, found.login, found.name, found.token_until, opened)


def is_due_to_be_noted(caller: Caller, terms: Terms) -> bool:
    """Whether the use of the log-in has not been written down for long enough."""
    return caller.session is not None and caller.actor.at - caller.session.used_at >= terms.noted_every


def note_use(connection: Connection, caller: Caller, terms: Terms) -> None:
    """That the log-in was used. A transaction of its own: it neither goes with a refusal nor holds others up."""
    opened, at = caller.session, caller.actor.at
    if opened is not None:
        by_cookie = opened.kind is SessionKind.COOKIE
        idle_until = min(at + terms.idle, opened.expires_at) if by_cookie else None
        store_sessions.note_use(connection, caller.actor.district_id, opened.id, at, idle_until=idle_until)


def advance(connection: Connection, caller: Caller, terms: Terms) -> None:
    """Bring the log-in to the stage that its account has reached by now."""
    if caller.session is None:
        return
    district_id, account_id = caller.actor.district_id, account_of(caller.actor)
    facts = LoginFacts(
        store_second_factor.has_confirmed_factor(connection, district_id, account_id),
        store.has_to_change_password(connection, district_id, account_id),
        frozenset(one.role for one in caller.actor.appointments),
        caller.session.factor_elsewhere,
    )
    stage = terms.stage(facts, code_given=True)
    store_sessions.update_session(connection, district_id, caller.session.id, stage=stage.value)


def account_of(actor: Actor) -> UUID:
    """Whose account acts; Forbidden for the service itself, which has none."""
    if actor.account_id is None:
        raise Forbidden(permission="account")
    return actor.account_id


# The list of log-ins and their end.


def own_sessions(connection: Connection, actor: Actor) -> tuple[SessionRow, ...]:
    """The log-ins of whoever asks, the last used first."""
    return store_sessions.list_sessions(connection, actor.district_id, account_of(actor), actor.at)


def end_own_session(connection: Connection, actor: Actor, session_id: UUID) -> None:
    """End one of the own log-ins, with all of its tokens; NotFound."""
    if not store_sessions.delete_own_session(connection, actor.district_id, account_of(actor), session_id):
        raise NotFound(what="session")


def end_other_sessions(connection: Connection, caller: Caller) -> None:
    """All of the caller's log-ins but the present one."""
    present = None if caller.session is None else caller.session.id
    store_sessions.delete_sessions(connection, caller.actor.district_id, account_of(caller.actor), except_for=present)


def end_sessions_of(connection: Connection, actor: Actor, account_id: UUID) -> int:
    """All of an account's log-ins; how many there were. Raises Forbidden, NotFound."""
    if not actor.may_somewhere(Permission.SESSION_END):
        raise Forbidden(permission=Permission.SESSION_END.value)
    store.lock_account(connection, actor.district_id, account_id)  # a log-in in the making holds it: none slips past
    return store_sessions.delete_sessions(connection, actor.district_id, account_id)
