"""Sign-in for the demo only, where no one has an account: links to see the pages as one of its people.

`serve` and the Procfile do not use it. Answers made this way are recorded as `demo`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from itsdangerous import BadSignature, URLSafeTimedSerializer

from reviews.language import _, gettext_noop

if TYPE_CHECKING:
    from collections.abc import Sequence


LINK_LIFETIME = timedelta(minutes=10)
OLD_LINK = gettext_noop("This link is no longer valid. Choose a person again.")
_SALT = "demo sign-in"


class BadDemoLink(Exception):
    """The link is not ours, too old, or for a person who is not in the demo."""


class DemoRole(StrEnum):
    """Role of a person in the demo."""

    OWNER = "owner"
    DEPUTY = "deputy"
    EDITOR = "editor"

    @property
    def words(self) -> str:
        return {
            DemoRole.OWNER: _("owns the folder: reviews every change in it"),
            DemoRole.DEPUTY: _("is the deputy: may also answer, except for her own changes"),
            DemoRole.EDITOR: _("edits documents and has nothing to review"),
        }[self]


@dataclass(frozen=True, kw_only=True)
class DemoPerson:
    """A person whose role can be tried in the demo."""

    name: str
    email: str
    role: DemoRole


class DemoSignInLinks:
    """Signer and reader of links for these people only."""

    def __init__(self, secret_key: str, people: Sequence[DemoPerson]) -> None:
        self._serializer = URLSafeTimedSerializer(secret_key, salt=_SALT)
        self.people = tuple(people)

    def build_path(self, email: str) -> str:
        """Return the path of a new link for one of the people."""
        return f"/demo/as/{self._serializer.dumps(email)}"

    def read_token(self, token: str) -> DemoPerson:
        """Return the person that a link is for, or raise `BadDemoLink`."""
        try:
            email, signed_at = self._serializer.loads(token, return_timestamp=True)
        except BadSignature as error:
            raise BadDemoLink from error
        person = next((each for each in self.people if each.email == email), None)
        if person is None or not timedelta() <= datetime.now(UTC) - signed_at <= LINK_LIFETIME:
            raise BadDemoLink
        return person
