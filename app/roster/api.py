"""Looking at the roster: what lies in the caller's reach, and nothing else exists."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from app.auth.api import Door, permit
from app.auth.core import Permission
from app.kit.ciphers import FieldCipher
from app.roster import service
from app.roster.core import MemberView, field_context, masked_id_number, masked_phone
from app.roster.schemas import (
    MemberAnswer,
    MembersAnswer,
    OrganisationAnswer,
    OrganisationsAnswer,
    PersonalDataAnswer,
    PersonalDataRequest,
)

router = APIRouter(prefix="/api/v1", tags=["roster"])
Reading = Annotated[Door, Depends(permit(Permission.ROSTER_READ))]
Looking = Annotated[Door, Depends(permit(Permission.ORGANISATION_READ))]
Unmasking = Annotated[Door, Depends(permit(Permission.PERSONAL_DATA_READ))]


@router.get("/organisations", summary="组织列表 · Organisations in reach")
def list_organisations(door: Looking) -> OrganisationsAnswer:
    """本人权限范围内的党组织，按隶属次序。· The organisations in the caller's reach, in the order of the tree."""
    permission = Permission.ORGANISATION_READ
    found = door.run(lambda connection, actor: service.organisations_for(connection, actor, permission))
    return OrganisationsAnswer(organisations=[OrganisationAnswer.model_validate(one) for one in found])


@router.get("/members", summary="党员列表 · Members in reach")
def list_members(
    door: Reading,
    branch: Annotated[UUID | None, Query(description="支部 · branch")] = None,
    q: Annotated[
        str | None, Query(max_length=40, description="姓名、编号、拼音或首字母 · name, number, pinyin or initials")
    ] = None,
    after: Annotated[str | None, Query(max_length=40, description="上一页的 next · the last page's next")] = None,
    limit: Annotated[int, Query(ge=1, le=service.PAGE_MAX, description="每页人数 · members on a page")] = 50,
) -> MembersAnswer:
    """当前在册党员，按编号排列；身份证号码和手机号只显示掩码。· Present members by number, personal fields masked."""
    cipher, district_id = door.state.cipher, door.district.id
    return door.run_named(
        lambda connection, actor: service.page_members(
            connection, actor, branch_id=branch, sought=q, after=after, count_max=limit
        ),
        lambda page: MembersAnswer(
            members=[_member(one, cipher, district_id) for one in page.members], next=page.following
        ),
    )


@router.get("/members/{member_id}", summary="党员 · One member")
def read_member(member_id: UUID, door: Reading) -> MemberAnswer:
    """一名党员现在（或最后）所在的支部。· A member where they belong today, or where they last belonged."""
    return door.run_named(
        lambda connection, actor: service.get_member_for(connection, actor, member_id, Permission.ROSTER_READ),
        lambda found: _member(found, door.state.cipher, door.district.id),
    )


@router.post("/members/{member_id}/personal-data", summary="查看个人信息 · Personal data in clear")
def read_personal_data(member_id: UUID, body: PersonalDataRequest, door: Unmasking) -> PersonalDataAnswer:
    """身份证号码和手机号明文；须说明用途，每次查看记入访问日志。

    Id number and phone in clear, for a reason that is given; each look is written to the access log.
    """
    found = door.run(
        lambda connection, actor: service.unmask(
            connection, actor, door.state.cipher, member_id, reason=body.reason, request_id=door.request_id
        )
    )
    return PersonalDataAnswer.model_validate(found)


def _member(member: MemberView, cipher: FieldCipher, district_id: UUID) -> MemberAnswer:
    return MemberAnswer(
        id=member.id,
        number=member.number,
        name=member.name,
        joined_on=member.joined_on,
        branch_id=member.branch_id,
        group_id=member.group_id,
        path=member.path,
        profile=member.profile,
        from_on=member.from_on,
        until_on=member.until_on,
        id_number=(
            masked_id_number(cipher.decrypt(member.id_number, field_context(district_id, "id_number")))
            if member.id_number
            else None
        ),
        phone=masked_phone(cipher.decrypt(member.phone, field_context(district_id, "phone"))) if member.phone else None,
    )
