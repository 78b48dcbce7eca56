"""The processes that are measured: ``python -m benchmarks.served longwen|textbook|bare`` prints its port and serves."""

from __future__ import annotations

import asyncio
import os
import socket
import sys

import uvicorn
from fastapi import FastAPI

from app.kit.log import configure_logging
from app.kit.settings import Settings
from app.main import create_app
from benchmarks import textbook, yardsticks
from benchmarks.ground import CLOCK
from benchmarks.load import HOST

_BARE_ANSWER = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"


def main() -> None:
    kind = sys.argv[1]
    if kind == "bare":
        asyncio.run(_answer_bare())
        return
    # As `longwen serve` runs it, one worker.
    options = uvicorn.Config(
        _longwen() if kind == "longwen" else textbook.create_app(os.environ["TEXTBOOK_DATABASE_URL"]),
        host=HOST,
        port=0,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        timeout_graceful_shutdown=10,
    )
    _Telling(options).run()


class _Telling(uvicorn.Server):
    """Prints its port. The socket is uvicorn's own: one handed in would be served without TCP_NODELAY, and every answer
    would wait 40 ms for the client's acknowledgement."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        _tell_port(self.servers[0])


def _tell_port(server: asyncio.Server) -> None:
    print(server.sockets[0].getsockname()[1], flush=True)


def _longwen() -> FastAPI:
    """The service itself, with the routes that it is measured against."""
    settings = Settings(write_rate="1000000000/minute")  # counted as ever, and never reached by the one who measures
    configure_logging(as_json=settings.log_json)
    app = create_app(settings, clock=CLOCK)
    app.include_router(yardsticks.router)
    return app


class _Bare(asyncio.Protocol):
    """Answers every piece that arrives: as little as a server can do, which tells what the load generator can."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        del data
        self._transport.write(_BARE_ANSWER)


async def _answer_bare() -> None:
    server = await asyncio.get_running_loop().create_server(_Bare, HOST, 0)
    _tell_port(server)
    await server.serve_forever()


if __name__ == "__main__":
    main()
