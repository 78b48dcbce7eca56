"""What a form sends: read into a schema, and kept so that a refused form comes back as it was typed."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ValidationError
from starlette.datastructures import UploadFile

from app.kit import problems
from app.kit.errors import LongwenError
from app.kit.problems import Language

CSRF_FIELD = "csrf"

Form = TypeVar("Form", bound=BaseModel)
# A query of a page: the choice “all” of a list is sent as an empty text.
Unchosen = BeforeValidator(lambda sent: sent or None)


class FormRefused(LongwenError):
    """Fields of a form are missing or wrong; each is told beside its field."""

    code = "form_refused"
    zh = "有 {count} 处需要改正，见下面各栏的说明。"
    en = "{count} of the fields have to be put right; see what is said beside each."

    def __init__(self, errors: list[Any]) -> None:
        super().__init__(count=len(errors))
        self._errors = errors

    def listed(self, language: str) -> list[dict[str, Any]]:
        told: Language = "zh" if language.startswith("zh") else "en"
        found: list[dict[str, Any]] = problems.of_validation(self._errors, told, "").document["faults"]
        return found


@dataclass(frozen=True)
class Posted:
    """The fields of a form in their order; empty where none was sent."""

    fields: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, UploadFile], ...] = field(default=())

    def get(self, name: str, default: str = "") -> str:
        """The last value under the name."""
        return next((value for key, value in reversed(self.fields) if key == name), default)

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.fields if key == name]

    def under(self, prefix: str) -> Iterator[tuple[str, str]]:
        """The fields of a table: ``status.7`` under ``status.`` is ("7", value); empty ones are left out."""
        for key, value in self.fields:
            if key.startswith(prefix) and value:
                yield key.removeprefix(prefix), value

    def file(self, name: str) -> UploadFile | None:
        return next((one for key, one in self.files if key == name and one.filename), None)

    def read(self, schema: type[Form], **more: Any) -> Form:
        """The form as a value of the schema; an empty field counts as not sent. Raises FormRefused."""
        values: dict[str, Any] = dict(more)
        for name, one in schema.model_fields.items():
            key = one.alias or name
            if key in values:
                continue
            sent = [value for value in self.all(key) if value.strip()]
            if get_origin(one.annotation) in (list, tuple):
                values[key] = sent
            elif sent:
                values[key] = _number(sent[-1]) if _is_number(one.annotation) else sent[-1]
        try:
            return schema.model_validate(values)
        except ValidationError as refusal:
            raise FormRefused(list(refusal.errors())) from refusal


def _is_number(annotation: Any) -> bool:
    """Whether the field takes numbers, which a form sends as text and a schema takes as numbers only."""
    return annotation in (int, Decimal) or any(_is_number(one) for one in get_args(annotation))


def _number(text: str) -> int | Decimal | str:
    """Text that is no number is left to the schema to refuse."""
    try:
        return int(text) if re.fullmatch(r"\s*-?[0-9]{1,15}\s*", text) else Decimal(text.strip())
    except InvalidOperation:
        return text


def masked(token: str) -> str:
    """The token of a page's forms, different each time: a compressed page tells nothing of it by its length."""
    secret = bytes.fromhex(token)
    pad = secrets.token_bytes(len(secret))
    return (pad + _mixed(pad, secret)).hex()


def unmasked(sent: str) -> str | None:
    """What ``masked`` hid; None where it is no such token."""
    try:
        both = bytes.fromhex(sent)
    except ValueError:
        return None
    half = len(both) // 2
    return None if not both or len(both) % 2 else _mixed(both[:half], both[half:]).hex()


def _mixed(pad: bytes, other: bytes) -> bytes:
    return bytes(one ^ two for one, two in zip(pad, other, strict=True))
