"""Rule books: an edition read by dimension and item, two of them compared, and a draft tried on a past quarter."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response
from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.auth.wording import role_names
from app.cycles import service as cycles
from app.handbook import reading
from app.handbook.glossary import Glossary
from app.handbook.schemas import AdoptionAnswer, EditionAnswer, PublishedAnswer, RuleChangeAnswer
from app.handbook.schemas_items import ItemAnswer, SentenceAnswer, in_language_or_none
from app.handbook.sentences import TOPICS
from app.handbook.telling import Verb
from app.kit.errors import LongwenError, NotFound
from app.kit.problems import Language
from app.kit.words import Words
from app.rules import service as rules
from app.rules.core import Edition, Item
from app.rules.terms import TERMS
from app.trials import simulating
from app.trials.schemas import SimulationAnswer, SimulationRequest
from app.web.frame import Page, PageRoute, page_for
from app.web.posted import Posted
from app.web.wording import ORGANISATION_FORMS

router = APIRouter(include_in_schema=False, route_class=PageRoute)

Reading = Annotated[Page, Depends(page_for(Permission.RULES_READ))]
Simulating = Annotated[Page, Depends(page_for(Permission.RULES_SIMULATE))]
_CODE = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$"
Code = Annotated[str, Path(pattern=_CODE)]
Profile = Annotated[str | None, Query(pattern=r"^[A-Za-z0-9][A-Za-z0-9_+-]{0,80}$")]
Digest = Annotated[str | None, Query(pattern=r"^[0-9a-f]{64}$")]

_LISTED = 200
CHANGE_VERBS = {
    Verb.ADDED.value: Words("新增", "added"),
    Verb.REMOVED.value: Words("删去", "removed"),
    Verb.CHANGED.value: Words("修改", "changed"),
    Verb.CITED.value: Words("依据变更", "cited otherwise"),
    Verb.MOVED.value: Words("次序变更", "moved"),
}
_KINDS = ("opening", "routine", "innovation", "fault", "veto")


@dataclass(frozen=True, slots=True)
class ShownItem:
    """An item with where its text comes from."""

    item: ItemAnswer
    citation: str | None


@router.get("/rule-books")
def show_shelf(page: Reading) -> Response:
    """What is published, and who goes by what."""

    def work(connection: Connection, actor: Actor) -> dict[str, Any]:
        shelf = reading.shelf(connection, actor)
        published = [
            PublishedAnswer.of(one, name, one.digest in shelf.in_force, page.language) for one, name in shelf.published
        ]
        earlier = {new.digest: old for old, new in pairwise(published) if old.book == new.book}
        return {
            "published": published[::-1],
            "earlier": earlier,
            "adoptions": [AdoptionAnswer.of(one.adoption, one.name) for one in shelf.adoptions],
            "may_simulate": bool(actor.reach(Permission.RULES_SIMULATE)),
        }

    return page.show("rule_books.html", **page.run(work), forms=ORGANISATION_FORMS)


@router.get("/rule-books/simulation")
def show_simulation(page: Simulating) -> Response:
    """A draft, or an edition that is published and not in force yet."""
    return page.show("simulation.html", **page.run(_trying), found=None)


@router.post("/rule-books/simulation")
def simulate(page: Simulating) -> Response:
    """Nothing is saved, whatever comes of it."""
    posted = page.posted
    try:
        asked = posted.read(
            SimulationRequest,
            draft=_draft(posted),
            whole_cycle=posted.get("whole_cycle") == "1",
            everyone=posted.get("everyone") == "1",
            limit=_LISTED,
        )
        texts = asked.texts()
        # As in the API's twin: who calls is known before a text is read.
        page.run(lambda c, actor: simulating.check_asked(c, actor, asked.edition, has_draft=bool(texts)), commit=False)
        draft = simulating.read_texts(texts) if texts else None
        found = page.run(
            lambda c, actor: simulating.simulate_draft(
                c, actor, asked.edition, draft, asked.quarter,
                whole_cycle=asked.whole_cycle, everyone=asked.everyone, count_max=asked.limit,
            ),
            commit=False,
        )  # fmt: skip
    except NotFound:
        raise
    except LongwenError as error:
        return page.refused("simulation.html", error, **page.run(_trying), found=None)
    answer = SimulationAnswer.of(found.totals, found.changed, page.language)
    return page.show("simulation.html", **page.run(_trying), found=answer)


@router.get("/rules/{item}")
def find_item(item: Code, page: Reading, edition: Digest = None, profile: Profile = None) -> Response:
    """Where an item is explained: in the edition that decided, or in the one that the caller stands under."""

    def work(connection: Connection, actor: Actor) -> Edition:
        if edition is not None:
            return rules.edition_by_digest(connection, actor.district_id, edition)
        shelf = reading.shelf(connection, actor)
        digests = [*shelf.in_force, *(one.digest for one, _ in reversed(shelf.published))]
        if not digests:
            raise NotFound(what="edition", field="edition")
        return rules.edition_by_digest(connection, actor.district_id, digests[0])

    found = page.run(work)
    asked = "" if profile is None or found.regime(profile) is None else f"?profile={profile.replace('+', '%2B')}"
    return page.goto(f"/rule-books/{found.book}/{found.code}/items/{item}{asked}")


@router.get("/rule-books/{book}/{edition}")
def show_edition(book: Code, edition: Code, page: Reading, profile: Profile = None) -> Response:
    """The whole text for one class of members, by dimension."""
    found, others = page.run(lambda c, actor: _edition(c, actor, book, edition))
    regime = reading.regime_of(found, profile)
    groups: dict[str | None, dict[str, list[ShownItem]]] = {one.code: {} for one in regime.dimensions}
    for one in regime.items.values():
        groups.setdefault(one.dimension, {}).setdefault(one.kind.value, []).append(_shown(one, found, page.language))
    for kinds in groups.values():
        for kind in sorted(kinds, key=_KINDS.index):
            kinds[kind] = kinds.pop(kind)
    sentences = [SentenceAnswer.of(one, page.language) for one in reading.explanation(found, profile, None)]
    return page.show(
        "edition.html", edition=EditionAnswer.of(found, regime, page.language), groups=groups, sentences=sentences,
        others=others, kinds=TERMS["Kind"], topics=_TOPICS,
    )  # fmt: skip


@router.get("/rule-books/{book}/{edition}/items/{item}")
def show_item(book: Code, edition: Code, item: Code, page: Reading, profile: Profile = None) -> Response:
    """Everything the rules say of it, sentence by sentence, each with where it comes from."""
    found, others = page.run(lambda c, actor: _edition(c, actor, book, edition))
    known = reading.item_of(found, profile, item)
    regime = reading.regime_of(found, profile)
    return page.show(
        "item.html", edition=EditionAnswer.of(found, regime, page.language), shown=_shown(known, found, page.language),
        sentences=[SentenceAnswer.of(one, page.language) for one in reading.explanation(found, profile, item)],
        others=others, kinds=TERMS["Kind"], topics=_TOPICS,
        recorders=role_names(known.record), reviewers=role_names(known.review),
    )  # fmt: skip


@router.get("/rule-books/{book}/{edition}/changes")
def show_changes(
    book: Code, edition: Code, page: Reading, since: Annotated[str | None, Query(pattern=_CODE)] = None
) -> Response:
    """Against another edition of the book, article by article."""

    def work(connection: Connection, actor: Actor) -> tuple[Edition, list[str], Edition | None]:
        new, others = _edition(connection, actor, book, edition)
        old = since or next((one for one in reversed(others) if one != edition), None)
        return new, others, None if old is None else reading.edition_of(connection, actor, book, old)

    new, others, old = page.run(work)
    changes = () if old is None else reading.changes(old, new)
    return page.show(
        "edition_changes.html", new=new, old=old, others=[one for one in others if one != edition],
        changes=[(RuleChangeAnswer.of(one, page.language), _classes(one.profiles, new)) for one in changes],
        verbs=CHANGE_VERBS,
    )  # fmt: skip


_TOPICS = {topic.value: name for topic, name in TOPICS.items()}


def _edition(connection: Connection, actor: Actor, book: str, code: str) -> tuple[Edition, list[str]]:
    """With the codes of all editions of the book, the earliest first."""
    found = reading.edition_of(connection, actor, book, code)
    published = rules.adopted(connection, actor.district_id).published
    return found, [one.code for one in sorted(published, key=lambda one: one.starts_on) if one.book == book]


def _shown(item: Item, edition: Edition, language: Language) -> ShownItem:
    words = Glossary(edition)
    return ShownItem(ItemAnswer.of(item, words, language), in_language_or_none(words.citation(item.citation), language))


def _classes(profiles: tuple[str, ...], edition: Edition) -> list[Any]:
    words = Glossary(edition)
    return [words.class_of_members(one) for one in profiles]


def _trying(connection: Connection, actor: Actor) -> dict[str, Any]:
    """The quarters that have ended, and the editions that are published, the latest first."""
    ended = [one.code for one in cycles.quarters(connection, actor) if one.ends_on < actor.today]
    published = rules.adopted(connection, actor.district_id).published
    return {"quarters": sorted(ended, reverse=True), "published": published[::-1]}


def _draft(posted: Posted) -> dict[str, Any] | None:
    """The texts that were pasted, or those of the files that were chosen; None where there are neither."""
    book, items = _text(posted, "book"), _text(posted, "items")
    if not (book or items):
        return None
    base = (_text(posted, "base_book"), _text(posted, "base_items"))
    return {"book": book, "items": items, "extends": [{"book": base[0], "items": base[1]}] if any(base) else []}


def _text(posted: Posted, name: str) -> str:
    """A file that is no text is left to the loader to refuse, which says what is wrong with it."""
    file = posted.file(f"{name}_file")
    if file is None:
        return posted.get(name)
    file.file.seek(0)
    return str(file.file.read().decode("utf-8", errors="replace"))
