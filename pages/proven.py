"""Who somebody has proven to be, kept in the signed session of their browser for a while."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import session

from reviews.model import Identity, Reviewer, under_each
from reviews.permission import Wish

GOOD_FOR = timedelta(minutes=30)
READING = timedelta(hours=8)
"""For looking up what one has to do with, where nothing is recorded under the name."""
CLOCKS_APART = timedelta(minutes=1)
_KEY, _SOMEBODY_ELSE = "proven", "somebody_else"


@dataclass(frozen=True, kw_only=True)
class Proven:
    """A person with the address that was proven, how, and what vouches for it; no secret is among that.

    Whom a chat has proven may have further addresses, and is known there by an id.
    """

    identity: Identity
    name: str
    email: str
    proof: dict[str, str]
    at: datetime
    other_addresses: tuple[str, ...] = ()
    slack_user: str | None = None
    teams_user: str | None = None

    @property
    def people(self) -> tuple[Reviewer, ...]:
        """The person under each of their addresses, the usual one first."""
        usual = Reviewer(
            name=self.name, email=self.email, slack_user=self.slack_user, teams_user=self.teams_user
        )
        return under_each(usual, self.other_addresses)

    def wish(self, review_id: str = "") -> Wish:
        """Return this person as somebody who wants something of a review; of none yet, where it is empty."""
        return Wish(
            review_id=review_id,
            reviewer=self.people[0],
            identity=self.identity,
            proof=self.proof,
            other_addresses=self.other_addresses,
        )


def keep(proven: Proven) -> None:
    session[_KEY] = {**asdict(proven), "at": proven.at.isoformat()}


def kept(*, now: datetime, good_for: timedelta = GOOD_FOR) -> Proven | None:
    """Return who the browser's owner has proven to be; nobody once that is too long ago."""
    told: dict[str, Any] | None = session.get(_KEY)
    if told is None:
        return None
    try:
        at = datetime.fromisoformat(told["at"])
        others = tuple(told.get("other_addresses", ()))
        found = Proven(
            **{**told, "identity": Identity(told["identity"]), "at": at, "other_addresses": others}
        )
    except (KeyError, TypeError, ValueError):
        return None  # another release of this program wrote it
    return found if at - CLOCKS_APART <= now <= at + good_for else None


def forget() -> None:
    """Forget who it was; the next to prove something is somebody else."""
    session.pop(_KEY, None)
    session[_SOMEBODY_ELSE] = True


def is_somebody_else() -> bool:
    """Whether the browser's owner has said that they are not who was known; told once."""
    return bool(session.pop(_SOMEBODY_ELSE, False))
