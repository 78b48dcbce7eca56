"""Who is told of appraisals and duty lists: committees, secretaries, and whoever objected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection

from app.appraisals.core import Appraisal, AppraisalState, Done, Round, Sheet
from app.appraisals.core_responsibilities import Responsibility
from app.auth import service as auth
from app.auth.core import Actor, Role
from app.messages.core import Message, Recipient, Subject
from app.messages.texts import FactValue, Kind
from app.roster import service as roster
from app.rules.points import printed_text


def asked(connection: Connection, actor: Actor, of: Round, appraisals: Sequence[Appraisal]) -> list[Message]:
    """Each committee is asked for its view and signature of those whom it appraises."""
    counts = Counter(one.committee_id for one in appraisals if one.state is AppraisalState.OPEN)
    places = {one.id: one for one in roster.organisations(connection, actor.district_id) if one.id in counts}
    offices = auth.holders_at(connection, actor, [Role.COMMITTEE_OFFICER], [one.path for one in places.values()])
    told = []
    for committee_id, place in places.items():
        facts: dict[str, FactValue] = {"committee": place.name, "year": of.code, "count": counts[committee_id]}
        for account_id in dict.fromkeys(account for account, _ in offices[place.path]):
            subject = Subject("appraisal_round", of.id)
            told.append(
                Message(Recipient(account_id=account_id), Kind.APPRAISAL_ASKED, subject, facts, occasion=place.code)
            )
    return told


def decided(of: Round, sheet: Sheet, found: Appraisal, grade: str) -> Message:
    """The secretary learns the grade as its notice begins."""
    named = sheet.section.grade(grade)
    facts: dict[str, FactValue] = {
        "year": of.code,
        "score": printed_text(found.score or 0, sheet.stars.decimals),
        "grade": grade if named is None else named.name.zh,
        "grade_en": grade if named is None else named.name.en,
    }
    return Message(
        Recipient(account_id=found.account_id),
        Kind.APPRAISAL_DECIDED,
        Subject("appraisal", found.id),
        facts,
        due_on=found.notice_until,
        occasion=f"{grade} {found.notice_from}",
    )


def answered(of: Round, found: Appraisal, objection: Done, secretary: str, note: str, *, upheld: bool) -> list[Message]:
    """Who objected is told what became of it."""
    if objection.by is None:
        return []
    facts: dict[str, FactValue] = {
        "year": of.code,
        "secretary": secretary,
        "objection": "upheld" if upheld else "refused",
        "note": note,
    }
    subject, to = Subject("appraisal", found.id), Recipient(account_id=objection.by)
    return [Message(to, Kind.APPRAISAL_ANSWERED, subject, facts, occasion=str(objection.id))]


def listed(connection: Connection, actor: Actor, year: str, made: Sequence[Responsibility]) -> list[Message]:
    """The secretaries learn what is on their list."""
    counts = Counter(one.path for one in made)
    batches: dict[str, UUID] = {one.path: one.batch_id for one in made}
    offices = auth.holders_at(connection, actor, [Role.SECRETARY], list(counts))
    told = []
    for path, count in sorted(counts.items()):
        facts: dict[str, FactValue] = {"year": year, "count": count}
        for account_id in dict.fromkeys(account for account, _ in offices[path]):
            subject = Subject("responsibilities", batches[path])
            told.append(
                Message(Recipient(account_id=account_id), Kind.RESPONSIBILITY_SET, subject, facts, occasion=path)
            )
    return told
