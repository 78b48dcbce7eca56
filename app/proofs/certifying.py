"""The verbs by which a sealed quarter is certified: what is to be signed, and the rows that it is about."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection

from app.auth import service_access
from app.auth.core import Actor
from app.auth.core_access import Access, Action, ObjectKind
from app.cycles import service as cycles
from app.kit.errors import ErrorKind, LongwenError
from app.proofs import store
from app.proofs.certificates import body_of
from app.proofs.core import Checkpoint, row_line
from app.roster import service as roster


class NotProven(LongwenError):
    """Only what stands under a root is certified."""

    kind = ErrorKind.CONFLICT
    code = "quarter_not_proven"
    zh = "{quarter} 尚无封账校验点，不能出具证书或导出数据行。请在封账后运行 longwen jobs run prove --slot {quarter}。"
    en = (
        "The quarter {quarter} has no checkpoint of its seal yet, so there is nothing to certify. After the seal run"
        " longwen jobs run prove --slot {quarter}."
    )


def make(connection: Connection, actor: Actor, quarter: str) -> bytes:
    """The certificate's body, kept from now on; asked for again it is the same. Raises UnknownQuarter and NotProven."""
    cycles.quarter(connection, actor, quarter)
    known = store.list_certificates(connection, actor.district_id).get(quarter)
    if known is not None:
        return known
    made = body(connection, actor, quarter)
    if made is None:
        raise NotProven(quarter=quarter, field="quarter")
    store.insert_certificate(connection, actor.district_id, quarter, made, at=actor.at, by=actor.account_id)
    return made


def sealed(connection: Connection, actor: Actor, quarter: str) -> Checkpoint | None:
    """The checkpoint of the quarter's seal; None before there is one. Raises UnknownQuarter."""
    cycles.quarter(connection, actor, quarter)
    return store.find_seal(connection, actor.district_id, quarter)


def to_sign(connection: Connection, actor: Actor, quarter: str) -> bytes:
    """The certificate's body as ``make`` keeps it, without keeping it. Raises UnknownQuarter and NotProven."""
    cycles.quarter(connection, actor, quarter)
    known = store.list_certificates(connection, actor.district_id).get(quarter)
    found = known or body(connection, actor, quarter)
    if found is None:
        raise NotProven(quarter=quarter, field="quarter")
    return found


def body(connection: Connection, actor: Actor, quarter: str) -> bytes | None:
    """What a certificate of the quarter says, as the checkpoints stand; None without one of its seal."""
    sealed = store.find_seal(connection, actor.district_id, quarter)
    if sealed is None:
        return None
    code = store.get_district_code(connection, actor.district_id)
    return body_of(code, sealed, store.list_seals(connection, actor.district_id, sealed.number))


def note_export(connection: Connection, actor: Actor, quarter: str, *, reason: str | None, request_id: str) -> None:
    """Write the export of the rows to the access log. Raises UnknownQuarter and NotProven."""
    cycles.quarter(connection, actor, quarter)
    if store.find_seal(connection, actor.district_id, quarter) is None:
        raise NotProven(quarter=quarter, field="quarter")
    path = roster.root_of(actor.district_id)
    access = Access(Action.QUARTER_EXPORT, ObjectKind.QUARTER, quarter, path, request_id, reason)
    service_access.write_down(connection, actor, access)


def rows(connection: Connection, actor: Actor, quarter: str) -> Iterator[tuple[dict[str, Any], bytes]]:
    """The quarter's frozen standings in the order of their tree, each with the line that is hashed."""
    for _, row in store.stream_frozen(connection, actor.district_id, quarter):
        yield row, row_line(row)
