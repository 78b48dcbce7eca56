"""All pages of the console."""

from __future__ import annotations

from fastapi import APIRouter

from app.web import (
    account,
    appealing,
    assets,
    checking,
    complaining,
    entering,
    exceptions,
    home,
    importing,
    meetings,
    members,
    noticing,
    recording,
    reviewing,
    rostering,
    transferring,
)


def routers() -> list[APIRouter]:
    """The routers of all pages."""
    files = (
        assets,
        entering,
        account,
        home,
        exceptions,
        meetings,
        recording,
        reviewing,
        checking,
        appealing,
        complaining,
        noticing,
    )
    # Before the members: /members/new is nobody's page.
    of_the_roster = (rostering, transferring, importing, members)
    return [one.router for one in (*files, *of_the_roster)]
