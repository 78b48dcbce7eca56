"""Opening a round, and reading rounds and ratings."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import Connection

from app.auth.core import Actor, Permission
from app.files import service as files
from app.files.core import Evidence, Owner, OwnerKind
from app.kit.errors import NotFound
from app.kit.ids import new_id
from app.points.refusals import IdUsed
from app.ratings import measuring, refusals, store, telling
from app.ratings.core import (
    PAGE_MAX,
    Opening,
    Pool,
    Rating,
    RatingLine,
    RatingState,
    RatingView,
    Round,
    RoundState,
    RoundView,
)
from app.ratings.gathering import last_stars, may_read, names_of, reads_papers, sheet_of, view
from app.ratings.starring import Candidate, outside, pools_of
from app.roster import service as roster
from app.roster.core import OrganisationKind, OrganisationView
from app.rules import service as rules
from app.rules.adoption import NoEditionInForce
from app.rules.core import Edition
from app.rules.stars import Pool as PoolKind
from app.rules.stars import Stars


def open_round(connection: Connection, actor: Actor, opening: Opening) -> RoundView:
    """Fix and publish cut-off, branches and pools of a year's round; the same id and content again is a retry.

    Raises NotFound for whoever is not the district's, IdUsed, RoundExists, EarlierRound, YearToCome, NoStarSheet,
    NoEditionInForce and UnknownCommittee.
    """
    root = roster.root_of(actor.district_id)
    if not actor.may(Permission.RATING_DECIDE, root):
        raise NotFound(what="district")
    known = store.list_rounds(connection, actor.district_id)
    before = next((one for one in known if one.id == opening.id), None)
    if before is not None:
        if before.input_digest != opening.digest():
            raise IdUsed(id=str(opening.id), field="id")
        return round_view(connection, actor, before, replayed=True)
    _check_year(known, opening.year, actor.today)
    edition = _edition(connection, actor, opening.year)
    if edition.stars is None:
        raise refusals.NoStarSheet(edition=edition.code, field="year")
    named = [one for one in known if one.state is RoundState.NAMED]
    made = Round(
        id=opening.id,
        code=str(opening.year),
        edition=edition.digest,
        cut_off=date(opening.year, *edition.stars.round.cut_off),
        first_round=not named,
        state=RoundState.OPEN,
        opened_by=actor.account_id,
        opened_at=actor.at,
        input_digest=opening.digest(),
    )
    store.insert_round(connection, actor.district_id, made)
    store.insert_ratings(connection, actor.district_id, _ratings(connection, actor, made, opening))
    telling.tell_round(connection, actor, made.id)
    return round_view(connection, actor, made)


def _check_year(known: list[Round], year: int, today: date) -> None:
    if year > today.year:
        raise refusals.YearToCome(year=year, field="year")
    standing = [one for one in known if one.state is not RoundState.WITHDRAWN]
    if any(one.code >= str(year) for one in standing):
        raise refusals.RoundExists(year=max(one.code for one in standing), field="year")
    running = next((one for one in standing if one.state is not RoundState.NAMED), None)
    if running is not None:
        raise refusals.EarlierRound(year=running.code, field="year")


def _edition(connection: Connection, actor: Actor, year: int) -> Edition:
    """That of the year's last day; for a year before the district's books, that of today."""
    root = roster.root_of(actor.district_id)
    try:
        return rules.edition_on(connection, actor.district_id, root, date(year, 12, 31))
    except NoEditionInForce:
        return rules.edition_on(connection, actor.district_id, root, actor.today)


def _ratings(connection: Connection, actor: Actor, made: Round, opening: Opening) -> list[Rating]:
    branches = [one for one in roster.organisations(connection, actor.district_id) if _takes_part(one, made, actor)]
    committees = {one.parent_id or actor.district_id for one in branches}
    pools = {one: one.hex for one in committees}
    seen: set[UUID] = set()
    for group in opening.together:
        for one in group:
            if one not in committees or one in seen:
                raise refusals.UnknownCommittee(id=str(one), field="together")
            seen.add(one)
            pools[one] = min(group).hex
    last = last_stars(connection, actor)
    return [
        Rating(
            id=new_id(),
            round_id=made.id,
            branch_id=one.id,
            path=one.path,
            committee_id=one.parent_id or actor.district_id,
            pool=pools[one.parent_id or actor.district_id],
            founded_on=one.founded_on,
            last=last.get(one.id),
            state=RatingState.SELF,
            version=1,
        )
        for one in branches
    ]


def _takes_part(one: OrganisationView, made: Round, actor: Actor) -> bool:
    is_there = one.from_on <= made.cut_off and (one.until_on is None or one.until_on >= max(made.cut_off, actor.today))
    return one.kind is OrganisationKind.BRANCH and is_there


def measure(connection: Connection, actor: Actor, round_id: UUID) -> RoundView:
    """Measure anew what is not signed yet; asked again it changes nothing. Raises NotFound and RoundIsPast."""
    if not actor.may(Permission.RATING_DECIDE, roster.root_of(actor.district_id)):
        raise NotFound(what="round", field="round")
    found = store.get_round(connection, actor.district_id, round_id, lock=True)
    if found.state is not RoundState.OPEN:
        raise refusals.RoundIsPast(state=found.state.value, field="id")
    measuring.measure(connection, actor, found)
    return round_view(connection, actor, found)


# Reading.


def rounds(connection: Connection, actor: Actor) -> tuple[RoundView, ...]:
    """Every round as it was published, the latest year first."""
    return tuple(round_view(connection, actor, one) for one in store.list_rounds(connection, actor.district_id))


def get_round(connection: Connection, actor: Actor, round_id: UUID) -> RoundView:
    """Raises NotFound."""
    return round_view(connection, actor, store.get_round(connection, actor.district_id, round_id))


def round_view(connection: Connection, actor: Actor, found: Round, *, replayed: bool = False) -> RoundView:
    sheet = sheet_of(connection, actor, found)
    listed = store.list_ratings(connection, actor.district_id, found.id)
    pools = pools_in(sheet, found, listed)
    return RoundView(found, sheet, pools, store.count_states(connection, actor.district_id, found.id), replayed)


def pools_in(sheet: Stars, found: Round, listed: list[Rating]) -> tuple[Pool, ...]:
    """The places of each quota as they are now: of a vetoed or a new branch none is counted."""
    rated = [one for one in listed if _is_rated(sheet, found, one)]
    made: list[Pool] = []
    for quota in sheet.quotas:
        in_district = quota.pool is PoolKind.DISTRICT
        places = pools_of(quota, [one.pool for one in rated])
        for name, count in places.items():
            here = [one for one in rated if in_district or one.pool == name]
            committees = tuple(sorted({one.committee_id for one in here}))
            made.append(Pool(quota.star, name, committees, len(here), count))
    return tuple(made)


def _is_rated(sheet: Stars, found: Round, one: Rating) -> bool:
    if one.state is RatingState.UNRATED:
        return False
    return outside(sheet, found.cut_off, Candidate(one.branch_id, one.pool, founded_on=one.founded_on)) is None


def get(connection: Connection, actor: Actor, rating_id: UUID) -> RatingView:
    """In reach with every value; on notice or named what everybody may see. Raises NotFound."""
    found = store.find_rating(connection, actor.district_id, rating_id)
    if found is None or not may_read(actor, found):
        raise NotFound(what="rating", field="rating")
    whole = view(connection, actor, rating_id)
    if reads_papers(actor, found.path):
        return whole
    return RatingView(whole.rating, whole.branch, whole.sheet, (), ())


def ratings(
    connection: Connection,
    actor: Actor,
    round_id: UUID,
    *,
    state: RatingState | None = None,
    after: UUID | None = None,
    count_max: int = 50,
) -> tuple[tuple[RatingLine, ...], UUID | None]:
    """Those in reach, and what is on notice or named, by id, with the cursor to go on from. Raises NotFound."""
    held = store.get_round(connection, actor.district_id, round_id)
    decimals = sheet_of(connection, actor, held).decimals
    count = min(count_max, PAGE_MAX)
    found = store.page_ratings(
        connection,
        actor.district_id,
        round_id,
        paths=None if actor.is_service else _reach(actor),
        state=state,
        after=after,
        count_max=count + 1,
    )
    names = names_of(connection, actor)
    lines = tuple(RatingLine(one, names[one.branch_id], decimals) for one in found[:count])
    return lines, found[count - 1].id if len(found) > count else None


def _reach(actor: Actor) -> tuple[str, ...]:
    """Where the caller sees ratings that are not public yet."""
    return tuple(path for path in actor.reach(Permission.RATING_READ) if reads_papers(actor, path))


def evidence(
    connection: Connection, actor: Actor, rating_id: UUID, indicator: str, content_hash: str, *, request_id: str
) -> Evidence:
    """One file of an indicator, for who may read the papers. Raises NotFound."""
    whole = get(connection, actor, rating_id)
    value = next((one for one in whole.values if one.indicator == indicator), None)
    if value is None:
        raise NotFound(what="indicator", field="indicator")
    return files.evidence_of(
        connection, actor, Owner(OwnerKind.INDICATOR, value.id), content_hash, request_id=request_id
    )
