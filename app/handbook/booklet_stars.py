"""The chapter on the stars of branches, for an edition that has a star sheet."""

from __future__ import annotations

from collections.abc import Iterator

from app.handbook.booklet_parts import Article, Chapter, Section, Table, cited_by_value, lines
from app.handbook.glossary import month_day, of_list
from app.rules.points import printed_text
from app.rules.stars import BY_HAND, BY_SCORE, MEASURES, Gate, Indicator, Quantity, ScaleForm, Stars
from app.rules.terms import TERMS, term

_OF_MEASURED = {Quantity.MEAN: "分", Quantity.RATE: "%", Quantity.SURVEY: "%", Quantity.COUNT: "次"}


def stars_chapter(stars: Stars) -> Chapter:
    """The whole sheet."""
    return Chapter("支部星级", tuple(_Sheet(stars).sections()))


class _Sheet:
    def __init__(self, stars: Stars) -> None:
        self._stars = stars

    def sections(self) -> Iterator[Section]:
        stars = self._stars
        yield Section("评定办法", paragraphs=tuple(self._method()))
        yield Section("星级", table=self._levels())
        if stars.gates:
            yield Section("得分以外的要求", table=self._gates())
        for module in stars.modules:
            rows = tuple(self._row(one) for one in stars.indicators_of(module.code))
            yield Section(
                f"{module.code}　{module.name.zh}（{self._points(module.points)}）",
                table=Table(
                    headings=("代号", "指标", "分值", "由什么量得", "怎样计分", "证明材料", "依据"),
                    widths=(8, 20, 7, 19, 19, 13, 14),
                    rows=rows,
                    centred=(0, 2),
                ),
            )
        bonus = stars.bonus
        articles = [Article(one.code, one.name.zh, one.article) for one in stars.indicators]
        articles.append(
            Article("", bonus.name.zh, f"{bonus.article}证明材料：{'、'.join(each.zh for each in bonus.evidence)}。")
        )
        yield Section("条文", articles=tuple(articles))
        yield Section("否决和降星情形", table=self._grounds())

    def _method(self) -> Iterator[str]:
        stars, frame, step, mending = self._stars, self._stars.round, self._stars.step, self._stars.rectification
        yield (
            f"本章为《{stars.name.zh}》。满分{self._points(stars.full)}，另有加分至多{self._points(stars.bonus.cap)}；"
            f"得分保留{stars.decimals}位小数，{term(frame.rounding).zh}，只在最后取整一次。"
        )
        yield (
            f"每年评定一次，截止日为{month_day(frame.cut_off).zh}。截止日前成立不满{frame.founded_months}个月的支部，"
            f"以及截止日前{frame.look_back_months}个月内有否决情形的支部，本轮不定星级。"
        )
        yield (
            f"测评的有效答卷不足{frame.answers_min}份的无效，该项得满分并注明。"
            f"结果公示{frame.notice_days}{term(frame.notice_counts).zh}，星级有效{frame.valid_months}个月。"
        )
        free = "（全区首轮评定不受此限）" if step.first_round_free else ""
        yield (
            f"比上年至多升{step.up}星，首次参评最高{_star(step.first)}{free}；"
            f"例外由{term(step.exceptions_by).zh}决定并写明依据。"
        )
        yield f"同分时依次比较：{'、'.join(self._ordered(one) for one in stars.order)}；仍相同的同进同退。"
        yield (
            f"整改期{mending.months}个月，可延长一次，{mending.extension_months}个月；"
            f"连续{mending.listed_years}轮在{_star(mending.listed_at_most)}以下（含本数）的，列入区里整改名单。"
        )

    def _points(self, value: int) -> str:
        return f"{printed_text(value, self._stars.decimals)}分"

    def _cited(self, place: str, **values: str) -> str:
        """The citations of a part's values, by the key of each and what it is called."""
        cites = self._stars.citations
        return cited_by_value((name, cites.get(f"{place}.{key}", "")) for key, name in values.items())

    def _ordered(self, code: str) -> str:
        if code == BY_SCORE:
            return "得分"
        names = {one.code: one.name.zh for one in self._stars.modules}
        names |= {one.code: one.name.zh for one in self._stars.indicators}
        return f"{names.get(code, '')}（{code}）"

    def _levels(self) -> Table:
        quotas = {one.star: one for one in self._stars.quotas}
        rows = []
        for level in self._stars.levels:
            quota = quotas.get(level.star)
            limit = "—"
            if quota is not None:
                limit = f"不超过{term(quota.pool).zh}参评支部的{quota.share[0]}/{quota.share[1]}"
            more = [told for told, has in (("可任网格龙头", level.leads), ("授牌", level.plate)) if has]
            rows.append(
                (
                    level.name.zh,
                    f"{self._points(level.low)}以上",
                    limit,
                    term(level.decided_by).zh,
                    lines([term(level.treatment).zh, *more]),
                    self._level_cited(level.star),
                )
            )
        return Table(
            headings=("星级", "得分（含本数）", "名额", "由谁决定", "评定之后", "依据"),
            widths=(11, 15, 23, 12, 19, 20),
            rows=tuple(rows),
            centred=(0, 1, 3),
        )

    def _level_cited(self, star: int) -> str:
        names = {
            f"stars.{star}.low": "得分",
            f"quotas.{star}.share": "名额",
            f"quotas.{star}.pool": "名额范围",
            f"stars.{star}.decided_by": "由谁决定",
            f"stars.{star}.treatment": "评定之后",
            f"stars.{star}.leads": "网格龙头",
            f"stars.{star}.plate": "授牌",
        }
        return cited_by_value((name, self._stars.citations.get(key, "")) for key, name in names.items())

    def _gates(self) -> Table:
        rows = []
        for gate in self._stars.gates:
            source = self._cited(f"gates.{gate.code}", fact="要求", survey="要求", at_most="最高星级")
            rows.append((gate.name.zh, self._asked(gate), _star(gate.at_most), source))
        return Table(
            headings=("要求", "怎样算达到", "未达到的最高", "依据"),
            widths=(32, 34, 16, 18),
            rows=tuple(rows),
            centred=(2,),
        )

    def _asked(self, gate: Gate) -> str:
        if gate.fact is not None:
            return f"决定之日{term(gate.fact).zh}"
        indicator = self._stars.indicator(gate.survey or "")
        name = indicator.name.zh if indicator else gate.survey or ""
        unanswered = TERMS["Unanswered"]["passes" if gate.unanswered_passes else "fails"].zh
        return f"“{name}”不低于{gate.at_least}%；{unanswered}"

    def _row(self, one: Indicator) -> tuple[str, ...]:
        measure = MEASURES.get(one.measure)
        return (
            one.code,
            one.name.zh,
            printed_text(one.points, self._stars.decimals),
            of_list("Measure", BY_HAND).zh if measure is None else measure.name.zh,
            self._scale(one),
            "、".join(each.zh for each in one.evidence) or "—",
            self._cited(f"indicators.{one.code}", grounds="设项", points="分值", scale="计分"),
        )

    def _scale(self, one: Indicator) -> str:
        scale, told = one.scale, term(one.scale.form).zh
        measure = MEASURES.get(one.measure)
        unit = _OF_MEASURED.get(measure.quantity, "") if measure else ""
        if scale.form is ScaleForm.EACH:
            return f"每次{self._points(scale.per_unit)}，不超过本项分值"
        if scale.form is ScaleForm.LINEAR:
            return f"{scale.low}{unit}以下不得分，{scale.high}{unit}以上得满分，其间按比例"
        if scale.form is ScaleForm.RATE and scale.of:
            return f"{told}（共查{scale.of}份）"
        return told

    def _grounds(self) -> Table:
        rows = [
            (one.name.zh, "本轮不定星级", self._cited(f"vetoes.{one.code}", grounds="设项"))
            for one in self._stars.vetoes
        ]
        for one in self._stars.downgrades:
            times = f"（{one.times}次）" if one.times > 1 else ""
            source = cited_by_value([("处理", self._stars.citations.get(f"downgrades.{one.code}", ""))])
            rows.append((one.name.zh + times, term(one.effect).zh, source))
        return Table(headings=("情形", "处理", "依据"), widths=(48, 30, 22), rows=tuple(rows))


def _star(star: int) -> str:
    return TERMS["Star"][str(star)].zh
