"""What a call goes through before it is answered: limits, faults, the key and its scopes; all is counted."""

from __future__ import annotations

import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
import requests

from demo import ALICE, BOB, COMPLIANCE, DEEP, OLGA, ROOM, DemoPortal, Meter, RequestLimits, run_portal
from tests.demo.calls import call

if TYPE_CHECKING:
    from demo import PortalFile
    from tests.reviews.samples import Clock


@pytest.mark.parametrize("key", ["sk-wrong", "", "nonsense"])
def test_a_wrong_key_gets_401_with_an_empty_body(get: Any, policy: PortalFile, key: str) -> None:
    refused = get(f"/files/file/{policy.id}", key=key)

    assert (refused.status_code, refused.content) == (401, b"")


def test_a_scripted_429_says_when_to_come_back_and_then_passes(
    get: Any, portal: DemoPortal, policy: PortalFile
) -> None:
    portal.faults.answer(429, path="/files/file/", retry_after="7")

    assert get("/people/@self").status_code == 200
    busy = get(f"/files/file/{policy.id}")
    assert (busy.status_code, busy.headers["Retry-After"]) == (429, "7")
    assert get(f"/files/file/{policy.id}").status_code == 200


def test_a_scripted_500_lasts_until_cleared_and_leaks_a_stack(get: Any, portal: DemoPortal) -> None:
    portal.faults.answer(500, count=None)

    broken = [get("/people/@self") for _ in range(3)]
    portal.faults.clear()

    assert [each.status_code for each in broken] == [500, 500, 500]
    assert "stack" in broken[0].json()["error"]
    assert get("/people/@self").status_code == 200


def test_a_dropped_connection_is_a_transport_error(get: Any, portal: DemoPortal) -> None:
    portal.faults.drop()

    with pytest.raises(requests.ConnectionError):
        get("/people/@self")
    assert get("/people/@self").status_code == 200


def test_a_hanging_answer_runs_into_the_callers_timeout(get: Any, portal: DemoPortal) -> None:
    portal.faults.hang(30)

    with pytest.raises(requests.ReadTimeout):
        get("/people/@self", timeout=0.05)


def test_who_gets_signs_of_life_is_kept_waiting(portal: DemoPortal, address: str) -> None:
    portal.faults.hang(600, keep_alive=True)

    with socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])), 60) as connection:
        connection.sendall(b"GET /api/2.0/people/@self HTTP/1.1\r\nHost: a\r\n\r\n")
        with connection.makefile("rb") as reader:
            lines = [reader.readline() for _ in range(4)]
            portal.faults.clear()
            answer = reader.readline()

    assert lines == [b"HTTP/1.1 100 Continue\r\n", b"\r\n"] * 2
    assert answer == b"HTTP/1.0 401 UNAUTHORIZED\r\n"


def test_calls_are_noted_in_order(get: Any, portal: DemoPortal, policy: PortalFile) -> None:
    get(f"/files/file/{policy.id}?version=1")
    get("/people/@self")

    assert [(call.method, call.path) for call in portal.faults.calls()] == [
        ("GET", f"/api/2.0/files/file/{policy.id}?version=1"),
        ("GET", "/api/2.0/people/@self"),
    ]
    assert len(portal.faults.calls("/people/")) == 1


def test_calls_are_counted_by_endpoint_whatever_became_of_them(
    get: Any, portal: DemoPortal, policy: PortalFile
) -> None:
    for path in (f"/files/file/{policy.id}", "/files/file/1", f"/files/folder/{DEEP}/path", "/nowhere"):
        get(path)
    portal.faults.answer(500)
    get("/people/@self")

    assert portal.faults.counts() == {
        "GET /api/2.0/files/file/<file_id>": 2,
        "GET /api/2.0/files/folder/<folder_id>/path": 1,
        "GET ": 1,
        "GET /api/2.0/people/@self": 1,
    }


@pytest.mark.parametrize(
    ("scopes", "path", "status"),
    [
        (("files:read",), f"/files/{COMPLIANCE}", 200),
        (("files:write",), f"/files/{COMPLIANCE}", 200),
        (("accounts:read",), f"/files/{COMPLIANCE}", 403),
        (("files:read",), f"/files/folder/{ROOM}/path", 200),
        (("files:read",), f"/files/folder/{ROOM}/log", 200),
        (("files:read",), f"/files/rooms/{ROOM}", 403),
        (("rooms:read",), f"/files/rooms/{ROOM}", 200),
        (("accounts:read",), f"/people/{ALICE.id}", 200),
        (("accounts:read",), "/people/@self", 403),
        (("accounts.self:read",), "/people/@self", 200),
        (("*:read",), "/people/@self", 200),
        (("*:write",), "/people/@self", 403),
        (("*",), f"/people/{ALICE.id}", 200),
        (("rooms:read",), "/keys/@self", 200),
        ((), f"/files/{COMPLIANCE}", 200),
    ],
)
def test_a_key_reads_what_its_scopes_cover(
    get: Any, portal: DemoPortal, scopes: tuple[str, ...], path: str, status: int
) -> None:
    key = portal.add_key(OLGA.id, *scopes)

    assert get(path, key=key).status_code == status


def test_webhooks_are_for_keys_with_a_global_scope(portal: DemoPortal) -> None:
    local = portal.add_key(BOB.id, "files:read", "files:write")
    everything = portal.add_key(BOB.id, "*:read")

    assert not portal.key_permits(local, "GET", "/api/2.0/settings/webhook")
    assert portal.key_permits(everything, "GET", "/api/2.0/settings/webhook")
    assert not portal.key_permits(everything, "PUT", "/api/2.0/settings/webhook")


@pytest.fixture
def strict(clock: Clock) -> DemoPortal:
    return DemoPortal(clock, limits=RequestLimits(per_minute=3, reads=2))


def read(portal: DemoPortal, address: str, key: str = "") -> requests.Response:
    return call(address, "/people/@self", key=key or portal.api_key)


def test_one_request_too_many_in_a_minute_is_told_when_to_come_back(strict: DemoPortal, clock: Clock) -> None:
    with run_portal(strict) as address:
        allowed = []
        for _ in range(3):
            allowed.append(read(strict, address).status_code)
            clock.advance(seconds=10)
        refused = [read(strict, address) for _ in range(2)]
        others = read(strict, address, strict.add_key(BOB.id)).status_code
        clock.advance(seconds=30)
        again = [read(strict, address).status_code for _ in range(2)]

    assert (allowed, others) == ([200, 200, 200], 200)
    assert [(each.status_code, each.content) for each in refused] == [(429, b"")] * 2
    assert refused[0].headers["Retry-After"] == "30"
    assert refused[0].headers["X-RateLimit-Limit"] == "3"
    assert again == [200, 429]
    assert strict.meter.refused == 3


def test_two_keys_of_one_person_share_the_limit(strict: DemoPortal) -> None:
    with run_portal(strict) as address:
        keys = [strict.add_key(BOB.id, scope) for scope in ("*", "*:read", "accounts.self:read", "*")]
        statuses = [read(strict, address, key).status_code for key in keys]

    assert statuses == [200, 200, 200, 429]


def test_one_request_too_many_at_the_same_time_is_refused_without_a_time(strict: DemoPortal) -> None:
    strict.faults.hang(600, count=2, keep_alive=True)
    with run_portal(strict) as address, ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(read, strict, address) for _ in range(2)]
        tick = threading.Event()
        while len(strict.faults.calls()) < 2:
            tick.wait(0.005)
        refused = read(strict, address)
        strict.faults.clear()
        done = [each.result().status_code for each in waiting]

    assert (refused.status_code, refused.headers["X-RateLimit-Limit"]) == (429, "2")
    assert "Retry-After" not in refused.headers
    assert done == [200, 200]


def test_reads_and_writes_at_the_same_time_are_counted_apart_and_make_room_when_they_end(
    clock: Clock,
) -> None:
    meter = Meter(clock, RequestLimits(reads=1, writes=1))

    assert meter.enter("a", write=False) is None
    assert meter.enter("a", write=True) is None
    assert meter.enter("a", write=True) is not None
    meter.leave("a", write=True)
    assert meter.enter("a", write=True) is None


def test_a_portal_has_no_limits_unless_it_is_given_some(portal: DemoPortal, address: str) -> None:
    assert [read(portal, address).status_code for _ in range(40)] == [200] * 40
    assert all(portal.meter.enter("a", write=False) is None for _ in range(2000))
