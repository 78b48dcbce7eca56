"""A day as requests write it."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

_WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2}")
_FIRST, _LAST = "1900", "2199"  # of anybody alive, of any plan; nothing is reckoned beyond the calendar's ends


def _written_as_day(value: object) -> object:
    if isinstance(value, str) and _WRITTEN.fullmatch(value) is None:
        raise PydanticCustomError("date_parsing", "a day is written YYYY-MM-DD")
    if isinstance(value, str) and not _FIRST <= value[:4] <= _LAST:
        raise PydanticCustomError("date_parsing", "a day lies between 1900 and 2199")
    if isinstance(value, int | float):
        raise PydanticCustomError("date_type", "a day is written as text")
    return value


def is_reckoned(year: int) -> bool:
    """Whether requests may write the year: of a day, or of a window."""
    return int(_FIRST) <= year <= int(_LAST)


# A day as it is documented; by itself Pydantic takes "0" for the first of January 1970.
Day = Annotated[date, BeforeValidator(_written_as_day)]
