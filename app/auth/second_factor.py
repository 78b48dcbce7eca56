"""The second factor: set up by its person, confirmed by a code, reset by the security administrator."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from uuid import UUID

import pyotp
from sqlalchemy import Connection

from app.auth import own_password, sessions, store, store_second_factor, store_sessions
from app.auth.codes import (
    RECOVERY_CODE_LETTERS,
    RECOVERY_CODES,
    FactorExists,
    FactorNotBegun,
    WrongCode,
    address_of,
    bare,
    spaced,
    step_of,
)
from app.auth.core import Actor, Permission
from app.auth.core_districts import District
from app.auth.logins import OldPasswordWrong, Terms
from app.auth.sessions import Caller, factor_context
from app.kit.ciphers import FieldCipher
from app.kit.errors import Forbidden, NotFound
from app.kit.passwords import Passwords

_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"


@dataclass(frozen=True, slots=True)
class NewFactor:
    """What an authenticator is given; told only here."""

    secret: str
    address: str


@dataclass(frozen=True, slots=True)
class FactorState:
    """Whether a code is asked at log-in, and how many recovery codes are left."""

    is_on: bool
    recovery_codes: int


def state(connection: Connection, actor: Actor) -> FactorState:
    account_id = sessions.account_of(actor)
    return FactorState(
        store_second_factor.has_confirmed_factor(connection, actor.district_id, account_id),
        store_second_factor.count_codes(connection, actor.district_id, account_id),
    )


def set_up(
    connection: Connection,
    district: District,
    caller: Caller,
    password: str,
    *,
    passwords: Passwords,
    cipher: FieldCipher,
) -> NewFactor | OldPasswordWrong:
    """A secret that is asked for from its confirmation on; one not confirmed is replaced.

    The password is asked again: whoever found a log-in open must not lock its person out. Raises FactorExists.
    """
    if not own_password.prove_password(connection, caller, password, passwords):
        return OldPasswordWrong(field="password")
    actor = caller.actor
    account_id = sessions.account_of(actor)
    if store_second_factor.has_confirmed_factor(connection, actor.district_id, account_id):
        raise FactorExists
    secret = pyotp.random_base32()
    store_second_factor.delete_factor(connection, actor.district_id, account_id)
    store_second_factor.insert_factor(
        connection,
        actor.district_id,
        account_id,
        cipher.encrypt(secret, factor_context(actor.district_id, account_id)),
        actor.at,
    )
    return NewFactor(secret, address_of(secret, f"{district.code}/{caller.login}"))


def confirm(connection: Connection, caller: Caller, code: str, *, terms: Terms, cipher: FieldCipher) -> tuple[str, ...]:
    """Recovery codes, told only here, for the first right code; the account's other log-ins, made without, end.

    Raises FactorExists, FactorNotBegun, WrongCode.
    """
    actor = caller.actor
    account_id = sessions.account_of(actor)
    credential = store.lock_credential_of(connection, actor.district_id, account_id)  # one after another
    found = store_second_factor.find_factor(connection, actor.district_id, account_id)
    if credential is None or found is None:
        raise FactorNotBegun
    if found.confirmed_at is not None:
        raise FactorExists
    context = factor_context(actor.district_id, account_id)
    step = step_of(cipher.decrypt(found.secret, context), code, actor.at, None)
    if step is None:
        raise WrongCode(field="code")
    store_second_factor.update_factor(connection, actor.district_id, account_id, confirmed_at=actor.at, last_step=step)
    codes = tuple("".join(secrets.choice(_BASE32) for _ in range(RECOVERY_CODE_LETTERS)) for _ in range(RECOVERY_CODES))
    digests = [cipher.lookup(bare(one), context) for one in codes]
    store_second_factor.insert_codes(connection, actor.district_id, account_id, digests)
    sessions.end_other_sessions(connection, caller)
    sessions.advance(connection, caller, terms)
    return tuple(spaced(one) for one in codes)


def reset(connection: Connection, actor: Actor, account_id: UUID) -> None:
    """Take an account's second factor away and end its log-ins: its person has lost it. Nobody resets the own.

    Raises Forbidden, NotFound.
    """
    if not actor.may_somewhere(Permission.SECOND_FACTOR_RESET) or actor.account_id == account_id:
        raise Forbidden(permission=Permission.SECOND_FACTOR_RESET.value)
    store.lock_account(connection, actor.district_id, account_id)
    if not store_second_factor.delete_factor(connection, actor.district_id, account_id):
        raise NotFound(what="second factor")
    store_sessions.delete_sessions(connection, actor.district_id, account_id)
