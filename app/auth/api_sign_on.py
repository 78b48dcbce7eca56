"""Single sign-on over OpenID Connect: to the provider and back, and what is linked to it.

The browser's way back ends at one address of ours, which the operator registered with the provider. A page's flow is
finished there (its cookie proves that the same browser began it); an app takes code and state from there and finishes
with the flow token that it kept.
"""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Annotated, TypeVar, cast
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy import Connection

from app.auth import cookies, sign_on
from app.auth.api import (
    Door,
    districts_of,
    drop_cookie,
    foreign_queries,
    keep_cookie,
    open_door,
    opened,
    permit,
    signed_in,
    site_of,
    terms_of,
)
from app.auth.core import Actor, Permission
from app.auth.core_districts import District
from app.auth.core_sign_on import (
    FLOW_LASTS,
    Flow,
    Identified,
    Identity,
    SignOnFailed,
    SignOnNotSet,
    SignOnUnavailable,
)
from app.auth.logins import OldPasswordWrong, SessionKind, Stage
from app.auth.providers import Provider, Providers, check_answer
from app.auth.schemas import ChallengeAnswer, NewSessionAnswer
from app.auth.schemas_sign_on import (
    CompletionRequest,
    IdentitiesAnswer,
    IdentityAnswer,
    InvitationAnswer,
    LinkRequest,
    ProviderAnswer,
    SignOnAnswer,
    SignOnRequest,
)
from app.auth.sessions import Caller, Login
from app.kit import problems
from app.kit.errors import LongwenError
from app.kit.http import address_of, language_of, request_id_of, state_of

router = APIRouter(prefix="/api/v1/sign-on", tags=["sessions"])
own = APIRouter(prefix="/api/v1/me/identities", tags=["sessions"])
of_accounts = APIRouter(prefix="/api/v1/accounts", tags=["accounts"])

Result = TypeVar("Result")

log = structlog.get_logger("longwen.auth")

SignedIn = Annotated[Door, Depends(signed_in)]
_HANDED_MAX = 2048
_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="icon" href="data:,">
</head>
<body>
<h1>{title}</h1>
<p>{text}</p>
<p><a href="/">{back}</a></p>
</body>
</html>
"""
_WORDS = {"zh": ("登录未完成", "返回首页"), "en": ("Not logged in", "Back to the first page")}
_POLICY = "default-src 'none'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


@router.get("", summary="某区的统一身份登录 · A district's provider", dependencies=[Depends(open_door)])
def read_provider(
    request: Request, district: Annotated[str, Query(max_length=32, examples=["longwen"])]
) -> ProviderAnswer:
    """未开通时为 404。· 404 where the district has none."""
    provider = _providers_of(request).get(district)
    return ProviderAnswer(name=provider.name, issuer=provider.issuer)


@router.post("", status_code=201, summary="开始统一身份登录 · Begin to sign on", dependencies=[Depends(open_door)])
def begin_sign_on(body: SignOnRequest, request: Request, response: Response, cookie: bool = False) -> SignOnAnswer:
    """把浏览器带到返回的地址。cookie=true 供网页使用：回到本系统时登录随即完成；应用则自行提交 completion。

    Send the browser to the address. With ``cookie=true``, for pages, the log-in is completed when it comes back; an app
    completes by itself.
    """
    if cookie:
        cookies.check_origin(site_of(request), request.headers.get("origin"))
    state = state_of(request)
    at = state.clock.now()
    flow = sign_on.new_flow(
        body.district,
        SessionKind.COOKIE if cookie else SessionKind.BEARER,
        at,
        return_to=body.return_to,
        device=body.device,
        invitation=body.invitation_token,
    )
    # Each flow by itself: an office behind one address would otherwise share the rate of a single login.
    state.rates.count_log_in(address_of(request), f"sign-on {flow.state}")
    return _sent_away(request, response, flow)


# A provider may add parameters of its own, which are to be ignored (RFC 6749, section 4.1.2).
@router.get(
    "/callback",
    summary="从认证平台返回 · Back from the provider",
    dependencies=[Depends(open_door), Depends(foreign_queries)],
)
def return_from_provider(
    request: Request,
    state: Annotated[str, Query(max_length=_HANDED_MAX)] = "",
    code: Annotated[str, Query(max_length=_HANDED_MAX)] = "",
    iss: Annotated[str | None, Query(max_length=_HANDED_MAX)] = None,
    error: Annotated[str | None, Query(max_length=_HANDED_MAX)] = None,
) -> Response:
    """网页的登录或关联在此完成，随后回到开始时的路径；须再提交动态码时，路径带 sign_on=code。

    Completes what a page began and leads back to where it was; with ``sign_on=code`` where a code is asked as well.
    """
    kept = site_of(request).name_of(cookies.SIGN_ON)
    try:
        found = _arrive_by_cookie(request, request.cookies.get(kept, ""), state, code, iss, error)
    except LongwenError as refusal:
        found = _page_of(request, refusal)
    drop_cookie(request, found, kept)
    return found


@router.post(
    "/completion",
    status_code=201,
    summary="完成统一身份登录 · Complete a sign-on",
    dependencies=[Depends(open_door)],
    responses={202: {"model": ChallengeAnswer, "description": "须再提交动态码 · a code is asked as well"}},
)
def complete_sign_on(
    body: CompletionRequest, request: Request, response: Response
) -> NewSessionAnswer | ChallengeAnswer:
    """应用提交回调地址中的 code、state 和自己的 flow_token，换取令牌。· For apps: tokens for what was handed over."""
    flow, district, identified = _arrive(request, body.flow_token, body.state, body.code, body.iss)
    if flow.kind is not SessionKind.BEARER or flow.account_id is not None:
        raise SignOnFailed(reason="a flow for something else")
    login = _log_in(request, flow, district, identified)
    if login.stage is Stage.CODE:
        response.status_code = 202
        return ChallengeAnswer(challenge_token=login.token, expires_at=login.expires_at)
    return opened(request, response, district, login)


@own.get("", summary="自己关联的统一身份 · One's own identities")
def list_own_identities(door: SignedIn) -> IdentitiesAnswer:
    """在哪个平台、何时关联。· At which provider, since when."""
    return _listed(door.run_as_caller(lambda connection, caller: sign_on.own_identities(connection, caller.actor)))


@own.post("", status_code=201, summary="开始关联统一身份 · Begin to link an identity")
def begin_linking(body: LinkRequest, door: SignedIn, response: Response) -> SignOnAnswer:
    """须再次提供密码；然后把浏览器带到返回的地址。· The password is asked again; then send the browser there."""
    state = door.state
    _providers_of(door.request).get(door.district.code)
    proved = door.run_as_caller(
        lambda connection, caller: sign_on.prove(connection, caller, body.password, state.passwords)
    )
    if isinstance(proved, OldPasswordWrong):
        raise proved
    flow = sign_on.new_flow(
        door.district.code, door.kind, state.clock.now(), return_to=body.return_to, account_id=proved
    )  # fmt: skip
    return _sent_away(door.request, response, flow)


@own.post("/completion", status_code=201, summary="完成关联 · Complete a link")
def complete_linking(body: CompletionRequest, door: SignedIn) -> IdentityAnswer:
    """供应用使用；网页在返回时即完成。· For apps; a page's link is complete when the browser comes back."""
    flow, _, identified = _arrive(door.request, body.flow_token, body.state, body.code, body.iss)
    if flow.kind is not SessionKind.BEARER:
        raise SignOnFailed(reason="a flow for something else")
    return IdentityAnswer.model_validate(_link(door, flow, identified))


@own.delete("/{identity_id}", status_code=204, summary="解除自己的关联 · Unlink one's own identity")
def unlink_own_identity(identity_id: UUID, door: SignedIn) -> Response:
    """由它而来的登录随即结束；没有密码的账号不能解除。· Log-ins made by it end; refused if it is the only way in."""
    door.run_as_caller(
        lambda connection, caller: sign_on.unlink_own(connection, caller.actor, identity_id, request_id=door.request_id)
    )
    return Response(status_code=204)


@of_accounts.get("/{account_id}/identities", summary="账号关联的统一身份 · An account's identities")
def list_identities(
    account_id: UUID, door: Annotated[Door, Depends(permit(Permission.ACCOUNT_READ))]
) -> IdentitiesAnswer:
    """在哪个平台、何时关联。· At which provider, since when."""
    return _listed(door.run(lambda connection, actor: sign_on.identities_of(connection, actor, account_id)))


@of_accounts.delete("/{account_id}/identities/{identity_id}", status_code=204, summary="解除关联 · Unlink an identity")
def unlink_identity(
    account_id: UUID, identity_id: UUID, door: Annotated[Door, Depends(permit(Permission.IDENTITY_END))]
) -> Response:
    """由安全管理员为他人办理，由它而来的登录随即结束，记入访问日志。

    By the security administrator, for somebody else; log-ins made by it end; written in the access log.
    """
    door.run(
        lambda connection, actor: sign_on.unlink(connection, actor, account_id, identity_id, request_id=door.request_id)
    )
    return Response(status_code=204)


@of_accounts.post("/{account_id}/invitation", status_code=201, summary="发邀请码 · Invite to sign on")
def invite(account_id: UUID, door: Annotated[Door, Depends(permit(Permission.ACCOUNT_OPEN))]) -> InvitationAnswer:
    """供没有密码的账号首次登录时关联统一身份，7 天内用一次；重发则原码作废。

    By it an account without password links its identity at its first log-in: once, within 7 days. A new one voids the
    one before.
    """
    district = door.district

    def work(connection: Connection, actor: Actor) -> InvitationAnswer:
        token, expires_at = sign_on.invite(connection, actor, district, account_id, request_id=door.request_id)
        return InvitationAnswer(invitation_token=token, expires_at=expires_at)

    return door.run(work)


def _providers_of(request: Request) -> Providers:
    return cast("Providers", request.app.state.providers)


def _listed(found: tuple[Identity, ...]) -> IdentitiesAnswer:
    return IdentitiesAnswer(identities=[IdentityAnswer.model_validate(one) for one in found])


def _sent_away(request: Request, response: Response, flow: Flow) -> SignOnAnswer:
    state = state_of(request)
    address = _asked(request, flow, lambda provider: provider.address(flow, state.clock.now()))
    sealed = sign_on.seal(flow, state.cipher)
    by_cookie = flow.kind is SessionKind.COOKIE
    if by_cookie:
        name = site_of(request).name_of(cookies.SIGN_ON)
        keep_cookie(request, response, name, sealed, int(FLOW_LASTS.total_seconds()))
    return SignOnAnswer(authorization_url=address, flow_token=None if by_cookie else sealed, expires_at=flow.expires_at)


def _arrive(
    request: Request, sealed: str, state: str, code: str, iss: str | None, error: str | None = None
) -> tuple[Flow, District, Identified]:
    """Whom the provider vouches for, in answer to which flow. No transaction is open meanwhile.

    Raises TooManyRequests, SignOnFailed, SignOnDeclined, SignOnNotSet, SignOnUnavailable.
    """
    service = state_of(request)
    service.rates.count_log_in(address_of(request), f"sign-on {state}")
    at = service.clock.now()
    try:
        flow = sign_on.unseal(sealed, service.cipher)
        flow.check(state, at)
        check_answer(error)
    except SignOnFailed as refusal:
        log.warning("sign_on_failed", reason=refusal.facts.get("reason"))
        raise
    district = districts_of(request).find(flow.district)
    if district is None:
        raise SignOnNotSet
    return flow, district, _asked(request, flow, lambda provider: provider.identify(flow, code, iss, at))


def _asked(request: Request, flow: Flow, work: Callable[[Provider], Result]) -> Result:
    """What the flow's provider makes of it; why nothing came of it is for the log, not for the caller."""
    try:
        return work(_providers_of(request).get(flow.district))
    except (SignOnFailed, SignOnUnavailable) as refusal:
        log.warning(refusal.code, district=flow.district, reason=refusal.facts.get("reason"))
        raise


def _arrive_by_cookie(
    request: Request, sealed: str, state: str, code: str, iss: str | None, error: str | None
) -> Response:
    flow, district, identified = _arrive(request, sealed, state, code, iss, error)
    if flow.kind is not SessionKind.COOKIE:
        raise SignOnFailed(reason="a flow for something else")
    found = RedirectResponse(flow.return_to, status_code=303)
    if flow.account_id is not None:
        token = request.cookies.get(site_of(request).name)
        _link(Door(request, token, None, SessionKind.COOKIE), flow, identified)
        return found
    login = _log_in(request, flow, district, identified)
    if login.stage is not Stage.CODE:
        opened(request, found, district, login)
        return found
    asking = RedirectResponse(f"{flow.return_to}{'&' if '?' in flow.return_to else '?'}sign_on=code", status_code=303)
    seconds = int((login.expires_at - state_of(request).clock.now()).total_seconds())
    keep_cookie(request, asking, site_of(request).name_of(cookies.CHALLENGE), login.token, seconds)
    return asking


def _log_in(request: Request, flow: Flow, district: District, identified: Identified) -> Login:
    state = state_of(request)
    at = state.clock.now()

    def work(connection: Connection) -> Login:
        return sign_on.log_in(
            connection,
            district,
            flow,
            identified,
            at,
            terms=terms_of(state),
            cipher=state.cipher,
            request_id=request_id_of(request),
        )

    return state.database.run(work, district.id)


def _link(door: Door, flow: Flow, identified: Identified) -> Identity:
    """By whoever began it, still logged in. Raises Unauthenticated, SignOnFailed, IdentityTaken."""
    cipher = door.state.cipher

    def work(connection: Connection, caller: Caller) -> Identity:
        if caller.actor.account_id != flow.account_id or door.district.code != flow.district:
            raise SignOnFailed(reason="somebody else's flow")
        return sign_on.link(connection, caller.actor, identified, cipher=cipher, request_id=door.request_id)

    return door.run_as_caller(work)


def _page_of(request: Request, refusal: LongwenError) -> Response:
    """The refusal for a person at a browser; a program gets it as everywhere else."""
    if "text/html" not in request.headers.get("accept", ""):
        raise refusal
    language = language_of(request)
    problem = problems.of_error(refusal, language, request_id_of(request))
    state_of(request).metrics.refused(problem.code)
    title, back = _WORDS[language]
    text = html.escape(refusal.text(language))
    page = _PAGE.format(language={"zh": "zh-CN"}.get(language, language), title=title, text=text, back=back)
    return HTMLResponse(page, problem.status, {"Content-Security-Policy": _POLICY, "Vary": "Accept-Language"})
