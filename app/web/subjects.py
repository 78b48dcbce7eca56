"""What a message is about has a page: where its reader finds it."""

from __future__ import annotations

from app.auth.core import Actor, Permission
from app.messages.core import Kept
from app.messages.texts import Kind

# By the kind of subject: the page, and what its reader needs to be let in.
_PAGES: dict[str, tuple[str, Permission]] = {
    "submission": ("/submissions/{id}", Permission.SUBMISSION_READ),
    "appeal": ("/appeals/{id}", Permission.APPEAL_READ),
    "case": ("/cases/{id}", Permission.CASE_READ),
    "activity": ("/meetings/{id}", Permission.ACTIVITY_RECORD),
    "transfer": ("/transfers/{id}", Permission.TRANSFER_READ),
    "rating": ("/ratings/{id}", Permission.RATING_READ),
    "rating_plan": ("/rating-plans#plan-{id}", Permission.RATING_READ),
    "digest": ("/digests/{id}", Permission.DIGEST_READ),
    "pack": ("/packs/{id}", Permission.QUARTER_EXPORT),
    "mentoring": ("/mentorings/{id}", Permission.MENTORING_READ),
    "grid_lead": ("/grids", Permission.GRID_READ),
    "branch_check": ("/checks", Permission.CHECK_READ),
    "complaint": ("/complaints", Permission.COMPLAINT_READ),
    "reminder_talk": ("/cases", Permission.CASE_KEEP),
    "branch": ("/cases", Permission.CASE_KEEP),
    "commendation": ("/commendations", Permission.CASE_READ),
    "district": ("/quarters", Permission.CHECK_READ),
    "organisation": ("/roster", Permission.ROSTER_READ),
}
# What is told to the member is about the own record, unless the kind says that an office is asked.
_OF_MEMBERS = frozenset({"entry", "activity", "reminder_talk", "member"})
_KINDS = {
    Kind.TELLINGS_ASKED: "/tellings",
    Kind.COMMENDATION_ASKED: "/commendations",
    Kind.VETO_FILING_ASKED: "/vetoes",
}


def page_of(actor: Actor, message: Kept) -> str | None:
    """The address; None where what it is about has no page, or none for this reader."""
    if message.kind in _KINDS:
        return _KINDS[message.kind]
    page, permission = _PAGES.get(message.subject.kind, (None, None))
    if page is not None and permission is not None and actor.may_somewhere(permission):
        return page.format(id=message.subject.id)
    return "/my" if message.subject.kind in _OF_MEMBERS and actor.is_member else None
