"""An inbox is numbered without gaps, whoever writes at once; a thing is told once; reading is one's own."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, update

from app.auth.core import Actor, Role
from app.kit.db import Database, opened
from app.kit.ids import new_id
from app.kit.settings import Settings
from app.messages import service
from app.messages.core import InboxPage, Message, Recipient, Subject
from app.messages.texts import Kind
from app.roster.tables import member
from tests.conftest import Addresses
from tests.statements import count_statements
from tests.town import Desk, Town

INBOX = "/api/v1/me/messages"
READ = "/api/v1/me/messages/read"


def answered(to: Recipient, subject: UUID | None = None, answer: str = "已改正", **more: Any) -> Message:
    about = Subject("complaint", subject or new_id())
    return Message(to, Kind.COMPLAINT_ANSWERED, about, {"reference": "7", "answer": answer}, **more)


def of_member(town: Town, name: str = "林晓明") -> Recipient:
    return Recipient(member_id=town.members[name])


def tell(town: Town, *messages: Message) -> int:
    count: int = town.run(lambda connection, actor: service.tell(connection, actor, messages))
    return count


def caller(town: Town, account: UUID) -> Actor:
    at = town.clock.now()
    return Actor(town.district.id, account, at, town.actor().today)


def read(town: Town, account: UUID, **query: Any) -> InboxPage:
    who = caller(town, account)
    return town.database.run(lambda connection: service.inbox(connection, who, **query), town.district.id)


def numbers(town: Town, name: str = "林晓明", **query: Any) -> list[int]:
    return [one.number for one in read(town, town.accounts[name], **query).messages]


@pytest.fixture
def lin(town: Town) -> Town:
    town.add_member("林晓明", account=True)
    return town


def test_messages_are_numbered_from_one_in_the_order_told(lin: Town) -> None:
    told = [answered(of_member(lin), answer=str(number)) for number in range(3)]
    assert tell(lin, *told[:2]) == 2
    assert tell(lin, told[2]) == 1
    page = read(lin, lin.accounts["林晓明"])
    assert [(one.number, one.facts["answer"]) for one in page.messages] == [(1, "0"), (2, "1"), (3, "2")]
    assert (page.last, page.unread, page.following) == (3, 3, None)


def test_nothing_to_tell_asks_nothing(lin: Town) -> None:
    with count_statements(lin.database) as statements:
        assert tell(lin) == 0
    assert statements == []


def test_a_thing_is_told_once(lin: Town) -> None:
    first = answered(of_member(lin))
    assert [tell(lin, first, first), tell(lin, first)] == [1, 0]
    again = answered(of_member(lin), first.subject.id, occasion="2")
    other_kind = Message(of_member(lin), Kind.COMPLAINT_RECEIVED, first.subject, {"reference": "7"}, lin.actor().today)
    assert tell(lin, first, again, other_kind) == 2
    assert numbers(lin) == [1, 2, 3]


def test_what_is_told_goes_with_what_it_tells(lin: Town) -> None:
    lin.run(lambda connection, actor: service.tell(connection, actor, [answered(of_member(lin))]), commit=False)
    assert numbers(lin) == []
    tell(lin, answered(of_member(lin)))
    assert numbers(lin) == [1]


def test_any_number_of_messages_takes_the_same_statements(lin: Town) -> None:
    for number in range(20):
        lin.add_member(f"王成员{number:02d}")
    sent = []
    for names in (["林晓明"], [name for name in lin.members if name != "林晓明"]):
        with count_statements(lin.database) as statements:
            tell(lin, *(answered(of_member(lin, name)) for name in names for _ in range(3)))
        sent.append(len(statements))
    assert sent[0] == sent[1] <= 9


# Whose inbox it is.


def test_who_has_no_account_is_told_all_the_same_and_reads_it_later(town: Town) -> None:
    town.add_member("陈建国")
    tell(town, answered(of_member(town, "陈建国")))
    account = town.appoint("later", Role.MEMBER, town.branch_path)
    link(town, "陈建国", account)
    tell(town, answered(of_member(town, "陈建国")), answered(Recipient(account_id=account)))
    assert [one.number for one in read(town, account).messages] == [1, 2, 3]


def link(town: Town, name: str, account: UUID | None) -> None:
    mine = (member.c.district_id == town.district.id, member.c.id == town.members[name])
    work = update(member).where(*mine).values(account_id=account)
    town.database.run(lambda connection: connection.execute(work), town.district.id)


def test_an_officer_who_becomes_a_member_keeps_what_was_told(town: Town) -> None:
    account = town.appoint("officer", Role.DISTRICT_OFFICER, town.root)
    tell(town, answered(Recipient(account_id=account)))
    town.add_member("陈建国")
    link(town, "陈建国", account)
    assert [one.number for one in read(town, account).messages] == [1]
    tell(town, answered(of_member(town, "陈建国")))
    assert [one.number for one in read(town, account).messages] == [1, 2]


def test_an_account_that_is_given_to_another_member_opens_that_members_messages_only(town: Town) -> None:
    account = town.appoint("officer", Role.COMMITTEE_OFFICER, town.root)
    for name in ("林晓明", "陈建国"):
        town.add_member(name)
    tell(town, answered(Recipient(account_id=account), answer="给经办人"))
    link(town, "林晓明", account)
    tell(town, answered(of_member(town), answer="给林晓明"))
    link(town, "林晓明", None)
    link(town, "陈建国", account)
    assert read(town, account).messages == ()
    tell(town, answered(of_member(town, "陈建国"), answer="给陈建国"))
    assert [one.facts["answer"] for one in read(town, account).messages] == ["给陈建国"]
    link(town, "陈建国", None)
    tell(town, answered(Recipient(account_id=account), answer="又给经办人"))
    assert [one.facts["answer"] for one in read(town, account).messages] == ["又给经办人"]


def test_an_account_and_the_member_it_belongs_to_have_one_inbox(lin: Town) -> None:
    tell(lin, answered(Recipient(account_id=lin.accounts["林晓明"])), answered(of_member(lin)))
    assert numbers(lin) == [1, 2]


def test_an_inbox_is_read_by_nobody_else(desk: Desk) -> None:
    tell(desk.town, answered(of_member(desk.town)))
    tell(desk.town, answered(of_member(desk.town, "陈建国")))
    for login in ("secretary", "district_officer", "auditor", "system_administrator"):
        answer = desk.client.get(INBOX, headers=desk.headers(login)).json()
        assert answer == {"messages": [], "last": 0, "unread": 0, "following": None}
        assert desk.client.post(READ, json={"up_to": 9}, headers=desk.headers(login)).json()["marked"] == 0
    assert [one["number"] for one in mine(desk)["messages"]] == [1]
    assert mine(desk)["unread"] == 1


# Over HTTP.


def mine(desk: Desk, **query: Any) -> Any:
    answer = desk.client.get(INBOX, params=query, headers=desk.headers("林晓明"))
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_text_is_in_the_readers_language(desk: Desk) -> None:
    tell(desk.town, answered(of_member(desk.town)))
    headers = desk.headers("林晓明")
    english = desk.client.get(INBOX, headers={**headers, "Accept-Language": "en"}).json()["messages"][0]
    (chinese,) = mine(desk)["messages"]
    assert (chinese["title"], chinese["text"]) == ("意见建议已答复", "您的意见建议 7 已答复：已改正。")
    assert english["text"] == "Your complaint or suggestion 7 was answered: 已改正."
    assert chinese["subject"]["kind"] == "complaint"
    assert set(chinese) == {
        "number", "id", "kind", "subject", "title", "text", "due_on", "created_at", "read_at",
    }  # fmt: skip


def test_pages_follow_each_other(desk: Desk) -> None:
    tell(desk.town, *(answered(of_member(desk.town)) for _ in range(5)))
    seen, after = [], 0
    while True:
        page = mine(desk, after=after, limit=2)
        seen += [one["number"] for one in page["messages"]]
        assert page["last"] == 5
        if page["following"] is None:
            break
        after = page["following"]
    assert seen == [1, 2, 3, 4, 5]
    assert mine(desk, after=5)["messages"] == []


def test_the_tag_changes_when_something_is_told_or_read(desk: Desk) -> None:
    tell(desk.town, answered(of_member(desk.town)))
    headers = desk.headers("林晓明")
    tag = desk.client.get(INBOX, headers=headers).headers["etag"]
    assert desk.client.get(INBOX, headers={**headers, "If-None-Match": tag}).status_code == 304
    desk.client.post(READ, json={"numbers": [1]}, headers=headers)
    after_reading = desk.client.get(INBOX, headers={**headers, "If-None-Match": tag})
    assert after_reading.status_code == 200
    tell(desk.town, answered(of_member(desk.town)))
    tag = after_reading.headers["etag"]
    assert desk.client.get(INBOX, headers={**headers, "If-None-Match": tag}).status_code == 200


def test_reading_is_remembered_once(desk: Desk) -> None:
    tell(desk.town, *(answered(of_member(desk.town)) for _ in range(4)))
    headers = desk.headers("林晓明")
    first = desk.client.post(READ, json={"numbers": [2, 4, 99]}, headers=headers).json()
    assert first == {"marked": 2, "unread": 2}
    (_, second, *_) = mine(desk)["messages"]
    desk.town.clock.moment += timedelta(minutes=1)
    assert desk.client.post(READ, json={"up_to": 2}, headers=headers).json() == {"marked": 1, "unread": 1}
    assert mine(desk)["messages"][1]["read_at"] == second["read_at"]
    assert [one["number"] for one in mine(desk, unread=True)["messages"]] == [3]


@pytest.mark.parametrize("body", [{}, {"numbers": []}, {"numbers": [0]}, {"numbers": [2**60]}, {"up_to": -1}])
def test_what_names_no_message_is_refused(desk: Desk, body: dict[str, Any]) -> None:
    assert desk.client.post(READ, json=body, headers=desk.headers("林晓明")).status_code == 422


# Two at once.


def test_a_reader_sees_each_number_once_while_two_write(lin: Town, addresses: Addresses, settings: Settings) -> None:
    """Each writer tells in transactions of its own; the reader polls with the last number that it has seen."""
    each, account = 40, lin.accounts["林晓明"]
    begun = threading.Barrier(3, timeout=30)

    def write(database: Database) -> None:
        begun.wait()
        for _ in range(each):
            told = [answered(of_member(lin)), answered(of_member(lin))]
            database.run(
                lambda connection, told=told: service.tell(connection, lin.actor(), told),  # type: ignore[misc]
                lin.district.id,
            )

    with (
        opened(addresses.application_url, settings) as one,
        opened(addresses.application_url, settings) as other,
        ThreadPoolExecutor(2) as pool,
    ):
        writers = [pool.submit(write, database) for database in (one, other)]
        begun.wait()
        seen: list[int] = []
        polls = 0
        while len(seen) < 4 * each and polls < 100_000:
            polls += 1
            ended = all(writer.done() for writer in writers)
            page = read(lin, account, after=seen[-1] if seen else 0, limit=7)
            seen += [message.number for message in page.messages]
            if ended and not page.messages:
                break
        for writer in writers:
            writer.result()
    assert seen == list(range(1, 4 * each + 1))


def test_two_who_tell_the_same_at_once_tell_it_once(lin: Town, addresses: Addresses, settings: Settings) -> None:
    same, other = answered(of_member(lin)), answered(of_member(lin))
    told, committed = threading.Event(), threading.Event()

    def first(connection: Connection) -> int:
        count = service.tell(connection, lin.actor(), [same])
        told.set()
        committed.wait(0.2)  # long enough for the second to reach the lock; nothing is lost if it does not
        return count

    with opened(addresses.application_url, settings) as database, ThreadPoolExecutor(1) as pool:
        one = pool.submit(database.run, first, lin.district.id)
        assert told.wait(30)
        assert tell(lin, same, other) == 1
        assert one.result() == 1
    assert numbers(lin) == [1, 2]
