"""The first steps of somebody new: what each finds in the own menu, said in a sentence, and put away for good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from sqlalchemy import Connection

from app.auth import first_steps
from app.auth.core import Actor
from app.kit.words import Words
from app.web.frame import Page, PageRoute, any_page
from app.web.menu import menu_of

router = APIRouter(include_in_schema=False, route_class=PageRoute)

_STEPS_MAX = 5
# In the order of who needs them first; who does not find the address in the menu is not shown the step.
_TOLD = (
    ("/meetings", Words(
        "三会一课和主题党日在这里记：应到党员默认到会，只标请假和缺席。",
        "Meetings and theme days: whoever owes one counts as present; mark leave and absence only.",
    )),
    ("/record", Words(
        "加分、扣分先“试算”再提交；条款原文就在表单旁边。",
        "Additions and deductions: try them out before handing them in; the article stands beside the form.",
    )),
    ("/reviews", Words(
        "等您审核的申报：没有疑问的勾选后一次通过，要退回的点开写明原因。",
        "Proposals for you to review: tick those without question; open one to return it with a reason.",
    )),
    ("/checks", Words(
        "季度结束后的 11 日至 15 日，逐条确认日常记录，随后公示。",
        "From the 11th to the 15th after a quarter its routine entries are confirmed; then they go on notice.",
    )),
    ("/my", Words(
        "点任何一个数字，看到它由哪几条记录、依据哪一条得来；有异议就在该条旁申诉。",
        "Follow any number to the entries and articles it is made of; appeal beside an entry you object to.",
    )),
    ("/members", Words(
        "按姓名、拼音首字母或编号找党员，看每个分数的来历。",
        "Find members by name, initials or number, and see where each score comes from.",
    )),
    ("/ratings", Words(
        "支部星级：指标、自评和党委核正并列，每一步理由都写明。",
        "A branch's stars: what was measured, what it says itself and what the committee corrects, side by side.",
    )),
    ("/accounts", Words("开户、停用和重设密码。", "Accounts are opened and closed here, and passwords set anew.")),
    ("/appointments", Words("任职和权限的给予和收回。", "Offices, and the rights that go with them.")),
    ("/access-log", Words("谁在什么时候看了、改了什么。", "Who saw or changed what, and when.")),
    ("/jobs", Words("定时任务的每次运行；出错的可以重新运行。", "Each run of each job; what failed is run again.")),
    ("/transfers", Words("组织关系转接的进度。", "How far a transfer is.")),
    ("/messages", Words("系统告诉您的事，都在消息里。", "Whatever the service has to tell you is among the messages.")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the menu, and what it is for."""

    path: str
    name: Words
    text: Words


def steps_of(connection: Connection, actor: Actor) -> list[Step]:
    """None once they are put away."""
    if not first_steps.are_due(connection, actor):
        return []
    names = {entry.path: entry.name for section in menu_of(actor) for entry in section.entries}
    return [Step(path, names[path], text) for path, text in _TOLD if path in names][:_STEPS_MAX]


@router.post("/account/first-steps")
def put_away(page: Annotated[Page, Depends(any_page)]) -> Response:
    """For good; ``again=1`` brings them back."""
    for_good = page.posted.get("again") != "1"
    page.run(lambda connection, actor: first_steps.put_away(connection, actor, for_good=for_good))
    told = Words("已收起。需要时在“我的账号”里再看。", "Put away; “My account” shows them again.")
    return page.goto("/", told if for_good else None)
