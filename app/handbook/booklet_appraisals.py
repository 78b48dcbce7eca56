"""The chapter on the appraisal of secretaries, for an edition whose star sheet has it."""

from __future__ import annotations

from collections.abc import Iterator

from app.handbook.booklet_parts import Article, Chapter, Section, Table, cited_by_value
from app.handbook.glossary import of_list
from app.rules.appraisal import NO_STAR, Appraisal, Part, PartForm
from app.rules.points import printed_text
from app.rules.stars import BY_SCORE, Stars
from app.rules.terms import term


def appraisals_chapter(stars: Stars, appraisal: Appraisal) -> Chapter:
    """The whole section."""
    return Chapter("书记考核", tuple(_Section(stars, appraisal).sections()))


class _Section:
    def __init__(self, stars: Stars, appraisal: Appraisal) -> None:
        self._stars = stars
        self._appraisal = appraisal

    def sections(self) -> Iterator[Section]:
        yield Section("考核办法", paragraphs=tuple(self._method()))
        yield Section("各部分", table=self._parts())
        yield Section("等次", table=self._grades())
        articles = tuple(Article(one.code, one.name.zh, one.article) for one in self._appraisal.parts)
        yield Section("条文", articles=articles)
        yield Section("否决情形", table=self._grounds())

    def _method(self) -> Iterator[str]:
        one, frame = self._appraisal, self._stars.round
        best, last = one.grades[0], one.grades[-1]
        yield (
            f"本章为《{one.name.zh}》。满分{self._points(self._stars.full)}，支部星级命名之后每年考核一次；"
            f"截止日连续任职不满{one.months_min}个月的不定等次（{self._cites('months_min')}）。"
        )
        pool = "全区" if one.in_district else "党委"
        yield (
            f"“{best.name.zh}”不超过{pool}定等次人数的{one.share[0]}/{one.share[1]}（{self._cites('quota.share')}），"
            f"同分时依次比较{'、'.join(self._ordered(code) for code in one.order)}；仍相同的同进同退。"
        )
        satisfied = "、".join(grade.name.zh for grade in one.grades if grade.code in one.satisfied)
        yield (
            f"评议票中{satisfied}的算满意（{self._cites('votes.satisfied_from')}）；“{last.name.zh}”票超过有效票"
            f"{one.unfit_above[0]}/{one.unfit_above[1]}的定为“{last.name.zh}”（{self._cites('votes.unfit_above')}）；"
            f"有效票不足{frame.answers_min}份的得满分并注明。结果公示{frame.notice_days}{term(frame.notice_counts).zh}。"
        )

    def _points(self, value: int) -> str:
        return f"{printed_text(value, self._stars.decimals)}分"

    def _cites(self, key: str) -> str:
        """The sources of one value, within a sentence in brackets."""
        told = cited_by_value([("", self._stars.citations.get(f"appraisal.{key}", ""))])
        return told.split("\n")[0].strip("（）")

    def _cited(self, place: str, **values: str) -> str:
        cites = self._stars.citations
        return cited_by_value((name, cites.get(f"appraisal.{place}.{key}", "")) for key, name in values.items())

    def _ordered(self, code: str) -> str:
        part = self._appraisal.part(code)
        return "得分" if code == BY_SCORE or part is None else part.name.zh

    def _parts(self) -> Table:
        rows = tuple(
            (
                one.name.zh,
                printed_text(one.points, self._stars.decimals),
                of_list("PartMeasure", one.measure.value).zh,
                self._scale(one),
                "、".join(each.zh for each in one.evidence) or "—",
                self._cited(f"parts.{one.code}", grounds="设项", points="分值", by_star="计分", line="计分"),
            )
            for one in self._appraisal.parts
        )
        return Table(
            headings=("部分", "分值", "由什么量得", "怎样计分", "证明材料", "依据"),
            widths=(16, 7, 24, 23, 12, 18),
            rows=rows,
            centred=(1,),
        )

    def _scale(self, one: Part) -> str:
        if one.form is PartForm.BY_STAR:
            stars = [("未定星级" if star == NO_STAR else f"{star}星", points) for star, points in one.by_star.items()]
            return "；".join(f"{name}{self._points(points)}" for name, points in stars)
        if one.form is PartForm.LINEAR:
            return f"{one.low}分以下不得分，{one.high}分以上得满分，其间按比例"
        return "按比例" if one.form is PartForm.RATE else "在分值内给分"

    def _grades(self) -> Table:
        rows = tuple(
            (
                one.name.zh,
                f"{self._points(one.low)}以上",
                printed_text(one.coefficient, self._stars.decimals),
                "区里" if one.by_district else "党委",
                self._cited(f"grades.{one.code}", low="得分", coefficient="系数", decided_by="由谁决定"),
            )
            for one in self._appraisal.grades
        )
        return Table(
            headings=("等次", "得分（含本数）", "系数（不是金额）", "由谁决定", "依据"),
            widths=(16, 20, 20, 16, 28),
            rows=rows,
            centred=(0, 1, 2, 3),
        )

    def _grounds(self) -> Table:
        last = self._appraisal.grades[-1].name.zh
        rows = tuple(
            (one.name.zh, f"定为“{last}”", self._cited(f"vetoes.{one.code}", grounds="设项"))
            for one in self._appraisal.grounds
        )
        return Table(headings=("情形", "处理", "依据"), widths=(48, 30, 22), rows=rows)
