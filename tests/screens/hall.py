"""A hall with a screen: what hangs there, and what is done at the service meanwhile."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

from app.kit.ids import new_id
from tests.boards.test_live import Serving
from tests.town import Desk

KINDS = ("ranking", "branches", "radar", "stars", "grids", "trend", "deeds")
EVENTS = "**/api/v1/screens/playlist/events*"


@dataclass
class Hall:
    """The service's process, the town's desk, and the screen's id and token."""

    serving: Serving
    desk: Desk
    screen_id: str
    token: str

    @classmethod
    def hung(cls, serving: Serving, desk: Desk, *, seconds: int = 3600) -> Hall:
        """Each board stays for an hour, so that the tests turn them."""
        officer, playlist = desk.headers("district_officer"), str(new_id())
        _, made = serving.ask("POST", "/api/v1/screens", officer, {"name": "大厅", "path": desk.town.root})
        steps = [{"kind": kind, "seconds": seconds} for kind in KINDS]
        serving.ask("PUT", f"/api/v1/playlists/{playlist}", officer, {"name": "一楼大厅", "steps": steps})
        path = f"/api/v1/screens/{made['id']}/playlist"
        status, _ = serving.ask("PUT", path, officer, {"playlist_id": playlist})
        assert status == 200
        return cls(serving, desk, made["id"], made["token"])

    @property
    def host(self) -> str:
        return f"http://127.0.0.1:{self.serving.port}"

    def address(self, query: str = "") -> str:
        return f"{self.host}/screen{query}#{self.token}"

    def praise(self, name: str) -> float:
        """Ten points, posted over HTTP; the moment when that was answered."""
        fact, officer = self.desk.town.praise(name), self.desk.headers("committee_officer")
        status, answer = self.serving.ask(
            "POST", "/api/v1/entries", self.desk.headers("secretary"), {"entries": [fact]}
        )
        assert status in (200, 201), answer
        path = f"/api/v1/submissions/{fact['id']}/decision"
        status, answer = self.serving.ask("POST", path, officer, {"decision": "approve"})
        assert status == 200, answer
        return time.monotonic()


def event(name: str, data: Any, identifier: str = "") -> str:
    line = f"id: {identifier}\n" if identifier else ""
    return f"event: {name}\n{line}data: {json.dumps(data, ensure_ascii=False)}\n\n"


def crowded(document: dict[str, Any]) -> dict[str, Any]:
    """A playlist as full as it gets: long names, two hundred rows, more grids and leads than a page holds."""
    name = "中共样例漳州市龙文区蓝田经济开发区智能制造产业园第二联合支部委员会"
    boards = {one["kind"]: one["board"] for one in document["steps"]}
    boards["ranking"]["rows"] = [
        {"rank": 1 + place // 3, "name": "欧阳**", "branch": name, "points": 1044.5, "movement": place % 5 - 2}
        for place in range(200)
    ]
    boards["branches"]["rows"] = [
        {"rank": place + 1, "branch": name, "members": 120, "average": 987.25, "star": None} for place in range(60)
    ]
    boards["stars"]["rows"] = [
        {"rank": 1, "branch": name, "members": None, "average": None, "star": place % 5 + 1} for place in range(60)
    ]
    boards["deeds"]["deeds"] = [
        {
            "name": "欧阳**",
            "branch": name,
            "title": {"zh": "调解职工纠纷" * 4, "en": "Mediates " * 9},
            "on": "2026-11-02",
        }
    ] * 10
    helps = [{"kind": "enterprise", "name": name}] * 12
    leads = [{"branch": name, "star": 5, "state": "leading", "helps": helps}] * 4
    boards["grids"]["grids"] = [
        {"code": f"WG{place:02}", "name": name, "trades": [], "enterprises": 1200, "leads": leads} for place in range(9)
    ]
    boards["trend"]["points"] = [
        {"quarter": f"202{4 + place // 4}Q{place % 4 + 1}", "members": 900, "total": 980.25 - place, "daily": 979.5}
        for place in range(8)
    ]
    return document
