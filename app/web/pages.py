"""All pages of the console."""

from __future__ import annotations

from fastapi import APIRouter

from app.web import assets, entering, home, meetings


def routers() -> list[APIRouter]:
    """The routers of all pages."""
    return [assets.router, entering.router, home.router, meetings.router]
