"""Routes of API keys and screens."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Response

from app.auth import service_tokens
from app.auth.api import Door, permit
from app.auth.core import Permission
from app.auth.core_tokens import ApiKey
from app.auth.schemas_tokens import (
    KeyAnswer,
    KeyRequest,
    KeysAnswer,
    NewKeyAnswer,
    NewScreenAnswer,
    ScreenAnswer,
    ScreenRequest,
    ScreensAnswer,
)

router = APIRouter(prefix="/api/v1", tags=["accounts"])


@router.post("/api-keys", status_code=201, summary="新建接口密钥 · Make an API key")
def create_api_key(body: KeyRequest, door: Annotated[Door, Depends(permit(Permission.KEY_SET))]) -> NewKeyAnswer:
    """供其他系统对接：只有所列权限，只在所给路径之下。令牌只在本次应答中出现，遗失须撤销重建。

    For another system: the permissions listed, at the path and below it. The token is told in this answer only; one
    that is lost is revoked and made anew.
    """
    return door.run_named(
        lambda connection, actor: service_tokens.make_key(
            connection,
            actor,
            door.district,
            name=body.name,
            path=body.path,
            permissions=frozenset(body.permissions),
            expires_on=body.expires_on,
            request_id=door.request_id,
        ),
        lambda done: NewKeyAnswer(token=done[1], **_facts(done[0])),
    )


@router.get("/api-keys", summary="接口密钥列表 · API keys")
def list_api_keys(door: Annotated[Door, Depends(permit(Permission.KEY_READ))]) -> KeysAnswer:
    """包括已撤销和已到期的，最新的在前；不含令牌。· Revoked and expired ones too, the newest first; no tokens."""
    return door.run_named(
        service_tokens.keys, lambda found: KeysAnswer(keys=[KeyAnswer(**_facts(key)) for key in found])
    )


@router.delete("/api-keys/{key_id}", status_code=204, summary="撤销接口密钥 · Revoke an API key")
def revoke_api_key(key_id: UUID, door: Annotated[Door, Depends(permit(Permission.KEY_SET))]) -> Response:
    """立即失效；仍在列表中。· It opens nothing from now on, and stays listed."""
    door.run(lambda connection, actor: service_tokens.revoke_key(connection, actor, key_id, request_id=door.request_id))
    return Response(status_code=204)


@router.post("/screens", status_code=201, summary="登记大屏 · Register a screen")
def create_screen(
    body: ScreenRequest, door: Annotated[Door, Depends(permit(Permission.SCREEN_SET))]
) -> NewScreenAnswer:
    """大屏令牌只能读取对大屏公开的榜单；只在本次应答中出现。

    A screen's token reads the boards that screens are shown, and nothing else. It is told in this answer only.
    """
    return door.run_named(
        lambda connection, actor: service_tokens.make_screen(
            connection, actor, door.district, name=body.name, path=body.path, request_id=door.request_id
        ),
        lambda done: NewScreenAnswer(token=done[1], **asdict(done[0])),
    )


@router.get("/screens", summary="大屏列表 · Screens")
def list_screens(door: Annotated[Door, Depends(permit(Permission.SCREEN_READ))]) -> ScreensAnswer:
    """包括已撤销的，最新的在前；不含令牌。· Revoked ones too, the newest first; no tokens."""
    return door.run_named(
        service_tokens.screens,
        lambda found: ScreensAnswer(screens=[ScreenAnswer.model_validate(screen) for screen in found]),
    )


@router.delete("/screens/{screen_id}", status_code=204, summary="撤销大屏 · Revoke a screen")
def revoke_screen(screen_id: UUID, door: Annotated[Door, Depends(permit(Permission.SCREEN_SET))]) -> Response:
    """立即失效；仍在列表中。· It shows nothing from now on, and stays listed."""
    door.run(
        lambda connection, actor: service_tokens.revoke_screen(connection, actor, screen_id, request_id=door.request_id)
    )
    return Response(status_code=204)


def _facts(key: ApiKey) -> dict[str, object]:
    return {**asdict(key), "permissions": sorted(key.permissions)}
