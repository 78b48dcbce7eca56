"""What the service tells the offices of months, quarters, half-years and years, and of the papers of these."""

from __future__ import annotations

from app.messages.kinds import Kind, Told

DIGEST_TEXTS: dict[Kind, Told] = {
    Kind.DIGEST_MADE: Told(
        "调度分析材料已生成",
        "{scope}{window}{digest}已生成：待办 {due} 项，逾期 {late} 项。请查阅并督促办理。",
        "A digest was made",
        "The {digest} of {scope} for {window} was made: {due} matters are due, {late} are late. Please read it and see"
        " to them.",
    ),
    Kind.BRANCH_LATE: Told(
        "本支部有逾期事项",
        "{window}{digest}：{branch}逾期 {late} 项，待办 {due} 项。请尽快办理。",
        "Your branch is late",
        "{digest} for {window}: {late} matters of {branch} are late and {due} are due. Please see to them.",
    ),
    Kind.SAMPLE_ASKED: Told(
        "请抽查积分记录",
        "{scope}{window}季检查已随机抽取 {count} 条记录，请在 {due_on} 前逐条核对依据；有误的，在开放季度冲正更正。",
        "Please inspect a sample of entries",
        "{count} entries of {scope} for {window} were drawn at random. Please compare each with its evidence by"
        " {due_on}; what is wrong is reversed in the open quarter.",
    ),
    Kind.SAMPLE_WRONG: Told(
        "抽查发现记录与依据不符",
        "{window}季检查抽查中，{branch}有 {count} 条记录与依据不符。请查看抽查意见，并按意见更正或补充依据。",
        "Sampled entries are not in order",
        "Of the sampled entries of {branch} for {window}, {count} do not agree with their evidence. Please read what"
        " was found, and correct them or hand in what is missing.",
    ),
}

PACK_TEXTS: dict[Kind, Told] = {
    Kind.PACK_MADE: Told(
        "考评材料已生成",
        "您提交生成的{scope}{window}考评材料已生成，请在“考评材料”中查看和导出。",
        "The review pack is made",
        "The pack of {scope} for {window} that you asked for is made; see “Review packs” to take copies.",
    ),
    Kind.PACK_FAILED: Told(
        "考评材料生成失败",
        "您提交生成的{scope}{window}考评材料未能生成，原因见“考评材料”。请在那里重新生成；仍然失败的，请联系系统管理员。",
        "The review pack failed",
        "The pack of {scope} for {window} that you asked for could not be made; “Review packs” says why. Ask for it"
        " there once more; if it fails again, tell the system administrator.",
    ),
}

# Words that stand for a code, by fact.
DIGEST_TERMS: dict[str, dict[str, tuple[str, str]]] = {
    "digest": {
        "month": ("月调度", "monthly digest"),
        "quarter": ("季检查", "quarterly check"),
        "half": ("半年分析", "half-year analysis"),
        "year": ("年底总评", "year result"),
    },
}
