"""Sign-in for the demo alone, where nobody has an account: links to look at the pages as one of its people.

`serve` and the Procfile know nothing of it. What is answered so is recorded as `demo`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from itsdangerous import BadSignature, URLSafeTimedSerializer

from reviews.language import _, marked

if TYPE_CHECKING:
    from collections.abc import Sequence


GOOD_FOR = timedelta(minutes=10)
OLD_LINK = marked("This link does not count any more. Choose again as whom you want to look.")
_SALT = "demo sign-in"


class NoStandIn(Exception):
    """The link is none of ours, too old, or of somebody who is not played here."""


class Part(StrEnum):
    """What somebody is there for."""

    OWNER = "owner"
    DEPUTY = "deputy"
    EDITOR = "editor"

    @property
    def words(self) -> str:
        return {
            Part.OWNER: _("owns the folder: whatever changes in it waits for her"),
            Part.DEPUTY: _("is her deputy: she may answer too, but not for what she changed herself"),
            Part.EDITOR: _("edits documents: there is nothing for him to review"),
        }[self]


@dataclass(frozen=True, kw_only=True)
class StandIn:
    """Somebody whom whoever tries the demo can play."""

    name: str
    email: str
    part: Part


class StandIns:
    """Signs links for these people and nobody else, and reads them again."""

    def __init__(self, secret_key: str, people: Sequence[StandIn]) -> None:
        self._serializer = URLSafeTimedSerializer(secret_key, salt=_SALT)
        self.people = tuple(people)

    def path(self, email: str) -> str:
        """Return the path of a fresh link for one of the people."""
        return f"/demo/as/{self._serializer.dumps(email)}"

    def read(self, token: str) -> StandIn:
        """Return whom a link is for, or raise `NoStandIn`."""
        try:
            email, signed_at = self._serializer.loads(token, return_timestamp=True)
        except BadSignature as error:
            raise NoStandIn from error
        found = next((each for each in self.people if each.email == email), None)
        if found is None or not timedelta() <= datetime.now(UTC) - signed_at <= GOOD_FOR:
            raise NoStandIn
        return found
