"""The own password: proved once more before something grave, and changed."""

from __future__ import annotations

from sqlalchemy import Connection

from app.auth import sessions, store
from app.auth.logins import OldPasswordWrong, Terms
from app.auth.password_policy import SamePassword, check_password
from app.auth.sessions import Caller
from app.kit.passwords import Passwords


def prove_password(connection: Connection, caller: Caller, password: str, passwords: Passwords) -> bool:
    """Whether it is the caller's. Wrong ones count towards the lock, so the transaction has to be committed."""
    actor = caller.actor
    account_id = sessions.account_of(actor)
    found = store.lock_credential_of(connection, actor.district_id, account_id)
    if found is None:
        passwords.check(password, None)
        return False
    right, _ = passwords.check(password, found.password_hash)
    admitted, attempts = found.attempts.after(right, actor.at)
    if not right and attempts != found.attempts:  # a right one forgets nothing here: it completes no log-in
        store.update_attempts(connection, actor.district_id, account_id, attempts)
    return admitted


def change_password(
    connection: Connection, caller: Caller, old: str, new: str, *, terms: Terms, passwords: Passwords
) -> OldPasswordWrong | None:
    """Take the new password and end all other log-ins. The refusal is returned, so that its count is committed.

    Raises WeakPassword.
    """
    check_password(new, caller.login, caller.name)
    if not prove_password(connection, caller, old, passwords):
        return OldPasswordWrong(field="old_password")
    if new == old:
        raise SamePassword(field="password")
    actor = caller.actor
    account_id = sessions.account_of(actor)
    store.upsert_credential(connection, actor.district_id, account_id, passwords.hash(new), actor.at, must_change=False)
    sessions.end_other_sessions(connection, caller)
    sessions.advance(connection, caller, terms)
    return None
