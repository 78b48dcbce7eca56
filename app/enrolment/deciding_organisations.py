"""What becomes of the organisations and enterprises of a workbook."""

from __future__ import annotations

from dataclasses import replace

from stdnum.cn import uscc

from app.enrolment import faults as wrong
from app.enrolment.core import Action, Kind, Work, differences
from app.enrolment.layout import FORMS, KIND_NAMES, TRADES
from app.kit.sheet_records import Record, Records
from app.roster.core import Enterprise, OrganisationKind, OrganisationView, path_under

_FORM_NAMES = {code: name for name, code in FORMS.items()}
_TRADE_NAMES = {code: name for name, code in TRADES.items()}
_LEVELS = (
    (Kind.COMMITTEE, OrganisationKind.COMMITTEE, None, ""),
    (Kind.BRANCH, OrganisationKind.BRANCH, OrganisationKind.COMMITTEE, "基层党委"),
    (Kind.GROUP, OrganisationKind.GROUP, OrganisationKind.BRANCH, "党支部"),
)


def decide_organisations(work: Work, records: Records) -> None:
    """Committees, then branches, then groups: each finds its parent already decided."""
    for kind, level, parent_level, target in _LEVELS:
        for record in records.of[kind.value]:
            code = record.text("code")
            if code is None or not work.claim("organisation", record, "code", code):
                continue
            parent = work.present.roster.root
            if parent_level is not None:
                found = work.organisation(record, "parent", parent_level, target)
                if found is None:
                    work.unusable.add(("organisation", code))
                    continue
                parent = found
            work.check_day(record, "founded_on")
            _decide_organisation(work, record, kind, level, parent, code)


def _decide_organisation(
    work: Work, record: Record, kind: Kind, level: OrganisationKind, parent: OrganisationView, code: str
) -> None:
    known = work.organisations.get(code)
    if known is not None:
        _check_known(work, record, known, level, parent)
    name = record.text("name")
    if not work.is_sound(record) or name is None:
        if known is None:
            work.unusable.add(("organisation", code))
        return
    form, founded_on = record.text("form"), record.day("founded_on")
    if known is None:
        new_id = work.new_id()
        new = OrganisationView(
            id=new_id, path=path_under(parent.path, new_id), parent_id=parent.id, kind=level, code=code, name=name,
            form=form, founded_on=founded_on, from_on=founded_on or work.today, until_on=None,
        )  # fmt: skip
        work.keep(new)
        work.new_organisations.append(new)
        work.say(kind, Action.NEW, code, name, f"隶属 {parent.name}", f"under {parent.name}")
        return
    zh, en = differences(
        [
            ("名称", "name", known.name, name),
            ("组建形式", "form", _FORM_NAMES.get(known.form or ""), _FORM_NAMES.get(form or "")),
            ("成立日期", "founded", known.founded_on, founded_on),
        ]
    )
    if not zh:
        work.say(kind, Action.UNCHANGED, code, name)
        return
    changed = replace(
        known, name=name, form=form or known.form, founded_on=founded_on or known.founded_on
    )  # fmt: skip
    work.keep(changed)
    work.changed_organisations.append(changed)
    work.say(kind, Action.CHANGED, code, name, zh, en)


def _check_known(
    work: Work, record: Record, known: OrganisationView, level: OrganisationKind, parent: OrganisationView
) -> None:
    if known.kind is not level:
        kind, kind_en = KIND_NAMES[known.kind]
        work.refuse(record, wrong.OtherKind, "code", value=known.code, kind=kind, kind_en=kind_en)
    elif known.until_on is not None:
        work.refuse(record, wrong.ClosedReference, "code", value=known.code, day=known.until_on)
    elif known.parent_id != parent.id:
        recorded = next((one.code for one in work.organisations.values() if one.id == known.parent_id), "–")
        work.refuse(record, wrong.ParentChanged, "parent", value=known.code, recorded=recorded)


def decide_enterprises(work: Work, records: Records) -> None:
    """Firms and social organisations by their credit codes; the covering branch may change or stay open."""
    for record in records.of["enterprise"]:
        code = record.text("credit_code")
        if code is None:
            continue
        code = code.upper()
        if not uscc.is_valid(code):
            work.refuse(record, wrong.CreditCodeInvalid, "credit_code", value=code)
        if not work.claim("enterprise", record, "credit_code", code):
            continue
        branch = work.organisation(record, "branch", OrganisationKind.BRANCH, "党支部")
        name, trade = record.text("name"), record.text("trade")
        known = work.enterprises.get(code)
        if known is not None and known.until_on is not None:
            work.refuse(record, wrong.ClosedReference, "credit_code", value=code, day=known.until_on)
        if not work.is_sound(record) or name is None or trade is None:
            if known is None:
                work.unusable.add(("enterprise", code))
            continue
        _decide_enterprise(work, code, name, trade, branch)


def _decide_enterprise(work: Work, code: str, name: str, trade: str, branch: OrganisationView | None) -> None:
    known = work.enterprises.get(code)
    if known is None:
        new = Enterprise(work.new_id(), code, name, trade, branch.id if branch else None, work.today)
        work.enterprises[code] = new
        work.new_enterprises.append(new)
        covered = (f"由 {branch.name} 覆盖", f"covered by {branch.name}") if branch else ("尚未覆盖", "not covered yet")
        work.say(Kind.ENTERPRISE, Action.NEW, code, name, *covered)
        return
    covering = work.by_id.get(known.branch_id) if known.branch_id else None
    zh, en = differences(
        [
            ("名称", "name", known.name, name),
            ("行业", "trade", _TRADE_NAMES.get(known.trade), _TRADE_NAMES.get(trade)),
            ("覆盖支部", "branch", covering.code if covering else None, branch.code if branch else None),
        ]
    )
    if not zh:
        work.say(Kind.ENTERPRISE, Action.UNCHANGED, code, name)
        return
    changed = replace(known, name=name, trade=trade, branch_id=branch.id if branch else known.branch_id)
    work.enterprises[code] = changed
    work.changed_enterprises.append(changed)
    work.say(Kind.ENTERPRISE, Action.CHANGED, code, name, zh, en)
