"""The identity that a person has proven, stored for a while in their browser's signed session.

A copy of the cookie is valid no longer than the cookie: `pages.sessions` knows which sessions were ended.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import session

from pages import browser, sessions
from reviews.identity import ProvenPerson
from reviews.language import gettext_noop

if TYPE_CHECKING:
    from collections.abc import Callable

PROOF_LIFETIME = timedelta(minutes=30)
READING_LIFETIME = timedelta(hours=8)
"""For reading one's own reviews, where nothing is recorded under the name."""
PROVE_AGAIN = gettext_noop("Nothing was recorded: confirm again who you are.")
"""What a form is answered with whose person proved who they are too long ago."""
CLOCK_TOLERANCE = timedelta(minutes=1)
MAX_DENIED_ADDRESSES = 4  # addresses: a cookie holds 4 KB
_PERSON_KEY, _OTHER_PERSON_KEY, _HELD_PERSON_KEY = "proven", "somebody_else", "signed_in_again"
_SESSION_ID_KEY = "proven_session"  # the id of the session, beside the person


@dataclass(frozen=True, kw_only=True)
class OtherPersonRequest:
    """A request to sign in as another person, stored until a person has signed in.

    `than` are the addresses of the person who said *Not you?*, none after a mere sign-out. `is_refused` if
    the issuer rejected the request to ask which account to use.
    """

    than: tuple[str, ...] = ()
    is_refused: bool = False

    def is_excluded(self, person: ProvenPerson) -> bool:
        return any(address.casefold() in self.than for address in person.addresses)


def remember_person(person: ProvenPerson, *, at: datetime) -> None:
    """Store a person who has just proven who they are."""
    previous: Any = session.get(_PERSON_KEY) or {}
    if previous and previous.get("addresses") != list(person.addresses):
        browser.invalidate_forms()
    stored = _serialize_person(person, at)
    session[_SESSION_ID_KEY] = sessions.begin_session(stored, replaced_keys=_list_session_keys())
    session[_PERSON_KEY] = stored
    for key in (_OTHER_PERSON_KEY, _HELD_PERSON_KEY):
        session.pop(key, None)


def _serialize_person(person: ProvenPerson, at: datetime) -> dict[str, Any]:
    return {**person.to_stored(), "at": at.isoformat()}


def get_proven_person(*, now: datetime, lifetime: timedelta = PROOF_LIFETIME) -> ProvenPerson | None:
    """Return the person proven in this browser; `None` if that is too long ago, or was ended."""
    stored = _read(session.get(_PERSON_KEY), now=now, lifetime=lifetime)
    return stored[0] if stored and sessions.is_session_open(_get_session_key()) else None


def make_session_check() -> Callable[[], bool]:
    """Return a check, also for after this request, whether its session is still open."""
    return sessions.make_open_check(_get_session_key())


def _get_session_key() -> str:
    return sessions.make_key(session.get(_SESSION_ID_KEY, ""), session[_PERSON_KEY])


def _list_session_keys() -> list[str]:
    """Return the keys of the sessions in the cookie: of the proven person, and of the held one."""
    held: Any = session.get(_HELD_PERSON_KEY)
    keys = [_get_session_key()] if _PERSON_KEY in session else []
    return [*keys, *([sessions.make_key(held.get("session", ""), held["who"])] if held else [])]


def _end_sessions() -> None:
    """End the session for every copy of its cookie, and invalidate the forms drawn in it."""
    sessions.end_sessions(_list_session_keys())
    for key in (_PERSON_KEY, _SESSION_ID_KEY, _HELD_PERSON_KEY):
        session.pop(key, None)
    browser.invalidate_forms()


def _read(stored: Any, *, now: datetime, lifetime: timedelta) -> tuple[ProvenPerson, datetime] | None:
    """Return a person, and when they proved who they are."""
    try:
        proven_at = datetime.fromisoformat(stored["at"])
        person = ProvenPerson.from_stored({name: value for name, value in stored.items() if name != "at"})
    except (AttributeError, KeyError, TypeError, ValueError):
        return None  # none, or written by another release of this program
    return (person, proven_at) if proven_at - CLOCK_TOLERANCE <= now <= proven_at + lifetime else None


def forget_person() -> None:
    """Forget the person: the next one to sign in may be another.

    An earlier statement of not being a certain person remains valid.
    """
    _end_sessions()
    _remember_other_person(get_other_person_request() or OtherPersonRequest())


def deny_person() -> None:
    """Forget the person, because the one at the browser says that they are another."""
    person: Any = session.get(_PERSON_KEY) or {}
    _end_sessions()
    addresses = person.get("addresses", ())
    previous = get_other_person_request() or OtherPersonRequest()
    _remember_other_person(
        replace(
            previous,
            than=(*previous.than, *(each.casefold() for each in addresses if each))[-MAX_DENIED_ADDRESSES:],
        )
    )


def get_other_person_request() -> OtherPersonRequest | None:
    """Return the request to sign in as another person, while it is not fulfilled."""
    stored: Any = session.get(_OTHER_PERSON_KEY)
    if stored is None:
        return None
    try:
        return OtherPersonRequest(than=tuple(stored["than"]), is_refused=bool(stored["is_refused"]))
    except (KeyError, TypeError):
        return OtherPersonRequest()  # written by another release of this program


def remember_prompt_refusal() -> None:
    """Record that the issuer rejects the prompt for an account, so that it is not sent again."""
    other = get_other_person_request()
    if other is not None:
        _remember_other_person(replace(other, is_refused=True))


def hold_person(person: ProvenPerson, *, at: datetime, came_from: str) -> None:
    """Hold back a person who has signed in again after saying that they are another person."""
    stored = _serialize_person(person, at)
    session_id = sessions.begin_session(stored, replaced_keys=_list_session_keys())
    session[_HELD_PERSON_KEY] = {"who": stored, "came_from": came_from, "session": session_id}


def accept_held_person(*, now: datetime) -> str | None:
    """Store the held person, and return where they came from; `None` if there is none."""
    held: Any = session.get(_HELD_PERSON_KEY)
    stored_person = _read(held["who"], now=now, lifetime=PROOF_LIFETIME) if held else None
    if stored_person is None or not sessions.is_session_open(
        sessions.make_key(held.get("session", ""), held["who"])
    ):
        return None
    person, at = stored_person
    remember_person(person, at=at)
    return str(held["came_from"])


def _remember_other_person(other_person_request: OtherPersonRequest) -> None:
    session[_OTHER_PERSON_KEY] = asdict(other_person_request)
