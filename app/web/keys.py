"""Making an API key: what it may, where and until when; its token is told on the page that answers, nowhere else."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from sqlalchemy import Connection

from app.auth import service_tokens
from app.auth.core import Actor, Permission
from app.auth.core_tokens import ApiKey
from app.auth.schemas_tokens import KeyRequest
from app.kit.errors import LongwenError
from app.web.administering import keys_sheet
from app.web.frame import Page, PageRoute, page_for

router = APIRouter(include_in_schema=False, route_class=PageRoute)


@router.post("/api-keys/new")
def make_key(page: Annotated[Page, Depends(page_for(Permission.KEY_SET))]) -> Response:
    """Not led on: the token is on this one page."""
    sheet = keys_sheet()

    def work(connection: Connection, actor: Actor) -> tuple[ApiKey, str]:
        asked = page.posted.read(KeyRequest)
        return service_tokens.make_key(
            connection, actor, page.district, name=asked.name, path=asked.path,
            permissions=frozenset(asked.permissions), expires_on=asked.expires_on, request_id=page.request_id,
        )  # fmt: skip

    try:
        made = page.run(work)
    except LongwenError as error:
        return page.refused(sheet.template, error, **page.run(sheet.read))
    return page.show(sheet.template, status=201, **{**page.run(sheet.read), "made": made})
