"""Server-Sent Events for many: a document is worked out once for all who follow it, and only differences are sent.

A channel is one document and whoever follows it. All channels look at the same moments whether theirs has changed, so
that what several of them hold is worked out once for all. Events, each with JSON as its data:

- ``board``: the whole document. Its id is the document's own digest, so a follower who comes back, to this process or
  another one, now or after a restart, is sent nothing where nothing has changed.
- ``change``: a JSON Patch (RFC 6902) from the document before; its id is that of the document that it leads to.
- ``beat``: ``checked_at`` is when the document was last worked out. It has no id. Without it, for whatever reason, what
  a follower shows is old.
- ``end``: the ``code`` of why no more comes. Whoever comes back is told more.

A follower is an asynchronous generator: it has no thread, and no connection to the database.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections import deque
from collections.abc import AsyncIterator, Callable, Collection, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import jsonpatch
import structlog
from anyio import CapacityLimiter, to_thread

from app.kit.digests import digest
from app.kit.errors import ErrorKind, LongwenError, Unavailable

FOLLOWERS_MAX = 10_000  # of one process
GUARD_SECONDS = 2.0
_FRAMES_KEPT = 64
_THREADS = 4  # at work for all channels at once
_RETRY_MILLISECONDS = (1_000, 4_000)  # spread, so that they do not come back all at once
_QUIET = b": quiet\n\n"

Work = Callable[[float], bytes]  # the document as JSON, not older than a moment of the loop's clock

log = structlog.get_logger("longwen.channels")


@dataclass(eq=False, slots=True)
class _Follower:
    ticket: Hashable
    is_over: bool = False


@dataclass(eq=False, slots=True)
class _Channel:
    """``frames`` are the last ones, each with the id of the document that it follows upon."""

    work: Work
    body: bytes = b""
    document: Any = None
    id: str = ""
    checked_at: datetime | None = None
    beat_due: float = 0.0
    number: int = 0  # of the last frame
    frames: deque[tuple[str, bytes]] = field(default_factory=lambda: deque(maxlen=_FRAMES_KEPT))
    news: asyncio.Event = field(default_factory=asyncio.Event)
    followers: set[_Follower] = field(default_factory=set)
    looking: asyncio.Lock = field(default_factory=asyncio.Lock)
    ended: bytes | None = None
    task: asyncio.Task[None] | None = None

    def whole(self) -> bytes:
        return _frame("board", self.body, self.id)

    def beat(self) -> bytes:
        at = None if self.checked_at is None else self.checked_at.isoformat()
        return _frame("beat", json.dumps({"checked_at": at}).encode())

    def wake(self) -> None:
        news, self.news = self.news, asyncio.Event()
        news.set()

    def add(self, before: str, frame: bytes) -> None:
        self.frames.append((before, frame))
        self.number += 1
        self.wake()

    def after(self, number: int) -> bytes:
        """What was sent since the frame of that number; to who has fallen too far behind, the whole document."""
        missed = self.number - number
        if missed > len(self.frames):
            return self.whole() + self.beat()
        return b"".join(frame for _, frame in list(self.frames)[len(self.frames) - missed :])

    def since(self, last_id: str | None) -> bytes:
        """What a follower needs who has the document of that id, or none."""
        if last_id == self.id:
            return self.beat()
        known = next((place for place, (before, _) in enumerate(self.frames) if before == last_id), None)
        if not last_id or known is None:
            return self.whole() + self.beat()
        return b"".join(frame for _, frame in list(self.frames)[known:]) + self.beat()


def _frame(event: str, data: bytes, identifier: str | None = None) -> bytes:
    line = b"" if identifier is None else f"id: {identifier}\n".encode()
    return b"event: " + event.encode() + b"\n" + line + b"data: " + data + b"\n\n"


class Channels:
    """Of one process. ``guard`` tells which of some tickets are good no more; it may ask the database."""

    def __init__(
        self,
        seconds: float,
        now: Callable[[], datetime],
        guard: Callable[[Collection[Hashable]], Collection[Hashable]],
        beat_seconds: float = 10.0,
    ) -> None:
        self._seconds = max(seconds, 0.05)
        self._now = now
        self._guard = guard
        self._beat_seconds = beat_seconds
        self._channels: dict[Hashable, _Channel] = {}
        self._followers = 0
        self._limiter: CapacityLimiter | None = None
        self._guarding: asyncio.Task[None] | None = None
        self._is_closed = False

    def __len__(self) -> int:
        return self._followers

    def close(self) -> None:
        """End every stream now, and refuse those that still come; called from the loop."""
        self._is_closed = True
        for channel in self._channels.values():
            channel.wake()

    async def open(self, key: Hashable, work: Work) -> None:
        """Make sure that the channel has a document. Raises what ``work`` raises, and Unavailable."""
        if self._is_closed or self._followers >= FOLLOWERS_MAX:
            raise Unavailable
        await self._opened(key, work)

    async def _opened(self, key: Hashable, work: Work) -> _Channel:
        """The channel with a document; the first who asks waits for it, and others with them."""
        channel = self._channels.setdefault(key, _Channel(work))
        async with channel.looking:
            if not channel.body:
                try:
                    await self._look(channel, asyncio.get_running_loop().time())
                except BaseException:
                    self._channels.pop(key, None)
                    raise
        if channel.task is None:
            channel.task = asyncio.create_task(self._keep(key, channel))
        return channel

    async def follow(
        self, key: Hashable, work: Work, ticket: Hashable, last_id: str | None, seconds: float | None = None
    ) -> AsyncIterator[bytes]:
        """What happens in the channel, from ``last_id`` on; after so many ``seconds``, if they are given, it ends.

        ``open`` comes first. It also ends when the ticket is good no more, when the channel ends, and with the process.
        """
        channel = await self._opened(key, work)
        until = None if seconds is None else asyncio.get_running_loop().time() + seconds
        follower = _Follower(ticket)
        channel.followers.add(follower)
        self._followers += 1
        if self._guarding is None or self._guarding.done():
            self._guarding = asyncio.create_task(self._watch())
        try:
            number = channel.number
            retry = random.randint(*_RETRY_MILLISECONDS)  # noqa: S311 - to spread them, no secret
            yield f"retry: {retry}\n\n".encode() + channel.since(last_id)
            while True:
                news = channel.news
                if channel.number != number:
                    number, found = channel.number, channel.after(number)
                    yield found
                elif self._is_closed or follower.is_over or channel.ended is not None:
                    break
                elif not await _came(news, until):
                    return
            yield channel.ended or _frame("end", b'{"code": "closed"}')
        finally:
            channel.followers.discard(follower)
            self._followers -= 1

    async def _keep(self, key: Hashable, channel: _Channel) -> None:
        """Look at the channel at each of the common moments until nobody follows it any more."""
        loop = asyncio.get_running_loop()
        channel.beat_due = loop.time() + self._beat_seconds
        while not self._is_closed and channel.ended is None:
            moment = (loop.time() // self._seconds + 1) * self._seconds
            await asyncio.sleep(moment - loop.time())
            if not channel.followers:
                break
            await self._renew(channel, moment)
        if self._channels.get(key) is channel:
            del self._channels[key]

    async def _renew(self, channel: _Channel, moment: float) -> None:
        is_checked = False
        try:
            is_checked = await self._look(channel, moment)
        except LongwenError as refusal:
            if refusal.kind is not ErrorKind.UNAVAILABLE:
                channel.ended = _frame("end", json.dumps({"code": refusal.code}).encode())
                channel.wake()
                return
            log.warning("channel_behind", code=refusal.code)
        except Exception:
            log.exception("channel_failed")
        if moment >= channel.beat_due:
            channel.beat_due = moment + self._beat_seconds
            # Whoever hears no beat shows that its data are old; the connection is kept all the same.
            channel.add("", channel.beat() if is_checked else _QUIET)

    async def _look(self, channel: _Channel, moment: float) -> bool:
        self._limiter = self._limiter or CapacityLimiter(_THREADS)
        found = await to_thread.run_sync(partial(_compared, channel, moment), limiter=self._limiter)
        channel.checked_at = self._now()
        if found is not None:
            before, frame = channel.id, found.frame
            channel.body, channel.document, channel.id = found.body, found.document, found.id
            if before:
                channel.add(before, frame)
        return True

    async def _watch(self) -> None:
        """Ask every other second whether those who follow still may."""
        while self._followers and not self._is_closed:
            await asyncio.sleep(GUARD_SECONDS)
            everybody: Sequence[_Follower] = [one for each in self._channels.values() for one in each.followers]
            tickets = {one.ticket for one in everybody}
            try:
                over = set(await to_thread.run_sync(self._guard, tickets, limiter=self._limiter))
            except LongwenError as refusal:
                log.warning("guard_behind", code=refusal.code)
                continue
            except Exception:
                log.exception("guard_failed")
                continue
            if over:
                for one in everybody:
                    one.is_over = one.is_over or one.ticket in over
                for channel in self._channels.values():
                    channel.wake()


async def _came(news: asyncio.Event, until: float | None) -> bool:
    """Wait for the event; False where the time was up before it."""
    if until is None:
        await news.wait()
        return True
    try:
        await asyncio.wait_for(news.wait(), until - asyncio.get_running_loop().time())
    except TimeoutError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class _Found:
    body: bytes
    document: Any
    id: str
    frame: bytes


def _compared(channel: _Channel, moment: float) -> _Found | None:
    """The document if it is another one than the channel's, with the frame that leads there; in a thread."""
    body = channel.work(moment)
    if body == channel.body:
        return None
    document, identifier = json.loads(body), digest(body).hex()[:32]
    frame = _frame("board", body, identifier)
    if channel.body:
        patch = json.dumps(jsonpatch.make_patch(channel.document, document).patch, ensure_ascii=False).encode()
        if len(patch) < len(body):
            frame = _frame("change", patch, identifier)
    return _Found(body, document, identifier, frame)
