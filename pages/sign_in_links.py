"""The address of a sign-in link: signed, so that what is written down of it is of no use alone."""

from __future__ import annotations

from datetime import UTC, datetime

from itsdangerous import BadSignature, URLSafeTimedSerializer

from pages.links import CLOCKS_APART
from reviews.people.sign_in_links import GOOD_FOR, SpentLink


class SignInAddresses:
    def __init__(self, secret_key: str, outside_address: str) -> None:
        self._serializer = URLSafeTimedSerializer(secret_key, salt="sign-in-link")
        self._address = outside_address

    def of(self, link_id: str) -> str:
        return f"{self._address}/reviews/sign-in/{self._serializer.dumps(link_id)}"

    def read(self, token: str) -> str:
        """Return the link's id; raise `SpentLink` for what is not ours, was changed, or is surely too old.

        To the second its age is told by what is written down, since clocks may be apart.
        """
        try:
            link_id, signed_at = self._serializer.loads(token, return_timestamp=True)
        except (BadSignature, ValueError, TypeError) as error:
            raise SpentLink from error
        age = datetime.now(UTC) - signed_at
        if not isinstance(link_id, str) or not -CLOCKS_APART <= age <= GOOD_FOR + CLOCKS_APART:
            raise SpentLink
        return link_id
