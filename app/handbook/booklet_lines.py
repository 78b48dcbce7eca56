"""The chapter on grades and lines: the bounds, what follows from them, and who is not named."""

from __future__ import annotations

from collections.abc import Iterator

from app.handbook import phrases
from app.handbook.booklet_parts import Chapter, Section, Table, cited, lines
from app.handbook.glossary import Glossary, of_list
from app.rules.core import Regime
from app.rules.lines import Line
from app.rules.terms import term


def lines_chapter(words: Glossary, regime: Regime) -> Chapter:
    """Bands and lines of a class of members; a book may have neither."""
    return Chapter("等次和界线", tuple(_sections(words, regime)))


def _sections(words: Glossary, regime: Regime) -> Iterator[Section]:
    if regime.bands:
        rows = []
        for number, band in enumerate(regime.bands, start=1):
            test = "其余的"
            if band.basis is not None:
                test = phrases.tested(words, band.basis, band.dimension, band.relation, band.bound).zh
            rows.append((str(number), band.name.zh, test, cited(band.citation) or "—"))
        yield Section(
            "等次",
            paragraphs=("由上而下依次比较，先符合的为准。",),
            table=Table(
                headings=("次序", "等次", "条件", "依据"), widths=(9, 24, 43, 24), rows=tuple(rows), centred=(0,)
            ),
        )
    if regime.lines:
        yield Section(
            "界线",
            table=Table(
                headings=("名称", "条件", "何时", "后果", "名额", "依据"),
                widths=(14, 28, 11, 12, 21, 14),
                rows=tuple(_row(words, one) for one in regime.lines),
            ),
        )
    for line in regime.lines:
        if line.excludes:
            yield Section(
                f"{line.name.zh}：不列入的情形",
                table=Table(
                    headings=("情形", "依据"),
                    widths=(70, 30),
                    rows=tuple((phrases.exclusion(words, one).zh, cited(one.citation)) for one in line.excludes),
                ),
            )


def _row(words: Glossary, line: Line) -> tuple[str, ...]:
    test = phrases.tested(words, line.basis, line.dimension, line.relation, line.bound).zh
    due = f"已到期应得分不少于{words.points(line.due_min).zh}" if line.due_min else ""
    return (
        line.name.zh,
        lines([test, due]),
        term(line.when).zh,
        of_list("Consequence", line.consequence).zh,
        phrases.quota(words, line).zh if line.quota else "—",
        cited(line.citation) or "—",
    )
