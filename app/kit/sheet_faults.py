"""What can be wrong with the form of a workbook that people fill in, whatever it is about."""

from __future__ import annotations

from app.kit.sheets import SheetFault


class UnknownSheet(SheetFault):
    """The sheet is none that is read."""

    code = "unknown_sheet"
    zh = "不认识这个工作表。可用的工作表：{known}；其他内容请放入“说明”表或删除。"
    en = "This sheet is not known. Known are {known}; move anything else to the sheet 说明, or delete it."


class UnknownHeading(SheetFault):
    """A column has a heading that the sheet does not know, or none."""

    code = "unknown_heading"
    zh = "表头“{heading}”不认识。可用的表头：{known}。"
    en = "The heading “{heading}” is not known. Known are {known}."


class RepeatedHeading(SheetFault):
    """Two columns have one heading."""

    code = "repeated_heading"
    zh = "表头“{heading}”出现了两次，请只保留一列。"
    en = "The heading “{heading}” stands twice. Keep one of the columns."


class MissingHeading(SheetFault):
    """A required column is not there."""

    code = "missing_heading"
    zh = "第一行缺少表头“{heading}”。请使用系统提供的模板，不要删改表头。"
    en = "The first row lacks the heading “{heading}”. Use the template and leave its headings as they are."


class MissingValue(SheetFault):
    """A required cell is empty."""

    code = "missing_value"
    zh = "“{heading}”必须填写。"
    en = "“{heading}” must be filled in."


class WrongType(SheetFault):
    """The cell holds another sort of value."""

    code = "wrong_type"
    zh = "“{heading}”的内容“{value}”类型不对，应为{wanted}。"
    en = "“{heading}” holds “{value}”, which is of the wrong type; it should be {wanted_en}."


class NotAChoice(SheetFault):
    """The cell holds none of the choices."""

    code = "not_a_choice"
    zh = "“{heading}”不能填“{value}”，只能是：{known}。"
    en = "“{heading}” cannot be “{value}”; it is one of {known}."


class TextUnusable(SheetFault):
    """The text is too long or holds characters that nobody sees."""

    code = "text_unusable"
    zh = "“{heading}”超过 {length_max} 个字符，或含有不可见的控制字符。请删减或重新输入。"
    en = "“{heading}” is longer than {length_max} characters or holds control characters. Shorten or retype it."
