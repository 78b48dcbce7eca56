"""What only the sample answers: its clock, which whoever looks on may put forward, and its beginning district."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter
from pydantic import Field

from app.kit.http import Answer, Model


class Forward(Model):
    """By how many days."""

    days: int = Field(ge=1, le=30)


class Shown(Answer):
    """What the clock shows."""

    now: datetime


def sample_router(
    now: Callable[[], datetime], put_forward: Callable[[int], None], begin: Callable[[], None]
) -> APIRouter:
    """``/sample/…``: a real service goes by the machine's clock, and its districts are made at the command line."""
    router = APIRouter()

    @router.get("/sample/clock", include_in_schema=False)
    def read() -> Shown:
        return Shown(now=now())

    @router.post("/sample/clock", include_in_schema=False)
    def forward(body: Forward) -> Shown:
        put_forward(body.days)
        return read()

    @router.post("/sample/beginners", include_in_schema=False, status_code=204)
    def begin_district() -> None:
        """The beginning district, where it is not there yet."""
        begin()

    return router
