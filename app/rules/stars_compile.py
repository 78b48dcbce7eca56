"""From a checked star sheet to the compiled one, in the sheet's smallest unit of points."""

from __future__ import annotations

from decimal import Decimal
from typing import TypeVar

from app.rules import stars
from app.rules.appraisal_compile import compile_appraisal
from app.rules.checks import walk
from app.rules.cited import Cited
from app.rules.compile import source_of
from app.rules.compile_items import citation_of, name_of
from app.rules.document import BookText
from app.rules.stars_document import GateText, IndicatorText, LevelText, StarsText
from app.rules.surveys_compile import compile_surveys

Section = TypeVar("Section")


def compile_stars(book: BookText, sheet: StarsText) -> stars.Stars:
    """The compiled sheet. Only sound documents come here: the checks have found nothing."""
    cited = [(path, value) for path, value in walk(sheet) if isinstance(value, Cited)]
    return _Compiler(sheet).compiled(
        citations={".".join(str(part) for part in path): citation_of(value) for path, value in cited},
        sources={key: source_of(book.sources[key]) for key in sorted({key for _, one in cited for key in one.keys})},
    )


def _there(section: Section | None) -> Section:
    if section is None:
        raise AssertionError("a sheet without this section has a fault")
    return section


class _Compiler:
    def __init__(self, sheet: StarsText) -> None:
        self._sheet = sheet
        self._round = _there(sheet.round)

    def compiled(self, *, citations: dict[str, str], sources: dict[str, str]) -> stars.Stars:
        sheet = self._sheet
        return stars.Stars(
            name=name_of(sheet.name),
            full=self._points(_there(sheet.full).value),
            decimals=self._round.decimals.value,
            modules=tuple(
                stars.Module(code, name_of(text.name), self._points(text.points.value))
                for code, text in sheet.modules.items()
            ),
            indicators=tuple(self._indicator(code, text) for code, text in sheet.indicators.items()),
            bonus=self._bonus(),
            levels=tuple(self._level(int(key), text) for key, text in sorted(sheet.stars.items(), reverse=True)),
            gates=tuple(_gate(code, text) for code, text in sheet.gates.items()),
            quotas=tuple(
                stars.Quota(int(key), text.share.value, text.pool.value)
                for key, text in sorted(sheet.quotas.items(), reverse=True)
            ),
            order=tuple(_there(sheet.order).value),
            step=self._step(),
            round=self._frame(),
            vetoes=tuple(stars.Ground(code, name_of(text.name)) for code, text in sheet.vetoes.items()),
            downgrades=tuple(
                stars.Downgrade(code, name_of(text.name), text.ground, text.times, text.effect)
                for code, text in sheet.downgrades.items()
            ),
            rectification=self._rectification(),
            appraisal=None if sheet.appraisal is None else compile_appraisal(sheet.appraisal, self._points),
            surveys=() if sheet.surveys is None else compile_surveys(sheet.surveys),
            citations=citations,
            sources=sources,
        )

    def _points(self, value: Decimal) -> int:
        """Points in the sheet's smallest unit."""
        return int(value.scaleb(self._round.decimals.value))

    def _indicator(self, code: str, text: IndicatorText) -> stars.Indicator:
        scale = text.scale
        return stars.Indicator(
            code=code,
            name=name_of(text.name),
            module=text.module,
            points=self._points(text.points.value),
            article=text.article,
            measure=text.measure,
            scale=stars.Scale(
                form=scale.form,
                per_unit=self._points(scale.per_unit or Decimal(0)),
                low=scale.low or 0,
                high=scale.high or 0,
                of=scale.of or 0,
            ),
            limits={name: limit.value for name, limit in text.limits.items()},
            evidence=tuple(map(name_of, text.evidence)),
            items=tuple(text.items),
        )

    def _bonus(self) -> stars.Bonus:
        text = _there(self._sheet.bonus)
        proofs = tuple(map(name_of, text.evidence))
        return stars.Bonus(name_of(text.name), self._points(text.cap.value), text.article, proofs)

    def _level(self, star: int, text: LevelText) -> stars.Level:
        return stars.Level(
            star=star,
            name=name_of(text.name),
            low=self._points(text.low.value),
            decided_by=text.decided_by.value,
            treatment=text.treatment.value,
            leads=text.leads is not None and text.leads.value,
            plate=text.plate is not None and text.plate.value,
        )

    def _step(self) -> stars.Step:
        text = _there(self._sheet.step)
        return stars.Step(text.up.value, text.first.value, text.first_round_free.value, text.exceptions_by.value)

    def _frame(self) -> stars.Round:
        text = self._round
        return stars.Round(
            cut_off=text.cut_off.value,
            founded_months=text.founded_months.value,
            look_back_months=text.look_back_months.value,
            answers_min=text.answers_min.value,
            rounding=text.rounding.value,
            notice_days=text.notice_days.value,
            notice_counts=text.notice_counts.value,
            valid_months=text.valid_months.value,
        )

    def _rectification(self) -> stars.Rectification:
        text = _there(self._sheet.rectification)
        return stars.Rectification(
            months=text.months.value,
            extension_months=text.extension_months.value,
            listed_years=text.listed_years.value,
            listed_at_most=text.listed_at_most.value,
        )


def _gate(code: str, text: GateText) -> stars.Gate:
    survey = text.survey
    return stars.Gate(
        code=code,
        name=name_of(text.name),
        at_most=text.at_most.value,
        fact=None if text.fact is None else text.fact.value,
        survey=None if survey is None else survey.indicator,
        at_least=0 if survey is None else survey.at_least,
        unanswered_passes=survey is not None and survey.unanswered == "passes",
    )
