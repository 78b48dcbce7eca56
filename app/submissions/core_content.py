"""Whether a proposal is complete: tested when it is handed in by what the ledger tests when it is posted."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from app.kit.errors import LongwenError
from app.kit.words import Words, any_of
from app.points import refusals
from app.points.judging import check_costs, check_units
from app.points.ledger import Posting
from app.rules.award import AwardRefused, points_of, points_sent
from app.rules.core import Item, Kind, Matter, MeasureForm, Settlement, VetoGround
from app.rules.points import printed
from app.submissions.core import Papers


class ReasonMissing(LongwenError):
    """A member is told of a deduction or veto with its reason."""

    code = "reason_missing"
    zh = "积分项 {item} 须连同理由告知本人。请在 reason 中写明事实和依据。"
    en = "The member is told of {item} with its reason. Give the facts and the ground in reason."


class EvidenceMissing(LongwenError):
    """The item names evidence, and the proposal neither has any nor says where it is."""

    code = "evidence_missing"
    zh = "积分项 {item} 的凭证为：{evidence}。请任选其一附上文件，或在 reason 中说明凭证内容及存放处。"
    en = "{item} rests on: {evidence}. Attach any one of these, or say in reason what it is and where it is kept."


class KeyWorkMissing(LongwenError):
    """A veto on key work cites the entry of the yearly list."""

    code = "key_work_missing"
    zh = "积分项 {item} 须引用区里年度重点工作清单中的一项。请在 key_work 中填写序号。"
    en = "{item} must cite an entry of the district's yearly list of key work. Give its number in key_work."


class KeyWorkNotAsked(LongwenError):
    """The item does not rest on the list of key work."""

    code = "key_work_not_asked"
    zh = "积分项 {item} 不以重点工作清单为依据。请删去 key_work。"
    en = "{item} does not rest on the list of key work. Leave key_work out."


def worth_of(item: Item, posting: Posting, decimals: int) -> Decimal | None:
    """The points that the entry will have, as the book prints them; None where only a measure or a veto's rule says,
    or something is missing."""
    if item.kind is Kind.VETO or item.measure.form in (MeasureForm.LADDER, MeasureForm.RATE, MeasureForm.WORTH):
        return None
    if item.duty is not None and item.duty.settlement is Settlement.AMOUNT:
        return None
    try:
        _, points = points_of(
            item,
            tier=posting.tier,
            units=posting.units,
            outcome=posting.outcome,
            chosen=points_sent(item, posting.chosen, decimals),
            decimals=decimals,
        )
    except AwardRefused:
        return None
    return printed(points, decimals)


def check_content(item: Item, posting: Posting, papers: Papers, decimals: int, today: date) -> None:
    """Raises what is missing or does not fit the item.

    Evidence is any one of what the item names: a file, or a document named as the matter, or words that say what it is
    and where it lies. A photo is never asked for by force.
    """
    if posting.effective_on > today:
        raise refusals.DayToCome(day=posting.effective_on.isoformat(), field="effective_on")
    points_of(
        item,
        tier=posting.tier,
        units=posting.units,
        outcome=posting.outcome,
        chosen=points_sent(item, posting.chosen, decimals),
        decimals=decimals,
    )
    check_units(item, posting.units or 0, posting.effective_on)
    if posting.matter is None and item.matter is Matter.REQUIRED:
        raise refusals.MatterMissing(item=item.code, field="matter")
    if posting.matter is not None and item.matter is Matter.NONE:
        raise refusals.MatterNotAsked(item=item.code, field="matter")
    check_costs(item, posting.costs)
    cites = item.veto is not None and item.veto.ground is VetoGround.KEY_WORK
    if papers.key_work is None and cites:
        raise KeyWorkMissing(item=item.code, field="key_work")
    if papers.key_work is not None and not cites:
        raise KeyWorkNotAsked(item=item.code, field="key_work")
    if item.heard and posting.reason is None:
        raise ReasonMissing(item=item.code, field="reason")
    if item.evidence and not papers.evidence and posting.reason is None and posting.matter is None:
        raise EvidenceMissing(
            item=item.code, evidence=any_of(Words(one.zh, one.en) for one in item.evidence), field="evidence"
        )
