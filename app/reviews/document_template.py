"""The shipped template of the editable document (``templates/report.docx``), as it was drawn.

Offices change theirs in WPS or Word; this is how ours came to be, and a test holds the file to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from app.reviews.summing import LISTS, STARS_SHOWN

_TEXT_WIDTH = 156  # millimetres: A4 without its margins
_BODY = 16  # points: the third size, as in the report
_SERIF, _SANS = "仿宋", "黑体"  # GB/T 9704; where they are missing, the program's own fonts stand in


def build(target: Path) -> None:
    """Write the template."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    _font(document.styles["Normal"], _SERIF, 12)
    document.styles["Normal"].paragraph_format.space_after = Pt(6)
    _margins(section)

    _cover(document)
    _line(document.add_paragraph(), "{{ title }}", font=_SANS, size=22, centred=True)
    _line(document.add_paragraph(), "（{{ period }}）", size=_BODY, centred=True)
    _heading(document, "{{ parts.whole }}")
    document.add_paragraph("{%p for one in sentences %}")
    _line(document.add_paragraph(), "{{ one }}", size=_BODY, indented=True)
    document.add_paragraph("{%p endfor %}")
    document.add_paragraph("{%p if bands %}")
    _table(document, ("等次", "人数", "图示"), "bands", ("name", "count", "bar"), (2, 1, 4), is_whole=True)
    document.add_paragraph("{%p endif %}")
    _heading(document, "{{ parts.dimensions }}")
    shown = ("指标", "平均得分", "分值", "图示（全长为该指标的分值）")
    _table(document, shown, "dimensions", ("name", "mean", "allotment", "bar"), (2, 1.2, 1, 4), is_whole=True)
    _heading(document, "{{ parts.branches }}")
    headings = ("党支部", "所属党委", "党员", "参评", "日常均分", "总积分均分", "人均加分", "人均失误", "星级")
    _table(document, headings, "branches", range(len(headings)), (3.2, 2.4, 1.3, 1.2, 1.5, 1.6, 1.4, 1.4, 2))
    document.add_paragraph("{%p if trend|length > 1 %}")
    _heading(document, "{{ parts.trend }}")
    seasons = ("季度", "党员", "参评", "日常均分", "总积分均分", "人均加分", "人均失误")
    _table(document, seasons, "trend", range(len(seasons)), (2.4, 1, 1, 1.4, 1.4, 1.4, 1.4))
    document.add_paragraph("{%p endif %}")
    _starred(document)
    _heading(document, "{{ parts.lists }}")
    for kind, title, names, widths in LISTS:
        _listed(document, kind.value, title, names, widths)
    document.add_paragraph().paragraph_format.space_after = Pt(18)
    _line(document.add_paragraph(), "填报人：　　　　　　审核人：　　　　　　负责人：", size=_BODY)
    for text in ("{{ scope }}", "（盖　章）", "　　　　年　　月　　日"):
        paragraph = document.add_paragraph()
        _line(paragraph, text, size=_BODY)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    document.add_page_break()  # type: ignore[no-untyped-call]
    _heading(document, "附件　党员积分表")
    annex = ("党支部", "姓名", "日常积分", "{{ season }}加分", "{{ season }}失误", "总积分", "等次")
    _table(document, annex, "rows", range(len(annex)), (3, 1.6, 1.3, 1.3, 1.3, 1.3, 2))
    document.save(str(target))


def _cover(document: Any) -> None:
    """Whose paper it is, of what, and what it stands on."""
    for text, font, size, above in (
        ("{{ district }}", _SANS, 28, 90),
        ("{{ title }}", _SANS, 22, 60),
        ("（{{ period }}）", _SERIF, 15, 6),
    ):
        paragraph = document.add_paragraph()
        _line(paragraph, text, font=font, size=size, centred=True, red=text == "{{ district }}")
        paragraph.paragraph_format.space_before = Pt(above)
    paragraph.paragraph_format.space_after = Pt(170)
    for name, value in (
        ("考评范围", "{{ scope }}"),
        ("评分细则", "{{ editions }}"),
        ("数据截至", "{{ day }}"),
        ("封账校验点", "{{ number }}"),
        ("校验点根", "{{ root }}"),
        ("材料摘要", "{{ image }}"),
    ):
        _line(document.add_paragraph(), f"{name}：{value}", size=11)
    document.add_paragraph("{%p if source %}")
    _line(document.add_paragraph(), "取自全区材料：{{ source }}", size=11)
    document.add_paragraph("{%p endif %}")
    document.add_page_break()


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
    paragraph.paragraph_format.space_before = Pt(14)
    _line(paragraph, text, font=_SANS, size=_BODY, indented=True)
    paragraph.paragraph_format.keep_with_next = True


def _starred(document: Any) -> None:
    """Each branch's total, star and deciding reason, where stars are named."""
    document.add_paragraph("{%p if stars.title %}")
    _heading(document, "{{ parts.stars }}")
    _line(
        document.add_paragraph(),
        "{{ stars.title }}。每项指标的取数、自评、核正和依据见随附工作簿“星级依据”。",
        size=_BODY,
        indented=True,
    )
    _table(document, STARS_SHOWN[0], "stars.rows", range(len(STARS_SHOWN[0])), STARS_SHOWN[1])
    _left_out(document, "stars")
    document.add_paragraph("{%p endif %}")


def _listed(document: Any, kind: str, title: str, headings: Sequence[str], widths: Sequence[float]) -> None:
    """One of the lists: its table, and what it leaves out; or that there is nothing."""
    _line(document.add_paragraph(), title, font=_SANS, size=14, indented=True)
    document.paragraphs[-1].paragraph_format.space_before = Pt(10)
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    document.add_paragraph("{%p if lists." + kind + ".rows %}")
    _table(document, headings, f"lists.{kind}.rows", range(len(headings)), widths)
    document.add_paragraph("{%p else %}")
    _line(document.add_paragraph(), "本期没有记录。", size=_BODY, indented=True)
    document.add_paragraph("{%p endif %}")
    _left_out(document, f"lists.{kind}")


def _left_out(document: Any, source: str) -> None:
    """How many lines of a list are the workbook's."""
    document.add_paragraph("{%p if " + source + ".left_out %}")
    _line(document.add_paragraph(), "另有 {{ " + source + ".left_out }} 条，见随附工作簿。", size=9)
    document.add_paragraph("{%p endif %}")


def _table(
    document: Any,
    headings: Sequence[str],
    source: str,
    fields: Sequence[str | int],
    widths: Sequence[float],
    *,
    is_whole: bool = False,
) -> None:
    """A table whose row is repeated; its headings come again on every page, unless it stays whole on one."""
    table = document.add_table(rows=4, cols=len(headings))
    table.style = "Table Grid"
    table.autofit = False
    for at, width in enumerate(widths):
        exact = Mm(_TEXT_WIDTH * width / sum(widths))
        table.columns[at].width = exact
        for cell in table.columns[at].cells:
            cell.width = exact
    for at, heading in enumerate(headings):
        _line(table.rows[0].cells[at].paragraphs[0], heading, font=_SANS, size=9, centred=True)
        field = fields[at]
        shown = f"one.{field}" if isinstance(field, str) else f"one[{field}]"
        _line(table.rows[2].cells[at].paragraphs[0], "{{ " + shown + " }}", size=9)
    table.rows[1].cells[0].paragraphs[0].add_run("{%tr for one in " + source + " %}")
    table.rows[3].cells[0].paragraphs[0].add_run("{%tr endfor %}")
    for row in table.rows:
        for cell in row.cells:
            cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
            cell.paragraphs[0].paragraph_format.space_before = Pt(2)
            cell.paragraphs[0].paragraph_format.space_after = Pt(2)
            cell.paragraphs[0].paragraph_format.keep_with_next = is_whole
    whole = OxmlElement("w:cantSplit")  # a row does not go on upon the next page
    table.rows[2]._tr.get_or_add_trPr().append(whole)  # noqa: SLF001 - the library has no verb for it
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)  # noqa: SLF001 - the library has no verb for it


def _margins(section: Any) -> None:
    """The mark above every page; beneath, the numbers, of which the cover has none.

    In the middle: office programs do not agree on which pages are odd once the cover does not count.
    """
    section.different_first_page_header_footer = True
    for header in (section.header, section.first_page_header):
        header.is_linked_to_previous = False
        _line(header.paragraphs[0], "{{ mark }}", size=8, centred=True)
    section.first_page_footer.is_linked_to_previous = False
    _page_number(section.footer.paragraphs[0])
    start = OxmlElement("w:pgNumType")
    start.set(qn("w:start"), "0")
    columns = section._sectPr.find(qn("w:cols"))  # noqa: SLF001 - the library has no verb for it
    columns.addprevious(start)


def _page_number(paragraph: Any) -> None:
    """— 1 —."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run("— ")
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)  # noqa: SLF001 - the library has no verb for it
    paragraph.add_run(" —")
