"""What an editor says of cited values and of ``book.yaml``."""

from __future__ import annotations

from collections.abc import Mapping

VALUE_TEXTS: Mapping[str, tuple[str, str, str, str]] = {
    "NameText.zh": ("中文", "Chinese", "中文名称。", "The name in Chinese."),
    "NameText.en": ("英文", "English", "英文名称。", "The name in English."),
    "Cited.source": (
        *("出处", "Source"),
        "book.yaml 中 sources 的键，一个或一列；与 assumption 二者必居其一。",
        "A key of sources in book.yaml, or several; either this or `assumption`, never both.",
    ),
    "Cited.clause": ("条款", "Clause", "出处的条款，如“第16条”。", "The clause of the source, such as 第16条."),
    "Cited.assumption": (
        *("自定", "Assumption"),
        "没有出处、由本地自定的写 true。",
        "`true` where there is no source and the value is your own.",
    ),
    "Cited.note": ("说明", "Note", "关于此值的一句说明。", "A remark on the value."),
    "CitedPoints.value": ("分值", "Points", "分数；扣分写负数。", "Points; deductions are negative."),
    "CitedCount.value": ("数目", "Number", "一个正整数。", "A whole number, at least 1."),
    "CitedFlag.value": ("是否", "Yes or no", "true 为是，false 为否。", "`true` or `false`."),
    "CitedWindow.value": ("周期", "Window", "月、季度、半年或年。", "Month, quarter, half-year or year."),
    "CitedFraction.value": ("分数", "Fraction", "写成“1/3”的样子。", "Written like 1/3."),
    "CitedDue.value": ("月日", "Month and day", "写成“03-31”的样子。", "Written like 03-31."),
    "CitedMonth.value": ("月份", "Month", "1 至 12。", "From 1 to 12."),
    "CitedPeriod.value": ("考评期", "Period", "年、半年或季度。", "Year, half-year or quarter."),
    "CitedYearForm.value": ("全年怎样得出", "The year's form", "和、平均或末期。", "Sum, mean or last."),
    "CitedWhen.value": ("何时适用", "When", "每季度末或者年末。", "At every quarter's end, or the year's."),
    "CitedUnrecorded.value": (
        *("未记录时", "When unrecorded"),
        "到期无人记录的职责怎样处理。",
        "What a duty becomes that nobody recorded in time.",
    ),
    "CitedRounding.value": (
        "取整",
        "Rounding",
        "不足最小分值单位的怎样取整。",
        "How a part of the smallest unit rounds.",
    ),
    "CitedStarts.value": (
        "期初方式",
        "Opening",
        "满分、零分或基础分起算。",
        "With the full base, with zero, or on the base.",
    ),
    "CitedNewcomers.value": (
        "中途加入者",
        "Newcomers",
        "中途加入的党员怎样起算。",
        "How those begin who join in mid-cycle.",
    ),
    "CitedPercent.value": ("百分比", "Percent", "1 至 100。", "From 1 to 100."),
    "CitedEffect.value": (
        "否决的效果",
        "Effect",
        "积分计零，或者只限定等次。",
        "The total is zero, or only the band is fixed.",
    ),
    "CitedVetoGround.value": (
        *("否决的依据", "Ground"),
        "本细则条款，或者区里当年公布的重点工作清单。",
        "Its own article, or the district's yearly list of key work.",
    ),
    "BookText.format": ("格式", "Format", "文件格式版本，写 1。", "The version of the file format: 1."),
    "BookText.book": (
        *("细则代号", "Code of the book"),
        "与所在目录同名，公布后不再改。",
        "The name of its folder; it stays once published.",
    ),
    "BookText.name": ("细则名称", "Name", "细则的全称。", "The full name of the rules."),
    "BookText.issuer": ("制定单位", "Issuer", "由谁制定。", "Who issues them."),
    "BookText.applies_to": ("适用对象", "Applies to", "对哪些党员适用。", "To which members they apply."),
    "BookText.decimals": (
        *("小数位数", "Decimals"),
        "分值最多几位小数：0 为整分，1 可用半分，2 为百分之一分。",
        "Places after the point: 0 for whole points, 1 allows half points, 2 hundredths.",
    ),
    "BookText.cycle": ("考评期", "Cycle", "考评期从几月开始、有多长。", "When the cycle begins and how long it is."),
    "BookText.units": (
        *("自定单位", "Own units"),
        "本细则在小时、次、篇、月、百分比以外自定的计数单位。",
        "Units that the book adds to hours, times, articles, months and percent.",
    ),
    "BookText.sources": (
        *("出处清单", "Sources"),
        "各分值所引用的文件，键由自己取，如 C1、M2。",
        "The documents that values cite, under keys such as C1 or M2.",
    ),
    "BookExtensionText.format": ("格式", "Format", "文件格式版本，写 1。", "The version of the file format: 1."),
    "BookExtensionText.book": ("细则代号", "Code of the book", "与所在目录同名。", "The name of its folder."),
    "BookExtensionText.extends": (
        *("延伸的细则", "Extends"),
        "上级细则的代号，其目录与本目录并列。",
        "The code of the book extended, whose folder lies beside this one.",
    ),
    "BookExtensionText.name": ("细则名称", "Name", "细则的全称。", "The full name of the rules."),
    "BookExtensionText.issuer": ("制定单位", "Issuer", "由谁制定。", "Who issues them."),
    "BookExtensionText.applies_to": ("适用对象", "Applies to", "对哪些党员适用。", "To which members they apply."),
    "BookExtensionText.decimals": (
        *("小数位数", "Decimals"),
        "与上级细则相同，不必重写。",
        "That of the book extended; it need not be repeated.",
    ),
    "BookExtensionText.cycle": (
        *("考评期", "Cycle"),
        "与上级细则相同，不必重写。",
        "That of the book extended; it need not be repeated.",
    ),
    "BookExtensionText.units": (
        "自定单位",
        "Own units",
        "在上级细则之外增加的单位。",
        "Units added to those extended.",
    ),
    "BookExtensionText.sources": (
        "出处清单",
        "Sources",
        "在上级细则之外增加的出处。",
        "Sources added to those extended.",
    ),
    "CycleText.first_month": (
        *("起始月", "First month"),
        "考评年度的第一个月：1、4、7 或 10。",
        "The first month of the year: 1, 4, 7 or 10.",
    ),
    "CycleText.period": (
        *("每期长度", "Period"),
        "多长时间为一期，缺省为一年。",
        "How long a cycle is; a year where nothing is said.",
    ),
    "CycleText.year": (
        *("全年成绩", "The year"),
        "一年有几期的，全年成绩怎样得出。",
        "What the cycles of a year come to together, where there are several.",
    ),
    "SourceText.title": ("文件名称", "Title", "文件或报道的名称。", "The title of the document."),
    "SourceText.date": ("日期", "Date", '发布日期或年份，如 "2019"。', 'The day or year of issue, such as "2019".'),
    "SourceText.grade": ("来源等级", "Grade", "g1 中央文件至 g4 数据资料。", "From g1, a central text, to g4, data."),
    "SourceText.note": ("说明", "Note", "关于出处的一句说明。", "A remark on the source."),
}
