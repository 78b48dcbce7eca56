"""Routes of accounts (the system administrator's) and appointments (the security administrator's)."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from app.auth import service_accounts
from app.auth.api import Door, permit
from app.auth.core import Permission, Role
from app.auth.core_accounts import PAGE_MAX
from app.auth.schemas_accounts import (
    AccountAnswer,
    AccountRequest,
    AccountsAnswer,
    AppointmentAnswer,
    AppointmentRequest,
    AppointmentsAnswer,
    EndRequest,
    PasswordRequest,
)
from app.kit.days import Day

router = APIRouter(prefix="/api/v1", tags=["accounts"])
Opening = Annotated[Door, Depends(permit(Permission.ACCOUNT_OPEN))]
Appointing = Annotated[Door, Depends(permit(Permission.APPOINTMENT_SET))]
Preview = Annotated[bool, Query(description="只试算，不保存 · everything but the saving")]
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX)]


@router.get("/accounts", summary="账号列表 · Accounts")
def list_accounts(
    door: Annotated[Door, Depends(permit(Permission.ACCOUNT_READ))],
    q: Annotated[str | None, Query(max_length=64, description="登录名或姓名 · part of a login or name")] = None,
    closed: Annotated[bool | None, Query(description="只看已停用或未停用 · only closed or only open ones")] = None,
    after: Annotated[str | None, Query(max_length=64, description="上一页的 following · the last page's")] = None,
    limit: Limit = 50,
) -> AccountsAnswer:
    """本区各人的账号，按登录名排列。· The accounts of the district's people, by login."""
    page = door.run(
        lambda connection, actor: service_accounts.page_accounts(
            connection, actor, sought=q, closed=closed, after=after, count_max=limit
        )
    )
    accounts = [AccountAnswer.model_validate(account) for account in page.accounts]
    return AccountsAnswer(accounts=accounts, following=page.following)


@router.post("/accounts", status_code=201, summary="开户 · Open an account")
def open_account(body: AccountRequest, door: Opening) -> AccountAnswer:
    """系统管理员开户；任职由安全管理员办理。· What the account may do is the security administrator's to say."""
    account = door.run(
        lambda connection, actor: service_accounts.open_account(
            connection, actor, login=body.login, name=body.name, password=body.password,
            passwords=door.state.passwords, request_id=door.request_id,
        )
    )  # fmt: skip
    return AccountAnswer.model_validate(account)


@router.post("/accounts/{account_id}/close", summary="停用账号 · Close an account")
def close_account(account_id: UUID, door: Opening, preview: Preview = False) -> AccountAnswer:
    """其登录立即失效。· Its log-ins are over at once."""
    account = door.run(
        lambda connection, actor: service_accounts.close_account(
            connection, actor, account_id, request_id=door.request_id
        ),
        commit=not preview,
    )
    return AccountAnswer.model_validate(account)


@router.post("/accounts/{account_id}/reopening", summary="重新启用账号 · Re-open an account")
def reopen_account(account_id: UUID, door: Opening, preview: Preview = False) -> AccountAnswer:
    """密码和未结束的任职照旧。· With its password, and the offices that have not ended."""
    account = door.run(
        lambda connection, actor: service_accounts.reopen_account(
            connection, actor, account_id, request_id=door.request_id
        ),
        commit=not preview,
    )
    return AccountAnswer.model_validate(account)


@router.put("/accounts/{account_id}/password", status_code=204, summary="设置初始密码 · Set a first password")
def set_account_password(account_id: UUID, body: PasswordRequest, door: Opening) -> Response:
    """本人下次登录时须修改；原有登录立即失效。· To be changed at the next log-in; present log-ins are over."""
    door.run(
        lambda connection, actor: service_accounts.set_password(
            connection, actor, account_id, body.password, passwords=door.state.passwords, request_id=door.request_id
        )
    )
    return Response(status_code=204)


@router.get("/appointments", summary="任职列表 · Appointments")
def list_appointments(
    door: Annotated[Door, Depends(permit(Permission.APPOINTMENT_READ))],
    account: Annotated[UUID | None, Query(description="账号 · whose")] = None,
    role: Role | None = None,
    on: Annotated[Day | None, Query(description="当日在任的 · in force on the day", examples=["2026-11-21"])] = None,
    after: Annotated[UUID | None, Query(description="上一页的 following · the last page's")] = None,
    limit: Limit = 50,
) -> AppointmentsAnswer:
    """包括已结束的。· Ended ones too."""
    page = door.run(
        lambda connection, actor: service_accounts.page_appointments(
            connection, actor, account_id=account, role=role, on=on, after=after, count_max=limit
        )
    )
    appointments = [AppointmentAnswer.model_validate(one) for one in page.appointments]
    return AppointmentsAnswer(appointments=appointments, following=page.following)


@router.post("/appointments", status_code=201, summary="任职 · Give an office")
def give_office(
    body: AppointmentRequest, response: Response, door: Appointing, preview: Preview = False
) -> AppointmentAnswer:
    """从首日起生效，及于该路径之下。系统管理员、安全管理员、审计员须由三人分别担任；不能给本人任职。

    In force from its first day on, at the path and below it. System administrator, security administrator and auditor
    are three people, and nobody gives an office to themselves.
    """
    appointment = door.run(
        lambda connection, actor: service_accounts.give_office(
            connection, actor, account_id=body.account_id, role=body.role, path=body.path, from_on=body.from_on,
            request_id=door.request_id,
        ),
        commit=not preview,
    )  # fmt: skip
    if preview:
        response.status_code = 200
    return AppointmentAnswer.model_validate(appointment)


@router.post("/appointments/{appointment_id}/end", summary="免职 · End an appointment")
def end_office(appointment_id: UUID, body: EndRequest, door: Appointing, preview: Preview = False) -> AppointmentAnswer:
    """自该日起不再任职；默认今天，立即生效。· No longer held from that day on; today if none is given, at once."""
    appointment = door.run(
        lambda connection, actor: service_accounts.end_office(
            connection, actor, appointment_id, body.until_on, request_id=door.request_id
        ),
        commit=not preview,
    )
    return AppointmentAnswer.model_validate(appointment)
