"""Publishing and adopting a rule book: cycles follow its frame, and nobody's quarter changes its rules once begun."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor
from app.cycles import service as cycles
from app.kit.calendar import period_days, quarter_days, quarter_of, quarters_between
from app.kit.errors import ErrorKind, LongwenError
from app.points import settling_store as store
from app.points.plan import RegimesDisagree, compile_plan
from app.roster.core import BranchForm
from app.rules import service as rules
from app.rules.adoption import Adoption
from app.rules.core import Edition


class AdoptionTooLate(LongwenError):
    """Whoever is in a quarter goes by its book to the quarter's end."""

    kind = ErrorKind.CONFLICT
    code = "adoption_too_late"
    zh = "{day} 已到，该组织该季度已按评分细则 {known} 计分，不能再改用 {book}。请自下一季度的第一天起采用。"
    en = (
        "{day} has come, and the organisation is scored by {known} in that quarter already, so it cannot go by {book} "
        "any more. Adopt it from the first day of the next quarter on."
    )


class AdoptionDisagrees(LongwenError):
    """Within a cycle rules change only to such as can be folded together with those before."""

    kind = ErrorKind.CONFLICT
    code = "adoption_disagrees"
    zh = (
        "{day} 在考评年度之中，{known} 与 {book} 在同一年度内不能合并计分（{what} 不同）。"
        "请自下一考评年度的第一天（{next}）起改用，到该年度的最后一天止。"
    )
    en = (
        "{day} lies within a cycle, and {known} and {book} cannot be scored together in one: {what} differs. "
        "Change from the one to the other on the first day of a cycle; the next is {next}."
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
    another book in a quarter that has come, FrameHeld where cycles of another frame are under way, and
    AdoptionDisagrees where within a cycle another book would follow that cannot be scored together with the one before.
    """
    before = rules.adopted(connection, actor.district_id)
    touched = quarters_between(from_on, min(actor.today, until_on or actor.today))
    made = rules.adopt(
        connection, actor.district_id, book=book, path=path, from_on=from_on, until_on=until_on, form=form
    )
    for quarter in touched:
        first = quarter_days(quarter)[0]
        known = before.book_on(path, first, form)
        if known not in (None, book) and store.has_entered(connection, actor.district_id, [quarter], path, form):
            raise AdoptionTooLate(day=first.isoformat(), known=known, book=book, field="from_on")
    frame = rules.latest_edition(connection, actor.district_id, book).frame
    cycles.set_frame(connection, actor, frame.first_month, frame.period, from_on)
    for day in (from_on, *([until_on + timedelta(days=1)] if until_on else [])):
        starts, ends = period_days(day, frame.first_month, frame.period)
        if day != starts:
            _require_foldable(connection, actor, path, form, day, ends + timedelta(days=1))
    return made


def _require_foldable(
    connection: Connection, actor: Actor, path: str, form: BranchForm | None, day: date, following: date
) -> None:
    """Whoever comes under another book on a day within a cycle can be scored by both of them in it."""
    adopted = rules.adopted(connection, actor.district_id)
    eve = day - timedelta(days=1)
    for at, of_form in dict.fromkeys([(path, form), *_adopted_under(adopted.adoptions, path)]):
        one, other = adopted.book_on(at, eve, of_form), adopted.book_on(at, day, of_form)
        digests = [one for one in (adopted.digest_of(one, eve), adopted.digest_of(other, day)) if one is not None]
        if one == other or len(digests) < 2:
            continue
        old, new = (rules.edition_by_digest(connection, actor.district_id, digest, adopted) for digest in digests)
        what = _disagreement(old, new, day)
        if what is not None:
            raise AdoptionDisagrees(
                day=day.isoformat(), known=one, book=other, what=what, next=following.isoformat(), field="from_on"
            )


def _adopted_under(adoptions: tuple[Adoption, ...], path: str) -> Iterator[tuple[str, BranchForm | None]]:
    """Where else the change can be felt: what goes by a book of its own at other times goes by this one then."""
    return ((one.path, one.form) for one in adoptions if f"{one.path}.".startswith(f"{path}."))


def _disagreement(old: Edition, new: Edition, day: date) -> str | None:
    """In what the two cannot be folded together on either side of the day; None where every class can."""
    missing = [code for code in old.profiles if new.regime(code) is None]
    if missing:
        return f"profiles.{missing[0]}"
    quarters = quarter_of(day - timedelta(days=1)), quarter_of(day)
    for code, regime in old.regimes.items():
        following = new.regime(code)
        try:
            if following is not None:
                compile_plan(dict(zip(quarters, (regime, following), strict=True)))
        except RegimesDisagree as error:
            return str(error.facts["what"])
    return None
