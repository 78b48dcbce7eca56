"""One conversation over a client that was generated from the API's description.

The environment names the server (LONGWEN_URL), who speaks (LONGWEN_LOGIN, LONGWEN_PASSWORD) and of which day
(LONGWEN_DAY).
"""

from __future__ import annotations

import os
import uuid
from datetime import date
from typing import TypeVar

from longwen_client import AuthenticatedClient, Client
from longwen_client.api.messages import read_inbox
from longwen_client.api.points import list_entries, read_standing
from longwen_client.api.roster import list_members
from longwen_client.api.sessions import create_session, end_session, read_session
from longwen_client.api.submissions import record_entries
from longwen_client.models import (
    EntryPageAnswer,
    InboxAnswer,
    LoginRequest,
    MembersAnswer,
    NewSessionAnswer,
    Outcome,
    Problem,
    RecordAnswer,
    RecordItem,
    RecordRequest,
    SessionAnswer,
    StandingAnswer,
)
from longwen_client.types import Unset

Expected = TypeVar("Expected")

URL, DAY = os.environ["LONGWEN_URL"], date.fromisoformat(os.environ["LONGWEN_DAY"])
LOGIN, PASSWORD = os.environ["LONGWEN_LOGIN"], os.environ["LONGWEN_PASSWORD"]


def told(answer: object, kind: type[Expected]) -> Expected:
    """What was answered, of the kind that is expected of it."""
    if not isinstance(answer, kind):
        raise TypeError(f"expected {kind.__name__}, got {answer}")
    return answer


def expect(holds: bool, what: str) -> None:
    if not holds:
        raise AssertionError(what)


def refused() -> None:
    """A wrong password is refused in the caller's language, with a code for programs."""
    with Client(URL, headers={"Accept-Language": "en"}) as stranger:
        answer = create_session.sync_detailed(client=stranger, body=LoginRequest(LOGIN, "not the password"))
    problem = told(answer.parsed, Problem)
    expect(answer.status_code == 401 and problem.code == "login_refused", problem.code)


def log_in() -> AuthenticatedClient:
    with Client(URL) as stranger:
        session = told(create_session.sync(client=stranger, body=LoginRequest(LOGIN, PASSWORD)), NewSessionAnswer)
    return AuthenticatedClient(URL, told(session.access_token, str))


def open_app(client: AuthenticatedClient) -> list[uuid.UUID]:
    """Who is logged in, what waits for them, the members of the branch, and how one of them stands."""
    session = told(read_session.sync(client=client), SessionAnswer)
    expect(session.stage == "open", session.login)
    expect(told(read_inbox.sync(client=client), InboxAnswer).unread >= 0, "an inbox")
    members = [member.id for member in told(list_members.sync(client=client), MembersAnswer).members][:3]
    expect(len(members) == 3, "three members")
    standing = told(read_standing.sync(members[0], client=client), StandingAnswer)
    expect(standing.member_id == members[0], standing.name)
    return members


def record(client: AuthenticatedClient, members: list[uuid.UUID]) -> None:
    """For three at once, and the same again, as a phone does that did not hear the answer."""
    items = [RecordItem(effective_on=DAY, id=uuid.uuid4(), item="ORG-D02", member_id=one) for one in members]
    for item in items:
        item.outcome = Outcome.MISSED
    first = record_entries.sync_detailed(client=client, body=RecordRequest(items))
    results = told(first.parsed, RecordAnswer).results
    expect(first.status_code == 201, str(first.content))
    expect([one.status for one in results] == ["posted"] * 3, "three entries")
    again = record_entries.sync_detailed(client=client, body=RecordRequest(items))
    expect(again.status_code == 200, str(again.content))
    expect(again.headers["Idempotent-Replay"] == "true", "told as a replay")
    expect(all(one.replayed for one in told(again.parsed, RecordAnswer).results), "the same entries")


def apply(client: AuthenticatedClient, member: uuid.UUID) -> None:
    """An addition waits for its review."""
    item = RecordItem(effective_on=DAY, id=uuid.uuid4(), item="EXC-A01", member_id=member)
    item.tier, item.matter = "adopted", f"合理化建议 {uuid.uuid4()}"
    (result,) = told(record_entries.sync(client=client, body=RecordRequest([item])), RecordAnswer).results
    expect(result.status == "submitted", result.status)


def follow(client: AuthenticatedClient, member: uuid.UUID) -> None:
    """What came since a number, and nothing after the last."""
    page = told(list_entries.sync(member, client=client, after=0), EntryPageAnswer)
    expect(page.entries[-1].item == "ORG-D02", "the entry is in the feed")
    rest = told(list_entries.sync(member, client=client, after=page.entries[-1].seq), EntryPageAnswer)
    expect(rest.entries == [], "nothing is told twice")


def mistake(client: AuthenticatedClient) -> None:
    """About whom nobody knows: told with the element and the field."""
    item = RecordItem(effective_on=DAY, id=uuid.uuid4(), item="ORG-D02", member_id=uuid.uuid4())
    problem = told(record_entries.sync(client=client, body=RecordRequest([item])), Problem)
    if isinstance(problem.faults, Unset):
        raise TypeError("no faults")
    (fault,) = problem.faults
    expect((fault.index, fault.field, fault.code) == (0, "member_id", "not_a_member_then"), fault.detail)


def main() -> None:
    refused()
    with log_in() as client:
        members = open_app(client)
        record(client, members)
        apply(client, members[0])
        follow(client, members[0])
        mistake(client)
        expect(end_session.sync_detailed(client=client).status_code == 204, "logged out")
        expect(told(read_session.sync(client=client), Problem).status == 401, "and not in any more")
    print("python: done")


if __name__ == "__main__":
    main()
