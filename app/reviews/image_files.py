"""An image on the machine's disk while papers are made of it: too long to be held at once, and read from the start."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from app.reviews.core_packs import CHUNK_BYTES, Fact, Json, line_of


def write_image(facts: Iterable[Json], target: Path) -> None:
    """The facts as an image, the head before all others wherever it came."""
    body = target.with_suffix(".body")
    head: Json | None = None
    with body.open("wb") as output:
        for fact in facts:
            if fact["is"] == Fact.HEAD:
                head = fact
            else:
                output.write(line_of(fact))
    if head is None:
        raise AssertionError("an image has a head")
    with target.open("wb") as output, body.open("rb") as given:
        output.write(line_of(head))
        shutil.copyfileobj(given, output, CHUNK_BYTES)
    body.unlink()


def read_image(source: Path) -> Iterator[Json]:
    """Its facts, line by line."""
    with source.open("rb") as file:
        for line in file:
            yield json.loads(line)


def head_of(source: Path) -> Json:
    return next(read_image(source))


def digest_of(source: Path) -> bytes:
    """SHA-256 of the file's bytes."""
    with source.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def chunks_of(source: Path) -> Iterator[bytes]:
    """The file's bytes in pieces of one size."""
    with source.open("rb") as file:
        while piece := file.read(CHUNK_BYTES):
            yield piece
