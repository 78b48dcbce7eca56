"""What a replay of a quarter under a draft comes to: totals, who changes by which article, what cannot be told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from app.kit.errors import LongwenError
from app.rules.core import Edition
from app.rules.lines import Basis
from app.rules.name import Name
from app.trials.rejudging import Obstacle
from app.trials.replaying import Article, Numbers, Outcome, Replay

NUMBERS_SHOWN = 5
NO_PROFILE = "no_profile"

_OMISSIONS = {
    Obstacle.ITEM_DROPPED.value: Name(
        "草案没有项目 {where}：{members} 人的 {entries} 条记录不计分。如只是停用，请保留该项目并写 retired: true。",
        "The draft drops {where}: {entries} entries of {members} members count for nothing. If it only retires the"
        " item, keep it with retired: true.",
    ),
    Obstacle.TIER_DROPPED.value: Name(
        "草案的项目 {where} 没有档次 {tier}：{members} 人的 {entries} 条记录不计分。请核对档次代码。",
        "The draft drops the tier {tier} of {where}: {entries} entries of {members} members count for nothing. Check"
        " the tier's code.",
    ),
    Obstacle.TIER_ASKED.value: Name(
        "草案的项目 {where} 分档计分，而 {members} 人的 {entries} 条记录没有档次，不计分。",
        "The draft gives {where} by tiers, and {entries} entries of {members} members have none: they count for"
        " nothing.",
    ),
    Obstacle.RETIRED.value: Name(
        "草案停用项目 {where}（或对该类党员不适用）：{members} 人的 {entries} 条记录按草案不会受理，已从测算中剔除。",
        "The draft retires {where}, or takes it from these classes: {entries} entries of {members} members would have"
        " been refused, and are left out of the replay.",
    ),
    Obstacle.FREQUENCY.value: Name(
        "草案改变了职责 {where} 的周期或期限，无法换算：{members} 人未重算，其 {entries} 条记录保留原分值。",
        "The draft asks for {where} at other times: it is not replayed for {members} members, whose {entries} entries"
        " keep their points.",
    ),
    Obstacle.NATURE.value: Name(
        "草案改变了项目 {where} 的认定方式，无法换算：{members} 人未重算，其 {entries} 条记录保留原分值。",
        "The draft decides {where} in another way, which counts do not tell: it is not replayed for {members} members,"
        " whose {entries} entries keep their points.",
    ),
    Obstacle.COSTS.value: Name(
        "草案改变了失误 {where} 连带扣减的职责份额：{members} 人的 {entries} 条记录仍按原规定扣减，未重算。",
        "The draft changes the shares that {where} costs too: {entries} entries of {members} members cost what they"
        " cost, and are not replayed in this.",
    ),
    Obstacle.MATTER.value: Name(
        "草案改变了项目 {where} 是否写明事项：{members} 人的 {entries} 条记录不合新规定，保留原分值。",
        "The draft changes whether {where} names a matter: {entries} entries of {members} members do not fit, and keep"
        " their points.",
    ),
    Obstacle.UNSETTLED.value: Name(
        "职责 {where} 在账上尚未结算，或由失误扣减，草案的新规定未能套用：{members} 人（如 {numbers}）保留原分值。",
        "The books have not settled {where}, or a finding took its share, so the draft's change was not applied:"
        " {members} members ({numbers} among them) keep their points.",
    ),
    Obstacle.NEW_DUTY.value: Name(
        "草案新增职责 {where}：{members} 人（如 {numbers}）应当履行，是否尽到无从得知，未测算。",
        "The draft asks for {where} anew: {members} members ({numbers} among them) would have owed it. Whether they"
        " would have done it nobody knows; it is not replayed.",
    ),
    Obstacle.CARRIED.value: Name(
        "草案改变了结转比例：{members} 人的期初结转分未重算。",
        "The draft carries over another percentage: what {members} members opened with is not reckoned anew.",
    ),
    Obstacle.NEWCOMERS.value: Name(
        "草案改变了新到党员的期初分：{members} 人所在类别未重算。",
        "The draft opens newcomers otherwise: for the classes of {members} members that is not reckoned anew.",
    ),
    NO_PROFILE: Name(
        "草案没有党员类型 {where}：{members} 人（如 {numbers}）未测算。请在草案的 profiles 中补上。",
        "The draft has no profile {where}: {members} members ({numbers} among them) are not replayed. Add it to the"
        " draft's profiles.",
    ),
}


class DraftElsewhere(LongwenError):
    """The draft scores over other cycles, or in other units, than the quarter that it is to be laid over."""

    code = "draft_elsewhere"
    zh = "草案的{what_zh}与 {quarter} 所用细则不同，结果无法比较。请使两者一致后再测算。"
    en = "The draft's {what} is not that of the rules of {quarter}, so nothing can be compared. Make both agree first."


class DraftUnclear(LongwenError):
    """One draft is replayed at a time."""

    code = "draft_unclear"
    zh = "请给出一部草案：draft（文件内容）或 edition（已发布版本的摘要），二者选一。现有版本：{known}。"
    en = "Name one draft: draft (the files' texts) or edition (the digest of a published one). Known: {known}."


@dataclass(frozen=True, slots=True)
class Changed:
    """One member who changes, with the articles that make the difference, the largest first.

    ``names`` are those of all bands and lines, behind ``band.`` and ``line.``.
    """

    member_id: UUID
    number: str
    name: str
    branch: str
    old: Numbers
    new: Numbers
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    articles: tuple[Article, ...]
    names: Mapping[str, Name]


@dataclass(slots=True)
class Omission:
    """What of the books the draft does not account for; ``numbers`` are some of the members."""

    code: str
    where: str
    tier: str | None
    members: int = 0
    entries: int = 0
    numbers: list[str] = field(default_factory=list)

    def text(self, language: str) -> str:
        texts = _OMISSIONS[self.code]
        facts = {"where": self.where, "tier": self.tier, "members": self.members, "entries": self.entries}
        return (texts.zh if language.startswith("zh") else texts.en).format(**facts, numbers=", ".join(self.numbers))


@dataclass(slots=True)
class Simulation:
    """The totals. ``laid`` are the quarters that the draft was laid over; points are in the draft's smallest unit.

    ``elsewhere`` counts members who go by another book. ``bands`` and ``lines`` count changes: from which band to
    which, and how many come to meet a line and cease to.
    """

    quarter: str
    draft: Edition
    laid: tuple[str, ...]
    members: int = 0
    elsewhere: int = 0
    changed_daily: int = 0
    changed_total: int = 0
    raised: int = 0
    lowered: int = 0
    crossing: int = 0  # change band or line
    bands: dict[tuple[str, str], int] = field(default_factory=dict)
    gained: dict[str, int] = field(default_factory=dict)
    lost: dict[str, int] = field(default_factory=dict)
    names: dict[str, Name] = field(default_factory=dict)  # of bands and lines, by code behind ``band.`` and ``line.``
    pace: set[str] = field(default_factory=set)  # lines by pace, which are not replayed
    omissions: dict[tuple[str, str, str | None], Omission] = field(default_factory=dict)

    def tell_names(self, replay: Replay) -> None:
        """Learn what the bands and lines of both sides are called."""
        for side in (replay.new, replay.old):
            self.names.update({f"band.{one.code}": one.name for one in side.last.bands if one.code not in self.names})
            self.names.update({f"line.{one.code}": one.name for one in side.last.lines})
            self.pace.update(one.code for one in side.last.lines if one.basis is Basis.PACE)

    def add(self, outcome: Outcome | None) -> None:
        """Count a member; None: nothing changed."""
        self.members += 1
        if outcome is None:
            return
        old, new = outcome.old, outcome.new
        self.changed_daily += old.daily != new.daily
        self.changed_total += old.total != new.total
        self.raised += new.total > old.total
        self.lowered += new.total < old.total
        self.crossing += outcome.crosses
        if old.band != new.band:
            self.bands[old.band, new.band] = self.bands.get((old.band, new.band), 0) + 1
        for code in outcome.gained:
            self.gained[code] = self.gained.get(code, 0) + 1
        for code in outcome.lost:
            self.lost[code] = self.lost.get(code, 0) + 1

    def omit(self, code: str, where: str, tier: str | None, entries: int, number: str) -> None:
        found = self.omissions.setdefault((code, where, tier), Omission(code, where, tier))
        found.members += 1
        found.entries += entries
        if len(found.numbers) < NUMBERS_SHOWN:
            found.numbers.append(number)

    def listed_omissions(self) -> Iterable[Omission]:
        return sorted(self.omissions.values(), key=lambda one: (one.code, one.where, one.tier or ""))
