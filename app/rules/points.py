"""Points as a book prints them: half points inside are whole numbers in its smallest unit, outside they are 2.5.

Whatever a person or a program reads is made here, and whatever they send is read here; nobody else scales points.
``decimals`` is the number of places of the book's smallest unit (``Regime.decimals``).
"""

from __future__ import annotations

from decimal import Decimal

from app.rules.core import Edition


def decimals_of(edition: Edition) -> int:
    """The places of an edition's points, which every class of members has alike."""
    return next((regime.decimals for regime in edition.regimes.values()), 0)


def printed(points: int, decimals: int) -> Decimal:
    """The exact number with the book's places: 985 with one place is 98.5, and 980 is 98.0."""
    return Decimal(points).scaleb(-decimals)


def printed_text(points: int, decimals: int) -> str:
    """As it is written in a sentence, without idle zeros: 98.5, but 98."""
    if not decimals:
        return str(points)
    return f"{printed(points, decimals):f}".rstrip("0").rstrip(".")


def signed_text(points: int, decimals: int) -> str:
    """The same with its sign: +2.5, -10, +0."""
    return f"{'' if points < 0 else '+'}{printed_text(points, decimals)}"


def printed_number(points: int, decimals: int) -> int | float:
    """As JSON has it: whole points stay whole numbers, so that a book without decimals answers as ever."""
    if not decimals:
        return points
    unit: int = 10**decimals
    return points / unit if points % unit else points // unit


def json_number(points: Decimal) -> int | float:
    """Printed points as JSON has them."""
    whole = int(points)
    return whole if points == whole else float(points)


def smallest_unit(points: Decimal, decimals: int) -> int | None:
    """Printed points in the book's smallest unit; None where they are finer than that."""
    scaled = points.scaleb(decimals)
    return None if scaled % 1 else int(scaled)
