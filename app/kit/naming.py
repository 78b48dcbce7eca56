"""Names beside ids: which fields of an answer tell the name of what another field has the id of.

A schema says ``recorded_by_name: AccountName = None`` beside its ``recorded_by`` (or ``member_name`` beside
``member_id``, ``committee_names`` beside the list ``committees``), and leaves it empty. One look-up for the whole
answer fills all of them, at any depth.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, get_args
from uuid import UUID

from pydantic import BaseModel, Field


class Whose(StrEnum):
    """What kind of thing has the name."""

    ACCOUNT = "account"
    MEMBER = "member"
    ORGANISATION = "organisation"
    ENTERPRISE = "enterprise"


PERSONS = frozenset({Whose.ACCOUNT, Whose.MEMBER})

Wanted = Mapping[Whose, set[UUID]]
Names = Mapping[UUID, str]  # an id is of one thing only, whatever its kind


@dataclass(frozen=True, slots=True)
class NameOf:
    """That a field tells a name: of which kinds of things, and by which field's id where the own name does not say."""

    whose: frozenset[Whose]
    by: str | None = None


_OF_ONE = Field(
    description="名称；无从得知或无权知悉的为空 · null where there is none, or none that the caller may know"
)
_OF_MANY = Field(description="名称，次序同编号 · the names, in the order of the ids")

AccountName = Annotated[str | None, NameOf(frozenset({Whose.ACCOUNT})), _OF_ONE]
MemberName = Annotated[str | None, NameOf(frozenset({Whose.MEMBER})), _OF_ONE]
OrganisationName = Annotated[str | None, NameOf(frozenset({Whose.ORGANISATION})), _OF_ONE]
EnterpriseName = Annotated[str | None, NameOf(frozenset({Whose.ENTERPRISE})), _OF_ONE]
# A branch or an enterprise: whom a mentoring helps.
HelpedName = Annotated[str | None, NameOf(frozenset({Whose.ORGANISATION, Whose.ENTERPRISE})), _OF_ONE]
# What a message is about, where that has a name at all.
SubjectName = Annotated[str | None, NameOf(frozenset(Whose), by="id"), _OF_ONE]
MemberNames = Annotated[list[str | None], NameOf(frozenset({Whose.MEMBER})), _OF_MANY]
OrganisationNames = Annotated[list[str | None], NameOf(frozenset({Whose.ORGANISATION})), _OF_MANY]
EnterpriseNames = Annotated[list[str | None], NameOf(frozenset({Whose.ENTERPRISE})), _OF_MANY]


@dataclass(frozen=True, slots=True)
class _Place:
    """A field for a name, and the field that has the id, or the ids."""

    name: str
    id: str
    whose: frozenset[Whose]


def own_fields(schema: type[BaseModel]) -> list[str]:
    """The fields that whoever builds the answer knows: all but the names to be looked up."""
    later = {place.name for place in _places(schema)}
    return [name for name in schema.model_fields if name not in later]


def has_names(schema: Any) -> bool:
    """Whether anything in the schema, at any depth, has a name to be looked up."""
    return any(_places(one) for one in _schemas_of(schema, set()))


def wanted(answer: object) -> Wanted:
    """The ids whose names the answer has room for, by what they are of."""
    found: dict[Whose, set[UUID]] = defaultdict(set)
    for part, place in _rooms(answer):
        for whose in place.whose:
            found[whose].update(_ids(part, place))
    return {whose: ids for whose, ids in found.items() if ids}


def fill(answer: object, names: Names) -> None:
    """Put the names in. The answer is frozen for everybody who gets it; so far nobody has."""
    for part, place in _rooms(answer):
        told = [names.get(one) for one in _ids(part, place)]
        is_list = isinstance(getattr(part, place.id), list | tuple)
        vars(part)[place.name] = told if is_list else next(iter(told), None)


def _ids(part: BaseModel, place: _Place) -> list[UUID]:
    value = getattr(part, place.id)
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _rooms(value: object) -> Iterator[tuple[BaseModel, _Place]]:
    if isinstance(value, BaseModel):
        for place in _places(type(value)):
            yield value, place
        for name in _inner(type(value)):
            yield from _rooms(getattr(value, name))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _rooms(one)
    elif isinstance(value, dict):
        for one in value.values():
            yield from _rooms(one)


@cache
def _places(schema: type[BaseModel]) -> tuple[_Place, ...]:
    found = []
    for name, field in schema.model_fields.items():
        mark = next((one for one in field.metadata if isinstance(one, NameOf)), None)
        if mark is not None:
            found.append(_Place(name, mark.by or _id_field(schema, name), mark.whose))
    return tuple(found)


def _id_field(schema: type[BaseModel], name: str) -> str:
    """``member_name`` is of ``member_id``, ``recorded_by_name`` of ``recorded_by``, ``left_out_names`` of
    ``left_out``, ``committee_names`` of ``committees``.
    """
    stem = name.removesuffix("s").removesuffix("_name")
    return next(one for one in (f"{stem}_id", stem, f"{stem}s") if one in schema.model_fields)


@cache
def _inner(schema: type[BaseModel]) -> tuple[str, ...]:
    """The fields with names somewhere in them."""
    return tuple(name for name, field in schema.model_fields.items() if has_names(field.annotation))


def _schemas_of(annotation: Any, seen: set[type[BaseModel]]) -> set[type[BaseModel]]:
    """All schemas in an annotation, at any depth."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if annotation not in seen:
            seen.add(annotation)
            for field in annotation.model_fields.values():
                _schemas_of(field.annotation, seen)
    else:
        for one in get_args(annotation):
            _schemas_of(one, seen)
    return seen
