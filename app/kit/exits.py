"""Hears that the process is asked to end, before the server waits for its open connections to be answered."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

_ASKED_BY = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def told_of_exit(tell: Callable[[], None]) -> Iterator[None]:
    """Have ``tell`` called in the running loop when the process is asked to end; whoever heard of it before still does.

    A stream that never ends would else keep the server until its patience is over. Outside of the main thread no signal
    is heard, and nothing is done.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    before = {one: signal.getsignal(one) for one in _ASKED_BY}
    ours = {one: signal.signal(one, _both(loop, tell, handler)) for one, handler in before.items() if callable(handler)}
    try:
        yield
    finally:
        for one, handler in ours.items():
            signal.signal(one, handler)


def _both(loop: asyncio.AbstractEventLoop, tell: Callable[[], None], handler: Any) -> Callable[..., None]:
    def hear(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(tell)
        handler(number, frame)

    return hear
