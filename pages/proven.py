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

GOOD_FOR = timedelta(minutes=30)
READING = timedelta(hours=8)
"""For looking up what one has to do with, where nothing is recorded under the name."""
CLOCKS_APART = timedelta(minutes=1)
MOST_DENIED = 4  # addresses: a cookie holds 4 KB
_KEY, _SOMEBODY_ELSE, _AGAIN = "proven", "somebody_else", "signed_in_again"
_SESSION = "proven_session"  # the id of the session, beside the person


@dataclass(frozen=True, kw_only=True)
class SomebodyElse:
    """The wish to be somebody else than who was known: kept until somebody is known again.

    `than` are the addresses of who said *Not you?*, none where somebody has only signed out. `is_refused`
    where the issuer did not take the request to ask who it shall be.
    """

    than: tuple[str, ...] = ()
    is_refused: bool = False

    def excludes(self, person: ProvenPerson) -> bool:
        return any(address.casefold() in self.than for address in person.addresses)


def keep(person: ProvenPerson, *, at: datetime) -> None:
    """Keep a person who has proven at this moment who they are."""
    before: Any = session.get(_KEY) or {}
    if before and before.get("addresses") != list(person.addresses):
        browser.end_forms()
    written = _written(person, at)
    session[_SESSION] = sessions.begin(written, instead_of=_claimed())
    session[_KEY] = written
    for key in (_SOMEBODY_ELSE, _AGAIN):
        session.pop(key, None)


def _written(person: ProvenPerson, at: datetime) -> dict[str, Any]:
    return {**asdict(person), "addresses": list(person.addresses), "at": at.isoformat()}


def kept(*, now: datetime, good_for: timedelta = GOOD_FOR) -> ProvenPerson | None:
    """Return who the browser's owner has proven to be; nobody once that is too long ago, or was ended."""
    found = _read(session.get(_KEY), now=now, good_for=good_for)
    return found[0] if found and sessions.is_open(_key_of_session()) else None


def session_check() -> Callable[[], bool]:
    """Return what tells, also when this request is over, whether its session has not been ended."""
    return sessions.check_of(_key_of_session())


def _key_of_session() -> str:
    return sessions.key_of(session.get(_SESSION, ""), session[_KEY])


def _claimed() -> list[str]:
    """Return the keys of the sessions that the cookie claims: of who is proven, and of who was held back."""
    held: Any = session.get(_AGAIN)
    keys = [_key_of_session()] if _KEY in session else []
    return [*keys, *([sessions.key_of(held.get("session", ""), held["who"])] if held else [])]


def _end() -> None:
    """End the session for every copy of its cookie, and refuse the forms that were drawn in it."""
    sessions.end(_claimed())
    for key in (_KEY, _SESSION, _AGAIN):
        session.pop(key, None)
    browser.end_forms()


def _read(said: Any, *, now: datetime, good_for: timedelta) -> tuple[ProvenPerson, datetime] | None:
    """Return a person, and when they proved who they are."""
    try:
        at = datetime.fromisoformat(said["at"])
        person = ProvenPerson.read({name: value for name, value in said.items() if name != "at"})
    except (AttributeError, KeyError, TypeError, ValueError):
        return None  # nobody, or another release of this program wrote it
    return (person, at) if at - CLOCKS_APART <= now <= at + good_for else None


def forget() -> None:
    """Forget who it was: whoever signs in next may be somebody else.

    Whoever has said before that they are somebody else than a person still is.
    """
    _end()
    _want(somebody_else() or SomebodyElse())


def deny() -> None:
    """Forget who it was, at the word of whoever sits there, who is somebody else."""
    told: Any = session.get(_KEY) or {}
    _end()
    addresses = told.get("addresses", ())
    before = somebody_else() or SomebodyElse()
    _want(
        replace(before, than=(*before.than, *(each.casefold() for each in addresses if each))[-MOST_DENIED:])
    )


def somebody_else() -> SomebodyElse | None:
    """Return the wish to be somebody else, while it is not fulfilled."""
    told: Any = session.get(_SOMEBODY_ELSE)
    if told is None:
        return None
    try:
        return SomebodyElse(than=tuple(told["than"]), is_refused=bool(told["is_refused"]))
    except (KeyError, TypeError):
        return SomebodyElse()  # another release of this program wrote it


def note_refusal() -> None:
    """Note that the issuer does not ask who it shall be, so that it is not asked to again."""
    wish = somebody_else()
    if wish is not None:
        _want(replace(wish, is_refused=True))


def hold(person: ProvenPerson, *, at: datetime, came_from: str) -> None:
    """Hold back a person who has signed in again though they had said that they are somebody else."""
    written = _written(person, at)
    session_id = sessions.begin(written, instead_of=_claimed())
    session[_AGAIN] = {"who": written, "came_from": came_from, "session": session_id}


def keep_held(*, now: datetime) -> str | None:
    """Keep the person who was held back, and return where they came from; `None` where there is none."""
    said: Any = session.get(_AGAIN)
    found = _read(said["who"], now=now, good_for=GOOD_FOR) if said else None
    if found is None or not sessions.is_open(sessions.key_of(said.get("session", ""), said["who"])):
        return None
    person, at = found
    keep(person, at=at)
    return str(said["came_from"])


def _want(wish: SomebodyElse) -> None:
    session[_SOMEBODY_ELSE] = asdict(wish)
