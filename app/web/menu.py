"""The left menu: what there is, and who finds it there. A page that somebody may not open is not offered."""

from __future__ import annotations

from dataclasses import dataclass

from app.auth.core import Actor, Permission
from app.kit.words import Words


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu: the address, its name, and any of these permissions (none: for everybody).

    ``of_members``: also of who is a member, whatever else they are; without permissions, of nobody else.
    """

    path: str
    name: Words
    permissions: frozenset[Permission] = frozenset()
    of_members: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Lines that belong together."""

    name: Words
    entries: tuple[Entry, ...]


def _entry(path: str, zh: str, en: str, *permissions: Permission, of_members: bool = False) -> Entry:
    return Entry(path, Words(zh, en), frozenset(permissions), of_members)


MENU = (
    Section(
        Words("工作台", "Desk"),
        (
            _entry("/", "首页", "Home"),
            _entry("/messages", "消息", "Messages"),
            _entry("/my", "我的积分", "My points", of_members=True),
            _entry("/appeals", "申诉", "Appeals", Permission.APPEAL_READ, of_members=True),
        ),
    ),
    Section(
        Words("记录", "Record"),
        (
            _entry("/meetings", "会议活动", "Meetings", Permission.ACTIVITY_RECORD),
            _entry("/record", "加分扣分", "Points", Permission.ENTRY_RECORD, of_members=True),
            _entry("/imports", "导入", "Imports", Permission.IMPORT_READ),
        ),
    ),
    Section(
        Words("审核", "Review"),
        (
            _entry("/reviews", "待审申报", "Proposals", Permission.SUBMISSION_DECIDE),
            _entry("/tellings", "当面告知", "Tell in person", Permission.STANDING_READ),
            _entry("/vetoes", "一票否决", "Vetoes", Permission.SUBMISSION_DECIDE, Permission.CASE_DECIDE),
            _entry("/complaints", "意见建议", "Complaints", Permission.COMPLAINT_READ),
            _entry("/checks", "季度复核", "Quarter's check", Permission.CHECK_READ),
            _entry("/quarters", "季度进度", "Quarters", Permission.CHECK_READ),
            _entry("/digests", "调度分析", "Digests", Permission.DIGEST_READ),
        ),
    ),
    Section(
        Words("查看", "Look"),
        (
            _entry("/members", "党员", "Members", Permission.STANDING_READ),
            _entry("/roster", "组织", "Organisations", Permission.ORGANISATION_READ),
            _entry("/transfers", "转接", "Transfers", Permission.TRANSFER_READ, of_members=True),
            _entry("/notices", "公示", "Notices", Permission.BOARD_READ),
            _entry("/board", "榜单", "Board", Permission.BOARD_READ),
            _entry("/rule-books", "评分细则", "Rule books", Permission.RULES_READ),
            _entry("/key-work", "重点工作", "Key work", Permission.RULES_READ),
            _entry("/calendar", "工作日历", "Working days"),
            _entry("/packs", "考评材料", "Review packs", Permission.QUARTER_EXPORT),
        ),
    ),
    Section(
        Words("帮扶与星级", "Help and stars"),
        (
            _entry("/cases", "帮扶整改", "Assistance", Permission.CASE_READ),
            _entry("/ratings", "星级评定", "Star rating", Permission.RATING_READ),
            _entry("/grids", "网格", "Grids", Permission.GRID_READ),
            _entry("/commendations", "表彰推荐", "Commendations", Permission.CASE_READ),
        ),
    ),
    Section(
        Words("管理", "Look after"),
        (
            _entry("/surveys", "匿名测评", "Surveys", Permission.SURVEY_READ),
            _entry("/jobs", "定时任务", "Jobs", Permission.JOB_READ),
            _entry("/accounts", "账号", "Accounts", Permission.ACCOUNT_READ),
            _entry("/appointments", "任职", "Appointments", Permission.APPOINTMENT_READ),
            _entry("/access-log", "访问日志", "Access log", Permission.ACCESS_READ),
            _entry("/api-keys", "接口密钥", "API keys", Permission.KEY_READ),
            _entry("/board-policies", "榜单设置", "Board policies", Permission.BOARD_SET),
            _entry("/screens", "大屏", "Screens", Permission.SCREEN_READ),
            _entry("/playlists", "播放单", "Playlists", Permission.PLAYLIST_READ),
        ),
    ),
)


def menu_of(actor: Actor) -> tuple[Section, ...]:
    """What the caller finds in the menu."""
    found = (Section(one.name, tuple(entry for entry in one.entries if _is_for(entry, actor))) for one in MENU)
    return tuple(section for section in found if section.entries)


def _is_for(entry: Entry, actor: Actor) -> bool:
    if entry.of_members and actor.is_member:
        return True
    held = {permission for one in actor.appointments for permission in one.grants}
    is_for_all = not entry.permissions and not entry.of_members
    return is_for_all or bool(entry.permissions & held)
