"""The HTTP frame: what every request passes through and every answer is made of.

Refusals become ``application/problem+json`` here and nowhere else; routes raise and let be.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, ConfigDict, field_validator
from pydantic_core import PydanticCustomError
from sqlalchemy.exc import DataError
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.kit import problems, sending
from app.kit.blobs import Blobs
from app.kit.ciphers import FieldCipher
from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.errors import ErrorKind, LongwenError
from app.kit.ids import new_id
from app.kit.metrics import Metrics
from app.kit.passwords import Passwords
from app.kit.problems import Language, Problem
from app.kit.rates import Rates
from app.kit.settings import Settings

PROBLEM_TYPE = "application/problem+json"
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_RETRY_AFTER_SECONDS = 2
_COMPRESSED_FROM_BYTES = 1024
_COMPRESSION_LEVEL = 5  # 9 takes three times as long for one percent
_QUIET_ROUTES = {"/healthz", "/readyz", "/metrics"}
# When somebody answers anonymously is nobody's to know.
_UNTRACED_BELOW = ("/api/v1/survey-forms/", "/answer/")

# What a route that answers with ``blob`` says of its answer.
FILE_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in ("image/jpeg", "image/png", "image/webp", "application/pdf")
        }
    }
}

log = structlog.get_logger("longwen.http")


class Model(BaseModel):
    """What a request sends: an unknown field is refused, since it is a misspelt one."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @field_validator("*", mode="after")
    @classmethod
    def _storable(cls, value: object) -> object:
        if isinstance(value, str) and "\0" in value:
            raise PydanticCustomError("string_unicode", "NUL")
        return value


class Answer(BaseModel):
    """What an answer tells; built from the dataclasses of core by name."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


@dataclass(frozen=True, slots=True)
class ServiceState:
    """What one application holds for all its requests."""

    settings: Settings
    database: Database
    clock: Clock
    cipher: FieldCipher
    passwords: Passwords
    metrics: Metrics
    blobs: Blobs
    rates: Rates


class Unstorable(LongwenError):
    """The database refuses a value: a NUL in a text, a number past its column's range."""

    kind = ErrorKind.INVALID
    code = "unstorable_value"
    zh = "有一项内容无法保存：含有无效字符或数值超出范围。请检查后重试。"
    en = "A value cannot be stored: it holds an invalid character or is out of range. Check it and send it again."


def state_of(request: Request) -> ServiceState:
    return cast("ServiceState", request.app.state.service)


def language_of(request: Request) -> Language:
    """Chinese unless the caller asks for English first, or a page has been switched to one of the two."""
    chosen: Language | None = getattr(request.state, "language", None)
    return chosen or problems.language_from(request.headers.get("accept-language", ""))


def request_id_of(request: Request) -> str:
    return str(request.state.request_id)


def tell_replay(request: Request, response: Response, replays: int) -> None:
    """Say, and count, that so much of what was sent was received before."""
    if replays:
        response.headers["Idempotent-Replay"] = "true"
        state_of(request).metrics.replayed(replays)


def tell_made(request: Request, response: Response, *, replayed: bool, preview: bool = False) -> None:
    """The same of a request that makes something: 200 where nothing new was made by it."""
    tell_replay(request, response, replayed)
    if replayed or preview:
        response.status_code = 200


def address_of(request: Request) -> str:
    """Where the request comes from: the peer's address, or what a trusted proxy says of it (uvicorn's own handling)."""
    return request.client.host if request.client is not None else ""


def blob(request: Request, key: str, size: int, headers: Mapping[str, str]) -> Response:
    """What the store has under the key, as a stream, with headers that tell its kind, length and tag; or 304.

    Raises BlobMissing and BlobsUnavailable, before anything is sent.
    """
    if sending.has_already(request.headers, headers["ETag"]):
        return Response(status_code=304, headers={"ETag": headers["ETag"], "Cache-Control": headers["Cache-Control"]})
    return StreamingResponse(state_of(request).blobs.read(key, size), headers=headers)


def limited(request: Request, bytes_max: int, refusal: LongwenError) -> Request:
    """The same request, whose body ends in the refusal as soon as it is known to be too long."""
    declared, received = request.headers.get("content-length", ""), 0

    async def receive() -> Message:
        nonlocal received
        if declared.isdecimal() and int(declared) > bytes_max:
            raise refusal
        message = await request.receive()
        received += len(message.get("body", b""))
        if received > bytes_max:
            raise refusal
        return message

    return Request(request.scope, receive)


def install(app: FastAPI, settings: Settings) -> None:
    """Put the frame around the application and teach it to tell refusals."""
    # The last added is the outermost: the frame, then compression, then the tags, then the limit.
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=settings.body_bytes_max)
    app.add_middleware(sending.Tags)
    app.add_middleware(
        sending.Compression,
        minimum_size=_COMPRESSED_FROM_BYTES,
        compresslevel=_COMPRESSION_LEVEL,
        exclude_content_types=sending.COMPRESSED_ALREADY,
    )
    app.add_middleware(Frame)
    app.add_exception_handler(LongwenError, _on_refusal)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_framework_refusal)
    app.add_exception_handler(DataError, _on_unstorable)


# Handlers are async, though they wait for nothing: a sync one would cost a change of thread. Starlette types each for
# any exception; which one it gets is said where they are installed.


async def _on_refusal(request: Request, error: Exception) -> Response:
    refusal = cast("LongwenError", error)
    headers = {}
    if refusal.kind is ErrorKind.UNAUTHENTICATED:
        headers["WWW-Authenticate"] = 'Bearer realm="longwen"'
    if refusal.kind in (ErrorKind.UNAVAILABLE, ErrorKind.TOO_MANY):
        headers["Retry-After"] = str(refusal.facts.get("seconds", _RETRY_AFTER_SECONDS))
    if refusal.kind is ErrorKind.UNAVAILABLE:
        log.warning("unavailable", cause=type(refusal.__cause__).__name__, code=refusal.code)
    return answer(request, problems.of_error(refusal, language_of(request), request_id_of(request)), headers)


async def _on_invalid_request(request: Request, error: Exception) -> Response:
    errors = cast("RequestValidationError", error).errors()
    return answer(request, problems.of_validation(errors, language_of(request), request_id_of(request)))


async def _on_framework_refusal(request: Request, error: Exception) -> Response:
    refusal = cast("HTTPException", error)
    headers = dict(refusal.headers or {})
    if refusal.status_code == 405:
        headers["Allow"] = ", ".join(sorted(_methods_of(request)))
    found = problems.of_status(refusal.status_code, language_of(request), request_id_of(request))
    return answer(request, found, headers)


def _methods_of(request: Request) -> set[str]:
    """The methods of all routes at this address; the framework tells those of the first."""
    scope = {**request.scope, "path_params": {}}
    routes = iter_route_contexts(request.app.routes)
    return {method for one in routes if one.matches(scope)[0] is not Match.NONE for method in one.methods or ()}


async def _on_unstorable(request: Request, error: Exception) -> Response:
    log.warning("unstorable_value", cause=type(error.__cause__).__name__)
    return await _on_refusal(request, Unstorable())


def answer(request: Request, problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """The problem as a response, counted by its code: to who looks at pages as a page, else as the problem's document.

    The pages stand above this, and the application hands down what it takes to show one (``page_of``).
    """
    state_of(request).metrics.refused(problem.code)
    page_of = getattr(request.app.state, "page_of", None)
    if page_of is not None and looks_at_pages(request):
        page: Response = page_of(request, problem)
        page.headers.update(headers or {})
        return page
    sent = {**(headers or {}), "Content-Language": _LANGUAGE_TAGS[language_of(request)], "Vary": "Accept-Language"}
    return JSONResponse(problem.document, problem.status, sent, media_type=PROBLEM_TYPE)


_NO_PAGES = ("/api/", "/docs", "/openapi.json", "/healthz", "/readyz", "/metrics", "/static/")


def looks_at_pages(request: Request) -> bool:
    """Whether a person's browser asks for something that is not the API's."""
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith(_NO_PAGES)


def problem_of(request: Request, error: Exception) -> Problem:
    """What one part of a request is told, whose other parts have an answer of their own; counted like any other.

    What nobody foresaw is logged, and told without internals.
    """
    if isinstance(error, DataError):
        error = Unstorable()
    if isinstance(error, LongwenError):
        found = problems.of_error(error, language_of(request), request_id_of(request))
    else:
        log.error("part_failed", path=request.url.path, exc_info=error)
        found = problems.of_failure(language_of(request), request_id_of(request))
    state_of(request).metrics.refused(found.code)
    return found


_LANGUAGE_TAGS = {"zh": "zh-CN", "en": "en"}


class Frame:
    """Gives each request an id, each answer its common headers, and leaves one log line and one measurement.

    Written against ASGI itself, so that an answer that is a stream stays one.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope)
        request.state.request_id = _request_id(Headers(scope=scope))
        choose_language = getattr(request.app.state, "choose_language", None)
        if choose_language is not None and looks_at_pages(request):
            choose_language(request)  # also for what goes wrong before a page is reached
        sender = _Sender(request, receive, send)
        began = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request.state.request_id):
            try:
                await self.app(scope, receive, sender)
            except Exception:
                log.exception("request_failed", method=scope["method"], path=scope["path"])
                if sender.status:
                    raise  # the answer has begun: only the broken connection can tell
                problem = problems.of_failure(language_of(request), request_id_of(request))
                await answer(request, problem)(scope, receive, sender)
            finally:
                _leave_trace(request, sender.status, time.perf_counter() - began)


class _Sender:
    """``send`` with the common headers; remembers the status."""

    def __init__(self, request: Request, receive: Receive, send: Send) -> None:
        self.status = 0
        self._request = request
        self._receive = receive
        self._send = send
        self._replaced = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if message["status"] == 413 and headers.get("content-type", "").startswith("text/plain"):
                # Starlette's limit answers a declared length by itself, in plain text.
                self._replaced = True
                request = self._request
                problem = problems.of_status(413, language_of(request), request_id_of(request))
                await answer(request, problem)(request.scope, self._receive, self._start_problem)
                return
            await self._start(message)
        elif not self._replaced:
            await self._send(message)

    async def _start(self, message: Message) -> None:
        self.status = message["status"]
        headers = MutableHeaders(scope=message)
        headers["X-Request-Id"] = request_id_of(self._request)
        headers["X-Content-Type-Options"] = "nosniff"
        headers.setdefault("Cache-Control", "no-store")
        await self._send(message)

    async def _start_problem(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            await self._start(message)
        else:
            await self._send(message)


def _request_id(headers: Headers) -> str:
    sent = headers.get("x-request-id", "")
    return sent if _REQUEST_ID.fullmatch(sent) else str(new_id())


def _leave_trace(request: Request, status: int, seconds: float) -> None:
    route = getattr(request.scope.get("route"), "path", "unmatched")
    if route.startswith(_UNTRACED_BELOW) and 200 <= status < 300:
        return
    # 499: the caller went away before the answer began.
    state_of(request).metrics.answered(request.method, route, status or 499, seconds)
    write = log.debug if route in _QUIET_ROUTES and status == 200 else log.info
    write(
        "request",
        method=request.method,
        path=request.url.path,
        route=route,
        status=status or 499,
        ms=round(seconds * 1000, 1),
        account=getattr(request.state, "account_id", None),
    )
