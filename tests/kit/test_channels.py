"""One document for all who follow it: whole, then differences, resumed, ended."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Collection, Hashable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import jsonpatch
import pytest

from app.kit import channels
from app.kit.channels import Channels
from app.kit.errors import NotFound, Unavailable

NOW = datetime(2026, 11, 21, 2, tzinfo=UTC)
Event = tuple[str, str | None, Any]


@dataclass
class Source:
    """A document, how often it was worked out, and who may follow it no more."""

    document: Any
    asked: int = 0
    error: Exception | None = None
    over: set[Hashable] = field(default_factory=set)

    def work(self, _: float) -> bytes:
        self.asked += 1
        if self.error is not None:
            raise self.error
        return json.dumps(self.document).encode()

    def guard(self, tickets: Collection[Hashable]) -> set[Hashable]:
        return self.over & set(tickets)

    def channels(self, beat_seconds: float = 3600) -> Channels:
        return Channels(0.05, lambda: NOW, self.guard, beat_seconds)


def events(sent: bytes) -> list[Event]:
    """What a client reads of it; comments and the time to wait are none."""
    found = []
    for block in sent.decode().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "event" in fields:
            found.append((fields["event"], fields.get("id"), json.loads(fields["data"])))
    return found


class Client:
    """One who follows, and keeps the document."""

    def __init__(self, of: Channels, source: Source, last_id: str | None = None, ticket: str = "a") -> None:
        stream = of.follow("board", source.work, ticket, last_id)
        self._stream = cast("AsyncGenerator[bytes, None]", stream)
        self.document: Any = None
        self.id = last_id

    async def next(self, kind: str | None = None) -> list[Event]:
        """The next events, or those that hold one of a kind."""
        while True:
            found = events(await asyncio.wait_for(anext(self._stream), 30))
            for name, identifier, data in found:
                if name == "board":
                    self.document, self.id = data, identifier
                elif name == "change":
                    self.document, self.id = jsonpatch.apply_patch(self.document, data), identifier
            if kind is None or any(name == kind for name, _, _ in found):
                return found

    async def leave(self) -> None:
        await self._stream.aclose()


def test_changes_are_sent_as_differences_that_lead_to_the_whole() -> None:
    async def follow() -> None:
        source = Source({"rows": [{"name": f"党员{n}", "points": 1000 - n} for n in range(50)], "members": 50})
        client = Client(source.channels(), source)
        assert [name for name, _, _ in await client.next()] == ["board", "beat"]
        for points in (990, 980):
            source.document["rows"][3]["points"] = points
            source.document["rows"].insert(0, source.document["rows"].pop(3))
            (event,) = await client.next()
            assert (event[0], len(json.dumps(event[2])) < 300) == ("change", True)
            assert client.document == source.document
        await client.leave()

    asyncio.run(follow())


def test_it_is_worked_out_once_for_all_who_follow_and_not_without_them() -> None:
    async def follow() -> None:
        source = Source({"n": 0})
        of = source.channels()
        clients = [Client(of, source) for _ in range(200)]
        await asyncio.gather(*(one.next() for one in clients))
        asked = source.asked
        source.document["n"] = 1
        await asyncio.gather(*(one.next("board") for one in clients))  # so small a document is sent whole
        assert source.asked - asked < 10
        assert {one.id for one in clients} == {clients[0].id}
        for one in clients:
            await one.leave()
        await asyncio.sleep(0.2)
        asked = source.asked
        await asyncio.sleep(0.2)
        assert (source.asked, len(of)) == (asked, 0)

    asyncio.run(follow())


def test_who_comes_back_is_sent_only_what_was_missed() -> None:
    async def follow() -> None:
        source = Source({"rows": list(range(100))})
        of = source.channels()
        client, stays = Client(of, source), Client(of, source)
        await asyncio.gather(client.next(), stays.next())
        await client.leave()
        again = Client(of, source, client.id)
        assert [name for name, _, _ in await again.next()] == ["beat"]
        await again.leave()
        source.document["rows"][7] = 77
        await stays.next("change")
        late = Client(of, source, client.id)
        late.document = client.document
        assert [name for name, _, _ in await late.next()] == ["change", "beat"]
        assert (late.document, late.id) == (source.document, stays.id)
        # The id is the document's own: after a restart it is known as well, and any other leads to the whole.
        restarted = Client(source.channels(), source, late.id)
        assert [name for name, _, _ in await restarted.next()] == ["beat"]
        stranger = Client(of, source, "0" * 32)
        assert [name for name, _, _ in await stranger.next()] == ["board", "beat"]
        for one in (stays, late, restarted, stranger):
            await one.leave()

    asyncio.run(follow())


def test_who_fell_behind_is_sent_the_whole() -> None:
    async def follow() -> None:
        source = Source({"rows": list(range(100)), "n": 0})
        of = source.channels()
        slow, quick = Client(of, source), Client(of, source)
        await asyncio.gather(slow.next(), quick.next())
        for number in range(70):
            source.document["n"] = number + 1
            await quick.next("change")
        assert [name for name, _, _ in await slow.next()] == ["board", "beat"]
        assert slow.document == quick.document == source.document
        for one in (slow, quick):
            await one.leave()

    asyncio.run(follow())


def test_beats_tell_that_it_was_looked_at_and_stop_when_it_cannot_be() -> None:
    async def follow() -> None:
        source = Source({"n": 0})
        client = Client(source.channels(beat_seconds=0.1), source)
        await client.next()
        assert await client.next() == [("beat", None, {"checked_at": NOW.isoformat()})]
        source.error = Unavailable()
        while await client.next() != []:  # a beat may be on its way
            pass
        assert await client.next() == []
        source.error = None
        assert await client.next("beat")
        await client.leave()

    asyncio.run(follow())


def test_a_stream_ends_with_its_ticket_with_its_board_and_with_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "GUARD_SECONDS", 0.05)

    async def follow() -> None:
        source = Source({"n": 0})
        of = source.channels()
        revoked, other = Client(of, source, ticket="a"), Client(of, source, ticket="b")
        await asyncio.gather(revoked.next(), other.next())
        source.over = {"a"}
        assert await revoked.next("end") == [("end", None, {"code": "closed"})]
        with pytest.raises(StopAsyncIteration):
            await revoked.next()
        source.error = NotFound(what="board")
        assert await other.next("end") == [("end", None, {"code": "not_found"})]
        source.error = None
        last = Client(of, source)
        await last.next()
        of.close()
        assert await last.next("end")
        with pytest.raises(Unavailable):
            await of.open("board", source.work)

    asyncio.run(follow())
