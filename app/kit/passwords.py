"""Passwords at rest: Argon2id, through pwdlib."""

from __future__ import annotations

import unicodedata
from functools import cached_property

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

# OWASP's password storage cheat sheet, second choice: 19 MiB, two passes. Several log-ins at once must fit in memory.
MEMORY_KIB = 19_456
PASSES = 2


class Passwords:
    """Hashes and checks passwords at one cost; the cost is lowered in tests only."""

    def __init__(self, memory_kib: int = MEMORY_KIB, passes: int = PASSES) -> None:
        self._hasher = PasswordHash((Argon2Hasher(time_cost=passes, memory_cost=memory_kib, parallelism=1),))

    def hash(self, password: str) -> str:
        return self._hasher.hash(_normalised(password))

    def check(self, password: str, stored: str | None) -> tuple[bool, str | None]:
        """Whether the password is right, and a new hash if the stored one was made at another cost.

        With nothing stored (an unknown account) it takes as long and is wrong.
        """
        if stored is None:
            self._hasher.verify(_normalised(password), self._decoy)
            return False, None
        return self._hasher.verify_and_update(_normalised(password), stored)

    @cached_property
    def _decoy(self) -> str:
        return self._hasher.hash("nobody's password")


def _normalised(password: str) -> str:
    # The same characters typed on another keyboard may come in another composition (NIST SP 800-63B).
    return unicodedata.normalize("NFKC", password)
