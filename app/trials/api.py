"""Routes that try rule books."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from app.auth.api import Door, permit
from app.auth.core import Permission
from app.trials import simulating
from app.trials.schemas import SimulationAnswer, SimulationRequest

router = APIRouter(prefix="/api/v1/rule-books", tags=["rules"])


@router.post("/simulations", summary="测算细则草案 · Replay a quarter under a draft")
def simulate_draft(
    body: SimulationRequest, door: Annotated[Door, Depends(permit(Permission.RULES_SIMULATE))]
) -> SimulationAnswer:
    """以草案重算已结束的季度：谁的等次或线会变、因哪一条；不保存任何内容。· Who would change band or line, by which
    article; nothing is saved.
    """
    # Who calls is known before a text is read, and no transaction waits for the reading.
    door.run(
        lambda connection, actor: simulating.check_asked(connection, actor, body.edition, has_draft=bool(body.texts())),
        commit=False,
    )
    draft = simulating.read_texts(body.texts()) if body.draft is not None else None
    found = door.run(
        lambda connection, actor: simulating.simulate_draft(
            connection,
            actor,
            body.edition,
            draft,
            body.quarter,
            whole_cycle=body.whole_cycle,
            everyone=body.everyone,
            count_max=body.limit,
        ),
        commit=False,
    )
    return SimulationAnswer.of(found.totals, found.changed, door.language)
