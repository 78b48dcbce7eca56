"""Members: found by a few letters, and the way from each number of a member down to entries and articles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from sqlalchemy import Connection

from app.appeals import service as appeals
from app.appeals.schemas import AppealPageAnswer
from app.auth.core import Actor, Permission
from app.kit.http import blob
from app.kit.problems import Language
from app.kit.sheets import Cell
from app.kit.words import Words
from app.me import service as me
from app.points import reading
from app.points.core import Score
from app.points.ledger import Balance, DutyState
from app.points.schemas import ScoreAnswer, StandingAnswer
from app.points.schemas_explaining import ExplainedEntryAnswer, ExplainedKindAnswer, ExplanationAnswer
from app.roster import service as roster
from app.roster.core import MemberView, OrganisationKind, OrganisationView
from app.rules.name import Name
from app.rules.terms import TERMS
from app.seals import showing
from app.seals.schemas import MemberQuarterAnswer
from app.submissions import reading as submissions
from app.web.evidence import HASH
from app.web.exporting import ROWS_AT_ONCE, Cells, Column, Form, Listed, every, exported
from app.web.frame import Page, PageRoute, any_page, page_for
from app.web.history import bars
from app.web.wording import APPEAL_STATES

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Reading = Annotated[Page, Depends(page_for(Permission.STANDING_READ))]
Listing = Annotated[Page, Depends(page_for(Permission.ROSTER_READ))]
Cycle = Annotated[str | None, Query(pattern=r"^[0-9A-Za-z-]{4,16}$")]

_PER_PAGE = 50
_APPEALS_MAX = 20
_COLUMNS = (
    Column(Words("编号", "Number"), 14),
    Column(Words("姓名", "Name"), 12),
    Column(Words("党支部", "Branch"), 36),
    Column(Words("日常积分", "Daily"), 10),
    Column(Words("创新加分", "Innovation"), 10),
    Column(Words("失误扣分", "Faults"), 10),
    Column(Words("总积分", "Total"), 10),
    Column(Words("不排名", "Not ranked"), 10),
)
DUTY_WORDS = {
    DutyState.EXPECTED.value: Name("待履行", "to be done"),
    DutyState.KEPT.value: Name("已履行", "kept"),
    DutyState.MISSED.value: Name("未履行", "missed"),
    DutyState.WAIVED.value: Name("已免除", "waived"),
}


@router.get("/members")
def list_members(
    page: Listing,
    sought: Annotated[str, Query(alias="q", max_length=40)] = "",
    branch: str = "",
    after: Annotated[str | None, Query(max_length=40)] = None,
    form: Form = None,
) -> Response:
    """By number, with the present standing of each."""

    def places(connection: Connection, actor: Actor) -> tuple[dict[UUID, OrganisationView], UUID | None]:
        there = roster.organisations_for(connection, actor, Permission.ROSTER_READ)
        found = {one.id: one for one in there if one.kind is OrganisationKind.BRANCH and one.until_on is None}
        return found, next((one for one in found if str(one) == branch), None)

    def work(connection: Connection, actor: Actor) -> dict[str, Any]:
        branches, chosen = places(connection, actor)
        found = roster.page_members(
            connection, actor, branch_id=chosen, sought=sought or None, after=after, count_max=_PER_PAGE
        )
        standings = reading.balances(connection, actor, [one.id for one in found.members])
        return {
            "members": found.members, "following": found.following, "branches": branches, "branch": chosen,
            "q": sought, "scores": {key: ScoreAnswer.of(score) for key, (_, score) in standings.items()},
            "ranked": {key: balance.ranked for key, (balance, _) in standings.items()},
        }  # fmt: skip

    def gather(connection: Connection, actor: Actor) -> Listed:
        branches, chosen = places(connection, actor)

        def part(last: str | None) -> tuple[tuple[MemberView, ...], str | None]:
            found = roster.page_members(
                connection, actor, branch_id=chosen, sought=sought or None, after=last, count_max=ROWS_AT_ONCE
            )
            return found.members, found.following

        members = every(part)
        standings = reading.balances(connection, actor, [one.id for one in members])
        return Listed(_COLUMNS, list(_rows(members, {key: one.name for key, one in branches.items()}, standings)))

    if form == "workbook":
        return exported(page, Words("党员", "Members"), "members", Permission.ROSTER_READ, gather)
    return page.show("members.html", **page.run(work))


def _rows(
    members: list[MemberView], branches: dict[UUID, str], standings: Mapping[UUID, tuple[Balance, Score]]
) -> Iterator[Cells]:
    for one in members:
        row: list[Cell] = [one.number, one.name, branches.get(one.branch_id, "")]
        if one.id in standings:
            balance, sums = standings[one.id]
            score = ScoreAnswer.of(sums)
            row += [score.daily, score.innovation, score.fault, score.total, "" if balance.ranked else "×"]
        yield row


@router.get("/my")
def show_own(page: Annotated[Page, Depends(any_page)], cycle: Cycle = None) -> Response:
    """The caller's own; the same page that others see."""

    def work(connection: Connection, actor: Actor) -> dict[str, Any]:
        return _found(connection, actor, me.require_member(connection, actor).id, cycle, page.language)

    return page.show("member.html", **page.run(work), is_own=True)


@router.get("/entries/{entry_id}/evidence/{content_hash}")
def read_evidence(
    entry_id: UUID,
    content_hash: Annotated[str, Path(pattern=HASH)],
    request: Request,
    page: Annotated[Page, Depends(page_for(Permission.STANDING_READ))],
) -> Response:
    """A file that an entry rests on, as an attachment."""
    found = page.run(
        lambda c, actor: submissions.file_of_entry(c, actor, entry_id, content_hash, request_id=page.request_id)
    )
    return blob(request, found.key, found.content.size, found.headers)


@router.get("/members/{member_id}")
def show_member(member_id: UUID, page: Reading, cycle: Cycle = None) -> Response:
    """The standing, and under each number what it is made of."""
    return page.show(
        "member.html", **page.run(lambda c, actor: _found(c, actor, member_id, cycle, page.language)), is_own=False
    )


def _found(
    connection: Connection, actor: Actor, member_id: UUID, cycle: str | None, language: Language
) -> dict[str, Any]:
    standing = reading.standing(connection, actor, member_id, cycle)
    explained = ExplanationAnswer.of_view(reading.explanation(connection, actor, member_id, cycle))
    shown = [one.id for one in _entries(explained)]
    own = roster.own_member(connection, actor)
    is_mine = own is not None and own.id == member_id
    member = standing.member
    on_paper = member.account_id is None and actor.may(Permission.APPEAL_FILE, member.path)
    quarters = showing.member_quarters(connection, actor, member_id, standing.balance.cycle)
    places = {one.id: one.name for one in roster.organisations(connection, actor.district_id)}
    return {
        "member": standing.member,
        "branch": places.get(standing.balance.branch_id, ""),
        "standing": StandingAnswer.of_view(standing),
        "cycles": reading.cycles_of(connection, actor, member_id),
        "explained": explained,
        "cells": _cells(explained.kinds),
        "quarters": [MemberQuarterAnswer.of(one) for one in quarters],
        "bars": bars(connection, actor, member, quarters),
        "appeals": AppealPageAnswer.of(
            appeals.appeals(connection, actor, member_id=member_id, count_max=_APPEALS_MAX), language
        ).appeals,
        "appeal_states": APPEAL_STATES,
        "kind_words": TERMS["Kind"],
        "duty_words": DUTY_WORDS,
        "evidence": submissions.evidence_of_entries(connection, actor, shown),
        "is_mine": is_mine,
        "may_appeal": (is_mine and actor.may_somewhere(Permission.APPEAL_FILE)) or on_paper,
        "may_reverse": not is_mine and actor.may(Permission.ENTRY_REVERSE, member.path),
        "may_see_roster": actor.may(Permission.ROSTER_READ, standing.member.path),
    }


def _entries(explained: ExplanationAnswer) -> Iterator[ExplainedEntryAnswer]:
    yield from explained.vetoes
    for kind in explained.kinds:
        for dimension in kind.dimensions:
            for item in dimension.items:
                yield from item.entries


def _cells(kinds: list[ExplainedKindAnswer]) -> dict[str, dict[str, Any]]:
    """The matrix: the points of a dimension by kind, after what is cut there, each leading to its explanation."""
    found: dict[str, dict[str, Any]] = {}
    for kind in kinds:
        for dimension in kind.dimensions:
            row = found.setdefault(dimension.dimension, {"name": dimension.name, "points": {}})
            row["points"][kind.kind] = dimension.points
    return dict(sorted(found.items(), key=lambda pair: _ORDER.get(pair[0], len(_ORDER))))


_ORDER = {code: place for place, code in enumerate(("ORG", "EXC", "SRV", "LAW", "PUB"))}
