"""The rule book of the simulated year: few items, so that a reader can do the sums, in two editions.

The second is in force from the third quarter on: a theme day costs less, dues cost more, advice earns more.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.rules.small_book import edited, put_edition

_BOOK = """\
format: 1
book: year
name: {zh: 模拟年度细则, en: Rules of the simulated year}
issuer: {zh: 区两新工委, en: District office}
applies_to: {zh: 全体党员, en: All members}
decimals: 0
cycle:
  first_month: {value: FIRST_MONTH, source: M1}
sources:
  M1: {title: 报道, date: 2024-06-10, grade: g2}
"""

_ITEMS = """\
format: 1
edition: "first"
name: {zh: 前半年版, en: First half}
from: FROM
base: {value: 200, source: M1}
opening: {value: full, source: M1}
total: {low: 0, assumption: true}
dimensions:
  ORG:
    name: {zh: 组织生活, en: Organisation life}
    allotment: {value: 160, assumption: true}
  LAW:
    name: {zh: 遵纪守法, en: Discipline and law}
    allotment: {value: 40, assumption: true}
unrecorded:
  sessions: {value: undecided, assumption: true}
  confirmation: {value: missed, assumption: true}
  default: {value: kept, assumption: true}
nodes:
  innovation:
    bounds: [{window: year, high: 40, assumption: true}]
lines:
  commend:
    name: {zh: 推荐线, en: Commendation}
    basis: daily
    relation: at_least
    bound: {value: 160, source: M1}
    when: {value: year_end, assumption: true}
    quota: {value: 1/3, source: M1}
    consequence: recommend
  assist:
    name: {zh: 帮扶线, en: Assistance}
    basis: total
    relation: at_most
    bound: {value: 150, source: M1}
    when: {value: every_quarter, assumption: true}
    consequence: assistance
bands:
  - code: low
    name: {zh: 帮扶, en: Assisted}
    test: {basis: total, relation: at_most, bound: 150, source: M1}
  - code: rest
    name: {zh: 合格, en: Qualified}
profiles:
  standard:
    name: {zh: 一般党员, en: Member}
    grounds: {source: M1}
  floating:
    name: {zh: 流动党员, en: Member away from home}
    grounds: {source: M1}
    items:
      ORG-D02: {settled: default, grounds: {source: M1}}
  exempt:
    name: {zh: 免考评, en: Exempt}
    grounds: {source: M1}
    duties: none
    ranked: {value: false, source: M1}
    graded: {value: false, source: M1}
items:
  ORG-D01:
    name: {zh: 主题党日, en: Theme day}
    kind: routine
    dimension: ORG
    article: 每月参加一次。
    grounds: {source: M1}
    duty:
      every: {value: month, source: M1}
      share: {value: 10, assumption: true}
      settled: sessions
    record: [organisation_commissioner]
    review: [secretary]
  ORG-D02:
    name: {zh: 交纳党费, en: Dues}
    kind: routine
    dimension: ORG
    article: 每季度核对一次。
    grounds: {source: M1}
    duty:
      every: {value: quarter, source: M1}
      share: {value: 10.0, assumption: true}
      settled: confirmation
    record: [organisation_commissioner]
    review: [secretary]
  LAW-D01:
    name: {zh: 遵纪守法, en: Keeps the law}
    kind: routine
    dimension: LAW
    article: 没有查实的问题即视为遵守。
    grounds: {source: M1}
    duty:
      every: {value: year, source: M1}
      share: {value: 40, assumption: true}
      settled: default
    record: [organisation_commissioner]
    review: [secretary]
  ORG-A01:
    name: {zh: 建议, en: Advice}
    kind: innovation
    dimension: ORG
    article: 每条加分。
    grounds: {source: M1}
    points: {value: 12, source: M1}
    record: [member]
    review: [secretary]
  ORG-F01:
    name: {zh: 外出不报告, en: Away without report}
    kind: fault
    dimension: ORG
    article: 每次扣分。
    grounds: {source: M1}
    points: {value: -20, source: M1}
    record: [organisation_commissioner]
    review: [secretary]
"""


def put_year_book(folder: Path, first: date, second: date) -> tuple[Path, Path]:
    """Two folders of the book: with its first edition alone, and with both."""
    paths = []
    for name, starts in (("begun", [first]), ("changed", [first, second])):
        at = folder / name / "year"
        at.mkdir(parents=True)
        (at / "book.yaml").write_text(_BOOK.replace("FIRST_MONTH", str(first.month)), encoding="utf-8")
        items = edited(_ITEMS, ("from: FROM", f"from: {first}")).replace("10.0", "10")
        put_edition(at, items, "first")
        if len(starts) == 2:
            changed = edited(
                _ITEMS,
                ("from: FROM", f"from: {second}"),
                ('edition: "first"', 'edition: "second"'),
                ("share: {value: 10, assumption: true}", "share: {value: 9, source: M1}"),
                ("share: {value: 10.0, assumption: true}", "share: {value: 13, source: M1}"),
                ("points: {value: 12, source: M1}", "points: {value: 15, source: M1}"),
            )
            put_edition(at, changed, "second")
        paths.append(at)
    return paths[0], paths[1]
