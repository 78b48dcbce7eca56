"""Work of every minute: the outbox."""

from __future__ import annotations

from collections.abc import Callable

from app.auth.core_districts import District
from app.kit.ciphers import FieldCipher
from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.settings import Settings
from app.messages import delivering


def deliver(
    database: Database, clock: Clock, district: District, settings: Settings, cipher: Callable[[], FieldCipher]
) -> dict[str, int]:
    """Send what is due in one district."""
    return delivering.deliver(database, clock, district, cipher, settings.webhook_origins)
