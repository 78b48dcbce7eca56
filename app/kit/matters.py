"""The one form in which matters and titles are compared: what is shown stays as it was written."""

from __future__ import annotations

import re
import unicodedata

_BETWEEN_DIGITS = re.compile(r"(?<=\d)\x00+(?=\d)")


def matter_key(text: str) -> str:
    """One width (NFKC), no difference of case, no spaces, punctuation or invisible characters.

    Between two digits a gap is kept as one point, since 1.5 is not 15. Of a text that is nothing but punctuation that
    is kept; "" where nothing can be seen.
    """
    seen = [one for one in unicodedata.normalize("NFKC", text) if unicodedata.category(one) not in ("Cf", "Cc")]
    gaps = "".join("\x00" if one.isspace() or unicodedata.category(one)[0] in "PZ" else one for one in seen)
    key = _BETWEEN_DIGITS.sub(".", gaps).replace("\x00", "")
    return (key or "".join("".join(seen).split())).casefold()
