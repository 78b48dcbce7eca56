"""Why a change of grids, leads, mentorings or plans is refused: each says what, where and what to do."""

from __future__ import annotations

from app.kit.errors import ErrorKind, LongwenError


class TradeTaken(LongwenError):
    """A trade is one grid's, so that an enterprise belongs to one grid."""

    kind = ErrorKind.CONFLICT
    code = "trade_taken"
    zh = "行业 {trade} 已属于网格“{name}”。一个行业只属于一个网格，请先从原网格移出。"
    en = "The trade {trade} is of the grid “{name}”. A trade is one grid's; take it out there first."


class GridUsed(LongwenError):
    """What neighbours or trades name must exist."""

    code = "unknown_neighbour"
    zh = "相邻网格 {id} 不存在，或就是本网格。请核对。"
    en = "The neighbouring grid {id} does not exist, or is this one. Check it."


class TooFewStars(LongwenError):
    """Only a branch of four or five stars leads."""

    kind = ErrorKind.CONFLICT
    code = "too_few_stars"
    zh = "{name}现为{star}星，龙头和副龙头须为四星级或五星级党支部。请另选，或待评定后再定。"
    en = "{name} has {star} stars; a lead and its deputy need four or five. Choose another, or wait for the rating."


class StarUnknown(LongwenError):
    """Nobody has said which star the branch has."""

    kind = ErrorKind.CONFLICT
    code = "star_unknown"
    zh = "{name}没有在册星级。请在请求中写明 star（已评定的星级）。"
    en = "No star of {name} is on record. Give its decided star in the request."


class StarsUnknown(LongwenError):
    """An assignment without any stars would take help from whoever has it for its stars."""

    kind = ErrorKind.CONFLICT
    code = "stars_unknown"
    zh = "系统中还没有星级结果，无法确定需要帮带的党支部。请在请求中提供 stars。"
    en = "No stars are on record, so it is not known which branches are to be helped. Give stars in the request."


class NotABranch(LongwenError):
    """Branches lead, host and follow."""

    code = "not_a_branch"
    zh = "{name}不是现有的党支部。请选择党支部。"
    en = "{name} is not a present branch. Choose a branch."


class LeadsAlready(LongwenError):
    """A branch leads one grid at a time."""

    kind = ErrorKind.CONFLICT
    code = "leads_already"
    zh = "{name}已是网格“{grid}”的龙头。一个党支部同时只牵头一个网格。"
    en = "{name} leads the grid “{grid}” already. A branch leads one grid at a time."


class LeadFixed(LongwenError):
    """A lead's grid and branch are what it is."""

    kind = ErrorKind.CONFLICT
    code = "lead_fixed"
    zh = "龙头的网格和党支部不能更改。请结束原龙头，另行确定。"
    en = "The grid and the branch of a lead do not change. End it and name another one."


class LeadOver(LongwenError):
    """It leads no longer."""

    kind = ErrorKind.CONFLICT
    code = "lead_over"
    zh = "该龙头已经卸任或即将卸任，不能再安排。请选择其他龙头。"
    en = "That lead has ended or is leaving; nothing new is given to it. Choose another lead."


class CapacityFull(LongwenError):
    """A lead helps no more than it can."""

    kind = ErrorKind.CONFLICT
    code = "capacity_full"
    zh = "该龙头最多帮带 {capacity} 家，已满。请先提高名额，或选择其他龙头。"
    en = "That lead helps {capacity} at most, and has as many. Raise its capacity first, or choose another lead."


class HelpsItself(LongwenError):
    """A lead does not help its own."""

    code = "helps_itself"
    zh = "龙头不能帮带本支部。请选择其他龙头。"
    en = "A lead does not mentor its own branch. Choose another lead."


class MentoringOver(LongwenError):
    """What has ended does not change."""

    kind = ErrorKind.CONFLICT
    code = "mentoring_over"
    zh = "该结对已于 {day} 结束，不能再改。"
    en = "That mentoring ended on {day} and does not change any more."


class NotAgreedYet(LongwenError):
    """Nobody is visited before both sides have agreed."""

    kind = ErrorKind.CONFLICT
    code = "not_agreed_yet"
    zh = "双方尚未都同意结对，不能登记走访。请先由龙头和帮带对象确认。"
    en = "Not both sides have agreed yet, so there is no visit to record. Let lead and helped agree first."


class VisitDay(LongwenError):
    """A visit lies in the past, and not before both agreed."""

    code = "visit_day"
    zh = "日期应在 {first}（双方同意之日）至今天之间。"
    en = "The day lies between {first}, when both had agreed, and today."


class IdTaken(LongwenError):
    """The same id stands for something else."""

    kind = ErrorKind.CONFLICT
    code = "id_used"
    zh = "编号 {id} 已用于其他内容。请换一个编号。"
    en = "The id {id} is used for something else. Take another one."


class BadWindow(LongwenError):
    """A plan's window fits its level."""

    code = "bad_window"
    zh = "{window} 不是{level}的时段。年写 2026，季写 2026Q4，月写 2026-11，周写 2026-W47。"
    en = "{window} is no window of a {level}. Write 2026, 2026Q4, 2026-11 or 2026-W47."


class NotInside(LongwenError):
    """A theme serves a main line, a highlight a theme, an activity a highlight."""

    code = "not_inside"
    zh = "上级安排应是同一网格、高一级并包含 {window} 的安排。请核对 parent_id。"
    en = "What it serves must be of the same grid, one level up, and contain {window}. Check parent_id."


class PlannedAlready(LongwenError):
    """A year has one main line and a quarter one theme."""

    kind = ErrorKind.CONFLICT
    code = "planned_already"
    zh = "{window} 已有“{title}”。一年一条主线，一季一个主题；请修改原安排或先撤销。"
    en = "{window} has “{title}” already. A year has one main line, a quarter one theme; change or drop that one."


class NotOfTheWindow(LongwenError):
    """An activity counts for the plan of its own days."""

    code = "not_of_the_window"
    zh = "该活动于 {day} 举行，不在 {window} 内。请核对。"
    en = "That session was held on {day}, outside {window}. Check it."
