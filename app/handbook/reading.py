"""What is published and in force, read and put into words: the verbs that change nothing."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import Connection

from app.auth.core import Actor, within
from app.handbook.comparing import compare
from app.handbook.sentences import Sentence
from app.handbook.telling import Change
from app.handbook.wording import explain_item, find_item
from app.handbook.wording_book import explain_edition
from app.kit.errors import ErrorKind, LongwenError, NotFound
from app.roster import service as roster
from app.roster.core import BranchForm, OrganisationView
from app.rules import service
from app.rules.adoption import Adopted, Adoption, NoEditionInForce, Published
from app.rules.core import STANDARD, Edition, Item, Regime
from app.rules.name import Name


class EditionUnclear(LongwenError):
    """Several published editions go by the name that was given, or none does."""

    kind = ErrorKind.MISSING
    code = "edition_unclear"
    zh = "“{name}”不能确定是哪个已发布的版本。已发布的有：{known}。请写明 细则/版本 或摘要的前几位。"
    en = "'{name}' does not name one published edition. There are: {known}. Give BOOK/EDITION or the start of a digest."


@dataclass(frozen=True, slots=True)
class AdoptedAt:
    """A book adopted by an organisation; ``name`` is the organisation's, None where the roster has it no more."""

    adoption: Adoption
    name: str | None


@dataclass(frozen=True, slots=True)
class Shelf:
    """A district's rule books: what is published, what is adopted where, and what the caller stands under today."""

    published: tuple[tuple[Published, Name], ...]
    adoptions: tuple[AdoptedAt, ...]
    in_force: tuple[str, ...]


def shelf(connection: Connection, actor: Actor) -> Shelf:
    """The rule books of the caller's district. ``in_force`` are the digests at the caller's own offices, today."""
    adopted = service.adopted(connection, actor.district_id)
    organisations = {one.path: one for one in roster.organisations(connection, actor.district_id)}
    named = tuple(
        (one, service.edition_by_digest(connection, actor.district_id, one.digest, adopted).name)
        for one in adopted.published
    )
    known = tuple(
        AdoptedAt(one, organisations[one.path].name if one.path in organisations else None) for one in adopted.adoptions
    )
    return Shelf(named, known, _in_force(adopted, actor, organisations))


def _in_force(adopted: Adopted, actor: Actor, organisations: Mapping[str, OrganisationView]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for path in dict.fromkeys(one.path for one in actor.appointments):
        # A group goes by the rules of the branch that it is part of.
        forms = [one.form for at, one in organisations.items() if one.form is not None and within(path, at)]
        form = BranchForm(forms[0]) if forms else None
        with suppress(NoEditionInForce):  # an office may be older than any rule book
            found[adopted.digest_on(path, actor.today, form)] = None
    return tuple(found)


def edition_of(connection: Connection, actor: Actor, book: str, code: str) -> Edition:
    """The published edition of a book; NotFound."""
    adopted = service.adopted(connection, actor.district_id)
    for known in adopted.published:
        if (known.book, known.code) == (book, code):
            return service.edition_by_digest(connection, actor.district_id, known.digest, adopted)
    raise NotFound(what="edition", field="edition")


def edition_named(connection: Connection, actor: Actor, name: str) -> Edition:
    """The published edition called ``BOOK/EDITION``, ``EDITION`` or by the start of its digest. EditionUnclear."""
    published = service.adopted(connection, actor.district_id).published
    called = [one for one in published if name in (one.code, f"{one.book}/{one.code}")]
    found = called or [one for one in published if name and one.digest.startswith(name.lower())]
    if len(found) != 1:
        known = ", ".join(f"{one.book}/{one.code} ({one.digest[:12]})" for one in published)
        raise EditionUnclear(name=name, known=known or "-", field="edition")
    return service.edition_by_digest(connection, actor.district_id, found[0].digest)


def regime_of(edition: Edition, profile: str | None) -> Regime:
    """The rules for a class of members, the usual one unless named. Raises ``UnknownProfile``."""
    wanted = profile or (STANDARD if STANDARD in edition.regimes else next(iter(edition.regimes)))
    found = edition.regime(wanted)
    if found is None:
        known = ", ".join(edition.regimes)
        raise service.UnknownProfile(
            book=edition.book, edition=edition.code, profile=wanted, known=known, field="profile"
        )
    return found


def explanation(edition: Edition, profile: str | None, item: str | None) -> tuple[Sentence, ...]:
    """What the edition says of an item, or as a whole. Raises ``UnknownProfile`` and ``ItemUnknown``."""
    regime = regime_of(edition, profile)
    return explain_edition(edition, regime) if item is None else explain_item(edition, regime, item)


def item_of(edition: Edition, profile: str | None, item: str) -> Item:
    """The item as the class of members has it. Raises ``UnknownProfile`` and ``ItemUnknown``."""
    return find_item(edition, regime_of(edition, profile), item)


def changes(old: Edition, new: Edition) -> tuple[Change, ...]:
    """What changed from the one to the other, article by article."""
    return compare(old, new)
