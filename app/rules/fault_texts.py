"""What the loader says about each kind of fault, in Chinese and English: what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Mapping

from app.rules.fault_texts_frame import FRAME
from app.rules.fault_texts_inheritance import INHERITANCE
from app.rules.fault_texts_meaning import MEANING
from app.rules.fault_texts_stars import STARS

_READING: Mapping[str, tuple[str, str]] = {
    "no_book": (
        "这里没有 book.yaml。请指定一个细则目录，或包含若干细则目录的上级目录。",
        "There is no book.yaml here. Name the folder of a rule book, or a folder that holds rule books.",
    ),
    "no_editions": (
        "这部细则没有任何版本。请建立版本目录（如 2026），并在其中放入 items.yaml。",
        "The book has no edition. Make a folder for one (such as 2026) and put an items.yaml into it.",
    ),
    "not_readable": (
        "文件无法读取（{reason}）。请检查文件是否存在、是否有读取权限。",
        "The file cannot be read ({reason}). Check that it exists and may be read.",
    ),
    "too_large": (
        "文件超过 {kilobytes} KB，未读取。请拆分内容或删去无关内容。",
        "The file is larger than {kilobytes} KB and was not read. Remove what does not belong in it.",
    ),
    "not_utf8": (
        "此行起的文字不是 UTF-8 编码。请用编辑器另存为 UTF-8。",
        "From this line on the text is not UTF-8. Save the file as UTF-8.",
    ),
    "yaml_syntax": (
        "YAML 写法有误（{reason}）。请检查此行及上一行的缩进、冒号、引号和括号；标点应为半角（: , 而不是 ：，）。",
        (
            "This is not valid YAML ({reason}). Check indentation, colons, quotes and brackets here and in the line "
            "above; marks are half-width (: and ,)."
        ),
    ),
    "too_many_values": (
        "这里的内容超过 {limit} 项，从此行起未读取。请删去不属于细则的内容。",
        "There are more than {limit} entries here; from this line on nothing was read. Remove what does not belong.",
    ),
    "no_text": (
        "这里有不能保存、不能打印的字符（控制字符或不完整的字符）。请删去。",
        "There is a character here that can be neither stored nor printed (a control, or half a character). Remove it.",
    ),
    "null_value": (
        "键 {name} 没有值。请写出值；不需要时删去这个键。",
        "The key {name} has no value. Give one, or remove the key.",
    ),
    "day_far": (
        "日期 {value} 太早或太晚，只接受 1900 至 2999 年。没有终止日期的，请不写 until。",
        "The day {value} is too early or too late: years go from 1900 to 2999. Where there is no end, leave until out.",
    ),
    "not_a_mapping": (
        "文件内容应是“键: 值”的表。请参照随附的龙文细则书写。",
        "The file should be a table of keys and values. Follow the Longwen book that ships with the service.",
    ),
    "duplicate_key": (
        "键 {name} 重复（第 {first} 行已有）。请删去其中一处。",
        "The key {name} stands twice (first on line {first}). Remove one of them.",
    ),
    "alias": (
        "不得使用 YAML 锚点（&）和别名（*）。请把内容直接写出。",
        "YAML anchors (&) and aliases (*) are not allowed. Write the content out.",
    ),
    "tag": (
        "不得使用 YAML 标签（!）。请删去标签；文字以叹号开头时请加引号。",
        "YAML tags (!) are not allowed. Remove the tag; put a text that begins with ! in quotes.",
    ),
    "directive": (
        "不得使用 YAML 指令（%）；文件一律按 YAML 1.2 读取。请删去这一行。",
        "YAML directives (%) are not allowed; files are read as YAML 1.2. Remove the line.",
    ),
    "many_documents": (
        "一个文件只能有一份内容。请删去“---”，或拆成几个文件。",
        "A file holds one document only. Remove the --- or split the file.",
    ),
    "too_deep": (
        "嵌套超过 {depth} 层，未继续读取。请检查缩进。",
        "The nesting is deeper than {depth} levels; reading stopped. Check the indentation.",
    ),
    "key_not_text": (
        "键必须是文字。请不要用列表或表作键。",
        "A key must be a text. Do not use a list or a table as a key.",
    ),
    "number_form": (
        "数字 {text} 的写法不明确。请写成普通的整数或小数，如 12 或 2.5；作文字用时请加引号。",
        "The number {text} is not in a plain form. Write it as 12 or 2.5; put it in quotes where it is a text.",
    ),
}

_FORM: Mapping[str, tuple[str, str]] = {
    "unknown_key": (
        "这里不能有键 {name}。请检查拼写，或删去它；行内文字含逗号、冒号时请加引号。",
        "The key {name} is not known here. Check its spelling or remove it; quote a text that holds a comma or colon.",
    ),
    "missing_key": ("缺少键 {name}。请补上。", "The key {name} is missing. Add it."),
    "wrong_type": (
        "这里应是{zh_type}，现在是“{value}”。请改正；文字形似数字时请加引号。",
        "This should be {en_type}, not “{value}”. Correct it; put a text that looks like a number in quotes.",
    ),
    "points_form": (
        "这里应是分值（整数或小数），现在是“{value}”。请不要加引号或单位。",
        "This should be a number of points, not “{value}”. Write it without quotes and without a unit.",
    ),
    "fraction_form": (
        "这里应是分数，如 1/3，现在是“{value}”。请改正。",
        "This should be a fraction such as 1/3, not “{value}”. Correct it.",
    ),
    "day_form": (
        "这里应是日期，如 2026-01-01，现在是“{value}”。请改正。",
        "This should be a day such as 2026-01-01, not “{value}”. Correct it.",
    ),
    "month_day_form": (
        "这里应是月和日，如 03-31，现在是“{value}”。请改正。",
        "This should be a month and a day such as 03-31, not “{value}”. Correct it.",
    ),
    "windows_form": (
        "这里应是时段，如 2026-03、2026Q1、2026H1、2026，或 all，现在是“{value}”。请改正。",
        "This should be a window such as 2026-03, 2026Q1, 2026H1 or 2026, or all, not “{value}”. Correct it.",
    ),
    "not_one_of": (
        "“{value}”不在可选值之内。请从中选一个：{zh_choices}。",
        "“{value}” is not among the choices. Take one of: {choices}.",
    ),
    "out_of_range": (
        "数值 {value} 超出范围（{limit}）。请改正。",
        "The number {value} is out of range ({limit}). Correct it.",
    ),
    "code_form": (
        "“{value}”不能作代码。请只用字母、数字、“-”和“_”，最多 40 个字符。",
        "“{value}” cannot be a code. Use letters, digits, - and _ only, at most 40 of them.",
    ),
    "empty": ("这里不能为空。请填写内容。", "This must not be empty. Fill it in."),
    "other_form": (
        "“{value}”不符合格式（{reason}）。请参照随附的龙文细则改正。",
        "“{value}” does not fit ({reason}). Follow the Longwen book that ships with the service.",
    ),
    "uncited": (
        "这个值没有依据。请加上 source: 来源代号（可再加 clause: 条款），没有来源时写 assumption: true。",
        "This value has no citation. Add source: with the key of a source (and clause:), or assumption: true.",
    ),
    "uncited_bare": (
        "“{value}”没有依据。请写成 {{value: {value}, source: 来源代号}} 或 {{value: {value}, assumption: true}}。",
        "“{value}” has no citation. Write {{value: {value}, source: KEY}} or {{value: {value}, assumption: true}}.",
    ),
    "source_and_assumption": (
        "同一个值不能既有来源又是假设。请保留其一。",
        "A value cannot have a source and be an assumption. Keep one of the two.",
    ),
}

_EXAMPLES: Mapping[str, tuple[str, str]] = {
    "example_unknown": (
        "本版本没有 {what} {name}。请改正代码。",
        "The edition has no {what} {name}. Correct the code.",
    ),
    "example_where": (
        "每行须写明日期或时段之一：day、days 或 windows。请改正。",
        "A line names its day or its windows: one of day, days and windows. Correct it.",
    ),
    "example_day": (
        "日期 {day} 不在本例的期间（{first} 至 {last}）之内。请改正。",
        "The day {day} lies outside the example ({first} to {last}). Correct it.",
    ),
    "example_code": (
        "例子代码 {name} 已在 {other} 中使用。请改用其他代码。",
        "The code {name} is used in {other} already. Choose another.",
    ),
    "star_example_no_sheet": (
        "该版本没有星级标准（stars.yaml），星级的例子无从对照。请补上 stars.yaml，或移走此文件。",
        "The edition has no star sheet (stars.yaml) to try examples of rounds by. Add it or move this away.",
    ),
    "appraisal_example_no_section": (
        "该版本的 stars.yaml 没有 appraisal 一节，考核的例子无从对照。请补上，或移走此文件。",
        "The edition's stars.yaml has no section appraisal to try these examples by. Add it or move this away.",
    ),
    "example_empty": (
        "例子没有写明预期结果。请在 expect 中至少写一项。",
        "The example expects nothing. Write at least one value under expect.",
    ),
}

TEXTS: Mapping[str, tuple[str, str]] = {**_READING, **_FORM, **MEANING, **FRAME, **INHERITANCE, **STARS, **_EXAMPLES}
