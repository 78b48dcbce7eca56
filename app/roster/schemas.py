"""What HTTP sees of the roster; personal fields masked, but where they are asked for with a reason."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from app.auth.core_access import REASON_MAX, REASON_MIN
from app.kit.http import Answer, Model
from app.kit.naming import OrganisationName
from app.roster.core import OrganisationKind


class OrganisationAnswer(Answer):
    """A committee, branch or group; the path holds the ids from the district down."""

    id: UUID
    path: str
    parent_id: UUID | None
    kind: OrganisationKind
    code: str
    name: str
    form: str | None = Field(description="支部组建形式：single 单独、joint 联合、trade 行业")
    founded_on: date | None
    from_on: date
    until_on: date | None


class OrganisationsAnswer(Answer):
    """The organisations in the caller's reach, in the order of the tree."""

    organisations: list[OrganisationAnswer]


class MemberAnswer(Answer):
    """A member where they belong today, or where they last belonged."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "0192f5a0-0000-7000-8000-000000000001",
                "number": "M0001",
                "name": "王䶮",
                "joined_on": "2011-07-01",
                "branch_id": "0192f5a0-0000-7000-8000-0000000000b1",
                "group_id": None,
                "path": "0192f5a0000070008000000000000001.0192f5a00000700080000000000000b1",
                "profile": "standard",
                "from_on": "2019-03-01",
                "until_on": None,
                "id_number": "000*************16",
                "phone": "138****5678",
            }
        }
    )

    id: UUID
    number: str
    name: str
    joined_on: date = Field(description="入党日期 · day of joining the Party")
    branch_id: UUID
    branch_name: OrganisationName = None
    group_id: UUID | None
    group_name: OrganisationName = None
    path: str
    profile: str = Field(description="评分细则的党员类型 · class of members in the rule book")
    from_on: date
    until_on: date | None
    id_number: str | None = Field(description="掩码 · masked")
    phone: str | None = Field(description="掩码 · masked")


class MembersAnswer(Answer):
    """One page of members by number."""

    members: list[MemberAnswer]
    next: str | None = Field(description="下一页的 after；最后一页为空 · the next page's after; null on the last")


Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=REASON_MIN, max_length=REASON_MAX)]


class PersonalDataRequest(Model):
    """Why somebody's personal data is looked at."""

    reason: Reason = Field(
        description="用途，记入访问日志 · the purpose, which is logged", examples=["核对党员信息采集表"]
    )


class PersonalDataAnswer(Answer):
    """What is masked everywhere else; null where the roster has none."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "0192f5a0-0000-7000-8000-000000000001",
                "id_number": "000101190001010016",
                "phone": "13800005678",
            }
        }
    )

    id: UUID
    id_number: str | None
    phone: str | None
