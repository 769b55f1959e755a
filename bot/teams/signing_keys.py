"""Signing keys of the Bot Framework, fetched and cached for a day (facts on Teams, 2.4)."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jwt
import requests
import structlog

from notifiers.shared.bounded_http import BoundedSession
from notifiers.shared.http import skip_netrc_auth
from notifiers.shared.json_members import get_member, get_text, list_objects

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FRESH_SECONDS = 86400.0  # seconds
MIN_FETCH_INTERVAL_SECONDS = 300.0  # seconds between two fetches for unknown keys
RETRY_PAUSE_SECONDS = 5.0  # seconds in which a failed fetch is not repeated
MAX_WAIT_SECONDS = (
    1.0  # seconds to wait for a fetch in another thread; the web has few threads, and others need them
)
FETCH_TIMEOUT_SECONDS = (3.05, 5.0)  # seconds to connect and to wait for an answer
# Microsoft's own metadata and the only issuer allowed in it; a stand-in may name any issuer.
ISSUERS = {
    "https://login.botframework.com/v1/.well-known/openidconfiguration": "https://api.botframework.com",
    "https://login.botframework.azure.us/v1/.well-known/openidconfiguration": "https://api.botframework.us",
}

log = structlog.get_logger()


class KeysUnavailable(Exception):
    """It can't be determined now whether a request is genuine; the message is for operators."""


@dataclass(frozen=True, kw_only=True)
class SigningKey:
    """A public key, its issuer, and the channels for which it may sign."""

    key: jwt.PyJWK
    issuer: str
    endorsements: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class _Ring:
    keys: Mapping[str, SigningKey]
    fetched_at: float


class Keys:
    """Cache of keys by id. One thread fetches; others that need the keys wait for it briefly.

    `clock` counts seconds and never goes back.
    """

    def __init__(self, metadata_url: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._metadata_url = metadata_url
        self._clock = clock
        self._lock = threading.Lock()
        self._keyset: _Ring | None = None
        self._failed_at = float("-inf")

    def find(self, key_id: str) -> SigningKey | None:
        """Return the key, or `None` if the issuer has none with that id; raises `KeysUnavailable`."""
        keyset = self._keyset
        if keyset is None or not self._is_fresh(keyset) or key_id not in keyset.keys:
            # An unknown key id may be made up: no thread waits for that.
            if not self._lock.acquire(timeout=0.0 if keyset and self._is_fresh(keyset) else MAX_WAIT_SECONDS):
                raise KeysUnavailable("the keys are being fetched, and that takes long")
            try:
                keyset = self._renew_keys(key_id)
            finally:
                self._lock.release()
        return keyset.keys.get(key_id)

    def _is_fresh(self, keyset: _Ring) -> bool:
        return self._clock() - keyset.fetched_at < FRESH_SECONDS

    def _renew_keys(self, key_id: str) -> _Ring:
        """Return the current keys: another thread may have fetched them meanwhile."""
        keyset, now = self._keyset, self._clock()
        if keyset is not None and self._is_fresh(keyset):
            is_recent_enough = key_id in keyset.keys or now - keyset.fetched_at < MIN_FETCH_INTERVAL_SECONDS
            if is_recent_enough:
                return keyset
        if now - self._failed_at < RETRY_PAUSE_SECONDS:
            raise KeysUnavailable("the keys could not be had a moment ago")
        try:
            self._keyset = _Ring(keys=_fetch(self._metadata_url), fetched_at=now)
        except KeysUnavailable:
            self._failed_at = self._clock()
            raise
        log.info("bot_framework_keys_fetched", keys=len(self._keyset.keys))
        return self._keyset


def _fetch(metadata_url: str) -> dict[str, SigningKey]:
    metadata = _fetch_json(metadata_url)
    issuer, address = get_text(metadata, "issuer"), get_text(metadata, "jwks_uri")
    if not issuer or ISSUERS.get(metadata_url, issuer) != issuer:
        raise KeysUnavailable("the metadata at TEAMS_OPENID_URL names another issuer than Microsoft's")
    schemes = ("https://", "http://") if metadata_url.startswith("http://") else ("https://",)
    if not address.startswith(schemes):
        raise KeysUnavailable("the metadata at TEAMS_OPENID_URL names no address of keys that can be trusted")
    keys = {
        get_text(each, "kid"): _read_signing_key(each, issuer)
        for each in list_objects(_fetch_json(address), "keys")
    }
    usable = {key_id: key for key_id, key in keys.items() if key_id and key is not None}
    if not usable:
        raise KeysUnavailable("the Bot Framework names no keys")
    return usable


def _fetch_json(address: str) -> Any:
    """Return the JSON at this address. No other address is requested, whatever the answer says."""
    try:
        with BoundedSession() as session:
            response = session.get(
                address, timeout=FETCH_TIMEOUT_SECONDS, allow_redirects=False, auth=skip_netrc_auth
            )
    except requests.RequestException as error:
        raise KeysUnavailable(f"the Bot Framework's keys: no answer ({type(error).__name__})") from error
    if response.status_code != requests.codes.ok:
        raise KeysUnavailable(f"the Bot Framework's keys: the answer is {response.status_code}")
    try:
        return response.json()
    except (ValueError, RecursionError) as error:
        raise KeysUnavailable("the Bot Framework's keys: the answer is no JSON") from error


def _read_signing_key(jwk: Mapping[str, Any], issuer: str) -> SigningKey | None:
    """Return a key of the list; `None` if it is unusable here, such as one of another kind."""
    try:
        key = jwt.PyJWK(dict(jwk), algorithm="RS256")
    except jwt.PyJWTError:
        return None
    endorsements = get_member(jwk, "endorsements")
    channels = (
        [each for each in endorsements if isinstance(each, str)] if isinstance(endorsements, list) else []
    )
    return SigningKey(key=key, issuer=issuer, endorsements=frozenset(channels))
