"""Which edition of which book is in force where and when, in one district."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app.kit.errors import ErrorKind, LongwenError
from app.roster.core import BranchForm


class NoEditionInForce(LongwenError):
    """No edition of an adopted rule book is in force for the organisation on the day; there is no default."""

    kind = ErrorKind.CONFLICT
    code = "no_edition_in_force"
    zh = "{day} 当日，该组织没有施行中的评分细则。请由区两新工委发布细则并采用后再记录。"
    en = (
        "No rule book is in force for this organisation on {day}. The district office must publish and adopt one first."
    )


class FrameDiffers(LongwenError):
    """A district has one kind of cycle at a time, whatever books its organisations go by."""

    kind = ErrorKind.CONFLICT
    code = "frame_differs"
    zh = (
        "细则 {book} 的年度从 {month} 月开始、计分周期为 {period}；同一时期施行的 {other} 从 {other_month} 月开始、"
        "周期为 {other_period}。一个区同一时期只能有一种考评年度。请使两者在 book.yaml 的 cycle 中一致，"
        "或改用与前者不重叠的日期；同一细则改变周期的，请另用新的细则代码发布。"
    )
    en = (
        "Years of {book} begin in month {month} and its period is {period}; those of {other}, in force at the same "
        "time, begin in month {other_month} and its period is {other_period}. A district has one kind of cycle at a "
        "time. Make cycle the same in both book.yaml, take days that do not overlap or, where a book changes its "
        "cycle, publish it under a new code."
    )


@dataclass(frozen=True, slots=True)
class Published:
    """A published edition, without its content."""

    book: str
    code: str
    digest: str
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Adoption:
    """The organisation at ``path``, and all below it, goes by the book from the first day to the last, inclusive.

    With a ``form`` only those of its branches do that have this form.
    """

    id: UUID
    book: str
    path: str
    from_on: date
    until_on: date | None
    form: BranchForm | None = None

    def overlaps(self, other: Adoption) -> bool:
        """Whether there is a day on which both are in force."""
        starts, ends = max(self.from_on, other.from_on), min(self.until_on or date.max, other.until_on or date.max)
        return starts <= ends


@dataclass(frozen=True, slots=True)
class Adopted:
    """Which edition is in force where and when, in one district."""

    published: tuple[Published, ...]
    adoptions: tuple[Adoption, ...]

    def holds(self, digest: str) -> bool:
        """Whether the district has published the edition."""
        return any(one.digest == digest for one in self.published)

    def adoptions_on(self, day: date) -> tuple[Adoption, ...]:
        """The adoptions that hold on the day, wherever."""
        return tuple(one for one in self.adoptions if one.from_on <= day <= (one.until_on or day))

    def anything_on(self, day: date) -> bool:
        """Whether any organisation of the district goes by a book on the day."""
        return bool(self.adoptions_on(day))

    def book_on(self, path: str, day: date, form: BranchForm | None = None) -> str | None:
        """The book adopted nearest to ``path``; at one path that for the branch's form comes before that for all."""
        above = [
            one for one in self.adoptions_on(day) if f"{path}.".startswith(f"{one.path}.") and one.form in (None, form)
        ]
        nearest = max(above, key=lambda one: (len(one.path), one.form is not None), default=None)
        return None if nearest is None else nearest.book

    def digest_on(self, path: str, day: date, form: BranchForm | None = None) -> str:
        """The digest of the edition in force, of the book that ``book_on`` gives. Raises ``NoEditionInForce``."""
        found = self.find_digest(path, day, form)
        if found is None:
            raise NoEditionInForce(day=day.isoformat())
        return found

    def find_digest(self, path: str, day: date, form: BranchForm | None = None) -> str | None:
        """As ``digest_on``; None where nothing is in force."""
        return self.digest_of(self.book_on(path, day, form), day)

    def digests_on(self, day: date) -> tuple[str, ...]:
        """The digests of all editions that anybody in the district goes by on the day."""
        found = [self.digest_of(one.book, day) for one in self.adoptions_on(day)]
        return tuple(dict.fromkeys(one for one in found if one is not None))

    def digest_of(self, book: str | None, day: date) -> str | None:
        """The digest of the book's edition of the day, wherever it is adopted; None where it has none then."""
        held = [one for one in self.published if one.book == book and one.starts_on <= day]
        latest = max(held, key=lambda one: one.starts_on, default=None)
        return None if latest is None or day > (latest.ends_on or day) else latest.digest
