"""All pages of the console."""

from __future__ import annotations

from fastapi import APIRouter

from app.web import account, assets, checking, entering, home, meetings, members, recording, reviewing


def routers() -> list[APIRouter]:
    """The routers of all pages."""
    files = (assets, entering, account, home, meetings, members, recording, reviewing, checking)
    return [one.router for one in files]
