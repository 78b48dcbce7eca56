"""How standings are put into grades, or where a book has none into hundreds of points."""

from __future__ import annotations

from app.points.core_overview import UNGRADED, Pile, Share, spread_of
from app.rules.lines import Band, Basis, Relation
from app.rules.name import Name

BEST, LOW, REST = Name("优秀", "best"), Name("偏低", "low"), Name("合格", "qualified")
BANDS = (
    Band("low", LOW, Basis.TOTAL, Relation.AT_MOST, 500),
    Band("best", BEST, Basis.DAILY, Relation.AT_LEAST, 900),
    Band("rest", REST),
)


def test_grades_stand_from_the_best_down_and_whoever_a_veto_leaves_without_one_stands_last() -> None:
    piles = [
        Pile(BANDS, "low", ranked=True, hundreds=4, members=2),
        Pile(BANDS, "best", ranked=True, hundreds=9, members=5),
        Pile(BANDS, None, ranked=True, hundreds=0, members=1),
        Pile(BANDS, "best", ranked=False, hundreds=10, members=3),
    ]
    found = spread_of(piles)
    assert found.shares == (Share(BEST, 5), Share(REST, 0), Share(LOW, 2), Share(UNGRADED, 1))
    assert (found.members, found.exempt) == (8, 3)


def test_where_one_book_has_no_grades_all_stand_by_hundreds() -> None:
    piles = [
        Pile(BANDS, "best", ranked=True, hundreds=9, members=5),
        Pile((), None, ranked=True, hundreds=9, members=1),
        Pile((), None, ranked=True, hundreds=0, members=1),
    ]
    assert [(one.name.en, one.members) for one in spread_of(piles).shares] == [("900–999", 6), ("0–99", 1)]
