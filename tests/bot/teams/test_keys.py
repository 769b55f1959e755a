"""The keys of the Bot Framework: kept for a day, fetched again for a new one, and never made up."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
import responses

from bot.teams import signing_keys
from bot.teams.signing_keys import (
    FRESH_SECONDS,
    MIN_FETCH_INTERVAL_SECONDS,
    RETRY_PAUSE_SECONDS,
    Keys,
    KeysUnavailable,
)
from tests.edge.bot_issuer import KEYS, METADATA, BotIssuer, Issuer
from tests.edge.loopback import SIGN_SECONDS, Loopback, Reply, Request, json_reply
from tests.reviews.samples import Clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ONCE = [METADATA, KEYS]
MICROSOFT = "https://login.botframework.com/v1/.well-known/openidconfiguration"
GOVERNMENT = "https://login.botframework.azure.us/v1/.well-known/openidconfiguration"


@pytest.fixture
def watch() -> Clock:
    return Clock()


@pytest.fixture
def issuer() -> Iterator[BotIssuer]:
    with BotIssuer(app_id="app") as made:
        yield made


@pytest.fixture
def keys(issuer: BotIssuer, watch: Clock) -> Keys:
    return Keys(issuer.metadata_url, clock=watch.seconds)


def test_a_key_is_fetched_once_and_kept_for_a_day(issuer: BotIssuer, keys: Keys, watch: Clock) -> None:
    key = keys.find(issuer.kid)
    watch.advance(seconds=FRESH_SECONDS - 1)
    again = keys.find(issuer.kid)

    assert key is not None
    assert key is again
    assert key.endorsements == {"msteams"}
    assert issuer.requests == ONCE


def test_after_a_day_a_key_that_is_no_longer_told_is_unknown(
    issuer: BotIssuer, keys: Keys, watch: Clock
) -> None:
    old = issuer.kid
    keys.find(old)
    issuer.rotate()
    watch.advance(seconds=FRESH_SECONDS)

    assert keys.find(old) is None
    assert keys.find(issuer.kid) is not None
    assert issuer.requests == ONCE * 2


def test_a_new_key_is_found_before_the_day_is_over(issuer: BotIssuer, keys: Keys, watch: Clock) -> None:
    keys.find(issuer.kid)
    issuer.rotate()
    watch.advance(seconds=MIN_FETCH_INTERVAL_SECONDS)

    assert keys.find(issuer.kid) is not None


def test_made_up_keys_are_looked_for_every_few_minutes_only(
    issuer: BotIssuer, keys: Keys, watch: Clock
) -> None:
    for number in range(20):
        assert keys.find(f"made-up-{number}") is None
        watch.advance(seconds=MIN_FETCH_INTERVAL_SECONDS / 20 + 1)

    assert issuer.requests == ONCE * 2
    assert keys.find(issuer.kid) is not None


def test_it_can_not_be_told_while_the_keys_can_not_be_had(
    issuer: BotIssuer, keys: Keys, watch: Clock
) -> None:
    issuer.down = True
    for _ in range(3):
        with pytest.raises(KeysUnavailable):
            keys.find(issuer.kid)
    asked_at_once = list(issuer.requests)
    issuer.down = False
    watch.advance(seconds=RETRY_PAUSE_SECONDS)

    assert asked_at_once == [METADATA]
    assert keys.find(issuer.kid) is not None


def test_known_keys_serve_while_new_ones_can_not_be_had_and_no_longer_than_a_day(
    issuer: BotIssuer, keys: Keys, watch: Clock
) -> None:
    keys.find(issuer.kid)
    issuer.down = True
    watch.advance(seconds=MIN_FETCH_INTERVAL_SECONDS)

    with pytest.raises(KeysUnavailable):
        keys.find("another")
    assert keys.find(issuer.kid) is not None
    watch.advance(seconds=FRESH_SECONDS)
    with pytest.raises(KeysUnavailable):
        keys.find(issuer.kid)


def test_forty_at_once_fetch_once(issuer: BotIssuer, keys: Keys) -> None:
    together = threading.Barrier(40)

    def find(_: int) -> bool:
        together.wait()
        return keys.find(issuer.kid) is not None

    with ThreadPoolExecutor(40) as pool:
        assert all(pool.map(find, range(40)))
    assert issuer.requests == ONCE


@pytest.mark.parametrize("known_before", [False, True])
def test_while_the_keys_take_long_one_thread_waits_for_them_and_the_others_are_free(
    *, known_before: bool, watch: Clock
) -> None:
    issuer = Issuer(app_id="app")
    hangs, asked, free = threading.Event(), threading.Event(), threading.Event()

    def answer(request: Request) -> Reply:
        if hangs.is_set():
            asked.set()
            while not free.wait(SIGN_SECONDS):
                request.sign()
        return issuer.page(Request("GET", request.path, {}, b""), side.root) or Reply(404, b"")

    with Loopback(answer) as side, ThreadPoolExecutor(1) as pool:
        keys = Keys(f"{side.root}{METADATA}", clock=watch.seconds)
        if known_before:
            keys.find(issuer.kid)
            watch.advance(seconds=MIN_FETCH_INTERVAL_SECONDS)
        hangs.set()
        first = pool.submit(keys.find, "made-up")
        assert asked.wait(60)
        try:
            with pytest.raises(KeysUnavailable, match="takes long"):
                keys.find("made-up, too")
            assert not first.done()
            if known_before:
                assert keys.find(issuer.kid) is not None
        finally:
            free.set()

        assert first.result() is None


def remote_service(pages: dict[str, Reply]) -> Callable[[Request], Reply]:
    return lambda request: pages.get(request.path, Reply(404, b""))


JUNK: dict[str, tuple[Any, Any]] = {
    "metadata that is a list": ([], {}),
    "no issuer": ({"jwks_uri": "{root}/keys"}, {}),
    "no address of keys": ({"issuer": "i"}, {}),
    "a file for keys": ({"issuer": "i", "jwks_uri": "file:///etc/passwd"}, {}),
    "no keys": ({"issuer": "i", "jwks_uri": "{root}/keys"}, {"keys": []}),
    "keys that are a list": ({"issuer": "i", "jwks_uri": "{root}/keys"}, []),
    "keys of other kinds": (
        {"issuer": "i", "jwks_uri": "{root}/keys"},
        {"keys": [None, {}, {"kid": "k", "kty": "oct", "k": "AAAA"}, {"kid": "k", "kty": "RSA", "n": 5}]},
    ),
    "a key without an id": ({"issuer": "i", "jwks_uri": "{root}/keys"}, {"keys": [{"kty": "RSA"}]}),
}


@pytest.mark.parametrize("name", JUNK)
def test_what_tells_no_keys_is_no_answer(name: str, watch: Clock) -> None:
    metadata, key_set = JUNK[name]
    pages: dict[str, Reply] = {}
    with Loopback(remote_service(pages)) as side:
        if isinstance(metadata, dict):
            metadata = {key: text.replace("{root}", side.root) for key, text in metadata.items()}
        pages |= {"/metadata": json_reply(metadata), "/keys": json_reply(key_set)}

        with pytest.raises(KeysUnavailable):
            Keys(f"{side.root}/metadata", clock=watch.seconds).find("k")


@pytest.mark.parametrize(
    "reply",
    [Reply(200, b"<html>"), Reply(200, b"[" * 100_000), Reply(302, b"", headers={"Location": "/keys"})],
)
def test_what_is_no_json_and_what_leads_elsewhere_is_no_answer(reply: Reply, watch: Clock) -> None:
    asked: list[str] = []

    def answer(request: Request) -> Reply:
        asked.append(request.path)
        return reply

    with Loopback(answer) as side, pytest.raises(KeysUnavailable):
        Keys(f"{side.root}/metadata", clock=watch.seconds).find("k")

    assert asked == ["/metadata"]


def test_where_no_server_listens_it_can_not_be_told(watch: Clock) -> None:
    with pytest.raises(KeysUnavailable, match="ConnectionError"):
        Keys("http://127.0.0.1:9/metadata", clock=watch.seconds).find("k")


@pytest.mark.parametrize(
    ("address", "issuer"),
    [(MICROSOFT, "https://api.botframework.com"), (GOVERNMENT, "https://api.botframework.us")],
)
@responses.activate
def test_microsofts_metadata_may_name_no_issuer_but_microsoft(
    address: str, issuer: str, watch: Clock
) -> None:
    jwks = "https://login.botframework.com/v1/.well-known/keys"
    page = Issuer(app_id="app").page(Request("GET", KEYS, {}, b""), "")
    assert page
    responses.get(jwks, body=page.body)
    responses.get(address, json={"issuer": "https://api.example.com", "jwks_uri": jwks})
    with pytest.raises(KeysUnavailable, match="another issuer"):
        Keys(address, clock=watch.seconds).find("k")
    responses.replace(responses.GET, address, json={"issuer": issuer, "jwks_uri": jwks})

    key = Keys(address, clock=watch.seconds).find("key-1")

    assert key is not None
    assert key.issuer == issuer


@responses.activate
def test_keys_are_not_fetched_without_encryption_where_the_metadata_was_with_it(watch: Clock) -> None:
    responses.get(
        MICROSOFT,
        json={"issuer": signing_keys.ISSUERS[MICROSOFT], "jwks_uri": "http://login.botframework.com/keys"},
    )

    with pytest.raises(KeysUnavailable, match="can be trusted"):
        Keys(MICROSOFT, clock=watch.seconds).find("k")
