"""What HTTP sees of a roster import."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from app.enrolment.core import Action, ImportReport, Kind
from app.kit.http import Answer


class ImportChangeAnswer(Answer):
    """One line of the report."""

    kind: Kind
    action: Action
    key: str = Field(description="代码、党员编号或登录名 · a code, a member's number or a login")
    name: str
    detail: str = Field(description="变更内容 · what changes")


class ImportAnswer(Answer):
    """What the import did or, in a preview, would do; both are the same."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "preview": True,
                "counts": {"member": {"new": 1, "unchanged": 1299}, "membership": {"new": 1, "unchanged": 1299}},
                "untouched": 0,
                "changes": [
                    {"kind": "member", "action": "new", "key": "M1300", "name": "王䶮", "detail": ""},
                    {"kind": "membership", "action": "new", "key": "M1300", "name": "王䶮", "detail": "…自 2026-11-01"},
                ],
            }
        }
    )

    preview: bool
    counts: dict[Kind, dict[Action, int]] = Field(description="各类条数 · how many of each kind")
    untouched: int = Field(description="名册中有、本工作簿未列出的党员数，均不受影响 · members left as they are")
    changes: list[ImportChangeAnswer]

    @classmethod
    def of(cls, report: ImportReport, *, preview: bool, language: str) -> ImportAnswer:
        return cls(
            preview=preview,
            counts={kind: dict(counted) for kind, counted in report.counts.items()},
            untouched=report.untouched,
            changes=[
                ImportChangeAnswer(
                    kind=change.kind,
                    action=change.action,
                    key=change.key,
                    name=change.name,
                    detail=change.zh if language == "zh" else change.en,
                )
                for change in report.changes
            ],
        )
