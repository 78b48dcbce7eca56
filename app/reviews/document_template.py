"""The shipped template of the editable document (``templates/report.docx``), as it was drawn.

Offices change theirs in WPS or Word; this is how ours came to be, and a test holds the file to it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

_SERIF, _SANS = "仿宋", "黑体"  # GB/T 9704; where they are missing, the program's own fonts stand in


def build(target: Path) -> None:
    """Write the template."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(33), Mm(32)
    section.left_margin, section.right_margin = Mm(27), Mm(25)
    _font(document.styles["Normal"], _SERIF, 12)
    _line(section.header.paragraphs[0], "{{ mark }}", size=8, centred=True)
    _page_number(section.footer.paragraphs[0])

    _line(document.add_paragraph(), "{{ district }}", font=_SANS, size=28, centred=True, red=True)
    _line(document.add_paragraph(), "{{ title }}", font=_SANS, size=22, centred=True)
    _line(document.add_paragraph(), "（{{ period }}）", size=15, centred=True)
    for name, value in (
        ("考评范围", "{{ scope }}"),
        ("评分细则", "{{ editions }}"),
        ("数据截至", "{{ day }}"),
        ("封账校验点", "{{ number }}"),
        ("校验点根", "{{ root }}"),
        ("材料摘要", "{{ image }}"),
    ):
        _line(document.add_paragraph(), f"{name}：{value}", size=11)
    document.add_page_break()  # type: ignore[no-untyped-call]

    _heading(document, "一、总体情况")
    document.add_paragraph("{%p for one in sentences %}")
    _line(document.add_paragraph(), "{{ one }}", indented=True)
    document.add_paragraph("{%p endfor %}")
    _heading(document, "二、五项指标")
    _table(document, ("指标", "平均得分", "分值"), "dimensions", ("name", "mean", "allotment"))
    _heading(document, "三、各支部情况")
    headings = ("党支部", "所属党委", "党员", "参评", "日常均分", "总积分均分", "人均加分", "人均失误", "星级")
    _table(document, headings, "branches", tuple(range(len(headings))))
    _heading(document, "四、表彰、帮扶、结对与更正")
    document.add_paragraph("{%p for list in lists %}")
    _line(document.add_paragraph(), "{{ list.title }}（{{ list.count }}）", font=_SANS)
    document.add_paragraph("{%p for row in list.rows %}")
    _line(document.add_paragraph(), "{{ row }}", indented=True, size=11)
    document.add_paragraph("{%p endfor %}")
    document.add_paragraph("{%p endfor %}")
    _line(document.add_paragraph(), "填报人：　　　　　　　　审核人：　　　　　　　　负责人：")
    for text in ("{{ scope }}", "（盖　章）", "　　　　年　　月　　日"):
        paragraph = document.add_paragraph()
        _line(paragraph, text)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    document.add_page_break()  # type: ignore[no-untyped-call]
    _heading(document, "附件　党员积分表")
    annex = ("党支部", "姓名", "日常积分", "本季加分", "本季失误", "总积分", "等次")
    _table(document, annex, "rows", tuple(range(len(annex))))
    document.save(str(target))


def _font(style: Any, name: str, size: float) -> None:
    style.font.name = name
    style.font.size = Pt(size)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), name)


def _line(
    paragraph: Any,
    text: str,
    *,
    font: str = _SERIF,
    size: float = 12,
    centred: bool = False,
    red: bool = False,
    indented: bool = False,
) -> None:
    run = paragraph.add_run(text)
    _font(run, font, size)
    if red:
        run.font.color.rgb = RGBColor(0xC0, 0, 0)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    if indented:
        paragraph.paragraph_format.first_line_indent = Pt(2 * size)


def _heading(document: Any, text: str) -> None:
    paragraph = document.add_paragraph()
    _line(paragraph, text, font=_SANS, size=15)
    paragraph.paragraph_format.keep_with_next = True


def _table(document: Any, headings: tuple[str, ...], source: str, fields: tuple[str | int, ...]) -> None:
    """A table whose row is repeated; its headings come again on every page."""
    table = document.add_table(rows=4, cols=len(headings))
    table.style = "Table Grid"
    for at, heading in enumerate(headings):
        _line(table.rows[0].cells[at].paragraphs[0], heading, font=_SANS, size=9, centred=True)
        field = fields[at]
        shown = f"one.{field}" if isinstance(field, str) else f"one[{field}]"
        _line(table.rows[2].cells[at].paragraphs[0], "{{ " + shown + " }}", size=9)
    table.rows[1].cells[0].paragraphs[0].add_run("{%tr for one in " + source + " %}")
    table.rows[3].cells[0].paragraphs[0].add_run("{%tr endfor %}")
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)  # noqa: SLF001 - the library has no verb for it


def _page_number(paragraph: Any) -> None:
    """— 1 —."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run("— ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)  # noqa: SLF001 - the library has no verb for it
    paragraph.add_run(" —")
