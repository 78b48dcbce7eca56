"""What roles are called, in both languages: in refusals, and in rule books."""

from __future__ import annotations

from collections.abc import Iterable

from app.kit.words import Words, all_of, any_of

SYSTEM = "system"  # in a rule book: the service itself

ROLE_WORDS: dict[str, Words] = {
    "member": Words("党员本人", "the member"),
    "group_leader": Words("党小组长", "group leader"),
    "organisation_commissioner": Words("组织委员", "organisation commissioner"),
    "discipline_commissioner": Words("纪检委员", "discipline commissioner"),
    "hr": Words("企业人事", "personnel of the firm"),
    "secretary": Words("支部书记", "branch secretary"),
    "committee_officer": Words("党委", "Party committee"),
    "district_officer": Words("区两新工委", "district office"),
    "system": Words("系统", "the service"),
    "system_administrator": Words("系统管理员", "system administrator"),
    "security_administrator": Words("安全管理员", "security administrator"),
    "auditor": Words("审计员", "auditor"),
    "integration": Words("接口调用方", "integration"),
    "screen": Words("大屏", "screen"),
}


def any_role(codes: Iterable[str]) -> Words:
    """Who does it, of the roles that a rule book names; the service itself acts for nobody."""
    return any_of(ROLE_WORDS[code] for code in codes if code != SYSTEM)


def role_names(codes: Iterable[str]) -> Words:
    """These roles, by name."""
    return all_of(ROLE_WORDS[code] for code in sorted(codes))
