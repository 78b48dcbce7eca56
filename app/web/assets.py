"""The files that pages load: all of them ours to serve, none from another host."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.exceptions import HTTPException

from app.auth.api import open_door
from app.kit.sending import conditional
from app.web.rendering import STATIC, version_of

router = APIRouter(include_in_schema=False, dependencies=[Depends(open_door)])

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@router.get("/static/{name}")
def read_asset(name: str, request: Request, version: Annotated[str | None, Query(alias="v")] = None) -> Response:
    """Under the version of its content it may be kept for good."""
    path = STATIC / name
    if path.parent != STATIC or path.suffix not in _TYPES or not path.is_file():
        raise HTTPException(404)
    kept = "public, max-age=31536000, immutable" if version == version_of(name) else "no-cache"
    return conditional(
        request, path.read_bytes(), media_type=_TYPES[path.suffix], headers={"Cache-Control": kept, "Vary": ""}
    )
