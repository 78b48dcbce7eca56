"""A client of the application inside the process that costs little.

Starlette's own makes an event loop with its threads for each request, and changes threads eight times in it: more work
than most routes have to do. This one keeps one loop for the whole run, and waits for each answer once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
from anyio.from_thread import BlockingPortal, start_blocking_portal
from fastapi import FastAPI
from fastapi.testclient import TestClient

_kept: list[BlockingPortal] = []


@contextmanager
def one_loop() -> Iterator[None]:
    """The loop of all that is asked inside the block."""
    with start_blocking_portal() as portal:
        _kept.append(portal)
        yield
        _kept.remove(portal)


class _Asked(httpx2.BaseTransport):
    """Answers come whole: what streams without an end is asked of a server."""

    def __init__(self, app: FastAPI) -> None:
        self._inner = httpx2.ASGITransport(app, raise_app_exceptions=False, client=("testclient", 50000))

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        request.stream = httpx2.ByteStream(request.read())
        return _kept[-1].call(self._ask, request)

    async def _ask(self, request: httpx2.Request) -> httpx2.Response:
        answer = await self._inner.handle_async_request(request)
        assert isinstance(answer.stream, httpx2.AsyncByteStream)
        body = b"".join([part async for part in answer.stream])
        return httpx2.Response(answer.status_code, headers=answer.headers, stream=httpx2.ByteStream(body))


def asking(app: FastAPI) -> TestClient:
    """A client whose requests go the short way; a fault of the service is its 500, as outside."""
    client = TestClient(app, raise_server_exceptions=False)
    client._transport = _Asked(app)
    return client
