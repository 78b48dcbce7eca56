"""Webhooks over HTTP: made once, to where the operator allows, with a secret that is told once."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from app.kit.clock import FixedClock
from app.kit.db import Database
from app.kit.ids import new_id
from app.kit.settings import Settings
from app.messages import delivering
from app.messages.core import BadWebhookUrl, origin_of
from tests.applications import Applications
from tests.messages.conftest import Bridge
from tests.messages.test_delivering import CIPHER, tell
from tests.town import Desk, Town

HOOKS = "/api/v1/webhooks"


@pytest.fixture
def client(
    applications: Applications, settings: Settings, database: Database, clock: FixedClock, bridge: Bridge
) -> TestClient:
    allowed = {"webhook_origins": (bridge.origin, "https://bridge.example")}
    lent = applications.lend(settings.model_copy(update=allowed), database, clock)
    return TestClient(lent, raise_server_exceptions=False)


def post(desk: Desk, path: str = HOOKS, login: str = "system_administrator", **body: Any) -> Any:
    return desk.client.post(path, json=body or None, headers=desk.headers(login))


def get(desk: Desk, path: str, login: str = "system_administrator", **query: Any) -> Any:
    answer = desk.client.get(path, params=query, headers=desk.headers(login))
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_secret_is_told_once(desk: Desk) -> None:
    body: dict[str, Any] = {
        "id": str(new_id()),
        "url": "https://bridge.example/in",
        "kinds": ["deadline_near", "hearing_asked"],
    }
    made = post(desk, **body)
    assert made.status_code == 201
    assert len(made.json()["secret"]) > 40
    again = post(desk, **body)
    assert (again.status_code, again.headers["idempotent-replay"], again.json()["secret"]) == (200, "true", None)
    assert post(desk, **{**body, "url": "https://bridge.example/other"}).json()["code"] == "webhook_differs"
    for login in ("system_administrator", "auditor"):
        (listed,) = get(desk, HOOKS, login)["webhooks"]
        assert set(listed) == {"id", "url", "kinds", "active", "created_at"}
        assert listed["kinds"] == body["kinds"]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("https://elsewhere.example/in", "origin_not_allowed"),
        ("http://bridge.example/in", "origin_not_allowed"),
        ("https://bridge.example:8443/in", "origin_not_allowed"),
        ("http://169.254.169.254/latest", "origin_not_allowed"),
        ("https://bridge.example@elsewhere.example/", "bad_webhook_url"),
        ("https://bridge.example#@elsewhere.example/", "bad_webhook_url"),
        ("https://bridge.example\\@elsewhere.example/", "bad_webhook_url"),
        ("https://BRIDGE.example/", "bad_webhook_url"),
        ("https://bridge.example:99999/", "bad_webhook_url"),
        ("ftp://bridge.example/", "bad_webhook_url"),
        ("bridge.example", "bad_webhook_url"),
        ("https://bridge.example/ in", "bad_webhook_url"),
    ],
)
def test_nothing_leads_where_the_operator_did_not_allow(desk: Desk, url: str, code: str) -> None:
    answer = post(desk, id=str(new_id()), url=url)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert get(desk, HOOKS)["webhooks"] == []


def test_an_origin_has_one_form() -> None:
    for url in ("https://a.example", "https://a.example/", "https://a.example:443/x?y=1"):
        assert origin_of(url) == "https://a.example"
    assert origin_of("http://[::1]:8080/x") == "http://[::1]:8080"
    with pytest.raises(BadWebhookUrl):
        origin_of("https://a.example?x")


def test_the_setting_takes_origins_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LONGWEN_WEBHOOK_ORIGINS", "https://A.example:443/, http://10.0.0.5:8080,")
    assert Settings().webhook_origins == ("https://a.example", "http://10.0.0.5:8080")
    for wrong in ("a.example", "https://a.example/path", "https://user@a.example", "*"):
        monkeypatch.setenv("LONGWEN_WEBHOOK_ORIGINS", wrong)
        with pytest.raises(ValidationError):
            Settings()


def test_a_test_is_delivered_and_listed(desk: Desk, bridge: Bridge) -> None:
    desk.town.add_member("王五")
    hook = str(new_id())
    post(desk, id=hook, url=bridge.url)
    key = post(desk, f"{HOOKS}/{hook}/test").json()["delivery"]
    tell(desk.town)
    run_once(desk.town, bridge)
    assert key in bridge.keys
    listed = get(desk, f"{HOOKS}/{hook}/deliveries")["deliveries"]
    assert [(one["kind"], one["state"]) for one in listed] == [("complaint_answered", "sent"), (None, "sent")]
    assert "2026-0007" not in str(listed)  # the outbox tells nothing of what was told
    first = get(desk, f"{HOOKS}/{hook}/deliveries", limit=1)
    second = get(desk, f"{HOOKS}/{hook}/deliveries", limit=1, before=first["following"])
    assert [one["deliveries"][0]["id"] for one in (first, second)] == [one["id"] for one in listed]
    assert second["following"] is None
    assert get(desk, f"{HOOKS}/{hook}/deliveries", state="dead")["deliveries"] == []


def run_once(town: Town, bridge: Bridge) -> None:
    delivering.deliver(town.database, town.clock, town.district, lambda: CIPHER, [bridge.origin])


def test_a_webhook_is_taken_away_for_good(desk: Desk, bridge: Bridge) -> None:
    hook = str(new_id())
    post(desk, id=hook, url=bridge.url)
    post(desk, f"{HOOKS}/{hook}/test")
    for _ in range(2):
        answer = desk.client.delete(f"{HOOKS}/{hook}", headers=desk.headers("system_administrator"))
        assert answer.status_code == 204
    assert get(desk, HOOKS)["webhooks"][0]["active"] is False
    assert get(desk, f"{HOOKS}/{hook}/deliveries")["deliveries"][0]["state"] == "dropped"
    assert post(desk, f"{HOOKS}/{hook}/test").json()["code"] == "webhook_closed"


def test_a_webhook_that_is_not_there_is_not_found(desk: Desk) -> None:
    hook = f"{HOOKS}/{new_id()}"
    headers = desk.headers("system_administrator")
    assert desk.client.delete(hook, headers=headers).status_code == 404
    assert desk.client.get(f"{hook}/deliveries", headers=headers).status_code == 404
    assert post(desk, f"{hook}/test").status_code == 404
