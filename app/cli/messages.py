"""``longwen messages``: the outbox by hand."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import typer

from app.cli.context import connected, find_district, opened, secret_of
from app.cli.database import DistrictCode, Json
from app.cli.output import either, print_json, print_table, say
from app.kit.ciphers import AesFieldCipher
from app.kit.clock import SystemClock
from app.kit.log import configure_logging
from app.messages import delivering, webhooks
from app.messages.core import PAGE_MAX, DeliveryState

application = typer.Typer(help=either("消息推送。", "Delivery of messages."), no_args_is_help=True)


@application.command("deliver")
def deliver(district: DistrictCode = None, as_json: Json = False) -> None:
    """立即推送到期的消息（定时任务进程每分钟也会做）。 / Deliver what is due, as the scheduler does every minute."""
    with connected() as (settings, database):
        configure_logging(as_json=settings.log_json)
        cipher = AesFieldCipher.from_secret(secret_of(settings))
        found = find_district(database, district)
        counts = delivering.deliver(database, SystemClock(), found, lambda: cipher, settings.webhook_origins)
    if as_json:
        print_json({"district": found.code, **counts})
    else:
        print_table(["district", *counts], [{"district": found.code, **counts}])


@application.command("deliveries")
def list_deliveries(
    state: Annotated[DeliveryState | None, typer.Option(help=either("只看此状态", "in this state only"))] = None,
    limit: Annotated[int, typer.Option(min=1, max=PAGE_MAX, help=either("条数", "how many"))] = 50,
    district: DistrictCode = None,
    as_json: Json = False,
) -> None:
    """推送记录，最近的在前；--state dead 为已放弃的。 / The outbox, the latest first; --state dead: given up."""
    with opened(district=district) as context:
        actor = context.actor()
        page, _ = context.database.run(
            lambda connection: webhooks.deliveries(connection, actor, None, state=state, count_max=limit),
            context.district.id,
        )
    rows = [
        {
            "id": one.id,
            "kind": one.kind.value if one.kind is not None else "test",
            "state": one.state.value,
            "attempts": one.attempts,
            "next_attempt_at": one.next_attempt_at and one.next_attempt_at.isoformat(timespec="seconds"),
            "last_error": one.last_error,
        }
        for one in page
    ]
    if as_json:
        print_json(rows)
    else:
        print_table(["id", "kind", "state", "attempts", "next_attempt_at", "last_error"], rows)


@application.command("retry")
def retry(
    webhook: Annotated[UUID, typer.Argument(help=either("推送编号", "the webhook's id"))], district: DistrictCode = None
) -> None:
    """把已放弃的推送重新排入。 / Put what was given up into the outbox anew."""
    with opened(district=district) as context:
        actor = context.actor()
        count = context.database.run(
            lambda connection: webhooks.revive(connection, actor, webhook), context.district.id
        )
    say(f"重新排入 {count} 条。", f"{count} put out anew.")
