"""What is found of a sampled record: in order or not, and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from app.digests.core import Snapshot
from app.kit.errors import ErrorKind, LongwenError


class Following(StrEnum):
    """What follows from a record that is not in order; nothing by itself: people reverse, complete or record it."""

    NOTHING = "nothing"
    CORRECTION = "correction"  # it is reversed or replaced in the open quarter
    EVIDENCE = "evidence"  # what is missing is handed in
    FAULT = "fault"  # it is proposed as a fault


class NotInSample(LongwenError):
    """Only what was drawn is inspected as a sample."""

    kind = ErrorKind.INVALID
    code = "not_in_sample"
    zh = "记录 {entry} 不在这份季检查的抽样中。请按抽样清单登记。"
    en = "The entry {entry} is not in this check's sample. Record what the list of the sample names."


class OwnRecord(LongwenError):
    """Nobody inspects what they recorded or approved, nor what is about themselves."""

    kind = ErrorKind.FORBIDDEN
    code = "own_record"
    zh = "记录 {entry} 由您登记、审核或与您本人有关，请由其他人抽查。"
    en = "The entry {entry} was recorded or approved by you, or is about you. Somebody else inspects it."


@dataclass(frozen=True, slots=True)
class Inspection:
    """One look at one sampled entry; the id is made by the client."""

    id: UUID
    entry_id: UUID
    in_order: bool
    follows: Following
    note: str | None = None


@dataclass(frozen=True, slots=True)
class InspectionDone:
    """With when, and by whom (None: the service)."""

    digest_id: UUID
    inspection: Inspection
    at: datetime
    by: UUID | None
    name: str | None


@dataclass(frozen=True, slots=True)
class InspectionPage:
    """A sample, by entry as it was frozen, and the last finding of each entry that has one."""

    snapshot: Snapshot
    entries: Mapping[UUID, Mapping[str, Any]]
    done: Mapping[UUID, InspectionDone]

    @property
    def wrong(self) -> int:
        return sum(not one.inspection.in_order for one in self.done.values())


@dataclass(frozen=True, slots=True)
class Inspected:
    """What recording has come to; ``replayed`` where all of it stood before."""

    page: InspectionPage
    replayed: bool = False


def sampled(snapshot: Snapshot) -> dict[UUID, Mapping[str, Any]]:
    """By id, the entries drawn for a digest, each with its branch's name; none where it has no sample."""
    branches = snapshot.content.get("sample", {}).get("branches", ())
    return {UUID(row["entry_id"]): {**row, "branch": one["name"]} for one in branches for row in one["entries"]}
