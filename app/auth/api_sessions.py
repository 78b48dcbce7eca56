"""Logging in and out, by bearer token or by cookie."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import structlog
from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy import Connection

from app.auth import cookies, service_access, sessions
from app.auth.api import (
    Door,
    districts_of,
    drop_cookie,
    forget_cookies,
    known_at_least,
    open_door,
    opened,
    permit,
    roles_of,
    signed_in,
    site_of,
    terms_of,
)
from app.auth.api_entering import give_code, log_in
from app.auth.core import Actor, Permission
from app.auth.core_access import Access, Action, ObjectKind
from app.auth.core_districts import District, district_code_of
from app.auth.logins import (
    RefreshRefused,
    RefreshReused,
    SessionKind,
    Stage,
)
from app.auth.schemas import (
    ChallengeAnswer,
    CodeRequest,
    EndedAnswer,
    LoginRequest,
    NewSessionAnswer,
    OwnSessionAnswer,
    OwnSessionsAnswer,
    RefreshRequest,
    SessionAnswer,
)
from app.kit.http import state_of

router = APIRouter(prefix="/api/v1/sessions", tags=["sessions"])
of_accounts = APIRouter(prefix="/api/v1/accounts", tags=["accounts"])

log = structlog.get_logger("longwen.auth")


@router.post(
    "",
    status_code=201,
    summary="登录 · Log in",
    dependencies=[Depends(open_door)],
    response_model=NewSessionAnswer,
    responses={202: {"model": ChallengeAnswer, "description": "须再提交动态码 · a code is asked as well"}},
)
def create_session(
    body: LoginRequest, request: Request, response: Response, cookie: bool = False
) -> NewSessionAnswer | Response:
    """用登录名和密码换取访问令牌和刷新令牌；cookie=true 供网页使用，令牌放在 Cookie 中，30 分钟不用即退出。

    An access token and a refresh token for a login and a password. With ``cookie=true``, for pages, the token is in a
    cookie, which ends after 30 minutes without use.
    """
    kind = SessionKind.COOKIE if cookie else SessionKind.BEARER
    district, outcome = log_in(request, body.login, body.password, kind, body.device)
    if outcome.stage is Stage.CODE:
        asked = ChallengeAnswer(challenge_token=outcome.token, expires_at=outcome.expires_at)
        return JSONResponse(asked.model_dump(mode="json"), status_code=202)
    return opened(request, response, district, outcome)


@router.post("/code", status_code=201, summary="提交动态码 · Give the code", dependencies=[Depends(open_door)])
def complete_session(body: CodeRequest, request: Request, response: Response) -> NewSessionAnswer:
    """登录的第二步：动态码，或一个恢复码。· The second step of a log-in: a code, or one of the recovery codes."""
    challenge = body.challenge_token
    waiting = site_of(request).name_of(cookies.CHALLENGE)
    if challenge is None:
        cookies.check_origin(site_of(request), request.headers.get("origin"))
        challenge = request.cookies.get(waiting, "")
    district, outcome = give_code(request, challenge, body.code)
    if body.challenge_token is None:
        drop_cookie(request, response, waiting)
    return opened(request, response, district, outcome)


@router.post("/refresh", status_code=201, summary="换新令牌 · New tokens", dependencies=[Depends(open_door)])
def refresh_session(body: RefreshRequest, request: Request, response: Response) -> NewSessionAnswer:
    """用刷新令牌换取新的一对，旧的一对随即失效；旧刷新令牌再次出现时，该次登录终止。

    A new pair of tokens for a refresh token; the old pair ends. An old refresh token that comes again ends the log-in.
    """
    state = state_of(request)
    district = _district_of(request, body.refresh_token)
    if district is None:
        raise RefreshRefused
    at = state.clock.now()
    outcome = state.database.run(
        lambda connection: sessions.refresh(connection, district, body.refresh_token, at, terms=terms_of(state)),
        district.id,
    )
    if isinstance(outcome, RefreshReused):
        log.warning("refresh_token_reused", district=district.code, session=str(outcome.facts["session"]))
    if isinstance(outcome, RefreshRefused):
        raise outcome
    return opened(request, response, district, outcome)


@router.get("/current", summary="当前登录 · Who is logged in")
def read_session(door: Annotated[Door, Depends(known_at_least)]) -> SessionAnswer:
    """令牌属于谁、有哪些任职、何时到期。· Whose token it is, with which roles, until when."""
    caller = door.run_as_caller(lambda _, caller: caller)
    return SessionAnswer(
        login=f"{door.district.code}/{caller.login}",
        name=caller.name,
        district=door.district.name,
        roles=roles_of(caller.actor.appointments),
        expires_at=caller.expires_at,
        stage=caller.stage.value,
    )


@router.delete("/current", status_code=204, summary="退出 · Log out")
def end_session(door: Annotated[Door, Depends(known_at_least)]) -> Response:
    """本次登录连同它的全部令牌立即失效。· The log-in ends at once, with all of its tokens."""

    def work(connection: Connection, caller: sessions.Caller) -> None:
        if caller.session is not None:
            sessions.end_own_session(connection, caller.actor, caller.session.id)

    door.run_as_caller(work)
    gone = Response(status_code=204)
    if door.kind is SessionKind.COOKIE:
        forget_cookies(door.request, gone)
    return gone


@router.get("", summary="自己的登录 · One's own log-ins")
def list_sessions(door: Annotated[Door, Depends(signed_in)]) -> OwnSessionsAnswer:
    """有效的登录：设备、何时登录、最近使用。· Those in force: device, since when, last used."""

    def work(connection: Connection, caller: sessions.Caller) -> list[OwnSessionAnswer]:
        current = None if caller.session is None else caller.session.id
        return [
            OwnSessionAnswer(
                id=row.id, kind=row.kind, device=row.device, created_at=row.created_at, used_at=row.used_at,
                expires_at=row.expires_at, is_current=row.id == current,
            )
            for row in sessions.own_sessions(connection, caller.actor)
        ]  # fmt: skip

    return OwnSessionsAnswer(sessions=door.run_as_caller(work))


@router.delete("/{session_id}", status_code=204, summary="结束自己的一次登录 · End one of one's own log-ins")
def end_one_session(session_id: UUID, door: Annotated[Door, Depends(signed_in)]) -> Response:
    """例如丢失的手机。· That of a lost phone, say."""
    door.run_as_caller(lambda connection, caller: sessions.end_own_session(connection, caller.actor, session_id))
    return Response(status_code=204)


@of_accounts.delete("/{account_id}/sessions", summary="结束账号的全部登录 · End all of an account's log-ins")
def end_account_sessions(
    account_id: UUID, door: Annotated[Door, Depends(permit(Permission.SESSION_END))]
) -> EndedAnswer:
    """由安全管理员办理，记入访问日志。· By the security administrator; written in the access log."""

    def work(connection: Connection, actor: Actor) -> int:
        ended = sessions.end_sessions_of(connection, actor, account_id)
        root = actor.district_id.hex
        access = Access(Action.SESSION_END, ObjectKind.ACCOUNT, str(account_id), root, door.request_id)
        service_access.write_down(connection, actor, access)
        return ended

    return EndedAnswer(ended=door.run(work))


def _district_of(request: Request, token: str) -> District | None:
    code = district_code_of(token)
    return None if code is None else districts_of(request).find(code)
