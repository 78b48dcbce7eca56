"""Digests of what is kept: canonical JSON (RFC 8785) under SHA-256."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import rfc8785

_INTEGER_MAX = 2**53 - 1
_AS_THEY_ARE = frozenset({str, bool, type(None)})
_HOLDERS = frozenset({dict, list})
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode


def canonical(value: Any) -> bytes:
    """The one byte form of a JSON value; ValueError where JSON has none (NaN, numbers past 2**53)."""
    # Seals hash a hundred thousand rows: where nothing can differ, the interpreter's own encoder is ten times as fast.
    return _encode(value).encode() if _is_plain(value) else rfc8785.dumps(value)


def _is_plain(value: Any) -> bool:
    """Whether the plain form is the canonical one: no fractions, no large numbers, names that sort as bytes do."""
    kind = type(value)
    if kind is dict:
        if not _have_plain_names(value):
            return False
        inner = value.values()
    elif kind is list:
        inner = value
    else:
        inner = (value,)
    # No call for each of a row's twenty values.
    for one in inner:
        kind = type(one)
        if kind in _AS_THEY_ARE or (kind is int and -_INTEGER_MAX <= one <= _INTEGER_MAX):
            continue
        if kind not in _HOLDERS or not _is_plain(one):
            return False
    return True


def _have_plain_names(value: dict[Any, Any]) -> bool:
    try:
        return "".join(value).isascii()
    except TypeError:  # not only strings
        return False


def digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def keyed_digest(key: bytes, data: bytes) -> bytes:
    return hmac.new(key, data, hashlib.sha256).digest()
