"""The rule books over HTTP: everyone who holds an office reads them, in their own language."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from app.kit.db import Database
from app.rules import service as rules
from app.rules.book import Book, LoadedEdition
from app.rules.content import content_of, edition_from_content
from tests.town import BOOK, Desk, found_town

EDITION = "/api/v1/rule-books/longwen/editions/2026"


def read(desk: Desk, path: str, login: str = "林晓明", language: str = "zh", **headers: str) -> Any:
    return desk.client.get(path, headers={**desk.headers(login), "Accept-Language": language, **headers})


def found(desk: Desk, path: str, **options: str) -> Any:
    answer = read(desk, path, **options)
    assert answer.status_code == 200, answer.text
    return answer.json()


def later_book() -> Book:
    """The Longwen book with an edition of 2027 in which a Party class is worth a point more."""
    (first,) = BOOK.editions
    regimes = {}
    for code, regime in first.edition.regimes.items():
        changed = replace(regime.items["ORG-A01"], points=6)
        regimes[code] = replace(regime, edition="2027", items={**regime.items, "ORG-A01": changed})
    second = replace(first.edition, code="2027", starts_on=date(2027, 1, 1), regimes=regimes)
    content = content_of(second)
    return replace(BOOK, editions=(first, LoadedEdition(edition_from_content(content), content, first.folder)))


def test_the_shelf_tells_what_is_published_adopted_and_in_force(desk: Desk) -> None:
    shelf = found(desk, "/api/v1/rule-books")
    (edition,) = shelf["editions"]
    assert (edition["book"], edition["edition"], edition["in_force"]) == ("longwen", "2026", True)
    assert edition["digest"] == BOOK.editions[0].digest
    (adoption,) = shelf["adoptions"]
    assert (adoption["book"], adoption["organisation"], adoption["from_on"]) == ("longwen", "测试区", "2026-01-01")


def test_an_edition_tells_dimensions_bands_lines_and_profiles(desk: Desk) -> None:
    edition = found(desk, EDITION)
    assert (edition["opening"], edition["decimals"], edition["profile"]) == (1000, 0, "standard")
    assert [(one["code"], one["allotment"]) for one in edition["dimensions"]][:2] == [("ORG", 350), ("EXC", 150)]
    assert edition["bands"][0]["text"] == "“帮扶整改”：总积分在500分以下（含本数）"
    commend = next(one for one in edition["lines"] if one["code"] == "commend")
    assert (commend["bound"], commend["quota"]) == (900, "1/3")
    assert {"流动党员", "免考评党员"} <= {one["name"] for one in edition["profiles"]}


def test_the_item_book_is_that_of_the_class_of_members(desk: Desk) -> None:
    items = {one["code"]: one for one in found(desk, f"{EDITION}/items")["items"]}
    assert len(items) == 72
    assert items["ORG-D02"]["duty"]["settled"] == "sessions"
    assert items["EXC-A01"]["tiers"][0] == {"code": "adopted", "name": "被采纳", "points": 10}
    assert items["ORG-A01"]["bounds"][0] == {"window": "quarter", "low": None, "high": 10}
    floating = {one["code"]: one for one in found(desk, f"{EDITION}/items?profile=floating")["items"]}
    assert floating["ORG-D02"]["duty"]["settled"] == "confirmation"
    assert found(desk, f"{EDITION}/items?profile=floating%2Bno-groups")["profile"] == "floating+no-groups"


def test_an_item_is_explained_in_the_callers_language(desk: Desk) -> None:
    told = found(desk, f"{EDITION}/items/ORG-A01")
    assert told["item"]["points"] == 5
    (points,) = [one for one in told["sentences"] if one["topic"] == "points"]
    assert points == {"topic": "points", "key": "points", "text": "每次加5分。", "basis": points["basis"]}
    assert points["basis"].startswith("自定")
    english = found(desk, f"{EDITION}/items/ORG-A01", language="en")
    assert "Each time +5 points." in [one["text"] for one in english["sentences"]]


def test_what_does_not_exist_is_not_found_with_a_way_on(desk: Desk) -> None:
    wrong = read(desk, f"{EDITION}/items/ORG-Z01")
    assert (wrong.status_code, wrong.json()["code"]) == (404, "item_unknown")
    assert "ORG-A01 主讲党课" in wrong.json()["detail"]
    assert read(desk, "/api/v1/rule-books/longwen/editions/1999").status_code == 404
    assert read(desk, "/api/v1/rule-books/other/editions/2026").status_code == 404
    profile = read(desk, f"{EDITION}?profile=nobody")
    assert (profile.status_code, profile.json()["code"]) == (422, "unknown_profile")
    assert read(desk, f"{EDITION}/changes").status_code == 422


def test_changes_are_told_from_one_published_edition_to_another(desk: Desk) -> None:
    later, district = later_book(), desk.town.district.id
    desk.town.run(lambda connection, actor: rules.publish(connection, district, later, at=actor.at, by=None))
    path = "/api/v1/rule-books/longwen/editions/2027/changes?since=2026"
    first, change = found(desk, path)["changes"]
    assert first["text"] == "细则总则：施行日期由“2026年1月1日”改为“2027年1月1日”。"
    assert change["text"] == "ORG-A01 主讲党课：分值由“每次加5分”改为“每次加6分”。"
    assert (change["verb"], change["place"], change["profiles"]) == ("changed", "items.ORG-A01.points", [])
    assert found(desk, f"{EDITION}/changes?since=2026")["changes"] == []
    editions = {one["edition"]: one["in_force"] for one in found(desk, "/api/v1/rule-books")["editions"]}
    assert editions == {"2026": True, "2027": False}, "the later edition is published, and not yet in force"


def test_the_same_answer_is_not_sent_twice(desk: Desk) -> None:
    for path in ("/api/v1/rule-books", EDITION, f"{EDITION}/items", f"{EDITION}/items/ORG-D02"):
        first = read(desk, path)
        again = read(desk, path, **{"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


def test_another_districts_editions_do_not_exist(desk: Desk, database: Database, owner_database: Database) -> None:
    """What one district has published is not there for the next."""
    other = found_town(database, owner_database, desk.town.clock)
    later, district = later_book(), other.district.id
    other.run(lambda connection, actor: rules.publish(connection, district, later, at=actor.at, by=None))
    assert [one["edition"] for one in found(desk, "/api/v1/rule-books")["editions"]] == ["2026"]
    assert read(desk, "/api/v1/rule-books/longwen/editions/2027").status_code == 404
