"""Routes of vetoes that were decided."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from app.auth.api import Door, permit
from app.auth.core import Permission
from app.kit.http import tell_replay
from app.submissions import vetoes
from app.submissions.core import PAGE_MAX
from app.submissions.core_vetoes import SoughtVetoes, VetoState
from app.submissions.schemas import after_cursor
from app.submissions.schemas_vetoes import FilingRequest, LiftingAnswer, LiftingRequest, VetoAnswer, VetoPageAnswer

router = APIRouter(prefix="/api/v1/vetoes", tags=["submissions"])


@router.get("", summary="一票否决 · Vetoes")
def list_vetoes(
    door: Annotated[Door, Depends(permit(Permission.SUBMISSION_READ))],
    state: VetoState | None = None,
    filed: Annotated[bool | None, Query(description="是否已备案 · whether it was filed")] = None,
    member_id: UUID | None = None,
    cursor: Annotated[str | None, Query(pattern=r"^[0-9]{1,16}\.[0-9a-f]{32}$")] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 50,
) -> VetoPageAnswer:
    """已作出的一票否决；未作出的见申报（kind=veto）。· Those decided; proposals are submissions of the kind veto."""
    sought, after = SoughtVetoes(state, filed, member_id), after_cursor(cursor)
    return door.run_named(
        lambda connection, actor: (vetoes.page(connection, actor, sought, after=after, count_max=limit), actor.today),
        lambda found: VetoPageAnswer.of(*found),
    )


@router.post("/{veto_id}/filing", summary="备案 · File a veto")
def file_veto(
    veto_id: UUID,
    body: FilingRequest,
    request: Request,
    response: Response,
    door: Annotated[Door, Depends(permit(Permission.VETO_FILE))],
    preview: bool = False,
) -> VetoAnswer:
    """区两新工委确认备案；未备案的列在清单中。· The district acknowledges it; until then it is listed."""
    ((_, replayed), _), answer = door.run_and_name(
        lambda connection, actor: (
            vetoes.file(connection, actor, veto_id, under=body.under, note=body.note),
            actor.today,
        ),
        lambda done: VetoAnswer.of(done[0][0], done[1]),
        commit=not preview,
    )
    tell_replay(request, response, replayed)
    return answer


@router.post("/{veto_id}/lifting", summary="解除一票否决 · Lift a veto")
def lift_veto(
    veto_id: UUID,
    body: LiftingRequest,
    request: Request,
    response: Response,
    door: Annotated[Door, Depends(permit(Permission.ENTRY_REVERSE))],
    preview: bool = False,
) -> LiftingAnswer:
    """依据被撤销或申诉成立时解除，并冲正该记录；考评年度结束的，自行终止，不必解除。

    When its ground is annulled or on appeal, by reversing the entry. With its cycle a veto ends by itself.
    """
    ((_, undone), _), answer = door.run_and_name(
        lambda connection, actor: (vetoes.lift(connection, actor, veto_id, body.lifting()), actor.today),
        lambda done: LiftingAnswer.of(*done[0], done[1]),
        commit=not preview,
    )
    tell_replay(request, response, undone.replayed)
    return answer
