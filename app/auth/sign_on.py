"""Log-ins, links and invitations by whom a provider has vouched for. Nobody gets an account by it."""

from __future__ import annotations

import base64
import binascii
import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection

from app.auth import own_password, service_access, sessions, store, store_accounts, store_sign_on
from app.auth.core import SEPARATE_ROLES, Actor, Permission, Role
from app.auth.core_access import Access, Action, ObjectKind
from app.auth.core_accounts import AnotherAdministrator
from app.auth.core_districts import District
from app.auth.core_sign_on import (
    FLOW_CONTEXT,
    FLOW_LASTS,
    INVITATION_LASTS,
    Flow,
    Identified,
    Identity,
    IdentityTaken,
    InvitationNotNeeded,
    InvitationRefused,
    OnlyWayIn,
    SignOnFailed,
    SignOnRefused,
    check_own_path,
    flow_from,
    identity_context,
)
from app.auth.logins import OldPasswordWrong, SessionKind, Terms
from app.auth.sessions import Caller, Entrant, Login, token_digest
from app.auth.store_sign_on import Person
from app.auth.wording import role_names
from app.kit.ciphers import FieldCipher, WrongKey
from app.kit.clock import business_day
from app.kit.errors import Forbidden, NotFound
from app.kit.ids import new_id
from app.kit.passwords import Passwords

# The way there and back.


def new_flow(
    district_code: str,
    kind: SessionKind,
    at: datetime,
    *,
    return_to: str = "/",
    device: str | None = None,
    account_id: UUID | None = None,
    invitation: str | None = None,
) -> Flow:
    """NotAnOwnPath."""
    return Flow(
        district_code,
        state=secrets.token_urlsafe(24),
        nonce=secrets.token_urlsafe(24),
        verifier=secrets.token_urlsafe(48),
        kind=kind,
        expires_at=at + FLOW_LASTS,
        return_to=check_own_path(return_to),
        device=device,
        account_id=account_id,
        invitation=invitation,
    )


def seal(flow: Flow, cipher: FieldCipher) -> str:
    """What the browser keeps meanwhile; it can neither read nor change it."""
    return base64.urlsafe_b64encode(cipher.encrypt(flow.written(), FLOW_CONTEXT)).decode()


def unseal(sealed: str, cipher: FieldCipher) -> Flow:
    """SignOnFailed."""
    try:
        return flow_from(cipher.decrypt(base64.b64decode(sealed.encode(), altchars=b"-_", validate=True), FLOW_CONTEXT))
    except (WrongKey, ValueError, binascii.Error) as error:
        raise SignOnFailed(reason="not a flow of ours") from error


# Logging in.


def log_in(
    connection: Connection,
    district: District,
    flow: Flow,
    identified: Identified,
    at: datetime,
    *,
    terms: Terms,
    cipher: FieldCipher,
    request_id: str,
) -> Login:
    """A log-in of the account that the identity is linked to, or that the flow's invitation links it to.

    Raises SignOnRefused, InvitationRefused, IdentityTaken: there is nothing to guess, so nothing is counted.
    """
    if flow.invitation is not None:
        person, identity_id = _accept(connection, district, flow.invitation, identified, at, cipher, request_id)
    else:
        person, identity_id = _known(connection, district, identified, at, cipher)
    entrant = Entrant(
        person.id, person.login, person.name, flow.kind, flow.device, identity_id, identified.has_factor
    )  # fmt: skip
    return sessions.open_session(connection, district, entrant, at, terms)


def _known(
    connection: Connection, district: District, identified: Identified, at: datetime, cipher: FieldCipher
) -> tuple[Person, UUID]:
    digest = _digest(district.id, identified, cipher)
    found = store_sign_on.find_identity(connection, district.id, identified.issuer, digest)
    person = None if found is None else store_sign_on.lock_person(connection, district.id, found[1])
    # Once more, now that it is held: unlinking holds the account too.
    again = store_sign_on.find_identity(connection, district.id, identified.issuer, digest)
    if found is None or person is None or again != found or not _is_let_in(connection, district, person, at):
        raise SignOnRefused
    return person, found[0]


def _accept(
    connection: Connection,
    district: District,
    invitation: str,
    identified: Identified,
    at: datetime,
    cipher: FieldCipher,
    request_id: str,
) -> tuple[Person, UUID]:
    digest = token_digest(invitation)
    invited = store_sign_on.find_invited(connection, district.id, digest, at)
    person = None if invited is None else store_sign_on.lock_person(connection, district.id, invited)
    if person is None or store_sign_on.find_invited(connection, district.id, digest, at) is None:
        raise InvitationRefused
    if not _is_let_in(connection, district, person, at):
        raise SignOnRefused
    today = business_day(at, district.time_zone)
    # Appointed since: an invitation in the system administrator's hand must not open the other two's offices.
    if _separate_roles(connection, district.id, person.id, at, district.time_zone):
        raise InvitationRefused
    actor = Actor(district.id, person.id, at, today)
    made = link(connection, actor, identified, cipher=cipher, request_id=request_id)
    store_sign_on.delete_invitation(connection, district.id, person.id)
    return person, made.id


def _is_let_in(connection: Connection, district: District, person: Person, at: datetime) -> bool:
    """An open account with an office in force: the provider vouches for a person, not for what they may do here."""
    if person.closed_at is not None:
        return False
    return bool(store.list_appointments(connection, district.id, person.id, business_day(at, district.time_zone)))


# Links.


def prove(connection: Connection, caller: Caller, password: str, passwords: Passwords) -> UUID | OldPasswordWrong:
    """Who begins to link. The password is asked again: an identity is a way in for good.

    The refusal is returned, so that its count is committed.
    """
    if not own_password.prove_password(connection, caller, password, passwords):
        return OldPasswordWrong(field="password")
    return sessions.account_of(caller.actor)


def link(
    connection: Connection, actor: Actor, identified: Identified, *, cipher: FieldCipher, request_id: str
) -> Identity:
    """Link the actor's account; linked already, it stays so. Raises IdentityTaken."""
    account_id = sessions.account_of(actor)
    store_sign_on.lock_person(connection, actor.district_id, account_id)
    digest = _digest(actor.district_id, identified, cipher)
    made = Identity(new_id(), identified.issuer, actor.at)
    if not store_sign_on.insert_identity(connection, actor.district_id, account_id, made, digest):
        found = store_sign_on.find_identity(connection, actor.district_id, identified.issuer, digest)
        if found is None or found[1] != account_id:
            raise IdentityTaken
        held = store_sign_on.list_identities(connection, actor.district_id, account_id)
        return next(one for one in held if one.id == found[0])
    _note(connection, actor, Action.IDENTITY_LINK, account_id, request_id)
    return made


def own_identities(connection: Connection, actor: Actor) -> tuple[Identity, ...]:
    return store_sign_on.list_identities(connection, actor.district_id, sessions.account_of(actor))


def identities_of(connection: Connection, actor: Actor, account_id: UUID) -> tuple[Identity, ...]:
    """Raises Forbidden, NotFound."""
    if not actor.may(Permission.ACCOUNT_READ, actor.district_id.hex):
        raise Forbidden(permission=Permission.ACCOUNT_READ.value)
    store_accounts.get_account(connection, actor.district_id, account_id)
    return store_sign_on.list_identities(connection, actor.district_id, account_id)


def unlink_own(connection: Connection, actor: Actor, identity_id: UUID, *, request_id: str) -> None:
    """End one's own link and the log-ins made by it. Raises NotFound, OnlyWayIn."""
    account_id = sessions.account_of(actor)
    store_sign_on.lock_person(connection, actor.district_id, account_id)
    held = store_sign_on.list_identities(connection, actor.district_id, account_id)
    others = [one for one in held if one.id != identity_id]
    if len(others) == len(held):
        raise NotFound(what="identity")
    if not others and not store_sign_on.has_password(connection, actor.district_id, account_id):
        raise OnlyWayIn
    _unlink(connection, actor, account_id, identity_id, request_id)


def unlink(connection: Connection, actor: Actor, account_id: UUID, identity_id: UUID, *, request_id: str) -> None:
    """The same by the security administrator, for somebody else. Raises Forbidden, NotFound."""
    if not actor.may(Permission.IDENTITY_END, actor.district_id.hex) or actor.account_id == account_id:
        raise Forbidden(permission=Permission.IDENTITY_END.value)
    store.lock_account(connection, actor.district_id, account_id)
    _unlink(connection, actor, account_id, identity_id, request_id)


def _unlink(connection: Connection, actor: Actor, account_id: UUID, identity_id: UUID, request_id: str) -> None:
    if not store_sign_on.delete_identity(connection, actor.district_id, account_id, identity_id):
        raise NotFound(what="identity")
    _note(connection, actor, Action.IDENTITY_END, account_id, request_id)


# Invitations.


def invite(
    connection: Connection, actor: Actor, district: District, account_id: UUID, *, request_id: str
) -> tuple[str, datetime]:
    """A token, told only now, by which an account without password gets its identity; and its end (UTC).

    Raises Forbidden, NotFound, AnotherAdministrator, InvitationNotNeeded.
    """
    if not actor.may(Permission.ACCOUNT_OPEN, actor.district_id.hex):
        raise Forbidden(permission=Permission.ACCOUNT_OPEN.value)
    if actor.account_id == account_id:
        raise InvitationNotNeeded
    person = store_sign_on.lock_person(connection, actor.district_id, account_id)
    if person is None:
        raise NotFound(what="account")
    if others := _separate_roles(connection, actor.district_id, account_id, actor.at, district.time_zone):
        raise AnotherAdministrator(held=role_names(others))
    if person.closed_at is not None or store_sign_on.has_password(connection, actor.district_id, account_id):
        raise InvitationNotNeeded
    token, expires_at = f"{district.code}.{secrets.token_urlsafe(32)}", actor.at + INVITATION_LASTS
    store_sign_on.upsert_invitation(connection, actor.district_id, account_id, token_digest(token), expires_at)
    _note(connection, actor, Action.INVITATION_MAKE, account_id, request_id)
    return token, expires_at


def _separate_roles(
    connection: Connection, district_id: UUID, account_id: UUID, at: datetime, time_zone: str
) -> frozenset[Role]:
    """Offices that whoever opens accounts must not get at, now or to come."""
    roles = store_accounts.list_roles_from(connection, district_id, account_id, business_day(at, time_zone))
    return frozenset((roles & SEPARATE_ROLES) - {Role.SYSTEM_ADMINISTRATOR})


def _digest(district_id: UUID, identified: Identified, cipher: FieldCipher) -> bytes:
    return cipher.lookup(identified.subject, identity_context(district_id, identified.issuer))


def _note(connection: Connection, actor: Actor, action: Action, account_id: UUID, request_id: str) -> None:
    access = Access(action, ObjectKind.ACCOUNT, str(account_id), actor.district_id.hex, request_id)
    service_access.write_down(connection, actor, access)
