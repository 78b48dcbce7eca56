"""A single fact about one member: found by typing, with the article beside it and its effect before it is saved."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.auth.wording import any_role
from app.handbook.glossary import Glossary
from app.handbook.schemas_items import ItemAnswer
from app.kit.days import Day
from app.kit.errors import BatchRefused, LongwenError
from app.kit.ids import new_id
from app.kit.words import Words
from app.roster import service as roster
from app.roster.core import MemberView
from app.rules.core import Item
from app.rules.terms import TERMS
from app.submissions import preparing
from app.submissions import service as submissions
from app.submissions.core import Recorded
from app.submissions.preparing import Recordable
from app.submissions.schemas import RecordedAnswer, RecordItem
from app.web.evidence import Attached
from app.web.frame import Page, PageRoute, page_for

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Recording = Annotated[Page, Depends(page_for(Permission.ENTRY_RECORD))]
_FOUND_MAX = 12


@router.get("/record")
def show_record(
    page: Recording,
    sought: Annotated[str, Query(alias="q", max_length=40)] = "",
    member: UUID | None = None,
    item: Annotated[str | None, Query(max_length=40)] = None,
    day: Day | None = None,
) -> Response:
    """First who, then what, then the rest."""
    return page.show("record.html", **page.run(_Desk(sought, member, item, day).read))


@router.post("/record")
def record(page: Recording) -> Response:
    """Try it out (``act=preview``) or save it; a refused form comes back as it was."""
    posted = page.posted
    is_preview = posted.get("act") == "preview"
    attached = Attached.before(page)
    desk = _Desk.of(posted.get("member_id"), posted.get("item"), posted.get("effective_on"))

    def work(connection: Connection, actor: Actor) -> tuple[Recorded, dict[str, Any], bool]:
        asked = posted.read(RecordItem, evidence=list(attached))
        shown = desk.read(connection, actor) if is_preview else {}
        papers = {asked.id: asked.papers} if asked.evidence or asked.key_work is not None else {}
        (done,) = submissions.record(connection, actor, [asked.posting(actor.account_id)], papers=papers)
        return done, shown, actor.may_somewhere(Permission.ENTRY_REVERSE)

    try:
        attached.take(page)
        done, shown, may_undo = page.run(work, commit=not is_preview)
    except LongwenError as refusal:
        error = refusal.faults[0].error if isinstance(refusal, BatchRefused) else refusal
        return page.refused("record.html", error, **{**page.run(desk.read), "attached": attached})
    answer = RecordedAnswer.of(done, page.language)
    if is_preview:
        return page.show("record.html", **{**shown, "effect": answer, "attached": attached})
    if answer.submission is not None:
        told = Words("已提交，等待审核。", "Handed in; it waits for a reviewer.")
        return page.goto(f"/submissions/{answer.submission.id}", told)
    member_id = posted.get("member_id")
    told = Words("已入账，在季度复核中确认。", "Booked; it is confirmed in the quarter's check.")
    cycle = done.posted.entries[0].cycle if done.posted else ""
    undo = f"/entries/{posted.get('id')}/reversal?just_saved=true" if may_undo else None
    return page.goto(f"/members/{member_id}?cycle={cycle}#item-{posted.get('item')}", told, undo)


class _Desk:
    """What the form knows so far."""

    def __init__(self, sought: str, member: UUID | None, item: str | None, day: date | None) -> None:
        self.sought, self.member, self.item, self.day = sought, member, item, day

    @classmethod
    def of(cls, member: str, item: str, day: str) -> _Desk:
        """From what a form sent, as far as it makes sense."""
        try:
            member_id: UUID | None = UUID(member)
        except ValueError:
            member_id = None
        try:
            on: date | None = date.fromisoformat(day)
        except ValueError:
            on = None
        return cls("", member_id, item or None, on)

    def read(self, connection: Connection, actor: Actor) -> dict[str, Any]:
        """Raises NotAMemberThen for a member out of reach."""
        own = roster.own_member(connection, actor)
        people: tuple[MemberView, ...] = ()
        if self.member is None and self.sought:
            people = roster.page_members(connection, actor, sought=self.sought, count_max=_FOUND_MAX).members
        day = min(self.day or actor.today, actor.today)
        found = None if self.member is None else preparing.recordable(connection, actor, self.member, day)
        chosen = None if found is None else next((one for one in found.items if one.code == self.item), None)
        return {
            "q": self.sought, "people": people, "own": own, "found": found, "day_of": day, "chosen": chosen,
            "groups": _grouped(found), "item": None if found is None or chosen is None else _shown(found, chosen),
            "reviewers": None if chosen is None or not chosen.review else any_role(chosen.review),
            "new_id": new_id(), "kind_words": TERMS["Kind"], "effect": None, "attached": {},
        }  # fmt: skip


def _grouped(found: Recordable | None) -> dict[str, list[Item]]:
    groups: dict[str, list[Item]] = {}
    for one in () if found is None else found.items:
        groups.setdefault(one.kind.value, []).append(one)
    return groups


def _shown(found: Recordable, item: Item) -> dict[str, ItemAnswer]:
    words = Glossary(found.edition)
    return {language: ItemAnswer.of(item, words, language) for language in ("zh", "en")}
