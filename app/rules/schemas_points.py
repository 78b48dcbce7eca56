"""The one form in which points cross HTTP: JSON numbers as the book prints them."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

POINTS_MAX = 1_000_000  # no rule book goes further

# Made by ``rules.points.printed_number``: 20 stays a whole number, 33.5 is one with a fraction.
Points = Annotated[int | float, WithJsonSchema({"type": "number"})]


def _exact(value: object) -> Decimal:
    """What the digits say, not what binary fractions make of them."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise PydanticCustomError("decimal_type", "points are a number")
    return Decimal(str(value))


# What a caller sends; whether it is too fine is for the item's book to say.
PointsSent = Annotated[
    Decimal,
    BeforeValidator(_exact),
    Field(ge=-POINTS_MAX, le=POINTS_MAX),
    WithJsonSchema({"type": "number", "minimum": -POINTS_MAX, "maximum": POINTS_MAX}),
]
