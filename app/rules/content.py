"""The form in which an edition is kept: canonical JSON (RFC 8785), and the digest of it that entries refer to.

What is kept is the compiled edition, not the files: reading it back needs no knowledge of how files were once compiled.
Fields that have their default are left out, so that a field added to the model later does not change old digests.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from datetime import date
from enum import Enum
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from app.kit.digests import canonical, digest
from app.kit.errors import ErrorKind, LongwenError
from app.rules.core import Edition, Item, Regime

FORMAT = 1


class ContentUnreadable(LongwenError):
    """The stored edition is not what was published."""

    kind = ErrorKind.UNAVAILABLE
    code = "edition_unreadable"
    zh = "库中的评分细则版本 {digest} 与发布时不一致，不能使用。请联系系统管理员核对数据库和备份。"
    en = "The stored edition {digest} is not what was published and cannot be used. Check the database and its backups."


def content_of(edition: Edition) -> bytes:
    """The canonical bytes of an edition: everything in it but the digests, which follow from them.

    Items are listed once, in the order of the catalogue, with each of their variants; a regime gives for each place in
    that list the number of its variant.
    """
    variants: dict[str, list[Item]] = {}
    for regime in edition.regimes.values():
        for code, item in regime.items.items():
            found = variants.setdefault(code, [])
            if item not in found:
                found.append(item)
    content = _plain(replace(edition, regimes={}, digest=""))
    content |= {
        "format": FORMAT,
        "items": [[_plain(item) for item in found] for found in variants.values()],
        "regimes": [_regime_content(regime, variants) for regime in edition.regimes.values()],
    }
    return canonical(content)


def digest_of(content: bytes) -> str:
    """The name of the content: its SHA-256 in hex."""
    return digest(content).hex()


def edition_from_content(content: bytes) -> Edition:
    """The edition that ``content_of`` made these bytes of. Raises ``ContentUnreadable`` if they are not such bytes."""
    name = digest_of(content)
    try:
        data = json.loads(content)
        if data.pop("format") != FORMAT:
            raise ContentUnreadable(digest=name)
        pool = [[_reader(Item).validate_python(one) for one in found] for found in data.pop("items")]
        regimes = [_regime_from(one, pool, data, name) for one in data.pop("regimes")]
        edition: Edition = _reader(Edition).validate_python({**data, "digest": name, "regimes": {}})
    except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
        raise ContentUnreadable(digest=name) from error
    return replace(edition, regimes={regime.profile: regime for regime in regimes})


def _regime_content(regime: Regime, variants: Mapping[str, list[Item]]) -> dict[str, Any]:
    content: dict[str, Any] = _plain(replace(regime, items={}, digest=""))
    for said_once in ("book", "edition"):
        del content[said_once]
    chosen = [found.index(regime.items[code]) if code in regime.items else None for code, found in variants.items()]
    return {**content, "items": chosen}


def _regime_from(content: dict[str, Any], pool: list[list[Item]], edition: Mapping[str, Any], name: str) -> Regime:
    chosen = content.pop("items")
    known = {"book": edition["book"], "edition": edition["code"], "digest": name, "items": {}}
    regime: Regime = _reader(Regime).validate_python({**content, **known})
    found = [variants[number] for variants, number in zip(pool, chosen, strict=True) if number is not None]
    return replace(regime, items={item.code: item for item in found})


@cache
def _reader(model: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(model)


def _plain(value: Any) -> Any:
    """A value of the model as JSON has it; sets are sorted, and fields that have their default left out."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            one.name: _plain(getattr(value, one.name))
            for one in fields(value)
            if getattr(value, one.name) != _default(one)
        }
    if isinstance(value, Enum | date):
        return value.value if isinstance(value, Enum) else value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, frozenset):
        return sorted(_plain(part) for part in value)
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    return value


def _default(one: Field[Any]) -> Any:
    if one.default_factory is not MISSING:
        return one.default_factory()
    return one.default
