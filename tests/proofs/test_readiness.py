"""Whoever probes hears of a broken checkpoint; what it costs does not grow with the ledger."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from fastapi.testclient import TestClient
from sqlalchemy import Connection, make_url, text

from app.auth import service as auth
from app.auth.core import Actor
from app.kit.clock import FixedClock
from app.kit.db import opened
from app.main import create_app
from app.proofs.core import Checkpoint
from app.proofs.readiness import HOLDS, broken_in
from app.proofs.store import insert_checkpoint
from tests.conftest import Addresses, Server, settings_for
from tests.proofs.conftest import Owner, Registry
from tests.statements import count_statements

TAMPERINGS = (
    "UPDATE checkpoint SET leaves = leaves + 1 WHERE district_id = :d AND number = 6",
    "UPDATE checkpoint SET root = sha256(root) WHERE district_id = :d AND number = 6",
    "UPDATE checkpoint SET root = sha256(root) WHERE district_id = :d AND number = 5",
    "DELETE FROM checkpoint WHERE district_id = :d AND number = 5",
    "DELETE FROM checkpoint WHERE district_id = :d AND number < 6",
)


def test_a_tampered_end_of_the_chain_is_found_by_two_rows(sealed: Registry, owner: Owner) -> None:
    town = sealed.town

    def asked(tampering: str | None) -> Any:
        def work(connection: Connection) -> Any:
            if tampering is not None:
                assert connection.execute(text(tampering), {"d": town.district.id}).rowcount
            return broken_in(connection, town.district)

        return owner.run(work, commit=False)

    assert asked(None) is None
    for one in TAMPERINGS:
        assert "6" in asked(one).text("en"), one
    with count_statements(town.database) as statements:
        town.database.run(lambda connection: broken_in(connection, town.district), town.district.id)
    assert len([one for one in statements if "checkpoint" in one]) == 1
    assert not [one for one in statements if "leaf" in one or "entry" in one]


def test_a_service_over_a_broken_checkpoint_is_not_ready(
    fresh_database: Callable[..., Addresses], server: Server, clock: FixedClock, tmp_path: Path, unjudged: None
) -> None:
    there = fresh_database()
    settings = settings_for(there, tmp_path)
    with opened(there.application_url, settings) as database, opened(there.owner_url, settings) as owner:
        district = owner.run(lambda c: auth.create_district(c, "lw", "龙文区"), None)
        actor = Actor.service(district, clock.now(), "Asia/Shanghai")
        made = Checkpoint(district, 1, actor.at, b"", 0, b"")
        database.run(lambda c: insert_checkpoint(c, made), district)
        client = TestClient(create_app(settings, database=database, clock=clock))
        assert client.get("/readyz").status_code == 200
        forged = text("UPDATE checkpoint SET leaves = 7 WHERE district_id = :d")
        address = make_url(server.admin_url).set(database=there.name).render_as_string(hide_password=False)
        with opened(address, settings) as superuser:
            Owner(superuser, cast("Any", None)).run(lambda c: c.execute(forged, {"d": district}))
        assert client.get("/readyz").status_code == 200, "asked a moment ago"
        clock.moment += HOLDS + timedelta(seconds=1)
        answer = client.get("/readyz", headers={"Accept-Language": "en"})
    assert answer.status_code == 503
    assert "longwen verify" in answer.json()["detail"]
