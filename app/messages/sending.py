"""One HTTP call for each parcel, and what went wrong with it: no database, no retry, nothing followed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import httpx2

from app.messages.core import ERROR_CHARACTERS_MAX

SECONDS_MAX = 15.0


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is sent where."""

    url: str
    headers: dict[str, str]
    body: bytes


def send_all(parcels: Sequence[Parcel], seconds_max: float = SECONDS_MAX) -> list[str | None]:
    """Post them all at once; None for each that was answered with 2xx, else what went wrong, in a few words.

    A redirect is an answer like any other and not followed; certificates are checked against the machine's own store;
    proxies of the environment are not used. ``seconds_max`` is the time of a whole call, however slowly it drips, which
    is why these calls alone are asynchronous: only there can a call be broken off anywhere.
    """
    return asyncio.run(_send_all(parcels, seconds_max))


async def _send_all(parcels: Sequence[Parcel], seconds_max: float) -> list[str | None]:
    async with httpx2.AsyncClient(trust_env=False, follow_redirects=False, timeout=seconds_max) as client:
        return await asyncio.gather(*(_send(client, parcel, seconds_max) for parcel in parcels))


async def _send(client: httpx2.AsyncClient, parcel: Parcel, seconds_max: float) -> str | None:
    try:
        async with (
            asyncio.timeout(seconds_max),
            client.stream("POST", parcel.url, content=parcel.body, headers=parcel.headers) as answer,
        ):
            # The status is all that counts; what else is answered is not read.
            return None if answer.is_success else f"HTTP {answer.status_code}"
    except TimeoutError:
        return f"no answer within {seconds_max:g} s"
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        return f"{type(error).__name__}: {error}"[:ERROR_CHARACTERS_MAX]
