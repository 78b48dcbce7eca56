"""Routes by which everyone who is signed in reads the rule books, article by article."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from app.auth.api import Door, permit
from app.auth.core import Permission
from app.handbook import reading
from app.handbook.glossary import Glossary
from app.handbook.schemas import (
    AdoptionAnswer,
    ChangesAnswer,
    EditionAnswer,
    PublishedAnswer,
    RuleChangeAnswer,
    ShelfAnswer,
)
from app.handbook.schemas_items import ItemAnswer, ItemBookAnswer, ItemTextsAnswer, SentenceAnswer

router = APIRouter(prefix="/api/v1/rule-books", tags=["rules"])

Reader = Annotated[Door, Depends(permit(Permission.RULES_READ))]
_CODE = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$"
Book = Annotated[str, Path(pattern=_CODE, examples=["longwen"])]
EditionCode = Annotated[str, Path(pattern=_CODE, examples=["2026"])]
ItemCode = Annotated[str, Path(pattern=_CODE, examples=["ORG-D02"])]
Profile = Annotated[
    str | None,
    Query(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_+-]{0,80}$",
        description="党员类型，默认一般党员 · class of members; default: the usual one",
    ),
]


@router.get("", summary="评分细则一览 · Rule books")
def list_rule_books(door: Reader) -> ShelfAnswer:
    """本区已发布的版本，以及哪个组织采用哪一部。· What is published, and which organisation goes by what."""
    shelf = door.run(reading.shelf)
    return ShelfAnswer(
        editions=[
            PublishedAnswer.of(one, name, one.digest in shelf.in_force, door.language) for one, name in shelf.published
        ],
        adoptions=[AdoptionAnswer.of(one.adoption, one.name) for one in shelf.adoptions],
    )


@router.get("/{book}/editions/{edition}", summary="一个版本 · An edition")
def read_edition(book: Book, edition: EditionCode, door: Reader, profile: Profile = None) -> EditionAnswer:
    """指标、等次、分数线和党员类型。· Dimensions, bands, lines and classes of members."""
    found = door.run(lambda connection, actor: reading.edition_of(connection, actor, book, edition))
    return EditionAnswer.of(found, reading.regime_of(found, profile), door.language)


@router.get("/{book}/editions/{edition}/items", summary="项目目录 · The item book")
def list_rule_items(book: Book, edition: EditionCode, door: Reader, profile: Profile = None) -> ItemBookAnswer:
    """某类党员的全部项目：分值、限额、谁记录、凭证、条文。· All items as a class of members has them."""
    found = door.run(lambda connection, actor: reading.edition_of(connection, actor, book, edition))
    return ItemBookAnswer.of(found, reading.regime_of(found, profile), door.language)


@router.get(
    "/{book}/editions/{edition}/items/{item}", summary="一个项目的说明 · An item, explained",
)  # fmt: skip
def explain_rule_item(
    book: Book, edition: EditionCode, item: ItemCode, door: Reader, profile: Profile = None
) -> ItemTextsAnswer:
    """细则对一个项目的全部规定，逐句注明依据。· Everything the rules say of one item, with where it comes from."""
    found = door.run(lambda connection, actor: reading.edition_of(connection, actor, book, edition))
    regime = reading.regime_of(found, profile)
    known = reading.item_of(found, profile, item)
    return ItemTextsAnswer(
        book=found.book,
        edition=found.code,
        profile=regime.profile,
        decimals=regime.decimals,
        item=ItemAnswer.of(known, Glossary(found), door.language),
        sentences=[SentenceAnswer.of(one, door.language) for one in reading.explanation(found, profile, item)],
    )


@router.get("/{book}/editions/{edition}/changes", summary="与另一版本的不同 · Changes")
def list_rule_changes(
    book: Book,
    edition: EditionCode,
    door: Reader,
    since: Annotated[str, Query(pattern=_CODE, description="先前的版本 · the earlier edition", examples=["2026"])],
) -> ChangesAnswer:
    """逐条说明自先前版本以来的变化。· What changed since the earlier edition, article by article."""
    old, new = door.run(
        lambda connection, actor: (
            reading.edition_of(connection, actor, book, since),
            reading.edition_of(connection, actor, book, edition),
        )
    )
    changes = [RuleChangeAnswer.of(one, door.language) for one in reading.changes(old, new)]
    return ChangesAnswer(book=new.book, edition=new.code, since=old.code, changes=changes)
