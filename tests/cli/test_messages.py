"""The outbox at the command line."""

from __future__ import annotations

import json

from app.kit.ids import new_id
from tests.cli.conftest import Longwen


def test_an_empty_outbox_is_no_error(longwen: Longwen) -> None:
    longwen("district", "create", "longwen", "龙文区")
    said = longwen("messages", "deliver", "--json")
    assert (said.status, json.loads(said.out)) == (0, {"district": "longwen", "sent": 0, "failed": 0, "dead": 0})
    assert longwen("messages", "deliveries", "--state", "dead").out.startswith("id\tkind\tstate\tattempts")


def test_a_webhook_that_is_not_there_is_refused(longwen: Longwen) -> None:
    longwen("district", "create", "longwen", "龙文区")
    said = longwen("messages", "retry", new_id())
    assert said.status == 1
    assert "webhook" in said.err
