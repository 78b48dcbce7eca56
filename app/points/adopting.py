"""Publishing and adopting a rule book: cycles follow its frame, and nobody's quarter changes its rules once begun."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.cycles import service as cycles
from app.kit.calendar import quarters_between
from app.kit.errors import ErrorKind, LongwenError
from app.points import settling_store as store
from app.roster.core import BranchForm
from app.rules import service as rules


class AdoptionTooLate(LongwenError):
    """Whoever is in a quarter goes by its book to the quarter's end."""

    kind = ErrorKind.CONFLICT
    code = "adoption_too_late"
    zh = "{day} 已到，该组织该季度已按评分细则 {known} 计分，不能再改用 {book}。请自下一季度的第一天起采用。"
    en = (
        "{day} has come, and the organisation is scored by {known} in that quarter already, so it cannot go by {book} "
        "any more. Adopt it from the first day of the next quarter on."
    )


class EditionTooLate(LongwenError):
    """Whoever is in a quarter goes by its edition to the quarter's end."""

    kind = ErrorKind.CONFLICT
    code = "edition_too_late"
    zh = (
        "细则 {book} 的版本 {code} 自 {day} 起施行，而该季度已按前一版本计分。"
        "请把 from 改为下一季度的第一天，在此之前发布。"
    )
    en = (
        "The edition {code} of {book} starts on {day}, in a quarter that is scored by the edition before already. "
        "Let it start on the first day of the next quarter, and publish it before."
    )


def publish(connection: Connection, actor: Actor, book: rules.Book) -> tuple[rules.Publication, ...]:
    """Publish every edition of the book; the same content again changes nothing.

    Raises what ``rules.publish`` raises, and EditionTooLate for a new edition in a quarter that somebody has entered
    under an earlier one.
    """
    earlier = [one.digest for one in rules.adopted(connection, actor.district_id).published if one.book == book.code]
    made = rules.publish(connection, actor.district_id, book, at=actor.at, by=actor.account_id)
    for one in made:
        touched = quarters_between(one.starts_on, actor.today) if one.starts_on <= actor.today else ()
        late = one.is_new and earlier and touched
        if late and store.has_entered_under(connection, actor.district_id, touched, earlier):
            raise EditionTooLate(book=book.code, code=one.code, day=one.starts_on.isoformat(), field="from")
    return made


def adopt(
    connection: Connection,
    actor: Actor,
    *,
    book: str,
    path: str,
    from_on: date,
    until_on: date | None = None,
    form: BranchForm | None = None,
) -> UUID:
    """Let the organisation at ``path`` and all below it go by the book; the id of the adoption.

    With a ``form`` only branches of that form do. Books in force together have one frame, so whichever comes first
    gives the district its cycles. Raises what ``rules.adopt`` raises, AdoptionTooLate where somebody is scored by
    another book in a quarter that has come, and FrameHeld where cycles of another frame are under way.
    """
    known = rules.adopted(connection, actor.district_id).book_on(path, from_on, form)
    touched = quarters_between(from_on, actor.today)
    made = rules.adopt(
        connection, actor.district_id, book=book, path=path, from_on=from_on, until_on=until_on, form=form
    )
    if known not in (None, book) and store.has_entered(connection, actor.district_id, touched, path, form):
        raise AdoptionTooLate(day=from_on.isoformat(), known=known, book=book, field="from_on")
    frame = rules.latest_edition(connection, actor.district_id, book).frame
    cycles.set_frame(connection, actor, frame.first_month, frame.period, from_on)
    return made
