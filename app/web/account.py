"""The own account: password, second factor, and the log-ins that are open."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from sqlalchemy import Connection

from app.auth import own_password, second_factor, sessions
from app.auth.api import terms_of
from app.auth.logins import OldPasswordWrong
from app.auth.schemas import FactorCodeRequest, FactorRequest, PasswordChange
from app.kit.errors import LongwenError
from app.kit.words import Words
from app.web.frame import NEW_PASSWORD, SECOND_FACTOR, Page, PageRoute, any_page, early_page

router = APIRouter(include_in_schema=False, route_class=PageRoute)

AnyPage = Annotated[Page, Depends(any_page)]
EarlyPage = Annotated[Page, Depends(early_page)]


@router.get("/account")
def show_account(page: AnyPage) -> Response:
    """What belongs to the log-in."""

    def work(connection: Connection, caller: sessions.Caller) -> dict[str, Any]:
        current = None if caller.session is None else caller.session.id
        return {
            "sessions": sessions.own_sessions(connection, caller.actor),
            "current": current,
            "factor": second_factor.state(connection, caller.actor),
        }

    return page.show("account.html", **page.run_as_caller(work))


@router.get(NEW_PASSWORD)
def show_password(page: EarlyPage) -> Response:
    """Also where the password was set by somebody else and has to be changed first."""
    page.run(lambda _connection, _actor: None)
    return page.show("account_password.html")


@router.post(NEW_PASSWORD)
def change_password(page: EarlyPage) -> Response:
    """The present one is asked; the other log-ins end."""
    state = page.state
    try:
        asked = page.posted.read(PasswordChange)
        refusal = page.run_as_caller(
            lambda connection, caller: own_password.change_password(
                connection, caller, asked.old_password, asked.password,
                terms=terms_of(state), passwords=state.passwords,
            )
        )  # fmt: skip
        if refusal is not None:
            raise refusal
    except LongwenError as error:
        return page.refused("account_password.html", error)
    told = Words("密码已修改，其他登录已退出。", "The password is changed; the other log-ins have ended.")
    return page.goto("/", told)


@router.get(SECOND_FACTOR)
def show_second_factor(page: EarlyPage) -> Response:
    """Setting it up, also where it is required first."""
    found = page.run(second_factor.state)
    return page.show("account_factor.html", factor=found, new=None, codes=())


@router.post(SECOND_FACTOR)
def set_up_second_factor(page: EarlyPage) -> Response:
    """A secret for an authenticator; it counts from its confirmation on."""
    state = page.state
    try:
        asked = page.posted.read(FactorRequest)
        found = page.run_as_caller(
            lambda connection, caller: second_factor.set_up(
                connection, page.district, caller, asked.password, passwords=state.passwords, cipher=state.cipher
            )
        )
        if isinstance(found, OldPasswordWrong):
            raise found
    except LongwenError as error:
        return _factor_again(page, error, None)
    return page.show("account_factor.html", factor=None, new=found, codes=())


@router.post(f"{SECOND_FACTOR}/confirmation")
def confirm_second_factor(page: EarlyPage) -> Response:
    """The first right code; the recovery codes are shown once."""
    state = page.state
    new = {"secret": page.posted.get("secret"), "address": page.posted.get("address")}
    try:
        asked = page.posted.read(FactorCodeRequest)
        codes = page.run_as_caller(
            lambda connection, caller: second_factor.confirm(
                connection, caller, asked.code, terms=terms_of(state), cipher=state.cipher
            )
        )
    except LongwenError as error:
        return _factor_again(page, error, new)
    return page.show("account_factor.html", factor=None, new=None, codes=codes)


@router.post("/account/sessions/{session_id}/end")
def end_session(session_id: UUID, page: AnyPage) -> Response:
    """That of a lost phone, say."""
    page.run(lambda connection, actor: sessions.end_own_session(connection, actor, session_id))
    return page.goto("/account", Words("该登录已退出。", "That log-in has ended."))


def _factor_again(page: Page, error: LongwenError, new: Any) -> Response:
    found = page.run(second_factor.state)
    return page.refused("account_factor.html", error, factor=found, new=new, codes=())
