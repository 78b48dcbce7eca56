"""What people are told of the appraisal of secretaries and of duty lists."""

from __future__ import annotations

from app.messages.kinds import Kind, Told

APPRAISAL_TEXTS: dict[Kind, Told] = {
    Kind.APPRAISAL_ASKED: Told(
        "请评价支部书记",
        "{year} 年度书记考核已经开启，{committee}有 {count} 名支部书记待评价。"
        "请核对取数，给出组织评价、录入群众评议后签字。",
        "Secretaries wait to be appraised",
        "The appraisal of secretaries for {year} is open; {count} of {committee} wait for you. Look at what was"
        " measured, give your view, enter the votes, and sign.",
    ),
    Kind.APPRAISAL_DECIDED: Told(
        "书记考核结果",
        "您 {year} 年度的书记考核得 {score} 分，拟定等次“{grade}”，公示至 {due_on}。"
        "每一部分的依据都可以查看；有异议的请在公示期内提出。",
        "Your appraisal",
        "Your appraisal as secretary for {year}: {score} points, grade “{grade}”, on notice until {due_on}. You can"
        " look at what each part rests on; if you disagree, object until then.",
    ),
    Kind.APPRAISAL_ANSWERED: Told(
        "书记考核异议已答复",
        "您对{secretary} {year} 年度书记考核提出的异议：{objection}。说明：{note}。",
        "Your objection is answered",
        "Your objection to the appraisal of {secretary} for {year}: {objection}. Note: {note}.",
    ),
    Kind.RESPONSIBILITY_SET: Told(
        "责任清单",
        "党委下达了您 {year} 年的责任清单事项 {count} 项。完成后请报送并附材料，由党委确认。",
        "Your duty list",
        "The committee has put {count} items on your duty list for {year}. Report each when it is done, with evidence;"
        " the committee confirms it.",
    ),
}

APPRAISAL_TERMS: dict[str, dict[str, tuple[str, str]]] = {
    "objection": {"upheld": ("异议成立", "upheld"), "refused": ("异议不成立", "not upheld")},
}
