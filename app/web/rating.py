"""One branch in a round: its indicators side by side, why it has its star, and what each in turn does to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response
from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.kit.errors import LongwenError
from app.kit.http import blob
from app.kit.ids import new_id
from app.kit.words import Words
from app.ratings import checking, deciding, filling, service, treating
from app.ratings.core import BRANCH_TURN, ON_NOTICE, PROBLEMS_MAX, Action, RatingState, RatingView, RoundState
from app.ratings.schemas import (
    AnswerRequest,
    BasisRequest,
    DowngradeRequest,
    EntriesRequest,
    RatingAnswer,
    RatingVerdictRequest,
    StepRequest,
    VetoRequest,
)
from app.ratings.schemas_plans import RatingPlanAnswer, RatingPlanRequest
from app.ratings.scoring import BONUS
from app.ratings.wording import INPUTS, REMARKS
from app.roster import service as roster
from app.roster.naming import filled
from app.rules.name import Name
from app.rules.points import printed_text
from app.rules.stars import BY_HAND, ScaleForm, Stars
from app.web.frame import Page, PageRoute, page_for
from app.web.star_words import PLAN_KINDS, PLAN_STATES, RATING_ACTIONS, RATING_STATES
from app.web.uploading import kept
from app.web.verbs import Sheet

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Reading = Annotated[Page, Depends(page_for(Permission.RATING_READ))]
Filing = Annotated[Page, Depends(page_for(Permission.RATING_FILE))]
Signing = Annotated[Page, Depends(page_for(Permission.RATING_SIGN))]
Deciding = Annotated[Page, Depends(page_for(Permission.RATING_DECIDE))]
Objecting = Annotated[Page, Depends(page_for(Permission.RATING_OBJECT))]


_FACT = Name("有创新项目", "an innovation project")


@dataclass(frozen=True, slots=True)
class Field:
    """What a form asks of an indicator: points that a person gives, or so many of so many."""

    code: str
    gives_points: bool
    whole: int  # 1 where it is a count or a state
    name: Name
    most: str  # points, as printed; empty of a state
    by_hand: bool


@router.get("/ratings/{rating_id}")
def show_rating(rating_id: UUID, page: Reading) -> Response:
    """Measured, self, committee and final side by side."""
    return _sheet(rating_id).shown(page)


@router.get("/ratings/{rating_id}/files/{indicator}/{content_hash}")
def read_file(
    rating_id: UUID,
    indicator: Annotated[str, Path(max_length=40)],
    content_hash: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")],
    request: Request,
    page: Reading,
) -> Response:
    """Evidence of an indicator, as an attachment."""
    found = page.run(
        lambda c, actor: service.evidence(c, actor, rating_id, indicator, content_hash, request_id=page.request_id)
    )
    return blob(request, found.key, found.content.size, found.headers)


@router.post("/ratings/{rating_id}/indicators")
def fill(rating_id: UUID, page: Filing) -> Response:
    """What is typed is saved; what is left empty stays as it was."""
    return _enter(page, rating_id, filling.fill, Words("已保存。", "Saved."))


@router.post("/ratings/{rating_id}/submission")
def submit(rating_id: UUID, page: Filing) -> Response:
    """To the committee."""
    return _step(page, rating_id, filling.submit, Words("已提交党委。", "Handed in to the committee."))


@router.post("/ratings/{rating_id}/taking-back")
def take_back(rating_id: UUID, page: Filing) -> Response:
    """Before it is signed."""
    return _step(page, rating_id, filling.take_back, Words("已撤回。", "Taken back."))


@router.post("/ratings/{rating_id}/return")
def send_back(rating_id: UUID, page: Signing) -> Response:
    """With what is missing."""
    return _basis(page, rating_id, filling.send_back, Words("已退回支部。", "Returned to the branch."))


@router.post("/ratings/{rating_id}/corrections")
def correct(rating_id: UUID, page: Signing) -> Response:
    """Indicators, never a star."""
    return _enter(page, rating_id, filling.correct, Words("已核正。", "Corrected."))


@router.post("/ratings/{rating_id}/signature")
def sign(rating_id: UUID, page: Signing) -> Response:
    """After cut-off and seal."""
    return _step(page, rating_id, filling.sign, Words("已签字。", "Signed."))


@router.post("/ratings/{rating_id}/exception")
def except_from_step(rating_id: UUID, page: Deciding) -> Response:
    """By the district, with the basis."""
    told = Words("已登记不受逐级限制。", "It is freed from the step.")
    return _basis(page, rating_id, deciding.except_from_step, told)


@router.post("/ratings/{rating_id}/decision")
def decide(rating_id: UUID, page: Deciding) -> Response:
    """Five stars, by the district."""

    def work(connection: Connection, actor: Actor) -> None:
        asked = page.posted.read(RatingVerdictRequest)
        deciding.decide_highest(connection, actor, rating_id, asked.step(), accept=asked.accept)

    return _sheet(rating_id).done(page, work, Words("已决定。", "Decided."))


@router.post("/ratings/{rating_id}/objections")
def object_to(rating_id: UUID, page: Objecting) -> Response:
    """While it is on notice."""
    told = Words("异议已收到，由区里答复。", "The objection has come in; the district answers it.")
    return _basis(page, rating_id, deciding.object_to, told)


@router.post("/ratings/{rating_id}/objections/{objection_id}")
def answer(rating_id: UUID, objection_id: UUID, page: Deciding) -> Response:
    """Upheld with corrected indicators, and only then."""

    def work(connection: Connection, actor: Actor) -> None:
        corrections = _entries(page, _view(connection, actor, rating_id).sheet, {})
        asked = page.posted.read(AnswerRequest, corrections=corrections)
        deciding.answer(connection, actor, rating_id, objection_id, asked.step(), asked.entries(), upheld=asked.upheld)

    return _sheet(rating_id).done(page, work, Words("异议已答复。", "The objection is answered."))


@router.post("/ratings/{rating_id}/downgrade")
def downgrade(rating_id: UUID, page: Signing) -> Response:
    """On a ground of the sheet, in the year of the star."""

    def work(connection: Connection, actor: Actor) -> None:
        asked = page.posted.read(DowngradeRequest)
        treating.downgrade(connection, actor, rating_id, asked.ground, asked.step())

    return _sheet(rating_id).done(page, work, Words("已降星。", "The star is lowered."))


@router.post("/ratings/{rating_id}/veto")
def veto(rating_id: UUID, page: Deciding) -> Response:
    """A ground that was decided against the branch."""

    def work(connection: Connection, actor: Actor) -> None:
        asked = page.posted.read(VetoRequest)
        branch = service.get(connection, actor, rating_id).rating.branch_id
        treating.veto(connection, actor, branch, asked.ground, asked.decided_on, asked.step())

    return _sheet(rating_id).done(page, work, Words("一票否决已登记。", "The veto is written down."))


@router.post("/ratings/{rating_id}/plans")
def agree(rating_id: UUID, page: Signing) -> Response:
    """Problems, who puts them right and until when; ``act=more`` gives the form more rows and saves nothing."""
    if page.posted.get("act") == "more":
        return _sheet(rating_id).shown(page)

    def work(connection: Connection, actor: Actor) -> None:
        said: dict[str, dict[str, str]] = {}
        for name in ("text", "person", "due_on"):
            for key, value in page.posted.under(f"{name}."):
                said.setdefault(key, {})[name] = value
        problems = [said[key] for key in sorted(said, key=lambda key: (len(key), key))]  # "10" comes after "9"
        asked = page.posted.read(RatingPlanRequest, problems=problems)
        treating.agree(connection, actor, rating_id, asked.id, asked.listed())

    return _sheet(rating_id).done(page, work, Words("计划已立。", "The plan is agreed on."))


def _step(page: Page, rating_id: UUID, verb: Callable[..., Any], told: Words) -> Response:
    def work(connection: Connection, actor: Actor) -> None:
        verb(connection, actor, rating_id, page.posted.read(StepRequest).step())

    return _sheet(rating_id).done(page, work, told)


def _basis(page: Page, rating_id: UUID, verb: Callable[..., Any], told: Words) -> Response:
    def work(connection: Connection, actor: Actor) -> None:
        verb(connection, actor, rating_id, page.posted.read(BasisRequest).step())

    return _sheet(rating_id).done(page, work, told)


def _enter(page: Page, rating_id: UUID, verb: Callable[..., Any], told: Words) -> Response:
    sheet = page.run(lambda c, actor: _view(c, actor, rating_id)).sheet  # who may not see it sends no files
    try:
        files = {key: kept(page, one) for key, one in _files(page)}
    except LongwenError as error:
        return page.refused("rating.html", error, **page.run(_sheet(rating_id).read))

    def work(connection: Connection, actor: Actor) -> None:
        asked = page.posted.read(EntriesRequest, indicators=_entries(page, sheet, files))
        verb(connection, actor, rating_id, asked.step(), asked.entries())

    return _sheet(rating_id).done(page, work, told)


def _files(page: Page) -> list[tuple[str, Any]]:
    found = [(key.removeprefix("file."), one) for key, one in page.posted.files if key.startswith("file.")]
    return [(key, one) for key, one in found if one.filename]


def _entries(page: Page, sheet: Stars, files: dict[str, str]) -> list[dict[str, Any]]:
    """The indicators of which a form says something; the numbers that they are out of are the sheet's unless given."""
    posted, found = page.posted, []
    for field in fields_of(sheet):
        part, points = posted.get(f"part.{field.code}"), posted.get(f"points.{field.code}")
        if not part and not points:
            continue
        entry: dict[str, Any] = {"indicator": field.code, "note": posted.get(f"note.{field.code}") or None}
        if points:
            entry["points"] = _points(points)
        else:
            whole = posted.get(f"whole.{field.code}") or str(field.whole)
            entry |= {"part": _number(part), "whole": _number(whole)}
        known = [one for one in posted.all(f"kept.{field.code}") if one]
        entry["files"] = [*known, *([files[field.code]] if field.code in files else [])]
        found.append(entry)
    return found


def _points(text: str) -> float | str:
    try:
        return float(text) if len(text) < 12 else text
    except ValueError:
        return text


def _number(text: str) -> int | str:
    return int(text) if text.isdecimal() and len(text) < 12 else text


def fields_of(sheet: Stars) -> list[Field]:
    """Everything that a person can enter of a branch."""
    found = []
    for code in checking.codes_of(sheet):
        one = sheet.indicator(code)
        gives = code == BONUS or (one is not None and one.scale.form is ScaleForm.GIVEN)
        whole = 1 if one is None else max(one.scale.of, 1)
        name = sheet.bonus.name if code == BONUS else _FACT if one is None else one.name
        most = sheet.bonus.cap if code == BONUS else 0 if one is None else one.points
        printed = printed_text(most, sheet.decimals) if most else ""
        found.append(Field(code, gives, whole, name, printed, one is None or one.measure == BY_HAND))
    return found


def _view(connection: Connection, actor: Actor, rating_id: UUID) -> RatingView:
    return service.get(connection, actor, rating_id)


def _sheet(rating_id: UUID) -> Sheet:
    return Sheet(f"/ratings/{rating_id}", "rating.html", lambda c, actor: _read(c, actor, rating_id))


def _read(connection: Connection, actor: Actor, rating_id: UUID) -> dict[str, Any]:
    view = service.get(connection, actor, rating_id)
    rating, path, state = view.rating, view.rating.path, view.rating.state
    files, signs, decides = (
        actor.may(one, path) for one in (Permission.RATING_FILE, Permission.RATING_SIGN, Permission.RATING_DECIDE)
    )
    answered = {one.answers for one in view.steps if one.answers is not None}
    plans = [one for one in treating.plans(connection, actor) if one.rating_id == rating_id]
    held = service.get_round(connection, actor, rating.round_id)
    is_open = held.round.state is RoundState.OPEN
    answer = filled(connection, actor, RatingAnswer.of_view(view))
    return {
        "rating": answer,
        "sheet": view.sheet,
        "modules": {one.code: one.name for one in view.sheet.modules},
        "fields": {one.code: one for one in fields_of(view.sheet)},
        "known": {one.indicator: one for one in answer.indicators},
        "round": held.round,
        "turns": {
            "fill": files and state in BRANCH_TURN,
            "take_back": files and state is RatingState.COMMITTEE,
            "correct": signs and state is RatingState.COMMITTEE,
            "sign": signs and (state is RatingState.COMMITTEE or state in BRANCH_TURN) and is_open,
            "return": signs and state in (RatingState.COMMITTEE, RatingState.SIGNED),
            "exception": decides and is_open,
            "decide": decides and state is RatingState.DECIDING,
            "object": state in ON_NOTICE and bool(actor.reach(Permission.RATING_OBJECT)),
            "answer": decides and state is RatingState.DISPUTED,
            "downgrade": signs and state is RatingState.NAMED,
            "plan": signs and state is RatingState.NAMED and not plans and treating.plan_kind(view.sheet, rating.star),
            "veto": decides,
        },
        "objections": [one for one in view.steps if one.action is Action.OBJECTED and one.id not in answered],
        "plans": [RatingPlanAnswer.of(one) for one in plans],
        "problems_max": PROBLEMS_MAX,
        "places": {one.id: one.name for one in roster.organisations(connection, actor.district_id)},
        "states": RATING_STATES,
        "actions": RATING_ACTIONS,
        "inputs": INPUTS,
        "remarks": REMARKS,
        "plan_kinds": PLAN_KINDS,
        "plan_states": PLAN_STATES,
        "new_id": new_id,
    }
