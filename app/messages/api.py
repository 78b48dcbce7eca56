"""Routes of the own inbox, and of webhooks."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from app.auth.api import Door, permit, signed_in
from app.auth.core import Permission
from app.messages import service, webhooks
from app.messages.core import PAGE_MAX, DeliveryState
from app.messages.schemas import (
    NUMBER_MAX,
    DeliveryPageAnswer,
    InboxAnswer,
    NewWebhookAnswer,
    ReadAnswer,
    ReadRequest,
    TestAnswer,
    WebhookAnswer,
    WebhookListAnswer,
    WebhookRequest,
)

router = APIRouter(prefix="/api/v1", tags=["messages"])

Watching = Annotated[Door, Depends(permit(Permission.WEBHOOK_READ))]
Setting = Annotated[Door, Depends(permit(Permission.WEBHOOK_SET))]


@router.get("/me/messages", summary="我的消息 · My messages")
def read_inbox(
    door: Annotated[Door, Depends(signed_in)],
    after: Annotated[int, Query(ge=0, le=NUMBER_MAX, description="只取序号更大的 · only higher numbers")] = 0,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 50,
    unread: Annotated[bool, Query(description="只取未读 · unread ones only")] = False,
) -> InboxAnswer:
    """按序号排列；用上次的最大序号作 after 续读，不漏不重。

    By number; a reader that goes on after the last number it has seen skips and repeats none.
    """
    return door.run_named(
        lambda connection, actor: service.inbox(connection, actor, after=after, limit=limit, unread=unread),
        lambda page: InboxAnswer.of(page, door.language),
    )


@router.post("/me/messages/read", summary="标为已读 · Mark as read")
def mark_messages_read(body: ReadRequest, door: Annotated[Door, Depends(signed_in)]) -> ReadAnswer:
    """已读的保留原来的时间；重发无害。· What is read keeps its time; sending it twice is harmless."""
    marked, unread = door.run(
        lambda connection, actor: service.mark_read(connection, actor, numbers=body.numbers, up_to=body.up_to or 0)
    )
    return ReadAnswer(marked=marked, unread=unread)


@router.post("/webhooks", summary="新建推送 · Add a webhook", status_code=201)
def add_webhook(body: WebhookRequest, response: Response, door: Setting) -> NewWebhookAnswer:
    """消息将以带签名的 POST 推送到该地址；密钥只显示一次。

    Messages are posted there, signed; the secret is shown once.
    """
    state = door.state
    made, secret = door.run(
        lambda connection, actor: webhooks.add(
            connection, actor, state.cipher, body.webhook(), state.settings.webhook_origins
        )
    )
    if secret is None:
        response.status_code = 200
        response.headers["Idempotent-Replay"] = "true"
    return NewWebhookAnswer(**WebhookAnswer.model_validate(made).model_dump(), secret=secret)


@router.get("/webhooks", summary="推送列表 · Webhooks")
def list_webhooks(door: Watching) -> WebhookListAnswer:
    """含已停用的；不显示密钥。· Those taken away too; secrets are not shown."""
    found = door.run(webhooks.webhooks)
    return WebhookListAnswer(webhooks=[WebhookAnswer.model_validate(one) for one in found])


@router.delete("/webhooks/{webhook_id}", summary="停用推送 · Take a webhook away", status_code=204)
def close_webhook(webhook_id: UUID, door: Setting) -> Response:
    """待发的不再发送。· What waits is sent no more."""
    door.run(lambda connection, actor: webhooks.close(connection, actor, webhook_id))
    return Response(status_code=204)


@router.post("/webhooks/{webhook_id}/test", summary="测试推送 · Test a webhook", status_code=202)
def test_webhook(webhook_id: UUID, door: Setting) -> TestAnswer:
    """一分钟内发出一条测试；结果见推送记录。· A test is sent within a minute; the deliveries tell how it went."""
    return TestAnswer(delivery=door.run(lambda connection, actor: webhooks.test(connection, actor, webhook_id)))


@router.get("/webhooks/{webhook_id}/deliveries", summary="推送记录 · Deliveries")
def list_deliveries(
    webhook_id: UUID,
    door: Watching,
    state: DeliveryState | None = None,
    before: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 50,
) -> DeliveryPageAnswer:
    """最近的在前。· The latest first."""
    page, following = door.run(
        lambda connection, actor: webhooks.deliveries(
            connection, actor, webhook_id, state=state, before=before, count_max=limit
        )
    )
    return DeliveryPageAnswer.of(page, following)
