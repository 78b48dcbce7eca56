"""What the loader says about a book that extends another, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

INHERITANCE: Mapping[str, tuple[str, str]] = {
    "parent_missing": (
        "没有找到所继承的细则 {name}。请把它的目录放在本细则目录旁边，或改正 extends。",
        "The book {name} that this one extends was not found. Put its folder beside this one's, or correct extends.",
    ),
    "parent_faulty": (
        "所继承的细则 {name} 本身有误，无法在其上检查本细则。请先改正 {name}。",
        "The book {name} that this one extends is at fault, so this one cannot be checked. Correct {name} first.",
    ),
    "extends_cycle": (
        "细则 {name} 又继承本细则，形成循环。请删去其中一处 extends。",
        "The book {name} extends this one in turn. Remove extends from one of them.",
    ),
    "extension_differs": (
        "{name} 与所继承的细则 {parent} 不同。请删去（继承时沿用 {parent} 的），或改为一致。",
        "{name} is not that of {parent}, which this book extends. Remove it, {parent} gives it, or make it the same.",
    ),
    "extension_source": (
        "来源代号 {name} 在所继承的细则 {parent} 中指《{title}》。请改用另一个代号。",
        "In {parent}, which this book extends, the source {name} is “{title}”. Use another key.",
    ),
    "extension_stars": (
        "星级标准由所继承的细则统一规定。请删去这个 stars.yaml。",
        "The star sheet is that of the book extended. Remove this stars.yaml.",
    ),
    "extension_edition": (
        "所继承的细则没有版本 {name}。请从中选用：{choices}。",
        "The book extended has no edition {name}. Take one of: {choices}.",
    ),
    "extension_days": (
        "{day} 不在所继承版本 {parent} 的施行期（{first} 至 {last}）内。请改正 from，或继承当日施行的版本。",
        (
            "{day} is not among the days of the edition {parent} (from {first} to {last}). Correct from, or extend the "
            "one in force on that day."
        ),
    ),
    "extension_outlives": (
        (
            "所继承的版本 {parent} 施行到 {last} 为止，本版本却更长。请把 until 写为 {last}，"
            "或从 {following} 起另立一个版本，继承其后的版本。"
        ),
        (
            "The edition {parent} is in force until {last}, this one for longer. Write until: {last}, or make an "
            "edition of your own from {following} on that extends the next one."
        ),
    ),
    "extension_code_taken": (
        "项目代码 {name} 在所继承的版本 {parent} 中已有。请为新项目换用代码；要收紧限额请写在 tighten 中。",
        (
            "The code {name} is taken in the edition {parent}. Choose another for a new item; to tighten its bounds, "
            "use tighten."
        ),
    ),
    "extension_code_meaning": (
        "项目代码 {name} 在所继承细则的版本 {parent} 中另有所指（{old}）。请换用代码。",
        "In the edition {parent} of the book extended the code {name} means something else ({old}). Choose another.",
    ),
    "extension_sibling": (
        "项目代码 {name} 在细则 {other} 中另有所指（{old}）；两者继承同一细则，党员会在其间转接。请换用代码。",
        (
            "In the book {other}, which extends the same one, the code {name} means something else ({old}), and "
            "members move between them. Choose another."
        ),
    ),
    "extension_duty": (
        "新项目不能是日常职责：各项职责的份额之和已等于所继承细则的分配。请改为加分（innovation）或扣分（fault）项目。",
        (
            "A new item cannot be a duty: the shares of all duties already make up the allotment of the book "
            "extended. Make it an innovation or a fault."
        ),
    ),
    "extension_outside": (
        "新项目不能绕过所继承细则的限额（{names}）。请删去 outside。",
        "A new item cannot stand outside ceilings of the book extended ({names}). Remove outside.",
    ),
    "extension_across": (
        "所继承细则的跨组限额 {name} 管着全部 {kind} 项目，新项目会绕过它。请改为其他类别，或请上级在其细则中增加。",
        (
            "The ceiling {name} of the book extended holds every item of kind {kind}, and a new one would pass it by. "
            "Use another kind, or ask for the item to be added to the book extended."
        ),
    ),
    "tighten_unknown": (
        "所继承的版本没有 {name}，无法收紧。请改正代码或名称。",
        "The edition extended has no {name} to tighten. Correct the code or name.",
    ),
    "tighten_own": (
        "{name} 是本版本新增的项目。请把限额直接写在该项目的 bounds 中。",
        "{name} is an item of this edition. Write its bounds with the item itself.",
    ),
    "tighten_wider": (
        "{window} 的 {side} 为 {value}，比所继承细则的 {old} 更宽。只能收紧：请改为不超过 {old}，或删去。",
        (
            "Over the {window}, {side} {value} is wider than the {old} of the book extended. Bounds can only be "
            "tightened: stay within {old}, or remove it."
        ),
    ),
}
