"""What a bridge gets: signed, at least once under one key, again after a failure, and nothing else."""

from __future__ import annotations

import hashlib
import hmac
import json
import ssl
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.kit.ciphers import AesFieldCipher, FieldCipher, WrongKey
from app.kit.db import opened
from app.kit.ids import new_id
from app.kit.settings import Settings
from app.messages import delivering, service, webhooks
from app.messages.core import (
    ATTEMPTS_MAX,
    BODY_BYTES_MAX,
    LEASE,
    WAITS,
    DeliveryState,
    DeliveryView,
    Message,
    Recipient,
    Subject,
    Webhook,
)
from app.messages.sending import Parcel, send_all
from app.messages.texts import TEXTS, Kind
from tests.conftest import Addresses
from tests.messages.conftest import Bridge, Received
from tests.messages.test_texts import facts_of
from tests.town import Town

CIPHER = AesFieldCipher.from_secret("a secret that only the tests know")


def told(town: Town, kind: Kind = Kind.COMPLAINT_ANSWERED, **facts: Any) -> Message:
    to = Recipient(member_id=town.members["林晓明"])
    due_on = town.actor().today if "due_on" in TEXTS[kind].facts else None
    return Message(to, kind, Subject("complaint", new_id()), {**facts_of(kind), **facts}, due_on)


def tell(town: Town, *messages: Message) -> None:
    town.run(lambda connection, actor: service.tell(connection, actor, messages or [told(town)]))


def add(town: Town, url: str, origin: str, kinds: tuple[Kind, ...] | None = None) -> tuple[UUID, str]:
    """A webhook and its secret."""
    wanted = Webhook(new_id(), url, kinds, active=True, created_at=town.clock.now())
    _, secret = town.run(lambda connection, actor: webhooks.add(connection, actor, CIPHER, wanted, [origin]))
    return wanted.id, secret


def deliveries(town: Town, state: DeliveryState | None = None) -> list[DeliveryView]:
    """The earliest first."""
    page, _ = town.run(
        lambda connection, actor: webhooks.deliveries(connection, actor, None, state=state, count_max=200)
    )
    found: list[DeliveryView] = page
    return found[::-1]


Deliver = Callable[..., dict[str, int]]


@pytest.fixture
def lin(town: Town) -> Town:
    town.add_member("林晓明", account=True)
    return town


@pytest.fixture
def hook(lin: Town, bridge: Bridge) -> tuple[UUID, str]:
    return add(lin, bridge.url, bridge.origin)


@pytest.fixture
def deliver(lin: Town, bridge: Bridge) -> Deliver:
    def run(**options: Any) -> dict[str, int]:
        options = {"cipher": lambda: CIPHER, "origins": [bridge.origin], **options}
        return delivering.deliver(lin.database, lin.clock, lin.district, **options)

    return run


def test_a_message_is_posted_signed_and_in_both_languages(
    lin: Town, hook: tuple[UUID, str], bridge: Bridge, deliver: Deliver
) -> None:
    tell(lin)
    assert deliver() == {"sent": 1, "failed": 0, "dead": 0}
    (got,) = bridge.received
    (one,) = deliveries(lin)
    assert (one.state, one.attempts, one.last_error, one.ended_at) == (DeliveryState.SENT, 1, None, lin.clock.now())
    assert (got.path, got.key) == ("/longwen?to=wecom", str(one.id))
    stamp, signature = (part.partition("=")[2] for part in got.headers["longwen-signature"].split(","))
    assert int(stamp) == int(lin.clock.now().timestamp())
    expected = hmac.new(hook[1].encode(), stamp.encode() + b"." + got.body, hashlib.sha256).hexdigest()
    assert signature == expected
    body = json.loads(got.body)
    assert body["id"] == str(one.id)
    assert body["text"]["zh"].startswith("您的意见建议 2026-0007 已答复")
    assert body["text"]["en"].startswith("Your complaint or suggestion 2026-0007")
    assert body["to"] == {
        "member_id": str(lin.members["林晓明"]),
        "member_number": "N0000",
        "account_id": str(lin.accounts["林晓明"]),
        "login": "林晓明",
    }
    assert (body["kind"], body["number"], body["district"]) == ("complaint_answered", 1, lin.district.code)
    assert deliver() == {"sent": 0, "failed": 0, "dead": 0}


def test_only_the_kinds_asked_for_leave(lin: Town, bridge: Bridge, deliver: Deliver) -> None:
    add(lin, bridge.url, bridge.origin, (Kind.HEARING_ASKED,))
    tell(lin, told(lin), told(lin, Kind.HEARING_ASKED))
    assert deliver()["sent"] == 1
    assert json.loads(bridge.received[0].body)["kind"] == "hearing_asked"


def test_what_was_told_before_the_webhook_stays_here(lin: Town, bridge: Bridge, deliver: Deliver) -> None:
    tell(lin)
    add(lin, bridge.url, bridge.origin)
    assert deliver()["sent"] == 0


def test_a_body_stays_below_its_limit(lin: Town, hook: tuple[UUID, str], bridge: Bridge, deliver: Deliver) -> None:
    long = "理由很长" * 250
    tell(lin, told(lin, Kind.TELLING_ASKED, reason=long, title=long, member=long, item=long))
    assert deliver()["sent"] == 1
    assert len(bridge.received[0].body) < BODY_BYTES_MAX
    assert "理由很长" in json.loads(bridge.received[0].body)["text"]["zh"]


# What fails is tried again.


@pytest.mark.parametrize(("status", "error"), [(500, "HTTP 500"), (404, "HTTP 404"), (302, "HTTP 302")])
def test_an_answer_other_than_2xx_is_a_failure(
    lin: Town, hook: tuple[UUID, str], bridge: Bridge, deliver: Deliver, status: int, error: str
) -> None:
    bridge.answer = lambda _: status
    tell(lin)
    assert deliver() == {"sent": 0, "failed": 1, "dead": 0}
    assert [one.path for one in bridge.received] == ["/longwen?to=wecom"]  # no redirect was followed
    (one,) = deliveries(lin)
    assert (one.state, one.last_error, one.next_attempt_at) == (
        DeliveryState.WAITING,
        error,
        lin.clock.now() + timedelta(minutes=1),
    )


def test_attempts_come_after_longer_and_longer_waits_under_one_key_and_then_end(
    lin: Town, hook: tuple[UUID, str], bridge: Bridge, deliver: Deliver
) -> None:
    bridge.answer = lambda _: 503
    tell(lin)
    for wait in WAITS:
        assert deliver() == {"sent": 0, "failed": 1, "dead": 0}
        lin.clock.moment += wait - timedelta(seconds=1)
        assert deliver() == {"sent": 0, "failed": 0, "dead": 0}
        lin.clock.moment += timedelta(seconds=1)
    assert deliver() == {"sent": 0, "failed": 0, "dead": 1}
    assert len(bridge.keys) == ATTEMPTS_MAX == 6
    assert len(set(bridge.keys)) == 1
    assert [got.headers["longwen-attempt"] for got in bridge.received] == list("123456")
    (dead,) = deliveries(lin, DeliveryState.DEAD)
    assert (dead.attempts, dead.last_error, dead.next_attempt_at) == (6, "HTTP 503", None)
    lin.clock.moment += timedelta(days=30)
    assert deliver() == {"sent": 0, "failed": 0, "dead": 0}
    bridge.answer = lambda _: 200
    assert lin.run(lambda connection, actor: webhooks.revive(connection, actor, hook[0])) == 1
    assert deliver() == {"sent": 1, "failed": 0, "dead": 0}


def test_a_bridge_that_hangs_up_or_is_not_there_is_a_failure(
    lin: Town, hook: tuple[UUID, str], bridge: Bridge, deliver: Deliver
) -> None:
    bridge.answer = lambda _: 0
    nobody = "http://127.0.0.1:1"
    add(lin, f"{nobody}/x", nobody)
    tell(lin)
    assert deliver(origins=[bridge.origin, nobody]) == {"sent": 0, "failed": 2, "dead": 0}
    errors = sorted(one.last_error or "" for one in deliveries(lin))
    assert [error.partition(":")[0] for error in errors] == ["ConnectError", "RemoteProtocolError"]


def test_a_bridge_that_is_too_slow_is_a_failure(
    lin: Town, hook: tuple[UUID, str], bridge: Bridge, deliver: Deliver
) -> None:
    let_go = threading.Event()

    def slow(_: Received) -> int:
        let_go.wait(30)
        return 0

    bridge.answer = slow
    tell(lin)
    try:
        assert deliver(send=partial(send_all, seconds_max=0.2))["failed"] == 1
    finally:
        let_go.set()
    assert deliveries(lin)[0].last_error == "no answer within 0.2 s"


def test_a_webhook_that_fails_is_left_alone_for_the_rest_of_the_run_and_stops_no_other(
    lin: Town, hook: tuple[UUID, str], bridge: Bridge, deliver: Deliver
) -> None:
    bridge.answer = lambda got: 500 if got.path.startswith("/longwen") else 204
    add(lin, f"{bridge.origin}/other", bridge.origin)
    tell(lin, *(told(lin) for _ in range(30)))
    counts = deliver()
    assert counts["sent"] == 30
    assert counts["failed"] <= delivering.AT_ONCE


def test_a_certificate_that_nobody_vouches_for_is_refused(
    lin: Town, tmp_path: Path, bridge: Bridge, deliver: Deliver
) -> None:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path))
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            origin = f"https://127.0.0.1:{server.server_address[1]}"
            add(lin, f"{origin}/x", origin)
            tell(lin)
            assert deliver(origins=[origin])["failed"] == 1
        finally:
            server.shutdown()
            thread.join()
    assert "certificate" in (deliveries(lin)[0].last_error or "").lower()


def self_signed(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    plain = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    file.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return file


# Nothing is lost, and nothing is sent twice without need.


def test_what_was_sent_but_not_marked_is_sent_again_under_the_same_key(
    lin: Town, hook: tuple[UUID, str], bridge: Bridge, deliver: Deliver
) -> None:
    def sends_and_dies(parcels: Sequence[Parcel]) -> list[str | None]:
        send_all(parcels)
        raise KeyboardInterrupt

    tell(lin)
    with pytest.raises(KeyboardInterrupt):
        deliver(send=sends_and_dies)
    assert deliver()["sent"] == 0  # as long as it may still be under way
    lin.clock.moment += LEASE
    assert deliver()["sent"] == 1
    assert len(bridge.keys) == 2
    assert len(set(bridge.keys)) == 1


def test_a_worker_that_dies_at_the_last_attempt_leaves_it_dead(
    lin: Town, hook: tuple[UUID, str], bridge: Bridge, deliver: Deliver
) -> None:
    def dies(_: Sequence[Parcel]) -> list[str | None]:
        raise KeyboardInterrupt

    tell(lin)
    for _ in range(ATTEMPTS_MAX):
        with pytest.raises(KeyboardInterrupt):
            deliver(send=dies)
        lin.clock.moment += LEASE
    assert deliver() == {"sent": 0, "failed": 0, "dead": 1}
    assert bridge.keys == []


def test_two_workers_deliver_each_once(
    lin: Town, hook: tuple[UUID, str], bridge: Bridge, deliver: Deliver, addresses: Addresses, settings: Settings
) -> None:
    count = 60
    tell(lin, *(told(lin) for _ in range(count)))
    begun = threading.Barrier(2, timeout=30)

    def work(_: int) -> dict[str, int]:
        with opened(addresses.application_url, settings) as database:
            begun.wait()
            return delivering.deliver(database, lin.clock, lin.district, lambda: CIPHER, [bridge.origin])

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(work, range(2)))
    failed = sum(one["failed"] for one in found)
    if failed:  # a busy machine may drop a call, which is sent again later
        lin.on(lin.clock.now().date() + timedelta(days=1))
        found.append(deliver())
    assert sum(one["sent"] for one in found) == len(set(bridge.keys)) == count
    assert len(bridge.keys) <= count + failed


def test_no_transaction_is_open_during_a_call(
    lin: Town, hook: tuple[UUID, str], bridge: Bridge, addresses: Addresses, settings: Settings
) -> None:
    """The pool has one connection, and the bridge itself asks for it."""
    single = settings.model_copy(update={"pool_size": 1, "pool_wait_seconds": 1.0})
    tell(lin)
    with opened(addresses.application_url, single) as database:
        asked = []

        def answer(_: Received) -> int:
            database.ping()
            asked.append(True)
            return 200

        bridge.answer = answer
        counts = delivering.deliver(database, lin.clock, lin.district, lambda: CIPHER, [bridge.origin])
    assert (counts["sent"], asked) == (1, [True])


def test_a_late_failure_does_not_undo_a_later_attempt(
    lin: Town, hook: tuple[UUID, str], bridge: Bridge, deliver: Deliver
) -> None:
    def overtaken(parcels: Sequence[Parcel]) -> list[str | None]:
        lin.clock.moment += LEASE
        assert deliver()["sent"] == 1
        return ["HTTP 504"] * len(parcels)

    tell(lin)
    deliver(send=overtaken)
    (one,) = deliveries(lin)
    assert (one.state, one.attempts, one.last_error) == (DeliveryState.SENT, 2, None)


def test_with_another_secret_key_nothing_is_claimed(
    lin: Town, hook: tuple[UUID, str], bridge: Bridge, deliver: Deliver
) -> None:
    wrong: FieldCipher = AesFieldCipher.from_secret("x" * 32)
    tell(lin)
    with pytest.raises(WrongKey):
        deliver(cipher=lambda: wrong)
    assert deliveries(lin)[0].attempts == 0


def test_an_origin_that_is_allowed_no_more_gets_nothing(
    lin: Town, hook: tuple[UUID, str], bridge: Bridge, deliver: Deliver
) -> None:
    tell(lin)
    assert deliver(origins=["https://bridge.example"])["failed"] == 1
    assert (bridge.keys, deliveries(lin)[0].last_error) == ([], "origin_not_allowed")


def test_nothing_leaves_for_a_webhook_that_was_taken_away(
    lin: Town, hook: tuple[UUID, str], bridge: Bridge, deliver: Deliver
) -> None:
    tell(lin)
    lin.run(lambda connection, actor: webhooks.close(connection, actor, hook[0]))
    tell(lin)
    assert deliver()["sent"] == 0
    assert [one.state for one in deliveries(lin)] == [DeliveryState.DROPPED]


def test_the_secret_is_kept_encrypted(lin: Town, hook: tuple[UUID, str]) -> None:
    stored = lin.run(
        lambda connection, _: connection.exec_driver_sql(
            "SELECT secret FROM webhook WHERE district_id = %s", (lin.district.id,)
        ).scalar_one()
    )
    assert hook[1].encode() not in bytes(stored)
