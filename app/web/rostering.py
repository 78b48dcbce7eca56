"""The roster: organisations with how many belong to each, one member enrolled, and what changes about a membership."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.enrolment import admitting, exempting, leaving
from app.enrolment.classes import ClassesInForce
from app.enrolment.core_changes import Done, ExemptionGround, LeavingGround
from app.enrolment.layout import MEMBERS
from app.enrolment.schemas_changes import ChangeAnswer
from app.enrolment.schemas_requests import (
    ClassRequest,
    EnrolmentRequest,
    ExemptionEndRequest,
    ExemptionRequest,
    LeavingRequest,
    MemberPastAnswer,
)
from app.enrolment.service import classes_in_force
from app.kit.errors import BatchRefused, LongwenError, NotFound
from app.kit.ids import new_id
from app.kit.sheets import SheetFault, column_letters
from app.kit.words import Words
from app.roster import service as roster
from app.roster.core import BranchForm, OrganisationKind, OrganisationView, PersonalData
from app.roster.naming import filled
from app.roster.schemas import PersonalDataRequest
from app.rules.name import Name
from app.web.frame import Page, PageRoute, page_for
from app.web.wording import CHANGES, EXEMPTION_GROUNDS, LEAVING_GROUNDS, ORGANISATION_FORMS, ORGANISATION_KINDS

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Looking = Annotated[Page, Depends(page_for(Permission.ORGANISATION_READ))]
Reading = Annotated[Page, Depends(page_for(Permission.ROSTER_READ))]
Enrolling = Annotated[Page, Depends(page_for(Permission.MEMBER_ENROL))]
Unmasking = Annotated[Page, Depends(page_for(Permission.PERSONAL_DATA_READ))]
Filing = Annotated[Page, Depends(page_for(Permission.MEMBERSHIP_SET))]


_KEYS = {column_letters(place): column.key for place, column in enumerate(MEMBERS.columns, start=1)}


class EnrolmentRefused(LongwenError):
    """What is wrong with the row that a form stands for, told beside its fields and not by the places of a workbook."""

    code = "enrolment_refused"
    zh = "有 {count} 处需要改正，没有登记。"
    en = "{count} things have to be put right; nobody was enrolled."

    def __init__(self, refused: BatchRefused) -> None:
        super().__init__(count=len(refused.faults))
        self._found = [one.error for one in refused.faults]

    def listed(self, language: str) -> list[dict[str, Any]]:
        return [{"index": None, "field": self._field(one), "detail": _plain(one, language)} for one in self._found]

    def _field(self, error: LongwenError) -> str | None:
        return _KEYS.get(error.column or "") if isinstance(error, SheetFault) else error.field


def _plain(error: LongwenError, language: str) -> str:
    return LongwenError.text(error, language) if isinstance(error, SheetFault) else error.text(language)


@router.get("/roster")
def show_organisations(page: Looking) -> Response:
    """The tree in the caller's reach."""

    def work(connection: Connection, actor: Actor) -> dict[str, Any]:
        found = roster.organisations_for(connection, actor, Permission.ORGANISATION_READ)
        present = [one for one in found if one.until_on is None]
        counts: Counter[UUID] = Counter()
        for path in actor.reach(Permission.ROSTER_READ):
            for one in roster.members_under(connection, actor.district_id, path, actor.today):
                counts.update(UUID(part) for part in one.path.split("."))
        top = min((one.path.count(".") for one in present), default=0)
        return {
            "organisations": [(one.path.count(".") - top, one) for one in present],
            "counts": counts if actor.reach(Permission.ROSTER_READ) else None,
            "closed": len(found) - len(present),
            "may": {one.value for one in Permission if actor.may_somewhere(one)},
            "reforms": {
                one.id
                for one in present
                if one.kind is OrganisationKind.BRANCH and actor.may(Permission.BRANCH_REFORM, one.path)
            },
        }

    return page.show("roster.html", **page.run(work), kinds=ORGANISATION_KINDS, forms=ORGANISATION_FORMS)


@router.get("/members/new")
def show_enrolment(page: Enrolling, branch: Annotated[str | None, Query(max_length=40)] = None) -> Response:
    """First the branch, then the member."""
    return page.show("member_new.html", **page.run(lambda c, actor: _places(c, actor, branch)))


@router.post("/members/new")
def enrol(page: Enrolling) -> Response:
    """By the checks of a roster import."""
    cipher = page.state.cipher

    def work(connection: Connection, actor: Actor) -> Done:
        asked = page.posted.read(EnrolmentRequest)
        return admitting.enrol(connection, actor, cipher, asked.wish())

    try:
        done = page.run(work)
    except LongwenError as error:
        told = EnrolmentRefused(error) if isinstance(error, BatchRefused) else error
        code = page.posted.get("branch") or None
        return page.refused("member_new.html", told, **page.run(lambda c, actor: _places(c, actor, code)))
    name = page.posted.get("name")
    said = Words(f"已登记{name}，此前到期的职责免除。", f"{name} is enrolled; what fell due earlier is waived.")
    return page.goto(f"/members/{done.change.member_id}/membership", said)


@router.get("/members/{member_id}/membership")
def show_membership(member_id: UUID, page: Reading) -> Response:
    """Where a member belonged when, and what can be changed of it."""
    return page.show("membership.html", **page.run(lambda c, actor: _past(c, actor, member_id)), tried=None)


@router.post("/members/{member_id}/personal-data")
def unmask(member_id: UUID, page: Unmasking) -> Response:
    """Id number and phone in clear, this once; each look is written to the access log with its reason."""

    def work(connection: Connection, actor: Actor) -> tuple[PersonalData, dict[str, Any]]:
        shown = _past(connection, actor, member_id)
        reason = page.posted.read(PersonalDataRequest).reason
        found = roster.unmask(
            connection, actor, page.state.cipher, member_id, reason=reason, request_id=page.request_id
        )
        return found, shown

    try:
        found, shown = page.run(work)
    except NotFound:
        raise
    except LongwenError as error:
        shown = page.run(lambda c, actor: _past(c, actor, member_id))
        return page.refused("membership.html", error, **shown, tried=None)
    return page.show("membership.html", **{**shown, "unmasked": found}, tried=None)


@router.post("/members/{member_id}/class")
def reclass(member_id: UUID, page: Enrolling) -> Response:
    """Another class or group from today on."""

    def work(connection: Connection, actor: Actor) -> Done:
        return exempting.reclass(connection, actor, page.posted.read(ClassRequest).wish(member_id))

    return _changed(
        page, member_id, work, Words("已调整，下一季度起适用。", "Changed; it holds from the next quarter.")
    )


@router.post("/members/{member_id}/exemptions")
def exempt(member_id: UUID, page: Filing) -> Response:
    """Days without grading."""

    def work(connection: Connection, actor: Actor) -> Done:
        return exempting.exempt(connection, actor, page.posted.read(ExemptionRequest).wish(member_id))

    return _changed(page, member_id, work, Words("已登记免考核。", "The exemption is written down."))


@router.post("/members/{member_id}/exemptions/{exemption_id}/end")
def end_exemption(member_id: UUID, exemption_id: UUID, page: Filing) -> Response:
    """Its last day."""

    def work(connection: Connection, actor: Actor) -> Done:
        return exempting.end_exemption(connection, actor, page.posted.read(ExemptionEndRequest).wish(exemption_id))

    return _changed(page, member_id, work, Words("免考核已结束。", "The exemption has its last day."))


@router.post("/members/{member_id}/leaving")
def leave(member_id: UUID, page: Filing) -> Response:
    """The end of the membership."""

    def work(connection: Connection, actor: Actor) -> Done:
        return leaving.leave(connection, actor, page.posted.read(LeavingRequest).wish(member_id))

    return _changed(page, member_id, work, Words("组织关系已终止。", "The membership has ended."))


def _changed(page: Page, member_id: UUID, work: Callable[[Connection, Actor], Done], told: Words) -> Response:
    """Tried out (``act=preview``) or done; either is shown on the member's page."""
    is_preview = page.posted.get("act") == "preview"

    def tried(connection: Connection, actor: Actor) -> tuple[Done, dict[str, Any]]:
        shown = _past(connection, actor, member_id) if is_preview else {}
        return work(connection, actor), shown

    try:
        done, shown = page.run(tried, commit=not is_preview)
    except LongwenError as error:
        shown = page.run(lambda c, actor: _past(c, actor, member_id))
        return page.refused("membership.html", error, **shown, tried=None)
    if is_preview:
        return page.show("membership.html", **shown, tried=ChangeAnswer.of_done(done, preview=True))
    return page.goto(f"/members/{member_id}/membership", told)


def _past(connection: Connection, actor: Actor, member_id: UUID) -> dict[str, Any]:
    past = exempting.past(connection, actor, member_id)
    member = roster.get_member_for(connection, actor, member_id, Permission.ROSTER_READ)
    places = {one.id: one for one in roster.organisations(connection, actor.district_id)}
    in_force = classes_in_force(connection, actor)
    is_open = member.until_on is None or member.until_on >= actor.today
    own = roster.own_member(connection, actor)
    is_own = own is not None and own.id == member_id
    return {
        "member": member,
        "past": filled(connection, actor, MemberPastAnswer.of(past)),
        "places": places,
        "classes": _classes_at(in_force, places[member.branch_id]),
        "groups": _groups_of(places.values(), places[member.branch_id]),
        "named": in_force.at(places[member.branch_id].path).named,
        "is_open": is_open,
        "may_enrol": is_open and not is_own and actor.may(Permission.MEMBER_ENROL, member.path),
        "may_file": is_open and not is_own and actor.may(Permission.MEMBERSHIP_SET, member.path),
        "may_unmask": actor.may(Permission.PERSONAL_DATA_READ, member.path),
        "unmasked": None,
        "may_transfer": is_open and not is_own and actor.may(Permission.TRANSFER_SET, member.path),
        "new_id": new_id(),
        "changes": CHANGES,
        "exemption_grounds": {one.value: EXEMPTION_GROUNDS[one.value] for one in ExemptionGround},
        "leaving_grounds": {one.value: LEAVING_GROUNDS[one.value] for one in LeavingGround},
    }


def _places(connection: Connection, actor: Actor, code: str | None) -> dict[str, Any]:
    """The branches where the caller enrols, and of the chosen one its groups and classes."""
    found = roster.organisations_for(connection, actor, Permission.MEMBER_ENROL)
    branches = [one for one in found if one.kind is OrganisationKind.BRANCH and one.until_on is None]
    branch = next((one for one in branches if one.code == code), None)
    if branch is None and len(branches) == 1:
        branch = branches[0]
    return {
        "branches": branches,
        "branch": branch,
        "groups": () if branch is None else _groups_of(found, branch),
        "classes": () if branch is None else _classes_at(classes_in_force(connection, actor), branch),
        "new_id": new_id(),
    }


def _groups_of(among: Any, branch: OrganisationView) -> list[OrganisationView]:
    return [
        one
        for one in among
        if one.kind is OrganisationKind.GROUP and one.parent_id == branch.id and one.until_on is None
    ]


def _classes_at(in_force: ClassesInForce, branch: OrganisationView) -> list[tuple[str, Name]]:
    """What a form sends for each class, and what it is called."""
    there = in_force.at(branch.path, None if branch.form is None else BranchForm(branch.form))
    return list(zip(there.choices, there.names.values(), strict=True))
