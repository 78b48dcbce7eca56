"""A small sound book, and putting it (or a broken copy) into a folder. Cut down from the Longwen book."""

from __future__ import annotations

from pathlib import Path

BOOK = """\
format: 1
book: small
name: {zh: 小细则, en: Small rules}
issuer: {zh: 区两新工委, en: District office}
applies_to: {zh: 全体党员, en: All members}
decimals: 0
cycle:
  first_month: {value: 1, source: M1}
sources:
  M1: {title: 报道, date: 2024-06-10, grade: g2}
  C1: {title: 条例}
"""

ITEMS = """\
format: 1
edition: "2026"
name: {zh: 小细则（2026年版）, en: "Small rules, 2026"}
from: 2026-01-01
base: {value: 100, source: M1}
opening: {value: full, source: M1}
total: {low: 0, assumption: true}
dimensions:
  ORG:
    name: {zh: 组织生活, en: Organisation life}
    allotment: {value: 60, assumption: true}
  SRV:
    name: {zh: 服务职工, en: Serving staff}
    allotment: {value: 40, assumption: true}
unrecorded:
  sessions: {value: undecided, assumption: true}
  amount: {value: missed, assumption: true}
  confirmation: {value: missed, assumption: true}
nodes:
  innovation:
    bounds: [{window: year, high: 20, assumption: true}]
  innovation/ORG:
    bounds: [{window: year, high: 10, assumption: true}]
  innovation/ORG/talks:
    name: {zh: 宣讲, en: Talks}
    bounds: [{window: year, high: 8, assumption: true}]
across:
  quarterly: {kind: innovation, items: [ORG-A01], per_quarter: 9, assumption: true}
lines:
  commend:
    name: {zh: 推荐线, en: Commendation}
    basis: daily
    relation: at_least
    bound: {value: 90, source: M1}
    when: {value: year_end, assumption: true}
    quota: {value: 1/3, source: M1}
    consequence: recommend
  assist:
    name: {zh: 帮扶线, en: Assistance}
    basis: total
    relation: at_most
    bound: {value: 50, source: M1}
    when: {value: every_quarter, assumption: true}
    consequence: assistance
  pace:
    name: {zh: 进度线, en: Pace}
    basis: pace
    relation: at_least
    bound: {value: 40, assumption: true}
    due_min: {value: 10, assumption: true}
    when: {value: every_quarter, assumption: true}
    consequence: warning
bands:
  - code: low
    name: {zh: 帮扶, en: Assisted}
    test: {basis: total, relation: at_most, bound: 50, source: M1}
  - code: rest
    name: {zh: 合格, en: Qualified}
profiles:
  standard:
    name: {zh: 一般党员, en: Member}
    grounds: {source: M1}
  exempt:
    name: {zh: 免考评, en: Exempt}
    grounds: {source: C1, clause: 第23条}
    duties: none
overlays:
  remote:
    name: {zh: 分散支部, en: Scattered branch}
    grounds: {assumption: true}
    items:
      ORG-D01: {settled: confirmation, grounds: {assumption: true}}
items:
  ORG-D01:
    name: {zh: 党员大会, en: Member meeting}
    kind: routine
    dimension: ORG
    article: 每季度参加一次。
    grounds: {source: C1}
    duty:
      every: {value: quarter, source: C1}
      share: {value: 15, assumption: true}
      settled: sessions
    record: [secretary]
    review: [committee_officer]
  SRV-D01:
    name: {zh: 志愿服务, en: Service hours}
    kind: routine
    dimension: SRV
    article: 全年二十小时。
    grounds: {source: M1}
    duty:
      every: {value: year, assumption: true}
      share: {value: 40, assumption: true}
      settled: amount
      unit: hours
      targets:
        - {window: half, units: 10, assumption: true}
        - {window: year, units: 20, assumption: true}
    record: [system]
    review: [secretary]
  ORG-A01:
    name: {zh: 主讲党课, en: Party class given}
    kind: innovation
    dimension: ORG
    article: 每次加分。
    grounds: {source: M1}
    points: {value: 5, source: M1}
    bounds:
      - {window: quarter, high: 5, assumption: true}
      - {window: year, high: 8, assumption: true}
    group: talks
    record: [member]
    review: [secretary]
  ORG-A02:
    name: {zh: 表彰, en: Commendation}
    kind: innovation
    dimension: ORG
    article: 按层级加分。
    grounds: {source: M1}
    tiers:
      - {code: district, name: {zh: 区, en: district}, points: 5, source: M1}
      - {code: city, name: {zh: 市, en: city}, points: 9, source: M1}
    outside: [innovation/ORG]
    matter: required
    record: [member]
    review: [secretary]
  SRV-A01:
    name: {zh: 超额服务, en: More hours}
    kind: innovation
    dimension: SRV
    article: 按时数就高。
    grounds: {source: M1}
    measure:
      ladder:
        unit: hours
        rungs:
          - {units: 40, points: 5, source: M1}
          - {units: 80, points: 9, source: M1}
    record: [system]
    review: [secretary]
  ORG-F01:
    name: {zh: 不补课, en: No make-up}
    kind: fault
    dimension: ORG
    article: 每次扣分。
    grounds: {source: M1}
    points: {value: -5, source: M1}
    bounds: [{window: year, low: -20, assumption: true}]
    costs: [ORG-D01]
    record: [secretary]
    review: [committee_officer]
  ORG-V01:
    name: {zh: 六个月不参加, en: Six months absent}
    kind: veto
    dimension: ORG
    article: 一票否决。
    grounds: {source: C1, clause: 第31条}
    veto:
      effect: {value: zero, source: M1}
      ground: {value: fixed, assumption: true}
    record: [secretary]
    review: [committee_officer]
"""

SMALL_EXAMPLES = """\
format: 1
examples:
  one-miss:
    title: {zh: 缺席一次扣15分, en: One miss costs 15}
    given:
      - {item: ORG-D01, windows: 2026Q1, outcome: missed}
    expect: {daily: 85, band: rest}
"""

SMALL_ROUNDS = """\
format: 1
examples:
  levels:
    title: {zh: 得满分为五星, en: Full points are five stars}
    branches:
      - {name: 甲, expect: {star: 5, causes: [level, taken]}}
"""


def put_book(
    folder: Path, *, book: str = BOOK, items: str = ITEMS, examples: str | None = None, edition: str = "2026"
) -> Path:
    """Write a book into ``folder/small`` and give that folder."""
    at = folder / "small"
    put_edition(at, items, edition)
    (at / "book.yaml").write_text(book, encoding="utf-8")
    if examples is not None:
        (at / edition / "examples").mkdir(exist_ok=True)
        (at / edition / "examples" / "examples.yaml").write_text(examples, encoding="utf-8")
    return at


def put_edition(book_folder: Path, items: str, edition: str) -> None:
    (book_folder / edition).mkdir(parents=True, exist_ok=True)
    (book_folder / edition / "items.yaml").write_text(items, encoding="utf-8")


def edited(text: str, *edits: tuple[str, str]) -> str:
    """The text with each of the passages, which must stand in it once, replaced."""
    for old, new in edits:
        if text.count(old) != 1:
            raise AssertionError(f"{old!r} stands {text.count(old)} times in the text")
        text = text.replace(old, new)
    return text


def next_edition(*edits: tuple[str, str], code: str = "2027", starts: str = "2027-01-01") -> str:
    """The small items under another code and first day."""
    renamed = edited(ITEMS, ('edition: "2026"', f'edition: "{code}"'), ("from: 2026-01-01", f"from: {starts}"))
    return edited(renamed, *edits)


def line_of(text: str, passage: str) -> int:
    """The line (1-based) on which a passage stands, which must stand in it once."""
    if text.count(passage) != 1:
        raise AssertionError(f"{passage!r} stands {text.count(passage)} times in the text")
    return text[: text.index(passage)].count("\n") + 1
