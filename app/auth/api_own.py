"""The own password and the own second factor; the security administrator's reset of another's."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from sqlalchemy import Connection

from app.auth import own_password, second_factor, service_access
from app.auth.api import Door, known_at_least, permit, terms_of
from app.auth.core import Actor, Permission
from app.auth.core_access import Access, Action, ObjectKind
from app.auth.logins import OldPasswordWrong
from app.auth.schemas import (
    FactorAnswer,
    FactorCodeRequest,
    FactorRequest,
    NewFactorAnswer,
    PasswordChange,
    RecoveryCodesAnswer,
)

router = APIRouter(prefix="/api/v1/me", tags=["sessions"])
of_accounts = APIRouter(prefix="/api/v1/accounts", tags=["accounts"])

Known = Annotated[Door, Depends(known_at_least)]


@router.put("/password", status_code=204, summary="修改自己的密码 · Change one's own password")
def change_password(body: PasswordChange, door: Known) -> Response:
    """须提供当前密码；其他登录随即结束。· The present one is asked; one's other log-ins end."""
    state = door.state
    refusal = door.run_as_caller(
        lambda connection, caller: own_password.change_password(
            connection,
            caller,
            body.old_password,
            body.password,
            terms=terms_of(state),
            passwords=state.passwords,
        )
    )
    if refusal is not None:
        raise refusal
    return Response(status_code=204)


@router.get("/second-factor", summary="动态码是否启用 · Whether there is a second factor")
def read_second_factor(door: Known) -> FactorAnswer:
    """以及剩余恢复码数量。· And how many recovery codes are left."""
    return FactorAnswer.model_validate(door.run_as_caller(lambda c, caller: second_factor.state(c, caller.actor)))


@router.post("/second-factor", status_code=201, summary="启用动态码 · Set up a second factor")
def begin_second_factor(body: FactorRequest, door: Known) -> NewFactorAnswer:
    """返回验证器所需的密钥；提交一个动态码确认后生效。· The secret for an authenticator, until a code confirms it."""
    state = door.state
    found = door.run_as_caller(
        lambda connection, caller: second_factor.set_up(
            connection, door.district, caller, body.password, passwords=state.passwords, cipher=state.cipher
        )
    )
    if isinstance(found, OldPasswordWrong):
        raise found
    return NewFactorAnswer.model_validate(found)


@router.post("/second-factor/confirmation", status_code=201, summary="确认动态码 · Confirm the second factor")
def confirm_second_factor(body: FactorCodeRequest, door: Known) -> RecoveryCodesAnswer:
    """返回恢复码，请妥善保存；其他登录随即结束。· Recovery codes, to be kept safe; one's other log-ins end."""
    state = door.state
    found = door.run_as_caller(
        lambda connection, caller: second_factor.confirm(
            connection, caller, body.code, terms=terms_of(state), cipher=state.cipher
        )
    )
    return RecoveryCodesAnswer(recovery_codes=list(found))


@of_accounts.delete("/{account_id}/second-factor", status_code=204, summary="重置动态码 · Reset a second factor")
def reset_second_factor(
    account_id: UUID, door: Annotated[Door, Depends(permit(Permission.SECOND_FACTOR_RESET))]
) -> Response:
    """由安全管理员为他人办理，其登录随即结束，记入访问日志。

    By the security administrator, for somebody else, whose log-ins end; written in the access log.
    """

    def work(connection: Connection, actor: Actor) -> None:
        second_factor.reset(connection, actor, account_id)
        root = actor.district_id.hex
        access = Access(Action.SECOND_FACTOR_RESET, ObjectKind.ACCOUNT, str(account_id), root, door.request_id)
        service_access.write_down(connection, actor, access)

    door.run(work)
    return Response(status_code=204)
