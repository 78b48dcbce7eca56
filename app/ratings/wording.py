"""Why a branch has its star, in sentences: each reason of the algorithm in both languages, and what was counted."""

from __future__ import annotations

from app.kit.words import Words
from app.ratings.starring import Reason
from app.rules.points import printed_text
from app.rules.stars import Cause, Stars

_TEXTS: dict[Cause, tuple[str, str]] = {
    Cause.NEW: (
        "成立于 {about}，截止日前不满 {number} 个月，只自评不定星",
        ("founded on {about}, less than {number} months before the cut-off: no star"),
    ),
    Cause.VETO: ("有“{name}”情形（{words} 决定），本轮不定星", "ground of veto “{name}”, decided on {words}: no star"),
    Cause.LEVEL: ("得分 {score}，达到 {star} 星", "a score of {score} reaches {star}★"),
    Cause.SURVEY_INVALID: (
        "“{name}”有效答卷不足 {least} 份，计满分，注明无有效测评",
        ("“{name}”: under {least} answers, full points and no valid survey"),
    ),
    Cause.NOT_SUPPLIED: ("“{name}”未取得数据，计满分并注明", "“{name}” was not supplied: full points, and said so"),
    Cause.GATE: ("不符合“{name}”，至多 {star} 星", "does not meet “{name}”: at most {star}★"),
    Cause.STEP: ("上年 {number} 星，逐级晋升至多 {star} 星", "last year {number}★, one step up: at most {star}★"),
    Cause.FIRST: ("首次参评，至多 {star} 星", "rated for the first time: at most {star}★"),
    Cause.EXCEPTION: ("区里决定不受逐级晋升限制：{words}", "freed from the step by the district: {words}"),
    Cause.REFUSED: ("区里不予更高星级：{words}，定为 {star} 星", "refused by the district: {words}; {star}★"),
    Cause.TAKEN: (
        "在 {star} 星名额之内（第 {number} 位，共 {of} 个）",
        ("within the places for {star}★ (number {number} of {of})"),
    ),
    Cause.QUOTA: (
        "达到 {about} 星，受名额限制（第 {number} 位，共 {of} 个），定为 {star} 星",
        ("scored as {about}★, quota: number {number} of {of} places; {star}★"),
    ),
}


def told(sheet: Stars, reason: Reason) -> tuple[str, str]:
    """The reason in Chinese and English."""
    names = {one.code: one.name for one in sheet.gates}
    names |= {one.code: one.name for one in sheet.indicators}
    names |= {one.code: one.name for one in sheet.vetoes}
    known = names.get(reason.about or "")
    texts = []
    for text, name in zip(_TEXTS[reason.cause], (known and known.zh, known and known.en), strict=True):
        facts = {
            "star": reason.star,
            "about": reason.about,
            "number": reason.number,
            "of": reason.of,
            "words": reason.words,
            "name": name or reason.about,
            "least": sheet.round.answers_min,
            "score": printed_text(reason.number or 0, sheet.decimals),
        }
        texts.append(text.format(**facts))
    return texts[0], texts[1]


# What went into a measured value, by its key.
INPUTS = {
    "members": Words("党员数", "members"),
    "units": Words("单位", "units"),
    "form": Words("组建形式", "form"),
    "due": Words("应有", "due"),
    "held": Words("已开展", "held"),
    "sessions": Words("场次", "sessions"),
    "attended": Words("到会人次", "attended"),
    "counted": Words("应到人次", "expected"),
    "points": Words("平均积分", "mean points"),
    "under_appeal": Words("申诉未决", "under appeal"),
    "by_member": Words("逐人积分", "points of each"),
    "count": Words("人数", "count"),
    "bounds": Words("分数线", "lines"),
    "missing": Words("缺少的时段", "windows without"),
    "windows": Words("已开展的时段", "windows kept"),
    "kept": Words("已履行", "kept"),
    "missed": Words("未履行", "missed"),
    "accepted": Words("已验收", "accepted"),
    "failed": Words("逾期未整改", "missed plans"),
    "satisfied": Words("满意", "satisfied"),
    "answers": Words("答卷", "answers"),
    "valid": Words("有效答卷", "valid answers"),
    "invalid": Words("无效答卷", "invalid answers"),
    "surveys": Words("测评", "surveys"),
}
REMARKS = {
    "nothing_due": Words("本期无应做事项，计满分", "nothing was due: full points"),
    "no_valid_survey": Words("无有效测评，计满分", "no valid survey: full points"),
    "not_supplied": Words("未取得数据", "not supplied"),
    "not_entered": Words("未填报", "not entered"),
}
