"""Routes of what proves a sealed quarter."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response
from sqlalchemy import Connection

from app.auth.api import Door, permit
from app.auth.core import Actor, Permission
from app.proofs import certifying
from app.proofs.certificates import Certificate
from app.proofs.schemas import QuarterProofAnswer

router = APIRouter(prefix="/api/v1/quarters", tags=["quarters"])

FILE = "application/octet-stream"  # to be kept and signed, not to be read by a program of the web
Quarter = Annotated[str, Path(pattern=r"^\d{4}Q[1-4]$", examples=["2026Q3"])]
Reading = Annotated[Door, Depends(permit(Permission.CHECK_READ))]


@router.get("/{quarter}/proof", summary="封账校验点 · The checkpoint of a seal")
def read_quarter_proof(quarter: Quarter, door: Reading) -> QuarterProofAnswer:
    """封账结果的根值；请抄存在系统之外，以便日后核对。· The root of what was sealed; keep it outside, to compare."""

    def work(connection: Connection, actor: Actor) -> QuarterProofAnswer:
        found = certifying.sealed(connection, actor, quarter)
        return QuarterProofAnswer(quarter=quarter) if found is None else QuarterProofAnswer.of(found)

    return door.run(work)


@router.get(
    "/{quarter}/certificate",
    summary="封账证书（待签名） · The certificate, to be signed",
    response_class=Response,
    responses={200: {"content": {FILE: {"schema": {"type": "string", "format": "binary"}}}}},
)
def read_certificate(quarter: Quarter, door: Reading) -> Response:
    """签发人用 longwen certificate sign 离线签名。· An officer signs it offline (longwen certificate sign)."""
    body = door.run(lambda connection, actor: certifying.to_sign(connection, actor, quarter))
    return certificate_file(quarter, body)


def certificate_file(quarter: str, body: bytes) -> Response:
    """As ``longwen certificate make`` writes it."""
    headers = {"Content-Disposition": f'attachment; filename="certificate-{quarter}.json"'}
    return Response(Certificate(json.loads(body)).text(), media_type=FILE, headers=headers)
