"""Whether the session that a cookie claims still counts: the cookie names it, and the database knows of it.

The key that is written down is a digest of the session's random id and of the person in it. A cookie can't be
made from the key, and a cookie that names another person has another key, with SECRET_KEY too.
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
    """Let the pages of an application begin and end their sessions there."""
    app.extensions[_NAME] = sessions


def begin_session(person: Mapping[str, Any], *, instead_of: Iterable[str]) -> str:
    """Begin a session of a person, end those with the keys `instead_of`, and return the new one's id."""
    session_id = secrets.token_urlsafe(16)
    _sessions().begin(make_key(session_id, person), instead_of=instead_of)
    return session_id


def is_session_open(key: str) -> bool:
    """Tell whether a session counts, by one look at the database for each request."""
    looked: dict[str, bool] = g.setdefault(_NAME, {})
    if key not in looked:
        looked[key] = _sessions().is_open(key)
    return looked[key]


def make_open_check(key: str) -> Callable[[], bool]:
    """Return what looks anew each time, also when the request is over."""
    return partial(_sessions().is_open, key)


def end_sessions(keys: Iterable[str]) -> None:
    _sessions().end(keys)
    g.pop(_NAME, None)


def make_key(session_id: str, person: Mapping[str, Any]) -> str:
    """Return the key of a session; `person` is what the cookie says of the person."""
    written = json.dumps([session_id, person], sort_keys=True, default=str)
    return sha256(written.encode()).hexdigest()


def _sessions() -> BrowserSessions:
    found: BrowserSessions = current_app.extensions[_NAME]
    return found
