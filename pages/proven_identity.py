"""Who somebody has proven to be, kept in the signed session of their browser for a while.

A copy of the cookie counts no longer than the cookie: `pages.sessions` knows which sessions were ended.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import session

from pages import browser, sessions
from reviews.proven_person import ProvenPerson

if TYPE_CHECKING:
    from collections.abc import Callable

PROOF_LIFETIME = timedelta(minutes=30)
READING_LIFETIME = timedelta(hours=8)
"""For looking up what one has to do with, where nothing is recorded under the name."""
CLOCK_TOLERANCE = timedelta(minutes=1)
MAX_DENIED_ADDRESSES = 4  # addresses: a cookie holds 4 KB
_PERSON_KEY, _OTHER_PERSON_KEY, _HELD_PERSON_KEY = "proven", "somebody_else", "signed_in_again"
_SESSION_ID_KEY = "proven_session"  # the id of the session, beside the person


@dataclass(frozen=True, kw_only=True)
class OtherPersonRequest:
    """The wish to be somebody else than who was known: kept until somebody is known again.

    `than` are the addresses of who said *Not you?*, none where somebody has only signed out. `is_refused`
    where the issuer did not take the request to ask who it shall be.
    """

    than: tuple[str, ...] = ()
    is_refused: bool = False

    def excludes(self, person: ProvenPerson) -> bool:
        return any(address.casefold() in self.than for address in person.addresses)


def remember_person(person: ProvenPerson, *, at: datetime) -> None:
    """Keep a person who has proven at this moment who they are."""
    before: Any = session.get(_PERSON_KEY) or {}
    if before and before.get("addresses") != list(person.addresses):
        browser.invalidate_forms()
    written = _serialize_person(person, at)
    session[_SESSION_ID_KEY] = sessions.begin_session(written, instead_of=_claimed())
    session[_PERSON_KEY] = written
    for key in (_OTHER_PERSON_KEY, _HELD_PERSON_KEY):
        session.pop(key, None)


def _serialize_person(person: ProvenPerson, at: datetime) -> dict[str, Any]:
    return {**asdict(person), "addresses": list(person.addresses), "at": at.isoformat()}


def get_proven_person(*, now: datetime, good_for: timedelta = PROOF_LIFETIME) -> ProvenPerson | None:
    """Return who the browser's owner has proven to be; nobody once that is too long ago, or was ended."""
    found = _read(session.get(_PERSON_KEY), now=now, good_for=good_for)
    return found[0] if found and sessions.is_session_open(_get_session_key()) else None


def make_session_check() -> Callable[[], bool]:
    """Return what tells, also when this request is over, whether its session has not been ended."""
    return sessions.make_open_check(_get_session_key())


def _get_session_key() -> str:
    return sessions.make_key(session.get(_SESSION_ID_KEY, ""), session[_PERSON_KEY])


def _claimed() -> list[str]:
    """Return the keys of the sessions that the cookie claims: of who is proven, and of who was held back."""
    held: Any = session.get(_HELD_PERSON_KEY)
    keys = [_get_session_key()] if _PERSON_KEY in session else []
    return [*keys, *([sessions.make_key(held.get("session", ""), held["who"])] if held else [])]


def _end() -> None:
    """End the session for every copy of its cookie, and refuse the forms that were drawn in it."""
    sessions.end_sessions(_claimed())
    for key in (_PERSON_KEY, _SESSION_ID_KEY, _HELD_PERSON_KEY):
        session.pop(key, None)
    browser.invalidate_forms()


def _read(said: Any, *, now: datetime, good_for: timedelta) -> tuple[ProvenPerson, datetime] | None:
    """Return a person, and when they proved who they are."""
    try:
        at = datetime.fromisoformat(said["at"])
        person = ProvenPerson.from_stored({name: value for name, value in said.items() if name != "at"})
    except (AttributeError, KeyError, TypeError, ValueError):
        return None  # nobody, or another release of this program wrote it
    return (person, at) if at - CLOCK_TOLERANCE <= now <= at + good_for else None


def forget_person() -> None:
    """Forget who it was: whoever signs in next may be somebody else.

    Whoever has said before that they are somebody else than a person still is.
    """
    _end()
    _remember_other_person(get_other_person_request() or OtherPersonRequest())


def deny_person() -> None:
    """Forget who it was, at the word of whoever sits there, who is somebody else."""
    told: Any = session.get(_PERSON_KEY) or {}
    _end()
    addresses = told.get("addresses", ())
    before = get_other_person_request() or OtherPersonRequest()
    _remember_other_person(
        replace(
            before,
            than=(*before.than, *(each.casefold() for each in addresses if each))[-MAX_DENIED_ADDRESSES:],
        )
    )


def get_other_person_request() -> OtherPersonRequest | None:
    """Return the wish to be somebody else, while it is not fulfilled."""
    told: Any = session.get(_OTHER_PERSON_KEY)
    if told is None:
        return None
    try:
        return OtherPersonRequest(than=tuple(told["than"]), is_refused=bool(told["is_refused"]))
    except (KeyError, TypeError):
        return OtherPersonRequest()  # another release of this program wrote it


def remember_prompt_refusal() -> None:
    """Note that the issuer does not ask who it shall be, so that it is not asked to again."""
    wish = get_other_person_request()
    if wish is not None:
        _remember_other_person(replace(wish, is_refused=True))


def hold_person(person: ProvenPerson, *, at: datetime, came_from: str) -> None:
    """Hold back a person who has signed in again though they had said that they are somebody else."""
    written = _serialize_person(person, at)
    session_id = sessions.begin_session(written, instead_of=_claimed())
    session[_HELD_PERSON_KEY] = {"who": written, "came_from": came_from, "session": session_id}


def accept_held_person(*, now: datetime) -> str | None:
    """Keep the person who was held back, and return where they came from; `None` where there is none."""
    said: Any = session.get(_HELD_PERSON_KEY)
    found = _read(said["who"], now=now, good_for=PROOF_LIFETIME) if said else None
    if found is None or not sessions.is_session_open(sessions.make_key(said.get("session", ""), said["who"])):
        return None
    person, at = found
    remember_person(person, at=at)
    return str(said["came_from"])


def _remember_other_person(wish: OtherPersonRequest) -> None:
    session[_OTHER_PERSON_KEY] = asdict(wish)
