"""The page of a wall display. It is open and empty: what it shows it asks for with the screen's token, as any client.

The token stands in the address behind ``#``, which browsers send to nobody, so no log holds it.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from app.auth.api import open_door
from app.kit.digests import digest
from app.web.frame import PageRoute, shown
from app.web.rendering import version_of

router = APIRouter(include_in_schema=False, route_class=PageRoute, dependencies=[Depends(open_door)])

STYLE = "screen.css"
SCRIPTS = ("echarts-6.1.0.min.js", "screen-stream.js", "screen-charts.js", "screen-boards.js", "screen.js")
TIME_ZONE = "Asia/Shanghai"  # as on all pages
_SIZE = r"^[1-9][0-9]{2,3}x[1-9][0-9]{2,3}$"


@router.get("/screen")
def show_screen(
    request: Request,
    canvas: Annotated[str, Query(pattern=_SIZE, description="1920x1080, 3840x2160, 3840x1080")] = "1920x1080",
    language: Literal["zh", "en"] = "zh",
    playlist: Annotated[UUID | None, Query(description="预览，须登录 · looked at by whoever may, logged in")] = None,
) -> Response:
    """Chinese unless the address says otherwise: what language a display's machine was set up in is nobody's choice."""
    request.state.language = language
    width, height = canvas.split("x")
    facts: dict[str, Any] = {
        "width": width,
        "height": height,
        "time_zone": TIME_ZONE,
        "version": version(),
        "scripts": SCRIPTS,
        "playlist": playlist,
    }
    return shown(request, "screen.html", **facts)


@cache
def version() -> str:
    """Another one as soon as a display should load the page anew."""
    return digest(" ".join(version_of(name) for name in (STYLE, *SCRIPTS)).encode()).hex()[:12]
