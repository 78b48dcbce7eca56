"""From a checked edition to the compiled one: a regime for every profile, in the book's smallest unit of points."""

from __future__ import annotations

from decimal import Decimal

from app.kit.calendar import Window
from app.rules import core
from app.rules.checks import walk
from app.rules.checks_tree import node_names, parent_of
from app.rules.cited import Cited
from app.rules.compile_items import ItemCompiler, bounds_from, citation_of, name_of, smallest_units
from app.rules.content import content_of, edition_from_content
from app.rules.document import (
    BandText,
    BookText,
    EditionText,
    ExclusionText,
    LineText,
    NodeText,
    SourceText,
)
from app.rules.lines import Band, Basis, Exclusion, Line
from app.rules.name import Name
from app.rules.profiles import (
    RegimeKey,
    allotments_of,
    allotted_bounds,
    cited_parts,
    opening_of,
    parts_of,
    regime_keys,
    starts_of,
    weighted_allotments,
)
from app.rules.stars import Stars

_KIND_NAMES = {
    core.Kind.ROUTINE: Name("日常工作积分", "Routine"),
    core.Kind.INNOVATION: Name("创新工作加分", "Additions"),
    core.Kind.FAULT: Name("工作失误扣分", "Deductions"),
}


def compile_edition(book: BookText, edition: EditionText, stars: Stars | None = None) -> core.Edition:
    """The compiled edition under its digest. Only sound documents come here: the checks have found nothing."""
    regimes = {key.code: _Compiler(book, edition, key).regime() for key in regime_keys(edition)}
    cited = {key for _, value in walk(edition) if isinstance(value, Cited) for key in value.keys}
    compiled = core.Edition(
        book=book.book,
        code=edition.edition,
        digest="",
        name=name_of(edition.name),
        starts_on=edition.starts,
        ends_on=edition.until,
        regimes=regimes,
        citations=_edition_citations(edition),
        sources={key: source_of(book.sources[key]) for key in sorted(cited)},
        frame=_frame(book),
        units={code: name_of(text) for code, text in book.units.items()},
        stars=stars,
        class_names={code: name_of(part.name) for (_, code), part in cited_parts(edition)},
    )
    # Through the stored form and back, so that a loaded edition and a published one cannot differ.
    return edition_from_content(content_of(compiled))


def _frame(book: BookText) -> core.Frame:
    cycle = book.cycle
    return core.Frame(
        first_month=cycle.first_month.value,
        period=cycle.period.value if cycle.period else Window.YEAR,
        year=cycle.year.value if cycle.year else core.YearForm.LAST,
    )


def _edition_citations(edition: EditionText) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, Cited]] = [
        ("base", edition.base),
        ("opening", edition.opening),
        ("total", edition.total),
    ]
    for key, one in (("carried", edition.carried), ("newcomers", edition.newcomers)):
        if one is not None:
            found.append((key, one))
    for code, profile in edition.profiles.items():
        found.append((f"profiles.{code}", profile.grounds))
        for name in ("ranked", "graded", "base"):
            flag = getattr(profile, name)
            if flag is not None:
                found.append((f"profiles.{code}.{name}", flag))
    found += [(f"overlays.{code}", overlay.grounds) for code, overlay in edition.overlays.items()]
    return tuple((key, citation_of(value)) for key, value in found)


def source_of(text: SourceText) -> str:
    """A document's title, with its date where known."""
    return f"{text.title} ({text.date})" if text.date else text.title


class _Compiler:
    """Compiles one regime: the edition under one profile and overlay."""

    def __init__(self, book: BookText, edition: EditionText, key: RegimeKey) -> None:
        self._book = book
        self._edition = edition
        self._key = key
        self._profile = edition.profiles[key.profile]
        self._allotments = allotments_of(edition, self._profile)

    def regime(self) -> core.Regime:
        edition = self._edition
        ranked, graded = self._profile.ranked, self._profile.graded
        items = ItemCompiler(self._book, edition, self._key)
        weighted = weighted_allotments(edition, self._profile)
        return core.Regime(
            book=self._book.book,
            edition=edition.edition,
            digest="",
            profile=self._key.code,
            opening=self._points(opening_of(edition, self._profile)),
            decimals=self._book.decimals,
            dimensions=tuple(self._dimension(code, weighted[code]) for code in edition.dimensions),
            items={code: items.item(code) for code in edition.items},
            nodes=tuple(self._node(name) for name in node_names(edition)),
            across=tuple(self._across(code) for code in edition.across),
            total_high=None if edition.total.high is None else self._points(edition.total.high),
            bands=tuple(self._band(band) for band in edition.bands),
            lines=tuple(self._line(code, text) for code, text in edition.lines.items()),
            ranked=ranked is None or ranked.value,
            graded=graded is None or graded.value,
            carried=0 if edition.carried is None else edition.carried.value,
            newcomers=core.Newcomers.STANDARD if edition.newcomers is None else edition.newcomers.value,
        )

    def _dimension(self, code: str, weighted: Decimal) -> core.Dimension:
        text, allotment = self._edition.dimensions[code], self._allotments[code]
        return core.Dimension(
            code=code,
            name=name_of(text.name),
            allotment=self._points(weighted),
            citation="" if allotment is None else citation_of(allotment),
            starts=starts_of(self._edition, code),
        )

    def _band(self, band: BandText) -> Band:
        test = band.test
        if test is None:
            return Band(band.code, name_of(band.name))
        bound, cited = self._points(test.bound), citation_of(test)
        return Band(band.code, name_of(band.name), test.basis, test.relation, bound, cited, test.dimension)

    def _points(self, value: Decimal) -> int:
        """Points in the book's smallest unit."""
        return smallest_units(value, self._book.decimals)

    def _node(self, name: str) -> core.Node:
        text = self._edition.nodes.get(name)
        kind, *rest = name.split("/")
        label = _KIND_NAMES[core.Kind(kind)]
        bounds = self._node_bounds(name, text)
        if rest:
            dimension = self._edition.dimensions[rest[0]].name
            label = Name(f"{dimension.zh}·{label.zh}", f"{dimension.en}: {label.en}")
        if text is not None and text.name is not None:
            label = name_of(text.name)
        if kind == core.Kind.ROUTINE.value and len(rest) == 1 and not bounds:
            allotted = allotted_bounds(starts_of(self._edition, rest[0]), self._allotments[rest[0]])
            bounds = bounds_from(allotted, self._book.decimals)
        cited: list[Cited] = [*text.bounds, *([text.weight] if text.weight else [])] if text else []
        return core.Node(
            name=name,
            parent=parent_of(name),
            label=label,
            bounds=tuple(bounds),
            weight=text.weight.value if text and text.weight else (1, 1),
            citation="; ".join(dict.fromkeys(citation_of(one) for one in cited)),
        )

    def _node_bounds(self, name: str, text: NodeText | None) -> list[core.Bound]:
        """The node's bounds as the class has them: the profile has the last word."""
        changed = [part.nodes[name].bounds for part in parts_of(self._edition, self._key) if name in part.nodes]
        if changed:
            return bounds_from(changed[-1], self._book.decimals)
        return bounds_from(text.bounds, self._book.decimals) if text else []

    def _across(self, code: str) -> core.Across:
        text = self._edition.across[code]
        return core.Across(code, text.kind, frozenset(text.items), self._points(text.per_quarter), citation_of(text))

    def _line(self, code: str, text: LineText) -> Line:
        pace = text.basis is Basis.PACE
        own = [text.bound, text.when, text.due_min, text.quota, text.pool_below]
        cited: list[Cited] = [one for one in own if one is not None]
        return Line(
            code=code,
            name=name_of(text.name),
            basis=text.basis,
            relation=text.relation,
            bound=int(text.bound.value) if pace else self._points(text.bound.value),
            when=text.when.value,
            consequence=text.consequence,
            citation="; ".join(dict.fromkeys(citation_of(one) for one in cited)),
            due_min=0 if text.due_min is None else self._points(text.due_min.value),
            quota=None if text.quota is None else text.quota.value,
            pool_below=0 if text.pool_below is None else text.pool_below.value,
            dimension=text.dimension,
            excludes=tuple(self._exclusion(one) for one in text.excludes),
        )

    def _exclusion(self, text: ExclusionText) -> Exclusion:
        amount = self._points(text.points) if text.points is not None else text.months or 0
        return Exclusion(text.ground, text.dimension, amount, citation_of(text))
