"""Canonical JSON: one form, whichever way it was made."""

from __future__ import annotations

from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from app.kit.digests import canonical

_LEAVES = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text() | st.floats(allow_nan=False)
_VALUES = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4)
)


@given(_VALUES)
def test_the_form_is_that_of_the_standard_whatever_is_in_it(value: Any) -> None:
    try:
        ought = rfc8785.dumps(value)
    except ValueError:
        with pytest.raises(ValueError):  # noqa: PT011 - any of them
            canonical(value)
    else:
        assert canonical(value) == ought


@pytest.mark.parametrize("value", [float("nan"), 2**53, {"a": [-(2**53)]}, {"a": "\ud800"}])
def test_what_json_cannot_hold_is_refused(value: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any of them
        canonical(value)
