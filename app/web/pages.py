"""All pages of the console."""

from __future__ import annotations

from types import ModuleType

from fastapi import APIRouter

from app.web import (
    account,
    administering,
    appealing,
    assets,
    assisting,
    checking,
    commending,
    complaining,
    digests,
    entering,
    exceptions,
    grids,
    home,
    importing,
    key_work,
    keys,
    leading,
    meetings,
    members,
    noticing,
    packs,
    playlists,
    policies,
    quarters,
    rating,
    recording,
    reforming,
    reversing,
    reviewing,
    rostering,
    rounds,
    rulebooks,
    screens,
    surveying,
    telling,
    touring,
    transferring,
    treating,
    vetoing,
)


def routers() -> list[APIRouter]:
    """The routers of all pages."""
    files: tuple[ModuleType, ...] = (
        assets,
        entering,
        account,
        home,
        touring,
        exceptions,
        meetings,
        recording,
        reviewing,
    )
    files += (checking, appealing, complaining, noticing, telling, reversing, vetoing)
    files += (assisting, commending, rounds, rating, treating, administering, surveying, grids, screens)
    files += (leading, quarters, rulebooks, digests, reforming, keys, key_work)
    files += (packs, policies, playlists)
    # Before the members: /members/new is nobody's page.
    files += (rostering, transferring, importing, members)
    return [one.router for one in files]
