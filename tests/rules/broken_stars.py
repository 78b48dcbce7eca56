"""A small sound star sheet, and ways to break it by one edit each: where the fault must be found."""

from __future__ import annotations

from pathlib import Path

from tests.rules.broken_books import broken
from tests.rules.small_book import BOOK, put_book

SHEET = """\
format: 1
edition: "2026"
name: {zh: 小星级标准, en: Small star sheet}
full: {value: 20, source: M1}
round:
  cut_off: {value: 12-31, source: M1}
  founded_months: {value: 12, assumption: true}
  look_back_months: {value: 24, source: M1}
  answers_min: {value: 5, assumption: true}
  decimals: {value: 1, assumption: true}
  rounding: {value: half_up, assumption: true}
  notice_days: {value: 5, source: M1}
  notice_counts: {value: working_days, assumption: true}
  valid_months: {value: 12, assumption: true}
modules:
  A:
    name: {zh: 组织, en: Organisation}
    points: {value: 12, assumption: true}
  B:
    name: {zh: 评价, en: Opinion}
    points: {value: 8, assumption: true}
indicators:
  A.1:
    name: {zh: 会议, en: Meetings}
    module: A
    points: {value: 4, assumption: true}
    article: 按比例。
    grounds: {source: M1}
    measure: meetings_held
    scale: {form: rate, assumption: true}
    items: [ORG-D01]
  A.2:
    name: {zh: 均值, en: Mean}
    module: A
    points: {value: 4.5, assumption: true}
    article: 按线性。
    grounds: {source: M1}
    measure: member_average
    scale: {form: linear, low: 60, high: 90, assumption: true}
    limits: {months_min: {value: 6, assumption: true}}
  A.3:
    name: {zh: 党日, en: Theme days}
    module: A
    points: {value: 3.5, assumption: true}
    article: 按次。
    grounds: {source: M1}
    measure: theme_days
    scale: {form: each, per_unit: 0.5, assumption: true}
    items: [SRV-D01]
  B.1:
    name: {zh: 职工满意, en: Staff}
    module: B
    points: {value: 5, assumption: true}
    article: 满意率。
    grounds: {source: M1}
    measure: staff_survey
    scale: {form: rate, source: C1}
  B.2:
    name: {zh: 抽查, en: Records}
    module: B
    points: {value: 3, assumption: true}
    article: 抽查。
    grounds: {source: M1}
    measure: by_hand
    scale: {form: rate, of: 5, assumption: true}
    evidence: [{zh: 抽查表, en: Form}]
bonus:
  name: {zh: 加分, en: Bonus}
  cap: {value: 2, source: M1}
  article: 凭证明。
  grounds: {source: M1}
  evidence: [{zh: 证明, en: Proof}]
stars:
  5:
    name: {zh: 五星, en: Five}
    low: {value: 18, source: M1}
    decided_by: {value: district, source: M1}
    treatment: {value: model, source: M1}
    leads: {value: true, source: M1}
  4:
    name: {zh: 四星, en: Four}
    low: {value: 16, source: M1}
    decided_by: {value: committee, source: M1}
    treatment: {value: model, source: M1}
  3:
    name: {zh: 三星, en: Three}
    low: {value: 14, source: M1}
    decided_by: {value: committee, source: M1}
    treatment: {value: cultivation, source: M1}
  2:
    name: {zh: 二星, en: Two}
    low: {value: 12, source: M1}
    decided_by: {value: committee, source: M1}
    treatment: {value: rectification, source: M1}
gates:
  survey:
    name: {zh: 满意, en: Satisfied}
    at_most: {value: 2, source: M1}
    survey: {indicator: B.1, at_least: 60, unanswered: passes, source: M1}
  project:
    name: {zh: 项目, en: Project}
    at_most: {value: 4, source: M1}
    fact: {value: innovation_project, source: M1}
quotas:
  5:
    share: {value: 1/10, source: M1}
    pool: {value: district, assumption: true}
order: {value: [score, B, A.1], assumption: true}
step:
  up: {value: 1, source: M1}
  first: {value: 3, assumption: true}
  first_round_free: {value: true, assumption: true}
  exceptions_by: {value: district, source: M1}
vetoes:
  law:
    name: {zh: 违法, en: Breach of law}
    grounds: {source: M1}
rectification:
  months: {value: 3, assumption: true}
  extension_months: {value: 3, assumption: true}
  listed_years: {value: 2, source: M1}
  listed_at_most: {value: 2, source: M1}
appraisal:
  name: {zh: 书记考核, en: Appraisal}
  months_min: {value: 12, source: M1}
  parts:
    star:
      name: {zh: 星级, en: Star}
      points: {value: 10, source: M1}
      article: 按星级。
      grounds: {source: M1}
      measure: branch_star
      by_star: {value: {5: 10, 4: 8, 3: 6, 2: 4, 1: 2, none: 0}, assumption: true}
    mean:
      name: {zh: 平均分, en: Average}
      points: {value: 5, source: M1}
      article: 按平均分。
      grounds: {source: M1}
      measure: member_average
      line: {low: 61, high: 91, assumption: true}
    voice:
      name: {zh: 评议票, en: Votes}
      points: {value: 5, source: M1}
      article: 按票。
      grounds: {source: M1}
      measure: votes
  grades:
    good:
      name: {zh: 好, en: Good}
      low: {value: 17, source: M1}
      coefficient: {value: 1.5, assumption: true}
      decided_by: {value: district, assumption: true}
    fair:
      name: {zh: 一般, en: Fair}
      low: {value: 11, source: M1}
      coefficient: {value: 1, assumption: true}
      decided_by: {value: committee, assumption: true}
    bad:
      name: {zh: 差, en: Bad}
      low: {value: 0, source: M1}
      coefficient: {value: 0.5, assumption: true}
      decided_by: {value: committee, assumption: true}
  quota: {share: {value: 1/5, assumption: true}, pool: {value: committee, assumption: true}}
  votes: {satisfied_from: {value: fair, assumption: true}, unfit_above: {value: 1/3, source: M1}}
  order: {value: [score, star, voice], source: M1}
  vetoes:
    punished: {name: {zh: 受处分, en: Punished}, grounds: {source: M1}}
surveys:
  scales:
    content:
      source: M1
      choices: {sure: {zh: 满意, en: Content, counts: satisfied}, never: {zh: 不满意, en: Not, counts: unfit}}
    marks:
      assumption: true
      choices: {good: {zh: 好, en: Good, counts: satisfied}, fair: {zh: 一般, en: Fair, counts: satisfied},
        unknown: {zh: 不了解, en: Cannot say, counts: invalid}, bad: {zh: 差, en: Bad, counts: unfit}}
  sheets:
    branch-staff:
      scale: content
      questions: {overall: {zh: 总体, en: Whole, source: M1}, life: {zh: 会议, en: Meetings, source: M1}}
    secretary-members:
      scale: marks
      questions: {overall: {zh: 书记, en: Secretary, assumption: true}}
"""


def put_sheet(folder: Path, sheet: str, *, book: str = BOOK) -> Path:
    """Write the small book with a star sheet into ``folder/small`` and give that folder."""
    at = put_book(folder, book=book)
    (at / "2026" / "stars.yaml").write_text(sheet, encoding="utf-8")
    return at


FORM = [
    broken("unknown_key", "    fact: {value: innov", "    facts: 4\n    fact: {value: innov", "gates.project.facts",
           "    facts: 4"),
    broken("missing_key", "    article: 抽查。\n", "", "indicators.B.2.article", "  B.2:"),
    broken("missing_key", "bonus:\n", "bonos:\n", "bonus", "format: 1"),
    broken("missing_key", "  valid_months: {value: 12, assumption: true}\n", "", "round.valid_months", "round:"),
    broken("uncited_bare", "decimals: {value: 1, assumption: true}", "decimals: 1", "round.decimals"),
    broken("uncited", "scale: {form: rate, source: C1}", "scale: {form: rate}", "indicators.B.1.scale"),
    broken("uncited", "full: {value: 20, source: M1}", "full: {value: 20}", "full"),
    broken("fraction_form", "share: {value: 1/10, source: M1}", "share: {value: ten, source: M1}",
           "quotas.5.share.value"),
    broken("not_one_of", "  2:\n", "  0:\n", "stars.0"),
    broken("not_one_of", "treatment: {value: cultivation,", "treatment: {value: praise,", "stars.3.treatment.value"),
    broken("month_day_form", "value: 12-31", "value: 12-32", "round.cut_off.value"),
    broken("out_of_range", "at_least: 60", "at_least: 600", "gates.survey.survey.at_least"),
    broken("indicator_form", "  A.3:\n", "  A 3:\n", "indicators.A 3"),
    broken("indicator_form", "[score, B, A.1]", "[score, B, A/1]", "order.value.2", "order: {value: [score, B"),
    broken("empty", "evidence: [{zh: 证明, en: Proof}]", "evidence: []", "bonus.evidence"),
]  # fmt: skip

MEANING = [
    broken("empty", "vetoes:\n  law:\n    name: {zh: 违法, en: Breach of law}\n    grounds: {source: M1}\n",
           "vetoes: {}\n", "vetoes", "vetoes: {}"),
    broken("unknown_citation", "scale: {form: rate, source: C1}", "scale: {form: rate, source: C9}",
           "indicators.B.1.scale.source"),
    broken("folder_name", 'edition: "2026"', 'edition: "2027"', "edition"),
    broken("star_decimals", "low: {value: 14, source: M1}", "low: {value: 14.25, source: M1}", "stars.3.low.value"),
    broken("star_points", "cap: {value: 2, source: M1}", "cap: {value: -2, source: M1}", "bonus.cap"),
    broken("star_points", "per_unit: 0.5", "per_unit: -0.5", "indicators.A.3.scale.per_unit"),
    broken("star_code_taken", "  B.2:", "  score:", "indicators.score"),
    broken("star_module_sum", "    points: {value: 8, assumption: true}", "    points: {value: 9, assumption: true}",
           "modules.B.points"),
    broken("star_full_sum", "full: {value: 20, source: M1}", "full: {value: 100, source: M1}", "full"),
    broken("star_module_unknown", "    module: A\n    points: {value: 4, assumption: true}",
           "    module: C\n    points: {value: 4, assumption: true}", "indicators.A.1.module", "module: C"),
    broken("star_indicator_unknown", "indicator: B.1", "indicator: B.9", "gates.survey.survey.indicator"),
    broken("star_measure_unknown", "measure: theme_days", "measure: theme_nights", "indicators.A.3.measure"),
    broken("star_evidence", "\n    evidence: [{zh: 抽查表, en: Form}]", "", "indicators.B.2", "  B.2:"),
    broken("star_form", "{form: each, per_unit: 0.5, assumption: true}", "{form: rate, assumption: true}",
           "indicators.A.3.scale", "measure: theme_days\n    scale:"),
    broken("star_scale_missing", "form: rate, of: 5", "form: rate", "indicators.B.2.scale",
           "measure: by_hand\n    scale:"),
    broken("star_scale_extra", "form: linear, ", "form: linear, of: 5, ", "indicators.A.2.scale.of"),
    broken("star_line", "low: 60, high: 90", "low: 90, high: 60", "indicators.A.2.scale"),
    broken("star_limit_missing", "    limits: {months_min: {value: 6, assumption: true}}\n", "", "indicators.A.2",
           "  A.2:"),
    broken("star_limit_extra", "limits: {months_min:", "limits: {days_min: {value: 1, source: M1}, months_min:",
           "indicators.A.2.limits.days_min"),
    broken("star_items_missing", "    items: [ORG-D01]\n", "", "indicators.A.1", "  A.1:"),
    broken("star_items_extra", "    evidence: [{zh: 抽查表, en: Form}]",
           "    evidence: [{zh: 抽查表, en: Form}]\n    items: [ORG-D01]",
           "indicators.B.2.items", "Form}]\n    items: [ORG-D01]"),
    broken("star_item_unknown", "items: [SRV-D01]", "items: [SRV-D01, SRV-D09]", "indicators.A.3.items.1",
           "items: [SRV-D01, SRV"),
    broken("star_gap", "  3:\n    name: {zh: 三星, en: Three}\n    low: {value: 14, source: M1}\n"
           "    decided_by: {value: committee, source: M1}\n    treatment: {value: cultivation, source: M1}\n", "",
           "stars", "stars:"),
    broken("star_low", "low: {value: 18, source: M1}", "low: {value: 21, source: M1}", "stars.5.low"),
    broken("star_order", "low: {value: 14, source: M1}", "low: {value: 16, source: M1}", "stars.3.low",
           "en: Three}\n    low:"),
    broken("star_unknown", "first: {value: 3, assumption: true}", "first: {value: 1, assumption: true}", "step.first"),
    broken("star_gate_form", "    fact: {value: innovation_project, source: M1}\n", "", "gates.project", "  project:"),
    broken("star_gate_idle", "at_most: {value: 4, source: M1}", "at_most: {value: 5, source: M1}",
           "gates.project.at_most"),
    broken("star_gate_survey", "indicator: B.1", "indicator: A.1", "gates.survey.survey.indicator"),
    broken("quota_above_one", "share: {value: 1/10, source: M1}", "share: {value: 11/10, source: M1}",
           "quotas.5.share"),
    broken("star_order_unknown", "[score, B, A.1]", "[score, B, A.7]", "order.value.2", "order: {value: [score, B"),
    broken("star_order_twice", "[score, B, A.1]", "[score, B, B]", "order.value.2", "order: {value: [score, B"),
    broken("appraisal_sum", "      points: {value: 10, source: M1}", "      points: {value: 11, source: M1}",
           "appraisal.parts", "  parts:"),
    broken("appraisal_twice", "      measure: votes", "      measure: branch_star", "appraisal.parts", "  parts:"),
    broken("appraisal_key_missing", "      line: {low: 61, high: 91, assumption: true}\n", "", "appraisal.parts.mean",
           "    mean:"),
    broken("appraisal_key_extra", "      measure: votes",
           "      measure: votes\n      line: {low: 1, high: 2, source: M1}", "appraisal.parts.voice", "    voice:"),
    broken("star_line", "{low: 61, high: 91", "{low: 91, high: 61", "appraisal.parts.mean.line"),
    broken("appraisal_stars_missing", ", 1: 2, none: 0}", ", 1: 2}", "appraisal.parts.star.by_star"),
    broken("appraisal_stars", "{5: 10, 4: 8, 3: 6", "{5: 10, 4: 6, 3: 8", "appraisal.parts.star.by_star"),
    broken("appraisal_grades", "low: {value: 11, source: M1}", "low: {value: 18, source: M1}", "appraisal.grades.fair",
           "    fair:"),
    broken("appraisal_last", "low: {value: 0, source: M1}\n      coefficient",
           "low: {value: 1, source: M1}\n      coefficient", "appraisal.grades.bad", "    bad:"),
    broken("appraisal_grade_unknown", "satisfied_from: {value: fair", "satisfied_from: {value: fine",
           "appraisal.votes.satisfied_from"),
    broken("appraisal_unfit", "unfit_above: {value: 1/3", "unfit_above: {value: 3/3", "appraisal.votes.unfit_above"),
    broken("appraisal_order_unknown", "[score, star, voice]", "[score, star, noise]", "appraisal.order.value.2",
           "  order: {value: [score, star"),
    broken("survey_scale", "zh: 不满意, en: Not, counts: unfit}", "zh: 不满意, en: Not}", "surveys.scales.content",
           "    content:"),
    broken("survey_scale", "en: Content, counts: satisfied}", "en: Content}", "surveys.scales.content", "    content:"),
    broken("survey_scale_idle", "      scale: content", "      scale: marks", "surveys.scales.content", "    content:"),
    broken("survey_scale_unknown", "      scale: marks", "      scale: grades",
           "surveys.sheets.secretary-members.scale"),
    broken("survey_overall", "{overall: {zh: 总体", "{whole: {zh: 总体", "surveys.sheets.branch-staff.questions"),
    broken("survey_own", "life: {zh: 会议", "own1: {zh: 会议", "surveys.sheets.branch-staff.questions.own1"),
    broken("survey_grades", "bad: {zh: 差, en: Bad, counts", "poor: {zh: 差, en: Bad, counts",
           "surveys.sheets.secretary-members.scale", "      scale: marks"),
    broken("survey_grades_counted", "satisfied_from: {value: fair", "satisfied_from: {value: good",
           "surveys.sheets.secretary-members.scale", "      scale: marks"),
]  # fmt: skip
