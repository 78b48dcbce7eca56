"""The access log in words: what was done, and to what."""

from __future__ import annotations

from app.auth.core_access import Action, ObjectKind
from app.kit.words import Words

ACTIONS = {
    Action.PERSONAL_DATA_READ: Words("查看个人信息", "looked at personal data"),
    Action.QUARTER_EXPORT: Words("导出季度材料", "exported a quarter's papers"),
    Action.OWN_FILE_EXPORT: Words("导出本人档案", "exported the own file"),
    Action.LIST_EXPORT: Words("导出列表", "exported a list"),
    Action.FILE_READ: Words("查看凭证", "opened evidence"),
    Action.ACCESS_LOG_READ: Words("查阅访问日志", "read the access log"),
    Action.ACCOUNT_OPEN: Words("开户", "opened an account"),
    Action.ACCOUNT_CLOSE: Words("停用账号", "closed an account"),
    Action.ACCOUNT_REOPEN: Words("重新启用账号", "re-opened an account"),
    Action.PASSWORD_SET: Words("设置初始密码", "set a first password"),
    Action.APPOINTMENT_SET: Words("任职", "gave an office"),
    Action.APPOINTMENT_END: Words("免职", "ended an office"),
    Action.SESSION_END: Words("强制退出登录", "ended a log-in"),
    Action.SECOND_FACTOR_RESET: Words("重置动态码", "reset a second factor"),
    Action.IDENTITY_LINK: Words("绑定统一身份", "linked an identity"),
    Action.IDENTITY_END: Words("解除统一身份", "unlinked an identity"),
    Action.INVITATION_MAKE: Words("发出邀请", "made an invitation"),
    Action.KEY_MAKE: Words("新建接口密钥", "made an API key"),
    Action.KEY_REVOKE: Words("撤销接口密钥", "revoked an API key"),
    Action.SCREEN_MAKE: Words("登记大屏", "registered a screen"),
    Action.SCREEN_REVOKE: Words("撤销大屏", "revoked a screen"),
    Action.ROSTER_IMPORT: Words("导入名册", "imported the roster"),
    Action.BACKUP_MAKE: Words("备份", "made a backup"),
    Action.BACKUP_RESTORE: Words("恢复备份", "restored a backup"),
    Action.BOARD_POLICY_SET: Words("设置榜单公开范围", "set what boards show"),
    Action.PLAYLIST_SET: Words("编排大屏播放单", "arranged a playlist"),
    Action.PLAYLIST_CHOOSE: Words("选定大屏播放单", "chose a screen's playlist"),
}
OBJECTS = {
    ObjectKind.MEMBER: Words("党员", "member"),
    ObjectKind.QUARTER: Words("季度", "quarter"),
    ObjectKind.LIST: Words("列表", "list"),
    ObjectKind.PACK: Words("季度考评材料", "review pack"),
    ObjectKind.FILE: Words("文件", "file"),
    ObjectKind.ACCESS_LOG: Words("访问日志", "access log"),
    ObjectKind.ACCOUNT: Words("账号", "account"),
    ObjectKind.APPOINTMENT: Words("任职", "appointment"),
    ObjectKind.API_KEY: Words("接口密钥", "API key"),
    ObjectKind.SCREEN: Words("大屏", "screen"),
    ObjectKind.ROSTER: Words("名册", "roster"),
    ObjectKind.DATABASE: Words("数据库", "database"),
    ObjectKind.BOARD_POLICY: Words("榜单公开范围", "board policy"),
    ObjectKind.PLAYLIST: Words("播放单", "playlist"),
}
