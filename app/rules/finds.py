"""Findings that the service proposes by itself, from what attendance comes to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Attended(StrEnum):
    """What a record of attendance comes to that a finding can follow from."""

    NO_MAKE_UP = "no_make_up"
    ABSENCES = "absences"


@dataclass(frozen=True, slots=True)
class Finds:
    """What the service proposes by itself from attendance: after leave that was not made up, or after absences.

    ``sessions`` are the duties concerned; none named: every one that is settled by sessions. ``in_a_row`` is how many
    unexcused absences, one after another, make one finding.
    """

    after: Attended
    sessions: tuple[str, ...] = ()
    in_a_row: int = 1
