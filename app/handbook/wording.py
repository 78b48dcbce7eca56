"""Everything the rules say of one item, in sentences that an officer understands, each with where it comes from."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from app.handbook import phrases
from app.handbook.basis import item_basis
from app.handbook.glossary import Glossary, listed, month_day, roles, say
from app.handbook.sentences import Sentence, Topic, chain, full, total_sentence
from app.handbook.wording_classes import class_sentences
from app.kit.calendar import Window
from app.kit.errors import ErrorKind, LongwenError
from app.rules import core
from app.rules.award import units_of_day
from app.rules.core import Edition, Item, Kind, Regime
from app.rules.name import Name
from app.rules.terms import term

_NEAR_MAX = 5


class ItemUnknown(LongwenError):
    """The edition has no item of this code; near ones are named."""

    kind = ErrorKind.MISSING
    code = "item_unknown"
    zh = "评分细则 {book} {edition} 没有项目 {item}。相近的有：{near}。请核对代码。"
    en = "The rule book {book} {edition} has no item {item}. Near ones are: {near}. Check the code."


def find_item(edition: Edition, regime: Regime, code: str) -> Item:
    """The item of the code, in whatever case it is written. Raises ``ItemUnknown`` naming near ones."""
    known = {one.upper(): one for one in regime.items}
    found = known.get(code.strip().upper())
    if found is None:
        near = difflib.get_close_matches(code.upper(), known, n=_NEAR_MAX, cutoff=0.5)
        near += [upper for upper, one in known.items() if code and code in regime.items[one].name.zh]
        shown = [f"{known[one]} {regime.items[known[one]].name.zh}" for one in dict.fromkeys(near)]
        listed_near = ", ".join(shown[:_NEAR_MAX] or list(regime.items)[:_NEAR_MAX])
        raise ItemUnknown(book=edition.book, edition=edition.code, item=code, near=listed_near, field="item")
    return regime.items[found]


def explain_item(edition: Edition, regime: Regime, code: str) -> tuple[Sentence, ...]:
    """All that the edition says of an item to one class of members. Raises ``ItemUnknown``."""
    return tuple(_Explainer(Glossary(edition), regime, find_item(edition, regime, code)).sentences())


_NOW = {
    Window.MONTH: Name("当月", "of the month"),
    Window.QUARTER: Name("当季", "of the quarter"),
    Window.HALF: Name("当半年", "of the half-year"),
    Window.YEAR: Name("全年", "of the year"),
}
_SETTLED = {
    core.Settlement.SESSIONS: (
        "按场次考勤：支部召开的，到会或按规定补课即为尽到；支部没有召开的，免除党员该次职责。",
        "By attendance: a session attended or made up is kept; one that the branch never holds is waived.",
    ),
    core.Settlement.AMOUNT: (
        "按累计数量认定：未达到的，按差额占全部应达到数量的比例扣减份额；数量为零的全部扣减。",
        "By the amount done: the share is lost in proportion to what is missing, all of it at zero.",
    ),
    core.Settlement.CONFIRMATION: (
        "由支部在期末列名单逐人确认是否尽到。",
        "The branch confirms a list at the end, member by member.",
    ),
    core.Settlement.DEFAULT: (
        "默认尽到，不需举证；有查实的问题才扣减份额。",
        "Kept by default, without evidence; only a finding costs the share.",
    ),
    core.Settlement.RATE: (
        "按测评得出的百分率计：份额乘以百分率为保留的分，其余扣减。",
        "By a rate in percent: the share times the rate is kept, the rest is lost.",
    ),
}


_SILENCE = {
    core.Unrecorded.KEPT: ("视为尽到，不扣分", "it counts as kept and costs nothing"),
    core.Unrecorded.MISSED: ("视为未尽到，扣减份额", "it counts as missed and costs the share"),
    core.Unrecorded.WAIVED: ("免除该次职责，不扣分", "it is waived and costs nothing"),
    core.Unrecorded.UNDECIDED: ("暂不认定：不扣分，也不算尽到", "it stays undecided: not lost, and not kept either"),
}
_MUST_CITE = {
    core.VetoGround.FIXED: ("以本条所列情形为限。", "Only on the grounds of this article."),
    core.VetoGround.KEY_WORK: (
        "须引用区两新工委当年重点工作清单中的一项。",
        "An entry of the district's key-work list of the year must be cited.",
    ),
}
_AMONG = {
    Kind.FAULT: Name("扣分", "deductions"),
    Kind.INNOVATION: Name("加分", "additions"),
    Kind.ROUTINE: Name("日常", "routine items"),
}


@dataclass(frozen=True)
class _Explainer:
    """The sentences of one item under one regime."""

    words: Glossary
    regime: Regime
    item: Item

    def sentences(self) -> Iterator[Sentence]:
        yield from self._article()
        yield from self._points()
        if self.item.duty is not None:
            yield from self._duty(self.item.duty)
        if self.item.kind is not Kind.VETO:
            yield from self._own_bounds()
            yield from self._bounds_above()
            yield from self._matter()
        yield from self._pairs()
        if self.item.veto is not None:
            yield from self._veto(self.item.veto)
        yield from self._people()
        yield from class_sentences(self.words, self.regime, self.item)

    def _basis(self, *place: str) -> Name | None:
        return self.words.citation(item_basis(self.item, place))

    def _article(self) -> Iterator[Sentence]:
        item = self.item
        place = say(
            "{item}：{kind}，属“{dimension}”指标。",
            "{item}: {kind}, in '{dimension}'.",
            item=self.words.item(item.code),
            kind=term(item.kind),
            dimension=self.words.dimension(item.dimension),
        )
        yield Sentence(Topic.ARTICLE, "kind", place)
        yield Sentence(Topic.ARTICLE, "article", Name(item.article, item.article), self._basis("article"))
        if item.retired:
            text = say(
                "此类党员不适用本项，或本项已停用：已有积分保留，不再记录新的。",
                "These members do not have the item, or it is retired: what was recorded stays, no more is.",
            )
            yield Sentence(Topic.ARTICLE, "retired", text)

    def _points(self) -> Iterator[Sentence]:
        words, item = self.words, self.item
        if item.points is not None:
            yield Sentence(Topic.POINTS, "points", full(phrases.fixed(words, item)), self._basis("points"))
        for tiers, basis in self._tiers_by_basis():
            text = say(
                "分档计分，每次只取一档：{tiers}。",
                "By tier, one for each entry: {tiers}.",
                tiers=listed([phrases.tier(words, item.kind, one) for one in tiers], "；", "; "),
            )
            yield Sentence(Topic.POINTS, "tiers", text, basis)
        if item.chosen is not None:
            text = full(phrases.chosen(words, item.kind, item.chosen))
            yield Sentence(Topic.POINTS, "range", text, self._basis("chosen"))
        if item.measure.form is not core.MeasureForm.SUM:
            text = full(phrases.measure(words, item, item.measure))
            yield Sentence(Topic.POINTS, "measure", text, self._basis("measure"))

    def _tiers_by_basis(self) -> Iterator[tuple[list[core.Tier], Name | None]]:
        """Tiers that rest on the same grounds, together."""
        grouped: dict[Name | None, list[core.Tier]] = {}
        for one in self.item.tiers:
            grouped.setdefault(self._basis("tiers", one.code), []).append(one)
        for basis, tiers in grouped.items():
            yield tiers, basis

    def _duty(self, duty: core.Duty) -> Iterator[Sentence]:
        words = self.words
        every = say("{each}一次", "once {each}", each=words.each(duty.window))
        times = phrases.times_a_cycle(words, duty.window)
        if times > 1:
            every = say("{each}，一个考评周期共{times}次", "{each}, {times} times in a cycle", each=every, times=times)
        yield Sentence(Topic.DUTY, "duty.every", full(every), self._basis("duty", "window"))
        share = say("每次份额{share}，未尽到的扣减。", "Each time is worth {share}, lost when it is not done.",
                    share=words.points(duty.share))  # fmt: skip
        yield Sentence(Topic.DUTY, "duty.share", share, self._basis("duty", "share"))
        settled = Name(*_SETTLED[duty.settlement])
        yield Sentence(Topic.DUTY, "duty.settled", settled, self._basis("duty", "settlement"))
        if duty.settlement in (core.Settlement.AMOUNT, core.Settlement.RATE):
            rounding = say("得出的分{rounding}。", "What comes of it is {rounding}.",
                           rounding=phrases.rounding(words, duty.rounding))  # fmt: skip
            yield Sentence(Topic.DUTY, "duty.rounding", rounding, self._basis("duty", "rounding"))
        for one in duty.targets:
            text = full(phrases.target(words, duty.unit, one))
            yield Sentence(
                Topic.DUTY, f"duty.targets.{one.window}", text, self._basis("duty", "targets", one.window.value)
            )
        silence = say(
            "到期没有人记录的，{what}。", "What nobody recorded in time: {what}.", what=Name(*_SILENCE[duty.unrecorded])
        )
        yield Sentence(Topic.DUTY, "duty.unrecorded", silence, self._basis("duty", "unrecorded"))
        if duty.due is not None:
            due = say("应在{day}前完成。", "Due by {day}.", day=month_day(duty.due))
            yield Sentence(Topic.DUTY, "duty.due", due, self._basis("duty", "due"))

    def _own_bounds(self) -> Iterator[Sentence]:
        most = units_of_day(self.item)
        if most is not None:
            told = phrases.units_of_day(self.words, self.item.unit, most)
            yield Sentence(Topic.BOUNDS, "units_max", full(told), self._basis("units_max"))
        for number, one in enumerate(self.item.bounds):
            told = phrases.bound(self.words, self.item.kind, one)
            is_floor = self.item.duty is not None and number == len(self.item.bounds) - 1
            basis = None if is_floor else self._basis("bounds", one.window.value)
            if is_floor:
                told = say("{told}（份额扣完为止）", "{told}, no more than its shares", told=told)
            yield Sentence(Topic.BOUNDS, f"bounds.{one.window}", full(told), basis)

    def _bounds_above(self) -> Iterator[Sentence]:
        """The ceilings of every node above the item, up to the total."""
        item, words = self.item, self.words
        nodes = {node.name: node for node in self.regime.nodes}
        for name in chain(item):
            node = nodes.get(name)
            if node is None or (not node.bounds and node.weight == (1, 1)):
                continue
            yield self._bound_above(node)
        for across in self.regime.across:
            if item.code in across.items:
                text = full(phrases.across(words, across))
                yield Sentence(Topic.BOUNDS, f"across.{across.name}", text, words.citation(across.citation))
        if item.kind is Kind.ROUTINE:
            text = Name("日常积分最低为0分。", "The daily score never goes below 0.")
            yield Sentence(Topic.BOUNDS, "daily", text)
        yield total_sentence(words, self.regime, Topic.BOUNDS)

    def _bound_above(self, node: core.Node) -> Sentence:
        words = self.words
        parts = [phrases.bounds(words, self.item.kind, node.bounds)] if node.bounds else []
        parts += [] if node.weight == (1, 1) else [phrases.weight(node.weight)]
        told = say("“{label}”合计{bounds}", "'{label}' as a whole: {bounds}", label=node.label,
                   bounds=listed(parts, "，", "; "))  # fmt: skip
        if node.name in self.item.outside:
            told = say("{told}；本项不占这一限额", "{told}; this item stands outside of it", told=told)
        beside = self._beside(node)
        if beside:
            told = say(
                "{told}；与{items}合并计算", "{told}; shared with {items}", told=told, items=listed(beside, "；", "; ")
            )
        basis = words.citation(node.citation) or self._allotted(node)
        return Sentence(Topic.BOUNDS, f"nodes.{node.name}", full(told), basis)

    def _beside(self, node: core.Node) -> list[Name]:
        """The other items of a named group, with which the item shares its ceiling."""
        group = chain(self.item)[0] if self.item.group else None
        if node.name != group or node.name in self.item.outside:
            return []
        inside = [one for one in self.regime.items.values() if node.name not in one.outside]
        same = [one for one in inside if one.group and chain(one)[0] == group]
        return [self.words.item(one.code) for one in same if one.code != self.item.code]

    def _allotted(self, node: core.Node) -> Name | None:
        """A dimension without a bound of its own is bounded by its allotment."""
        code = node.name.rpartition("/")[2]
        found = next((one for one in self.regime.dimensions if one.code == code), None)
        return None if found is None or node.name.count("/") != 1 else self.words.citation(found.citation)

    def _matter(self) -> Iterator[Sentence]:
        if self.item.duty is not None or self.item.matter is core.Matter.NONE:
            return
        item = self.item
        which = Name("最重", "heaviest") if item.kind is Kind.FAULT else Name("最高", "highest")
        told = say(
            "{asked}；同一事项在{among}项目中只按分值{which}的一次计，记在其他项目下的也算在内",
            "{asked}; of what is recorded about one matter among all {among}, only the {which} counts",
            asked=term(item.matter), among=_AMONG[item.kind], which=which,
        )  # fmt: skip
        yield Sentence(Topic.MATTER, "matter", full(told))

    def _pairs(self) -> Iterator[Sentence]:
        for code in filter(self._owes, self.item.pairs):
            told = self._share(code)
            text = say("每发生一次，还扣减{share}。", "Each time it also costs {share}.", share=told)
            yield Sentence(Topic.PAIRS, f"pairs.{code}", text)
        one_of = list(filter(self._owes, self.item.pairs_one_of))
        if one_of:
            shares = listed([self._share(code) for code in one_of], "；", "; ")
            text = say(
                "每发生一次，还扣减下列职责中由记录人指明的一项：{shares}。",
                "Each time it also costs one of these, which the entry names: {shares}.",
                shares=shares,
            )
            yield Sentence(Topic.PAIRS, "pairs_one_of", text)
        costing = [
            self.words.item(one.code)
            for one in self.regime.items.values()
            if self.item.code in (*one.pairs, *one.pairs_one_of)
        ]
        if costing and self._owes(self.item.code):
            text = say("下列失误也扣减本项份额：{items}。", "These findings cost a share of this duty too: {items}.",
                       items=listed(costing, "；", "; "))  # fmt: skip
            yield Sentence(Topic.PAIRS, "paired", text)

    def _owes(self, code: str) -> bool:
        """Whether the class of members has the duty, and so a share of it to lose."""
        item = self.regime.items.get(code)
        return item is not None and item.duty is not None and not item.retired

    def _share(self, code: str) -> Name:
        """当季“ORG-D01 参加支部党员大会”份额15分."""
        item = self.regime.items.get(code)
        name = self.words.item(code)
        if item is None or item.duty is None:
            return say("“{name}”的份额", "the share of '{name}'", name=name)
        return say("{now}“{name}”的份额{points}", "the share {now} of '{name}', {points}", now=_NOW[item.duty.window],
                   name=name, points=self.words.points(item.duty.share))  # fmt: skip

    def _veto(self, veto: core.Veto) -> Iterator[Sentence]:
        effect = full(phrases.veto(self.regime, veto))
        yield Sentence(Topic.VETO, "veto.effect", effect, self._basis("veto", "effect"))
        ground = Name(*_MUST_CITE[veto.ground])
        yield Sentence(Topic.VETO, "veto.ground", ground, self._basis("veto", "ground"))
        hears = roles(veto.hears) if veto.hears else Name("审核人", "whoever reviews")
        way = say(
            "由{proposes}提出，由{hears}听取本人申辩，由{decides}认定。",
            "Proposed by {proposes}; the member is heard by {hears}; decided by {decides}.",
            proposes=roles(self.item.record), hears=hears, decides=roles(self.item.review[-1:]),
        )  # fmt: skip
        yield Sentence(Topic.VETO, "veto.way", way)
        if self.item.matter is core.Matter.REQUIRED:
            yield Sentence(Topic.VETO, "matter", full(term(self.item.matter)))

    def _people(self) -> Iterator[Sentence]:
        item = self.item
        record = say("记录人（任一）：{who}。", "Recorded by any of: {who}.", who=roles(item.record))
        yield Sentence(Topic.PEOPLE, "record", record)
        steps = listed([roles([one]) for one in item.review], " → ", " → ")
        zh, en = (
            ("记录后即时计入，在季度复核中由{who}确认。", "Counts at once; confirmed in the quarter's check by {who}.")
            if item.kind is Kind.ROUTINE
            else ("先申报，由{who}审核通过后计入。", "A proposal first; it counts once reviewed by {who}.")
        )
        yield Sentence(Topic.PEOPLE, "review", say(zh, en, who=steps))
        if item.evidence:
            evidence = say("凭证（任一即可）：{what}。", "Evidence, any one of: {what}.",
                           what=listed(item.evidence))  # fmt: skip
            yield Sentence(Topic.PEOPLE, "evidence", evidence)
        if item.finds is not None:
            found = say("系统依考勤提出：{what}。", "Proposed by the service from attendance: {what}.",
                        what=phrases.finds(self.words, item.finds))  # fmt: skip
            yield Sentence(Topic.PEOPLE, "finds", found, self._basis("finds"))
        if item.heard:
            heard = Name("计入前应当告知本人并听取意见。", "The member is told and heard before it counts.")
            yield Sentence(Topic.PEOPLE, "heard", heard, self._basis("heard"))
