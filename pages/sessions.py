"""Validity of the session in a cookie: the cookie names it, and the database has its key.

The stored key is a digest of the session's random id and of the person in it. A cookie can't be made from the
key, and a cookie that names another person has another key, even with SECRET_KEY.
"""

from __future__ import annotations

import json
import secrets
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from flask import current_app, g

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from flask import Flask

    from reviews.people.sessions import BrowserSessions

_NAME = "docspace-review-sessions"


def register_sessions(app: Flask, sessions: BrowserSessions) -> None:
    """Register the store in which an application's pages begin and end their sessions."""
    app.extensions[_NAME] = sessions


def begin_session(person: Mapping[str, Any], *, replaced_keys: Iterable[str]) -> str:
    """Begin a session of a person, end those with the keys `replaced_keys`, and return the new one's id."""
    session_id = secrets.token_urlsafe(16)
    _get_sessions().begin(make_key(session_id, person), previous_keys=replaced_keys)
    return session_id


def is_session_open(key: str) -> bool:
    """Return whether a session is open, with one database query per request."""
    cache: dict[str, bool] = g.setdefault(_NAME, {})
    if key not in cache:
        cache[key] = _get_sessions().is_open(key)
    return cache[key]


def make_open_check(key: str) -> Callable[[], bool]:
    """Return a function that queries again on each call, also after the request."""
    return partial(_get_sessions().is_open, key)


def end_sessions(keys: Iterable[str]) -> None:
    _get_sessions().end(keys)
    g.pop(_NAME, None)


def make_key(session_id: str, person: Mapping[str, Any]) -> str:
    """Return the key of a session; `person` is the person's data in the cookie."""
    serialized = json.dumps([session_id, person], sort_keys=True, default=str)
    return sha256(serialized.encode()).hexdigest()


def _get_sessions() -> BrowserSessions:
    registered: BrowserSessions = current_app.extensions[_NAME]
    return registered
