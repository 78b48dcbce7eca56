"""Single sign-on: what a browser takes along to the provider and back, and why it is not let in."""

from __future__ import annotations

import hmac
import json
import re
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.auth.logins import SessionKind
from app.kit.errors import ErrorKind, LongwenError

FLOW_LASTS = timedelta(minutes=10)
INVITATION_LASTS = timedelta(days=7)
FLOW_CONTEXT = b"sign-on flow"
CALLBACK = "/api/v1/sign-on/callback"
# A path of this service and nothing else: two slashes, or one and a backslash, would name another host.
_OWN_PATH = re.compile(r"/(?![/\\])[A-Za-z0-9._~/?&=%+-]{0,500}")


class SignOnNotSet(LongwenError):
    """The operator has named no provider for the district."""

    kind = ErrorKind.MISSING
    code = "sign_on_not_set"
    zh = "该区没有开通统一身份登录。请用用户名和密码登录；需要开通时请联系运维人员。"
    en = "The district has no single sign-on. Log in by password, or have the operator set it up."


class SignOnFailed(LongwenError):
    """State, nonce, code, signature, issuer, audience or time does not hold: one answer for all, the log says which."""

    kind = ErrorKind.UNAUTHENTICATED
    code = "sign_on_failed"
    zh = "统一身份登录没有完成：答复无效、已用过或已过期（限 10 分钟，须在同一浏览器中完成）。请重新登录。"
    en = (
        "The single sign-on was not completed: its answer is not valid, was used before or came too late (10 minutes,"
        " in one and the same browser). Start again."
    )


class SignOnDeclined(LongwenError):
    """The person, or the provider, said no."""

    kind = ErrorKind.UNAUTHENTICATED
    code = "sign_on_declined"
    zh = "统一身份认证平台没有同意登录（已取消，或平台不允许）。可重新登录，或改用密码登录。"
    en = "The provider did not agree to the log-in (cancelled, or not allowed there). Try again, or use the password."


class SignOnRefused(LongwenError):
    """Known at the provider, but to nobody here, or to somebody who is not let in: one answer for all."""

    kind = ErrorKind.UNAUTHENTICATED
    code = "sign_on_refused"
    zh = (
        "该统一身份在本系统没有可用的账号：尚未关联、账号已停用或任职已结束。有密码的，请先用密码登录再关联；"
        "没有的，请区系统管理员发邀请码。"
    )
    en = (
        "This identity has no account that is open here: it is not linked, the account is closed, or its office has"
        " ended. With a password, log in by it and link the identity; without, ask the system administrator for an"
        " invitation."
    )


class SignOnUnavailable(LongwenError):
    """The provider does not answer, or answers what cannot be used."""

    kind = ErrorKind.UNAVAILABLE
    code = "sign_on_unavailable"
    zh = "统一身份认证平台暂时不可用。请稍后重试，或改用密码登录。"
    en = "The single sign-on provider cannot be reached at present. Try again later, or log in by password."


class SignOnSettingsWrong(LongwenError):
    """The operator's file of providers cannot be used."""

    code = "sign_on_settings_wrong"
    zh = "统一身份登录的设置有误（LONGWEN_SIGN_ON_FILE={file}）：{fault}"
    en = "The settings of single sign-on cannot be used (LONGWEN_SIGN_ON_FILE={file}): {fault}"


class IdentityTaken(LongwenError):
    """One identity is one account's, and an account has one at a provider."""

    kind = ErrorKind.CONFLICT
    code = "identity_taken"
    zh = "该统一身份已关联其他账号，或本账号已关联另一个统一身份。请先解除原来的关联。"
    en = "The identity is linked to another account, or this account to another identity. Unlink that first."


class OnlyWayIn(LongwenError):
    """Without it nobody could log in to the account any more."""

    kind = ErrorKind.CONFLICT
    code = "only_way_in"
    zh = "本账号没有密码，解除关联后将无法登录。请先请区系统管理员设置初始密码。"
    en = "The account has no password: unlinked, it could not be logged in to. Have the system administrator set one."


class InvitationRefused(LongwenError):
    """Unknown, used, replaced or expired: one answer for all."""

    kind = ErrorKind.UNAUTHENTICATED
    code = "invitation_refused"
    zh = "邀请码无效、已用过或已过期（7 天）。请区系统管理员重新发出。"
    en = "The invitation is unknown, was used or has expired (7 days). Ask the system administrator for a new one."


class InvitationNotNeeded(LongwenError):
    """Who has a password links by it; an invitation would be a second key, in somebody else's hand."""

    kind = ErrorKind.CONFLICT
    code = "invitation_not_needed"
    zh = "邀请码只发给没有密码、在用的账号。有密码的，请本人登录后自行关联。"
    en = "Invitations are for open accounts without a password. Whoever has one logs in and links the identity."


class NotAnOwnPath(LongwenError):
    """Where the browser goes afterwards lies on this service."""

    code = "not_an_own_path"
    zh = "登录后的去处须是本系统的路径，以一个 / 开头，例如 /me。"
    en = "Where to go afterwards is a path of this service, beginning with one slash, such as /me."


@dataclass(frozen=True, slots=True)
class Flow:
    """One way to the provider and back. It travels sealed, with the browser or app that began it, and is kept nowhere.

    ``account_id``: who links, being logged in; ``invitation``: its token; neither: a plain log-in.
    """

    district: str
    state: str
    nonce: str
    verifier: str
    kind: SessionKind
    expires_at: datetime
    return_to: str = "/"
    device: str | None = None
    account_id: UUID | None = None
    invitation: str | None = None

    def written(self) -> str:
        facts = asdict(self) | {
            "expires_at": self.expires_at.isoformat(),
            "account_id": None if self.account_id is None else str(self.account_id),
        }
        return json.dumps(facts, ensure_ascii=False)

    def check(self, state: str, at: datetime) -> None:
        """Whether the answer belongs to it and came in time; SignOnFailed."""
        if at >= self.expires_at:
            raise SignOnFailed(reason="flow expired")
        if not hmac.compare_digest(self.state.encode(), state.encode()):
            raise SignOnFailed(reason="another state")


def flow_from(text: str) -> Flow:
    """What ``written`` wrote."""
    facts = json.loads(text)
    account_id = facts.pop("account_id")
    return Flow(
        **facts
        | {
            "kind": SessionKind(facts["kind"]),
            "expires_at": datetime.fromisoformat(facts["expires_at"]),
            "account_id": None if account_id is None else UUID(account_id),
        }
    )


@dataclass(frozen=True, slots=True)
class Identified:
    """Whom a provider has vouched for. ``has_factor``: with a second factor, where the operator lets its word count."""

    issuer: str
    subject: str
    has_factor: bool


@dataclass(frozen=True, slots=True)
class Identity:
    """A link of an account to a provider, without the subject."""

    id: UUID
    issuer: str
    linked_at: datetime


def check_own_path(path: str) -> str:
    """NotAnOwnPath."""
    if _OWN_PATH.fullmatch(path) is None:
        raise NotAnOwnPath(field="return_to")
    return path


def identity_context(district_id: UUID, issuer: str) -> bytes:
    """What the keyed hash of a subject is bound to."""
    return f"identity {district_id} {issuer}".encode()
