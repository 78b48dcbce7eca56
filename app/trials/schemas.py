"""What HTTP sees of trials."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from app.kit.http import Answer, Model
from app.rules.name import Name
from app.rules.points import decimals_of, printed_number
from app.rules.schemas_points import Points
from app.trials.replaying import Article, Numbers
from app.trials.simulation import Changed, Omission, Simulation

LISTED_MAX = 500
_CHARACTERS_MAX = 512 * 1024  # of a file; the loader counts its bytes
_EXTENDED_MAX = 3


class FilesModel(Model):
    """The texts of a rule book's two files."""

    book: str = Field(max_length=_CHARACTERS_MAX, description="book.yaml")
    items: str = Field(max_length=_CHARACTERS_MAX, description="items.yaml")


class DraftModel(FilesModel):
    """A draft; one that extends another book comes with that book's files."""

    extends: list[FilesModel] = Field(
        default=[], max_length=_EXTENDED_MAX, description="所扩展细则的文件 · files of the books it extends"
    )


class SimulationRequest(Model):
    """A draft (its files, or a published edition's digest) and the quarter to be replayed under it."""

    draft: DraftModel | None = None
    edition: str | None = Field(
        default=None, pattern=r"^[0-9a-f]{64}$", description="已发布版本的摘要 · digest of a published edition"
    )
    quarter: str = Field(pattern=r"^\d{4}Q[1-4]$", examples=["2026Q3"])
    whole_cycle: bool = Field(
        default=False,
        strict=True,
        description="按草案重算整个年度至该季度 · lay the draft over the whole cycle up to the quarter",
    )
    everyone: bool = Field(
        default=False, strict=True, description="也列出仅分数变化者 · list who only changes in points as well"
    )
    limit: int = Field(default=100, ge=0, le=LISTED_MAX, description="最多列出人数 · members listed at most")

    def texts(self) -> list[tuple[str, str]]:
        """The draft's files, and those of the books that it extends."""
        if self.draft is None:
            return []
        return [(one.book, one.items) for one in (self.draft, *self.draft.extends)]


class NameAnswer(Answer):
    """A name in both languages."""

    zh: str
    en: str


class ArticleAnswer(Answer):
    """An item, node or ceiling, and what it adds to the difference of the totals."""

    where: str = Field(examples=["ORG-D02"])
    name: NameAnswer
    points: Points

    @classmethod
    def of(cls, one: Article, decimals: int) -> ArticleAnswer:
        points = printed_number(one.points, decimals)
        return cls(where=one.where, name=NameAnswer.model_validate(one.name), points=points)


class NumbersAnswer(Answer):
    """One side of a replay."""

    daily: Points
    total: Points
    band: str
    lines: list[str]

    @classmethod
    def of(cls, one: Numbers, decimals: int) -> NumbersAnswer:
        return cls(
            daily=printed_number(one.daily, decimals),
            total=printed_number(one.total, decimals),
            band=one.band,
            lines=sorted(one.lines),
        )


class ChangedAnswer(Answer):
    """One member who changes; the articles add up to the difference of the totals, the largest first."""

    member_id: UUID
    number: str
    name: str
    branch: str
    old: NumbersAnswer
    new: NumbersAnswer
    gained: list[str] = Field(description="新达到的线 · lines met now")
    lost: list[str] = Field(description="不再达到的线 · lines met no more")
    articles: list[ArticleAnswer]

    @classmethod
    def of(cls, one: Changed, decimals: int) -> ChangedAnswer:
        return cls(
            member_id=one.member_id,
            number=one.number,
            name=one.name,
            branch=one.branch,
            old=NumbersAnswer.of(one.old, decimals),
            new=NumbersAnswer.of(one.new, decimals),
            gained=list(one.gained),
            lost=list(one.lost),
            articles=[ArticleAnswer.of(article, decimals) for article in one.articles],
        )


class BandChangeAnswer(Answer):
    """How many go from one band to another."""

    old: str
    new: str
    members: int


class LineChangeAnswer(Answer):
    """How many come to meet a line, and cease to."""

    line: str
    gained: int
    lost: int


class OmissionAnswer(Answer):
    """What of the books the draft does not account for."""

    code: str
    where: str
    tier: str | None
    members: int
    entries: int
    numbers: list[str] = Field(description="部分党员编号 · some of the members")
    detail: str

    @classmethod
    def of(cls, one: Omission, language: str) -> OmissionAnswer:
        return cls(
            code=one.code,
            where=one.where,
            tier=one.tier,
            members=one.members,
            entries=one.entries,
            numbers=one.numbers,
            detail=one.text(language),
        )


class SimulationAnswer(Answer):
    """The totals of a replay, and the first of those who change."""

    quarter: str
    book: str
    edition: str
    digest: str
    laid: list[str] = Field(description="草案所覆盖的季度 · quarters that the draft was laid over")
    decimals: int = Field(description="分值小数位数 · places of the points")
    members: int = Field(description="测算人数 · replayed")
    elsewhere: int = Field(description="按其他细则、未测算 · go by another book, not replayed")
    changed_daily: int
    changed_total: int
    raised: int
    lowered: int
    crossing: int = Field(description="等次或线有变化 · change band or line")
    bands: list[BandChangeAnswer]
    lines: list[LineChangeAnswer]
    pace_lines: list[str] = Field(description="按进度的线，不重算 · lines by pace, which stay as they are")
    names: dict[str, NameAnswer] = Field(description="band.… line.…")
    faults: list[OmissionAnswer]
    changed: list[ChangedAnswer]

    @classmethod
    def of(cls, one: Simulation, changed: tuple[Changed, ...], language: str) -> SimulationAnswer:
        lines, decimals = sorted({*one.gained, *one.lost}), decimals_of(one.draft)
        return cls(
            quarter=one.quarter,
            book=one.draft.book,
            edition=one.draft.code,
            digest=one.draft.digest,
            laid=list(one.laid),
            decimals=decimals,
            members=one.members,
            elsewhere=one.elsewhere,
            changed_daily=one.changed_daily,
            changed_total=one.changed_total,
            raised=one.raised,
            lowered=one.lowered,
            crossing=one.crossing,
            bands=[BandChangeAnswer(old=old, new=new, members=n) for (old, new), n in sorted(one.bands.items())],
            lines=[
                LineChangeAnswer(line=code, gained=one.gained.get(code, 0), lost=one.lost.get(code, 0))
                for code in lines
            ],
            pace_lines=sorted(one.pace),
            names={code: _name(name) for code, name in sorted(one.names.items())},
            faults=[OmissionAnswer.of(omission, language) for omission in one.listed_omissions()],
            changed=[ChangedAnswer.of(member, decimals) for member in changed],
        )


def _name(name: Name) -> NameAnswer:
    return NameAnswer(zh=name.zh, en=name.en)
