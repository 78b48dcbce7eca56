"""Why something about a review pack is refused: texts in two languages."""

from __future__ import annotations

from app.kit.errors import ErrorKind, LongwenError


class QuarterUnsealed(LongwenError):
    """Packs are of sealed quarters."""

    kind = ErrorKind.CONFLICT
    code = "quarter_unsealed"
    zh = "{quarter} 尚未封账，考评材料在封账并留存结果后生成。封账前可导出季度考评表。"
    en = (
        "{quarter} is not sealed; its pack is made once it is sealed and its standings are kept. Until then the"
        " quarter's sheet can be exported."
    )


class DistrictPackMissing(LongwenError):
    """What a committee or branch gets is cut from the district's pack, which is not there yet."""

    kind = ErrorKind.CONFLICT
    code = "district_pack_missing"
    zh = "{period} 的全区考评材料尚未生成，各党委、支部的材料由其分出。封账当夜自动生成；如已过去，请区级生成。"
    en = (
        "The district's pack of {period} is not made yet, and those of committees and branches are cut from it. It is"
        " made in the night of the seal; if that has passed, let the district's office make it."
    )


class PeriodUnfit(LongwenError):
    """No such period ends with the quarter, or it is asked for of less than the district."""

    code = "period_unfit"
    zh = "{quarter} 不是半年或年度的最后一个季度，或所指组织不是全区。半年、年度材料只有全区一份，随最后一个季度生成。"
    en = (
        "No half-year or year ends with {quarter}, or the scope is less than the district. The papers of a half-year"
        " and of a year are the district's, and are made with the last quarter."
    )


class ScopeUnclear(LongwenError):
    """The caller holds offices at several places and did not say which is meant."""

    code = "scope_unclear"
    zh = "您在多个组织任职，请用 scope 指明为哪个组织生成：{known}"
    en = "You hold offices at several organisations; say with scope which is meant: {known}"


class PackNotDone(LongwenError):
    """It is still being made, or its making failed."""

    kind = ErrorKind.CONFLICT
    code = "pack_not_done"
    zh = "材料尚未生成（已完成 {progress}%）。请稍候；若显示失败，请重新提交生成。"
    en = "The pack is not made yet ({progress}%). Wait for it; where it has failed, ask for it again."


class PackKept(LongwenError):
    """A finished pack is the record and is not taken back."""

    kind = ErrorKind.CONFLICT
    code = "pack_kept"
    zh = "材料已生成，作为档案留存，不能取消。"
    en = "The pack is made; it is the record and cannot be taken back."


class PartLacking(LongwenError):
    """The pack has no such part: the machine that made it could not make it."""

    kind = ErrorKind.MISSING
    code = "pack_part_lacking"
    zh = "本套材料没有{part}：{cause}"
    en = "The pack has no {part}: {cause}"


class CopyExpired(LongwenError):
    """The bytes of a copy are kept for a day only."""

    kind = ErrorKind.MISSING
    code = "copy_expired"
    zh = "该副本已于 {expired_at} 失效。请重新导出。"
    en = "The copy expired at {expired_at}. Take a new one."
