"""Who else may do what a caller may not: the refusal names the offices that hold the permission."""

from __future__ import annotations

from typing import Any

from app.auth.core import GRANTS, TOKEN_ROLES, Permission, Role
from app.kit.errors import Forbidden

_OFFICES: dict[Role, tuple[str, str]] = {
    Role.MEMBER: ("党员本人", "the member"),
    Role.GROUP_LEADER: ("党小组长", "a group leader"),
    Role.ORGANISATION_COMMISSIONER: ("组织委员", "the organisation commissioner"),
    Role.DISCIPLINE_COMMISSIONER: ("纪检委员", "the discipline commissioner"),
    Role.HR: ("企业人事", "the firm's personnel office"),
    Role.SECRETARY: ("支部书记", "the branch secretary"),
    Role.COMMITTEE_OFFICER: ("基层党委", "the Party committee"),
    Role.DISTRICT_OFFICER: ("区两新工委", "the district office"),
    Role.SYSTEM_ADMINISTRATOR: ("系统管理员", "the system administrator"),
    Role.SECURITY_ADMINISTRATOR: ("安全管理员", "the security administrator"),
    Role.AUDITOR: ("审计员", "the auditor"),
}


class NotGranted(Forbidden):
    """The caller's offices do not hold the permission, anywhere or there."""

    zh = "您的角色不能进行此操作（需要权限 {permission}）。可以办理的是：{offices_zh}。"
    en = "Your role does not allow this (permission {permission}). It is done by {offices_en}."

    def __init__(self, permission: Permission, **more: Any) -> None:
        found = [
            _OFFICES[role] for role, granted in GRANTS.items() if permission in granted and role not in TOKEN_ROLES
        ]  # fmt: skip
        super().__init__(
            permission=permission.value,
            offices_zh="、".join(zh for zh, _ in found),
            offices_en=" or ".join(en for _, en in found),
            **more,
        )
