"""Digests of what is kept: canonical JSON (RFC 8785) under SHA-256."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import rfc8785


def canonical(value: Any) -> bytes:
    """The one byte form of a JSON value; ValueError where JSON has none (NaN, numbers past 2**53)."""
    return rfc8785.dumps(value)


def digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def keyed_digest(key: bytes, data: bytes) -> bytes:
    return hmac.new(key, data, hashlib.sha256).digest()
