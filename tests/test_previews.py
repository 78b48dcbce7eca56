"""Every write can be tried without being done, but for those named here, with the reason why not."""

from __future__ import annotations

from fastapi.testclient import TestClient

from tests.town import Desk, client, desk, town

__all__ = ["client", "desk", "town"]

# What is done by it is not in the database's rows alone: a secret is made, a log-in begun or ended, bytes are stored, a
# message leaves the house. A trial of these would do it, or say nothing.
_SECRETS = {
    ("POST", "/accounts"),
    ("PUT", "/accounts/{account_id}/password"),
    ("PUT", "/me/password"),
    ("POST", "/me/second-factor"),
    ("POST", "/me/second-factor/confirmation"),
    ("POST", "/me/identities"),
    ("POST", "/me/identities/completion"),
    ("POST", "/sessions"),
    ("POST", "/sessions/code"),
    ("POST", "/sessions/refresh"),
    ("POST", "/sign-on"),
    ("POST", "/sign-on/completion"),
    ("POST", "/accounts/{account_id}/invitation"),
    ("POST", "/api-keys"),
    ("POST", "/screens"),
    ("POST", "/webhooks"),
    ("POST", "/webhooks/{webhook_id}/test"),
    ("POST", "/files"),
    ("POST", "/surveys/{survey_id}/codes"),
    ("POST", "/quarters/{quarter}/pack"),
    ("POST", "/packs/{pack_id}/copies"),
}
# A box is shut. A trial of the close would tell the result of a survey that may still be withdrawn; a trial of an
# answer would tell whether a code is spent without spending it, and so who of those with slips has answered.
_BOXES = {
    ("POST", "/surveys/{survey_id}/closing"),
    ("POST", "/survey-forms/{district}/{survey_number}/answers"),
}
# They change nothing: a trial by themselves, or a reading whose question is too long or too private for an address.
_READINGS = {
    ("POST", "/members/{member_id}/personal-data"),
    ("POST", "/rule-books/simulations"),
    ("POST", "/imports/faults"),
}
# Nobody has to think twice: marked as read, one's own name shown or not, and a queue whose elements were looked at when
# they were written.
_PHONE = {("POST", "/me/messages/read"), ("POST", "/me/queue"), ("PUT", "/me/board-name")}


def test_every_write_takes_a_preview_but_for_those_named_with_their_reason(client: TestClient) -> None:
    without = set()
    for path, verbs in client.get("/openapi.json").json()["paths"].items():
        for verb in verbs.keys() & {"post", "put", "patch"}:
            if not any(one["name"] == "preview" for one in verbs[verb].get("parameters", ())):
                without.add((verb.upper(), path.removeprefix("/api/v1")))
    assert without == _SECRETS | _BOXES | _READINGS | _PHONE


def test_a_complaint_is_previewed_under_the_number_that_it_gets(desk: Desk) -> None:
    body = {"id": "01920000-0000-7000-8000-000000000001", "kind": "complaint", "text": "活动场地太远"}
    headers = desk.headers("林晓明")
    tried = desk.client.post("/api/v1/complaints", json=body, params={"preview": "true"}, headers=headers)
    assert tried.status_code == 200, tried.text
    assert desk.client.get("/api/v1/me/complaints", headers=headers).json()["complaints"] == []
    done = desk.client.post("/api/v1/complaints", json=body, headers=headers)
    assert (done.status_code, done.json()) == (201, tried.json())
