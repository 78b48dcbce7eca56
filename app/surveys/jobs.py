"""Work of every ten minutes: surveys whose days are over."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import structlog

from app.auth.core import Actor
from app.auth.core_districts import District
from app.kit.ciphers import FieldCipher, WrongKey
from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.settings import Settings
from app.surveys import closing

_log = structlog.get_logger("longwen.surveys")


def close(
    database: Database,
    clock: Clock,
    district: District,
    settings: Settings,  # noqa: ARG001 - what every round is handed
    cipher: Callable[[], FieldCipher],
) -> dict[str, int]:
    """Close what is due in one district, each in a transaction of its own. The key is asked for only then.

    A box that does not open stops no other; it is tried again, until it opens or its survey is withdrawn.
    """
    actor = Actor.service(district.id, clock.now(), district.time_zone)
    counts = {"closed": 0, "failed": 0}
    for survey_id in database.run(lambda connection: closing.due(connection, actor), district.id):
        work = partial(closing.close, actor=actor, survey_id=survey_id, cipher=cipher())
        try:
            database.run(work, district.id)
            counts["closed"] += 1
        except WrongKey:
            _log.error("survey_does_not_open", survey=str(survey_id))
            counts["failed"] += 1
    return counts
