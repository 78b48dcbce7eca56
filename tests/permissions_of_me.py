"""What the table of ``test_permissions`` holds about the own record: everybody's own, and nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from fastapi.testclient import TestClient

from app.kit.ids import new_id


class World(Protocol):
    """Of the two towns, what is asked here."""

    client: TestClient


Call = Callable[[Any, str, dict[str, str]], Any]


def read(path: str) -> Call:
    return lambda world, _, headers: world.client.get(f"/api/v1/me{path}", headers=headers)


def queueing(world: World, _: str, headers: dict[str, str]) -> Any:
    body = {"items": [{"kind": "complaint", "body": {"id": str(new_id()), "text": "通知太晚"}}]}
    return world.client.post("/api/v1/me/queue", json=body, headers=headers)


#                      m  g  o  d  h  s  c  d  s  s  a  n  o  s
#                      e  r  r  i  r  e  o  i  y  e  u  o  u  t
#                      m  o  g  s  .  c  m  s  s  c  d  b  t  r
SIGNED_IN = {"any": "+  +  +  +  +  +  +  +  +  +  +  +  +  1"}
# Whoever is no member has no record.
MEMBERS = {"any": "+  4  4  4  4  4  4  4  4  4  4  4  4  1"}
ROWS: list[tuple[str, Call, dict[str, str]]] = [
    ("GET /api/v1/me", read(""), SIGNED_IN),
    ("GET /api/v1/me/submissions", read("/submissions"), SIGNED_IN),
    ("GET /api/v1/me/file", read("/file"), SIGNED_IN),
    ("POST /api/v1/me/queue", queueing, SIGNED_IN),
    *(
        (f"GET /api/v1/me/{part}", read(f"/{part}"), MEMBERS)
        for part in ("standing", "entries", "items", "duties", "appeals", "evidence")
    ),
]
