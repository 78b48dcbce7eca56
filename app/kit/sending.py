"""How answers go out: under a tag, so that what the caller has already is not sent again, and compressed.

Both hold for every answer in JSON without a route's doing, and for neither that may hold a secret.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.kit.digests import digest

JSON = "application/json"
_KEPT = "private, no-cache"
# What an answer depends on beside its address.
_VARY = "Accept-Language, Authorization, Cookie"
# Compressing these again only takes away their length.
COMPRESSED_ALREADY = (
    *DEFAULT_EXCLUDED_CONTENT_TYPES,
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
)
# Where answers hold a token or another secret. The length of a compressed answer tells of what is in it: whoever can
# make a browser ask again and again, and sees the lengths, could guess a secret piece by piece. Nor may a browser keep
# such an answer, so that a tag would be of no use.
_SECRET_BELOW = (
    "/api/v1/sessions",
    "/api/v1/sign-on",
    "/api/v1/me/identities",
    "/api/v1/me/second-factor",
    "/api/v1/api-keys",
    "/api/v1/screens",
    "/api/v1/webhooks",
)
_SECRET_AT_THE_END = ("/invitation", "/codes")


def may_hold_a_secret(path: str) -> bool:
    """Whether answers under the path are left uncompressed and are never kept."""
    return path.startswith(_SECRET_BELOW) or path.endswith(_SECRET_AT_THE_END)


def conditional(
    request: Request, body: bytes, *, media_type: str, headers: Mapping[str, str] | None = None
) -> Response:
    """What is not JSON, under a tag that is its digest, or 304 where the caller has it already."""
    return _conditional(request, digest(body), lambda: body, media_type, headers or {})


def conditional_on(request: Request, key: str, body: Callable[[], bytes]) -> Response:
    """JSON that ``key`` decides wholly: for whom has it already it is not even made."""
    return _conditional(request, digest(key.encode()), body, JSON, {})


def _conditional(
    request: Request,
    decided_by: bytes,
    body: Callable[[], bytes],
    media_type: str,
    headers: Mapping[str, str],
) -> Response:
    tag = _tag(decided_by)
    sent = {"ETag": tag, "Cache-Control": _KEPT, "Vary": _VARY, **headers}
    if has_already(request.headers, tag):
        return Response(status_code=304, headers=sent)
    return Response(body(), media_type=media_type, headers=sent)


def has_already(headers: Mapping[str, str], tag: str) -> bool:
    """Whether the request says that the caller has what the tag stands for."""
    known = [one.strip().removeprefix("W/") for one in headers.get("if-none-match", "").split(",")]
    return tag.removeprefix("W/") in known or "*" in known


def _tag(decided_by: bytes) -> str:
    """Weak: the same answer may go out compressed."""
    return f'W/"{decided_by.hex()[:32]}"'


def _path_of(scope: Scope) -> str:
    return str(scope.get("path", "")).removeprefix(scope.get("root_path", ""))


class Tags:
    """Puts what a GET answers in JSON under a tag, or answers 304 where the caller has it already.

    What has a tag already, or says itself how it may be kept, goes out as it is.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_read = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        if is_read and not may_hold_a_secret(_path_of(scope)):
            send = _Tagging(Headers(scope=scope), send)
        await self.app(scope, receive, send)


class _Tagging:
    """``send`` that holds an answer in JSON back until all of it is there: only then its digest is known."""

    def __init__(self, sent: Headers, send: Send) -> None:
        self._sent = sent
        self._send = send
        self._start: Message | None = None
        self._body: list[bytes] = []

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_tagged(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body.append(message.get("body", b""))
            if not message.get("more_body", False):
                await self._send_all(self._start, b"".join(self._body))

    async def _send_all(self, start: Message, body: bytes) -> None:
        headers = MutableHeaders(scope=start)
        tag = _tag(digest(body))
        headers["ETag"] = tag
        headers["Cache-Control"] = _KEPT
        headers.add_vary_header(_VARY)
        if has_already(self._sent, tag):
            start["status"], body = 304, b""
            del headers["content-length"]
            del headers["content-type"]
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})


def _is_tagged(start: Message) -> bool:
    headers = MutableHeaders(scope=start)
    is_json = headers.get("content-type", "").partition(";")[0] == JSON
    return start["status"] == 200 and is_json and not {"etag", "cache-control"} & set(headers.keys())


class Compression(GZipMiddleware):
    """Compresses answers for who takes gzip, but none that holds a secret."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if may_hold_a_secret(_path_of(scope)):
            await self.app(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)
